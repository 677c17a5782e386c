"""Lattice cell keys: the noise of a cell is the sum of the noise of the nodes it is made of.

A node is a cell in which every filtered dimension is one value, one fixed group or all of them, and
time is one year, quarter or month. Its noise depends on its count and on the record keys in it
alone, so asking again, or in another way, draws no new noise; a filter of many values only adds
nodes up. What leaves here is raw and stays inside queries/.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from queries import cells as cell_sql
from queries import nodes
from queries.cells import Ask, Cells
from queries.facts import COHORT_FILTERS, NODES, Facts, Figure, bound, chosen
from queries.perturbation import KEYS, table

NODE = "node_"
SPREAD = 40503


@dataclass(frozen=True)
class Lattice:
    """The nodes under one figure of some cells, as asked."""

    cells: Cells
    ask: Ask
    name: str

    @property
    def facts(self) -> Facts:
        """The fact table the figure is counted from."""
        return cell_sql.table(self.cells, self.ask)

    @property
    def figure(self) -> Figure:
        """The figure itself."""
        return self.facts.figures[self.name]

    def noise(self) -> str:
        """A select of the cells' dimensions and NAME_noise."""
        moved = f"sum(case when counted > 0 then {_moved(self.figure)} else 0 end)"
        rounded = moved if not self.figure.magnitude else f"round({moved})"
        return _select([*self.by, f"{rounded} as {self.name}_noise"], self._nodes(), self.by)

    @property
    def by(self) -> list[str]:
        """The cells' dimensions by name."""
        return [cell_sql.quoted(name) for name in self.cells.by]

    def _nodes(self) -> str:
        """Nodes: dimensions, counted, cell key, the largest share of one thing, whether alone."""
        things = self._things()
        grouped = [*self.by, *(f"{NODE}{name}" for name in self._node_names())]
        columns = [
            *grouped,
            "sum(adds) as counted",
            f"(sum(key) % {KEYS})::bigint as key",
            "max(adds) as largest",
            "min(least) = max(last) as alone",
        ]
        return _select(columns, things, grouped)

    def _things(self) -> str:
        """What is counted, once in each node: rows added up, or cases and gangs one by one."""
        figure, apart = self.figure, self._apart
        named = [*self.by, *(f"{NODE}{name}" for name in self._node_names())]
        once = figure.counted is not None
        columns = [
            *named,
            "1 as adds" if once else "sum(adds) as adds",
            f"{'any_value' if apart and self._keyed_by_thing else 'sum'}(key) as key",
            "min(case_no) as least",
            "max(case_no) as last",
        ]
        source = self._mapped()
        return _select(columns, source, [*named, *(["thing"] if apart else [])])

    @property
    def _keyed_by_thing(self) -> bool:
        return self.figure.counted is not None or self.figure.key == "case_key"

    @property
    def _apart(self) -> bool:
        """Whether things must be told apart: counted once, or met again through a link."""
        return bool(self.figure.counted or self.figure.magnitude or self._links())

    def _mapped(self) -> str:
        """Fact rows with the node that each filter puts them in."""
        own, linked = self._own(), self._linked_names()
        columns = ["facts.*", *(f"{name}_map.node as {NODE}{name}" for name in own)]
        columns += [f"{NODE}{name}" for name in linked]
        joins = [_map(name, f"facts.{name}_code") for name in own]
        joins += [f"inner join ({link}) as {name}_link on facts.case_no = {name}_link.reached_no"
                  for name, link in self._links()]  # fmt: skip
        return f"select {', '.join(columns)}\nfrom (\n{self._rows()}\n) as facts {' '.join(joins)}"

    def _rows(self) -> str:
        """The fact rows that the figure rests on, as asked."""
        facts, figure = self.facts, self.figure
        pairs = zip(cell_sql.groups(self.cells, facts), self.by, strict=True)
        columns = [f"{expression} as {name}" for expression, name in pairs]
        columns += [f"{facts.own[name]} as {name}_code" for name in self._own()]
        columns += [f"{months} as {NODE}month"] if (months := self._months()) else []
        columns += [f"{figure.counted or 'case_no'} as thing", "case_no",
                    f"{figure.adds} as adds", f"{figure.key} as key"]  # fmt: skip
        kept = [*cell_sql.conditions(self.cells, self.ask), f"{figure.rests_on} is not null"]
        return f"select {', '.join(columns)}\nfrom {facts.source}\nwhere {' and '.join(kept)}"

    def _node_names(self) -> list[str]:
        month = ["month"] if self._months() else []
        return [*self._own(), *self._linked_names(), *month]

    def _own(self) -> list[str]:
        """Filters on columns of these facts that the cells are not cut by already."""
        own = self.facts.own
        return [n for n in own if n in self.ask.active and own[n] not in self.cells.by]

    def _linked_names(self) -> list[str]:
        if not self.facts.linked:
            return []
        others = (*COHORT_FILTERS, "items")
        return [n for n in others if n in self.ask.active and n not in self.facts.own]

    def _links(self) -> list[tuple[str, str]]:
        """Nodes of filters of other tables, which reach these facts through the case."""
        names = self._linked_names()
        people = [name for name in names if name in COHORT_FILTERS]
        links = []
        if people:
            links.append((people[0], _reached("cohorts", COHORT_FILTERS, people)))
        if "items" in names:
            links.append(("items", _reached("seizures", {"items": "item"}, ["items"])))
        return links

    def _months(self) -> str | None:
        """The node of a row's month, or None where the cells are cut by month or time is open."""
        dated = self.facts.dated
        if self.facts.grain != "month" or "month" in self.cells.by:
            return None
        ends = [self._end(name) for name in ("since", "until")]
        return nodes.months(dated, *ends) if any(ends) else None

    def _end(self, end: str) -> str | None:
        """The first or last month of what is asked, as SQL; None where it is open."""
        if self.cells.window == "periods":
            now = f"{self.facts.dated} >= {bound('current_since')}"
            before = bound(f"previous_{end}")
            return f"case when {now} then {bound(f'current_{end}')} else {before} end"
        if self.cells.window == "trend":
            return bound(f"trend_{end}")
        return bound(end) if end in self.ask.active else None


