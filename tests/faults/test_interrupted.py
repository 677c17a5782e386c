"""Whatever happens to a build, what is served is a whole snapshot, the old one or the new."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import filemaker
import pytest

from data import snapshots
from data.loading import building
from data.loading.faults import LoadError
from data.manifest import SnapshotError

ROOT = Path(__file__).parent.parent.parent
STEPS = ["_fill", "_checked_totals", "_seal", "sync", "point", "sha256"]


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """A data directory that serves ten cohorts."""
    first = filemaker.write(tmp_path / "first.csv", filemaker.rows("cohorts", 10))
    filemaker.load(first, into=tmp_path / "d")
    return tmp_path / "d"


def more(directory: Path, count: int = 20) -> Path:
    return filemaker.write(directory.parent / f"{count}.csv", filemaker.rows("cohorts", count))


def left(directory: Path) -> list[str]:
    return [path.name for path in directory.rglob("*") if path.name.startswith((".unf", ".work"))]


def assert_whole(directory: Path) -> int:
    path = snapshots.current(directory)
    assert snapshots.verify(path)
    persons = filemaker.facts(directory, "select sum(persons) from cohorts")[0][0]
    assert snapshots.manifest(path).totals["persons"] == str(persons)
    return int(persons)


def start(directory: Path, file: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "data", "load", str(file), "--into", str(directory)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_failure_at_any_step_leaves_the_old_or_the_new_whole(
    step: str, when: str, served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = getattr(building, step)
    calls = []

    def fails(*arguments: object) -> object:
        calls.append(step)
        if when == "before":
            raise OSError(28, "No space left on device")
        done(*arguments)
        raise OSError(28, "No space left on device")

    path = more(served)
    monkeypatch.setattr(building, step, fails)
    with pytest.raises((SnapshotError, LoadError)) as raised:
        filemaker.load(path, into=served)
    monkeypatch.undo()
    assert calls
    assert "No space left on device" in str(raised.value)
    new = step == "point" and when == "after"
    assert assert_whole(served) == (240 if new else 120)
    assert left(served) == []


def test_a_kill_at_any_moment_leaves_a_whole_snapshot(served: Path) -> None:
    began = time.monotonic()
    start(served, more(served, 30)).wait()
    whole = time.monotonic() - began
    counts = {assert_whole(served)}
    for place in range(1, 7):
        process = start(served, more(served, 30 + place))
        time.sleep(whole * place / 7)
        process.send_signal(signal.SIGKILL)
        process.wait()
        counts.add(assert_whole(served))
    assert counts <= {12 * (30 + place) for place in range(7)}
    filemaker.load(more(served, 50), into=served)
    assert assert_whole(served) == 600
    assert left(served) == []


def test_a_full_disk_is_said_and_cleaned_up(served: Path, tmp_path: Path) -> None:
    rows = filemaker.rows("cohorts", 20_000)
    for number, row in enumerate(rows):
        row["note"] = f"{number * 7919 % 100_003} {number}" * 20
    big = filemaker.write(tmp_path / "big.csv", rows)
    limit = 3 * 2**20

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = subprocess.run(
        [sys.executable, "-m", "data", "load", str(big), "--into", str(served)],
        check=False,
        cwd=ROOT,
        preexec_fn=limited,
        capture_output=True,
        text=True,
    )
    assert process.returncode == 2, process.stderr
    assert "cannot be written to" in process.stderr
    assert "Traceback" not in process.stderr
    assert len(process.stderr.strip().splitlines()) == 1
    assert assert_whole(served) == 120
    assert left(served) == []


def test_readers_see_a_whole_snapshot_through_every_swap(served: Path) -> None:
    stop = threading.Event()
    seen: list[int] = []
    wrong: list[object] = []

    def read() -> None:
        while not stop.is_set():
            try:
                with snapshots.connect(snapshots.current(served)) as connection:
                    cursor = connection.cursor()
                    persons, rows = cursor.execute(
                        "select sum(persons), count(*) from cohorts"
                    ).fetchall()[0]
                    seen.append(persons)
                    if persons != 12 * rows:
                        wrong.append((persons, rows))
            except (duckdb.Error, SnapshotError) as error:
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for count in (20, 30, 40, 50):
        filemaker.load(more(served, count), into=served)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert len(seen) > 5
    assert assert_whole(served) == 600


def test_a_reader_keeps_its_snapshot_while_another_takes_its_place(served: Path) -> None:
    with snapshots.connect(snapshots.current(served)) as connection:
        filemaker.load(more(served), into=served)
        assert connection.execute("select sum(persons) from cohorts").fetchall() == [(120,)]
    assert assert_whole(served) == 240


def test_two_loads_at_once_do_not_meet(served: Path) -> None:
    with (
        building.workshop(served),
        pytest.raises(SnapshotError, match="Another load"),
    ):
        filemaker.load(more(served), into=served)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_said(served: Path) -> None:
    served.chmod(0o500)
    try:
        with pytest.raises(SnapshotError, match="cannot be written to: Permission denied"):
            filemaker.load(more(served), into=served)
    finally:
        served.chmod(0o700)
