"""Where one case makes too much of a figure it is withheld, however large the figure is."""

from pathlib import Path

import duckdb
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import contracts
from queries import cells, rules
from queries.cells import Cells
from queries.facts import FACTS
from queries.questions import questions
from queries.selection import Selection
from queries.store import Store
from tests.conftest import build_tiny, examples, tiny_tables

MEMORY = duckdb.connect()
TIGHT = ((100, 5, 5), (50, 45, 3), (40, 40), (300, 50, 20, 20))
LOOSE = ((50, 44, 20), (40, 40, 40), (20, 12, 3), (300, 100, 50))
FIELD = {"totals": ("measure", "persons"), "destinations": ("destination", "USA"),
         "corridors": ("origin", "CN-FJ")}  # fmt: skip


def cohorts(persons: tuple[int, ...]) -> pandas.DataFrame:
    """Cohorts of one corridor: the first case's persons in two of them, others' in one."""
    rows = [(0, persons[0] // 2), (0, persons[0] - persons[0] // 2), *enumerate(persons)]
    del rows[2]
    first = tiny_tables()["cohorts"].iloc[0].to_dict()
    return pandas.DataFrame(
        first | {"cohort_id": f"DEMO-9{n}", "case_id": f"DEMO-C0{case + 1}", "persons": str(count)}
        for n, (case, count) in enumerate(rows)
    )


def state(store: Store, name: str, field: str, code: str, address: str = "") -> str:
    rows = store.answer(name, Selection.parse(address)).records()
    (row,) = [row for row in rows if row[field] == code]
    return str(row["state"])


@pytest.mark.parametrize("persons", [*TIGHT, *LOOSE])
@pytest.mark.parametrize("address", ["", "since=2023-01&until=2023-01", "destinations=USA,ITA"])
def test_persons_of_one_great_case_are_withheld(
    persons: tuple[int, ...], address: str, tmp_path: Path
):
    folder = build_tiny(tmp_path, {"cohorts": cohorts(persons)}, disclosure="protected")
    with Store(folder) as store:
        for name, (field, code) in FIELD.items():
            assert state(store, name, field, code, address) == "c" * (persons in TIGHT), name


def test_a_dominated_figure_that_moves_to_nought_is_withheld_too(tmp_path: Path):
    """Each destination has two cases of one person, which the table moves to 0 more often than
    not: the first could tell the second."""
    pair = cohorts((1, 1)).tail(2)
    codes = [code.code for code in contracts.codes("countries") if code.code != "unknown"][:30]
    tables = [pair.assign(destination=code, cohort_id=[f"DEMO-{code}-{n}" for n in range(2)])
              for code in codes]  # fmt: skip
    folder = build_tiny(tmp_path, {"cohorts": pandas.concat(tables)}, disclosure="protected")
    with Store(folder) as store:
        rows = store.answer("destinations").records()
    shown = {row["destination"] for row in rows if row["state"] != "c"}
    assert len(codes) == 30 and not shown & set(codes)


def test_a_great_case_elsewhere_withholds_nothing_here(tmp_path: Path):
    here = cohorts((20, 12, 9))
    there = here.iloc[[0]].assign(cohort_id="DEMO-80", persons="5000", destination="JPN")
    folder = build_tiny(tmp_path, {"cohorts": pandas.concat([here, there])}, disclosure="protected")
    with Store(folder) as store:
        assert state(store, "destinations", "destination", "USA") == ""
        assert state(store, "destinations", "destination", "JPN") == "c"
        assert state(store, "totals", "measure", "persons") == "c"


@pytest.mark.parametrize("suspects", [*TIGHT, *LOOSE])
def test_suspects_of_one_great_case_are_withheld(suspects: tuple[int, ...], tmp_path: Path):
    cases = tiny_tables()["cases"].head(len(suspects)).assign(opened="2023-01-15", gang="DEMO-G1")
    roles = [name for name in cases.columns if name.startswith("suspects_")]
    cases[roles] = None
    cases["suspects_forger"] = [str(count) for count in suspects]
    tables = {"cases": cases, "cohorts": cohorts((5,) * len(suspects))}
    with Store(build_tiny(tmp_path, tables, disclosure="protected")) as store:
        assert state(store, "totals", "measure", "suspects") == "c" * (suspects in TIGHT)
        (gang,) = store.answer("gangs").records()
        assert gang["suspects_state"] == "c" * (suspects in TIGHT)


@pytest.mark.parametrize(
    ("quantities", "withheld"), [((1000, 50, 50), True), ((800, 100, 100), False), ((95, 5), True)]
)
def test_an_amount_of_one_great_case_is_withheld(
    quantities: tuple[int, ...], withheld: bool, tmp_path: Path
):
    first = tiny_tables()["seizures"].iloc[0].to_dict()
    seizures = pandas.DataFrame(
        first | {"seizure_id": f"DEMO-S9{n}", "case_id": f"DEMO-C0{n + 1}", "quantity": str(count)}
        for n, count in enumerate(quantities)
    )
    with Store(build_tiny(tmp_path, {"seizures": seizures}, disclosure="protected")) as store:
        for name, field, code in (("totals", "measure", "documents"),
                                  ("seizures_by_item", "item", "forged_visa")):  # fmt: skip
            assert state(store, name, field, code) == "c" * withheld


def test_what_one_case_seizes_of_several_items_counts_together(tmp_path: Path):
    first = tiny_tables()["seizures"].iloc[0].to_dict()
    rows = (("1", "forged_visa", 100), ("1", "passport", 100), ("2", "forged_visa", 10),
            ("3", "passport", 5))  # fmt: skip
    seizures = pandas.DataFrame(
        first | {"seizure_id": f"DEMO-S9{n}", "case_id": f"DEMO-C0{case}", "item": item,
                 "quantity": str(count)}
        for n, (case, item, count) in enumerate(rows)
    )  # fmt: skip
    with Store(build_tiny(tmp_path, {"seizures": seizures}, disclosure="protected")) as store:
        assert state(store, "totals", "measure", "documents") == "c"


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.integers(1, 60), min_size=2, max_size=6), st.integers(0, 40), st.booleans())
def test_the_cheap_test_misses_no_dominated_figure(shares: list[int], elsewhere: int, people: bool):
    first, second = sorted(shares, reverse=True)[:2]
    whole, squares = sum(shares), sum(share * (share + elsewhere) for share in shares)
    asked = (
        rules.dominates(f"{whole}", f"{first}", f"{second}", people=people),
        rules.may_dominate(f"{whole}", f"{squares}", people=people),
    )
    ((rule, may),) = MEMORY.execute(f"select {asked[0]}, {asked[1]}").fetchall()
    assert may or not rule
    tight = whole - first - second < first / 10 or first > 0.75 * whole
    assert rule == (tight if people else first > 0.9 * whole)


