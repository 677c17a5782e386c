"""Every question in plain Python over plain rows: slow, obvious, and nothing shared with the SQL.

`Oracle(tables, selection, periods, provisional_from, protected).QUESTION()` gives the rows the
question promises.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.oracle_facts import Cell, Facts, Row


class Oracle(Facts):
    """What each question should answer."""

    def broken_down(self, *names: str) -> list[Row]:
        rows = self.cohorts(self.measure)
        whole = self.measured(rows)[0]
        out = []
        for key, members in self.by(rows, *names).items():
            value, state = self.measured(members)
            low = self.low(members, state)
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
                        "lower_bound": self.low(members, state), "provisional": mark})  # fmt: skip
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
        rows = self.cohorts(self.measure, bare=True)
        out = []
        for day in self.months():
            members = [row for row in rows if row["when"] == day]
            value, state = self.measured(members)
            low = self.low(members, state)
            out.append({"month": day, "value": value, "state": state, "lower_bound": low,
                        "provisional": self.provisional(day)})  # fmt: skip
        return out

    def routes(self) -> list[Row]:
        names = ("origin", "route", "transit", "destination")
        rows = self.by(self.cohorts(self.measure), *names)
        cells = {key: self.measured(members) for key, members in rows.items()}
        out = [dict(zip(names, key, strict=True)) | {"value": value, "state": state,
                                                    "lower_bound": self.low(rows[key], state)}
               for key, (value, state) in cells.items() if state == ""]  # fmt: skip
        hidden = [rows[key] for key, (_, state) in cells.items() if state == "c"]
        if hidden:
            value, state = self.together(hidden)
            members = [row for group in hidden for row in group]
            out.append({"origin": "other", "route": "other", "transit": None,
                        "destination": "other", "value": value, "state": state,
                        "lower_bound": self.low(members, state)})  # fmt: skip
        return out

    def together(self, groups: list[list[Row]]) -> Cell:
        """What is withheld as one figure; a case of two groups counts in both."""
        members = [row for group in groups for row in group]
        if self.measure == "persons":
            return self.measured(members)
        counts = [len({row["case_id"] for row in group}) for group in groups]
        return self.released(sum(counts), {row["case_id"] for row in members}, False)

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
            people = moved.get(gang, [])
            persons, persons_state = self.measured(people, "persons") if people else none
            count, count_state = self.case_count(opened.get(gang, []))
            suspects, suspects_state = self.suspects(opened.get(gang, []))
            seen = [row["when"] for row in members] if state != "c" else []
            home, main = self.corridor(members)
            out.append({"gang": gang[0], "value": value, "state": state, "persons": persons,
                        "persons_state": persons_state, "cases": count, "cases_state": count_state,
                        "suspects": suspects, "suspects_state": suspects_state,
                        "first_month": min(seen, default=None), "origin": home,
                        "last_month": max(seen, default=None), "destination": main,
                        "lower_bound": self.low(members, state),
                        "persons_lower_bound": self.low(people, persons_state, "persons"),
                        "suspects_lower_bound": self.low(opened.get(gang, []), suspects_state,
                                                         "suspects")})  # fmt: skip
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
            {
                "gang": gang,
                "destination": code,
                "value": value,
                "state": state,
                "lower_bound": self.low(members, state),
            }
            for (gang,), rows in self.top_gangs(15).items()
            for (code,), members in self.by(rows, "destination").items()
            for value, state in [self.measured(members)]
        ]

    def gang_activity(self) -> list[Row]:
        return [
            {"gang": gang, "year": year, "value": value, "state": state,
             "lower_bound": self.low(members, state),
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
                            "unit": self.measure, "state": state,
                            "lower_bound": self.low(members, state)})  # fmt: skip
        for (item, unit), members in self.by(self.seized(), "item", "unit").items():
            value, state = self.quantity(members)
            out.append({"facet": "item", "code": item, "value": value, "unit": unit,
                        "state": state, "lower_bound": self.low(members, state, unit)})  # fmt: skip
        return out

    def seizures_by_month(self) -> list[Row]:
        rows = self.seized()
        out = []
        for item, unit in self.by(rows, "item", "unit"):
            for day in self.months():
                found = [row for row in rows if row["item"] == item and row["when"] == day]
                value, state = self.quantity(found)
                out.append({"month": day, "item": item, "unit": unit, "quantity": value,
                            "state": state, "lower_bound": self.low(found, state, unit),
                            "provisional": self.provisional(day)})  # fmt: skip
        return out

    def seizures_by_province(self) -> list[Row]:
        out = []
        for (province, item, unit), rows in self.by(
            self.seized(), "province", "item", "unit"
        ).items():
            value, state = self.quantity(rows)
            count = self.seizure_count(rows)[0]
            out.append({"province": province, "item": item, "unit": unit, "quantity": value,
                        "seizures": count, "state": state,
                        "lower_bound": self.low(rows, state, unit)})  # fmt: skip
        return out

    def seizures_by_item(self) -> list[Row]:
        out = []
        for (item, kind, unit), rows in self.by(self.seized(), "item", "class", "unit").items():
            value, state = self.quantity(rows)
            low = self.low(rows, state, "documents")
            out.append({"item": item, "class": kind, "unit": unit, "quantity": value,
                        "state": state, "lower_bound": low})  # fmt: skip
        return out

    def documents(self, rows: list[Row]) -> Cell:
        return self.quantity(self.papers(rows))

    def papers(self, rows: list[Row]) -> list[Row]:
        return [row for row in rows if row["class"] == "document"]

    def seizures_and_persons(self) -> list[Row]:
        seized, moved = self.seized(), self.cohorts("persons", bare=True)
        out = []
        for day in self.months():
            found = self.papers([row for row in seized if row["when"] == day])
            members = [row for row in moved if row["when"] == day]
            documents, persons = self.documents(found), self.measured(members, "persons")
            low = self.low(found, documents[1], "documents")
            out.append({"month": day, "documents": documents[0], "documents_state": documents[1],
                        "documents_lower_bound": low,
                        "persons": persons[0], "persons_state": persons[1],
                        "persons_lower_bound":
                            self.low(members, persons[1], "persons")})  # fmt: skip
        return out

    def documents_per_100(self) -> list[Row]:
        seized, moved = self.seized(), self.cohorts("persons", bare=True)
        out = []
        for year in sorted({day.year for day in self.months()}):
            seen = self.papers([row for row in seized if row["when"].year == year])
            members = [row for row in moved if row["when"].year == year]
            documents, documents_state = self.documents(seen)
            persons, persons_state = self.measured(members, "persons")
            known = documents is not None and persons and seen
            out.append({"year": year, "documents": documents, "persons": persons,
                        "documents_lower_bound": self.low(seen, documents_state, "documents"),
                        "persons_lower_bound": self.low(members, persons_state, "persons"),
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
        told = self.papers(rows("selection")) if name == "documents" else rows("selection")
        low = name in ("persons", "suspects", "documents") and self.low(told, state, name)
        return {"measure": name, "value": value, "state": state, "lower_bound": low,
                "trend": monthly} | change  # fmt: skip
