"""One gang in panels: its years, origins, destinations, routes, and what was seized."""

from dashboard import look
from dashboard.charts import breaks
from dashboard.charts.bars import missing
from dashboard.charts.base import Page, Row, Spec, breadth, clipped, folded
from dashboard.charts.time import year_range

LISTED = 6
FACETS = ("year", "origin", "destination", "route")
HEAD, TALL, LINE = 34, 150, 18


def gang_profile(page: Page) -> Spec:
    """One gang: years, origins, destinations and routes as bars, seized items as a list."""
    if not page.rows:
        return page.empty()
    items = _item_lines(page)
    across = 1 if page.narrow else 2
    down = len(FACETS) // across
    height = down * (HEAD + TALL) + HEAD + LINE * len(items) + 16
    data: list[Spec] = []
    layout: Spec = {"annotations": [], "shapes": breaks.year_lines(page, _shown(page))}
    for n, facet in enumerate(FACETS):
        name = "" if n == 0 else str(n + 1)
        row, column = divmod(n, across)
        top = HEAD + row * (HEAD + TALL)
        place = (
            column / across,
            (column + 1) / across,
            1 - (top + TALL) / height,
            1 - top / height,
        )
        rows = _facet(page, facet)
        layout[f"xaxis{name}"], layout[f"yaxis{name}"] = _facet_axes(page, facet, rows, place, name)
        layout["annotations"].append(_head(page, _title(page, facet), place[0], place[3]))
        data += _facet_bars(page, facet, rows, name)
    low = 1 - (HEAD + down * (HEAD + TALL)) / height
    layout["annotations"] += _items(page, items, low)
    return page.figure(data, height, **layout, margin={"l": 4, "r": 4, "t": 0, "b": 0})


def _facet(page: Page, facet: str) -> list[Row]:
    rows = [row for row in page.rows if row["facet"] == facet]
    return rows if facet == "year" else rows[:LISTED]


def _facet_axes(
    page: Page, facet: str, rows: list[Row], place: tuple[float, float, float, float], name: str
) -> tuple[Spec, Spec]:
    left, right, low, high = place
    most = max((row["value"] or 0 for row in rows), default=1) or 1
    names = [] if facet == "year" else [_code(page, facet, row["code"]) for row in rows]
    side = _side(page, names)
    indent = (side if names else 46) / max(page.width, 300)
    left, right = left + indent, right - 0.03
    low += 0.06 if facet == "year" else 0.02
    x: Spec = {"domain": [left, right], "anchor": f"y{name}", "automargin": False}
    y: Spec = {"domain": [low, high], "anchor": f"x{name}", "automargin": False}
    if facet == "year":
        shown = [int(row["code"]) for row in rows] or [0]
        values = look.ticks(most, 2)
        x |= {
            "tickformat": "d",
            "tickvals": _years(rows),
            "showline": True,
            "range": year_range(shown),
        }
        y |= {
            "range": [0, most * 1.1],
            "tickvals": values,
            "ticktext": [page.number(v) for v in values],
        }
        return x, y
    x |= {"visible": False, "range": [0, most * 1.3]}
    return x, y | {
        "tickvals": list(range(len(rows))),
        "ticktext": [clipped(name, side - 6, 12) for name in names],
        "range": [LISTED - 0.4, -0.6],
        "showgrid": False,
        "tickfont": {"color": page.theme.ink},
    }


def _side(page: Page, names: list[str]) -> float:
    """Pixels for the names beside bars: what the longest takes, in bounds."""
    longest = max((breadth(name, 12) for name in names), default=0)
    return min(max(104, longest + 10), 0.2 * max(page.width, 520))


def _years(rows: list[Row]) -> list[int]:
    years = [int(row["code"]) for row in rows]
    step = -(-len(years) // 6) or 1
    return list(range(max(years), min(years) - 1, -step)) if years else []


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
                "width": 0.8,
                "marker": missing(page, [row for _, row in found])
                if withheld
                else {"color": page.theme.accent},
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


def _shown(page: Page) -> list[int]:
    return [int(row["code"]) for row in _facet(page, "year")]


def _title(page: Page, facet: str) -> str:
    unit = page.say(f"unit.{page.unit}")
    said = page.say("chart.with_unit", label=page.say(f"chart.{facet}"), unit=unit)
    mark = breaks.note(page, _shown(page)) if facet == "year" else ""
    return folded([f"<b>{said}</b>", mark], page.width / (1 if page.narrow else 2) - 24, 12.5)


def _head(page: Page, text: str, left: float, high: float) -> Spec:
    return {
        "text": text,
        "x": left,
        "y": high,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 4,
        "showarrow": False,
        "align": "left",
        "font": {"size": 12.5},
    }


def _item_lines(page: Page) -> list[str]:
    rows = [row for row in page.rows if row["facet"] == "item"]
    parts = [f"{_code(page, 'item', row['code'])} {page.full(row, row['unit'])}" for row in rows]
    text = folded(parts, 0.95 * page.width - 10, 12.5)
    return text.split("<br>") if text else [page.say("chart.none_seized")]


def _items(page: Page, lines: list[str], high: float) -> list[Spec]:
    head = _head(page, f"<b>{page.say('chart.item')}</b>", 0, high)
    body = head | {"text": "<br>".join(lines), "yanchor": "top", "yshift": 0}
    return [head, body]
