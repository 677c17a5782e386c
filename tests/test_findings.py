"""Sentences say what the rows say, in both languages, and never a withheld figure."""

import re
from dataclasses import replace

import pytest
from invented import all_withheld, invented

from dashboard import charts, findings, look

ANSWERS = invented()
FIGURES = ("value", "quantity", "documents", "persons", "ratio")
BOTH = pytest.mark.parametrize("language", ["zh", "en"])


def said(name: str, rows: list[dict], language: str = "en") -> str:
    return findings.say(ANSWERS[name].only(rows), language)


def zero(row: dict) -> dict:
    return row | {key: 0 for key in FIGURES if key in row} | {"state": ""}


@BOTH
@pytest.mark.parametrize("name", ANSWERS)
class TestEveryQuestion:
    def test_says_one_plain_text_in_its_language(self, name, language):
        text = findings.say(ANSWERS[name], language)
        assert text and "\n" not in text and "{" not in text and "None" not in text
        assert bool(re.search(r"[\u4e00-\u9fff]", text)) is (language == "zh")
        assert text.endswith("。" if language == "zh" else ".")

    def test_says_when_there_is_nothing(self, name, language):
        empty = "当前筛选下没有数据。" if language == "zh" else "No data under these filters."
        assert said(name, [], language) == empty

    def test_says_no_figure_when_everything_is_withheld(self, name, language):
        text = said(name, [all_withheld(row) for row in ANSWERS[name].records()], language)
        assert not re.search(r"\d", re.sub(r"DEMO-G\d+", "", text))

    def test_says_so_when_everything_is_zero(self, name, language):
        if name != "totals":
            text = said(name, [zero(row) for row in ANSWERS[name].records()], language)
            assert text in ("所选范围内没有记录。", "None on record in this selection.")

    def test_can_be_said_of_any_single_row(self, name, language):
        for row in ANSWERS[name].records()[:40]:
            text = said(name, [row], language)
            assert text and not re.search(r"\bNone\b(?! on record)|^–", text)


def test_the_first_three_origins_come_with_shares_and_their_sum():
    rows = [
        origin("CN-FJ", 500, 0.5),
        origin("CN-GD", 300, 0.3),
        origin("CN-ZJ", 150, 0.15),
        origin("CN-LN", 50, 0.05),
    ]
    assert said("origins", rows) == (
        "Fujian (50.0%), Guangdong (30.0%) and Zhejiang (15.0%) come first, 95.0% together."
    )
    assert (
        said("origins", rows, "zh")
        == "福建（50.0%）、广东（30.0%）和浙江（15.0%）居前，合计95.0%。"
    )


def test_a_change_is_said_only_where_there_is_one():
    rows = [origin("CN-FJ", 500, 0.5, 0.25), origin("CN-GD", 500, 0.5, None, "break")]
    assert "Fujian rose 25.0% on the same months a year before." in said("origins", rows)
    assert "Guangdong rose" not in said("origins", rows)


def test_a_tie_at_the_third_place_names_both():
    rows = [origin(code, value, value / 100) for code, value in
            (("CN-FJ", 40), ("CN-GD", 30), ("CN-ZJ", 15), ("CN-LN", 15))]  # fmt: skip
    assert "Zhejiang (15.0%) and Liaoning (15.0%)" in said("origins", rows)


def test_one_row_is_all():
    assert said("origins", [origin("CN-FJ", 1, 1.0)]) == "All from one: Fujian, 1 person."


def test_not_stated_is_no_province_but_is_said_when_it_is_much():
    rows = [origin("unknown", 600, 0.6), origin("CN-FJ", 250, 0.25), origin("CN-GD", 150, 0.15)]
    text = said("origins", rows)
    assert text.startswith("Fujian (25.0%) and Guangdong (15.0%) come first")
    assert text.endswith("Not stated for 60.0%.")


def test_a_lower_bound_says_at_least():
    rows = [origin("CN-FJ", 500, 1.0) | {"lower_bound": True}]
    assert "at least 500 persons" in said("origins", rows)
    assert "至少500人" in said("origins", rows, "zh")


@pytest.mark.parametrize("measure", ["persons", "documents"])
def test_the_months_compared_say_at_least_where_a_lower_bound_is_in_them(measure: str):
    rows = [row | {"change": 0.1, "reason": None, "current_lower_bound": row["measure"] == measure}
            for row in ANSWERS["totals"].records()]  # fmt: skip
    for language, words in (("en", f"at least 100 {measure}"), ("zh", "至少100")):
        now = re.split("In all, |合计", said("totals", rows, language))[0]
        assert now.count("at least" if language == "en" else "至少") == 1
        assert words in now


def test_totals_lead_with_the_months_compared_and_name_the_whole_window_after_them():
    rows = [row | {"change": -0.084, "reason": None} for row in ANSWERS["totals"].records()]
    text = said("totals", rows)
    now, whole = text.split(". In all, ")
    assert re.match(r"\d+ months to \w+ \d{4}: .* persons moved, down 8\.4% on the same", now)
    for row in rows:
        if row["measure"] in ("persons", "cases", "gangs", "documents"):
            assert f"{look.number(row['current'], 'en')} {row['measure']}" in now
    assert f": {look.number(rows[0]['value'], 'en')} persons." in whole


