"""What the reader chose: alone with session state and the address; everything else derives from it.

State is one frozen Selection and a language. Widgets are seeded from the Selection at every run
and write back through callbacks, under keys that carry the language: a multiselect sends its
options' labels, so that one key in two languages would lose earlier picks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import address, offers, panels, picks, plot, window
from dashboard.chips import Chip, chips, cleared, left_out
from dashboard.literal import plain
from dashboard.words import say
from data.contracts import Language
from queries.periods import Dated
from queries.scope import Scope, ScopeError
from queries.selection import Selection

Outside = Callable[[Selection], ScopeError | None]
SELECTION, CHOSEN, WRITTEN = "selection", "language", "written"
IGNORED, BROWSER = "ignored", "browser"
MOST_CHIPS = 24


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


def remember(name: str, text: str) -> None:
    """Keep a word about this page run for the cards that run again by themselves."""
    st.session_state[name] = text


def remembered(name: str) -> str:
    """A word that this page run kept; empty where it kept none."""
    return str(st.session_state.get(name, ""))


def clicked(fields: str, key: str) -> None:
    """A mark of a chart was clicked: switch its codes on, or off where they alone were on."""
    picked = picks.picked(fields, plot.carried(st.session_state[key]))
    if picked:
        _choose(picks.toggled(st.session_state[SELECTION], picked))
    st.rerun()


def follow(gangs: panels.Gangs, outside: Outside) -> None:
    """Bring state and address together: one gone back to is read, else the state is written to it.

    A typed address opens a session, so any other is old: Streamlit drops the parameters when pages
    change, and a click may overtake what was written last, which is then written once more. Gangs
    the data do not name are left out and said to be; a view outside the scope stays as asked.
    """
    state, given, before = st.session_state, _given(), language()
    context = get_script_run_ctx()
    if context is not None and context.is_history_navigation:
        _take(given)
    if state[SELECTION].gangs and not outside(state[SELECTION]):
        selection, unknown = address.known_gangs(state[SELECTION], gangs())
        state[SELECTION], state[IGNORED] = selection, (*state[IGNORED], *unknown)
    written, state[WRITTEN] = state.get(WRITTEN), address.write(state[SELECTION], state[CHOSEN])
    if given != state[WRITTEN] or written not in (state[WRITTEN], None):
        st.query_params.from_dict(state[WRITTEN])
    if language() != before:
        st.rerun()


def refused(problem: ScopeError) -> None:
    """Why nothing is shown, in the reader's words, and one way on."""
    now = view()
    with st.container(key="outside", gap="small"):
        said = plain(problem.words(now.language))
        st.error(said, title=say("scope_outside", now.language), icon=":material/lock:")
        with st.container(horizontal=True):
            st.button(say("scope_back", now.language), key="within", on_click=_clear_all)
            _language_button(now)


def bar(dated: Dated, gangs: panels.Gangs, scope: Scope) -> None:
    """The row of filters, the measure and the language; below it the chips of what is on."""
    now = view()
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="filters"):
        with st.container(width="content"):
            _popovers(dated, gangs, scope)
        _measure(now)
        st.space("stretch")
        _language_button(now)
    # There without chips too: what loses its place below is thrown away and drawn anew.
    with st.container(gap="xsmall", key="filters-on"):
        _chips(now)
        _ignored(now.language)


def _language_button(now: View) -> None:
    st.button(
        say("other_language", now.language),
        key="other-language",
        help=say("other_language_help", now.language),
        icon=":material/translate:",
        type="tertiary",
        on_click=_other_language,
    )


def gang_picker(gangs: tuple[str, ...]) -> None:
    """A box to choose the one gang whose profile is shown."""
    now = view()
    chosen = now.selection.gangs or ()
    key = f"gang-picked-{now.language}"
    _seed(key, chosen[0] if len(chosen) == 1 and chosen[0] in gangs else None)
    st.selectbox(
        say("gang_pick", now.language),
        gangs,
        key=key,
        index=None,
        placeholder=say("choose", now.language),
        help=say("gang_pick_help", now.language),
        width=420,
        on_change=_picked_gang,
        args=(key,),
    )


def _given() -> dict[str, str]:
    """The address's parameters; what is said of one filter in several places is said together."""
    return {name: ",".join(st.query_params.get_all(name)) for name in st.query_params}


