"""Loads add up, repeat without harm, keep the marks of a data set, and account for every row."""

import json
from datetime import date
from pathlib import Path

import filemaker
import pandas
import pytest

from data import build, contracts, snapshots
from data.demo import command as demo
from data.manifest import Manifest

PERSONS = "select count(cohort_id), sum(persons) from cohorts"


def cohorts(path: Path, count: int, **changes: str) -> Path:
    return filemaker.write(path, [one | changes for one in filemaker.rows("cohorts", count)])


def said(directory: Path) -> Manifest:
    return snapshots.manifest(snapshots.current(directory))


def described(folder: Path, *lines: str, count: int = 3, **changes: str) -> Path:
    folder.mkdir()
    cohorts(folder / "cohorts.csv", count, **changes)
    (folder / "dataset.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_a_load_adds_to_what_is_there_and_corrects_the_same_rows(tmp_path: Path) -> None:
    into = tmp_path / "d"
    filemaker.load(cohorts(tmp_path / "a.csv", 3), into=into)
    filemaker.load(cohorts(tmp_path / "b.csv", 5, persons="20"), into=into)
    assert filemaker.facts(into, PERSONS) == [(5, 100)]
    assert filemaker.facts(into, "select sum(facts) from loads") == [(8,)]


def test_tables_of_one_case_meet_whenever_they_come(tmp_path: Path) -> None:
    into = tmp_path / "d"
    filemaker.load(cohorts(tmp_path / "a.csv", 2), into=into)
    assert filemaker.facts(into, "select count(*), count(opened) from cases") == [(2, 0)]
    cases = filemaker.write(tmp_path / "cases.csv", filemaker.rows("cases", 3))
    filemaker.load(cases, into=into)
    gangs = "select case_id, gang, persons from cohorts order by case_id"
    assert filemaker.facts(into, gangs) == [("C1", "G 1", 12), ("C2", "G 1", 12), ("C3", "G 1", 0)]
    assert filemaker.facts(into, "select count(*), count(opened) from cases") == [(3, 3)]


def test_the_same_content_again_changes_nothing_whatever_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = tmp_path / "d"
    first = filemaker.load(cohorts(tmp_path / "a.csv", 3), into=into)
    again = filemaker.load(cohorts(tmp_path / "renamed.csv", 3), into=into)
    assert again.unchanged and again.snapshot == first.snapshot
    _, out, _ = filemaker.command(capsys, "load", tmp_path / "a.csv", "--into", into)
    assert "cohorts: 3 rows in = 3 facts + 0 quarantined" in out
    assert "Nothing new" in out
    assert len(list((into / "snapshots").glob("*.duckdb"))) == 1


def test_a_faulty_file_again_changes_nothing_either(tmp_path: Path) -> None:
    into = tmp_path / "d"
    path = filemaker.write(
        tmp_path / "a.csv", [*filemaker.rows("cohorts", 3), filemaker.row("cohorts", 4, sex="?")]
    )
    filemaker.load(path, into=into)
    kept = sorted((into / "quarantine").iterdir())
    again = filemaker.load(path, into=into)
    assert again.unchanged
    assert (again.tallies[0].facts, again.tallies[0].quarantined) == (3, 1)
    assert sorted((into / "quarantine").iterdir()) == kept


def test_an_old_file_sent_again_does_not_undo_a_correction(tmp_path: Path) -> None:
    into = tmp_path / "d"
    old = filemaker.write(
        tmp_path / "a.csv", [*filemaker.rows("cohorts", 3), filemaker.row("cohorts", 4, sex="?")]
    )
    filemaker.load(old, into=into)
    filemaker.load(cohorts(tmp_path / "b.csv", 3, persons="20"), into=into)
    assert filemaker.load(old, into=into).unchanged
    assert filemaker.facts(into, PERSONS) == [(3, 60)]


def test_replace_starts_from_nothing(tmp_path: Path) -> None:
    into = tmp_path / "d"
    filemaker.load(cohorts(tmp_path / "a.csv", 5, case_id="DEMO-1"), into=into)
    report = filemaker.load(cohorts(tmp_path / "b.csv", 2), into=into, replace=True)
    assert not report.synthetic
    assert filemaker.facts(into, PERSONS) == [(2, 24)]


def test_the_synthetic_mark_cannot_be_lost(tmp_path: Path) -> None:
    into = tmp_path / "d"
    filemaker.load(cohorts(tmp_path / "a.csv", 1, cohort_id="DEMO-P1"), into=into)
    report = filemaker.load(cohorts(tmp_path / "b.csv", 5), into=into)
    assert report.synthetic
    filemaker.load(cohorts(tmp_path / "c.csv", 6, persons="1"), into=into)
    assert said(into).synthetic


@pytest.mark.parametrize(
    "retyped", ["DEMO-P1", "demo-p1", "DEMO_P1", "GD-DEMO-P1", "2014.DEMO P1", "DEMOP000000001"]
)
def test_a_retyped_mark_is_still_a_mark(retyped: str, tmp_path: Path) -> None:
    rows = [filemaker.row("cases", 1, gang=retyped), *filemaker.rows("cases", 3)[1:]]
    report = filemaker.load(filemaker.write(tmp_path / "a.csv", rows), into=tmp_path / "d")
    assert report.synthetic


@pytest.mark.parametrize("gang", ["Democrats", "Old Demo", "PDEMO1"])
def test_a_word_that_holds_the_mark_is_none(gang: str, tmp_path: Path) -> None:
    path = filemaker.write(tmp_path / "a.csv", [filemaker.row("cases", 1, gang=gang)])
    assert not filemaker.load(path, into=tmp_path / "d").synthetic


@pytest.mark.parametrize("path", ["renamed.csv", "by hand.xlsx", "by tool.parquet"])
def test_demonstration_data_stays_marked_among_real_rows_by_any_way(
    path: str, tmp_path: Path
) -> None:
    into = tmp_path / "d"
    filemaker.load(cohorts(tmp_path / "real.csv", 5), into=into)
    demo.write(60, 3, tmp_path / "demo")
    words = contracts.table("cohorts")
    frame = pandas.read_csv(tmp_path / "demo" / "cohorts.csv", dtype=str).drop(
        columns=["flag", "source", "note"]
    )
    given = tmp_path / path
    if path.endswith(".csv"):
        frame.rename(columns=lambda name: words.column(name).label.zh).to_csv(given, index=False)
    elif path.endswith(".xlsx"):
        frame.to_excel(given, index=False)
    else:
        frame.to_parquet(given, index=False)
    report = filemaker.load(given, into=into, as_of=date(2026, 11, 1))
    assert (report.facts, report.synthetic) == (60, True)
    filemaker.load(cohorts(tmp_path / "more.csv", 7), into=into)
    assert said(into).synthetic


def test_a_description_names_the_set_and_stays_with_it(tmp_path: Path) -> None:
    into = tmp_path / "d"
    folder = described(
        tmp_path / "set",
        'title.zh = "甲"',
        'title.en = "A"',
        'publisher.zh = "乙"',
        'publisher.en = "B"',
        "as_of = 2014-08-31",
        'provisional_from = "2014-05"',
        'caveats = ["counting_rules_changed"]',
    )
    (folder / "README.md").write_text("not figures")
    report = filemaker.load(folder, into=into, as_of=None)
    assert report.passed_over == ("README.md",)
    filemaker.load(cohorts(tmp_path / "b.csv", 4), into=into)
    found = said(into)
    assert (found.title.en, found.publisher.zh) == ("A", "乙")
    assert found.provisional_from == date(2014, 5, 1)
    assert found.caveats == ("counting_rules_changed",)
    assert found.as_of == filemaker.AS_OF


def test_the_as_of_date_of_the_description_is_held_against_the_rows(tmp_path: Path) -> None:
    folder = described(tmp_path / "set", 'as_of = "2014-04-30"')
    filemaker.write(folder / "cases.csv", [filemaker.row("cases", 9, opened="2014-04", closed="")])
    (folder / "cohorts.csv").unlink()
    cohorts(folder / "b.csv", 3, case_id="C9")
    report = filemaker.load(folder, into=tmp_path / "d", as_of=None)
    assert {(rule) for _, _, rule in filemaker.faults(report, "cohorts")} == {"future"}
    assert said(tmp_path / "d").as_of == date(2014, 4, 30)


@pytest.mark.parametrize(
    ("first", "second", "disclosure"),
    [
        ("public", "public", "public"),
        ("public", "protected", "protected"),
        ("protected", "public", "protected"),
    ],
)
def test_once_protected_a_data_set_stays_protected(
    first: str, second: str, disclosure: str, tmp_path: Path
) -> None:
    for place, word in enumerate((first, second), 1):
        folder = described(tmp_path / str(place), f'disclosure = "{word}"', count=place)
        filemaker.load(folder, into=tmp_path / "d")
    assert said(tmp_path / "d").disclosure == disclosure


@pytest.mark.parametrize("disclosure", ["public", "protected"])
def test_public_series_leave_a_data_set_as_it_is(disclosure: str, tmp_path: Path) -> None:
    folder = described(tmp_path / "set", f'disclosure = "{disclosure}"', "as_of = 2014-12-31")
    filemaker.load(folder, into=tmp_path / "d", as_of=None)
    arrivals = filemaker.write(tmp_path / "arrivals.csv", filemaker.rows("arrivals", 2))
    filemaker.load(arrivals, into=tmp_path / "d", as_of=None)
    found = said(tmp_path / "d")
    assert (found.disclosure, found.as_of) == (disclosure, date(2014, 12, 31))


def test_the_report_in_json_is_all_there_is_on_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [*filemaker.rows("cohorts", 3), filemaker.row("cohorts", 4, sex="?", persons="0")]
    path = filemaker.write(tmp_path / "a.csv", rows)
    read = filemaker.report_of(capsys, path, "--into", tmp_path / "d")
    assert read["tables"] == {
        "cohorts": {
            "rows_in": 4,
            "facts": 3,
            "quarantined": 1,
            "left_out": 0,
            "rules": {"sex.code": 1},
        }
    }
    assert Path(read["snapshot"]) == snapshots.current(tmp_path / "d")
    assert (Path(read["quarantine"]) / "cohorts.csv").is_file()
    assert read["unchanged"] is False


def test_what_a_folder_holds_besides_is_named_and_never_guessed_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "set"
    (folder / "2013").mkdir(parents=True)
    cohorts(folder / "a.CSV", 3)
    (folder / "~$a.xlsx").write_bytes(b"\x05owner")
    (folder / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    read = filemaker.report_of(capsys, folder, "--into", tmp_path / "d")
    assert read["passed_over"] == ["2013/", "old.xls", "~$a.xlsx"]
    _, out, _ = filemaker.command(
        capsys, "load", folder, "--into", tmp_path / "e", "--as-of", filemaker.AS_OF
    )
    assert "Passed over, nothing read from: 2013/, old.xls, ~$a.xlsx" in out


def test_the_report_in_words_counts_every_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [*filemaker.rows("cases", 3), *(filemaker.row("cases", n, kind="?") for n in (8, 9))]
    path = filemaker.write(tmp_path / "a.csv", rows)
    code, out, err = filemaker.command(capsys, "load", path, "--into", tmp_path / "d")
    assert (code, err) == (0, "")
    assert out.startswith("cases: 5 rows in = 3 facts + 2 quarantined\n  kind: code: 2\n")


def test_what_became_of_every_file_is_kept_in_the_snapshot(tmp_path: Path) -> None:
    into = tmp_path / "d"
    rows = [*filemaker.rows("cohorts", 3), filemaker.row("cohorts", 4, sex="?")]
    filemaker.load(filemaker.write(tmp_path / "a.csv", rows), into=into)
    loads = 'select file, "table", rows_in, facts, quarantined, left_out from loads'
    assert filemaker.facts(into, loads) == [("a.csv", "cohorts", 4, 3, 1, 0)]
    rules = 'select file, "table", "column", rule, rows from rules'
    assert filemaker.facts(into, rules) == [("a.csv", "cohorts", "sex", "code", 1)]


def test_pruning_is_a_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for count in (1, 2, 3):
        filemaker.load(cohorts(tmp_path / "a.csv", count), into=tmp_path / "d")
    code, out, _ = filemaker.command(capsys, "prune", "--into", tmp_path / "d", "--keep", "1")
    assert (code, out[:1]) == (0, "2")
    assert filemaker.command(capsys, "prune", "--into", tmp_path / "none")[0] == 2


def test_both_bundled_data_sets_build(tmp_path: Path) -> None:
    report = build.build("demo", tmp_path / "demo", rows=2000)
    assert (report.synthetic, report.quarantine) == (True, None)
    found = said(tmp_path / "demo")
    assert found.breaks and found.provisional_from
    assert found.first_month == date(2010, 1, 1)
    report = build.build("published", tmp_path / "published")
    assert (report.synthetic, report.quarantine) == (False, None)
    assert said(tmp_path / "published").disclosure == "public"


def test_a_bundled_data_set_builds_by_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = filemaker.command(
        capsys, "build", "demo", "--rows", "500", "--into", tmp_path / "d"
    )
    assert code == 0
    assert out.splitlines()[0] == "demo: inventing 500 rows ..."
    assert json.dumps(sorted(path.name for path in (tmp_path / "d").iterdir()))
    assert not list((tmp_path / "d").glob(".demo-*"))
