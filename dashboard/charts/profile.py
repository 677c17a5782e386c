"""One gang in panels: its years, origins, destinations, routes, and what was seized."""

from dashboard import look
from dashboard.charts.bars import hatch
from dashboard.charts.base import Page, Row, Spec, clipped

LISTED = 6


def gang_profile(page: Page) -> Spec:
    """One gang: years, origins, destinations and routes as bars, seized items as a list."""
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
        y |= {
            "range": [0, most * 1.1],
            "tickvals": values,
            "ticktext": [page.number(v) for v in values],
        }
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
                "hovertext": [
                    page.hover(_code(page, facet, r["code"]), page.full(r)) for _, r in found
                ],
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
    left, _, _, high = place
    text = "<br>".join(lines) or page.say("chart.none_seized")
    shared = {
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "showarrow": False,
        "align": "left",
    }
    head = _facet_head(page, "chart.item", place)
    return [
        head | {"x": left},
        shared | {"x": left, "y": high, "yanchor": "top", "text": text, "font": {"size": 12}},
    ]
