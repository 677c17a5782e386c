"""How wide the reader's window is."""

import streamlit as st


def width() -> int:
    """The window's width in pixels as static/window.js told it, else what the device suggests."""
    told = st.context.cookies.get("window", "")
    if told.isascii() and told.isdigit():
        return int(told[:5])
    return 390 if "Mobi" in (st.context.headers.get("User-Agent") or "") else 1366
