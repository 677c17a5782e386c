"""Ranked bars with direct labels, for any answer of one dimension."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import look
from dashboard.charts.base import FITS, Page, Row, Spec, breadth, clipped, folded

STEP = 27
STUB = 0.035
TINY = 340
NAME = 13


@dataclass(frozen=True)
class Bar:
    """One bar: its name, row, colour, further text after the figure, hover text and code."""

    name: str
    row: Row
    colour: str
    extra: str
    hover: str
    code: str | list[str]


def ranked_bars(
    page: Page,
    bars: list[Bar],
    more: str,
    title: str,
    filters: str = "",
    key: Sequence[str] = (),
    count: int = 0,
) -> Spec:
    """Horizontal bars, most on top, `page.fold` at most; the rest is counted in the `more` line.

    filters: the selection field that a click on a bar sets. key: what each colour means. count: how
    many bars there would be, where only those to be shown were made.
    """
    if not bars:
        return page.empty()
    shown = bars[: page.fold]
    most = max((bar.row["value"] or 0 for bar in shown), default=0) or 1
    names = [clipped(bar.name, max(124, 0.4 * page.width)) for bar in shown]
    texts = [_text(page, bar) for bar in shown]
    room = _room(page, names, texts)
    data = [_drawn(page, shown, texts), _hatched(page, shown, most / room)]
    left_out = max(count, len(bars)) - len(shown)
    rest = page.say(more, n=look.exact(left_out, page.language)) if left_out else ""
    notes = [rest] if rest and page.width < TINY else [title, rest]
    note, below = under(page, names, notes, key)
    slots = max(len(shown), (page.height - 6 - below) / STEP) if page.height else len(shown)
    return page.figure(
        [trace for trace in data if trace["y"]],
        STEP * len(shown) + 12 + below,
        {"filters": filters, "left_out": left_out},
        xaxis=bare(most / room),
        yaxis=named(page, names, NAME, slots),
        annotations=[note],
        margin={"l": beside(names), "r": 12, "t": 6, "b": below},
    )


def bare(reach: float) -> Spec:
    """The axis of lengths, which the figures on the bars say: neither ticks nor grid."""
    return FITS | {"range": [0, reach], "showticklabels": False, "showgrid": False}


def named(page: Page, names: Sequence[str], size: int, slots: float) -> Spec:
    """The axis of names, the first on top, with room for `slots` bars."""
    return FITS | {
        "tickvals": list(range(len(names))),
        "ticktext": list(names),
        "range": [slots - 0.45, -0.55],
        "showgrid": False,
        "tickfont": {"size": size, "color": page.theme.ink},
    }


def beside(names: Sequence[str]) -> int:
    """The margin in pixels that the names left of the bars need."""
    return round(max(breadth(name, NAME) for name in names)) + 14


def under(
    page: Page, names: Sequence[str], notes: Sequence[str], key: Sequence[str] = ()
) -> tuple[Spec, int]:
    """The note under bars, starting below their names, and the margin in pixels it needs.

    key: what the colours mean, entry by entry, on lines of their own.
    """
    wide = page.width - 16
    lines = [folded(key, wide, between="  "), folded(notes, wide)]
    text = "<br>".join(filter(None, lines))
    note = {
        "text": text,
        "x": 0,
        "y": 0,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "top",
        "xshift": 6 - beside(names),
        "yshift": -4,
        "showarrow": False,
        "align": "left",
        "font": {"size": 12, "color": page.theme.muted},
    }
    return note, 17 * (text.count("<br>") + 1) + 10


def _text(page: Page, bar: Bar) -> str:
    mark = page.mark(bar.row)
    return f"<b>{mark}</b>  {bar.extra}" if bar.extra and not page.narrow else f"<b>{mark}</b>"


def _room(page: Page, names: list[str], texts: list[str]) -> float:
    inner = max(page.width - max(breadth(name, NAME) for name in names) - 40, 120)
    return max(0.35, 1 - (max(breadth(text, 12.5) for text in texts) + 14) / inner)


def _drawn(page: Page, bars: list[Bar], texts: list[str]) -> Spec:
    places = [n for n, bar in enumerate(bars) if bar.row["value"] is not None]
    return _trace(page, bars, places) | {
        "x": [bars[n].row["value"] for n in places],
        "text": [texts[n] for n in places],
        "marker": {"color": [bars[n].colour for n in places]},
    }


def _hatched(page: Page, bars: list[Bar], reach: float) -> Spec:
    places = [n for n, bar in enumerate(bars) if bar.row["value"] is None]
    return _trace(page, bars, places) | {
        "x": [reach * STUB] * len(places),
        "text": [look.cell(None, bars[n].row.get("state"), page.language) for n in places],
        "marker": missing(page, [bars[n].row for n in places]),
        "meta": "withheld",
    }


def _trace(page: Page, bars: list[Bar], places: list[int]) -> Spec:
    return {
        "type": "bar",
        "orientation": "h",
        "y": places,
        "textposition": "outside",
        "constraintext": "none",
        "cliponaxis": False,
        "textfont": {"size": 12.5, "color": page.theme.ink},
        "customdata": [bars[n].code for n in places],
        "hovertext": [bars[n].hover for n in places],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "width": 0.66,
    }


def hatch(page: Page, pattern: str = look.WITHHELD_PATTERN, colour: str = "") -> dict[str, Any]:
    """The marker of hatched bars: withheld unless another pattern and colour are named."""
    line = colour or page.theme.line
    return {
        "color": page.theme.blank if not colour else look.faded(colour, 0.16),
        "line": {"color": line, "width": 1},
        "pattern": {"shape": pattern, "fgcolor": line, "bgcolor": page.theme.paper, "size": 6},
    }


def missing(page: Page, rows: Sequence[Row]) -> dict[str, Any]:
    """The marker of bars without a figure: hatched where withheld, an empty frame otherwise."""
    held = [row.get("state") == "c" for row in rows]
    marker = hatch(page)
    shapes = [look.WITHHELD_PATTERN if one else "" for one in held]
    return marker | {
        "color": [page.theme.blank if one else page.theme.paper for one in held],
        "line": {"color": page.theme.line, "width": [1.0 if one else 0.4 for one in held]},
        "pattern": marker["pattern"] | {"shape": shapes},
    }
