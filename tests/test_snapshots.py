"""A snapshot is whole, says what it is, never changes, and opens no door but its own rows."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pytest

from data import snapshots
from data.loading.pipeline import load
from data.manifest import Description, Span, provisional_from
from data.snapshots import SnapshotError

CASES = [
    {"case_id": "A", "opened": "2014-07-03", "province": "CN-GD", "kind": "forgery", "gang": "G",
     "suspects_organiser": 6, "suspects_forger": 4},
    {"case_id": "B", "opened": "2014-08", "province": "CN-FJ", "kind": "smuggling"},
]  # fmt: skip
COHORT: dict[str, Any] = {
    "origin": "CN-GD", "destination": "USA", "route": "sea", "age_group": "25-29", "sex": "male",
}  # fmt: skip
COHORTS = [
    {"cohort_id": "1", "case_id": "A", "month": "2014-05", "persons": 7, **COHORT},
    {"cohort_id": "2", "case_id": "A", "month": "2014-06", "persons": 5, **COHORT},
    {"cohort_id": "3", "case_id": "Z", "month": "2014-09", "persons": 3, **COHORT},
    {"cohort_id": "4", "case_id": "Z", "month": "2014-04", "persons": 1, **COHORT},
]
SEIZURES = [
    {"seizure_id": "s", "case_id": "A", "date": "2014-07-05", "province": "CN-GD", "item": "seal",
     "quantity": 270, "unit": "pieces"},
]  # fmt: skip


def built(directory: Path, description: Description | None = None, **tables: Any) -> Path:
    rows = {"cases": CASES, "cohorts": COHORTS, "seizures": SEIZURES} | tables
    frames = {name: pandas.DataFrame(listed) for name, listed in rows.items() if listed}
    return snapshots.build(directory, frames, description)


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with snapshots.connect(path) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("one"))


def test_every_case_counts_once_in_cohorts_also_one_without_cohorts(one: Path) -> None:
    found = "select case_id, count(*), sum(persons), count(cohort_id) from cohorts group by 1"
    assert sorted(rows(one, found)) == [("A", 2, 12, 2), ("B", 1, 0, 0), ("Z", 2, 4, 2)]
    assert rows(one, "select count(distinct case_no) from cohorts") == [(3,)]


def test_a_case_known_only_from_cohorts_or_seizures_is_counted_and_says_no_more(
    tmp_path: Path,
) -> None:
    path = built(tmp_path, cases=[], seizures=[{**SEIZURES[0], "case_id": "S"}])
    said = "select case_id, month, opened, province, gang, suspects from cases order by case_id"
    assert rows(path, said) == [
        ("A", date(2014, 5, 1), None, "unknown", None, None),
        ("S", date(2014, 7, 1), None, "unknown", None, None),
        ("Z", date(2014, 4, 1), None, "unknown", None, None),
    ]
    assert rows(path, "select count(distinct case_no) from cohorts") == [(3,)]


def test_a_row_without_people_knows_nothing_but_its_case(one: Path) -> None:
    keys = "cohort_id, record_key, case_key, gang_key, case_persons, corridor_persons"
    keyless = f"* exclude ({keys})"
    (found,) = rows(one, f"select {keyless} from cohorts where cohort_id is null")
    assert found == (
        3, "B", date(2014, 8, 1), date(2014, 8, 1), "unknown", None, "unknown", "unknown",
        "unknown", None, "unknown", "unknown", 0, None, None, None, None,
    )  # fmt: skip


def test_a_case_is_dated_by_its_opening_or_else_its_first_cohort(one: Path) -> None:
    found = "select distinct case_id, case_month, gang from cohorts order by case_id"
    assert rows(one, found) == [
        ("A", date(2014, 7, 1), "G"),
        ("B", date(2014, 8, 1), None),
        ("Z", date(2014, 4, 1), None),
    ]


def test_suspects_add_up_what_is_stated_and_stay_unknown_otherwise(one: Path) -> None:
    assert rows(one, "select suspects from cases order by case_id") == [(10,), (None,), (None,)]


def test_seizures_know_class_gang_month_and_case(one: Path) -> None:
    found = "select class, gang, month, case_no from seizures"
    case = rows(one, "select case_no from cases where case_id = 'A'")[0][0]
    assert rows(one, found) == [("tool", "G", date(2014, 7, 1), case)]


def test_cohorts_are_sorted_by_month(one: Path) -> None:
    months = [month for (month,) in rows(one, "select month from cohorts")]
    assert months == sorted(months)


def test_code_lists_travel_with_their_order_and_attributes(one: Path) -> None:
    found = "select code, en, position, unit, class from codes_items order by position limit 1"
    assert rows(one, found) == [
        ("forged_visa", "Forged visa documents", 0, "documents", "document")
    ]


def test_the_manifest_says_what_the_rows_are(one: Path) -> None:
    said = snapshots.manifest(one)
    assert said.id == one.stem
    assert (said.first_month, said.last_month) == (date(2014, 4, 1), date(2014, 9, 1))
    assert (said.synthetic, said.disclosure) == (False, "protected")
    assert said.as_of == date(2014, 9, 30)
    assert said.totals["persons"] == "16"


@pytest.mark.parametrize(
    ("table", "column"),
    [("cases", "case_id"), ("cases", "gang"), ("cohorts", "cohort_id"), ("seizures", "seizure_id")],
)
def test_one_invented_row_marks_the_whole(table: str, column: str, tmp_path: Path) -> None:
    listed = {"cases": CASES, "cohorts": COHORTS, "seizures": SEIZURES}[table]
    marked = [*listed[:-1], {**listed[-1], column: "demo-X"}]
    assert snapshots.manifest(built(tmp_path, **{table: marked})).synthetic


def test_flags_give_breaks_and_provisional_months(tmp_path: Path) -> None:
    flagged = [
        {**row, "flag": "provisional"} if row["month"] > "2014-05" else row for row in COHORTS
    ]
    flagged[0] = {**flagged[0], "flag": "break"}
    monthly = [{**flagged[1], "cohort_id": f"m{n}", "month": f"2014-0{n}"} for n in (7, 8)]
    said = snapshots.manifest(built(tmp_path, cohorts=[*flagged, *monthly]))
    assert said.breaks == (date(2014, 5, 1),)
    assert said.provisional_from == date(2014, 6, 1)


@pytest.mark.parametrize(
    ("as_of", "declared", "flagged", "first"),
    [
        ("2014-12-31", None, [], None),
        ("2014-12-30", None, [], "2014-12"),
        ("2014-11-30", None, [], "2014-12"),
        ("2015-06-30", "2014-11", [], "2014-11"),
        ("2015-06-30", "2015-02", [], None),
        ("2015-06-30", None, ["2014-11", "2014-12"], "2014-11"),
        ("2015-06-30", None, ["2013-01", "2014-12"], "2014-12"),
        ("2015-06-30", None, ["2013-01"], None),
        ("2015-06-30", "2014-10", ["2014-12"], "2014-10"),
    ],
)
def test_provisional_months_are_declared_flagged_or_still_open(
    as_of: str, declared: str | None, flagged: list[str], first: str | None
) -> None:
    def month(text: str | None) -> date | None:
        return date.fromisoformat(f"{text}-01") if text else None

    covered = Span(date(2010, 1, 1), date(2014, 12, 1), tuple(map(month, flagged)), ())  # type: ignore[arg-type]
    assert provisional_from(date.fromisoformat(as_of), month(declared), covered) == month(first)


@pytest.mark.parametrize(
    "attempt",
    [
        "set memory_limit = '1GB'",
        "set enable_external_access = true",
        "from read_csv('/etc/passwd')",
        "from '/etc/passwd'",
        "copy cases to 'cases.csv'",
        "attach 'other.duckdb'",
        "install httpfs",
        "load httpfs",
        "create table made (a integer)",
        "delete from cases",
    ],
)
def test_a_reader_reaches_no_file_setting_or_write(attempt: str, one: Path) -> None:
    with snapshots.connect(one) as connection, pytest.raises(duckdb.Error):
        connection.execute(attempt)


def test_only_large_files_are_read_by_several_threads(one: Path, monkeypatch: pytest.MonkeyPatch):
    threads = "select current_setting('threads')"
    assert rows(one, threads) == [(1,)]
    monkeypatch.setattr(snapshots, "SMALL", one.stat().st_size)
    assert rows(one, threads) == [(duckdb.sql(threads).fetchall()[0][0],)]


def test_a_query_that_runs_too_long_is_stopped(tmp_path: Path) -> None:
    path = built(tmp_path)
    endless = "select count(*) from range(1000000) a, range(1000000) b where a.range + b.range = 1"
    with snapshots.connect(path, seconds=1) as connection:
        with pytest.raises(duckdb.InterruptException):
            connection.cursor().execute(endless)
        assert connection.execute("select count(*) from cases").fetchall() == [(3,)]


def test_old_snapshots_stay_until_they_are_pruned(tmp_path: Path) -> None:
    paths = [built(tmp_path) for _ in range(4)]
    assert snapshots.current(tmp_path) == paths[-1]
    assert all(map(snapshots.verify, paths))
    gone = snapshots.prune(tmp_path, keep=2)
    assert gone == tuple(paths[:2])
    assert all(path.exists() == (path not in gone) for path in paths)
    assert len(list((tmp_path / "snapshots").iterdir())) == 4


def test_the_snapshot_in_use_is_kept_even_when_it_is_the_oldest(tmp_path: Path) -> None:
    paths = [built(tmp_path) for _ in range(3)]
    (tmp_path / "CURRENT").write_text(paths[0].name, "utf-8")
    assert snapshots.prune(tmp_path, keep=1) == tuple(paths[1:])
    assert snapshots.current(tmp_path) == paths[0]


def test_a_changed_file_no_longer_verifies(tmp_path: Path) -> None:
    path = built(tmp_path)
    assert snapshots.verify(path)
    with path.open("r+b") as file:
        file.seek(5000)
        file.write(b"\xff\x00\xff")
    assert not snapshots.verify(path)


def test_a_key_that_stands_twice_is_caught_by_the_control_totals(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"Control totals differ.*cohorts 4 became 6"):
        built(tmp_path, cases=[*CASES, CASES[0]])
    assert not (tmp_path / "CURRENT").exists()


@pytest.mark.parametrize("pointer", ["", "../../etc/passwd", "20140101T000000-000000000000.duckdb"])
def test_a_pointer_to_nothing_is_said(pointer: str, tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_text(pointer)
    with pytest.raises(SnapshotError, match="CURRENT names"):
        snapshots.current(tmp_path)


def test_no_snapshot_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="python -m data load FILE"):
        snapshots.current(tmp_path / "nothing")


def test_a_snapshot_of_another_version_gives_way_to_its_files_loaded_again(tmp_path: Path) -> None:
    old = built(tmp_path)
    old.chmod(0o600)
    with duckdb.connect(str(old)) as connection:
        connection.execute("update manifest set value = '0' where key = 'schema_version'")
    files = Path(__file__).parent / "tiny"
    with pytest.raises(SnapshotError, match=r"another version.*--replace"):
        load([files], tmp_path)
    load([files], tmp_path, replace=True)
    assert snapshots.manifest(snapshots.current(tmp_path)).id


def test_a_file_that_is_no_snapshot_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.duckdb").write_bytes(b"no" * 5000)
    with pytest.raises(SnapshotError, match="cannot be opened"):
        snapshots.manifest(tmp_path / "x.duckdb")
    duckdb.connect(str(tmp_path / "y.duckdb")).close()
    with pytest.raises(SnapshotError, match="is not a snapshot"):
        snapshots.manifest(tmp_path / "y.duckdb")


def test_files_are_for_their_owner_alone(one: Path) -> None:
    assert one.stat().st_mode & 0o077 == 0


def test_reading_notes_leave_only_from_a_set_already_published(tmp_path: Path) -> None:
    cases = [{**CASES[0], "source": "A daily, 2014-07-05", "note": "Counted once"}, CASES[1]]
    told = Description(disclosure="public")
    notes = snapshots.reading_notes(built(tmp_path / "public", told, cases=cases))
    assert ("cases", "A", "A daily, 2014-07-05", "Counted once") in set(
        notes.itertuples(False, None)
    )
    assert snapshots.reading_notes(built(tmp_path / "own", None, cases=cases)).empty
