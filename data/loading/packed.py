"""Refuses a file that is larger, or would unpack into more, than a load may hold.

Compressed files say little of their size: what would be unpacked is counted before it is kept.
It must not know what a file means.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from data.loading.faults import LoadError

GIB = 2**30
LARGEST_FILE = 8 * GIB
LARGEST_UNPACKED = 16 * GIB
LARGEST_SHEETS = 2 * GIB
MOST_PARTS = 10_000
MOST_COLUMNS = 1_000
MOST_CELLS = 50_000_000
MOST_ROWS = 500_000_000
# Figures as text shrink to a tenth or twentieth; past this, and this size, it is no table.
STEEPEST, FREE = 250, 64 * 2**20
BLOCK = 2**20
OVERLAP = 400
ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["'](\d{1,9})""", re.IGNORECASE)
CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([a-z]{2,3})\d""", re.IGNORECASE)


def check_file(path: Path) -> None:
    """Raise LoadError for a file larger than is read, and OSError."""
    if (size := path.stat().st_size) > LARGEST_FILE:
        raise LoadError(
            f"{path}: {_gib(size)}, over the {_gib(LARGEST_FILE)} read; split the file."
        )


def check_columns(place: str, columns: int) -> None:
    """Raise LoadError for a header with more columns than any table has."""
    if columns > MOST_COLUMNS:
        raise LoadError(f"{place}: {columns:,} columns, over the {MOST_COLUMNS:,} that are read.")


def check_rows(path: Path, rows: int) -> None:
    """Raise LoadError for more rows than are read."""
    if rows > MOST_ROWS:
        raise LoadError(f"{path}: {rows:,} rows, over the {MOST_ROWS:,} that are read; split it.")


class Counter:
    """Counts what a compressed file unpacks into; raises LoadError past the limits."""

    def __init__(self, path: Path, largest: int) -> None:
        self.path, self.largest = path, largest
        self.packed, self.unpacked = path.stat().st_size, 0

    def add(self, size: int) -> None:
        """Count so many bytes more."""
        self.unpacked += size
        steep = self.unpacked > max(FREE, STEEPEST * self.packed)
        if steep or self.unpacked > self.largest:
            raise LoadError(
                f"{self.path}: unpacks into more than {_gib(self.largest)} or {STEEPEST} times its"
                " size, as no table does; nothing of it was read."
            )


def check_workbook(path: Path) -> None:
    """Raise LoadError for a workbook whose parts or sheets would take more than a load may hold.

    Sizes that a zip says of itself are held against what is unpacked; a sheet with two far corners
    alone would be unfolded into every cell between them.
    """
    counter = Counter(path, LARGEST_SHEETS)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise LoadError(f"{path}: {len(parts):,} parts in one workbook; it is none.")
            for part in parts:
                counter.add(part.file_size)
            for part in parts:
                _check_part(path, archive, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise LoadError(f"{path}: not a whole Excel workbook ({error}).") from None


def _check_part(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    sheet = re.fullmatch(r"/?xl/worksheets/[^/]+\.xml", part.filename, re.IGNORECASE)
    rows, columns = 1, 26
    with archive.open(part) as file:
        for block in _overlapping(iter(lambda: file.read(BLOCK), b"")):
            if sheet:
                rows = max(rows, *map(int, ROW.findall(block)), 1)
                columns = max(columns, *map(_column, set(CELL.findall(block))), 1)
    if sheet and (columns > MOST_COLUMNS or rows * columns > MOST_CELLS):
        raise LoadError(
            f"{path}: {Path(part.filename).name} reaches to row {rows:,} and column {columns:,},"
            f" over {MOST_COLUMNS:,} columns or {MOST_CELLS:,} cells; delete what lies far out."
        )


def _overlapping(blocks: Iterator[bytes]) -> Iterator[bytes]:
    end = b""
    for block in blocks:
        yield end + block
        end = block[-OVERLAP:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _gib(size: int) -> str:
    return f"{size / GIB:,.1f} GiB"
