"""The rows of an answer as a table for readers: labels beside codes, states written out.

Shared by CSV, Excel and the table behind a chart. It must not know file formats.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from dashboard import look
from dashboard.words import entries, say
from data import contracts, sources
from data.contracts import Language
from queries import spans
from queries.answers import COLUMN_CODES

if TYPE_CHECKING:
    from queries.answers import Answer

Kind = Literal["text", "code", "whole", "decimal", "percent", "month"]


class Share(float):
    """A part of a whole in a column of figures whose rows have units of their own."""


Cell = str | int | float | date | None
_FACETS = {"origin": "provinces", "destination": "countries", "route": "routes", "item": "items"}
_PERCENT = frozenset({"share", "change"})
_TEXT = frozenset({"gang", "reason", "source", "trend", "lower_bound", "provisional"})
_MONTHS = frozenset({"month", "first_month", "last_month"})
_DECIMAL = frozenset({"ratio", "quantity"})
_BLANK = {"transit": "z"}


@dataclass(frozen=True)
class Column:
    """One column: its name in the answer, heading and kind."""

    name: str
    heading: str
    kind: Kind


@dataclass(frozen=True)
class Table:
    """Columns and rows of cells; a cell that has no figure holds its mark: [c], [x] or [z].

    Where rows have units of their own, a month is a date and a share a Share.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table(answer: "Answer", language: Language, codes: bool = True) -> Table:
    """The answer's rows in its question's column order; codes adds a column beside each label."""
    listed = _coded(answer)
    columns: list[Column] = []
    for name in answer.question.columns:
        heading = say(f"export.column.{name}", language)
        if codes and name in listed:
            columns.append(Column(name, heading, "text"))
            heading = say("export.code_column", language, label=heading)
            columns.append(Column(name, heading, "code"))
        else:
            columns.append(Column(name, heading, _kind(name, listed)))
    rows = (_row(row, columns, listed, language) for row in answer.records())
    return Table(tuple(columns), tuple(rows))


def kind(cell: Cell, column: Column) -> Kind:
    """How a cell is written: as its column, or by the unit of its row."""
    if isinstance(cell, date):
        return "month"
    return "percent" if isinstance(cell, Share) else column.kind


def shown(cell: Cell, column: Column, language: Language) -> str:
    """A cell as readers of the language write it; marks and words stay as they are."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, date):
        return look.month(cell, language)
    if kind(cell, column) == "percent":
        return look.percent(cell, language)
    return look.exact(cell, language, 0 if float(cell).is_integer() else 1)


def _coded(answer: "Answer") -> dict[str, str]:
    names = answer.question.columns
    listed = {name: COLUMN_CODES[name] for name in names if name in COLUMN_CODES}
    own = {"facet": "words:export.facet", "code": "facet", "indicator": "words:indicator"}
    listed |= {name: key for name, key in own.items() if name in names}
    if "measure" in names:
        listed["measure"] = "measures" if "reporting" in names else "words:measure"
    return listed


def _kind(name: str, listed: Mapping[str, str]) -> Kind:
    if name in listed or name in _TEXT or name.endswith(("state", "lower_bound")):
        return "text"
    if name in _MONTHS:
        return "month"
    if name in _PERCENT:
        return "percent"
    return "decimal" if name in _DECIMAL else "whole"


def _row(
    row: Mapping[str, Any], columns: Sequence[Column], listed: Mapping[str, str], language: Language
) -> tuple[Cell, ...]:
    return tuple(_cell(row, column, listed.get(column.name, ""), language) for column in columns)


def _cell(row: Mapping[str, Any], column: Column, codes: str, language: Language) -> Cell:
    name = column.name
    value = row.get(name)
    if column.kind == "code":
        return "" if value is None else str(value)
    if name == "state" or name.endswith("_state"):
        return look.MARKS.get(value or "", "")
    if name == "reason":
        return say(f"reason.{value}", language) if value else ""
    if isinstance(value, bool):
        return say("export.yes" if value else "export.no", language)
    if isinstance(value, list):
        return " ".join(look.MARKS["c"] if part is None else str(part) for part in value)
    if value is None:
        return _missing(row, name)
    if codes:
        return _label(codes, str(value), row, language)
    if name == "source":
        return sources.title(str(value), language)
    return str(value) if column.kind == "text" else _figure(value, row.get("unit"))


def _figure(value: Any, unit: str | None) -> Cell:
    if unit == "month":
        return spans.numbered(value)
    figure = round(value, 10) if isinstance(value, float) else value
    return Share(figure) if unit == "share" else figure


def _missing(row: Mapping[str, Any], name: str) -> str:
    if name == "change" and row.get("reason"):
        return ""
    state = row.get(f"{name}_state") or row.get("state") or _BLANK.get(name, "x")
    return "" if name == "gang" else look.MARKS[_BLANK.get(name, state)]


def _label(codes: str, value: str, row: Mapping[str, Any], language: Language) -> str:
    if codes == "facet":
        codes = _FACETS.get(str(row.get("facet")), "")
    if codes.startswith("words:"):
        key = f"{codes.removeprefix('words:')}.{value}"
        return say(key, language) if key in entries() else value
    if codes and value in contracts.codes(codes):
        return contracts.label(codes, value, language)
    key = f"unit.{value}"
    return say(key, language) if codes == "units" and key in entries() else value
