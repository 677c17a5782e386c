"""Every question: its golden answer on hand-sized data, its words, and that it sees no facts."""

import json
from datetime import date
from pathlib import Path

import pytest

from queries import index
from queries.facts import FACTS
from queries.questions import HERE, QuestionError, UnknownQuestion, question, questions, read
from queries.selection import Selection, SelectionError
from queries.store import Store

GOLDEN = Path(__file__).parent / "golden"
ASKED = {
    "gang_profile": "gangs=DEMO-G1",
    "persons_by_month": "since=2024-06",
    "seizures_by_month": "since=2024-06&until=2024-08",
    "seizures_and_persons": "since=2024-06",
}
KEYS = (
    "facet", "code", "measure", "indicator", "source", "reporting", "border", "month", "year",
    "origin", "route", "transit", "destination", "gang", "age_group", "sex", "province", "item",
    "unit", "prefecture",
)  # fmt: skip
OWN_KEYS = {"gangs": ("gang",), "destinations": ("destination",), "documents_per_100": ("year",)}
FRONT = """/* ---
title.zh = "题"
title.en = "Title"
note.zh = "注"
note.en = "Note"
unit = "persons"
columns = ["value"]
[cells.whole]
facts = "cohorts"
figures = ["value"]
--- */
"""


def selection_for(name: str) -> Selection:
    return Selection.parse(ASKED.get(name, ""))


def test_every_promised_question_is_there():
    promised = {
        "totals", "persons_by_month", "origins", "destinations", "destinations_by_year",
        "corridors", "routes", "age_sex", "ages_by_year", "gangs", "gang_destinations",
        "gang_activity", "gang_profile", "seizures_by_month", "seizures_by_province",
        "seizures_and_persons", "documents_per_100", "coverage", "arrivals_by_year",
    }  # fmt: skip
    assert promised <= set(questions())


@pytest.mark.parametrize("name", questions())
def test_the_answer_is_the_golden_one(name: str, tiny_store: Store, pytestconfig: pytest.Config):
    answer = tiny_store.answer(name, selection_for(name))
    lines = [
        json.dumps(row, ensure_ascii=False, default=date.isoformat) for row in answer.records()
    ]
    found = "[\n" + ",\n".join(lines) + "\n]\n"
    path = GOLDEN / f"{name}.json"
    if pytestconfig.getoption("rewrite_golden"):
        path.write_text(found, "utf-8")
    assert found == path.read_text("utf-8")


def test_no_golden_answer_outlives_its_question():
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(questions())


@pytest.mark.parametrize("name", questions())
def test_the_columns_are_those_declared(name: str, tiny_store: Store):
    answer = tiny_store.answer(name, selection_for(name))
    assert tuple(answer.rows.columns) == answer.question.columns
    assert "state" in answer.rows


@pytest.mark.parametrize("name", questions())
def test_a_question_follows_the_measure_exactly_when_it_says_so(
    name: str, tiny_public_store: Store
):
    chosen = selection_for(name)
    persons = tiny_public_store.answer(name, chosen)
    cases = tiny_public_store.answer(name, chosen.replace(measure="cases"))
    assert (persons.records() != cases.records()) == persons.question.measured
    assert (persons.title("en") != cases.title("en")) <= persons.question.measured


@pytest.mark.parametrize("name", questions())
def test_an_empty_window_is_an_empty_answer_or_zeros(name: str, tiny_store: Store):
    chosen = selection_for(name).replace(since=date(2031, 1, 1), until=date(2031, 12, 1))
    for row in tiny_store.answer(name, chosen).records():
        if row.get("indicator") != "rows_quarantined":
            assert not row.get("value")


@pytest.mark.parametrize("name", questions())
def test_words_are_whole_in_both_languages(name: str, tiny_store: Store):
    answer = tiny_store.answer(name, selection_for(name))
    for language in ("zh", "en"):
        assert "{" not in answer.title(language) + answer.note(language)
        assert answer.title(language)[0] == answer.title(language)[0].upper()
        assert all(answer.caveats(language))


def test_a_withheld_figure_is_missing_and_a_missing_one_has_a_state(tiny_store: Store):
    for name in questions():
        for row in tiny_store.answer(name, selection_for(name)).records():
            figure = "quantity" if "quantity" in row else "value"
            if figure in row and name != "arrivals_by_year":
                assert (row[figure] is None) == (row["state"] != ""), (name, row)


def test_rows_come_in_a_total_order(tiny_store: Store):
    for name in questions():
        assert_rows_are_told_apart(tiny_store, name)
        assert ends_in_order(HERE / f"{name}.sql"), name


def test_no_row_comes_twice_where_nothing_is_withheld(tiny_public_store: Store):
    for name in questions():
        assert_rows_are_told_apart(tiny_public_store, name)


