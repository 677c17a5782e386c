"""Invented data sets, and who sees what of them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas

from data import snapshots
from data.__main__ import main
from queries.facts import COHORT_FILTERS
from queries.scope import Scope
from queries.selection import Selection
from queries.store import Store
from tests.attacks import small
from tests.attacks.policies import Release

FILTERS = {**COHORT_FILTERS, "gangs": "gang"}
TABLES = {
    "corridors": ("origin", "destination"),
    "age_sex": ("age_group", "sex"),
    "destinations_by_year": ("year", "destination"),
    "ages_by_year": ("year", "age_group"),
    "persons_by_month": ("month",),
    "gang_destinations": ("gang", "destination"),
    "origins": ("origin",),
    "destinations": ("destination",),
}
Key = tuple[Any, ...]
Target = frozenset[tuple[str, Any]]
SECONDS = 600
CASES = "measure", "cases"
ANYBODY = "is anybody", "there"
READ = """
select
    case_id, origin, prefecture, destination, region, route, age_group, sex, month,
    extract(year from month)::bigint as year, date_trunc('quarter', month)::date as quarter,
    persons, record_key, case_key, coalesce(gang, '') as gang
from cohorts
where cohort_id is not null
"""


class Eyes:
    """All that an attacker has: the product's answers. Counts what is asked."""

    def __init__(self, store: Store, scope: Scope) -> None:
        self.store, self.scope, self.queries = store, scope, 0
        self._seen: dict[tuple[str, Selection], list[dict[str, Any]]] = {}

    def rows(self, question: str, selection: Selection) -> list[dict[str, Any]]:
        """The rows of an answer; asked twice it is seen once."""
        key = question, selection
        if key not in self._seen:
            self.queries += 1
            self._seen[key] = self.store.answer(question, selection, self.scope).records()
        return self._seen[key]

    def cells(self, question: str, selection: Selection) -> dict[Key, int | None]:
        """Figures of one table by its dimensions; None where a row is there and withheld."""
        names = TABLES[question]
        rows = self.rows(question, selection)
        return {tuple(row[name] for name in names): row["value"] for row in rows}


class Judge:
    """Knows the truth; attackers do not ask it."""

    def __init__(self, snapshot: Path) -> None:
        with snapshots.connect(snapshot) as connection:
            self.rows = connection.execute(READ).df()
        self.rows["month"] = self.rows["month"].dt.date
        self._counts: dict[tuple[str, ...], dict[Any, int]] = {}

    def count(self, target: Target) -> int:
        """Persons in a cell that is named by one value for each of some dimensions; cases where
        it holds the mark CASES, and 1 for any where it holds the mark ANYBODY."""
        if ANYBODY in target:
            return int(self.count(target - {ANYBODY}) > 0)
        dimensions, key = zip(*sorted(target - {CASES}), strict=True)
        counted = (*dimensions, *(["cases"] if CASES in target else []))
        if counted not in self._counts:
            grouped = self.rows.groupby(list(dimensions))
            counts = grouped["case_id"].nunique() if CASES in target else grouped["persons"].sum()
            self._counts[counted] = counts.to_dict()
        return int(self._counts[counted].get(key if len(key) > 1 else key[0], 0))

    def common(self, dimension: str, most: int) -> list[Any]:
        """The values of a dimension that hold the most persons; it is no secret which they are."""
        sums = self.rows.groupby(dimension)["persons"].sum().sort_values(ascending=False)
        return [value for value in sums.index if value][:most]


class World:
    """Invented files, loaded once and later with more."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def demonstration(cls, folder: Path, rows: int, seed: int) -> "World":
        """The product's own invented data set, of so many rows."""
        world = cls(folder)
        made = ["demo", "--rows", str(rows), "--seed", str(seed), "--into", str(world.files)]
        if main(made) != 0:
            raise RuntimeError("the invented files could not be made")
        return world

    @classmethod
    def small(cls, folder: Path, rows: int, seed: int) -> "World":
        """A data set of few codes and many small cells."""
        world = cls(folder)
        small.write(world.files, rows, seed)
        return world

    @property
    def files(self) -> Path:
        """Where the files lie."""
        return self.folder / "files"

    @cached_property
    def judge(self) -> Judge:
        """Who knows the truth."""
        return Judge(snapshots.current(self.loaded()))

    def loaded(self, *more: Path) -> Path:
        """A data directory of the files; more: files loaded later."""
        folder = self.folder / ("later" if more else "loaded")
        if not (folder / "CURRENT").is_file():
            load(folder, self.files)
            for path in more:
                load(folder, path)
        return folder

    def eyes(self, release: Release, *more: Path) -> AbstractContextManager[Eyes]:
        """An attacker before a store of these files that releases in this way."""
        return opened(release, self.loaded(*more))


@contextmanager
def opened(release: Release, where: Path) -> Iterator[Eyes]:
    """An attacker before a store of a data directory or snapshot that releases in this way."""
    with release.in_force(), Store(where, time_limit_seconds=SECONDS) as store:
        yield Eyes(store, release.scope)


def load(folder: Path, files: Path, *options: str) -> None:
    """Load files into a data directory."""
    if main(["load", str(files), "--into", str(folder), *options]) != 0:
        raise RuntimeError(f"{files} could not be loaded")


def frame(path: Path) -> pandas.DataFrame:
    """An invented file as text."""
    return pandas.read_csv(path, dtype=str, keep_default_na=False)
