"""Keeps text from data harmless in files: no links, no outside pictures, no formulas."""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from dashboard import charts
from dashboard.export import place

_LINK = re.compile(r"<\s*/?\s*a\b[^>]*>?", re.IGNORECASE)
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


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


def neutral(text: str) -> str:
    """Text that a spreadsheet will not run: a leading apostrophe before anything like a formula.

    Control characters and those that turn the reading direction are left out.
    """
    text = _HIDDEN.sub("", text)
    return f"'{text}" if text.startswith(_FORMULA) else text
