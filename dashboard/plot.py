"""Puts a Plotly specification on the page, in an element that changes what it has drawn.

Streamlit's own chart makes its element anew whenever anything in the specification changes: every
chart of a page blinks at a filter and is drawn from nothing. Here the element's name is its key
alone, and `static/chart/chart.js` lets Plotly change what differs.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

HERE = Path(__file__).parent
PACKAGE, CHART = "emigration", "chart"
NAME = f"{PACKAGE}.{CHART}"
MANIFEST = ComponentManifest(PACKAGE, "1", [ComponentConfig(CHART, f"static/{CHART}")])
PICKED = "picked"


def packed(spec: Mapping[str, Any], alt: str, lost: str) -> bytes:
    """A finished specification, its text alternative, and what to say where a browser cannot draw
    it, as the page takes them.

    Raises ValueError for a figure that is not a number, which browsers cannot read.
    """
    whole = {"data": spec["data"], "layout": spec["layout"], "alt": alt, "lost": lost}
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8")


def show(figure: bytes, key: str, picked: Callable[[], None] | None = None) -> None:
    """Show what `packed` made; `picked` is called when a mark is clicked, see `carried`."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:
        manager.register_from_manifest(MANIFEST, HERE)
    _chart()(key=key, data=figure, **({f"on_{PICKED}_change": picked} if picked else {}))


def carried(state: Any) -> list[Any]:
    """What the clicked marks carry in their customdata, from the state under a chart's key.

    It comes from a browser: anything else than a list is nothing.
    """
    found = state.get(PICKED) if isinstance(state, Mapping) else None
    return found if isinstance(found, list) else []


@cache
def _chart() -> Callable[..., Any]:
    return st.components.v2.component(NAME, js=f"{CHART}.js", isolate_styles=False)
