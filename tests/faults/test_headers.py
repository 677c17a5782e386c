"""A header is found in either language, under titles, and on every sheet that has one."""

from pathlib import Path

import filemaker
import openpyxl
import pytest

from data import contracts
from data.loading.faults import LoadError


@pytest.mark.parametrize("language", contracts.LANGUAGES)
@pytest.mark.parametrize("table", list(contracts.tables()))
def test_a_header_and_codes_in_the_words_of_either_language_load(
    table: str, language: contracts.Language, tmp_path: Path
) -> None:
    contract = contracts.table(table)
    words = {name: contracts.codes(name).spellings for name in contracts.code_lists()}
    said = {column.name: column.label[language] for column in contract.columns}
    rows = filemaker.rows(table, 3)
    for column in contract.columns:
        for one in rows:
            label = column.codes and contracts.label(column.codes, one[column.name], language)
            if label and label in words[column.codes]:
                one[column.name] = label
    written = [{said[name]: text for name, text in one.items()} for one in rows]
    report = filemaker.load(filemaker.write(tmp_path / "a.csv", written), into=tmp_path / "d")
    assert (report.tallies[0].table, report.facts) == (table, 3)


def test_a_column_named_twice_in_two_languages_is_refused(tmp_path: Path) -> None:
    rows = [one | {"来源省份": "CN-GD"} for one in filemaker.rows("cohorts", 3)]
    with pytest.raises(LoadError, match="names origin more than once"):
        filemaker.load(filemaker.write(tmp_path / "a.csv", rows), into=tmp_path / "d")


@pytest.mark.parametrize("title", ["2014年人群统计表", "Cohorts of 2014,,,", '"Cohorts, 2014"'])
def test_lines_above_the_header_are_no_rows(title: str, tmp_path: Path) -> None:
    lines = filemaker.lines("cohorts", 4)
    lines[3] = lines[3].replace("CN-FJ", "CN-QQ")
    path = tmp_path / "a.csv"
    path.write_text("\n".join([title, "", *lines]))
    report = filemaker.load(path, into=tmp_path / "d")
    assert filemaker.faults(report, "cohorts") == [(6, "origin", "code")]
    assert (report.tallies[0].rows_in, report.facts) == (4, 3)


def sheet(book: openpyxl.Workbook, name: str, rows: list[list[object]], column: int = 1) -> None:
    made = book.create_sheet(name)
    for at, texts in enumerate(rows, 1):
        for place, text in enumerate(texts, column):
            made.cell(row=at, column=place, value=text or None)


def cells(table: str, count: int) -> list[list[object]]:
    return [
        [*contracts.table(table).names],
        *([*one.values()] for one in filemaker.rows(table, count)),
    ]


def test_a_sheet_loads_from_wherever_its_table_stands(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    table = cells("cases", 3)
    table[2][3] = "CN-QQ"
    sheet(book, "案件", [["2014年案件统计表"], [], *table], column=3)
    book.save(tmp_path / "a.xlsx")
    report = filemaker.load(tmp_path / "a.xlsx", into=tmp_path / "d")
    assert filemaker.faults(report, "cases") == [(5, "province", "code")]
    assert (report.tallies[0].rows_in, report.facts) == (3, 2)


def test_sheets_without_figures_are_named_in_the_report(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet(book, "cases", cells("cases", 3))
    sheet(book, "说明", [["本表由各省填报"]])
    book.save(tmp_path / "a.xlsx")
    report = filemaker.load(tmp_path / "a.xlsx", into=tmp_path / "d")
    assert (report.facts, report.passed_over) == (3, ("a.xlsx[说明]",))


def test_a_sheet_that_nearly_fits_is_not_passed_over(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet(book, "cases", cells("cases", 3))
    nearly = cells("cohorts", 4)
    nearly[0][3] = "provnce"
    sheet(book, "cohorts", [["Cohorts of 2014"], *nearly])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(LoadError, match=r"a.xlsx\[cohorts\].*lacks the columns origin"):
        filemaker.load(tmp_path / "a.xlsx", into=tmp_path / "d")
