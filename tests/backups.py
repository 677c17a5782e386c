"""What the backup tests ask of the commands."""

import hashlib
from pathlib import Path

import pytest

from data.__main__ import main

Captured = pytest.CaptureFixture[str]


def public(key: Path) -> str:
    return key.read_text("utf-8").splitlines()[0].removeprefix("# recipient: ")


def held(directory: Path) -> dict[str, str]:
    """Path and content of all that counts in a data directory."""
    return {
        path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def refused(capsys: Captured, *arguments: object) -> str:
    """The one sentence with which a command is refused."""
    capsys.readouterr()
    assert main([str(one) for one in arguments]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "Traceback" not in said.err
    assert len(said.err.splitlines()) == 1 and said.err.endswith(".\n"), said.err
    return said.err


def restore(backup: Path, into: Path, key: Path) -> int:
    return main(["restore", str(backup), "--into", str(into), "--identity", str(key)])
