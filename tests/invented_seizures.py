"""Invented rows on seizures, coverage and destination-side series."""

import random
from typing import Any

from invented_rows import ORIGINS, PROVISIONAL, YEARS, monthly, months

from data import contracts


def seized_monthly(dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for item in contracts.codes("items"):
        unit = item.attributes["unit"]
        middle = {"documents": 4.6, "pieces": 1.6, "cny": 11}[unit]
        for month in months():
            value = int(dice.lognormvariate(middle, 1.4)) if dice.random() < 0.8 else 0
            held = 0 < value < 2
            rows.append(
                {
                    "month": month,
                    "item": item.code,
                    "quantity": None if held else value,
                    "unit": unit,
                    "state": "c" if held else "",
                    "lower_bound": False,
                    "provisional": month >= PROVISIONAL,
                }
            )
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
                rows.append(
                    {
                        "province": province,
                        "item": item.code,
                        "quantity": None if held else value,
                        "unit": unit,
                        "seizures": None if held else dice.randint(2, 90),
                        "state": "c" if held else "",
                        "lower_bound": False,
                    }
                )
    return rows


def beside(dice: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "month": row["month"],
            "documents": int(dice.lognormvariate(8, 0.8)),
            "documents_state": "",
            "documents_lower_bound": False,
            "persons": row["value"],
            "persons_state": row["state"],
            "persons_lower_bound": False,
            "provisional": row["provisional"],
            "series_break": row["series_break"],
            "state": row["state"],
        }
        for row in monthly(dice)
    ]


def ratios(dice: random.Random) -> list[dict[str, Any]]:
    rows = []
    for year in YEARS:
        persons, documents = dice.randint(4_000, 12_000), dice.randint(20_000, 90_000)
        held = year == 2010
        rows.append(
            {
                "year": year,
                "documents": None if held else documents,
                "documents_lower_bound": False,
                "persons": persons,
                "persons_lower_bound": False,
                "ratio": None if held else 100 * documents / persons,
                "state": "c" if held else "",
                "provisional": year == 2025,
            }
        )
    return rows


def coverage() -> list[dict[str, Any]]:
    figures = (
        ("rows", 148_233, "rows", ""),
        ("months", 190, "months", ""),
        ("first_month", 201001, "month", ""),
        ("last_month", 202510, "month", ""),
        ("provisional_months", 3, "months", ""),
        ("cases", 8_120, "cases", ""),
        ("cases_without_gang_share", 0.214, "share", ""),
        ("seizures", 9_331, "seizures", ""),
        ("lower_bound_rows", None, "rows", "c"),
        ("withheld_cells_share", 0.412, "share", ""),
        ("withheld_persons_share", 0.038, "share", ""),
        ("rows_quarantined", 0, "rows", ""),
    )
    return [{"indicator": i, "value": v, "unit": u, "state": s} for i, v, u, s in figures]


def arrivals() -> list[dict[str, Any]]:
    series = (
        (
            "southwest-land",
            "encounters",
            {2020: 1768, 2021: 450, 2022: 2176, 2023: 24314, 2024: 38246, 2025: 3097},
        ),
        (
            "northern-land",
            "encounters",
            {2020: 1464, 2021: 897, 2022: 6698, 2023: 11195, 2024: 12414, 2025: 2628},
        ),
        (
            "other",
            "encounters",
            {2020: 15163, 2021: 22124, 2022: 18882, 2023: 17191, 2024: 28041, 2025: 6755},
        ),
    )
    rows = [
        {
            "source": "us_cbp_border_state",
            "reporting": "USA",
            "border": b,
            "measure": m,
            "citizenship": "CHN",
            "year": year,
            "value": value,
            "unit": "encounters",
            "months": 3 if year == 2025 else 12,
            "partial": year == 2025,
            "state": "",
        }
        for b, m, figures in series
        for year, value in figures.items()
    ]
    darien = {2019: 0, 2020: 3, 2021: 77, 2022: 2005, 2023: 25565, 2024: 12398, 2025: 6}
    return rows + [
        {
            "source": "panama_snm_darien",
            "reporting": "PAN",
            "border": "all",
            "measure": "detections",
            "citizenship": "CHN",
            "year": year,
            "value": value,
            "unit": "detections",
            "months": 4 if year == 2025 else 12,
            "partial": year == 2025,
            "state": "",
        }
        for year, value in darien.items()
    ]


def seized_by_item(dice: random.Random) -> list[dict[str, Any]]:
    middles = {"documents": 11, "pieces": 5, "cny": 15}
    rows = []
    for code in contracts.codes("items"):
        unit = code.attributes["unit"]
        held = code.code == "vessel"
        rows.append(
            {
                "item": code.code,
                "class": code.attributes["class"],
                "quantity": None if held else int(dice.lognormvariate(middles[unit], 0.8)),
                "unit": unit,
                "seizures": None if held else dice.randint(20, 900),
                "state": "c" if held else "",
                "lower_bound": code.code == "passport",
            }
        )
    return rows
