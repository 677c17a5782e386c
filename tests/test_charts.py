"""Drawings say what the rows say: no figure more, none withheld, in the reader's language."""

import json
import re
from datetime import date

import plotly.graph_objects as go
import pytest
from invented import Answer, all_withheld

from dashboard import charts, look, picks
from dashboard.words import say
from tests.drawings import ANSWERS, DRAWN, hovers, texts, withheld

FORMATS = {"%Y", "%Y-%m", "d", None}
LATIN_IN_CHINESE = {"DEMO", "G", "c", "x", "Natural", "Earth"}


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


@pytest.mark.parametrize(("name", "form"), DRAWN)
def test_every_mark_that_carries_codes_can_be_clicked(name, form):
    spec = charts.draw(ANSWERS[name], "en", form)
    fields = spec["layout"]["meta"].get("filters") or ""
    marks = [code for trace in spec["data"] for code in trace.get("customdata", [])]
    assert bool(fields) <= bool(marks)
    found = [picks.picked(fields, [mark]) for mark in marks if fields]
    assert all(set(picked) <= set(fields.split(",")) for picked in found)
    assert sum(map(bool, found)) * 2 >= len(found)
