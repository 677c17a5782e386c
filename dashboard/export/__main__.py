"""The command `python -m dashboard.export`: one footed figure or table, written to a file.

Whatever is wrong is one sentence on the error stream and exit status 2.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from dashboard.__main__ import Parser, StartError, snapshot
from dashboard.export import files
from dashboard.export.browser import RenderUnavailable
from dashboard.export.frame import SIZES
from dashboard.export.render import RenderFailed
from data import harmless
from data.audit import AuditError
from data.contracts import LANGUAGES
from data.manifest import SnapshotError
from queries import policy_file, trail
from queries.grants import ExportRefused, PolicyError
from queries.kept import SlowQuery
from queries.questions import UnknownQuestion, question
from queries.scope import ScopeError
from queries.selection import Selection, SelectionError
from queries.store import Store

Name = TypeVar("Name", bound=str)


class ExportError(Exception):
    """Why nothing was written; the message names the remedy."""


def parser() -> Parser:
    """The command's arguments."""
    command = Parser(
        prog="python -m dashboard.export",
        description="Write one question as a picture or a table that stands on its own.",
    )
    add = command.add_argument
    add("name", help="the question, as `python -m queries list` names it")
    add("--select", default="", metavar="CODES", help='"origins=CN-FJ&since=2014-01"')
    add("--language", choices=LANGUAGES, default="zh")
    add("--format", help="png, svg, pdf, csv or xlsx; by default what --out ends in, else png")
    add("--size", default="slide", help=f"{', '.join(SIZES)} (pictures only)")
    add("--form", help="another drawing of the question, for example map or matrix")
    add("--data", default="demo", help="demo, published, or the path of a data directory")
    add("--policy", type=Path, metavar="FILE", help="a policy.toml of your own")
    add("--out", type=Path, help="the file to write; by default named after what it holds")
    return command


def main(arguments: Sequence[str] | None = None) -> int:
    """Write one file and say where it is; return the exit status."""
    chosen = parser().parse_args(arguments)
    policy_file.use(chosen.policy)
    try:
        path = export(chosen)
    except (
        ExportError,
        StartError,
        UnknownQuestion,
        SelectionError,
        SlowQuery,
        SnapshotError,
        AuditError,
        PolicyError,
        ScopeError,
        ExportRefused,
        RenderUnavailable,
        RenderFailed,
    ) as problem:
        print(_sentence(harmless.line(str(problem))), file=sys.stderr)
        return 2
    print(path)
    return 0


def export(chosen: argparse.Namespace) -> Path:
    """The path of the file written; raises what `main` turns into a sentence."""
    kind = _one_of("format", chosen.format or _ending(chosen.out), files.KINDS)
    ending = _ending(chosen.out)
    if chosen.out and ending in files.KINDS and ending != kind:
        raise ExportError(f"{chosen.out} ends in {ending} but the format is {kind}: change one.")
    size = _one_of("size", chosen.size, SIZES)
    with trail.refusals(chosen.name, chosen.select):
        asked, selection = question(chosen.name), Selection.parse(chosen.select)
        asked.check(selection)
    try:
        files.check_form(asked.name, chosen.form)
    except LookupError as problem:
        raise ExportError(str(problem.args[0])) from None
    if chosen.out is not None and not chosen.out.parent.is_dir():
        raise ExportError(f"There is no folder {chosen.out.parent}: make it, or change --out.")
    grant = policy_file.in_force().local()
    store = Store(snapshot(chosen.data))
    try:
        with trail.refusals(asked.name, selection.address()):
            answer = store.answer(asked.name, selection, grant.exported)
        out = chosen.out or Path(files.name(kind, answer, chosen.language, chosen.form))
        written = files.deliver(kind, answer, chosen.language, chosen.form, size, grant=grant)
    finally:
        store.close()
    write(out, written)
    return out


def write(path: Path, content: bytes) -> None:
    """Write a whole file or none; raises ExportError naming why it cannot be written."""
    part: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".export-", delete=False) as file:
            part = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
        part.replace(path)
    except OSError as problem:
        if part is not None:
            part.unlink(missing_ok=True)
        raise ExportError(f"{path} cannot be written: {problem.strerror or problem}.") from None


def _ending(out: Path | None) -> str:
    return out.suffix.removeprefix(".").lower() if out is not None and out.suffix else "png"


def _one_of(what: str, given: str, known: Sequence[Name]) -> Name:
    for name in known:
        if name == given:
            return name
    near = ", ".join(get_close_matches(given, known, n=1)) or ", ".join(known)
    raise ExportError(f"there is no {what} {given!r}; nearest: {near}")


def _sentence(text: str) -> str:
    said = text.strip()
    return said[:1].upper() + said[1:] + ("" if said.endswith(".") else ".")


if __name__ == "__main__":
    sys.exit(main())
