"""The cells a question needs: filter, group and count as SQL text made of fixed fragments.

What leaves here is raw and stays inside queries/: release.py makes it fit to leave.
"""

from dataclasses import dataclass
from typing import Literal

from queries.facts import COHORT_FILTERS, Facts, bound, chosen, facts
from queries.nodes import Mode
from queries.selection import Measure
from queries.spans import Unit

Window = Literal["selection", "periods", "trend"]
REACHED, SEIZED = "cases_reached", "cases_seized"
STATED = "stated"
DERIVED = ("month", "year", "quarter", "period")


@dataclass(frozen=True)
class Cells:
    """Cells as a question asks for them: one row per combination of the `by` dimensions.

    measure: fixed, or None to follow the selection. window: which months count. compare: columns
    current, previous, change and reason instead of the first figure. remainder: one more row
    holding what is withheld, so that the parts still add up to the whole.
    """

    name: str
    facts: str
    by: tuple[str, ...]
    figures: tuple[str, ...]
    measure: Measure | None = None
    window: Window = "selection"
    compare: bool = False
    remainder: bool = False


@dataclass(frozen=True)
class Ask:
    """What of a selection and a scope shapes the SQL text: which filters are on and how they divide
    what they keep, the measure, the finest span of time that may be told, and whether everybody
    may be seen."""

    active: frozenset[str]
    measure: Measure
    finest: Unit = "month"
    whole: bool = True
    modes: tuple[tuple[str, Mode], ...] = ()

    @property
    def dividing(self) -> tuple[str, ...]:
        """Names of the list filters that keep more than one node."""
        return tuple(name for name, mode in self.modes if mode != "one")


def table(cells: Cells, ask: Ask) -> Facts:
    """The fact table that answers these cells under this measure."""
    return facts(cells.facts, cells.measure or ask.measure)


def counted(cells: Cells, ask: Ask, bounds: bool) -> str:
    """A select of raw cells: dimensions, FIGURE_counted and, with bounds, FIGURE_least and
    FIGURE_last, the smallest and largest case number the figure rests on."""
    source = table(cells, ask)
    columns = [f"{_dimension(source, name)} as {quoted(name)}" for name in cells.by]
    for name in cells.figures:
        figure = source.figures[name]
        columns.append(f"{figure.sql.format(month=told(source.dated, ask))} as {name}_counted")
        if bounds and figure.rests_on:
            columns.append(f"min({figure.rests_on}) as {name}_least")
            columns.append(f"max({figure.rests_on}) as {name}_last")
    text = _select(columns, source.source, conditions(cells, ask), groups(cells, source))
    return f"{text}\nhaving false" if source.undivided and not ask.whole else text


def groups(cells: Cells, source: Facts) -> list[str]:
    """The expressions the cells are grouped by."""
    return [_dimension(source, name) for name in cells.by]


def conditions(cells: Cells, ask: Ask) -> list[str]:
    """The filters that are on, as predicates over the cells' fact table."""
    source = table(cells, ask)
    own = [chosen(column, name) for name, column in source.own.items() if name in ask.active]
    only = _only(cells, source)
    linked = _linked(source, ask) if source.linked else []
    return [*source.always, *_dates(cells, source, ask), *own, *only, *linked]


def _only(cells: Cells, source: Facts) -> set[str]:
    """Rows without persons make no cell of their own, unless another figure counts them or it is
    asked whether persons are stated."""
    if STATED in cells.figures:
        return set()
    counting = [figure for name in cells.figures if (figure := source.figures[name]).rests_on]
    limits = {figure.only for figure in counting}
    return {limit for limit in limits if limit} if len(limits) == 1 else set()


def links(ask: Ask) -> list[tuple[str, str]]:
    """Steps that hold the cases which filters of other tables keep, by name: read once, used by
    every cell that such a filter reaches through its case."""
    people = [chosen(column, name) for name, column in COHORT_FILTERS.items() if name in ask.active]
    steps = [(REACHED, _select(["distinct case_no"], "cohorts", people, []))] if people else []
    if "items" in ask.active:
        steps.append(
            (SEIZED, _select(["distinct case_no"], "seizures", [chosen("item", "items")], []))
        )
    return steps


def _linked(source: Facts, ask: Ask) -> list[str]:
    """Filters of other tables, which reach this one through the case."""
    own = {REACHED: "origins", SEIZED: "items"}
    steps = [name for name, _ in links(ask) if own[name] not in source.own]
    return [f"case_no in ({_select(['case_no'], name, [], [])})" for name in steps]


def _dates(cells: Cells, source: Facts, ask: Ask) -> list[str]:
    month = source.dated
    if source.grain == "none":
        return []
    if cells.window == "periods":
        spans = " or ".join(
            f"({month} >= {bound(f'{span}_since')} and {month} <= {bound(f'{span}_until')})"
            for span in ("current", "previous")
        )
        first = f"coalesce({bound('previous_since')}, {bound('current_since')})"
        return [f"{month} >= {first}", f"({spans})"]
    if cells.window == "trend":
        return [f"{month} >= {bound('trend_since')}", f"{month} <= {bound('trend_until')}"]
    limit = "extract(year from {})" if source.grain == "year" else "{}"
    ends = [("since", ">="), ("until", "<=")]
    return [f"{month} {sign} {limit.format(bound(end))}" for end, sign in ends if end in ask.active]


def told(month: str, ask: Ask) -> str:
    """A month as finely as it may be told, where it stands among the figures."""
    return month if ask.finest == "month" else f"date_trunc('{ask.finest}', {month})::date"


def _dimension(source: Facts, name: str) -> str:
    if name in source.dimensions:
        return source.dimensions[name]
    month = source.dated
    current = f"{month} >= {bound('current_since')}"
    derived = {
        "month": month,
        "year": f"extract(year from {month})",
        "quarter": f"date_trunc('quarter', {month})::date",
        "period": f"case when {current} then 'current' else 'previous' end",
    }
    return derived[name]


def quoted(name: str) -> str:
    """A dimension's name as SQL takes it."""
    return f'"{name}"' if name == "table" else name


def _select(columns: list[str], source: str, kept: list[str], grouped: list[str]) -> str:
    lines = [f"select {', '.join(columns)}", f"from {source}"]
    if kept:
        lines.append(f"where {' and '.join(kept)}")
    if grouped:
        lines.append(f"group by {', '.join(grouped)}")
    return "\n".join(lines)
