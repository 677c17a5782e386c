"""An answer: protected rows with all it takes to title, caption and label them.

It must not know how a chart draws them nor where they go.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pandas

from data import contracts
from data.contracts import Language
from data.snapshots import Manifest
from queries.facts import FACTS
from queries.periods import Periods
from queries.questions import Question
from queries.release import PolicyName
from queries.scope import Scope
from queries.selection import Selection

BESIDE = ("documents", "persons")
MEASURE_WORDS: Mapping[str, Mapping[Language, str]] = MappingProxyType(
    {
        "persons": {"zh": "被偷运人数", "en": "persons moved"},
        "cases": {"zh": "案件数", "en": "cases"},
    }
)
COLUMN_CODES: Mapping[str, str] = MappingProxyType(
    {
        "origin": "provinces",
        "province": "provinces",
        "destination": "countries",
        "transit": "countries",
        "citizenship": "countries",
        "reporting": "countries",
        "region": "regions",
        "route": "routes",
        "age_group": "ages",
        "sex": "sexes",
        "item": "items",
        "unit": "units",
        "border": "borders",
    }
)


@dataclass(frozen=True, eq=False)
class Answer:
    """The protected rows of one question under one selection, scope and snapshot.

    rows: codes, not labels, one row per combination the question names; a withheld figure is
    missing and its state is `c`, one that no source states is missing with state `x`. Whole
    numbers with a missing one are Int64, months datetime64. withheld: rows with a
    withheld figure. policy: how they were released, a name of release.POLICIES.
    """

    question: Question
    rows: pandas.DataFrame
    selection: Selection
    scope: Scope
    manifest: Manifest
    periods: Periods
    policy: PolicyName
    withheld: int
    _plain: list[list[tuple[Any, ...]]] = field(init=False, repr=False, default_factory=list)

    @property
    def key(self) -> tuple[str, Selection, Scope, str]:
        """What makes this answer what it is: question, selection, scope and snapshot."""
        return self.question.name, self.selection, self.scope, self.manifest.id

    @property
    def unit(self) -> str:
        """The unit code of the value; empty where each row names its own."""
        return self.selection.measure if self.question.measured else self.question.unit

    @property
    def empty(self) -> bool:
        """Whether there is no row at all."""
        return len(self.rows) == 0

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to draw: no rows, or zeros only."""
        if self.empty:
            return True
        if {*BESIDE} <= {*self.rows}:
            return bool((self.rows[[*BESIDE]] == 0).all(axis=None))
        if not {"value", "state"} <= {*self.rows}:
            return False
        silent = self.rows["state"].fillna("") == ""
        return bool((self.rows.loc[silent, "value"].fillna(0) == 0).all() and silent.all())

    @property
    def published(self) -> bool:
        """Whether every figure comes from published series, which most filters leave alone."""
        return all(FACTS[cells.facts].published for cells in self.question.cells)

    @property
    def provisional(self) -> bool:
        """Whether every month chosen is provisional, so that no figure is final."""
        return not self.published and bool(self.periods.window) and not self.periods.current

    @property
    def provisional_within(self) -> date | None:
        """The first provisional month among those chosen, where no row marks it and others are
        final."""
        start, window = self.manifest.provisional_from, self.periods.window
        unmarked = not self.published and "provisional" not in self.question.columns
        if not (start and window and unmarked) or self.provisional:
            return None
        return start if start <= window[1] else None

    def title(self, language: Language) -> str:
        """The question's title with the measure filled in."""
        return counting(self.question.title[language], self._counted(language))

    def note(self, language: Language) -> str:
        """How to read the figures, one or two sentences."""
        return counting(self.question.note[language], self._counted(language))

    def caveats(self, language: Language) -> tuple[str, ...]:
        """The caveats of the question and of its data set, as sentences."""
        keys = dict.fromkeys([*self.question.caveats, *self.manifest.caveats])
        known = contracts.caveats()
        return tuple(known[key][language] for key in keys if key in known)

    @property
    def applied(self) -> Selection:
        """The part of the selection that reaches the figures.

        Published series follow the reporting country and whole years alone.
        """
        if not self.published:
            return self.selection
        since, until = self.selection.since, self.selection.until
        return Selection(
            since=since and since.replace(month=1),
            until=until and until.replace(month=12),
            destinations=self.selection.destinations,
        )

    def filters(self, language: Language) -> str:
        """The filters that reach the figures, in words."""
        return self.applied.words(language)

    def _counted(self, language: Language) -> str:
        return MEASURE_WORDS[self.selection.measure][language]

    def records(self) -> list[dict[str, Any]]:
        """The rows as plain Python: None where missing, int where whole, date for a month."""
        names = list(self.rows.columns)
        return [dict(zip(names, row, strict=True)) for row in self._plain_rows()]

    def shared(self) -> "Answer":
        """The same answer for one more reader, whose writing into the rows reaches nobody else.

        Plain rows are made once for all readers: one page asks for them some twenty times.
        """
        other = replace(self, rows=self.rows.copy(deep=False))
        other._plain.append(self._plain_rows())
        return other

    def _plain_rows(self) -> list[tuple[Any, ...]]:
        if not self._plain:
            arrays = (self.rows[name].to_numpy(dtype=object) for name in self.rows.columns)
            columns = (map(plain, cells) for cells in arrays)
            self._plain.append(list(zip(*columns, strict=True)))
        return self._plain[0]


def plain(cell: Any) -> Any:
    """A cell of a data frame as plain Python; see Answer.records."""
    if type(cell) in (str, int, bool):
        return cell
    if hasattr(cell, "tolist"):
        cell = cell.tolist()
    if isinstance(cell, list):
        return [plain(part) for part in cell]
    if cell is None or pandas.isna(cell):
        return None
    if isinstance(cell, date):
        return date(cell.year, cell.month, cell.day)
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def withheld(rows: pandas.DataFrame) -> int:
    """How many rows hold a withheld figure."""
    states = [name for name in rows.columns if name == "state" or name.endswith("_state")]
    return int(rows[states].eq("c").any(axis=1).sum()) if states else 0


def counting(text: str, counted: str) -> str:
    """A question's title or note with what is counted filled in, in words."""
    said = text.replace("{measure}", counted)
    return said[:1].upper() + said[1:]
