"""What lattice cell keys promise: the same noise however one asks, and none that averages out."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from data import record_keys, snapshots
from data.__main__ import main
from data.manifest import SnapshotError
from queries import nodes
from queries.selection import Selection
from queries.store import Store
from tests.conftest import build_tiny, tiny_tables

ASKED = ("USA", "JPN", "ITA", "KOR", "FRA", "RUS", "GBR", "ESP")


@pytest.fixture(scope="module")
def perturbed_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3,000 invented cohort rows whose data set asks for perturbed figures."""
    files, directory = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("perturbed")
    assert main(["demo", "--rows", "3000", "--into", str(files)]) == 0
    with (files / "dataset.toml").open("a", encoding="utf-8") as described:
        described.write('disclosure = "perturbed"\n')
    assert main(["load", str(files), "--into", str(directory)]) == 0
    return directory


@pytest.fixture(scope="module")
def perturbed(perturbed_directory: Path) -> Iterator[Store]:
    with Store(perturbed_directory) as store:
        yield store


def persons(store: Store, address: str) -> int | None:
    return store.answer("totals", Selection.parse(address)).records()[0]["value"]


def test_figures_move_by_little_and_say_so(perturbed: Store, demo_store: Store):
    answer = perturbed.answer("destinations")
    exact = {
        row["destination"]: row["value"] for row in demo_store.answer("destinations").records()
    }
    moves = [
        row["value"] - exact[row["destination"]]
        for row in answer.records()
        if row["value"] is not None and exact[row["destination"]] is not None
    ]
    assert answer.policy == "perturbed"
    assert any(moves) and max(map(abs, moves)) <= 5
    assert abs(sum(moves)) < 4 * (2 * len(moves)) ** 0.5


def test_a_filter_of_many_values_adds_up_the_figures_of_each(perturbed: Store):
    alone = {code: persons(perturbed, f"destinations={code}") for code in ASKED}
    for three in combinations(ASKED, 3):
        together = persons(perturbed, f"destinations={','.join(three)}")
        assert together == sum(alone[code] for code in three)


def test_subtracting_views_gives_the_same_moved_figure_every_time(
    perturbed: Store, demo_store: Store
):
    """Hidden cells fall to one subtraction where only small counts are hidden; here each of many
    subtractions gives the same figure, noise included, so that averaging them is no use."""

    def differences(store: Store, hidden: str) -> set[int]:
        base = "origins=CN-ZJ&sexes=female&destinations="
        others = [code for code in ASKED if code != hidden]
        pairs = [base + ",".join(two) for two in combinations(others, 2)]
        return {
            whole - part
            for pair in pairs
            if (part := persons(store, pair)) is not None
            and (whole := persons(store, f"{pair},{hidden}")) is not None
        }

    learnt = {code: (differences(demo_store, code), differences(perturbed, code)) for code in ASKED}
    assert all(len(exact) == len(moved) == 1 for exact, moved in learnt.values())
    assert sum(exact != moved for exact, moved in learnt.values()) >= len(ASKED) / 3


def test_a_year_moves_once_and_not_month_by_month(perturbed: Store, demo_store: Store):
    year = "since=2019-01&until=2019-12"
    assert abs(persons(perturbed, year) - persons(demo_store, year)) <= 5
    by_year = perturbed.answer("ages_by_year", Selection.parse(year)).records()
    whole = perturbed.answer("ages_by_year").records()
    assert by_year == [row for row in whole if row["year"] == 2019]


def test_a_case_of_many_people_is_blurred_by_a_tenth_at_least(tmp_path: Path):
    cohorts = tiny_tables()["cohorts"].head(1).assign(persons="1000")
    with Store(build_tiny(tmp_path, {"cohorts": cohorts}, disclosure="perturbed")) as store:
        assert persons(store, "") is None
        with store._snapshot().connection.cursor() as cursor:
            from queries import compose
            from queries.questions import question
            from queries.release import Perturbed

            asked = compose.ask(Selection())
            moved = Perturbed().counted(question("corridors").cells[0], asked)
            ((value,),) = cursor.execute(f"select value_counted from ({moved})").fetchall()
    assert 95 <= abs(value - 1000) <= 305


