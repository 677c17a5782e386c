"""What every drawing shares: the answer's rows as plain records, words, hover texts, the figure.

A drawing takes a Page and returns a plain Plotly specification without a title. This module must
not know single questions, and nothing here may fetch.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from html import unescape
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from dashboard import look, words
from data import contracts
from data.contracts import Language

if TYPE_CHECKING:
    from queries.answers import Answer

Spec = dict[str, Any]
Row = dict[str, Any]
Drawing = Callable[["Page"], Spec]
FOLD = 15
NARROW, WIDE = 560, 1000
TAG = re.compile(r"<[^>]*>")
SIGN = re.compile(r"&#?\w+;|.", re.DOTALL)
ADVANCES = (
    (0.22, " "),
    (0.29, "ijlI',.:;|!"),
    (0.37, "frt-()[]{}/\\"),
    (0.48, 'csxz*?"'),
    (0.56, "aegkvyFJLYVX–≥−0123456789#$+<=>^_~"),
    (0.73, "DGHNOQU"),
    (0.88, "mwMW%@"),
    (1.0, "→·•■…"),
)
ADVANCE = {letter: share for share, letters in ADVANCES for letter in letters}
BOLD = 1.06
BEYOND_LATIN = "\u0250"
# An axis whose labels are known to fit the margin given: Plotly need not measure them to see.
FITS: Spec = {"automargin": False, "ticklabeloverflow": "allow"}
PIECE = re.compile(
    r"<[^>]*>[^<]*</[^>]*>\S*\s*|[\u2e80-\uffef][，。、；：）]?|[^\s\u2e80-\uffef]+\s*|\s+"
)


@dataclass(frozen=True)
class Page:
    """One answer to be drawn: language, theme, pixels (height 0: free), how many bars at most."""

    answer: "Answer"
    language: Language
    dark: bool = False
    width: int = 760
    fold: int = FOLD
    height: int = 0

    @cached_property
    def rows(self) -> list[Row]:
        """The answer's rows as records: None where a figure is missing, dates as dates."""
        return self.answer.records()

    @property
    def theme(self) -> look.Theme:
        """Colours to draw with."""
        return look.theme(self.dark)

    @property
    def narrow(self) -> bool:
        """Whether there is room for a phone's width only."""
        return self.width < NARROW

    @property
    def wide(self) -> bool:
        """Whether there is room for a whole page's width."""
        return self.width >= WIDE

    @property
    def unit(self) -> str:
        """The unit of `value`; the measure asked about where each row names its own."""
        return self.answer.unit or self.answer.selection.measure

    def say(self, key: str, **values: object) -> str:
        """Screen words in the page's language."""
        return words.say(key, self.language, **values)

    def label(self, codes: str, code: str | None) -> str:
        """A data word, escaped; a code without a list (a gang) is its own label."""
        if codes == "gangs":
            return look.safe(code or "–")
        short = words.words(self.language).get(f"short.{codes}.{code}")
        return look.safe(short or contracts.label(codes, code, self.language))

    def number(self, value: float | None) -> str:
        """A figure, shortened from 10,000."""
        return look.number(value, self.language)

    def mark(self, row: Row, column: str = "value", state: str = "state") -> str:
        """The short text of a cell: figure, `≥` lower bound, or the mark of its state."""
        if row.get(state) or row.get(column) is None:
            return look.cell(row.get(column), row.get(state) or "x", self.language)
        return ("≥" if row.get(bound(state)) else "") + self.number(row[column])

    def full(self, row: Row, unit: str = "", column: str = "value", state: str = "state") -> str:
        """The long text of a cell for hovering: figure in full with unit, or why there is none."""
        if row.get(state) or row.get(column) is None:
            return self.say(f"state.{row.get(state) or 'x'}")
        sign = self.say("state.at_least") if row.get(bound(state)) else ""
        return sign + words.count(row[column], unit or self.unit, self.language, full=True)

    def hover(self, title: str, *lines: str) -> str:
        """A hover text of a bold title and lines, empty ones left out; parts must be escaped."""
        return "<br>".join([f"<b>{title}</b>", *(line for line in lines if line)])

    def pair(self, key: str, text: str) -> str:
        """One `label: text` line of a hover text."""
        return self.say("chart.pair", label=self.say(key), text=text)

    def changed(self, row: Row) -> str:
        """The like-for-like change of a row as a hover line, or the reason why there is none."""
        if "change" not in row:
            return ""
        if row["change"] is not None:
            return self.pair("chart.change", look.change(row["change"], self.language))
        reason = row.get("reason") or "no_data"
        return self.pair("chart.change", self.say(f"reason.{reason}"))

    def figure(
        self, data: list[Spec], height: int, meta: Spec | None = None, **layout: Any
    ) -> Spec:
        """The finished specification; `layout.meta` says rows drawn, states present and filters."""
        states = sorted({row["state"] for row in self.rows if row.get("state")})
        about = {"rows": len(self.rows), "states": states, "unit": self.unit} | (meta or {})
        base = {"template": look.template(self.dark), "height": height, "meta": about}
        return {"data": data, "layout": base | layout}

    def why_empty(self, otherwise: str = "chart.empty") -> str:
        """Why there is nothing to draw: all of it is withheld, or another sentence by its key."""
        held = any(row.get("state") == "c" for row in self.rows) and not released(self.rows)
        return self.say("finding.all_withheld" if held else otherwise)

    def empty(self, otherwise: str = "chart.empty") -> Spec:
        """The specification of an answer with nothing to draw: no marks, one sentence."""
        note = {
            "text": self.why_empty(otherwise),
            "x": 0.5,
            "y": 0.5,
            "xref": "paper",
            "yref": "paper",
            "showarrow": False,
            "font": {"color": self.theme.muted},
        }
        hidden = {"visible": False, "range": [0, 1]}
        return self.figure([], 200, xaxis=hidden, yaxis=hidden, annotations=[note])


