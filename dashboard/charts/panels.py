"""Small multiples: one little panel a series, on a common scale or each on its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil, floor, log10
from typing import Any

from dashboard import look
from dashboard.charts import breaks, time
from dashboard.charts.bars import hatch
from dashboard.charts.base import Page, Spec, breadth
from dashboard.charts.grid import foot

TALL = 118
HEAD = 42


@dataclass(frozen=True)
class Point:
    """One bar or dot of a panel; value None is withheld, `unfinished` is provisional or partial."""

    x: int | str
    value: float | None
    unfinished: bool
    hover: str
    state: str | None = "c"
    lower_bound: bool = False


@dataclass(frozen=True)
class Panel:
    """One series: heading (escaped), points, colour and the heading's smaller second line."""

    heading: str
    points: Sequence[Point]
    colour: str
    second: str = ""
    code: str = ""
    missing: list[str] = field(default_factory=list)


def drawn(
    page: Page,
    panels: Sequence[Panel],
    notes: Sequence[str],
    common: bool = False,
    log: bool = False,
    dated: bool = False,
    columns: int = 0,
    broken: bool = False,
    meta: dict[str, Any] | None = None,
) -> Spec:
    """Panels of bars over years, or dots over months on a log scale; a common or an own scale each.

    columns: panels in a row, chosen by the width when 0. dated: x values are ISO dates. broken:
    mark the years in which the series of persons and cases breaks.
    """
    if not panels:
        return page.empty()
    across = columns or _across(page, panels)
    down = ceil(len(panels) / across)
    head = HEAD + 14 * max(panel.second.count("<br>") for panel in panels)
    head -= 0 if any(panel.second for panel in panels) else 12
    held = any(_held(point) for panel in panels for point in panel.points)
    notes = [*notes, *([page.say("chart.withheld_ticks")] if held else [])]
    years = _years(panels) if broken else set()
    notes = [*notes, breaks.note(page, years)]
    note, below = foot(page, notes, shift=-24)
    height = down * (TALL + head) + below
    most = max((point.value or 0 for panel in panels for point in panel.points), default=1) or 1
    data: list[Spec] = []
    layout: dict[str, Any] = {"annotations": [note], "shapes": []}
    span = _span(panels)
    for n, panel in enumerate(panels):
        top = most if common else max((p.value or 0 for p in panel.points), default=1) or 1
        least = min((p.value for p in panel.points if p.value), default=1)
        left, right, low, high = _frame(page, n, across, down, head)
        name = "" if n == 0 else str(n + 1)
        last = n + across >= len(panels)
        layout[f"xaxis{name}"] = _x(page, left, right, f"y{name}", span, last, dated)
        layout[f"yaxis{name}"] = _y(page, low, high, f"x{name}", top, least, log)
        layout["annotations"].append(_heading(page, panel, left, high))
        if not (common or log):
            layout["annotations"] += _peak(page, panel, f"x{name}", f"y{name}", span)
        layout["shapes"] += breaks.year_lines(page, years, f"x{name}", f"y{name}")
        data += _traces(page, panel, f"x{name}", f"y{name}", least, log)
    margin = {"l": 6, "r": 8, "t": 0, "b": below}
    return page.figure(data, height, meta, **layout, margin=margin, bargap=0.2)


def _years(panels: Sequence[Panel]) -> set[int]:
    return {int(point.x) for panel in panels for point in panel.points}


def _held(point: Point) -> bool:
    return point.value is None and point.state == "c"


def _span(panels: Sequence[Panel]) -> tuple[Any, Any]:
    places = [point.x for panel in panels for point in panel.points]
    return min(places), max(places)


def _across(page: Page, panels: Sequence[Panel]) -> int:
    """Panels in a row: as many as the width allows, with the fewest empty places at the end."""
    choices = (2, 1) if page.narrow else (4, 5, 3) if page.wide else (3, 2)
    count = len(panels)
    least = 34 + max(breadth(panel.second, 11) for panel in panels)
    fitting = [one for one in choices if one <= count and page.width / one >= least]
    fitting = fitting or [min(choices[-1], count)]
    return fitting[0] if page.narrow else min(fitting, key=lambda choice: -count % choice)


def _frame(
    page: Page, n: int, across: int, down: int, above: int
) -> tuple[float, float, float, float]:
    ticks = 42 / max(page.width, 300)
    width = 1 / across
    row, column = divmod(n, across)
    part = 1 / down
    high = 1 - row * part - above / (TALL + above) * part
    low = 1 - (row + 1) * part + (0.16 * part if row < down - 1 else 0)
    return column * width + ticks, (column + 1) * width - 0.012, max(low, 0), high


