"""Appends to the audit log: one writer at a time, on the disk before it returns, or not at all.

Lines stand in audit-000001.jsonl and on; the chain runs through all files. `head` names the last
line under a seal of its own, so that lines cut off at the end are missed.
"""

import fcntl
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data import private
from data.audit import keys, lines
from data.audit.keys import AuditError, Key
from data.audit.lines import START, TORN, UNSEALED, Event, Line

FOLDER = "audit"
NAME = re.compile(r"audit-(\d{6,})\.jsonl")
HEAD, LOCK = "head", ".lock"
MOST_BYTES = 8 * 2**20
PATIENCE_SECONDS = 10.0
TAIL = 64 * 1024
ROOM = 64 * 1024
CLOSED = b"~\n"  # behind a torn line, so that one that lacks its end alone never counts twice


@dataclass(frozen=True)
class End:
    """The end of the chain: the number and hash of its last line."""

    n: int
    hash: str


@dataclass(frozen=True)
class Tail:
    """What the last file ends with. dirty: bytes behind the last line that is whole; torn: the
    file does not end with a line's end; ours: the line is sealed with the key in use."""

    end: End | None
    dirty: bool
    torn: bool
    ours: bool = False


class Log:
    """The log in one folder; safe for any number of threads and processes."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder, self._most = folder, most_bytes

    def append(self, event: Event) -> Line:
        """Seal one line behind the last; raises AuditError where it cannot be kept."""
        with self._writing() as key:
            head, path = read_head(self.folder, key), self._last()
            tail = self._tail(key)
            told, end = [], _end(head, tail)
            if tail.dirty:
                told.append(Event("mended", detail=TORN))
            if head is None and path is not None:
                told.append(Event("mended", detail=UNSEALED))
            if head is None:
                _write_head(self.folder, end, key)
            text = CLOSED if tail.torn else b""
            for one in (*told, event):
                at = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
                line = lines.sealed(one, end.n + 1, at, end.hash, key)
                text, end = text + line.text(), End(line.n, line.hash)
            self._write(self._file(path), text, end, key)
        return line

    def ready(self) -> None:
        """Raises AuditError where a line could not be written now; writes none."""
        with self._writing():
            path = self._last()
            if path is not None:
                os.close(private.opened(path, os.O_WRONLY | os.O_APPEND))
            room = os.statvfs(self.folder)
            if room.f_bavail * room.f_frsize < ROOM:
                raise OSError(28, os.strerror(28))

    def files(self) -> list[Path]:
        """The files of the log, oldest first."""
        found = (path for path in self.folder.glob("audit-*.jsonl") if number(path))
        return sorted(found, key=lambda path: number(path) or 0)

    def last(self, kind: str, key: Key) -> str:
        """The selection's hash in the last line of a kind sealed with the key; empty for none."""
        for path in reversed(self.files()):
            for text in reversed(path.read_bytes().split(b"\n")):
                line = lines.read(text, {key.id: key})
                if isinstance(line, Line) and line.kind == kind:
                    return line.selection
        return ""

    @contextmanager
    def _writing(self) -> Iterator[Key]:
        """Alone in the folder, with its key; every failure becomes one sentence."""
        try:
            private.folder(self.folder.parent)
            private.folder(self.folder)
            descriptor = private.opened(self.folder / LOCK, os.O_CREAT | os.O_RDWR)
            try:
                _wait(descriptor, PATIENCE_SECONDS)
                key = keys.current(self.folder)
                private.check(self.folder, (HEAD, *(path.name for path in self.files()[-1:])))
                yield key
            finally:
                os.close(descriptor)
        except private.Exposed as problem:
            raise AuditError(f"The audit log is not safe: {problem}.") from None
        except OSError as problem:
            reason = problem.strerror or problem
            raise AuditError(
                f"The audit log in {self.folder} cannot be written to ({reason}); without it "
                "nothing is given out or loaded."
            ) from None

    def _last(self) -> Path | None:
        return next(reversed(self.files()), None)

    def _tail(self, key: Key) -> Tail:
        """The last sealed line; an empty file, made just before a stop, looks at the one before."""
        tail = Tail(None, False, False)
        for path in reversed(self.files()):
            tail = read_tail(path, key)
            if tail.end or tail.dirty:
                return tail
        return tail

    def _file(self, path: Path | None) -> Path:
        """The file to write to; the next one where the last is full."""
        if path is None:
            return self.folder / "audit-000001.jsonl"
        if path.stat().st_size < self._most:
            return path
        return path.with_name(f"audit-{(number(path) or 0) + 1:06}.jsonl")

    def _write(self, path: Path, text: bytes, end: End, key: Key) -> None:
        """Line, then head; a failure takes back what was written of the line."""
        fresh = not path.exists()
        descriptor = private.opened(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        try:
            size = os.fstat(descriptor).st_size
            try:
                if os.write(descriptor, text) != len(text):
                    raise OSError(28, os.strerror(28))
                os.fsync(descriptor)
                _write_head(self.folder, end, key)
            except BaseException:
                os.ftruncate(descriptor, size)
                raise
        finally:
            os.close(descriptor)
        if fresh:
            private.sync(self.folder)


def number(path: Path) -> int | None:
    """The number of a file of the log; None for another file."""
    found = NAME.fullmatch(path.name)
    return int(found[1]) if found else None


def read_head(folder: Path, key: Key) -> End | None:
    """The sealed end of the log; None where it is missing, broken or sealed with another key."""
    try:
        said = json.loads((folder / HEAD).read_bytes())
        end = End(int(said["n"]), str(said["hash"]))
        return end if said["seal"] == _seal(end, key) else None
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def read_tail(path: Path, key: Key) -> Tail:
    """The last line of a file, sealed with this key or another one, and what lies behind it."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL))
        text = file.read()
    parts = text.split(b"\n")
    torn = parts[-1] != b""
    whole = parts[:-1]
    for back, part in enumerate(reversed(whole)):
        line = lines.shaped(part)
        if line and (line.key != key.id or lines.read(part, {key.id: key}) == line):
            ours = line.key == key.id
            return Tail(End(line.n, line.hash), torn or back > 0, torn, ours)
    return Tail(None, size > 0, torn)


def _end(head: End | None, tail: Tail) -> End:
    """Where the chain goes on: never before what the head has sealed, or a cut would heal."""
    if head and tail.end and tail.ours and tail.end.n > head.n:
        return tail.end
    return head or tail.end or End(0, START)


def _write_head(folder: Path, end: End, key: Key) -> None:
    said = {"n": end.n, "hash": end.hash, "seal": _seal(end, key)}
    private.write(folder / f".{HEAD}", json.dumps(said).encode("ascii"))
    (folder / f".{HEAD}").rename(folder / HEAD)


def _seal(end: End, key: Key) -> str:
    return key.seal("head", f"{end.n} {end.hash}".encode("ascii"))


def _wait(descriptor: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise OSError(11, "another process has held it for too long") from None
            time.sleep(0.002)
