"""Record keys: a number for every record that only the holder of a secret can work out.

The same record has the same key in every load, on every machine, so that a figure asked again is
disturbed alike; it must not know what the keys are used for.
"""

import hashlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from data import audit, private
from data.manifest import Manifest, SnapshotError

FILE = "DASHBOARD_RECORD_SECRET_FILE"
NAME = "record-secret"
SHORTEST = 32
DEFAULT = "everybody may know this secret: it serves invented data and tests"
KNOWN = "default"
SET_SECRET = "set variable record_secret = $text"
SQL_FUNCTION = """
create or replace temp macro record_key(kind, id) as (
    '0x' || left(sha256(getvariable('record_secret') || '/' || kind || '/' || id), 4)
)::integer
"""


class SecretError(SnapshotError):
    """A secret that cannot be used; says why and what to do."""


@dataclass(frozen=True)
class Secret:
    """What record keys are made with. fingerprint tells secrets apart without giving them away."""

    text: str = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits, or KNOWN for the one everybody may know."""
        if self.text == DEFAULT:
            return KNOWN
        return hashlib.sha256(b"fingerprint/" + self.text.encode()).hexdigest()[:16]


def place() -> Path:
    """The secret's file: what DASHBOARD_RECORD_SECRET_FILE names, else this installation's own in
    the state folder, outside every snapshot and backup."""
    named = os.environ.get(FILE)
    return Path(named) if named else audit.state() / NAME


def to_load_with(before: str, open_to_all: bool) -> Secret:
    """The secret for a new snapshot; this installation's own is made where there is none yet.

    before: the fingerprint of the snapshot that this one grows from, empty without one.
    open_to_all: whether every record is invented or published already, so that the default secret
    does. Raises SecretError where figures would be disturbed anew by another secret.
    """
    grown = before not in ("", KNOWN)
    if open_to_all and not grown:
        return Secret(DEFAULT)
    if not (grown or os.environ.get(FILE)):
        _make(place())
    chosen = _read(place())
    if grown and chosen.fingerprint != before:
        raise SecretError(_other(before, chosen))
    return chosen


def needed(said: Manifest) -> bool:
    """Whether a snapshot may be served only where its own secret is at hand."""
    return said.disclosure != "public" and not (said.record_keys == KNOWN and said.synthetic)


def check_served(said: Manifest) -> None:
    """Raises SecretError for figures that are not public and whose keys everybody could work out,
    or whose secret is not at hand, is another one or is open to other users."""
    if not needed(said):
        return
    if said.record_keys == KNOWN:
        raise SecretError(
            "The record keys of this data set were made with the default secret, so that anybody"
            " could undo the protection: load its files again with --replace."
        )
    held = _read(place())
    if held.fingerprint != said.record_keys:
        raise SecretError(_other(said.record_keys, held))


def _make(path: Path) -> None:
    """A new secret for this user alone, unless there is one: whole, or not at all."""
    if path.exists():
        return
    fresh = path.with_name(f"{private.UNFINISHED}{secrets.token_hex(8)}")
    try:
        private.folder(path.parent)
        private.write(fresh, f"{secrets.token_hex(32)}\n".encode("ascii"))
        os.link(fresh, path)
    except FileExistsError:
        pass
    except OSError as error:
        raise SecretError(f"The record secret {path} cannot be made ({error.strerror}).") from None
    finally:
        fresh.unlink(missing_ok=True)


def _read(path: Path) -> Secret:
    try:
        private.check(path)
        text = path.read_text(encoding="utf-8").strip()
    except private.Exposed as error:
        raise SecretError(f"The record secret must be this user's alone: {error}.") from None
    except FileNotFoundError:
        raise SecretError(
            f"The record secret {path} is missing: put it there, or let {FILE} name where it is."
            f" Where it is lost, unset {FILE} and load every file again with --replace."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise SecretError(f"The record secret {path} cannot be read ({reason}).") from None
    if len(text) < SHORTEST or text == DEFAULT:
        kind = "is the default one" if text == DEFAULT else f"holds {len(text)} characters"
        raise SecretError(
            f"The record secret {path} {kind}; {SHORTEST} or more of its own are needed. Take it"
            " away, and the next load makes one."
        )
    return Secret(text)


def _other(before: str, held: Secret) -> str:
    return (
        f"The record keys of this data set were made with another secret ({before}, not"
        f" {held.fingerprint} of {place()}). New ones would disturb every figure anew, and"
        f" comparing both would undo the protection: let {FILE} name the file they were made with."
    )
