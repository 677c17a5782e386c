"""Asks what a page will ask while the page is still being built: its cards then wait less.

What a page asks is what its cards asked when it was built before, for whichever reader. It must
not know cards, and it tells nobody of an error: the card that asks for itself says it.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import BoundedSemaphore

from queries.scope import Scope
from queries.selection import Selection
from queries.store import Store

MOST = 32
Asked = tuple[str, tuple[str, ...]]

_noted: dict[str, dict[Asked, None]] = {}
_free = BoundedSemaphore(MOST)
_pool = ThreadPoolExecutor(MOST, "ahead")


def note(page: str, name: str, without: Iterable[str] = ()) -> None:
    """Remember that a page asks a question, with those filters left out."""
    _noted.setdefault(page, {})[name, tuple(without)] = None


def ask(page: str, held: Store, selection: Selection, scope: Scope) -> None:
    """Begin to ask what a page asks; nothing, while as many asks as there may be are waited for.

    The store keeps the answers and asks nothing twice.
    """
    for name, without in tuple(_noted.get(page, ())):
        if not _free.acquire(blocking=False):
            return
        _pool.submit(_ask, held, name, selection.replace(**dict.fromkeys(without)), scope)


def _ask(held: Store, name: str, selection: Selection, scope: Scope) -> None:
    try:
        with suppress(Exception):
            held.answer(name, selection, scope)
    finally:
        _free.release()
