"""One gang in full: a box to pick it, then its profile."""

import streamlit as st

from dashboard import bar, filters, stage
from dashboard.words import say


def show() -> None:
    """The picker and, once a gang is chosen, its profile."""
    view = filters.view()
    if not stage.scope().by_gang:
        return
    known = stage.gangs()
    if not known:
        st.info(say("gang_none", view.language), icon=":material/info:")
        return
    bar.gang_picker(known)
    if len(view.selection.gangs or ()) == 1:
        stage.show("gang_profile", width=1240)
