"""Where every month chosen is provisional nothing is ranked as if final, and every note says so."""

import pytest
import streamlit
from invented import invented

from dashboard import details, findings
from dashboard.export.statement import statement
from queries.questions import questions
from queries.selection import Selection
from queries.store import Store

LATE = Selection.parse("since=2025-02")
UNRANKED = {"totals", "coverage", "arrivals_by_year"}
RANKED = sorted(set(questions()) - UNRANKED)
ONLY = {"en": "Only provisional figures so far.", "zh": "目前只有暂定数字。"}
MARKED = {name for name, question in questions().items() if "provisional" in question.columns}
WITHIN = {"en": "includes provisional months from Feb 2025", "zh": "含2025年2月起的暂定月份"}
NOTE = {"en": "every month chosen is provisional", "zh": "所选月份均为暂定数"}
BOTH = pytest.mark.parametrize("language", ["zh", "en"])


@BOTH
@pytest.mark.parametrize("name", RANKED)
def test_provisional_months_alone_are_not_ranked(name, language):
    answer = invented()[name]
    assert findings.say(answer, language) != ONLY[language]
    late = type(answer)(**(vars(answer) | {"provisional": True}))
    assert findings.say(late, language) == ONLY[language]


@pytest.mark.parametrize("name", ["origins", "destinations", "gangs", "corridors", "routes"])
def test_the_months_chosen_decide_it(name: str, tiny_public_store: Store):
    assert findings.say(tiny_public_store.answer(name, LATE), "en") == ONLY["en"]
    reaching = Selection.parse("since=2025-01")
    assert findings.say(tiny_public_store.answer(name, reaching), "en") != ONLY["en"]


def test_withheld_and_empty_come_before_provisional(tiny_store: Store):
    assert findings.say(tiny_store.answer("origins", LATE), "en").startswith("Every figure here")
    none = LATE.replace(origins=("CN-LN",))
    assert findings.say(tiny_store.answer("origins", none), "en").startswith("No data")


@BOTH
def test_the_note_under_the_chart_and_the_picture_say_so(
    language, tiny_public_store: Store, monkeypatch: pytest.MonkeyPatch
):
    said: list[str] = []
    monkeypatch.setattr(streamlit, "caption", lambda text, **_: said.append(text))
    for chosen, expected in ((LATE, True), (Selection(), False)):
        answer = tiny_public_store.answer("origins", chosen)
        for short in (False, True):
            details.foot(answer, language, short)
            assert (NOTE[language] in said[-1]) is expected
        assert (NOTE[language] in " ".join(statement(answer, language).foot)) is expected


@BOTH
@pytest.mark.parametrize("name", sorted(set(questions()) - MARKED - {"arrivals_by_year"}))
def test_figures_that_cannot_mark_the_provisional_months_in_them_name_them_in_the_note(
    name, language, tiny_public_store: Store, monkeypatch: pytest.MonkeyPatch
):
    said: list[str] = []
    monkeypatch.setattr(streamlit, "caption", lambda text, **_: said.append(text))
    gang = {"gangs": tiny_public_store.gangs()[:1]} if name == "gang_profile" else {}
    for chosen, expected in (("", True), ("since=2025-01", True), ("until=2025-01", False),
                             ("since=2025-02", False)):  # fmt: skip
        answer = tiny_public_store.answer(name, Selection.parse(chosen).replace(**gang))
        details.foot(answer, language, False)
        told = statement(answer, language)
        for text in (said[-1], " ".join(told.foot), repr(told.facts)):
            assert (WITHIN[language] in text) is expected, (chosen, text)


@pytest.mark.parametrize("name", sorted(MARKED))
def test_figures_that_mark_them_need_no_such_note(name: str, tiny_public_store: Store):
    answer = tiny_public_store.answer(name)
    assert WITHIN["en"] not in " ".join(statement(answer, "en").foot)


def test_published_series_have_years_of_their_own(tiny_public_store: Store):
    answer = tiny_public_store.answer("arrivals_by_year", LATE)
    assert not answer.provisional
    reaching = tiny_public_store.answer("arrivals_by_year", Selection.parse("since=2025-01"))
    assert WITHIN["en"] not in " ".join(statement(reaching, "en").foot)
