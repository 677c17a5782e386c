"""The script Streamlit runs for every reader: language, pages, filters, the page, the footer."""

import streamlit as st

from dashboard import ahead, bar, filters, frame, reader, stage
from dashboard.gate import door
from dashboard.words import say

language = filters.language()
st.set_page_config(
    page_title=say("product", language),
    page_icon=str(frame.ICON),
    layout="wide",
    initial_sidebar_state="collapsed",
)
visitor = door.visitor()
grant = reader.grant()
page = st.navigation(frame.pages(language, grant.scope), position="top")
with stage.guarded(language):
    filters.follow(stage.named, stage.outside)
    stage.begin(page.url_path)
    manifest = stage.manifest()
    reader.ask_log()
    with st.container(gap="xsmall"):
        frame.header(manifest, grant.scope, language, leaving=visitor is not door.LOCAL)
        if problem := stage.outside(filters.view().selection):
            bar.refused(problem)
        else:
            bar.show(manifest, stage.gangs, grant.scope, stage.again)
            page.run()
        frame.footer(manifest, stage.policy(), grant, language)
        ahead.end()
