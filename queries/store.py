"""The store: opens snapshots and answers questions with protected rows, for many readers at once.

Every figure that leaves the product passes `Store.answer`. It must not know screens.
"""

import logging
import os
from collections import OrderedDict
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import pandas

from data import record_keys, snapshots
from data.snapshots import Manifest
from queries import compose, policies
from queries.answers import Answer, plain, withheld
from queries.facts import COHORT_FILTERS, chosen
from queries.periods import periods
from queries.questions import question
from queries.release import PolicyName, policy
from queries.scope import Scope
from queries.selection import Selection, SelectionError

EVERYTHING = Scope.everything()
NO_FILTER = Selection()
PARAMETER = "$selection"
Key = tuple[str, Selection, Scope, str]
log = logging.getLogger(__name__)


class SlowQuery(TimeoutError):
    """A question that took longer than the store allows; says what to do about it."""


class HeavyQuery(SlowQuery):
    """A question that needs more memory or room on the disk than the store allows."""


@dataclass(frozen=True)
class Opened:
    """One snapshot, open for reading; it closes when its last reader is done with it."""

    manifest: Manifest
    connection: duckdb.DuckDBPyConnection

    @classmethod
    def at(cls, path: Path) -> "Opened":
        """Opens a snapshot file read-only and locked down; refuses figures whose protection
        anybody could undo, and those whose secret is not at hand."""
        said = snapshots.manifest(path)
        record_keys.check_served(said)
        return cls(said, snapshots.connect(path))


@lru_cache(maxsize=1024)
def parsed(sql: str) -> duckdb.Statement:
    """The statement of a text; parsing is up to half the cost of a small question."""
    with _parser().cursor() as connection:
        return connection.extract_statements(sql)[0]


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """An empty database to parse in: opening one costs as much as parsing a question."""
    return duckdb.connect()


class Run:
    """One query on its own cursor, which another thread may interrupt."""

    def __init__(self, opened: Opened, sql: str, values: dict[str, Any]) -> None:
        self.cursor = opened.connection.cursor()
        self.sql, self.values = sql, values

    def rows(self) -> pandas.DataFrame:
        """Executes and fetches; closes the cursor."""
        try:
            given = {"selection": self.values} if PARAMETER in self.sql else None
            return self.cursor.execute(parsed(self.sql), given).df()
        finally:
            self.cursor.close()

    def interrupt(self) -> None:
        """Stops the query; its own thread then gets duckdb.InterruptException."""
        self.cursor.interrupt()


class Store:
    """Answers questions from the current snapshot of a data directory, or from one snapshot file.

    Thread-safe: a cursor per query, as many queries at once as there are cores, first come first
    served. A snapshot published while the store is open is picked up by the next answer. Answers
    are kept, at most `kept` of them, per question, selection, scope and snapshot.
    """

    def __init__(
        self,
        where: str | Path,
        *,
        workers: int | None = None,
        time_limit_seconds: float = 30,
        kept: int = 256,
    ) -> None:
        self._where, self._time_limit, self._most = Path(where), time_limit_seconds, kept
        self._lock = Lock()
        self._named: tuple[tuple[str, Scope] | None, tuple[str, ...]] = None, ()
        self._kept: OrderedDict[Key, tuple[Future[Answer], Run]] = OrderedDict()
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
        asked = question(name)
        scope.check(name, asked.dimensions)
        narrowed = scope.narrow(selection)
        asked.check(narrowed)
        opened = self._snapshot()
        self._check_gangs(opened, narrowed, scope)
        key = (name, narrowed, scope, opened.manifest.id)
        with self._lock:
            future, run = self._kept.get(key) or self._begin(key, opened)
            self._kept[key] = future, run
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return self._wait(key, future, run).shared()

    def policy(self, scope: Scope = EVERYTHING) -> PolicyName:
        """How figures of the current snapshot are released to a scope; raises ScopeError."""
        return policies.governing(self.manifest.disclosure, scope)

    def gangs(self, scope: Scope = EVERYTHING) -> tuple[str, ...]:
        """Names of the gangs within a scope, sorted; none where figures by gang are too fine."""
        return () if not scope.by_gang else self._gangs(self._snapshot(), scope)

    def close(self) -> None:
        """Waits for running queries and closes the snapshot."""
        self._pool.shutdown(cancel_futures=True)
        with self._lock:
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
        except (duckdb.Error, OSError, snapshots.SnapshotError) as error:
            self._refused = path
            log.error("serving the snapshot before: %s", error)

    def _begin(self, key: Key, opened: Opened) -> tuple[Future[Answer], Run]:
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
            rows = _plain_lists(run.rows())
            hidden = withheld(rows)
            return Answer(asked, rows, selection, scope, manifest, spans, under, hidden)

        return self._pool.submit(work), run

    def _wait(self, key: Key, future: Future[Answer], run: Run) -> Answer:
        try:
            return future.result(self._time_limit)
        except (Late, CancelledError, duckdb.InterruptException) as error:
            self._forget(key, future)
            if not (future.cancel() or future.done()):
                run.interrupt()
            raise SlowQuery(
                f"{key[0]}: no answer within {self._time_limit:g} seconds; ask for fewer months"
                " or fewer codes, or try again when fewer readers are waiting"
            ) from error
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            self._forget(key, future)
            raise HeavyQuery(
                f"{key[0]}: more memory or disk is needed than is allowed; ask for fewer months or"
                " fewer codes"
            ) from error
        except BaseException:
            self._forget(key, future)
            raise

    def _forget(self, key: Key, future: Future[Answer]) -> None:
        with self._lock:
            if self._kept.get(key, (None,))[0] is future:
                del self._kept[key]

    def _check_gangs(self, opened: Opened, selection: Selection, scope: Scope) -> None:
        if not selection.gangs:
            return
        known = self._gangs(opened, scope)
        for gang in selection.gangs:
            if gang not in known:
                raise SelectionError(f"gangs: there is no {gang!r}; {_near(gang, known)}")

    def _gangs(self, opened: Opened, scope: Scope) -> tuple[str, ...]:
        key = (opened.manifest.id, scope)
        held, names = self._named
        if held != key:
            names = self._read_gangs(opened, scope)
            self._named = key, names
        return names

    def _read_gangs(self, opened: Opened, scope: Scope) -> tuple[str, ...]:
        selection = scope.narrow(NO_FILTER)
        kept = [chosen(COHORT_FILTERS.get(name, "gang"), name) for name in selection.active]
        sql = " and ".join(["select distinct gang from cohorts where gang is not null", *kept])
        values = compose.values(selection, periods(selection, opened.manifest), opened.manifest)
        rows = Run(opened, sql, values).rows()
        return tuple(sorted(rows["gang"]))


def _near(gang: str, known: tuple[str, ...]) -> str:
    if not known:
        return "these data name no gang"
    folded = {name.casefold(): name for name in known}
    close = get_close_matches(gang.casefold(), folded, n=3)
    near = [folded[name] for name in close] or [*known[:3], *(["..."] if len(known) > 3 else [])]
    return f"nearest: {', '.join(near)}"


def _plain_lists(rows: pandas.DataFrame) -> pandas.DataFrame:
    for name in rows.columns:
        if rows[name].dtype == object:
            rows[name] = [plain(cell) for cell in rows[name]]
    return rows
