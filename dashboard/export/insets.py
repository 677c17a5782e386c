"""How much room a chart's labels, legend and colour bar take around its plot area, in pixels."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import radians, sin
from typing import Any

from dashboard.export import fonts

OWN_DOMAIN = frozenset({"sankey", "pie", "sunburst", "treemap", "icicle", "table", "indicator"})
_NO_AXES = OWN_DOMAIN | {"scattergeo", "choropleth", "scatterpolar", "barpolar"}
_COLOURED = frozenset({"heatmap", "choropleth", "contour"})
_GAP = 6
_LINE = 1.35
_BREAK = re.compile(r"<br\s*/?>")
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")


@dataclass(frozen=True)
class Insets:
    """Pixels to leave free at each side."""

    left: float
    right: float
    top: float
    bottom: float


def is_cartesian(trace: Mapping[str, Any]) -> bool:
    """Whether a trace is drawn on x and y axes."""
    return trace.get("type", "scatter") not in _NO_AXES


def shows_legend(data: list[dict[str, Any]], layout: Mapping[str, Any]) -> bool:
    """Whether Plotly will draw a legend, by its own rules."""
    default = _template(layout).get("showlegend", len(data) > 1)
    if not layout.get("showlegend", default):
        return False
    return any(trace.get("showlegend", True) and trace.get("name") for trace in data)


def shows_scale(trace: Mapping[str, Any], holder: Mapping[str, Any]) -> bool:
    """Whether a trace (or its marker) draws a colour bar of its own."""
    if "coloraxis" in holder:
        return False
    if holder is trace:
        return trace.get("type") in _COLOURED and bool(trace.get("showscale", True))
    return bool(holder.get("showscale", False))


def needed(spec: Mapping[str, Any], width: float, height: float) -> Insets:
    """The room a chart needs in a box: what it asks for, or what its labels measure."""
    data, layout = spec["data"], spec["layout"]
    given = {**_template(layout).get("margin", {}), **layout.get("margin", {})}
    room = {side: float(given.get(side, 8)) for side in "lrtb"}
    if not data or any(is_cartesian(trace) for trace in data):
        for key in ("xaxis", "yaxis", *_others(layout)):
            side, size = _axis_room(key, data, layout, width, height)
            room[side] = max(room[side], size)
    for note in layout.get("annotations", ()):
        for side, size in _note_room(note, layout):
            room[side] = max(room[side], size)
    legend = _legend_room(data, layout, width - room["l"] - room["r"])
    for side, size in (*legend, *_bar_room(data, layout)):
        room[side] += size
    return Insets(room["l"], room["r"], room["t"], room["b"])


def _note_room(note: Mapping[str, Any], layout: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Room for a text placed in paper coordinates at an edge of the plot area, facing outwards."""
    size = _font_size(note.get("font"), layout, 12)
    said = str(note.get("text", ""))
    high = (said.count("<br>") + 1) * size * _LINE + 2
    if note.get("yref") == "paper":
        shift, y, anchor = note.get("yshift", 0), note.get("y", 0.5), note.get("yanchor")
        if y <= 0 and anchor == "top":
            yield "b", high - shift
        elif y >= 1 and anchor == "bottom":
            yield "t", high + shift
    if note.get("xref") == "paper":
        shift, x, anchor = note.get("xshift", 0), note.get("x", 0.5), note.get("xanchor")
        if x >= 1 and anchor == "left":
            yield "r", _widest(said, size) + shift + 2
        elif x <= 0 and anchor == "right":
            yield "l", _widest(said, size) - shift + 2


def extent(markup: str, size: float) -> tuple[float, float]:
    """Width and height of a text of one or more lines, in pixels."""
    return _widest(markup, size), (markup.count("<br>") + 1) * size * 1.3


def _template(layout: Mapping[str, Any]) -> dict[str, Any]:
    template = layout.get("template", {})
    made: dict[str, Any] = template.get("layout", {}) if isinstance(template, dict) else {}
    return made


def _others(layout: Mapping[str, Any]) -> Iterator[str]:
    return (key for key in layout if re.fullmatch(r"[xy]axis\d+", key))


