"""Times the ten questions of the first page against pandas on the same rows, answers compared.

Compared are figures with small ones withheld, which is what pandas is made to do; timed is the
protection that readers get, which does more.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from queries.periods import periods
from queries.scope import Scope
from queries.selection import Selection
from queries.store import Store
from tests.bench import in_pandas
from tests.bench.in_pandas import QUESTIONS, Frames, Spans

SELECTIONS = {
    "everything": "",
    "coastal origins": "origins=CN-FJ,CN-ZJ,CN-GD",
    "two years": "since=2022-01&until=2023-12",
}
KEYS = {
    "totals": ["measure"],
    "persons_by_month": ["month"],
    "origins": ["origin"],
    "destinations": ["destination"],
    "corridors": ["origin", "destination"],
    "routes": ["origin", "route", "transit", "destination"],
    "age_sex": ["age_group", "sex"],
    "gangs": ["gang"],
    "seizures_by_month": ["month", "item"],
    "seizures_and_persons": ["month"],
}
COMPARED = Scope(policy="suppressed", granted=("suppressed",))


@dataclass(frozen=True)
class Timed:
    """Milliseconds for all ten questions of one selection, nothing kept between runs."""

    selection: str
    ours: float
    in_pandas: float
    rows: int


def timed(snapshot: Path, times: int) -> list[Timed]:
    """Each selection on both sides; raises AssertionError where an answer differs."""
    frames = in_pandas.read(snapshot)
    found = []
    with Store(snapshot, kept=0) as store:
        for words, address in SELECTIONS.items():
            selection = Selection.parse(address)
            spans = _spans(selection, store)
            rows = _compared(store, selection, frames, spans)
            ours = _median(lambda asked=selection: _ours(store, asked), times)
            theirs = _median(
                lambda asked=selection, months=spans: _pandas(frames, asked, months), times
            )
            found.append(Timed(words, ours, theirs, rows))
    return found


def _ours(store: Store, selection: Selection) -> None:
    for name in QUESTIONS:
        store.answer(name, selection)


def _pandas(frames: Frames, selection: Selection, spans: Spans) -> None:
    chosen = in_pandas.chosen(frames, selection.origins)
    for answer in QUESTIONS.values():
        answer(chosen, spans)


def _median(run: Callable[[], None], times: int) -> float:
    run()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        taken.append((time.perf_counter() - started) * 1000)
    return median(taken)


def _spans(selection: Selection, store: Store) -> Spans:
    found = periods(selection, store.manifest)
    assert found.window and found.current and found.previous and found.trend
    return Spans(found.window, found.current, found.previous, found.trend, found.reason)


def _compared(store: Store, selection: Selection, frames: Frames, spans: Spans) -> int:
    """How many rows both sides gave alike."""
    chosen = in_pandas.chosen(frames, selection.origins)
    rows = 0
    for name, answer in QUESTIONS.items():
        ours = store.answer(name, selection, COMPARED).rows
        theirs = answer(chosen, spans)
        _same(name, ours, theirs)
        rows += len(ours)
    return rows


def _same(name: str, ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    columns = [column for column in theirs.columns if column in ours.columns]
    left, right = (_plain(frame, columns, KEYS[name]) for frame in (ours, theirs))
    assert len(left) == len(right), f"{name}: {len(left)} rows against {len(right)}"
    for column in columns:
        for key, one, other in zip(left.index, left[column], right[column], strict=True):
            assert _equal(one, other), f"{name} {key} {column}: {one!r} against {other!r}"


def _plain(frame: pd.DataFrame, columns: list[str], keys: list[str]) -> pd.DataFrame:
    plain = frame[columns].astype(object)
    plain[keys] = plain[keys].where(plain[keys].notna(), "")
    plain.index = pd.Index(plain[keys].astype(str).agg("|".join, axis=1))
    assert plain.index.is_unique
    return plain.sort_index()


def _equal(one: object, other: object) -> bool:
    if isinstance(one, list | np.ndarray) and isinstance(other, list | np.ndarray):
        pairs = zip(one, other, strict=True)
        return all(_equal(left, right) for left, right in pairs)
    if pd.isna(one) or pd.isna(other):
        return bool(pd.isna(one) and pd.isna(other))
    if isinstance(one, int | float | np.number) and isinstance(other, int | float | np.number):
        return bool(np.isclose(float(one), float(other), rtol=1e-9))
    return bool(one == other)