def test_later_loads_and_other_machines_move_figures_alike(
    perturbed_directory: Path, perturbed: Store, tmp_path: Path
):
    again = tmp_path / "again"
    files = tmp_path / "files"
    assert main(["demo", "--rows", "3000", "--into", str(files)]) == 0
    with (files / "dataset.toml").open("a", encoding="utf-8") as described:
        described.write('disclosure = "perturbed"\n')
    for path in sorted(files.iterdir()):
        if path.suffix != ".toml":
            named = [str(path), str(files / "dataset.toml")]
            assert main(["load", *named, "--into", str(again)]) == 0
    with Store(again) as store:
        for name in ("corridors", "seizures_by_item", "gangs"):
            assert store.answer(name).records() == perturbed.answer(name).records()


def test_nodes_are_the_largest_groups_chosen_whole():
    south = Selection.parse("destinations=southern-europe,USA,JPN").destinations
    said = dict(zip(south, nodes.named("destinations", south), strict=True))
    assert (said["ITA"], said["USA"], said["JPN"]) == ("southern-europe", "USA", "JPN")
    assert set(nodes.named("sexes", ("male", "female"))) == {"male", "female"}


def test_no_secret_of_ones_own_no_perturbed_figures(tmp_path: Path):
    tables = {
        name: frame.replace("DEMO", "REAL", regex=True) for name, frame in tiny_tables().items()
    }
    with pytest.raises(SnapshotError, match="need a secret of their own"):
        build_tiny(tmp_path, tables, disclosure="perturbed")
    assert not (tmp_path / "CURRENT").exists()


def test_keys_made_with_another_secret_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    build_tiny(tmp_path / "d", disclosure="perturbed")
    before = snapshots.current(tmp_path / "d")
    monkeypatch.setenv(record_keys.FILE, str(secret_file(tmp_path)))
    more = tiny_tables()["cohorts"].head(1).assign(cohort_id="DEMO-99")
    more.to_csv(tmp_path / "cohorts.csv", index=False)
    assert main(["load", str(tmp_path / "cohorts.csv"), "--into", str(tmp_path / "d")]) == 2
    assert "were made with another secret (default" in capsys.readouterr().err
    assert snapshots.current(tmp_path / "d") == before


def test_another_secret_moves_figures_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    build_tiny(tmp_path / "one", disclosure="perturbed")
    monkeypatch.setenv(record_keys.FILE, str(secret_file(tmp_path)))
    build_tiny(tmp_path / "two", disclosure="perturbed")
    assert snapshots.manifest(snapshots.current(tmp_path / "one")).record_keys == "default"
    assert len(snapshots.manifest(snapshots.current(tmp_path / "two")).record_keys) == 16
    with Store(tmp_path / "one") as one, Store(tmp_path / "two") as two:
        names = ("origins", "persons_by_month", "totals", "seizures_by_item")
        assert any(one.answer(n).records() != two.answer(n).records() for n in names)


@pytest.mark.parametrize(
    ("mode", "text", "complaint"),
    [(0o644, "x" * 40, "others may read"), (0o600, "short", "at least 32 are needed"),
     (0o600, None, "cannot be read")],
)  # fmt: skip
def test_a_secret_that_cannot_be_used_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, text: str | None, complaint: str
):
    monkeypatch.setenv(record_keys.FILE, str(secret_file(tmp_path, text, mode)))
    with pytest.raises(SnapshotError, match=complaint):
        build_tiny(tmp_path / "d")


def test_months_become_years_quarters_and_months(perturbed: Store):
    with perturbed._snapshot().connection.cursor() as cursor:
        text = nodes.months("month", "date '2019-02-01'", "date '2020-12-01'")
        days = [date(2019, n, 1) for n in range(2, 13)] + [date(2020, n, 1) for n in range(1, 13)]
        values = ", ".join(f"(date '{day}')" for day in days)
        rows = cursor.execute(f"select {text} from (values {values}) as t(month)").fetchall()
    assert list(dict.fromkeys(node for (node,) in rows)) == [
        "2019-02-01", "2019-03-01", "quarter 2019-04-01", "quarter 2019-07-01",
        "quarter 2019-10-01", "year 2020-01-01",
    ]  # fmt: skip


def secret_file(folder: Path, text: str | None = "s" * 40, mode: int = 0o600) -> Path:
    path = folder / "secret"
    if text is not None:
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
    return path
