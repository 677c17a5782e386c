"""Drawings say what the rows say: no figure more, none withheld, in the reader's language."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from invented import Answer, all_withheld, answer, invented
from PIL import ImageFont

from dashboard import charts, look, picks
from dashboard.charts import time, world
from dashboard.charts.base import TAG, breadth
from dashboard.words import say

ROOT = Path(__file__).parents[1]
ANSWERS = invented()
DRAWN = [(name, form) for name in ANSWERS for form in charts.forms(name)]
FORMATS = {"%Y", "%Y-%m", "d", None}
LATIN_IN_CHINESE = {"DEMO", "G", "c", "x", "Natural", "Earth", "us", "cbp", "iom", "gdidata"}


def texts(node: Any, key: str = "") -> Iterator[str]:
    """Every string that a reader can come to see."""
    if isinstance(node, dict):
        for name, inner in node.items():
            if (
                name not in ("template", "meta", "customdata", "source")
                or name == key == "customdata"
            ):
                yield from texts(inner, name)
    elif isinstance(node, (list, tuple)):
        for inner in node:
            yield from texts(inner, key)
    elif isinstance(node, str) and key in (
        "text",
        "ticktext",
        "hovertext",
        "label",
        "values",
        "title",
    ):
        yield node


def hovers(spec: dict[str, Any]) -> list[str]:
    return [
        text for trace in spec["data"] for text in texts(trace.get("hovertext", []), "hovertext")
    ]


def withheld(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [trace for trace in spec["data"] if trace.get("meta") == "withheld"]


@pytest.mark.parametrize(("name", "form"), DRAWN)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("dark", "width"), [(False, 340), (True, 760), (False, 1600)])
def test_plotly_accepts_every_drawing(name, form, language, dark, width):
    spec = charts.draw(ANSWERS[name], language, form, dark, width)
    json.dumps(spec)
    go.Figure(spec)
    assert spec["layout"]["meta"]["rows"] == len(ANSWERS[name].rows)
    assert "title" not in spec["layout"]


@pytest.mark.parametrize(("name", "form"), DRAWN)
def test_no_english_is_left_in_chinese(name, form):
    spec = charts.draw(ANSWERS[name], "zh", form)
    seen = " ".join(re.sub(r"<[^>]*>|CN-[A-Z]+", " ", text) for text in texts(spec))
    assert set(re.findall(r"[A-Za-z]+", seen)) - LATIN_IN_CHINESE == set()


@pytest.mark.parametrize(("name", "form"), DRAWN)
def test_no_chinese_is_left_in_english(name, form):
    seen = " ".join(texts(charts.draw(ANSWERS[name], "en", form)))
    assert re.findall(r"[\u4e00-\u9fff，。：（]", seen) == []


@pytest.mark.parametrize(("name", "form"), DRAWN)
def test_ticks_depend_on_no_locale_and_hover_boxes_hold_our_words_only(name, form):
    spec = charts.draw(ANSWERS[name], "zh", form)
    axes = [axis for key, axis in spec["layout"].items() if re.match(r"[xy]axis", key)]
    for axis in axes:
        assert axis.get("tickformat") in FORMATS
        assert (
            "ticktext" in axis
            or axis.get("tickformat")
            or not axis.get("showticklabels", axis.get("visible"))
        )
    for trace in spec["data"]:
        if trace["type"] in ("bar", "scatter"):
            skipped = trace.get("hoverinfo") == "skip"
            assert skipped or trace["hovertemplate"] == "%{hovertext}<extra></extra>"


@pytest.mark.parametrize(("name", "form"), DRAWN)
def test_an_empty_answer_draws_no_mark_and_says_so(name, form):
    spec = charts.draw(ANSWERS[name].only([]), "en", form)
    assert (spec["data"], spec["layout"]["meta"]["rows"]) == ([], 0)
    assert list(texts(spec)) == ["No data under these filters"]


WITHHOLDING = [
    ("origins", "bars"), ("origins", "tiles"), ("corridors", "bars"), ("corridors", "matrix"),
    ("age_sex", "pyramid"), ("gangs", "bars"), ("gang_destinations", "matrix"),
    ("persons_by_month", "line"), ("gang_activity", "timeline"), ("seizures_by_item", "bars"),
    ("destinations_by_year", "panels"), ("seizures_by_month", "panels"),
    ("seizures_by_province", "matrix"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "form"), WITHHOLDING)
def test_a_withheld_figure_is_hatched_and_nowhere_a_number(name, form):
    rows = [all_withheld(row) for row in ANSWERS[name].records()[:40]]
    spec = charts.draw(ANSWERS[name].only(rows), "en", form)
    marks = withheld(spec)
    assert marks
    for trace in marks:
        marker = trace.get("marker", {})
        assert trace.get("fillpattern") or marker.get("pattern") or marker.get("symbol")
    for text in hovers(spec):
        lines = [line for line in text.split("<br>")[1:] if "Active" not in line]
        assert not re.search(r"\d", " ".join(lines)), text


@pytest.mark.parametrize(("name", "form"), [("routes", "sankey"), ("corridors", "map")])
def test_a_drawing_without_a_figure_to_draw_says_that_all_are_withheld(name, form):
    rows = [all_withheld(row) for row in ANSWERS[name].records()[:4]]
    spec = charts.draw(ANSWERS[name].only(rows), "en", form)
    said = {note["text"] for note in spec["layout"]["annotations"]}
    assert say("finding.all_withheld", "en") in said
    assert not said & {say("chart.empty", "en"), say("chart.no_place", "en")}


def shown_figures(name: str, form: str) -> set[str]:
    spec = charts.draw(ANSWERS[name], "en", form)
    seen = [re.sub(r"<[^>]*>", " ", text) for text in texts(spec["data"])]
    return set(re.findall(r"[−+]?\d[\d,.]*(?:%|k|M)?", " ".join(seen)))


@pytest.mark.parametrize(("name", "form"), [
    ("origins", "bars"), ("origins", "tiles"), ("destinations", "bars"), ("corridors", "matrix"),
    ("corridors", "bars"), ("gang_destinations", "matrix"),
])  # fmt: skip
def test_no_figure_is_drawn_that_the_rows_do_not_hold(name, form):
    known = set()
    for row in ANSWERS[name].records():
        value = row["value"]
        known |= {look.number(value, "en"), look.exact(value, "en")}
        known |= {look.percent(row.get("share"), "en"), look.change(row.get("change"), "en")}
        known |= set(re.findall(r"\d+", str(row.get("gang", ""))))
    assert shown_figures(name, form) - known == set()


class TestTiles:
    def test_every_province_has_its_own_tile(self):
        spec = charts.draw(ANSWERS["origins"], "zh", "tiles")
        marks = spec["data"][-1]
        assert len(marks["customdata"]) == 34
        assert len(set(zip(marks["x"], marks["y"], strict=True))) == 34

    def test_places_not_stated_are_said_below(self):
        spec = charts.draw(ANSWERS["origins"], "en", "tiles")
        assert "Not stated" in spec["layout"]["annotations"][-1]["text"]


class TestMonths:
    spec = charts.draw(ANSWERS["persons_by_month"], "en")

    def test_provisional_months_are_dashed_and_no_others(self):
        dashed = [
            trace for trace in self.spec["data"] if trace.get("line", {}).get("dash") == "dot"
        ]
        assert [trace["x"][1:] for trace in dashed] == [["2025-08-01", "2025-09-01", "2025-10-01"]]

    def test_the_word_for_provisional_months_stands_above_the_label_of_a_low_last_month(self):
        rows = [row | {"value": 0, "state": ""} for row in ANSWERS["persons_by_month"].records()]
        lifts = {}
        for drawn in (self.spec, charts.draw(ANSWERS["persons_by_month"].only(rows), "en")):
            for note in drawn["layout"]["annotations"]:
                if note["text"] == "provisional":
                    lifts[drawn is self.spec] = note["yshift"]
        assert lifts[False] >= lifts[True] + 20

    def test_a_break_is_a_labelled_line_and_a_gap(self):
        (line,) = self.spec["layout"]["shapes"]
        assert line["x0"] == line["x1"] == "2018-01-01"
        assert "break in series, Jan 2018" in list(texts(self.spec))
        series = self.spec["data"][0]
        assert series["y"][series["x"].index("2018-01-01")] is None

    def test_withheld_months_leave_a_gap_and_a_mark(self):
        (marks,) = withheld(self.spec)
        series = dict(zip(self.spec["data"][0]["x"], self.spec["data"][0]["y"], strict=True))
        assert marks["x"] and all(series[month] is None for month in marks["x"])

    def test_zero_months_are_drawn_as_zero(self):
        rows = ANSWERS["persons_by_month"].records()[:24]
        rows[3] |= {"value": 0, "state": ""}
        spec = charts.draw(ANSWERS["persons_by_month"].only(rows), "en")
        assert spec["data"][0]["y"][3] == 0

    def test_a_lower_bound_says_at_least(self):
        row = ANSWERS["origins"].records()[0] | {"lower_bound": True}
        spec = charts.draw(ANSWERS["origins"].only([row]), "en")
        assert "≥" in spec["data"][0]["text"][0] and "at least" in hovers(spec)[0]


def test_units_are_never_put_on_one_scale():
    spec = charts.draw(ANSWERS["seizures_by_month"], "en")
    items = {row["item"] for row in ANSWERS["seizures_by_month"].records()}
    assert len({trace["yaxis"] for trace in spec["data"]}) == len(items)
    beside = charts.draw(ANSWERS["seizures_and_persons"], "en")
    assert {trace["yaxis"] for trace in beside["data"]} == {"y", "y2"}


def test_destination_side_series_stay_apart_and_partial_years_are_hatched():
    spec = charts.draw(ANSWERS["arrivals_by_year"], "en")
    bars = [trace for trace in spec["data"] if trace["type"] == "bar"]
    solid = [trace for trace in bars if "pattern" not in trace["marker"]]
    assert len({trace["yaxis"] for trace in solid}) == len(solid) == 4
    partial = {x for trace in bars if "pattern" in trace["marker"] for x in trace["x"]}
    assert partial == {2025} and not any(2025 in trace["x"] for trace in solid)


def test_provisional_years_are_hatched():
    spec = charts.draw(ANSWERS["documents_per_100"], "en")
    hatched = [
        t
        for t in spec["data"]
        if t["marker"].get("pattern", {}).get("shape") == look.PROVISIONAL_PATTERN
    ]
    assert [trace["x"] for trace in hatched] == [[2025]]


def test_shares_of_a_year_are_stacked_to_their_sum():
    spec = charts.draw(ANSWERS["ages_by_year"], "en")
    tops = {}
    for trace in spec["data"]:
        for x, y, base in zip(trace["x"], trace["y"], trace["base"], strict=True):
            tops[x] = max(tops.get(x, 0), y + base)
    sums: dict[int, float] = {}
    for row in ANSWERS["ages_by_year"].records():
        sums[row["year"]] = sums.get(row["year"], 0) + (row["share"] or 0)
    assert tops == pytest.approx(sums)


def test_bars_beyond_fifteen_are_counted_in_a_line():
    spec = charts.draw(ANSWERS["gangs"], "en")
    assert sum(len(trace["y"]) for trace in spec["data"]) == 15
    assert "gangs not listed: 15" in spec["layout"]["annotations"][0]["text"]


def test_names_from_data_cannot_write_markup_or_templates():
    row = ANSWERS["gangs"].records()[0] | {"gang": "<a href='x'>%{y}</a>"}
    spec = charts.draw(ANSWERS["gangs"].only([row]), "en")
    assert "<a" not in " ".join(texts(spec))
    assert all("%{y}" not in trace.get("hovertemplate", "") for trace in spec["data"])


def test_a_change_or_the_reason_for_none_is_in_the_hover_text():
    said = hovers(charts.draw(ANSWERS["origins"], "en"))
    assert all("Change, same months a year before: " in text for text in said)


def test_every_question_in_the_forms_has_its_function():
    assert all(callable(drawing) for forms in charts.FORMS.values() for drawing in forms.values())
    with pytest.raises(KeyError):
        charts.forms("nothing")


def test_the_land_picture_fits_its_description():
    svg = (world.FOLDER / "land.svg").read_text("utf-8")
    wide, high = (int(n) for n in re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())
    area = world.world()
    assert wide / high == pytest.approx(
        (area.right - area.left) / (area.top - area.bottom), abs=0.01
    )
    assert len(svg) < 40_000


def test_a_drawing_leaves_the_answer_as_it_was():
    answer: Answer = ANSWERS["origins"]
    before = answer.rows.copy()
    charts.draw(answer, "zh")
    assert answer.rows.equals(before) and isinstance(answer.manifest.last_month, date)


def test_not_available_is_neither_hatched_nor_zero():
    rows = [row | {"value": None, "state": "x"} for row in ANSWERS["origins"].records()[:3]]
    (trace,) = withheld(charts.draw(ANSWERS["origins"].only(rows), "en"))
    assert trace["text"] == ["[x]"] * 3
    assert set(trace["marker"]["pattern"]["shape"]) == {""}


@pytest.mark.parametrize("text", ["Guangdong", "United Kingdom 14.6k", "中国香港 6,931", "1.97万",
    "Base map: Natural Earth (public domain), land only", "<b>South Korea</b> 22.1k"])  # fmt: skip
def test_the_breadth_of_a_text_is_that_of_the_font(text):
    weight = "Bold" if "<b>" in text else "Regular"
    font = ImageFont.truetype(ROOT / f"dashboard/export/fonts/NotoSansSC-{weight}.ttf", 1000)
    plain = TAG.sub("", text)
    assert breadth(text, 12) == pytest.approx(font.getlength(plain) * 0.012, rel=0.07)


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


@pytest.mark.parametrize(("name", "form"), DRAWN)
def test_every_mark_that_carries_codes_can_be_clicked(name, form):
    spec = charts.draw(ANSWERS[name], "en", form)
    fields = spec["layout"]["meta"].get("filters") or ""
    marks = [code for trace in spec["data"] for code in trace.get("customdata", [])]
    assert bool(fields) <= bool(marks)
    found = [picks.picked(fields, [{"customdata": mark}]) for mark in marks if fields]
    assert all(set(picked) <= set(fields.split(",")) for picked in found)
    assert sum(map(bool, found)) * 2 >= len(found)


def test_shares_of_cases_overlap_and_are_never_stacked_nor_cut():
    rows = [row | {"share": 0.6} for row in ANSWERS["ages_by_year"].records() if row["share"]]
    spec = charts.draw(answer("ages_by_year", rows, measure="cases"), "en", width=600)
    assert all(trace["type"] == "scatter" and "base" not in trace for trace in spec["data"])
    assert {share for trace in spec["data"] for share in trace["y"]} == {0.6}
    assert 0.6 < spec["layout"]["yaxis"]["range"][1] <= 1
    said = " ".join(note["text"].replace("<br>", " ") for note in spec["layout"]["annotations"])
    assert "a case may involve several" in said
    assert sum(len(trace["x"]) for trace in spec["data"]) == len(rows)
