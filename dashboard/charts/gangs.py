"""Gangs: ranked, over time, by destination, and one of them in panels."""

from math import sqrt

from dashboard import look
from dashboard.charts.bars import Bar, hatch, ranked_bars
from dashboard.charts.base import Page, Row, Spec, clipped, iso, totals
from dashboard.charts.flows import corridor, matrix_note
from dashboard.charts.grid import Cell, matrix, under

LINE = 24
LISTED = 6


def gangs(page: Page) -> Spec:
    """Gangs ranked by persons or cases, with their main corridor and first and last month seen."""
    order = sorted(page.rows, key=lambda row: (row["value"] is None, -(row["value"] or 0)))
    bars = [_bar(page, row) for row in order]
    title = page.say(f"measure.{page.unit}")
    return ranked_bars(page, bars, "chart.more_gangs", title, "gangs")


def gang_activity(page: Page) -> Spec:
    """A line from first to last month seen for each gang, each year's figure as a sized dot."""
    if not page.rows:
        return page.empty()
    names = _by_first_seen(page.rows)
    most = max((row["value"] or 0 for row in page.rows), default=1) or 1
    done = [row for row in page.rows if row["value"] is not None]
    gone = [row for row in page.rows if row["value"] is None]
    hidden = [_dots(page, gone, names, most)] if gone else []
    return page.figure(
        [_spans(page, names), _dots(page, done, names, most), *hidden],
        LINE * len(names) + 80,
        {"filters": "gangs"},
        xaxis={"type": "date", "tickformat": "%Y", "nticks": 5 if page.narrow else 10, "showgrid": True},
        yaxis={
            "tickvals": list(range(len(names))),
            "ticktext": [clipped(page.label("gangs", name), 18) for name in names],
            "range": [len(names) - 0.4, -0.8],
            "showgrid": False,
            "tickfont": {"color": page.theme.ink},
        },
        annotations=[under(page, _sizes_note(page, most), -26)],
        margin={"l": 8, "r": 14, "t": 6, "b": 48},
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
        )
        for row in page.rows
        if row["destination"] in kept
    ]
    return matrix(
        page,
        [clipped(page.label("gangs", name), 18) for name in names],
        [page.label("countries", code) for code in kept],
        cells,
        matrix_note(page, 0, len(places) - len(kept)),
        meta={"filters": "gangs,destinations"},
    )


def gang_profile(page: Page) -> Spec:
    """One gang: years, origins, destinations and routes as bars, seized items as a list with units."""
    if not page.rows:
        return page.empty()
    facets = {facet: _facet(page, facet) for facet in ("year", "origin", "destination", "route")}
    data: list[Spec] = []
    layout: Spec = {"annotations": []}
    places = _places(page.narrow)
    for n, (facet, rows) in enumerate(facets.items()):
        name = "" if n == 0 else str(n + 1)
        axes = _facet_axes(page, facet, rows, places[n], name)
        layout |= {f"xaxis{name}": axes[0], f"yaxis{name}": axes[1]}
        layout["annotations"].append(_facet_head(page, f"chart.{facet}", places[n]))
        data += _facet_bars(page, facet, rows, name)
    layout["annotations"] += _items(page, places[4])
    height = 980 if page.narrow else 470
    return page.figure(data, height, **layout, margin={"l": 4, "r": 8, "t": 8, "b": 24})


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


def _spans(page: Page, names: list[str]) -> Spec:
    spans = {row["gang"]: row for row in page.rows if row.get("first_month") and row.get("last_month")}
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
        "x": [f"{row['year']}-07-01" for row in rows],
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


def _sizes_note(page: Page, most: float) -> str:
    text = page.say("chart.dot_sizes", most=page.number(most), measure=page.say(f"word.{page.unit}"))
    withheld = any(row.get("state") for row in page.rows)
    return text + (" · " + page.say("chart.crossed") if withheld else "")


def _facet(page: Page, facet: str) -> list[Row]:
    rows = [row for row in page.rows if row["facet"] == facet]
    return rows if facet == "year" else rows[:LISTED]


