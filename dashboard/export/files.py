"""Every file a reader can take away: built from an answer, named after it, without a screen.

`deliver` is the one way out; whatever leaves has its statement drawn, written and marked, and
stands in the audit log before it is handed over.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

from dashboard import charts
from dashboard.export import browser, embed, marks, plain, render, sheets
from dashboard.export.figure import Footed, footed
from dashboard.export.frame import SizeName
from data import harmless
from data.audit import LOCAL, Actor
from data.contracts import Language
from queries import trail
from queries.grants import Grant
from queries.selection import FIELDS

if TYPE_CHECKING:
    from queries.answers import Answer

Kind = Literal["png", "svg", "pdf", "csv", "xlsx"]
KINDS: tuple[Kind, ...] = get_args(Kind)
TABLES: tuple[Kind, ...] = ("csv", "xlsx")
MIME: Mapping[Kind, str] = MappingProxyType(
    {
        "png": "image/png",
        "svg": "image/svg+xml",
        "pdf": "application/pdf",
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)
_MOST_NAMED = 3


def build(
    kind: Kind,
    answer: "Answer",
    language: Language,
    form: str | None = None,
    size: SizeName = "slide",
) -> bytes:
    """The bytes of one file: a footed figure as png, svg or pdf, or the table as csv or xlsx.

    Raises browser.RenderUnavailable for png and pdf without Chromium (svg is then drawn plainly),
    render.RenderFailed when drawing fails, LookupError for a kind, form or size there is not.
    """
    if kind not in KINDS:
        raise LookupError(f"there is no format {kind!r}; one of {', '.join(KINDS)}")
    if kind == "csv":
        return sheets.csv_bytes(answer, language)
    if kind == "xlsx":
        return sheets.xlsx_bytes(answer, language)
    check_form(answer.question.name, form)
    return picture(kind, footed(answer, language, size, form))


def deliver(
    kind: Kind,
    answer: "Answer",
    language: Language,
    form: str | None = None,
    size: SizeName = "slide",
    *,
    grant: Grant,
    actor: Actor = LOCAL,
) -> bytes:
    """The bytes of one file for somebody to take away, once the audit log says so.

    Raises ExportRefused where the grant does not hold the right to it or the answer was released
    for something else, AuditError where the log cannot be written, and whatever `build` raises.
    """
    with trail.refusals(answer.question.name, answer.selection.address(), actor):
        grant.check("table" if kind in TABLES else "picture", answer.scope, len(answer.rows))
    made = build(kind, answer, language, form, size)
    trail.exported(answer, kind, actor)
    return made


def check_form(name: str, form: str | None) -> None:
    """Raises LookupError, naming the forms there are, when a question cannot be drawn so."""
    forms = charts.forms(name)
    if form is not None and form not in forms:
        raise LookupError(f"{name} has no form {form!r}; one of {', '.join(forms)}")


def picture(kind: Literal["png", "svg", "pdf"], figure: Footed) -> bytes:
    """A footed figure as a picture with its statement in the file's metadata too."""
    stated = figure.stated
    title = harmless.line(f"{stated.mark} {stated.title}")
    about = harmless.line(f"{stated.mark_long} {stated.finding} {stated.asked}")
    if kind == "svg" and not render.available():
        return marks.svg(embed.embedded(plain.svg(figure)), title, about, stated.record)
    scale = figure.png_scale if kind == "png" else figure.paper_scale
    drawn = render.render(figure.spec, kind, figure.width, figure.height, scale)
    if kind == "png":
        return marks.png(drawn, title, stated.record)
    if kind == "pdf":
        return marks.pdf(drawn, title, about, stated.record)
    return marks.svg(embed.embedded(drawn), title, about, stated.record)


def name(kind: Kind, answer: "Answer", language: Language, form: str | None = None) -> str:
    """A file name that says the question, months, filters and language: origins_2014-01_zh.png."""
    selection = answer.selection
    months = [f"{month:%Y-%m}" for month in (selection.since, selection.until) if month]
    parts = [answer.question.name]
    if form is not None and form != charts.forms(answer.question.name)[0]:
        parts.append(form)
    parts += ["-".join(months)] if months else []
    for field in FIELDS:
        values = getattr(selection, field)
        if values:
            few = len(values) <= _MOST_NAMED
            parts.append("+".join(map(_slug, values)) if few else f"{len(values)}-{field}")
    parts += ["cases"] if selection.measure == "cases" else []
    return f"{'_'.join(part for part in (*parts, language) if part)[:150]}.{kind}"


def _slug(text: str) -> str:
    return re.sub(r"[^\w-]+", "-", text).strip("-")[:40]


__all__ = [
    "KINDS",
    "MIME",
    "TABLES",
    "Kind",
    "browser",
    "build",
    "check_form",
    "deliver",
    "name",
    "picture",
]
