"""What each question about gangs should answer, in plain Python over plain rows."""

from datetime import date
from typing import Any

from tests.oracle_facts import Cell, Facts, Row


class Gangs(Facts):
    """The questions whose rows are gangs."""

    def gangs(self) -> list[Row]:
        rows = [row for row in self.cohorts(self.measure) if row["gang"]]
        moved = self.by(self.cohorts("persons"), "gang")
        bare = self.by(self.cohorts("persons", bare=True), "gang")
        opened = self.by(self.opened(), "gang")
        by_gang = self.by(rows, "gang")
        out = []
        for gang in {key for key in [*by_gang, *opened] if key[0]}:
            members = by_gang.get(gang, [])
            row = self.there(self.measured(members)) if members else False
            cases = opened.get(gang, [])
            known = bool(cases) and self.there(self.case_count(cases), self.suspects(cases))
            if not (row or known):
                continue
            unstated = gang in bare and all(not row["persons"] for row in bare[gang])
            none: Cell = (None, "x") if unstated else (0, "")
            value, state = self.measured(members) if members else none
            people = moved.get(gang, [])
            persons, persons_state = self.measured(people, "persons") if people else none
            count, count_state = self.case_count(cases)
            suspects, suspects_state = self.suspects(cases)
            seen = self.dates(members, value, state) if row else []
            home, main = self.corridor(members)
            out.append({"gang": gang[0], "value": value, "state": state, "persons": persons,
                        "persons_state": persons_state, "cases": count, "cases_state": count_state,
                        "suspects": suspects, "suspects_state": suspects_state,
                        "first_month": min(seen, default=None), "origin": home,
                        "last_month": max(seen, default=None), "destination": main,
                        "lower_bound": row and self.low(members, state),
                        "persons_lower_bound": self.there((persons, persons_state)) and
                            self.low(people, persons_state, "persons"),
                        "suspects_lower_bound": known and
                            self.low(cases, suspects_state, "suspects")})  # fmt: skip
        return out

    def dates(self, members: list[Row], value: float | None, state: str) -> list[date]:
        """When the rows of a figure were, where that may be said."""
        return [row["when"] for row in members] if state != "c" else []

    def corridor(self, members: list[Row]) -> tuple[str | None, str | None]:
        homes = self.largest(self.by(members, "origin"))
        if homes is None:
            return None, None
        there = [row for row in members if row["origin"] == homes]
        return homes, self.largest(self.by(there, "destination"))

    def largest(self, groups: dict[tuple[Any, ...], list[Row]]) -> str | None:
        figures = {key[0]: self.measured(rows) for key, rows in groups.items()}
        known = [
            (-value, code)
            for code, (value, state) in figures.items()
            if value is not None and code != "unknown" and self.there((value, state))
        ]
        return min(known)[1] if known else None

    def top_gangs(self, most: int) -> dict[tuple[Any, ...], list[Row]]:
        grouped = self.by([row for row in self.cohorts(self.measure) if row["gang"]], "gang")
        figures = {key: self.measured(rows) for key, rows in grouped.items()}
        order = sorted((-cell[0], key) for key, cell in figures.items()
                       if cell[0] is not None and self.there(cell))  # fmt: skip
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
            if self.there((value, state))
        ]

    def gang_activity(self) -> list[Row]:
        return [
            {"gang": gang, "year": year, "value": value, "state": state,
             "lower_bound": self.low(members, state),
             "first_month": min(seen, default=None), "last_month": max(seen, default=None)}
            for (gang,), rows in self.top_gangs(25).items()
            for seen in [self.dates(rows, *self.measured(rows))]
            for (year,), members in self.by(rows, "year").items()
            for value, state in [self.measured(members)]
            if self.there((value, state))
        ]  # fmt: skip

    def gang_profile(self) -> list[Row]:
        rows = self.cohorts(self.measure)
        out = []
        for facet in ("year", "origin", "destination", "route"):
            for (code,), members in self.by(rows, facet).items():
                value, state = self.measured(members)
                if not self.there((value, state)):
                    continue
                out.append({"facet": facet, "code": str(code), "value": value,
                            "unit": self.measure, "state": state,
                            "lower_bound": self.low(members, state)})  # fmt: skip
        for (item, unit), members in self.by(self.seized(), "item", "unit").items():
            value, state = self.quantity(members)
            if not self.there((value, state)):
                continue
            out.append({"facet": "item", "code": item, "value": value, "unit": unit,
                        "state": state, "lower_bound": self.low(members, state, unit)})  # fmt: skip
        return out
