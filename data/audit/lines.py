"""One line of the audit log: what it may say, how it is written, and how its seal is checked."""

import json
import re
from dataclasses import dataclass
from typing import Any

from data.audit.keys import Key

KINDS = (
    "sign-in",
    "sign-out",
    "expiry",
    "revocation",
    "refusal",
    "export",
    "pack",
    "load",
    "backup",
    "restore",
    "policy",
    "mended",
)
TORN, UNSEALED = "torn", "unsealed"
START = "0" * 64
EVERYTHING = "-"
WORD = re.compile(r"[a-z][a-z._-]{0,39}")
SHAPES = {
    "question": re.compile(r"[a-z][a-z0-9_]{0,63}"),
    "snapshot": re.compile(r"\d{8}T\d{6,12}-[0-9a-f]{12}"),
    "policy": WORD,
    "detail": WORD,
}
SUBJECT = re.compile(r"[A-Za-z0-9@._|:+/=-]{1,128}")
FIELDS = ("n", "at", "kind", "subject", "role", "question", "selection", "snapshot", "policy",
          "detail", "key", "before", "hash")  # fmt: skip


@dataclass(frozen=True)
class Actor:
    """Who does something: the subject of a sign-in and the role it was given, empty if unknown."""

    subject: str
    role: str


LOCAL = Actor("local", "analyst")
STEWARD = Actor("local", "steward")
SERVICE = Actor("local", "service")


@dataclass(frozen=True)
class Event:
    """What happened. selection: the canonical address, EVERYTHING where nothing is filtered, empty
    where there is none; only its keyed hash is kept. detail: one word, as a format or a reason.

    Raises ValueError for a word out of shape, so that no text from elsewhere is written down.
    """

    kind: str
    actor: Actor = LOCAL
    question: str = ""
    selection: str = ""
    snapshot: str = ""
    policy: str = ""
    detail: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {self.kind!r}")
        if self.actor.role and not WORD.fullmatch(self.actor.role):
            raise ValueError(f"role {self.actor.role!r} is no word")
        for name, shape in SHAPES.items():
            if getattr(self, name) and not shape.fullmatch(getattr(self, name)):
                raise ValueError(f"{name} {getattr(self, name)!r} is out of shape")


@dataclass(frozen=True)
class Line:
    """A sealed line. n: its number from 1. at: UTC. key: the key's identity. before: the hash of
    the line before it. hash: the seal over everything else."""

    n: int
    at: str
    kind: str
    subject: str
    role: str
    question: str
    selection: str
    snapshot: str
    policy: str
    detail: str
    key: str
    before: str
    hash: str

    def text(self) -> bytes:
        """The line as it stands in the file, its end included."""
        return _json(vars(self)) + b"\n"


def sealed(event: Event, n: int, at: str, before: str, key: Key) -> Line:
    """The line of an event behind the one whose hash is `before`."""
    body: dict[str, Any] = {
        "n": n,
        "at": at,
        "kind": event.kind,
        "subject": subject(event.actor.subject, key),
        "role": event.actor.role,
        "question": event.question,
        "selection": selection(event.selection, key),
        "snapshot": event.snapshot,
        "policy": event.policy,
        "detail": event.detail,
        "key": key.id,
        "before": before,
    }
    return Line(**body, hash=key.seal("line", _json(body)))


def selection(address: str, key: Key) -> str:
    """The keyed hash under which a selection stands in the log; empty for none."""
    return key.seal("selection", address.encode("utf-8", "surrogatepass"))[:32] if address else ""


def subject(given: str, key: Key) -> str:
    """A subject as it stands in the log: as given where it is an identifier, else its hash."""
    if not given or SUBJECT.fullmatch(given):
        return given
    return "hash:" + key.seal("subject", given.encode("utf-8", "surrogatepass"))[:32]


def read(text: bytes, keys: dict[str, Key]) -> Line | str:
    """The line that these bytes (without their end) are, or why they are none of ours."""
    line = shaped(text)
    if line is None:
        return "is not whole or not as it was written"
    key = keys.get(line.key)
    if key is None:
        return f"is sealed with key {line.key}, which was not given"
    body = {name: value for name, value in vars(line).items() if name != "hash"}
    if line.hash != key.seal("line", _json(body)):
        return "was changed after it was written"
    return line


def shaped(text: bytes) -> Line | None:
    """The line that these bytes are by their shape alone, whatever its seal; None for others."""
    try:
        said: Any = json.loads(text)
        kinds = [type(said[name]) for name in FIELDS]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if kinds != [int, *[str] * (len(FIELDS) - 1)] or _json(said) != text:
        return None
    return Line(**said) if tuple(said) == FIELDS else None


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode("ascii")
