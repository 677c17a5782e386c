"""What must hold between answers, whatever the data: parts and wholes, filters, order of rows."""

from datetime import date
from pathlib import Path

import pytest

from queries.questions import questions
from queries.selection import Selection
from queries.store import Store
from tests.conftest import build_tiny, tiny_tables
from tests.test_questions import selection_for

WHOLE = Selection()
FILTERS = (
    "origins=CN-FJ,CN-ZJ",
    "destinations=USA",
    "routes=transit,sea",
    "ages=25-29",
    "sexes=male",
    "gangs=DEMO-G1,DEMO-G2",
    "items=forged_visa",
    "since=2023-06",
    "until=2024-06",
    "prefectures=350100",
)
PARTS = ("origins", "destinations", "corridors", "routes", "age_sex", "destinations_by_year",
         "ages_by_year", "persons_by_month")  # fmt: skip


def total(store: Store, measure: str, selection: Selection = WHOLE) -> float:
    rows = store.answer("totals", selection).records()
    found = {row["measure"]: row["value"] for row in rows}
    if selection.gangs:  # chosen gangs are not counted
        assert "gangs" not in found
        found["gangs"] = 0
    return found[measure] or 0


def summed(store: Store, name: str, selection: Selection = WHOLE) -> float:
    return sum(row["value"] or 0 for row in store.answer(name, selection).records())


@pytest.mark.parametrize("address", ["", *FILTERS])
@pytest.mark.parametrize("name", PARTS)
def test_parts_sum_to_the_whole_where_nothing_is_withheld(
    name: str, address: str, tiny_public_store: Store
):
    chosen = Selection.parse(address)
    assert summed(tiny_public_store, name, chosen) == total(tiny_public_store, "persons", chosen)


def test_the_hand_sized_wholes_are_those_added_by_hand(tiny_public_store: Store):
    expected = {"persons": 456, "cases": 10, "suspects": 68, "gangs": 3, "documents": 4745}
    assert {name: total(tiny_public_store, name) for name in expected} == expected


@pytest.mark.parametrize("measure", ["persons", "cases", "suspects", "gangs", "documents"])
@pytest.mark.parametrize("address", FILTERS)
def test_a_filter_never_increases_a_total(address: str, measure: str, tiny_public_store: Store):
    whole = total(tiny_public_store, measure)
    one = Selection.parse(address)
    assert total(tiny_public_store, measure, one) <= whole
    two = Selection.parse(f"{address}&measure=persons")
    assert total(tiny_public_store, measure, two) == total(tiny_public_store, measure, one)


@pytest.mark.parametrize("address", FILTERS[:7])
def test_two_filters_keep_no_more_than_either(address: str, tiny_public_store: Store):
    both = total(tiny_public_store, "persons", Selection.parse(f"{address}&since=2024-01"))
    later = total(tiny_public_store, "persons", Selection.parse("since=2024-01"))
    assert both <= min(later, total(tiny_public_store, "persons", Selection.parse(address)))


def test_complementary_months_sum_to_the_whole(tiny_public_store: Store):
    before = total(tiny_public_store, "persons", Selection(until=date(2023, 12, 1)))
    after = total(tiny_public_store, "persons", Selection(since=date(2024, 1, 1)))
    assert before + after == total(tiny_public_store, "persons")


def test_shares_sum_to_one(tiny_public_store: Store):
    for name in ("origins", "destinations", "corridors", "age_sex"):
        assert tiny_public_store.answer(name).rows["share"].sum() == pytest.approx(1)


@pytest.mark.parametrize("name", questions())
def test_the_order_and_cut_of_the_rows_change_nothing(
    name: str, tiny_store: Store, shuffled_store: Store
):
    chosen = selection_for(name)
    assert (
        shuffled_store.answer(name, chosen).records() == tiny_store.answer(name, chosen).records()
    )


@pytest.fixture(scope="module")
def shuffled_store(tmp_path_factory: pytest.TempPathFactory):
    shuffled = {
        name: table.sample(frac=1, random_state=7).reset_index(drop=True)
        for name, table in tiny_tables().items()
    }
    with Store(build_tiny(tmp_path_factory.mktemp("shuffled"), shuffled)) as store:
        yield store


@pytest.mark.parametrize("name", PARTS)
def test_no_cell_has_more_cases_than_persons(name: str, tiny_public_store: Store):
    moved = Selection(until=date(2024, 6, 1))
    cases = summed(tiny_public_store, name, moved.replace(measure="cases"))
    assert 0 < cases <= summed(tiny_public_store, name, moved)


def test_cases_without_cohorts_count_once_as_unknown(tiny_public_store: Store):
    chosen = Selection(measure="cases", since=date(2024, 12, 1), until=date(2024, 12, 1))
    rows = tiny_public_store.answer("origins", chosen).records()
    assert [(row["origin"], row["value"]) for row in rows] == [("unknown", 1)]
    assert total(tiny_public_store, "cases", chosen) == 1


def test_a_case_reached_through_two_cohorts_counts_once(tiny_public_store: Store):
    chosen = Selection.parse("destinations=USA,ITA&measure=cases")
    opened = total(tiny_public_store, "cases", chosen)
    by_year = {}
    for row in tiny_public_store.answer("persons_by_month", chosen).records():
        by_year[row["month"].year] = by_year.get(row["month"].year, 0) + row["value"]
    assert sum(by_year.values()) == opened == 8


def test_no_gang_is_not_a_gang(tiny_public_store: Store):
    rows = tiny_public_store.answer("gangs").records()
    assert [row["gang"] for row in rows] == ["DEMO-G1", "DEMO-G2", "DEMO-G3"]
    without = 50 + 5
    assert sum(row["value"] for row in rows) + without == total(tiny_public_store, "persons")


@pytest.mark.parametrize("name", ["persons_by_month", "seizures_and_persons"])
def test_every_month_stands_once_whether_or_not_anything_happened(
    name: str, tiny_public_store: Store
):
    months = [row["month"] for row in tiny_public_store.answer(name).records()]
    assert months == [date(2023 + n // 12, n % 12 + 1, 1) for n in range(26)]


def test_a_month_is_the_month_it_says(tmp_path: Path):
    cohorts = tiny_tables()["cohorts"].head(1).assign(month="2023-12")
    cases = tiny_tables()["cases"].head(1).assign(opened="2024-01-31")
    tables = {"cohorts": cohorts, "cases": cases, "seizures": tiny_tables()["seizures"].head(1)}
    with Store(build_tiny(tmp_path, tables, disclosure="public")) as store:
        assert total(store, "persons", Selection(until=date(2023, 12, 1))) == 20
        assert total(store, "persons", Selection(since=date(2024, 1, 1))) == 0
        assert total(store, "cases", Selection(since=date(2024, 1, 1))) == 1
        assert total(store, "cases", Selection(until=date(2023, 12, 1))) == 0
        rows = store.answer("destinations_by_year").records()
        assert [(row["year"], row["value"]) for row in rows] == [(2023, 20)]
