"""Bars, lines, areas, markers and their texts of a plain drawing."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import quoteattr

from dashboard import look
from dashboard.export.plain.axes import Axis
from dashboard.export.plain.text import text

Trace = Mapping[str, Any]
_DASHES = {"dot": "2 3", "dash": "7 5", "dashdot": "7 4 2 4", "longdash": "11 6"}
KNOWN = frozenset({"bar", "scatter", "scattergl"})


def drawn(
    data: Sequence[Trace], axes: Mapping[str, Axis], layout: Mapping[str, Any]
) -> Iterator[str]:
    """Every trace as SVG elements, in order."""
    heaps: dict[tuple[Any, ...], float] = {}
    bars = [trace for trace in data if trace.get("type") == "bar"]
    for trace in data:
        if trace.get("visible", True) is not True:
            continue
        across, up = axes[str(trace.get("xaxis", "x"))], axes[str(trace.get("yaxis", "y"))]
        if trace.get("type") == "bar":
            yield from _bars(trace, across, up, layout, heaps, bars)
        else:
            yield from _scatter(trace, across, up)


def _bars(
    trace: Trace,
    across: Axis,
    up: Axis,
    layout: Mapping[str, Any],
    heaps: dict[tuple[Any, ...], float],
    bars: Sequence[Trace],
) -> Iterator[str]:
    flat = trace.get("orientation") == "h"
    places, values = (trace["y"], trace["x"]) if flat else (trace["x"], trace["y"])
    along, length = (up, across) if flat else (across, up)
    mode = layout.get("barmode", "group")
    group = [bar for bar in bars if bar.get("xaxis", "x") == trace.get("xaxis", "x")]
    share = len(group) if mode == "group" and "width" not in trace else 1
    step = _step(along, places)
    for n, (place, value) in enumerate(zip(places, values, strict=False)):
        at = along.number(place)
        if at is None or value is None or value != value:
            continue
        wide = float(_nth(trace.get("width"), n) or step * (1 - layout.get("bargap", 0.28)))
        base = float(_nth(trace.get("base"), n) or 0)
        if mode in ("stack", "relative") and "base" not in trace:
            key = (trace.get("xaxis", "x"), trace.get("yaxis", "y"), at, value > 0)
            base = heaps.get(key, 0.0)
            heaps[key] = base + value
        slot = wide / share
        middle = at - wide / 2 + slot * (group.index(trace) + 0.5) if share > 1 else at
        near, far = along.at(middle - slot / 2), along.at(middle + slot / 2)
        start, end = (
            length.at(length.number(base) or 0),
            length.at(length.number(base + value) or 0),
        )
        yield _bar(trace, n, flat, (near, far, start, end))
        yield from _bar_text(trace, n, flat, (near, far, start, end))


def _step(along: Axis, places: Sequence[Any]) -> float:
    numbers = sorted({at for place in places if (at := along.number(place)) is not None})
    return min((b - a for a, b in pairwise(numbers)), default=1.0)


def _bar(trace: Trace, n: int, flat: bool, corners: tuple[float, float, float, float]) -> str:
    near, far, start, end = corners
    xs, ys = ((start, end), (near, far)) if flat else ((near, far), (start, end))
    marker = trace.get("marker", {})
    line = marker.get("line", {})
    hatched = bool(_nth(marker.get("pattern", {}).get("shape"), n))
    fill = "url(#hatch)" if hatched else str(_nth(marker.get("color"), n) or look.LIGHT.accent)
    edge = _nth(line.get("color"), n) if _nth(line.get("width"), n) else None
    stroke = f" stroke={quoteattr(str(edge))}" if edge else ""
    return (
        f'<rect x="{min(xs):.1f}" y="{min(ys):.1f}" width="{abs(xs[1] - xs[0]):.1f}" '
        f'height="{abs(ys[1] - ys[0]):.1f}" fill={quoteattr(fill)}{stroke}{_opacity(trace, n)}/>'
    )


def _bar_text(
    trace: Trace, n: int, flat: bool, corners: tuple[float, float, float, float]
) -> Iterator[str]:
    words = str(_nth(trace.get("text"), n) or "")
    if not words or trace.get("textposition") == "none":
        return
    near, far, start, end = corners
    size, colour = _font(trace, n)
    outside = trace.get("textposition") == "outside"
    middle = (near + far) / 2
    side = 1 if end >= start else -1
    if flat and outside:
        yield text(words, end + 4 * side, middle, size, colour, upright="middle",
                   anchor="left" if side > 0 else "right")  # fmt: skip
    elif flat:
        yield text(
            words, (start + end) / 2, middle, size, colour, anchor="center", upright="middle"
        )
    else:
        top = end - 2 if outside else (start + end) / 2
        yield text(words, middle, top, size, colour, anchor="center",
                   upright="bottom" if outside else "middle")  # fmt: skip


def _scatter(trace: Trace, across: Axis, up: Axis) -> Iterator[str]:
    xs, ys = list(trace.get("x") or ()), list(trace.get("y") or ())
    dots = [(across.pixel(x), up.pixel(y)) for x, y in zip(xs, ys, strict=False)]
    mode = str(trace.get("mode", "lines"))
    fill = str(trace.get("fill", "none"))
    if "lines" in mode or fill != "none":
        yield from _lines(trace, dots, fill, up)
    for n, (x, y) in enumerate(dots):
        if x is None or y is None:
            continue
        if "markers" in mode:
            yield _marker(trace, n, x, y)
        words = str(_nth(trace.get("text"), n) or "") if "text" in mode else ""
        if words:
            yield _beside(trace, n, x, y, words)


def _lines(
    trace: Trace, dots: Sequence[tuple[float | None, float | None]], fill: str, up: Axis
) -> Iterator[str]:
    line = trace.get("line", {})
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in dots:
        if x is None or y is None:
            runs.append([])
        else:
            runs[-1].append((x, y))
    path = " ".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in run) for run in runs if run)
    if not path:
        return
    if fill == "toself":
        colour = str(trace.get("fillcolor") or line.get("color") or look.LIGHT.soft)
        closed = path.replace(" M", "Z M")
        yield f'<path d="{closed}Z" fill={quoteattr(colour)}{_opacity(trace, 0)}/>'
    elif fill.startswith("tozero"):
        floor = up.at(max(min(0.0, up.high), up.low))
        for run in (run for run in runs if run):
            edge = "L".join(f"{x:.1f} {y:.1f}" for x, y in run)
            colour = str(trace.get("fillcolor") or look.LIGHT.soft)
            ends = f"L{run[-1][0]:.1f} {floor:.1f}L{run[0][0]:.1f} {floor:.1f}Z"
            yield f'<path d="M{edge}{ends}" fill={quoteattr(colour)}/>'
    width = line.get("width", 2)
    if width and "lines" in str(trace.get("mode", "lines")):
        dash = _DASHES.get(str(line.get("dash")), "")
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        colour = quoteattr(str(line.get("color") or look.LIGHT.accent))
        yield f'<path d="{path}" fill="none" stroke={colour} stroke-width="{width}"{dashed}/>'


def _marker(trace: Trace, n: int, x: float, y: float) -> str:
    marker = trace.get("marker", {})
    size = float(_nth(marker.get("size"), n) or 6)
    colour = quoteattr(str(_nth(marker.get("color"), n) or look.LIGHT.accent))
    symbol, half, faint = (
        str(_nth(marker.get("symbol"), n) or "circle"),
        size / 2,
        _opacity(trace, n),
    )
    if symbol.startswith(("line", "x-thin")):
        cross = f"M{x - half:.1f} {y - half:.1f}l{size:.1f} {size:.1f}" if symbol[0] == "x" else ""
        path = f"M{x - half:.1f} {y + half:.1f}l{size:.1f} {-size:.1f}{cross}"
        return f'<path d="{path}" stroke={colour} stroke-width="1.5"{faint}/>'
    if symbol.startswith("square"):
        return (
            f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{size:.1f}" height="{size:.1f}" '
            f"fill={colour}{faint}/>"
        )
    line = marker.get("line", {})
    edge = str(_nth(line.get("color"), n) or "none") if _nth(line.get("width"), n) else "none"
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{half:.1f}" fill={colour} stroke="{edge}"{faint}/>'
    )


def _beside(trace: Trace, n: int, x: float, y: float, words: str) -> str:
    size, colour = _font(trace, n)
    spot = str(_nth(trace.get("textposition"), n) or "middle center")
    gap = float(_nth(trace.get("marker", {}).get("size"), n) or 0) / 2 + 2
    upright = "bottom" if "top" in spot else "top" if "bottom" in spot else "middle"
    anchor = "right" if "left" in spot else "left" if "right" in spot else "center"
    y += {"bottom": -gap + 2, "top": gap - 2, "middle": 0}[upright]
    x += {"right": -gap, "left": gap, "center": 0}[anchor]
    return text(words, x, y, size, colour, anchor=anchor, upright=upright)


def _font(trace: Trace, n: int) -> tuple[float, str]:
    font = trace.get("textfont", {})
    colour = str(_nth(font.get("color"), n) or look.LIGHT.ink)
    return float(_nth(font.get("size"), n) or 12), colour


def _opacity(trace: Trace, n: int) -> str:
    faint = trace.get("opacity", 1)
    own = _nth(trace.get("marker", {}).get("opacity"), n)
    shown = float(faint) * float(1 if own is None else own)
    return f' opacity="{shown:.3g}"' if shown < 1 else ""


def _nth(value: Any, n: int) -> Any:
    if isinstance(value, list | tuple):
        return value[n] if n < len(value) else None
    return value
