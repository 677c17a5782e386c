"""Tiles, months, years and bars: each drawn with its breaks, gaps, units and sums."""

from datetime import date

import pytest
from invented import answer

from dashboard import charts, look
from tests.drawings import ANSWERS, hovers, texts, withheld


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

    def test_a_month_between_two_withheld_ones_is_a_dot_that_can_be_seen(self):
        rows = ANSWERS["persons_by_month"].records()
        for n in (3, 5):
            rows[n] |= {"value": None, "state": "c"}
        line, dots, *_ = charts.draw(ANSWERS["persons_by_month"].only(rows), "en")["data"]
        assert rows[4]["month"].isoformat() in dots["x"] and dots["marker"]["size"] >= 4
        assert dots["marker"]["color"] == line["line"]["color"]
        assert (
            line["mode"] == "lines" and line["x"][4] in dots["x"] and line["x"][10] not in dots["x"]
        )

    def test_months_of_a_short_series_have_a_dot_each(self):
        rows = ANSWERS["persons_by_month"].records()[:24]
        line = charts.draw(ANSWERS["persons_by_month"].only(rows), "en")["data"][0]
        assert line["mode"] == "lines+markers" and set(line["marker"]["size"]) == {5}

    def test_a_dot_at_the_edge_of_the_drawing_is_whole(self):
        lines = [trace for trace in self.spec["data"] if "lines" in trace["mode"]]
        assert len(lines) == 2 and not any(trace["cliponaxis"] for trace in lines)
        rows = ANSWERS["persons_by_month"].records()
        rows[1] |= {"value": None, "state": "c"}
        spec = charts.draw(ANSWERS["persons_by_month"].only(rows), "en")
        (dots,) = [trace for trace in spec["data"] if trace.get("meta") == "apart"]
        assert rows[0]["month"].isoformat() in dots["x"] and not dots["cliponaxis"]

    @pytest.mark.parametrize(("width", "marks"), [(330, 6), (1200, 17)])
    def test_marks_of_withheld_months_stand_apart(self, width, marks):
        rows = ANSWERS["persons_by_month"].records()
        for row in rows:
            row.update(value=90, state="")
        for row in rows[::8]:
            row.update(value=None, state="c")
        spec = charts.draw(ANSWERS["persons_by_month"].only(rows), "en", width=width)
        (gaps,) = withheld(spec)
        assert len(gaps["x"]) == len(rows[::8])
        assert gaps["text"].count("[c]") <= width / 24
        assert gaps["text"].count("[c]") >= marks

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


@pytest.mark.parametrize("name", ANSWERS)
def test_bars_have_their_width_whatever_bars_stand_beside_them(name: str):
    """Plotly makes bars as wide as the least step between those of one trace."""
    for form in charts.forms(name):
        for trace in charts.draw(ANSWERS[name], "en", form)["data"]:
            assert trace["type"] != "bar" or 0 < trace["width"] < 1


@pytest.mark.parametrize("gangs", [1, 4])
@pytest.mark.parametrize("span", [0, 1, 3, 15])
def test_each_year_stands_once_under_the_gangs(span: int, gangs: int):
    rows = ANSWERS["gang_activity"].records()
    names = list(dict.fromkeys(row["gang"] for row in rows))[:gangs]
    first = min(row["year"] for row in rows if row["gang"] in names)
    kept = [
        row | {"first_month": date(row["year"], 3, 1), "last_month": date(row["year"], 9, 1)}
        for row in rows
        if row["gang"] in names and row["year"] <= first + span
    ]
    axis = charts.draw(ANSWERS["gang_activity"].only(kept), "en")["layout"]["xaxis"]
    years = int(axis["range"][1][:4]) - int(axis["range"][0][:4]) + 1
    assert axis["tickformat"] == "%Y" and axis["dtick"][0] == "M"
    assert int(axis["dtick"][1:]) % 12 == 0 and years * 12 / int(axis["dtick"][1:]) <= 11
    assert axis["tick0"].endswith("-01-01") and axis["range"][0] < axis["tick0"]


@pytest.mark.parametrize("width", [330, 760])
@pytest.mark.parametrize("name", ["ages_by_year", "documents_per_100"])
def test_one_year_alone_is_no_block_and_stands_alone_under_its_axis(name: str, width: int):
    rows = [row for row in ANSWERS[name].records() if row["year"] == 2020]
    axis = charts.draw(ANSWERS[name].only(rows), "en", width=width)["layout"]["xaxis"]
    assert axis["tickvals"] == [2020]
    assert axis["range"][0] <= 2014 and 2020.4 < axis["range"][1] < 2021


