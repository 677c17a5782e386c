"""Answers what readers are likely to choose first, while nobody asks anything.

Likely is one filter on the first page: a span of months, a group, one of the places, gangs or items
with the largest figures, or whatever there are few of. Who chooses one waits for drawing alone. It
must not know Streamlit.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from threading import Event

from dashboard import panels
from data import contracts
from queries.periods import Dated
from queries.questions import question
from queries.scope import Scope, ScopeError
from queries.selection import Selection, SelectionError, groups
from queries.store import SlowQuery, Store

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
        store = held()
        snapshot = store.manifest.id
        if snapshot == done or store.quiet_seconds < QUIET_SECONDS:
            continue
        try:
            if all(_through(store, scope, names, stop) for scope in scopes()):
                done = snapshot
        except SlowQuery as slow:
            log.info("likely choices are left to be asked: %s", slow)
            done = snapshot
        except Exception:
            log.exception("likely choices are left to be asked")
            done = snapshot


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


def largest(store: Store, scope: Scope) -> dict[str, tuple[str, ...]]:
    """By filter the codes with the largest released figures, at most MOST of each."""
    found = {}
    for field, (name, column, figure) in RANKED.items():
        if not scope.offers(question(name).dimensions):
            continue
        rows = store.answer(name, NOTHING, scope).records()
        sizes = {row[column]: row[figure] for row in rows if _offered(field, row[column])}
        known = [code for code, size in sizes.items() if size]
        found[field] = tuple(sorted(known, key=sizes.__getitem__, reverse=True)[:MOST])
    return found


def _offered(field: str, code: str | None) -> bool:
    """Whether a row's code is one that the filter takes, and not a remainder or unknown."""
    if code is None:
        return False
    try:
        return bool(NOTHING.replace(**{field: (code,)}).active)
    except SelectionError:
        return False


def _through(store: Store, scope: Scope, names: tuple[str, ...], stop: Event) -> bool:
    """Whether all that is likely in a scope was gone through, on one snapshot."""
    snapshot = store.manifest.id
    offered = [name for name in names if scope.offers(question(name).dimensions)]
    for selection, name in product(selections(store.manifest, largest(store, scope)), offered):
        while not _prepared(store, name, selection, scope):
            if stop.wait(PAUSE_SECONDS):
                return False
        if store.manifest.id != snapshot:
            return False
        if stop.is_set() or store.full:
            break
    return True


def _prepared(store: Store, name: str, selection: Selection, scope: Scope) -> bool:
    """Whether a question needs no more care: answered, not to be answered, or no room for it."""
    if store.quiet_seconds < QUIET_SECONDS:
        return False
    try:
        return store.prepare(name, selection, scope) or store.full
    except (ScopeError, SelectionError):
        return True
