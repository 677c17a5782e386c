"""Invented rows for every question, in the columns the questions promise; all by one seed."""

import random
from datetime import date
from typing import Any

from data import contracts

ORIGINS = (
    "CN-FJ",
    "CN-GD",
    "CN-ZJ",
    "CN-LN",
    "CN-HA",
    "CN-JL",
    "CN-HL",
    "CN-GX",
    "CN-SD",
    "CN-HN",
    "CN-HB",
    "CN-JX",
    "CN-SC",
    "CN-AH",
    "CN-YN",
    "CN-CQ",
    "CN-SX",
    "CN-GZ",
    "unknown",
)
DESTINATIONS = (
    "USA",
    "RUS",
    "ARG",
    "JPN",
    "KOR",
    "ITA",
    "GBR",
    "CAN",
    "ESP",
    "FRA",
    "AUS",
    "BRA",
    "ECU",
    "ZAF",
    "DEU",
    "MYS",
    "SRB",
    "ARE",
    "NZL",
    "unknown",
)
ROUTES = ("air_forged", "air_overstay", "sea", "overland", "transit", "unknown")
TRANSITS = ("ECU", "SRB", "RUS", "THA", "MEX")
YEARS = range(2010, 2026)
LAST, PROVISIONAL, BREAK = date(2025, 10, 1), date(2025, 8, 1), date(2018, 1, 1)
GANGS = tuple(f"DEMO-G{n:04d}" for n in range(1, 31))


