"""Every cell of the lattice seen: what whoever may ask without end can work out.

Any cell can be had past the threshold, by asking for it together with a large one and subtracting
that; so nothing is asked here: the cells are worked out as the product does, and then the attacker
knows no more than them, the way of release and how often each count occurs.
"""

from collections.abc import Callable, Iterator
from itertools import combinations, product

import numpy
import pandas

from queries.perturbation import KEYS, table
from tests.attacks.claims import Look, Looks
from tests.attacks.policies import MOST, Exact, Model, Records
from tests.attacks.world import Judge
from tests.oracle_strict import of_people

LEVELS = (
    ("origin",),
    ("destination",),
    ("route",),
    ("age_group",),
    ("sex",),
    ("year", "month"),
)
MOST_PARTS = 8
Level = str | None
Combination = tuple[Level, ...]


def attack(judge: Judge, looks: Looks) -> int:
    """Every whole less all its parts but one, and every small cell itself; how many cells."""
    rows = _marked(judge.rows)
    cells = {levels: _cells(rows, levels, looks.model) for levels in _combinations()}
    names: dict[int, frozenset] = {}
    for levels, frame in cells.items():
        by = [level for level in levels if level]
        for row in frame[frame["shown"] <= MOST].to_dict("records"):
            name = names.setdefault(row["set"], frozenset((level, row[level]) for level in by))
            looks.add(name, Look(row["shown"], nodes=frozenset({row["set"]})))
    for whole, parts in _nested():
        for row in _rests(rows, cells[whole], cells[parts], whole, parts):
            name = names.get(row["set"])
            if name is not None:
                used = frozenset({row["whole_set"], *range(int(row["parts"]) - 1)})
                looks.add(name, Look(row["rest"], nodes=used))
    return sum(map(len, cells.values()))


def _marked(rows: pandas.DataFrame) -> pandas.DataFrame:
    """The rows with a random number each, by whose sum two cells of the same rows are known."""
    marks = numpy.random.default_rng(1).integers(1, 2**40, len(rows))
    columns = (rows[name].tolist() for name in ("persons", "record_key", "case_key"))
    moved = list(map(of_people, *columns))
    return rows.assign(set=marks, moved=moved)


def _combinations() -> Iterator[Combination]:
    yield from product(*((None, *levels) for levels in LEVELS))


def _nested() -> Iterator[tuple[Combination, Combination]]:
    """Every two combinations that differ by one dimension, which the second cuts finer."""
    for place, levels in enumerate(LEVELS):
        for coarse, fine in combinations((None, *levels), 2):
            for whole in _combinations():
                if whole[place] == coarse:
                    yield whole, (*whole[:place], fine, *whole[place + 1 :])


def _cells(rows: pandas.DataFrame, levels: Combination, model: Model) -> pandas.DataFrame:
    by = [level for level in levels if level] or [lambda _: 0]
    sums = rows.groupby(by)[["persons", "record_key", "set", "moved"]].sum().reset_index()
    return sums.assign(shown=_shown(model)(sums))


def _shown(model: Model) -> Callable[[pandas.DataFrame], pandas.Series]:
    """How a model's figures come about."""
    if isinstance(model, Exact):
        return lambda cells: cells["persons"]
    if isinstance(model, Records):
        return lambda cells: cells["moved"]
    return lambda cells: cells["persons"] + _moves(cells["persons"], cells["record_key"] % KEYS)


def _moves(counts: pandas.Series, keys: pandas.Series) -> list[int]:
    return [table().move(int(count), int(key)) for count, key in zip(counts, keys, strict=True)]


def _rests(
    rows: pandas.DataFrame, wholes: pandas.DataFrame, parts: pandas.DataFrame,
    whole: Combination, part: Combination,
) -> list[dict]:  # fmt: skip
    """Parts with what is left of their whole once the other parts are taken away."""
    by = [level for level in whole if level]
    finer = next(fine for coarse, fine in zip(whole, part, strict=True) if coarse != fine)
    lost = [level for level in by if level not in part]
    up = rows.drop_duplicates(finer).set_index(finer)
    parts = parts.assign(**{level: parts[finer].map(up[level]) for level in lost})
    by = by or ["all"]
    parts, wholes = ((parts, wholes) if by != ["all"]
                     else (parts.assign(all=0), wholes.assign(all=0)))  # fmt: skip
    grouped = parts.groupby(by)["shown"]
    parts = parts.assign(together=grouped.transform("sum"), parts=grouped.transform("size"))
    joined = parts.merge(wholes[[*by, "shown", "set"]], on=by, suffixes=("", "_whole"))
    joined = joined[joined["parts"].between(2, MOST_PARTS) & (joined["shown"] <= MOST)]
    joined = joined.rename(columns={"set_whole": "whole_set"})
    rest = joined["shown_whole"] - joined["together"] + joined["shown"]
    return joined.assign(rest=rest).to_dict("records")
