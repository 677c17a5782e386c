"""The row of filters, what is on as chips, and what a pick does; with filters.py alone with session
state.

Widgets are seeded from the Selection at every run and write back through callbacks, under keys that
carry the language: a multiselect sends its options' labels, so that one key in two languages would
lose earlier picks.
"""

from typing import Any

import streamlit as st

from dashboard import filters, offers, panels
from dashboard.chips import Chip, chips, cleared, left_out
from dashboard.filters import Again
from dashboard.literal import plain
from dashboard.words import say
from data.contracts import Language
from queries.periods import Dated
from queries.scope import Scope, ScopeError

CHIPS, PANELS = "chips", "panels"
MOST_CHIPS = 24


def refused(problem: ScopeError) -> None:
    """Why nothing is shown, in the reader's words, and one way on."""
    now = filters.view()
    with st.container(key="outside", gap="small"):
        said = plain(problem.words(now.language))
        st.error(said, title=say("scope_outside", now.language), icon=":material/lock:")
        with st.container(horizontal=True):
            st.button(say("scope_back", now.language), key="within", on_click=_clear_all)
            _language_button(now)


def show(dated: Dated, gangs: panels.Gangs, scope: Scope, again: Again) -> None:
    """The row of filters, the measure and the language; below it the chips of what is on.

    again: called after every choice; runs what follows it.
    """
    now = filters.view()
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="filters"):
        with st.container(width="content"):
            _popovers(dated, gangs, scope, again)
        with st.container(width="content"):
            _measure(again)
        st.space("stretch")
        _language_button(now)
    # There without chips too: what loses its place below is thrown away and drawn anew.
    with st.container(gap="xsmall", key="filters-on"):
        _on(again)


@st.fragment(key=CHIPS)
def _on(again: Again) -> None:
    """What is on, in the address and as chips, and what was left out."""
    filters.write()
    now = filters.view()
    _chips(now, again)
    _ignored(now.language)


def _language_button(now: filters.View) -> None:
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
    now = filters.view()
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


@st.fragment(key=PANELS)
def _popovers(dated: Dated, gangs: panels.Gangs, scope: Scope, again: Again) -> None:
    """The panels; opening one runs nothing else."""
    now = filters.view()
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
                        _control(control, now.language, again)


def _control(control: panels.Control, language: Language, again: Again) -> None:
    key = f"{control.name}-{language}"
    _seed(key, control.value)
    arguments: dict[str, Any] = {
        "key": key,
        "format_func": control.labels.__getitem__,
        "help": control.help or None,
        "on_change": _controlled,
        "args": (control, key, again),
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


@st.fragment
def _measure(again: Again) -> None:
    """What is counted; in a fragment, so that a click waits for a page that is being built."""
    now = filters.view()
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
        args=(key, again),
    )


def _chips(now: filters.View, again: Again) -> None:
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
                args=(chip, again),
            )
        st.button(
            say("clear_all", now.language),
            key="clear-all",
            type="tertiary",
            icon=":material/filter_alt_off:",
            on_click=_clear_all,
            args=(again,),
        )


def _ignored(language: Language) -> None:
    if lines := left_out(st.session_state[filters.IGNORED], language):
        st.warning("  \n".join(lines), icon=":material/link_off:")


def _seed(key: str, value: Any) -> None:
    if not _same(st.session_state.get(key, _seed), value):
        st.session_state[key] = value


def _same(held: Any, value: Any) -> bool:
    """Whether two widget values mean the same; the order of picks means nothing."""
    return sorted(held) == sorted(value) if isinstance(held, list) else bool(held == value)


def _controlled(control: panels.Control, key: str, again: Again) -> None:
    """A pick; a panel that closes may send once more what it showed, which is none."""
    picked = st.session_state[key]
    if picked is not None and not _same(picked, control.value):
        filters.choose(control.apply(st.session_state[filters.SELECTION], picked))
        again()


def _measured(key: str, again: Again) -> None:
    """A pick of what is counted; a button of the language just left may send none."""
    if measure := st.session_state[key]:
        filters.choose(st.session_state[filters.SELECTION].replace(measure=measure))
        again()


def _picked_gang(key: str) -> None:
    picked = st.session_state[key]
    filters.choose(st.session_state[filters.SELECTION].replace(gangs=(picked,) if picked else None))


def _clear(chip: Chip, again: Again) -> None:
    filters.choose(chip.cleared(st.session_state[filters.SELECTION]))
    again()


def _clear_all(again: Again = st.rerun) -> None:
    filters.choose(cleared(st.session_state[filters.SELECTION]))
    again()


def _other_language() -> None:
    st.session_state[filters.CHOSEN] = "en" if filters.language() == "zh" else "zh"
