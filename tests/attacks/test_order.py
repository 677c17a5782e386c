"""Order, top N and comparisons: where a row stands, and what is compared, tells nothing more than
the figures that were released."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from queries.scope import Scope
from queries.selection import Selection
from queries.store import EVERYTHING, Store

STRICT = Scope(policy="strict")
WAYS = pytest.mark.parametrize("scope", [EVERYTHING, STRICT], ids=["protected", "strict"])
ASKED = ("", "sexes=female", "origins=coastal&measure=cases", "routes=sea&since=2018-03",
         "destinations=southern-europe&until=2016-08")  # fmt: skip
COMPARED = {"origins": "origin", "destinations": "destination"}
Row = dict[str, Any]


def falling(row: Row, name: str = "value") -> tuple[bool, float]:
    """Largest first, and what is withheld behind all of it, alike."""
    value = row[name]
    return value is None, -(value or 0)


ORDERS: dict[str, Callable[[Row], tuple]] = {
    "origins": lambda row: (*falling(row), row["origin"]),
    "destinations": lambda row: (*falling(row), row["destination"]),
    "corridors": lambda row: (*falling(row), row["origin"], row["destination"]),
    "routes": lambda row: (row["origin"] == "other", *falling(row), row["origin"], row["route"],
                           row["transit"] or "", row["destination"]),
    "age_sex": lambda row: (row["age_group"], row["sex"]),
    "ages_by_year": lambda row: (row["year"], row["age_group"]),
    "destinations_by_year": lambda row: (row["year"], *falling(row), row["destination"]),
    "gangs": lambda row: (*falling(row), row["gang"]),
    "seizures_by_item": lambda row: (row["class"] != "document", *falling(row, "quantity"),
                                     row["item"], row["unit"]),
    "seizures_by_province": lambda row: (row["item"], *falling(row, "quantity"),
                                         row["province"], row["unit"]),
}  # fmt: skip


def rows(store: Store, name: str, address: str, scope: Scope) -> list[Row]:
    return store.answer(name, Selection.parse(address), scope).records()


@WAYS
@pytest.mark.parametrize("address", ASKED)
def test_rows_stand_in_the_order_of_what_was_released(
    address: str, scope: Scope, demo_store: Store
):
    told = 0
    for name, order in ORDERS.items():
        found = rows(demo_store, name, address, scope)
        told += sum(order(one) > order(other) for one, other in pairwise(found))
    assert told == 0


def test_the_true_figures_stand_in_another_order(demo_store: Store):
    """The attack would see it: among withheld rows the true order is not that of the codes."""
    exact = Scope(policy="exact", granted=("exact",))
    true = {(row["origin"], row["destination"]): row["value"]
            for row in rows(demo_store, "corridors", "", exact)}  # fmt: skip
    hidden = [row for row in rows(demo_store, "corridors", "", EVERYTHING) if row["state"] == "c"]
    counts = [true[row["origin"], row["destination"]] for row in hidden]
    assert len(counts) > 50 and counts != sorted(counts, reverse=True)


@WAYS
@pytest.mark.parametrize("address", ["", "measure=cases", "sexes=female&since=2015-01"])
@pytest.mark.parametrize(("name", "most"), [("gang_destinations", 15), ("gang_activity", 25)])
def test_the_gangs_shown_first_are_those_of_the_largest_released_figures(
    name: str, most: int, address: str, scope: Scope, demo_store: Store
):
    ranked = [row["gang"] for row in rows(demo_store, "gangs", address, scope) if row["value"]]
    shown = list(dict.fromkeys(row["gang"] for row in rows(demo_store, name, address, scope)))
    top = ranked[:most]
    assert set(shown) <= set(top) and [gang for gang in top if gang in shown] == shown


@WAYS
def test_a_gangs_first_origin_is_the_largest_released(scope: Scope, demo_store: Store):
    """Which is named beside the gang, and what the gang's own page shows, never differ."""
    checked = 0
    for gang in rows(demo_store, "gangs", "", scope)[:12]:
        profile = rows(demo_store, "gang_profile", f"gangs={gang['gang']}", scope)
        known = [row for row in profile if row["facet"] == "origin" and row["value"] is not None]
        known = [row for row in known if row["code"] != "unknown"]
        largest = min(known, key=lambda row: (-row["value"], row["code"]), default=None)
        assert gang["origin"] == (largest and largest["code"])
        checked += largest is not None
    assert checked >= 6


@WAYS
@pytest.mark.parametrize("address", ASKED)
def test_what_is_compared_is_what_asking_for_the_months_shows(
    address: str, scope: Scope, demo_store: Store
):
    """Like for like, both spans: no figure that asking for its months would not give."""
    selection, other, shown = Selection.parse(address), 0, 0
    asked = demo_store.answer("totals", selection, scope)
    spans = {"current": asked.periods.current, "previous": asked.periods.previous}
    for span, months in spans.items():
        if months is None:
            continue
        alone = selection.replace(since=months[0], until=months[1])
        direct = {row["measure"]: row["value"]
                  for row in demo_store.answer("totals", alone, scope).records()}  # fmt: skip
        for row in asked.records():
            other += row[span] != direct[row["measure"]]
            shown += row[span] is not None
        for name, column in COMPARED.items():
            direct = {row[column]: row["value"]
                      for row in demo_store.answer(name, alone, scope).records()}  # fmt: skip
            for row in demo_store.answer(name, selection, scope).records():
                other += row[span] != direct.get(row[column], 0)
                shown += row[span] is not None
    assert shown > 5 and other == 0


@WAYS
@pytest.mark.parametrize("address", ASKED)
def test_changes_are_those_of_the_figures_beside_them(
    address: str, scope: Scope, demo_store: Store
):
    """A change beside a withheld figure would tell it; so would one more exact than its figures."""
    for name in ("totals", *COMPARED):
        for row in rows(demo_store, name, address, scope):
            if row["current"] is None or row["previous"] is None:
                assert row["change"] is None
            elif row["change"] is not None:
                assert row["change"] == (row["current"] - row["previous"]) / row["previous"]


@WAYS
@pytest.mark.parametrize("address", ASKED)
def test_a_trend_holds_the_months_that_were_released(address: str, scope: Scope, demo_store: Store):
    selection = Selection.parse(address).replace(measure="persons")
    asked = demo_store.answer("totals", selection, scope)
    trend = next(row["trend"] for row in asked.records() if row["measure"] == "persons")
    first, last = asked.periods.trend or (None, None)
    months = demo_store.answer("persons_by_month", selection, scope).records()
    within = [row["value"] for row in months if first and last and first <= row["month"] <= last]
    assert trend == within
