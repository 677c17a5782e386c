"""How everything looks: two themes, their palettes, one Plotly template, and formats of figures.

Colours are chosen by search and held by tests: 3:1 against the paper for marks and 4.5:1 for text
(WCAG 2.2), apart under simulated colour blindness (Machado 2009) and in greyscale. This module must
not know questions, answers or Streamlit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import floor, log10
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from dashboard import literal
from data.contracts import Language

FONT = "Noto Sans SC, Noto Sans CJK SC, sans-serif"
LOCALES: dict[Language, Locale] = {"zh": Locale.parse("zh_Hans_CN"), "en": Locale.parse("en")}
SIGNS = {"": "", "at_least": "≥", "at_most": "≤", "about": "≈"}
MARKS = {"c": "[c]", "x": "[x]", "z": "[z]"}
WITHHELD_PATTERN = "/"
PROVISIONAL_PATTERN = "x"
PARTIAL_PATTERN = "\\"
COMPACT: dict[Language, tuple[tuple[float, str], ...]] = {
    "zh": ((1e8, "亿"), (1e4, "万")),
    "en": ((1e9, "bn"), (1e6, "M"), (1e3, "k")),
}
EXACT_BELOW = 10_000
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Theme:
    """Colours of one theme; `sequential` runs from little to much, `diverging` from down to up."""

    name: str
    paper: str
    card: str
    ink: str
    muted: str
    line: str
    grid: str
    blank: str
    accent: str
    soft: str
    warning: str
    categorical: tuple[str, ...]
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]


LIGHT = Theme(
    name="light",
    paper="#ffffff",
    card="#f6f8fa",
    ink="#1b2430",
    muted="#566270",
    line="#8592a0",
    grid="#e6eaee",
    blank="#eff2f5",
    accent="#1f5f99",
    soft="#c9dbeb",
    warning="#a54e32",
    categorical=("#384da7", "#a47315", "#40a181", "#a54e32", "#4f1471", "#394351", "#272800"),
    sequential=("#e4eef7", "#bdd6eb", "#8fb9dc", "#5f98c8", "#3477ae", "#17568d", "#0b3763"),
    diverging=("#17568d", "#5f98c8", "#bdd6eb", "#eceff2", "#e9c3ab", "#c67f5c", "#8f3b1f"),
)
DARK = Theme(
    name="dark",
    paper="#12171e",
    card="#1a212a",
    ink="#e8edf2",
    muted="#a3afbb",
    line="#6d7985",
    grid="#2a333d",
    blank="#1e2630",
    accent="#6fb1ea",
    soft="#24405a",
    warning="#e08a66",
    categorical=("#3991e4", "#e79f59", "#78f1ec", "#c36545", "#bb8ec2", "#6f6f6f", "#c8cb9e"),
    sequential=("#1d2f42", "#22476a", "#2b6294", "#3f80b9", "#63a1d6", "#93c3ec", "#cbe5fb"),
    diverging=("#93c3ec", "#3f80b9", "#22476a", "#333c46", "#6e3a25", "#b8653f", "#f0ab87"),
)


def theme(dark: bool = False) -> Theme:
    """The dark theme or the light one."""
    return DARK if dark else LIGHT


@cache
def template(dark: bool = False) -> dict[str, Any]:
    """The one Plotly template as a plain dict; read it, never write into it."""
    colours = theme(dark)
    axis = {
        "automargin": True,
        "gridcolor": colours.grid,
        "linecolor": colours.line,
        "tickcolor": colours.line,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": 12, "color": colours.muted},
        "title": {"font": {"size": 12, "color": colours.muted}, "standoff": 8},
        "fixedrange": True,
    }
    layout = {
        "font": {"family": FONT, "size": 13, "color": colours.ink},
        "paper_bgcolor": colours.paper,
        "plot_bgcolor": colours.paper,
        "colorway": list(colours.categorical),
        "margin": {"l": 8, "r": 12, "t": 12, "b": 8, "pad": 4},
        "xaxis": axis | {"showgrid": False},
        "yaxis": axis,
        "hoverlabel": {
            "bgcolor": colours.card,
            "bordercolor": colours.line,
            "font": {"family": FONT, "size": 13, "color": colours.ink},
            "align": "left",
        },
        "hovermode": "closest",
        "showlegend": False,
        "bargap": 0.28,
        "dragmode": False,
        "uniformtext": {"minsize": 10, "mode": "show"},
    }
    return {"layout": layout}


def number(value: float | None, language: Language) -> str:
    """A figure as readers expect it: exact below 10,000, then three digits with 万/亿 or k/M.

    None is an en dash, since a missing figure is never a zero.
    """
    if value is None:
        return "–"
    if abs(value) < EXACT_BELOW:
        return exact(value, language)
    return _compact(value, language)


def exact(value: float | None, language: Language, digits: int = 0) -> str:
    """A figure in full, grouped by thousands; whole unless `digits` asks for decimals."""
    if value is None:
        return "–"
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return _minus(format_decimal(round(value, digits), format=pattern, locale=LOCALES[language]))


def percent(share: float | None, language: Language) -> str:
    """A fraction as a percentage, one decimal below ten per cent and whole at 100 %."""
    if share is None:
        return "–"
    whole = abs(share) >= 0.9995 or share == 0
    pattern = "#,##0%" if whole else "#,##0.0%"
    return _minus(format_percent(share, format=pattern, locale=LOCALES[language]))


def change(fraction: float | None, language: Language) -> str:
    """A relative change with its sign, as `+12.3%`; None is an en dash."""
    if fraction is None:
        return "–"
    sign = "+" if round(fraction, 3) > 0 else ""
    return sign + percent(0.0 if round(fraction, 3) == 0 else fraction, language)


def month(day: date | None, language: Language) -> str:
    """A month in words: `2024年3月`, `Mar 2024`."""
    if day is None:
        return "–"
    pattern = "y年M月" if language == "zh" else "MMM y"
    return str(format_date(day, format=pattern, locale=LOCALES[language]))


def year(value: int, language: Language) -> str:
    """A year in words: `2024年`, `2024`."""
    return f"{value}年" if language == "zh" else str(value)


def cell(value: float | None, state: str | None, language: Language) -> str:
    """One table cell: the figure in full, `0`, or the mark of its state ([c], [x], [z])."""
    if state:
        return MARKS.get(state, f"[{state}]")
    if value is None:
        return MARKS["x"]
    return exact(value, language, 0 if float(value).is_integer() else 1)


def ratio(value: float, language: Language) -> str:
    """A ratio with one decimal, whole from 100."""
    return exact(value, language, 1 if value < 100 else 0)


def ratio_bound(row: Mapping[str, Any]) -> str:
    """What documents per persons is when either is a lower bound: a key of SIGNS and of `state`."""
    documents, persons = row["documents_lower_bound"], row["persons_lower_bound"]
    if documents and persons:
        return "about"
    return "at_least" if documents else "at_most" if persons else ""


def safe(text: str) -> str:
    """Text from data, escaped for Plotly's pseudo-HTML."""
    return literal.safe(text)


