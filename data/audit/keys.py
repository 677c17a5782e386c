"""The secret that seals the audit log: given by the administrator, or made once beside the log."""

import hmac
import os
import secrets
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from data import private

VARIABLE, FILE_VARIABLE = "DASHBOARD_AUDIT_KEY", "DASHBOARD_AUDIT_KEY_FILE"
NAME = "key"
SHORTEST = 32


class AuditError(Exception):
    """The audit log cannot be written or read; a sentence with the place and the remedy."""


@dataclass(frozen=True)
class Key:
    """A secret, by an identity that tells it from others and gives nothing of it away."""

    secret: bytes = field(repr=False)

    @cached_property
    def id(self) -> str:
        """Eight hexadecimal digits that every line sealed with this key carries."""
        return self.seal("id", b"")[:8]

    def seal(self, purpose: str, content: bytes) -> str:
        """A keyed hash, HMAC-SHA-256 in hexadecimal; another for every purpose."""
        return hmac.digest(_own(self.secret, purpose), content, "sha256").hex()


@lru_cache(maxsize=64)
def _own(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, purpose.encode("ascii"), "sha256")


def current(folder: Path) -> Key:
    """The key of DASHBOARD_AUDIT_KEY or of the file that DASHBOARD_AUDIT_KEY_FILE names, else the
    log's own, made at its first line. Raises AuditError and OSError."""
    if given := os.environ.get(VARIABLE):
        return _key(given, VARIABLE)
    if named := os.environ.get(FILE_VARIABLE):
        return load(Path(named))
    own = folder / NAME
    if not own.exists():
        private.write(folder / f".{NAME}", f"{secrets.token_hex(32)}\n".encode("ascii"))
        (folder / f".{NAME}").rename(own)
    return load(own)


def known(folder: Path) -> Key | None:
    """As `current`, but makes none; None where the log has none of its own."""
    given = os.environ.get(VARIABLE) or os.environ.get(FILE_VARIABLE)
    return current(folder) if given or (folder / NAME).exists() else None


def load(path: Path) -> Key:
    """The key in a file; raises AuditError where others may read it, or it is too short."""
    try:
        private.check(path)
        return _key(path.read_text("utf-8"), str(path))
    except private.Exposed as problem:
        raise AuditError(f"{problem}.") from None
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or "not text"
        raise AuditError(f"The key {path} cannot be read ({reason}).") from None


def _key(text: str, place: str) -> Key:
    secret = text.strip()
    if len(secret) < SHORTEST:
        raise AuditError(
            f"{place}: a key needs {SHORTEST} characters or more; openssl rand -hex 32 makes one."
        )
    return Key(secret.encode("utf-8"))
