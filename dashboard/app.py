"""The script Streamlit runs for every reader: language, pages, filters, the page, the footer."""

import streamlit as st

from dashboard import filters, frame, stage
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
page = st.navigation(frame.pages(language), position="top")
with stage.guarded(language):
    filters.follow(page.url_path, stage.named)
    manifest = stage.manifest()
    with st.container(gap="xsmall"):
        frame.header(manifest, language, leaving=visitor is not door.LOCAL)
        filters.bar(manifest, stage.gangs)
        page.run()
        frame.footer(manifest, stage.policy(), language)
