"""The glyphs an SVG uses, cut out of the bundled typeface and put into it, so that it can be read
where no Chinese font is installed. It must not know what a figure means.

Layout: WOFF 1.0 (W3C 2012) over the TrueType tables that browsers ask for; see the OpenType
specification on glyf, loca, cmap (format 12) and hmtx.
"""

import re
import struct
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Self
from xml.etree import ElementTree

from dashboard.export import fonts

_BOLD = re.compile(r"font-weight:\s*(bold|[6-9]00)")
_KEPT = ("OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post")
_WORDS, _MORE, _SCALE, _SCALES, _MATRIX = 0x01, 0x20, 0x08, 0x40, 0x80


def embedded(picture: bytes) -> bytes:
    """The SVG with a style that carries the glyphs of its texts, regular and bold.

    Raises ValueError when the bytes have no svg element.
    """
    svg = picture.decode("utf-8")
    opening = re.search(r"<svg\b[^>]*>", svg)
    if opening is None:
        raise ValueError("not an SVG")
    regular, bold = _letters(svg)
    rules = [*_rules(regular, bold=False), *_rules(bold, bold=True)]
    style = f"<style>{''.join(rules)}</style>" if rules else ""
    return f"{svg[: opening.end()]}{style}{svg[opening.end() :]}".encode()


def face(letters: Iterable[str], bold: bool) -> bytes:
    """A WOFF file with the glyphs of these letters, those left out that the typeface lacks."""
    font = _Font.read(bold)
    known = {ord(letter): font.glyphs[ord(letter)] for letter in letters
             if ord(letter) in font.glyphs}  # fmt: skip
    return _woff(font.subset(known))


def _rules(letters: set[str], bold: bool) -> Iterator[str]:
    """One rule for the letters of the weight, another where only the regular weight has them."""
    own = {letter for letter in letters if ord(letter) in _Font.read(bold).glyphs}
    for part, heavy in ((own, bold), (letters - own if bold else set(), False)):
        if drawn := [ord(one) for one in sorted(part) if ord(one) in _Font.read(heavy).glyphs]:
            data = b64encode(face(map(chr, drawn), heavy)).decode("ascii")
            yield (
                f'@font-face{{font-family:"{fonts.FAMILY}";font-weight:{700 if bold else 400};'
                f"src:url(data:font/woff;base64,{data});"
                f"unicode-range:{','.join(f'U+{code:X}' for code in drawn)}}}"
            )


def _letters(svg: str) -> tuple[set[str], set[str]]:
    """The letters of texts in regular and in bold weight."""
    found: tuple[set[str], set[str]] = (set(), set())

    def read(element: ElementTree.Element, bold: bool) -> None:
        said = f"{element.get('style', '')};font-weight:{element.get('font-weight', '')}"
        within = bold or bool(_BOLD.search(said))
        found[within].update(element.text or "")
        for child in element:
            read(child, within)
            found[within].update(child.tail or "")

    for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        read(text, bold=False)
    return found


