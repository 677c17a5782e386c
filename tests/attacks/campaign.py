"""Every attack on every way of release, of a given size: what is asked and what comes of it."""

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

from data import snapshots
from tests.attacks import again, differencing, margins, patterns, reloads, table, unlimited
from tests.attacks.claims import Claim, Looks, Score, by_looks, judged
from tests.attacks.policies import KEYED_ANEW, REDRAWN, RELEASES, Model
from tests.attacks.world import Eyes, Judge, Target, World, opened

Attack = Callable[[Eyes, "Size", Judge, Model], tuple[list[Target], list[Claim]]]


@dataclass(frozen=True)
class Size:
    """How much is asked. rows: of the demonstration; small: rows of the small data set; pairs: how
    often a cell is met; families: how many tables and values; wide: values of each dimension;
    axes: the filters that margins are read along; loads: of the same data, each asked along the
    first three of them."""

    rows: int = 3000
    small: int = 1200
    seed: int = 7
    families: int = 4
    pairs: int = 20
    wide: int = 4
    axes: tuple[str, ...] = tuple(margins.AXES)
    loads: int = 24


def looking(run: Callable[[Eyes, Size, Judge, Looks], None]) -> Attack:
    """An attack that looks at cells and draws conclusions by Bayes."""

    def attack(eyes: Eyes, size: Size, judge: Judge, model: Model):
        looks = Looks(model)
        run(eyes, size, judge, looks)
        return by_looks(looks, judge)

    return attack


ON_DEMONSTRATION: dict[str, Attack] = {
    "differencing": looking(
        lambda eyes, size, judge, looks: differencing.attack(
            eyes, judge, Random(size.seed), looks, size.families, size.pairs
        )
    ),
    "linear programming": lambda eyes, size, judge, model: table.attack(
        eyes, judge, model.slack, Random(size.seed), 30 * size.wide
    ),
    "drill": looking(
        lambda eyes, size, judge, looks: patterns.drill(
            eyes, judge, Random(size.seed), looks, 2 * size.wide
        )
    ),
    "remainder": looking(lambda eyes, size, judge, looks: patterns.remainder(eyes, judge, looks)),
    "shares": looking(
        lambda eyes, size, judge, looks: patterns.shares(eyes, judge, looks, size.wide + 2)
    ),
    "changes": looking(
        lambda eyes, size, judge, looks: patterns.changes(eyes, judge, looks, size.wide)
    ),
    "states": lambda eyes, size, judge, model: patterns.states(eyes, judge, model),
}
ON_SMALL: dict[str, Attack] = {
    "all margins": looking(
        lambda eyes, size, judge, looks: margins.attack(eyes, looks, margins.axes(judge, size.axes))
    ),
}
AGAIN, RELOAD, UNLIMITED = "same data", "reload", "every cell"
ATTACKS = (*ON_DEMONSTRATION, *ON_SMALL, AGAIN, RELOAD, UNLIMITED)


def tried(attack: str) -> tuple[str, ...]:
    """The ways of release an attack is made for."""
    if attack == UNLIMITED:
        return "protected", "strict", "suppressed"
    return (*RELEASES, REDRAWN) if attack == AGAIN else tuple(RELEASES)


class Campaign:
    """The worlds that are attacked, made once."""

    def __init__(self, folder: Path, size: Size) -> None:
        self.size, self.folder = size, folder
        self.demonstration = World.demonstration(folder / "demonstration", size.rows, size.seed)
        self.small = World.small(folder / "small", size.small, size.seed)
        self.added = reloads.later(self.small.files, folder / "later", Random(size.seed))

    def sized(self, size: Size) -> "Campaign":
        """The same worlds, attacked otherwise."""
        other = copy(self)
        other.size = size
        return other

    def score(self, attack: str, name: str) -> Score:
        """What one attack makes of one way of release."""
        if attack == AGAIN:
            return self._again(name)
        if attack == RELOAD:
            return self._reload(name)
        if attack == UNLIMITED:
            return self._unlimited(name)
        world = self.demonstration if attack in ON_DEMONSTRATION else self.small
        run = (ON_DEMONSTRATION | ON_SMALL)[attack]
        with world.eyes(RELEASES[name]) as eyes:
            targets, made = run(eyes, self.size, world.judge, RELEASES[name].model)
            return judged(attack, name, eyes.queries, targets, made, world.judge)

    def _again(self, name: str) -> Score:
        release = KEYED_ANEW if name == REDRAWN else RELEASES[name]
        looks, judge, asked = Looks(release.model), self.small.judge, 0

        def every() -> Iterator[Eyes]:
            nonlocal asked
            for path in self.anew if name == REDRAWN else self.same:
                with opened(release, path) as eyes:
                    yield eyes
                    asked += eyes.queries

        again.attack(every(), looks, list(again.pairs(judge, self.size.axes[:3])))
        return judged(AGAIN, name, asked, *by_looks(looks, judge), judge)

    @cached_property
    def same(self) -> list[Path]:
        """Snapshots of loads of the same small data set with the same secret."""
        return again.loads(self.small.files, self.folder / "same", self.size.loads, anew=False)

    @cached_property
    def anew(self) -> list[Path]:
        """The same with another secret at every load."""
        return again.loads(self.small.files, self.folder / "anew", self.size.loads, anew=True)

    def _unlimited(self, name: str) -> Score:
        looks, judge = Looks(RELEASES[name].model), self.small.judge
        asked = unlimited.attack(judge, looks)
        return judged(UNLIMITED, name, asked, *by_looks(looks, judge), judge)

    def _reload(self, name: str) -> Score:
        looks = Looks(RELEASES[name].model)
        axes = margins.axes(self.small.judge, self.size.axes)
        with (
            self.small.eyes(RELEASES[name]) as before,
            self.small.eyes(RELEASES[name], *self.added) as after,
        ):
            reloads.attack(before, after, looks, axes)
            targets, made = by_looks(looks, self._newcomers)
            asked = before.queries + after.queries
            return judged(RELOAD, name, asked, targets, made, self._newcomers)

    @property
    def _newcomers(self) -> Judge:
        """Who knows the truth about the rows added."""
        judge = Judge(snapshots.current(self.small.loaded(*self.added)))
        judge.rows = judge.rows[judge.rows["case_id"].str.startswith(reloads.ADDED)]
        return judge
