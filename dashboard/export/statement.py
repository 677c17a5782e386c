"""What every exported file says about itself, from the answer alone, and the short code it carries.

One value feeds figures, tables and file metadata, so that none of them can say less than another.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashboard import findings
from dashboard.words import joined, say
from data import sources
from data.contracts import Language
from queries import policies, spans

if TYPE_CHECKING:
    from queries.answers import Answer

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SHOWN_MARKS = ("c", "x", "z")


@dataclass(frozen=True)
class Statement:
    """The words of one export in one language; empty text where a thing does not apply.

    asked: unit, filters and months, one line. foot: paragraphs under the figure. mark, mark_long:
    the sign of invented data, never empty when the data set is synthetic. record: the same in
    codes, for file metadata. facts: (label, text) pairs of a cover sheet.
    """

    title: str
    finding: str
    asked: str
    foot: tuple[str, ...]
    mark: str
    mark_long: str
    code: str
    code_words: str
    facts: tuple[tuple[str, str], ...]
    record: Mapping[str, Any]


def statement(answer: "Answer", language: Language, form: str | None = None) -> Statement:
    """The statement of an answer; the code is the same in every language and form."""
    mark, mark_long = _marks(answer, language)
    code = short_code(answer)
    asked = [("unit", unit_words(answer, language)), *_asked(answer, language)]
    finding = findings.say(answer, language)
    notes = joined((answer.note(language), *answer.caveats(language)), language)
    guarded = list(_guarded(answer, language))
    origin = [*_origin(answer, language)]
    shorthand = [*_shorthand(_SHOWN_MARKS, language), policies.zero(answer.policy, language)]
    limits = [] if answer.scope.free else [("scope", answer.scope.words(language))]
    facts = [
        ("finding", finding),
        *asked,
        ("notes", notes),
        ("protection", guarded[0]),
        *(("notes", text) for text in guarded[1:]),
        ("scope", answer.scope.words(language)),
        *origin,
        ("shorthand", _joined(shorthand, language)),
        ("question", answer.question.name),
        ("selection", answer.selection.address()),
        ("code", code),
    ]
    said = "c" if "[c]" in policies.about(answer.policy, language) else ""
    present = _shorthand(tuple(mark for mark in _states(answer) if mark != said), language)
    printed = [
        (key, _brief(text) if key == "snapshot" else text) for key, text in [*limits, *origin]
    ]
    foot = (_joined([notes, *guarded, *present], language), _pairs(printed, language))
    return Statement(
        title=answer.title(language),
        finding=finding,
        asked=_pairs(asked, language),
        foot=tuple(text for text in foot if text),
        mark=mark,
        mark_long=mark_long,
        code=code,
        code_words=_pair("code", code, language),
        facts=tuple((say(f"export.{key}", language), text) for key, text in facts if text),
        record=_record(answer, code, form),
    )


def _brief(snapshot: str) -> str:
    """The part of a snapshot's name that tells its content, short enough for paper."""
    return snapshot.rpartition("-")[2]


def unit_words(answer: "Answer", language: Language) -> str:
    """The unit of the answer's figures in words, or that each of several is marked."""
    unit = answer.unit or ("per_100_persons" if "ratio" in answer.question.columns else "")
    return say(f"unit.{unit}" if unit else "export.unit_each", language)


def short_code(answer: "Answer") -> str:
    """Eight letters that say question, selection, snapshot and rows: XXXX-XXXX."""
    number = int(_digest(_identity(answer))[:10], 16)
    letters = "".join(_LETTERS[(number >> (5 * place)) & 31] for place in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _identity(answer: "Answer") -> str:
    parts = (
        answer.question.name,
        answer.selection.address(),
        answer.manifest.id,
        rows_digest(answer),
    )
    return json.dumps(parts)


def rows_digest(answer: "Answer") -> str:
    """A digest of the released rows, the same for equal rows whatever their types in memory."""
    rows = [[_spelled(cell) for cell in row.values()] for row in answer.records()]
    return _digest(json.dumps([list(answer.rows.columns), rows], ensure_ascii=False))


def _spelled(cell: Any) -> Any:
    if isinstance(cell, list):
        return [_spelled(part) for part in cell]
    return cell if cell is None else f"{cell:.10g}" if isinstance(cell, float) else str(cell)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _record(answer: "Answer", code: str, form: str | None) -> dict[str, Any]:
    manifest = answer.manifest
    return {
        "code": code,
        "question": answer.question.name,
        "form": form or "",
        "selection": answer.selection.address(),
        "snapshot": str(manifest.id),
        "rows": rows_digest(answer)[:16],
        "policy": answer.policy,
        "as_of": str(manifest.as_of),
        "publisher": manifest.publisher["en"],
        "synthetic": bool(manifest.synthetic),
    }


def _marks(answer: "Answer", language: Language) -> tuple[str, str]:
    if not answer.manifest.synthetic:
        return "", ""
    return say("export.synthetic", language), say("export.synthetic_long", language)


def _asked(answer: "Answer", language: Language) -> Iterator[tuple[str, str]]:
    yield "filters", answer.filters(language)
    window = None if answer.published else answer.periods.window
    if window and not (answer.selection.since and answer.selection.until):
        yield "period", spans.words(*window, language)


def _origin(answer: "Answer", language: Language) -> Iterator[tuple[str, str]]:
    manifest = answer.manifest
    if answer.published and not answer.empty:
        yield "publishers", _publishers(answer, language)
    publisher, title = manifest.publisher[language], manifest.title[language]
    yield "source", say("export.publisher_title", language, publisher=publisher, title=title)
    yield "as_of", str(manifest.as_of)
    yield "snapshot", str(manifest.id)


def _publishers(answer: "Answer", language: Language) -> str:
    titles = {sources.title(name, language) for name in answer.rows["source"]}
    return {"zh": "；", "en": "; "}[language].join(sorted(titles))


def _guarded(answer: "Answer", language: Language) -> Iterator[str]:
    yield policies.about(answer.policy, language)
    if answer.withheld:
        yield say("export.withheld", language, n=answer.withheld)
    rows = answer.rows
    start = answer.manifest.provisional_from
    if start and "provisional" in rows and bool(rows["provisional"].fillna(False).any()):
        yield say("export.provisional", language, month=spans.month(start, language))
    elif said := findings.provisional(answer, language):
        yield said
    bounds = [name for name in rows if str(name).endswith("lower_bound")]
    if any(bool(rows[name].fillna(False).any()) for name in bounds):
        yield say("export.lower_bound", language)


def _states(answer: "Answer") -> tuple[str, ...]:
    columns = [name for name in answer.rows if str(name) == "state" or str(name).endswith("_state")]
    present = {state for name in columns for state in answer.rows[name].dropna().unique()}
    return tuple(mark for mark in _SHOWN_MARKS if mark in present)


def _shorthand(marks: tuple[str, ...], language: Language) -> list[str]:
    return [say(f"state.{mark}", language) for mark in marks]


def _pair(key: str, text: str, language: Language) -> str:
    return say("export.pair", language, label=say(f"export.{key}", language), text=text)


def _pairs(pairs: list[tuple[str, str]], language: Language) -> str:
    return _joined([_pair(key, text, language) for key, text in pairs if text], language)


def _joined(texts: list[str], language: Language) -> str:
    return say("export.joined", language).join(text.rstrip("。.") for text in texts if text)
