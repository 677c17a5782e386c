"""Shares, changes and sums are taken of released figures, and parts miss their total by little."""

import random
from datetime import date

import pytest

from data import contracts
from queries import policies
from queries.perturbation import table
from queries.selection import Selection
from queries.store import EVERYTHING, Store
from tests.conftest import EXACT

SHARED = {"origins": (), "destinations": (), "corridors": (), "age_sex": (),
          "destinations_by_year": ("year",), "ages_by_year": ("year",)}  # fmt: skip
COMPARED = ("totals", "origins", "destinations")
LARGEST = table().largest


def selections(count: int = 12) -> list[Selection]:
    """Selections as readers make them: none, then some of each filter at random."""
    draw = random.Random(20260101)
    found = [Selection()]
    codes = {"origins": ("coastal", "CN-FJ", "CN-ZJ", "CN-GD", "CN-JL"),
             "destinations": ("southern-europe", "USA", "JPN", "KOR", "GBR"),
             "sexes": ("female", "male"), "ages": ("18-24", "25-29", "30-34")}  # fmt: skip
    while len(found) < count:
        asked = {name: tuple(draw.sample(some, draw.randint(1, 2)))
                 for name, some in codes.items() if draw.random() < 0.5}  # fmt: skip
        year = draw.randint(2012, 2022)
        dates = {"since": date(year, 1, 1), "until": date(year + 2, 12, 1)}
        asked |= dates if draw.random() < 0.5 else {}
        found.append(Selection(**asked, measure=draw.choice(("persons", "cases"))))
    return found


def whole(store: Store, selection: Selection) -> float | None:
    """The released total of persons under a selection."""
    rows = store.answer("totals", selection).records()
    return next(row["value"] for row in rows if row["measure"] == "persons")


@pytest.mark.parametrize("selection", selections(), ids=lambda one: one.address() or "all")
def test_a_share_is_of_the_released_figures_beside_it(selection: Selection, demo_store: Store):
    for name, kept in SHARED.items():
        totals: dict[tuple, set[float]] = {}
        for row in demo_store.answer(name, selection).records():
            assert (row["share"] is None) or row["value"] is not None
            if row["share"]:
                key = tuple(row[one] for one in kept)
                totals.setdefault(key, set()).add(round(row["value"] / row["share"], 6))
        assert all(len(found) == 1 for found in totals.values()), name
        if totals and not kept and selection.measure == "persons":
            assert totals == {(): {whole(demo_store, selection)}}


@pytest.mark.parametrize("selection", selections(), ids=lambda one: one.address() or "all")
def test_a_change_is_of_the_released_figures_beside_it(selection: Selection, demo_store: Store):
    for name in COMPARED:
        for row in demo_store.answer(name, selection).records():
            assert (row["change"] is None) == (row["reason"] is not None)
            if row["change"] is not None:
                change = (row["current"] - row["previous"]) / row["previous"]
                assert row["change"] == pytest.approx(change)


def test_parts_miss_their_total_by_no_more_than_their_moves(demo_store: Store):
    """Months of whole years: each month and each year is one node, moved by five at most."""
    exact, moved = (
        [row["value"] for row in demo_store.answer("persons_by_month", scope=scope).records()]
        for scope in (EXACT, EVERYTHING)
    )
    pairs = [(one, other) for one, other in zip(exact, moved, strict=True) if other is not None]
    assert max(abs(one - other) for one, other in pairs) <= LARGEST
    gap = sum(other - one for one, other in pairs)
    assert gap != 0
    assert abs(gap) <= 4 * (table().variance * len(pairs)) ** 0.5


def test_the_gap_is_explained_wherever_it_may_be(demo_store: Store):
    answer = demo_store.answer("origins")
    for language in contracts.LANGUAGES:
        assert policies.parts(answer.policy, language)
        assert policies.about(answer.policy, language)
