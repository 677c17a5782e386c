"""A load adds a few cases: the same tables before and after, one subtracted from the other.

Every cell that holds a new row changes, and no other; so the cells that change tell what the row
is, and each of them shows its persons once, with noise of its own where cells are moved.
"""

from pathlib import Path
from random import Random
from typing import Any

import pandas

from tests.attacks.claims import Look, Looks
from tests.attacks.margins import Axis, Context, Margins, target
from tests.attacks.world import Eyes, Key, frame

ADDED = "DEMO-N"


def later(files: Path, folder: Path, dice: Random) -> tuple[Path, Path]:
    """Files to load later: one case of one cohort in every corridor that is much used."""
    cohorts, cases = frame(files / "cohorts.csv"), frame(files / "cases.csv")
    folder.mkdir(exist_ok=True)
    used = cohorts.groupby(["origin", "destination"]).size()
    added = []
    for number, (origin, destination) in enumerate(used[used >= 30].index):
        same = cohorts[(cohorts["origin"] == origin) & (cohorts["destination"] == destination)]
        row = same.sample(1, random_state=dice.randrange(2**31)).iloc[0].to_dict()
        name = f"{ADDED}{number}"
        added.append(row | {"cohort_id": name, "case_id": name, "persons": dice.choice("112")})
    case = cases.iloc[0].to_dict()
    opened = [case | {"case_id": row["case_id"], "opened": row["month"]} for row in added]
    paths = folder / "cases.csv", folder / "cohorts.csv"
    for path, rows in zip(paths, (opened, added), strict=True):
        pandas.DataFrame(rows).to_csv(path, index=False)
    return paths


def attack(before: Eyes, after: Eyes, looks: Looks, along: tuple[Axis, ...]) -> None:
    """Read the margins of both snapshots; every cell that changed with a new row is a look."""
    first = Margins.read(before, along)
    second = Margins.read(after, first.axes)
    for key in second.tables[(None,) * len(first.axes)]:
        changes = _changes(first, second, key)
        new = _guessed(changes, len(first.axes))
        for context, change in changes.items():
            if change is not None and _holds(context, new):
                cells = frozenset({("before", key, context), ("after", key, context)})
                looks.add(target(first.axes, key, new), Look(change, cells, cells, cells))


def _changes(first: Margins, second: Margins, key: Key) -> dict[Context, int | None]:
    changes: dict[Context, int | None] = {}
    for context, table in second.tables.items():
        then, now = first.tables[context].get(key), table.get(key)
        changes[context] = None if then is None or now is None else now - then
    return changes


def _guessed(changes: dict[Context, int | None], places: int) -> Context:
    """The one value of every axis at which anything changed; None where that is not one."""
    found: list[Any] = []
    for place in range(places):
        values = {context[place] for context, change in changes.items() if change} - {None}
        found.append(values.pop() if len(values) == 1 else None)
    return tuple(found)


def _holds(context: Context, row: Context) -> bool:
    return all(asked in (None, value) for asked, value in zip(context, row, strict=True))
