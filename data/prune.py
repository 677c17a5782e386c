"""python -m data prune: deletes old snapshots of a data directory, never the current one."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from data import snapshots
from data.manifest import SnapshotError


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of `python -m data prune`."""
    parser.add_argument("--into", required=True, type=Path, metavar="DIR", help="data directory")
    parser.add_argument("--keep", type=int, default=5, help="newest snapshots to keep (default 5)")


def run(arguments: Namespace) -> int:
    """Delete, say what went; 2 where the directory holds no snapshot."""
    try:
        gone = snapshots.prune(arguments.into, arguments.keep)
    except (SnapshotError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(gone)} snapshots deleted, {arguments.into} keeps the current one")
    return 0
