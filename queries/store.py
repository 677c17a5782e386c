"""The store: opens snapshots and answers questions with protected rows, for many readers at once.

Every figure that leaves the product passes `Store.answer`. It must not know screens.
"""

import logging
import os
import time
from collections import OrderedDict
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import duckdb
import pandas

from data import snapshots
from data.snapshots import Manifest
from queries import compose, gang_names, policies
from queries.answers import Answer, plain, withheld
from queries.periods import periods
from queries.questions import question
from queries.release import PolicyName, policy
from queries.running import Opened, Run
from queries.scope import Scope
from queries.selection import Selection, SelectionError

EVERYTHING = Scope.everything()
NO_FILTER = Selection()
MOST_WAITED = 32
Key = tuple[str, Selection, Scope, str]
log = logging.getLogger(__name__)


class SlowQuery(TimeoutError):
    """A question that took longer than the store allows; says what to do about it."""


class HeavyQuery(SlowQuery):
    """A question that needs more memory or room on the disk than the store allows."""


@dataclass(eq=False)
class Begun:
    """A question under way or answered; `ahead` while nobody has asked it yet."""

    key: Key
    future: Future[Answer]
    run: Run
    ahead: bool
    given_way: bool = False

    @property
    def waited(self) -> bool:
        """Whether somebody waits for it."""
        return not (self.ahead or self.future.done())


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
        self._where, self._time_limit, self._most = Path(where), time_limit_seconds, kept
        self._lock = Lock()
        self._named: tuple[tuple[str, Scope] | None, tuple[str, ...]] = None, ()
        self._kept: OrderedDict[Key, Begun] = OrderedDict()
        self._ahead: Begun | None = None
        self._took: dict[str, float] = {}
        self._asked = time.monotonic()
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
        key, opened = self._key(name, selection, scope)
        return self._wait(self._begun(key, opened)).shared()

    def begin(self, name: str, selection: Selection = NO_FILTER, scope: Scope = EVERYTHING) -> None:
        """Start on a question that is asked next, while not too many are waited for; raises what
        `answer` raises before it waits."""
        key, opened = self._key(name, selection, scope)
        if len(self._waited()) < MOST_WAITED:
            self._begun(key, opened)

    def prepare(
        self, name: str, selection: Selection = NO_FILTER, scope: Scope = EVERYTHING
    ) -> bool:
        """Answer a question that nobody has asked yet, unless somebody is waiting; gives way to the
        first who asks another. Whether the answer is at hand now; raises what `answer` raises."""
        key, opened = self._key(name, selection, scope)
        waited = self._waited()
        with self._lock:
            begun = self._kept.get(key)
            if begun is None:
                if waited or self.full:
                    return False
                begun = self._ahead = self._start(key, opened, ahead=True)
                self._kept.move_to_end(key, last=False)
        try:
            self._wait(begun)
        except SlowQuery:
            if not begun.given_way:
                raise
            return False
        return True

    def took(self, name: str) -> float:
        """How many seconds a question took when last answered; 0 where it never was."""
        return self._took.get(name, 0.0)

    @property
    def full(self) -> bool:
        """Whether there is no room for an answer that nobody has asked yet."""
        return len(self._kept) >= self._most

    @property
    def quiet_seconds(self) -> float:
        """How long ago anybody asked anything."""
        return time.monotonic() - self._asked

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

    def _key(self, name: str, selection: Selection, scope: Scope) -> tuple[Key, Opened]:
        """What an answer is kept under, once it is sure that it may be asked."""
        asked = question(name)
        scope.check(name, asked.dimensions)
        narrowed = scope.narrow(selection)
        asked.check(narrowed)
        opened = self._snapshot()
        self._check_gangs(opened, narrowed, scope)
        return (name, narrowed, scope, opened.manifest.id), opened

    def _begun(self, key: Key, opened: Opened) -> Begun:
        """The question, begun now if nobody has before."""
        with self._lock:
            self._asked = time.monotonic()
            begun = self._kept.get(key)
            if begun is None:
                self._give_way()
                begun = self._start(key, opened, ahead=False)
            begun.ahead = False
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return begun

    def _start(self, key: Key, opened: Opened, *, ahead: bool) -> Begun:
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

        begun = self._kept[key] = Begun(key, self._pool.submit(work), run, ahead)
        return begun

    def _give_way(self) -> None:
        """Stop what is answered for nobody yet."""
        begun, self._ahead = self._ahead, None
        if begun and begun.ahead and not begun.future.done():
            begun.given_way = True
            self._kept.pop(begun.key, None)
            if not begun.future.cancel():
                begun.run.interrupt()

    def _waited(self) -> list[Begun]:
        with self._lock:
            return [begun for begun in self._kept.values() if begun.waited]

    def _wait(self, begun: Begun) -> Answer:
        future, name = begun.future, begun.key[0]
        try:
            return future.result(self._time_limit)
        except (Late, CancelledError, duckdb.InterruptException) as error:
            self._forget(begun)
            if not (future.cancel() or future.done()):
                begun.run.interrupt()
            raise SlowQuery(
                f"{name}: no answer within {self._time_limit:g} seconds; ask for fewer months"
                " or fewer codes, or try again when fewer readers are waiting"
            ) from error
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            self._forget(begun)
            raise HeavyQuery(
                f"{name}: more memory or disk is needed than is allowed; ask for fewer months or"
                " fewer codes"
            ) from error
        except BaseException:
            self._forget(begun)
            raise

    def _forget(self, begun: Begun) -> None:
        with self._lock:
            if self._kept.get(begun.key) is begun:
                del self._kept[begun.key]

    def _check_gangs(self, opened: Opened, selection: Selection, scope: Scope) -> None:
        if not selection.gangs:
            return
        known = self._gangs(opened, scope)
        for gang in selection.gangs:
            if gang not in known:
                raise SelectionError(f"gangs: there is no {gang!r}; {gang_names.near(gang, known)}")

    def _gangs(self, opened: Opened, scope: Scope) -> tuple[str, ...]:
        key = (opened.manifest.id, scope)
        held, names = self._named
        if held != key:
            names = gang_names.read(opened, scope)
            self._named = key, names
        return names


def _plain_lists(rows: pandas.DataFrame) -> pandas.DataFrame:
    for name in rows.columns:
        if rows[name].dtype == object:
            rows[name] = [plain(cell) for cell in rows[name]]
    return rows