def test_a_gang_is_drawn_within_the_months_it_was_seen_in():
    rows = ANSWERS["gang_activity"].records()[:1]
    year = rows[0]["year"]
    for first, last, at in ((1, 3, 3), (9, 10, 9), (2, 11, 7)):
        seen = {"first_month": date(year, first, 1), "last_month": date(year, last, 1)}
        held = rows[0] | seen | {"value": 50, "state": ""}
        spec = charts.draw(ANSWERS["gang_activity"].only([held]), "en")
        assert spec["data"][1]["x"] == [date(year, at, 1).isoformat()]


BROKEN = {
    "ages_by_year": 2017.5,
    "destinations_by_year": 2017.5,
    "documents_per_100": 2017.5,
    "gang_profile": 2017.5,
    "gang_activity": "2018-01-01",
}


@pytest.mark.parametrize(("name", "place"), BROKEN.items())
def test_a_break_is_a_line_at_its_year_and_a_note(name: str, place: float | str):
    spec = charts.draw(ANSWERS[name], "en")
    assert {(line["x0"], line["x1"]) for line in spec["layout"]["shapes"]} == {(place, place)}
    said = " ".join(note["text"] for note in spec["layout"]["annotations"])
    assert "dashed line: break in series, Jan 2018" in said.replace("<br>", " ")


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("months", [(), (date(2010, 1, 1),), (date(2009, 5, 1), date(2026, 2, 1))])
def test_no_break_is_drawn_where_none_lies_within_what_is_shown(
    name: str, months: tuple[date, ...], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ANSWERS[name].manifest, "breaks", months)
    spec = charts.draw(ANSWERS[name], "en")
    assert list(spec["layout"].get("shapes", ())) == []
    assert "break in series" not in " ".join(texts(spec))


@pytest.mark.parametrize("name", ["arrivals_by_year", "seizures_by_month"])
def test_a_break_of_persons_is_none_of_other_series(name: str):
    spec = charts.draw(ANSWERS[name], "en")
    assert list(spec["layout"].get("shapes", ())) == []


def test_beside_seizures_only_the_persons_break():
    spec = charts.draw(ANSWERS["seizures_and_persons"], "en")
    (line,) = spec["layout"]["shapes"]
    assert (line["x0"], line["y1"]) == ("2018-01-01", spec["layout"]["yaxis2"]["domain"][1])
    assert "break in series, Jan 2018" in list(texts(spec))
    broken = {
        trace["yaxis"]: None in trace["y"][trace["x"].index("2018-01-01") :][:1]
        for trace in spec["data"]
        if "2018-01-01" in trace["x"] and trace["mode"] == "lines"
    }
    assert broken == {"y": False, "y2": True}


def test_destination_side_series_stay_apart_and_partial_years_are_hatched():
    spec = charts.draw(ANSWERS["arrivals_by_year"], "en")
    bars = [trace for trace in spec["data"] if trace["type"] == "bar"]
    solid = [trace for trace in bars if "pattern" not in trace["marker"]]
    assert len({trace["yaxis"] for trace in solid}) == len(solid) == 4
    said = " ".join(note["text"] for note in spec["layout"]["annotations"])
    assert "Encounters<br>" in said and "(encounters)" not in said
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


def test_figures_close_to_each_other_have_colours_close_to_each_other():
    near = ANSWERS["corridors"].records()[:2]
    for row, value in zip(near, (1500, 1300), strict=True):
        row |= {"origin": "CN-GD", "destination": ("JPN", "USA")[value < 1400], "value": value}
        row |= {"state": ""}
    spec = charts.draw(ANSWERS["corridors"].only(near), "en", "matrix")
    tints = [trace["fillcolor"] for trace in spec["data"] if "fillcolor" in trace]
    assert sorted(tints) == sorted({look.shade(1, False), look.shade(10 / 11, False)})


def test_bars_beyond_fifteen_are_counted_in_a_line():
    spec = charts.draw(ANSWERS["gangs"], "en")
    assert sum(len(trace["y"]) for trace in spec["data"]) == 15
    assert "gangs not listed: 15" in spec["layout"]["annotations"][0]["text"]


def test_shares_of_cases_overlap_and_are_never_stacked_nor_cut():
    rows = [row | {"share": 0.6} for row in ANSWERS["ages_by_year"].records() if row["share"]]
    spec = charts.draw(answer("ages_by_year", rows, measure="cases"), "en", width=600)
    assert all(trace["type"] == "scatter" and "base" not in trace for trace in spec["data"])
    assert {share for trace in spec["data"] for share in trace["y"]} == {0.6}
    assert 0.6 < spec["layout"]["yaxis"]["range"][1] <= 1
    said = " ".join(note["text"].replace("<br>", " ") for note in spec["layout"]["annotations"])
    assert "a case may involve several" in said
    assert sum(len(trace["x"]) for trace in spec["data"]) == len(rows)
