"""The Data page's texts and tables: about the set, destination-side series, loads, definitions."""

from datetime import datetime
from typing import Any

import pandas
import streamlit as st

from dashboard import filters, frame, look, reader, stage
from dashboard.literal import plain
from dashboard.words import say, worded
from data import contracts, snapshots, sources
from data.contracts import Language
from queries import policies, spans
from queries.answers import MEASURE_WORDS, counting
from queries.questions import questions
from queries.selection import Selection

ARRIVALS = ("never_added", "detections_not_persons", "citizenship_not_origin", "detected_only")
LOADS = {
    "loaded_at": "load_time",
    "file": "load_file",
    "table": "load_table",
    "rows_in": "load_rows",
    "facts": "load_facts",
    "quarantined": "load_quarantined",
    "left_out": "load_left_out",
}
RULES = {
    "file": "load_file",
    "table": "load_table",
    "column": "load_column",
    "rule": "load_rule",
    "rows": "load_rows",
}


def about() -> None:
    """Title, publisher, months, as-of date, protection and version of the data set."""
    view, manifest = filters.view(), stage.manifest()
    language = view.language
    months = spans.words(manifest.first_month, manifest.last_month, language)
    facts = {
        "data_title": manifest.title[language],
        "data_publisher": manifest.publisher[language],
        "data_months": months,
        "data_protection": policies.sentence(stage.policy(), language),
        "data_version": manifest.id,
    }
    with st.container(border=True, gap="xsmall", key="about"):
        st.markdown(f"##### {say('data_about', language)}")
        lines = [f"**{say(key, language)}** {plain(text)}" for key, text in facts.items() if text]
        st.markdown("  \n".join([*lines, plain(frame.as_of(manifest, language))]))
        frame.synthetic(manifest, language)


def arrivals() -> None:
    """The destinations' own series beside the origin side, by publisher, never added to it."""
    language = filters.view().language
    st.markdown(f"#### {say('data_arrivals', language)}")
    notes = [say("data_arrivals_note", language)]
    notes += [contracts.caveats()[key][language] for key in ARRIVALS]
    st.caption("  \n".join(map(plain, notes)))
    asked = stage.answer("arrivals_by_year", Selection())
    if asked.empty:
        st.info(say("data_no_arrivals", language), icon=":material/info:")
        return
    stage.show("arrivals_by_year", width=1240)
    stage.show("destinations_by_year", width=1240)
    with st.expander(say("data_sources", language)):
        for name in dict.fromkeys(asked.rows["source"]):
            st.markdown(_source(str(name), language))


def reading_notes() -> None:
    """Source and reading note of every row, where the figures are already published and everybody
    may be seen."""
    language = filters.view().language
    if not stage.scope().free:
        return
    notes = snapshots.reading_notes(stage.manifest().path)
    if notes.empty:
        return
    st.markdown(f"#### {say('data_notes', language)}")
    notes["table"] = [contracts.table(name).title[language] for name in notes["table"]]
    heads = {"table": "load_table", "id": "note_row", "source": "note_source", "note": "note_note"}
    notes["note"] = [_own(note, language) for note in notes["note"]]
    notes["source"] = [sources.title(str(source), language) for source in notes["source"]]
    shown = notes.rename(columns={name: say(key, language) for name, key in heads.items()})
    wide = {say("note_note", language): st.column_config.TextColumn(width="large")}
    st.dataframe(shown, hide_index=True, column_config=wide)


def loads() -> None:
    """What each load brought in and put aside, as its files say, for those who see the loading."""
    if "loading" not in reader.grant().sees:
        return
    language = filters.view().language
    st.markdown(f"#### {say('data_loads', language)}")
    path = stage.manifest().path
    loaded, rules = (snapshots.ledger(path, name) for name in ("loads", "rules"))
    if loaded.empty:
        st.info(say("data_no_loads", language), icon=":material/info:")
        return
    _ledger(loaded, LOADS, language)
    if not rules.empty:
        _ledger(rules, RULES, language)


def definitions() -> None:
    """Every table's grain and columns, and how to read each chart, in the reader's language."""
    language = filters.view().language
    st.markdown(f"#### {say('data_definitions', language)}")
    with st.expander(say("data_questions", language)):
        asked = questions().values()
        rows = [(_worded(q.title[language]), _worded(q.note[language])) for q in asked]
        st.table(pandas.DataFrame(rows), hide_header=True, hide_index=True)
    for name in ("cohorts", "cases", "seizures", "arrivals"):
        table = contracts.table(name)
        title = say("data_tables", language, table=table.title[language])
        with st.expander(plain(title)):
            st.caption(plain(table.grain[language]))
            columns = [(c.name, c.label[language], c.about[language]) for c in table.columns]
            st.table(pandas.DataFrame(columns), hide_header=True, hide_index=True)


def _worded(text: str) -> str:
    view = filters.view()
    return counting(text, MEASURE_WORDS[view.selection.measure][view.language])


def _ledger(rows: pandas.DataFrame, columns: dict[str, str], language: Language) -> None:
    shown = rows[list(columns)].astype(object).map(lambda cell: _entry(cell, language))
    shown["table"] = [contracts.table(name).title[language] for name in rows["table"]]
    if "rule" in columns:
        shown["rule"] = [worded("rule", rule, language) for rule in rows["rule"]]
        places = zip(rows["table"], rows["column"], strict=True)
        shown["column"] = [_column(table, name, language) for table, name in places]
    heads = {column: say(key, language) for column, key in columns.items()}
    figures = [heads[name] for name in columns if rows[name].dtype.kind in "iu"]
    right = {name: st.column_config.TextColumn(alignment="right") for name in figures}
    st.dataframe(shown.rename(columns=heads), hide_index=True, column_config=right)


def _column(table: str, name: str, language: Language) -> str:
    """A column's label by its contract; one of a publisher's own file is named as it is there."""
    if not name:
        return say("rule.whole_row", language)
    known = contracts.table(table)
    return known.column(name).label[language] if name in known.names else name


def _entry(cell: Any, language: Language) -> str:
    """An entry of a ledger: a time to the minute, a count grouped, a word as it is."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return look.exact(cell, language) if isinstance(cell, int) else str(cell or "")


def _own(note: object, language: Language) -> str:
    """The reader's half of a note that is written `English | Chinese`; a row may have none."""
    if not isinstance(note, str):
        return ""
    halves = note.split(" | ")
    return halves[language == "zh"] if len(halves) == 2 else note


def _source(name: str, language: Language) -> str:
    """Publisher, terms and reading note of a series; transcribed series name themselves."""
    known = sources.profiles().get(name)
    if known is None:
        return f"- **{plain(sources.title(name, language))}**"
    about = [contracts.caveats()[key][language] for key in known.caveats]
    parts = (known.publisher[language], known.note[language], known.terms[language], *about)
    return f"- **{plain(known.title[language])}** · " + " · ".join(map(plain, parts))
