"""The bundled typeface of exported files: where it lies, how wide it is, how a browser finds it."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from html import unescape
from pathlib import Path
from xml.sax.saxutils import escape

from PIL import ImageFont

FOLDER = Path(__file__).parent / "fonts"
FAMILY = "Noto Sans SC"
STACK = f"{FAMILY}, Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"

_MEASURED_AT = 200
_NOT_FIRST = frozenset("，。、；：！？）》」』】〕”’％%,.;:!?)]}·…")
_NOT_LAST = frozenset("（《「『【〔“‘([{")
_COUNTED = frozenset("年月日万亿人件份个名岁次%")
_TOKEN = re.compile(r"\s+·|\s+|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+|.", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")


def file(bold: bool) -> Path:
    """The bundled file of one weight."""
    return FOLDER / f"NotoSansSC-{'Bold' if bold else 'Regular'}.ttf"


@cache
def _face(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file(bold), _MEASURED_AT, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=20_000)
def _advance(letter: str, bold: bool) -> float:
    return _face(bold).getlength(letter) / _MEASURED_AT


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of one line of plain text in pixels at a font size in pixels."""
    return sum(_advance(letter, bold) for letter in text) * size


def shown(markup: str) -> str:
    """What is read of a line of Plotly's pseudo-HTML: tags gone, entities as characters."""
    return unescape(_TAG.sub("", markup))


def wrap(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """Text broken into lines no wider than room, in pixels.

    Chinese breaks between any two characters except before closing and after opening punctuation;
    a number keeps its unit, and other words stay whole unless one alone is wider than the room.
    """
    lines: list[str] = []
    line = ""
    for token in _tokens(text):
        if not line or width(line + token.rstrip(), size, bold) <= room:
            line += token if line else token.lstrip()
            continue
        lines.append(line.rstrip())
        line = token.lstrip()
    lines.append(line.rstrip())
    broken = [piece for line in lines for piece in _hard(line, room, size, bold)]
    return [line for line in broken if line]


def balanced(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """Text wrapped into as few lines as fit, and those as even as can be: no word left alone."""
    lines = wrap(text, room, size, bold)
    low, high = room / max(len(lines), 1), room
    while len(lines) > 1 and high - low > size / 2:
        middle = (low + high) / 2
        if len(wrap(text, middle, size, bold)) > len(lines):
            low = middle
        else:
            high = middle
    return wrap(text, high, size, bold)


def _tokens(text: str) -> Iterator[str]:
    held = ""
    for token in _TOKEN.findall(text):
        counted = held[-1:].isdecimal() and token[0] in _COUNTED
        bound = token.lstrip()[:1] in _NOT_FIRST or held[-1:] in _NOT_LAST
        if held and not counted and not bound:
            yield held
            held = ""
        held += token
    if held:
        yield held


def _hard(line: str, room: float, size: float, bold: bool) -> Iterator[str]:
    while width(line, size, bold) > room and len(line) > 1:
        cut = max(n for n in range(1, len(line)) if n == 1 or width(line[:n], size, bold) <= room)
        yield line[:cut]
        line = line[cut:]
    yield line


def shorten(text: str, room: float, size: float, bold: bool = False) -> str:
    """Text cut to fit one line of room pixels, with an ellipsis where something was left out."""
    if width(text, size, bold) <= room:
        return text
    kept = text
    while kept and width(kept + "…", size, bold) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def configuration(cache_folder: Path, system: bool = True) -> str:
    """A fontconfig file that names the bundled typeface first, and the system's fonts after it."""
    include = '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>' if system else ""
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{escape(str(FOLDER))}</dir>{include}"
        f"<cachedir>{escape(str(cache_folder))}</cachedir>"
        '<alias binding="strong"><family>sans-serif</family>'
        f"<prefer><family>{FAMILY}</family></prefer></alias></fontconfig>"
    )
