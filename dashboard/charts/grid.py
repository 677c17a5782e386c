"""Coloured grids: a matrix of two dimensions, protected cells hatched, empty ones blank."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Any

from dashboard import look
from dashboard.charts.base import Page, Spec, breadth, folded

CELL = 30
GAP = 0.04
SIZES = (11, 10, 9)
LONGEST = 620


@dataclass(frozen=True)
class Cell:
    """One square: column and row, figure (None if there is none), text, hover text, code, state."""

    x: int
    y: int
    value: float | None
    text: str
    hover: str
    code: Sequence[str]
    state: str = ""


def matrix(
    page: Page,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Cell],
    notes: Sequence[str],
    by_column: bool = False,
    meta: Mapping[str, Any] | None = None,
) -> Spec:
    """Rows and columns in the order given, log colour over all cells or within each column."""
    side = breadth(max(rows, key=lambda name: breadth(name, 13)), 13)
    wide = max(page.width - side - 30, 60) / len(columns)
    longest = max((breadth(cell.text, 1) for cell in cells), default=0)
    size = next((size for size in SIZES if wide >= longest * size + 5), 0)
    names = [broken(name, wide - 2) for name in columns]
    level = max(breadth(name, 12) for name in names) <= wide - 2
    slope = 0 if level else -45 if wide > 26 else -90
    names = names if level else list(columns)
    long = max(breadth(name, 12) for name in names)
    upright = long * (0.75 if slope == -45 else 1) + 10
    head = 15 * (1 + max(name.count("<br>") for name in names)) if level else upright
    note, below = foot(page, notes, side)
    data = drawn(page, cells, size, by_column)
    axis = {"showgrid": False, "zeroline": False, "tickfont": {"color": page.theme.ink}}
    return page.figure(
        data,
        int(CELL * len(rows) + head + 8 + below),
        {"left_out": 0} | dict(meta or {}),
        xaxis=axis
        | {
            "side": "top",
            "tickvals": list(range(len(columns))),
            "ticktext": names,
            "tickangle": slope,
            "range": [-0.5, len(columns) - 0.5],
            "automargin": False,
        },
        yaxis=axis
        | {
            "tickvals": list(range(len(rows))),
            "ticktext": list(rows),
            "range": [len(rows) - 0.5, -0.5],
        },
        annotations=[note],
        margin={
            "l": 8,
            "r": 8 + (int(long * 0.5) if slope == -45 else 0),
            "t": int(head) + 8,
            "b": below,
        },
    )


def broken(name: str, pixels: float) -> str:
    """A column's name broken into lines that fit, where it can be: at spaces, or between 汉字."""
    per_line = max(2, int(pixels // 12))
    words = name.replace("（", " （").split()
    lines = [line for word in words for line in _cut(word, per_line)]
    joined: list[str] = []
    for line in lines:
        both = f"{joined[-1]} {line}" if joined else line
        if joined and name.isascii() and breadth(both) <= pixels:
            joined[-1] = both
        else:
            joined.append(line)
    return "<br>".join(joined)


def _cut(word: str, per_line: int) -> list[str]:
    """A word of 汉字 in even lines, three at most; any other word whole."""
    if word.isascii() or not word.isalpha() or len(word) > 3 * per_line:
        return [word]
    step = -(-len(word) // -(-len(word) // per_line))
    return [word[n : n + step] for n in range(0, len(word), step)]


def beside(names: Iterable[str]) -> float:
    """The pixels left of an axis whose ticks these names are."""
    return max((breadth(name, 12) for name in names), default=0) + 14


def foot(page: Page, parts: Sequence[str], indent: float = 0, shift: int = -8) -> tuple[Spec, int]:
    """A muted note below the drawing in lines that fit, and the margin in pixels it needs.

    indent: pixels left of the axes; shift: pixels below them where the note starts, negative.
    """
    text = folded(parts, min(page.width - indent - 12, LONGEST))
    note = {
        "text": text,
        "x": 0,
        "y": 0,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "top",
        "yshift": shift,
        "showarrow": False,
        "align": "left",
        "font": {"size": 12, "color": page.theme.muted},
    }
    return note, 17 * (text.count("<br>") + 1) + 8 - shift


def drawn(page: Page, cells: Sequence[Cell], size: int, by_column: bool = False) -> list[Spec]:
    """Squares in their colours and the texts on them; size 0 draws no text.

    Each square has one of twelve steps on a log scale over all cells, or within each column.
    """
    colours = _tints(page, cells, by_column)
    return [*_squares(page, cells, colours), _marks(page, cells, colours, size)]


def _squares(page: Page, cells: Sequence[Cell], colours: Sequence[str]) -> list[Spec]:
    """Polygon traces: one for each colour step, and one hatched for withheld cells."""
    steps: dict[str, list[Cell]] = {}
    for cell, colour in zip(cells, colours, strict=True):
        if cell.value is not None:
            steps.setdefault(colour, []).append(cell)
    filled = [_polygons(group, {"fillcolor": colour}) for colour, group in sorted(steps.items())]
    withheld = [cell for cell in cells if cell.state == "c"]
    pattern = {
        "shape": look.WITHHELD_PATTERN,
        "fgcolor": look.faded(page.theme.line, 0.55),
        "bgcolor": page.theme.paper,
        "size": 7,
        "solidity": 0.16,
    }
    hatched = _polygons(withheld, {"fillpattern": pattern, "meta": "withheld"})
    return [*filled, *([hatched] if withheld else [])]


def _tints(page: Page, cells: Sequence[Cell], by_column: bool) -> list[str]:
    """The colour of each cell: one of twelve steps on a log scale, nothing for zero.

    A scale spans ten times at least, so that figures close to each other look alike.
    """
    peers: dict[int, list[float]] = {}
    for cell in cells:
        if cell.value:
            peers.setdefault(cell.x if by_column else 0, []).append(log10(cell.value))
    ends = {key: (min(logs), max(logs)) for key, logs in peers.items()}
    return [
        _tint(page, cell.value, *ends[cell.x if by_column else 0])
        if cell.value
        else page.theme.blank
        for cell in cells
    ]


def _tint(page: Page, value: float, low: float, high: float) -> str:
    part = 1 - (high - log10(value)) / max(high - low, 1)
    return look.shade(round(part * 11) / 11, page.dark)


def _marks(page: Page, cells: Sequence[Cell], colours: Sequence[str], size: int) -> Spec:
    """The texts on the squares, which also carry hover text and code; size 0 draws no text."""
    inks = [
        look.ink_on(colour) if cell.value else page.theme.ink
        for cell, colour in zip(cells, colours, strict=True)
    ]
    return {
        "type": "scatter",
        "mode": "markers+text" if size else "markers",
        "x": [cell.x for cell in cells],
        "y": [cell.y for cell in cells],
        "text": [cell.text for cell in cells],
        "textfont": {"size": size or 11, "color": inks},
        "marker": {"symbol": "square", "size": 24, "opacity": 0},
        "customdata": [list(cell.code) for cell in cells],
        "hovertext": [cell.hover for cell in cells],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _polygons(cells: Sequence[Cell], fill: dict[str, Any]) -> Spec:
    half = 0.5 - GAP
    xs: list[float | None] = []
    ys: list[float | None] = []
    for cell in cells:
        xs += [cell.x - half, cell.x + half, cell.x + half, cell.x - half, cell.x - half, None]
        ys += [cell.y - half, cell.y - half, cell.y + half, cell.y + half, cell.y - half, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs[:-1],
        "y": ys[:-1],
        "fill": "toself",
        "line": {"width": 0},
        "hoverinfo": "skip",
    } | fill
