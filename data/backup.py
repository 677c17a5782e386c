"""python -m data backup | restore | key: a data directory as one encrypted file, and back again.

A backup is a tar of the current snapshot, its checksum and the quarantine, behind a list of what is
in it; encrypted in the age format for one or more recipients. The record secret, the audit log and
other keys are not in it: keep them apart. It must not know what the rows mean.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pyrage

from data import audit, harmless, private, record_keys, snapshots
from data.audit import AuditError, Event
from data.loading import archive
from data.loading.archive import BackupError
from data.manifest import SnapshotError

WRONG = (BackupError, SnapshotError, AuditError)


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of `python -m data backup`."""
    parser.add_argument("directory", type=Path, metavar="DIR", help="data directory")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="file to write")
    parser.add_argument(
        "--recipient",
        action="append",
        default=[],
        metavar="KEY",
        help="who may read it: age1... (python -m data key makes one); may be given again",
    )
    parser.add_argument("--plain", action="store_true", help="do not encrypt, on purpose")


def run(arguments: Namespace) -> int:
    """Write the backup and say what it holds; 2 where it is refused."""
    try:
        recipients = [recipient(text) for text in arguments.recipient]
        if bool(recipients) == arguments.plain:
            raise BackupError(
                "Give --recipient age1... for everybody who may read the backup"
                f"{', or' if not recipients else ' and not'} --plain, which leaves it readable to"
                " whoever has the file."
            )
        held = write(arguments.directory, arguments.out, recipients)
    except WRONG as error:
        print(harmless.seen(str(error)), file=sys.stderr)
        return 2
    kind = f"encrypted for {len(recipients)}" if recipients else "PLAIN, readable to anybody"
    print(f"{arguments.out}: snapshot {held.snapshot}, {len(held.files)} files, {kind}")
    if record_keys.needed(snapshots.manifest(snapshots.current(arguments.directory))):
        print(f"Not in it, and needed to serve it: {record_keys.place()}; keep a copy apart.")
    return 0


def write(
    directory: Path, out: Path, recipients: list[pyrage.x25519.Recipient]
) -> archive.Contents:
    """Write a backup of the current snapshot, whole or not at all, once the audit log says so.

    Raises BackupError, SnapshotError and AuditError.
    """
    unfinished = out.with_name(f"{private.UNFINISHED}{out.name}")
    try:
        held = archive.contents(directory)
        with os.fdopen(private.opened(unfinished, archive.FRESH), "wb") as target:
            archive.pack(directory, held, target, recipients)
            target.flush()
            os.fsync(target.fileno())
        detail = "encrypted" if recipients else "plain"
        audit.record(Event("backup", audit.STEWARD, snapshot=held.snapshot, detail=detail))
        unfinished.replace(out)
    except (OSError, pyrage.EncryptError) as error:
        reason = getattr(error, "strerror", None) or str(error).split("] ")[-1]
        raise BackupError(f"{out} cannot be written ({reason}).") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return held


def recipient(text: str) -> pyrage.x25519.Recipient:
    """The recipient that a public key names; raises BackupError."""
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        hint = " That is a secret key: give the public one." if "SECRET" in text else ""
        raise BackupError(
            f"{text[:12]!r}... is no recipient's key; it begins with age1 and has 62 signs.{hint}"
        ) from None
