"""Cuts a delimited text into records with true line numbers, and sets broken ones apart.

DuckDB does not tell the line of a good row, so every record gets its line number as its first
field in a prepared copy, which DuckDB then parses. A full stop as the last field keeps DuckDB from
passing over surplus blank fields. It must not know what the columns mean.
"""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Protocol, TextIO

from data.loading import opening
from data.loading.faults import LoadError

DELIMITERS = (",", ";", "\t", "|")
LONGEST_RECORD = 2**20
MOST_LINES = 100
MOST_TITLES = 20
END = "."
csv.field_size_limit(2 * LONGEST_RECORD)  # Python's own limit is an eighth of a record's
ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
}


@dataclass
class Prepared:
    """A file made ready to parse: where its records and its broken lines stand, its header, and
    how many records there are besides the broken lines."""

    records: Path
    broken: Path
    header: tuple[str, ...]
    delimiter: str
    rows: int = 0


@dataclass
class _Count:
    """Lines beyond ASCII that fit the encoding or do not, and blocks that are UTF-8 or are not."""

    wrong: int = 0
    right: int = 0
    first_wrong: int = 0
    utf8: int = 0
    not_utf8: int = 0

    def look(self, block: bytes) -> None:
        """Count a block beyond ASCII as UTF-8 or not."""
        if not block.isascii():
            try:
                block.decode()
                self.utf8 += 1
            except UnicodeDecodeError:
                self.not_utf8 += 1


class _Writer(Protocol):
    def writerow(self, row: Iterable[object], /) -> object: ...


@dataclass
class _Cutter:
    """Turns physical lines into records; `open_lines` are those of a record not yet closed."""

    delimiter: str
    columns: int
    records: TextIO
    broken: "_Writer"
    open_lines: list[tuple[int, str]] = field(default_factory=list)
    written: int = 0

    def __post_init__(self) -> None:
        d = re.escape(self.delimiter)
        bare = f'[^"{d}\n][^{d}\n]*+|'
        one = f'(?:"[^"]*+(?:""[^"]*+)*+"|{bare})'
        self.whole = re.compile(f"{one}(?:{d}{one})*+")
        self.opened = re.compile(f'(?:{one}{d})*"[^"]*+(?:""[^"]*+)*+')
        short = f'(?:"[^"\n]*+(?:""[^"\n]*+)*+"|{bare})'
        self.plain = re.compile(f"(?:{short}(?:{d}{short})*+\n)*+")

    def is_plain(self, text: str) -> bool:
        """Whether every line of a block is a record of its own."""
        return '"' not in text or bool(self.plain.fullmatch(text))

    def take(self, number: int, line: str) -> None:
        """One more physical line; after a stray quote, the lines behind it are taken anew."""
        waiting = deque([(number, line)])
        while waiting:
            number, line = waiting.popleft()
            lines = [*self.open_lines, (number, line)]
            if self.open_lines and '"' not in line and len(lines) < MOST_LINES:
                self.open_lines.append((number, line))
            elif self._keeps(lines):
                self.open_lines = []
            elif self._stays_open(lines):
                self.open_lines = lines
            else:
                self.open_lines = []
                self.refuse(*lines[0], "quotes")
                waiting.extendleft(reversed(lines[1:]))

    def finish(self) -> None:
        """The end of the file: a record still open is broken, the lines behind it are not."""
        while self.open_lines:
            first, *rest = self.open_lines
            self.open_lines = []
            self.refuse(*first, "quotes")
            for number, line in rest:
                self.take(number, line)

    def refuse(self, number: int, text: str, rule: str) -> None:
        """Set one line apart with the rule that it breaks."""
        self.broken.writerow((number, rule, text))

    def _keeps(self, lines: list[tuple[int, str]]) -> bool:
        text = "\n".join(line for _, line in lines)
        if not self.whole.fullmatch(text):
            return False
        if len(lines) > 1 and self._width(text) != self.columns:
            return False
        number = lines[0][0]
        if len(text) > LONGEST_RECORD:
            self.refuse(number, text[:LONGEST_RECORD], "length")
        elif opening.controls(text.encode()) or "\r" in text:
            self.refuse(number, text, "control")
        elif text.strip():
            self.records.write(f"{number}{self.delimiter}{text}{self.delimiter}{END}\n")
            self.written += 1
        return True

    def _stays_open(self, lines: list[tuple[int, str]]) -> bool:
        text = "\n".join(line for _, line in lines)
        short = len(lines) < MOST_LINES and len(text) < LONGEST_RECORD
        return short and bool(self.opened.fullmatch(text))

    def _width(self, text: str) -> int:
        return len(next(csv.reader([text], delimiter=self.delimiter)))


