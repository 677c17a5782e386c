"""The flow map: tapered arcs from provinces to countries over the land, widths by persons."""

from collections import defaultdict
from itertools import pairwise
from math import dist, sqrt

from dashboard import look
from dashboard.charts.arcs import Arc, bend, head, joined, outline
from dashboard.charts.base import Page, Row, Spec, released, totals
from dashboard.charts.flows import corridor
from dashboard.charts.grid import foot
from dashboard.charts.labels import LABEL, placed_labels, sheet
from dashboard.charts.places import GROUPS, region_colour, region_group, region_key
from dashboard.charts.world import ADDRESS, Point, world
from data import contracts

ARCS = 60
THICKEST = 13.0
THINNEST = 0.9
SHORTEST = 60


def corridors(page: Page) -> Spec:
    """The largest corridors as arcs on the world map, destinations labelled with their sums."""
    if not page.rows:
        return page.empty()
    area = world()
    figures = sorted(released(page.rows), key=lambda row: -row["value"])
    placed = [
        row for row in figures if _origin(row) and _country(row["destination"]) and row["value"]
    ]
    left_out = len(page.rows) - min(len(placed), ARCS)
    note, below = foot(page, _notes(page, placed[:ARCS], left_out), shift=-6)
    pixel = 1 / sheet(page, below).pixels
    arcs = _arcs(page, placed[:ARCS], pixel)
    height = round(page.width * (area.top - area.bottom) / (area.right - area.left))
    hidden = {"visible": False, "fixedrange": True}
    sums = _sums(page, arcs)
    return page.figure(
        [
            *_ribbons(page, arcs),
            *_heads(page, arcs, _sizes(sums), pixel),
            _sources(page, arcs),
            _middles(page, arcs),
            *_targets(page, arcs, sums, below),
        ],
        height + below,
        {"filters": "origins,destinations", "left_out": left_out, "pixel": pixel},
        images=[_land()],
        xaxis=hidden | {"range": [area.left, area.right], "constrain": "domain"},
        yaxis=hidden
        | {"range": [area.bottom, area.top], "scaleanchor": "x", "constrain": "domain"},
        annotations=[note, *([] if arcs else [_nothing(page)])],
        margin={"l": 0, "r": 0, "t": 0, "b": below},
    )


def _nothing(page: Page) -> Spec:
    return {
        "text": page.why_empty("chart.no_place"),
        "x": 0.5,
        "y": 0.5,
        "xref": "paper",
        "yref": "paper",
        "showarrow": False,
        "bgcolor": page.theme.paper,
        "borderpad": 6,
    }


def _land() -> Spec:
    area = world()
    return {
        "source": ADDRESS,
        "xref": "x",
        "yref": "y",
        "x": area.left,
        "y": area.top,
        "sizex": area.right - area.left,
        "sizey": area.top - area.bottom,
        "sizing": "stretch",
        "layer": "below",
    }


def _notes(page: Page, drawn: list[Row], left_out: int) -> list[str]:
    area = world()
    return [
        *region_key(page, [row["destination"] for row in drawn]),
        page.say("chart.width_by", measure=page.say(f"word.{page.unit}")),
        page.say("chart.more_corridors", n=look.exact(left_out, page.language))
        if left_out > 0
        else "",
        page.say("chart.sums_of_corridors"),
        area.source[page.language],
        area.review,
    ]


def _origin(row: Row) -> Point | None:
    codes = contracts.codes("provinces")
    return _lonlat(codes[row["origin"]]) if row["origin"] in codes else None


def _country(code: str) -> Point | None:
    codes = contracts.codes("countries")
    return _lonlat(codes[code]) if code in codes else None


def _lonlat(code: contracts.Code) -> Point | None:
    longitude, latitude = code.attributes["lon"], code.attributes["lat"]
    return world().place(float(longitude), float(latitude)) if longitude and latitude else None


def _arcs(page: Page, rows: list[Row], pixel: float = 0) -> list[Arc]:
    most = max((row["value"] for row in rows), default=1)
    pixel = pixel or 1 / sheet(page).pixels
    scale = THICKEST * min(1.0, sqrt(page.width / 900)) * pixel
    arcs = []
    for row in rows:
        start, end = _origin(row), _country(row["destination"])
        assert start and end
        half = max(row["value"] / most * scale, THINNEST * pixel) / 2
        arcs.append(Arc(row, bend(start, end, pixel), half))
    return arcs


def _ribbons(page: Page, arcs: list[Arc]) -> list[Spec]:
    grouped: dict[str, list[Arc]] = defaultdict(list)
    for arc in arcs:
        grouped[region_group(arc.row["destination"])].append(arc)
    traces = []
    for group in sorted(grouped, key=lambda name: list(GROUPS).index(name) if name else 9):
        outlines = [outline(arc) for arc in grouped[group]]
        colour = region_colour(page, grouped[group][0].row["destination"])
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": joined(outlines, 0),
                "y": joined(outlines, 1),
                "fill": "toself",
                "fillcolor": colour,
                "opacity": 0.62,
                "line": {"width": 0.4, "color": colour},
                "hoverinfo": "skip",
            }
        )
    return traces


