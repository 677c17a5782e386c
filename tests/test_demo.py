"""The invented data set: same bytes, exact rows, values of the contracts, published shape."""

import csv
import hashlib
import re
import subprocess
import sys
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from pyarrow import parquet

from data import contracts
from data.demo.command import write

TABLES = ("cases", "cohorts", "seizures")
CASTS = {"integer": int, "number": float}


def rows(folder, table):
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def bytes_of(folder):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    write(60_000, 1, folder)
    return folder


@pytest.fixture(scope="module")
def cohorts(demo):
    return rows(demo, "cohorts")


@pytest.fixture(scope="module")
def cases(demo):
    return rows(demo, "cases")


def share(cohorts, column):
    total = Counter()
    for row in cohorts:
        total[row[column]] += int(row["persons"])
    everyone = sum(total.values())
    return {code: persons / everyone for code, persons in total.most_common()}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_same_call_writes_the_same_bytes(tmp_path, form):
    for name in ("one", "two"):
        write(800, 7, tmp_path / name, form)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_another_seed_writes_other_rows(tmp_path):
    for seed in (1, 2):
        write(500, seed, tmp_path / str(seed))
    one, two = bytes_of(tmp_path / "1"), bytes_of(tmp_path / "2")
    assert one["cohorts.csv"] != two["cohorts.csv"] and one["dataset.toml"] == two["dataset.toml"]


@pytest.mark.parametrize("wanted", [1, 10, 500, 12_345])
def test_there_are_exactly_as_many_cohorts_as_asked_for(tmp_path, wanted):
    write(wanted, 3, tmp_path)
    cohorts, cases = rows(tmp_path, "cohorts"), rows(tmp_path, "cases")
    assert len(cohorts) == wanted
    assert {row["case_id"] for row in cohorts} == {row["case_id"] for row in cases}


def test_blocks_within_a_month_do_not_change_the_count(tmp_path, monkeypatch):
    monkeypatch.setattr("data.demo.command.BLOCK", 7)
    write(1_500, 3, tmp_path)
    cohorts = rows(tmp_path, "cohorts")
    assert len({row["cohort_id"] for row in cohorts}) == 1_500


