"""Where the labels of a map go, so that none lies on another or on a marker, and few on lines."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.charts.base import Page, breadth
from dashboard.charts.world import Point, world

Box = tuple[float, float, float, float]
LABEL = 12.5
GRAIN = 5
MARK = 5
POSITIONS = (
    "middle right",
    "middle left",
    "bottom center",
    "top center",
    "bottom left",
    "top left",
    "bottom right",
    "top right",
)


@dataclass(frozen=True)
class Sheet:
    """How the map lies on a drawing: pixels per unit of the map, and pixels left of the map."""

    pixels: float
    left: float

    def spot(self, point: Point) -> Point:
        """A point of the map in pixels from the top left of the drawing."""
        area = world()
        return self.left + (point[0] - area.left) * self.pixels, (area.top - point[1]) * self.pixels


def sheet(page: Page, below: int = 0) -> Sheet:
    """The map as large as the drawing's width allows, and its height where that is fixed."""
    area = world()
    wide, high = area.right - area.left, area.top - area.bottom
    pixels = page.width / wide
    if page.height:
        pixels = min(pixels, max(page.height - below, 1) / high)
    return Sheet(pixels, (page.width - pixels * wide) / 2)


def placed_labels(
    page: Page,
    places: dict[str, Point],
    sizes: dict[str, float],
    texts: dict[str, str],
    below: int = 0,
    lines: Iterable[Point] = (),
    marks: Iterable[Point] = (),
) -> dict[str, str]:
    """Text positions by code, largest first; a label that would lie on another is left out.

    below: pixels of the drawing's height that are not the map's. lines: points on the map that a
    label avoids where it can. marks: where else something stands that no label may lie on.
    """
    laid = sheet(page, below)
    spots = {code: laid.spot(point) for code, point in places.items()}
    grains = Counter(_grain(laid.spot(point)) for point in lines)
    taken = [(code, box(spot, sizes[code], "", "")) for code, spot in spots.items()]
    taken += [("", box(laid.spot(point), MARK, "", "")) for point in {*marks}]
    labels: dict[str, str] = {}
    for code in sizes:
        frames = {where: box(spots[code], sizes[code], texts[code], where) for where in POSITIONS}
        free = [
            where
            for where, frame in frames.items()
            if frame[0] >= 0 and frame[1] >= 0 and frame[2] <= page.width
            if not any(meet(frame, one) for owner, one in taken if owner != code)
        ]
        if free:
            labels[code] = min(free, key=lambda where: _crossed(frames[where], grains))
            taken.append((code, frames[labels[code]]))
    return labels


def _grain(spot: Point) -> tuple[int, int]:
    return int(spot[0] // GRAIN), int(spot[1] // GRAIN)


def _crossed(frame: Box, grains: Counter[tuple[int, int]]) -> int:
    (left, top), (right, bottom) = _grain(frame[:2]), _grain(frame[2:])
    return sum(grains[x, y] for x in range(left, right + 1) for y in range(top, bottom + 1))


def box(spot: Point, size: float, text: str, position: str) -> Box:
    """Left, top, right and bottom of a label, or of its marker where no position is named."""
    (x, y), half = spot, size / 2
    if not position:
        return (x - half, y - half, x + half, y + half)
    wide, high = breadth(text, LABEL) + 4, LABEL + 3
    row, column = position.split()
    aside = {"left": x - half - 2 - wide, "center": x - wide / 2, "right": x + half + 2}
    tops = {"top": y - half - 1 - high, "middle": y - high / 2, "bottom": y + half + 1}
    left, top = aside[column], tops[row]
    return (left, top, left + wide, top + high)


def meet(one: Box, two: Box) -> bool:
    """Whether two boxes overlap."""
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]
