"""Keeps what is stored from other users of the machine: made for one user alone, and checked.

It must not know what is stored. A folder is 0700 and a file 0600 whatever the umask; what is ours
is refused once others may read it or somebody else owns it. The folder around it may be somebody's
own, with files beside ours: that one others may read, but not change.
"""

import os
import pwd
import shlex
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
UNFINISHED = ".unfinished-"
OTHERS, CHANGE = 0o077, 0o022


class Exposed(Exception):
    """Something stored that others may read, change or own; names the path and the remedy."""


def folder(path: Path) -> Path:
    """The folder, made for this user alone where it was missing; one that holds nothing yet is
    taken over, any other stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(FOLDER)
    except FileExistsError:
        if path.is_symlink() or path.stat().st_uid != os.geteuid() or any(path.iterdir()):
            return path
    path.chmod(FOLDER)
    return path


def opened(path: Path, flags: int) -> int:
    """A descriptor of a file of this user alone, made where `flags` say so; links are not followed.

    Raises OSError.
    """
    descriptor = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, FILE)
    if flags & os.O_CREAT:
        try:
            os.fchmod(descriptor, FILE)
        except OSError:
            os.close(descriptor)
            raise
    return descriptor


def write(path: Path, content: bytes) -> None:
    """Write a file of this user alone and bring it to the disk; raises OSError."""
    descriptor = opened(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def check(root: Path, parts: tuple[str, ...] = (), *, shared: bool = False) -> None:
    """Raises Exposed where others may read or change the root or anything in its named parts.

    A part is a name in the root, with all below it where it is a folder; those missing are passed
    over, and so is what is being written just now, which DuckDB makes with the umask's mode: the
    folder around it keeps it. A shared root is a folder that others may read, but not change.
    Links are judged by what they lead to, and may be made by this user or root alone.
    """
    mode = _mode(root, root)
    if shared and root.is_dir() and mode & CHANGE:
        raise Exposed(
            f"{root} may be changed by other users (mode {mode:04o}): "
            f"run chmod go-w {shlex.quote(str(root.resolve()))}"
        )
    alone = () if shared and root.is_dir() else ((root, root),)
    within = ((path, root / part) for part in parts for path in _below(root / part))
    found = {path: (_mode(path, root), _led(path, around)) for path, around in (*alone, *within)}
    found = {path: one for path, one in found.items() if one[0] & OTHERS}
    for path, (mode, _) in found.items():
        remedies = dict.fromkeys(shlex.quote(str(remedy)) for _, remedy in found.values())
        raise Exposed(
            f"{path} is open to other users (mode {mode:04o}): "
            f"run chmod -R go= {' '.join(remedies)}"
        )


def tighten(root: Path, parts: tuple[str, ...] = ()) -> None:
    """Take everything away that `check` would refuse, where this user owns it; links stay."""
    for path in (root, *(path for part in parts for path in _below(root / part))):
        found = path.lstat()
        if found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode):
            path.chmod(FOLDER if stat.S_ISDIR(found.st_mode) else FILE)


def _below(path: Path) -> Iterator[Path]:
    if path.name.startswith(UNFINISHED) or not os.path.lexists(path):
        return
    yield path
    if path.is_dir():
        with suppress(FileNotFoundError):
            for inner in sorted(path.iterdir()):
                yield from _below(inner)


def _mode(path: Path, root: Path) -> int:
    """The mode of what a path leads to, 0 where it is gone; raises Exposed for another's."""
    try:
        link = path.lstat()
        found = path.stat()
    except FileNotFoundError:
        return 0
    if stat.S_ISLNK(link.st_mode) and link.st_uid not in (os.geteuid(), 0):
        raise Exposed(_owned(path, link.st_uid, root))
    if found.st_uid != os.geteuid():
        raise Exposed(_owned(path, found.st_uid, _led(path, root)))
    return stat.S_IMODE(found.st_mode)


def _led(path: Path, around: Path) -> Path:
    """What to mend for a path: the folder around it, or where a link leads out of that."""
    led = path.resolve()
    return around.resolve() if led.is_relative_to(around.resolve()) else led


def _owned(path: Path, owner: int, remedy: Path) -> str:
    me = _name(os.geteuid())
    return (
        f"{path} belongs to {_name(owner)}, not to {me} who runs this: "
        f"run chown -R {me} {shlex.quote(str(remedy))} as root"
    )


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def sync(path: Path) -> None:
    """Bring a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
