"""Writes small files in the contracts' shape for the loader's tests, and reads what it kept."""

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from data import contracts, snapshots
from data.__main__ import main
from data.loading import pipeline
from data.loading.pipeline import Report
from data.loading.reading import Options

AS_OF = date(2024, 12, 31)
GOOD: dict[str, dict[str, str]] = {
    "cases": {
        "case_id": "C{n}",
        "opened": "2014-07-03",
        "closed": "2014-09",
        "province": "CN-GD",
        "prefecture": "440700",
        "gang": "G 1",
        "kind": "forgery",
        "suspects_organiser": "6",
        "fee_band": "under_50k",
        "status": "closed",
    },
    "cohorts": {
        "cohort_id": "P{n}",
        "case_id": "C{n}",
        "month": "2014-05",
        "origin": "CN-FJ",
        "prefecture": "350100",
        "destination": "USA",
        "route": "transit",
        "transit": "ECU",
        "age_group": "25-29",
        "sex": "male",
        "persons": "12",
    },
    "seizures": {
        "seizure_id": "S{n}",
        "case_id": "C{n}",
        "date": "2014-07-04",
        "province": "CN-GD",
        "item": "seal",
        "quantity": "270",
        "unit": "pieces",
    },
    "arrivals": {
        "arrival_id": "A{n}",
        "source": "Somebody",
        "year": "2023",
        "month": "2023-02",
        "citizenship": "CHN",
        "reporting": "USA",
        "measure": "encounters",
        "value": "17",
        "unit": "encounters",
    },
}


def row(table: str, number: int, **changes: str) -> dict[str, str]:
    """A good row of a table with some values changed."""
    made = {name: text.format(n=number) for name, text in GOOD[table].items()}
    return dict.fromkeys(contracts.table(table).names, "") | made | changes


def rows(table: str, count: int) -> list[dict[str, str]]:
    """So many good rows, numbered from 1."""
    return [row(table, number) for number in range(1, count + 1)]


def write(path: Path, written: list[dict[str, str]], **format_: Any) -> Path:
    """Write rows as CSV with a header."""
    encoding = format_.pop("encoding", "utf-8")
    with path.open("w", encoding=encoding, newline="") as file:
        options = {"lineterminator": "\n", **format_}
        writer = csv.DictWriter(file, fieldnames=list(written[0]), **options)
        writer.writeheader()
        writer.writerows(written)
    return path


def lines(table: str, count: int) -> list[str]:
    """The lines of a good file: header, then rows, without line ends."""
    names = contracts.table(table).names
    return [",".join(names)] + [",".join(one.values()) for one in rows(table, count)]


def load(*paths: Path, into: Path, **options: Any) -> Report:
    """Load as the command does, at a fixed as-of date."""
    reading = {key: options.pop(key) for key in ("encoding", "table", "source") if key in options}
    return pipeline.load(list(paths), into, Options(**reading), **{"as_of": AS_OF, **options})


def kept(report: Report, name: str) -> list[dict[str, str]]:
    """The quarantined rows of a load, in file order."""
    if report.quarantine is None:
        return []
    with (report.quarantine / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def faults(report: Report, name: str) -> list[tuple[int, str, str]]:
    """Line, column and rule of every quarantined row."""
    return [(int(one["line"]), one["column"], one["rule"]) for one in kept(report, name)]


def facts(into: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of the current snapshot."""
    with snapshots.connect(snapshots.current(into)) as connection:
        return connection.execute(query).fetchall()


def command(capsys: Any, *arguments: object) -> tuple[int, str, str]:
    """Run `python -m data` in this process: exit code, standard output, standard error."""
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def report_of(capsys: Any, *arguments: object) -> dict[str, Any]:
    """Run `python -m data load ... --json` and read its report."""
    _, out, _ = command(capsys, "load", *arguments, "--json", "--as-of", AS_OF)
    read: dict[str, Any] = json.loads(out)
    return read


def replaced(path: Path, change: Callable[[bytes], bytes]) -> Path:
    """Change the bytes of a file."""
    path.write_bytes(change(path.read_bytes()))
    return path
