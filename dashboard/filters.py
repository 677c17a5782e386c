"""What the reader chose: alone with the address; everything else derives from it.

State is one frozen Selection and a language.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import address, panels, picks, plot, window
from data.contracts import Language
from queries.scope import ScopeError
from queries.selection import Selection

Outside = Callable[[Selection], ScopeError | None]
Again = Callable[[], None]
SELECTION, CHOSEN, WRITTEN = "selection", "language", "written"
IGNORED, BROWSER = "ignored", "browser"


@dataclass(frozen=True)
class View:
    """What one reader is looking at: a selection, in a language, on paper, in a window so wide."""

    selection: Selection
    language: Language
    dark: bool
    window: int


def language() -> Language:
    """The language of this run: chosen, else named by the address, else the browser's, else zh."""
    state = st.session_state
    if SELECTION not in state:
        state[BROWSER] = "en" if (st.context.locale or "").lower().startswith("en") else "zh"
        _take(_given())
    chosen: Language = state[CHOSEN] or state[BROWSER]
    return chosen


def view() -> View:
    """What the reader is looking at in this run."""
    dark = st.context.theme.type == "dark"
    return View(st.session_state[SELECTION], language(), dark, window.width())


def script() -> str:
    """Which page this run is of."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.page_script_hash if context else ""


def remember(name: str, what: Any) -> None:
    """Keep something about this page run for the parts that run again by themselves."""
    st.session_state[name] = what


def remembered(name: str, otherwise: Any = None) -> Any:
    """What this page run kept under a name."""
    return st.session_state.get(name, otherwise)


def clicked(fields: str, key: str, again: Again) -> None:
    """A mark of a chart was clicked: switch its codes on, or off where they alone were on."""
    picked = picks.picked(fields, plot.carried(st.session_state[key]))
    if picked:
        choose(picks.toggled(st.session_state[SELECTION], picked))
        again()


def follow(gangs: panels.Gangs, outside: Outside) -> None:
    """Bring state and address together: one gone back to is read, else the state is written to it.

    A typed address opens a session, so any other is old: Streamlit drops the parameters when pages
    change, and a click may overtake what was written last, which is then written once more. Gangs
    the data do not name are left out and said to be; a view outside the scope stays as asked.
    """
    state, before = st.session_state, language()
    context = get_script_run_ctx()
    if context is not None and context.is_history_navigation:
        _take(_given())
    if state[SELECTION].gangs and not outside(state[SELECTION]):
        selection, unknown = address.known_gangs(state[SELECTION], gangs())
        state[SELECTION], state[IGNORED] = selection, (*state[IGNORED], *unknown)
    write()
    if language() != before:
        st.rerun()


def _given() -> dict[str, str]:
    """The address's parameters; what is said of one filter in several places is said together."""
    return {name: ",".join(st.query_params.get_all(name)) for name in st.query_params}


def write() -> None:
    """Write to the address what it does not say yet, or may not say since what was written last."""
    state = st.session_state
    written, state[WRITTEN] = state.get(WRITTEN), address.write(state[SELECTION], state[CHOSEN])
    if _given() != state[WRITTEN] or written not in (state[WRITTEN], None):
        st.query_params.from_dict(state[WRITTEN])


def _take(parameters: dict[str, str]) -> None:
    read = address.read(parameters)
    state = st.session_state
    state[SELECTION], state[IGNORED] = read.selection, read.ignored
    state[CHOSEN] = read.language


def choose(selection: Selection) -> None:
    """Take what the reader chose; what of an address was left out is told no more."""
    st.session_state[SELECTION] = selection
    st.session_state[IGNORED] = ()
