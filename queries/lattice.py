"""Lattice cell keys: the noise of a cell is the sum of the noise of the nodes it is made of.

A node is a cell in which every filtered dimension is one value, one fixed group or all of them, and
time is one year, quarter or month. Its noise depends on its count and on the record keys in it
alone, so asking again, or in another way, draws no new noise; a filter of many values only adds
nodes up. What leaves here is raw and stays inside queries/.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from queries import cells as cell_sql
from queries import nodes, partials
from queries.cells import Ask, Cells, quoted
from queries.facts import COHORT_FILTERS, NODES, Facts, Figure, bound, chosen
from queries.perturbation import KEYS, table

NODE = "node_"
PEOPLE, ITEMS = "people_nodes", "item_nodes"
LINKED = {PEOPLE: ("cohorts", COHORT_FILTERS), ITEMS: ("seizures", {"items": "item"})}
SPREAD = 40503


@dataclass(frozen=True)
class Lattice:
    """Some cells as asked, with all that it takes to move and to judge them."""

    cells: Cells
    ask: Ask

    def moved(self) -> str:
        """A select of the cells' dimensions; NAME_counted of every figure, moved where it counts;
        and for those that count NAME_total (not moved), NAME_least, NAME_last and, where one case
        may make too much of it, NAME_squares."""
        columns = [*self.by, *(column for name in self.figures for column in self._final(name))]
        return _select(columns, f"(\n{self._noised()}\n) as noised")

    @cached_property
    def facts(self) -> Facts:
        """The fact table the figures are counted from."""
        return cell_sql.table(self.cells, self.ask)

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        """The figures asked for, by name."""
        return {name: self.facts.figures[name] for name in self.cells.figures}

    @cached_property
    def counting(self) -> Mapping[str, Figure]:
        """Those of them that count, and therefore move."""
        return {name: figure for name, figure in self.figures.items() if figure.rests_on}

    @property
    def by(self) -> list[str]:
        """The cells' dimensions by name."""
        return [quoted(name) for name in self.cells.by]

    def _final(self, name: str) -> list[str]:
        figure = self.figures[name]
        if not figure.rests_on:
            return [f"{name}_plain as {name}_counted"]
        total = f"{name}_adds" if figure.counts_people else f"coalesce({name}_adds, 0)"
        moved = f"greatest({total} + coalesce({name}_noise, 0), 0)"
        kind = "double" if figure.magnitude else "bigint"
        counted = f"case when n = 0 then 0 when {total} is not null then {moved} end"
        columns = [f"({counted})::{kind} as {name}_counted", f"{name}_adds as {name}_total",
                   f"{name}_least", f"{name}_last"]  # fmt: skip
        return columns + ([f"{name}_squares"] if figure.squares else [])

    def _noised(self) -> str:
        """Cells with NAME_noise, from one reading of the facts wherever that can be."""
        thing = partials.thing(self.counting)
        if not self._nodes:
            cells = self._stepped(self._first(self._dimensions, thing), thing)
            return _select(["*", *map(self._noise, self.counting)], f"(\n{cells}\n) as cells")
        if thing is None and not self._linked:
            by_node = self._first(self._dimensions | self._nodes, None)
            summed = [*self.by, *partials.again(self.figures), *map(self._summed, self.counting)]
            return _select(summed, f"(\n{by_node}\n) as nodes", self.by)
        return self._joined(thing)

    def _joined(self, thing: str | None) -> str:
        """Cells and their noise counted apart: things may stand in several nodes of a cell."""
        by_node = self._first(self._dimensions | self._nodes, thing, linked=True)
        if thing and not self._linked:
            opening = f"with things as materialized (\n{by_node}\n)\n"
            by_node = "select * from things"
            raw = _select([*self.by, "thing", *partials.again(self.figures, within_thing=True)],
                          "things", [*self.by, "thing"])  # fmt: skip
        else:
            opening, raw = "", self._first(self._dimensions, thing)
        groups = [*self.by, *self._nodes]
        if thing:
            columns = [*groups, *partials.again(self.counting)]
            by_node = _select(columns, f"(\n{by_node}\n) as things", groups)
        summed = [*self.by, *map(self._summed, self.counting)]
        noise = _select(summed, f"(\n{by_node}\n) as nodes", self.by)
        noises = [f"noise.{name}_noise" for name in self.counting]
        return opening + _select(
            ["cells.*", *noises],
            f"(\n{self._stepped(raw, thing)}\n) as cells left join (\n{noise}\n) as noise"
            f" on {same(self.cells, 'cells', 'noise')}",
        )

    def _stepped(self, things: str, thing: str | None) -> str:
        """Cells from things, where there are any between rows and cells."""
        if thing is None:
            return things
        columns = [*self.by, *partials.again(self.figures)]
        return _select(columns, f"(\n{things}\n) as things", self.by)

    def _first(self, groups: dict[str, str], thing: str | None, linked: bool = False) -> str:
        """The facts read once: groups, what is told apart, and the first step of every figure."""
        told = groups | ({"thing": thing} if thing else {})
        month = cell_sql.told(self.facts.dated, self.ask)
        kept = cell_sql.conditions(self.cells, self.ask)
        figures = partials.from_rows(self.figures, month, kept, bool(told))
        columns = [*(f"{sql} as {name}" for name, sql in told.items()), *figures]
        joins = [_map(name, self.facts.own[name]) for name in self._own
                 if self._mapped(name) and f"{NODE}{name}" in groups]  # fmt: skip
        if linked:
            joins += [f"inner join {name} on {self.facts.source}.case_no = {name}.reached_no"
                      for name in self._linked]  # fmt: skip
        source = " ".join([self.facts.source, *joins])
        return _select(columns, source, list(told.values()), kept)

    @cached_property
    def _dimensions(self) -> dict[str, str]:
        return dict(zip(self.by, cell_sql.groups(self.cells, self.facts), strict=True))

    @cached_property
    def _nodes(self) -> dict[str, str]:
        """The nodes that filters divide the cells into, as column and expression; amounts of
        unlike items move item by item."""
        found = {f"{NODE}{name}": f"{name}_map.node" if self._mapped(name) else self.facts.own[name]
                 for name in self._own}  # fmt: skip
        found |= {f"{NODE}{n}": f"{step}.{NODE}{n}" for step, ns in self._linked.items()
                  for n in ns}  # fmt: skip
        if any(figure.magnitude for figure in self.figures.values()) and "item" not in self.by:
            found[f"{NODE}items"] = "item"
        months = self._months()
        return found | ({f"{NODE}month": months} if months else {})

    def _mapped(self, name: str) -> bool:
        return dict(self.ask.modes)[name] == "mapped"

    @property
    def _own(self) -> list[str]:
        """Dividing filters on columns of these facts that the cells are not cut by already."""
        own = self.facts.own
        return [name for name in self.ask.dividing
                if name in own and own[name] not in self.cells.by]  # fmt: skip

    @cached_property
    def _linked(self) -> Mapping[str, tuple[str, ...]]:
        """Steps that hold nodes of other tables' filters, which reach these facts by the case."""
        if not self.facts.linked:
            return {}
        others = {step: tuple(name for name in columns if name in self.ask.dividing)
                  for step, (_, columns) in LINKED.items()}  # fmt: skip
        return {step: names for step, names in others.items()
                if names and names[0] not in self.facts.own}  # fmt: skip

    def _months(self) -> str | None:
        """The node of a row's month, or None where the cells are cut by month or time is open."""
        if self.facts.grain != "month" or "month" in self.cells.by:
            return None
        ends = [self._end(name) for name in ("since", "until")]
        return nodes.months(self.facts.dated, *ends) if any(ends) else None

    def _end(self, end: str) -> str | None:
        """The first or last month of what is asked, as SQL; None where it is open."""
        if self.cells.window == "periods":
            now = f"{self.facts.dated} >= {bound('current_since')}"
            before = bound(f"previous_{end}")
            return f"case when {now} then {bound(f'current_{end}')} else {before} end"
        if self.cells.window == "trend":
            return bound(f"trend_{end}")
        return bound(end) if end in self.ask.active else None

    def _noise(self, name: str, of_nodes: str = "{}") -> str:
        moves = of_nodes.format(_moved(name, self.figures[name]))
        return f"{f'round({moves})' if self.figures[name].magnitude else moves} as {name}_noise"

    def _summed(self, name: str) -> str:
        """The noise of all nodes of a cell."""
        return self._noise(name, "sum({})")