def _heads(page: Page, arcs: list[Arc], sizes: dict[str, float], pixel: float) -> list[Spec]:
    """An arrow's head before each destination, on its thickest arc where that is long enough."""
    first = {arc.row["destination"]: arc for arc in reversed(arcs)}
    grouped: dict[str, list[list[Point]]] = defaultdict(list)
    for code, arc in first.items():
        if dist(arc.curve[0], arc.curve[-1]) > SHORTEST * pixel:
            gap = sizes[code] / 2 + 1
            grouped[region_colour(page, code)].append(head(arc, gap * pixel, pixel))
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": joined(heads, 0),
            "y": joined(heads, 1),
            "fill": "toself",
            "fillcolor": colour,
            "line": {"width": 0.6, "color": page.theme.paper},
            "hoverinfo": "skip",
            "meta": "heads",
        }
        for colour, heads in grouped.items()
    ]


def _sources(page: Page, arcs: list[Arc]) -> Spec:
    sums = totals([arc.row for arc in arcs], "origin")
    most = max(sums.values(), default=1)
    places = {arc.row["origin"]: arc.curve[0] for arc in arcs}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [places[code][0] for code in sums],
        "y": [places[code][1] for code in sums],
        "marker": {
            "color": page.theme.ink,
            "size": [3 + 4 * sqrt(value / most) for value in sums.values()],
            "line": {"color": page.theme.paper, "width": 0.7},
        },
        "customdata": [[code] for code in sums],
        "hovertext": [page.hover(page.label("provinces", code)) for code in sums],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _middles(page: Page, arcs: list[Arc]) -> Spec:
    middles = [arc.curve[round((len(arc.curve) - 2) * 0.55)] for arc in arcs]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, _ in middles],
        "y": [y for _, y in middles],
        "marker": {"size": 14, "opacity": 0, "color": page.theme.ink},
        "customdata": [[arc.row["origin"], arc.row["destination"]] for arc in arcs],
        "hovertext": [page.hover(corridor(page, arc.row), page.full(arc.row)) for arc in arcs],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "meta": "corridors",
    }


def _sums(page: Page, arcs: list[Arc]) -> dict[str, float]:
    """Released corridors added by destination drawn, most first."""
    drawn = {arc.row["destination"] for arc in arcs}
    rows = [row for row in page.rows if row["destination"] in drawn]
    return {code: sum_ for code, sum_ in totals(rows, "destination").items() if code in drawn}


def _sizes(sums: dict[str, float]) -> dict[str, float]:
    most = max(sums.values(), default=1)
    return {code: 5 + 11 * sqrt(value / most) for code, value in sums.items()}


def _targets(page: Page, arcs: list[Arc], sums: dict[str, float], below: int) -> list[Spec]:
    """Destinations with their labels, then those without: Plotly draws empty labels dearly."""
    drawn = {arc.row["destination"]: arc.curve[-1] for arc in arcs}
    sizes = _sizes(sums)
    names = {code: _target(page, code, value) for code, value in sums.items()}
    texts = {code: f"<b>{name}</b> {figure}" for code, (name, figure) in names.items()}
    lines = [point for arc in arcs for point in _fine(arc.curve)]
    marks = [arc.curve[0] for arc in arcs]
    labels = placed_labels(page, drawn, sizes, texts, below, lines, marks)
    font = {"size": LABEL - 1.5 * page.narrow, "color": page.theme.ink, "shadow": _halo(page)}
    said: Spec = {
        "mode": "markers+text",
        "text": [texts[code] for code in labels],
        "textposition": list(labels.values()),
        "textfont": font,
        "meta": "destinations",
    }
    bare = [code for code in sums if code not in labels]
    groups: list[tuple[list[str], Spec]] = [(list(labels), said), (bare, {"meta": "unlabelled"})]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [drawn[code][0] for code in codes],
            "y": [drawn[code][1] for code in codes],
            "cliponaxis": False,
            "marker": {
                "color": [region_colour(page, code) for code in codes],
                "size": [sizes[code] for code in codes],
                "line": {"color": page.theme.paper, "width": 1.2},
            },
            "customdata": [[code] for code in codes],
            "hovertext": [page.hover(*names[code]) for code in codes],
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
        | more
        for codes, more in groups
        if codes
    ]


def _fine(curve: list[Point]) -> list[Point]:
    """A curve's points and those at the thirds between them."""
    return [
        ((ax * (3 - n) + bx * n) / 3, (ay * (3 - n) + by * n) / 3)
        for (ax, ay), (bx, by) in pairwise(curve)
        for n in range(3)
    ]


def _halo(page: Page) -> str:
    return ", ".join(f"0px 0px 2px {page.theme.paper}" for _ in range(6))


def _target(page: Page, code: str, value: float) -> tuple[str, str]:
    return page.label("countries", code), page.number(value)
