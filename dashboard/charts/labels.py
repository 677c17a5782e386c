"""Where the labels of a map go, so that none lies on another or on a marker."""

from dashboard.charts.base import Page, breadth
from dashboard.charts.world import Point, world

Box = tuple[float, float, float, float]
LABEL = 12.5
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


def placed_labels(
    page: Page, places: dict[str, Point], sizes: dict[str, float], texts: dict[str, str]
) -> dict[str, str]:
    """Text positions by code, largest first; a label that would lie on another is left out."""
    area = world()
    pixels = page.width / (area.right - area.left)
    spots = {
        code: ((x - area.left) * pixels, (area.top - y) * pixels) for code, (x, y) in places.items()
    }
    taken = [(code, box(spot, sizes[code], "", "")) for code, spot in spots.items()]
    labels: dict[str, str] = {}
    for code in sizes:
        for position in POSITIONS:
            frame = box(spots[code], sizes[code], texts[code], position)
            if frame[0] < 0 or frame[2] > page.width:
                continue
            if not any(meet(frame, one) for owner, one in taken if owner != code):
                labels[code] = position
                taken.append((code, frame))
                break
    return labels


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
