"""Footed figures as SVG without a browser: bars, lines, areas, grids and the map, drawn plainly.

A stand-in for where no Chromium is installed. It reads the same specification and draws the same
words; of a drawing it does not know (the Sankey diagram) it lists the figures instead.
"""

from typing import TYPE_CHECKING

from dashboard.export.plain.document import document

if TYPE_CHECKING:
    from dashboard.export.figure import Footed


def svg(figure: "Footed") -> bytes:
    """The figure as an SVG document."""
    return document(figure).encode("utf-8")
