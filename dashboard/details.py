"""What stands around a chart in its card: title, downloads, table, definition, why it is blank."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas
import streamlit as st

from dashboard import charts, findings, reader
from dashboard.chips import field_label
from dashboard.export import files, render
from dashboard.export import table as tables
from dashboard.export.browser import RenderUnavailable
from dashboard.literal import plain
from dashboard.words import count, listed, say
from data import audit, contracts
from data.contracts import Language
from queries import policies
from queries.grants import Grant

if TYPE_CHECKING:
    from queries.answers import Answer
    from queries.store import Store

LABELS: dict[files.Kind, str] = {
    "png": "PNG",
    "svg": "SVG",
    "pdf": "PDF",
    "csv": "CSV",
    "xlsx": "Excel",
}
TABLES = files.TABLES
Again = Callable[["Answer", Grant], "Answer"]
ROWS_SHOWN = 2000


def head(
    asked: "Answer",
    language: Language,
    key: str,
    form: str | None,
    forms: tuple[str, ...],
    title: str,
    again: Again,
    nothing: bool,
) -> str | None:
    """The card's first line: title, forms, downloads; returns the form the reader has chosen.

    nothing: there is nothing to draw, so that no picture of it is offered.
    """
    with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center", wrap=False):
        words = say(title, language) if title else asked.title(language)
        st.markdown(f"**{plain(words)}**", width="stretch")
        chosen = _form(language, key, form, forms)
        if not nothing and "picture" in reader.grant().files:
            _download(asked, language, chosen, "png", key, reader.unrecorded(), again, quick=True)
        with st.popover(
            "",
            icon=":material/table_chart:",
            type="tertiary",
            help=say("card_menu", language),
            key=f"menu-{key}",
            on_change="rerun",
        ) as menu:
            if menu.open:
                behind(asked, language, chosen, key, again, nothing)
    return chosen


def foot(asked: "Answer", language: Language, short: bool, without: tuple[str, ...] = ()) -> None:
    """Unit, note and what is withheld under a chart, with why something in it may be blank."""
    parts = [asked.note(language)] if not short else []
    if asked.unit:
        unit = contracts.label("units", asked.unit, language)
        parts.insert(0, say("card_unit", language, unit=unit))
    elif short:
        parts.append(say("card_own_units", language))
    parts.append(findings.provisional(asked, language))
    if asked.withheld:
        parts.append(say("card_withheld", language, cells=count(asked.withheld, "cells", language)))
    if without:
        names = [field_label(field, language) for field in without]
        parts.append(say("card_without", language, filters=listed(names, language)))
    if "share" in asked.question.columns and not short:
        parts.append(policies.parts(asked.policy, language))
    about = blank(asked, language)
    if short:
        about = f"{plain(asked.note(language))}\n\n{about}"
    line = " · ".join(part.rstrip("。.") for part in parts if part)
    st.caption(plain(line) or " ", help=about)


def blank(asked: "Answer", language: Language) -> str:
    """Why a figure may be missing, and parts miss their total, as one text for a tooltip."""
    lines = [findings.blank(asked, language)]
    zero = policies.zero(asked.policy, language) + say("finding.stop", language)
    lines += [say("card_blank_x", language), zero]
    lines += [say(f"card_blank_{kind}", language) for kind in ("provisional", "lower")]
    lines += [text for text in [policies.parts(asked.policy, language)] if text]
    return "\n\n".join((f"**{say('card_blank', language)}**", *map(plain, lines)))


def behind(
    asked: "Answer", language: Language, form: str | None, key: str, again: Again, nothing: bool
) -> None:
    """Every download that the role may have, the figures as a table, and the definition."""
    unrecorded = audit.problem()
    st.markdown(f"**{say('card_download', language)}**")
    with st.container(horizontal=True, gap="xsmall"):
        for kind in offered(nothing):
            _download(asked, language, form, kind, key, unrecorded, again)
    if not reader.grant().files:
        st.caption(plain(say("scope_no_files", language)))
    if unrecorded:
        st.caption(plain(say("card_unrecorded", language, reason=unrecorded)))
    if not render.available():
        st.caption(plain(say("image_failed", language, reason=_remedy())))
    st.markdown(f"**{say('card_table', language)}**")
    table(asked, language)
    st.markdown(f"**{say('card_definition', language)}**")
    definition(asked, language)


def for_files(held: "Store", asked: "Answer", grant: Grant) -> "Answer":
    """The same answer as the role's files have it, which may be protected more than the screen."""
    if asked.scope == grant.exported:
        return asked
    return held.answer(asked.question.name, asked.selection, grant.exported)


