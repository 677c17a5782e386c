"""A cell that Excel shows as an error is never read as a blank."""

from collections.abc import Callable
from pathlib import Path

import filemaker
import openpyxl
import pytest
import xlsxwriter

from data.loading import error_cells

ROWS = [
    filemaker.row("cases", 1, gang="#N/A"),
    filemaker.row("cases", 2, closed="#REF!"),
    filemaker.row("cases", 3, fee_band="#NAME?"),
    filemaker.row("cases", 4, suspects_forger="#DIV/0!", note="#VALUE!"),
    filemaker.row("cases", 5, note="#3 of 4, N/A"),
]
FAULTS = [
    (4, "gang", "error"),
    (5, "closed", "type"),
    (6, "fee_band", "code"),
    (7, "suspects_forger", "type"),
]


def by_hand(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["A cover"])
    sheet = book.create_sheet("cases & more")
    sheet.append(["Cases", "of 2014"])
    sheet.append([])
    sheet.append(list(ROWS[0]))
    for one in ROWS:
        sheet.append([text or None for text in one.values()])
    book.save(path)


def by_formula(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("cases")
        sheet.write_row(2, 0, list(ROWS[0]))
        for number, one in enumerate(ROWS, 3):
            for place, text in enumerate(one.values()):
                if text.startswith("#") and " " not in text:
                    sheet.write_formula(number, place, "=B1", None, text)
                elif text:
                    sheet.write_string(number, place, text)


@pytest.mark.parametrize("write", [by_hand, by_formula])
def test_an_error_in_an_optional_column_goes_to_quarantine(
    write: Callable[[Path], None], tmp_path: Path
) -> None:
    write(tmp_path / "a.xlsx")
    report = filemaker.load(tmp_path / "a.xlsx", into=tmp_path / "d")
    assert (report.facts, filemaker.faults(report, "cases")) == (1, FAULTS)
    kept = filemaker.kept(report, "cases")
    assert [one["found"] for one in kept] == ["#N/A", "#REF!", "#NAME?", "#DIV/0!"]
    assert kept[0]["remedy"].startswith("gang is an Excel error")
    assert kept[3]["others"] == "note: error"
    assert filemaker.facts(tmp_path / "d", "select note from cases") == [("#3 of 4, N/A",)]


def test_so_does_one_that_excel_saved_as_csv(tmp_path: Path) -> None:
    report = filemaker.load(filemaker.write(tmp_path / "a.csv", ROWS), into=tmp_path / "d")
    assert [fault[1:] for fault in filemaker.faults(report, "cases")] == [
        fault[1:] for fault in FAULTS
    ]


def test_a_workbook_without_errors_and_other_files_have_none(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = 't="e" in a text'
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "a.csv").write_text("a")
    assert error_cells.find(tmp_path / "a.xlsx") in ({}, {"Sheet": {}})
    assert error_cells.find(tmp_path / "a.csv") == {}