def months() -> list[date]:
    return [date(2010 + n // 12, n % 12 + 1, 1) for n in range(15 * 12 + 10)]


def cell(value: float) -> dict[str, Any]:
    """A released or withheld figure, by the threshold of ten."""
    value = int(value)
    held = value < 10
    figure = {"value": None if held else value, "state": "c" if held else ""}
    return figure | {"lower_bound": False}


def share(row: dict[str, Any], total: float) -> dict[str, Any]:
    return row | {"share": None if row["value"] is None else row["value"] / total}


def summed(flows: list[dict[str, Any]], by: str, total: float) -> list[dict[str, Any]]:
    sums: dict[str, float] = {}
    for row in flows:
        sums[row[by]] = sums.get(row[by], 0) + (row["value"] or 0)
    rows = [share({by: code} | cell(value), total) for code, value in sums.items()]
    return sorted(rows, key=lambda row: -(row["value"] or 0))


def changed(dice: random.Random, row: dict[str, Any]) -> dict[str, Any]:
    none = {"current": None, "previous": None, "change": None}
    if row["value"] is None:
        return row | none | {"reason": "protected"}
    before = row["value"] / 12
    if before < 20:
        return row | none | {"reason": "base"}
    change = dice.gauss(0.05, 0.2)
    return row | {
        "current": int(before * (1 + change)),
        "previous": int(before),
        "change": change,
        "reason": None,
    }


def monthly(dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for n, month in enumerate(months()):
        surge = 2.4 if month.year == 2023 else 0.35 if month.year in (2020, 2021) else 1
        value = (
            620
            * surge
            * (1 + n / 300)
            * (1 + 0.25 * (month.month in (3, 4, 9)))
            * dice.gauss(1, 0.12)
        )
        held = n in (122, 123)
        rows.append(
            {
                "month": month,
                "value": None if held else int(value),
                "state": "c" if held else "",
                "lower_bound": False,
                "provisional": month >= PROVISIONAL,
                "series_break": month == BREAK,
            }
        )
    return rows


def headline(dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for measure, value in (
        ("persons", 152_345),
        ("cases", 8_120),
        ("suspects", 21_400),
        ("gangs", 1_204),
        ("documents", 1_350_221),
    ):
        trend = [int(value / 180 * dice.gauss(1, 0.2)) for _ in range(24)]
        change, reason = (None, "break") if measure == "gangs" else (dice.gauss(0, 0.2), None)
        rows.append(
            {
                "measure": measure,
                "value": value,
                "state": "",
                "lower_bound": False,
                "current": 100,
                "current_lower_bound": False,
                "previous": 90,
                "change": change,
                "reason": reason,
                "trend": trend,
            }
        )
    return rows


def by_year(
    dice: random.Random, name: str, codes: tuple[str, ...], pull: list[float]
) -> list[dict[str, Any]]:
    rows = []
    for year in YEARS:
        for code, part in zip(codes, pull, strict=True):
            surge = 5 if code == "USA" and year in (2023, 2024) else 1
            figure = cell(9_000 * part * surge * dice.lognormvariate(-1, 0.35))
            rows.append(
                {"year": year, name: code} | figure | {"share": None, "provisional": year == 2025}
            )
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
                rows.append(
                    {
                        "origin": flow["origin"],
                        "route": route,
                        "transit": transit,
                        "destination": flow["destination"],
                        "value": value,
                        "state": "",
                        "lower_bound": False,
                    }
                )
    rest = sum(flow["value"] or 0 for flow in flows) - sum(row["value"] for row in rows)
    return [
        *rows,
        {
            "origin": "other",
            "route": "other",
            "transit": None,
            "destination": "other",
            "value": rest,
            "state": "",
            "lower_bound": False,
        },
    ]


def ages(dice: random.Random) -> list[dict[str, Any]]:
    shape = dict(
        zip(
            contracts.codes("ages").codes,
            (2, 30, 260, 240, 180, 130, 110, 40, 8, 0.5, 30),
            strict=True,
        )
    )
    rows = [
        {"age_group": age, "sex": sex} | cell(weight * part * 40 * dice.gauss(1, 0.05))
        for age, weight in shape.items()
        for sex, part in (("male", 0.7), ("female", 0.28), ("unknown", 0.003))
    ]
    total = sum(row["value"] or 0 for row in rows)
    return [share(row, total) for row in rows]


def ages_yearly(dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for year in YEARS:
        parts = [
            max(0.1, w * dice.gauss(1, 0.12))
            for w in (2, 30, 260, 240, 180, 130, 110 + (year - 2010) * 6, 40, 8, 0.5, 30)
        ]
        for age, part in zip(contracts.codes("ages").codes, parts, strict=True):
            figure = cell(part * 9)
            of = None if figure["value"] is None else part / sum(parts)
            rows.append(
                {"year": year, "age_group": age}
                | figure
                | {"share": of, "provisional": year == 2025}
            )
    return rows


def gangs(dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for n, gang in enumerate(GANGS):
        figure = cell(4_000 / (n + 1) ** 1.3 * dice.gauss(1, 0.1) if n < 26 else 3)
        first = date(dice.randint(2010, 2022), dice.randint(1, 12), 1)
        rows.append(
            {"gang": gang}
            | figure
            | {
                "persons": figure["value"],
                "cases": 30 + n if n < 20 else None,
                "suspects": 80 + n if n < 20 else None,
                "first_month": first,
                "last_month": date(first.year + 2, first.month, 1),
                "origin": dice.choice(ORIGINS[:5]),
                "destination": dice.choice(DESTINATIONS[:8]),
                "persons_state": figure["state"],
                "persons_lower_bound": False,
                "cases_state": "" if n < 20 else "c",
                "suspects_state": "" if n < 20 else "c",
                "suspects_lower_bound": False,
            }
        )
    return rows


def activity(dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for n, gang in enumerate(GANGS[:25]):
        first = dice.randint(2010, 2021)
        last = min(first + dice.randint(0, 5), 2025)
        for year in range(first, last + 1):
            rows.append(
                {"gang": gang, "year": year}
                | cell(1_800 / (n + 1) * dice.lognormvariate(-0.5, 0.9))
                | {"first_month": date(first, 3, 1), "last_month": date(last, 9, 1)}
            )
    return rows


def profile(dice: random.Random) -> list[dict[str, Any]]:
    facets = [
        ("year", [str(year) for year in range(2013, 2020)]),
        ("origin", ORIGINS[:7]),
        ("destination", DESTINATIONS[:8]),
        ("route", ROUTES[:4]),
    ]
    rows = [
        {"facet": facet, "code": code, "unit": "persons"}
        | cell(700 / (n + 1) * dice.lognormvariate(-0.4, 0.5))
        for facet, codes in facets
        for n, code in enumerate(codes)
    ]
    items = (
        ("forged_visa", 12_200, "documents"),
        ("passport", 3_410, "documents"),
        ("seal", 214, "pieces"),
        ("vehicle", 12, "pieces"),
        ("cash", 1_240_000, "cny"),
    )
    return rows + [
        {"facet": "item", "code": c, "value": v, "unit": u, "state": "", "lower_bound": False}
        for c, v, u in items
    ]
