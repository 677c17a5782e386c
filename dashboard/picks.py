"""What a click on a mark means for the Selection; it must not know Streamlit."""

from collections.abc import Iterable, Iterator
from typing import Any

from data import contracts
from queries.selection import FIELDS, Selection

Picked = dict[str, tuple[str, ...]]


def picked(fields: str, carried: Iterable[Any]) -> Picked:
    """The codes that clicked marks carry, by the list filter they belong to.

    fields: one filter, or several with commas between. A mark with a code for each filter gives
    them in that order; any other gives what the filters know.
    """
    found: dict[str, dict[str, None]] = {}
    for mark in carried:
        for field, code in _codes(fields.split(","), mark):
            found.setdefault(field, {})[code] = None
    return {field: tuple(codes) for field, codes in found.items()}


def toggled(selection: Selection, clicked: Picked) -> Selection:
    """The selection with the clicked codes alone in their filters, or without them if they were."""
    alone = all(
        set(getattr(selection, field) or ()) == set(codes) for field, codes in clicked.items()
    )
    return selection.replace(**(dict.fromkeys(clicked) if alone else clicked))


def _codes(fields: list[str], carried: Any) -> Iterator[tuple[str, str]]:
    values = carried if isinstance(carried, list | tuple) else [carried]
    for n, value in enumerate(values):
        fitting = fields[n : n + 1] if len(values) == len(fields) else fields
        for field in fitting:
            if isinstance(value, str) and _known(field, value):
                yield field, value
                break


def _known(field: str, code: str) -> bool:
    codes = FIELDS[field].codes
    return codes is None or code in contracts.codes(codes)
