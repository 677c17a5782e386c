"""The same rows load alike from every format, encoding, delimiter and order of columns."""

import gzip
from datetime import date, datetime
from pathlib import Path

import filemaker
import openpyxl
import pandas
import pytest

from data import contracts


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
