"""Footed figures: a chart with everything a reader needs to trust it drawn into it, at fixed sizes.

Nothing else is exported: there is no way to a picture that does not pass here, and none here past
the statement. It must not know how pictures are rendered.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, Any

from dashboard import charts, look
from dashboard.export import fonts, place, safety
from dashboard.export.frame import LAYOUTS, SIZES, Frame, Size, SizeName
from dashboard.export.statement import Statement, statement
from dashboard.export.table import shown, table
from data.contracts import Language

if TYPE_CHECKING:
    from queries.answers import Answer

Spec = dict[str, Any]
_TIGHT = 0.72
_FEW_PANELS = 2
_DENSE = 2
_LOOSE = 2


@dataclass(frozen=True)
class Footed:
    """A finished figure: specification, its size in CSS pixels and what it states.

    box: where the chart stands. listing: makes its table, heading first, to list what is not drawn.
    """

    spec: Spec
    width: int
    height: int
    size: SizeName
    stated: Statement
    box: place.Box
    listing: Callable[[], tuple[tuple[str, ...], ...]] = tuple

    @property
    def png_scale(self) -> float:
        """PNG pixels per CSS pixel."""
        return LAYOUTS[self.size].pixels / self.width

    @property
    def paper_scale(self) -> float:
        """CSS pixels of the PDF and SVG page per CSS pixel of the figure."""
        return LAYOUTS[self.size].paper / self.width


def footed(
    answer: "Answer", language: Language, size: SizeName = "slide", form: str | None = None
) -> Footed:
    """The figure of an answer with all of its statement drawn in.

    Raises LookupError for a size there is not.
    """
    if size not in LAYOUTS:
        raise LookupError(f"there is no size {size!r}; one of {', '.join(SIZES)}")
    stated = statement(answer, language, form)
    page = LAYOUTS[size]
    for step, (width, height) in enumerate(page.bases, start=1):
        draw = partial(charts.draw, answer, language, form)
        chart = _to_scale(draw, _frame(page, width, stated), height)
        last = page.bases[step:] == () or (step == _DENSE and _tightest(chart) == _TIGHT)
        made = composed(chart, stated, size, width, height, crowded=last)
        if made is not None:
            break
    assert made is not None
    return replace(made, listing=partial(_listing, answer, language))


def _listing(answer: "Answer", language: Language) -> tuple[tuple[str, ...], ...]:
    made = table(answer, language, codes=False)
    heading = tuple(column.heading for column in made.columns)
    return heading, *(tuple(map(shown, row, made.columns, repeat(language))) for row in made.rows)


def _frame(page: Size, width: int, stated: Statement) -> Frame:
    return Frame(page, width, width / page.bases[0][0], stated)


def _to_scale(draw: Callable[..., Spec], frame: Frame, height: int) -> Spec:
    """The chart drawn for the frame's width; a map that lacks height there, for that height too.

    A map's labels are placed by its pixels, so it must not be made smaller afterwards.
    """
    chart = draw(width=round(frame.inner))
    room = height - frame.head_height - frame.foot_height
    tied = "scaleanchor" in chart["layout"].get("yaxis", {})
    if tied and chart["layout"]["height"] > room:
        return draw(width=round(frame.inner), height=int(room))
    return chart


def composed(
    chart: Spec, stated: Statement, size: SizeName, width: int, height: int, crowded: bool = False
) -> Footed | None:
    """A chart with its statement around it; None when the chart lacks room, unless crowded."""
    page = LAYOUTS[size]
    frame = _frame(page, width, stated)
    natural = float(chart["layout"].get("height", 380))
    over, under = frame.head_height, frame.foot_height
    if page.least:
        height = round(min(height, max(page.least, over + max(natural, width * 0.5) + under)))
    room = height - over - under
    if room < natural * _tightest(chart) and not crowded:
        return None
    used = min(room, max(_LOOSE * natural, room / 2)) if chart["data"] else room
    box = place.Box(frame.margin, over, frame.inner, used)
    spec = place.placed(safety.sanitized(chart), box, width, height)
    _dress(spec["layout"], frame, box, height)
    return Footed(spec, width, height, size, stated, box)


def _tightest(chart: Spec) -> float:
    """How far a chart may be pressed: least where rows or panels would run into each other."""
    panels = sum(key.startswith("yaxis") for key in chart["layout"])
    rows = any(trace.get("type") == "table" for trace in chart["data"])
    return 1 if rows else 0.85 if panels > _FEW_PANELS else _TIGHT


def _dress(layout: Spec, frame: "Frame", box: place.Box, height: int) -> None:
    layout.setdefault("template", look.template())
    layout["font"] = {**layout.get("font", {}), "family": fonts.STACK}
    layout["paper_bgcolor"] = layout["plot_bgcolor"] = look.LIGHT.paper
    notes = [*layout.get("annotations", []), *frame.head(height), *frame.foot(height)]
    notes += frame.synthetic_marks(box, height)
    layout["annotations"] = notes
    layout["shapes"] = [*layout.get("shapes", []), frame.rule(height)]
    layout["meta"] = {**(layout.get("meta") or {}), "statement": dict(frame.stated.record)}
    layout["hovermode"] = False
