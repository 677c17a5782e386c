"""Words, bars and ticks of a drawing fit the width they are given."""

import re
from datetime import date
from pathlib import Path

import pytest
from PIL import ImageFont

from dashboard import charts, look
from dashboard.charts import bars, time, world
from dashboard.charts.base import TAG, breadth
from data import contracts
from tests.drawings import ANSWERS

ROOT = Path(__file__).parents[1]


def test_the_land_picture_fits_its_description():
    svg = (world.FOLDER / "land.svg").read_text("utf-8")
    wide, high = (int(n) for n in re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())
    area = world.world()
    assert wide / high == pytest.approx(
        (area.right - area.left) / (area.top - area.bottom), abs=0.01
    )
    assert len(svg) < 40_000


@pytest.mark.parametrize(("width", "inside"), [(1240, 1183), (330, 302)])
def test_what_was_seized_from_a_gang_fits_the_card(width, inside):
    """inside: pixels in the card, in a window of 1366 or 390, less the drawing's margins."""
    rows = [row for row in ANSWERS["gang_profile"].records() if row["facet"] == "item"]
    for n in range(2, 30):
        asked = ANSWERS["gang_profile"].only((rows * n)[:n])
        notes = charts.draw(asked, "en", width=width)["layout"]["annotations"]
        lines = notes[-1]["text"].split("<br>")
        assert max(breadth(line, 12.5) for line in lines) <= inside


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [330, 570, 1240])
def test_the_heads_over_one_gang_fit_their_columns(width, language):
    spec = charts.draw(ANSWERS["gang_profile"], language, width=width)
    heads = spec["layout"]["annotations"][:4]
    across = 1 if width == 330 else 2
    assert any("2018" in head["text"] for head in heads)
    for head in heads:
        assert max(breadth(line, 12.5) for line in head["text"].split("<br>")) <= width / across


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [330, 560, 700])
@pytest.mark.parametrize("name", ["age_sex", "ages_by_year", "documents_per_100", "gang_activity"])
def test_a_note_that_starts_at_the_axis_ends_inside_the_drawing(name, width, language):
    rows = [row | {"gang": f"{row['gang']} of the Pearl River Delta"} if "gang" in row else row
            for row in ANSWERS[name].records()]  # fmt: skip
    layout = charts.draw(ANSWERS[name].only(rows), language, width=width)["layout"]
    axis, note = layout["yaxis"], layout["annotations"][-1]["text"]
    pad = layout["margin"]["l"] + look.template()["layout"]["margin"]["pad"]
    shown = axis.get("visible", True)
    before = max(breadth(text, 12) for text in axis["ticktext"]) + pad if shown else pad
    assert before + max(breadth(line, 12) for line in note.split("<br>")) <= width


@pytest.mark.parametrize("text", ["Guangdong", "United Kingdom 14.6k", "中国香港 6,931", "1.97万",
    "Base map: Natural Earth (public domain), land only", "<b>South Korea</b> 22.1k"])  # fmt: skip
def test_the_breadth_of_a_text_is_that_of_the_font(text):
    weight = "Bold" if "<b>" in text else "Regular"
    font = ImageFont.truetype(ROOT / f"dashboard/export/fonts/NotoSansSC-{weight}.ttf", 1000)
    plain = TAG.sub("", text)
    assert breadth(text, 12) == pytest.approx(font.getlength(plain) * 0.012, rel=0.07)


@pytest.mark.parametrize("codes", ["provinces", "countries", "items", "gangs"])
def test_names_beside_bars_fit_the_margin_that_plotly_may_not_widen(codes):
    font = ImageFont.truetype(ROOT / "dashboard/export/fonts/NotoSansSC-Regular.ttf", 1000)
    names = ["МАФИЯ", "Black Dragon", "GANG-0012"] if codes == "gangs" else [
        contracts.label(codes, code.code, language)
        for code in contracts.codes(codes)
        for language in ("zh", "en")
    ]  # fmt: skip
    spec = charts.draw(ANSWERS["destinations"], "en")
    assert spec["layout"]["yaxis"]["automargin"] is False
    pad = look.template()["layout"]["margin"]["pad"] + 3
    for name in names:
        assert font.getlength(name) * 0.001 * bars.NAME + pad <= bars.beside([name])


