"""Sentences claim no more than the rows: no false majority, winner, last month, zero or sum."""

import re
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from dashboard import findings
from tests.test_findings import ANSWERS, BOTH, origin, said


def in_cases(name: str, rows: list[dict], language: str = "en") -> str:
    asked = ANSWERS[name].only(rows)
    return findings.say(replace(asked, unit="cases"), language)


def test_shares_of_cases_overlap_and_are_never_added():
    rows = [origin("CN-FJ", 500, 0.5), origin("CN-GD", 400, 0.4), origin("CN-ZJ", 300, 0.3)]
    assert "120" not in in_cases("origins", rows)
    assert in_cases("origins", rows) == (
        "Fujian (50.0%), Guangdong (40.0%) and Zhejiang (30.0%) come first."
    )


def test_cases_by_age_and_sex_are_said_as_cases_not_as_people():
    rows = [aged("25-29", "female", 20), aged("18-24", "male", 30), aged("unknown", "male", 40)]
    text = "Cases most often involve men aged 18–24 (30 cases)."
    assert in_cases("age_sex", rows) == text
    assert in_cases("age_sex", rows, "zh") == "涉及18–24岁男性的案件最多（30件案件）。"


def test_two_fifths_are_not_called_most():
    rows = [aged(age, "male", 20) for age in ("18-24", "25-29", "30-34", "35-39", "40-49")]
    assert "the largest age groups are 18–24 (20.0%) and 25–29 (20.0%)" in said("age_sex", rows)


def test_a_sex_that_was_asked_for_is_no_finding():
    asked = ANSWERS["age_sex"].only([aged("18-24", "male", 30), aged("25-29", "male", 20)])
    men = SimpleNamespace(**vars(asked.selection) | {"sexes": ("male",)})
    text = "Of men alone, the largest age groups are 18–24 (60.0%) and 25–29 (40.0%)."
    assert findings.say(replace(asked, selection=men), "en") == text
    assert "100%" not in findings.say(replace(asked, selection=men), "zh")


def test_sexes_without_a_stated_age_are_a_whole_sentence():
    rows = [aged("unknown", "male", 30), aged("unknown", "female", 10)]
    assert said("age_sex", rows) == "Of those whose sex is stated 75.0% are men."


def test_one_age_alone_has_not_changed():
    assert said("age_sex", [aged("0-13", "male", 20)]).endswith("all are aged 0–13.")
    rows = [in_year(2020, "0-13", 30, 1.0), in_year(2021, "0-13", 40, 1.0)]
    assert said("ages_by_year", rows) == "In 2021 40 persons, all aged 0–13."
    same = [in_year(year, age, 50, 0.5) for year in (2020, 2021) for age in ("0-13", "18-24")]
    assert "changed" not in said("ages_by_year", same)


@BOTH
@pytest.mark.parametrize(
    "name",
    [
        "persons_by_month", "ages_by_year", "destinations_by_year", "seizures_by_month",
        "seizures_and_persons", "documents_per_100",
    ],
)  # fmt: skip
def test_provisional_figures_alone_are_neither_ranked_nor_called_missing(name, language):
    rows = [row | {"provisional": True} for row in ANSWERS[name].records()]
    only = "目前只有暂定数字。" if language == "zh" else "Only provisional figures so far."
    assert said(name, rows, language) == only


def test_a_provisional_month_is_not_the_largest_of_seizures():
    rows = ANSWERS["seizures_by_month"].records()
    rows[-1] |= {"quantity": 99_000_000, "state": "", "provisional": True}
    assert "99M" not in said("seizures_by_month", rows)


def test_months_that_are_nought_or_withheld_are_not_called_nought():
    """`None on record` beside a withheld month would say that nobody was moved in it."""
    months = ANSWERS["persons_by_month"].records()[30:33]
    rows = [row | {"value": 0, "state": ""} for row in months[:2]]
    rows.append(months[2] | {"value": None, "state": "c"})
    assert said("persons_by_month", rows) == (
        "None on record in this selection, but for figures withheld to protect persons."
    )
    assert said("persons_by_month", rows[:2]) == "None on record in this selection."


def test_a_single_month_is_no_peak():
    row = ANSWERS["persons_by_month"].records()[30] | {"value": 12, "state": ""}
    assert said("persons_by_month", [row]) == "Jul 2012 has 12 persons."


