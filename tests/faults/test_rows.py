"""A bad row goes to quarantine with its true line, and takes no good row with it."""

from datetime import date
from pathlib import Path

import filemaker
import pytest

from data import contracts
from data.loading.faults import LoadError

FAULTS = [
    ("cohorts", {"cohort_id": ""}, "cohort_id", "required"),
    ("cohorts", {"origin": ""}, "origin", "required"),
    ("cohorts", {"cohort_id": "a b"}, "cohort_id", "pattern"),
    ("cohorts", {"month": "2014-13"}, "month", "type"),
    ("cohorts", {"month": "2014/05"}, "month", "type"),
    ("cohorts", {"month": "2014-05-02"}, "month", "type"),
    ("cohorts", {"month": "1812-05"}, "month", "early"),
    ("cohorts", {"month": "2025-01"}, "month", "future"),
    ("cohorts", {"origin": "CN-XX"}, "origin", "code"),
    ("cohorts", {"destination": "USB"}, "destination", "code"),
    ("cohorts", {"prefecture": "440700"}, "prefecture", "place"),
    ("cohorts", {"route": "sea"}, "transit", "transit"),
    ("cohorts", {"age_group": "15-19"}, "age_group", "code"),
    ("cohorts", {"sex": "T"}, "sex", "code"),
    ("cohorts", {"persons": "0"}, "persons", "range"),
    ("cohorts", {"persons": "-3"}, "persons", "range"),
    ("cohorts", {"persons": "1,200"}, "persons", "type"),
    ("cohorts", {"persons": "1.5"}, "persons", "type"),
    ("cohorts", {"persons": "1e3"}, "persons", "type"),
    ("cohorts", {"persons": "1_000"}, "persons", "type"),
    ("cohorts", {"persons": "９"}, "persons", "type"),
    ("cohorts", {"persons": "99999999999999999999"}, "persons", "type"),
    ("cohorts", {"flag": "maybe"}, "flag", "code"),
    ("cases", {"opened": "2014-02-30"}, "opened", "type"),
    ("cases", {"closed": "2014-07-02"}, "closed", "order"),
    ("cases", {"closed": "2014-06"}, "closed", "order"),
    ("cases", {"suspects_forger": "-1"}, "suspects_forger", "range"),
    ("cases", {"gang": "one, two"}, "gang", "pattern"),
    ("seizures", {"unit": "documents"}, "unit", "unit"),
    ("seizures", {"quantity": "many"}, "quantity", "type"),
    ("seizures", {"quantity": "nan"}, "quantity", "type"),
    ("seizures", {"quantity": "-0.5"}, "quantity", "range"),
    ("arrivals", {"unit": "persons"}, "unit", "unit"),
    ("arrivals", {"year": "2031"}, "year", "future"),
    ("arrivals", {"year": "20"}, "year", "type"),
]
KEPT = [
    ("cohorts", {"origin": "福建"}, "origin", "CN-FJ"),
    ("cohorts", {"origin": " CN-FJ\u3000"}, "origin", "CN-FJ"),
    ("cohorts", {"sex": "男"}, "sex", "male"),
    ("cohorts", {"month": "2014-05-01"}, "month", date(2014, 5, 1)),
    ("cohorts", {"persons": "3.0"}, "persons", 3),
    ("cohorts", {"persons": "007"}, "persons", 7),
    ("cohorts", {"destination": "unknown"}, "region", "unknown"),
    ("cohorts", {"route": "sea", "transit": ""}, "transit", None),
    ("cohorts", {"route": "transit", "transit": ""}, "transit", None),
    ("cohorts", {"note": "he said “no”, twice"}, "note", "he said “no”, twice"),
    ("cases", {"opened": "2014-07-31", "closed": "2014-07"}, "closed", date(2014, 7, 1)),
    ("seizures", {"quantity": "2.50"}, "quantity", 2.5),
    ("arrivals", {"month": ""}, "month", None),
]


@pytest.mark.parametrize("table", ["cases", "cohorts", "seizures", "arrivals"])
def test_a_row_that_breaks_a_rule_is_kept_with_its_place(table: str, tmp_path: Path) -> None:
    faults = [(change, column, rule) for name, change, column, rule in FAULTS if name == table]
    rows = filemaker.rows(table, 2 * len(faults))
    for (change, _, _), one in zip(faults, rows[1::2], strict=True):
        one.update(change)
    report = filemaker.load(filemaker.write(tmp_path / "a.csv", rows), into=tmp_path / "d")
    assert filemaker.faults(report, table) == [
        (2 * place + 3, column, rule) for place, (_, column, rule) in enumerate(faults)
    ]
    kept = filemaker.kept(report, table)
    for one, row, (_, column, _) in zip(kept, rows[1::2], faults, strict=True):
        assert (one["file"], one["found"]) == ("a.csv", row[column])
        assert one["remedy"] and one["remedy_zh"]
        assert "{" not in one["remedy"] + one["remedy_zh"]
        assert {name: one[name] for name in row} == row
    assert (report.tallies[0].rows_in, report.facts) == (2 * len(faults), len(faults))


