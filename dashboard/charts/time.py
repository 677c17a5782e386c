"""Persons by month, and what every drawing over months shares."""

from collections.abc import Collection
from datetime import date
from math import ceil

from dashboard import look
from dashboard.charts import breaks
from dashboard.charts.base import FITS, Page, Row, Spec, breadth, iso, released

LOW = 0.08
MANY = 40
TICKS = 34
FEWEST_YEARS = 7
YEARS = "%Y"
ABOVE_LABEL = 38
MARK = 24


def persons_by_month(page: Page) -> Spec:
    """A line over months; provisional ones dashed, withheld ones marked, breaks labelled."""
    if not page.rows:
        return page.empty()
    final = [row for row in page.rows if not row.get("provisional")]
    open_ = [row for row in page.rows if row.get("provisional")]
    traces = month_lines(page, final, page.theme.accent)
    traces += month_lines(page, final[-1:] + open_, page.theme.accent, True) if open_ else []
    gone = [row for row in page.rows if row.get("state")]
    traces += [month_gaps(page, gone)] if gone else []
    most = max((row["value"] or 0 for row in page.rows), default=1) or 1
    values = look.ticks(most)
    ticks = [page.number(value) for value in values]
    months = month_axis(page.rows, page.narrow)
    level = months["tickformat"] == YEARS
    beside = ceil(max(map(breadth, ticks))) + 12
    return page.figure(
        traces,
        300 if not page.narrow else 240,
        xaxis=months | (FITS if level else {}),
        yaxis=FITS | {"range": [0, most * 1.16], "tickvals": values, "ticktext": ticks},
        shapes=breaks.month_lines(page),
        annotations=[_headed(page), *breaks.month_words(page), *_marked(page, final, open_)],
        margin={"l": beside, "r": 16, "t": 38, "b": TICKS if level else 8},
    )


def month_lines(
    page: Page,
    rows: list[Row],
    colour: str,
    dashed: bool = False,
    column: str = "value",
    state: str = "state",
) -> list[Spec]:
    """A line of monthly figures with gaps where they are withheld and where the series breaks.

    Each month of a short series has a dot; of a long one only those that no line reaches.
    """
    line = _line(page, rows, colour, dashed, column, state)
    if dashed or len(line["x"]) < MANY:
        return [line]
    apart = _apart(line["y"])
    bare = {name: line[name] for name in line if name != "marker"} | {"mode": "lines"}
    if not apart:
        return [bare]
    dots = {
        "type": "scatter",
        "mode": "markers",
        **{axis: [line[axis][n] for n in apart] for axis in "xy"},
        "marker": {"size": 4, "color": colour},
        "cliponaxis": False,
        "hoverinfo": "skip",
        "meta": "apart",
    }
    return [bare, dots]


def _apart(figures: list[float | None]) -> list[int]:
    """Where a figure stands between two gaps."""
    ends = [None, *figures, None]
    return [n for n, at in enumerate(figures) if at is not None and ends[n] is ends[n + 2] is None]


def _line(page: Page, rows: list[Row], colour: str, dashed: bool, column: str, state: str) -> Spec:
    xs: list[str] = []
    ys: list[float | None] = []
    hovers: list[str] = []
    for row in rows:
        if row.get("series_break") and xs:
            xs, ys, hovers = [*xs, iso(row["month"])], [*ys, None], [*hovers, ""]
        xs.append(iso(row["month"]))
        ys.append(None if row.get(state) else row[column])
        hovers.append(_hover(page, row, column, state))
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": xs,
        "y": ys,
        "line": {"color": colour, "width": 2, "dash": "dot" if dashed else "solid"},
        "marker": {
            "size": [6 if dashed and n else 5 for n in range(len(ys))],
            "color": page.theme.paper if dashed else colour,
            "line": {"color": colour, "width": 1.3 if dashed else 0},
        },
        "cliponaxis": False,
        "hovertext": hovers,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def month_gaps(page: Page, rows: list[Row], state: str = "state") -> Spec:
    """Hatch marks on the base line for months withheld or not available, without a figure."""
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [iso(row["month"]) for row in rows],
        "y": [0] * len(rows),
        "text": _once(page, rows, state),
        "textposition": "top center",
        "textfont": {"size": 11, "color": page.theme.muted},
        "marker": {
            "symbol": "line-ne-open",
            "size": 8,
            "color": page.theme.muted,
            "line": {"width": 1.5, "color": page.theme.muted},
        },
        "cliponaxis": False,
        "hovertext": [
            page.hover(look.month(row["month"], page.language), page.say(f"state.{row[state]}"))
            for row in rows
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "meta": "withheld",
    }