def _reached(source: str, columns: Mapping[str, str], names: list[str]) -> str:
    """Cases that the named filters reach, once for every node they are reached through."""
    chosen_nodes = ", ".join(f"{name}_map.node as {NODE}{name}" for name in names)
    maps = " ".join(_map(name, f"reached.{columns[name]}") for name in names)
    kept = " and ".join(chosen(f"reached.{columns[name]}", name) for name in names)
    columns_read = f"select distinct case_no as reached_no, {chosen_nodes}"
    return f"{columns_read} from {source} as reached {maps} where {kept}"


def _map(name: str, column: str) -> str:
    pairs = f"unnest({bound(name)}) as code, unnest({bound(name + NODES)}) as node"
    return f"inner join (select {pairs}) as {name}_map on {column} = {name}_map.code"


def _moved(figure: Figure) -> str:
    """What one node moves by. Noise that hides a person does not hide the group of one case, so
    what rests on one case, and every amount, is blurred by a tenth to three tenths as well."""
    if figure.magnitude:
        return f"largest * {_blur('key')}"
    move = table().sql("counted", "key")
    if not figure.counts_people:
        return move
    spread = f"(key * {SPREAD} % {KEYS})"
    return f"({move}) + case when alone then round(counted * {_blur(spread)}) else 0 end"


def _blur(key: str) -> str:
    """A share between 0.1 and 0.3 of either sign, from a cell key."""
    return f"(({key} % 2) * 2 - 1) * (0.1 + 0.2 * ({key} // 2) / {KEYS // 2 - 1})"


def _select(columns: list[str], source: str, grouped: list[str]) -> str:
    text = f"select {', '.join(columns)}\nfrom (\n{source}\n) as inside"
    return f"{text}\ngroup by {', '.join(grouped)}" if grouped else text
