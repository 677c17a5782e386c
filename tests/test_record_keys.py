"""The secret behind record keys: made once, kept apart, and nothing is served without it."""

import hashlib
import os
import shutil
import stat
from pathlib import Path

import filemaker
import pandas
import pytest

from dashboard import __main__ as dashboard
from data import audit, record_keys, snapshots
from data.__main__ import main
from data.manifest import SnapshotError
from queries import __main__ as queries
from queries.store import Store
from tests.conftest import build_tiny, tiny_tables

NAMES = ("origins", "persons_by_month", "totals", "seizures_by_item", "corridors")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of its own, so that a secret is made anew."""
    folder = tmp_path / "state"
    monkeypatch.setenv(audit.STATE_VARIABLE, str(folder))
    monkeypatch.delenv(record_keys.FILE, raising=False)
    return folder


def real_tables() -> dict[str, pandas.DataFrame]:
    """The hand-sized tables without the mark of invented data."""
    return {
        name: frame.replace("DEMO", "REAL", regex=True) for name, frame in tiny_tables().items()
    }


def build_real(directory: Path, **changes: object) -> Path:
    return build_tiny(directory, real_tables(), **({"disclosure": "protected"} | changes))


def fingerprint(directory: Path) -> str:
    return snapshots.manifest(snapshots.current(directory)).record_keys


def secret_file(folder: Path, text: str | None = "s" * 40, mode: int = 0o600) -> Path:
    path = folder / "secret"
    if text is not None:
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
    return path


def answers(directory: Path) -> list[object]:
    with Store(directory) as store:
        return [store.answer(name).records() for name in NAMES]


def test_the_first_load_makes_a_secret_for_this_user_alone(tmp_path: Path, state: Path):
    old = os.umask(0o000)
    try:
        build_real(tmp_path / "d")
    finally:
        os.umask(old)
    path = state / record_keys.NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text("ascii").strip()
    assert len(text) == 64
    assert [p.name for p in state.iterdir() if p.name.startswith(".")] == []
    build_real(tmp_path / "e")
    assert path.read_text("ascii").strip() == text
    assert fingerprint(tmp_path / "d") == fingerprint(tmp_path / "e") != record_keys.KNOWN


def test_the_secret_is_in_no_snapshot(tmp_path: Path, state: Path):
    build_real(tmp_path / "d")
    text = (state / record_keys.NAME).read_bytes().strip()
    stored = [path for path in (tmp_path / "d").rglob("*") if path.is_file()]
    assert stored and not any(text in path.read_bytes() for path in stored)


def test_invented_and_published_figures_need_no_secret(tmp_path: Path, state: Path):
    build_tiny(tmp_path / "invented", disclosure="protected")
    build_real(tmp_path / "published", disclosure="public")
    assert fingerprint(tmp_path / "invented") == fingerprint(tmp_path / "published") == "default"
    assert not (state / record_keys.NAME).exists()
    assert answers(tmp_path / "invented") and answers(tmp_path / "published")


def test_one_real_row_among_invented_ones_needs_a_secret(tmp_path: Path, state: Path):
    cohorts = tiny_tables()["cohorts"]
    cohorts.loc[0, "cohort_id"] = "P-1"
    build_tiny(tmp_path / "d", {"cohorts": cohorts}, disclosure="protected")
    assert (state / record_keys.NAME).exists()
    assert fingerprint(tmp_path / "d") != "default"


def test_real_rows_that_join_invented_ones_get_keys_of_their_own(tmp_path: Path):
    build_tiny(tmp_path / "d", disclosure="protected")
    load_more(tmp_path, cohort_id="P-99")
    assert fingerprint(tmp_path / "d") not in ("default", "")
    load_more(tmp_path, cohort_id="DEMO-98")
    assert fingerprint(tmp_path / "d") != "default"


def test_the_same_secret_gives_the_same_keys_on_every_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shown = []
    for machine in ("one", "two"):
        folder = tmp_path / machine
        folder.mkdir()
        monkeypatch.setenv(record_keys.FILE, str(secret_file(folder)))
        shuffled = {name: frame.sample(frac=1) for name, frame in real_tables().items()}
        build_tiny(folder / "d", shuffled, disclosure="protected")
        shown.append(answers(folder / "d"))
    assert shown[0] == shown[1]
    with snapshots.connect(snapshots.current(folder / "d")) as connection:
        keys = connection.execute("select cohort_id, record_key from cohorts").fetchall()
    for code, key in keys:
        if code:
            digest = hashlib.sha256(f"{'s' * 40}/cohort/{code}".encode()).hexdigest()
            assert key == int(digest[:4], 16)


def test_another_secret_moves_figures_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    build_real(tmp_path / "one")
    one = answers(tmp_path / "one")
    monkeypatch.setenv(record_keys.FILE, str(secret_file(tmp_path)))
    build_real(tmp_path / "two")
    assert answers(tmp_path / "two") != one


def load_more(tmp_path: Path, **changes: str) -> int:
    more = tiny_tables()["cohorts"].head(1).assign(**changes)
    more.to_csv(tmp_path / "cohorts.csv", index=False)
    return main(["load", str(tmp_path / "cohorts.csv"), "--into", str(tmp_path / "d")])


def test_a_load_with_another_secret_is_refused(
    tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    build_real(tmp_path / "d")
    before = snapshots.current(tmp_path / "d")
    monkeypatch.setenv(record_keys.FILE, str(secret_file(tmp_path)))
    assert load_more(tmp_path, cohort_id="P-99", case_id="REAL-C01") == 2
    said = capsys.readouterr().err
    assert f"were made with another secret ({fingerprint(tmp_path / 'd')}, not" in said
    assert snapshots.current(tmp_path / "d") == before
    monkeypatch.delenv(record_keys.FILE)
    (state / record_keys.NAME).unlink()
    assert load_more(tmp_path, cohort_id="P-99", case_id="REAL-C01") == 2
    assert "is missing: put it there" in capsys.readouterr().err
    assert not (state / record_keys.NAME).exists()


@pytest.mark.parametrize(
    ("text", "mode", "complaint"),
    [
        ("s" * 40, 0o600, "made with another secret"),
        ("s" * 40, 0o640, "is open to other users"),
        ("short", 0o600, "holds 5 characters"),
        (record_keys.DEFAULT, 0o600, "is the default one"),
        (None, 0o600, "is missing"),
    ],
)
def test_protected_figures_are_not_served_without_their_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, mode: int, complaint: str
):
    build_real(tmp_path / "d")
    monkeypatch.setenv(record_keys.FILE, str(secret_file(tmp_path, text, mode)))
    with pytest.raises(SnapshotError, match=complaint):
        Store(tmp_path / "d")


@pytest.mark.parametrize(
    ("text", "mode", "complaint"),
    [
        ("s" * 40, 0o644, "is open to other users"),
        ("short", 0o600, "32 or more of its own are needed"),
        (record_keys.DEFAULT, 0o600, "is the default one"),
        (None, 0o600, "is missing"),
    ],
)
def test_a_load_with_a_secret_that_cannot_be_used_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, mode: int, complaint: str
):
    monkeypatch.setenv(record_keys.FILE, str(secret_file(tmp_path, text, mode)))
    with pytest.raises(SnapshotError, match=complaint):
        build_real(tmp_path / "d")
    assert not (tmp_path / "d" / "CURRENT").exists()


def test_real_figures_with_keys_that_anybody_can_work_out_are_not_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    default = record_keys.Secret(record_keys.DEFAULT)
    with monkeypatch.context() as patched:
        patched.setattr(record_keys, "to_load_with", lambda *_: default)
        build_real(tmp_path / "d")
    with pytest.raises(SnapshotError, match="made with the default secret"):
        Store(tmp_path / "d")


def test_a_restored_copy_is_served_with_the_secret_and_not_without(
    tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch
):
    build_real(tmp_path / "d")
    shown = answers(tmp_path / "d")
    out, there = tmp_path / "figures.backup", tmp_path / "there"
    assert main(["backup", str(tmp_path / "d"), "--out", str(out), "--plain"]) == 0
    secret = state / record_keys.NAME
    assert secret.read_bytes().strip() not in out.read_bytes()
    monkeypatch.setenv(audit.STATE_VARIABLE, str(there))
    assert main(["restore", str(out), "--into", str(tmp_path / "e")]) == 0
    with pytest.raises(SnapshotError, match="is missing: put it there"):
        Store(tmp_path / "e")
    shutil.copy2(secret, there / record_keys.NAME)
    assert answers(tmp_path / "e") == shown


def test_the_start_and_the_commands_refuse_in_one_sentence(
    tmp_path: Path, state: Path, capsys: pytest.CaptureFixture[str]
):
    build_real(tmp_path / "d")
    (state / record_keys.NAME).unlink()
    for run in (dashboard.main, queries.main):
        asked = ["answer", "totals"] if run is queries.main else ["--port", "0"]
        assert run([*asked, "--data", str(tmp_path / "d")]) == 2
        said = capsys.readouterr().err
        assert len(said.strip().splitlines()) == 1
        assert "is missing: put it there" in said and "Traceback" not in said


def test_a_load_says_where_the_secret_is_and_a_backup_that_it_lacks_it(
    tmp_path: Path, state: Path, capsys: pytest.CaptureFixture[str]
):
    file = filemaker.write(tmp_path / "cohorts.csv", filemaker.rows("cohorts", 5))
    for times in range(2):
        assert main(["load", str(file), "--into", str(tmp_path / "d"), "--replace"]) == 0
        said = capsys.readouterr().out
        assert (str(state / record_keys.NAME) in said) == (times == 0)
    out = str(tmp_path / "b")
    assert main(["backup", str(tmp_path / "d"), "--out", out, "--plain"]) == 0
    assert f"Not in it, and needed to serve it: {state / record_keys.NAME}" in (
        capsys.readouterr().out
    )


def test_two_first_loads_at_once_share_one_secret(state: Path):
    record_keys._make(state / record_keys.NAME)
    first = (state / record_keys.NAME).read_text("ascii")
    record_keys._make(state / record_keys.NAME)
    assert (state / record_keys.NAME).read_text("ascii") == first
