"""Opens a delimited text file, compressed or not, and refuses what is no such file."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from data.loading import packed as packing
from data.loading.faults import LoadError

BLOCK = 4 * 2**20
HEAD = 64 * 2**10
LONGEST_LINE = 64 * 2**20
GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PARQUET = b"PAR1"
FOREIGN = {
    b"ARROW1": "an Arrow or Feather file; save it as Parquet",
    b"{": "JSON; save it as CSV",
    b"[": "JSON; save it as CSV",
    b"<": "a web page or XML, whatever its name; save it as CSV or .xlsx",
}
UTF16 = (b"\xff\xfe", b"\xfe\xff")
CONTROLS = bytes([*range(9), *range(14, 32), 127])


def kind(path: Path) -> str:
    """What a file is by its first bytes: `text`, `excel`, `old office`, `parquet` or `empty`.

    Raises LoadError when it cannot be read.
    """
    try:
        packing.check_file(path)
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise LoadError(f"{path}: cannot be read ({error.strerror}).") from None
    known = {ZIP: "excel", OLD_OFFICE: "old office", PARQUET: "parquet"}
    return next((name for magic, name in known.items() if head.startswith(magic)), "text")


def controls(text: bytes) -> int:
    """How many control characters a text holds, line ends and tabs apart."""
    return len(text) - len(text.translate(None, CONTROLS))


def blocks(path: Path) -> Iterator[bytes]:
    """The file in blocks that end at a line end, unpacked, without mark, with plain line ends.

    Raises LoadError for an empty, truncated or binary file, and for UTF-16.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP
            raw.seek(0)
            counter = packing.Counter(path, packing.LARGEST_UNPACKED) if packed else None
            file = gzip.GzipFile(fileobj=raw) if packed else raw
            yield from _whole_lines(path, file, counter)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise LoadError(f"{path}: the gzip file is cut short or damaged; get it again.") from None


def _whole_lines(
    path: Path, file: BinaryIO | gzip.GzipFile, counter: packing.Counter | None
) -> Iterator[bytes]:
    head = file.read(HEAD)
    _refuse_strange(path, head)
    old_mac = b"\r" in head and b"\n" not in head
    rest = b""
    block = head.removeprefix(b"\xef\xbb\xbf")
    while block:
        if counter:
            counter.add(len(block))
        if len(rest) > LONGEST_LINE:
            raise LoadError(
                f"{path}: a line is longer than {LONGEST_LINE:,} bytes; it is no table."
            )
        block = rest + block
        block = block.replace(b"\r", b"\n") if old_mac else block
        cut = block.rfind(b"\n") + 1
        rest = block[cut:]
        if cut:
            yield block[:cut].replace(b"\r\n", b"\n")
        block = file.read(BLOCK)
    if rest:
        yield rest.removesuffix(b"\r") + b"\n"


def _refuse_strange(path: Path, head: bytes) -> None:
    if not head.removeprefix(b"\xef\xbb\xbf").strip():
        raise LoadError(f"{path}: the file is empty; nothing to load.")
    for magic, said in FOREIGN.items():
        if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(magic):
            raise LoadError(f"{path}: the file is {said} and load that.")
    if head.startswith(UTF16) or head.count(0) * 4 > len(head):
        raise LoadError(f"{path}: the file is UTF-16 text; save it as UTF-8 CSV and load that.")
    if controls(head) * 20 > len(head):
        raise LoadError(f"{path}: not a table of text (CSV, Excel .xlsx and Parquet are read).")