def assert_rows_are_told_apart(store: Store, name: str) -> None:
    rows = store.answer(name, selection_for(name)).records()
    keys = [tuple(str(row.get(key)) for key in OWN_KEYS.get(name, KEYS)) for row in rows]
    assert len(set(keys)) == len(keys), name


def ends_in_order(path: Path) -> bool:
    return "\norder by" in path.read_text("utf-8").rsplit("\nselect", 1)[-1]


@pytest.mark.parametrize(
    ("given", "nearest"),
    [
        ("origin", "origins"),
        ("ORIGINS", "origins"),
        ("gang-profile", "gang_profile"),
        ("目的地", "arrivals_by_year, corridors"),
        ("province", "corridors, origins"),
        ("", "age_sex, .*[.][.][.]"),
        ("天气", "age_sex, .*[.][.][.]"),
    ],
)
def test_an_unknown_question_names_the_nearest(given: str, nearest: str):
    with pytest.raises(UnknownQuestion, match=f"'{given}'; nearest: {nearest}"):
        question(given)


@pytest.mark.parametrize("gangs", [None, ("DEMO-G1", "DEMO-G2")])
def test_a_profile_needs_exactly_one_gang(gangs: tuple[str, ...] | None, tiny_store: Store):
    with pytest.raises(SelectionError, match="exactly 1 of gangs"):
        tiny_store.answer("gang_profile", Selection(gangs=gangs))


@pytest.mark.parametrize(
    "sql",
    [
        *(f"select * from {name}" for name in [*FACTS, "rules", "manifest", "codes_countries"]),
        "select * from main.cohorts",
        'select * from "cohorts"',
        "select value from whole where value in (select persons from cohorts)",
        "select value, (select max(persons) from cohorts) as most from whole",
        "with cohorts as (select * from whole) select * from cohorts",
        "with a as (select * from cases) select * from a",
        "select * from whole union all select persons from cohorts",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from duckdb_tables()",
        "select * from query_table('cohorts')",
        "select * from (from cohorts)",
        "select * from whole where exists (select 1 from seizures)",
        "select * from whole order by (select min(case_no) from cases)",
        "select 1; select * from cohorts",
        "copy cohorts to 'x'",
        "pragma database_list",
        "pivot cohorts on sex using sum(persons)",
    ],
)
def test_a_question_that_looks_at_facts_is_refused(sql: str):
    with pytest.raises(QuestionError, match=r"charts/spy\.sql"):
        read("spy", FRONT + sql)


def test_a_question_over_its_own_cells_is_read():
    assert read("fine", FRONT + "select value from whole order by value").unit == "persons"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('title.en = "Title"\n', "", "title"),
        ('title.en = "Title"', 'title.en = ""', "half-translated"),
        ('unit = "persons"', 'unit = "people"', "people"),
        ('figures = ["value"]', 'figures = ["persons"]', "persons"),
        ('facts = "cohorts"', 'facts = "people"', "facts must be one of"),
        ("[cells.whole]", "[cells.cohorts]", "cells.cohorts"),
        ('figures = ["value"]', 'figures = ["value"]\nby = ["case_no"]', "case_no"),
        ('figures = ["value"]', 'figures = ["value"]\nwindow = "ever"', "window"),
        ('figures = ["value"]', 'figures = ["value"]\nmeasure = "visas"', "measure"),
        ('figures = ["value"]', 'figures = ["value"]\nlimit = 3', "limit"),
        ('unit = "persons"', 'unit = "persons"\nauthor = "x"', "author"),
        ('unit = "persons"', 'unit = "persons"\ncaveats = ["no_such"]', "no_such"),
        ("/* ---", "-- ", "TOML"),
    ],
)
def test_a_faulty_question_file_is_refused_by_name(old: str, new: str, named: str):
    with pytest.raises(ValueError, match=named):
        read("faulty", FRONT.replace(old, new) + "select value from whole")


def test_sql_is_portable_and_in_house_style():
    for path in HERE.glob("*.sql"):
        _, sql = path.read_text("utf-8").split("--- */\n")
        assert "enum" not in sql.lower(), path.name
        assert sql == sql.lower(), path.name
        assert "\t" not in sql
        assert "group by 1" not in sql
        assert "order by 1" not in sql
        assert max(map(len, sql.splitlines())) <= 100, path.name
        assert "select *" not in sql, path.name


def test_the_index_of_questions_is_fresh():
    assert index.PATH.read_text("utf-8") == index.text(), "run: python -m queries index"


def test_gangs_are_not_counted_where_gangs_were_chosen(tiny_store: Store):
    named = tiny_store.gangs()[0]
    for chosen, counted in ((Selection(), True), (Selection(gangs=(named,)), False)):
        rows = tiny_store.answer("totals", chosen).records()
        assert ("gangs" in {row["measure"] for row in rows}) == counted
