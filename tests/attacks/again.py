"""The same data loaded again and again: with what is there and in its place, rows in another order,
on two machines.

A small cell is asked for together with a large one, and the large one subtracted, in every load.
Where a record keeps its key, all loads say the same, once; where keys are drawn anew, each load is
another look at the same people, and their noise averages out.
"""

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path
from unittest.mock import patch

from data import record_keys, snapshots
from queries.selection import Selection
from tests.attacks import differencing, margins
from tests.attacks.claims import Look, Looks
from tests.attacks.differencing import Pair
from tests.attacks.world import FILTERS, Eyes, Judge, Target, frame, load

MACHINES: dict[str, tuple[str, ...]] = {"first": (), "second": ("--replace",)}
TABLES = ("cases", "cohorts")


def loads(files: Path, folder: Path, number: int, *, anew: bool) -> list[Path]:
    """The snapshots of so many loads of the same rows. anew: draws keys at every load."""
    found = []
    for load_number, machine in zip(range(number), [*MACHINES] * number, strict=False):
        shuffled = _shuffled(files, folder / f"files-{load_number}", load_number)
        with _other_keys(load_number if anew else 0):
            load(folder / machine, shuffled, *MACHINES[machine])
        found.append(snapshots.current(folder / machine))
    return found


def pairs(judge: Judge, names: tuple[str, ...]) -> Iterator[Pair]:
    """Corridors of one value, and of every smaller value beside the largest of another filter."""
    for second, first in combinations(margins.axes(judge, names), 2):
        large, *others = second.values
        for value, added in product(first.values, others):
            narrow = Selection(**first.filter(value), **second.filter(large))
            wide = narrow.replace(**{second.name: (added, large)})
            within = (first.dimension, value), (FILTERS[second.name], added)
            yield Pair(margins.QUESTION, wide, narrow, within)


def attack(every: Iterable[Eyes], looks: Looks, asked: list[Pair]) -> None:
    """The same pairs in every load; looks that never differ are one look."""
    found: dict[tuple[Target, object], list[Look]] = defaultdict(list)
    for eyes in every:
        once = Looks(looks.model)
        for pair in asked:
            differencing.look(eyes, pair, once)
        for target, seen in once.seen.items():
            for source, look in seen.items():
                found[target, source].append(look)
    for (target, _), several in found.items():
        alike = len({look.value for look in several}) == 1
        for number, look in enumerate(several[:1] if alike else several):
            looks.add(target, replace(look, load=number))


def _shuffled(files: Path, folder: Path, seed: int) -> Path:
    shutil.copytree(files, folder)
    for name in TABLES:
        path = folder / f"{name}.csv"
        frame(path).sample(frac=1, random_state=seed).to_csv(path, index=False)
    return folder


def _other_keys(number: int) -> AbstractContextManager:
    """While this holds, invented data is loaded with another secret, where a number is given."""
    secret = f"{record_keys.DEFAULT} {number}" if number else record_keys.DEFAULT
    return patch.object(record_keys, "DEFAULT", secret)
