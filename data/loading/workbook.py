"""Reads Excel sheets as text; dates and numbers come back exactly as the contract writes them."""

import csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

from data.loading.faults import LoadError
from data.loading.records import END, Prepared

Value = Any


@dataclass(frozen=True)
class Sheet:
    """One sheet: its header, and its rows as (sheet row, texts), blank rows left away."""

    name: str
    header: tuple[str, ...]
    rows: list[tuple[int, list[str]]]


def sheets(path: Path) -> Iterator[Sheet]:
    """Every sheet that is not empty; raises LoadError for a workbook that cannot be read."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if sheet := _sheet(name, rows):
                yield sheet
    except PasswordError:
        raise LoadError(f"{path}: the workbook has a password; save it without one.") from None
    except (CalamineError, ZipError, OSError) as error:
        if _is_archive(path):
            raise LoadError(
                f"{path}: a zip archive without a workbook in it; unpack it and load the files."
            ) from None
        raise LoadError(f"{path}: not a whole Excel workbook ({error}).") from None


def prepare(sheet: Sheet, work: Path) -> Prepared:
    """A sheet as a prepared file, its row numbers for line numbers."""
    prepared = Prepared(
        work / "records.csv", work / "broken.csv", sheet.header, ",", rows=len(sheet.rows)
    )
    prepared.broken.touch()
    with prepared.records.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for number, texts in sheet.rows:
            writer.writerow((number, *texts, END))
    return prepared


def text(value: Value) -> str:
    """A cell as text: 3.0 is 3, midnight is a date, a blank is nothing.

    Line ends inside a cell become plain ones; nothing else is changed.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _is_archive(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return not any(name.startswith("xl/") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False


def _sheet(name: str, values: list[list[Value]]) -> Sheet | None:
    rows = [(number, [text(value) for value in row]) for number, row in enumerate(values, 1)]
    rows = [(number, texts) for number, texts in rows if any(map(str.strip, texts))]
    if not rows:
        return None
    header = tuple(rows[0][1])
    width = max(at for _, texts in rows for at, cell in enumerate(texts, 1) if cell.strip())
    return Sheet(name, header[:width], [(number, texts[:width]) for number, texts in rows[1:]])