def links(ask: Ask) -> list[tuple[str, str]]:
    """Steps that hold, for every case that filters of another table reach, each node they reach it
    through: columns reached_no and node_FILTER."""
    steps = []
    for step, (source, columns) in LINKED.items():
        names = [name for name in columns if name in ask.active]
        if not any(name in ask.dividing for name in names):
            continue
        mapped = [name for name, mode in ask.modes if mode == "mapped" and name in names]
        said = [f"{f'{name}_map.node' if name in mapped else columns[name]} as {NODE}{name}"
                for name in names if name in ask.dividing]  # fmt: skip
        joined = " ".join([source, *(_map(name, columns[name]) for name in mapped)])
        kept = [chosen(columns[name], name) for name in names]
        distinct = ["distinct case_no as reached_no", *said]
        steps.append((step, _select(distinct, joined, [], kept)))
    return steps


def same(cells: Cells, one: str, other: str) -> str:
    """The condition that two tables' rows are of the same cell."""
    names = map(quoted, cells.by)
    return " and ".join(f"{one}.{n} is not distinct from {other}.{n}" for n in names) or "true"


def _map(name: str, column: str) -> str:
    pairs = f"unnest({bound(name)}) as code, unnest({bound(name + NODES)}) as node"
    return f"inner join (select {pairs}) as {name}_map on {column} = {name}_map.code"


def _moved(name: str, figure: Figure) -> str:
    """What one node moves by. Noise that hides a person does not hide the group of one case, so
    what rests on one case, and every amount, is blurred by a tenth to three tenths as well."""
    adds, key = f"{name}_adds", f"({name}_key % {KEYS})"
    move = f"{name}_most * {blur(key)}" if figure.magnitude else table().sql(adds, key)
    if figure.counts_people:
        spread = f"({key} * {SPREAD} % {KEYS})"
        alone = f"{name}_least = {name}_last"
        move = f"({move}) + case when {alone} then round({adds} * {blur(spread)}) else 0 end"
    return f"case when {adds} > 0 then {move} else 0 end"


def blur(key: str) -> str:
    """A share between 0.1 and 0.3 of either sign, from a cell key."""
    return f"(({key} % 2) * 2 - 1) * (0.1 + 0.2 * ({key} // 2) / {KEYS // 2 - 1})"


def _select(
    columns: list[str], source: str, grouped: list[str] | None = None, kept: list[str] | None = None
) -> str:
    text = f"select {', '.join(columns)}\nfrom {source}"
    text += f"\nwhere {' and '.join(kept)}" if kept else ""
    return text + (f"\ngroup by {', '.join(grouped)}" if grouped else "")
