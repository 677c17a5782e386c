"""On paper nothing can be hovered: every mark is named, nothing is cut, labels keep apart."""

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pandas
import pytest
from invented import invented

from dashboard import charts
from dashboard.charts import grid, labels, world
from dashboard.charts.base import Page
from dashboard.charts.people import APART, spread
from dashboard.export import fonts, frame
from dashboard.export.figure import Footed, footed
from dashboard.export.statement import statement
from dashboard.words import say
from data import contracts
from data.contracts import LANGUAGES
from queries import spans
from queries.selection import Selection
from queries.store import Store

ANSWERS = invented()


def notes(spec: dict[str, Any]) -> str:
    return " ".join(fonts.shown(note["text"]) for note in spec["layout"]["annotations"])


def printed(answer: Any, size: Any, form: str | None = None, language: Any = "en") -> Footed:
    return footed(answer, language, size, form)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_age_group_of_the_last_year_is_named_and_no_name_lies_on_another(language):
    asked = ANSWERS["ages_by_year"]
    spec = charts.draw(asked, language)
    last = max(row["year"] for row in asked.records())
    drawn = {
        row["age_group"]
        for row in asked.records()
        if row["year"] == last and row["share"] is not None
    }
    named = [note for note in spec["layout"]["annotations"] if note.get("x") == 1]
    said = {fonts.shown(note["text"]).removeprefix("■ ") for note in named}
    assert said == {Page(asked, language).label("ages", age) for age in drawn}
    heights = sorted(note["y"] for note in named)
    assert all(high - low >= APART - 1e-9 for low, high in pairwise(heights))
    assert heights[0] >= 0 and heights[-1] <= 1


def test_heights_are_moved_no_further_than_needed():
    assert spread([0.2, 0.5, 0.8], 0.1) == [0.2, 0.5, 0.8]
    assert spread([0.5, 0.51], 0.1) == pytest.approx([0.5, 0.6])
    assert spread([0.97, 0.99], 0.1) == pytest.approx([0.9, 1.0])


def test_columns_of_years_stay_a_year_apart_where_years_are_missing():
    for name in ("ages_by_year", "documents_per_100", "destinations_by_year"):
        rows = ANSWERS[name].rows
        sparse = replace(ANSWERS[name], rows=rows[rows["year"] % 3 == 0])
        bars = [trace for trace in charts.draw(sparse, "en")["data"] if trace["type"] == "bar"]
        assert bars and all(0 < bar["width"] < 1 for bar in bars), name


def test_a_single_year_is_a_column_and_not_a_block():
    rows = ANSWERS["destinations_by_year"].rows
    one = replace(ANSWERS["destinations_by_year"], rows=rows[rows["year"] == 2020])
    layout = charts.draw(one, "en")["layout"]
    low, high = layout["xaxis"]["range"]
    assert low < 2020 < high and high - low >= 5