def _once(page: Page, rows: list[Row], state: str) -> list[str]:
    """The mark of a gap where it begins: after half a year without one, or with another mark, if
    there is room for it."""
    room = -(-len(page.rows) * MARK // page.width)
    marks: list[str] = []
    last = rows[0]
    for n, row in enumerate(rows):
        before = rows[n - 1] if n else row
        far = _shifted(before["month"], 6) < row["month"] or before[state] != row[state]
        new = not n or (far and _shifted(last["month"], room) <= row["month"])
        last = row if new else last
        marks.append(look.MARKS[row[state]] if new else "")
    return marks


def month_axis(rows: list[Row], narrow: bool = False) -> Spec:
    """A time axis whose ticks are digits only: years, or year and month over short windows."""
    months = [row["month"] for row in rows]
    count = (max(months).year - min(months).year) * 12 + max(months).month - min(months).month + 1
    short = count <= 26
    least = 1 if short else 12
    step = -(-count // least // (5 if narrow else 12)) or 1
    return {
        "type": "date",
        "tickformat": "%Y-%m" if short else YEARS,
        "tick0": iso(min(months) if short else date(min(months).year, 1, 1)),
        "dtick": f"M{step * least}",
        "range": [iso(_shifted(min(months), -1)), iso(_shifted(max(months), 1))],
        "showline": True,
        "ticks": "outside",
        "ticklen": 4,
        "minor": {"dtick": "M1" if short else "M12", "ticks": "outside", "ticklen": 2},
    }


def year_range(years: Collection[int]) -> list[float]:
    """The range of an axis of years, wide enough that one year alone is no block."""
    first = min(*years, max(years) - FEWEST_YEARS + 1)
    return [first - 0.6, max(years) + 0.6]


def year_ticks(years: Collection[int], most: int) -> list[int]:
    """So many of the years at most, evenly apart, the last among them."""
    return list(range(max(years), min(years) - 1, -max(1, -(-len(years) // most))))


def _shifted(month: date, by: int) -> date:
    at = month.year * 12 + month.month - 1 + by
    return date(at // 12, at % 12 + 1, 1)


def _hover(page: Page, row: Row, column: str, state: str) -> str:
    unit = page.unit if column == "value" else column
    return page.hover(
        look.month(row["month"], page.language),
        page.full(row, unit, column, state),
        page.say("state.provisional") if row.get("provisional") else "",
        page.say("chart.state_break") if row.get("series_break") else "",
    )


def _headed(page: Page) -> Spec:
    return {
        "text": page.say(f"measure.{page.unit}"),
        "x": 0,
        "y": 1,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 18,
        "showarrow": False,
        "font": {"size": 12, "color": page.theme.muted},
    }


def _marked(page: Page, final: list[Row], open_: list[Row]) -> list[Spec]:
    figures = released(final)
    notes = []
    if figures:
        peak = max(figures, key=lambda row: row["value"])
        notes.append(_pointed(page, peak, 1))
        last = figures[-1]
        near = abs(figures.index(peak) - len(figures)) < len(figures) * 0.2
        if last is not peak and not near:
            notes.append(_pointed(page, last, 1))
    if open_:
        middle = open_[len(open_) // 2]
        low = figures and figures[-1]["value"] <= peak["value"] * LOW
        words = page.say("chart.provisional_from")
        notes.append(_worded(page, middle, words, ABOVE_LABEL if low else 3))
    return notes


def _pointed(page: Page, row: Row, up: int) -> Spec:
    text = page.say(
        "chart.peak", month=look.month(row["month"], page.language), value=page.mark(row)
    )
    months = [one["month"] for one in page.rows]
    part = months.index(row["month"]) / max(len(months) - 1, 1)
    half = breadth(text, 12) / 2 / page.width
    side = "right" if part > 1 - half - 0.03 else "left" if part < half + 0.03 else "center"
    return {
        "text": f"<b>{text}</b>",
        "x": iso(row["month"]),
        "y": row["value"],
        "xanchor": side,
        "yanchor": "bottom",
        "yshift": 5 * up,
        "showarrow": False,
        "font": {"size": 12},
        "bgcolor": look.faded(page.theme.paper, 0.75),
        "borderpad": 1,
    }


def _worded(page: Page, row: Row, text: str, lift: int) -> Spec:
    return {
        "text": text,
        "x": iso(row["month"]),
        "y": 0,
        "yref": "paper",
        "xanchor": "right",
        "yanchor": "bottom",
        "xshift": 10,
        "yshift": lift,
        "showarrow": False,
        "font": {"size": 11, "color": page.theme.muted},
        "bgcolor": look.faded(page.theme.paper, 0.75),
    }
