"""Where the series of persons and cases breaks, on axes of months and of years.

An axis of years cannot place a month: there the year it lies in is marked at its beginning.
"""

from collections.abc import Iterable
from datetime import date

from dashboard import look
from dashboard.charts.base import Page, Row, Spec, iso


def month_lines(page: Page, high: float = 1) -> list[Spec]:
    """A dashed upright line at each month of the answer that breaks the series, up to `high`."""
    return [_line(page, iso(row["month"]), "x", "paper", high) for row in _rows(page)]


def month_words(page: Page, high: float = 1) -> list[Spec]:
    """The words beside each of these lines, above its end."""
    return [
        {
            "text": _said(page, row["month"]),
            "x": iso(row["month"]),
            "y": high,
            "xref": "x",
            "yref": "paper",
            "xanchor": "left" if page.rows.index(row) < len(page.rows) * 0.6 else "right",
            "yanchor": "bottom",
            "yshift": 2,
            "showarrow": False,
            "font": {"size": 11, "color": page.theme.muted},
        }
        for row in _rows(page)
    ]


def in_years(page: Page, years: Iterable[int]) -> list[date]:
    """The months that break the series of the data set within these years, and after its first
    month that was asked for."""
    shown, window = sorted(years), page.answer.periods.window
    if not (shown and window):
        return []
    found = (month for month in page.answer.manifest.breaks if month > window[0])
    return [month for month in found if shown[0] <= month.year <= shown[-1]]


def year_lines(page: Page, years: Iterable[int], x: str = "x", y: str = "y") -> list[Spec]:
    """A dashed upright line before each year in which the series breaks, on the axes named."""
    marked = dict.fromkeys(month.year for month in in_years(page, years))
    return [_line(page, year - 0.5, x, f"{y} domain") for year in marked]


def date_lines(page: Page, years: Iterable[int]) -> list[Spec]:
    """A dashed upright line at each month of a break, on an axis of dates that shows years."""
    return [_line(page, iso(month), "x", "paper") for month in in_years(page, years)]


def note(page: Page, years: Iterable[int]) -> str:
    """What the dashed lines mean, for the note under a drawing; empty where there are none."""
    said = [_said(page, month) for month in in_years(page, years)]
    return page.say("chart.dashed", text=page.say("finding.semicolon").join(said)) if said else ""


def _said(page: Page, month: date) -> str:
    return page.say("chart.break_at", month=look.month(month, page.language))


def _rows(page: Page) -> list[Row]:
    return [row for row in page.rows if row.get("series_break")]


def _line(page: Page, at: str | float, x: str, y: str, high: float = 1) -> Spec:
    return {
        "type": "line",
        "xref": x,
        "yref": y,
        "x0": at,
        "x1": at,
        "y0": 0,
        "y1": high,
        "line": {"color": page.theme.muted, "width": 1.2, "dash": "dash"},
    }
