"""The command line: one file, whole or not at all, and one clear sentence for whatever is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from dashboard.export import __main__ as command
from dashboard.export import browser, files, render
from dashboard.export.browser import RenderUnavailable

needs_browser = pytest.mark.skipif(
    not render.available(), reason="no Chromium: apt-get install chromium"
)


def run(directory: Path, *arguments: str) -> int:
    return command.main([*arguments, "--data", str(directory)])


@needs_browser
def test_one_command_writes_one_picture(tiny_directory: Path, tmp_path: Path) -> None:
    out = tmp_path / "origins.png"
    root = Path(command.__file__).parents[2]
    options = "--select since=2023-01 --language zh --format png --size slide"
    line = [sys.executable, "-m", "dashboard.export", "origins", *options.split()]
    done = subprocess.run(
        [*line, "--data", str(tiny_directory), "--out", str(out)],
        capture_output=True, text=True, cwd=root, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == str(out)
    with Image.open(out) as picture:
        assert picture.size == (1920, 1080)
    assert [path.name for path in tmp_path.iterdir()] == ["origins.png"]


def test_tables_need_no_browser_and_the_ending_names_the_format(
    tiny_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "_candidates", lambda: iter(()))
    for kind in ("csv", "xlsx", "svg"):
        out = tmp_path / f"gangs.{kind}"
        assert run(tiny_directory, "gangs", "--language", "en", "--out", str(out)) == 0
        assert out.stat().st_size > 500


def test_without_a_name_the_file_is_named_after_what_it_holds(
    tiny_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(tiny_directory, "origins", "--format", "csv", "--select", "origins=CN-FJ") == 0
    assert [path.name for path in tmp_path.iterdir()] == ["origins_CN-FJ_zh.csv"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["orgins"], "nearest: origins"),
        (["origins", "--select", "origins=CN-FK"], "CN-F"),
        (["origins", "--select", "orgins=CN-FJ"], "origins"),
        (["origins", "--select", "since=2014-13"], "2014-13"),
        (["origins", "--format", "jpg"], "There is no format 'jpg'"),
        (["origins", "--size", "slides"], "nearest: slide"),
        (["origins", "--format", "png", "--out", "a.svg"], "ends in svg but the format is png"),
        (["origins", "--form", "globe"], "bars, tiles"),
        (["gang_profile"], "gangs"),
        (["gangs", "--select", "gangs=nobody"], "nobody"),
        (["origins", "--out", "/nowhere/at/all.csv"], "no folder /nowhere/at"),
        (["origins", "--language", "fr"], "See python -m dashboard.export --help"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_status_two(
    tiny_directory: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    try:
        status = run(tiny_directory, *arguments)
    except SystemExit as ended:
        status = int(str(ended.code))
    printed = capsys.readouterr()
    assert status == 2 and printed.out == ""
    assert said in printed.err and "Traceback" not in printed.err
    assert printed.err.count("\n") == 1 and printed.err.endswith(".\n")


def test_missing_data_say_what_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "none", "origins", "--format", "csv") == 2
    assert "python -m data load" in capsys.readouterr().err


def test_no_browser_is_one_sentence_with_the_remedy(
    tiny_directory: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(browser, "_candidates", lambda: iter(()))
    monkeypatch.setattr(render, "shared", render.Renderer)
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.delenv("CHROME", raising=False)
    out = tmp_path / "a.png"
    assert run(tiny_directory, "origins", "--out", str(out)) == 2
    assert "apt-get install chromium" in capsys.readouterr().err
    assert not out.exists()


def test_a_file_that_cannot_be_built_leaves_the_old_one_alone(
    tiny_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "a.png"
    out.write_bytes(b"old")

    def fail(*_: object) -> bytes:
        raise RenderUnavailable("none")

    monkeypatch.setattr(files, "build", fail)
    assert run(tiny_directory, "origins", "--out", str(out)) == 2
    assert out.read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


def test_a_folder_in_the_way_is_said(
    tiny_directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.csv"
    out.mkdir()
    assert run(tiny_directory, "origins", "--out", str(out)) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
