"""Packs a data directory into a stream and unpacks it again; it must not know commands.

The first member lists every other with size and SHA-256; nothing that is not listed, or not as
listed, is ever put in place. Encryption streams in the age format: what is cut short or changed by
a byte does not decrypt.
"""

import hashlib
import json
import os
import re
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pyrage

from data import private, snapshots
from data.loading import building

LIST = "contents.json"
FORMAT = "emigration-trends backup 1"
AGE = b"age-encryption.org/v1"
FRESH = os.O_CREAT | os.O_WRONLY | os.O_TRUNC
BLOCK = 2**20
MOST_LIST = 16 * 2**20
SHAPE = re.compile(
    r"snapshots/(\d{8}T\d{6,12}-[0-9a-f]{12})\.(duckdb|sha256)"
    r"|quarantine/\d{8}T\d{6}-[0-9a-f]{12}/[a-z0-9][a-z0-9_-]*\.csv"
)


class BackupError(Exception):
    """A backup that cannot be written or restored; one sentence with the reason."""


@dataclass(frozen=True)
class Contents:
    """What a backup holds. snapshot: its identity. files: size and SHA-256 by path."""

    snapshot: str
    files: dict[str, tuple[int, str]]


def contents(directory: Path) -> Contents:
    """What a backup of a data directory holds now; raises SnapshotError and BackupError."""
    current = snapshots.current(directory)
    snapshots.check_private(directory)
    if not snapshots.verify(current):
        raise BackupError(f"{current} is not as it was sealed; a backup of it would be worthless.")
    kept = sorted((directory / "quarantine").rglob("*.csv"))
    paths = [current, current.with_suffix(".sha256"), *kept]
    named = {path.relative_to(directory).as_posix(): path for path in paths}
    files = {
        name: (path.stat().st_size, building.sha256(path))
        for name, path in named.items()
        if SHAPE.fullmatch(name)
    }
    return Contents(current.stem, files)


def pack(
    directory: Path, held: Contents, target: IO[bytes], recipients: list[pyrage.x25519.Recipient]
) -> None:
    """Write everything that is held to an open file; raises OSError and pyrage.EncryptError."""
    if not recipients:
        _tar(directory, held, target)
        return
    with _piped(lambda pipe: _tar(directory, held, pipe)) as source:
        pyrage.encrypt_io(source, target, recipients)


@contextmanager
def opened(
    path: Path, identities: list[pyrage.x25519.Identity]
) -> Iterator[tuple[Contents, tarfile.TarFile]]:
    """The list and the members behind it, decrypted on the way; raises BackupError.

    Leaving the block reads to the end, so that a backup cut short is never taken for a whole one.
    """
    with _reading(path), path.open("rb") as file:
        if file.read(len(AGE)) != AGE:
            file.seek(0)
            with tarfile.open(fileobj=file, mode="r|") as tar:
                yield _listed(tar), tar
            return
        if not identities:
            raise BackupError(f"{path} is encrypted: give the secret key with --identity KEYFILE.")
        file.seek(0)
        with (
            _piped(lambda pipe: pyrage.decrypt_io(file, pipe, identities)) as source,
            tarfile.open(fileobj=source, mode="r|") as tar,
        ):
            yield _listed(tar), tar
            while source.read(BLOCK):
                pass


def unpack(held: Contents, tar: tarfile.TarFile, into: Path) -> None:
    """Write every listed member below a folder, for this user alone; raises BackupError."""
    left = dict(held.files)
    while member := tar.next():
        size, sha256 = left.pop(member.name, (-1, ""))
        source = tar.extractfile(member) if member.isreg() and member.size == size else None
        if source is None:
            raise BackupError(f"the backup holds {member.name[:80]!r}, which its list lacks")
        target = into / member.name
        private.folder(target.parent)
        if _copied(source, target) != sha256:
            raise BackupError(f"{member.name} in the backup is not as its list says")
    if left:
        raise BackupError(f"the backup lacks {next(iter(left))}, which its list names")


def _tar(directory: Path, held: Contents, target: IO[bytes]) -> None:
    listed = {"format": FORMAT, "snapshot": held.snapshot, "files": held.files}
    text = json.dumps(listed).encode("utf-8")
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(_member(LIST, len(text)), BytesIO(text))
        for name, (size, _) in held.files.items():
            with (directory / name).open("rb") as file:
                tar.addfile(_member(name, size), file)


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, private.FILE
    return member


def _listed(tar: tarfile.TarFile) -> Contents:
    member = tar.next()
    source = tar.extractfile(member) if member and member.name == LIST else None
    if member is None or source is None or member.size > MOST_LIST:
        raise BackupError("it is no backup of this program")
    try:
        said: Any = json.loads(source.read())
        files = {str(name): (int(size), str(sha)) for name, (size, sha) in said["files"].items()}
        held = Contents(str(said["snapshot"]), files)
        known = said["format"] == FORMAT
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupError("its list of contents cannot be read") from None
    wanted = {f"snapshots/{held.snapshot}.{ending}" for ending in ("duckdb", "sha256")}
    snapshot = {name for name in files if name.startswith("snapshots/")}
    if not known or snapshot != wanted or not all(map(SHAPE.fullmatch, files)):
        raise BackupError("its list of contents is not one of this program's")
    return held


def _copied(source: IO[bytes], target: Path) -> str:
    digest = hashlib.sha256()
    with os.fdopen(private.opened(target, FRESH | os.O_EXCL), "wb") as file:
        while block := source.read(BLOCK):
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Every way in which a backup cannot be read, as one sentence."""
    try:
        yield
    except BackupError as error:
        said = str(error)
        raise BackupError(said if str(path) in said else f"{path}: {said}.") from None
    except pyrage.DecryptError as error:
        wrong = "No matching keys" in str(error)
        reason = "the key given does not open it" if wrong else "it is cut short or altered"
        raise BackupError(f"{path} cannot be decrypted: {reason}.") from None
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{path} is cut short, altered or no backup ({error}).") from None
    except OSError as error:
        reason = error.strerror or "it is cut short or altered"
        raise BackupError(f"{path} cannot be restored: {reason}.") from None


@contextmanager
def _piped(work: Callable[[IO[bytes]], None]) -> Iterator[IO[bytes]]:
    """What `work` writes in a thread of its own, to be read here; its error is raised here."""
    reading, writing = os.pipe()
    failed: list[Exception] = []

    def write() -> None:
        with suppress(BrokenPipeError), os.fdopen(writing, "wb") as pipe:
            try:
                work(pipe)
            except Exception as error:
                failed.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    source = os.fdopen(reading, "rb")
    try:
        yield source
    except BaseException as error:
        # Before the pipe is closed: what fails in the thread afterwards fails because of it.
        cause = next(iter(failed), None)
        source.close()
        thread.join()
        if cause:
            raise cause from error
        raise
    source.close()
    thread.join()
    if failed:
        raise failed[0]
