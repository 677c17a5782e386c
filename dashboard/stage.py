"""Shows a question as a card and caches what it shows; alone with caching.

Answers are kept per question, selection, scope and snapshot; drawings also per language, form
and paper. A card asks, draws and words nothing itself: queries answer, charts draw, findings say.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import ahead, bar, charts, details, filters, findings, plot, reader, words
from dashboard.charts.base import FOLD
from dashboard.literal import plain
from data.contracts import Language
from data.snapshots import Manifest
from queries import trail
from queries.answers import Answer
from queries.questions import question
from queries.release import PolicyName
from queries.scope import Scope, ScopeError
from queries.selection import Selection
from queries.store import Store

DATA_VARIABLE = "DASHBOARD_DATA"
PHONE, PHONES_BELOW = 330, 640
DESKTOP, EDGES, STEP = 1276, 90, 20
FIRST_PAGE = (
    "totals",
    "origins",
    "destinations",
    "gangs",
    "seizures_by_item",
    "persons_by_month",
    "corridors",
)
KEPT = 1024
SNAPSHOT = "snapshot"
LOG = logging.getLogger("dashboard")


@dataclass(frozen=True)
class Drawn:
    """One drawing as the page takes it, the sentence over it, the filter that a click sets, and
    whether it has marks."""

    figure: bytes
    finding: str
    filters: str
    marks: bool


@dataclass(frozen=True)
class Card:
    """What a view says about one card; see `show`."""

    name: str
    form: str | None = None
    width: int = 760
    height: int | None = None
    forms: tuple[str, ...] = ()
    fold: int = FOLD
    short: bool = False
    title: str = ""
    fallback: str | None = None
    without: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells this card from the others of its page."""
        return f"{self.name}-{self.form or 'first'}"


def show(name: str, **about: Any) -> None:
    """Show one question as a card: title, finding, chart, unit and notes, and what is behind it.

    form: one of charts.forms(name); forms: the ones a reader may choose between. fallback: the form
    to take where the chosen one can draw nothing. width: about how many pixels wide the card is on
    a desktop screen; height: fixed there, where rows of cards must fit. fold: how many bars at
    most. title: screen words instead of the question's own. short: notes move into the tooltip.
    without: filters this card leaves out, so that what they choose is seen beside the rest.
    """
    if not offered(name):
        return
    card = Card(name, **about)
    ahead.note(part := ahead.part(card.key), name, card.without)
    with st.container(border=True, key=f"card-{card.key}", gap="xxsmall", height="stretch"):
        st.fragment(parallel=True, key=part)(_card)(card)


def _card(card: Card) -> None:
    view = filters.view()
    with guarded(view.language), st.container(gap="xxsmall"):
        asked = answer(card.name, view.selection.replace(**dict.fromkeys(card.without)))
        released = partial(details.for_files, store())
        nothing = asked.nothing
        form = details.head(
            asked, view.language, card.key, card.form, card.forms, card.title, released, nothing
        )
        if nothing:
            _nothing(asked, view)
            return
        drawn = draw(asked, view, card, form)
        if card.fallback and not drawn.marks:
            drawn = draw(asked, view, card, card.fallback)
        st.markdown(plain(drawn.finding))
        _chart(drawn, card, form)
        details.foot(asked, view.language, card.short, card.without)


def _chart(drawn: Drawn, card: Card, form: str | None) -> None:
    key = f"chart-{card.key}-{form}"
    picked = partial(filters.clicked, drawn.filters, key, again) if drawn.filters else None
    plot.show(drawn.figure, key, picked)


def begin(page: str) -> None:
    """Start a page: what its cards asked before is asked again at once."""
    filters.remember(SNAPSHOT, manifest().id)
    ahead.begin(page, store(), filters.view().selection, scope())


def again() -> None:
    """After a choice, in a callback: what follows it runs. That is the whole page where more than
    parts does, where what stands around them is of other data by now, and where it is refused."""
    chosen, alone = filters.view().selection, ahead.parts(store())
    if not alone or manifest().id != filters.remembered(SNAPSHOT) or not _taken(chosen):
        st.rerun()
    reader.ask_log()
    ahead.ask(store(), chosen, scope())
    st.rerun([bar.CHIPS, *alone, bar.PANELS])


def _taken(selection: Selection) -> bool:
    """Whether a selection lies inside the reader's scope, and the data name its gangs."""
    try:
        scope().narrow(selection)
    except ScopeError:
        return False
    return not selection.gangs or set(named()).issuperset(selection.gangs)


def say(key: str) -> None:
    """A line of screen words between cards."""
    st.caption(plain(words.say(key, filters.view().language)))


