"""Footed figures as pictures: of their size, with their statement, and nothing in them is run."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dashboard.export import browser, files, marks, plain, render
from dashboard.export.figure import footed
from dashboard.export.statement import short_code
from queries.selection import Selection
from queries.store import Store
from tests.conftest import build_tiny, tiny_tables
from tests.figures import DRAWN, HOSTILE, answer, needs_browser, real


@pytest.fixture(scope="module")
def hostile_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    tables = real(tiny_tables(), HOSTILE)
    folder = tmp_path_factory.mktemp("hostile")
    with Store(build_tiny(folder, tables, disclosure="public")) as store:
        yield store


@needs_browser
def test_pictures_have_their_promised_size_and_carry_their_statement(tiny_store: Store) -> None:
    asked = answer(tiny_store, "persons_by_month")
    for size, expected in (
        ("slide", (1920, 1080)),
        ("square", (2160, 2160)),
        ("page", (2382, None)),
    ):
        made = footed(asked, "zh", size)  # type: ignore[arg-type]
        picture = files.picture("png", made)
        image = Image.open(BytesIO(picture))
        assert image.width == expected[0] and expected[1] in (None, image.height)
        assert image.text["Code"] == made.stated.code  # type: ignore[attr-defined]
        record = json.loads(marks.read_png(picture)["Statement"])
        assert record["code"] == made.stated.code and record["synthetic"] is True


@needs_browser
def test_svg_and_pdf_carry_the_code_and_a_page_of_the_right_size(tiny_store: Store) -> None:
    made = footed(answer(tiny_store, "origins"), "en", "landscape")
    svg = files.picture("svg", made).decode("utf-8")
    assert made.stated.code in re.search(r"<metadata>(.*?)</metadata>", svg, re.DOTALL)[1]  # type: ignore[index]
    pdf = files.picture("pdf", made)
    assert made.stated.code.encode("utf-16-be").hex().upper().encode() in pdf
    assert re.search(rb"/MediaBox \[0 0 84[12][.\d]* 59[56][.\d]*\]", pdf)
    assert pdf.rstrip().endswith(b"%%EOF") and b"NotoSansSC-Regular" in pdf


@needs_browser
@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_same_figure_is_the_same_bytes(tiny_store: Store, kind: Any) -> None:
    for name in ("ages_by_year", "routes"):
        made = footed(answer(tiny_store, name), "zh")
        assert files.picture(kind, made) == files.picture(kind, made)


@needs_browser
def test_names_in_an_svg_still_lead_somewhere(tiny_store: Store) -> None:
    text = files.build("svg", answer(tiny_store, "ages_by_year"), "zh").decode("utf-8")
    named = re.findall(r'id="([^"]+)"', text)
    used = set(re.findall(r"url\([^#)]*#([^)'\"&]+)", text))
    assert used and used <= set(named) and len(named) == len(set(named))


@pytest.mark.parametrize("kind", ["svg", pytest.param("png", marks=needs_browser)])
def test_a_hostile_gang_name_is_only_text(
    hostile_store: Store, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "svg":
        monkeypatch.setattr(render, "available", lambda: False)
    for name in ("gangs", "gang_activity", "gang_destinations", "gang_profile"):
        asked = answer(hostile_store, name)
        assert (
            any("img src" in str(cell) for cell in asked.rows.to_numpy().ravel())
            or asked.selection.gangs
        )
        written = files.build(kind, asked, "en")
        if kind == "svg":
            text = written.decode("utf-8")
            assert "<img" not in text and "<a " not in text and "&lt;img" in text
            assert not re.search(r'<[^<>]*(href|src)="http', text)


@needs_browser
def test_a_hostile_gang_name_stays_text_in_the_browsers_svg(hostile_store: Store) -> None:
    text = files.build("svg", answer(hostile_store, "gang_profile"), "en").decode("utf-8")
    assert not re.search(r"<(img|a|script)\b", text)
    assert "&lt;img src=" in text
    assert not re.search(r'xlink:href="http', text)


def test_links_and_outside_pictures_are_taken_out_of_any_chart() -> None:
    chart = {
        "data": [{"type": "bar", "x": ['<a href="http://x.test">y</a>'], "y": [1]}],
        "layout": {"images": [{"source": "http://x.test/i.png", "x": 0, "y": 0}]},
    }
    from dashboard.export.safety import sanitized

    made = sanitized(chart)
    assert made["data"][0]["x"] == ["y"] and made["layout"]["images"] == []
    assert chart["layout"]["images"]  # type: ignore[index]


def test_without_a_browser_svg_is_drawn_plainly_and_png_says_what_to_install(
    tiny_store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(browser, "_candidates", lambda: iter(()))
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.delenv("CHROME", raising=False)
    monkeypatch.setattr(render, "shared", render.Renderer)
    for name, form in DRAWN:
        asked = answer(tiny_store, name)
        svg = files.build("svg", asked, "zh", form).decode("utf-8")
        assert svg.startswith("<svg") and asked.title("zh") in svg and short_code(asked) in svg
        with pytest.raises(browser.RenderUnavailable, match="apt-get install chromium"):
            files.build("png", asked, "zh", form)


def test_plain_bars_are_as_long_as_their_figures(tiny_public_store: Store) -> None:
    made = footed(answer(tiny_public_store, "origins"), "en")
    svg = plain.svg(made).decode("utf-8")
    rects = re.findall(
        r'<rect x="[\d.]+" y="([\d.]+)" width="([\d.]+)" height="[\d.]+" fill="#', svg
    )
    bars = [float(wide) for top, wide in rects if made.box.top < float(top) < made.height - 120]
    values = [
        v for v in tiny_public_store.answer("origins", Selection()).rows["value"].dropna() if v
    ]
    ratios = [bar / value for bar, value in zip(sorted(bars), sorted(values), strict=True)]
    assert max(ratios) / min(ratios) < 1.1
