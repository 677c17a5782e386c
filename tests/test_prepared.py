"""Questions answered before anybody asks them: at hand afterwards, and in nobody's way."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pandas
import pytest

from queries import store as stores
from queries.kept import SlowQuery
from queries.selection import Selection
from queries.store import Store

FUJIAN = Selection(origins=("CN-FJ",))
ENDLESS = "select sum(a.range * b.range) as value from range(10000000) a, range(1000000) b"


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[stores.Run]:
    """Every query that is run, in order."""
    found: list[stores.Run] = []
    rows = stores.Run.rows
    monkeypatch.setattr(stores.Run, "rows", lambda run: found.append(run) or rows(run))
    return found


def endless(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let one question run until it is interrupted."""
    text = stores.compose.text
    monkeypatch.setattr(
        stores.compose,
        "text",
        lambda asked, *rest: ENDLESS if asked.name == name else text(asked, *rest),
    )


def until(true: Callable[[], object]) -> None:
    latest = time.monotonic() + 60
    while not true():
        assert time.monotonic() < latest
        time.sleep(0.005)


def test_what_was_prepared_is_answered_without_a_query(
    tiny_directory: Path, runs: list[stores.Run]
):
    with Store(tiny_directory) as store:
        assert store.prepare("origins", FUJIAN)
        assert len(runs) == 1
        found = store.answer("origins", FUJIAN).records()
        assert store.prepare("origins", FUJIAN)
        assert len(runs) == 1
    with Store(tiny_directory) as store:
        assert found == store.answer("origins", FUJIAN).records()


def test_what_is_prepared_gives_way_to_a_reader(
    tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    with Store(tiny_directory, workers=1) as store, ThreadPoolExecutor(1) as aside:
        with monkeypatch.context() as patch:
            endless(patch, "origins")
            prepared = aside.submit(store.prepare, "origins")
            until(lambda: store._kept.keys)
            assert store.answer("totals").records()[0]["value"] == 456
            assert prepared.result(60) is None
            assert [key[0] for key in store._kept.keys] == ["totals"]
        assert store.answer("origins").rows["value"].sum() > 0


def test_what_has_given_way_is_no_matter_to_the_next_reader(
    tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    """It takes a moment to end; until then others ask too."""
    told: list[stores.Run] = []
    interrupt = stores.Run.interrupt
    endless(monkeypatch, "origins")
    monkeypatch.setattr(stores.Run, "interrupt", lambda run: told.append(run))  # noqa: PLW0108
    with Store(tiny_directory, workers=3) as store, ThreadPoolExecutor(1) as aside:
        prepared = aside.submit(store.prepare, "origins")
        until(lambda: store._kept.keys)
        for name in ("totals", "routes"):
            assert store.answer(name).rows is not None
        assert len(set(told)) == 1
        interrupt(told[0])
        assert prepared.result(60) is None


def test_what_a_reader_waits_for_gives_way_to_nobody(
    tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    go = Event()
    rows = stores.Run.rows

    def waiting(run: stores.Run) -> pandas.DataFrame:
        if "by_origin" in run.sql:
            assert go.wait(60)
        return rows(run)

    monkeypatch.setattr(stores.Run, "rows", waiting)
    with Store(tiny_directory, workers=2) as store, ThreadPoolExecutor(2) as aside:
        prepared = aside.submit(store.prepare, "origins")
        until(lambda: store._kept.keys)
        read = aside.submit(store.answer, "origins")
        until(store._kept.waited)
        assert store.answer("totals").records()[0]["value"] == 456
        assert not store.prepare("routes")
        go.set()
        assert prepared.result(60) is not None
        assert read.result(60).rows["value"].sum() > 0


def test_what_is_prepared_takes_room_that_is_left(tiny_directory: Path):
    with Store(tiny_directory, kept=3) as store:
        store.answer("origins")
        assert store.prepare("totals") and store.prepare("routes")
        assert store.full and not store.prepare("corridors")
        store.answer("age_sex")
        assert {key[0] for key in store._kept.keys} == {"origins", "age_sex", "totals"}


def test_what_takes_too_long_to_prepare_is_said(
    tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    endless(monkeypatch, "origins")
    with Store(tiny_directory, time_limit_seconds=0.3) as store:
        with pytest.raises(SlowQuery):
            store.prepare("origins")
        assert not store._kept.keys


def test_what_is_begun_waits_for_nothing_and_is_bounded(
    tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    go = Event()
    rows = stores.Run.rows
    monkeypatch.setattr(stores.Run, "rows", lambda run: go.wait(60) and rows(run))
    monkeypatch.setattr(stores, "MOST_WAITED", 2)
    with Store(tiny_directory) as store:
        for name in ("origins", "totals", "routes"):
            store.begin(name, FUJIAN)
        assert {key[0] for key in store._kept.keys} == {"origins", "totals"}
        go.set()
        assert store.answer("origins", FUJIAN).rows["value"].sum() > 0
        assert store.took("origins") > 0 == store.took("routes")


def test_whoever_stops_it_waits_for_no_query(tiny_directory: Path, monkeypatch: pytest.MonkeyPatch):
    endless(monkeypatch, "origins")
    stop = Event()
    with Store(tiny_directory) as store, ThreadPoolExecutor(1) as aside:
        prepared = aside.submit(store.prepare, "origins", stop=stop)
        until(lambda: store._kept.keys)
        stop.set()
        assert prepared.result(20) is None


def test_what_nobody_waits_for_any_more_is_stopped_at_its_limit(
    tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    with Store(tiny_directory, workers=1, time_limit_seconds=0.5) as store:
        with monkeypatch.context() as patch:
            endless(patch, "origins")
            store.begin("origins")
            until(lambda: not store._kept.waited())
            assert not store._kept.keys
        store._kept.limit_seconds = 60
        assert store.answer("origins").rows["value"].sum() > 0


def test_questions_begun_together_share_their_limit(
    tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    names = ("origins", "destinations", "corridors")
    monkeypatch.setattr(stores.compose, "text", lambda *_: ENDLESS)
    with Store(tiny_directory, workers=3, time_limit_seconds=3) as store:
        for name in names:
            store.begin(name)
        began = time.monotonic()
        for name in names:
            with pytest.raises(SlowQuery):
                store.answer(name)
        assert time.monotonic() - began < 8


def test_a_reader_who_takes_over_has_the_whole_limit(
    tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    rows = stores.Run.rows
    monkeypatch.setattr(stores.Run, "rows", lambda run: time.sleep(1.5) or rows(run))
    with Store(tiny_directory, time_limit_seconds=2) as store, ThreadPoolExecutor(1) as aside:
        prepared = aside.submit(store.prepare, "origins")
        until(lambda: store._kept.keys)
        time.sleep(1)
        begun = store._kept.asked(store._kept.keys[0], lambda: pytest.fail("begun twice"))
        assert begun.left(2) > 1.5
        assert prepared.result(60) is not None
