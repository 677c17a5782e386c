"""Axes of a plain drawing: from values to pixels, and where the ticks stand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import log10
from typing import Any, Literal

from dashboard import look
from dashboard.export import insets

AxisType = Literal["linear", "log", "date", "category"]
_DATE = re.compile(r"^\d{4}-\d{2}(-\d{2})?")
_PAD = 0.05


@dataclass(frozen=True)
class Axis:
    """One axis: low and high value as numbers, at low and high pixel of the figure."""

    letter: str
    type: AxisType
    low: float
    high: float
    start: float
    end: float
    categories: tuple[str, ...]
    options: Mapping[str, Any]

    def number(self, value: Any) -> float | None:
        """A value as the axis counts: days, place of a category, logarithm, or itself."""
        if value is None or value != value:
            return None
        if self.type == "category":
            text = str(value)
            if isinstance(value, str):
                return float(self.categories.index(text)) if text in self.categories else None
            return float(value)
        if self.type == "date":
            return day_number(value)
        if self.type == "log":
            return log10(value) if value > 0 else None
        return float(value)

    def pixel(self, value: Any) -> float | None:
        """Where a value stands, None where it has no place."""
        number = self.number(value)
        return None if number is None else self.at(number)

    def at(self, number: float) -> float:
        """The pixel of a value already counted by the axis."""
        span = self.high - self.low or 1
        return self.start + (number - self.low) / span * (self.end - self.start)

    def ticks(self) -> list[tuple[float, str]]:
        """Pixel and text of every tick."""
        given, texts = self.options.get("tickvals"), self.options.get("ticktext")
        if given is not None:
            said = texts if texts is not None else [str(value) for value in given]
            pairs = [
                (self.pixel(value), str(text)) for value, text in zip(given, said, strict=False)
            ]
        elif self.type == "category":
            pairs = [(self.at(place), text) for place, text in enumerate(self.categories)]
        elif self.type == "date":
            pairs = [(self.pixel(f"{year}-01-01"), str(year)) for year in self._years()]
        else:
            pairs = [(self.at(value), self._said(value)) for value in self._round_values()]
        low, high = sorted((self.start, self.end))
        return [(at, text) for at, text in pairs if at is not None and low - 1 <= at <= high + 1]

    def _years(self) -> range:
        first, last = (date.fromordinal(max(int(n), 1)).year for n in sorted((self.low, self.high)))
        return range(first, last + 1, max(1, -(-(last - first) // 8)))

    def _round_values(self) -> list[float]:
        if self.type == "log":
            return [float(n) for n in range(int(self.low // 1), int(self.high // 1) + 1)]
        most = max(abs(self.low), abs(self.high))
        steps = look.ticks(most, whole=most >= 4)
        return sorted({*steps, *(-step for step in steps)})

    def _said(self, value: float) -> str:
        shown = 10**value if self.type == "log" else value
        if "%" in str(self.options.get("tickformat", "")):
            return f"{shown:.0%}"
        return f"{shown:,.0f}" if float(shown).is_integer() else f"{shown:,.1f}"


def day_number(value: Any) -> float:
    """A date or its text as days."""
    if isinstance(value, datetime | date):
        return float(value.toordinal())
    if isinstance(value, int | float):
        return float(value)
    text = str(value)[:10]
    return float(date.fromisoformat(text if len(text) > 7 else f"{text}-01").toordinal())


def axes(spec: Mapping[str, Any], width: int, height: int) -> dict[str, Axis]:
    """Every axis of a placed specification by its id: x, y, x2 ..."""
    layout, data = spec["layout"], spec["data"]
    keys = {key for key in layout if re.fullmatch(r"[xy]axis\d*", key)}
    made = {key[0] + key[5:]: _axis(key, data, layout, width, height) for key in sorted(keys)}
    return {name: _square(axis, made) for name, axis in made.items()}


def _axis(
    key: str, data: Sequence[dict[str, Any]], layout: Mapping[str, Any], width: int, height: int
) -> Axis:
    template = layout.get("template", {}).get("layout", {})
    options = {**template.get(key[:5], {}), **layout[key]}
    letter, name = key[0], key[0] + key[5:]
    matched = str(options.get("matches", name))
    own = [
        t
        for t in data
        if insets.is_cartesian(t) and t.get(f"{letter}axis", letter) in (name, matched)
    ]
    values = [value for trace in own for value in _values(trace, letter)]
    kind = _type(options, values)
    categories = tuple(dict.fromkeys(str(v) for v in values)) if kind == "category" else ()
    low, high = _range(options, kind, values, own, letter, layout)
    first, last = options.get("domain", (0, 1))
    ends = (
        (first * width, last * width)
        if letter == "x"
        else ((1 - first) * height, (1 - last) * height)
    )
    return Axis(letter, kind, low, high, *ends, categories, options)


def _values(trace: Mapping[str, Any], letter: str) -> list[Any]:
    values = list(trace.get(letter) or ())
    return [value for value in values if value is not None and value == value]


def _type(options: Mapping[str, Any], values: Sequence[Any]) -> AxisType:
    if options.get("type") in ("linear", "log", "date", "category"):
        kind: AxisType = options["type"]
        return kind
    words = [value for value in values if isinstance(value, str)]
    if any(isinstance(value, date) for value in values) or (words and _DATE.match(words[0])):
        return "date"
    return "category" if words else "linear"


def _range(
    options: Mapping[str, Any],
    kind: AxisType,
    values: Sequence[Any],
    traces: Sequence[Mapping[str, Any]],
    letter: str,
    layout: Mapping[str, Any],
) -> tuple[float, float]:
    if options.get("range"):
        low, high = options["range"]
        return (day_number(low), day_number(high)) if kind == "date" else (float(low), float(high))
    if kind == "category":
        low, high = -0.5, len(set(map(str, values))) - 0.5
    else:
        numbers = [day_number(v) if kind == "date" else float(v) for v in values] or [0.0, 1.0]
        if kind == "log":
            numbers = [log10(n) for n in numbers if n > 0] or [0.0, 1.0]
        low, high = min(numbers), max(numbers)
        if _from_zero(traces, letter) and kind == "linear":
            low, high = min(low, 0), max(high, _stacked(traces, letter, layout), 0)
        pad = (high - low) * _PAD or 0.5
        low, high = (low if low == 0 else low - pad), high + pad
    return (high, low) if options.get("autorange") == "reversed" else (low, high)


def _from_zero(traces: Sequence[Mapping[str, Any]], letter: str) -> bool:
    return any(
        (trace.get("type") == "bar" and (trace.get("orientation") == "h") == (letter == "x"))
        or str(trace.get("fill", "")).startswith("tozero")
        or "stackgroup" in trace
        for trace in traces
    )


def _stacked(traces: Sequence[Mapping[str, Any]], letter: str, layout: Mapping[str, Any]) -> float:
    if layout.get("barmode") not in ("stack", "relative") and not any(
        "stackgroup" in trace for trace in traces
    ):
        return 0
    other = "y" if letter == "x" else "x"
    sums: dict[str, float] = {}
    for trace in traces:
        for place, value in zip(trace.get(other) or (), trace.get(letter) or (), strict=False):
            if isinstance(value, int | float) and value > 0:
                sums[str(place)] = sums.get(str(place), 0) + value
    return max(sums.values(), default=0)


def _square(axis: Axis, others: Mapping[str, Axis]) -> Axis:
    """An axis kept in proportion with the one it is anchored to, both inside their domains."""
    anchor = axis.options.get("scaleanchor")
    partner = next(
        (
            other
            for name, other in others.items()
            if other.options.get("scaleanchor") == axis.letter
        ),
        None,
    )
    other = others.get(anchor) if anchor else partner if axis.letter == "x" else None
    if other is None:
        return axis
    own = abs(axis.end - axis.start) / abs(axis.high - axis.low or 1)
    theirs = abs(other.end - other.start) / abs(other.high - other.low or 1)
    shrink = min(1.0, theirs / own)
    middle, half = (axis.start + axis.end) / 2, (axis.end - axis.start) / 2 * shrink
    return Axis(
        axis.letter, axis.type, axis.low, axis.high, middle - half, middle + half,
        axis.categories, axis.options,
    )  # fmt: skip
