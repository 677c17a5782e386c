"""One reading of a fact table for several cells: grouped finely once, then as each of them needs.

The facts are grouped by all that cells are cut or divided by; these groups, far fewer, are then
grouped for each. It must not know noise or release rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from queries import cells as cell_sql
from queries import nodes, partials
from queries.cells import DERIVED, Ask, Cells, Window, quoted, select
from queries.facts import Facts
from queries.figures import Figure
from queries.links import LINKED, NODE, mapped

SINCE, UNTIL = "cell_since", "cell_until"
SPAN = {SINCE: Figure("", again="min({})"), UNTIL: Figure("", again="max({})")}
APART, ONLY, SET, PART, THING = "apart", "counts", "set_no", "part", "thing"


@dataclass(frozen=True)
class Grouping:
    """How rows are grouped for some cells: dimensions, nodes, and marks that must hold or, if
    `unmarked`, must not. totals, noised: whether its rows are what the cells count, and whether
    they are nodes to be moved."""

    part: int
    by: tuple[str, ...]
    nodes: tuple[str, ...]
    marks: tuple[str, ...]
    totals: bool
    noised: bool
    unmarked: tuple[str, ...] = ()

    @property
    def marked(self) -> list[str]:
        """The conditions of its marks."""
        return [*self.marks, *(f"not {mark}" for mark in self.unmarked)]

    @property
    def keys(self) -> tuple[str, ...]:
        """All columns that it groups by."""
        return tuple(dict.fromkeys([*self.by, *self.nodes, *self.marks, *self.unmarked]))


@dataclass(frozen=True)
class Reading:
    """Cells of one fact table that are counted from one reading of it."""

    cells: tuple[Cells, ...]
    ask: Ask

    @cached_property
    def facts(self) -> Facts:
        """The fact table the figures are counted from."""
        return cell_sql.table(self.cells[0], self.ask)

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        """The figures asked for, by name, with the squares that any of the cells needs."""
        return {name: cell_sql.narrowed(self.facts.figures[name], self.cells)
                for one in self.cells for name in one.figures}  # fmt: skip

    @cached_property
    def thing(self) -> str | None:
        """What the figures tell apart; see partials.thing."""
        return partials.thing({name: one for name, one in self.figures.items() if one.rests_on})

    @cached_property
    def kept(self) -> list[str]:
        """Conditions that hold for every row that any of the cells counts."""
        asked = [cell_sql.conditions(one, self.ask) for one in self.cells]
        common = [condition for condition in asked[0] if all(condition in each for each in asked)]
        hull = cell_sql.hull(self.windows, self.facts.dated, self.ask)
        return common + (hull if len(self.windows) > 1 else [])

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """The windows of the cells, each once."""
        return tuple(dict.fromkeys(one.window for one in self.cells))

    @cached_property
    def spans(self) -> bool:
        """Whether cells are spans of months, whose ends are then SINCE and UNTIL."""
        return self._monthly and len(self.cells) > 1 and bool(self._times or self.windows[1:])

    @cached_property
    def carried(self) -> Mapping[str, Figure]:
        """The figures, and what else is carried along with them."""
        return {**self.figures, **(SPAN if self.spans else {})}

    @cached_property
    def by(self) -> tuple[str, ...]:
        """The dimensions of all the cells, each once."""
        return tuple(dict.fromkeys(quoted(name) for one in self.cells for name in one.by))

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """The node columns of all the cells, each once."""
        return tuple(dict.fromkeys(name for one in self.cells for name in self._nodes(one)))

    @cached_property
    def groupings(self) -> tuple[Grouping, ...]:
        """How rows are grouped; twice for cells whose nodes are no partition of what they count."""
        found: dict[tuple[tuple[str, ...], ...], list[Grouping]] = {}
        for one in self.cells:
            by, marks = tuple(map(quoted, one.by)), self._marks(one)
            found.setdefault((by, marks), self._grouped(len(found), by, self._nodes(one), marks))
        return tuple(grouping for groupings in found.values() for grouping in groupings)

    def part(self, one: Cells) -> int:
        """The number of the part that holds some of the cells."""
        by, marks = tuple(map(quoted, one.by)), self._marks(one)
        return next(g.part for g in self.groupings if (g.by, g.marks) == (by, marks))

    def dimension(self, name: str) -> str:
        """The SQL of a dimension over the facts."""
        return self.facts.dimensions.get(name) or cell_sql.derived(name, self.facts.dated)

    def rows(self) -> str:
        """A select of node rows and of cells that are no sum of their nodes: with more than one
        grouping SET (its place among the groupings), dimensions, nodes and figures in parts."""
        groups, *more = self.groupings
        told = [THING] if self.thing else []
        base = self._base()
        again = self._placed or more or set(self._keys) != set(groups.keys)
        rows = self._grouped_again(base, told) if again else base
        if not told:
            return rows
        columns = [*([SET] if more else []), *self.by, *self.nodes]
        return select([*columns, *partials.again(self.carried)], f"(\n{rows}\n) as things", columns)

    def _grouped_again(self, base: str, told: list[str]) -> str:
        columns = [*self.by, *self.nodes, *told]
        figures = partials.again(self.carried, within_thing=bool(told))
        if len(self.groupings) == 1:
            placed = self._placing(base)
            return select([*columns, *figures], placed, columns, self.groupings[0].marked)
        keys = list(dict.fromkeys(key for one in self.groupings for key in one.keys))
        sets = ", ".join(f"({', '.join([*one.keys, *told])})" for one in self.groupings)
        marks = [key for key in keys if key not in columns]
        said = [f"{self._number(keys)} as {SET}", *columns, *marks, *figures]
        rows = select(said, self._placing(base), [f"grouping sets ({sets})"])
        kept = [f"when {place} then {' and '.join(one.marked)}"
                for place, one in enumerate(self.groupings) if one.marked]  # fmt: skip
        names = [SET, *columns, *partials.names(self.carried)]
        where = [f"case {SET} {' '.join(kept)} else true end"] if kept else []
        return select(names, f"(\n{rows}\n) as grouped", [], where)

    def _number(self, keys: list[str]) -> str:
        """The place of a row's grouping, from which of the keys it is not grouped by."""
        said = {sum((key not in one.keys) << (len(keys) - 1 - place)
                    for place, key in enumerate(keys)): number
                for number, one in enumerate(self.groupings)}  # fmt: skip
        cases = " ".join(f"when {bits} then {number}" for bits, number in said.items())
        return f"case grouping_id({', '.join(keys)}) {cases} end"

    def _base(self) -> str:
        told = self._keys | ({THING: self.thing} if self.thing else {})
        month = cell_sql.told(self.facts.dated, self.ask)
        figures = partials.from_rows(self.figures, month, self.kept, bool(told))
        columns = [*(f"{sql} as {name}" for name, sql in told.items()), *figures]
        return select(columns, self.facts.source, list(told.values()), self.kept)

    def _placing(self, base: str) -> str:
        """The groups with all that is worked out from what they are grouped by."""
        columns = [f"{sql} as {name}" for name, sql in self._placed.items()]
        columns += [f"month as {name}_plain" for name in SPAN if self.spans]
        joins = " ".join(mapped(name, self.facts.own[name]) for name in self._mapped)
        if not self.linked:
            return f"(\n{select(['base.*', *columns], f'({base}) as base {joins}')}\n) as placed"
        reached = [f"{step}.{NODE}{name}" for step, names in self.linked.items() for name in names]
        nowhere = [f"null as {NODE}{name}" for names in self.linked.values() for name in names]
        steps = " ".join(f"inner join {step} on base.case_no = {step}.reached_no"
                         for step in self.linked)  # fmt: skip
        whole = select(["base.*", *nowhere, *columns, f"false as {APART}"], f"base {joins}")
        noded = select(["base.*", *reached, *columns, f"true as {APART}"], f"base {steps} {joins}")
        both = f"{whole}\nunion all\n{noded}"
        return f"(\nwith base as materialized (\n{base}\n)\n{both}\n) as placed"

    def _grouped(
        self, part: int, by: tuple[str, ...], noded: tuple[str, ...], marks: tuple[str, ...]
    ) -> list[Grouping]:
        apart = (APART,) if self.linked else ()
        if not (noded and (self.thing or apart)):
            return [Grouping(part, by, noded, marks, totals=True, noised=True)]
        return [Grouping(part, by, (), marks, totals=True, noised=False, unmarked=apart),
                Grouping(part, by, noded, (*marks, *apart), totals=False, noised=True)]  # fmt: skip

    @cached_property
    def _keys(self) -> dict[str, str]:
        """What the facts are grouped by, as column and expression."""
        own, cut = self.facts.own, self.facts.dimensions
        found = {quoted(name): cut[name] for one in self.cells for name in one.by if name in cut}
        for name in self._dividing:
            if name in self._mapped:
                found[own[name]] = own[name]
            elif own[name] not in found:
                found[f"{NODE}{name}"] = own[name]
        if self._monthly:
            found["month"] = self.facts.dated
        else:
            found |= {name: cell_sql.derived(name, self.facts.dated) for name in self._times}
        if self.linked:
            found["case_no"] = "case_no"
        return found | ({ONLY: self._only} if self._only else {})

    @cached_property
    def _placed(self) -> dict[str, str]:
        """Columns worked out from the keys."""
        found = {f"{NODE}{name}": f"{name}_map.node" for name in self._mapped}
        found |= {f"{NODE}{name}": self.facts.own[name] for name in self._dividing
                  if name not in self._mapped and f"{NODE}{name}" not in self._keys}  # fmt: skip
        if not self._monthly:
            return found
        found |= {name: cell_sql.derived(name, "month") for name in self._times if name != "month"}
        for window in self.windows:
            inside = cell_sql.dates(window, "month", self.facts.grain, self.ask)
            if len(self.windows) > 1 and inside:
                found[f"in_{window}"] = f"({' and '.join(inside)})"
            if node := self._months(window):
                found[f"{NODE}month_{window}"] = node
        return found

    @cached_property
    def _only(self) -> str | None:
        """What rows must be for some of the cells alone."""
        limits = [cell_sql.only(one, self.facts) for one in self.cells]
        return min(set[str]().union(*limits) - limits[0].intersection(*limits), default=None)

    def _marks(self, one: Cells) -> tuple[str, ...]:
        marks = [f"in_{one.window}"] if f"in_{one.window}" in self._placed else []
        only = self._only in cell_sql.only(one, self.facts)
        return (*marks, *([ONLY] if only else []))

    def _nodes(self, one: Cells) -> tuple[str, ...]:
        """The nodes that filters divide some of the cells into."""
        names = [f"{NODE}{name}" for name in self._dividing_of(one)]
        names += [f"{NODE}{name}" for names in self.linked.values() for name in names]
        month = [f"{NODE}month_{one.window}"] if self._noded(one) else []
        return tuple(dict.fromkeys(names + month))

    @cached_property
    def _dividing(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n for one in self.cells for n in self._dividing_of(one)))

    def _dividing_of(self, one: Cells) -> list[str]:
        """Dividing filters on columns of these facts that the cells are not cut by already;
        amounts of unlike items move item by item."""
        own = self.facts.own
        names = [name for name in self.ask.dividing if name in own and own[name] not in one.by]
        unlike = self._amounts and "item" not in one.by and "items" not in names
        return names + (["items"] if unlike else [])

    @cached_property
    def _amounts(self) -> bool:
        return any(figure.magnitude for figure in self.figures.values())

    @cached_property
    def _mapped(self) -> tuple[str, ...]:
        modes = dict(self.ask.modes)
        return tuple(name for name in self._dividing if modes.get(name) == "mapped"
                     and not (self._amounts and name == "items"))  # fmt: skip

    @cached_property
    def linked(self) -> Mapping[str, tuple[str, ...]]:
        """Steps that hold nodes of other tables' filters, which reach these facts by the case."""
        if not self.facts.linked:
            return {}
        others = {step: tuple(name for name in columns if name in self.ask.dividing)
                  for step, (_, columns) in LINKED.items()}  # fmt: skip
        return {step: names for step, names in others.items()
                if names and names[0] not in self.facts.own}  # fmt: skip

    @cached_property
    def _monthly(self) -> bool:
        """Whether the facts are grouped by month, which whatever is asked of time comes from."""
        if self.facts.grain != "month":
            return False
        return len(self.windows) > 1 or len(self._times) > 1 or any(map(self._noded, self.cells))

    @cached_property
    def _times(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n for one in self.cells for n in one.by if n in DERIVED))

    def _noded(self, one: Cells) -> bool:
        """Whether time divides some of the cells: not if they are cut by month, or it is open."""
        if self.facts.grain != "month" or "month" in one.by:
            return False
        return one.window != "selection" or bool({"since", "until"} & self.ask.active)

    def _months(self, window: Window) -> str | None:
        """The node of a month in a window, where any cells are divided so."""
        if not any(one.window == window and self._noded(one) for one in self.cells):
            return None
        ends = [cell_sql.end(window, name, "month", self.ask) for name in ("since", "until")]
        return nodes.months("month", *ends)
