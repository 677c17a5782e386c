"""Comparable or silent: which months a change compares, and the reason when it must not."""

from dataclasses import dataclass
from datetime import date

import pytest

from queries import spans
from queries.periods import periods
from queries.selection import Selection
from queries.store import Store


@dataclass(frozen=True)
class Dated:
    first_month: date | None = date(2020, 1, 1)
    last_month: date | None = date(2025, 10, 1)
    provisional_from: date | None = date(2025, 9, 1)
    breaks: tuple[date, ...] = ()


def asked(address: str, **said: object):
    return periods(Selection.parse(address), Dated(**said))


def test_the_last_twelve_complete_months_meet_the_twelve_before():
    found = asked("")
    assert found.current == (date(2024, 9, 1), date(2025, 8, 1))
    assert found.previous == (date(2023, 9, 1), date(2024, 8, 1))
    assert found.reason is None


def test_a_short_window_meets_the_same_months_a_year_earlier():
    found = asked("since=2025-01&until=2025-03")
    assert found.current == (date(2025, 1, 1), date(2025, 3, 1))
    assert found.previous == (date(2024, 1, 1), date(2024, 3, 1))


def test_a_window_over_new_year_keeps_its_months():
    found = asked("since=2023-11&until=2024-02")
    assert found.previous == (date(2022, 11, 1), date(2023, 2, 1))


def test_provisional_months_stay_out_of_a_change():
    assert asked("since=2025-05").current == (date(2025, 5, 1), date(2025, 8, 1))


def test_a_window_of_provisional_months_alone_says_partial():
    found = asked("since=2025-09")
    assert (found.current, found.previous, found.reason) == (None, None, "partial")
    assert found.window == (date(2025, 9, 1), date(2025, 10, 1))


def test_nothing_before_the_first_month_is_compared():
    found = asked("until=2020-12")
    assert found.current == (date(2020, 1, 1), date(2020, 12, 1))
    assert (found.previous, found.reason) == (None, "no_data")


def test_a_window_outside_the_data_has_no_data():
    assert asked("since=2031-01").reason == "no_data"
    assert asked("since=2031-01").window is None
    assert asked("", first_month=None, last_month=None).reason == "no_data"


@pytest.mark.parametrize(
    ("month", "reason"),
    [
        (date(2023, 8, 1), None),
        (date(2023, 9, 1), None),
        (date(2023, 10, 1), "break"),
        (date(2025, 8, 1), "break"),
        (date(2025, 9, 1), None),
    ],
)
def test_a_break_between_the_months_compared_silences_the_change(month: date, reason: str | None):
    assert asked("", breaks=(month,)).reason == reason


def test_a_trend_is_at_most_two_years_of_complete_months():
    assert asked("").trend == (date(2023, 9, 1), date(2025, 8, 1))
    assert asked("since=2025-07").trend == (date(2025, 7, 1), date(2025, 8, 1))


def test_periods_say_themselves_in_both_languages():
    assert asked("since=2025-01&until=2025-03").words("en") == (
        "Jan 2025 to Mar 2025 against Jan 2024 to Mar 2024"
    )
    assert "对比2024年1月至2024年3月" in asked("since=2025-01&until=2025-03").words("zh")
    assert asked("since=2031-01").words("en") == ""


def test_months_shift_over_years_both_ways():
    assert spans.shift(date(2024, 1, 1), -1) == date(2023, 12, 1)
    assert spans.shift(date(2024, 12, 1), 1) == date(2025, 1, 1)
    assert spans.shift(date(2024, 5, 1), -24) == date(2022, 5, 1)
    assert spans.months(date(2023, 11, 1), date(2024, 2, 1)) == 4


def tile(store: Store, measure: str, address: str = "") -> dict:
    rows = store.answer("totals", Selection.parse(address)).records()
    return next(row for row in rows if row["measure"] == measure)


def test_a_change_is_that_of_the_figures_shown(tiny_public_store: Store):
    persons = tile(tiny_public_store, "persons")
    assert (persons["current"], persons["previous"]) == (284, 129)
    assert persons["change"] == pytest.approx(284 / 129 - 1)
    assert persons["reason"] is None


def test_a_small_base_gives_a_reason_instead_of_a_change(tiny_public_store: Store):
    cases = tile(tiny_public_store, "cases")
    assert (cases["current"], cases["previous"]) == (5, 3)
    assert (cases["change"], cases["reason"]) == (None, "base")


def test_a_withheld_side_gives_a_reason_instead_of_a_change(tiny_store: Store):
    rows = {row["origin"]: row for row in tiny_store.answer("origins").records()}
    assert rows["CN-GD"]["previous"] is None
    assert rows["CN-GD"]["reason"] == "protected"


def test_exactly_one_of_change_and_reason_is_given(tiny_store: Store):
    for name in ("totals", "origins", "destinations"):
        for address in ("", "since=2025-02", "until=2023-06", "since=2024-11&until=2025-01"):
            for row in tiny_store.answer(name, Selection.parse(address)).records():
                assert (row["change"] is None) != (row["reason"] is None), (name, address, row)
