"""An SVG brings the glyphs it shows: nothing of it is drawn in a font of the machine."""

import re
from base64 import b64decode
from io import BytesIO
from typing import Any

import pytest
from PIL import ImageFont

from dashboard.export import embed, files, fonts, render
from dashboard.export.figure import footed
from queries.store import Store
from tests.figures import answer, needs_browser

LETTERS = "非法出境态势é至少3,200人≥（）Ž"
FACE = re.compile(
    r"font-weight:(\d+);src:url\(data:font/woff;base64,([^)]+)\);unicode-range:([^}]+)}"
)


@pytest.mark.parametrize("bold", [False, True])
def test_glyphs_cut_out_are_those_of_the_typeface(bold: bool) -> None:
    cut = ImageFont.truetype(BytesIO(embed.face(LETTERS, bold)), 1000)
    whole = ImageFont.truetype(fonts.file(bold), 1000)
    assert cut.getname() == whole.getname()
    for letter in LETTERS:
        assert cut.getlength(letter) == whole.getlength(letter)
        boxes = (cut.getbbox(letter), whole.getbbox(letter))
        # The letters present decide how FreeType hints, which moves an edge by a pixel or two.
        assert all(abs(one - other) <= 4 for one, other in zip(*boxes, strict=True)), letter


def test_glyphs_that_are_not_used_are_not_there() -> None:
    cut = ImageFont.truetype(BytesIO(embed.face("非", bold=False)), 40)
    missing = bytes(cut.getmask("\uffff"))
    assert bytes(cut.getmask("法")) == missing != bytes(cut.getmask("非"))


def test_a_letter_that_the_bold_weight_lacks_comes_from_the_regular_one() -> None:
    rare = "\u4e04"
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg"><text font-weight="bold">人{rare}</text></svg>'
    )
    drawn = embed.embedded(picture.encode()).decode()
    assert [(weight, said) for weight, _, said in FACE.findall(drawn)] == [
        ("700", "U+4EBA"), ("700", "U+4E04")
    ]  # fmt: skip


def letters(svg: str) -> set[str]:
    """Every letter of the texts of an SVG."""
    return set(
        "".join(re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<text.*?</text>", svg))
    )


@pytest.mark.parametrize("plainly", [True, pytest.param(False, marks=needs_browser)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_letter_of_an_svg_is_in_it(
    plainly: bool, language: Any, tiny_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    if plainly:
        monkeypatch.setattr(render, "available", lambda: False)
    picture = files.picture("svg", footed(answer(tiny_store, "gangs"), language))
    svg = picture.decode("utf-8")
    said: set[str] = set()
    for _, data, named in FACE.findall(svg):
        held = ImageFont.truetype(BytesIO(b64decode(data)), 40)
        here = {chr(int(code, 16)) for code in re.findall(r"U\+(\w+)", named)}
        assert all(held.getlength(letter) > 0 for letter in here)
        said |= here
    assert {one for one in letters(svg) if not one.isspace()} <= said
    assert len(picture) < 400_000
