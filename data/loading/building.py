"""Writes checked rows into a new snapshot and makes it the current one; knows no file but these.

The order is what keeps every snapshot whole: fill a file under a hidden name, compare control
totals, hash, sync, rename, and only then move the pointer.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import duckdb

from data import audit, casts, contracts, private, record_keys
from data import manifest as manifests
from data.casts import quoted, sql
from data.loading import engine, marks
from data.manifest import Description, SnapshotError, Span
from data.private import UNFINISHED, sync

SHAPE = (Path(__file__).parent.parent / "snapshot.sql").read_text(encoding="utf-8")
WORK = ".work-"
PARTS = ("CURRENT", ".lock", "snapshots", "quarantine")
LEDGERS = {
    "loads": {
        "load_id": "varchar",
        "loaded_at": "timestamp",
        "file": "varchar",
        "sha256": "varchar",
        "table": "varchar",
        "rows_in": "bigint",
        "facts": "bigint",
        "quarantined": "bigint",
        "left_out": "bigint",
    },
    "rules": {
        "load_id": "varchar",
        "file": "varchar",
        "table": "varchar",
        "column": "varchar",
        "rule": "varchar",
        "rows": "bigint",
    },
}
TOTALS = {
    "cases": ("cases", "count(opened)"),
    "cohorts": ("cohorts", "count(cohort_id)"),
    "persons": ("cohorts", "coalesce(sum(persons), 0)::bigint"),
    "seizures": ("seizures", "count(seizure_id)"),
    "quantity": ("seizures", "coalesce(sum(quantity::decimal(38, 6)), 0)"),
    "arrivals": ("arrivals", "count(arrival_id)"),
    "value": ("arrivals", "coalesce(sum(value::decimal(38, 6)), 0)"),
}
MONTHS = (
    "select month from snapshot.cohorts union all select month from snapshot.cases"
    " union all select month from snapshot.seizures"
)


@contextmanager
def workshop(directory: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to build in, alone in its data directory; leaves nothing unfinished behind.

    Raises SnapshotError when another build runs there, it is open to other users, it or the audit
    log cannot be written to or the disk is full.
    """
    try:
        audit.log().ready()
        check_private(private.folder(directory))
        private.folder(directory / "snapshots")
        with _lock(directory / ".lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _clear(directory)
            try:
                with (
                    tempfile.TemporaryDirectory(prefix=WORK, dir=directory) as work,
                    closing(_connection(work)) as connection,
                ):
                    yield connection
            finally:
                _clear(directory)
    except audit.AuditError as error:
        raise SnapshotError(str(error)) from None
    except BlockingIOError:
        raise SnapshotError(f"Another load into {directory} is running; wait for it.") from None
    except OSError as error:
        raise SnapshotError(f"{directory} cannot be written to: {error.strerror}.") from None
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        reason = engine.first_line(error)
        raise SnapshotError(f"{directory} cannot be written to: {reason}.") from None


def check_private(directory: Path) -> None:
    """Raises SnapshotError where others may change a data directory or read what is stored."""
    try:
        private.check(directory, PARTS, shared=True)
    except private.Exposed as problem:
        raise SnapshotError(f"{problem}.") from None


def stage_empty(connection: duckdb.DuckDBPyConnection) -> None:
    """Schema `staged` with every contract's table, loads and rules, all without rows."""
    connection.execute("create schema if not exists staged")
    shapes = {
        table.name: {column.name: casts.SQL_TYPES[column.type] for column in table.columns}
        for table in contracts.tables().values()
    }
    for name, columns in (shapes | LEDGERS).items():
        listed = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
        connection.execute(f"create or replace table staged.{quoted(name)} ({listed})")


def write(connection: duckdb.DuckDBPyConnection, directory: Path, description: Description) -> Path:
    """The rows of schema `staged` as a new snapshot, in the audit log and current from now on.

    Raises SnapshotError when a control total differs and AuditError when the log cannot be
    written; the current snapshot stays then.
    """
    built = datetime.now(UTC)
    seed = repr((built, description, _totals(connection, "staged"))).encode() + os.urandom(8)
    identity = f"{built:%Y%m%dT%H%M%S%f}-{hashlib.sha256(seed).hexdigest()[:12]}"
    unfinished = directory / "snapshots" / f"{UNFINISHED}{identity}.duckdb"
    _fill(connection, unfinished, identity, description)
    path = unfinished.with_name(f"{identity}.duckdb")
    _seal(unfinished, path)
    _note(
        audit.Event("load", audit.STEWARD, snapshot=identity, policy=description.disclosure), path
    )
    point(directory, path)
    return path


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lock(path: Path) -> IO[str]:
    return os.fdopen(private.opened(path, os.O_CREAT | os.O_RDWR), "w")


def _connection(work: str) -> duckdb.DuckDBPyConnection:
    limits: dict[str, engine.Setting] = {
        "memory_limit": engine.half_of_memory(),
        "temp_directory": work,
    }
    return engine.opened(":memory:", engine.WITHOUT_NETWORK | limits)


def _fill(
    connection: duckdb.DuckDBPyConnection, path: Path, identity: str, description: Description
) -> None:
    connection.execute(f"attach {casts.literal(str(path))} as snapshot")
    open_to_all = description.disclosure == "public" or marks.invented(connection)
    secret = record_keys.to_load_with(description.record_keys, open_to_all)
    connection.execute(record_keys.SET_SECRET, {"text": secret.text})
    connection.execute(record_keys.SQL_FUNCTION)
    try:
        for name in contracts.code_lists():
            _write_codes(connection, name)
        connection.execute(SHAPE)
        totals = _checked_totals(connection)
        synthetic = description.synthetic or marks.marked(connection)
        span = _span(connection)
        pairs = manifests.rows(identity, description, span, synthetic, secret.fingerprint, totals)
        connection.execute(
            "create table snapshot.manifest as"
            " select unnest($keys::varchar[]) as key, unnest($texts::varchar[]) as value",
            {"keys": [key for key, _ in pairs], "texts": [text for _, text in pairs]},
        )
        connection.execute("checkpoint snapshot")
    finally:
        connection.execute("detach snapshot")


def _write_codes(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    members = contracts.codes(name).members
    columns = {
        "code": [member.code for member in members],
        "zh": [member.label.zh for member in members],
        "en": [member.label.en for member in members],
        "position": [member.position for member in members],
    }
    for attribute in members[0].attributes:
        columns[attribute] = [member.attributes[attribute] or None for member in members]
    kinds = {"position": "integer[]"}
    listed = ", ".join(
        f"unnest(${place}::{kinds.get(column, 'varchar[]')}) as {quoted(column)}"
        for place, column in enumerate(columns, 1)
    )
    connection.execute(
        f"create table snapshot.{quoted(f'codes_{name}')} as select {listed}",
        list(columns.values()),
    )


def _checked_totals(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    staged, written = _totals(connection, "staged"), _totals(connection, "snapshot")
    wrong = [f"{name} {staged[name]} became {written[name]}" for name in TOTALS]
    if staged != written:
        raise SnapshotError(f"Control totals differ, nothing was published: {'; '.join(wrong)}.")
    return written


def _totals(connection: duckdb.DuckDBPyConnection, schema: str) -> dict[str, str]:
    total_of = "select {total} from {schema}.{table}"
    return {
        name: str(_value(connection, sql(total_of, total=total, schema=schema, table=table)))
        for name, (table, total) in TOTALS.items()
    }


def _span(connection: duckdb.DuckDBPyConnection) -> Span:
    ends = sql("select min(month), max(month) from ({months}) as months", months=MONTHS)
    first, last = connection.execute(ends).fetchall()[0]
    flagged = "select distinct month from snapshot.cohorts where flag = $flag order by month"
    provisional, breaks = (
        tuple(month for (month,) in connection.execute(flagged, {"flag": flag}).fetchall())
        for flag in ("provisional", "break")
    )
    return Span(first, last, provisional, breaks)


def _value(
    connection: duckdb.DuckDBPyConnection, query: str, values: dict[str, str] | None = None
) -> object:
    return connection.execute(query, values or {}).fetchall()[0][0]


def _seal(unfinished: Path, path: Path) -> None:
    """Hash, sync and rename: from here on nobody changes the file."""
    unfinished.chmod(private.FILE)
    checksum = unfinished.with_suffix(".sha256")
    private.write(checksum, f"{sha256(unfinished)}  {path.name}\n".encode("ascii"))
    sync(unfinished)
    checksum.rename(path.with_suffix(".sha256"))
    unfinished.rename(path)
    sync(path.parent)


def _note(event: audit.Event, path: Path) -> None:
    """Write down what is about to be served; a snapshot that cannot be noted is taken away."""
    try:
        audit.record(event)
    except audit.AuditError:
        path.unlink()
        path.with_suffix(".sha256").unlink()
        raise


def point(directory: Path, path: Path) -> None:
    """Make a snapshot the current one, at once or not at all."""
    pointer = directory / f"{UNFINISHED}CURRENT"
    private.write(pointer, f"{path.name}\n".encode())
    pointer.rename(directory / "CURRENT")
    sync(directory)


def _clear(directory: Path) -> None:
    """Remove what an earlier build left unfinished; only the holder of the lock may."""
    for leftover in [*directory.glob(f"{WORK}*"), *directory.glob(f"{UNFINISHED}*")]:
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    for leftover in (directory / "snapshots").glob(f"{UNFINISHED}*"):
        leftover.unlink(missing_ok=True)
