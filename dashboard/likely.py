"""Answers what readers are likely to choose first, while nobody asks anything.

Likely is one filter on the first page: a span of months, a group, one of the places, gangs or items
with the largest figures, or whatever there are few of. Who chooses one waits for drawing alone. It
must not know Streamlit.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, product, zip_longest
from threading import Event

from dashboard import panels
from data import contracts
from queries.answers import Answer
from queries.kept import SlowQuery
from queries.periods import Dated
from queries.questions import question
from queries.scope import Scope, ScopeError
from queries.selection import Selection, SelectionError, groups
from queries.store import Store

QUIET_SECONDS, PAUSE_SECONDS = 3.0, 0.5
MOST = 12
RANKED = {
    "origins": ("origins", "origin", "value"),
    "destinations": ("destinations", "destination", "value"),
    "gangs": ("gangs", "gang", "value"),
    "items": ("seizures_by_item", "item", "quantity"),
}
FEW = ("routes", "ages", "sexes")
NOTHING = Selection()
log = logging.getLogger(__name__)


def keep(held: Callable[[], Store], scopes: Callable[[], Iterable[Scope]], names: Iterable[str],
         stop: Event) -> None:  # fmt: skip
    """Until stopped: what is likely is answered whenever nobody has asked anything for a while,
    once for every snapshot.

    scopes: of readers whom no claim narrows. names: the questions of the first page.
    """
    done, names = "", tuple(names)
    while not stop.wait(PAUSE_SECONDS):
        try:
            store = held()
            snapshot = store.manifest.id
            if snapshot != done:
                Preparing(store, snapshot, stop).all_of(scopes(), names)
                done = snapshot
        except SlowQuery as slow:
            log.info("likely choices wait to be asked: %s", slow)
            done = snapshot
        except Exception:
            if not stop.is_set():
                log.exception("likely choices wait to be asked")
                stop.wait(QUIET_SECONDS)


def selections(dated: Dated, ranked: dict[str, tuple[str, ...]]) -> Iterator[Selection]:
    """What is likely to be chosen, the likeliest first. ranked: codes by filter, largest first."""
    for name, (since, until) in panels.times(dated).items():
        if name not in ("all", "custom"):
            yield Selection(since=since, until=until)
    yield Selection(measure="cases")
    for field in ("origins", "destinations"):
        presets = (members for code, members in groups(field).items()
                   if code in contracts.codes("presets"))  # fmt: skip
        yield from (NOTHING.replace(**{field: members}) for members in presets)
    for field in RANKED:
        yield from (NOTHING.replace(**{field: (code,)}) for code in ranked.get(field, ()))
    for field in FEW:
        yield from (NOTHING.replace(**{field: (code,)}) for code in contracts.codes(field).codes)


@dataclass(frozen=True)
class Preparing:
    """What is likely on one snapshot, answered while nobody asks."""

    store: Store
    snapshot: str
    stop: Event

    def all_of(self, scopes: Iterable[Scope], names: tuple[str, ...]) -> None:
        """Answer some questions for every likely choice, the likeliest of all scopes first."""
        chosen = [(scope, selections(self.store.manifest, self.largest(scope))) for scope in scopes]
        rounds = zip_longest(*(product([scope], some, names) for scope, some in chosen))
        for scope, selection, name in filter(None, chain.from_iterable(rounds)):
            if self.over:
                return
            self.answer(name, selection, scope)

    def largest(self, scope: Scope) -> dict[str, tuple[str, ...]]:
        """By filter the codes with the largest released figures, at most MOST of each."""
        found = {}
        for field, (name, column, figure) in RANKED.items():
            answer = self.answer(name, NOTHING, scope)
            rows = answer.records() if answer else []
            sizes = {row[column]: row[figure] for row in rows if _offered(field, row[column])}
            known = [code for code, size in sizes.items() if size]
            found[field] = tuple(sorted(known, key=sizes.__getitem__, reverse=True)[:MOST])
        return found

    @property
    def over(self) -> bool:
        """Whether no more is to be answered: told to stop, no room, or a newer snapshot."""
        full, newer = self.store.full, self.store.manifest.id != self.snapshot
        return self.stop.is_set() or full or newer

    def answer(self, name: str, selection: Selection, scope: Scope) -> Answer | None:
        """The answer, once nobody has asked for a while; None where it may not be asked or is no
        longer wanted. Raises SlowQuery."""
        if not scope.offers(question(name).dimensions):
            return None
        while not self.over:
            try:
                if self.store.quiet_seconds >= QUIET_SECONDS and (
                    answer := self.store.prepare(name, selection, scope, self.stop)
                ):
                    return answer
            except (ScopeError, SelectionError):
                return None
            self.stop.wait(PAUSE_SECONDS)
        return None


def _offered(field: str, code: str | None) -> bool:
    """Whether a row's code is one that the filter takes, and not a remainder or unknown."""
    if code is None:
        return False
    try:
        return bool(NOTHING.replace(**{field: (code,)}).active)
    except SelectionError:
        return False
