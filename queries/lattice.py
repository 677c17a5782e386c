"""Lattice cell keys: the noise of a cell is the sum of the noise of the nodes it is made of.

A node is a cell in which every filtered dimension is one value, one fixed group or all of them, and
time is one year, quarter or month. Its noise depends on its count and on the record keys in it
alone, so asking again, or in another way, draws no new noise; a filter of many values only adds
nodes up. What leaves here is raw and stays inside queries/.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from queries import partials
from queries.cells import Ask, Cells, select, squares
from queries.figures import Figure
from queries.perturbation import KEYS, table
from queries.reading import PART, SET, Reading

SPREAD = 40503


@dataclass(frozen=True)
class Lattice:
    """Some cells as asked, read together, with all that it takes to move and to judge them."""

    cells: tuple[Cells, ...]
    ask: Ask

    @cached_property
    def reading(self) -> Reading:
        """How the facts are read for these cells."""
        return Reading(self.cells, self.ask)

    @property
    def several(self) -> bool:
        """Whether there is more than one part, so that rows say which PART they are of."""
        return len({one.part for one in self.reading.groupings}) > 1

    @property
    def by(self) -> list[str]:
        """The columns that tell one cell from another."""
        return [*([PART] if self.several else []), *self.reading.by]

    @cached_property
    def counting(self) -> Mapping[str, Figure]:
        """The figures that count, and therefore move."""
        return {name: one for name, one in self.reading.figures.items() if one.rests_on}

    def moved(self) -> str:
        """A select of the cells' dimensions; NAME_counted of every figure, moved where it counts;
        and for those that count NAME_total (not moved), NAME_least, NAME_last and, where one case
        may make too much of it, NAME_squares."""
        figures = self.reading.carried
        columns = [*self.by, *(column for name in figures for column in self._final(name))]
        return select(columns, f"(\n{self._noised()}\n) as noised")

    def _final(self, name: str) -> list[str]:
        figure = self.reading.carried[name]
        if not figure.rests_on:
            return [f"{name}_plain as {name}_counted"]
        total = f"{name}_adds" if figure.counts_people else f"coalesce({name}_adds, 0)"
        moved = f"greatest({total} + coalesce({name}_noise, 0), 0)"
        kind = "double" if figure.magnitude else "bigint"
        counted = f"case when n = 0 then 0 when {total} is not null then {moved} end"
        columns = [f"({counted})::{kind} as {name}_counted", f"{name}_adds as {name}_total",
                   f"{name}_least", f"{name}_last"]  # fmt: skip
        return columns + ([f"{self._squares(name)} as {name}_squares"] if figure.squares else [])

    def _squares(self, name: str) -> str:
        """The squares that hold for a cell, by the part it is of."""
        figure = self.reading.facts.figures[name]
        every = ((self.reading.part(one), squares(figure, one)) for one in self.cells)
        held = {part: f"{name}_{one.name}" for part, one in every if one}
        if len({*held.values()}) == 1:
            return held.popitem()[1]
        parts = " ".join(f"when {part} then {column}" for part, column in held.items())
        return f"case {PART} {parts} end"

    def _noised(self) -> str:
        """Cells with NAME_noise: node rows added up where a cell has several."""
        rows = self.reading.rows()
        if len(self.reading.groupings) > 1:
            return self._parts(rows)
        if not self.reading.nodes:
            return select(["*", *map(self._noise, self.counting)], f"(\n{rows}\n) as cells")
        noise = [self._noise(name, "sum({})") for name in self.counting]
        summed = [*self.by, *partials.last(self.reading.carried), *noise]
        return select(summed, f"(\n{rows}\n) as nodes", self.by)

    def _parts(self, rows: str) -> str:
        groupings = self.reading.groupings
        parts = " ".join(f"when {place} then {one.part}" for place, one in enumerate(groupings))
        part = [f"case {SET} {parts} end"] if self.several else []
        shown = [f"{one} as {PART}" for one in part]
        totals = _among([place for place, one in enumerate(groupings) if one.totals])
        noised = _among([place for place, one in enumerate(groupings) if one.noised])
        whole = {one.part: place for place, one in enumerate(groupings) if part and not one.by}
        if not self.reading.nodes and not whole:
            noise = map(self._noise, self.counting)
            return select([*shown, "*", *noise], f"(\n{rows}\n) as cells")
        if all(one.totals and one.noised for one in groupings):
            totals = noised = ""
        moves = f"sum(case when {noised} then {{}} end)" if noised else "sum({})"
        summed = [self._noise(name, moves) for name in self.counting]
        figures = partials.last(self.reading.carried, totals)
        columns = [*shown, *self.reading.by, *figures, *summed]
        every = "\nunion all\n".join([rows, *map(self._nothing, whole.values())])
        return select(columns, f"(\n{every}\n) as nodes", [*part, *self.reading.by])

    def _nothing(self, place: int) -> str:
        """A row that adds nothing, so that a whole of no rows is a cell, of nought."""
        empty = [*self.reading.by, *self.reading.nodes, *partials.names(self.reading.carried)]
        values = (f"{0 if name == 'n' else 'null'} as {name}" for name in empty)
        return f"select {place} as {SET}, {', '.join(values)}"

    def _noise(self, name: str, of_nodes: str = "{}") -> str:
        figure = self.reading.figures[name]
        moves = of_nodes.format(_moved(name, figure))
        return f"{f'round({moves})' if figure.magnitude else moves} as {name}_noise"


def _among(places: list[int]) -> str:
    return f"{SET} in ({', '.join(map(str, places))})"


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
