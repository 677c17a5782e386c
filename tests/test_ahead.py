"""What a page asks is asked when its run begins, once, and for the reader's own scope."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event, current_thread

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import ahead, stage
from dashboard.stage import DATA_VARIABLE
from queries.selection import Selection
from queries.store import EVERYTHING, Store

APP = str(Path(__file__).parents[1] / "dashboard" / "app.py")
FUJIAN, NO_FILTER = Selection(origins=("CN-FJ",)), Selection()


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_noted", {})


@pytest.fixture
def app(tiny_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv(DATA_VARIABLE, str(tiny_directory))
    st.cache_resource.clear()
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["language"] = "en"
    yield app
    st.cache_resource.clear()


class Held:
    """Stands where a store does: writes down what it is asked, and waits or fails where told."""

    def __init__(self, problem: Exception | None = None, until: Event | None = None) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.problem, self.until = problem, until

    def answer(self, *asked: object) -> None:
        self.asked.append(asked)
        if self.until:
            self.until.wait(10)
        if self.problem:
            raise self.problem


def waited() -> None:
    """Until every ask has ended."""
    for _ in range(ahead.MOST):
        assert ahead._free.acquire(timeout=10)
    for _ in range(ahead.MOST):
        ahead._free.release()


def test_a_page_asks_at_its_start_what_its_cards_asked_before(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
):
    app.run()
    waited()
    asked: dict[str, set[str]] = {}
    answer = Store.answer

    def counted(held, name, selection=NO_FILTER, scope=EVERYTHING):
        if selection == FUJIAN:
            asked.setdefault(name, set()).add(current_thread().name.split("_")[0])
        return answer(held, name, selection, scope)

    monkeypatch.setattr(Store, "answer", counted)
    app.session_state["selection"] = FUJIAN
    app.run()
    waited()
    assert not app.exception
    assert set(asked) == set(stage.FIRST_PAGE)
    assert all("ahead" in by and len(by) == 2 for by in asked.values())


def test_nothing_is_asked_twice(tiny_directory: Path, monkeypatch: pytest.MonkeyPatch):
    with Store(tiny_directory) as held:
        begun: list[str] = []
        begin = held._begin
        monkeypatch.setattr(
            held, "_begin", lambda key, *rest: begun.append(key[0]) or begin(key, *rest)
        )
        for name in stage.FIRST_PAGE:
            ahead.note("", name)
        ahead.ask("", held, FUJIAN, EVERYTHING)
        for name in stage.FIRST_PAGE:
            held.answer(name, FUJIAN)
        waited()
    assert sorted(begun) == sorted(stage.FIRST_PAGE)


def test_a_card_that_leaves_a_filter_out_is_asked_for_so():
    held = Held()
    ahead.note("gangs", "gangs", ("gangs",))
    ahead.ask("gangs", held, FUJIAN.replace(gangs=("G1",)), EVERYTHING)
    ahead.ask("flows", held, FUJIAN, EVERYTHING)
    waited()
    assert held.asked == [("gangs", FUJIAN, EVERYTHING)]


def test_an_error_is_for_the_card_to_tell(app: AppTest, monkeypatch: pytest.MonkeyPatch):
    app.run()
    ahead.note("", "origins")
    ahead.ask("", Held(ValueError("no")), FUJIAN, EVERYTHING)
    waited()

    def failing(*_, **__):
        raise ValueError("planted")

    monkeypatch.setattr(Store, "answer", failing)
    app.run()
    told = [error.value for error in app.error]
    assert not app.exception
    assert len(told) == len(stage.FIRST_PAGE) and all("planted" in one for one in told)


def test_no_queue_grows_while_asks_are_waited_for():
    held, until = Held(until=(end := Event())), end
    for number in range(2 * ahead.MOST):
        ahead.note("", f"question {number}")
    ahead.ask("", held, FUJIAN, EVERYTHING)
    until.set()
    waited()
    assert len(held.asked) == ahead.MOST
