"""Cases whose sources state no persons: not available, never `0 persons moved`."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from dashboard import charts, findings
from data import build
from queries.selection import Selection
from queries.store import Store

LIAONING = Selection.parse("since=2007-06&until=2007-06")
EMPTY = Selection(since=date(2031, 1, 1), until=date(2031, 12, 1))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store over the published data set, where Liaoning 2007 states no persons."""
    folder: Path = tmp_path_factory.mktemp("published")
    build.build("published", folder)
    with Store(folder) as store:
        yield store


def only(store: Store, name: str, selection: Selection = LIAONING, **where: object) -> dict:
    rows = store.answer(name, selection).records()
    (found,) = [row for row in rows if where.items() <= row.items()]
    return found


def test_a_total_of_persons_that_no_source_states_is_not_available(published: Store):
    row = only(published, "totals", measure="persons")
    assert (row["value"], row["state"], row["trend"]) == (None, "x", [None])
    assert only(published, "totals", measure="cases")["value"] == 1


@pytest.mark.parametrize(
    ("name", "figure", "state"),
    [
        ("persons_by_month", "value", "state"),
        ("seizures_and_persons", "persons", "persons_state"),
        ("documents_per_100", "persons", "state"),
    ],
)
def test_a_month_or_year_whose_cases_state_no_persons_is_not_available(
    name: str, figure: str, state: str, published: Store
):
    row = only(published, name)
    assert (row[figure], row[state]) == (None, "x")


def test_its_cases_are_counted_all_the_same(published: Store):
    row = only(published, "persons_by_month", LIAONING.replace(measure="cases"))
    assert (row["value"], row["state"]) == (1, "")


def test_months_without_any_case_are_a_true_zero(published: Store):
    quiet = Selection.parse("since=2007-07&until=2007-07")
    assert only(published, "persons_by_month", quiet)["value"] == 0
    assert only(published, "totals", EMPTY, measure="persons")["value"] == 0


def test_one_cohort_makes_the_month_a_figure(tiny_public_store: Store):
    december = Selection.parse("since=2024-12&until=2024-12")
    assert only(tiny_public_store, "persons_by_month", december)["value"] == 10
    assert only(tiny_public_store, "totals", december, measure="persons")["value"] == 10


def test_the_sentences_say_that_no_source_states_it(published: Store):
    said = findings.say(published.answer("totals", LIAONING), "en")
    assert said == "The sources do not say how many were moved; 1 case and 1 gang on record."
    for name in ("persons_by_month", "seizures_and_persons", "documents_per_100"):
        answer = published.answer(name, LIAONING)
        assert findings.say(answer, "en") == "The sources give no figure.", name
        assert findings.say(answer, "zh") == "来源没有给出数字。", name


def test_the_gap_in_the_line_is_marked_as_not_available(published: Store):
    year = Selection.parse("since=2007-01&until=2007-12")
    for name in ("persons_by_month", "seizures_and_persons"):
        traces = charts.draw(published.answer(name, year), "en")["data"]
        gaps = [trace for trace in traces if trace.get("meta") == "withheld"]
        assert [(gap["x"], gap["text"]) for gap in gaps] == [(["2007-06-01"], ["[x]"])], name
        assert "[x] not available" in gaps[0]["hovertext"][0]
