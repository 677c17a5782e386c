"""The five tiles and the headline of Overview: now, against the same months before, and in all."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from dashboard import ahead, filters, findings, look, stage
from dashboard.literal import plain
from dashboard.words import say
from data.contracts import Language
from queries import spans
from queries.answers import Answer

Arrow = Literal["up", "down", "off"]
Colour = Literal["red", "green", "gray"]
TOTALS = "totals"
WIDE, HIGH, EDGE = 240, 34, 3
# More cases, suspects or papers may mean more police work: only persons moved are good or bad news.
JUDGED: Mapping[str, Mapping[Arrow, Colour]] = {"persons": {"up": "red", "down": "green"}}


def show() -> None:
    """The headline sentence, one tile for each total, and which months the charts below cover."""
    ahead.note(part := ahead.part(TOTALS), TOTALS)
    with st.container(gap="xxsmall", key=TOTALS):
        st.fragment(parallel=True, key=part)(_totals)()


def _totals() -> None:
    view = filters.view()
    with stage.guarded(view.language), st.container(gap="xxsmall"):
        _shown(stage.answer(TOTALS, view.selection), view)


def _shown(asked: Answer, view: filters.View) -> None:
    st.markdown(f"**{plain(findings.say(asked, view.language))}**")
    rows = asked.records()
    recent = any(row["change"] is not None for row in rows)
    with st.grid(max(len(rows), 1), min_column_width=150, gap="xsmall"):
        for row in rows:
            with st.container(
                border=True, gap=None, height="stretch", key=f"tile-{row['measure']}"
            ):
                _tile(row, asked, view, recent)
    if recent and asked.periods.window:
        span = spans.words(*asked.periods.window, view.language)
        st.caption(plain(say("overview_span", view.language, span=span)))


def _tile(row: dict[str, Any], asked: Answer, view: filters.View, recent: bool) -> None:
    """One tile: the current period's figure, or the whole window's where nothing compares."""
    language, change = view.language, row["change"]
    name = say(f"total_{row['measure']}", language)
    moved = round(change or 0, 3)
    arrow: Arrow = "up" if moved > 0 else "down" if moved < 0 else "off"
    reason = say(f"reason.{row['reason'] or 'no_data'}", language)
    months = _recent_months(asked)
    roomy = view.window >= stage.PHONES_BELOW
    st.metric(
        say("tile_name", language, name=name, n=months) if recent and roomy else name,
        _bounded(row, language, "current") if recent else _figure(row, language),
        look.change(change, language) if change is not None else reason,
        delta_color=JUDGED.get(row["measure"], {}).get(arrow, "gray"),
        delta_arrow=arrow,
        delta_description=say("tile_against", language) if change is not None and roomy else None,
        help=_help(row, asked, language) or None,
    )
    line = sparkline(row["trend"], months, look.theme(view.dark))
    if line:
        st.image(line, alt=say("tile_trend", language, name=name))
    st.caption(plain(_whole(row, asked, language, recent)))


def _whole(row: dict[str, Any], asked: Answer, language: Language, recent: bool) -> str:
    """The months of the whole window, with its figure where the tile shows another."""
    window = asked.periods.window
    span = spans.words(*window, language) if window else "–"
    value = _figure(row, language)
    return say("tile_whole", language, span=span, value=value) if recent else span


def _recent_months(asked: Answer) -> int:
    return spans.months(*asked.periods.current) if asked.periods.current else 0


def _help(row: dict[str, Any], asked: Answer, language: Language) -> str:
    """What is compared with what, and what the colour of the change says where it has one."""
    compared = asked.periods.words(language)
    judged = say("tile_judged", language) if row["measure"] in JUDGED else ""
    return "\n\n".join(map(plain, filter(None, (compared, judged if compared else ""))))


def _figure(row: dict[str, Any], language: Language) -> str:
    if row["state"]:
        return look.cell(row["value"], row["state"], language)
    return _bounded(row, language)


def _bounded(row: dict[str, Any], language: Language, column: str = "value") -> str:
    """A figure, marked where it is a lower bound."""
    mark = "lower_bound" if column == "value" else f"{column}_lower_bound"
    return ("≥" if row[mark] else "") + look.number(row[column], language)


def sparkline(trend: list[float | None], recent: int, theme: look.Theme) -> str:
    """Monthly figures as a small SVG line from zero, broken where a month is withheld.

    The last `recent` months, which the tile's figure covers, are drawn in the accent colour.
    """
    known = [value for value in trend or [] if value is not None]
    if len(known) < 2 or not max(known):
        return ""
    step, high = (WIDE - 2 * EDGE) / (len(trend) - 1), HIGH - 2 * EDGE
    dots = [
        None if value is None else (EDGE + n * step, EDGE + high * (1 - value / max(known)))
        for n, value in enumerate(trend)
    ]
    end = next(dot for dot in reversed(dots) if dot)
    turn = max(len(dots) - recent, 0)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}">'
        f'<path d="M{EDGE} {HIGH - EDGE}H{WIDE - EDGE}" stroke="{theme.grid}"/>'
        f"{_line(dots[: turn + 1], theme.line)}{_line(dots[turn:], theme.accent)}"
        f'<circle cx="{end[0]:.1f}" cy="{end[1]:.1f}" r="2.6" fill="{theme.accent}"/></svg>'
    )


def _line(dots: Sequence[tuple[float, float] | None], colour: str) -> str:
    path, pen = "", "M"
    for dot in dots:
        path += f"{pen}{dot[0]:.1f} {dot[1]:.1f}" if dot else ""
        pen = "L" if dot else "M"
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>' if path else ""