def ink_on(colour: str) -> str:
    """The more readable of black and white on a filled colour; one of them always has 4.5:1."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two #rrggbb colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance of a #rrggbb colour, from 0 to 1."""
    channels = [_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5)]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def faded(colour: str, opacity: float) -> str:
    """A #rrggbb colour as rgba() with an opacity."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def shade(fraction: float, dark: bool = False) -> str:
    """The sequential colour at a fraction from 0 (little) to 1 (much)."""
    steps = theme(dark).sequential
    place = min(max(fraction, 0.0), 1.0) * (len(steps) - 1)
    low = min(int(place), len(steps) - 2)
    return _mixed(steps[low], steps[low + 1], place - low)


def ticks(most: float, count: int = 4, whole: bool = True) -> list[float]:
    """About `count` round tick values from 0 to at most `most`; `whole` keeps them integers."""
    if most <= 0:
        return [0.0]
    rough = most / count
    base = 10.0 ** floor(log10(rough))
    factors = (1, 2, 5, 10) if base < 10 else (1, 2, 2.5, 5, 10)
    step = next(base * factor for factor in factors if base * factor >= rough * 0.999)
    step = max(1.0, step) if whole else step
    return [step * n for n in range(int(most / step + 1e-9) + 1)]


def _compact(value: float, language: Language) -> str:
    steps = COMPACT[language]
    size, suffix = next((step for step in steps if abs(value) >= step[0] * 0.9995), steps[-1])
    scaled = value / size
    digits = max(0, 2 - floor(log10(abs(scaled)))) if abs(scaled) >= 1 else 2
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return _minus(format_decimal(scaled, format=pattern, locale=LOCALES[language])) + suffix


def _minus(text: str) -> str:
    return text.replace("-", MINUS)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _mixed(one: str, other: str, part: float) -> str:
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)
