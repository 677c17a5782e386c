"""Every question in plain Python over plain rows: slow, obvious, and nothing shared with the SQL.

`Oracle(tables, selection, periods, provisional_from, protected).QUESTION()` gives the rows the
question promises.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.oracle_facts import Cell, Row
from tests.oracle_gangs import Gangs


class Oracle(Gangs):
    """What each question should answer."""

    def broken_down(self, *names: str) -> list[Row]:
        rows = self.cohorts(self.measure)
        whole = self.measured(rows)[0]
        out = []
        for key, members in self.by(rows, *names).items():
            value, state = self.measured(members)
            if not self.there((value, state)):
                continue
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
            if not self.there((value, state)):
                continue
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
            low = self.there((value, state)) and self.low(members, state)
            out.append({"month": day, "value": value, "state": state, "lower_bound": low,
                        "provisional": self.provisional(day)})  # fmt: skip
        return out

    def routes(self) -> list[Row]:
        names = ("origin", "route", "transit", "destination")
        rows = self.by(self.cohorts(self.measure), *names)
        cells = {key: self.measured(members) for key, members in rows.items()}
        out = [dict(zip(names, key, strict=True)) | {"value": value, "state": state,
                                                    "lower_bound": self.low(rows[key], state)}
               for key, (value, state) in cells.items()
               if state == "" and self.there((value, state))]  # fmt: skip
        hidden = [rows[key] for key, (_, state) in cells.items() if state == "c"]
        if hidden and self.there(self.together(hidden)):
            value, state = self.together(hidden)
            members = [row for group in hidden for row in group]
            chosen = self.selection.origins, self.selection.routes, self.selection.destinations
            origin, route, destination = (
                codes[0] if codes and len(codes) == 1 else "other" for codes in chosen
            )
            out.append({"origin": origin, "route": route, "transit": None,
                        "destination": destination, "value": value, "state": state,
                        "lower_bound": self.low(members, state)})  # fmt: skip
        return out

    def together(self, groups: list[list[Row]]) -> Cell:
        """What is withheld as one figure; a case of two groups counts in both."""
        members = [row for group in groups for row in group]
        if self.measure == "persons":
            return self.measured(members)
        counts = [len({row["case_id"] for row in group}) for group in groups]
        return self.released(sum(counts), {row["case_id"] for row in members}, False)

    def seizures_by_month(self) -> list[Row]:
        rows = self.seized()
        out = []
        for (item, unit), members in self.by(rows, "item", "unit").items():
            dated = [(day, [row for row in members if row["when"] == day]) for day in self.months()]
            if not any(found and self.there(self.quantity(found)) for _, found in dated):
                continue
            for day, found in dated:
                value, state = self.quantity(found)
                low = self.there((value, state)) and self.low(found, state, unit)
                out.append({"month": day, "item": item, "unit": unit, "quantity": value,
                            "state": state, "lower_bound": low,
                            "provisional": self.provisional(day)})  # fmt: skip
        return out

    def seizures_by_province(self) -> list[Row]:
        out = []
        for (province, item, unit), rows in self.by(
            self.seized(), "province", "item", "unit"
        ).items():
            value, state = self.quantity(rows)
            count = self.seizure_count(rows)[0]
            if not self.there((value, state), (count, "")):
                continue
            out.append({"province": province, "item": item, "unit": unit, "quantity": value,
                        "seizures": count, "state": state,
                        "lower_bound": self.low(rows, state, unit)})  # fmt: skip
        return out

    def seizures_by_item(self) -> list[Row]:
        out = []
        for (item, kind, unit), rows in self.by(self.seized(), "item", "class", "unit").items():
            value, state = self.quantity(rows)
            if not self.there((value, state), self.seizure_count(rows)):
                continue
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
            low = self.there(documents) and self.low(found, documents[1], "documents")
            out.append({"month": day, "documents": documents[0], "documents_state": documents[1],
                        "documents_lower_bound": low,
                        "persons": persons[0], "persons_state": persons[1],
                        "persons_lower_bound": self.there(persons) and
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
            there = self.there((documents, documents_state))
            known = documents is not None and persons and seen and there
            low = there and self.low(seen, documents_state, "documents")
            out.append({"year": year, "documents": documents, "persons": persons,
                        "documents_lower_bound": low,
                        "persons_lower_bound": self.there((persons, persons_state)) and
                            self.low(members, persons_state, "persons"),
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
        counted = [tile for tile in tiles if tile[0] != "gangs" or not self.selection.gangs]
        return [self.tile(*tile) for tile in counted]

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
        beside = {"persons": self.gang_count, "suspects": self.case_count}.get(name, figure)
        low = low and self.there((value, state), beside(rows("selection")))
        span = self.periods.current
        told = self.papers(rows(span)) if name == "documents" else rows(span)
        now = name in ("persons", "suspects", "documents") and bool(change["current"])
        return {"measure": name, "value": value, "state": state, "lower_bound": low,
                "current_lower_bound": now and self.low(told, "", name),
                "trend": monthly} | change  # fmt: skip
