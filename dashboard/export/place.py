"""Sets a chart into a rectangle of a larger figure, so that words can stand around it undisturbed.

Plotly moves its plot area to make room for labels, and with it everything placed in "paper"
coordinates. Here the room is measured beforehand, margins are nought and fixed, and paper
coordinates become those of the whole figure. It must not know questions or answers.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from dashboard.export import insets

Spec = dict[str, Any]
_AXIS = re.compile(r"[xy]axis\d*$")
_SUBPLOT = re.compile(r"(geo|polar|ternary|scene)\d*$")
_LEGEND = re.compile(r"legend\d*$")
_COLOUR_AXIS = re.compile(r"coloraxis\d*$")
# Plotly stands labels off by the margin's pad, which is nought here like the margin itself.
STANDOFF = 4


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels from the top left of a figure."""

    left: float
    top: float
    width: float
    height: float

    def inside(self, room: insets.Insets) -> "Box":
        """What is left of the rectangle when room is taken from its sides."""
        return Box(
            self.left + room.left,
            self.top + room.top,
            max(self.width - room.left - room.right, 10),
            max(self.height - room.top - room.bottom, 10),
        )


def placed(spec: Mapping[str, Any], box: Box, width: int, height: int) -> Spec:
    """A copy of a chart that draws only inside the box of a figure width by height pixels."""
    made = deepcopy(dict(spec))
    layout = made.setdefault("layout", {})
    plot = box.inside(insets.needed(made, box.width, box.height))
    _Placement(plot, width, height).apply(made["data"], layout)
    for note in layout.get("annotations", ()):
        _fit(note, box, width, height)
    layout.update(width=width, height=height, autosize=False)
    layout["margin"] = {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0, "autoexpand": False}
    for screen_only in ("title", "updatemenus", "sliders", "modebar"):
        layout.pop(screen_only, None)
    return made


@dataclass(frozen=True)
class _Placement:
    plot: Box
    width: int
    height: int

    def x(self, share: float) -> float:
        return (self.plot.left + share * self.plot.width) / self.width

    def y(self, share: float) -> float:
        return 1 - (self.plot.top + (1 - share) * self.plot.height) / self.height

    def apply(self, data: list[Spec], layout: Spec) -> None:
        cartesian = any(insets.is_cartesian(trace) for trace in data)
        if cartesian or not data:
            layout.setdefault("xaxis", {})
            layout.setdefault("yaxis", {})
        for key, part in layout.items():
            if _AXIS.match(key):
                self._axis(key, part)
            elif _SUBPLOT.match(key):
                self._domain(part)
            elif _LEGEND.match(key):
                self._legend(part)
            elif _COLOUR_AXIS.match(key) and part.get("showscale", True):
                self._colour_bar(part.setdefault("colorbar", {}))
        if insets.shows_legend(data, layout) and "legend" not in layout:
            self._legend(layout.setdefault("legend", {}))
        for trace in data:
            self._trace(trace)
        self._items(layout, cartesian)

    def _axis(self, key: str, axis: Spec) -> None:
        across: Callable[[float], float] = self.x if key[0] == "x" else self.y
        along: Callable[[float], float] = self.y if key[0] == "x" else self.x
        low, high = axis.get("domain", (0, 1))
        axis["domain"] = [across(low), across(high)]
        axis["automargin"] = False
        if key[0] == "y":
            axis.setdefault("ticklabelstandoff", STANDOFF)
        if axis.get("anchor") == "free" and "position" in axis:
            axis["position"] = along(axis["position"])

    def _domain(self, part: Spec) -> None:
        domain = part.get("domain", {})
        part["domain"] = {
            "x": [self.x(share) for share in domain.get("x", (0, 1))],
            "y": [self.y(share) for share in domain.get("y", (0, 1))],
        }

    def _legend(self, legend: Spec) -> None:
        horizontal = legend.get("orientation") == "h"
        if legend.get("xref") != "container":
            legend["x"] = self.x(legend.get("x", 0 if horizontal else 1.02))
        if legend.get("yref") != "container":
            legend["y"] = self.y(legend.get("y", -0.1 if horizontal else 1))

    def _colour_bar(self, bar: Spec) -> None:
        horizontal = bar.get("orientation") == "h"
        bar["x"] = self.x(bar.get("x", 0.5 if horizontal else 1.02))
        bar["y"] = self.y(bar.get("y", 1.02 if horizontal else 0.5))
        if bar.get("lenmode", "fraction") == "fraction":
            whole = self.plot.width / self.width if horizontal else self.plot.height / self.height
            bar["len"] = bar.get("len", 1) * whole

    def _trace(self, trace: Spec) -> None:
        if trace.get("type") in insets.OWN_DOMAIN:
            self._domain(trace)
        for holder in (trace, trace.get("marker", {}), trace.get("line", {})):
            if "colorbar" in holder or insets.shows_scale(trace, holder):
                self._colour_bar(holder.setdefault("colorbar", {}))

    def _items(self, layout: Spec, cartesian: bool) -> None:
        axis_or_paper = "axis" if cartesian else "paper"
        for note in layout.get("annotations", ()):
            self._points(note, axis_or_paper, ("x",), ("y",))
        for shape in layout.get("shapes", ()):
            self._points(shape, axis_or_paper, ("x0", "x1"), ("y0", "y1"))
        for image in layout.get("images", ()):
            self._points(image, "paper", ("x",), ("y",))
            if image.get("xref", "paper") == "paper" and "sizex" in image:
                image["sizex"] *= self.plot.width / self.width
            if image.get("yref", "paper") == "paper" and "sizey" in image:
                image["sizey"] *= self.plot.height / self.height

    def _points(self, item: Spec, default: str, across: Iterable[str], up: Iterable[str]) -> None:
        for reference, size, mapped, names in (
            ("xref", "xsizemode", self.x, across),
            ("yref", "ysizemode", self.y, up),
        ):
            if item.get(reference, default) != "paper":
                continue
            pixels = item.get(size) == "pixel"
            anchor = f"{reference[0]}anchor"
            for name in (anchor,) if pixels else names:
                if isinstance(item.get(name), int | float):
                    item[name] = mapped(item[name])


def _fit(note: Spec, box: Box, width: int, height: int) -> None:
    """Shrinks a text placed on the figure, down to seven tenths, until it stays inside the box."""
    if note.get("xref") != "paper" or note.get("yref") != "paper" or note.get("textangle"):
        return
    font = {"size": 12, **(note.get("font") or {})}
    wide, high = insets.extent(str(note.get("text", "")), font["size"])
    x = note["x"] * width + note.get("xshift", 0)
    y = (1 - note["y"]) * height - note.get("yshift", 0)
    rooms = []
    if note.get("xanchor") == "left":
        rooms.append((box.left + box.width - x) / max(wide, 1))
    if note.get("yanchor") == "top":
        rooms.append((box.top + box.height - y) / max(high, 1))
    if rooms and min(rooms) < 1:
        note["font"] = {**font, "size": font["size"] * max(min(rooms), 0.7)}


def texts(tree: Any) -> Iterator[tuple[Any, Any, str]]:
    """Every string of a specification with the container and key that hold it."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in list(pairs):
        if isinstance(value, str):
            yield tree, key, value
        elif isinstance(value, dict | list):
            yield from texts(value)
