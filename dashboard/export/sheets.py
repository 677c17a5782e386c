"""Tables as files: CSV for any program, and an Excel workbook with a cover sheet.

Both say what the figure says, hold invented data as such in every row, and hold no formula.
"""

import csv
import io
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import xlsxwriter

from dashboard.export import fonts
from dashboard.export.statement import Statement, statement
from dashboard.export.table import Cell, Column, Kind, Table, kind, table
from dashboard.words import say
from data import harmless
from data.contracts import Language
from data.harmless import neutral

if TYPE_CHECKING:
    from queries.answers import Answer

_NUMBERS: dict[Kind, str] = {
    "whole": "#,##0",
    "decimal": "#,##0.0",
    "percent": "0.0%",
    "month": "yyyy-mm",
    "text": "@",
    "code": "@",
}
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TALLEST = 409
_FACES: dict[Language, str] = {"zh": "Microsoft YaHei", "en": "Calibri"}


def stated_table(answer: "Answer", language: Language) -> Table:
    """The answer's table; with invented data, a last column says so in every row."""
    made = table(answer, language)
    if not answer.manifest.synthetic:
        return made
    mark = Column("nature", say("export.data_nature", language), "text")
    word = say("export.synthetic", language)
    return Table((*made.columns, mark), tuple((*row, word) for row in made.rows))


def csv_bytes(answer: "Answer", language: Language) -> bytes:
    """CSV in UTF-8 with a byte order mark (Excel needs it), CRLF, figures ungrouped.

    The statement stands above the header in lines that begin with `#`, which never need quotes:
    its commas are semicolons, its figures ungrouped too, and a selection that cannot be said so is
    left to the words.
    """
    stated, rows = statement(answer, language), stated_table(answer, language)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for said in _preamble(stated):
        out.write(f"# {said}\r\n")
    writer.writerow([neutral(column.heading) for column in rows.columns])
    writer.writerows([_written(cell) for cell in row] for row in rows.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _preamble(stated: Statement) -> list[str]:
    codes = stated.record["selection"]
    pairs = [
        f"{label}: {text}" for label, text in stated.facts if "," not in codes or text != codes
    ]
    lines = [stated.title, *([stated.mark_long] if stated.mark_long else []), *pairs]
    return [neutral(_uncomma(harmless.line(text)).replace('"', "'")) for text in lines]


def _uncomma(text: str) -> str:
    return _GROUPED.sub("", text).replace(",", ";")


def _written(cell: Cell) -> str:
    if isinstance(cell, date):
        return f"{cell:%Y-%m}"
    return neutral(cell) if isinstance(cell, str) else "" if cell is None else str(cell)


def xlsx_bytes(answer: "Answer", language: Language) -> bytes:
    """An Excel workbook: a cover with the statement, and the data with labels and codes."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": _FACES[language], "font_size": 10.5},
    }
    stated = statement(answer, language)
    book = xlsxwriter.Workbook(out, options)
    book.set_properties(
        {
            "title": stated.title,
            "subject": stated.finding,
            "keywords": stated.code,
            "comments": stated.mark_long,
            "created": datetime.fromisoformat(f"{str(answer.manifest.as_of)[:10]}T00:00:00"),
        }
    )
    _Book(book, stated, language).write(stated_table(answer, language))
    book.close()
    return out.getvalue()


class _Book:
    """Writes the two sheets of one workbook."""

    def __init__(self, book: Any, stated: Statement, language: Language) -> None:
        self.book, self.stated, self.language = book, stated, language
        self.face = {"font_name": _FACES[language], "font_size": 10.5, "valign": "top"}
        self.warning = self._style(
            bold=True, font_color="#ffffff", bg_color="#a54e32", text_wrap=True
        )

    def _style(self, **properties: Any) -> Any:
        return self.book.add_format({**self.face, **properties})

    def write(self, rows: Table) -> None:
        self._cover()
        self._data(rows)

    def _sheet(self, key: str) -> Any:
        sheet = self.book.add_worksheet(say(f"export.{key}", self.language))
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        mark = f"{self.stated.mark}  " if self.stated.mark else ""
        sheet.set_footer(f"&L{mark}{self.stated.code_words}&R&P / &N")
        if self.stated.mark:
            sheet.set_tab_color("#a54e32")
            sheet.set_header(f"&C&B{self.stated.mark_long}")
        return sheet

    def _cover(self) -> None:
        sheet = self._sheet("sheet_cover")
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 1, 92)
        sheet.write_string(0, 0, neutral(self.stated.title), self._style(bold=True, font_size=16))
        line = 1
        if self.stated.mark_long:
            sheet.merge_range(line, 0, line, 1, self.stated.mark_long, self.warning)
            line += 1
        label, text = self._style(bold=True, font_color="#566270"), self._style(text_wrap=True)
        for name, said in self.stated.facts:
            line += 1
            sheet.write_string(line, 0, name, label)
            sheet.write_string(line, 1, neutral(said), text)
            sheet.set_row(line, min(17 * len(fonts.wrap(said, 600, 14)), _TALLEST))

    def _data(self, rows: Table) -> None:
        sheet = self._sheet("sheet_data")
        sheet.set_landscape()
        said = "  ".join(part for part in (self.stated.title, self.stated.asked) if part)
        sheet.write_string(0, 0, neutral(said), self._style(bold=True))
        if self.stated.mark_long:
            sheet.write_string(
                1, 0, self.stated.mark_long, self._style(bold=True, font_color="#a54e32")
            )
        head = self._style(bold=True, bg_color="#e6eaee", bottom=1, text_wrap=True)
        for place, column in enumerate(rows.columns):
            sheet.write_string(2, place, neutral(column.heading), head)
            sheet.set_column(place, place, _column_width(rows, place))
        self._cells(sheet, rows)
        last = len(rows.rows) + 2
        sheet.freeze_panes(3, 1)
        sheet.repeat_rows(2)
        sheet.autofilter(2, 0, max(last, 3), len(rows.columns) - 1)

    def _cells(self, sheet: Any, rows: Table) -> None:
        styles = {name: self._style(num_format=number) for name, number in _NUMBERS.items()}
        mark = self._style(font_color="#566270", italic=True, align="right")
        for line, row in enumerate(rows.rows, start=3):
            for place, (cell, column) in enumerate(zip(row, rows.columns, strict=True)):
                style = styles[kind(cell, column)]
                if isinstance(cell, str):
                    figure = column.kind not in ("text", "code")
                    sheet.write_string(line, place, neutral(cell), mark if figure else style)
                elif isinstance(cell, date):
                    sheet.write_datetime(line, place, cell, style)
                elif cell is not None:
                    sheet.write_number(line, place, cell, style)


def _column_width(rows: Table, place: int) -> float:
    heading = rows.columns[place].heading
    texts = [heading, *(_written(row[place]) for row in rows.rows[:200])]
    return min(max(fonts.width(text, 14) / 7.2 for text in texts) + 3, 46)
