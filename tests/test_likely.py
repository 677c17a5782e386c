"""What readers are likely to choose is answered while nobody asks, once for every snapshot."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from dashboard import likely
from queries.questions import question
from queries.scope import Scope
from queries.selection import Selection
from queries.store import EVERYTHING, Store
from tests.conftest import build_tiny
from tests.test_prepared import FUJIAN, endless, until

NARROW = Scope(origins=("CN-FJ",))
NAMES = ("origins", "totals")


def largest(store: Store, scope: Scope) -> dict[str, tuple[str, ...]]:
    return likely.Preparing(store, store.manifest.id, Event()).largest(scope)


@pytest.fixture
def keeping(tiny_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Event]]:
    """A store that somebody keeps prepared, once it is told to go."""
    monkeypatch.setattr(likely, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(likely, "PAUSE_SECONDS", 0.01)
    stop = Event()
    with Store(tiny_directory, kept=2000) as store:
        asked = (lambda: store, lambda: (EVERYTHING, NARROW), NAMES, stop)
        thread = Thread(target=likely.keep, args=asked)
        thread.start()
        yield store, stop
        stop.set()
        thread.join(60)
        assert not thread.is_alive()


def test_every_likely_choice_is_prepared_in_every_scope_alone(keeping: tuple[Store, Event]):
    store, _ = keeping
    expected = set()
    for scope in (EVERYTHING, NARROW):
        for chosen in likely.selections(store.manifest, largest(store, scope)):
            try:
                narrowed = scope.narrow(chosen)
            except PermissionError:
                continue
            expected |= {(name, narrowed, scope) for name in NAMES}
    assert len(expected) > 100
    until(lambda: {key[:3] for key in store._kept.keys} >= expected)
    likeliest = {key[:3] for key in store._kept.keys} - expected
    assert all(selection.active == () for _, selection, scope in likeliest if scope is EVERYTHING)


def test_a_newer_snapshot_is_prepared_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(likely, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(likely, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(likely, "selections", lambda *_: iter([FUJIAN]))
    stop = Event()
    with Store(build_tiny(tmp_path), kept=len(NAMES) + len(likely.RANKED)) as store:
        asked = (lambda: store, lambda: (EVERYTHING,), NAMES, stop)
        thread = Thread(target=likely.keep, args=asked)
        thread.start()
        for _ in range(3):
            snapshot = store.manifest.id
            wanted = {(name, FUJIAN, EVERYTHING, snapshot) for name in NAMES}
            until(lambda wanted=wanted: set(store._kept.keys) >= wanted)
            build_tiny(tmp_path)
        stop.set()
        thread.join(60)


def test_nothing_is_prepared_while_anybody_asks(
    keeping: tuple[Store, Event], monkeypatch: pytest.MonkeyPatch
):
    store, _ = keeping
    until(lambda: len(store._kept.keys) > 20)
    monkeypatch.setattr(likely, "QUIET_SECONDS", 3600)
    time.sleep(0.5)
    before = len(store._kept.keys)
    time.sleep(0.5)
    assert len(store._kept.keys) == before


def test_what_is_likely_begins_with_time_and_the_largest_places(
    demo_store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(likely, "QUIET_SECONDS", 0.0)
    with Store(demo_store._where) as store:
        ranked = largest(store, EVERYTHING)
    chosen = list(likely.selections(demo_store.manifest, ranked))
    assert len(chosen) == len(set(chosen)) < 100
    assert [one.since is not None for one in chosen[:2]] == [True, True]
    shown = demo_store.answer("origins").records()
    first = max(shown, key=lambda row: row["value"] or 0)["origin"]
    assert ranked["origins"][0] == first
    assert Selection(origins=(first,)) in chosen
    for field, (name, *_) in likely.RANKED.items():
        assert 1 < len(ranked[field]) <= likely.MOST, (field, question(name).name)


def test_a_store_that_cannot_answer_is_left_alone(
    tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(likely, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(likely, "PAUSE_SECONDS", 0.01)
    endless(monkeypatch, "origins")
    stop = Event()
    with Store(tiny_directory, time_limit_seconds=0.2) as store:
        tried: list[str] = []
        prepare = store.prepare
        monkeypatch.setattr(
            store, "prepare", lambda *asked: tried.append(asked[0]) or prepare(*asked)
        )
        asked = (lambda: store, lambda: (EVERYTHING,), ("origins",), stop)
        thread = threading.Thread(target=likely.keep, args=asked)
        thread.start()
        until(lambda: tried)
        time.sleep(1)
        assert tried == ["origins"]
        stop.set()
        thread.join(60)