def test_totals_say_a_change_or_the_reason_for_none():
    rows = ANSWERS["totals"].records()
    rows[0] |= {"change": -0.1, "reason": None}
    assert "down 10.0% on the same months a year before" in said("totals", rows)
    rows[0] |= {"change": None, "reason": "break"}
    assert "Change in persons not comparable: break in series." in said("totals", rows)
    rows[0] |= {"change": 0.001, "reason": None}
    assert "level with the same months a year before" in said("totals", rows)


def test_provisional_months_are_no_peak():
    rows = ANSWERS["persons_by_month"].records()
    rows[-1] |= {"value": 999_999}
    assert "1M" not in said("persons_by_month", rows)


def test_months_across_a_break_are_not_compared():
    rows = [
        row for row in ANSWERS["persons_by_month"].records() if row["month"].year in (2017, 2018)
    ][:16]
    rows[2] |= {"value": 5_000}
    assert "a break in series rules out" in said("persons_by_month", rows)


def test_the_leader_of_the_years_is_said_with_the_one_before():
    years = ((2021, "RUS", 90), (2021, "USA", 80), (2022, "USA", 95), (2023, "USA", 99))
    rows = [yearly(*figures) for figures in years]
    text = said("destinations_by_year", rows)
    assert text.startswith("In 2023 the United States comes first (99 persons)")
    assert text.endswith(", leading since 2022, before that Russia.")


def test_a_tied_leader_is_said_as_a_tie():
    rows = [yearly(2023, "USA", 50), yearly(2023, "RUS", 50)]
    assert said("destinations_by_year", rows) == (
        "In 2023 the United States and Russia share the first place (50 persons each)."
    )


def test_the_published_series_are_said_in_full_and_never_added():
    text = findings.say(ANSWERS["arrivals_by_year"], "en")
    assert "38,246 in 2024 (encounters), 24,314 in 2023" in text
    assert "66,287" not in text and text.endswith("never added.")


def test_partial_years_are_not_the_last_year():
    assert "2025" not in findings.say(ANSWERS["arrivals_by_year"], "en")


def test_names_are_plain_text_not_markup():
    rows = [ANSWERS["gangs"].records()[0] | {"gang": "<b>R&D</b>"}]
    assert "<b>R&D</b>" in said("gangs", rows)


@BOTH
def test_the_text_alternative_names_the_kind_of_every_form(language):
    for name, answer in ANSWERS.items():
        for form in charts.forms(name):
            text = findings.alt(answer, language, form)
            assert text.endswith(findings.say(answer, language)) and len(text) > len(
                findings.say(answer, language)
            )


def test_why_is_this_blank_names_rule_threshold_count_and_remedy():
    text = findings.blank(replace(ANSWERS["corridors"], withheld=3), "en")
    assert "3 cells withheld: under 10, or resting on one case" in text and "Widen" in text
    assert "withheld" in findings.blank(replace(ANSWERS["corridors"], withheld=0), "en")
    assert "已公开" in findings.blank(replace(ANSWERS["corridors"], policy="public"), "zh")


def yearly(year: int, code: str, value: int) -> dict:
    figures = {"value": value, "share": None, "state": "", "provisional": False}
    return {"year": year, "destination": code} | figures


def origin(
    code: str, value: int, share: float, change: float | None = None, reason: str | None = "base"
) -> dict:
    figures = {"value": value, "state": "", "share": share, "lower_bound": False}
    compared = {"current": None, "previous": None, "change": change}
    return {"origin": code} | figures | compared | {"reason": None if change else reason}


@BOTH
def test_one_month_of_seizures_and_persons_is_no_peak(language):
    row = ANSWERS["seizures_and_persons"].records()[0] | {"documents": 1_234, "persons": 567}
    text = said("seizures_and_persons", [row], language)
    assert "1,234" in text and "567" in text
    assert not any(word in text for word in ("peak", "最多", "最高"))


def test_gangs_without_released_months_are_not_called_unstated():
    rows = [
        row | {"value": 3, "state": "", "first_month": None, "last_month": None}
        for row in ANSWERS["gang_activity"].records()[:2]
    ]
    rows = [row | {"gang": f"DEMO-G000{n}"} for n, row in enumerate(rows)]
    text = said("gang_activity", rows)
    assert "3 persons" in text and "2 gangs" in text and "Not stated" not in text
    assert "Not stated" not in said("gang_activity", rows[:1]) and "1 gang " in said(
        "gang_activity", rows[:1]
    )


@pytest.mark.parametrize(
    ("state", "zh", "en"),
    [
        (
            "c",
            "的数字受保护，不公布。",
            "the figure of the last complete month, Jul 2025, is withheld.",
        ),
        ("x", "没有来源说明数字。", "no source states the last complete month, Jul 2025."),
    ],
)
def test_a_last_month_without_a_figure_is_told_by_why(state, zh, en):
    rows = ANSWERS["persons_by_month"].records()
    at = next(n for n, row in enumerate(rows) if row["provisional"]) - 1
    rows[at] |= {"value": None, "state": state}
    assert said("persons_by_month", rows).endswith(en)
    assert said("persons_by_month", rows, "zh").endswith(zh)


@BOTH
def test_a_route_that_is_not_stated_is_none_that_comes_first(language):
    rows = [row | {"route": "unknown"} for row in ANSWERS["routes"].records()]
    text = said("routes", rows, language)
    assert text == {"zh": "所有记录均未说明。", "en": "Not stated in any record."}[language]
