"""What a page asks is asked when its run begins, and after a choice its parts run alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import ahead, filters, stage
from dashboard.stage import DATA_VARIABLE
from queries.selection import Selection
from queries.store import EVERYTHING, Store

APP = str(Path(__file__).parents[1] / "dashboard" / "app.py")
FUJIAN, NO_FILTER = Selection(origins=("CN-FJ",)), Selection()


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_noted", {})


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Stands where one reader's session state does."""
    state: dict[str, object] = {}
    monkeypatch.setattr(filters.st, "session_state", state)
    return state


@pytest.fixture
def app(tiny_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv(DATA_VARIABLE, str(tiny_directory))
    st.cache_resource.clear()
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["language"] = "en"
    yield app
    st.cache_resource.clear()


class Held:
    """Stands where a store does: writes down what it is asked, or fails; knows what took long."""

    def __init__(self, problem: Exception | None = None, **took: float) -> None:
        self.begun: list[tuple[object, ...]] = []
        self.problem, self.seconds = problem, took

    def begin(self, *asked: object) -> None:
        self.begun.append(asked)
        if self.problem:
            raise self.problem

    def took(self, name: str) -> float:
        return self.seconds.get(name, 0.0)


def test_a_page_asks_at_its_start_what_its_cards_asked_before(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
):
    app.run()
    begun: dict[str, int] = {}
    answered: dict[str, int] = {}

    def noting(found: dict[str, int], asking):
        def asked(held, name, selection=NO_FILTER, scope=EVERYTHING):
            if selection == FUJIAN:
                found[name] = found.get(name, 0) + 1
                assert found is begun or name in begun
            return asking(held, name, selection, scope)

        return asked

    monkeypatch.setattr(Store, "begin", noting(begun, Store.begin))
    monkeypatch.setattr(Store, "answer", noting(answered, Store.answer))
    app.session_state["selection"] = FUJIAN
    app.run()
    assert not app.exception
    assert set(begun) == set(answered) == set(stage.FIRST_PAGE)
    assert set(begun.values()) == {1}


def test_nothing_is_asked_twice(
    tiny_directory: Path, session: dict[str, object], monkeypatch: pytest.MonkeyPatch
):
    with Store(tiny_directory) as held:
        started: list[str] = []
        start = held._start
        monkeypatch.setattr(
            held, "_start", lambda key, *a, **b: started.append(key[0]) or start(key, *a, **b)
        )
        for name in stage.FIRST_PAGE:
            ahead.note(name, name)
        ahead.ask(held, FUJIAN, EVERYTHING)
        for name in stage.FIRST_PAGE:
            held.answer(name, FUJIAN)
    assert sorted(started) == sorted(stage.FIRST_PAGE)


def test_a_card_that_leaves_a_filter_out_is_asked_for_so(session: dict[str, object]):
    held = Held()
    ahead.begin("gangs", held, NO_FILTER, EVERYTHING)
    ahead.note("gangs-first", "gangs", ("gangs",))
    ahead.begin("gangs", held, FUJIAN.replace(gangs=("G1",)), EVERYTHING)
    ahead.begin("flows", held, FUJIAN, EVERYTHING)
    assert held.begun == [("gangs", FUJIAN, EVERYTHING)]


def test_what_took_least_comes_first(session: dict[str, object]):
    held = Held(totals=0.3, gangs=0.2, origins=0.1)
    ahead.begin("", held, NO_FILTER, EVERYTHING)
    ahead.alone()
    for part, name in (("tiles", "totals"), ("a", "gangs"), ("b", "origins"), ("c", "new")):
        ahead.note(part, name)
    assert ahead.parts(held) == []  # the page is not built to its end
    ahead.end()
    assert ahead.parts(held) == ["c", "b", "a", "tiles"]
    ahead.ask(held, FUJIAN, EVERYTHING)
    assert [name for name, *_ in held.begun] == ["new", "origins", "gangs", "totals"]


def test_a_page_of_which_more_follows_a_choice_has_no_parts(session: dict[str, object]):
    held = Held()
    ahead.begin("", held, NO_FILTER, EVERYTHING)
    ahead.alone()
    ahead.note("b", "origins")
    ahead.begin("data", held, NO_FILTER, EVERYTHING)
    ahead.note("a", "coverage")
    ahead.end()
    assert ahead.parts(held) == []


def test_an_error_is_for_the_card_to_tell(app: AppTest, monkeypatch: pytest.MonkeyPatch):
    def failing(*_, **__):
        raise ValueError("planted")

    app.run()
    monkeypatch.setattr(Store, "begin", failing)
    app.run()
    assert not app.exception and not app.error
    monkeypatch.setattr(Store, "answer", failing)
    app.run()
    told = [error.value for error in app.error]
    assert not app.exception
    assert len(told) == len(stage.FIRST_PAGE) and all("planted" in one for one in told)