def _x(
    page: Page,
    left: float,
    right: float,
    anchor: str,
    span: tuple[Any, Any],
    last: bool,
    dated: bool,
) -> Spec:
    axis = {
        "domain": [left, right],
        "anchor": anchor,
        "showticklabels": last,
        "showline": True,
        "automargin": False,
        "tickfont": {"size": 11},
    }
    if dated:
        return axis | {"type": "date", "range": _roomy(*span), "tickformat": "%Y", "nticks": 4}
    low, high = time.year_range(span)
    first, final = ceil(low), floor(high)
    years = final - first
    step = max(1, ceil((years + 1) / (3 if page.narrow else 5)))
    return axis | {
        "range": [low, high],
        "tickvals": list(range(final, first - 1, -step)),
        "tickformat": "d",
    }


def _roomy(first: str, final: str) -> list[str]:
    """The range of dates with room at both ends, so that no dot is cut in half."""
    days = [date.fromisoformat(day) for day in (first, final)]
    room = max((days[1] - days[0]) / 40, timedelta(days=20))
    return [(days[0] - room).isoformat(), (days[1] + room).isoformat()]


def _y(
    page: Page, low: float, high: float, anchor: str, top: float, bottom: float, log: bool
) -> Spec:
    axis: Spec = {
        "domain": [low, high],
        "anchor": anchor,
        "tickfont": {"size": 11},
        "automargin": False,
    }
    if log:
        low_power, high_power = floor(log10(bottom)), max(log10(top), log10(bottom) + 1)
        powers = range(low_power, floor(high_power) + 1)
        values = [10.0**power for power in powers[:: ceil(len(powers) / 3)]]
        axis |= {"type": "log", "range": [low_power - 0.25, high_power + 0.15]}
    else:
        values = look.ticks(top, 2)
        axis |= {"range": [0, top * 1.2]}
    return axis | {"tickvals": values, "ticktext": [page.number(value) for value in values]}


def _heading(page: Page, panel: Panel, left: float, high: float) -> Spec:
    text = f"<b>{panel.heading}</b>"
    if panel.second:
        text += f"<br><span style='font-size:11px;color:{page.theme.muted}'>{panel.second}</span>"
    return {
        "text": text,
        "x": left,
        "y": high,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 3,
        "showarrow": False,
        "align": "left",
        "font": {"size": 12},
    }


def _peak(page: Page, panel: Panel, x: str, y: str, span: tuple[Any, Any]) -> list[Spec]:
    figures = [point for point in panel.points if point.value]
    if not figures:
        return []
    top = max(figures, key=lambda point: point.value or 0)
    side = "left" if top.x == span[0] else "right" if top.x == span[1] else "center"
    return [
        {
            "text": ("≥" if top.lower_bound else "") + page.number(top.value),
            "x": top.x,
            "y": top.value,
            "xref": x,
            "yref": y,
            "xanchor": side,
            "yanchor": "bottom",
            "showarrow": False,
            "font": {"size": 11},
            "bgcolor": look.faded(page.theme.paper, 0.75),
            "borderpad": 0,
        }
    ]


def _traces(page: Page, panel: Panel, x: str, y: str, least: float, log: bool) -> list[Spec]:
    done = [p for p in panel.points if p.value is not None and not p.unfinished]
    open_ = [p for p in panel.points if p.value is not None and p.unfinished]
    withheld = [point for point in panel.points if _held(point)]
    if log:
        solid = {"color": panel.colour, "size": 4.5, "opacity": 0.8}
        hollow = {
            "color": page.theme.paper,
            "size": 5,
            "line": {"color": panel.colour, "width": 1.2},
        }
        groups = [_dots(done, solid), _dots(open_, hollow)]
    else:
        groups = [
            _columns(done, {"color": panel.colour}),
            _columns(open_, hatch(page, look.PROVISIONAL_PATTERN, panel.colour)),
        ]
    floor_ = 10.0 ** (floor(log10(least)) - 0.12) if log else 0
    marks = _withheld(page, withheld, floor_)
    axes = {"xaxis": x, "yaxis": y}
    drawn = [trace | axes for trace in [*groups, marks] if trace["x"]]
    return [
        trace | ({"customdata": [panel.code] * len(trace["x"])} if panel.code else {})
        for trace in drawn
    ]


def _columns(points: Sequence[Point], marker: Spec) -> Spec:
    return _shared(points) | {
        "type": "bar",
        "y": [point.value for point in points],
        "width": 0.8,
        "marker": marker,
    }


def _dots(points: Sequence[Point], marker: Spec) -> Spec:
    drawn = [point for point in points if point.value]
    return _shared(drawn) | {
        "type": "scatter",
        "mode": "markers",
        "y": [point.value for point in drawn],
        "marker": marker,
    }


def _withheld(page: Page, points: Sequence[Point], floor_: float) -> Spec:
    return _shared(points) | {
        "type": "scatter",
        "mode": "markers",
        "y": [floor_] * len(points),
        "marker": {
            "symbol": "line-ne-open",
            "size": 6,
            "color": page.theme.line,
            "line": {"width": 1.4, "color": page.theme.line},
        },
        "cliponaxis": False,
        "meta": "withheld",
    }


def _shared(points: Sequence[Point]) -> Spec:
    return {
        "x": [point.x for point in points],
        "hovertext": [point.hover for point in points],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
