"""Strict release: every record moves once, figures add up, and subtracting finds moved records."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pandas
import pytest

from queries.perturbation import table
from queries.questions import questions
from queries.rules import THRESHOLD
from queries.scope import Scope
from queries.selection import Selection
from queries.store import EVERYTHING, Store
from tests.conftest import EXACT, build_tiny, tiny_tables
from tests.oracle_lattice import key
from tests.oracle_strict import SUSPECTS, of_people, salted

STRICT = Scope(policy="strict")
CHOSEN = ("", "origins=coastal", "since=2019-02&until=2021-05", "sexes=female&routes=sea")
ASKED = ("USA", "JPN", "ITA", "KOR", "FRA", "RUS", "GBR", "ESP")


def rows(store: Store, name: str, address: str = "", scope: Scope = STRICT) -> list[dict]:
    return store.answer(name, Selection.parse(address), scope).records()


def total(store: Store, measure: str, address: str = "", scope: Scope = STRICT) -> int | None:
    found = rows(store, "totals", address, scope)
    return next(row["value"] for row in found if row["measure"] == measure)


@pytest.fixture
def lone(tmp_path: Path) -> Iterator[Store]:
    """Cases of one cohort each, from one person to three hundred."""
    sizes = [*range(1, 13), 40, 100, 300]
    first = tiny_tables()["cohorts"].iloc[0].to_dict()
    cohorts = [first | {"cohort_id": f"DEMO-L{n}", "case_id": f"DEMO-K{n}", "persons": str(n)}
               for n in sizes]  # fmt: skip
    case = tiny_tables()["cases"].iloc[0].to_dict()
    cases = [case | {"case_id": f"DEMO-K{n}"} for n in sizes]
    made = {"cohorts": pandas.DataFrame(cohorts), "cases": pandas.DataFrame(cases),
            "seizures": tiny_tables()["seizures"].head(0)}  # fmt: skip
    with Store(build_tiny(tmp_path, made, disclosure="protected")) as store:
        yield store


@pytest.mark.parametrize("address", CHOSEN)
def test_parts_and_what_is_withheld_make_the_whole(address: str, demo_store: Store):
    whole = total(demo_store, "persons", address)
    assert sum(row["value"] for row in rows(demo_store, "routes", address)) == whole
    months = rows(demo_store, "persons_by_month", address)
    hidden = [row for row in months if row["state"] == "c"]
    apart = whole - sum(row["value"] or 0 for row in months)
    assert apart >= 0
    assert bool(apart) <= bool(hidden)


def test_a_figure_adds_up_its_records_each_moved_by_its_own_key(lone: Store):
    sizes = [*range(1, 13), 40, 100, 300]
    moved = [of_people(n, key("cohort", f"DEMO-L{n}"), key("case", f"DEMO-K{n}")) for n in sizes]
    assert total(lone, "persons") == sum(moved)
    assert total(lone, "cases") == sum(1 + table().move(1, key("case", f"DEMO-K{n}"))
                                       for n in sizes)  # fmt: skip


def test_a_group_is_blurred_by_a_tenth_at_least_and_a_person_by_the_table():
    for n in range(200):
        person, case = key("cohort", f"DEMO-{n}"), key("case", f"DEMO-{n}")
        assert of_people(1, person, case) in (0, 3)
        group = of_people(1000, person, case)
        assert 95 <= abs(group - 1000) <= 305
        assert of_people(THRESHOLD, person, case) > 0


def test_subtracting_in_any_way_leaves_the_same_moved_figure(demo_store: Store):
    """However a destination is met, alone, among others or among all, it adds the same."""
    alone = {code: total(demo_store, "persons", f"destinations={code}") for code in ASKED}
    known = {code: value for code, value in alone.items() if value is not None}
    assert len(known) >= 6
    for some in combinations(known, 3):
        together = total(demo_store, "persons", f"destinations={','.join(some)}")
        assert together == sum(known[code] for code in some)
    listed = {row["destination"]: row["value"] for row in rows(demo_store, "destinations")}
    assert {code: listed[code] for code in known} == known


def test_what_protected_withholds_is_withheld(demo_store: Store):
    """One case, a dominating one or a small figure; counts of cases say nothing for certain."""
    for address in CHOSEN:
        for row in rows(demo_store, "corridors", address):
            assert row["state"] == "c" or row["value"] >= THRESHOLD
        shown = [row["value"] for row in rows(demo_store, "corridors", f"{address}&measure=cases")]
        assert shown and not [value for value in shown if value is None or value < 3]


def test_every_question_is_answered_strictly(demo_store: Store):
    gang = demo_store.gangs()[0]
    for name, question in questions().items():
        address = f"gangs={gang}" if question.requires else ""
        answer = demo_store.answer(name, Selection.parse(address), STRICT)
        assert answer.policy == ("public" if answer.published else "strict")
        if not answer.published:
            exact = demo_store.answer(name, Selection.parse(address), EXACT)
            assert answer.records() != exact.records()


def test_strict_figures_are_the_same_again_but_not_the_protected_ones(demo_store: Store):
    assert rows(demo_store, "origins") == rows(demo_store, "origins")
    assert rows(demo_store, "origins") != rows(demo_store, "origins", scope=EVERYTHING)


def test_counts_of_one_record_move_apart_from_its_people():
    """Suspects and cases share a case's key: which cases count must not say how suspects moved."""
    codes = [key("case", f"DEMO-{n}") for n in range(4000)]
    counted = [code for code in codes if table().move(1, code) == 2]
    shares = [sum(salted(code, SUSPECTS) < 32768 for code in some) / len(some)
              for some in (codes, counted)]  # fmt: skip
    assert abs(shares[0] - shares[1]) < 0.04
