"""The cells a question needs: filter, group and count as SQL text made of fixed fragments.

What leaves here is raw and stays inside queries/: release.py makes it fit to leave.
"""

from dataclasses import dataclass, replace
from typing import Literal

from queries.facts import COHORT_FILTERS, Facts, Grain, bound, chosen, facts
from queries.figures import Figure, Squares
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
    text = select(columns, source.source, groups(cells, source), conditions(cells, ask))
    return f"{text}\nhaving false" if source.undivided and not ask.whole else text


def squares(figure: Figure, cells: Cells) -> Squares | None:
    """The finest squares that hold for some cells; what they withhold is one more cell, cut by
    nothing."""
    cut = () if cells.remainder else cells.by
    return next((one for one in figure.squares if one.cut.issubset(cut)), None)


def narrowed(figure: Figure, several: tuple[Cells, ...]) -> Figure:
    """A figure with those squares alone that any of some cells needs."""
    needed = dict.fromkeys(squares(figure, cells) for cells in several)
    return replace(figure, squares=tuple(filter(None, needed)))


def groups(cells: Cells, source: Facts) -> list[str]:
    """The expressions the cells are grouped by."""
    return [_dimension(source, name) for name in cells.by]


def conditions(cells: Cells, ask: Ask) -> list[str]:
    """The filters that are on, as predicates over the cells' fact table."""
    source = table(cells, ask)
    own = [chosen(column, name) for name, column in source.own.items() if name in ask.active]
    linked = _linked(source, ask) if source.linked else []
    within = dates(cells.window, source.dated, source.grain, ask)
    return [*source.always, *within, *own, *only(cells, source), *linked]


def only(cells: Cells, source: Facts) -> set[str]:
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
    steps = [(REACHED, select(["distinct case_no"], "cohorts", [], people))] if people else []
    if "items" in ask.active:
        steps.append(
            (SEIZED, select(["distinct case_no"], "seizures", [], [chosen("item", "items")]))
        )
    return steps


def _linked(source: Facts, ask: Ask) -> list[str]:
    """Filters of other tables, which reach this one through the case."""
    own = {REACHED: "origins", SEIZED: "items"}
    steps = [name for name, _ in links(ask) if own[name] not in source.own]
    return [f"case_no in ({select(['case_no'], name)})" for name in steps]


def dates(window: Window, month: str, grain: Grain, ask: Ask) -> list[str]:
    """Conditions on a month, or a year, that keep what is in a window."""
    if grain == "none":
        return []
    if window == "periods":
        spans = " or ".join(
            f"({month} >= {bound(f'{span}_since')} and {month} <= {bound(f'{span}_until')})"
            for span in ("current", "previous")
        )
        first = f"coalesce({bound('previous_since')}, {bound('current_since')})"
        return [f"{month} >= {first}", f"({spans})"]
    if window == "trend":
        return [f"{month} >= {bound('trend_since')}", f"{month} <= {bound('trend_until')}"]
    limit = "extract(year from {})" if grain == "year" else "{}"
    ends = [("since", ">="), ("until", "<=")]
    return [f"{month} {sign} {limit.format(bound(end))}" for end, sign in ends if end in ask.active]


def hull(windows: tuple[Window, ...], month: str, ask: Ask) -> list[str]:
    """Conditions on a month that keep what is in any of some windows, and what lies between."""
    first = {"selection": ["since"], "periods": ["previous_since", "current_since"],
             "trend": ["trend_since"]}  # fmt: skip
    last = {"selection": ["until"], "periods": ["current_until"], "trend": ["trend_until"]}
    ends = (("since", ">= least", first), ("until", "<= greatest", last))
    return [
        f"{month} {furthest}({', '.join(bound(name) for one in windows for name in names[one])})"
        for end, furthest, names in ends
        if "selection" not in windows or end in ask.active
    ]


def end(window: Window, name: str, month: str, ask: Ask) -> str | None:
    """The first or last month, by name, of a window that a month is in; None where it is open."""
    if window == "periods":
        now, before = f"{month} >= {bound('current_since')}", bound(f"previous_{name}")
        return f"case when {now} then {bound(f'current_{name}')} else {before} end"
    if window == "trend":
        return bound(f"trend_{name}")
    return bound(name) if name in ask.active else None


def told(month: str, ask: Ask) -> str:
    """A month as finely as it may be told, where it stands among the figures."""
    return month if ask.finest == "month" else f"date_trunc('{ask.finest}', {month})::date"


def _dimension(source: Facts, name: str) -> str:
    return source.dimensions.get(name) or derived(name, source.dated)


def derived(name: str, month: str) -> str:
    """The SQL of a dimension that comes from a month."""
    current = f"{month} >= {bound('current_since')}"
    return {
        "month": month,
        "year": f"extract(year from {month})",
        "quarter": f"date_trunc('quarter', {month})::date",
        "period": f"case when {current} then 'current' else 'previous' end",
    }[name]


def quoted(name: str) -> str:
    """A dimension's name as SQL takes it."""
    return f'"{name}"' if name == "table" else name


def select(
    columns: list[str], source: str, grouped: list[str] | None = None, kept: list[str] | None = None
) -> str:
    """A select as text."""
    text = f"select {', '.join(columns)}\nfrom {source}"
    text += f"\nwhere {' and '.join(kept)}" if kept else ""
    return text + (f"\ngroup by {', '.join(grouped)}" if grouped else "")