def _places(narrow: bool) -> list[tuple[float, float, float, float]]:
    if narrow:
        tall = [(0.83, 0.965), (0.62, 0.765), (0.40, 0.555), (0.18, 0.335), (0.0, 0.115)]
        return [(0.34 if n else 0.1, 0.97, low, high) for n, (low, high) in enumerate(tall)]
    return [
        (0.04, 0.46, 0.55, 0.93),
        (0.64, 0.97, 0.55, 0.93),
        (0.16, 0.46, 0.0, 0.40),
        (0.64, 0.97, 0.21, 0.40),
        (0.53, 0.97, 0.0, 0.11),
    ]


def _facet_axes(
    page: Page, facet: str, rows: list[Row], place: tuple[float, float, float, float], name: str
) -> tuple[Spec, Spec]:
    left, right, low, high = place
    most = max((row["value"] or 0 for row in rows), default=1) or 1
    x: Spec = {"domain": [left, right], "anchor": f"y{name}", "automargin": False}
    y: Spec = {"domain": [low, high], "anchor": f"x{name}", "automargin": False}
    if facet == "year":
        values = look.ticks(most, 2)
        x |= {"tickformat": "d", "nticks": 6, "showline": True}
        y |= {"range": [0, most * 1.1], "tickvals": values, "ticktext": [page.number(v) for v in values]}
        return x, y
    names = [clipped(_code(page, facet, row["code"]), 16) for row in rows]
    x |= {"visible": False, "range": [0, most * 1.3]}
    return x, y | {
        "tickvals": list(range(len(rows))),
        "ticktext": names,
        "range": [max(len(rows), 3) - 0.4, -0.6],
        "showgrid": False,
        "tickfont": {"color": page.theme.ink},
    }


def _code(page: Page, facet: str, code: str) -> str:
    lists = {"origin": "provinces", "destination": "countries", "route": "routes", "item": "items"}
    return page.label(lists[facet], code) if facet in lists else look.safe(code)


def _facet_bars(page: Page, facet: str, rows: list[Row], name: str) -> list[Spec]:
    upright = facet == "year"
    traces = []
    for withheld in (False, True):
        found = [(n, row) for n, row in enumerate(rows) if (row["value"] is None) is withheld]
        most = max((row["value"] or 0 for row in rows), default=1) or 1
        lengths = [most * 0.03 if withheld else row["value"] for _, row in found]
        places = [int(row["code"]) if upright else n for n, row in found]
        texts = [page.mark(row) for _, row in found]
        traces.append(
            {
                "type": "bar",
                "orientation": "v" if upright else "h",
                "x": places if upright else lengths,
                "y": lengths if upright else places,
                "text": [""] * len(found) if upright and not withheld else texts,
                "textposition": "outside",
                "cliponaxis": False,
                "marker": hatch(page) if withheld else {"color": page.theme.accent},
                "hovertext": [page.hover(_code(page, facet, r["code"]), page.full(r)) for _, r in found],
                "hovertemplate": "%{hovertext}<extra></extra>",
                "xaxis": f"x{name}",
                "yaxis": f"y{name}",
            }
            | ({"meta": "withheld"} if withheld else {})
        )
    return [trace for trace in traces if trace["x"]]


def _facet_head(page: Page, key: str, place: tuple[float, float, float, float]) -> Spec:
    left, _, _, high = place
    unit = "" if key == "chart.item" else page.say(f"unit.{page.unit}")
    text = page.say("chart.with_unit", label=page.say(key), unit=unit) if unit else page.say(key)
    return {
        "text": f"<b>{text}</b>",
        "x": max(left - (0.0 if key == "chart.year" else 0.1), 0),
        "y": high,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 6,
        "showarrow": False,
        "font": {"size": 12.5},
    }


def _items(page: Page, place: tuple[float, float, float, float]) -> list[Spec]:
    rows = [row for row in page.rows if row["facet"] == "item"]
    parts = [f"{_code(page, 'item', row['code'])} {page.full(row, row['unit'])}" for row in rows]
    cut = 1 if page.narrow else 2
    lines = ["　".join(parts[n : n + cut]) for n in range(0, len(parts), cut)]
    left, _, low, _ = place
    text = "<br>".join(lines) or page.say("chart.none_seized")
    shared = {"xref": "paper", "yref": "paper", "xanchor": "left", "showarrow": False, "align": "left"}
    head = _facet_head(page, "chart.item", place)
    return [
        head | {"x": left},
        shared | {"x": left, "y": place[3], "yanchor": "top", "text": text, "font": {"size": 12}},
    ]
