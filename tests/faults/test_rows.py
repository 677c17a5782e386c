"""A bad row goes to quarantine with its true line, and takes no good row with it."""

import gzip
from datetime import date, datetime
from pathlib import Path

import filemaker
import openpyxl
import pandas
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


def torn(tmp_path: Path, change: dict[int, str], end: str = "\n", table: str = "cohorts") -> Path:
    """A good file of nine rows with some lines changed, by line number."""
    lines = filemaker.lines(table, 9)
    for number, text in change.items():
        lines[number - 1] = text
    path = tmp_path / "torn.csv"
    path.write_bytes((end.join(lines) + end).encode())
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ragged_rows_are_kept_with_their_lines_whatever_the_line_ends(
    end: str, tmp_path: Path
) -> None:
    path = torn(tmp_path, {4: "P3,C3,2014-05", 7: "P6" + "," * 20}, end)
    report = filemaker.load(path, into=tmp_path / "d")
    assert filemaker.faults(report, "cohorts") == [(4, "", "columns"), (7, "", "columns")]
    assert filemaker.kept(report, "cohorts")[0]["text"] == "P3,C3,2014-05"
    assert (report.tallies[0].rows_in, report.facts) == (9, 7)


def test_lines_are_true_behind_quoted_line_ends_and_blank_lines(tmp_path: Path) -> None:
    good = filemaker.lines("cohorts", 9)
    lines = [good[0], "", good[1] + '"one\ntwo, ""three""\n\nfour"', "", good[2], good[3] + "x,y"]
    lines += [good[4].replace("CN-FJ", "CN-QQ"), good[5] + '"a\nb"', good[6].replace("male", "?")]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines))
    report = filemaker.load(path, into=tmp_path / "d")
    numbered = path.read_text().split("\n")
    assert filemaker.faults(report, "cohorts") == [
        (9, "", "columns"),
        (10, "origin", "code"),
        (13, "sex", "code"),
    ]
    assert "CN-QQ" in numbered[9] and "?" in numbered[12] and numbered[8].endswith("x,y")
    notes = "select note from cohorts where note is not null order by note"
    assert filemaker.facts(tmp_path / "d", notes) == [("a\nb",), ('one\ntwo, "three"\n\nfour',)]


@pytest.mark.parametrize("stray", ['"P3,C3', 'P3,"C3', '"P"3,C3'])
def test_a_stray_quotation_mark_takes_no_other_row_with_it(stray: str, tmp_path: Path) -> None:
    good = filemaker.lines("cohorts", 9)[3]
    path = torn(tmp_path, {4: stray + good[5:]})
    report = filemaker.load(path, into=tmp_path / "d")
    assert filemaker.faults(report, "cohorts") == [(4, "", "quotes")]
    assert report.facts == 8


def test_a_stray_quotation_mark_before_quoted_fields_takes_no_other_row(tmp_path: Path) -> None:
    lines = [
        ",".join(f'"{text}"' for text in line.split(",")) for line in filemaker.lines("cases", 9)
    ]
    lines[3] = lines[3].replace('"G 1"', '"G 1')
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines))
    report = filemaker.load(path, into=tmp_path / "d")
    assert filemaker.faults(report, "cases") == [(4, "", "quotes")]
    assert report.facts == 8


def test_a_quotation_mark_inside_a_value_is_a_character(tmp_path: Path) -> None:
    path = torn(tmp_path, {4: filemaker.lines("cohorts", 9)[3] + '5" pipe'})
    report = filemaker.load(path, into=tmp_path / "d")
    assert report.facts == 9
    note = "select note from cohorts where cohort_id = 'P3'"
    assert filemaker.facts(tmp_path / "d", note) == [('5" pipe',)]


def test_a_long_value_over_several_lines_is_a_value(tmp_path: Path) -> None:
    note = "\n".join(["x" * 90_000] * 3)
    rows = [filemaker.row("cohorts", 1, note=note), *filemaker.rows("cohorts", 3)[1:]]
    report = filemaker.load(filemaker.write(tmp_path / "a.csv", rows), into=tmp_path / "d")
    assert report.facts == 3
    assert filemaker.facts(tmp_path / "d", "select max(length(note)) from cohorts") == [(270_002,)]


