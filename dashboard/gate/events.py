"""Tells whoever keeps the record what happened at the gate; it must not know who listens.

Kinds: sign-in, refusal, sign-out, expiry, revocation. A detail names a place or a reason, never
a figure, a cookie or a token.
"""

import logging
import time
from collections.abc import Callable
from typing import Literal

Kind = Literal["sign-in", "refusal", "sign-out", "expiry", "revocation"]
Listener = Callable[[str, str, str, str], None]

REFUSALS = 60
PERIOD = 60.0
_log = logging.getLogger("dashboard.gate")
_listeners: list[Listener] = []
_window = [0.0, 0.0]


def listen(listener: Listener) -> None:
    """Call `listener(kind, subject, role, detail)` at every event from now on."""
    _listeners.append(listener)


def on_event(kind: Kind, subject: str, role: str, detail: str) -> None:
    """Pass one event on; past sixty refusals a minute only their number is told."""
    if kind == "refusal" and not _room():
        return
    for listener in _listeners or [_write]:
        listener(kind, subject, role, detail)


def _room() -> bool:
    """Whether one more refusal may be told: strangers must not fill the record."""
    now = time.monotonic()
    if now - _window[0] >= PERIOD:
        untold = int(_window[1]) - REFUSALS
        _window[:] = [now, 0.0]
        if untold > 0:
            on_event("refusal", "", "", f"{untold} more within a minute")
    _window[1] += 1
    return _window[1] <= REFUSALS


def _write(kind: str, subject: str, role: str, detail: str) -> None:
    _log.warning("%s subject=%s role=%s %s", kind, subject or "-", role or "-", detail)
