"""What is stored is for the service's user alone: made so under any umask, refused otherwise."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import filemaker
import pytest

from dashboard import __main__ as dashboard
from data import build, private, snapshots
from data.manifest import SnapshotError
from queries import __main__ as queries
from tests.conftest import build_tiny

ROOT = Path(__file__).parent.parent


def modes(directory: Path) -> dict[str, int]:
    """Every mode in a folder by path, the folder's own as "."."""
    paths = [directory, *directory.rglob("*")]
    return {
        path.relative_to(directory).as_posix(): stat.S_IMODE(path.lstat().st_mode) for path in paths
    }


def assert_private(directory: Path) -> None:
    found = modes(directory)
    wide = {name: oct(mode) for name, mode in found.items() if mode & 0o077}
    assert wide == {}
    folders = [path for path in (directory, *directory.rglob("*")) if path.is_dir()]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o700 for path in folders)


def faulty(path: Path) -> Path:
    """A file of which one row goes to quarantine."""
    rows = filemaker.rows("cohorts", 5)
    return filemaker.write(path, [*rows, filemaker.row("cohorts", 6, persons="many")])


@pytest.mark.parametrize("umask", ["000", "022", "077"])
def test_a_load_is_open_to_nobody_else_under_any_umask(umask: str, tmp_path: Path) -> None:
    file, into = faulty(tmp_path / "cohorts.csv"), tmp_path / "made" / "figures"
    line = f'umask {umask} && exec "$0" -m data load "$1" --into "$2"'
    command = ["sh", "-c", line, sys.executable, str(file), str(into)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {"CURRENT", ".lock", "snapshots", "quarantine"} <= set(modes(into))
    assert any(name.endswith("cohorts.csv") for name in modes(into))
    assert_private(into)


@pytest.mark.parametrize("umask", ["000", "077"])
def test_the_bundled_data_are_built_for_one_user_under_any_umask(
    umask: str, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    shutil.copytree(ROOT / ".make", project / ".make")
    shutil.copytree(ROOT / "data", project / "data")
    (project / ".venv").symlink_to(ROOT / ".venv")
    command = ["sh", "-c", f"umask {umask} && exec sh .make/snapshot published"]
    for _ in range(2):
        subprocess.run(command, cwd=project, capture_output=True, check=True)
    assert "published/built-from" in modes(project / ".snapshots")
    assert_private(project / ".snapshots")


def test_bundled_data_of_an_earlier_version_are_closed_when_built_again(tmp_path: Path) -> None:
    build.build("published", tmp_path / "p")
    for path in (tmp_path / "p", *(tmp_path / "p").rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    build.build("published", tmp_path / "p")
    assert_private(tmp_path / "p")


def test_an_empty_folder_is_taken_over_and_one_others_may_write_to_is_refused_as_it_is(
    tmp_path: Path,
) -> None:
    file = filemaker.write(tmp_path / "cohorts.csv", filemaker.rows("cohorts", 3))
    (tmp_path / "empty").mkdir(mode=0o755)
    filemaker.load(file, into=tmp_path / "empty")
    assert_private(tmp_path / "empty")
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine", "utf-8")
    for mode in (0o775, 0o757):
        full.chmod(mode)
        with pytest.raises(SnapshotError) as raised:
            filemaker.load(file, into=full)
        assert f"{full} may be changed by other users (mode {mode:04o})" in str(raised.value)
        assert str(raised.value).endswith(f"run chmod go-w {full}.")
        assert modes(full) == {".": mode, "mine.txt": modes(full)["mine.txt"]}


def test_files_beside_their_own_figures_are_loaded_and_served_and_stay_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    file = faulty(shared / "cohorts.csv")
    file.chmod(0o644)
    shared.chmod(0o755)
    for _ in range(2):
        assert filemaker.command(capsys, "load", shared, "--into", shared)[0] == 0
    found = modes(shared)
    assert (found["."], found["cohorts.csv"]) == (0o755, 0o644)
    for name in ("snapshots", "quarantine", "CURRENT", ".lock"):
        assert found[name] == (0o700 if (shared / name).is_dir() else 0o600)
    for name in ("snapshots", "quarantine"):
        assert_private(shared / name)
    assert queries.main(["answer", "origins", "--data", str(shared)]) == 0
    assert dashboard.snapshot(str(shared)) == snapshots.current(shared)


@pytest.fixture
def figures(tmp_path: Path) -> Path:
    """A data directory with a quarantine."""
    into = tmp_path / "figures"
    filemaker.load(faulty(tmp_path / "cohorts.csv"), into=into)
    return into


def names(directory: Path) -> list[Path]:
    return [directory, *sorted(directory.rglob("*"))]


@pytest.mark.parametrize("bits", [0o040, 0o020, 0o004, 0o002, 0o001])
def test_one_bit_for_others_anywhere_is_named_with_its_remedy(bits: int, figures: Path) -> None:
    assert len(names(figures)) == 9
    for path in names(figures)[1:]:
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | bits)
        with pytest.raises(SnapshotError) as raised:
            snapshots.check_private(figures)
        assert f"{path} is open to other users (mode {mode | bits:04o})" in str(raised.value)
        part = figures / path.relative_to(figures).parts[0]
        assert str(raised.value).endswith(f"run chmod -R go= {part}.")
        path.chmod(mode)
    snapshots.check_private(figures)


@pytest.mark.parametrize("bits", [0o020, 0o002, 0o077])
def test_the_data_directory_itself_may_be_read_by_others_but_not_changed(
    bits: int, figures: Path
) -> None:
    figures.chmod(0o755)
    snapshots.check_private(figures)
    figures.chmod(0o700 | bits)
    with pytest.raises(SnapshotError, match=r"may be changed by other users .* chmod go-w"):
        snapshots.check_private(figures)


def test_the_remedy_that_is_named_mends_it(figures: Path, tmp_path: Path) -> None:
    odd = tmp_path / "it's mine"
    figures.rename(odd)
    for path in names(odd):
        path.chmod(0o777 if path.is_dir() else 0o666)
    (odd / "mine.csv").write_text("mine", "utf-8")
    (odd / "mine.csv").chmod(0o644)
    for _ in range(2):
        with pytest.raises(SnapshotError) as raised:
            snapshots.check_private(odd)
        remedy = str(raised.value).split("run ", 1)[1].rstrip(".")
        subprocess.run(["sh", "-c", remedy], check=True)
    snapshots.check_private(odd)
    assert (modes(odd)["."], modes(odd)["mine.csv"]) == (0o755, 0o644)


def opened(figures: Path) -> Path:
    (figures / "snapshots").chmod(0o750)
    return figures


def test_a_start_is_refused_in_one_sentence(
    figures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dashboard.main(["--data", str(opened(figures)), "--port", "0"]) == 2
    said = capsys.readouterr().err
    assert f"{figures}/snapshots is open to other users (mode 0750)" in said
    assert f"chmod -R go= {figures}/snapshots" in said
    assert len(said.splitlines()) == 1


def test_an_answer_without_a_screen_and_a_load_are_refused_too(
    figures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert queries.main(["answer", "origins", "--data", str(opened(figures))]) == 2
    assert "open to other users" in capsys.readouterr().err
    more = filemaker.write(tmp_path / "more.csv", filemaker.rows("cohorts", 9))
    before = (figures / "CURRENT").read_text("utf-8")
    assert filemaker.command(capsys, "load", more, "--into", figures)[0] == 2
    assert (figures / "CURRENT").read_text("utf-8") == before


def test_a_snapshot_file_on_its_own_is_judged_too(
    figures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = snapshots.current(figures)
    assert queries.main(["answer", "origins", "--data", str(file)]) == 0
    file.chmod(0o644)
    assert queries.main(["answer", "origins", "--data", str(file)]) == 2
    assert "open to other users (mode 0644)" in capsys.readouterr().err


def test_a_link_is_judged_by_what_it_leads_to(figures: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "big-disk"
    (figures / "snapshots").rename(elsewhere)
    (figures / "snapshots").symlink_to(elsewhere)
    (tmp_path / "link").symlink_to(figures)
    snapshots.check_private(tmp_path / "link")
    elsewhere.chmod(0o755)
    with pytest.raises(SnapshotError, match=f"run chmod -R go= {elsewhere}"):
        snapshots.check_private(tmp_path / "link")


def test_a_link_in_the_way_of_a_file_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("kept", "utf-8")
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(OSError, match="symbolic links"):
        private.write(tmp_path / "link", b"lost")
    assert target.read_text("utf-8") == "kept"


def test_what_somebody_else_owns_is_refused(figures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 4321)
    with pytest.raises(SnapshotError) as raised:
        snapshots.check_private(figures)
    assert f"{figures} belongs to " in str(raised.value)
    assert f"run chown -R {owner + 4321} {figures} as root" in str(raised.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_file_or_link_given_away_is_refused(figures: Path, tmp_path: Path) -> None:
    file = snapshots.current(figures)
    os.chown(file, 4321, 4321)
    with pytest.raises(SnapshotError, match="belongs to 4321"):
        snapshots.check_private(figures)
    os.chown(file, 0, 0)
    (figures / "quarantine").rename(tmp_path / "q")
    (figures / "quarantine").symlink_to(tmp_path / "q")
    os.chown(figures / "quarantine", 4321, 4321, follow_symlinks=False)
    with pytest.raises(SnapshotError, match="quarantine belongs to 4321"):
        snapshots.check_private(figures)


def test_a_snapshot_being_written_refuses_no_start(figures: Path) -> None:
    unfinished = figures / "snapshots" / ".unfinished-20260101T000000-0123456789ab.duckdb"
    unfinished.write_bytes(b"half")
    unfinished.chmod(0o644)
    snapshots.check_private(figures)
    unfinished.rename(unfinished.with_name("20260101T000000-0123456789ab.duckdb"))
    with pytest.raises(SnapshotError, match="mode 0644"):
        snapshots.check_private(figures)


def test_a_directory_that_frames_were_built_into_is_private(tmp_path: Path) -> None:
    assert_private(build_tiny(tmp_path / "tiny"))
