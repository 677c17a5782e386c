"""Small files that would become very large ones are refused in a sentence, soon and whole."""

import gzip
import io
import re
import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow
import pyarrow.parquet as parquet
import pytest

from data.__main__ import main
from data.loading import packed

HEADER = "cohort_id,case_id,month,origin,destination,route,age_group,sex,persons\n"
ROW = "A1,C1,2024-01,CN-FJ,USA,transit,25-29,male,5\n"


def workbook(path: Path, change: Callable[[bytes], bytes], extra: bytes = b"") -> Path:
    """A small workbook, its first sheet's XML changed."""
    book, held = openpyxl.Workbook(), io.BytesIO()
    for line in (HEADER, ROW):
        book.active.append(line.strip().split(","))
    book.save(held)
    with zipfile.ZipFile(held) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text) if name.endswith("sheet1.xml") else text)
        if extra:
            new.writestr("xl/media/zeros.bin", extra)
    return path


def far(reference: str) -> Callable[[bytes], bytes]:
    cell = f'<row r="{re.sub("[A-Z]", "", reference)}"><c r="{reference}"><v>1</v></c></row>'
    return lambda text: text.replace(b"</sheetData>", cell.encode() + b"</sheetData>")


def gzipped(path: Path) -> Path:
    with gzip.open(path, "wb", 9) as file:
        file.write(HEADER.encode())
        for _ in range(300):
            file.write(ROW.encode() * 20_000)
    return path


def one_line(path: Path) -> Path:
    with gzip.open(path, "wb", 1) as file:
        file.write(HEADER.encode() + b"x")
        for _ in range(80):
            file.write(bytes(range(97, 122)) * 41_943)
    return path


def wide(path: Path) -> Path:
    path.write_text(",".join([HEADER.strip(), *(f"n{n}" for n in range(50_000))]) + "\n1\n")
    return path


def many_rows(path: Path) -> Path:
    names = HEADER.strip().split(",")
    same = pyarrow.DictionaryArray.from_arrays(
        pyarrow.array([0] * 2_000_000, pyarrow.int32()), pyarrow.array(["1"])
    )
    with parquet.ParquetWriter(path, pyarrow.table(dict.fromkeys(names, same)).schema) as writer:
        for _ in range(3):
            writer.write_table(pyarrow.table(dict.fromkeys(names, same)))
    return path


def lying(path: Path) -> Path:
    """A workbook whose directory says that its largest part is small."""
    workbook(path, lambda text: text, bytes(3 * 2**20))
    raw = path.read_bytes()
    path.write_bytes(raw.replace((3 * 2**20).to_bytes(4, "little"), (9).to_bytes(4, "little")))
    return path


BOMBS: dict[str, tuple[str, Callable[[Path], Path], str]] = {
    "gzip": ("bomb.csv.gz", gzipped, "unpacks into more than"),
    "one line": ("line.csv.gz", one_line, "a line is longer than"),
    "zip": ("bomb.xlsx", lambda p: workbook(p, bytes, bytes(200 * 2**20)), "unpacks into more"),
    "lying zip": ("lying.xlsx", lying, "not a whole Excel workbook"),
    "far corner": ("far.xlsx", lambda p: workbook(p, far("XFD1048576")), "delete what lies far"),
    "far below": ("below.xlsx", lambda p: workbook(p, far("AZ1048576")), "delete what lies far"),
    "columns": ("wide.csv", wide, "columns, over the 1,000"),
    "rows": ("rows.parquet", many_rows, "rows, over the"),
    "entities": (
        "entities.xlsx",
        lambda p: workbook(p, lambda text: text.replace(
            b"<worksheet",
            b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 1000 + b'">' + b"".join(
                b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 100) for n in range(8)
            ) + b"]><worksheet", 1).replace(b"</sheetData>",
            b'<row r="3"><c r="A3" t="e"><v>&i;</v></c></row></sheetData>')),
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_refused_soon_in_one_sentence_and_leaves_nothing(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    name, make, said = BOMBS[kind]
    monkeypatch.setattr(packed, "MOST_ROWS", 5_000_000)
    path = make(tmp_path / name)
    assert path.stat().st_size < 4 * 2**20, "a bomb is small"
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    status = main(["load", str(path), "--into", str(tmp_path / "set")])
    assert status == 2 or kind == "entities", "entities that are not expanded harm nobody"
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) <= 1
    assert time.process_time() - began < 30
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 700, f"{grown:.0f} MB more"
    left = [file for file in (tmp_path / "set").rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in left) < (8 if status == 0 else 1) * 2**20


def test_a_file_over_the_limit_is_refused_unread(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(packed, "LARGEST_FILE", 1000)
    path = tmp_path / "large.csv"
    path.write_text(HEADER + ROW * 100)
    assert main(["load", str(path), "--into", str(tmp_path / "set")]) == 2
    assert "split the file" in capsys.readouterr().err


def test_files_of_ordinary_shape_are_not_taken_for_bombs(tmp_path: Path):
    rows = "".join(f"A{n},C1,2024-01,CN-FJ,USA,transit,25-29,male,5\n" for n in range(60_000))
    with gzip.open(tmp_path / "plain.csv.gz", "wt", 9) as file:
        file.write(HEADER + rows)
    book = workbook(tmp_path / "plain.xlsx", far("AB400"))
    packed.check_workbook(book)
    assert main(["load", str(tmp_path / "plain.csv.gz"), "--into", str(tmp_path / "set")]) == 0
