"""One table and its margins by linear programming: how small and how large a hidden cell can be.

Corridors by sex, with every sum that the product shows: each withheld cell is minimised and
maximised; where both ends meet at 1 or 2, the cell is told for certain.
"""

from collections.abc import Iterator
from math import ceil, floor, inf
from random import Random
from typing import Any

import highspy

from queries.selection import Selection
from tests.attacks.claims import SMALL, Claim
from tests.attacks.world import Eyes, Judge, Key, Target

MARGINS = (("origin", "destination"), ("origin",), ("destination",), ())
SEXES = ("male", "female", "unknown")
NEAR = 1e-6


def attack(
    eyes: Eyes, judge: Judge, slack: float, dice: Random, most: int
) -> tuple[list[Target], list[Claim]]:
    """So many withheld cells, and those that are told. slack: how far a figure may be off."""
    shown = list(_figures(eyes))
    cells = {frozenset(named.items()): value for named, value in shown if len(named) == 3}
    hidden = [cell for cell, value in cells.items() if value is None]
    hidden = dice.sample(hidden, min(most, len(hidden)))
    if slack == inf or not hidden:
        return hidden, []
    programme = _Programme(cells, slack)
    for named, value in shown:
        if len(named) < 3 and value is not None:
            programme.sums(frozenset(named.items()), value)
    told = [(cell, *programme.ends(cell)) for cell in hidden]
    share = {count: sum(judge.count(cell) == count for cell in hidden) / len(hidden)
             for count in SMALL}  # fmt: skip
    return hidden, [Claim(cell, low, 1.0, share[low]) for cell, low, high in told
                    if low == high and low in SMALL]  # fmt: skip


def _figures(eyes: Eyes) -> Iterator[tuple[dict[str, Any], int | None]]:
    """Every figure of the table and of its margins, with what it is the figure of."""
    for sex in (*SEXES, None):
        chosen = Selection(sexes=(sex,)) if sex else Selection()
        also = {"sex": sex} if sex else {}
        for by in MARGINS:
            for key, value in _table(eyes, by, chosen).items():
                yield dict(zip(by, key, strict=True)) | also, value


def _table(eyes: Eyes, by: tuple[str, ...], chosen: Selection) -> dict[Key, int | None]:
    if not by:
        persons, *_ = eyes.rows("totals", chosen)
        return {(): persons["value"]}
    question = {2: "corridors", 1: f"{by[0]}s"}[len(by)]
    return eyes.cells(question, chosen)


class _Programme:
    """The cells as variables, every sum shown as a constraint."""

    def __init__(self, cells: dict[Target, int | None], slack: float) -> None:
        self.solver, self.slack = highspy.Highs(), slack
        self.solver.silent()
        self.places = {cell: place for place, cell in enumerate(cells)}
        for value in cells.values():
            low, high = (1.0, highspy.kHighsInf) if value is None else self._around(value)
            self.solver.addVar(max(low, 1.0), high)

    def _around(self, value: int) -> tuple[float, float]:
        return value - self.slack, value + self.slack

    def sums(self, margin: Target, value: int) -> None:
        """The cells within a margin add up to about its figure."""
        within = [place for cell, place in self.places.items() if margin <= cell]
        low, high = self._around(value)
        self.solver.addRow(low, high, len(within), within, [1.0] * len(within))

    def ends(self, cell: Target) -> tuple[int, int]:
        """The least and the most that a cell can hold."""
        place = self.places[cell]
        self.solver.changeColCost(place, 1.0)
        found = []
        for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
            self.solver.changeObjectiveSense(sense)
            self.solver.run()
            solved = self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
            found.append(self.solver.getInfo().objective_function_value if solved else None)
        self.solver.changeColCost(place, 0.0)
        low = 1 if found[0] is None else ceil(found[0] - NEAR)
        high = 10**9 if found[1] is None else floor(found[1] + NEAR)
        return low, high