def test_nul_and_wrong_bytes_are_kept_apart(tmp_path: Path) -> None:
    lines = [line.encode() for line in filemaker.lines("cohorts", 9)]
    lines[2] += "注".encode()
    lines[3] += b"\x00"
    lines[5] += b"\xff\xfe"
    lines[7] += "注释".encode()
    path = tmp_path / "a.csv"
    path.write_bytes(b"\n".join(lines))
    report = filemaker.load(path, into=tmp_path / "d")
    assert filemaker.faults(report, "cohorts") == [(4, "", "control"), (6, "", "encoding")]
    assert filemaker.kept(report, "cohorts")[1]["text"].endswith(r"\xff\xfe")
    assert report.facts == 7


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_line_ends_and_delimiters_load_alike(
    encoding: str, end: str, delimiter: str, tmp_path: Path
) -> None:
    rows = [filemaker.row("cohorts", n, origin="福建", note="转往, 美国; 镕") for n in range(1, 8)]
    rows[4]["sex"] = "?"
    path = filemaker.write(
        tmp_path / "a.csv", rows, encoding=encoding, lineterminator=end, delimiter=delimiter
    )
    told = "gb18030" if encoding == "gb18030" else "utf-8"
    report = filemaker.load(path, into=tmp_path / "d", encoding=told)
    assert filemaker.faults(report, "cohorts") == [(6, "sex", "code")]
    assert filemaker.facts(tmp_path / "d", "select distinct origin, note from cohorts") == [
        ("CN-FJ", "转往, 美国; 镕")
    ]


def test_columns_in_any_order_and_any_case_load(tmp_path: Path) -> None:
    rows = [
        {f" {name.upper()} ": text for name, text in reversed(one.items())}
        for one in filemaker.rows("cohorts", 3)
    ]
    report = filemaker.load(filemaker.write(tmp_path / "a.csv", rows), into=tmp_path / "d")
    assert report.facts == 3


def test_optional_columns_may_be_missing(tmp_path: Path) -> None:
    needed = contracts.table("cases").required
    rows = [{name: one[name] for name in needed} for one in filemaker.rows("cases", 3)]
    report = filemaker.load(filemaker.write(tmp_path / "a.csv", rows), into=tmp_path / "d")
    assert report.facts == 3


def test_a_gzip_file_loads_by_its_bytes_not_its_name(tmp_path: Path) -> None:
    text = "\n".join(filemaker.lines("cases", 5)).encode()
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text))
    assert filemaker.load(tmp_path / "a.csv.gz", into=tmp_path / "d").facts == 5


def test_a_workbook_loads_every_sheet_that_fits_with_its_own_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    book.active.append(["Figures of the month"])
    for table in ("cases", "cohorts"):
        sheet = book.create_sheet(table)
        sheet.append([*contracts.table(table).names, None])
        for one in filemaker.rows(table, 4):
            sheet.append([text or None for text in one.values()])
    cases, cohorts = book["cases"], book["cohorts"]
    cases["B2"] = datetime(2014, 7, 3)  # noqa: DTZ001
    cases["E3"] = 440700
    cohorts["C2"] = date(2014, 5, 1)
    cohorts["K2"], cohorts["K3"], cohorts["K4"] = 12, 12.0, 12.5
    book.save(tmp_path / "a.xlsx")
    report = filemaker.load(tmp_path / "a.xlsx", into=tmp_path / "d")
    assert [(one.file, one.rows_in, one.facts) for one in report.tallies] == [
        ("a.xlsx[cases]", 4, 4),
        ("a.xlsx[cohorts]", 4, 3),
    ]
    assert filemaker.faults(report, "cohorts") == [(4, "persons", "type")]
    opened = "select opened, prefecture from cases order by case_id limit 2"
    assert filemaker.facts(tmp_path / "d", opened) == [
        (date(2014, 7, 3), "440700"),
        (date(2014, 7, 3), "440700"),
    ]


def test_a_parquet_file_loads_whatever_its_types(tmp_path: Path) -> None:
    frame = pandas.DataFrame(filemaker.rows("cohorts", 4))
    frame["month"] = pandas.to_datetime(frame["month"])
    frame["persons"] = [1.0, 2.0, 2.5, None]
    frame.to_parquet(tmp_path / "a.parquet")
    report = filemaker.load(tmp_path / "a.parquet", into=tmp_path / "d")
    assert filemaker.faults(report, "cohorts") == [
        (3, "persons", "type"),
        (4, "persons", "required"),
    ]
    months = "select distinct month, sum(persons) from cohorts group by month"
    assert filemaker.facts(tmp_path / "d", months) == [(date(2014, 5, 1), 3)]


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
