"""The Data page's section on protection: what it does, what attacks found, what it costs."""

import pandas
import streamlit as st

from dashboard import filters, stage
from dashboard.literal import plain
from dashboard.words import say
from data.contracts import Language
from queries import policies, privacy


def show() -> None:
    """What is protected and how, the attacks with their figures, the price, and the limits."""
    language = filters.view().language
    st.markdown(f"#### {plain(privacy.title(language))}")
    attacked, outcome = privacy.attacked(language)
    paragraphs = [*_elsewhere(language), privacy.say("text", "what", language), outcome]
    st.caption("  \n".join(map(plain, paragraphs)))
    with st.container(key="privacy"):
        with st.expander(privacy.say("text", "attacks", language)):
            st.caption(plain(attacked))
            _table(*privacy.attacks(language))
        with st.expander(privacy.say("text", "prices", language)):
            st.caption(plain(privacy.say("text", "price", language)))
            _table(*privacy.prices(language))
            st.caption(plain(privacy.changes(language)))
            st.caption(plain(privacy.choice(language)))
        with st.expander(privacy.say("text", "beyond", language)):
            st.caption(plain(privacy.say("text", "limits", language)))


def _elsewhere(language: Language) -> list[str]:
    """That what follows is not about the figures at hand, where their policy is neither of the two
    it describes."""
    policy = stage.policy()
    if policy in (privacy.OURS, privacy.STRICT):
        return []
    return [say("privacy_elsewhere", language, about=policies.about(policy, language))]


def _table(heads: list[str], lines: list[list[str]]) -> None:
    st.table(pandas.DataFrame(lines, columns=heads), hide_index=True)
