"""The words around a chart: laid out by measured width, with the mark of invented data."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

from dashboard import look
from dashboard.export import fonts
from dashboard.export.place import Box
from dashboard.export.statement import Statement

Spec = dict[str, Any]
SizeName = Literal["slide", "page", "landscape", "square"]
SIZES: tuple[SizeName, ...] = get_args(SizeName)
STATEMENT = "statement"
_LINE = 1.3


@dataclass(frozen=True)
class Size:
    """One kind of page: (width, height) choices in CSS pixels from roomy to dense, and its type.

    title, finding, filters, foot, margin: pixels at the first of them, growing with the others
    (foot less, as denser charts are set smaller too).
    pixels: width of the PNG. paper: width of PDF and SVG in CSS pixels, 96 to the inch.
    A page that shrinks is cut to the height its chart needs, between the least and its own.
    """

    bases: tuple[tuple[int, int], ...]
    pixels: int
    paper: int
    title: float
    finding: float
    filters: float
    foot: float
    margin: float
    least: int = 0


LAYOUTS: Mapping[SizeName, Size] = {
    "slide": Size(((1024, 576), (1280, 720), (1600, 900)), 1920, 1280, 24, 16.5, 12.5, 10.8, 40),
    "page": Size(((794, 1123),), 2382, 794, 20, 14.5, 12, 10.5, 38, least=480),
    "landscape": Size(((1123, 794), (1404, 993)), 3369, 1123, 24, 16.5, 13, 11, 44),
    "square": Size(((720, 720), (900, 900), (1080, 1080)), 2160, 720, 22, 16, 12.5, 11, 34),
}


@dataclass(frozen=True)
class Frame:
    """The words around a chart, laid out for one width."""

    page: Size
    width: int
    factor: float
    stated: Statement

    @property
    def margin(self) -> float:
        """Pixels free at either side."""
        return self.page.margin * self.factor

    @property
    def inner(self) -> float:
        """Pixels between the margins."""
        return self.width - 2 * self.margin

    def _size(self, name: str) -> float:
        growth = self.factor**0.5 if name == "foot" else self.factor
        return float(getattr(self.page, name)) * growth

    @property
    def _pill(self) -> float:
        size = self._size("filters")
        return fonts.width(self.stated.mark, size, True) + 2 * size if self.stated.mark else 0

    @cached_property
    def _head_lines(self) -> list[tuple[list[str], float, bool, str]]:
        stated, ink, muted = self.stated, look.LIGHT.ink, look.LIGHT.muted
        title, finding, filters = (self._size(name) for name in ("title", "finding", "filters"))
        beside = self.inner - self._pill - (12 if self._pill else 0)
        blocks = [(fonts.balanced(stated.title, beside, title, True), title, True, ink)]
        if stated.finding:
            blocks.append(
                (fonts.balanced(stated.finding, self.inner, finding), finding, False, ink)
            )
        asked = fonts.wrap(stated.asked, self.inner, filters)
        return [*blocks, (asked, filters, False, muted)]

    @cached_property
    def _foot_lines(self) -> list[tuple[str, bool, str]]:
        size, muted = self._size("foot"), look.LIGHT.muted
        lines = []
        if self.stated.mark_long:
            warning = fonts.wrap(self.stated.mark_long, self.inner, size, True)
            lines += [(line, True, look.LIGHT.warning) for line in warning]
        for paragraph in self.stated.foot:
            lines += [(line, False, muted) for line in fonts.wrap(paragraph, self.inner, size)]
        last = lines[-1][0] if lines else ""
        if fonts.width(last, size) + self._code_width + 16 > self.inner:
            lines.append(("", False, muted))
        return lines

    @property
    def _code_width(self) -> float:
        return fonts.width(self.stated.code_words, self._size("foot"), True)

    @property
    def _top(self) -> float:
        return 22 * self.factor

    @property
    def _gap(self) -> float:
        return 6 * self.factor

    @property
    def head_height(self) -> float:
        """Pixels that title, finding and filters take at the top."""
        blocks = self._head_lines
        lines = sum(len(lines) * size * _LINE for lines, size, _, _ in blocks)
        return self._top + lines + self._gap * (len(blocks) + 2)

    @property
    def foot_height(self) -> float:
        """Pixels that notes, protection, source and code take at the foot."""
        lines = len(self._foot_lines) * self._size("foot") * _LINE
        return lines + 2.6 * self._gap + 13 * self.factor

    def _note(self, text: str, left: float, top: float, height: int, **more: Any) -> Spec:
        bold = more.pop("bold", False)
        safe = look.safe(text)
        return {
            "name": STATEMENT,
            "text": f"<b>{safe}</b>" if bold else safe,
            "xref": "paper",
            "yref": "paper",
            "x": left / self.width,
            "y": 1 - top / height,
            "xanchor": "left",
            "yanchor": "top",
            "align": "left",
            "showarrow": False,
            "borderpad": 0,
            **more,
        }

    def head(self, height: int) -> list[Spec]:
        """Title, finding and filters as annotations, a line each."""
        notes, top = [], self._top
        for lines, size, bold, colour in self._head_lines:
            font = {"size": size, "color": colour, "family": fonts.STACK}
            for line in lines:
                notes.append(self._note(line, self.margin, top, height, bold=bold, font=font))
                top += size * _LINE
            top += self._gap
        return notes

    def foot(self, height: int) -> list[Spec]:
        """The paragraphs at the foot and the code at its right end."""
        size = self._size("foot")
        top = height - self.foot_height + 2.2 * self._gap
        notes = []
        for text, bold, colour in self._foot_lines:
            font = {"size": size, "color": colour, "family": fonts.STACK}
            if text:
                notes.append(self._note(text, self.margin, top, height, bold=bold, font=font))
            top += size * _LINE
        code = self._note(
            self.stated.code_words,
            self.width - self.margin,
            top - size * _LINE,
            height,
            bold=True,
            xanchor="right",
            font={"size": size, "color": look.LIGHT.ink, "family": fonts.STACK},
        )
        return [*notes, code]

    def rule(self, height: int) -> Spec:
        """The line between chart and foot."""
        y = 1 - (height - self.foot_height + 1.2 * self._gap) / height
        ends = {"x0": self.margin / self.width, "x1": 1 - self.margin / self.width}
        line = {"color": look.LIGHT.line, "width": 0.8}
        return {
            "type": "line",
            "xref": "paper",
            "yref": "paper",
            **ends,
            "y0": y,
            "y1": y,
            "line": line,
        }

    def synthetic_marks(self, box: Box, height: int) -> list[Spec]:
        """The mark of invented data: a filled label beside the title, and one across the chart."""
        if not self.stated.mark:
            return []
        size = self._size("filters")
        label = self._note(
            self.stated.mark,
            self.width - self.margin,
            self._top,
            height,
            bold=True,
            xanchor="right",
            bgcolor=look.LIGHT.warning,
            borderpad=size * 0.4,
            font={"size": size, "color": "#ffffff", "family": fonts.STACK},
        )
        across = self._note(
            self.stated.mark,
            box.left + box.width / 2,
            box.top + box.height / 2,
            height,
            bold=True,
            xanchor="center",
            yanchor="middle",
            textangle=-18,
            opacity=0.055,
            font={"size": self._across(box), "color": look.LIGHT.ink, "family": fonts.STACK},
        )
        return [label, across]

    def _across(self, box: Box) -> float:
        alone = fonts.width(self.stated.mark, 100, True) / 100
        return min(box.width * 0.5 / alone, box.height * 0.3)
