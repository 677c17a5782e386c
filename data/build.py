"""python -m data build: makes a bundled data set, demo or published, through the same loader."""

import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from data import private
from data.demo import command as demo
from data.loading import building, pipeline
from data.loading.faults import LoadError
from data.loading.pipeline import Report
from data.manifest import SnapshotError

HERE = Path(__file__).parent
NAMES = ("demo", "published")


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of `python -m data build`."""
    parser.add_argument("name", choices=NAMES, help="the bundled data set")
    parser.add_argument("--rows", type=int, default=demo.ROWS, help="cohort rows of demo")
    parser.add_argument("--seed", type=int, default=demo.SEED, help="seed of demo")
    parser.add_argument(
        "--into", type=Path, metavar="DIR", help="data directory (default .snapshots/NAME)"
    )


def run(arguments: Namespace) -> int:
    """Build the data set and say how far it is; 2 where it cannot be written."""
    into = arguments.into or HERE.parent / ".snapshots" / arguments.name
    started = time.monotonic()
    try:
        report = build(arguments.name, into, arguments.rows, arguments.seed)
    except (LoadError, SnapshotError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{into} cannot be written to: {error.strerror}.", file=sys.stderr)
        return 2
    print(
        f"{arguments.name}: {report.facts:,} rows in {time.monotonic() - started:.1f} s", flush=True
    )
    return 0


def build(name: str, into: Path, rows: int = demo.ROWS, seed: int = demo.SEED) -> Report:
    """Build `demo` (of that many cohorts) or `published` anew, open to nobody else.

    Raises LoadError, SnapshotError.
    """
    private.folder(into)
    private.tighten(into, building.PARTS)
    if name == "published":
        print("published: loading figures reported in the press ...", flush=True)
        return pipeline.load([HERE / "published"], into, replace=True)
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=into) as made:
        print(f"demo: inventing {rows:,} rows ...", flush=True)
        demo.write(rows, seed, Path(made), "parquet")
        print("demo: checking them and writing the snapshot ...", flush=True)
        return pipeline.load([Path(made)], into, replace=True)
