"""One plain sentence a question, made by rule from the same protected rows as the drawing.

No figure is said that the rows do not hold or add up to. Names from data are plain text: whoever
shows a sentence escapes it. This module must not know Streamlit or Plotly.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from dashboard import words
from dashboard.findings import gangs, places, seizures, times
from dashboard.findings.voice import Voice, complete
from data.contracts import Language
from queries import spans
from queries.rules import THRESHOLD

if TYPE_CHECKING:
    from queries.answers import Answer

SENTENCES: Mapping[str, Callable[[Voice], str]] = MappingProxyType(
    {
        "totals": times.totals,
        "persons_by_month": times.persons_by_month,
        "origins": places.origins,
        "destinations": places.destinations,
        "destinations_by_year": places.destinations_by_year,
        "corridors": places.corridors,
        "routes": places.routes,
        "age_sex": times.age_sex,
        "ages_by_year": times.ages_by_year,
        "gangs": gangs.gangs,
        "gang_activity": gangs.gang_activity,
        "gang_destinations": gangs.gang_destinations,
        "gang_profile": gangs.gang_profile,
        "seizures_by_month": seizures.seizures_by_month,
        "seizures_by_item": seizures.seizures_by_item,
        "seizures_by_province": seizures.seizures_by_province,
        "seizures_and_persons": seizures.seizures_and_persons,
        "documents_per_100": seizures.documents_per_100,
        "coverage": seizures.coverage,
        "arrivals_by_year": seizures.arrivals_by_year,
    }
)
UNRANKED = ("totals", "coverage")
RULES = {"protected": "rule_protected", "strict": "rule_protected", "suppressed": "rule",
         "rounded": "rule_rounded"}  # fmt: skip
COUNTS = ("value", "quantity", "documents", "persons")
FIGURES = (*COUNTS, "ratio")


def say(answer: "Answer", language: Language) -> str:
    """The finding of an answer; says so when it is empty, wholly withheld or zero.

    Empty text for a question that has no sentence yet.
    """
    voice = Voice(answer, language)
    if not voice.rows:
        return voice.say("empty")
    shown = [name for name in FIGURES if name in voice.rows[0]]
    known = [row[name] for row in voice.rows for name in shown if row[name] is not None]
    if not known:
        return voice.nothing()
    if not any(known):
        return voice.nothing(beside=True) if voice.lacks(COUNTS) else voice.say("none")
    ranked = answer.question.name not in UNRANKED
    if not complete(voice.rows) or (ranked and answer.provisional):
        return voice.say("provisional_only")
    sentence = SENTENCES.get(answer.question.name)
    said = sentence(voice) if sentence else ""
    return said[:1].upper() + said[1:]


def alt(answer: "Answer", language: Language, form: str) -> str:
    """The text alternative of a drawing: what kind of chart it is, then its finding."""
    kind = words.say(f"kind.{form}", language)
    return words.say("alt.chart", language, kind=kind, finding=say(answer, language))


def blank(answer: "Answer", language: Language) -> str:
    """Why something is blank: the rule, its threshold, how many figures, and how to widen."""
    if answer.policy in ("public", "exact"):
        return words.say(f"blank.{answer.policy}", language)
    if not answer.withheld:
        exact = answer.policy == "suppressed"
        return words.say("blank.none" if exact else "blank.moved", language)
    cells = words.count(answer.withheld, "cells", language)
    rule = words.say(f"blank.{RULES[answer.policy]}", language, cells=cells, threshold=THRESHOLD)
    return Voice(answer, language).joined(rule, words.say("blank.widen", language))


def provisional(answer: "Answer", language: Language) -> str:
    """That figures rest on provisional months, wholly or in part, where no row says so; else
    empty."""
    if answer.provisional:
        return words.say("state.provisional_all", language)
    if answer.provisional_within:
        month = spans.month(answer.provisional_within, language)
        return words.say("state.provisional_within", language, month=month)
    return ""
