"""The base map: one projection, and one folder of shapes that can be exchanged as a whole.

The land is a picture served once (`static/world/land.svg`), laid under plain x/y traces; no geo
trace, tile server or outside request is needed. In Chromium the map was drawn in 169 ms and drawn
again in 91 ms so, against 242 and 136 with geo traces over a local topology, and 369 and 178 with
the land as a trace in every figure (which grew from 53 to 146 kB). `world.toml` beside the
picture says how it was projected and what must be printed under it. `python -m
dashboard.charts.world TOPOLOGY.json` redraws it.
"""

import base64
import json
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import hypot, radians
from pathlib import Path
from typing import Any

from data.contracts import Words, words

FOLDER = Path(__file__).parent.parent / "static" / "world"
ADDRESS = "app/static/world/land.svg"
UNITS = 4000
SMALLEST = 12
TOLERANCE = 1.4
Point = tuple[float, float]


@dataclass(frozen=True)
class World:
    """How the land picture was projected, and its source line and map review number (may be "")."""

    centre: float
    south: float
    north: float
    source: Words
    review: str

    @property
    def left(self) -> float:
        """Least x of the picture."""
        return -self.right

    @property
    def right(self) -> float:
        """Greatest x of the picture, at the equator or the latitude nearest to it."""
        return project(self.centre + 179.999, 0, self.centre)[0]

    @property
    def bottom(self) -> float:
        """Least y of the picture."""
        return project(0, self.south, self.centre)[1]

    @property
    def top(self) -> float:
        """Greatest y of the picture."""
        return project(0, self.north, self.centre)[1]

    def place(self, longitude: float, latitude: float) -> Point:
        """Degrees to x and y of the picture."""
        return project(longitude, latitude, self.centre)


@cache
def world() -> World:
    """The boundary folder's own description."""
    read = tomllib.loads((FOLDER / "world.toml").read_text(encoding="utf-8"))
    source = words(read.pop("source"), "static/world/world.toml: source")
    return World(source=source, **read)


@cache
def embedded_land() -> str:
    """The land picture as a data address, for files that must stand alone."""
    picture = base64.b64encode((FOLDER / "land.svg").read_bytes()).decode("ascii")
    return f"data:image/svg+xml;base64,{picture}"


def project(longitude: float, latitude: float, centre: float) -> Point:
    """Natural Earth I (Šavrič and others 2011) around a central meridian of one's own."""
    lam = radians((longitude - centre + 180) % 360 - 180)
    phi = radians(latitude)
    two, four = phi**2, phi**4
    x = lam * (
        0.8707 - 0.131979 * two + four * (-0.013791 + four * (0.003971 * two - 0.001529 * four))
    )
    y = phi * (1.007226 + two * (0.015085 + four * (-0.044475 + 0.028874 * two - 0.005916 * four)))
    return x, y


def draw_land(topology: dict[str, Any], area: World) -> str:
    """An SVG picture of the land in a TopoJSON topology, projected, cut and simplified."""
    scale = UNITS / (area.right - area.left)
    height = round((area.top - area.bottom) * scale)
    paths = []
    for ring in _rings(topology):
        for piece in _cut(ring, area):
            dots = [area.place(*point) for point in piece]
            units = [((x - area.left) * scale, (area.top - y) * scale) for x, y in dots]
            slim = _simplified(units, TOLERANCE)
            if len(slim) > 3 and abs(_area(slim)) > SMALLEST:
                paths.append(_path(slim))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{UNITS // 2}" height="{height // 2}" '
        f'viewBox="0 0 {UNITS} {height}"><path fill="#8794a3" fill-opacity="0.24" '
        f'fill-rule="evenodd" d="{"".join(paths)}"/></svg>\n'
    )


def _path(line: list[Point]) -> str:
    whole = [(round(x), round(y)) for x, y in line]
    steps = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(whole[:-1])]
    moves = " ".join(f"{dx} {dy}" for dx, dy in steps if dx or dy).replace(" -", "-")
    return f"M{whole[0][0]} {whole[0][1]}l{moves}z"


def _rings(topology: dict[str, Any]) -> Iterator[list[Point]]:
    arcs = [_arc(arc, topology["transform"]) for arc in topology["arcs"]]
    for part in topology["objects"]["land"]["geometries"]:
        polygons = part["arcs"] if part["type"] == "MultiPolygon" else [part["arcs"]]
        for ring in (ring for polygon in polygons for ring in polygon):
            line: list[Point] = []
            for n in ring:
                arc = arcs[n] if n >= 0 else arcs[~n][::-1]
                line += arc[1 if line else 0 :]
            yield line


def _arc(steps: Iterable[Sequence[float]], transform: dict[str, list[float]]) -> list[Point]:
    (wide, high), (left, low) = transform["scale"], transform["translate"]
    x = y = 0.0
    points = []
    for dx, dy in steps:
        x, y = x + dx, y + dy
        points.append((x * wide + left, y * high + low))
    return points


def _cut(ring: list[Point], area: World) -> Iterator[list[Point]]:
    unrolled = [ring[0]]
    for longitude, latitude in ring[1:]:
        turn = round((unrolled[-1][0] - longitude) / 360)
        unrolled.append((longitude + 360 * turn, latitude))
    if abs(unrolled[0][0] - unrolled[-1][0]) > 180:
        return
    for turn in (-360, 0, 360):
        moved = [(longitude + turn, latitude) for longitude, latitude in unrolled]
        west, east = area.centre - 179.99, area.centre + 179.99
        for axis, limit, sign in (
            (0, west, 1),
            (0, east, -1),
            (1, area.south, 1),
            (1, area.north, -1),
        ):
            moved = _clipped(moved, axis, limit, sign)
        if len(moved) > 3:
            yield moved


def _clipped(line: list[Point], axis: int, limit: float, sign: int) -> list[Point]:
    kept: list[Point] = []
    for one, two in zip(line, line[1:] + line[:1], strict=True):
        inside = [(point[axis] - limit) * sign >= 0 for point in (one, two)]
        if inside[0]:
            kept.append(one)
        if inside[0] != inside[1]:
            part = (limit - one[axis]) / (two[axis] - one[axis])
            cut = tuple(a + (b - a) * part for a, b in zip(one, two, strict=True))
            kept.append((cut[0], cut[1]))
    return [*kept, kept[0]] if kept and kept[0] != kept[-1] else kept


def _simplified(line: list[Point], tolerance: float) -> list[Point]:
    keep, stack = {0, len(line) - 1}, [(0, len(line) - 1)]
    while stack:
        first, last = stack.pop()
        far, at = max(
            ((_distance(line[n], line[first], line[last]), n) for n in range(first + 1, last)),
            default=(0.0, 0),
        )
        if far > tolerance:
            keep.add(at)
            stack += [(first, at), (at, last)]
    return [line[n] for n in sorted(keep)]


def _distance(point: Point, one: Point, two: Point) -> float:
    (x, y), (ax, ay), (bx, by) = point, one, two
    length = hypot(bx - ax, by - ay)
    if length < 1e-9:
        return hypot(x - ax, y - ay)
    return abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length


def _area(line: list[Point]) -> float:
    pairs = zip(line, line[1:] + line[:1], strict=True)
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs) / 2


if __name__ == "__main__":
    read = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    (FOLDER / "land.svg").write_text(draw_land(read, world()), encoding="utf-8")
