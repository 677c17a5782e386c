"""What protection costs: how far the figures shown are from the true ones, and what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from statistics import mean, median
from typing import Any

from queries.selection import Selection
from tests.attacks.campaign import Campaign
from tests.attacks.policies import RELEASES, Exact, Release, granted
from tests.attacks.world import TABLES, Eyes, Key, World

KINDS = {
    "all persons": ("totals", ()),
    "months": ("persons_by_month", ("month",)),
    "years by age": ("ages_by_year", TABLES["ages_by_year"]),
    "provinces": ("origins", TABLES["origins"]),
    "destinations": ("destinations", TABLES["destinations"]),
    "corridors": ("corridors", TABLES["corridors"]),
    "gangs by destination": ("gang_destinations", TABLES["gang_destinations"]),
}
CHANGES = ("origins", "destinations")
FILTERED = 6
TRUTH = Release(Exact(), granted("exact"))
Row = dict[str, Any]


@dataclass(frozen=True)
class Price:
    """The price of one way of release for one kind of figure.

    figures: true figures of at least one person; withheld: the share of them not shown; rmse: of
    those shown, in persons; relative: the median of their errors as shares of the true figure.
    """

    release: str
    kind: str
    figures: int
    withheld: float
    rmse: float
    relative: float


@dataclass(frozen=True)
class Whole:
    """The price of one way of release beside single figures.

    changes: changes shown both ways; wrong_sign: the share of them that rise where they fall.
    gap: by how much years miss their total on average, as a share of it.
    """

    release: str
    changes: int
    wrong_sign: float
    gap: float


def prices(campaign: Campaign, name: str) -> tuple[list[Price], Whole]:
    """Figures of each kind under a few filters, shown against true."""
    world = campaign.demonstration
    selections = list(_selections(world))
    with world.eyes(TRUTH) as true:
        for question in {*CHANGES, *(question for question, _ in KINDS.values())}:
            for asked in selections:
                true.rows(question, asked)
    with world.eyes(RELEASES[name]) as eyes:
        found = [_price(name, kind, true, eyes, selections) for kind in KINDS]
        signs = [sign for asked in selections for sign in _signs(true, eyes, asked)]
        wrong = mean(signs) if signs else 0.0
        gaps = [gap for asked in selections for gap in _gaps(eyes, asked)]
        return found, Whole(name, len(signs), wrong, mean(gaps) if gaps else 0.0)


def _selections(world: World) -> Iterator[Selection]:
    yield Selection()
    for sex in world.judge.common("sex", 2):
        yield Selection(sexes=(sex,))
    for route in world.judge.common("route", FILTERED):
        yield Selection(routes=(route,))


def _price(name: str, kind: str, true: Eyes, eyes: Eyes, selections: list[Selection]) -> Price:
    pairs = []
    for asked in selections:
        shown = _figures(eyes, kind, asked)
        pairs += [(count, shown[key]) for key, count in _figures(true, kind, asked).items()
                  if count and key in shown]  # fmt: skip
    errors = [(seen - count, count) for count, seen in pairs if seen is not None]
    return Price(
        name,
        kind,
        len(pairs),
        sum(seen is None for _, seen in pairs) / max(1, len(pairs)),
        sqrt(mean(error**2 for error, _ in errors)) if errors else 0.0,
        median(abs(error) / count for error, count in errors) if errors else 0.0,
    )


def _figures(eyes: Eyes, kind: str, asked: Selection) -> dict[Key, int | None]:
    question, by = KINDS[kind]
    rows = eyes.rows(question, asked)
    return {tuple(row[name] for name in by): row["value"] for row in rows
            if row.get("measure", "persons") == "persons"}  # fmt: skip


def _signs(true: Eyes, eyes: Eyes, asked: Selection) -> Iterator[bool]:
    """For every change shown that is one: whether it points the wrong way."""
    for question in CHANGES:
        by = question[:-1]
        changes = {row[by]: row["change"] for row in true.rows(question, asked)}
        for row in eyes.rows(question, asked):
            real = changes.get(row[by])
            if row["change"] is not None and real:
                yield row["change"] * real < 0


def _gaps(eyes: Eyes, asked: Selection) -> Iterator[float]:
    """How far ages by year, where all are shown, are from the year that they make up."""
    years: dict[int, list[Row]] = {}
    for row in eyes.rows("ages_by_year", asked):
        years.setdefault(row["year"], []).append(row)
    for rows in years.values():
        shares = [row["share"] for row in rows]
        if None not in shares:
            yield abs(sum(shares) - 1)
