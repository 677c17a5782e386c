"""A forged backup puts nothing in place."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from data.loading import archive
from tests.backups import Captured, refused


def forged(members: dict[str, bytes], **listed: object) -> bytes:
    """A plain backup with these members and a list that says something else."""
    text = io.BytesIO()
    files = {name: (len(one), hashlib.sha256(one).hexdigest()) for name, one in members.items()}
    said = {"format": archive.FORMAT, "snapshot": ID, "files": files} | listed
    with tarfile.open(fileobj=text, mode="w|") as tar:
        for name, content in {archive.LIST: json.dumps(said).encode(), **members}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return text.getvalue()


ID = "20260101T000000000000-0123456789ab"
PAIR = {f"snapshots/{ID}.duckdb": b"x", f"snapshots/{ID}.sha256": b"0  y"}


@pytest.mark.parametrize(
    "content",
    [
        forged(PAIR | {"../../outside.csv": b"x"}),
        forged(PAIR | {"/tmp/outside.csv": b"x"}),
        forged(PAIR | {"CURRENT": b"x"}),
        forged(PAIR | {"quarantine/../x.csv": b"x"}),
        forged(PAIR | {"quarantine/20260101T000000-0123456789ab/.x.csv": b"x"}),
        forged(PAIR, format="another"),
        forged(PAIR, files={}),
        forged(PAIR, files=[1]),
        forged(PAIR, snapshot="../x"),
        forged({}, files=dict.fromkeys(PAIR, (1, "x"))),
        forged(PAIR, files=dict.fromkeys(PAIR, (1, "x"))),
        forged(PAIR),
    ],
)
def test_a_forged_backup_puts_nothing_in_place(
    content: bytes, tmp_path: Path, capsys: Captured
) -> None:
    file, into = tmp_path / "b", tmp_path / "in" / "r"
    file.write_bytes(content)
    refused(capsys, "restore", file, "--into", into)
    made = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert made == {"b", "in", "in/r", "in/r/.lock", "in/r/snapshots"}
