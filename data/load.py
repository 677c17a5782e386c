"""python -m data load: files to checked rows to a snapshot, with everything else in quarantine.

Rows in = facts + quarantined + left out, for every file. Loads add to what is there, a later row of
the same identifier taking the earlier one's place, and one content is loaded once.
"""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

import duckdb

from data import contracts, harmless
from data.loading import engine, pipeline, tally
from data.loading.faults import LoadError
from data.loading.pipeline import Report
from data.loading.reading import Options
from data.loading.records import ENCODINGS
from data.manifest import SnapshotError

REFUSED = 2
NOTHING_FIT = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `python -m data load`."""
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="CSV (also .gz), Excel .xlsx or Parquet, or a folder of them",
    )
    parser.add_argument("--into", required=True, type=Path, metavar="DIR", help="data directory")
    parser.add_argument(
        "--encoding",
        choices=sorted(ENCODINGS),
        default="utf-8",
        help="of CSV files (default utf-8)",
    )
    parser.add_argument(
        "--table",
        choices=list(contracts.tables()),
        help="the table, where the header should not tell",
    )
    parser.add_argument("--source", metavar="PROFILE", help="a source profile of data/sources/")
    parser.add_argument(
        "--as-of",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the day the figures stand at (default: dataset.toml, or today)",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--replace", action="store_true", help="start from nothing")


def run(arguments: argparse.Namespace) -> int:
    """Load, print the report; 0 loaded or known, 1 no row was good, 2 refused."""
    options = Options(ENCODINGS[arguments.encoding], arguments.table, arguments.source)
    try:
        report = pipeline.load(
            arguments.files,
            arguments.into,
            options,
            as_of=arguments.as_of,
            replace=arguments.replace,
        )
    except (LoadError, SnapshotError) as error:
        return _refused(str(error), arguments.json)
    except duckdb.Error as error:
        return _refused(f"The load stopped: {engine.first_line(error)}.", arguments.json)
    except KeyboardInterrupt:
        return _refused("The load was stopped; what is served has not changed.", arguments.json)
    except Exception as error:  # a reader of files must never answer with a traceback
        kind = type(error).__name__
        return _refused(f"The load stopped unexpectedly ({kind}: {error}).", arguments.json)
    if arguments.json:
        print(json.dumps(_as_json(report)))
    else:
        print(harmless.seen(say(report)))
    return NOTHING_FIT if report.snapshot is None else 0


def say(report: Report) -> str:
    """The report in plain lines, a line for every table and for every rule that rows broke."""
    lines = []
    for table, one in tally.together(list(report.tallies)).items():
        left = f" + {one.left_out:,} left out by the source profile" if one.left_out else ""
        lines.append(
            f"{table}: {one.rows_in:,} rows in = {one.facts:,} facts"
            f" + {one.quarantined:,} quarantined{left}"
        )
        lines += [
            f"  {column or 'row'}: {rule}: {rows:,}"
            for (column, rule), rows in sorted(one.rules.items())
        ]
    if report.skipped:
        lines.append(f"Loaded before, left as it is: {', '.join(report.skipped)}")
    if report.passed_over:
        lines.append(f"Passed over, nothing read from: {', '.join(report.passed_over)}")
    if report.quarantine:
        lines.append(f"Quarantine: {report.quarantine} (mend the rows there and load the file)")
    if report.unchanged:
        lines.append(f"Nothing new: the snapshot stays {report.snapshot} (--replace starts afresh)")
    elif report.snapshot is None:
        lines.append("No row was good, so there is no new snapshot.")
    else:
        mark = ", synthetic" if report.synthetic else ""
        lines.append(f"Snapshot: {report.snapshot}{mark}")
        if report.secret_made:
            lines.append(
                f"Made the secret behind the protection: {report.secret_made}. Keep a copy apart"
                " from the data: it is in no snapshot and no backup, and nothing is served without"
                " it."
            )
    return "\n".join(lines)


def _as_json(report: Report) -> dict[str, object]:
    return {
        "tables": {
            table: {
                "rows_in": one.rows_in,
                "facts": one.facts,
                "quarantined": one.quarantined,
                "left_out": one.left_out,
                "rules": {
                    f"{column}.{rule}" if column else rule: rows
                    for (column, rule), rows in sorted(one.rules.items())
                },
            }
            for table, one in tally.together(list(report.tallies)).items()
        },
        "snapshot": str(report.snapshot) if report.snapshot else None,
        "quarantine": str(report.quarantine) if report.quarantine else None,
        "unchanged": report.unchanged,
        "skipped": list(report.skipped),
        "passed_over": list(report.passed_over),
        "synthetic": report.synthetic,
        "secret_made": str(report.secret_made) if report.secret_made else None,
    }


def _refused(message: str, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"error": message}))
    print(harmless.seen(message), file=sys.stderr)
    return REFUSED
