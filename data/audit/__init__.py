"""The audit log: who signed in, took a file away, loaded or was refused, one sealed line each.

Any layer may write to it through `record`; it must not know questions, figures or screens. A line
holds words of fixed shapes only: never a figure, never a name, never a filter in clear.
"""

import os
from pathlib import Path

from data.audit import keys
from data.audit.keys import AuditError
from data.audit.lines import EVERYTHING, KINDS, LOCAL, SERVICE, STEWARD, Actor, Event, Line
from data.audit.verifying import Verdict, verify
from data.audit.writing import FOLDER, Log

__all__ = [
    "EVERYTHING",
    "FOLDER",
    "KINDS",
    "LOCAL",
    "SERVICE",
    "STEWARD",
    "Actor",
    "AuditError",
    "Event",
    "Line",
    "Log",
    "Verdict",
    "keys",
    "log",
    "problem",
    "record",
    "state",
    "verify",
]
STATE_VARIABLE = "DASHBOARD_STATE"
ROOT = Path(__file__).resolve().parent.parent.parent


def state() -> Path:
    """The folder of what the service keeps beside its data: DASHBOARD_STATE, or .state here."""
    return Path(os.environ.get(STATE_VARIABLE) or ROOT / ".state")


def log() -> Log:
    """The log of this installation."""
    return Log(state() / FOLDER)


def record(event: Event) -> Line:
    """Write one line and bring it to the disk; raises AuditError, and then nothing may leave."""
    return log().append(event)


def problem() -> str:
    """Why nothing can be written to the log now, as a sentence; empty where it can."""
    try:
        log().ready()
    except AuditError as error:
        return str(error)
    return ""
