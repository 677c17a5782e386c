"""What every sentence shares: rows, plain names, figures with units, changes in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dashboard import look, words
from data import contracts
from data.contracts import Language

if TYPE_CHECKING:
    from queries.answers import Answer

Row = dict[str, Any]
SPECIAL = ("other", "unknown")
WITH_ARTICLE = ("USA", "GBR", "ARE", "NLD", "PHL", "DOM")
LEVEL = 0.005


@dataclass(frozen=True)
class Voice:
    """One answer to be put into words of one language; names are plain text, never escaped."""

    answer: "Answer"
    language: Language

    @cached_property
    def rows(self) -> list[Row]:
        """The answer's rows as plain records."""
        return self.answer.records()

    @property
    def unit(self) -> str:
        """The unit of `value`, the measure asked about where each row names its own."""
        return self.answer.unit or self.answer.selection.measure

    @property
    def overlapping(self) -> bool:
        """Whether parts overlap and must not be added: one case may stand in several of them."""
        return self.unit == "cases"

    def say(self, key: str, **values: object) -> str:
        """The words of a `finding` key."""
        return words.say(f"finding.{key}", self.language, **values)

    def name(self, codes: str, code: str) -> str:
        """A data word; an unknown code, a gang say, is its own name."""
        return contracts.label(codes, code, self.language)

    def inner(self, codes: str, code: str) -> str:
        """A data word inside a sentence: a country with its article, other words in lower case."""
        name = self.name(codes, code)
        if self.language == "zh" or codes in ("provinces", "gangs", "borders"):
            return name
        if codes == "countries":
            return f"the {name}" if code in WITH_ARTICLE else name
        return name[:1].lower() + name[1:]

    def count(self, value: float | None, unit: str = "") -> str:
        """A figure with its unit, shortened from 10,000."""
        return words.count(value, unit or self.unit, self.language)

    def figure(self, row: Row, column: str = "value", unit: str = "") -> str:
        """A row's figure with its unit, `at least` where it is a lower bound."""
        mark = "lower_bound" if column in ("value", "quantity") else f"{column}_lower_bound"
        return self.bounded(self.count(row[column], unit), bool(row.get(mark)))

    def shared(self, tied: list[Row]) -> str:
        """The one figure of tied rows, `at least` where it is a lower bound for any of them."""
        low = any(row.get("lower_bound") for row in tied)
        return self.figure(tied[0] | {"lower_bound": low})

    def bounded(self, figure: str, lower_bound: bool) -> str:
        """A figure in words, `at least` where it is a lower bound."""
        return (words.say("state.at_least", self.language) if lower_bound else "") + figure

    def share(self, part: float | None) -> str:
        """A share as a percentage."""
        return look.percent(part, self.language)

    def month(self, day: date) -> str:
        """A month in words."""
        return look.month(day, self.language)

    def listed(self, items: list[str]) -> str:
        """Names as a list."""
        return words.listed(items, self.language)

    def corridor(self, row: Row) -> str:
        """`Fujian → Italy`."""
        origin = self.name("provinces", row["origin"])
        destination = self.name("countries", row["destination"])
        return words.say("chart.flow", self.language, origin=origin, destination=destination)

    def changed(self, change: float) -> str:
        """A like-for-like change as part of a sentence."""
        if abs(change) < LEVEL:
            return self.say("level")
        return self.say("up" if change > 0 else "down", change=self.share(abs(change)))

    def joined(self, *sentences: str) -> str:
        """Sentences one after another, each with a capital where its language has them."""
        return words.joined((text[:1].upper() + text[1:] for text in sentences), self.language)

    def lacks(self, columns: Iterable[str]) -> bool:
        """Whether any row has one of these columns without a figure in it."""
        return any(row.get(name, 0) is None for row in self.rows for name in columns)

    def nothing(self, beside: bool = False) -> str:
        """Why no figure can be said: withheld, not given by the source, or simply none; `beside`
        others that are zero."""
        states = {row[name] for row in self.rows for name in row if name.endswith("state")}
        if "c" in states:
            return self.say("none_but_withheld" if beside else "all_withheld")
        return self.say("not_given" if "x" in states else "not_stated")


def figures(rows: Iterable[Row], column: str = "value", state: str = "state") -> list[Row]:
    """Rows with a released figure, most first; ties keep their order."""
    kept = [row for row in rows if not row.get(state) and row.get(column) is not None]
    return sorted(kept, key=lambda row: -row[column])


def named(rows: Iterable[Row], by: str) -> list[Row]:
    """Rows whose code is neither `other` nor `unknown`."""
    return [row for row in rows if row[by] not in SPECIAL]


def sums(rows: Iterable[Row], by: str, column: str = "value") -> dict[str, float]:
    """Released figures added by one dimension, most first."""
    added: dict[str, float] = {}
    for row in rows:
        added[row[by]] = added.get(row[by], 0) + (row.get(column) or 0)
    return dict(sorted(added.items(), key=lambda item: -item[1]))


def complete(rows: Iterable[Row]) -> list[Row]:
    """Rows that are not provisional."""
    return [row for row in rows if not row.get("provisional")]
