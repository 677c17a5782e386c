"""What lattice cell keys promise: the same noise however one asks, and none that averages out."""

from datetime import date
from itertools import combinations
from pathlib import Path

import pandas

from data.__main__ import main
from queries import nodes
from queries.scope import Scope
from queries.selection import Selection
from queries.store import EVERYTHING, Store
from tests.conftest import EXACT, SUPPRESSED, build_tiny, tiny_tables

ASKED = ("USA", "JPN", "ITA", "KOR", "FRA", "RUS", "GBR", "ESP")


def persons(store: Store, address: str, scope: Scope = EVERYTHING) -> int | None:
    return store.answer("totals", Selection.parse(address), scope).records()[0]["value"]


def test_figures_move_by_little_and_say_so(demo_store: Store):
    answer, counted = (demo_store.answer("destinations", scope=s) for s in (EVERYTHING, EXACT))
    exact = {row["destination"]: row["value"] for row in counted.records()}
    moves = [
        row["value"] - exact[row["destination"]]
        for row in answer.records()
        if row["value"] is not None
    ]
    assert (answer.policy, counted.policy) == ("protected", "exact")
    assert any(moves) and max(map(abs, moves)) <= 5
    assert abs(sum(moves)) < 4 * (2 * len(moves)) ** 0.5


def test_a_filter_of_many_values_adds_up_the_figures_of_each(demo_store: Store):
    alone = {code: persons(demo_store, f"destinations={code}") for code in ASKED}
    for three in combinations(ASKED, 3):
        together = persons(demo_store, f"destinations={','.join(three)}")
        assert together == sum(alone[code] for code in three)


def test_subtracting_views_gives_the_same_moved_figure_every_time(demo_store: Store):
    """Hidden cells fall to one subtraction where only small counts are hidden; here each of many
    subtractions gives the same figure, noise included, so that averaging them is no use."""

    def differences(hidden: str, scope: Scope) -> set[int]:
        base = "origins=CN-ZJ&sexes=female&destinations="
        others = [code for code in ASKED if code != hidden]
        pairs = [base + ",".join(two) for two in combinations(others, 2)]
        return {
            whole - part
            for pair in pairs
            if (part := persons(demo_store, pair, scope)) is not None
            and (whole := persons(demo_store, f"{pair},{hidden}", scope)) is not None
        }

    learnt = {
        code: (differences(code, SUPPRESSED), differences(code, EVERYTHING)) for code in ASKED
    }
    assert all(len(exact) == len(moved) == 1 for exact, moved in learnt.values())
    assert sum(exact != moved for exact, moved in learnt.values()) >= len(ASKED) / 3


def test_a_year_moves_once_and_not_month_by_month(demo_store: Store):
    year = "since=2019-01&until=2019-12"
    assert abs(persons(demo_store, year) - persons(demo_store, year, EXACT)) <= 5
    by_year = demo_store.answer("ages_by_year", Selection.parse(year)).records()
    whole = demo_store.answer("ages_by_year").records()
    assert by_year == [row for row in whole if row["year"] == 2019]


def test_a_case_of_many_people_is_blurred_by_a_tenth_at_least(tmp_path: Path):
    cohorts = tiny_tables()["cohorts"].head(1).assign(persons="1000")
    with Store(build_tiny(tmp_path, {"cohorts": cohorts}, disclosure="protected")) as store:
        assert persons(store, "") is None
        with store._snapshot().connection.cursor() as cursor:
            from queries import compose
            from queries.questions import question
            from queries.release import Protected

            asked = compose.ask(Selection())
            moved = Protected().counted(question("corridors").cells[0], asked)
            ((value,),) = cursor.execute(f"select value_counted from ({moved})").fetchall()
    assert 95 <= abs(value - 1000) <= 305


def test_later_loads_and_other_machines_move_figures_alike(demo_store: Store, tmp_path: Path):
    again = tmp_path / "again"
    files = tmp_path / "files"
    assert main(["demo", "--rows", "3000", "--into", str(files)]) == 0
    for path in sorted(files.iterdir()):
        if path.suffix != ".toml":
            named = [str(path), str(files / "dataset.toml")]
            assert main(["load", *named, "--into", str(again)]) == 0
    with Store(again) as store:
        for name in ("corridors", "seizures_by_item", "gangs"):
            assert store.answer(name).records() == demo_store.answer(name).records()


def test_nodes_are_the_largest_groups_chosen_whole():
    south = Selection.parse("destinations=southern-europe,USA,JPN").destinations
    said = dict(zip(south, nodes.named("destinations", south), strict=True))
    assert (said["ITA"], said["USA"], said["JPN"]) == ("southern-europe", "USA", "JPN")
    assert set(nodes.named("sexes", ("male", "female"))) == {"male", "female"}


def test_months_become_years_quarters_and_months(demo_store: Store):
    with demo_store._snapshot().connection.cursor() as cursor:
        text = nodes.months("month", "date '2019-02-01'", "date '2020-12-01'")
        days = [date(2019, n, 1) for n in range(2, 13)] + [date(2020, n, 1) for n in range(1, 13)]
        values = ", ".join(f"(date '{day}')" for day in days)
        rows = cursor.execute(f"select {text} from (values {values}) as t(month)").fetchall()
    assert list(dict.fromkeys(node for (node,) in rows)) == [
        "2019-02-01", "2019-03-01", "quarter 2019-04-01", "quarter 2019-07-01",
        "quarter 2019-10-01", "year 2020-01-01",
    ]  # fmt: skip


def test_a_seizure_of_nothing_moves_nothing(tmp_path: Path):
    first = tiny_tables()["seizures"].iloc[0].to_dict()
    rows = [("1", "2023-01-05", "100"), ("2", "2023-01-05", "100"), ("3", "2023-01-05", "100"),
            ("4", "2024-05-05", "5000"), ("4", "2023-01-05", "0")]  # fmt: skip
    seizures = pandas.DataFrame(
        first | {"seizure_id": f"DEMO-S9{n}", "case_id": f"DEMO-C0{case}", "date": day,
                 "quantity": quantity} for n, (case, day, quantity) in enumerate(rows)
    )  # fmt: skip
    said = []
    for name, some in (("with", seizures), ("without", seizures.head(4))):
        with Store(
            build_tiny(tmp_path / name, {"seizures": some}, disclosure="protected")
        ) as store:
            chosen = Selection.parse("since=2023-01&until=2023-01")
            said.append(store.answer("seizures_by_item", chosen).records()[0]["quantity"])
    assert said[0] == said[1] and said[0] is not None
