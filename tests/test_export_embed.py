"""An SVG brings the glyphs it shows: nothing of it is drawn in a font of the machine."""

import re
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import ImageFont
from playwright.sync_api import CDPSession, sync_playwright

from dashboard.export import browser, embed, files, fonts, render
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


def foreign(session: CDPSession) -> set[str]:
    """The machine's fonts that any text of the page is drawn in."""
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
    found: set[str] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting += node.get("children", [])
        if node["nodeName"].lower() in ("text", "tspan"):
            used = session.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})["fonts"]
            found |= {font["familyName"] for font in used if not font["isCustomFont"]}
    return found


@needs_browser
def test_chromium_draws_an_svg_without_a_font_of_the_machine(
    tiny_store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "gangs.svg"
    path.write_bytes(files.build("svg", answer(tiny_store, "gangs"), "zh"))
    bare = tmp_path / "bare.svg"
    bare.write_text(re.sub(r"<style>@font-face.*?</style>", "", path.read_text("utf-8")), "utf-8")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(browser.find()), args=["--no-sandbox"]
        )
        page = chromium.new_page()
        seen = []
        for file in (bare, path):
            page.goto(file.as_uri())
            page.evaluate("document.fonts.ready")
            seen.append(foreign(page.context.new_cdp_session(page)))
        chromium.close()
    assert seen[0] and not seen[1]
