"""The plain drawing put together: pictures, axes, traces (or a table instead), shapes, words."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from dashboard import look
from dashboard.export import fonts
from dashboard.export.frame import STATEMENT
from dashboard.export.plain import traces
from dashboard.export.plain.axes import Axis, axes
from dashboard.export.plain.text import text, width

if TYPE_CHECKING:
    from dashboard.export.figure import Footed

_HATCH = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="6" height="6" fill="#ffffff"/>'
    '<path d="M0 0V6" stroke="#8592a0" stroke-width="2"/></pattern></defs>'
)


def document(figure: "Footed") -> str:
    """The whole SVG document of a footed figure."""
    spec, wide, high = figure.spec, figure.width, figure.height
    layout = spec["layout"]
    scale = figure.paper_scale
    plot = axes(spec, wide, high)
    known = all(trace.get("type", "scatter") in traces.KNOWN for trace in spec["data"])
    body = _chart(spec, plot, wide, high) if known else _listed(figure)
    shapes = "".join(_shape(shape, plot, wide, high) for shape in layout.get("shapes", ()))
    notes = layout.get("annotations", ())
    words = (_note(n, plot, wide, high) for n in notes if known or n.get("name") == STATEMENT)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" '
        f'width="{wide * scale:g}" height="{high * scale:g}" '
        f'viewBox="0 0 {wide} {high}" font-family={quoteattr(fonts.STACK)}>{_HATCH}'
        f'<rect width="100%" height="100%" fill="{look.LIGHT.paper}"/>'
        f"{''.join(body)}{shapes}"
        f"{''.join(words)}</svg>"
    )


def _chart(
    spec: Mapping[str, Any], plot: Mapping[str, Axis], wide: int, high: int
) -> Iterator[str]:
    layout = spec["layout"]
    for image in layout.get("images", ()):
        yield _image(image, plot, wide, high)
    for axis in plot.values():
        if axis.options.get("visible", True):
            yield from _axis(axis, plot)
    yield from traces.drawn(spec["data"], plot, layout)


def _axis(axis: Axis, plot: Mapping[str, Axis]) -> Iterator[str]:
    anchor = str(axis.options.get("anchor", "y" if axis.letter == "x" else "x"))
    other = plot.get(anchor) or next((a for a in plot.values() if a.letter != axis.letter), axis)
    ends = sorted((other.start, other.end))
    upright = axis.letter == "y"
    far = axis.options.get("side") in ("right", "top")
    edge = (ends[1] if far else ends[0]) if upright else (ends[0] if far else ends[1])
    font = axis.options.get("tickfont") or {}
    size, colour = float(font.get("size") or 12), str(font.get("color") or look.LIGHT.muted)
    grid = axis.options.get("showgrid", True)
    angle = axis.options.get("tickangle", 0)
    for at, words in axis.ticks():
        if grid:
            yield _grid(at, ends, upright)
        if axis.options.get("showticklabels", True):
            yield _tick(
                words, at, edge, size, colour, upright, far, 0 if angle == "auto" else angle
            )
    title = axis.options.get("title") or {}
    said = title if isinstance(title, str) else title.get("text", "")
    if said:
        yield _title(str(said), axis, edge, upright, far, size)


def _grid(at: float, ends: list[float], upright: bool) -> str:
    low, high = ends
    path = f"M{low:.1f} {at:.1f}H{high:.1f}" if upright else f"M{at:.1f} {low:.1f}V{high:.1f}"
    return f'<path d="{path}" stroke="{look.LIGHT.grid}"/>'


def _tick(
    words: str,
    at: float,
    edge: float,
    size: float,
    colour: str,
    upright: bool,
    far: bool,
    angle: float,
) -> str:
    if upright:
        x = edge + (6 if far else -6)
        return text(words, x, at, size, colour, anchor="left" if far else "right", upright="middle")
    if angle:
        anchor = "left" if far == (angle < 0) else "right"
        y = edge + (-6 if far else 6)
        return text(words, at, y, size, colour, anchor=anchor, upright="middle", angle=angle)
    y = edge + (-5 if far else 5)
    return text(words, at, y, size, colour, anchor="center", upright="bottom" if far else "top")


def _title(words: str, axis: Axis, edge: float, upright: bool, far: bool, size: float) -> str:
    middle, muted = (axis.start + axis.end) / 2, look.LIGHT.muted
    labels = axis.options.get("showticklabels", True)
    room = max((width(words, size) for _, words in axis.ticks()), default=0) if labels else 0
    if upright:
        x = edge + (room + 14 if far else -room - 14)
        return text(words, x, middle, 12, muted, anchor="center", upright="bottom", angle=-90)
    gap = (size * 1.3 if labels else 0) + 10
    return text(words, middle, edge + (-gap if far else gap), 12, muted, anchor="center",
                upright="bottom" if far else "top")  # fmt: skip


def _image(image: Mapping[str, Any], plot: Mapping[str, Axis], wide: int, high: int) -> str:
    left, top = _at(image, "x", plot, wide, high), _at(image, "y", plot, wide, high)
    if left is None or top is None:
        return ""
    across, up = plot.get(str(image.get("xref"))), plot.get(str(image.get("yref")))
    sizes = image.get("sizex", 0), image.get("sizey", 0)
    x = abs(across.at(sizes[0]) - across.at(0)) if across else sizes[0] * wide
    y = abs(up.at(sizes[1]) - up.at(0)) if up else sizes[1] * high
    return (
        f'<image x="{left:.1f}" y="{top:.1f}" width="{x:.1f}" height="{y:.1f}" '
        f'preserveAspectRatio="none" href={quoteattr(str(image["source"]))}/>'
    )


def _at(
    item: Mapping[str, Any], name: str, plot: Mapping[str, Axis], wide: int, high: int
) -> float | None:
    reference = str(item.get(f"{name[0]}ref", name[0] if name[0] in plot else "paper"))
    value = item.get(name, 0)
    if reference == "paper":
        return float(value) * wide if name[0] == "x" else (1 - float(value)) * high
    axis = plot.get(reference.removesuffix(" domain"))
    if axis is None:
        return None
    if reference.endswith("domain"):
        return axis.start + float(value) * (axis.end - axis.start)
    return axis.pixel(value)


def _note(note: Mapping[str, Any], plot: Mapping[str, Axis], wide: int, high: int) -> str:
    x, y = _at(note, "x", plot, wide, high), _at(note, "y", plot, wide, high)
    if x is None or y is None:
        return ""
    x, y = x + note.get("xshift", 0), y - note.get("yshift", 0)
    font = note.get("font") or {}
    size, colour = float(font.get("size") or 12), str(font.get("color") or look.LIGHT.ink)
    anchor, upright = note.get("xanchor", "center"), note.get("yanchor", "middle")
    said = str(note.get("text", ""))
    back = _back(note, said, x, y, size) if note.get("bgcolor") else ""
    angle, faint = note.get("textangle", 0), float(note.get("opacity", 1))
    return back + text(
        said, x, y, size, colour, anchor=anchor, upright=upright, angle=angle, opacity=faint
    )


def _back(note: Mapping[str, Any], said: str, x: float, y: float, size: float) -> str:
    pad, wide = float(note.get("borderpad", 1)), width(said, size) * 1.04
    high = (said.count("<br>") + 1) * size * 1.3
    left = x - {"left": 0, "center": wide / 2, "right": wide}.get(
        str(note.get("xanchor")), wide / 2
    )
    top = y - {"top": 0, "middle": high / 2, "bottom": high}.get(str(note.get("yanchor")), high / 2)
    return (
        f'<rect x="{left - pad:.1f}" y="{top - pad:.1f}" width="{wide + 2 * pad:.1f}" '
        f'height="{high + 2 * pad:.1f}" fill={quoteattr(str(note["bgcolor"]))}/>'
    )


def _shape(shape: Mapping[str, Any], plot: Mapping[str, Axis], wide: int, high: int) -> str:
    ends = [_at(shape, name, plot, wide, high) for name in ("x0", "y0", "x1", "y1")]
    if any(end is None for end in ends):
        return ""
    x0, y0, x1, y1 = (float(end or 0) for end in ends)
    line = shape.get("line") or {}
    stroke = f'stroke="{line.get("color", look.LIGHT.line)}" stroke-width="{line.get("width", 1)}"'
    if shape.get("type") == "rect":
        fill = quoteattr(str(shape.get("fillcolor", "none")))
        box = f'x="{min(x0, x1):.1f}" y="{min(y0, y1):.1f}"'
        size = f'width="{abs(x1 - x0):.1f}" height="{abs(y1 - y0):.1f}"'
        return f"<rect {box} {size} fill={fill} {stroke}/>"
    return f'<path d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" {stroke}/>'


def _listed(figure: "Footed") -> Iterator[str]:
    """The first rows of the table, as many as there is room for, and how many are left out."""
    box, rows = figure.box, figure.listing()
    columns = list(zip(*rows, strict=True))
    step = 19.0
    fits = max(int(box.height // step) - 1, 1)
    widths = [max(fonts.width(cell, 12) for cell in column[:fits]) + 22 for column in columns]
    for line, row in enumerate(rows[:fits]):
        x = box.left
        for cell, room in zip(row, widths, strict=True):
            if x + room <= box.left + box.width + 22:
                said = f"<b>{look.safe(cell)}</b>" if line == 0 else look.safe(cell)
                yield text(said, x, box.top + line * step, 12, look.LIGHT.ink)
            x += room
    if len(rows) > fits:
        more = f"… +{len(rows) - fits}"
        yield text(more, box.left, box.top + fits * step, 12, look.LIGHT.muted)
