"""A backup: read by its recipients alone, and never half made or half restored."""

import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import filemaker
import pyrage
import pytest

from data import audit, snapshots
from data.__main__ import main
from data.loading import archive
from tests.backups import Captured, held, public, refused, restore

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with 40 cohorts and a row in quarantine."""
    folder = tmp_path_factory.mktemp("figures")
    rows = [*filemaker.rows("cohorts", 40), filemaker.row("cohorts", 41, persons="many")]
    filemaker.load(filemaker.write(folder / "c.csv", rows), into=folder / "d")
    return folder / "d"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A secret key's file."""
    path = tmp_path_factory.mktemp("keys") / "key"
    assert main(["key", "--out", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def backup(figures: Path, key: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encrypted backup of it."""
    out = tmp_path_factory.mktemp("backups") / "b.age"
    assert main(["backup", str(figures), "--out", str(out), "--recipient", public(key)]) == 0
    return out


def test_what_is_restored_is_what_was_backed_up(
    figures: Path, backup: Path, key: Path, tmp_path: Path
) -> None:
    assert restore(backup, tmp_path / "r", key) == 0
    assert held(tmp_path / "r") == held(figures)
    assert snapshots.verify(snapshots.current(tmp_path / "r"))
    snapshots.check_private(tmp_path / "r")
    assert [path.name for path in (tmp_path / "r").iterdir() if "unf" in path.name] == []


def test_a_backup_shows_nothing_and_is_its_owners_alone(backup: Path) -> None:
    content = backup.read_bytes()
    assert content.startswith(archive.AGE)
    assert b"DUCK" not in content and b"contents.json" not in content
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_each_of_two_recipients_opens_it_and_nobody_else(
    figures: Path, key: Path, tmp_path: Path, capsys: Captured
) -> None:
    other, stranger = tmp_path / "other", tmp_path / "stranger"
    for path in (other, stranger):
        assert main(["key", "--out", str(path)]) == 0
    to = ["--recipient", public(key), "--recipient", public(other)]
    assert main(["backup", str(figures), "--out", str(tmp_path / "b"), *to]) == 0
    assert restore(tmp_path / "b", tmp_path / "one", key) == 0
    assert restore(tmp_path / "b", tmp_path / "two", other) == 0
    said = refused(
        capsys, "restore", tmp_path / "b", "--into", tmp_path / "no", "--identity", stranger
    )
    assert "cannot be decrypted: the key given does not open it" in said
    assert not (tmp_path / "no" / "CURRENT").exists()


def test_without_a_key_the_remedy_is_said(backup: Path, tmp_path: Path, capsys: Captured) -> None:
    said = refused(capsys, "restore", backup, "--into", tmp_path / "r")
    assert "is encrypted: give the secret key with --identity KEYFILE" in said


def test_a_plain_backup_must_be_asked_for(
    figures: Path, key: Path, tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "b.tar"
    assert "--plain" in refused(capsys, "backup", figures, "--out", out)
    both = ["--plain", "--recipient", public(key)]
    assert "and not --plain" in refused(capsys, "backup", figures, "--out", out, *both)
    assert not out.exists()
    assert main(["backup", str(figures), "--out", str(out), "--plain"]) == 0
    assert "PLAIN" in capsys.readouterr().out
    assert main(["restore", str(out), "--into", str(tmp_path / "r")]) == 0
    assert held(tmp_path / "r") == held(figures)


@pytest.mark.parametrize("text", ["age1xyz", "", "AGE-SECRET-KEY-1ABC", "ssh-ed25519 AAAA"])
def test_a_wrong_recipient_is_said(
    text: str, figures: Path, tmp_path: Path, capsys: Captured
) -> None:
    said = refused(capsys, "backup", figures, "--out", tmp_path / "b", "--recipient", text)
    assert "is no recipient's key" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        ("", 0o600, "holds no line that begins with AGE-SECRET-KEY-1"),
        ("AGE-SECRET-KEY-1QQQ\n", 0o600, "not whole"),
        ("AGE-SECRET-KEY-1QQQ\n", 0o644, "open to other users (mode 0644)"),
        (None, 0o600, "cannot be read (No such file or directory)"),
    ],
)
def test_a_key_file_at_fault_is_said(
    text: str | None, mode: int, said: str, backup: Path, tmp_path: Path, capsys: Captured
) -> None:
    file = tmp_path / "key"
    if text is not None:
        file.write_text(text, "utf-8")
        file.chmod(mode)
    asked = ["restore", backup, "--into", tmp_path / "r", "--identity", file]
    assert said in refused(capsys, *asked)


def changes(content: bytes) -> dict[str, bytes]:
    middle, last = len(content) // 2, len(content) - 1
    flipped = {
        f"bit {at}": content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        for at in (3, 40, 200, middle, last)
    }
    chunk = 200 + 65_552
    cut = {f"cut {at}": content[:at] for at in (0, 10, 100, chunk, middle, last - 20, last)}
    return flipped | cut | {"longer": content + b"x", "zeros": bytes(len(content))}


@pytest.mark.parametrize("plain", [False, True], ids=["encrypted", "plain"])
def test_a_backup_cut_short_or_altered_is_refused_and_what_is_served_stays(
    plain: bool, figures: Path, backup: Path, key: Path, tmp_path: Path, capsys: Captured
) -> None:
    served = tmp_path / "served"
    filemaker.load(filemaker.write(tmp_path / "c.csv", filemaker.rows("cohorts", 3)), into=served)
    before = held(served)
    if plain:
        backup = tmp_path / "plain"
        assert main(["backup", str(figures), "--out", str(backup), "--plain"]) == 0
    content, wrong = backup.read_bytes(), tmp_path / "wrong"
    kinds = changes(content)
    if plain:
        harmless = ("longer", f"cut {len(content) - 1}", f"cut {len(content) - 21}", "bit 200",
                    f"bit {len(content) - 1}", "bit 3")  # fmt: skip
        kinds = {name: text for name, text in kinds.items() if name not in harmless}
    for name, text in kinds.items():
        wrong.write_bytes(text)
        asked = ["restore", wrong, "--into", served, "--identity", key]
        assert str(wrong) in refused(capsys, *asked), name
        assert held(served) == before, name


def test_a_damaged_snapshot_is_not_backed_up(
    figures: Path, tmp_path: Path, capsys: Captured
) -> None:
    shutil.copytree(figures, tmp_path / "d")
    current = snapshots.current(tmp_path / "d")
    content = bytearray(current.read_bytes())
    content[len(content) // 2] ^= 1
    current.write_bytes(content)
    said = refused(capsys, "backup", tmp_path / "d", "--out", tmp_path / "b", "--plain")
    assert "is not as it was sealed" in said
    assert not (tmp_path / "b").exists()


def test_a_backup_that_cannot_be_written_leaves_the_old_one(
    figures: Path, key: Path, tmp_path: Path
) -> None:
    out = tmp_path / "b.age"
    out.write_bytes(b"old")
    line = f'ulimit -f 100 && exec "$0" -m data backup "$1" --out "$2" --recipient {public(key)}'
    done = subprocess.run(
        ["bash", "-c", line, sys.executable, str(figures), str(out)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stderr == f"{out} cannot be written (File too large).\n"
    assert out.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["b.age"]


def test_a_restore_that_runs_out_of_room_leaves_what_is_served(
    backup: Path, key: Path, tmp_path: Path
) -> None:
    served = tmp_path / "served"
    filemaker.load(filemaker.write(tmp_path / "c.csv", filemaker.rows("cohorts", 3)), into=served)
    before = held(served)
    line = 'ulimit -f 100 && exec "$0" -m data restore "$1" --into "$2" --identity "$3"'
    done = subprocess.run(
        ["bash", "-c", line, sys.executable, str(backup), str(served), str(key)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == f"{backup} cannot be restored: File too large.\n"
    assert held(served) == before


def test_backups_and_restores_stand_in_the_audit_log(
    figures: Path, backup: Path, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(audit.STATE_VARIABLE, str(tmp_path / "state"))
    assert main(["backup", str(figures), "--out", str(tmp_path / "b"), "--plain"]) == 0
    assert restore(backup, tmp_path / "r", key) == 0
    text = (tmp_path / "state" / "audit" / "audit-000001.jsonl").read_text("utf-8")
    said = [json.loads(line) for line in text.splitlines()]
    assert [(one["kind"], one["detail"]) for one in said] == [("backup", "plain"), ("restore", "")]
    assert {one["snapshot"] for one in said} == {snapshots.current(figures).stem}


def test_without_the_audit_log_no_backup_is_given_out(
    figures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv(audit.STATE_VARIABLE, str(tmp_path / "state"))
    (tmp_path / "state").mkdir(mode=0o700)
    (tmp_path / "state" / "audit").write_text("in the way", "utf-8")
    said = refused(capsys, "backup", figures, "--out", tmp_path / "b", "--plain")
    assert "audit log" in said
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_a_key_is_made_once_and_for_its_owner(key: Path, capsys: Captured) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    assert "cannot be made (File exists)" in refused(capsys, "key", "--out", key)
    assert key.read_bytes() == before
    identity = pyrage.x25519.Identity.from_str(before.decode().splitlines()[1])
    assert str(identity.to_public()) == public(key)
