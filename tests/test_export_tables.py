"""Tables as files: readable by any program, stated in full, and never run as formulas."""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import openpyxl
import pandas
import pytest

from dashboard import charts
from dashboard.export import files, sheets
from dashboard.export.figure import footed
from dashboard.export.table import table
from dashboard.words import say
from data import contracts
from data.contracts import LANGUAGES
from data.harmless import neutral
from queries import policies
from queries.answers import Answer
from queries.questions import questions
from queries.selection import Selection
from queries.store import Store
from tests.conftest import build_tiny, tiny_tables

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1")


@pytest.fixture(scope="module")
def formula_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Real rows whose gangs are named like formulas, already published so that all are listed."""
    tables = tiny_tables()
    for name, rows in tables.items():
        named = {key: rows[key].str.removeprefix("DEMO-") for key in rows if "_id" in str(key)}
        tables[name] = rows.assign(**named)
    formulas = {"DEMO-G1": '=HYPERLINK("http://x.test")', "DEMO-G2": "@cmd|' /C calc'!A0"}
    tables["cases"]["gang"] = tables["cases"]["gang"].replace(formulas)
    with Store(build_tiny(tmp_path_factory.mktemp("f"), tables, disclosure="public")) as store:
        yield store


def answer(store: Store, name: str) -> Answer:
    selection = Selection()
    if name == "gang_profile":
        selection = Selection(gangs=(store.answer("gangs", Selection()).rows["gang"].iloc[0],))
    return store.answer(name, selection)


def parsed(content: bytes) -> tuple[list[str], list[list[str]]]:
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    stated = [row[0] for row in lines if row[0].startswith("# ")]
    return stated, lines[len(stated) :]


def workbook(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", list(questions()))
def test_every_question_becomes_a_table_with_headings_and_a_cell_for_every_row(
    tiny_store: Store, name: str, language: Any
) -> None:
    asked = answer(tiny_store, name)
    made = table(asked, language)
    assert len(made.rows) == len(asked.rows)
    assert all(column.heading.strip() for column in made.columns)
    assert {column.name for column in made.columns} == set(asked.question.columns)
    stated, lines = parsed(files.build("csv", asked, language))
    assert len(lines) == len(asked.rows) + 1
    assert {len(line) for line in lines} == {len(made.columns) + 1}
    assert stated[0] == "# " + asked.title(language).replace(",", ";")
    book = workbook(files.build("xlsx", asked, language))
    assert book.worksheets[1].max_row == len(asked.rows) + 3
    assert book.worksheets[1].freeze_panes == "B4"


def test_csv_opens_in_excel_and_reads_back_with_pandas(tiny_store: Store) -> None:
    content = files.build("csv", answer(tiny_store, "origins"), "zh")
    assert content.startswith(b"\xef\xbb\xbf")
    read = pandas.read_csv(io.BytesIO(content), comment="#")
    assert list(read.columns)[:3] == ["来源省份", "来源省份（代码）", "数字"]
    assert content.count(b"\r\n") == content.count(b"\n")


def test_a_comment_holds_no_comma_and_its_figures_stay_whole(tiny_store: Store) -> None:
    asked = answer(tiny_store, "corridors")
    rows = asked.rows.assign(value=[7913 - n for n in range(len(asked.rows))], state="")
    said = files.build("csv", replace(asked, rows=rows), "en").decode("utf-8-sig").split("\r\n")
    comments = [line for line in said if line.startswith("# ")]
    assert not [line for line in comments if "," in line]
    assert "7913" in (finding := comments[2]) and "7;" not in finding


def test_withheld_and_missing_figures_are_marks_and_zero_is_zero(tiny_store: Store) -> None:
    made = table(answer(tiny_store, "persons_by_month"), "en")
    names = [column.name for column in made.columns]
    cells = [row[names.index("value")] for row in made.rows]
    states = [row[names.index("state")] for row in made.rows]
    assert "[c]" in cells and 0 in cells
    assert [cell == "[c]" for cell in cells] == [state == "[c]" for state in states]
    assert not any(isinstance(cell, float) and math.isnan(cell) for cell in cells)


def test_the_cover_states_what_the_figure_states(tiny_store: Store) -> None:
    asked = answer(tiny_store, "origins")
    for language in LANGUAGES:
        cover = workbook(files.build("xlsx", asked, language)).worksheets[0]
        text = "\n".join(str(c.value) for row in cover.iter_rows() for c in row if c.value)
        assert say("export.synthetic_long", language) in text
        assert policies.about("suppressed", language) in text
        for key in ("filters", "unit", "as_of", "source", "code", "shorthand"):
            assert say(f"export.{key}", language) in text
        for mark in ("[c]", "[x]", "[z]"):
            assert mark in text
        assert asked.title(language) in text and asked.manifest.id in text


def test_every_row_of_invented_data_says_so_in_both_files(tiny_store: Store) -> None:
    for name in charts.FORMS:
        asked = answer(tiny_store, name)
        _, lines = parsed(files.build("csv", asked, "en"))
        assert all(line[-1] == "INVENTED DATA" for line in lines[1:])
        sheet = workbook(files.build("xlsx", asked, "en")).worksheets[1]
        last = [row[-1].value for row in sheet.iter_rows(min_row=4)]
        assert set(last) <= {"INVENTED DATA"}
        assert "Invented data" in str(sheet["A2"].value)
        assert "Invented data" in sheet.oddHeader.center.text


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_like_text_is_neutralised(text: str) -> None:
    assert neutral(text).startswith("'")
    assert neutral("Fujian-1") == "Fujian-1"


def test_text_that_turns_or_hides_is_cleaned() -> None:
    assert neutral("a\u202eb\x00c\u2066") == "abc"
    assert neutral("\x00=1").startswith("'=")


def test_gangs_named_like_formulas_do_nothing_in_either_file(formula_store: Store) -> None:
    for name in ("gangs", "gang_activity", "gang_destinations", "gang_profile"):
        asked = answer(formula_store, name)
        _, lines = parsed(files.build("csv", asked, "zh"))
        cells = [cell for line in lines for cell in line]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]
        for sheet in workbook(files.build("xlsx", asked, "zh")).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f" and cell.hyperlink is None
                    assert not str(cell.value or "").startswith(("=", "+", "@"))


def test_figures_are_numbers_and_months_are_dates_in_excel(tiny_store: Store) -> None:
    sheet = workbook(files.build("xlsx", answer(tiny_store, "persons_by_month"), "en")).worksheets[
        1
    ]
    head = [cell.value for cell in sheet[3]]
    months = [row[head.index("Month")] for row in sheet.iter_rows(min_row=4)]
    figures = [row[head.index("Figure")] for row in sheet.iter_rows(min_row=4)]
    assert all(
        isinstance(cell.value, datetime) and cell.number_format == "yyyy-mm" for cell in months
    )
    assert any(isinstance(cell.value, int) and cell.number_format == "#,##0" for cell in figures)


def test_figures_with_units_of_their_own_are_written_by_them_in_every_file(
    tiny_store: Store,
) -> None:
    asked = tiny_store.answer("coverage", Selection())
    drawn = {"zh": ("首月", "2023年1月", "年月"), "en": ("First month", "Jan 2023", "month")}
    for language in LANGUAGES:
        name, month, unit = drawn[language]
        _, lines = parsed(files.build("csv", asked, language))
        (line,) = (line for line in lines if line[0] == name)
        assert line[2:4] == ["2023-01", unit]
        sheet = workbook(files.build("xlsx", asked, language)).worksheets[1]
        written = {row[1].value: row[2] for row in sheet.iter_rows(min_row=4)}
        assert f"{written['first_month'].value:%Y-%m-%d}" == "2023-01-01"
        assert written["first_month"].number_format == "yyyy-mm"
        assert written["cases_without_gang_share"].number_format == "0.0%"
        assert written["rows"].number_format == "#,##0"
        assert month in [row[1] for row in footed(asked, language).listing()]


def test_a_long_statement_does_not_make_a_row_taller_than_excel_allows(
    tiny_store: Store,
) -> None:
    towns = tuple(contracts.codes("prefectures").codes[:-1])
    asked = tiny_store.answer("origins", Selection(prefectures=towns))
    for sheet in workbook(files.build("xlsx", asked, "en")).worksheets:
        heights = [line.height or 0 for line in sheet.row_dimensions.values()]
        assert max(heights, default=0) <= 409


def test_the_same_answer_is_the_same_bytes(tiny_store: Store) -> None:
    asked = answer(tiny_store, "origins")
    assert sheets.xlsx_bytes(asked, "zh") == sheets.xlsx_bytes(asked, "zh")
    assert sheets.csv_bytes(asked, "zh") == sheets.csv_bytes(asked, "zh")


def test_file_names_say_question_months_filters_and_language(tiny_store: Store) -> None:
    asked = tiny_store.answer("origins", Selection.parse("since=2024-01&origins=CN-FJ"))
    assert files.name("png", asked, "zh") == "origins_2024-01_CN-FJ_zh.png"
    assert files.name("svg", asked, "en", "tiles") == "origins_tiles_2024-01_CN-FJ_en.svg"
    gang = Selection(gangs=("../../=a b",), measure="cases")
    named = files.name("csv", replace(asked, selection=gang), "zh")
    assert named == "origins_a-b_cases_zh.csv"
    assert set(files.MIME) == set(files.KINDS)
