"""The headline figures and their trends as one drawing, for images and slides."""

from typing import Any

from dashboard import look
from dashboard.charts.base import Page, Row, Spec
from queries import spans

CHANGE, TREND = 0.27, 0.56


def totals(page: Page) -> Spec:
    """The headline figures with their trends, one row each, as printed in images and slides."""
    rows = page.rows
    if not rows:
        return page.empty()
    data: list[Spec] = []
    layout: dict[str, Any] = {"annotations": _heads(page)}
    step = 1 / len(rows)
    for n, row in enumerate(rows):
        name = "" if n == 0 else str(n + 1)
        low, high = 1 - (n + 1) * step, 1 - n * step
        axis = {"visible": False, "fixedrange": True}
        trend = row.get("trend") or []
        layout[f"xaxis{name}"] = axis | {"domain": [TREND, 1], "anchor": f"y{name}"}
        layout[f"yaxis{name}"] = axis | {
            "domain": [low + step * 0.18, high - step * 0.18],
            "anchor": f"x{name}",
        }
        layout["annotations"] += _headline(page, row, (low + high) / 2)
        data.append(_spark(page, trend, f"x{name}", f"y{name}"))
    margin = {"l": 8, "r": 12, "t": 40, "b": 8}
    return page.figure(data, 66 * len(rows) + 48, **layout, margin=margin)


def _heads(page: Page) -> list[Spec]:
    """Which months the figures, the changes and the trend lines cover, over their columns."""
    periods = page.answer.periods
    compared = periods.current if any(row["change"] is not None for row in page.rows) else None
    columns = (
        (0, periods.window, "chart.in_all"),
        (CHANGE, compared, "chart.same_months"),
        (TREND, periods.trend, "chart.trend_months"),
    )
    place = {"xref": "paper", "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 4}
    place |= {"showarrow": False, "xanchor": "left", "align": "left"}
    return [
        place
        | {
            "x": x,
            "text": f"{spans.words(*months, page.language)}<br>{page.say(key)}",
            "font": {"size": 12, "color": page.theme.muted},
        }
        for x, months, key in columns
        if months
    ]


def _spark(page: Page, trend: list[float | None], x: str, y: str) -> Spec:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(range(len(trend))),
        "y": trend,
        "line": {"color": page.theme.accent, "width": 1.8},
        "marker": {"color": page.theme.accent, "size": [0] * (len(trend) - 1) + [6]},
        "hoverinfo": "skip",
        "xaxis": x,
        "yaxis": y,
    }


def _headline(page: Page, row: Row, middle: float) -> list[Spec]:
    change = row.get("change")
    said = look.change(change, page.language) if change is not None else ""
    reason = "" if change is not None else page.say(f"reason.{row.get('reason') or 'no_data'}")
    place = {"xref": "paper", "yref": "paper", "y": middle}
    place |= {"showarrow": False, "xanchor": "left", "yanchor": "middle"}
    figure = page.say(f"measure.{row['measure']}")
    small = {"size": 12, "color": page.theme.muted}
    return [
        place | {"x": 0, "yshift": 18, "text": figure, "font": small},
        place | {"x": 0, "yshift": -7, "text": f"<b>{page.mark(row)}</b>", "font": {"size": 23}},
        place
        | {
            "x": CHANGE,
            "yshift": -7,
            "text": said or reason,
            "font": small | {"size": 13 if said else 11},
        },
    ]
