"""What may leave: small counts of people and figures that rest on one case do not."""

from pathlib import Path

import pandas
import pytest

from queries.questions import questions
from queries.release import POLICIES, Protected, Public, policy
from queries.rules import THRESHOLD
from queries.selection import Selection
from queries.store import Store
from tests.conftest import SUPPRESSED, build_tiny, tiny_tables

PEOPLE = ("value", "persons", "suspects", "current", "previous")


def rows(store: Store, name: str, address: str = "") -> list[dict]:
    return store.answer(name, Selection.parse(address)).records()


def one(store: Store, name: str, address: str = "", **where: object) -> dict:
    found = [row for row in rows(store, name, address) if where.items() <= row.items()]
    assert len(found) == 1
    return found[0]


def test_no_small_count_of_people_leaves(tiny_store: Store):
    for name, question in questions().items():
        if name in ("arrivals_by_year", "coverage", "totals"):
            continue
        address = "gangs=DEMO-G1" if name == "gang_profile" else ""
        for row in rows(tiny_store, name, address):
            figures = PEOPLE if question.measured else ("persons",)
            people = [row.get(figure) for figure in figures]
            if row.get("facet") != "item":
                assert not [n for n in people if n is not None and 0 < n < THRESHOLD], (name, row)


def test_a_figure_of_one_case_is_withheld_however_large(tiny_store: Store):
    assert one(tiny_store, "origins", origin="CN-LN")["state"] == "c"
    assert one(tiny_store, "origins", origin="unknown")["state"] == "c"


def test_two_cases_and_ten_persons_are_a_figure(tiny_store: Store):
    row = one(tiny_store, "persons_by_month", "since=2024-12&until=2024-12")
    assert (row["value"], row["state"]) == (10, "")


def test_two_cases_but_nine_persons_are_not(tmp_path: Path):
    cohorts = tiny_tables()["cohorts"]
    cohorts.loc[cohorts["cohort_id"] == "DEMO-26", "persons"] = "8"
    with Store(build_tiny(tmp_path, {"cohorts": cohorts})) as store:
        row = one(store, "persons_by_month", "since=2024-12&until=2024-12")
    assert (row["value"], row["state"]) == (None, "c")


def test_zero_is_zero_and_not_withheld(tiny_store: Store):
    row = one(tiny_store, "persons_by_month", "since=2023-04&until=2023-04")
    assert (row["value"], row["state"]) == (0, "")


def test_what_no_source_states_is_not_available(tiny_public_store: Store):
    month = "since=2024-11&until=2024-11"
    row = one(tiny_public_store, "totals", month, measure="suspects")
    assert (row["value"], row["state"]) == (None, "x")


def test_a_share_is_taken_of_released_figures(tiny_store: Store):
    total = one(tiny_store, "totals", measure="persons")["value"]
    for row in rows(tiny_store, "origins"):
        expected = None if row["value"] is None else pytest.approx(row["value"] / total)
        assert row["share"] == expected


def test_a_share_of_a_withheld_whole_is_not_given(tiny_store: Store):
    for row in rows(tiny_store, "age_sex", "origins=CN-LN"):
        assert (row["share"], row["state"]) == (None, "c")


def test_nothing_beside_a_withheld_figure_speaks_for_it(tiny_store: Store):
    for row in rows(tiny_store, "gangs"):
        if row["state"] == "c":
            assert row["first_month"] is row["last_month"] is row["origin"] is None
    assert not any(row["lower_bound"] for row in rows(tiny_store, "origins") if row["state"] == "c")


def test_other_keeps_the_total_exact(tiny_store: Store):
    total = one(tiny_store, "totals", measure="persons")["value"]
    paths = rows(tiny_store, "routes")
    assert sum(row["value"] for row in paths) == total
    assert [row["origin"] for row in paths].count("other") == 1


def test_other_is_withheld_where_it_is_small(tmp_path: Path):
    cohorts = tiny_tables()["cohorts"].head(4)
    cohorts.loc[2, ["origin", "persons"]] = ["CN-ZJ", "4"]
    with Store(build_tiny(tmp_path, {"cohorts": cohorts})) as store:
        other = one(store, "routes", "routes=transit", origin="other")
    assert (other["value"], other["state"]) == (None, "c")