def answer(name: str, selection: Selection) -> Answer:
    """The protected rows of one question; the store keeps them for whoever asks the same."""
    with trail.refusals(name, selection.address(), reader.actor()):
        return store().answer(name, selection, scope())


def draw(asked: Answer, view: filters.View, card: Card, form: str | None) -> Drawn:
    """An answer's figure and finding, kept per language, form, size and paper."""
    name, selection, limits, snapshot = asked.key
    key = (name, selection.address(), repr(limits), snapshot)
    width = fitted(card.width, view.window)
    height = None if view.window < PHONES_BELOW else card.height
    return _drawn(key, view.language, form, view.dark, width, height, card.fold, asked)


def fitted(width: int, window: int) -> int:
    """About how wide a card made for a desktop is in a window, in steps: few drawings are kept."""
    if window < PHONES_BELOW:
        return PHONE
    share = width * (window - EDGES) // DESKTOP // STEP * STEP
    return min(width, max(share, PHONE))


def scope() -> Scope:
    """What the reader may ask for."""
    return reader.grant().scope


def outside(selection: Selection) -> ScopeError | None:
    """Why a selection lies outside the reader's scope, once the audit log says so; None inside."""
    try:
        with trail.refusals("", selection.address(), reader.actor()):
            scope().narrow(selection)
    except ScopeError as problem:
        return problem
    return None


def warm() -> None:
    """Ask what the first page asks in the scopes that no claim narrows, so that its first reader
    need not wait."""
    for limits in reader.scopes():
        for name in FIRST_PAGE:
            if limits.offers(question(name).dimensions):
                store().answer(name, Selection(), limits)


def manifest() -> Manifest:
    """What the current snapshot says about itself."""
    return store().manifest


def policy() -> PolicyName:
    """How figures are released to this reader."""
    return store().policy(scope())


def store() -> Store:
    """The one store of this process; it follows the data directory's current snapshot."""
    return _opened(os.environ[DATA_VARIABLE])


@contextmanager
def row(*names: str, narrowest: int = 320) -> Iterator[None]:
    """A row of equally wide cards, as many as there are questions that the reader may ask; they
    stack where the screen is narrow."""
    with st.grid(max(sum(map(offered, names)), 1), min_column_width=narrowest, gap="xsmall"):
        yield


def offered(name: str) -> bool:
    """Whether a question is no finer than the reader may ask."""
    return scope().offers(question(name).dimensions)


def named() -> tuple[str, ...]:
    """Every gang that the data name to this reader."""
    return store().gangs(scope())


def gangs() -> tuple[str, ...]:
    """Gangs whose figures may be released under no filter, by persons; none if too fine."""
    if not scope().by_gang:
        return ()
    rows = answer("gangs", Selection()).rows
    return tuple(str(gang) for gang in rows["gang"] if isinstance(gang, str))


@contextmanager
def guarded(language: Language) -> Iterator[None]:
    """Turn an error of asking or drawing into one sentence; the log keeps the rest."""
    try:
        yield
    except (LookupError, ValueError, PermissionError, TimeoutError) as problem:
        LOG.warning("refused: %s", problem, exc_info=True)
        said = problem.words(language) if isinstance(problem, ScopeError) else str(problem)
        key = "card_stopped" if isinstance(problem, TimeoutError) else "card_failed"
        st.error(plain(words.say(key, language, reason=said)))
    except Exception as problem:
        LOG.error("failed", exc_info=problem)
        st.error(words.say("card_failed_other", language))


def _nothing(asked: Answer, view: filters.View) -> None:
    on = view.selection.address() not in ("", "measure=cases")
    nowhere = "empty_none" if manifest().first_month else "empty_origins"
    text = words.say("empty" if on else nowhere, view.language)
    if on:
        filters_on = view.selection.words(view.language)
        widen = words.say("empty_widen", view.language, filters=filters_on)
        text = words.joined((text, widen), view.language)
    st.info(plain(text), icon=":material/search_off:")


@st.cache_resource(max_entries=1, show_spinner=False)
def _opened(directory: str) -> Store:
    return Store(Path(directory), kept=KEPT)


@st.cache_resource(max_entries=600, show_spinner=False)
def _drawn(
    key: tuple[str, ...],
    language: Language,
    form: str | None,
    dark: bool,
    width: int,
    height: int | None,
    fold: int,
    _asked: Answer,
) -> Drawn:
    spec = charts.draw(_asked, language, form, dark, width, fold, height or 0)
    if height:
        spec["layout"]["height"] = height
    alt = findings.alt(_asked, language, form or charts.forms(_asked.question.name)[0])
    return Drawn(
        plot.packed(spec, alt, words.say("card_lost", language)),
        findings.say(_asked, language),
        spec["layout"]["meta"].get("filters") or "",
        any(trace.get("x") for trace in spec["data"]),
    )