def offered(empty: bool) -> tuple[files.Kind, ...]:
    """The kinds of file that the reader's role may take away; pictures of nothing are left out."""
    rights = reader.grant().files
    tables = TABLES if "table" in rights else ()
    pictures = tuple(kind for kind in LABELS if kind not in TABLES)
    return (*(pictures if "picture" in rights and not empty else ()), *tables)


def table(asked: "Answer", language: Language) -> None:
    """The rows with labels for codes, and [c] or [x] where a figure is withheld or unknown."""
    shown = rows(asked, language)
    st.dataframe(
        shown,
        hide_index=True,
        height=min(280, 38 + 35 * max(len(shown), 1)),
        width=600,
        alt=asked.title(language),
    )


def rows(asked: "Answer", language: Language) -> pandas.DataFrame:
    """The answer as readers of the language write it, at most ROWS_SHOWN rows, all of them text."""
    made = tables.table(asked, language, codes=False)
    written = [
        [
            tables.shown(cell, column, language)
            for cell, column in zip(row, made.columns, strict=True)
        ]
        for row in made.rows[:ROWS_SHOWN]
    ]
    headings = [column.heading for column in made.columns]
    return pandas.DataFrame(written, columns=headings, dtype=str)


def definition(asked: "Answer", language: Language) -> None:
    """What is counted, under which filters and caveats, and the query itself."""
    lines = [asked.note(language), *asked.caveats(language)]
    lines.append(policies.sentence(asked.policy, language))
    lines.append(say("card_filters", language, filters=asked.filters(language)))
    lines.append(say("card_sql", language))
    st.caption("  \n".join(plain(line) for line in lines))
    st.code(asked.question.sql, language=None, height=160, width=600)


def _download(
    asked: "Answer",
    language: Language,
    form: str | None,
    kind: files.Kind,
    key: str,
    unrecorded: str,
    again: Again,
    quick: bool = False,
) -> None:
    """One download, built when it is asked for; unrecorded: why the audit log forbids it."""
    grant, actor = reader.grant(), reader.actor()

    def built() -> bytes:
        released = again(asked, grant)
        return files.deliver(kind, released, language, drawn, grant=grant, actor=actor)

    drawn = form if form in charts.forms(asked.question.name) else None
    st.download_button(
        "" if quick else LABELS[kind],
        data=built,
        file_name=files.name(kind, asked, language, drawn),
        mime=files.MIME[kind],
        key=f"{'quick' if quick else 'download'}-{kind}-{key}",
        help=_about(language, unrecorded) if quick else None,
        icon=":material/photo_camera:" if quick else None,
        type="tertiary" if quick else "secondary",
        disabled=bool(unrecorded) or (kind in ("png", "pdf") and not render.available()),
        on_click="ignore",
    )


def _about(language: Language, unrecorded: str) -> str:
    """What the button over a chart does, or why it does nothing."""
    if unrecorded:
        return plain(say("card_unrecorded", language, reason=unrecorded))
    return say("card_image", language)


def _remedy() -> str:
    try:
        files.browser.find()
    except RenderUnavailable as problem:
        return str(problem)
    return ""


def _form(language: Language, key: str, form: str | None, forms: tuple[str, ...]) -> str | None:
    if len(forms) < 2:
        return form
    chosen = st.segmented_control(
        say("card_form", language),
        forms,
        default=form or forms[0],
        required=True,
        format_func=lambda option: say(f"form_{option}", language),
        label_visibility="collapsed",
        key=f"form-{key}-{language}",
    )
    return str(chosen) if chosen else form
