"""Questions without a screen: list them, answer one, write their index.

Everything it prints has passed the same protection as the screen.
"""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from data import contracts, harmless, snapshots
from data.audit import AuditError
from queries import index, policy_file, privacy, tables, trail
from queries.grants import ExportRefused, PolicyError
from queries.kept import SlowQuery
from queries.questions import UnknownQuestion, question, questions
from queries.scope import ScopeError
from queries.selection import Selection, SelectionError
from queries.store import Store

ROOT = Path(__file__).parent.parent
NAMED = ("demo", "published")
WRONG = (
    UnknownQuestion,
    SelectionError,
    ScopeError,
    ExportRefused,
    PolicyError,
    SlowQuery,
    snapshots.SnapshotError,
    AuditError,
    OSError,
    ValueError,
)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns 0, or 2 after one clear sentence on standard error."""
    given = _parser().parse_args(arguments)
    try:
        sys.stdout.write(given.run(given))
    except BrokenPipeError:
        return 0
    except WRONG as error:
        print(f"python -m queries: {harmless.line(str(error))}", file=sys.stderr)
        return 2
    return 0


def listed(given: Namespace) -> str:
    """One line a question: name and title."""
    width = max(map(len, questions()))
    measure = {"zh": "人数或案件数", "en": "Persons or cases"}[given.language]
    titles = ((name, asked.title[given.language]) for name, asked in questions().items())
    lines = (f"{name:{width}}  {title.replace('{measure}', measure)}" for name, title in titles)
    return "\n".join(lines) + "\n"


def answered(given: Namespace) -> str:
    """The answer to one question as CSV or JSON, once the audit log says so."""
    policy_file.use(given.policy)
    grant = policy_file.in_force().local()
    with trail.refusals(given.name, given.select):
        question(given.name)
        selection = Selection.parse(given.select)
        with Store(place(given.data)) as store:
            answer = store.answer(given.name, selection, grant.exported)
        grant.check("table", answer.scope, len(answer.rows))
    write = tables.csv_text if given.format == "csv" else tables.json_text
    written = write(answer, given.language)
    trail.exported(answer, given.format)
    return written


def indexed(given: Namespace) -> str:
    """Writes QUESTIONS.md; says where."""
    given.into.write_text(index.text(), encoding="utf-8")
    return f"wrote {given.into}\n"


def described(given: Namespace) -> str:
    """Writes PRIVACY.md; says where."""
    given.into.write_text(privacy.text(), encoding="utf-8")
    return f"wrote {given.into}\n"


def place(data: str) -> Path:
    """The data directory or snapshot file meant by a name or a path, open to this user alone.

    Raises FileNotFoundError and SnapshotError naming the remedy.
    """
    folder = ROOT / ".snapshots" / data if data in NAMED else Path(data)
    if folder.suffix == ".duckdb" or (folder / "CURRENT").is_file():
        snapshots.check_private(folder)
        return folder
    remedy = f"build {data}" if data in NAMED else f"load FILE... --into {data}"
    raise FileNotFoundError(f"there is no data in {folder}: run `python -m data {remedy}` first")


def _parser() -> ArgumentParser:
    parser = ArgumentParser("python -m queries", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="list | answer | index | privacy")
    listing = commands.add_parser("list", help="name every question")
    listing.set_defaults(run=listed)
    asking = commands.add_parser("answer", help="answer one question as CSV or JSON")
    asking.set_defaults(run=answered)
    asking.add_argument("name", help="a question, as `list` names it")
    asking.add_argument("--select", default="", help='filters: "origins=CN-FJ&since=2014-01"')
    asking.add_argument("--format", choices=("csv", "json"), default="csv")
    asking.add_argument("--policy", type=Path, metavar="FILE", help="a policy.toml of your own")
    asking.add_argument("--data", default="demo", help="demo, published or a data directory")
    for command in (listing, asking):
        command.add_argument("--language", choices=contracts.LANGUAGES, default="en")
    indexing = commands.add_parser("index", help="write the index of questions")
    indexing.set_defaults(run=indexed)
    indexing.add_argument("--into", type=Path, default=index.PATH)
    describing = commands.add_parser("privacy", help="write what attacks found as a document")
    describing.set_defaults(run=described)
    describing.add_argument("--into", type=Path, default=privacy.DOCUMENT)
    return parser


if __name__ == "__main__":
    sys.exit(main())
