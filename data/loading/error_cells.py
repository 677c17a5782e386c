"""Finds cells of a workbook that hold an error such as #N/A, which its reader gives as blank.

An .xlsx is a zip of XML parts; a sheet's part is read only where its bytes speak of an error.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath
from typing import IO
from xml.etree import ElementTree

Cells = dict[tuple[int, int], str]
BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
MARKED = re.compile(rb"""\st\s*=\s*["']e["']""")
REFERENCE = re.compile(r"([A-Z]+)([0-9]+)")
BLOCK, OVERLAP = 2**20, 16
UNNAMED = "#ERROR!"


def find(path: Path) -> dict[str, Cells]:
    """Errors by (row, column), both from 0, of every sheet by name that has any; {} if no .xlsx."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {name: part for name, part in _parts(archive) if _is_marked(archive, part)}
            return {name: dict(_errors(archive, part)) for name, part in parts.items()}
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OSError):
        return {}


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    if BOOK not in archive.namelist():
        return
    targets = {one.get("Id"): one.get("Target", "") for one in _root(archive, RELATIONS)}
    for one in _root(archive, BOOK).iter():
        if _bare(one.tag) == "sheet":
            link = next((value for name, value in one.items() if _bare(name) == "id"), None)
            target = targets.get(link, "")
            part = target[1:] if target.startswith("/") else normpath(f"xl/{target}")
            if part in archive.namelist():
                yield one.get("name", ""), part


def _is_marked(archive: zipfile.ZipFile, part: str) -> bool:
    with archive.open(part) as file:
        end = b""
        while block := file.read(BLOCK):
            if MARKED.search(end + block):
                return True
            end = block[-OVERLAP:]
    return False


def _errors(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[tuple[int, int], str]]:
    with archive.open(part) as file:
        row = column = -1
        for cell in _cells(file):
            if cell is None:
                row, column = row + 1, -1
                continue
            row, column = _place(cell.get("r"), row, column + 1)
            if cell.get("t") == "e":
                texts = (inner.text for inner in cell if _bare(inner.tag) == "v")
                yield (row, column), next(texts, None) or UNNAMED


def _cells(file: IO[bytes]) -> Iterator[ElementTree.Element | None]:
    """Every cell, and None where a row begins; what was read is let go of."""
    for event, element in ElementTree.iterparse(file, events=("start", "end")):
        kind = _bare(element.tag)
        if (event, kind) == ("start", "row"):
            yield None
        elif (event, kind) == ("end", "c"):
            yield element
        elif (event, kind) == ("end", "row"):
            element.clear()


def _place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    found = REFERENCE.fullmatch(reference or "")
    if not found:
        return row, column
    letters = 0
    for letter in found[1]:
        letters = letters * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, letters - 1


def _root(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    return ElementTree.fromstring(archive.read(part))


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]
