"""Keeps charts harmless in files: no links, no outside pictures."""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from dashboard import charts
from dashboard.export import place

_LINK = re.compile(r"<\s*/?\s*a\b[^>]*>?", re.IGNORECASE)


def sanitized(chart: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a chart without links, whose only pictures are the bundled ones, carried within."""
    made = deepcopy(charts.standalone(dict(chart)))
    layout = made["layout"]
    images = layout.get("images", ())
    layout["images"] = [i for i in images if str(i.get("source", "")).startswith("data:image/")]
    for holder, key, text in place.texts([made["data"], layout]):
        if "<" in text and key != "source":
            holder[key] = _LINK.sub("", text)
    return made