def bound(state: str) -> str:
    """The column that says a figure is a lower bound, by the column of its state."""
    return state.replace("state", "lower_bound")


def released(rows: Iterable[Row], column: str = "value", state: str = "state") -> list[Row]:
    """Rows that carry a figure."""
    return [row for row in rows if not row.get(state) and row.get(column) is not None]


def ranked(rows: Iterable[Row], column: str = "value") -> list[Row]:
    """Rows from most to least, withheld ones last, `other` and `unknown` after them."""

    def order(row: Row) -> tuple[bool, bool, float]:
        special = {row.get(name) for name in ("origin", "destination")} & {"other", "unknown"}
        return bool(special), row.get(column) is None, -(row.get(column) or 0)

    return sorted(rows, key=order)


def totals(rows: Iterable[Row], by: str, column: str = "value") -> dict[str, float]:
    """Sums of released figures by one dimension, most first; withheld cells count as nothing."""
    sums: dict[str, float] = {}
    for row in rows:
        sums[row[by]] = sums.get(row[by], 0) + (row.get(column) or 0)
    return dict(sorted(sums.items(), key=lambda item: (item[0] in ("other", "unknown"), -item[1])))


def breadth(text: str, size: float = 12) -> float:
    """About how many pixels wide a text is drawn in the font that comes along, markup aside."""
    weight = BOLD if "<b>" in text else 1
    return weight * max(_pixels(unescape(TAG.sub("", line)), size) for line in text.split("<br>"))


def clipped(text: str, pixels: float, size: float = 13) -> str:
    """A text cut to a number of pixels, with an ellipsis where it was longer."""
    if breadth(text, size) <= pixels:
        return text
    kept = SIGN.findall(text)
    while kept and breadth("".join((*kept, "…")), size) > pixels:
        kept.pop()
    return "".join(kept).rstrip() + "…"


def folded(parts: Iterable[str], pixels: float, size: float = 12, between: str = " · ") -> str:
    """Parts of a note joined by dots, or what is named, broken into lines that fit."""
    lines: list[str] = []
    for part in (part for part in parts if part):
        longer = f"{lines[-1]}{between}{part}" if lines else part
        if lines and breadth(longer, size) <= pixels:
            lines[-1] = longer
        else:
            lines += wrapped(part, pixels, size)
    return "<br>".join(lines)


def wrapped(text: str, pixels: float, size: float = 12) -> list[str]:
    """Lines of a text that fit, broken at spaces or between 汉字; markup is never broken."""
    lines = [""]
    for piece in PIECE.findall(text):
        if lines[-1] and breadth((lines[-1] + piece).rstrip(), size) > pixels:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def iso(day: date) -> str:
    """A date as Plotly reads it, year-month-day."""
    return day.isoformat()


def _pixels(text: str, size: float) -> float:
    return size * sum(
        1 if east_asian_width(letter) in "WF" else ADVANCE.get(letter) or _other(letter)
        for letter in text
    )


def _other(letter: str) -> float:
    """The share of a letter not listed; one that the font lacks may come from a wider font."""
    return 0.63 if letter < BEYOND_LATIN else 0.8
