"""What a newcomer meets when something is missing: one clear sentence, and no traceback."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CLOSING = re.compile(r"make(\[\d+\])?: \*\*\* ")
FROM_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
TOOLS = ("sh", "make", "dirname", "cmp", "mkdir", "touch", "rm", "tee", "grep", "head", "id", "env")

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed here")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's set-up half alone, in a folder of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / ".make", folder / ".make")
    return folder


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder of programs for PATH that holds no Python and whose apt-get and sudo refuse."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in TOOLS:
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    for name in ("apt-get", "sudo"):
        program(folder / name, "exit 1")
    return folder


def program(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)
    return path


def make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    outside = {name: text for name, text in os.environ.items() if name not in FROM_MAKE}
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=outside | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The one line a failed command says, make's own closing line left out."""
    lines = [line for line in done.stderr.splitlines() if not CLOSING.match(line)]
    assert done.returncode != 0
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_make_alone_lists_the_commands(project: Path):
    done = make(project)
    assert done.returncode == 0
    assert done.stdout.count("make ") >= 6


def test_a_machine_without_python_is_told_what_to_install(project: Path, tools: Path):
    said = sentence(make(project, "run", PATH=str(tools)))
    assert "Python 3.11 or newer is needed (found here: none)" in said
    assert "apt-get install python3 python3-venv" in said


def test_an_old_python_is_named_with_its_version(project: Path, tools: Path):
    program(tools / "python3", '[ "$1" = --version ] && echo "Python 3.9.2" || exit 1')
    said = sentence(make(project, "run", PATH=str(tools)))
    assert "Python 3.11 or newer is needed (found here: Python 3.9.2)" in said
    assert not (project / ".venv").exists()


def test_missing_virtual_environments_name_the_package(project: Path, tools: Path):
    program(
        tools / "python3",
        'case "$*" in *ensurepip*|*"-m pip"*) exit 1 ;; *%d.%d*) echo 3.13 ;; esac',
    )
    said = sentence(make(project, "run", PATH=str(tools)))
    assert "sudo apt-get install python3.13-venv" in said
    assert not (project / ".venv").exists()


def test_a_folder_that_cannot_be_written_to_is_named(project: Path, tools: Path):
    program(tools / "python3", "exit 0")
    (project / ".venv").write_text("in the way", "utf-8")
    said = sentence(make(project, "run", PATH=str(tools)))
    assert "cannot be written to" in said
    assert str(project) in said


def test_set_up_without_a_network_says_so(project: Path):
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
    }
    said = sentence(make(project, "run", PYTHON=sys.executable, **nowhere))
    assert "package index could not be reached" in said


def test_a_package_that_was_tampered_with_is_not_installed(project: Path, tmp_path: Path):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / "six-1.17.0-py2.py3-none-any.whl").write_bytes(b"not what the hash says")
    pin = f"six==1.17.0 \\\n    --hash=sha256:{'0' * 64}\n"
    (project / "requirements.txt").write_text(pin, "utf-8")
    alone = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_CONFIG_FILE": os.devnull}
    said = sentence(make(project, "run", PYTHON=sys.executable, **alone))
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in said
    assert not (project / ".venv" / "installed.txt").exists()


def test_an_unchanged_list_is_not_installed_again(project: Path):
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "python").symlink_to(sys.executable)
    shutil.copy(project / "requirements.txt", project / ".venv" / "installed.txt")
    done = subprocess.run(
        ["sh", ".make/setup"], cwd=project, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_port_in_use_is_one_sentence(tiny_directory: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port, data = str(taken.getsockname()[1]), str(tiny_directory)
        command = [sys.executable, "-m", "dashboard", "--data", data, "--port", port]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"Port {port} is in use: stop what uses it, or choose another with --port."
    ]


def test_interrupting_the_dashboard_is_no_error(tiny_directory: Path):
    command = [sys.executable, "-m", "dashboard", "--data", str(tiny_directory), "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        assert "http://127.0.0.1:" in server.stdout.readline()
        server.send_signal(signal.SIGINT)
        _, complaints = server.communicate(timeout=30)
    assert complaints == ""
    assert server.returncode == 0
