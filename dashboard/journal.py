"""The Data page's part for administrators: whether the audit log is whole, and its last lines."""

from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import get_args

import pandas
import streamlit as st

from dashboard import filters, reader
from dashboard.audit import known_keys
from dashboard.literal import plain
from dashboard.words import count, say, worded
from data import audit
from data.audit import AuditError, Line, Verdict
from data.contracts import Language
from queries import policies
from queries.answers import counting
from queries.questions import questions
from queries.release import PolicyName

LAST = 50
COLUMNS = ("n", "at", "kind", "subject", "role", "question", "selection", "snapshot", "policy",
           "detail")  # fmt: skip
WORDED = {"role": "role", "detail": "audit_detail_word"}
MOST_FAULTS = 5


@dataclass(frozen=True)
class Read:
    """What a check found, and the last lines, the newest first."""

    verdict: Verdict
    lines: tuple[Line, ...]


def show() -> None:
    """Verdict, counts per kind and last lines; nothing at all for those who may not see it."""
    if not reader.may_see_the_log():
        return
    language = filters.view().language
    st.markdown(f"#### {say('audit_title', language)}")
    st.caption(plain(say("audit_note", language)))
    folder = audit.log().folder
    try:
        read = _read(folder, _state(folder))
    except AuditError as problem:
        st.info(plain(say("audit_none", language, reason=str(problem))), icon=":material/info:")
        return
    _verdict(read.verdict, language)
    _counts(read.verdict, language)
    _lines(read.lines, language)


def _verdict(found: Verdict, language: Language) -> None:
    if found.whole:
        words = say("audit_whole", language, lines=count(found.lines, "lines", language))
        st.success(plain(words), icon=":material/verified_user:")
        return
    lines = [say("audit_broken", language, faults=count(len(found.faults), "faults", language))]
    st.error("  \n".join(map(plain, [*lines, *found.faults[:MOST_FAULTS]])))


def _counts(found: Verdict, language: Language) -> None:
    parts = [
        say("audit_count", language, kind=_kind(kind, language), lines=f"{number:,}")
        for kind, number in found.counts.most_common()
    ]
    st.markdown(plain(" · ".join(parts)))
    if found.last:
        st.caption(say("audit_end", language, end=f"`{found.last.n}:{found.last.hash}`"))


def _lines(lines: tuple[Line, ...], language: Language) -> None:
    rows = [
        {
            say(f"audit_{name}", language): _cell(name, str(getattr(line, name)), language)
            for name in COLUMNS
        }
        for line in lines
    ]
    st.dataframe(pandas.DataFrame(rows, dtype=str), hide_index=True)


def _cell(name: str, text: str, language: Language) -> str:
    """A field of a line in words: codes that have none, identifiers and hashes stay as they are."""
    if name == "at":
        return text[:19].replace("T", " ")
    if name == "kind":
        return _kind(text, language)
    if name == "question" and text in questions():
        return _title(text, language)
    if name == "policy":
        return _policy(text, language)
    return worded(WORDED[name], text, language) if name in WORDED else text


def _title(name: str, language: Language) -> str:
    """A question's title, of either measure: a line does not say which was asked for."""
    return counting(questions()[name].title[language], say("audit_measure", language))


def _policy(text: str, language: Language) -> str:
    known = next((name for name in get_args(PolicyName) if name == text), None)
    return policies.label(known, language) if known else text


def _kind(kind: str, language: Language) -> str:
    return say(f"audit_kind_{kind.replace('-', '_')}", language)


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells a log from the same log a moment ago: names, sizes and times of its files."""
    paths = sorted(folder.glob("*")) if folder.is_dir() else []
    found = ((path.name, path.stat()) for path in paths)
    return tuple((name, about.st_size, about.st_mtime_ns) for name, about in found)


@lru_cache(maxsize=1)
def _read(folder: Path, _state: tuple[tuple[str, int, int], ...]) -> Read:
    last: deque[Line] = deque(maxlen=LAST)
    verdict = audit.verify(folder, known_keys(folder), each=last.append)
    return Read(verdict, tuple(reversed(last)))
