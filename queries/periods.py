"""Comparable or silent: which months a change compares, or the reason why it must not.

Every tile and chart takes its change from here, from released figures alone.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from data.contracts import Language
from queries import spans
from queries.facts import bound
from queries.selection import Selection
from queries.spans import Unit

Reason = Literal["partial", "break", "base", "protected", "no_data"]
Span = tuple[date, date]
MOST_MONTHS = 12
TREND_MONTHS = 24
SMALLEST_BASE = 20
LOWER_BOUND = "lower_bound"


class Dated(Protocol):
    """What a manifest says about time."""

    @property
    def first_month(self) -> date | None:
        """First month on record; None for an empty data set."""
        ...

    @property
    def last_month(self) -> date | None:
        """Last month on record."""
        ...

    @property
    def provisional_from(self) -> date | None:
        """First provisional month, if any."""
        ...

    @property
    def breaks(self) -> tuple[date, ...]:
        """First months of a new series."""
        ...


@dataclass(frozen=True)
class Periods:
    """The months in view, the months compared and, where no change may be shown, the reason.

    window: months of the selection that the data cover. current: its last 12 (or fewer)
    complete months; previous: the same months a year earlier; trend: its last 24 complete months.
    """

    window: Span | None
    current: Span | None
    previous: Span | None
    trend: Span | None
    reason: Reason | None

    def words(self, language: Language) -> str:
        """What is compared with what, in words; empty when there is nothing to compare."""
        if not (self.current and self.previous):
            return ""
        now, before = (spans.words(*span, language) for span in (self.current, self.previous))
        return {"zh": f"{now}，对比{before}", "en": f"{now} against {before}"}[language]


def periods(selection: Selection, dated: Dated, finest: Unit = "month") -> Periods:
    """The periods of a selection on a data set: like-for-like months, or a reason.

    Where nothing finer than quarters or years may be asked, whole ones alone are compared, and
    there is no trend.
    """
    window = _window(selection, dated)
    complete = window and _until(window, dated.provisional_from)
    complete = complete and spans.within(*complete, finest)
    if window is None or complete is None:
        return Periods(window, None, None, None, "partial" if window else "no_data")
    current = _last(complete, MOST_MONTHS)
    trend = _last(complete, TREND_MONTHS) if finest == "month" else None
    previous = (spans.shift(current[0], -12), spans.shift(current[1], -12))
    if dated.first_month is None or previous[0] < dated.first_month:
        return Periods(window, current, None, trend, "no_data")
    broken = any(previous[0] < month <= current[1] for month in dated.breaks)
    return Periods(window, current, previous, trend, "break" if broken else None)


def _window(selection: Selection, dated: Dated) -> Span | None:
    if dated.first_month is None or dated.last_month is None:
        return None
    since = max(selection.since or dated.first_month, dated.first_month)
    until = min(selection.until or dated.last_month, dated.last_month)
    return (since, until) if since <= until else None


def _until(window: Span, provisional_from: date | None) -> Span | None:
    if provisional_from is None:
        return window
    until = min(window[1], spans.shift(provisional_from, -1))
    return (window[0], until) if window[0] <= until else None


def _last(span: Span, most: int) -> Span:
    return max(span[0], spans.shift(span[1], 1 - most)), span[1]


def compared(released: str, by: tuple[str, ...], figures: tuple[str, ...]) -> str:
    """A select of current, previous, change (a fraction) and reason over released cells.

    released: a select of cells by the `by` dimensions and `period`, holding figures and states. A
    period without a cell counts as 0; exactly one of change and reason is NULL. Columns of every
    figure after the first are named FIGURE_current and so on, but of the mark lower_bound there is
    current_lower_bound alone.
    """
    dimensions = [name for name in by if name != "period"]
    grouped = f"\ngroup by {', '.join(dimensions)}" if dimensions else ""
    paired, judged, shown = list(dimensions), ["*"], list(dimensions)
    if LOWER_BOUND in figures:
        paired.append(f"{_is_marked(LOWER_BOUND)} as current_{LOWER_BOUND}")
        shown.append(f"current_{LOWER_BOUND}")
    for place, figure in enumerate(name for name in figures if name != LOWER_BOUND):
        prefix = f"{figure}_" if place else ""
        state = f"{prefix}state"
        paired += [_at(span, figure, state, prefix) for span in ("current", "previous")]
        paired.append(f"{_is_withheld(state)} as {prefix}withheld")
        judged.append(f"{_reason(prefix)} as {prefix}reason")
        shown += [f"{prefix}current", f"{prefix}previous", _change(prefix), f"{prefix}reason"]
    pairs = f"select {', '.join(paired)}\nfrom (\n{released}\n) as released{grouped}"
    reasons = f"select {', '.join(judged)}\nfrom (\n{pairs}\n) as paired"
    return f"select {', '.join(shown)}\nfrom (\n{reasons}\n) as judged"


def _at(span: str, figure: str, state: str, prefix: str) -> str:
    """The figure of one span: NULL without such a span or when not released, 0 without a cell."""
    here = f"case when period = '{span}' then"
    missing = f"when max({here} {state} end) is null then 0"
    return (
        f"case when {bound(f'{span}_since')} is null then null {missing}"
        f" else max({here} {figure} end) end as {prefix}{span}"
    )


def _is_marked(mark: str) -> str:
    now = f"case when period = 'current' and {mark} then 1 else 0 end"
    return f"coalesce(max({now}), 0) = 1"


def _is_withheld(state: str) -> str:
    return f"coalesce(max(case when {state} = 'c' then 1 else 0 end), 0) = 1"


def _change(prefix: str) -> str:
    now, before = f"{prefix}current", f"{prefix}previous"
    fraction = f"({now} - {before})::double / {before}"
    return f"case when {prefix}reason is null then {fraction} end as {prefix}change"


def _reason(prefix: str) -> str:
    given, now, before = bound("reason"), f"{prefix}current", f"{prefix}previous"
    return (
        f"case when {given} is not null then {given} when {prefix}withheld then 'protected'"
        f" when {now} is null or {before} is null then 'no_data'"
        f" when {before} < {SMALLEST_BASE} then 'base' end"
    )
