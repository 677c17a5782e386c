"""Gangs: ranked, over time, and by destination."""

from datetime import date
from math import ceil, sqrt

from dashboard import look
from dashboard.charts import breaks
from dashboard.charts.bars import Bar, ranked_bars
from dashboard.charts.base import Page, Row, Spec, clipped, iso, totals
from dashboard.charts.flows import corridor, matrix_note
from dashboard.charts.grid import Cell, beside, foot, matrix

LINE = 24


def gangs(page: Page) -> Spec:
    """Gangs ranked by persons or cases, with their main corridor and first and last month seen."""
    order = sorted(page.rows, key=lambda row: (row["value"] is None, -(row["value"] or 0)))
    bars = [_bar(page, row) for row in order[: page.fold]]
    title = page.say(f"measure.{page.unit}")
    return ranked_bars(page, bars, "chart.more_gangs", title, "gangs", count=len(order))


def gang_activity(page: Page) -> Spec:
    """A line from first to last month seen for each gang, each year's figure as a sized dot."""
    if not page.rows:
        return page.empty()
    names = _by_first_seen(page.rows)
    most = max((row["value"] or 0 for row in page.rows), default=1) or 1
    done = [row for row in page.rows if row["value"] is not None]
    gone = [row for row in page.rows if row["value"] is None]
    hidden = [_dots(page, gone, names, most)] if gone else []
    years = {row["year"] for row in page.rows}
    shown = [named(page, name) for name in names]
    notes = [*_sizes_note(page), breaks.note(page, years)]
    note, below = foot(page, notes, beside(shown), -26)
    return page.figure(
        [_spans(page, names), _dots(page, done, names, most), *hidden],
        LINE * len(names) + 6 + below,
        {"filters": "gangs"},
        xaxis=_years_axis(page),
        yaxis={
            "tickvals": list(range(len(names))),
            "ticktext": shown,
            "range": [len(names) - 0.4, -0.8],
            "showgrid": False,
            "tickfont": {"color": page.theme.ink},
        },
        shapes=breaks.date_lines(page, years),
        annotations=[note],
        margin={"l": 8, "r": 14, "t": 6, "b": below},
    )


def gang_destinations(page: Page) -> Spec:
    """Gangs by destination, both ordered by total, log colour, protected cells hatched."""
    if not page.rows:
        return page.empty()
    names, places = list(totals(page.rows, "gang")), list(totals(page.rows, "destination"))
    kept = places[: 8 if page.narrow else 14]
    cells = [
        Cell(
            kept.index(row["destination"]),
            names.index(row["gang"]),
            row["value"],
            page.mark(row),
            page.hover(
                page.say(
                    "chart.flow",
                    origin=page.label("gangs", row["gang"]),
                    destination=page.label("countries", row["destination"]),
                ),
                page.full(row),
            ),
            [row["gang"], row["destination"]],
            row["state"] or "",
        )
        for row in page.rows
        if row["destination"] in kept
    ]
    return matrix(
        page,
        [named(page, name) for name in names],
        [page.label("countries", code) for code in kept],
        cells,
        matrix_note(page, 0, len(places) - len(kept)),
        meta={"filters": "gangs,destinations"},
    )


def named(page: Page, gang: str) -> str:
    """A gang's name beside an axis, cut only where it would take a third of the width."""
    return clipped(page.label("gangs", gang), max(130, 0.3 * page.width))


def _bar(page: Page, row: Row) -> Bar:
    name = page.label("gangs", row["gang"])
    main = corridor(page, row) if row.get("origin") and row.get("destination") else ""
    seen = _seen(page, row)
    parts = [
        page.full(row, "persons", "persons", "persons_state"),
        page.pair("chart.cases", page.full(row, "cases", "cases", "cases_state")),
        page.pair("chart.suspects", page.full(row, "suspects", "suspects", "suspects_state")),
        page.pair("chart.active", seen) if seen else "",
        page.pair("chart.corridor", main) if main else "",
    ]
    return Bar(name, row, page.theme.accent, main, page.hover(name, *parts), row["gang"])


def _seen(page: Page, row: Row) -> str:
    if not row.get("first_month") or not row.get("last_month"):
        return ""
    first, last = (look.month(row[name], page.language) for name in ("first_month", "last_month"))
    return page.say("chart.seen", first=first, last=last)


def _by_first_seen(rows: list[Row]) -> list[str]:
    first = {row["gang"]: row.get("first_month") for row in rows}
    return sorted(first, key=lambda gang: (first[gang] is None, first[gang] or 0, gang))


def _years_axis(page: Page) -> Spec:
    """Whole years from the first to the last seen, each named once, at its beginning."""
    months = [row.get(name) for row in page.rows for name in ("first_month", "last_month")]
    years = {row["year"] for row in page.rows} | {month.year for month in months if month}
    first, last = min(years), max(years)
    step = ceil((last - first + 1) / (5 if page.narrow else 10))
    return {
        "type": "date",
        "tickformat": "%Y",
        "tick0": f"{first}-01-01",
        "dtick": f"M{12 * step}",
        "range": [f"{first - 1}-12-01", f"{last}-12-31"],
        "showgrid": True,
    }


def _spans(page: Page, names: list[str]) -> Spec:
    spans = {
        row["gang"]: row for row in page.rows if row.get("first_month") and row.get("last_month")
    }
    xs: list[str | None] = []
    ys: list[int | None] = []
    for n, name in enumerate(names):
        if name in spans:
            xs += [iso(spans[name]["first_month"]), iso(spans[name]["last_month"]), None]
            ys += [n, n, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "y": ys,
        "line": {"color": page.theme.soft, "width": 7},
        "hoverinfo": "skip",
    }


def _dots(page: Page, rows: list[Row], names: list[str], most: float) -> Spec:
    withheld = bool(rows) and rows[0]["value"] is None
    open_ = {"symbol": "x-thin-open", "size": 7, "color": page.theme.muted, "line": {"width": 1.4}}
    sized = {
        "color": page.theme.accent,
        "size": [max(3, 19 * sqrt((row["value"] or 0) / most)) for row in rows],
        "line": {"color": page.theme.paper, "width": 1},
        "opacity": 1,
    }
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [iso(_middle(row)) for row in rows],
        "y": [names.index(row["gang"]) for row in rows],
        "marker": open_ if withheld else sized,
        "customdata": [row["gang"] for row in rows],
        "hovertext": [
            page.hover(
                f"{page.label('gangs', row['gang'])} · {look.year(row['year'], page.language)}",
                page.full(row),
                page.pair("chart.active", _seen(page, row)) if _seen(page, row) else "",
            )
            for row in rows
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    } | ({"meta": "withheld"} if withheld else {})


def _middle(row: Row) -> date:
    """The middle of a row's year, or the month nearest to it in which the gang was seen."""
    middle = date(row["year"], 7, 1)
    first, last = row.get("first_month"), row.get("last_month")
    return min(max(middle, first), last) if first and last else middle


def _sizes_note(page: Page) -> list[str]:
    measure = page.say(f"word.{page.unit}")
    largest = max(page.rows, key=lambda row: row["value"] or 0)
    size = page.say("chart.dot_sizes", most=page.mark(largest), measure=measure)
    withheld = any(row.get("state") for row in page.rows)
    return [size, page.say("chart.bar_span"), page.say("chart.crossed") if withheld else ""]
