"""A few people whose figures move to zero leave no trace: no row, no mark, no other answer."""

from itertools import combinations, count
from pathlib import Path

import pandas
import pytest

from queries.perturbation import KEYS, table
from queries.questions import questions
from queries.scope import Scope
from queries.selection import Selection
from queries.store import EVERYTHING, Store
from tests.conftest import build_tiny, tiny_tables
from tests.oracle_lattice import key

ROUNDED = Scope(policy="rounded", granted=("rounded",))
FILLED = {"totals", "persons_by_month", "seizures_by_month", "seizures_and_persons",
          "documents_per_100", "coverage", "arrivals_by_year"}  # fmt: skip
FIGURES = ("value", "persons", "cases", "suspects", "quantity", "seizures")
ASKED = ("origins=CN-GZ", "origins=CN-GZ&measure=cases", "origins=CN-GZ&since=2024-01&sexes=male",
         "origins=CN-GZ,CN-HI", "prefectures=520100&measure=cases")  # fmt: skip


def vanishing(kind: str, beginning: str) -> tuple[str, ...]:
    """Names of three records which, counted together, move to zero."""
    names = [f"{beginning}{number}" for number in range(40)]
    keys = {name: key(kind, name) for name in names}
    return next(three for three in combinations(names, 3)
                if table().move(3, sum(map(keys.get, three)) % KEYS) == -3)  # fmt: skip


def with_some_more() -> dict[str, pandas.DataFrame]:
    """The hand-sized tables with three cases of one person each, alone in a province, of a gang of
    their own and marked as lower bounds."""
    tables = tiny_tables()
    codes, rows = vanishing("case", "DEMO-V"), vanishing("cohort", "DEMO-W")
    gang = next(f"DEMO-H{n}" for n in count() if table().move(1, key("gang", f"DEMO-H{n}")) == -1)
    case = tables["cases"].iloc[0].to_dict() | dict.fromkeys(
        [name for name in tables["cases"] if name.startswith("suspects_")], "0"
    )
    case |= {"opened": "2024-03-02", "gang": gang, "flag": "lower_bound"}
    cohort = tables["cohorts"].iloc[0].to_dict() | {
        "month": "2024-03", "origin": "CN-GZ", "prefecture": "520100", "sex": "male",
        "persons": "1", "flag": "lower_bound",
    }  # fmt: skip
    more = {"cases": [case | {"case_id": code} for code in codes],
            "cohorts": [cohort | {"case_id": code, "cohort_id": row}
                        for code, row in zip(codes, rows, strict=True)]}  # fmt: skip
    return {name: pandas.concat([tables[name], pandas.DataFrame(more[name])]) for name in more}


@pytest.mark.parametrize("address", ASKED)
def test_who_moves_to_zero_changes_no_answer_about_them(address: str, tmp_path: Path):
    """Every question about their province alone: as if they had never been recorded."""
    selection = Selection.parse(address)
    more, fewer = (build_tiny(tmp_path / str(place), tables, disclosure="protected")
                   for place, tables in enumerate((with_some_more(), tiny_tables())))  # fmt: skip
    with Store(more) as there, Store(fewer) as gone:
        assert len(there.gangs()) == len(gone.gangs()) + 1
        for name in questions().keys() - {"gang_profile"}:
            seen, expected = (store.answer(name, selection).records() for store in (there, gone))
            assert seen == expected, name


@pytest.mark.parametrize("scope", [EVERYTHING, ROUNDED], ids=["protected", "rounded"])
@pytest.mark.parametrize("address", ["", "sexes=female", "routes=sea&measure=cases", "since=2019"])
def test_no_row_that_cells_are_cut_into_says_zero(address: str, scope: Scope, demo_store: Store):
    for name in questions().keys() - FILLED - {"gang_profile"}:
        for row in demo_store.answer(name, Selection.parse(address), scope).records():
            figures = [row[figure] for figure in FIGURES if figure in row]
            states = [row[state] for state in row if state.endswith("state")]
            assert any(figures) or any(states), (name, row)


def test_a_remainder_of_nothing_is_no_row(tmp_path: Path):
    """Three paths of one person and one case each: all withheld, and together zero."""
    rows = [code for code in map("DEMO-{}".format, range(99))
            if table().move(1, key("cohort", code)) == -1][:3]  # fmt: skip
    cohorts = tiny_tables()["cohorts"].head(3).assign(cohort_id=rows, persons="1")
    cohorts["case_id"] = ["DEMO-C01", "DEMO-C02", "DEMO-C03"]
    cohorts["destination"] = ["USA", "JPN", "ITA"]
    folder = build_tiny(tmp_path, {"cohorts": cohorts}, disclosure="protected")
    with Store(folder) as store:
        states = [row["state"] for row in store.answer("corridors").records()]
        assert states == ["c", "c", "c"]
        assert store.answer("routes").records() == []
