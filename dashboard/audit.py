"""The command `python -m dashboard.audit`: check the audit log, or show its last lines.

Exit status 0: whole; 1: something is missing, changed or out of order; 2: it cannot be read. Also
the ear of the gate: `listener` writes down who signed in, left, ran out or was refused.
"""

import argparse
import logging
import re
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from dashboard.__main__ import Parser
from data import audit
from data.audit import Actor, AuditError, Event, Line, Verdict, keys, lines
from data.audit.keys import Key
from data.audit.writing import End
from queries.selection import Selection, SelectionError

SEEN = re.compile(r"(\d+):([0-9a-f]{64})")
LOG = logging.getLogger("dashboard")


def listener(kind: str, subject: str, role: str, detail: str) -> None:
    """Write down what happened at the gate; raises AuditError for a sign-in that cannot be noted.

    Only letters of a detail are kept, so that no text from elsewhere stands in the log.
    """
    word = re.sub(r"[^a-z]+", "-", detail.lower()).strip("-")[:40].rstrip("-")
    try:
        audit.record(Event(kind, Actor(subject, role), detail=word))
    except AuditError as problem:
        if kind == "sign-in":
            raise
        LOG.error("%s was not written down: %s", kind, problem)


def parser() -> Parser:
    """The command's arguments."""
    command = Parser(prog="python -m dashboard.audit", description=__doc__)
    commands = command.add_subparsers(dest="command", required=True, metavar="verify | show")
    verify = commands.add_parser("verify", help="check every line and the sealed end")
    show = commands.add_parser("show", help="print lines, the newest last")
    for one in (verify, show):
        one.add_argument(
            "where", nargs="?", type=Path, metavar="DIR|FILE", help="the log's folder, or one file"
        )
        one.add_argument(
            "--key-file", type=Path, action="append", default=[], help="a key it was sealed with"
        )
    verify.add_argument(
        "--archived", action="store_true", help="earlier files were put away on purpose"
    )
    verify.add_argument(
        "--seen", type=_seen, metavar="N:HASH", help="an end that an earlier check printed"
    )
    show.add_argument("--last", type=int, default=20, metavar="N", help="how many (default 20)")
    show.add_argument("--kind", choices=audit.KINDS, help="lines of one kind alone")
    show.add_argument("--select", metavar="CODES", help='lines of one selection: "origins=CN-FJ"')
    return command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    chosen = parser().parse_args(arguments)
    try:
        where = chosen.where or audit.log().folder
        given = known_keys(where, chosen.key_file)
        return (
            _verify(where, given, chosen)
            if chosen.command == "verify"
            else _show(where, given, chosen)
        )
    except (AuditError, SelectionError) as problem:
        print(problem, file=sys.stderr)
        return 2


def known_keys(where: Path, files: Sequence[Path] = ()) -> list[Key]:
    """The keys to check a log with: the one in use, or its own, then those in the files."""
    own = keys.known(where if where.is_dir() else where.parent)
    found = [*([own] if own else []), *map(keys.load, files)]
    if not found:
        raise AuditError(
            f"There is no key for {where}: give --key-file, or set {keys.FILE_VARIABLE}."
        )
    return found


def said(verdict: Verdict) -> str:
    """What a check found, as one line."""
    size = f"{_many(verdict.lines, 'line')} in {_many(verdict.files, 'file')}"
    if verdict.first is None or verdict.last is None:
        return size
    counts = ", ".join(f"{kind} {count:,}" for kind, count in sorted(verdict.counts.items()))
    return (
        f"{size}, {verdict.first.at} to {verdict.last.at} ({counts}); "
        f"end {verdict.last.n}:{verdict.last.hash}"
    )


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _verify(where: Path, given: list[Key], chosen: argparse.Namespace) -> int:
    verdict = audit.verify(where, given, archived=chosen.archived, seen=chosen.seen)
    print(f"{'Whole' if verdict.whole else 'Not whole'}: {said(verdict)}")
    for note in verdict.notes:
        print(f"Note: {note}.")
    for fault in verdict.faults:
        print(f"Fault: {fault}.", file=sys.stderr)
    return 0 if verdict.whole else 1


def _show(where: Path, given: list[Key], chosen: argparse.Namespace) -> int:
    wanted: deque[Line] = deque(maxlen=max(chosen.last, 1))
    address = None if chosen.select is None else Selection.parse(chosen.select).address()
    hashes = {lines.selection(address or audit.EVERYTHING, key) for key in given}

    def take(line: Line) -> None:
        if chosen.kind in (None, line.kind) and (address is None or line.selection in hashes):
            wanted.append(line)

    audit.verify(where, given, each=take)
    for line in wanted:
        sys.stdout.write(line.text().decode("ascii"))
    return 0


def _seen(text: str) -> End:
    found = SEEN.fullmatch(text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not N:HASH as verify prints it")
    return End(int(found[1]), found[2])


if __name__ == "__main__":
    sys.exit(main())
