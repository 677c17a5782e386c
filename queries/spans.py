"""Months: counting, shifting and saying them. It must not know selections or snapshots."""

from datetime import date
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_skeleton

from data.contracts import Language

Unit = Literal["month", "quarter", "year"]
LENGTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12}
LOCALES = {"zh": Locale.parse("zh_CN"), "en": Locale.parse("en_GB")}


def shift(month: date, months: int) -> date:
    """The first day of the month so many months later (or earlier, if negative)."""
    year, index = divmod(month.year * 12 + month.month - 1 + months, 12)
    return date(year, index + 1, 1)


def months(since: date, until: date) -> int:
    """How many months a span of first days has, both ends counted; 0 when it is empty."""
    return max(0, (until.year - since.year) * 12 + until.month - since.month + 1)


def whole(month: date, unit: Unit, last: bool = False) -> date:
    """The first (or last) month of the year, quarter or month that a month lies in."""
    first = shift(month, -((month.month - 1) % LENGTHS[unit]))
    return shift(first, LENGTHS[unit] - 1) if last else first


def within(since: date, until: date, unit: Unit) -> tuple[date, date] | None:
    """The whole years, quarters or months of a span; None where it holds none."""
    start, end = whole(since, unit), whole(until, unit, last=True)
    start = start if start == since else shift(start, LENGTHS[unit])
    end = end if end == until else shift(end, -LENGTHS[unit])
    return (start, end) if start <= end else None


def numbered(month: float) -> date:
    """The first day of a month that figures carry as a number, 201401."""
    year, index = divmod(int(month), 100)
    return date(year, index, 1)


@lru_cache(4096)
def month(value: date, language: Language) -> str:
    """A month in words: "Jan 2014", "2014年1月"."""
    return str(format_skeleton("yMMM", value, locale=LOCALES[language]))


def words(since: date | None, until: date | None, language: Language) -> str:
    """A span of months in words; either end may be open."""
    start, end = (month(value, language) if value else "" for value in (since, until))
    if start == end:
        return start
    if start and end:
        return {"zh": f"{start}至{end}", "en": f"{start} to {end}"}[language]
    if start:
        return {"zh": f"{start}起", "en": f"since {start}"}[language]
    return {"zh": f"截至{end}", "en": f"until {end}"}[language]