def test_the_profile_names_routes_in_full_and_draws_one_year_as_a_column():
    rows = ANSWERS["gang_profile"].rows
    years = rows[rows["facet"] == "year"].head(1)
    one = replace(
        ANSWERS["gang_profile"], rows=pandas.concat([years, rows[rows["facet"] != "year"]])
    )
    layout = charts.draw(one, "en", width=944)["layout"]
    low, high = layout["xaxis"]["range"]
    assert high - low >= 5 and "…" not in " ".join(layout["yaxis4"]["ticktext"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_ticks_that_stand_for_withheld_months_are_explained(language):
    for name in ("seizures_by_month", "destinations_by_year"):
        asked = ANSWERS[name]
        told = say("chart.withheld_ticks", language) in notes(charts.draw(asked, language))
        column = "quantity" if name == "seizures_by_month" else "value"
        none = asked.rows[asked.rows[column].notna()]
        silent = notes(charts.draw(replace(asked, rows=none), language))
        assert told == bool((asked.rows["state"] == "c").any())
        assert say("chart.withheld_ticks", language) not in silent
    assert (ANSWERS["seizures_by_month"].rows["state"] == "c").any()


def test_dots_of_the_first_and_the_last_month_are_whole():
    spec = charts.draw(ANSWERS["seizures_by_month"], "en")
    months = [f"{month:%Y-%m-%d}" for month in ANSWERS["seizures_by_month"].rows["month"]]
    low, high = spec["layout"]["xaxis"]["range"]
    assert low < min(months) and max(months) < high


def test_tiles_and_map_say_what_their_colours_mean():
    tiles = notes(charts.draw(ANSWERS["origins"], "en", "tiles"))
    rows = ANSWERS["origins"].rows
    assert (say("chart.hatched", "en") in tiles) == bool((rows["state"] == "c").any())
    few = notes(charts.draw(replace(ANSWERS["origins"], rows=rows.head(3)), "en", "tiles"))
    assert say("chart.blank_tile", "en") in few
    spec = charts.draw(ANSWERS["corridors"], "en", "map")
    assert "Europe" in notes(spec) and "North America" in notes(spec)


def test_provinces_are_named_in_full_where_tiles_are_wide():
    wide = " ".join(charts.draw(ANSWERS["origins"], "en", "tiles", width=940)["data"][-1]["text"])
    narrow = " ".join(charts.draw(ANSWERS["origins"], "en", "tiles", width=340)["data"][-1]["text"])
    assert "Fujian" in wide and "FJ" in narrow and "Fujian" not in narrow


def test_no_label_of_the_map_lies_on_a_place_of_origin():
    spec = charts.draw(ANSWERS["corridors"], "zh", "map", width=760)
    targets = next(trace for trace in spec["data"] if trace.get("meta") == "destinations")
    page, area = Page(ANSWERS["corridors"], "zh", width=760), world.world()
    pixels = page.width / (area.right - area.left)
    origins = [
        area.place(*(float(code.attributes[name]) for name in ("lon", "lat")))
        for code in contracts.codes("provinces")
        if code.code in set(ANSWERS["corridors"].rows["origin"]) and code.attributes["lon"]
    ]
    drawn = spec["data"][[*map(_mode, spec["data"])].index("markers")]
    spots = {*zip(drawn["x"], drawn["y"], strict=True)}
    assert spots and all(any(abs(x - a) + abs(y - b) < 0.01 for a, b in origins) for x, y in spots)
    for x, y, text, where, size in zip(
        targets["x"],
        targets["y"],
        targets["text"],
        targets["textposition"],
        targets["marker"]["size"],
        strict=True,
    ):
        spot = ((x - area.left) * pixels, (area.top - y) * pixels)
        frame_ = labels.box(spot, size, re.sub("<[^>]*>", "", text), where)
        for a, b in spots if text else ():
            dot = labels.box(((a - area.left) * pixels, (area.top - b) * pixels), 3, "", "")
            assert not labels.meet(frame_, dot), text


def _mode(trace: dict[str, Any]) -> str:
    return str(trace.get("mode"))


@pytest.mark.parametrize("size", frame.SIZES)
def test_a_map_is_drawn_at_the_scale_its_labels_were_placed_for(demo_store: Store, size):
    made = printed(demo_store.answer("corridors", Selection()), size, "map")
    across, up = made.spec["layout"]["xaxis"], made.spec["layout"]["yaxis"]
    wide, high = (axis["range"][1] - axis["range"][0] for axis in (across, up))
    room = (across["domain"][1] - across["domain"][0]) * made.width / wide
    drawn = min(room, (up["domain"][1] - up["domain"][0]) * made.height / high)
    placed_for = 1 / made.spec["layout"]["meta"]["pixel"]
    assert drawn == pytest.approx(placed_for, rel=0.02)


def test_a_gang_is_named_in_full_where_there_is_room():
    name = "Guangxi-Hong Kong 2024"
    for question, axis in (("gang_activity", "yaxis"), ("gang_destinations", "yaxis")):
        rows = ANSWERS[question].rows
        first = rows["gang"].iloc[0]
        renamed = replace(ANSWERS[question], rows=rows.replace({"gang": {first: name}}))
        assert name in charts.draw(renamed, "en", width=944)["layout"][axis]["ticktext"]


def test_a_square_matrix_of_long_figures_still_writes_them():
    page = Page(ANSWERS["corridors"], "zh", width=652)
    cells = [grid.Cell(n, 0, 10_700, "1.07万", "", []) for n in range(15)]
    columns = ["意大利", *["美国"] * 14]
    spec = grid.matrix(page, ["黑龙江"], columns, cells, [])
    assert spec["data"][-1]["mode"] == "markers+text"
    assert spec["data"][-1]["textfont"]["size"] >= 9
    assert spec["layout"]["xaxis"]["ticktext"][0] == "意大利"


def test_without_a_sex_the_pyramid_says_so_instead_of_standing_empty():
    rows = ANSWERS["age_sex"].rows
    unknown = replace(ANSWERS["age_sex"], rows=rows[rows["sex"] == "unknown"])
    assert len(unknown.rows)
    spec = charts.draw(unknown, "en")
    assert spec["data"] == [] and say("chart.no_sex", "en") in notes(spec)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_an_age_the_years_say_so_instead_of_being_one_grey_block(language):
    rows = ANSWERS["ages_by_year"].rows
    unknown = replace(ANSWERS["ages_by_year"], rows=rows[rows["age_group"] == "unknown"])
    assert len(unknown.rows)
    spec = charts.draw(unknown, language)
    assert spec["data"] == [] and say("chart.no_age", language) in notes(spec)


@pytest.mark.parametrize("language", LANGUAGES)
def test_headline_figures_say_what_is_compared_and_which_months_are_drawn(
    tiny_store: Store, language
):
    asked = tiny_store.answer("totals", Selection())
    said = notes(charts.draw(asked, language))
    assert say("chart.trend_months", language) in said
    window = spans.words(*asked.periods.window, language)
    assert re.search(rf"{window}\s*{say('chart.in_all', language)}", said)
    compared = any(row["change"] is not None for row in asked.records())
    assert (say("chart.same_months", language) in said) == compared


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", list(ANSWERS))
def test_every_statement_names_a_unit(tiny_store: Store, name, language):
    selection = Selection(gangs=("DEMO-G1",)) if name == "gang_profile" else Selection()
    stated = statement(tiny_store.answer(name, selection), language)
    assert stated.asked.startswith(say("export.unit", language))


def test_notes_of_a_statement_follow_each_other_as_their_language_writes(tiny_store: Store):
    asked = tiny_store.answer("arrivals_by_year", Selection())
    notes = {language: statement(asked, language).foot[0] for language in LANGUAGES}
    assert notes["zh"].count("。") >= 3 and "。 " not in notes["zh"]
    assert notes["en"].count(". ") >= 3


def test_paper_carries_the_short_name_of_the_data_and_the_cover_the_whole(tiny_store: Store):
    stated = statement(tiny_store.answer("origins", Selection()), "en")
    whole = tiny_store.manifest.id
    assert whole not in " ".join(stated.foot) and whole.rpartition("-")[2] in stated.foot[-1]
    assert whole in dict(stated.facts).values() and stated.record["snapshot"] == whole


def test_a_few_bars_stay_bars(tiny_public_store: Store):
    asked = tiny_public_store.answer("origins", Selection())
    made = printed(replace(asked, rows=asked.rows.head(2)), "square")
    thick = (made.box.height - 46) / 2 * 0.66
    assert len(asked.rows) > 2 and thick < 70
