"""The answers that drawings are tested with, and what a reader sees in a drawing."""

from collections.abc import Iterator
from typing import Any

from invented import invented

from dashboard import charts

ANSWERS = invented()
DRAWN = [(name, form) for name in ANSWERS for form in charts.forms(name)]


def texts(node: Any, key: str = "") -> Iterator[str]:
    """Every string that a reader can come to see."""
    if isinstance(node, dict):
        for name, inner in node.items():
            if (
                name not in ("template", "meta", "customdata", "source")
                or name == key == "customdata"
            ):
                yield from texts(inner, name)
    elif isinstance(node, (list, tuple)):
        for inner in node:
            yield from texts(inner, key)
    elif isinstance(node, str) and key in (
        "text",
        "ticktext",
        "hovertext",
        "label",
        "values",
        "title",
    ):
        yield node


def hovers(spec: dict[str, Any]) -> list[str]:
    return [
        text for trace in spec["data"] for text in texts(trace.get("hovertext", []), "hovertext")
    ]


def withheld(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [trace for trace in spec["data"] if trace.get("meta") == "withheld"]
