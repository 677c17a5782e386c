"""Writes a file's statement into its metadata: PNG text chunks, SVG metadata, PDF information.

The marks are what a later check reads; the figure itself says the same in words.
"""

import json
import re
import struct
import zlib
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

KEYWORD = "Statement"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NAMESPACE = "urn:footed-figure:statement"


def png(picture: bytes, title: str, record: Mapping[str, Any]) -> bytes:
    """A PNG with the title, the code and the whole record as text chunks behind its header.

    Raises ValueError when the bytes are no PNG.
    """
    if not picture.startswith(_SIGNATURE):
        raise ValueError("not a PNG")
    end = len(_SIGNATURE) + 12 + struct.unpack(">I", picture[8:12])[0]
    said = {"Title": title, "Code": record["code"], KEYWORD: _json(record)}
    chunks = b"".join(_text_chunk(keyword, text) for keyword, text in said.items())
    return picture[:end] + chunks + picture[end:]


def read_png(picture: bytes) -> dict[str, str]:
    """The text chunks of a PNG by keyword, empty when there are none."""
    found: dict[str, str] = {}
    place = len(_SIGNATURE)
    while place + 12 <= len(picture):
        length, kind = struct.unpack(">I4s", picture[place : place + 8])
        if kind == b"iTXt":
            keyword, _, rest = picture[place + 8 : place + 8 + length].partition(b"\0")
            found[keyword.decode("latin-1")] = rest[4:].decode("utf-8")
        place += 12 + length
    return found


def svg(picture: bytes, title: str, description: str, record: Mapping[str, Any]) -> bytes:
    """An SVG with title and description for readers' software and the record as metadata.

    Raises ValueError when the bytes have no svg element.
    """
    text = _settled(picture.decode("utf-8"))
    opening = re.search(r"<svg\b[^>]*>", text)
    if opening is None:
        raise ValueError("not an SVG")
    inside = (
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        f'<metadata><statement xmlns="{_NAMESPACE}">{escape(_json(record))}</statement></metadata>'
    )
    return (text[: opening.end()] + inside + text[opening.end() :]).encode("utf-8")


def _settled(text: str) -> str:
    """The same SVG without the names that Plotly draws by lot, so that equal figures are equal."""
    drawn = re.search(r'id="defs-([0-9a-f]{6})"', text)
    if drawn is None:
        return text
    places: dict[str, str] = {}

    def settled(name: re.Match[str]) -> str:
        suffix = name[2] and f"-{places.setdefault(name[2], str(len(places)))}"
        return f"{name[1]}figure{suffix or ''}"

    return re.sub(rf"""(?<=["'#])([a-z]+-?){drawn[1]}(?:-([0-9a-f]{{6}})\b)?""", settled, text)


def pdf(document: bytes, title: str, subject: str, record: Mapping[str, Any]) -> bytes:
    """A PDF with title, subject and the record in its information, added as an update at the end.

    Raises ValueError when the trailer is not of the kind Chromium writes.
    """
    trailers = re.findall(rb"trailer\s*<<(.*?)>>\s*startxref\s*(\d+)", document, re.DOTALL)
    if not trailers:
        raise ValueError("not a PDF with a plain trailer")
    body, previous = trailers[-1]
    size, root = re.search(rb"/Size (\d+)", body), re.search(rb"/Root (\d+ \d+ R)", body)
    if size is None or root is None:
        raise ValueError("PDF trailer lacks Size or Root")
    number, start = int(size[1]), len(document) + 1
    said = {"Title": title, "Subject": subject, "Keywords": f"{record['code']} {_json(record)}"}
    entries = " ".join(f"/{key} {_pdf_text(text)}" for key, text in said.items())
    added = f"\n{number} 0 obj\n<<{entries}>>\nendobj\n".encode("ascii")
    table = start + len(added) - 1
    tail = (
        f"xref\n{number} 1\n{start:010d} 00000 n \n"
        f"trailer\n<</Size {number + 1} /Root {root[1].decode()} /Info {number} 0 R "
        f"/Prev {previous.decode()}>>\nstartxref\n{table}\n%%EOF\n"
    )
    return document + added + tail.encode("ascii")


def _json(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, sort_keys=True)


def _text_chunk(keyword: str, text: str) -> bytes:
    data = keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode("utf-8")
    check = zlib.crc32(b"iTXt" + data)
    return struct.pack(">I", len(data)) + b"iTXt" + data + struct.pack(">I", check)


def _pdf_text(text: str) -> str:
    return f"<{(chr(0xFEFF) + text).encode('utf-16-be').hex().upper()}>"
