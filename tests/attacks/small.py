"""A small invented data set in which many cells hold one or two persons, for attacks in seconds."""

from pathlib import Path
from random import Random

import pandas

ORIGINS = ("CN-FJ", "CN-ZJ", "CN-GD")
DESTINATIONS = ("USA", "ITA", "JPN", "SRB")
ROUTES = {"air_forged": 30, "sea": 20, "overland": 1}
AGES = {"18-24": 30, "25-29": 20, "60-69": 1}
SEXES = {"male": 60, "female": 2, "unknown": 1}
PERSONS = {1: 10, 2: 10, 3: 4, 4: 2, 6: 1, 9: 1}
YEARS = (2021, 2022)
DESCRIBED = """title.zh = "攻击用小数据集"
title.en = "Small data set to attack"
publisher.zh = "测试"
publisher.en = "Tests"
as_of = "2022-12-31"
"""


def write(folder: Path, rows: int, seed: int) -> None:
    """Cases and cohorts as files, and what they are."""
    dice = Random(seed)
    folder.mkdir(parents=True)
    cases = [_case(dice, number) for number in range(rows // 3)]
    cohorts = [_cohort(dice, number, dice.choice(cases)) for number in range(rows)]
    for name, made in (("cases", cases), ("cohorts", cohorts)):
        pandas.DataFrame(made).drop(columns="place", errors="ignore").to_csv(
            folder / f"{name}.csv", index=False
        )
    (folder / "dataset.toml").write_text(DESCRIBED, "utf-8")


def _case(dice: Random, number: int) -> dict[str, object]:
    opened = f"{dice.choice(YEARS)}-{dice.randint(1, 12):02d}"
    return {
        "case_id": f"DEMO-C{number}",
        "opened": opened,
        "province": dice.choice(ORIGINS),
        "gang": f"DEMO-G{dice.randint(1, 9)}",
        "kind": "smuggling",
        "suspects_organiser": dice.randint(0, 3),
        "status": "open",
        "place": (dice.choice(ORIGINS), dice.choice(DESTINATIONS)),
    }


def _cohort(dice: Random, number: int, case: dict[str, object]) -> dict[str, object]:
    origin, destination = case["place"]
    return {
        "cohort_id": f"DEMO-{number}",
        "case_id": case["case_id"],
        "month": case["opened"],
        "origin": origin,
        "destination": destination,
        "route": _weighed(dice, ROUTES),
        "age_group": _weighed(dice, AGES),
        "sex": _weighed(dice, SEXES),
        "persons": _weighed(dice, PERSONS),
    }


def _weighed(dice: Random, weights: dict) -> object:
    return dice.choices(list(weights), list(weights.values()))[0]
