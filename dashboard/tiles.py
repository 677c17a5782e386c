"""The five tiles and the headline of Overview: now, against the same months before, and in all."""

from collections.abc import Mapping
from typing import Any, Literal

import streamlit as st

from dashboard import filters, findings, look, stage
from dashboard.frame import plain
from dashboard.words import say
from data.contracts import Language
from queries.answers import Answer
from queries.spans import month, months

Arrow = Literal["up", "down", "off"]
Colour = Literal["red", "green", "gray"]
WIDE, HIGH, EDGE = 240, 30, 3
# More cases, suspects or papers may mean more police work: only persons moved are good or bad news.
JUDGED: Mapping[str, Mapping[Arrow, Colour]] = {"persons": {"up": "red", "down": "green"}}


def show() -> None:
    """The headline sentence and one tile for each total."""
    view = filters.view()
    asked = stage.answer("totals", view.selection)
    st.markdown(f"**{plain(findings.say(asked, view.language))}**")
    with st.grid(5, min_column_width=150, gap="small"):
        rows = asked.records()
        recent = any(row["change"] is not None for row in rows)
        for row in rows:
            with st.container(
                border=True, gap=None, height="stretch", key=f"tile-{row['measure']}"
            ):
                _tile(row, asked, view, recent)


def _tile(row: dict[str, Any], asked: Answer, view: filters.View, recent: bool) -> None:
    """One tile: the current period's figure, or the whole window's where nothing compares."""
    language, change = view.language, row["change"]
    name = say(f"total_{row['measure']}", language)
    moved = round(change or 0, 3)
    arrow: Arrow = "up" if moved > 0 else "down" if moved < 0 else "off"
    reason = say(f"reason.{row['reason'] or 'no_data'}", language)
    st.metric(
        name,
        look.number(row["current"], language) if recent else _figure(row, language),
        look.change(change, language) if change is not None else reason,
        delta_color=JUDGED.get(row["measure"], {}).get(arrow, "gray"),
        delta_arrow=arrow,
        help=plain(asked.periods.words(language)) or None,
    )
    line = sparkline(row["trend"], look.theme(view.dark))
    if line:
        st.image(line, alt=say("tile_trend", language, name=name))
    st.caption(plain(_period(row, asked, language, recent)))


def _period(row: dict[str, Any], asked: Answer, language: Language, recent: bool) -> str:
    """Which months the figure covers, and the figure since the first month where it does not."""
    window, current = asked.periods.window, asked.periods.current
    since = month(window[0], language) if window else "–"
    if not recent or not current:
        return say("tile_window", language, since=since)
    count = say("tile_months", language, n=months(*current))
    return say("tile_since", language, months=count, since=since, value=_figure(row, language))


def _figure(row: dict[str, Any], language: Language) -> str:
    if row["state"]:
        return look.cell(row["value"], row["state"], language)
    return ("≥" if row["lower_bound"] else "") + look.number(row["value"], language)


def sparkline(trend: list[float | None], theme: look.Theme) -> str:
    """Monthly figures as a small SVG line from zero, broken where a month is withheld."""
    known = [value for value in trend or [] if value is not None]
    if len(known) < 2 or not max(known):
        return ""
    step, high = (WIDE - 2 * EDGE) / (len(trend) - 1), HIGH - 2 * EDGE
    path, pen = [], "M"
    for place, value in enumerate(trend):
        if value is None:
            pen = "M"
            continue
        path.append(f"{pen}{EDGE + place * step:.1f} {EDGE + high * (1 - value / max(known)):.1f}")
        pen = "L"
    end = path[-1][1:].split()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}">'
        f'<path d="M{EDGE} {HIGH - EDGE}H{WIDE - EDGE}" stroke="{theme.grid}"/>'
        f'<path d="{"".join(path)}" fill="none" stroke="{theme.accent}" stroke-width="1.6"/>'
        f'<circle cx="{end[0]}" cy="{end[1]}" r="2.4" fill="{theme.accent}"/></svg>'
    )
