"""python -m data restore: a backup into a data directory, whole and verified or not at all."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pyrage

from data import audit, harmless, private, snapshots
from data.audit import AuditError, Event
from data.loading import archive, building
from data.loading.archive import BackupError, Contents
from data.manifest import SnapshotError

SECRET = "AGE-SECRET-KEY-1"


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of `python -m data restore`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a backup")
    parser.add_argument("--into", required=True, type=Path, metavar="DIR", help="data directory")
    parser.add_argument(
        "--identity",
        type=Path,
        action="append",
        default=[],
        metavar="KEYFILE",
        help="a file of mode 0600 with a secret key, AGE-SECRET-KEY-1...; may be given again",
    )


def run(arguments: Namespace) -> int:
    """Restore and say what is current now; 2 where it is refused."""
    try:
        keys = [key for path in arguments.identity for key in identities(path)]
        held = restore(arguments.file, arguments.into, keys)
    except (BackupError, SnapshotError, AuditError) as error:
        print(harmless.seen(str(error)), file=sys.stderr)
        return 2
    print(f"{arguments.into}: snapshot {held.snapshot}, {len(held.files)} files, verified")
    return 0


def restore(file: Path, into: Path, keys: list[pyrage.x25519.Identity]) -> Contents:
    """Unpack beside what is there, verify, write it down, then serve it.

    Raises BackupError, SnapshotError and AuditError; what is served stays as it is then.
    """
    with building.workshop(into):
        unfinished = private.folder(into / f"{private.UNFINISHED}restore")
        with archive.opened(file, keys) as (held, tar):
            archive.unpack(held, tar, unfinished)
        _verify(unfinished / "snapshots" / f"{held.snapshot}.duckdb", held)
        _place(unfinished, into, held)
    return held


def identities(path: Path) -> list[pyrage.x25519.Identity]:
    """The secret keys in a file that is this user's alone; raises BackupError."""
    try:
        private.check(path)
        lines = path.read_text("utf-8").splitlines()
        found = [line.strip() for line in lines if line.strip().startswith(SECRET)]
        keys = [pyrage.x25519.Identity.from_str(line) for line in found]
    except private.Exposed as error:
        raise BackupError(f"{error}.") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise BackupError(f"The key file {path} cannot be read ({reason}).") from None
    except pyrage.IdentityError:
        raise BackupError(f"The key file {path} holds a secret key that is not whole.") from None
    if not keys:
        raise BackupError(f"The key file {path} holds no line that begins with {SECRET}.")
    return keys


def _verify(path: Path, held: Contents) -> None:
    if not snapshots.verify(path):
        raise BackupError(f"The snapshot {held.snapshot} in the backup fails its own checksum.")
    if snapshots.manifest(path).id != held.snapshot:
        raise BackupError(f"The backup's snapshot is not {held.snapshot}, as its list says.")


def _place(unfinished: Path, into: Path, held: Contents) -> None:
    """Move files that are not there yet, note, point; a snapshot of one identity never changes."""
    snapshot = into / "snapshots" / f"{held.snapshot}.duckdb"
    if snapshot.exists() and not snapshots.verify(snapshot):
        raise BackupError(f"{snapshot} is there and damaged: move it away, then restore again.")
    for name in sorted(held.files, key=lambda name: name.endswith(".duckdb")):
        target = into / name
        private.folder(target.parent.parent)
        private.folder(target.parent)
        if not target.exists():
            (unfinished / name).rename(target)
    private.sync(snapshot.parent)
    audit.record(Event("restore", audit.STEWARD, snapshot=held.snapshot))
    building.point(into, snapshot)
