"""Questions under way and answered, kept for whoever asks the same, within a time limit each.

It must not know how a question is answered.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, wait
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from threading import Event, Lock

import duckdb

from queries.answers import Answer
from queries.running import Run
from queries.scope import Scope
from queries.selection import Selection

STEP_SECONDS = 0.05
Key = tuple[str, Selection, Scope, str]
Start = Callable[[], tuple[Future[Answer], Run]]


class SlowQuery(TimeoutError):
    """A question that took longer than the store allows; says what to do about it."""


class HeavyQuery(SlowQuery):
    """A question that needs more memory or room on the disk than the store allows."""


@dataclass(eq=False)
class Begun:
    """A question under way or answered; `ahead` while nobody has asked it yet. since: when it was
    begun, or first asked."""

    key: Key
    future: Future[Answer]
    run: Run
    ahead: bool
    since: float
    given_way: bool = False

    def left(self, seconds: float) -> float:
        """How many seconds are left of as many as it may take."""
        return self.since + seconds - time.monotonic()

    def stop(self) -> None:
        """Stop it, unless it has been answered by now."""
        if not (self.future.cancel() or self.future.done()):
            self.run.interrupt()


class Kept:
    """At most so many answers, those asked last; what nobody has asked yet takes the room left.

    Thread-safe. A question that nobody waits for any more is stopped by the next after its limit.
    """

    def __init__(self, most: int, limit_seconds: float) -> None:
        self._most, self.limit_seconds = most, limit_seconds
        self._lock = Lock()
        self._kept: OrderedDict[Key, Begun] = OrderedDict()
        self._under_way: list[Begun] = []
        self._asked = time.monotonic()

    @property
    def keys(self) -> list[Key]:
        """What is kept, the first to be forgotten first."""
        with self._lock:
            return list(self._kept)

    @property
    def full(self) -> bool:
        """Whether there is no room for an answer that nobody has asked yet."""
        return len(self._kept) >= self._most

    @property
    def quiet_seconds(self) -> float:
        """How long ago anybody asked anything."""
        return time.monotonic() - self._asked

    def asked(self, key: Key, start: Start) -> Begun:
        """A reader's question, begun now if nobody has before."""
        with self._lock:
            self._asked = time.monotonic()
            begun = self._kept.get(key)
            self._sweep()
            if begun is None:
                self._give_way()
                begun = self._begin(key, start, ahead=False)
            if begun.ahead:
                begun.ahead, begun.since = False, self._asked
            if key in self._kept:
                self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return begun

    def prepared(self, key: Key, start: Start, stop: Event | None) -> Answer | None:
        """A question that nobody has asked yet; see Store.prepare."""
        waited = self.waited()
        with self._lock:
            begun = self._kept.get(key)
            if begun is None:
                if waited or self.full:
                    return None
                begun = self._begin(key, start, ahead=True)
                self._kept.move_to_end(key, last=False)
        while not begun.future.done() and begun.left(self.limit_seconds) > 0:
            if stop and stop.is_set():
                with self._lock:
                    self._give_way()
            if begun.given_way:
                begun.run.interrupt()
            wait([begun.future], STEP_SECONDS)
        return None if begun.given_way else self.answer(begun)

    def answer(self, begun: Begun) -> Answer:
        """The answer once it is there; raises SlowQuery, HeavyQuery or what went wrong."""
        name = begun.key[0]
        try:
            return self._awaited(begun)
        except (Late, CancelledError, duckdb.InterruptException) as error:
            self._forget(begun)
            begun.stop()
            raise SlowQuery(
                f"{name}: no answer within {self.limit_seconds:g} seconds; ask for fewer months"
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

    def waited(self) -> list[Begun]:
        """The questions under way that somebody has asked, none of them over its limit."""
        with self._lock:
            self._sweep()
            return [begun for begun in self._under_way if not begun.ahead]

    def clear(self) -> None:
        """Keep nothing of what there is; whoever waits still gets the answer."""
        with self._lock:
            self._kept.clear()

    def stop(self) -> None:
        """Stop whatever is under way."""
        with self._lock:
            for begun in self._under_way:
                begun.stop()

    def _begin(self, key: Key, start: Start, *, ahead: bool) -> Begun:
        begun = self._kept[key] = Begun(key, *start(), ahead, time.monotonic())
        self._under_way.append(begun)
        return begun

    def _awaited(self, begun: Begun) -> Answer:
        while True:
            try:
                return begun.future.result(max(begun.left(self.limit_seconds), 0))
            except Late:
                if begun.left(self.limit_seconds) <= 0:
                    raise

    def _sweep(self) -> None:
        """Stop what is over its limit, also where nobody waits for it any more."""
        for begun in self._under_way:
            if not begun.future.done() and begun.left(self.limit_seconds) <= 0:
                self._drop(begun)
                begun.stop()
        self._under_way = [begun for begun in self._under_way if not begun.future.done()]

    def _give_way(self) -> None:
        """Stop what is answered for nobody yet."""
        for begun in self._under_way:
            if begun.ahead and not begun.given_way and not begun.future.done():
                begun.given_way = True
                self._drop(begun)
                begun.stop()

    def _forget(self, begun: Begun) -> None:
        with self._lock:
            self._drop(begun)

    def _drop(self, begun: Begun) -> None:
        if self._kept.get(begun.key) is begun:
            del self._kept[begun.key]
