"""The Data page's texts and tables: about the set, destination-side series, loads, definitions."""

import pandas
import streamlit as st

from dashboard import filters, frame, stage
from dashboard.frame import plain
from dashboard.words import say
from data import contracts
from queries.questions import questions
from queries.selection import Selection


def about() -> None:
    """Title, publisher, months, as-of date, protection and version of the data set."""
    view, manifest = filters.view(), stage.manifest()
    language = view.language
    kind = "public_data" if manifest.disclosure == "public" else "protected_data"
    months = "–".join(f"{m:%Y-%m}" for m in (manifest.first_month, manifest.last_month) if m)
    facts = {
        "data_title": manifest.title[language],
        "data_publisher": manifest.publisher[language],
        "data_months": months,
        "data_protection": say(kind, language),
        "data_version": manifest.id,
    }
    with st.container(border=True, gap="xsmall", key="about"):
        st.markdown(f"##### {say('data_about', language)}")
        lines = [f"**{say(key, language)}** {plain(text)}" for key, text in facts.items()]
        st.markdown("  \n".join([*lines, plain(frame.as_of(manifest, language))]))
        frame.synthetic(manifest, language)


def arrivals() -> None:
    """The destinations' own series beside the origin side, by publisher, never added to it."""
    language = filters.view().language
    st.markdown(f"#### {say('data_arrivals', language)}")
    st.caption(plain(say("data_arrivals_note", language)))
    if stage.answer("arrivals_by_year", Selection()).empty:
        st.info(say("data_no_arrivals", language), icon=":material/info:")
        return
    with stage.row(2):
        stage.show("arrivals_by_year", width=600)
        stage.show("destinations_by_year", width=600)


def loads() -> None:
    """What each load brought in and put aside, as its files say."""
    language = filters.view().language
    st.markdown(f"#### {say('data_loads', language)}")


def definitions() -> None:
    """Every table's grain and columns, and every question's unit, in the reader's language."""
    language = filters.view().language
    st.markdown(f"#### {say('data_definitions', language)}")
    for name in ("cohorts", "cases", "seizures", "arrivals"):
        table = contracts.table(name)
        with st.expander(plain(table.title[language])):
            st.caption(plain(table.grain[language]))
            rows = [(c.name, c.label[language], c.about[language]) for c in table.columns]
            st.table(pandas.DataFrame(rows), hide_header=True, hide_index=True)
    rows = [(q.title[language], q.note[language]) for q in questions().values()]
    st.table(pandas.DataFrame(rows), hide_header=True, hide_index=True)
