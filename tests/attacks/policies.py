"""The ways of release that are attacked: the product's own by name, and baselines of the kit's."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from math import inf
from unittest.mock import patch

import numpy

from queries import cells
from queries.cells import Ask, Cells
from queries.figures import Figure
from queries.perturbation import KEYS, table
from queries.release import Policy, PolicyName, Suppressed
from queries.scope import Scope
from queries.store import EVERYTHING

STEP = 10
MOST = 40
UNEXPLAINED = 0.001
COUNTS = numpy.arange(MOST + 1)


class Model:
    """What an attacker knows of a way of release: how likely a look is, for every true count.

    slack: how far a figure that is shown may be off.
    """

    slack: float = 0

    def chance(self, value: float, nodes: int) -> numpy.ndarray:
        """The chance of one look at a cell, for each true count from 0 to MOST."""
        raise NotImplementedError

    def source(self, wide: frozenset, narrow: frozenset, nodes: frozenset) -> object:
        """What makes a look a new one: two looks of one source say the same thing."""
        return wide, narrow


class Exact(Model):
    """A figure that is shown is exact, so a difference is too."""

    def chance(self, value: float, nodes: int) -> numpy.ndarray:
        return (value == COUNTS).astype(float)


class Rounding(Model):
    """A difference of two rounded figures: the step above or below, in proportion."""

    slack = STEP / 2

    def chance(self, value: float, nodes: int) -> numpy.ndarray:
        return numpy.clip(1 - abs(value - COUNTS) / STEP, 0, 1)


class Normal(Model):
    """Noise of variance 2 in each of so many figures."""

    slack = table().largest

    def chance(self, value: float, nodes: int) -> numpy.ndarray:
        return numpy.exp(-((value - COUNTS) ** 2) / (4 * nodes))


class Naive(Normal):
    """Keys on the filtered total: every pair of figures has noise of its own."""

    def chance(self, value: float, nodes: int) -> numpy.ndarray:
        return super().chance(value, 2)


class Nodes(Normal):
    """Lattice cell keys: one node is one draw from the table; more nodes, more noise.

    Now and then a node rests on one case and is blurred besides, or people stand where none were
    thought: a look that no moves explain says nothing.
    """

    def chance(self, value: float, nodes: int) -> numpy.ndarray:
        return drawn(value) if nodes == 1 else super().chance(value, nodes) + UNEXPLAINED

    def source(self, wide: frozenset, narrow: frozenset, nodes: frozenset) -> object:
        return nodes


class Redrawn(Nodes):
    """Lattice cell keys of records that are keyed anew at every load."""

    def chance(self, value: float, nodes: int) -> numpy.ndarray:
        return super().chance(value, nodes) + UNEXPLAINED


class Records(Model):
    """Every record moved once and for all: whatever is subtracted, one draw from the table for
    each record; of how many records a cell is made is not known, each way as likely."""

    slack = inf

    def chance(self, value: float, nodes: int) -> numpy.ndarray:
        return numpy.array([of_count.get(round(value), 0.0) for of_count in added_up()])

    def source(self, wide: frozenset, narrow: frozenset, nodes: frozenset) -> object:
        return None


class States(Model):
    """States beside figures: a row means at least one; where small counts are not hidden, withheld
    means exactly one case."""

    WITHHELD = -1

    def __init__(self, shown: Model) -> None:
        self.shown = shown

    def chance(self, value: float, nodes: int) -> numpy.ndarray:
        if value == self.WITHHELD:
            return (COUNTS == 1).astype(float)
        return self.shown.chance(value, 1) * (COUNTS >= 1)


def drawn(value: float) -> numpy.ndarray:
    """The chance that the perturbation table turns each true count into this value."""
    rows = table().rows
    moves = [dict(rows[min(count, len(rows) - 1)]) for count in COUNTS]
    return numpy.array([row.get(round(value - count), 0.0)
                        for count, row in zip(COUNTS, moves, strict=True)])  # fmt: skip


@cache
def added_up() -> list[dict[int, float]]:
    """For each true count the chances of what its records come to, each moved by itself: the
    first of one person, two or more, and then as for those left."""
    rows = table().rows
    found: list[dict[int, float]] = [{0: 1.0}]
    for count in COUNTS[1:].tolist():
        chances: dict[int, float] = defaultdict(float)
        for first in range(1, count + 1):
            for move, chance in rows[min(first, len(rows) - 1)]:
                for rest, beside in found[count - first].items():
                    chances[first + move + rest] += chance * beside / count
        found.append(dict(chances))
    return found


@dataclass(frozen=True)
class NaiveKeys(Suppressed):
    """Cell keys applied to each filtered total as it is asked, which averaging undoes."""

    def counted(self, asked: Cells, ask: Ask) -> str:
        """Cells whose counts have moved by the keys of just the rows asked for."""
        return _beside(super().counted(asked, ask), asked, ask, _by_total)


def _beside(raw: str, asked: Cells, ask: Ask, moved: Callable[[Figure], str]) -> str:
    """Raw cells with the counts that the rows asked for come to once moved."""
    facts = cells.table(asked, ask)
    named = list(map(cells.quoted, asked.by))
    groups = cells.groups(asked, facts)
    counts = [name for name in asked.figures if facts.figures[name].rests_on]
    columns = [f"{part} as {name}" for part, name in zip(groups, named, strict=True)]
    columns += [f"{moved(facts.figures[name])} as {name}_moved" for name in counts]
    kept = " and ".join(cells.conditions(asked, ask)) or "true"
    grouped = f"group by {', '.join(groups)}" if named else ""
    beside = f"select {', '.join(columns)} from {facts.source} where {kept} {grouped}"
    least = (f"case when raw.{n}_counted is not null then greatest({n}_moved, 0) end as {n}_counted"
             for n in counts)  # fmt: skip
    same = " and ".join(f"raw.{n} is not distinct from beside.{n}" for n in named) or "true"
    replaced = f"replace ({', '.join(least)})" if counts else ""
    return (
        f"select raw.* {replaced}\nfrom (\n{raw}\n) as raw"
        f" left join (\n{beside}\n) as beside on {same}"
    )


def _by_total(figure: Figure) -> str:
    total = f"count(distinct {figure.counted})" if figure.counted else f"sum({figure.adds})"
    return f"{total} + {table().sql(total, f'(sum({figure.key}) % {KEYS})')}"


@dataclass(frozen=True)
class Release:
    """One way of release: who gets figures so, and what an attacker knows of it."""

    model: Model
    scope: Scope = EVERYTHING
    instead: Policy | None = None

    def in_force(self) -> AbstractContextManager:
        """While this holds, answers are released this way."""
        if self.instead is None:
            return nullcontext()
        return patch("queries.store.policy", return_value=self.instead)


def granted(name: PolicyName) -> Scope:
    """A reader who may have figures released by a weaker policy."""
    return Scope(policy=name, granted=(name,))


RELEASES: Mapping[str, Release] = {
    "protected": Release(Nodes()),
    "strict": Release(Records(), Scope(policy="strict")),
    "suppressed": Release(Exact(), granted("suppressed")),
    "rounded": Release(Rounding(), granted("rounded")),
    "naive": Release(Naive(), instead=NaiveKeys()),
}
REDRAWN = "redrawn"
KEYED_ANEW = Release(Redrawn())