@pytest.mark.parametrize("table", TABLES)
def test_every_value_keeps_its_contract(demo, table):
    contract = contracts.table(table)
    found = rows(demo, table)
    assert tuple(found[0]) == contract.names
    for column in contract.columns:
        values = {row[column.name] for row in found}
        assert not (column.required and "" in values)
        values.discard("")
        if column.codes:
            assert values <= set(contracts.codes(column.codes).codes)
        if column.pattern:
            assert all(re.fullmatch(column.pattern, value) for value in values)
        if column.type in CASTS:
            numbers = [CASTS[column.type](value) for value in values]
            assert all(column.minimum <= number <= column.maximum for number in numbers)
        if column.type == "date":
            assert all(date.fromisoformat(value) <= date(2026, 10, 31) for value in values)
        if column.type == "month":
            assert all(re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", value) for value in values)


@pytest.mark.parametrize("table", TABLES)
def test_keys_are_unique_and_marked_as_invented(demo, table):
    (key,) = contracts.table(table).key
    found = rows(demo, table)
    assert len({row[key] for row in found}) == len(found)
    for column in ("case_id", "gang", key):
        values = {row[column] for row in found if row.get(column)}
        assert all(value.startswith(contracts.SYNTHETIC_PREFIX) for value in values)


def test_parquet_says_what_csv_says(tmp_path):
    write(2_000, 5, tmp_path / "csv")
    write(2_000, 5, tmp_path / "parquet", "parquet")
    for table in TABLES:
        read = parquet.read_table(tmp_path / "parquet" / f"{table}.parquet").to_pylist()
        as_text = [
            {name: "" if value is None else str(value) for name, value in row.items()}
            for row in read
        ]
        assert as_text == rows(tmp_path / "csv", table)


def test_no_cohort_stands_twice_in_its_case(cohorts):
    grain = ("case_id", "month", "origin", "destination", "route", "age_group", "sex")
    assert len({tuple(row[name] for name in grain) for row in cohorts}) == len(cohorts)


def test_transit_is_named_where_the_route_is_in_transit_and_only_there(cohorts):
    assert all((row["route"] == "transit") == bool(row["transit"]) for row in cohorts)
    assert not [row for row in cohorts if row["transit"] == row["destination"]]


def test_prefectures_lie_in_the_origin(cohorts):
    province = {m.code: m.attributes["province"] for m in contracts.codes("prefectures")}
    named = [row for row in cohorts if row["prefecture"]]
    assert 0.5 < len(named) / len(cohorts) < 0.8
    assert all(province[row["prefecture"]] == row["origin"] for row in named)


def test_people_leave_before_their_case_is_opened(cohorts, cases):
    opened = {row["case_id"]: row["opened"][:7] for row in cases}
    assert all(row["month"] <= opened[row["case_id"]] for row in cohorts)
    assert not [row for row in cases if row["closed"] and row["closed"] < row["opened"]]


def test_the_first_three_provinces_are_those_the_press_names(cohorts):
    origins = share(cohorts, "origin")
    assert set(list(origins)[:3]) == {"CN-FJ", "CN-GD", "CN-ZJ"} and next(iter(origins)) == "CN-FJ"
    assert {"CN-LN", "CN-JL", "CN-HL", "CN-HA", "CN-SD"} == set(list(origins)[3:8])
    prefectures = list(share([row for row in cohorts if row["prefecture"]], "prefecture"))
    assert {"350100", "330300", "440700", "331100"} <= set(prefectures[:6])


def test_two_thirds_to_three_quarters_are_men_and_most_in_their_20s_and_30s(cohorts):
    sexes, ages = share(cohorts, "sex"), share(cohorts, "age_group")
    assert 0.65 < sexes["male"] < 0.75
    assert sum(ages[age] for age in ("18-24", "25-29", "30-34", "35-39")) > 0.6
    assert ages["unknown"] < 0.1 and min(ages.values()) < 0.01


def test_destinations_move_over_the_years_and_the_united_states_surge_in_2023(cohorts):
    years = {
        year: [r for r in cohorts if r["month"][:4] == year] for year in ("2012", "2023", "2026")
    }
    american = {year: share(found, "destination")["USA"] for year, found in years.items()}
    assert american["2023"] > 0.25 > american["2012"] > american["2026"] > 0.02
    surge = [r for r in years["2023"] if r["destination"] == "USA" and r["route"] == "transit"]
    through = share(surge, "transit")
    assert through["ECU"] > 0.4 and through["PAN"] + through["COL"] > 0.1


def test_the_pandemic_and_the_season_show(cohorts):
    persons = Counter()
    for row in cohorts:
        persons[row["month"]] += int(row["persons"])
    assert len(persons) == 202 and min(persons) == "2010-01" and max(persons) == "2026-10"
    yearly = Counter()
    for month, count in persons.items():
        yearly[month[:4]] += count
    assert yearly["2020"] < 0.55 * yearly["2019"] and yearly["2021"] < 0.55 * yearly["2019"]
    spring = sum(persons[f"{year}-04"] for year in range(2010, 2020))
    winter = sum(persons[f"{year}-02"] for year in range(2010, 2020))
    assert spring > 1.2 * winter


def test_flags_mark_provisional_months_and_the_break(demo, cohorts):
    for month in {row["month"] for row in cohorts}:
        wanted = "provisional" if month >= "2026-08" else "break" if month == "2018-04" else ""
        assert {row["flag"] for row in cohorts if row["month"] == month} == {wanted}
    dataset = tomllib.loads((demo / "dataset.toml").read_text(encoding="utf-8"))
    assert dataset["as_of"] == "2026-10-31" and dataset["provisional_from"] == "2026-08"
    assert "invented" in dataset["title"]["en"] and "虚构" in dataset["title"]["zh"]


def test_gangs_are_heavy_tailed_and_some_cases_have_none(cohorts, cases):
    gang = {row["case_id"]: row["gang"] for row in cases}
    assert 0.12 < sum(not name for name in gang.values()) / len(gang) < 0.22
    persons, months = Counter(), {}
    for row in cohorts:
        if name := gang[row["case_id"]]:
            persons[name] += int(row["persons"])
            months.setdefault(name, set()).add(row["month"])
    sizes = sorted(persons.values(), reverse=True)
    assert 1_100 < len(sizes) < 1_800
    assert sum(sizes[: len(sizes) // 10]) > 0.4 * sum(sizes)
    assert max(len(seen) for seen in months.values()) > 24


def test_document_rings_are_small_and_their_papers_heavy_tailed(demo, cases):
    roles = ("organiser", "forger", "transporter", "other", "unknown")
    for row in cases:
        counts = [row[f"suspects_{role}"] for role in roles]
        assert sum(int(count or 0) for count in counts) <= 34
    papers = sorted(
        int(row["quantity"]) for row in rows(demo, "seizures") if row["item"] == "forged_visa"
    )
    assert papers[0] < 10 and 10_000 < papers[-1] <= 10**4.5


def test_vehicles_and_vessels_belong_to_land_and_sea(demo, cases):
    moved = {row["case_id"] for row in cases if row["kind"] == "smuggling"}
    vessels = [row["case_id"] for row in rows(demo, "seizures") if row["item"] == "vessel"]
    assert len(set(vessels) & moved) > 0.9 * len(vessels)
    units = {item.code: item.attributes["unit"] for item in contracts.codes("items")}
    assert all(row["unit"] == units[row["item"]] for row in rows(demo, "seizures"))


def test_the_command_writes_and_refuses_a_second_format(tmp_path):
    line = [sys.executable, "-m", "data", "demo", "--rows", "20", "--into", str(tmp_path)]
    root = Path(contracts.__file__).parent.parent
    first = subprocess.run(line, cwd=root, capture_output=True, text=True, check=False)
    assert first.returncode == 0 and len(rows(tmp_path, "cohorts")) == 20
    again = subprocess.run(
        [*line, "--format", "parquet"], cwd=root, capture_output=True, text=True, check=False
    )
    assert again.returncode == 1 and "holds" in again.stderr and "Traceback" not in again.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "cases.csv", "cohorts.csv", "dataset.toml", "seizures.csv"
    ]  # fmt: skip


def test_a_failed_write_leaves_no_half_table(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr("data.demo.command.seizures", fail)
    with pytest.raises(OSError, match="no space"):
        write(100, 1, tmp_path)
    assert not list(tmp_path.iterdir())