SQUARED = sorted(
    {
        (one.facts, tuple(name for name in one.by if name != "period"), name, one.remainder)
        for question in questions().values()
        for one in question.cells
        for name in one.figures
        if FACTS[one.facts].figures[name].squares
    }
)


@pytest.mark.parametrize(("table", "by", "name", "remainder"), SQUARED)
def test_squares_are_never_less_than_what_cases_add(
    table: str, by: tuple[str, ...], name: str, remainder: bool, demo_store: Store
):
    facts, asked = FACTS[table], Cells("any", table, by, (name,), remainder=remainder)
    figure = facts.figures[name]
    squares = cells.squares(figure, asked)
    assert squares
    cut = "" if remainder else "".join(f"{sql}, " for sql in cells.groups(asked, facts))
    case = f"sum({figure.adds}) over (partition by {cut}case_no)"
    least = f"sum({figure.adds} * share)::double as least, sum({squares.sql})::double as most"
    rows = f"(select *, {case} as share from {facts.source})"
    cell = f"select {least} from {rows} {f'group by {cut}' if cut else ''}".rstrip(", ")
    with demo_store._snapshot().connection.cursor() as cursor:
        held = cursor.execute(f"select bool_and(coalesce(most >= least, true)), count(*), max(most)"
                              f" from ({cell}) as cells").fetchone()  # fmt: skip
    assert held and held[0] and held[1] and held[2] > 0


def test_no_case_dominates_a_figure_of_the_demonstration_that_is_shown(demo_store: Store):
    """Every corridor shown is checked against the facts themselves."""
    shown = {
        (row["origin"], row["destination"])
        for row in demo_store.answer("corridors").records()
        if row["value"]
    }
    with demo_store._snapshot().connection.cursor() as cursor:
        rows = cursor.execute(
            "select origin, destination, case_no, sum(persons) from cohorts"
            " where cohort_id is not null group by all"
        ).fetchall()
    by_cell: dict[tuple[str, str], list[int]] = {}
    for origin, destination, _, persons in rows:
        by_cell.setdefault((origin, destination), []).append(persons)
    dominated = {
        cell
        for cell, shares in by_cell.items()
        for first, second, *_ in [[*sorted(shares, reverse=True), 0]]
        if sum(shares) - first - second < first / 10 or first > 0.75 * sum(shares)
    }
    assert shown and dominated and not shown & dominated
