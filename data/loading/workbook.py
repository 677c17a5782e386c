"""Reads Excel sheets as text; dates and numbers come back exactly as the contract writes them."""

import csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

from data.loading import error_cells, packed
from data.loading.faults import LoadError
from data.loading.records import END, Prepared

Value = Any


@dataclass(frozen=True)
class Sheet:
    """One sheet: its rows as (sheet row, texts), blank rows left away."""

    name: str
    rows: list[tuple[int, list[str]]]

    def headers(self) -> Iterator[list[str]]:
        """Every row from the top, as the header it would be of what stands under it."""
        for place, (_, texts) in enumerate(self.rows):
            yield [_at(texts, at) for at in self._filled(place)]

    def table(self, place: int) -> "Grid":
        """What stands under the row at this place, its header; columns without anything go."""
        kept = self._filled(place)
        cut = [(number, [_at(texts, at) for at in kept]) for number, texts in self.rows[place:]]
        return Grid(tuple(cut[0][1]), cut[1:])

    def _filled(self, place: int) -> list[int]:
        rows = [texts for _, texts in self.rows[place:]]
        return [
            at for at in range(max(map(len, rows))) if any(_at(row, at).strip() for row in rows)
        ]


@dataclass(frozen=True)
class Grid:
    """The table of a sheet: its header, and its rows as (sheet row, texts)."""

    header: tuple[str, ...]
    rows: list[tuple[int, list[str]]]


def sheets(path: Path) -> Iterator[Sheet]:
    """Every sheet that is not empty; raises LoadError for a workbook that cannot be read."""
    packed.check_workbook(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        errors = error_cells.find(path)
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for (row, column), error in errors.get(name, {}).items():
                rows[row][column] = error
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


def prepare(grid: Grid, work: Path) -> Prepared:
    """A table as a prepared file, its row numbers for line numbers."""
    prepared = Prepared(
        work / "records.csv", work / "broken.csv", grid.header, ",", rows=len(grid.rows)
    )
    prepared.broken.touch()
    with prepared.records.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for number, texts in grid.rows:
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
    return Sheet(name, rows)


def _at(texts: list[str], place: int) -> str:
    return texts[place] if place < len(texts) else ""