def _axis_room(
    key: str, data: list[dict[str, Any]], layout: Mapping[str, Any], width: float, height: float
) -> tuple[str, float]:
    vertical = key[0] == "y"
    axis = {**_template(layout).get(key[:5], {}), **layout.get(key, {})}
    side = axis.get("side", "left" if vertical else "bottom")[0]
    if not axis.get("visible", True):
        return side, 0
    size = _font_size(axis.get("tickfont"), layout, 12)
    title = axis.get("title", {})
    words = title if isinstance(title, str) else title.get("text", "")
    room = size * _LINE * (1 + words.count("<br>")) + 8 if words else 0.0
    if axis.get("showticklabels", True) and not axis.get("ticklabelposition", "").startswith("in"):
        labels = _labels(key, axis, data)
        room += _beside(labels, size) if vertical else _under(labels, axis, size, width)
    if axis.get("ticks"):
        room += axis.get("ticklen", 5)
    return side, room + axis.get("ticklabelstandoff", 0)


def _beside(labels: list[str], size: float) -> float:
    return max((_widest(label, size) for label in labels), default=0) + _GAP + 2


def _under(labels: list[str], axis: Mapping[str, Any], size: float, width: float) -> float:
    lines = max((len(_BREAK.split(label)) for label in labels), default=1)
    widest = max((_widest(label, size) for label in labels), default=0)
    angle = axis.get("tickangle", "auto")
    slot = width * 0.88 / max(len(labels), 1)
    if angle == "auto":
        angle = (
            0 if axis.get("type") == "date" or widest < slot else 30 if widest < slot * 2 else 90
        )
    slanted = widest * abs(sin(radians(angle)))
    return max(slanted, lines * size * _LINE if angle == 0 else 0) + size * 0.6 + _GAP


def _widest(label: str, size: float) -> float:
    return max(fonts.width(fonts.shown(line), size) for line in _BREAK.split(label))


def _labels(key: str, axis: Mapping[str, Any], data: list[dict[str, Any]]) -> list[str]:
    if axis.get("ticktext") is not None:
        return [str(text) for text in axis["ticktext"]]
    values = [value for trace in data if _on(trace, key) for value in trace.get(key[0]) or ()]
    words = list(dict.fromkeys(value for value in values if isinstance(value, str)))
    if words and axis.get("type") != "date" and not _DATE.match(words[0]):
        return words
    if words or any(isinstance(value, date) for value in values):
        return ["2024" if axis.get("tickformat") or axis.get("dtick") else "2024<br>M"]
    numbers = [abs(value) for value in values if isinstance(value, int | float)]
    sign = f"{axis.get('tickprefix', '')}{axis.get('ticksuffix', '')}"
    return [f"{max(numbers, default=0):,.0f}{sign}"]


def _on(trace: Mapping[str, Any], key: str) -> bool:
    return bool(trace.get(f"{key[0]}axis", key[0]) == key[0] + key[5:])


def _font_size(font: Mapping[str, Any] | None, layout: Mapping[str, Any], default: float) -> float:
    own = layout.get("font", {}).get("size") or _template(layout).get("font", {}).get("size")
    return float((font or {}).get("size") or own or default)


def _legend_room(
    data: list[dict[str, Any]], layout: Mapping[str, Any], width: float
) -> list[tuple[str, float]]:
    if not shows_legend(data, layout):
        return []
    legend = {**_template(layout).get("legend", {}), **layout.get("legend", {})}
    size = _font_size(legend.get("font"), layout, 12)
    names = [
        str(trace["name"]) for trace in data if trace.get("showlegend", True) and "name" in trace
    ]
    widths = [fonts.width(fonts.shown(name), size) + 46 for name in dict.fromkeys(names)]
    if legend.get("orientation") != "h":
        outside = legend.get("x", 1.02) >= 1 and legend.get("xanchor", "left") == "left"
        return [("r", max(widths) + _GAP)] if outside else []
    rows = -(-sum(widths) // max(width, 1))
    room = rows * (size + 7) + _GAP
    if legend.get("y", -0.1) >= 1:
        return [("t", room)]
    return [("b", room)] if legend.get("y", -0.1) < 0 else []


def _bar_room(data: list[dict[str, Any]], layout: Mapping[str, Any]) -> list[tuple[str, float]]:
    bars = [part.get("colorbar", {}) for key, part in layout.items() if key.startswith("coloraxis")]
    for trace in data:
        for holder in (trace, trace.get("marker", {})):
            if shows_scale(trace, holder):
                bars.append(holder.get("colorbar", {}))
    beside = [bar for bar in bars if bar.get("orientation") != "h" and bar.get("x", 1.02) >= 1]
    return [("r", 84)] if beside else []
