"""Text of a plain drawing: Plotly's pseudo-HTML as SVG, lines and bold kept, all else shown."""

import re
from html import unescape
from xml.sax.saxutils import escape, quoteattr

from dashboard.export import fonts

_BREAK = re.compile(r"<br\s*/?>")
_PART = re.compile(r"<(/?)(b|i)>")
_TAG = re.compile(r"</?(span|sub|sup)[^>]*>")
_ANCHORS = {"left": "start", "center": "middle", "right": "end"}
LINE = 1.3


def text(
    markup: str,
    x: float,
    y: float,
    size: float,
    colour: str,
    *,
    anchor: str = "left",
    upright: str = "top",
    angle: float = 0,
    opacity: float = 1,
) -> str:
    """One text element; y is its top, middle or bottom as upright says, lines below each other."""
    lines = _BREAK.split(_TAG.sub("", markup))
    height = len(lines) * size * LINE
    top = y - {"top": 0, "middle": height / 2, "bottom": height}.get(upright, 0)
    parts = []
    for place, line in enumerate(lines):
        base = top + (place + 0.5) * size * LINE + size * 0.36
        parts.append(f'<tspan x="{x:.1f}" y="{base:.1f}">{_inline(line)}</tspan>')
    turned = f' transform="rotate({angle:g} {x:.1f} {y:.1f})"' if angle else ""
    faded = f' opacity="{opacity:g}"' if opacity < 1 else ""
    return (
        f'<text font-size="{size:.4g}" fill={quoteattr(colour)} '
        f'text-anchor="{_ANCHORS.get(anchor, "start")}"{turned}{faded}>{"".join(parts)}</text>'
    )


def _inline(line: str) -> str:
    out, place, bold = [], 0, 0
    for tag in _PART.finditer(line):
        out.append(escape(unescape(line[place : tag.start()])))
        if tag[2] == "b":
            out.append(
                "</tspan>" if tag[1] and bold else "" if tag[1] else '<tspan font-weight="700">'
            )
            bold += -1 if tag[1] and bold else 0 if tag[1] else 1
        place = tag.end()
    out.append(escape(unescape(line[place:])))
    return "".join(out) + "</tspan>" * bold


def width(markup: str, size: float) -> float:
    """The widest line of a markup text in pixels."""
    return max(fonts.width(fonts.shown(line), size) for line in _BREAK.split(markup))
