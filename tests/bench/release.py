"""Times every question protected against exact in one run, in processor time, and the memory."""

import resource
import time
from pathlib import Path

from queries.questions import questions
from queries.scope import Scope
from queries.selection import Selection
from queries.store import EVERYTHING, Store

EXACT = Scope(policy="exact", granted=("exact",))
SLOWEST_SECONDS = 600


def timed(snapshot: Path, times: int) -> tuple[float, float]:
    """Milliseconds of processor time for all questions of everything, protected and exact: for
    each the least of some runs in turn, nothing kept between them."""
    with Store(snapshot, kept=0, time_limit_seconds=SLOWEST_SECONDS) as store:
        gang = store.gangs()[:1]
        sums = [0.0, 0.0]
        for name, question in questions().items():
            asked = Selection(gangs=gang) if question.requires else Selection()
            runs = [[_once(store, name, asked, scope) for scope in (EVERYTHING, EXACT)]
                    for _ in range(times)]  # fmt: skip
            for place, taken in enumerate(zip(*runs, strict=True)):
                sums[place] += min(taken)
        return sums[0], sums[1]


def memory_mb() -> float:
    """The most memory that this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _once(store: Store, name: str, asked: Selection, scope: Scope) -> float:
    started = time.process_time()
    store.answer(name, asked, scope)
    return (time.process_time() - started) * 1000