@pytest.mark.parametrize("rows", [12, 30, 200])
@pytest.mark.parametrize("width", [330, 570, 1240])
def test_years_are_level_where_their_margin_is_fixed(rows, width):
    held = ANSWERS["persons_by_month"].records()[:rows]
    layout = charts.draw(ANSWERS["persons_by_month"].only(held), "en", width=width)["layout"]
    axis, margin = layout["xaxis"], layout["margin"]
    if axis["tickformat"] != "%Y":
        assert axis.get("automargin", True)
        return
    first, last = (date.fromisoformat(day) for day in axis["range"])
    ticks = (last - first).days / 30.4 / int(axis["dtick"][1:])
    inner = width - margin["l"] - margin["r"]
    assert inner / ticks > breadth("2024", 12) + 4 and breadth("2024", 12) / 2 <= margin["r"]


@pytest.mark.parametrize("width", [263, 330, 600])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["origins", "destinations", "gangs", "seizures_by_item"])
def test_the_note_under_bars_fits_its_card(name, language, width):
    layout = charts.draw(ANSWERS[name], language, width=width)["layout"]
    note = next(note for note in layout["annotations"] if note["y"] == 0)
    assert layout["margin"]["l"] + note["xshift"] >= 0
    left = layout["margin"]["l"] + note["xshift"]
    assert left + breadth(note["text"], note["font"]["size"]) <= width
    assert 17 * (note["text"].count("<br>") + 1) <= layout["margin"]["b"]


@pytest.mark.parametrize("width", [330, 600])
def test_a_withheld_province_is_hatched_at_any_width(width):
    first, *others = ANSWERS["origins"].records()
    rows = [first | {"value": None, "state": "c"}, *others]
    spec = charts.draw(ANSWERS["origins"].only(rows), "en", "tiles", width=width)
    hatched = [trace for trace in spec["data"] if trace.get("meta") == "withheld"]
    shown = sum(row["state"] == "c" for row in rows)
    assert len(hatched) == 1 and hatched[0]["x"].count(None) == shown - 1


@pytest.mark.parametrize("width", [330, 600])
def test_figures_beside_the_pyramid_end_before_its_ages_begin(width):
    spec = charts.draw(ANSWERS["age_sex"], "en", width=width)
    names = spec["layout"]["yaxis"]["ticktext"]
    half = (width - max(breadth(name, 12) for name in names) - 30) / 2
    reach = spec["layout"]["xaxis"]["range"][1]
    for trace in spec["data"]:
        for value, text in zip(trace["x"], trace["text"], strict=True):
            assert abs(value) / reach * half + breadth(text, 11) <= half


@pytest.mark.parametrize("count", [2, 3, 12, 26, 27, 60, 200])
@pytest.mark.parametrize("narrow", [True, False])
def test_no_tick_of_a_time_axis_says_the_same_as_the_one_before(count, narrow):
    months = [date(2010 + n // 12, n % 12 + 1, 1) for n in range(5, 5 + count)]
    axis = time.month_axis([{"month": month} for month in months], narrow)
    step = int(axis["dtick"].removeprefix("M"))
    start = date.fromisoformat(axis["tick0"])
    assert step % 12 == 0 and start.month == 1 if axis["tickformat"] == "%Y" else step >= 1
    assert count / step <= (6 if narrow else 14)


@pytest.mark.parametrize("name", ["origins", "destinations", "gangs"])
def test_few_bars_in_a_tall_card_are_no_thicker_than_many(name):
    rows = ANSWERS[name].records()
    for kept in (rows[:1], rows):
        layout = charts.draw(ANSWERS[name].only(kept), "en", fold=6, height=180)["layout"]
        low, high = layout["yaxis"]["range"]
        inner = 180 - layout["margin"]["t"] - layout["margin"]["b"]
        assert inner / (low - high) <= 27
