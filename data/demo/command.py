"""python -m data demo: writes cases, cohorts, seizures and dataset.toml of an invented data set."""

import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from data import contracts
from data.demo.cases import Cases, cases
from data.demo.cohorts import SEXES, Cohorts, cohorts
from data.demo.draw import Indices
from data.demo.files import FORMATS, Files, Format, Occupied, days, integers, numbered, texts
from data.demo.gangs import gangs
from data.demo.seizures import ITEMS, Seizures, seizures
from data.demo.shape import AGES, COUNTRIES, PREFECTURES, PROVINCES, ROUTES, Calendar, Shape, shape

ROWS = 150_000
SEED = 1
BLOCK = 200_000
WIDTH = 9
PREFIX = contracts.SYNTHETIC_PREFIX
FLAGS = ("provisional", "break")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of python -m data demo."""
    parser.add_argument("--rows", type=_rows, default=ROWS, help=f"cohort rows (default {ROWS:,})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"same seed, same bytes ({SEED})")
    parser.add_argument("--into", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument("--format", choices=FORMATS, default="csv", help="csv (default) or parquet")


def run(arguments: Namespace) -> int:
    """Write the data set the options ask for; 1 where the folder cannot take it."""
    try:
        write(arguments.rows, arguments.seed, arguments.into, arguments.format, _progress())
    except (Occupied, OSError) as fault:
        print(f"demo: {fault}", file=sys.stderr)
        return 1
    print(f"demo: {arguments.rows:,} cohorts of invented data in {arguments.into}", file=sys.stderr)
    return 0


def write(
    rows: int,
    seed: int,
    into: Path,
    form: Format = "csv",
    report: Callable[[int, int], None] = lambda done, rows: None,
) -> None:
    """Write an invented data set of exactly that many cohorts, the same bytes for the same call.

    Memory is bounded by a block of rows. Raises Occupied where the folder holds the other format.
    """
    made = shape()
    rings = gangs(made, seed)
    case = cohort = seizure = 0
    with Files(into, form) as files:
        for month, part, wanted in _blocks(made, rows):
            random = np.random.Generator(np.random.PCG64([seed, 2, month, part]))
            found = cases(made, rings, month, wanted, random)
            moved = cohorts(made, rings, found, random)
            seized = seizures(made, found, random)
            files.write("cases", _case_columns(made, found, case))
            files.write("cohorts", _cohort_columns(made, moved, case, cohort))
            files.write("seizures", _seizure_columns(made, found, seized, case, seizure))
            case, cohort, seizure = case + len(found), cohort + len(moved), seizure + len(seized)
            report(cohort, rows)
    (into / "dataset.toml").write_text(_dataset(made), encoding="utf-8")


def _blocks(made: Shape, rows: int) -> Iterator[tuple[int, int, int]]:
    ends = np.floor(np.cumsum(made.volume) / made.volume.sum() * rows + 0.5).astype(int)
    ends[-1] = rows
    for month, wanted in enumerate(np.diff(ends, prepend=0)):
        for part, start in enumerate(range(0, int(wanted), BLOCK)):
            yield month, part, min(BLOCK, int(wanted) - start)


def _case_columns(made: Shape, found: Cases, before: int) -> dict[str, object]:
    numbers = np.arange(len(found)) + before + 1
    roles = zip(contracts.codes("roles").codes, found.suspects, strict=True)
    return {
        "case_id": numbered(f"{PREFIX}C", numbers, WIDTH),
        "opened": days(found.opened),
        "closed": days(found.closed),
        "province": texts(PROVINCES, found.province),
        "prefecture": texts(PREFECTURES, found.prefecture),
        "gang": numbered(f"{PREFIX}G", np.where(found.gang < 0, -1, found.gang + 1), 4),
        "kind": texts(("smuggling", "forgery"), found.forgery.astype(np.int64)),
        **{f"suspects_{role}": integers(count) for role, count in roles},
        "fee_band": texts(contracts.codes("fee_bands").codes, found.fee),
        "status": texts(contracts.codes("statuses").codes, found.status),
        "flag": _flags(made.calendar, _months(made.calendar, found.opened)),
    }


def _cohort_columns(made: Shape, moved: Cohorts, case: int, before: int) -> dict[str, object]:
    calendar = made.calendar
    months = np.datetime_as_string(calendar.first + np.arange(calendar.months)).tolist()
    return {
        "cohort_id": numbered(f"{PREFIX}P", np.arange(len(moved)) + before + 1, WIDTH),
        "case_id": numbered(f"{PREFIX}C", moved.case + case + 1, WIDTH),
        "month": texts(months, moved.month),
        "origin": texts(PROVINCES, moved.origin),
        "prefecture": texts(PREFECTURES, moved.prefecture),
        "destination": texts(made.destinations, moved.destination),
        "route": texts(ROUTES, moved.route),
        "transit": texts(COUNTRIES, moved.transit),
        "age_group": texts(AGES, moved.age),
        "sex": texts(SEXES, moved.sex),
        "persons": integers(moved.persons),
        "flag": _flags(calendar, moved.month),
    }


def _seizure_columns(
    made: Shape, found: Cases, seized: Seizures, case: int, before: int
) -> dict[str, object]:
    units = [item.attributes["unit"] for item in contracts.codes("items")]
    return {
        "seizure_id": numbered(f"{PREFIX}S", np.arange(len(seized)) + before + 1, WIDTH),
        "case_id": numbered(f"{PREFIX}C", seized.case + case + 1, WIDTH),
        "date": days(seized.day),
        "province": texts(PROVINCES, found.province[seized.case]),
        "item": texts(ITEMS, seized.item),
        "quantity": integers(seized.quantity),
        "unit": texts(units, seized.item),
        "flag": _flags(made.calendar, _months(made.calendar, seized.day)),
    }


def _months(calendar: Calendar, numbers: Indices) -> Indices:
    months = numbers.astype("M8[D]").astype("M8[M]")
    counted: Indices = (months - calendar.first).astype(np.int64)
    return counted


def _flags(calendar: Calendar, months: Indices) -> object:
    broken = np.where(months == calendar.series_break, FLAGS.index("break"), -1)
    return texts(FLAGS, np.where(months >= calendar.provisional, 0, broken))


def _dataset(made: Shape) -> str:
    calendar = made.read["calendar"]
    return f"""\
title.zh = "演示数据（虚构）"
title.en = "Demonstration data (invented)"
publisher.zh = "本程序生成，不反映任何真实案件或人员"
publisher.en = "Generated by this program; describes no real case or person"
as_of = "{calendar["as_of"]}"
provisional_from = "{calendar["provisional_from"]}"
"""


def _progress() -> Callable[[int, int], None]:
    started = said = time.monotonic()

    def report(done: int, rows: int) -> None:
        nonlocal said
        now = time.monotonic()
        if now - said >= 2:
            said = now
            line = f"demo: {done:,} of {rows:,} rows, {done / (now - started):,.0f} a second"
            print(line, file=sys.stderr, flush=True)

    return report


def _rows(text: str) -> int:
    rows = int(text) if text.isascii() and text.isdigit() else 0
    if rows < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of rows; give 1 or more")
    return rows
