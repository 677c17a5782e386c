"""Filters, figures and protection in plain Python over plain rows; nothing shared with SQL."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from data import contracts
from queries.periods import Periods
from queries.selection import Selection

Row = dict[str, Any]
Cell = tuple[Any, str]
ITEM_CLASS = {item.code: item.attributes["class"] for item in contracts.codes("items")}
REGION = {country.code: country.attributes["region"] for country in contracts.codes("countries")}
UNSTATED = ("origin", "destination", "region", "route", "age_group", "sex")
COHORT_FIELDS = {
    "origins": "origin",
    "prefectures": "prefecture",
    "destinations": "destination",
    "routes": "route",
    "ages": "age_group",
    "sexes": "sex",
}


def month(text: str) -> date:
    return date(int(text[:4]), int(text[5:7]), 1)


@dataclass
class Facts:
    """The rows as loaded, what is asked of them, and whether they are protected."""

    tables: dict[str, list[Row]]
    selection: Selection
    periods: Periods
    provisional_from: date | None
    protected: bool

    def __post_init__(self) -> None:
        self.cases = {row["case_id"]: row for row in self.tables["cases"]}
        self.all_cohorts = [
            row
            | {
                "month": month(row["month"]),
                "opened": month(self.cases[row["case_id"]]["opened"]),
                "gang": self.cases[row["case_id"]]["gang"],
                "region": REGION[row["destination"]],
                "persons": int(row["persons"]),
            }
            for row in self.tables["cohorts"]
        ]
        known = {row["case_id"] for row in self.all_cohorts}
        self.bare = [
            dict.fromkeys(UNSTATED, "unknown")
            | {"case_id": code, "month": month(case["opened"]), "opened": month(case["opened"]),
               "gang": case["gang"], "persons": 0, "flag": None, "transit": None,
               "prefecture": None}
            for code, case in self.cases.items()
            if code not in known
        ]  # fmt: skip
        self.all_seizures = [
            row
            | {
                "month": month(row["date"]),
                "gang": self.cases[row["case_id"]]["gang"],
                "class": ITEM_CLASS[row["item"]],
                "quantity": float(row["quantity"]),
            }
            for row in self.tables["seizures"]
        ]

    def cohort_matches(self, row: Row) -> bool:
        pairs = [
            (getattr(self.selection, field), row[name]) for field, name in COHORT_FIELDS.items()
        ]
        return all(wanted is None or value in wanted for wanted, value in pairs)

    def case_matches(self, code: str) -> bool:
        selection = self.selection
        if selection.gangs and self.cases[code]["gang"] not in selection.gangs:
            return False
        items = {row["item"] for row in self.all_seizures if row["case_id"] == code}
        return selection.items is None or bool(items & set(selection.items))

    def in_window(self, day: date, span: Any) -> bool:
        if span == "selection":
            since, until = self.selection.since or date.min, self.selection.until or date.max
            return since <= day <= until
        return span is not None and span[0] <= day <= span[1]

    def cohorts(self, measure: str, span: Any = "selection", bare: bool = False) -> list[Row]:
        """Cohort rows that match, `when` being the month the measure is dated by."""
        rows = self.all_cohorts + (self.bare if bare or measure == "cases" else [])
        dated = [row | {"when": row["month" if measure == "persons" else "opened"]} for row in rows]
        return [
            row
            for row in dated
            if self.in_window(row["when"], span)
            and self.cohort_matches(row)
            and self.case_matches(row["case_id"])
        ]

    def opened(self, span: Any = "selection") -> list[Row]:
        """Case rows that match: a cohort filter reaches them through any of their cohorts."""
        reached = {r["case_id"] for r in self.all_cohorts + self.bare if self.cohort_matches(r)}
        return [
            row | {"when": month(row["opened"])}
            for code, row in self.cases.items()
            if code in reached
            and self.case_matches(code)
            and self.in_window(month(row["opened"]), span)
        ]

    def seized(self, span: Any = "selection") -> list[Row]:
        """Seizure rows that match; the item filter keeps those items only."""
        reached = {r["case_id"] for r in self.all_cohorts + self.bare if self.cohort_matches(r)}
        gangs, items = self.selection.gangs, self.selection.items
        return [
            row | {"when": row["month"]}
            for row in self.all_seizures
            if row["case_id"] in reached
            and (gangs is None or row["gang"] in gangs)
            and (items is None or row["item"] in items)
            and self.in_window(row["month"], span)
        ]

    def released(self, value: Any, cases: Iterable[str], people: bool) -> Cell:
        if value is None:
            return None, "x"
        few = people and 1 <= value <= 9
        if self.protected and (few or len(set(cases)) == 1):
            return None, "c"
        return value, ""

    def measured(self, rows: list[Row], measure: str | None = None) -> Cell:
        """Persons or cases of some cohort rows."""
        cases = {row["case_id"] for row in rows}
        if (measure or self.selection.measure) == "cases":
            return self.released(len(cases), cases, False)
        if rows and not any("cohort_id" in row for row in rows):
            return None, "x"
        moved = [row for row in rows if row["persons"]]
        return self.released(
            sum(row["persons"] for row in moved), {row["case_id"] for row in moved}, True
        )

    def there(self, *cells: Cell) -> bool:
        """Whether cells of these figures are a row: not where figures move and all are zero."""
        return True

    def gang_count(self, rows: list[Row]) -> Cell:
        named = [row for row in rows if row["gang"]]
        return self.released(
            len({row["gang"] for row in named}), {row["case_id"] for row in named}, False
        )

    def low(self, rows: list[Row], state: str, measure: str | None = None) -> bool:
        """Whether a figure is a lower bound: never where it is withheld, nor a count of cases, nor
        suspects of a single case."""
        counted = (measure or self.selection.measure) != "cases"
        if measure == "suspects" and self.case_count(rows)[1]:
            return False
        return counted and state == "" and any(row.get("flag") == "lower_bound" for row in rows)

    def case_count(self, rows: list[Row]) -> Cell:
        return self.released(len(rows), {row["case_id"] for row in rows}, False)

    def suspects(self, rows: list[Row]) -> Cell:
        stated = []
        for row in rows:
            numbers = [
                int(value) for key, value in row.items() if key.startswith("suspects_") and value
            ]
            if numbers:
                stated.append((row["case_id"], sum(numbers)))
        value = sum(number for _, number in stated) if stated or not rows else None
        return self.released(value, {code for code, number in stated if number}, True)

    def seizure_count(self, rows: list[Row]) -> Cell:
        return self.released(len(rows), {row["case_id"] for row in rows}, False)

    def quantity(self, rows: list[Row]) -> Cell:
        value = sum(row["quantity"] for row in rows)
        return self.released(value, {r["case_id"] for r in rows if r["quantity"] > 0}, False)

    @property
    def measure(self) -> str:
        return self.selection.measure

    def by(self, rows: list[Row], *names: str) -> dict[tuple[Any, ...], list[Row]]:
        grouped: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for row in rows:
            key = tuple(row["when"].year if name == "year" else row[name] for name in names)
            grouped[key].append(row)
        return grouped

    def change(self, figure: Callable[[list[Row]], Cell], now: list[Row], before: list[Row]) -> Row:
        current = figure(now) if self.periods.current else (None, "")
        previous = figure(before) if self.periods.previous else (None, "")
        reason = self.periods.reason
        if reason is None and "c" in (current[1], previous[1]):
            reason = "protected"
        if reason is None and None in (current[0], previous[0]):
            reason = "no_data"
        if reason is None and previous[0] < 20:
            reason = "base"
        change = None if reason else (current[0] - previous[0]) / previous[0]
        return {
            "current": current[0],
            "previous": previous[0],
            "change": change,
            "reason": reason,
        }