def test_published_figures_are_exact_and_say_so(tiny_public_store: Store):
    answer = tiny_public_store.answer("origins")
    assert answer.policy == "public"
    assert answer.withheld == 0
    assert set(answer.rows["state"]) == {""}


def test_suppressed_figures_say_so_and_count_what_is_withheld(tiny_store: Store):
    answer = tiny_store.answer("origins")
    assert answer.policy == "suppressed"
    assert answer.withheld == sum(row["state"] == "c" for row in answer.records()) == 3


def test_public_series_are_exact_under_protection_too(tiny_store: Store, tiny_public_store: Store):
    name = "arrivals_by_year"
    assert rows(tiny_store, name) == rows(tiny_public_store, name)
    assert min(row["value"] for row in rows(tiny_store, name)) == 7


def test_a_misspelled_disclosure_never_releases_a_figure():
    assert policy("public") == Public()
    assert policy("protected") == Protected()
    assert list(POLICIES) == ["protected", "strict", "suppressed", "rounded", "exact", "public"]
    assert all(policy(name).name == name for name in POLICIES)
    with pytest.raises(ValueError, match="Public"):
        policy("Public")


def test_cases_are_withheld_alone_and_shown_in_pairs(tiny_store: Store):
    by_origin = {r["origin"]: r for r in rows(tiny_store, "origins", "measure=cases")}
    assert by_origin["CN-LN"]["state"] == "c"
    assert by_origin["CN-ZJ"]["value"] == 2


def test_arrivals_count_the_months_the_publisher_lists(tiny_store: Store):
    def found(source: str, year: int, border: str) -> tuple:
        row = one(tiny_store, "arrivals_by_year", source=source, year=year, border=border)
        return row["value"], row["months"], row["partial"]

    assert found("Border agency", 2024, "southwest-land") == (104, 12, False)
    assert found("Border agency", 2024, "northern-land") == (7, 12, False)
    assert found("Border agency", 2025, "southwest-land") == (50, 2, True)
    assert found("Home office", 2023, "all") == (240, 12, False)
    assert found("Home office", 2024, "all") == (110, 12, True)


def test_a_month_without_anybody_does_not_make_a_full_year_partial(tmp_path: Path):
    arrivals = tiny_tables()["arrivals"]
    earlier = arrivals.iloc[[0]].assign(arrival_id="DEMO-A99", year="2023", month="2023-02")
    fewer = arrivals[arrivals["citizenship"] == "CHN"]
    with Store(build_tiny(tmp_path, {"arrivals": pandas.concat([earlier, fewer])})) as store:
        row = one(store, "arrivals_by_year", year=2024, border="southwest-land")
    assert (row["months"], row["partial"]) == (12, False)


def test_arrivals_honour_reporting_country_and_years_and_nothing_else(tiny_store: Store):
    name = "arrivals_by_year"
    only = rows(tiny_store, name, "destinations=GBR&since=2023-05&until=2023-06")
    assert [(row["reporting"], row["year"]) for row in only] == [("GBR", 2023)]
    assert rows(tiny_store, name, "origins=CN-FJ&sexes=male&measure=cases") == rows(
        tiny_store, name
    )


@pytest.mark.parametrize("address", ["", "origins=coastal", "since=2024-01&measure=cases"])
def test_no_small_count_of_people_leaves_a_larger_data_set(demo_store: Store, address: str):
    persons = "cases" not in address
    for name, question in questions().items():
        if question.measured and not question.requires:
            values = [row["value"] for row in rows(demo_store, name, address)]
            least = THRESHOLD if persons else 2
            assert not [n for n in values if n is not None and 0 < n < least], name


def test_parts_and_what_is_withheld_make_the_whole_of_a_larger_data_set(demo_store: Store):
    def counted(name: str) -> list[int | None]:
        return [row["value"] for row in demo_store.answer(name, scope=SUPPRESSED).records()]

    total = counted("totals")[0]
    assert total == int(demo_store.manifest.totals["persons"])
    assert sum(value or 0 for value in counted("routes")) == total
    assert 0 < sum(value or 0 for value in counted("corridors")) < total
