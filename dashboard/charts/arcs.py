"""The shapes of a flow map in map units: curves that widen towards their end, and arrows' heads."""

from dataclasses import dataclass
from math import ceil, dist, hypot, sqrt

from dashboard.charts.base import Row
from dashboard.charts.world import Point

LEAST, MOST = 6, 20
TIP = 1 - 1 / 22
STRAIGHT = 0.12
HEAD = 9


@dataclass(frozen=True)
class Arc:
    """One corridor placed on the map, its curve and its half width in map units."""

    row: Row
    curve: list[Point]
    half: float


def bend(start: Point, end: Point, pixel: float) -> list[Point]:
    """A curve between two points, bulging north; `pixel` is one in map units.

    Straight lines between its points, which lie at `parts`, keep within STRAIGHT pixels of it.
    """
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = hypot(dx, dy)
    rise = 0.2 if abs(dx) > 0.35 * length else 0.16
    side = 1 if dx >= 0 else -1
    control = (
        (start[0] + end[0]) / 2 - side * dy * rise * (dx != 0),
        (start[1] + end[1]) / 2 + abs(dx) * rise,
    )
    off = hypot(start[0] + end[0] - 2 * control[0], start[1] + end[1] - 2 * control[1])
    steps = min(max(ceil(sqrt(off / 4 / (STRAIGHT * pixel))), LEAST), MOST)
    return [_quadratic(start, control, end, part) for part in parts(steps + 2)]


def parts(points: int) -> list[float]:
    """The parts of its way at which a curve has its points: even steps and its tip's begin."""
    return [*(n / (points - 2) for n in range(points - 2)), TIP, 1.0]


def _quadratic(a: Point, b: Point, c: Point, t: float) -> Point:
    u = 1 - t
    x = u * u * a[0] + 2 * u * t * b[0] + t * t * c[0]
    y = u * u * a[1] + 2 * u * t * b[1] + t * t * c[1]
    return (x, y)


def outline(arc: Arc) -> list[Point]:
    """The closed shape of an arc, thin where it starts and wide before it ends in a point."""
    left: list[Point] = []
    right: list[Point] = []
    last = len(arc.curve) - 1
    for n, part in enumerate(parts(last + 1)):
        (x, y) = arc.curve[n]
        (ax, ay), (bx, by) = arc.curve[max(n - 1, 0)], arc.curve[min(n + 1, last)]
        length = hypot(bx - ax, by - ay) or 1
        nx, ny = -(by - ay) / length, (bx - ax) / length
        half = arc.half * taper(part)
        left.append((x + nx * half, y + ny * half))
        right.append((x - nx * half, y - ny * half))
    return [*left, *right[::-1], left[0]]


def taper(part: float) -> float:
    """The share of its full width that an arc has at a part of its way."""
    return 0.3 + 0.7 * part if part < 0.999 else 0.0


def head(arc: Arc, gap: float, pixel: float) -> list[Point]:
    """A triangle along an arc whose tip is `gap` before its end; `pixel` is one in map units."""
    end = arc.curve[-1]
    back = next(point for point in reversed(arc.curve) if dist(point, end) > gap + HEAD * pixel)
    length = dist(back, end)
    ux, uy = (end[0] - back[0]) / length, (end[1] - back[1]) / length
    wide = arc.half + 0.32 * HEAD * pixel
    tip = (end[0] - ux * gap, end[1] - uy * gap)
    foot_ = (tip[0] - ux * HEAD * pixel, tip[1] - uy * HEAD * pixel)
    sides = [(foot_[0] - uy * side, foot_[1] + ux * side) for side in (wide, -wide)]
    return [tip, sides[0], sides[1], tip]


def joined(outlines: list[list[Point]], axis: int) -> list[float | None]:
    """One coordinate of many shapes, as one trace takes them."""
    line: list[float | None] = []
    for outline in outlines:
        line += [*(round(point[axis], 4) for point in outline), None]
    return line[:-1]
