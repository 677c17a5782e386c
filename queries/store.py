"""The store: opens snapshots and answers questions with protected rows, for many readers at once.

Every figure that leaves the product passes `Store.answer`. It must not know screens.
"""

import logging
import os
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event, Lock

import duckdb
import pandas

from data import snapshots
from data.snapshots import Manifest
from queries import compose, gang_names, policies
from queries.answers import Answer, plain, withheld
from queries.kept import Kept, Key, Start
from queries.periods import periods
from queries.questions import question
from queries.release import PolicyName, policy
from queries.running import Opened, Run
from queries.scope import Scope
from queries.selection import Selection, SelectionError

EVERYTHING = Scope.everything()
NO_FILTER = Selection()
MOST_WAITED = 32
log = logging.getLogger(__name__)


class Store:
    """Answers questions from the current snapshot of a data directory, or from one snapshot file.

    Thread-safe: a cursor per query, as many queries at once as there are cores, first come first
    served. A snapshot published while the store is open is picked up by the next answer. Answers
    are kept, at most `kept` of them, per question, selection, scope and snapshot; those that nobody
    has asked yet take the room that is left.
    """

    def __init__(
        self,
        where: str | Path,
        *,
        workers: int | None = None,
        time_limit_seconds: float = 30,
        kept: int = 256,
    ) -> None:
        self._where, self._lock = Path(where), Lock()
        self._kept = Kept(kept, time_limit_seconds)
        self._named: dict[tuple[str, Scope], tuple[str, ...]] = {}
        self._took: dict[str, float] = {}
        self._pool = ThreadPoolExecutor(workers or os.cpu_count() or 1, "query")
        self._path, self._refused = self._current(), Path()
        self._opened = Opened.at(self._path)

    @property
    def manifest(self) -> Manifest:
        """The manifest of the snapshot that is current now."""
        return self._snapshot().manifest

    def answer(
        self, name: str, selection: Selection = NO_FILTER, scope: Scope = EVERYTHING
    ) -> Answer:
        """The protected rows of a question.

        Raises UnknownQuestion, SelectionError (an unknown gang, or a filter the question requires),
        ScopeError (wider or finer than the scope, a policy without a grant), SlowQuery and its
        HeavyQuery.
        """
        key, start = self._question(name, selection, scope)
        return self._kept.answer(self._kept.asked(key, start)).shared()

    def begin(self, name: str, selection: Selection = NO_FILTER, scope: Scope = EVERYTHING) -> None:
        """Start on a question that is asked next, while not too many are waited for; raises what
        `answer` raises before it waits."""
        key, start = self._question(name, selection, scope)
        if len(self._kept.waited()) < MOST_WAITED:
            self._kept.asked(key, start)

    def prepare(
        self, name: str, selection: Selection = NO_FILTER, scope: Scope = EVERYTHING,
        stop: Event | None = None,
    ) -> Answer | None:  # fmt: skip
        """Answer a question that nobody has asked yet. None where somebody waits or there is no
        room, and where it has given way: to whoever asks another, or to `stop`.

        Raises what `answer` raises.
        """
        return self._kept.prepared(*self._question(name, selection, scope), stop)

    def took(self, name: str) -> float:
        """How many seconds a question took when last answered; 0 where it never was."""
        return self._took.get(name, 0.0)

    @property
    def full(self) -> bool:
        """Whether there is no room for an answer that nobody has asked yet."""
        return self._kept.full

    @property
    def quiet_seconds(self) -> float:
        """How long ago anybody asked anything."""
        return self._kept.quiet_seconds

    def policy(self, scope: Scope = EVERYTHING) -> PolicyName:
        """How figures of the current snapshot are released to a scope; raises ScopeError."""
        return policies.governing(self.manifest.disclosure, scope)

    def gangs(self, scope: Scope = EVERYTHING) -> tuple[str, ...]:
        """Names of the gangs within a scope, sorted; none where figures by gang are too fine."""
        return () if not scope.by_gang else self._gangs(self._snapshot(), scope)

    def stop(self) -> None:
        """Stops whatever is under way, for the end of the process."""
        self._kept.stop()

    def close(self) -> None:
        """Waits for running queries and closes the snapshot."""
        self._pool.shutdown(cancel_futures=True)
        self._kept.clear()
        self._opened.connection.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _current(self) -> Path:
        return self._where if self._where.suffix == ".duckdb" else snapshots.current(self._where)

    def _snapshot(self) -> Opened:
        try:
            path = self._current()
        except snapshots.SnapshotError as error:
            log.error("serving the snapshot before: %s", error)
            return self._opened
        with self._lock:
            if path not in (self._path, self._refused):
                self._swap(path)
            return self._opened

    def _swap(self, path: Path) -> None:
        """Opens a newer snapshot; the old one closes by itself once its last cursor is gone."""
        try:
            self._opened, self._path = Opened.at(path), path
            self._kept.clear()
            self._named.clear()
        except (duckdb.Error, OSError, snapshots.SnapshotError) as error:
            self._refused = path
            log.error("serving the snapshot before: %s", error)

    def _question(self, name: str, selection: Selection, scope: Scope) -> tuple[Key, Start]:
        """What an answer is kept under, once it is sure that it may be asked, and how it begins."""
        asked = question(name)
        scope.check(name, asked.dimensions)
        narrowed = scope.narrow(selection)
        asked.check(narrowed)
        opened = self._snapshot()
        self._check_gangs(opened, narrowed, scope)
        key = (name, narrowed, scope, opened.manifest.id)
        return key, partial(self._start, key, opened)

    def _start(self, key: Key, opened: Opened) -> tuple[Future[Answer], Run]:
        name, selection, scope, _ = key
        asked, manifest = question(name), opened.manifest
        spans = periods(selection, manifest, scope.finest)
        released = policy(policies.governing(manifest.disclosure, scope))
        shape = compose.ask(selection, scope)
        sql = compose.text(asked, shape, released)
        under = compose.governing(asked, shape, released).name
        values = compose.values(selection, spans, manifest)
        run = Run(opened, sql, values)

        def work() -> Answer:
            started = time.perf_counter()
            rows = _plain_lists(run.rows())
            self._took[name] = time.perf_counter() - started
            hidden = withheld(rows)
            return Answer(asked, rows, selection, scope, manifest, spans, under, hidden)

        return self._pool.submit(work), run

    def _check_gangs(self, opened: Opened, selection: Selection, scope: Scope) -> None:
        if not selection.gangs:
            return
        known = self._gangs(opened, scope)
        for gang in selection.gangs:
            if gang not in known:
                raise SelectionError(f"gangs: there is no {gang!r}; {gang_names.near(gang, known)}")

    def _gangs(self, opened: Opened, scope: Scope) -> tuple[str, ...]:
        key = (opened.manifest.id, scope)
        if key not in self._named:
            self._named[key] = gang_names.read(opened, scope)
        return self._named[key]


def _plain_lists(rows: pandas.DataFrame) -> pandas.DataFrame:
    for name in rows.columns:
        if rows[name].dtype == object:
            rows[name] = [plain(cell) for cell in rows[name]]
    return rows
