"""The Sankey of routes: origin, route, country of transit and destination, every node labelled.

Plotly lays a Sankey out by itself but writes its labels over the bands and over one another; here
the places of the nodes are worked out beforehand, so that each label has room of its own.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from dashboard import look
from dashboard.charts.base import Page, Row, Spec, breadth, released, totals
from dashboard.charts.places import region_colour

OTHER = "other"
STAGES = {"o": ("provinces", "origin"), "r": ("routes", "route"), "t": ("countries", "transit")}
ORDER = "ortd"
ASIDE = "od"
TALL = 600
THICK = 12
LINE = 16
TOP, BOTTOM = 44, 8
Links = dict[tuple[str, str], float]
Low = set[str | tuple[str, str]]


@dataclass(frozen=True)
class Plan:
    """Where the nodes stand: middles and heights in pixels from the top, and the least gap."""

    middles: dict[str, float]
    heights: dict[str, float]
    pad: float
    high: float


def routes(page: Page) -> Spec:
    """Origin, route, country of transit and destination as a Sankey; `other` keeps the total exact.

    Nodes carry their stage, so that a country of transit that is also a destination never loops.
    """
    rows = [row for row in released(page.rows) if row["value"] > 0]
    if not rows:
        return page.empty()
    links: Links = defaultdict(float)
    through: dict[str, float] = defaultdict(float)
    low: Low = set()
    for path, row in _paths(rows, (5, 0, 6) if page.narrow else (8, 5, 12)):
        for pair in pairwise(path):
            links[pair] += row["value"]
        for node in path:
            through[node] += row["value"]
        low |= {*path, *pairwise(path)} if row["lower_bound"] else set()
    nodes = sorted(through, key=lambda node: (ORDER.index(node[0]), _late(node), -through[node]))
    texts = {node: _text(page, node, _row(node, through[node], low)) for node in nodes}
    sides = {stage: _side(texts, stage) for stage in ASIDE}
    high = page.height or TALL
    plan = _plan(page, nodes, dict(through), high - TOP - BOTTOM)
    return page.figure(
        [_sankey(page, nodes, dict(through), dict(links), low, plan)],
        high,
        {"total": sum(row["value"] for row in rows)},
        margin={"l": sides["o"], "r": sides["d"], "t": TOP, "b": BOTTOM},
        annotations=[*_stages(page, sides), *_labels(page, nodes, texts, plan)],
    )


def _late(node: str) -> bool:
    return node.split(":", 1)[1] in (OTHER, "unknown")


def _row(key: str | tuple[str, str], value: float, low: Low) -> Row:
    """The figure of a node or a band, a lower bound where any path through it is one."""
    return {"value": value, "state": "", "lower_bound": key in low}


def _text(page: Page, node: str, row: Row) -> str:
    between = "<br>" if page.narrow and node[0] in ASIDE else "  "
    return f"<b>{_name(page, node)}</b>{between}{page.mark(row)}"


def _side(texts: dict[str, str], stage: str) -> int:
    return round(max(breadth(text, 12) for node, text in texts.items() if node[0] == stage)) + 12


def _plan(page: Page, nodes: list[str], through: dict[str, float], high: float) -> Plan:
    """Columns as high as the drawing, gaps wide enough for the labels; transit by its sources."""
    columns = {stage: [node for node in nodes if node[0] == stage] for stage in ORDER}
    aside = LINE * (2 if page.narrow else 1)
    needed = max(
        (len(column) - 1) * (aside if stage in ASIDE else LINE + 2)
        for stage, column in columns.items()
        if stage != "t"
    )
    most = max(len(column) for column in columns.values())
    pad = needed / max(most - 1, 1)
    scale = (high - needed) / max(_sum(columns["o"], through), 1)
    heights = {node: max(through[node] * scale, 1) for node in nodes}
    middles: dict[str, float] = {}
    for stage, column in columns.items():
        used = sum(heights[node] for node in column)
        gap = (high - used) / max(len(column) - 1, 1)
        top = 0.0
        if stage == "t":
            gap = min(gap, 2.2 * LINE)
            top = (high - used - gap * (len(column) - 1)) * 0.62
        if len(column) == 1 and stage != "t":
            top = (high - used) / 2
        for node in column:
            middles[node] = top + heights[node] / 2
            top += heights[node] + gap
    return Plan(middles, heights, pad, high)


def _sum(column: list[str], through: dict[str, float]) -> float:
    return sum(through[node] for node in column)


def _labels(page: Page, nodes: list[str], texts: dict[str, str], plan: Plan) -> list[Spec]:
    """Origins left of their nodes, destinations right of theirs, the others above."""
    across = _across(nodes)
    shared = {
        "xref": "paper",
        "yref": "paper",
        "showarrow": False,
        "font": {"size": 11 if page.narrow else 12, "color": page.theme.ink},
    }
    sides = {
        "o": {"xanchor": "right", "xshift": -6, "yanchor": "middle", "align": "right"},
        "d": {"xanchor": "left", "xshift": 6, "yanchor": "middle", "align": "left"},
    }
    above = {
        "xanchor": "center",
        "yanchor": "bottom",
        "yshift": 1,
        "bgcolor": look.faded(page.theme.paper, 0.7),
        "borderpad": 0,
    }
    labels = []
    for node in nodes:
        edge = 0 if node[0] in ASIDE else plan.heights[node] / 2
        place = {"x": across[node[0]], "y": 1 - (plan.middles[node] - edge) / plan.high}
        labels.append(shared | {"text": texts[node]} | place | sides.get(node[0], above))
    return labels


def _across(nodes: list[str]) -> dict[str, float]:
    stages = [stage for stage in ORDER if any(node[0] == stage for node in nodes)]
    return {stage: n / (len(stages) - 1) for n, stage in enumerate(stages)}


def _paths(rows: list[Row], most: tuple[int, int, int]) -> Iterator[tuple[tuple[str, ...], Row]]:
    """Each row with the nodes it passes; places beyond the most frequent are `other`."""
    kept = {
        by: set([code for code in totals(rows, by) if code][:count])
        for by, count in zip(("origin", "transit", "destination"), most, strict=True)
    }
    for row in rows:
        names = {by: row[by] if row[by] in kept[by] else OTHER for by in ("origin", "destination")}
        path = [f"o:{names['origin']}", f"r:{row['route']}"]
        if row["transit"] and most[1]:
            path.append(f"t:{row['transit'] if row['transit'] in kept['transit'] else OTHER}")
        yield (*path, f"d:{names['destination']}"), row


def _sankey(
    page: Page, nodes: list[str], through: dict[str, float], links: Links, low: Low, plan: Plan
) -> Spec:
    across = _across(nodes)
    at = {node: n for n, node in enumerate(nodes)}
    pairs = sorted(links, key=lambda pair: (at[pair[0]], at[pair[1]]))
    names = [_name(page, node) for node in nodes]
    return {
        "type": "sankey",
        "arrangement": "fixed",
        "valueformat": ",d",
        "textfont": {"size": 1, "color": "rgba(0,0,0,0)", "shadow": "none"},
        "node": {
            "label": [
                f"{name}  {page.mark(_row(node, through[node], low))}"
                for name, node in zip(names, nodes, strict=True)
            ],
            "customdata": [_about(page, node, _row(node, through[node], low)) for node in nodes],
            "color": [_colour(page, node) for node in nodes],
            "hovertemplate": "%{customdata}<extra></extra>",
            "line": {"width": 0},
            "pad": plan.pad,
            "thickness": THICK,
            "x": [min(max(across[node[0]], 0.001), 0.999) for node in nodes],
            "y": [min(max(plan.middles[node] / plan.high, 0.001), 0.999) for node in nodes],
            "align": "justify",
        },
        "link": {
            "source": [at[one] for one, _ in pairs],
            "target": [at[two] for _, two in pairs],
            "value": [links[pair] for pair in pairs],
            "customdata": [_linked(page, pair, _row(pair, links[pair], low)) for pair in pairs],
            "color": [look.faded(_colour(page, _painter(pair)), 0.34) for pair in pairs],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    }


def _painter(pair: tuple[str, str]) -> str:
    return pair[1] if pair[1].startswith("d") else pair[0]


def _name(page: Page, node: str) -> str:
    stage, code = node.split(":", 1)
    if stage == "t" and code != OTHER:
        return page.say("chart.via", transit=page.label("countries", code))
    return page.label(STAGES.get(stage, ("countries", ""))[0], code)


def _about(page: Page, node: str, row: Row) -> str:
    return page.hover(_name(page, node), page.full(row))


def _linked(page: Page, pair: tuple[str, str], row: Row) -> str:
    title = page.say("chart.flow", origin=_name(page, pair[0]), destination=_name(page, pair[1]))
    return page.hover(title, page.full(row))


def _colour(page: Page, node: str) -> str:
    stage, code = node.split(":", 1)
    if code in (OTHER, "unknown"):
        return page.theme.line
    if stage == "d":
        return region_colour(page, code)
    return {"o": page.theme.accent, "r": page.theme.muted, "t": page.theme.categorical[1]}[stage]


def _stages(page: Page, sides: dict[str, int]) -> list[Spec]:
    transit = not page.narrow and any(row.get("transit") for row in page.rows)
    middle = [("chart.route", 1 / 3), ("chart.transit", 2 / 3)]
    places = [
        ("chart.origin", 0.0, "left", -sides["o"]),
        *((key, x, "center", 0) for key, x in (middle if transit else [("chart.route", 0.5)])),
        ("chart.destination", 1.0, "right", sides["d"]),
    ]
    return [
        {
            "text": page.say(key),
            "x": x,
            "xanchor": side,
            "xshift": shift,
            "y": 1,
            "yanchor": "bottom",
            "yshift": 24,
            "xref": "paper",
            "yref": "paper",
            "showarrow": False,
            "font": {"size": 12, "color": page.theme.muted},
        }
        for key, x, side, shift in places
    ]
