"""Whether what is drawn has room: in a window of any width, in either language."""

import re

import pytest
from invented import invented

from dashboard import charts
from dashboard.charts.base import breadth, folded
from dashboard.charts.grid import broken
from dashboard.stage import PHONE, fitted

ANSWERS = invented()


@pytest.mark.parametrize("window", [320, 390, 639])
def test_on_a_phone_every_card_is_as_wide_as_the_screen(window: int):
    assert {fitted(width, window) for width in (600, 1240)} == {PHONE}


def test_a_card_grows_with_the_window_up_to_its_desktop_width():
    widths = [fitted(600, window) for window in (640, 768, 1024, 1366, 1920)]
    assert widths == sorted(widths)
    assert widths[0] >= PHONE
    assert widths[-2:] == [600, 600]
    assert fitted(1240, 1024) < 1000


@pytest.mark.parametrize(
    ("name", "pixels", "lines"),
    [
        ("伪造签证材料（份）", 38, ["伪造签", "证材料", "（份）"]),
        ("伪造签证材料（份）", 90, ["伪造签证材料", "（份）"]),
        ("Forged visa documents (documents)", 100, ["Forged visa", "documents", "(documents)"]),
        ("Hong Kong, China", 300, ["Hong Kong, China"]),
        ("意大利", 30, ["意大", "利"]),
    ],
)
def test_a_column_heading_breaks_only_where_it_must(name: str, pixels: int, lines: list[str]):
    assert broken(name, pixels).split("<br>") == lines


@pytest.mark.parametrize(
    "parts",
    [
        ["颜色按列，各列单位不同，不可相加", "空白：无记录", "斜线 [c]：受保护"],
        ["colour within each column; units differ and are never added", "log colour"],
    ],
)
@pytest.mark.parametrize("pixels", [160, 250, 600])
def test_a_note_is_never_wider_than_its_chart_and_loses_no_word(parts: list[str], pixels: int):
    note = folded(parts, pixels)
    assert breadth(note) <= pixels
    bare = re.compile(r"[\s·]")
    assert bare.sub("", note.replace("<br>", "")) == bare.sub("", "".join(parts))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [PHONE, 480, 600, 1240])
def test_headings_over_a_matrix_keep_within_its_margin(language: str, width: int):
    layout = charts.draw(ANSWERS["seizures_by_province"], language, width=width)["layout"]
    names, slope = layout["xaxis"]["ticktext"], layout["xaxis"]["tickangle"]
    long = max(breadth(name, 12) for name in names)
    lines = 1 + max(name.count("<br>") for name in names)
    needed = {0: 14 * lines, -45: long * 0.7, -90: long}[slope]
    assert layout["margin"]["t"] >= needed


def test_years_without_a_ratio_do_not_reach_under_their_neighbours():
    spec = charts.draw(ANSWERS["documents_per_100"], "en", width=1240)
    assert all(trace["width"] < 1 for trace in spec["data"])