@dataclass(frozen=True)
class _Font:
    """A TrueType file's tables, and the glyph of every character."""

    tables: Mapping[str, bytes]
    glyphs: Mapping[int, int]

    @classmethod
    @cache
    def read(cls, bold: bool) -> Self:
        data = fonts.file(bold).read_bytes()
        entries = struct.iter_unpack(">4s4xII", data[12 : 12 + 16 * _short(data, 4)])
        tables = {tag.decode(): data[start : start + size] for tag, start, size in entries}
        return cls(tables, dict(_mapped(tables["cmap"])))

    def subset(self, known: Mapping[int, int]) -> dict[str, bytes]:
        """The tables that hold these glyphs alone, with the parts that they are composed of."""
        kept = [0, *dict.fromkeys(known.values())]
        for glyph in kept:
            kept += [part for _, part in self._parts(glyph) if part not in kept]
        places = {glyph: place for place, glyph in enumerate(kept)}
        outlines = [self._renumbered(glyph, places) for glyph in kept]
        ends = [0]
        for outline in outlines:
            ends.append(ends[-1] + len(outline))
        count = struct.pack(">H", len(kept))
        of = self.tables
        return {name: of[name] for name in _KEPT} | {
            "glyf": b"".join(outlines),
            "loca": struct.pack(f">{len(ends)}I", *ends),
            "hmtx": b"".join(map(self._metrics, kept)),
            "hhea": of["hhea"][:34] + count,
            "maxp": of["maxp"][:4] + count + of["maxp"][6:],
            "cmap": _cmap({code: places[glyph] for code, glyph in known.items()}),
        }

    def _outline(self, glyph: int) -> bytes:
        start, end = struct.unpack_from(">II", self.tables["loca"], 4 * glyph)
        return self.tables["glyf"][start:end]

    def _parts(self, glyph: int) -> Iterator[tuple[int, int]]:
        """Where a composed glyph names its parts, and which."""
        outline = self._outline(glyph)
        if not outline or struct.unpack_from(">h", outline)[0] >= 0:
            return
        place, flags = 10, _MORE
        while flags & _MORE:
            flags, part = struct.unpack_from(">HH", outline, place)
            yield place + 2, part
            place += 8 if flags & _WORDS else 6
            place += 2 * bool(flags & _SCALE) + 4 * bool(flags & _SCALES)
            place += 8 * bool(flags & _MATRIX)

    def _renumbered(self, glyph: int, places: Mapping[int, int]) -> bytes:
        outline = bytearray(self._outline(glyph))
        for place, part in self._parts(glyph):
            struct.pack_into(">H", outline, place, places[part])
        return bytes(outline) + bytes(-len(outline) % 4)

    def _metrics(self, glyph: int) -> bytes:
        """A glyph's advance and bearing; glyphs past the last full entry share its advance."""
        full, table = _short(self.tables["hhea"], 34), self.tables["hmtx"]
        if glyph < full:
            return table[4 * glyph : 4 * glyph + 4]
        bearing = 4 * full + 2 * (glyph - full)
        return table[4 * full - 4 : 4 * full - 2] + table[bearing : bearing + 2]


def _short(data: bytes, place: int) -> int:
    number: int = struct.unpack_from(">H", data, place)[0]
    return number


def _mapped(cmap: bytes) -> Iterator[tuple[int, int]]:
    """Characters and glyphs of a cmap's first table, which is of format 4 in both files."""
    start = struct.unpack_from(">I", cmap, 8)[0]
    count = _short(cmap, start + 6) // 2
    columns = [start + 14, start + 16 + 2 * count, start + 16 + 4 * count, start + 16 + 6 * count]
    for segment in range(count):
        last, first, delta, offset = (_short(cmap, column + 2 * segment) for column in columns)
        for code in range(first, min(last, 0xFFFE) + 1):
            place = columns[3] + 2 * segment + offset + 2 * (code - first)
            glyph = _short(cmap, place) if offset else code
            if glyph := (glyph + delta) % 0x10000 if glyph or not offset else 0:
                yield code, glyph


def _cmap(glyphs: Mapping[int, int]) -> bytes:
    groups = b"".join(struct.pack(">III", code, code, glyphs[code]) for code in sorted(glyphs))
    head = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(glyphs))
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + head + groups


def _woff(tables: Mapping[str, bytes]) -> bytes:
    """A WOFF file of the tables, each compressed where that makes it smaller."""
    place = 44 + 20 * len(tables)
    entries, bodies, whole = [], [], 12 + 16 * len(tables)
    for name, table in sorted(tables.items()):
        packed = min(zlib.compress(table, 9), table, key=len)
        sizes = (place, len(packed), len(table), _checksum(table))
        entries.append(name.encode() + struct.pack(">IIII", *sizes))
        bodies.append(packed + bytes(-len(packed) % 4))
        place += len(bodies[-1])
        whole += len(table) + -len(table) % 4
    head = struct.pack(">4sIIHHIHHIIIII", b"wOFF", 0x10000, place, len(tables), 0, whole, 1, 0,
                       0, 0, 0, 0, 0)  # fmt: skip
    return head + b"".join(entries) + b"".join(bodies)


def _checksum(table: bytes) -> int:
    padded = table + bytes(-len(table) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) % 2**32
