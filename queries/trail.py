"""What answers and refusals leave behind in the audit log; it must not know screens or files."""

import logging
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from data import audit
from data.audit import Actor, Event, lines
from queries.answers import Answer
from queries.grants import ExportRefused
from queries.questions import UnknownQuestion, questions
from queries.scope import ScopeError
from queries.selection import SelectionError

REASONS: dict[type[Exception], str] = {
    ExportRefused: "no-right",
    ScopeError: "outside-scope",
    UnknownQuestion: "unknown-question",
    SelectionError: "unknown-selection",
}
QUIET_SECONDS = 60.0
REMEMBERED = 1024
RULES = tuple(
    Path(__file__).with_name(f"{name}.py")
    for name in (
        "release",
        "rules",
        "dominance",
        "lattice",
        "links",
        "nodes",
        "figures",
        "partials",
        "reading",
        "perturbation",
        "records",
    )
)
LOG = logging.getLogger(__name__)
_lately: OrderedDict[Event, float] = OrderedDict()
_lock = Lock()


def exported(answer: Answer, form: str, actor: Actor = audit.LOCAL) -> None:
    """Write down that an answer leaves as a file of this form; raises AuditError, and then it
    must not leave."""
    audit.record(
        Event(
            "export",
            actor,
            question=answer.question.name,
            selection=answer.selection.address() or audit.EVERYTHING,
            snapshot=answer.manifest.id,
            policy=answer.policy,
            detail=form,
        )
    )


def rules_in_force(*files: Path) -> bool:
    """Write down that other rules of release hold from now on than at the last such line; returns
    whether they do. The rules are RULES and the policy files given, those that are there.

    Raises AuditError.
    """
    there = (path for path in (*RULES, *files) if path.is_file())
    text = "\n".join(f"{path.name} {path.read_text('utf-8')}" for path in there)
    log = audit.log()
    log.ready()
    key = audit.keys.current(log.folder)
    if log.last("policy", key) == lines.selection(text, key):
        return False
    audit.record(Event("policy", audit.SERVICE, selection=text, detail="in-force"))
    return True


@contextmanager
def refusals(name: str, address: str, actor: Actor = audit.LOCAL) -> Iterator[None]:
    """Write down what is refused within: an unknown question, an unknown or too wide selection.

    The same refusal is written once a minute, so that a page of cards leaves a line and not ten.
    """
    try:
        yield
    except tuple(REASONS) as problem:
        known = name if name in questions() else ""
        reason = REASONS[type(problem)]
        selection = address or audit.EVERYTHING
        _refused(Event("refusal", actor, known, selection, detail=reason))
        raise


def _refused(event: Event) -> None:
    if not _is_news(event):
        return
    try:
        audit.record(event)
    except audit.AuditError as problem:
        LOG.error("a refusal was not written down: %s", problem)


def _is_news(event: Event) -> bool:
    now = time.monotonic()
    with _lock:
        last = _lately.get(event)
        if last is not None and now - last < QUIET_SECONDS:
            return False
        _lately[event] = now
        _lately.move_to_end(event)
        while len(_lately) > REMEMBERED:
            _lately.popitem(last=False)
    return True
