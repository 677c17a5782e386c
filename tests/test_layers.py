"""Inside queries/: who may meet DuckDB, who may name facts, and that SQL is made of fixed text."""

import ast
import re
from pathlib import Path

from queries.compose import Ask, text
from queries.facts import BOUND_FIELDS, FACTS
from queries.questions import questions
from queries.release import Protected
from queries.selection import FIELDS, MEASURES

QUERIES = Path(__file__).parent.parent / "queries"
FACT_TABLES = re.compile(r"\b(?:from|join) (?:cohorts|cases|seizures|arrivals|loads)\b")


def sources() -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in QUERIES.glob("*.py")}


def test_duckdb_is_met_where_snapshots_are_asked_and_questions_read():
    users = {
        name
        for name, source in sources().items()
        if re.search(r"^import duckdb", source, re.MULTILINE)
    }
    assert users == {"kept.py", "running.py", "store.py", "questions.py"}


def test_facts_are_named_where_cells_are_made_and_nowhere_else():
    users = {name for name, source in sources().items() if FACT_TABLES.search(source)}
    assert users <= {"facts.py", "cells.py", "gang_names.py"}
    charts = {path.name for path in (QUERIES / "charts").glob("*.sql")
              if FACT_TABLES.search(path.read_text("utf-8"))}  # fmt: skip
    assert charts == set()


def test_only_running_runs_what_compose_writes():
    runners = {name for name, source in sources().items() if ".execute(" in source}
    assert runners == {"running.py", "questions.py"}


def test_raw_cells_are_made_for_the_policies_alone():
    users = {name for name, source in sources().items() if re.search(r"\bcounted\(", source)}
    assert users == {"cells.py", "release.py"}


def test_no_sql_text_holds_a_value():
    on = frozenset([*FIELDS, "since", "until"])
    for question in questions().values():
        for measure in MEASURES:
            for active in (frozenset(), on):
                sql = text(question, Ask(active, measure), Protected())
                names = set(re.findall(r"\(\$selection\)\.(\w+)", sql))
                assert names <= set(BOUND_FIELDS)
                assert set(re.findall(r"\$\w+", sql)) <= {"$selection"}
                assert "{" not in sql
                assert not re.search(r"CN-|20\d\d-", sql)


def test_a_filter_that_is_off_is_not_in_the_text():
    sql = text(questions()["corridors"], Ask(frozenset(), "persons"), Protected())
    assert "$selection" not in sql


def test_every_fact_but_public_ones_rests_on_cases():
    for name, facts in FACTS.items():
        counting = [figure for figure in facts.figures.values() if figure.rests_on]
        assert bool(counting) != facts.published, name


def test_modules_of_queries_import_no_drawing_or_screen():
    for name, source in sources().items():
        tree = ast.parse(source)
        modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not any(str(module).startswith(("dashboard", "streamlit", "plotly"))
                       for module in modules), name  # fmt: skip
