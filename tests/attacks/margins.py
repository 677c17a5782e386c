"""All margins at once, with the perturbation table and the counts before known.

Where everybody but one group can be subtracted from a whole, the rest is that group and the noise
of the cells used. The same few people are met so in every whole that holds them: by route, age or
year and over all of these. Cells moved one by one give a new look each time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any

from queries.selection import Selection
from tests.attacks.claims import Look, Looks
from tests.attacks.world import FILTERS, Eyes, Judge, Key

QUESTION = "corridors"
AXES = {"sexes": "sex", "routes": "route", "ages": "age_group", "years": "year"}
Context = tuple[Any, ...]


@dataclass(frozen=True)
class Axis:
    """One filter of the contexts asked for, and its values; None stands for all of them."""

    name: str
    dimension: str
    values: tuple[Any, ...]

    def filter(self, value: Any) -> dict[str, Any]:
        """What a selection takes to be at this value."""
        if value is None:
            return {}
        if self.name == "years":
            return {"since": date(value, 1, 1), "until": date(value, 12, 1)}
        return {self.name: (value,)}


@dataclass
class Margins:
    """Every table of corridors, for every value of every axis and for all of them."""

    axes: tuple[Axis, ...]
    tables: dict[Context, dict[Key, int | None]] = field(default_factory=dict)

    @classmethod
    def read(cls, eyes: Eyes, axes: tuple[Axis, ...]) -> "Margins":
        """Ask for all of them."""
        margins = cls(axes)
        for context in product(*((None, *axis.values) for axis in axes)):
            asked: dict[str, Any] = {}
            for axis, value in zip(axes, context, strict=True):
                asked |= axis.filter(value)
            margins.tables[context] = eyes.cells(QUESTION, Selection(**asked))
        return margins

    def parts(self, whole: Context, place: int, key: Key) -> dict[Any, int | None]:
        """The cells that a whole falls into along one axis, where there is a row."""
        tables = ((value, self.tables[_at(whole, place, value)])
                  for value in self.axes[place].values)  # fmt: skip
        return {value: table[key] for value, table in tables if key in table}

    def closed(self, context: Context, key: Key) -> Context:
        """The same people, said by every axis along which they all have one value."""
        for place, value in enumerate(context):
            if value is None and len(found := list(self.parts(context, place, key))) == 1:
                context = _at(context, place, found[0])
        return context

    def looks(self) -> Iterator[tuple[Key, Context, Look]]:
        """Every whole less all its parts but one, where those are shown."""
        for whole, table in self.tables.items():
            for place, asked in enumerate(whole):
                if asked is None:
                    for key, value in table.items():
                        if value is not None:
                            yield from self._rest(whole, place, key, value)

    def _rest(
        self, whole: Context, place: int, key: Key, value: int
    ) -> Iterator[tuple[Key, Context, Look]]:
        parts = self.parts(whole, place, key)
        hidden = [name for name, part in parts.items() if part is None]
        if len(hidden) == 1 and len(parts) > 1:
            shown = {name: part for name, part in parts.items() if part is not None}
            used = [whole, *(_at(whole, place, name) for name in shown)]
            cells = frozenset((key, self.closed(cell, key)) for cell in used)
            rest = self.closed(_at(whole, place, hidden[0]), key)
            yield key, rest, Look(value - sum(shown.values()), cells, cells, cells)


def axes(judge: Judge, names: tuple[str, ...]) -> tuple[Axis, ...]:
    """The filters of these names, with every value there is; which there are is no secret."""
    return tuple(Axis(name, AXES[name], tuple(judge.common(AXES[name], 99))) for name in names)


def attack(eyes: Eyes, looks: Looks, along: tuple[Axis, ...]) -> None:
    """Read the margins, and keep every look; the smallest cells by subtraction as well."""
    margins = Margins.read(eyes, along)
    for key, rest, look in margins.looks():
        looks.add(target(along, key, rest), look)
    _directly(eyes, margins, looks)


def _directly(eyes: Eyes, margins: Margins, looks: Looks) -> None:
    """Each small part asked for together with a large one, and the large one subtracted."""
    everything = (None,) * len(margins.axes)
    for place, axis in enumerate(margins.axes):
        if axis.name not in FILTERS:
            continue
        for value, large in ((v, w) for v in axis.values for w in axis.values[:1] if v != w):
            both = eyes.cells(QUESTION, Selection(**{axis.name: (value, large)}))
            hidden = margins.tables[_at(everything, place, value)]
            beside = margins.tables[_at(everything, place, large)]
            for key, figure in hidden.items():
                if figure is None and both.get(key) is not None and beside.get(key) is not None:
                    rest = margins.closed(_at(everything, place, value), key)
                    seen = both[key] - beside[key]
                    cell = frozenset({(key, rest)})
                    looks.add(target(margins.axes, key, rest), Look(seen, cell, cell, cell))


def _at(context: Context, place: int, value: Any) -> Context:
    return (*context[:place], value, *context[place + 1 :])


def target(axes: tuple[Axis, ...], key: Key, context: Context) -> frozenset:
    """A cell as the judge names it."""
    named = [("origin", key[0]), ("destination", key[1])]
    named += [(axis.dimension, value) for axis, value in zip(axes, context, strict=True)
              if value is not None]  # fmt: skip
    return frozenset(named)
