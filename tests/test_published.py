"""The published data set: the ratios its sources print, a source and a note for every row."""

import csv
import re
from collections import defaultdict
from pathlib import Path

import pytest

from data import contracts

FOLDER = Path(contracts.__file__).parent / "published"
TABLES = ("cases", "cohorts", "seizures", "arrivals")
JIANGMEN = "PUB-2014-JIANGMEN"


def rows(table, **values):
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        read = list(csv.DictReader(lines))
    return [row for row in read if all(row[name] == value for name, value in values.items())]


def by_year(**values):
    found = defaultdict(int)
    for row in rows("arrivals", **values):
        found[int(row["year"])] += int(row["value"])
    return dict(found)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_a_source_and_a_note_in_both_languages(table):
    for row in rows(table):
        english, chinese = row["note"].split(" | ")
        assert row["source"] and english.strip()
        assert re.search(r"[\u4e00-\u9fff]", chinese) and not re.search(r"[\u4e00-\u9fff]", english)


@pytest.mark.parametrize("table", TABLES)
def test_every_value_keeps_its_contract(table):
    contract = contracts.table(table)
    (key,) = contract.key
    read = rows(table)
    assert tuple(read[0]) == contract.names
    assert len({row[key] for row in read}) == len(read)
    for column in contract.columns:
        values = {row[column.name] for row in read}
        assert not (column.required and "" in values)
        values.discard("")
        if column.codes:
            assert values <= set(contracts.codes(column.codes).codes)
        if column.pattern:
            assert all(re.fullmatch(column.pattern, value) for value in values)
        if column.type in ("date", "month"):
            assert all(re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", value) for value in values)
    assert not [row for row in read if row[key].startswith(contracts.SYNTHETIC_PREFIX)]


def test_jiangmen_has_22_suspects_of_three_roles():
    (case,) = rows("cases", case_id=JIANGMEN)
    roles = {name: case[f"suspects_{name}"] for name in ("organiser", "forger", "transporter")}
    assert roles == {"organiser": "6", "forger": "4", "transporter": "12"}
    assert sum(map(int, roles.values())) == 22
    assert case["suspects_other"] == case["suspects_unknown"] == ""
    assert (case["opened"], case["province"], case["prefecture"]) == ("2014-07", "CN-GD", "440700")


def test_jiangmen_moved_3200_from_two_provinces_and_others():
    moved = {row["origin"]: int(row["persons"]) for row in rows("cohorts", case_id=JIANGMEN)}
    assert moved == {"CN-GD": 1500, "CN-FJ": 1300, "other": 400}
    assert sum(moved.values()) == 3200
    assert {row["flag"] for row in rows("cohorts", case_id=JIANGMEN)} == {"lower_bound"}


def test_jiangmen_seizures_are_over_35000_documents_and_270_seals():
    found = {
        row["item"]: (row["quantity"], row["flag"]) for row in rows("seizures", case_id=JIANGMEN)
    }
    assert found == {"forged_visa": ("35000", "lower_bound"), "seal": ("270", "")}


def test_no_breakdown_is_invented():
    for row in rows("cohorts"):
        assert row["age_group"] == row["sex"] == "unknown"
        assert row["destination"] in ("unknown", "HKG")
        assert row["prefecture"] == row["transit"] == ""
    known = {row["case_id"] for row in rows("cohorts") if row["origin"] != "unknown"}
    assert known == {JIANGMEN}


def test_the_other_rings_read_as_told():
    suspects = {
        row["case_id"]: row["suspects_unknown"] or row["suspects_organiser"]
        for row in rows("cases")
    }
    assert suspects["PUB-2012-FUZHOU"] == "34"
    assert suspects["PUB-2017-LIANYUNGANG"] == "15"
    assert suspects["PUB-2007-LIAONING"] == "26"
    assert suspects["PUB-2008-SHANGHAI"] == ""
    (lianyungang,) = rows("seizures", case_id="PUB-2017-LIANYUNGANG")
    assert (lianyungang["quantity"], lianyungang["flag"]) == ("20000", "lower_bound")
    seals = {row["case_id"]: row["quantity"] for row in rows("seizures", item="seal")}
    assert seals == {JIANGMEN: "270", "PUB-2012-FUZHOU": "217", "PUB-2007-LIAONING": "1025"}


def test_more_than_is_a_lower_bound_and_about_is_approximate():
    for table in ("cohorts", "seizures"):
        for row in rows(table):
            if "more than" in row["note"]:
                assert row["flag"] == "lower_bound"
            if row["note"].startswith('"about'):
                assert row["flag"] == "approximate"


def test_seizures_and_cohorts_belong_to_cases_and_units_to_items():
    cases = {row["case_id"] for row in rows("cases")}
    units = {item.code: item.attributes["unit"] for item in contracts.codes("items")}
    for row in rows("seizures"):
        assert row["case_id"] in cases and row["unit"] == units[row["item"]]
    assert {row["case_id"] for row in rows("cohorts")} <= cases
    measures = {measure.code: measure.attributes["unit"] for measure in contracts.codes("measures")}
    assert all(row["unit"] == measures[row["measure"]] for row in rows("arrivals"))


def test_chinese_citizens_at_the_us_south_west_border_by_fiscal_year():
    source = "US CBP, Nationwide Encounters (fiscal-year totals)"
    found = by_year(source=source, border="southwest-land")
    part = found.pop(2025)
    assert found == {2020: 1768, 2021: 450, 2022: 2176, 2023: 24314, 2024: 38246} and part == 3097
    partial = rows("arrivals", year="2025")
    assert {row["flag"] for row in partial} == {"provisional"} and len(partial) == 5


def test_chinese_citizens_in_the_darien_by_year():
    found = by_year(border="darien")
    assert (found[2022], found[2023], found[2024]) == (2005, 25565, 12398)
    assert sum(value for year, value in found.items() if year < 2022) == 376


def test_no_frontex_figure_is_redistributed():
    assert not [row for row in rows("arrivals") if "frontex" in row["source"].lower()]


def test_police_counts_with_foreigners_are_not_called_chinese_citizens():
    for row in rows("arrivals", reporting="CHN"):
        assert (row["citizenship"] == "unknown") == (int(row["year"]) >= 2021)
