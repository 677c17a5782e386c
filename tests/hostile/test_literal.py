"""What is done to a text before Markdown, Plotly, a spreadsheet or a terminal meets it."""

import re
from html import unescape

import pytest

from dashboard.charts.base import SIGN, clipped
from dashboard.literal import JOINER, SIGNS, plain, safe
from data.harmless import line, neutral, seen
from tests.hostile.corpus import ALL, FORMULAS
from tests.hostile.corpus import SIGNS as UNUSUAL

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@pytest.mark.parametrize("text", ALL)
def test_markdown_gets_one_line_in_which_every_sign_is_escaped(text: str):
    said = plain(text)
    assert "\n" not in said and "\t" not in said
    bare = re.sub(r"\\.", "", said)
    assert not set(bare) & set(map(chr, SIGNS))
    assert re.sub(r"\\(.)", r"\1", said).replace(JOINER, "") == line(text)


@pytest.mark.parametrize("text", ALL)
def test_plotly_gets_no_tag_no_template_and_no_formula(text: str):
    said = safe(text)
    assert not set(said) & set("<>%$")
    assert unescape(said) == line(text)
    for width in (20, 60, 130):
        cut = clipped(said, width).removesuffix("…")
        assert said.startswith(cut)
        assert "".join(SIGN.findall(said)[: len(SIGN.findall(cut))]) == cut, "an entity was cut"


@pytest.mark.parametrize("text", [*ALL, *(sign + "1" for sign in STARTS)])
def test_no_cell_begins_like_a_formula_nor_does_what_a_separator_leaves(text: str):
    for part in re.split(r"[;|\t\n\r]", neutral(text)):
        assert not part.lstrip().startswith(STARTS)


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_but_apostrophes_is_added_to_a_formula(text: str):
    assert neutral(text).replace("'", "") == seen(text).replace("'", "")


@pytest.mark.parametrize("text", ALL)
def test_nothing_is_left_that_cannot_be_seen(text: str):
    assert all(sign.isprintable() or sign.isspace() for sign in seen(text))
    assert line(text).isprintable() or "\u3000" in text


def test_what_can_be_seen_stays():
    assert seen("福建 – Ωmega 👩 é") == "福建 – Ωmega 👩 é"
    assert seen("a\r\nb\rc\td") == "a\nb\nc\td"
    assert seen("left\u202eright\x1b[0m\x9b1m") == "leftright[0m1m"
    assert [seen(text) for text in UNUSUAL if not seen(text).strip()] == []