def prepare(
    path: Path,
    work: Path,
    encoding: str,
    known: frozenset[str],
    header_at: Callable[[list[tuple[str, ...]]], int | None],
) -> Prepared:
    """Copy a delimited file into `work` with line numbers; broken lines (line, rule, text) apart.

    known: names a header may hold, to tell the delimiter. header_at: which of the first lines is
    the header; None is the first. Blank lines and those above it are no rows. Raises LoadError for
    a file that is no such text, or of another encoding.
    """
    blocks = opening.blocks(path)
    first = next(blocks)
    number, line, rest = _first_line(first)
    if len(line) > LONGEST_RECORD:
        raise LoadError(f"{path}: the first line is longer than a million bytes, so no header.")
    delimiter, header = _header(_decoded(path, line, encoding), known)
    if header_at([header]) is None:
        number, delimiter, header, rest = _below_titles(first, encoding, known, header_at) or (
            number,
            delimiter,
            header,
            rest,
        )
    prepared = Prepared(work / "records.csv", work / "broken.csv", header, delimiter)
    with (
        prepared.records.open("w", encoding="utf-8", newline="") as records,
        prepared.broken.open("w", encoding="utf-8", newline="") as broken,
    ):
        cutter = _Cutter(delimiter, len(header), records, csv.writer(broken, lineterminator="\n"))
        counted = _cut(cutter, chain([rest], blocks), number + 1, encoding)
    _judge(path, counted, encoding)
    prepared.rows = cutter.written
    return prepared


def _cut(cutter: _Cutter, blocks: Iterator[bytes], number: int, encoding: str) -> _Count:
    counted = _Count()
    for block in blocks:
        lines = block.count(b"\n")
        counted.look(block)
        text = _plain(block, encoding)
        if text is not None and not cutter.open_lines and cutter.is_plain(text):
            _write_plain(cutter, text, number)
            counted.right += 0 if block.isascii() else lines
        else:
            _take_lines(cutter, block, number, encoding, counted)
        number += lines
    cutter.finish()
    return counted


def _plain(block: bytes, encoding: str) -> str | None:
    """The text of a block without control characters, overlong lines or wrong bytes."""
    if b"\r" in block or opening.controls(block):
        return None
    try:
        text = block.decode(encoding)
    except UnicodeDecodeError:
        return None
    return text if max(map(len, text.split("\n"))) <= LONGEST_RECORD else None


def _write_plain(cutter: _Cutter, text: str, number: int) -> None:
    lines = text.split("\n")
    lines.pop()
    d = cutter.delimiter
    end = f"{d}{END}\n"
    kept = [
        f"{n}{d}{line}{end}" for n, line in enumerate(lines, number) if line and not line.isspace()
    ]
    cutter.records.write("".join(kept))
    cutter.written += len(kept)


def _take_lines(cutter: _Cutter, block: bytes, number: int, encoding: str, counted: _Count) -> None:
    lines = block.split(b"\n")
    lines.pop()
    for n, line in enumerate(lines, number):
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            counted.wrong += 1
            counted.first_wrong = counted.first_wrong or n
            cutter.finish()
            cutter.refuse(n, line.decode(encoding, "backslashreplace"), "encoding")
        else:
            counted.right += not line.isascii()
            cutter.take(n, text)


def _judge(path: Path, counted: _Count, encoding: str) -> None:
    if counted.wrong > counted.right:
        raise LoadError(_not(path, counted.first_wrong, encoding))
    if encoding != "utf-8" and counted.utf8 and not counted.not_utf8:
        raise LoadError(f"{path}: the text is UTF-8, not {encoding}; leave --encoding away.")


def _not(path: Path, line: int, encoding: str) -> str:
    other = "gb18030" if encoding == "utf-8" else "utf-8"
    return f"{path}: line {line} is not {encoding}; say what it is, for example --encoding {other}."


def _first_line(block: bytes) -> tuple[int, bytes, bytes]:
    number = 1
    while block.startswith(b"\n"):
        block, number = block[1:], number + 1
    line, _, rest = block.partition(b"\n")
    return number, line, rest


def _below_titles(
    block: bytes,
    encoding: str,
    known: frozenset[str],
    header_at: Callable[[list[tuple[str, ...]]], int | None],
) -> tuple[int, str, tuple[str, ...], bytes] | None:
    """Line number, delimiter and names of a header under titles, and what is below it."""
    lines = block.split(b"\n", MOST_TITLES)[:MOST_TITLES]
    for place, line in enumerate(lines):
        try:
            delimiter, header = _header(line[:LONGEST_RECORD].decode(encoding), known)
        except UnicodeDecodeError:
            return None
        if header_at([header]) is not None:
            return place + 1, delimiter, header, block.split(b"\n", place + 1)[-1]
    return None


def _decoded(path: Path, line: bytes, encoding: str) -> str:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        raise LoadError(_not(path, 1, encoding)) from None


def _header(line: str, known: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    cut = {d: tuple(next(csv.reader([line], delimiter=d), [])) for d in DELIMITERS}

    def fit(delimiter: str) -> tuple[int, int]:
        names = cut[delimiter]
        return sum(name.strip().casefold() in known for name in names), len(names)

    best = max(DELIMITERS, key=fit)
    return best, cut[best]
