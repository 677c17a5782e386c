"""Invented answers of every question, in the columns the questions promise, for drawing tests."""

import random
from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy
import pandas
from invented_rows import (
    BREAK,
    DESTINATIONS,
    GANGS,
    LAST,
    ORIGINS,
    PROVISIONAL,
    activity,
    ages,
    ages_yearly,
    by_year,
    cell,
    changed,
    gangs,
    headline,
    monthly,
    paths,
    profile,
    share,
    summed,
)
from invented_seizures import (
    arrivals,
    beside,
    coverage,
    ratios,
    seized_by_item,
    seized_by_province,
    seized_monthly,
)

from data import contracts
from queries.scope import Scope


@dataclass(frozen=True)
class Answer:
    """A stand-in with what drawings and sentences read of queries.answers.Answer."""

    question: Any
    rows: pandas.DataFrame
    selection: Any
    manifest: Any
    periods: Any
    unit: str
    policy: str = "protected"
    withheld: int = 0
    provisional: bool = False
    provisional_within: date | None = None
    scope: Scope = field(default_factory=Scope)
    extra: dict[str, Any] = field(default_factory=dict)

    def records(self) -> list[dict[str, Any]]:
        return [{str(k): plain(v) for k, v in row.items()} for row in self.rows.to_dict("records")]

    def only(self, rows: list[dict[str, Any]]) -> "Answer":
        """The same answer with other rows."""
        return replace(self, rows=pandas.DataFrame(rows, columns=list(self.rows.columns)))


def plain(cell: Any) -> Any:
    if isinstance(cell, (list, numpy.ndarray)):
        return [plain(part) for part in cell]
    if cell is None or pandas.isna(cell):
        return None
    if isinstance(cell, (pandas.Timestamp, date)):
        return date(cell.year, cell.month, cell.day)
    if isinstance(cell, numpy.generic):
        cell = cell.item()
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def answer(
    name: str, rows: list[dict[str, Any]], unit: str = "", measure: str = "persons"
) -> Answer:
    """An invented answer of a question with these rows."""
    manifest = SimpleNamespace(
        provisional_from=PROVISIONAL,
        breaks=(BREAK,),
        synthetic=True,
        disclosure="protected",
        first_month=date(2010, 1, 1),
        last_month=LAST,
    )
    spans = SimpleNamespace(
        current=(date(2024, 8, 1), date(2025, 7, 1)),
        previous=(date(2023, 8, 1), date(2024, 7, 1)),
        window=(date(2010, 1, 1), LAST),
        trend=None,
        reason=None,
    )
    held = sum(1 for row in rows if row.get("state") == "c")
    frame = pandas.DataFrame(rows)
    selection = SimpleNamespace(
        measure=measure,
        gangs=(GANGS[0],) if name == "gang_profile" else None,
        origins=None,
        sexes=None,
    )
    return Answer(
        SimpleNamespace(name=name, unit=unit or "measure"),
        frame,
        selection,
        manifest,
        spans,
        unit or measure,
        "protected",
        held,
    )


def invented(seed: int = 7) -> dict[str, Answer]:
    """One answer for every question, by name."""
    dice = random.Random(seed)
    weights = [1 / (n + 1.2) ** 1.25 for n in range(len(ORIGINS))]
    pull = [1 / (n + 1.3) ** 1.1 for n in range(len(DESTINATIONS))]
    flows = [
        {"origin": o, "destination": d} | cell(260_000 * a * b * dice.lognormvariate(-1.4, 1.1))
        for o, a in zip(ORIGINS, weights, strict=True)
        for d, b in zip(DESTINATIONS, pull, strict=True)
        if dice.random() < 0.9
    ]
    total = sum(row["value"] or 0 for row in flows)
    made = {
        "corridors": [share(row, total) for row in flows],
        "origins": [changed(dice, row) for row in summed(flows, "origin", total)],
        "destinations": [
            changed(dice, row)
            | {"region": contracts.codes("countries")[row["destination"]].attributes["region"]}
            for row in summed(flows, "destination", total)
        ],
        "persons_by_month": monthly(dice),
        "totals": headline(dice),
        "destinations_by_year": by_year(dice, "destination", DESTINATIONS, pull),
        "routes": paths(dice, flows),
        "age_sex": ages(dice),
        "ages_by_year": ages_yearly(dice),
        "gangs": gangs(dice),
        "gang_activity": activity(dice),
        "gang_destinations": [
            {"gang": g, "destination": d} | cell(3000 / (n + 1) * p * dice.lognormvariate(-1, 1.2))
            for n, g in enumerate(GANGS[:15])
            for d, p in zip(DESTINATIONS, pull, strict=True)
            if dice.random() < 0.6
        ],
        "gang_profile": profile(dice),
        "seizures_by_item": seized_by_item(dice),
        "seizures_by_month": seized_monthly(dice),
        "seizures_by_province": seized_by_province(dice),
        "seizures_and_persons": beside(dice),
        "documents_per_100": ratios(dice),
        "coverage": coverage(),
        "arrivals_by_year": arrivals(),
    }
    units = {"seizures_by_month": "documents", "seizures_by_province": "documents"}
    return {name: answer(name, rows, units.get(name, "")) for name, rows in made.items()}


def all_withheld(row: dict[str, Any]) -> dict[str, Any]:
    """The same row with every figure withheld."""
    figures = ("value", "quantity", "documents", "persons", "ratio", "share", "change", "cases")
    hidden = {key: None for key in (*figures, "suspects", "seizures") if key in row}
    states = {key: "c" for key in row if key == "state" or key.endswith("_state")}
    return row | hidden | states | ({"reason": "protected"} if "reason" in row else {})
