"""What a click on a mark means for the Selection; it must not know Streamlit."""

from collections.abc import Iterator, Mapping
from typing import Any

from data import contracts
from queries.selection import FIELDS, Selection


def codes(field: str, point: Mapping[str, Any]) -> Iterator[str]:
    """The codes of a list filter that a clicked mark carries in its customdata."""
    carried = point.get("customdata")
    known = FIELDS[field].codes
    for value in carried if isinstance(carried, list | tuple) else [carried]:
        if isinstance(value, str) and (known is None or value in contracts.codes(known)):
            yield value


def toggled(selection: Selection, field: str, clicked: tuple[str, ...]) -> Selection:
    """The selection with the clicked codes alone in this filter, or without them if they were."""
    alone = set(getattr(selection, field) or ()) == set(clicked)
    return selection.replace(**{field: None if alone else clicked})
