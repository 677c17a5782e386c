"""Invented answers of every question, in the columns the questions promise, for drawing tests."""

import random
from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy
import pandas

from data import contracts

ORIGINS = ("CN-FJ", "CN-GD", "CN-ZJ", "CN-LN", "CN-HA", "CN-JL", "CN-HL", "CN-GX", "CN-SD", "CN-HN",
           "CN-HB", "CN-JX", "CN-SC", "CN-AH", "CN-YN", "CN-CQ", "CN-SX", "CN-GZ", "unknown")
DESTINATIONS = ("USA", "RUS", "ARG", "JPN", "KOR", "ITA", "GBR", "CAN", "ESP", "FRA", "AUS", "BRA",
                "ECU", "ZAF", "DEU", "MYS", "SRB", "ARE", "NZL", "unknown")
ROUTES = ("air_forged", "air_overstay", "sea", "overland", "transit", "unknown")
TRANSITS = ("ECU", "SRB", "RUS", "THA", "MEX")
YEARS = range(2010, 2026)
LAST, PROVISIONAL, BREAK = date(2025, 10, 1), date(2025, 8, 1), date(2018, 1, 1)
GANGS = tuple(f"DEMO-G{n:04d}" for n in range(1, 31))


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


def months() -> list[date]:
    return [date(2010 + n // 12, n % 12 + 1, 1) for n in range(15 * 12 + 10)]


def answer(name: str, rows: list[dict[str, Any]], unit: str = "", measure: str = "persons") -> Answer:
    """An invented answer of a question with these rows."""
    manifest = SimpleNamespace(provisional_from=PROVISIONAL, breaks=(BREAK,), synthetic=True,
                               disclosure="protected", first_month=date(2010, 1, 1), last_month=LAST)
    spans = SimpleNamespace(current=(date(2024, 8, 1), date(2025, 7, 1)),
                            previous=(date(2023, 8, 1), date(2024, 7, 1)),
                            window=(date(2010, 1, 1), LAST), trend=None, reason=None)
    held = sum(1 for row in rows if row.get("state") == "c")
    frame = pandas.DataFrame(rows)
    selection = SimpleNamespace(measure=measure, gangs=None)
    return Answer(SimpleNamespace(name=name, unit=unit or "measure"), frame, selection, manifest,
                  spans, unit or measure, "protected", held)


def cell(value: float) -> dict[str, Any]:
    """A released or withheld figure, by the threshold of ten."""
    value = int(value)
    return {"value": value, "state": ""} if value >= 10 else {"value": None, "state": "c"}


def invented(seed: int = 7) -> dict[str, Answer]:
    """One answer for every question, by name."""
    dice = random.Random(seed)
    weights = [1 / (n + 1.2) ** 1.25 for n in range(len(ORIGINS))]
    pull = [1 / (n + 1.3) ** 1.1 for n in range(len(DESTINATIONS))]
    flows = [
        {"origin": o, "destination": d} | cell(260_000 * a * b * dice.lognormvariate(-1.4, 1.1))
        for o, a in zip(ORIGINS, weights, strict=True) for d, b in zip(DESTINATIONS, pull, strict=True)
        if dice.random() < 0.9
    ]
    total = sum(row["value"] or 0 for row in flows)
    made = {
        "corridors": [share(row, total) | {"lower_bound": False} for row in flows],
        "origins": [changed(dice, row) for row in summed(flows, "origin", total)],
        "destinations": [
            changed(dice, row) | {"region": contracts.codes("countries")[row["destination"]].attributes["region"]}
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
            for n, g in enumerate(GANGS[:15]) for d, p in zip(DESTINATIONS, pull, strict=True)
            if dice.random() < 0.6
        ],
        "gang_profile": profile(dice),
        "seizures_by_month": seized_monthly(dice),
        "seizures_by_province": seized_by_province(dice),
        "seizures_and_persons": beside(dice),
        "documents_per_100": ratios(dice),
        "coverage": coverage(),
        "arrivals_by_year": arrivals(),
    }
    units = {"seizures_by_month": "documents", "seizures_by_province": "documents"}
    return {name: answer(name, rows, units.get(name, "")) for name, rows in made.items()}


def share(row: dict[str, Any], total: float) -> dict[str, Any]:
    return row | {"share": None if row["value"] is None else row["value"] / total}


def summed(flows: list[dict[str, Any]], by: str, total: float) -> list[dict[str, Any]]:
    sums: dict[str, float] = {}
    for row in flows:
        sums[row[by]] = sums.get(row[by], 0) + (row["value"] or 0)
    rows = [share({by: code} | cell(value), total) | {"lower_bound": False} for code, value in sums.items()]
    return sorted(rows, key=lambda row: -(row["value"] or 0))


def changed(dice: random.Random, row: dict[str, Any]) -> dict[str, Any]:
    none = {"current": None, "previous": None, "change": None}
    if row["value"] is None:
        return row | none | {"reason": "protected"}
    before = row["value"] / 12
    if before < 20:
        return row | none | {"reason": "base"}
    change = dice.gauss(0.05, 0.2)
    return row | {"current": int(before * (1 + change)), "previous": int(before), "change": change, "reason": None}


def monthly(dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for n, month in enumerate(months()):
        surge = 2.4 if month.year == 2023 else 0.35 if month.year in (2020, 2021) else 1
        value = 620 * surge * (1 + n / 300) * (1 + 0.25 * (month.month in (3, 4, 9))) * dice.gauss(1, 0.12)
        held = n in (122, 123)
        rows.append({"month": month, "value": None if held else int(value), "state": "c" if held else "",
                     "lower_bound": False, "provisional": month >= PROVISIONAL, "series_break": month == BREAK})
    return rows


def headline(dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for measure, value in (("persons", 152_345), ("cases", 8_120), ("suspects", 21_400), ("gangs", 1_204),
                           ("documents", 1_350_221)):
        trend = [int(value / 180 * dice.gauss(1, 0.2)) for _ in range(24)]
        change, reason = (None, "break") if measure == "gangs" else (dice.gauss(0, 0.2), None)
        rows.append({"measure": measure, "value": value, "state": "", "lower_bound": False, "current": 100,
                     "previous": 90, "change": change, "reason": reason, "trend": trend})
    return rows


def by_year(dice: random.Random, name: str, codes: tuple[str, ...], pull: list[float]) -> list[dict[str, Any]]:
    rows = []
    for year in YEARS:
        for code, part in zip(codes, pull, strict=True):
            surge = 5 if code == "USA" and year in (2023, 2024) else 1
            figure = cell(9_000 * part * surge * dice.lognormvariate(-1, 0.35))
            rows.append({"year": year, name: code} | figure | {"share": None, "provisional": year == 2025})
    return rows


def paths(dice: random.Random, flows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for flow in flows:
        left = flow["value"] or 0
        for route in dice.sample(ROUTES, 3):
            value = int(left * dice.random() * 0.6)
            left -= value
            if value >= 10:
                transit = dice.choice(TRANSITS) if route == "transit" else None
                rows.append({"origin": flow["origin"], "route": route, "transit": transit,
                             "destination": flow["destination"], "value": value, "state": ""})
    rest = sum(flow["value"] or 0 for flow in flows) - sum(row["value"] for row in rows)
    return [*rows, {"origin": "other", "route": "other", "transit": None, "destination": "other",
                    "value": rest, "state": ""}]


def ages(dice: random.Random) -> list[dict[str, Any]]:
    shape = dict(zip(contracts.codes("ages").codes, (2, 30, 260, 240, 180, 130, 110, 40, 8, 0.5, 30), strict=True))
    rows = [
        {"age_group": age, "sex": sex} | cell(weight * part * 40 * dice.gauss(1, 0.05))
        for age, weight in shape.items() for sex, part in (("male", 0.7), ("female", 0.28), ("unknown", 0.003))
    ]
    total = sum(row["value"] or 0 for row in rows)
    return [share(row, total) | {"lower_bound": False} for row in rows]


def ages_yearly(dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for year in YEARS:
        parts = [max(0.1, w * dice.gauss(1, 0.12)) for w in (2, 30, 260, 240, 180, 130, 110 + (year - 2010) * 6, 40, 8, 0.5, 30)]
        for age, part in zip(contracts.codes("ages").codes, parts, strict=True):
            figure = cell(part * 9)
            of = None if figure["value"] is None else part / sum(parts)
            rows.append({"year": year, "age_group": age} | figure | {"share": of, "provisional": year == 2025})
    return rows


def gangs(dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for n, gang in enumerate(GANGS):
        figure = cell(4_000 / (n + 1) ** 1.3 * dice.gauss(1, 0.1) if n < 26 else 3)
        first = date(dice.randint(2010, 2022), dice.randint(1, 12), 1)
        rows.append({"gang": gang} | figure | {
            "persons": figure["value"], "cases": 30 + n if n < 20 else None, "suspects": 80 + n if n < 20 else None,
            "first_month": first, "last_month": date(first.year + 2, first.month, 1),
            "origin": dice.choice(ORIGINS[:5]), "destination": dice.choice(DESTINATIONS[:8]),
            "persons_state": figure["state"], "cases_state": "" if n < 20 else "c",
            "suspects_state": "" if n < 20 else "c"})
    return rows


def activity(dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for n, gang in enumerate(GANGS[:25]):
        first = dice.randint(2010, 2021)
        last = min(first + dice.randint(0, 5), 2025)
        for year in range(first, last + 1):
            rows.append({"gang": gang, "year": year} | cell(1_800 / (n + 1) * dice.lognormvariate(-0.5, 0.9))
                        | {"first_month": date(first, 3, 1), "last_month": date(last, 9, 1)})
    return rows


def profile(dice: random.Random) -> list[dict[str, Any]]:
    facets = [("year", [str(year) for year in range(2013, 2020)]), ("origin", ORIGINS[:7]),
              ("destination", DESTINATIONS[:8]), ("route", ROUTES[:4])]
    rows = [
        {"facet": facet, "code": code, "unit": "persons"} | cell(700 / (n + 1) * dice.lognormvariate(-0.4, 0.5))
        for facet, codes in facets for n, code in enumerate(codes)
    ]
    items = (("forged_visa", 12_200, "documents"), ("passport", 3_410, "documents"), ("seal", 214, "pieces"),
             ("vehicle", 12, "pieces"), ("cash", 1_240_000, "cny"))
    return rows + [{"facet": "item", "code": c, "value": v, "unit": u, "state": ""} for c, v, u in items]


def seized_monthly(dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for item in contracts.codes("items"):
        unit = item.attributes["unit"]
        middle = {"documents": 4.6, "pieces": 1.6, "cny": 11}[unit]
        for month in months():
            value = int(dice.lognormvariate(middle, 1.4)) if dice.random() < 0.8 else 0
            held = 0 < value < 2
            rows.append({"month": month, "item": item.code, "quantity": None if held else value, "unit": unit,
                         "state": "c" if held else "", "provisional": month >= PROVISIONAL})
    return rows


def seized_by_province(dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for n, province in enumerate(ORIGINS):
        for item in contracts.codes("items"):
            unit = item.attributes["unit"]
            middle = {"documents": 9, "pieces": 4, "cny": 14}[unit] - n * 0.25
            if dice.random() < 0.85:
                value = int(dice.lognormvariate(middle, 0.8))
                held = dice.random() < 0.12
                rows.append({"province": province, "item": item.code, "quantity": None if held else value,
                             "unit": unit, "seizures": None if held else dice.randint(2, 90),
                             "state": "c" if held else ""})
    return rows


def beside(dice: random.Random) -> list[dict[str, Any]]:
    return [
        {"month": row["month"], "documents": int(dice.lognormvariate(8, 0.8)), "documents_state": "",
         "persons": row["value"], "persons_state": row["state"], "provisional": row["provisional"],
         "state": row["state"]}
        for row in monthly(dice)
    ]


def ratios(dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for year in YEARS:
        persons, documents = dice.randint(4_000, 12_000), dice.randint(20_000, 90_000)
        held = year == 2010
        rows.append({"year": year, "documents": None if held else documents, "persons": persons,
                     "ratio": None if held else 100 * documents / persons, "state": "c" if held else "",
                     "provisional": year == 2025})
    return rows


def coverage() -> list[dict[str, Any]]:
    figures = (("rows", 148_233, "rows", ""), ("months", 190, "months", ""), ("first_month", 201001, "month", ""),
               ("last_month", 202510, "month", ""), ("provisional_months", 3, "months", ""),
               ("cases", 8_120, "cases", ""), ("cases_without_gang_share", 0.214, "share", ""),
               ("seizures", 9_331, "seizures", ""), ("lower_bound_rows", None, "rows", "c"),
               ("withheld_cells_share", 0.412, "share", ""), ("withheld_persons_share", 0.038, "share", ""),
               ("rows_quarantined", 0, "rows", ""))
    return [{"indicator": i, "value": v, "unit": u, "state": s} for i, v, u, s in figures]


def arrivals() -> list[dict[str, Any]]:
    series = (("southwest-land", "encounters", {2020: 1768, 2021: 450, 2022: 2176, 2023: 24314, 2024: 38246, 2025: 3097}),
              ("northern-land", "encounters", {2020: 1464, 2021: 897, 2022: 6698, 2023: 11195, 2024: 12414, 2025: 2628}),
              ("other", "encounters", {2020: 15163, 2021: 22124, 2022: 18882, 2023: 17191, 2024: 28041, 2025: 6755}))
    rows = [
        {"source": "us_cbp", "reporting": "USA", "border": b, "measure": m, "citizenship": "CHN", "year": year,
         "value": value, "unit": "encounters", "months": 3 if year == 2025 else 12, "partial": year == 2025, "state": ""}
        for b, m, figures in series for year, value in figures.items()
    ]
    darien = {2019: 0, 2020: 3, 2021: 77, 2022: 2005, 2023: 25565, 2024: 12398, 2025: 6}
    return rows + [
        {"source": "iom_gdidata", "reporting": "PAN", "border": "all", "measure": "detections", "citizenship": "CHN",
         "year": year, "value": value, "unit": "detections", "months": 4 if year == 2025 else 12,
         "partial": year == 2025, "state": ""}
        for year, value in darien.items()
    ]
