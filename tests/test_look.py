"""Colours hold their contrast and stay apart; figures are written as each language expects."""

from datetime import date
from itertools import combinations, pairwise

import plotly.graph_objects as go
import pytest

from dashboard import look

THEMES = (look.LIGHT, look.DARK)
COLOUR_BLINDNESS = {  # Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def linear(colour: str) -> list[float]:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    rgb = [min(max(c, 0), 1) for c in rgb]
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    xyz = [
        sum(a * b for a, b in zip(row, rgb, strict=True)) / w
        for row, w in zip(rows, white, strict=True)
    ]
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen(colour: str, matrix: tuple[tuple[float, ...], ...]) -> tuple[float, float, float]:
    rgb = linear(colour)
    return lab([sum(a * b for a, b in zip(row, rgb, strict=True)) for row in matrix])


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
class TestColours:
    def test_marks_stand_out_from_the_paper_three_to_one(self, theme):
        for colour in (*theme.categorical, theme.accent, theme.line, theme.warning):
            assert look.contrast(colour, theme.paper) >= 3, colour

    def test_text_is_readable_four_and_a_half_to_one(self, theme):
        for text in (theme.ink, theme.muted):
            for ground in (theme.paper, theme.card, theme.blank):
                assert look.contrast(text, ground) >= 4.5, (text, ground)

    def test_text_on_every_step_of_the_scale_is_readable(self, theme):
        for step in range(12):
            ground = look.shade(step / 11, theme is look.DARK)
            assert look.contrast(look.ink_on(ground), ground) >= 4.5, ground

    @pytest.mark.parametrize("kind", COLOUR_BLINDNESS)
    def test_categories_stay_apart_for_colour_blind_readers(self, theme, kind):
        places = [seen(colour, COLOUR_BLINDNESS[kind]) for colour in theme.categorical]
        for one, two in combinations(places, 2):
            assert sum((a - b) ** 2 for a, b in zip(one, two, strict=True)) ** 0.5 >= 15

    def test_categories_have_an_order_in_greyscale(self, theme):
        greys = sorted(lab(linear(colour))[0] for colour in theme.categorical)
        assert min(b - a for a, b in pairwise(greys)) >= 4

    def test_the_scale_runs_one_way_in_greyscale(self, theme):
        greys = [look.luminance(colour) for colour in theme.sequential]
        assert greys == sorted(greys, reverse=theme is look.LIGHT)

    def test_the_diverging_scale_is_darkest_at_both_ends(self, theme):
        distance = [look.contrast(colour, theme.paper) for colour in theme.diverging]
        middle = len(distance) // 2
        assert distance[: middle + 1] == sorted(distance[: middle + 1], reverse=True)
        assert distance[middle:] == sorted(distance[middle:])


def test_no_more_than_seven_categories():
    assert all(len(theme.categorical) <= 7 for theme in THEMES)


@pytest.mark.parametrize("dark", [False, True])
def test_plotly_accepts_the_template(dark):
    go.Figure({"data": [], "layout": {"template": look.template(dark)}})


def test_the_page_font_comes_first_and_the_image_font_second():
    family = look.template()["layout"]["font"]["family"]
    assert family.split(", ")[:2] == ["Noto Sans SC", "Noto Sans CJK SC"]


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (None, "–", "–"),
        (0, "0", "0"),
        (1234, "1,234", "1,234"),
        (9999, "9,999", "9,999"),
        (12_345, "1.23万", "12.3k"),
        (19_691, "1.97万", "19.7k"),
        (20_000, "2万", "20k"),
        (123_456, "12.3万", "123k"),
        (1_234_567, "123万", "1.23M"),
        (99_999_999, "1亿", "100M"),
        (123_456_789, "1.23亿", "123M"),
        (-1234, "−1,234", "−1,234"),
    ],
)
def test_figures_are_short_from_ten_thousand(value, zh, en):
    assert (look.number(value, "zh"), look.number(value, "en")) == (zh, en)


def test_a_full_figure_is_never_shortened():
    assert look.exact(1_234_567, "zh") == look.exact(1_234_567, "en") == "1,234,567"


def test_changes_carry_their_sign():
    said = [look.change(value, "en") for value in (0.123, -0.04, 0.0001, None)]
    assert said == ["+12.3%", "−4.0%", "0%", "–"]


def test_months_are_written_in_the_language():
    march = date(2024, 3, 1)
    assert (look.month(march, "zh"), look.month(march, "en")) == ("2024年3月", "Mar 2024")


def test_the_four_states_of_a_cell_look_different():
    cells = [look.cell(0, "", "en"), *(look.cell(None, state, "en") for state in ("c", "x", "z"))]
    assert cells == ["0", "[c]", "[x]", "[z]"]


def test_a_missing_figure_without_a_state_is_never_a_zero():
    assert look.cell(None, "", "zh") == "[x]"


@pytest.mark.parametrize("most", [0, 1, 3, 7, 42, 999, 1234, 98_765, 1_350_221])
def test_ticks_are_whole_few_and_within_reach(most):
    values = look.ticks(most)
    assert values[0] == 0 and values[-1] <= most and len(values) <= 6
    assert all(value == int(value) for value in values)


def test_text_from_data_cannot_write_markup():
    assert look.safe("<b>x</b> & <a href='y'>") == "&lt;b&gt;x&lt;/b&gt; &amp; &lt;a href='y'&gt;"
