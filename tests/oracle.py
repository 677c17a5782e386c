"""Every question in plain Python over plain rows: slow, obvious, and nothing shared with the SQL.

`Oracle(tables, selection, protected).QUESTION()` gives the rows the question promises.
"""

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
class Oracle:
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
        moved = [row for row in rows if row["persons"]]
        return self.released(
            sum(row["persons"] for row in moved), {row["case_id"] for row in moved}, True
        )

    def gang_count(self, rows: list[Row]) -> Cell:
        named = [row for row in rows if row["gang"]]
        return self.released(
            len({row["gang"] for row in named}), {row["case_id"] for row in named}, False
        )

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

    def broken_down(self, *names: str) -> list[Row]:
        rows = self.cohorts(self.measure)
        whole = self.measured(rows)[0]
        out = []
        for key, members in self.by(rows, *names).items():
            value, state = self.measured(members)
            low = state != "c" and any(row["flag"] == "lower_bound" for row in members)
            share = value / whole if whole and value is not None else None
            fields = {"value": value, "share": share, "state": state, "lower_bound": low}
            out.append(dict(zip(names, key, strict=True)) | fields)
        return out

    def compared(self, *names: str) -> list[Row]:
        spans = (
            self.cohorts(self.measure, span)
            for span in (self.periods.current, self.periods.previous)
        )
        now, before = (self.by(rows, names[0]) for rows in spans)
        return [
            row
            | self.change(
                self.measured, now.get((row[names[0]],), []), before.get((row[names[0]],), [])
            )
            for row in self.broken_down(*names)
        ]

    def origins(self) -> list[Row]:
        return self.compared("origin")

    def destinations(self) -> list[Row]:
        return self.compared("destination", "region")

    def corridors(self) -> list[Row]:
        return self.broken_down("origin", "destination")

    def age_sex(self) -> list[Row]:
        return self.broken_down("age_group", "sex")

    def yearly(self, name: str) -> list[Row]:
        rows = self.cohorts(self.measure)
        whole = {
            year: self.measured(members)[0] for (year,), members in self.by(rows, "year").items()
        }
        out = []
        for (year, code), members in self.by(rows, "year", name).items():
            value, state = self.measured(members)
            share = value / whole[year] if value is not None and whole[year] else None
            mark = any(m.year == year and self.provisional(m) for m in self.months())
            out.append({"year": year, name: code, "value": value, "share": share, "state": state,
                        "provisional": mark})  # fmt: skip
        return out

    def destinations_by_year(self) -> list[Row]:
        return self.yearly("destination")

    def ages_by_year(self) -> list[Row]:
        return self.yearly("age_group")

    def provisional(self, day: date) -> bool:
        return self.provisional_from is not None and day >= self.provisional_from

    def months(self) -> list[date]:
        if not self.periods.window:
            return []
        first, last = self.periods.window
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        numbers = (first.year * 12 + first.month - 1 + n for n in range(count))
        return [date(number // 12, number % 12 + 1, 1) for number in numbers]

    def persons_by_month(self) -> list[Row]:
        rows = self.cohorts(self.measure)
        out = []
        for day in self.months():
            members = [row for row in rows if row["when"] == day]
            value, state = self.measured(members)
            low = state != "c" and any(row["flag"] == "lower_bound" for row in members)
            out.append({"month": day, "value": value, "state": state, "lower_bound": low,
                        "provisional": self.provisional(day)})  # fmt: skip
        return out

    def routes(self) -> list[Row]:
        names = ("origin", "route", "transit", "destination")
        rows = self.by(self.cohorts(self.measure), *names)
        cells = {key: self.measured(members) for key, members in rows.items()}
        out = [dict(zip(names, key, strict=True)) | {"value": value, "state": state}
               for key, (value, state) in cells.items() if state == ""]  # fmt: skip
        hidden = [rows[key] for key, (_, state) in cells.items() if state == "c"]
        if hidden:
            counts = [len({row["case_id"] for row in members}) for members in hidden]
            members = [row for group in hidden for row in group]
            cases = {row["case_id"] for row in members}
            value, state = self.measured(members)
            if self.measure == "cases":
                value, state = self.released(sum(counts), cases, False)
            out.append({"origin": "other", "route": "other", "transit": None,
                        "destination": "other", "value": value, "state": state})  # fmt: skip
        return out

    def gangs(self) -> list[Row]:
        rows = [row for row in self.cohorts(self.measure) if row["gang"]]
        moved = self.by(self.cohorts("persons"), "gang")
        bare = self.by(self.cohorts("persons", bare=True), "gang")
        opened = self.by(self.opened(), "gang")
        by_gang = self.by(rows, "gang")
        out = []
        for gang in {key for key in [*by_gang, *opened] if key[0]}:
            members = by_gang.get(gang, [])
            unstated = gang in bare and all(not row["persons"] for row in bare[gang])
            none: Cell = (None, "x") if unstated else (0, "")
            value, state = self.measured(members) if members else none
            persons, persons_state = (
                self.measured(moved[gang], "persons") if gang in moved else none
            )
            count, count_state = self.case_count(opened.get(gang, []))
            suspects, suspects_state = self.suspects(opened.get(gang, []))
            seen = [row["when"] for row in members] if state != "c" else []
            home, main = self.corridor(members)
            out.append({"gang": gang[0], "value": value, "state": state, "persons": persons,
                        "persons_state": persons_state, "cases": count, "cases_state": count_state,
                        "suspects": suspects, "suspects_state": suspects_state,
                        "first_month": min(seen, default=None), "origin": home,
                        "last_month": max(seen, default=None), "destination": main})  # fmt: skip
        return out

    def corridor(self, members: list[Row]) -> tuple[str | None, str | None]:
        homes = self.largest(self.by(members, "origin"))
        if homes is None:
            return None, None
        there = [row for row in members if row["origin"] == homes]
        return homes, self.largest(self.by(there, "destination"))

    def largest(self, groups: dict[tuple[Any, ...], list[Row]]) -> str | None:
        figures = {key[0]: self.measured(rows)[0] for key, rows in groups.items()}
        known = [
            (-value, code)
            for code, value in figures.items()
            if value is not None and code != "unknown"
        ]
        return min(known)[1] if known else None

    def top_gangs(self, most: int) -> dict[tuple[Any, ...], list[Row]]:
        grouped = self.by([row for row in self.cohorts(self.measure) if row["gang"]], "gang")
        figures = {key: self.measured(rows)[0] for key, rows in grouped.items()}
        order = sorted((-value, key) for key, value in figures.items() if value is not None)
        return {key: grouped[key] for _, key in order[:most]}

    def gang_destinations(self) -> list[Row]:
        return [
            {"gang": gang, "destination": code, "value": value, "state": state}
            for (gang,), rows in self.top_gangs(15).items()
            for (code,), members in self.by(rows, "destination").items()
            for value, state in [self.measured(members)]
        ]

    def gang_activity(self) -> list[Row]:
        return [
            {"gang": gang, "year": year, "value": value, "state": state,
             "first_month": min(row["when"] for row in rows),
             "last_month": max(row["when"] for row in rows)}
            for (gang,), rows in self.top_gangs(25).items()
            for (year,), members in self.by(rows, "year").items()
            for value, state in [self.measured(members)]
        ]  # fmt: skip

    def gang_profile(self) -> list[Row]:
        rows = self.cohorts(self.measure)
        out = []
        for facet in ("year", "origin", "destination", "route"):
            for (code,), members in self.by(rows, facet).items():
                value, state = self.measured(members)
                out.append({"facet": facet, "code": str(code), "value": value,
                            "unit": self.measure, "state": state})  # fmt: skip
        for (item, unit), members in self.by(self.seized(), "item", "unit").items():
            value, state = self.quantity(members)
            out.append(
                {"facet": "item", "code": item, "value": value, "unit": unit, "state": state}
            )
        return out

    def seizures_by_month(self) -> list[Row]:
        rows = self.seized()
        out = []
        for item, unit in self.by(rows, "item", "unit"):
            for day in self.months():
                value, state = self.quantity(
                    [row for row in rows if row["item"] == item and row["when"] == day]
                )
                out.append({"month": day, "item": item, "unit": unit, "quantity": value,
                            "state": state, "provisional": self.provisional(day)})  # fmt: skip
        return out

    def seizures_by_province(self) -> list[Row]:
        out = []
        for (province, item, unit), rows in self.by(
            self.seized(), "province", "item", "unit"
        ).items():
            value, state = self.quantity(rows)
            count = self.released(len(rows), {row["case_id"] for row in rows}, False)[0]
            out.append({"province": province, "item": item, "unit": unit, "quantity": value,
                        "seizures": count, "state": state})  # fmt: skip
        return out

    def seizures_by_item(self) -> list[Row]:
        out = []
        for (item, kind, unit), rows in self.by(self.seized(), "item", "class", "unit").items():
            value, state = self.quantity(rows)
            low = state != "c" and any(row.get("flag") == "lower_bound" for row in rows)
            out.append({"item": item, "class": kind, "unit": unit, "quantity": value,
                        "state": state, "lower_bound": low})  # fmt: skip
        return out

    def documents(self, rows: list[Row]) -> Cell:
        return self.quantity([row for row in rows if row["class"] == "document"])

    def seizures_and_persons(self) -> list[Row]:
        seized, moved = self.seized(), self.cohorts("persons")
        out = []
        for day in self.months():
            documents = self.documents([row for row in seized if row["when"] == day])
            persons = self.measured([row for row in moved if row["when"] == day], "persons")
            out.append({"month": day, "documents": documents[0], "documents_state": documents[1],
                        "persons": persons[0], "persons_state": persons[1]})  # fmt: skip
        return out

    def documents_per_100(self) -> list[Row]:
        seized, moved = self.seized(), self.cohorts("persons")
        out = []
        for year in sorted({day.year for day in self.months()}):
            documents = self.documents([row for row in seized if row["when"].year == year])[0]
            members = [row for row in moved if row["when"].year == year]
            persons = self.measured(members, "persons")[0]
            known = documents is not None and persons
            out.append({"year": year, "documents": documents, "persons": persons,
                        "ratio": 100 * documents / persons if known else None})  # fmt: skip
        return out

    def totals(self) -> list[Row]:
        def moved(rows: list[Row]) -> Cell:
            return self.measured(rows, "persons")

        def cohorts(span: Any) -> list[Row]:
            return self.cohorts("persons", span, bare=True)

        tiles = [("persons", moved, cohorts), ("cases", self.case_count, self.opened),
                 ("suspects", self.suspects, self.opened), ("gangs", self.gang_count, cohorts),
                 ("documents", self.documents, self.seized)]  # fmt: skip
        return [self.tile(*tile) for tile in tiles]

    def tile(
        self, name: str, figure: Callable[[list[Row]], Cell], rows: Callable[[Any], list[Row]]
    ) -> Row:
        value, state = figure(rows("selection"))
        trend = self.periods.trend
        days = [day for day in self.months() if self.in_window(day, trend)]
        monthly = [figure([row for row in rows(trend) if row["when"] == day])[0] for day in days]
        change = self.change(figure, rows(self.periods.current), rows(self.periods.previous))
        return {"measure": name, "value": value, "state": state, "trend": monthly} | change
