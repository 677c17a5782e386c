"""What the data themselves cover, as a table of indicators."""

from dashboard import look, words
from dashboard.charts.base import Page, Row, Spec
from queries import spans


def coverage(page: Page) -> Spec:
    """Indicators of coverage and their figures as a two-column table."""
    if not page.rows:
        return page.empty()
    names = [page.say(f"indicator.{row['indicator']}") for row in page.rows]
    texts = [_figure(page, row) for row in page.rows]
    theme = page.theme
    table = {
        "type": "table",
        "columnwidth": [3, 1.4],
        "header": {
            "values": [page.say("chart.indicator"), page.say("chart.figure")],
            "align": ["left", "right"],
            "fill": {"color": theme.card},
            "line": {"color": theme.grid},
            "font": {"color": theme.muted, "size": 12},
            "height": 28,
        },
        "cells": {
            "values": [names, texts],
            "align": ["left", "right"],
            "fill": {"color": theme.paper},
            "line": {"color": theme.grid},
            "font": {"color": theme.ink, "size": 13},
            "height": 28,
        },
    }
    return page.figure([table], 28 * (len(names) + 1) + 12, margin={"l": 2, "r": 2, "t": 4, "b": 2})


def _figure(page: Page, row: Row) -> str:
    if row.get("state") or row["value"] is None:
        return look.cell(None, row.get("state"), page.language)
    if row["unit"] == "share":
        return look.percent(row["value"], page.language)
    if row["unit"] == "month":
        return look.month(spans.numbered(row["value"]), page.language)
    return words.count(row["value"], row["unit"], page.language, full=True)
