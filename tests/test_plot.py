"""A chart on the page: what is sent to the browser, and what comes back from it."""

import json
from typing import Any

import pytest

from dashboard import plot


def test_a_specification_is_sent_whole_with_its_alternative():
    spec = {"data": [{"x": ["广东"], "y": [3]}], "layout": {"height": 200}}
    sent = json.loads(plot.packed(spec, "一千人", "没有画成"))
    assert sent == {**spec, "alt": "一千人", "lost": "没有画成"}


def test_a_figure_that_is_no_number_is_refused_before_it_reaches_a_browser():
    with pytest.raises(ValueError, match="not JSON compliant"):
        plot.packed({"data": [{"y": [float("nan")]}], "layout": {}}, "", "")


@pytest.mark.parametrize(
    "state", [None, 7, "x", [], {}, {"picked": None}, {"picked": "CN-GD"}, {"picked": {"a": 1}}]
)
def test_what_a_browser_should_not_send_is_nothing(state: Any):
    assert plot.carried(state) == []


def test_what_clicked_marks_carry_comes_as_it_was_sent():
    assert plot.carried({"picked": ["CN-GD", ["CN-FJ", "USA"]]}) == ["CN-GD", ["CN-FJ", "USA"]]
