"""The store: many threads, a snapshot swapped under readers, time limits, scope and its cache."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas
import pytest

from data import snapshots
from queries import answers
from queries import store as stores
from queries.kept import SlowQuery
from queries.questions import questions
from queries.scope import Scope, ScopeError
from queries.selection import Selection, SelectionError
from queries.store import Store
from tests.conftest import build_tiny, tiny_tables
from tests.test_questions import selection_for

FUJIAN = Scope(origins=("CN-FJ",))


def doubled() -> dict[str, pandas.DataFrame]:
    """The hand-sized cohorts with every number of persons doubled."""
    cohorts = tiny_tables()["cohorts"]
    return {"cohorts": cohorts.assign(persons=(cohorts["persons"].astype(int) * 2).astype(str))}


def persons(store: Store) -> int:
    return store.answer("totals").records()[0]["value"]


def test_eight_threads_get_the_answers_one_thread_gets(tiny_directory: Path, tiny_store: Store):
    asked = [(name, selection_for(name)) for name in questions()] * 4
    alone = {name: tiny_store.answer(name, chosen).records() for name, chosen in asked}
    with Store(tiny_directory, kept=1) as store, ThreadPoolExecutor(8) as threads:
        together = threads.map(lambda pair: (pair[0], store.answer(*pair).records()), asked)
        assert all(found == alone[name] for name, found in together)


def test_a_new_snapshot_is_picked_up_by_the_next_answer(tmp_path: Path):
    with Store(build_tiny(tmp_path)) as store:
        first = store.manifest.id
        assert persons(store) == 456
        build_tiny(tmp_path, doubled())
        assert persons(store) == 912
        assert store.manifest.id != first


def test_readers_never_see_an_error_or_a_mixture_while_snapshots_change(tmp_path: Path):
    stop = threading.Event()

    def read(store: Store) -> set[int]:
        seen = set()
        while not stop.is_set():
            answer = store.answer("origins", Selection(since=None))
            seen.add(int(answer.rows["value"].sum()))
        return seen

    with Store(build_tiny(tmp_path), kept=1) as store, ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(read, store) for _ in range(4)]
        once = int(store.answer("origins").rows["value"].sum())
        build_tiny(tmp_path, doubled())
        twice = int(store.answer("origins").rows["value"].sum())
        for tables in ({}, doubled(), {}):
            build_tiny(tmp_path, tables)
            time.sleep(0.05)
        stop.set()
        assert set().union(*(reader.result() for reader in readers)) <= {once, twice}


def test_a_snapshot_that_cannot_be_opened_leaves_the_one_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    with Store(build_tiny(tmp_path)) as store:
        name = "20300101T000000-0123456789ab.duckdb"
        (tmp_path / "snapshots" / name).write_bytes(b"no snapshot")
        (tmp_path / "CURRENT").write_text(name)
        assert persons(store) == 456
        (tmp_path / "CURRENT").write_text("gone.duckdb")
        assert persons(store) == 456
    assert "serving the snapshot before" in caplog.text


def test_one_snapshot_file_can_be_asked_by_its_path(tiny_directory: Path):
    with Store(snapshots.current(tiny_directory)) as store:
        assert persons(store) == 456


def test_an_answer_is_computed_once(tiny_directory: Path, monkeypatch: pytest.MonkeyPatch):
    runs = []
    monkeypatch.setattr(
        stores.Run, "rows", lambda run, rows=stores.Run.rows: runs.append(run) or rows(run)
    )
    with Store(tiny_directory) as store, ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: store.answer("origins"), range(16)))
        assert len(runs) == 1
        store.answer("origins", Selection(measure="cases"))
        assert len(runs) == 2


def test_kept_answers_are_bounded(tiny_directory: Path):
    with Store(tiny_directory, kept=3) as store:
        for name in ("origins", "destinations", "corridors", "routes", "age_sex"):
            store.answer(name)
        assert len(store._kept.keys) == 3


def test_changing_an_answer_changes_nobody_elses(tiny_store: Store):
    mine = tiny_store.answer("origins").rows
    mine.loc[:, "value"] = -1
    del mine["share"]
    assert tiny_store.answer("origins").rows["value"].min() > 0


def test_plain_rows_are_made_once_and_given_to_each_reader_anew(
    tiny_store: Store, monkeypatch: pytest.MonkeyPatch
):
    first = tiny_store.answer("corridors")
    mine = first.records()
    monkeypatch.setattr(answers, "plain", lambda cell: pytest.fail("made again"))
    mine[0]["value"] = -1
    mine.pop()
    again = tiny_store.answer("corridors").records()
    assert again == first.records() and len(again) == len(mine) + 1
    assert again[0]["value"] != -1


def test_a_kept_answer_never_crosses_scopes(tiny_store: Store):
    everything = tiny_store.answer("origins")
    narrowed = tiny_store.answer("origins", scope=FUJIAN)
    again = tiny_store.answer("origins")
    assert set(narrowed.rows["origin"]) == {"CN-FJ"}
    assert again.records() == everything.records()
    assert len({everything.key, narrowed.key}) == 2
    same = narrowed.selection
    assert tiny_store.answer("origins", same).scope == Scope.everything()
    assert tiny_store.answer("origins", same, FUJIAN).scope == FUJIAN


@pytest.mark.parametrize("name", sorted(set(questions()) - {"arrivals_by_year"}))
def test_every_question_stays_within_scope(name: str, tiny_store: Store):
    chosen = selection_for(name)
    narrowed = tiny_store.answer(name, chosen, FUJIAN)
    asked = tiny_store.answer(name, chosen.replace(origins=FUJIAN.origins))
    everybodys = {"rows_quarantined"} if name == "coverage" else set()
    found = [row for row in asked.records() if row.get("indicator") not in everybodys]
    assert len(asked.records()) - len(found) == len(everybodys)
    assert narrowed.records() == found


def test_a_wider_question_is_refused(tiny_store: Store):
    with pytest.raises(ScopeError):
        tiny_store.answer("origins", Selection(origins=("CN-ZJ",)), FUJIAN)


def test_an_unknown_gang_is_named_with_those_like_it_within_scope(tiny_store: Store):
    with pytest.raises(SelectionError, match="DEMO-G3"):
        tiny_store.answer("origins", Selection(gangs=("DEMO-G3x",)))
    with pytest.raises(SelectionError) as error:
        tiny_store.answer("origins", Selection(gangs=("DEMO-G3x",)), FUJIAN)
    assert "DEMO-G1" in str(error.value)
    assert "'DEMO-G3'" not in str(error.value)
    assert ", DEMO-G3" not in str(error.value)
    assert tiny_store.gangs(FUJIAN) == ("DEMO-G1", "DEMO-G2")


@pytest.mark.parametrize(
    ("given", "near"), [("demo-g3", "nearest: DEMO-G3"), ("nobody", "DEMO-G1, DEMO-G2, DEMO-G3")]
)
def test_an_unknown_gang_is_never_left_without_a_right_one(
    given: str, near: str, tiny_store: Store
):
    with pytest.raises(SelectionError, match=f"no '{given}'; .*{near}"):
        tiny_store.answer("origins", Selection(gangs=(given,)))


def test_data_without_gangs_say_so(tmp_path: Path):
    cases = tiny_tables()["cases"].assign(gang=None)
    with (
        Store(build_tiny(tmp_path, {"cases": cases})) as store,
        pytest.raises(SelectionError, match="these data name no gang"),
    ):
        store.answer("origins", Selection(gangs=("DEMO-G1",)))


def test_a_slow_question_is_stopped_and_the_store_goes_on(
    tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    endless = "select sum(a.range * b.range) as value from range(10000000) a, range(1000000) b"
    with Store(tiny_directory, workers=1, time_limit_seconds=0.3) as store:
        with monkeypatch.context() as patch:
            patch.setattr(stores.compose, "text", lambda *_: endless)
            began = time.monotonic()
            with pytest.raises(SlowQuery, match=r"origins: no answer within 0\.3 seconds"):
                store.answer("origins")
            assert time.monotonic() - began < 60
        store._kept.limit_seconds = 120
        assert store.answer("origins").rows["value"].sum() > 0


def test_a_waiting_reader_is_told_too_and_does_not_hang(
    tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    endless = "select sum(a.range * b.range) as value from range(10000000) a, range(1000000) b"
    monkeypatch.setattr(stores.compose, "text", lambda *_: endless)
    with (
        Store(tiny_directory, workers=1, time_limit_seconds=0.3) as store,
        ThreadPoolExecutor(3) as threads,
    ):
        names = ("origins", "destinations", "corridors")
        asked = [threads.submit(store.answer, name) for name in names]
        assert all(isinstance(one.exception(timeout=120), SlowQuery) for one in asked)


def test_first_come_is_first_served(tiny_directory: Path, monkeypatch: pytest.MonkeyPatch):
    order: list[str] = []
    held = threading.Event()

    def rows(run: stores.Run, kept=stores.Run.rows) -> pandas.DataFrame:
        held.wait(10)
        order.append(run.sql)
        return kept(run)

    monkeypatch.setattr(stores.Run, "rows", rows)
    names = ["origins", "corridors", "age_sex", "routes"]
    latest = time.monotonic() + 30
    with Store(tiny_directory, workers=1) as store, ThreadPoolExecutor(4) as threads:
        for place, name in enumerate(names, 1):
            threads.submit(store.answer, name)
            while len(store._kept.keys) < place and time.monotonic() < latest:
                time.sleep(0.001)
        held.set()
    texts = [next(sql for sql in order if f"by_{mark}" in sql) for mark in ("corridor", "path")]
    assert order.index(texts[0]) == 1
    assert order.index(texts[1]) == 3


def test_a_value_travels_only_as_the_one_parameter(tiny_directory: Path):
    hostile = "x') or true --"
    with Store(tiny_directory) as store, pytest.raises(SelectionError, match="no"):
        store.answer("origins", Selection(gangs=(hostile,)))


def test_an_answer_of_published_figures_alone_says_it_is_public(tiny_store: Store) -> None:
    assert tiny_store.answer("arrivals_by_year").policy == "public"
    assert tiny_store.answer("origins").policy == "suppressed"
    assert tiny_store.answer("coverage").policy == "suppressed"
