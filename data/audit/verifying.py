"""Checks an audit log from its first line to its sealed end; it writes nothing."""

import fcntl
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from data import private
from data.audit import lines
from data.audit.keys import AuditError, Key
from data.audit.lines import START, TORN, UNSEALED, Line
from data.audit.writing import HEAD, LOCK, End, Log, number, read_head

Each = Callable[[Line], None]


@dataclass
class Verdict:
    """What a check found. faults: each a sentence, none in a whole log. notes: what a crash
    leaves and a whole log may show. counts: lines of each kind. end: the last whole line."""

    files: int = 0
    lines: int = 0
    first: Line | None = None
    last: Line | None = None
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is missing, changed or out of order."""
        return not self.faults


def verify(
    where: Path,
    keys: list[Key],
    *,
    archived: bool = False,
    seen: End | None = None,
    each: Each = lambda line: None,
) -> Verdict:
    """Check a log's folder, or one of its files without what lies around it.

    keys: every key its lines may be sealed with, that of its end first. archived: earlier files
    were put away on purpose. seen: the number and hash of a line that was noted elsewhere.
    each: called with every line that is whole. Raises AuditError where there is nothing to read.
    """
    walk = _Walk({key.id: key for key in keys}, seen, each)
    if where.is_file():
        walk.read([(where, where.stat().st_size)], archived=True)
        return walk.verdict
    try:
        found, head = _still(where, keys)
    except OSError as problem:
        raise AuditError(f"The audit log in {where} cannot be read ({problem.strerror}).") from None
    if not found and head is None:
        raise AuditError(f"There is no audit log in {where}.")
    walk.head = head
    walk.read(found, archived)
    walk.close()
    return walk.verdict


def _still(folder: Path, keys: list[Key]) -> tuple[list[tuple[Path, int]], End | None]:
    """Files with their sizes and the head, at one moment between two writers."""
    lock = folder / LOCK
    descriptor = private.opened(lock, os.O_RDONLY) if lock.exists() else None
    try:
        if descriptor is not None:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        heads = (read_head(folder, key) for key in keys)
        head = next((head for head in heads if head), None)
        return [(path, path.stat().st_size) for path in Log(folder).files()], head
    finally:
        if descriptor is not None:
            os.close(descriptor)


class _Walk:
    """Goes through the lines in order and remembers what does not fit."""

    def __init__(self, keys: dict[str, Key], seen: End | None, each: Each) -> None:
        self.verdict = Verdict()
        self.head: End | None = None
        self._keys, self._seen, self._each = keys, seen, each
        self._end: End | None = End(0, START)
        self._odd: list[tuple[str, str]] = []
        self._met: set[End] = set()
        self._torn = False

    def read(self, files: list[tuple[Path, int]], archived: bool) -> None:
        """Every file, oldest first."""
        if archived:
            self._end = None
        before = 0
        for path, size in files:
            found = number(path) or 0
            if found != before + 1 and not (archived and before == 0):
                missing = f"audit-{before + 1:06}.jsonl"
                self._fault(f"{missing} is missing before {path.name}")
            before = found
            self._file(path, size)
        self._close_odd()
        if self._seen and self._seen not in self._met:
            self._fault(f"line {self._seen.n}, which was noted elsewhere, is not there")

    def close(self) -> None:
        """Compare the end with the head."""
        end = self._end or End(0, START)
        if self.head is None:
            self._fault(
                f"{HEAD} is missing, broken or sealed with another key: lines may be cut off"
            )
        elif self.head.n > end.n:
            self._fault(
                f"{_span(end.n + 1, self.head.n)} missing at the end, which was sealed at line "
                f"{self.head.n}"
            )
        elif self.head.n and self.head not in self._met:
            self._fault(f"line {self.head.n} is not the one that was sealed as the end")
        elif self.head.n < end.n:
            self._note(f"{HEAD} stands at line {self.head.n}: the writer was stopped in between")

    def _file(self, path: Path, size: int) -> None:
        self.verdict.files += 1
        at, taken = 0, 0
        with path.open("rb") as file:
            for at, text in enumerate(file, 1):
                taken += len(text)
                if taken > size:
                    break
                self._line(text, f"{path.name}:{at}")

    def _line(self, text: bytes, place: str) -> None:
        whole = text.endswith(b"\n")
        line = lines.read(text[:-1], self._keys) if whole else "is not whole"
        if isinstance(line, str):
            self._odd.append((place, line))
            self._torn = not whole
            return
        self._fits(line, place)
        self._end = End(line.n, line.hash)
        self._count(line)

    def _fits(self, line: Line, place: str) -> None:
        odd, self._odd = self._odd, []
        end = self._end
        follows = end is None or (line.n == end.n + 1 and line.before == end.hash)
        mended = line.kind == "mended" and line.detail == TORN
        if odd and mended and follows:
            self._note(f"{odd[0][0]} was torn by a stop while it was written; {place} goes on")
        else:
            for where, why in odd:
                self._fault(f"{where} {why}")
            if end is not None and not follows:
                self._gap(end, line, place, len(odd))
        if line.kind == "mended" and line.detail == UNSEALED:
            self._fault(
                f"{place}: the seal of the end was missing, broken or of another key when line "
                f"{line.n} was written; lines before it may have been cut off"
            )

    def _gap(self, end: End, line: Line, place: str, odd: int) -> None:
        if line.n <= end.n:
            self._fault(f"{place}: line {line.n} stands behind line {end.n}: moved or repeated")
        elif line.n > end.n + 1 + odd:
            self._fault(f"{_span(end.n + 1, line.n - 1)} missing before {place}")
        elif not odd:
            self._fault(f"{place}: the line before line {line.n} is not the one it was sealed to")

    def _count(self, line: Line) -> None:
        said = self.verdict
        said.lines += 1
        said.counts[line.kind] += 1
        said.first, said.last = said.first or line, line
        end = End(line.n, line.hash)
        if end in (self.head, self._seen):
            self._met.add(end)
        self._each(line)

    def _close_odd(self) -> None:
        odd, self._odd = self._odd, []
        at_end = bool(odd) and self._torn and len(odd) == 1
        for place, why in odd:
            if at_end:
                self._note(f"{place} was torn by a stop while it was written; the next goes on")
            else:
                self._fault(f"{place} {why}")

    def _fault(self, text: str) -> None:
        self.verdict.faults.append(text)

    def _note(self, text: str) -> None:
        self.verdict.notes.append(text)


def _span(first: int, last: int) -> str:
    return f"line {first} is" if first == last else f"lines {first} to {last} are"
