"""Knows what a page asks: it is asked when a run begins, and after a choice the parts that ask it
run alone.

What a page asks is what its parts asked when it was built before, for whichever reader. It must
not know cards, and it tells nobody of an error: the part that asks for itself says it.
"""

from collections.abc import Iterable
from contextlib import suppress

from dashboard import filters
from queries.scope import Scope
from queries.selection import Selection
from queries.store import Store

PAGE, PARTS, WHOLE = "page", "parts", "whole"
Asked = tuple[str, tuple[str, ...]]

_noted: dict[str, dict[Asked, None]] = {}


def begin(page: str, held: Store, selection: Selection, scope: Scope) -> None:
    """Begin to build a page: what it asked before is asked at once."""
    filters.remember(PAGE, page)
    filters.remember(PARTS, None)
    filters.remember(WHOLE, None)
    ask(held, selection, scope)


def end() -> None:
    """Say that the page has been built to its end."""
    filters.remember(WHOLE, filters.script())


def part(key: str) -> str:
    """The key of the fragment of a part; no other page's part has it."""
    return f"{_page()}-{key}"


def note(part: str, name: str, without: Iterable[str] = ()) -> None:
    """Remember that a part of the page, by the key of its fragment, asks a question with those
    filters left out."""
    _noted.setdefault(_page(), {})[name, tuple(without)] = None
    parts = filters.remembered(PARTS)
    if parts is not None:
        parts[part] = name


def alone() -> None:
    """Say that nothing else on the page follows what is chosen but the parts noted from now on."""
    filters.remember(PARTS, {})


def parts(held: Store) -> list[str]:
    """The parts that follow what is chosen, those that took least first; none where more does, or
    where the page asked for was not built to its end."""
    if filters.remembered(WHOLE) != filters.script():
        return []
    known: dict[str, str] = filters.remembered(PARTS) or {}
    return sorted(known, key=lambda part: held.took(known[part]))


def ask(held: Store, selection: Selection, scope: Scope) -> None:
    """Begin to ask what the page asks, in the order of its parts."""
    asked = _noted.get(_page(), {})
    for name, without in sorted(asked, key=lambda one: held.took(one[0])):
        with suppress(Exception):
            held.begin(name, selection.replace(**dict.fromkeys(without)), scope)


def _page() -> str:
    return str(filters.remembered(PAGE, ""))