@pytest.mark.parametrize(("table", "change", "column", "value"), KEPT)
def test_a_row_written_otherwise_but_rightly_is_loaded(
    table: str, change: dict[str, str], column: str, value: object, tmp_path: Path
) -> None:
    rows = [filemaker.row(table, 1, **change)]
    report = filemaker.load(filemaker.write(tmp_path / "a.csv", rows), into=tmp_path / "d")
    assert filemaker.kept(report, table) == []
    key = contracts.table(table).key[0]
    found = f"select {column} from {table} where {key} is not null"
    assert filemaker.facts(tmp_path / "d", found) == [(value,)]


def test_a_row_that_breaks_several_rules_is_one_row_and_lists_them_all(tmp_path: Path) -> None:
    rows = [
        filemaker.row("cohorts", 1, origin="", persons="0", sex="T"),
        *filemaker.rows("cohorts", 2)[1:],
    ]
    report = filemaker.load(filemaker.write(tmp_path / "a.csv", rows), into=tmp_path / "d")
    (kept,) = filemaker.kept(report, "cohorts")
    assert (kept["column"], kept["rule"]) == ("origin", "required")
    assert kept["others"] == "sex: code; persons: range"
    assert report.tallies[0].rules == {("origin", "required"): 1}


def test_the_first_of_two_rows_with_one_key_is_kept_across_files(tmp_path: Path) -> None:
    first = filemaker.write(
        tmp_path / "a.csv", [*filemaker.rows("cases", 2), filemaker.row("cases", 1)]
    )
    second = filemaker.write(tmp_path / "b.csv", [filemaker.row("cases", 2, kind="smuggling")])
    report = filemaker.load(first, second, into=tmp_path / "d")
    assert filemaker.faults(report, "cases") == [
        (4, "case_id", "duplicate"),
        (2, "case_id", "duplicate"),
    ]
    assert filemaker.facts(tmp_path / "d", "select kind from cases") == [("forgery",)] * 2


def test_a_good_row_is_no_duplicate_of_a_bad_one(tmp_path: Path) -> None:
    rows = [filemaker.row("cases", 1, kind="?"), filemaker.row("cases", 1)]
    report = filemaker.load(filemaker.write(tmp_path / "a.csv", rows), into=tmp_path / "d")
    assert filemaker.faults(report, "cases") == [(2, "kind", "code")]


def test_a_cohort_without_its_case_waits_when_cases_are_known(tmp_path: Path) -> None:
    cases = filemaker.write(tmp_path / "cases.csv", filemaker.rows("cases", 1))
    cohorts = filemaker.write(tmp_path / "cohorts.csv", filemaker.rows("cohorts", 2))
    report = filemaker.load(cohorts, cases, into=tmp_path / "d")
    assert filemaker.faults(report, "cohorts") == [(3, "case_id", "reference")]
    later = filemaker.write(tmp_path / "later.csv", [filemaker.row("cases", 2)])
    filemaker.load(later, into=tmp_path / "d")
    again = filemaker.load(cohorts, into=tmp_path / "d")
    assert not again.unchanged and again.quarantine is None
    assert filemaker.facts(tmp_path / "d", "select sum(persons) from cohorts") == [(24,)]
    assert filemaker.facts(
        tmp_path / "d", "select sum(quarantined) from loads where \"table\" = 'cohorts'"
    ) == [(0,)]


def test_cohorts_alone_need_no_case(tmp_path: Path) -> None:
    path = filemaker.write(tmp_path / "cohorts.csv", filemaker.rows("cohorts", 2))
    assert filemaker.load(path, into=tmp_path / "d").facts == 2


def test_a_mended_quarantine_file_loads_as_it_is(tmp_path: Path) -> None:
    rows = filemaker.rows("cohorts", 5)
    rows[1]["origin"] = "CN-XX"
    path = filemaker.write(tmp_path / "a.csv", rows)
    report = filemaker.load(path, into=tmp_path / "d")
    assert report.quarantine is not None
    kept = report.quarantine / "cohorts.csv"
    untouched = filemaker.load(kept, into=tmp_path / "d")
    assert (untouched.facts, untouched.snapshot) == (0, None)
    mended = kept.read_text(encoding="utf-8-sig").replace("CN-XX", "CN-FJ")
    (tmp_path / "mended.csv").write_text(mended, encoding="utf-8-sig")
    again = filemaker.load(tmp_path / "mended.csv", into=tmp_path / "d")
    assert (again.facts, again.quarantine) == (1, None)
    assert filemaker.facts(tmp_path / "d", "select count(*), sum(persons) from cohorts") == [
        (5, 60)
    ]


def test_when_no_row_is_good_nothing_is_served_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [filemaker.row("cases", n, kind="?") for n in (1, 2)]
    path = filemaker.write(tmp_path / "a.csv", rows)
    code, out, _ = filemaker.command(capsys, "load", path, "--into", tmp_path / "d")
    assert code == 1
    assert "No row was good" in out
    assert not (tmp_path / "d" / "CURRENT").exists()


def test_a_column_of_which_many_values_fail_alike_is_a_wrong_header(tmp_path: Path) -> None:
    rows = [filemaker.row("cases", n, kind="?") for n in range(30)]
    with pytest.raises(LoadError, match=r"kind \(holds '\?'\)"):
        filemaker.load(filemaker.write(tmp_path / "a.csv", rows), into=tmp_path / "d")
