"""What an attacker makes of what is seen, and what the judge makes of that."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

import numpy

from tests.attacks.policies import COUNTS, MOST, Model
from tests.attacks.world import Judge, Target

CONFIDENT, CERTAIN = 0.9, 0.99
SMALL = (1, 2)
DOUBT = 0.1


@dataclass(frozen=True)
class Look:
    """One estimate of a cell: the difference of two conditions, over these nodes of the lattice.

    load: the load it was seen in, where the same cell shows otherwise in another.
    """

    value: float
    wide: frozenset = frozenset()
    narrow: frozenset = frozenset()
    nodes: frozenset = frozenset()
    load: int = 0


@dataclass
class Looks:
    """All looks at each cell, each source once."""

    model: Model
    seen: dict[Target, dict[object, Look]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, target: Target, look: Look) -> None:
        """Keep a look, unless one of the same source is known."""
        source = look.load, self.model.source(look.wide, look.narrow, look.nodes)
        self.seen[target].setdefault(source, look)


@dataclass(frozen=True)
class Claim:
    """That a cell holds exactly so many persons. before: the chance of it without looking."""

    target: Target
    count: int
    confidence: float
    before: float


@dataclass(frozen=True)
class Score:
    """What came of one attack on one way of release.

    small: cells of 1 or 2 persons among those attacked. claims: cells said to hold exactly 1 or 2
    at a posterior of CONFIDENT or more; right: those that do; by_prior: how many of the same claims
    would be right by chance; recovered: right claims at CERTAIN or more.
    """

    attack: str
    release: str
    queries: int
    targets: int
    small: int
    claims: int
    right: int
    by_prior: float
    recovered: int

    @property
    def learnt(self) -> float:
        """Confident claims that are right beyond what the prior alone gives."""
        return max(0.0, round(self.right - self.by_prior, 1))


def prior(judge: Judge, targets: list[Target]) -> numpy.ndarray:
    """The chance of each count among the cells attacked: the most an attacker can know before.

    DOUBT is added to every count, since few cells say little about others.
    """
    counted = Counter(min(judge.count(target), MOST) for target in targets)
    counts = numpy.array([counted[count] + DOUBT for count in COUNTS])
    return counts / counts.sum()


def claims(looks: Looks, before: numpy.ndarray) -> list[Claim]:
    """The most likely count of each cell by Bayes, where it is 1 or 2 and confident."""
    made = []
    for target, seen in looks.seen.items():
        chances = before.copy()
        for look in seen.values():
            chances = chances * looks.model.chance(look.value, max(1, len(look.nodes)))
            chances = chances / chances.sum() if chances.sum() else chances
        best = int(chances.argmax())
        if best in SMALL and chances[best] >= CONFIDENT:
            made.append(Claim(target, best, float(chances[best]), float(before[best])))
    return made


def by_looks(looks: Looks, judge: Judge) -> tuple[list[Target], list[Claim]]:
    """Every cell that was looked at, and the claims about them."""
    targets = list(looks.seen)
    return targets, claims(looks, prior(judge, targets))


def judged(attack: str, release: str, queries: int, targets: list[Target], made: list[Claim],
           judge: Judge) -> Score:  # fmt: skip
    """The score of an attack by what it claims."""
    right = [claim for claim in made if judge.count(claim.target) == claim.count]
    return Score(
        attack,
        release,
        queries,
        len(targets),
        sum(judge.count(target) in SMALL for target in targets),
        len(made),
        len(right),
        round(sum(claim.before for claim in made), 1),
        sum(claim.confidence >= CERTAIN for claim in right),
    )
