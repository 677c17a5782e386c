"""The audit log is for its owner alone, and where it cannot be written nothing is given out."""

import os
import stat
from pathlib import Path

import filemaker
import pytest

from dashboard import __main__ as dashboard
from dashboard.export import __main__ as export
from dashboard.export import files
from data import audit, snapshots
from data.audit import AuditError, Line, Log, keys
from data.manifest import SnapshotError
from queries import __main__ as queries
from queries.selection import Selection
from queries.store import Store
from tests.audit.logs import EXPORT, closed, written
from tests.conftest import FREE


def test_everything_is_for_one_user_alone(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        written(tmp_path / "state" / "audit", 3, most=300)
    finally:
        os.umask(umask)
    for path in [tmp_path / "state", *(tmp_path / "state").rglob("*")]:
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


@pytest.mark.parametrize("text", ["", "short", "x" * 31])
def test_a_short_key_is_refused(
    text: str, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "key"
    file.write_text(text, "utf-8")
    file.chmod(0o600)
    monkeypatch.setenv(keys.FILE_VARIABLE, str(file))
    with pytest.raises(AuditError, match="32 characters or more"):
        audit.record(EXPORT)
    file.write_text("y" * 32, "utf-8")
    file.chmod(0o640)
    with pytest.raises(AuditError, match=r"open to other users \(mode 0640\)"):
        audit.record(EXPORT)
    file.chmod(0o600)
    assert audit.record(EXPORT).n == 1
    assert not (state / "audit" / "key").exists()


def test_without_its_log_nothing_is_given_out_and_nothing_loaded(
    state: Path,
    tiny_store: Store,
    tiny_directory: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    closed(state)
    with pytest.raises(AuditError, match="nothing is given out or loaded"):
        files.deliver("csv", tiny_store.answer("origins", Selection()), "en", grant=FREE)
    out = tmp_path / "a.csv"
    assert export.main(["origins", "--data", str(tiny_directory), "--out", str(out)]) == 2
    assert queries.main(["answer", "origins", "--data", str(tiny_directory)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and len(said.err.splitlines()) == 2
    assert "cannot be written to (Not a directory)" in said.err
    assert not out.exists()
    file = filemaker.write(tmp_path / "cohorts.csv", filemaker.rows("cohorts", 5))
    with pytest.raises(SnapshotError, match="cannot be written to"):
        filemaker.load(file, into=tmp_path / "d")
    assert "cannot be written to" in audit.problem()


def test_a_log_that_fails_at_the_last_moment_leaves_the_served_snapshot(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = filemaker.write(tmp_path / "a.csv", filemaker.rows("cohorts", 5))
    filemaker.load(first, into=tmp_path / "d")
    served = snapshots.current(tmp_path / "d")

    def fails(*_: object) -> Line:
        raise AuditError("The audit log cannot be written to.")

    monkeypatch.setattr(Log, "append", fails)
    more = filemaker.write(tmp_path / "b.csv", filemaker.rows("cohorts", 9))
    with pytest.raises(SnapshotError, match="audit log cannot be written"):
        filemaker.load(more, into=tmp_path / "d")
    assert snapshots.current(tmp_path / "d") == served
    assert sorted(path.name for path in served.parent.iterdir()) == [
        served.name,
        served.with_suffix(".sha256").name,
    ]


def test_a_log_open_to_others_is_refused(state: Path) -> None:
    audit.record(EXPORT)
    for path in (state / "audit", state / "audit" / "audit-000001.jsonl", state / "audit" / "head"):
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | 0o044)
        with pytest.raises(AuditError, match="open to other users"):
            audit.record(EXPORT)
        path.chmod(mode)
    assert audit.record(EXPORT).n == 2


def test_a_start_beside_an_open_state_folder_is_refused(
    state: Path, tiny_directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audit.record(EXPORT)
    (state / "audit" / "key").chmod(0o644)
    assert dashboard.main(["--data", str(tiny_directory), "--port", "0"]) == 2
    said = capsys.readouterr().err
    assert f"{state}/audit/key is open to other users (mode 0644): run chmod -R go= {state}" in said
    assert len(said.splitlines()) == 1