def _take(parameters: dict[str, str]) -> None:
    read = address.read(parameters)
    state = st.session_state
    state[SELECTION], state[IGNORED] = read.selection, read.ignored
    state[CHOSEN] = read.language


def _choose(selection: Selection) -> None:
    st.session_state[SELECTION] = selection
    st.session_state[IGNORED] = ()


@st.fragment
def _popovers(dated: Dated, gangs: panels.Gangs, scope: Scope) -> None:
    """The panels; opening one runs nothing else, a pick in it runs the whole page."""
    now = view()
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        for panel in panels.PANELS:
            with st.popover(
                panel.title(now.language),
                icon=panel.icon,
                key=f"filter-{panel.name}",
                on_change="rerun",
            ) as opened:
                if opened.open:
                    controls = panel.controls(now.selection, now.language, dated, gangs)
                    for control in offers.within(controls, scope):
                        _control(control, now.language)


def _control(control: panels.Control, language: Language) -> None:
    key = f"{control.name}-{language}"
    _seed(key, control.value)
    arguments: dict[str, Any] = {
        "key": key,
        "format_func": control.labels.__getitem__,
        "help": control.help or None,
        "on_change": _controlled,
        "args": (control, key),
    }
    if control.kind == "many":
        placeholder = say("everything", language)
        st.multiselect(
            control.title, control.options, placeholder=placeholder, select_all=False, **arguments
        )
    elif control.kind == "one":
        st.selectbox(control.title, control.options, **arguments)
    elif control.kind == "choice":
        st.segmented_control(control.title, control.options, required=True, **arguments)
    else:
        st.pills(control.title, control.options, selection_mode="multi", **arguments)


def _measure(now: View) -> None:
    key = f"measure-{now.language}"
    _seed(key, now.selection.measure)
    st.segmented_control(
        say("filter_measure", now.language),
        ("persons", "cases"),
        required=True,
        format_func=lambda measure: say(f"measure_{measure}", now.language),
        key=key,
        label_visibility="collapsed",
        on_change=_measured,
        args=(key,),
    )


def _chips(now: View) -> None:
    on = chips(now.selection, now.language)[:MOST_CHIPS]
    if not on:
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="chips"):
        for number, chip in enumerate(on):
            st.button(
                plain(chip.label),
                key=f"chip-{number}-{chip.field}-{'-'.join(chip.codes)[:80]}",
                icon=":material/close:",
                icon_position="right",
                help=say("chips", now.language),
                on_click=_clear,
                args=(chip,),
            )
        st.button(
            say("clear_all", now.language),
            key="clear-all",
            type="tertiary",
            icon=":material/filter_alt_off:",
            on_click=_clear_all,
        )


def _ignored(language: Language) -> None:
    if lines := left_out(st.session_state[IGNORED], language):
        st.warning("  \n".join(lines), icon=":material/link_off:")


def _seed(key: str, value: Any) -> None:
    if not _same(st.session_state.get(key, _seed), value):
        st.session_state[key] = value


def _same(held: Any, value: Any) -> bool:
    """Whether two widget values mean the same; the order of picks means nothing."""
    return sorted(held) == sorted(value) if isinstance(held, list) else bool(held == value)


def _controlled(control: panels.Control, key: str) -> None:
    """A pick; a panel that closes may send once more what it showed, which is none."""
    picked = st.session_state[key]
    if picked is not None and not _same(picked, control.value):
        _choose(control.apply(st.session_state[SELECTION], picked))
        st.rerun()


def _measured(key: str) -> None:
    """A pick of what is counted; a button of the language just left may send none."""
    if measure := st.session_state[key]:
        _choose(st.session_state[SELECTION].replace(measure=measure))


def _picked_gang(key: str) -> None:
    picked = st.session_state[key]
    _choose(st.session_state[SELECTION].replace(gangs=(picked,) if picked else None))


def _clear(chip: Chip) -> None:
    _choose(chip.cleared(st.session_state[SELECTION]))


def _clear_all() -> None:
    _choose(cleared(st.session_state[SELECTION]))


def _other_language() -> None:
    st.session_state[CHOSEN] = "en" if language() == "zh" else "zh"
