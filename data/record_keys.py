"""Record keys: a number for every record that only the holder of a secret can work out.

The same record has the same key in every load, on every machine, so that a figure asked again is
disturbed alike; it must not know what the keys are used for.
"""

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from data.manifest import Disclosure, Manifest, SnapshotError

FILE = "DASHBOARD_RECORD_SECRET_FILE"
SHORTEST = 32
RECIPE = "(umask 077; python -c 'import secrets; print(secrets.token_hex(32))' > FILE)"
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
    def is_default(self) -> bool:
        """Whether everybody may know it."""
        return self.text == DEFAULT

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits, or KNOWN for the one everybody may know."""
        if self.is_default:
            return KNOWN
        return hashlib.sha256(b"fingerprint/" + self.text.encode()).hexdigest()[:16]


def secret() -> Secret:
    """The secret in the file that DASHBOARD_RECORD_SECRET_FILE names, else the default one.

    Raises SecretError for a file that cannot be read, that others may read, or that is too short.
    """
    named = os.environ.get(FILE)
    if not named:
        return Secret(DEFAULT)
    path = Path(named)
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretError(f"{FILE}: {path} cannot be read ({error}).") from None
    if mode & 0o077:
        raise SecretError(f"{FILE}: others may read {path}; run: chmod 600 {path}")
    if len(text) < SHORTEST:
        raise SecretError(
            f"{FILE}: {path} holds {len(text)} characters, at least {SHORTEST} are needed; make"
            f" one: {RECIPE}"
        )
    return Secret(text)


def check(before: Manifest) -> None:
    """Raises SnapshotError where perturbed figures would be disturbed anew by another secret."""
    if before.disclosure == "perturbed" and before.record_keys != secret().fingerprint:
        raise SnapshotError(
            f"The record keys of this data set were made with another secret ({before.record_keys},"
            f" not {secret().fingerprint}). New ones would disturb every figure anew, and comparing"
            f" both would undo the protection: let {FILE} name the file they were made with."
        )


def check_served(disclosure: Disclosure, fingerprint: str, synthetic: bool) -> None:
    """Raises SnapshotError for perturbed figures whose keys everybody could work out."""
    if disclosure == "perturbed" and fingerprint == KNOWN and not synthetic:
        raise SnapshotError(
            "Perturbed figures need a secret of their own, or anybody could undo them. Make one:"
            f" {RECIPE}, keep a copy apart from the data, and load with {FILE} naming that file."
        )
