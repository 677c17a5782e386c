"""Who is signed in: sessions kept here and named by a signed random cookie.

It must not know HTTP, nor Streamlit. A session is over when its token, its longest life or its
idle time has run out, when its subject is revoked, or when it was signed out; the cookie holds
nothing but its name, so that a copy of it ends with the session.
"""

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Literal

from dashboard.gate.events import Kind, on_event
from queries.grants import Grant

MINUTE = 60
MOST_SESSIONS = 10_000
MOST_PER_SUBJECT = 20
LOOK_SECONDS = 1.0
Reason = Literal["signed out", "idle", "expired", "revoked", "replaced"]
KINDS: dict[Reason, Kind] = {
    "signed out": "sign-out",
    "idle": "expiry",
    "expired": "expiry",
    "revoked": "revocation",
    "replaced": "sign-out",
}


@dataclass(frozen=True)
class Visitor:
    """Somebody whose claims were verified: the provider's subject, our role, what it may see.

    `claims` holds the claims that the policy reads alone, by name, each a tuple of its values;
    `expires` is the second since 1970 after which none of this holds. Without a `grant` nothing
    may be seen.
    """

    subject: str
    role: str
    claims: tuple[tuple[str, tuple[str, ...]], ...] = ()
    expires: float = float("inf")
    grant: Grant | None = None

    def claim(self, name: str) -> tuple[str, ...]:
        """The values of one claim; none where the token lacked it."""
        return dict(self.claims).get(name, ())


@dataclass(eq=False)
class Session:
    """One sign-in of one browser."""

    visitor: Visitor
    name: str = field(repr=False)
    handle: str
    ends: float
    seen: float
    token: str = field(repr=False)
    over: Reason | None = None
    closers: set[Callable[[], None]] = field(default_factory=set)


class Revoked:
    """The subjects an operator has shut out: a text file, one a line, read again when it changes.

    A file that can no longer be read keeps the last list in force.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.subjects: frozenset[str] = frozenset()
        self._looked = float("-inf")
        self._stamp: tuple[int, int] | None = None

    def __contains__(self, subject: object) -> bool:
        now = time.monotonic()
        if self.path is not None and now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self._look(self.path)
        return subject in self.subjects

    def _look(self, path: Path) -> None:
        try:
            about = path.stat()
            if (about.st_mtime_ns, about.st_size) == self._stamp:
                return
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return
        self._stamp = (about.st_mtime_ns, about.st_size)
        self.subjects = frozenset(line.strip() for line in lines if line.strip())


class Registry:
    """Every session of this process; safe to use from any thread."""

    def __init__(
        self,
        secret: str,
        idle: float,
        longest: float,
        revoked: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.idle, self.longest = idle, longest
        self.revoked = Revoked(revoked)
        self.clock = clock
        self._key = hmac.digest(secret.encode(), b"dashboard session cookie", hashlib.sha256)
        self._sessions: dict[str, Session] = {}
        self._handles: dict[str, Session] = {}
        self._lock = RLock()

    def open(self, visitor: Visitor, token: str = "") -> tuple[str, Session]:
        """A new session and its cookie's value; the visitor's token must outlast this moment."""
        now = self.clock()
        ends = min(visitor.expires, now + self.longest)
        name = secrets.token_urlsafe(32)
        session = Session(visitor, name, secrets.token_hex(16), ends, now, token)
        with self._lock:
            self._make_room(visitor.subject)
            self._sessions[name] = self._handles[session.handle] = session
        return f"{name}.{self._sign(name)}", session

    def find(self, cookie: str) -> Session | None:
        """The session of a cookie while it lasts."""
        name = cookie.partition(".")[0]
        return self._lasting(self._sessions.get(name)) if self.genuine(cookie) else None

    def genuine(self, cookie: str) -> bool:
        """Whether this process signed a cookie, however old."""
        name, _, signature = cookie.partition(".")
        return hmac.compare_digest(signature.encode(), self._sign(name).encode())

    def by_handle(self, handle: str) -> Session | None:
        """The session of a handle, which pages know instead of the cookie, while it lasts."""
        return self._lasting(self._handles.get(handle))

    def lasts(self, session: Session) -> bool:
        """Whether a session goes on; ends it, and says so, where it does not."""
        if session.over is None and (reason := self._reason(session)):
            self.end(session, reason)
        return session.over is None

    def touch(self, session: Session) -> None:
        """Note that its person is there."""
        session.seen = self.clock()

    def left(self, session: Session) -> float:
        """Seconds until a session ends by itself if its person does nothing."""
        return min(session.ends, session.seen + self.idle) - self.clock()

    def end(self, session: Session, reason: Reason) -> None:
        """End a session and everything that hangs on it; once."""
        with self._lock:
            if session.over is not None:
                return
            session.over = reason
            self._handles.pop(session.handle, None)
            self._sessions.pop(session.name, None)
            closers = list(session.closers)
        for close in closers:
            close()
        on_event(KINDS[reason], session.visitor.subject, session.visitor.role, reason)

    def end_subject(self, subject: str) -> int:
        """End every session of a person; returns how many there were."""
        with self._lock:
            theirs = [one for one in self._sessions.values() if one.visitor.subject == subject]
        for session in theirs:
            self.end(session, "revoked")
        return len(theirs)

    def __len__(self) -> int:
        return len(self._sessions)

    def _sign(self, name: str) -> str:
        digest = hmac.digest(self._key, name.encode(), hashlib.sha256)
        return urlsafe_b64encode(digest).rstrip(b"=").decode()

    def _lasting(self, session: Session | None) -> Session | None:
        return session if session is not None and self.lasts(session) else None

    def _reason(self, session: Session) -> Reason | None:
        now = self.clock()
        if now >= session.ends:
            return "expired"
        if now - session.seen >= self.idle:
            return "idle"
        return "revoked" if session.visitor.subject in self.revoked else None

    def _make_room(self, subject: str) -> None:
        """Sweep what is over; past the bounds the one longest unseen goes."""
        for session in list(self._sessions.values()):
            self.lasts(session)
        theirs = [one for one in self._sessions.values() if one.visitor.subject == subject]
        for crowd, most in ((theirs, MOST_PER_SUBJECT), (self._sessions.values(), MOST_SESSIONS)):
            if len(crowd) >= most:
                self.end(min(crowd, key=lambda one: one.seen), "replaced")
