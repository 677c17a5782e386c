"""What was seized: documents as ranked bars, every other item written out in its own unit."""

from dashboard import look, words
from dashboard.charts.bars import STEP, STUB, bare, beside, missing, named, under
from dashboard.charts.base import Page, Row, Spec, breadth, clipped

DOCUMENT = "document"
ROOM = 0.66


def seizures_by_item(page: Page) -> Spec:
    """Documents as bars on one axis; other units get no bar, since lengths would compare them."""
    if not page.rows:
        return page.empty()
    most = (
        max((row["quantity"] or 0 for row in page.rows if row["class"] == DOCUMENT), default=0) or 1
    )
    names = [
        clipped(page.label("items", row["item"]), 132 if page.narrow else 220, 12)
        for row in page.rows
    ]
    room = _room(page, names)
    note, below = under(page, names, [page.say("chart.bars_documents")])
    return page.figure(
        [trace for trace in (_figures(page), _withheld(page, most / room)) if trace["y"]],
        STEP * len(names) + 12 + below,
        {"filters": "items"},
        xaxis=bare(most / room),
        yaxis=named(page, names, 12 if page.narrow else 13, len(names)),
        annotations=[note],
        margin={"l": beside(names), "r": 12, "t": 6, "b": below},
    )


def _room(page: Page, names: list[str]) -> float:
    inner = max(page.width - max(breadth(name, 13) for name in names) - 40, 120)
    texts = [_text(page, row) for row in page.rows if row["class"] == DOCUMENT] or ["0"]
    return max(0.35, 1 - (max(breadth(text, 12.5) for text in texts) + 14) / inner)


def _figures(page: Page) -> Spec:
    places = [n for n, row in enumerate(page.rows) if row["quantity"] is not None]
    rows = [page.rows[n] for n in places]
    return _trace(page, rows, places) | {
        "x": [row["quantity"] if row["class"] == DOCUMENT else 0 for row in rows],
        "text": [_text(page, row) for row in rows],
        "marker": {"color": page.theme.accent},
    }


def _withheld(page: Page, reach: float) -> Spec:
    places = [n for n, row in enumerate(page.rows) if row["quantity"] is None]
    rows = [page.rows[n] for n in places]
    return _trace(page, rows, places) | {
        "x": [reach * STUB] * len(rows),
        "text": [look.cell(None, row["state"], page.language) for row in rows],
        "marker": missing(page, rows),
        "meta": "withheld",
    }


def _trace(page: Page, rows: list[Row], places: list[int]) -> Spec:
    return {
        "type": "bar",
        "orientation": "h",
        "y": places,
        "textposition": "outside",
        "constraintext": "none",
        "cliponaxis": False,
        "textfont": {"size": 12.5, "color": page.theme.ink},
        "customdata": [row["item"] for row in rows],
        "hovertext": [_hover(page, row) for row in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "width": ROOM,
    }


def _text(page: Page, row: Row) -> str:
    sign = "≥" if row["lower_bound"] else ""
    if page.narrow and row["class"] == DOCUMENT:
        return f"<b>{sign}{page.number(row['quantity'])}</b>"
    return f"<b>{sign}{words.count(row['quantity'] or 0, row['unit'], page.language)}</b>"


def _hover(page: Page, row: Row) -> str:
    times = words.count(row["seizures"], "seizures", page.language) if row["seizures"] else ""
    return page.hover(
        page.label("items", row["item"]), page.full(row, row["unit"], "quantity"), times
    )
