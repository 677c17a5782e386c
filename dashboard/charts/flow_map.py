"""The flow map: tapered arcs from provinces to countries over the land, widths by persons."""

from collections import defaultdict
from dataclasses import dataclass
from math import hypot, sqrt

from dashboard.charts.base import Page, Row, Spec, released, totals
from dashboard.charts.flows import corridor
from dashboard.charts.grid import foot
from dashboard.charts.labels import LABEL, placed_labels
from dashboard.charts.places import GROUPS, region_colour, region_group
from dashboard.charts.world import ADDRESS, Point, world
from data import contracts

ARCS = 60
STEPS = 22
THICKEST = 13.0
THINNEST = 0.9


@dataclass(frozen=True)
class Arc:
    """One corridor placed on the map, its curve and its half width in map units."""

    row: Row
    curve: list[Point]
    half: float


def corridors(page: Page) -> Spec:
    """The largest corridors as arcs on the world map, destinations labelled with their sums."""
    if not page.rows:
        return page.empty()
    area = world()
    figures = sorted(released(page.rows), key=lambda row: -row["value"])
    placed = [
        row for row in figures if _origin(row) and _country(row["destination"]) and row["value"]
    ]
    arcs = _arcs(page, placed[:ARCS])
    height = round(page.width * (area.top - area.bottom) / (area.right - area.left))
    hidden = {"visible": False, "fixedrange": True}
    left_out = len(page.rows) - len(arcs)
    note, below = foot(page, _notes(page, left_out), shift=-6)
    return page.figure(
        [*_ribbons(page, arcs), _sources(page, arcs), _middles(page, arcs), *_targets(page, arcs)],
        max(height, 190) + below,
        {"filters": "origins,destinations", "left_out": left_out},
        images=[_land()],
        xaxis=hidden | {"range": [area.left, area.right], "constrain": "domain"},
        yaxis=hidden
        | {"range": [area.bottom, area.top], "scaleanchor": "x", "constrain": "domain"},
        annotations=[note, *([] if arcs else [_nothing(page)])],
        margin={"l": 0, "r": 0, "t": 0, "b": below},
    )


def _nothing(page: Page) -> Spec:
    return {
        "text": page.say("chart.no_place"),
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


def _notes(page: Page, left_out: int) -> list[str]:
    area = world()
    return [
        page.say("chart.width_by", measure=page.say(f"word.{page.unit}")),
        page.say("chart.sums_of_corridors"),
        page.say("chart.more_corridors", n=left_out) if left_out > 0 else "",
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


def _arcs(page: Page, rows: list[Row]) -> list[Arc]:
    most = max((row["value"] for row in rows), default=1)
    pixel = (world().right - world().left) / page.width
    scale = THICKEST * min(1.0, sqrt(page.width / 900)) * pixel
    arcs = []
    for row in rows:
        start, end = _origin(row), _country(row["destination"])
        assert start and end
        half = max(row["value"] / most * scale, THINNEST * pixel) / 2
        arcs.append(Arc(row, _bend(start, end), half))
    return arcs


def _bend(start: Point, end: Point) -> list[Point]:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = hypot(dx, dy)
    rise = 0.2 if abs(dx) > 0.35 * length else 0.16
    side = 1 if dx >= 0 else -1
    control = (
        (start[0] + end[0]) / 2 - side * dy * rise * (dx != 0),
        (start[1] + end[1]) / 2 + abs(dx) * rise,
    )
    return [_quadratic(start, control, end, n / STEPS) for n in range(STEPS + 1)]


def _quadratic(a: Point, b: Point, c: Point, t: float) -> Point:
    u = 1 - t
    x = u * u * a[0] + 2 * u * t * b[0] + t * t * c[0]
    y = u * u * a[1] + 2 * u * t * b[1] + t * t * c[1]
    return (x, y)


def _outline(arc: Arc) -> list[Point]:
    left: list[Point] = []
    right: list[Point] = []
    for n, (x, y) in enumerate(arc.curve):
        (ax, ay), (bx, by) = arc.curve[max(n - 1, 0)], arc.curve[min(n + 1, STEPS)]
        length = hypot(bx - ax, by - ay) or 1
        nx, ny = -(by - ay) / length, (bx - ax) / length
        half = arc.half * _taper(n / STEPS)
        left.append((x + nx * half, y + ny * half))
        right.append((x - nx * half, y - ny * half))
    return [*left, *right[::-1], left[0]]


def _taper(part: float) -> float:
    return 0.3 + 0.7 * part if part < 0.999 else 0.0


def _ribbons(page: Page, arcs: list[Arc]) -> list[Spec]:
    grouped: dict[str, list[Arc]] = defaultdict(list)
    for arc in arcs:
        grouped[region_group(arc.row["destination"])].append(arc)
    traces = []
    for group in sorted(grouped, key=lambda name: list(GROUPS).index(name) if name else 9):
        outlines = [_outline(arc) for arc in grouped[group]]
        colour = region_colour(page, grouped[group][0].row["destination"])
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": _joined(outlines, 0),
                "y": _joined(outlines, 1),
                "fill": "toself",
                "fillcolor": colour,
                "opacity": 0.62,
                "line": {"width": 0.4, "color": colour},
                "hoverinfo": "skip",
            }
        )
    return traces


def _joined(outlines: list[list[Point]], axis: int) -> list[float | None]:
    joined: list[float | None] = []
    for outline in outlines:
        joined += [*(round(point[axis], 4) for point in outline), None]
    return joined[:-1]


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
    middle = round(STEPS * 0.55)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [arc.curve[middle][0] for arc in arcs],
        "y": [arc.curve[middle][1] for arc in arcs],
        "marker": {"size": 14, "opacity": 0, "color": page.theme.ink},
        "customdata": [[arc.row["origin"], arc.row["destination"]] for arc in arcs],
        "hovertext": [page.hover(corridor(page, arc.row), page.full(arc.row)) for arc in arcs],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "meta": "corridors",
    }


def _targets(page: Page, arcs: list[Arc]) -> list[Spec]:
    drawn = {arc.row["destination"]: arc.curve[-1] for arc in arcs}
    shown = [row for row in page.rows if row["destination"] in drawn]
    sums = {code: sum_ for code, sum_ in totals(shown, "destination").items() if code in drawn}
    most = max(sums.values(), default=1)
    sizes = {code: 5 + 11 * sqrt(value / most) for code, value in sums.items()}
    names = {code: _target(page, code, value) for code, value in sums.items()}
    labels = placed_labels(page, drawn, sizes, {c: f"{a} {b}" for c, (a, b) in names.items()})
    texts = [f"<b>{names[c][0]}</b> {names[c][1]}" if c in labels else "" for c in sums]
    return [
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": [drawn[code][0] for code in sums],
            "y": [drawn[code][1] for code in sums],
            "text": texts,
            "textposition": [labels.get(code, "top center") for code in sums],
            "textfont": {
                "size": LABEL - 1.5 * page.narrow,
                "color": page.theme.ink,
                "shadow": _halo(page),
            },
            "cliponaxis": False,
            "marker": {
                "color": [region_colour(page, code) for code in sums],
                "size": list(sizes.values()),
                "line": {"color": page.theme.paper, "width": 1.2},
            },
            "customdata": [[code] for code in sums],
            "hovertext": [page.hover(*names[code]) for code in sums],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "meta": "destinations",
        }
    ]


def _halo(page: Page) -> str:
    return ", ".join(f"0px 0px 2px {page.theme.paper}" for _ in range(4))


def _target(page: Page, code: str, value: float) -> tuple[str, str]:
    return page.label("countries", code), page.number(value)