def test_months_that_end_where_the_reader_chose_do_not_claim_to_be_the_last():
    asked = ANSWERS["persons_by_month"]
    rows = asked.records()[:40]
    periods = SimpleNamespace(window=(rows[0]["month"], rows[-1]["month"]))
    text = findings.say(replace(asked.only(rows), periods=periods), "en")
    assert re.search("last month chosen, Apr 2013,", text, re.IGNORECASE) and "complete" not in text


def test_withheld_persons_do_not_hide_the_cases_beside_them():
    rows = ANSWERS["totals"].records()
    rows[0] |= {"value": None, "state": "c"}
    assert said("totals", rows).startswith(
        "Persons moved are withheld; 8,120 cases and 1,204 gangs"
    )
    rows[0] |= {"state": "x"}
    assert said("totals", rows).startswith("The sources do not say how many were moved; 8,120")
    assert said("totals", rows, "zh") == "来源没有给出人数；涉8,120件案件和1,204个团伙。"


def test_a_change_over_one_month_names_the_month_and_says_its_figures_once():
    asked = ANSWERS["totals"]
    rows = asked.records()
    rows[0] |= {"change": -0.1, "reason": None}
    month = (date(2025, 5, 1), date(2025, 5, 1))
    periods = SimpleNamespace(current=month, window=month)
    text = findings.say(replace(asked.only(rows), periods=periods), "en")
    assert text.startswith("May 2025: 100 persons moved, down 10.0%")
    assert "months to" not in text and "In all" not in text
    text = findings.say(replace(asked.only(rows), periods=periods), "zh")
    assert text.startswith("2025年5月：被偷运100人，比上年同期下降10.0%")


def test_places_not_stated_are_no_corridor_and_no_destination():
    row = {"origin": "CN-GD", "destination": "unknown", "value": 50, "share": 1.0}
    row |= {"state": "", "lower_bound": False}
    assert said("corridors", [row]) == "No corridor with both ends stated can be shown."
    only = {"destination": "unknown", "region": "unknown", "value": 50, "share": 1.0}
    only |= {"state": "", "lower_bound": True, "change": None, "reason": "base"}
    assert said("destinations", [only]) == "Not stated for any of at least 50 persons."
    italy = only | {"destination": "ITA", "lower_bound": False}
    assert said("destinations", [italy]) == "All to one: Italy, 50 persons."
    flow = {"gang": "A", "destination": "unknown", "value": 50, "state": ""}
    assert said("gang_destinations", [flow]) == "Not stated in any record."


def test_a_tie_has_no_winner():
    first = ANSWERS["gangs"].records()[0]
    rows = [first | {"gang": gang, "value": 40, "state": ""} for gang in "ABC"]
    assert said("gangs", rows) == "3 gangs share the first place (40 persons each)."
    pairs = (("A", "ITA", 9), ("B", "ITA", 8), ("C", "USA", 7), ("D", "USA", 6))
    flows = [{"gang": g, "destination": d, "value": 10 * n, "state": ""} for g, d, n in pairs]
    assert said("gang_destinations", flows) == "The largest figure is A to Italy (90 persons)."
    one = flows[:3]
    assert said("gang_destinations", one).endswith(
        "; Italy comes first for more of the gangs than any other (2 gangs)."
    )


def test_one_gang_is_not_counted_among_itself():
    row = next(row for row in ANSWERS["gang_activity"].records() if row["first_month"])
    row |= {"first_month": date(2014, 7, 1), "last_month": date(2014, 7, 1)}
    assert said("gang_activity", [row]) == f"{row['gang']} is on record in Jul 2014."
    later = row | {"gang": "B", "year": 2014}
    text = said("gang_activity", [row | {"year": 2014}, later])
    assert text == "All 2 gangs listed are on record in 2014; each is seen in one month only."


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0, "All cases name a gang (1 case)."),
        (1, "No case names a gang (1 case)."),
        (0.25, "25.0% of 1 case name no gang."),
    ],
)
def test_coverage_never_says_nought_per_cent(share: float, expected: str):
    named = {"cases": 1, "cases_without_gang_share": share, "withheld_cells_share": 0}
    rows = [
        {"indicator": name, "value": value, "unit": "", "state": ""}
        for name, value in (named | {"withheld_persons_share": 0}).items()
    ]
    assert said("coverage", rows) == expected


def aged(age: str, sex: str, value: int) -> dict:
    figures = {"value": value, "share": None, "state": "", "lower_bound": False}
    return {"age_group": age, "sex": sex} | figures


def in_year(year: int, age: str, value: int, share: float) -> dict:
    figures = {"value": value, "share": share, "state": "", "provisional": False}
    return {"year": year, "age_group": age} | figures
