"""The perturbation table: with what chance a count moves by how much. It must not know any cell.

Each row of the table is the distribution of largest entropy among those that keep the mean, reach
the variance, move by at most D, and never end below zero or on 1 to js. Method: Fraser and Wooton
2005 (Australian Bureau of Statistics), Marley and Leaver 2011, Giessing 2016; construction as in
the R package ptable of Destatis and Statistics Austria.
"""

from dataclasses import dataclass
from functools import cache, cached_property

import numpy
from numpy.typing import NDArray

KEYS = 65536
MOST_STEPS = 200
SETTLED = 1e-10
TINY = 1e-14
Vector = NDArray[numpy.float64]
Row = tuple[tuple[int, float], ...]


class NoSuchTable(ValueError):
    """Parameters for which no distribution exists; names the row that has none."""


@dataclass(frozen=True)
class Table:
    """A perturbation table of largest move D, variance V and js, the largest count never shown.

    rows: for a count of 0, 1, 2 ... the moves and their chances; the last row serves every larger
    count.
    """

    largest: int
    variance: float
    js: int
    rows: tuple[Row, ...]

    def move(self, count: int, key: int) -> int:
        """By how much a count moves under a cell key of 0 to 65535."""
        for move, limit in self.limits[min(count, len(self.rows) - 1)]:
            if key < limit:
                return move
        raise ValueError(f"a cell key lies between 0 and {KEYS - 1}, got {key}")

    @cached_property
    def limits(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each row its moves in order, each with the key below which it applies."""
        return tuple(_limits(row) for row in self.rows)

    def sql(self, count: str, key: str) -> str:
        """The move as an SQL expression over a count and a cell key; text of constants only.

        A move is the smallest there is and one more for every limit the key has reached. As nested
        `case` it took DuckDB twice as long to plan a page's questions.
        """
        row = f"least({count}, {len(self.rows) - 1})::bigint + 1"
        reached = f"list_filter({self._steps}[{row}], lambda upto: upto <= {key})"
        return f"(len({reached}) - {self.largest})"

    @cached_property
    def _steps(self) -> list[list[int]]:
        """For each row the keys at which the move grows by one, smallest first."""
        moves = range(-self.largest, self.largest)
        return [[max((end for move, end in limits if move <= one), default=0) for one in moves]
                for limits in self.limits]  # fmt: skip


@cache
def table(largest: int = 5, variance: float = 2, js: int = 2) -> Table:
    """The table of D, V and js; raises NoSuchTable where a row has no such distribution."""
    counts = range(1, largest + js + 2)
    rows = (((0, 1.0),), *(_row(count, largest, variance, js) for count in counts))
    return Table(largest, variance, js, rows)


def _limits(row: Row) -> tuple[tuple[int, int], ...]:
    ends = numpy.rint(numpy.cumsum([chance for _, chance in row]) * KEYS).astype(int)
    return tuple((move, int(end)) for (move, _), end in zip(row, ends, strict=True))


def _row(count: int, largest: int, variance: float, js: int) -> Row:
    every = range(-largest, largest + 1)
    reachable = [move for move in every if count + move == 0 or count + move > js]
    moves = numpy.array(reachable, dtype=float)
    chances = _only_two(moves, variance)
    if chances is None:
        chances = _largest_entropy(moves, variance)
    if chances is None:
        raise NoSuchTable(
            f"no distribution of mean 0 and variance {variance:g} moves a count of {count} by at"
            f" most {largest} past {js}: choose a larger variance or a larger move"
        )
    pairs = zip(reachable, chances, strict=True)
    return tuple((move, float(chance)) for move, chance in pairs if chance > 0)


def _only_two(moves: Vector, variance: float) -> Vector | None:
    """Where the variance is the least there is, only the nearest moves on both sides are left."""
    below, above = moves[moves < 0].max(initial=-numpy.inf), moves[moves > 0].min()
    if 0 in moves or not numpy.isclose(-below * above, variance):
        return None
    chances = numpy.where(moves == below, above, numpy.where(moves == above, -below, 0.0))
    halves: Vector = chances / (above - below)
    return halves


def _largest_entropy(moves: Vector, variance: float) -> Vector | None:
    """Chances proportional to exp(a move + b move^2), found by Newton's method on the dual."""
    powers = numpy.stack([moves, moves**2 - variance])
    weights = numpy.zeros(2)
    for _ in range(MOST_STEPS):
        chances = _chances(weights @ powers)
        gradient = powers @ chances
        if numpy.abs(gradient).max() < SETTLED:
            return chances
        curvature = (powers * chances) @ powers.T - numpy.outer(gradient, gradient)
        if abs(numpy.linalg.det(curvature)) < TINY:
            return None
        step: Vector = numpy.linalg.solve(curvature, gradient).astype(numpy.float64)
        weights = _lower(weights, step, gradient, powers)
    return None


def _lower(weights: Vector, step: Vector, gradient: Vector, powers: Vector) -> Vector:
    """Weights a whole Newton step on, or as much of it as lowers the dual enough."""
    size, now, slope = 1.0, _dual(weights @ powers), float(gradient @ step)
    while size > SETTLED and _dual((weights - size * step) @ powers) > now - size * slope / 1e4:
        size /= 2
    moved: Vector = weights - size * step
    return moved


def _dual(exponents: Vector) -> float:
    top = exponents.max()
    return float(top + numpy.log(numpy.exp(exponents - top).sum()))


def _chances(exponents: Vector) -> Vector:
    chances = numpy.exp(exponents - exponents.max())
    shares: Vector = chances / chances.sum()
    return shares
