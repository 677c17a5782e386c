"""Which door this process has, and who is behind it for the page that is being drawn."""

from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.gate.sessions import Registry, Visitor

SESSION = "session"
LOCAL = Visitor("local", "administrator")


@dataclass
class Door:
    """Whether this process serves anybody yet, and the sessions where people sign in."""

    open: bool = False
    registry: Registry | None = None


DOOR = Door()


def visitor() -> Visitor:
    """Who is asking; stops the script where nobody is, or where no gate stands before it."""
    if not DOOR.open and st.context.headers:
        st.error("Start this with `python -m dashboard`. 请用 `python -m dashboard` 启动。")
        st.stop()
    if DOOR.registry is None:
        return LOCAL
    session = DOOR.registry.by_handle(str(st.user.get(SESSION, "")))
    context = get_script_run_ctx()
    if session is None or context is None:
        st.stop()
    return session.visitor
