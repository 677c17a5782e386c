"""A lower bound says so wherever its figure is said: rows, sentences and drawings."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import charts, findings
from dashboard.stage import DATA_VARIABLE
from data import build
from data.__main__ import main
from data.contracts import Language
from queries.questions import questions
from queries.selection import Selection
from queries.store import Store

APP = str(Path(__file__).parents[1] / "dashboard" / "app.py")
UNCOUNTED = {"coverage", "arrivals_by_year"}
PAIRED = {"seizures_and_persons", "documents_per_100"}
JIANGMEN = Selection.parse("since=2014-01&until=2014-12&gangs=Jiangmen 2014")
SAID: dict[str, tuple[str, str]] = {
    "gangs": ("at least 3,200 persons", "至少3,200人"),
    "gang_profile": ("at least 3,200 persons", "至少3,200人"),
    "seizures_by_month": ("at least 35k documents", "至少3.5万份"),
    "seizures_by_item": ("at least 35k documents", "至少3.5万份"),
    "seizures_by_province": ("at least 35k documents", "至少3.5万份"),
    "seizures_and_persons": ("at least 3,200 persons", "至少3,200人"),
    "documents_per_100": ("about 1,094 documents", "约1,094份"),
}
DRAWN = {
    "routes": "≥3,200",
    "gangs": "≥3,200",
    "gang_activity": "largest ≥3,200",
    "gang_destinations": "≥3,200",
    "gang_profile": "at least 3,200",
    "destinations_by_year": "at least 3,200",
    "seizures_by_month": "≥35k",
    "seizures_by_province": "≥35k",
    "seizures_and_persons": "at least 3,200",
    "documents_per_100": "≈1,094",
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store over the published data set, where Jiangmen 2014 states lower bounds alone."""
    folder: Path = tmp_path_factory.mktemp("published")
    build.build("published", folder)
    with Store(folder) as store:
        yield store


@pytest.fixture(params=["2026-03", "2011-03"])
def bounded(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Path]:
    """A month whose persons are lower bounds, and invented data in which it is so."""
    assert main(["demo", "--rows", "2000", "--into", str(tmp_path / "files")]) == 0
    cohorts = tmp_path / "files" / "cohorts.csv"
    rows = pandas.read_csv(cohorts, dtype=str, keep_default_na=False)
    rows.loc[rows["month"].str.startswith(request.param), "flag"] = "lower_bound"
    rows.to_csv(cohorts, index=False)
    files = [str(path) for path in (tmp_path / "files").iterdir()]
    assert main(["load", *files, "--into", str(tmp_path / "data")]) == 0
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    return request.param, tmp_path / "data"


def test_the_months_compared_are_a_lower_bound_only_where_one_is_in_them(
    bounded: tuple[str, Path],
):
    recent = bounded[0] == "2026-03"
    with Store(bounded[1]) as store:
        rows = {row["measure"]: row for row in store.answer("totals").records()}
    assert {name for name, row in rows.items() if row["lower_bound"]} == {"persons"}
    assert {name for name, row in rows.items() if row["current_lower_bound"]} == (
        {"persons"} if recent else set()
    )
    st.cache_resource.clear()
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["language"] = "en"
    app.run()
    st.cache_resource.clear()
    assert [tile.value.startswith("≥") for tile in app.metric] == [recent, *[False] * 4]


@pytest.mark.parametrize("name", sorted(set(questions()) - UNCOUNTED))
def test_every_question_that_counts_says_which_figures_are_lower_bounds(name: str):
    columns = set(questions()[name].columns)
    paired = {"documents_lower_bound", "persons_lower_bound"}
    assert (paired if name in PAIRED else {"lower_bound"}) <= columns


@pytest.mark.parametrize("name", SAID)
def test_the_sentence_says_at_least(name: str, published: Store):
    answer = published.answer(name, JIANGMEN)
    languages: tuple[Language, ...] = ("en", "zh")
    for language, expected in zip(languages, SAID[name], strict=True):
        assert expected in findings.say(answer, language)


@pytest.mark.parametrize("name", DRAWN)
def test_the_drawing_says_at_least(name: str, published: Store):
    spec = charts.draw(published.answer(name, JIANGMEN), "en")
    assert DRAWN[name] in repr(spec)


def test_a_count_of_cases_is_exact_whatever_its_persons(published: Store):
    chosen = JIANGMEN.replace(measure="cases")
    for name in ("origins", "gangs", "persons_by_month"):
        rows = published.answer(name, chosen).records()
        assert not any(row["lower_bound"] for row in rows), name
    assert any(row["persons_lower_bound"] for row in published.answer("gangs", chosen).records())


@pytest.mark.parametrize(
    ("documents", "persons", "said"),
    [(True, False, "at least 50.0"), (False, True, "at most 50.0"), (True, True, "about 50.0"),
     (False, False, "In 2014 50.0")],
)  # fmt: skip
def test_a_ratio_of_lower_bounds_is_bounded_on_the_right_side(
    documents: bool, persons: bool, said: str, published: Store
):
    answer = published.answer("documents_per_100", JIANGMEN)
    rows = answer.rows.assign(
        ratio=50.0, documents_lower_bound=documents, persons_lower_bound=persons
    )
    changed = replace(answer, rows=rows)
    assert said in findings.say(changed, "en")


def test_a_withheld_figure_is_no_lower_bound(tiny_store: Store):
    for name in sorted(set(questions()) - UNCOUNTED - {"gang_profile"}):
        for row in tiny_store.answer(name).records():
            marks = [key for key in row if key.endswith("lower_bound") and row[key]]
            assert not [key for key in marks if row.get(key.replace("lower_bound", "state"))], name


def test_what_is_withheld_together_is_a_lower_bound_where_a_part_of_it_is(tiny_store: Store):
    (other,) = [row for row in tiny_store.answer("routes").records() if row["origin"] == "other"]
    assert other["lower_bound"]
