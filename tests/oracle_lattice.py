"""Lattice cell keys in plain Python: a row knows its nodes, a figure adds up their moves."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from itertools import product
from typing import Any

from data.record_keys import DEFAULT
from queries.perturbation import table
from queries.selection import groups
from tests.oracle import Oracle
from tests.oracle_facts import COHORT_FIELDS, Cell, Row

Thing = tuple[Any, float, int]


def key(kind: str, code: str) -> int:
    """The first sixteen bits of the keyed hash, worked out without the database."""
    digest = hashlib.sha256(f"{DEFAULT}/{kind}/{code}".encode()).hexdigest()
    return int(digest[:4], 16)


def blur(number: int) -> float:
    sign = 1 if number % 2 else -1
    return sign * (0.1 + 0.2 * (number // 2) / 32767)


def group_of(field: str, value: str, chosen: tuple[str, ...]) -> str:
    """The largest fixed group that is chosen whole and holds the value, after larger ones."""
    left = set(chosen)
    for code, members in sorted(groups(field).items(), key=lambda g: (-len(g[1]), g[0])):
        if len(members) > 1 and left >= set(members):
            if value in members:
                return code
            left -= set(members)
    return value


def month_node(day: date, span: tuple[date | None, date | None]) -> str:
    first, last = span[0] or date.min, span[1] or date.max
    if first <= date(day.year, 1, 1) and date(day.year, 12, 1) <= last:
        return f"{day.year}"
    start = (day.month - 1) // 3 * 3 + 1
    if first <= date(day.year, start, 1) and date(day.year, start + 2, 1) <= last:
        return f"{day.year}q{start}"
    return f"{day.year}m{day.month}"


def dominated(shares: dict[Any, float], people: bool) -> bool:
    """Whether the largest case makes too much of a figure: more than three quarters of persons or
    nine tenths of an amount, or, of persons, so much that the second largest could tell it to
    within a tenth."""
    total = sum(shares.values())
    first, second, *_ = [*sorted(shares.values(), reverse=True), 0, 0]
    if not people:
        return first * 100 > 90 * total
    return (total - first - second) * 100 < 10 * first or first * 100 > 75 * total


class LatticeOracle(Oracle):
    """The oracle's questions, every count moved and every figure of one great case withheld."""

    @cached_property
    def of_case(self) -> Counter[tuple[str, str]]:
        """How much of an item was seized in a case."""
        return sum_of(((row["case_id"], row["item"]), row["quantity"]) for row in self.all_seizures)

    @cached_property
    def moved_by(self) -> Counter[str]:
        """How many persons a case moved."""
        return sum_of((row["case_id"], row["persons"]) for row in self.all_cohorts)

    def there(self, *cells: Cell) -> bool:
        return not self.protected or any(cell != (0, "") for cell in cells)

    def judged(self, cell: Cell, rows: Iterable[Row], adds: str, people: bool = True) -> Cell:
        """A released cell, withheld where one case dominates it."""
        shares: dict[Any, float] = defaultdict(float)
        for row in rows:
            shares[row["case_id"]] += row[adds]
        shares = {case: share for case, share in shares.items() if share > 0}
        if self.protected and cell[1] == "" and shares and dominated(shares, people):
            return None, "c"
        return cell

    def noded(self, rows: list[Row], span: Any, own: tuple[str, ...]) -> list[Row]:
        ends = (self.selection.since, self.selection.until) if span == "selection" else span
        time = ends if ends and any(ends) else None
        return [
            row | {"nodes": list(product(self.places(row, own), self.months_of(row, time)))}
            for row in rows
        ]

    def months_of(self, row: Row, ends: Any) -> list[str]:
        return [month_node(row["when"], ends) if ends else "all"]

    def places(self, row: Row, own: tuple[str, ...]) -> set[tuple[str, ...]]:
        """The nodes of the filters that are on: of the row itself, else of its case's rows."""
        choices = [self.of_people(row, own), self.of_items(row, own), self.of_gang(row)]
        return {tuple(sum(parts, ())) for parts in product(*choices)}

    def of_people(self, row: Row, own: tuple[str, ...]) -> set[tuple[str, ...]]:
        on = [field for field in COHORT_FIELDS if getattr(self.selection, field)]
        rows = [row]
        if "people" not in own:
            everybody = self.all_cohorts + self.bare
            rows = [r for r in everybody
                    if r["case_id"] == row["case_id"] and self.cohort_matches(r)]  # fmt: skip
        return {
            tuple(group_of(f, r[COHORT_FIELDS[f]], getattr(self.selection, f)) for f in on)
            for r in rows
        }

    def of_items(self, row: Row, own: tuple[str, ...]) -> set[tuple[str, ...]]:
        chosen = self.selection.items
        if chosen is None:
            return {()}
        if "items" in own:
            return {(row["item"],)}
        seized = (r for r in self.all_seizures if r["case_id"] == row["case_id"])
        return {(r["item"],) for r in seized if r["item"] in chosen}

    def of_gang(self, row: Row) -> set[tuple[str, ...]]:
        return {(row["gang"],)} if self.selection.gangs else {()}

    def cohorts(self, measure: str, span: Any = "selection", bare: bool = False) -> list[Row]:
        return self.noded(super().cohorts(measure, span, bare), span, ("people",))

    def opened(self, span: Any = "selection") -> list[Row]:
        return self.noded(super().opened(span), span, ())

    def seized(self, span: Any = "selection") -> list[Row]:
        return self.noded(super().seized(span), span, ("items",))

    def moved(
        self, rows: Iterable[Row], value: float, kind: str, name: str, adds: str | None
    ) -> float:
        """A figure and the moves of its nodes. name: the column that says what is counted;
        adds: the column that says how much, None where each thing counts once."""
        nodes: dict[Any, dict[Any, Row]] = defaultdict(lambda: defaultdict(dict))
        for row in rows:
            for node in row["nodes"]:
                thing = nodes[node][row[name]]
                thing["adds"] = 1 if adds is None else thing.get("adds", 0) + row[adds]
                thing.setdefault("cases", set()).add(row["case_id"])
                thing["of"] = (row["case_id"], row.get("item"))
        total = 0.0
        for things in nodes.values():
            cell_key = sum(key(kind, code) for code in things) % 65536
            count = sum(thing["adds"] for thing in things.values())
            if adds == "quantity":
                most = max(self.of_case[thing["of"]] for thing in things.values())
                total += most * blur(cell_key)
                continue
            total += table().move(int(count), cell_key)
            cases = set().union(*(thing["cases"] for thing in things.values()))
            if adds in ("persons", "suspects") and len(cases) == 1:
                total += round_away(count * blur(cell_key * 40503 % 65536))
        return max(0, value + (round_away(total) if adds == "quantity" else int(total)))

    def measured(self, rows: list[Row], measure: str | None = None) -> Cell:
        cases = {row["case_id"] for row in rows}
        if (measure or self.selection.measure) == "cases":
            return self.released(self.moved(rows, len(cases), "case", "case_id", None), (), False)
        if rows and not any("cohort_id" in row for row in rows):
            return None, "x"
        moved = [row for row in rows if row["persons"]]
        count = sum(row["persons"] for row in moved)
        value = self.moved(moved, count, "cohort", "cohort_id", "persons")
        cell = self.released(value, {row["case_id"] for row in moved}, True)
        return self.judged(cell, moved, "persons")

    def together(self, hidden: list[list[Row]]) -> Cell:
        protected, self.protected = self.protected, False
        value = sum(self.measured(group)[0] for group in hidden)
        self.protected = protected
        cases = {row["case_id"] for group in hidden for row in group
                 if self.measure == "cases" or row["persons"]}  # fmt: skip
        cell = self.released(value, cases, self.measure == "persons")
        if self.measure == "persons" and cell[1] == "":
            rows = [row for group in hidden for row in group]
            total = sum(row["persons"] for row in rows)
            squares = sum(row["persons"] * self.moved_by[row["case_id"]] for row in rows)
            return (None, "c") if 2.21 * squares > total**2 else cell
        return cell

    def gang_count(self, rows: list[Row]) -> Cell:
        named = [row for row in rows if row["gang"]]
        count = len({row["gang"] for row in named})
        value = self.moved(named, count, "gang", "gang", None)
        return self.released(value, (), False)

    def case_count(self, rows: list[Row]) -> Cell:
        return self.released(self.moved(rows, len(rows), "case", "case_id", None), (), False)

    def seizure_count(self, rows: list[Row]) -> Cell:
        value = self.moved(rows, len(rows), "seizure", "seizure_id", None)
        return self.released(value, (), False)

    def dates(self, members: list[Row], value: float | None, state: str) -> list[date]:
        few = self.measure == "cases" and (value or 0) < 10
        return [] if few else super().dates(members, value, state)

    def suspects(self, rows: list[Row]) -> Cell:
        stated = []
        for row in rows:
            numbers = [int(v) for k, v in row.items() if k.startswith("suspects_") and v]
            stated += [row | {"suspects": sum(numbers)}] if numbers else []
        if not stated:
            return self.released(0 if not rows else None, (), True)
        some = [row for row in stated if row["suspects"]]
        count = sum(row["suspects"] for row in some)
        value = self.moved(some, count, "case", "case_id", "suspects")
        cell = self.released(value, {row["case_id"] for row in some}, True)
        return self.judged(cell, some, "suspects")

    def quantity(self, rows: list[Row]) -> Cell:
        some = [row for row in rows if row["quantity"] > 0]
        by_item = [row | {"nodes": [(*node, row["item"]) for node in row["nodes"]]} for row in some]
        count = sum(row["quantity"] for row in some)
        value = self.moved(by_item, count, "seizure", "seizure_id", "quantity")
        cell = self.released(value, {row["case_id"] for row in some}, False)
        return self.judged(cell, some, "quantity", people=False)


def sum_of(pairs: Iterable[tuple[Any, float]]) -> Counter[Any]:
    """What adds up under each name."""
    found: Counter[Any] = Counter()
    for name, adds in pairs:
        found[name] += adds
    return found


def round_away(value: float) -> int:
    """Half away from zero, as SQL rounds."""
    return int(abs(value) + 0.5) * (1 if value > 0 else -1)
