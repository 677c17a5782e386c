"""Immutable snapshot files and the CURRENT pointer; it must not know where the rows come from.

A data directory holds CURRENT (the name of a file), snapshots/<time>-<hash>.duckdb with a .sha256
beside each, and quarantine/<load>/<table>.csv. A snapshot holds the tables of snapshot.sql
(cohorts, cases, seizures, arrivals, loads, rules), codes_<list> (code, zh, en, position and the
list's attributes as text, blank = NULL) and manifest (key, value). Files stay until `prune`.
"""

import re
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import duckdb
import pandas

from data import casts, contracts
from data import manifest as manifests
from data.casts import literal, quoted, sql
from data.loading import building, engine
from data.manifest import Description, Manifest, SnapshotError

__all__ = [
    "Description",
    "Manifest",
    "SnapshotError",
    "build",
    "check_private",
    "connect",
    "current",
    "ledger",
    "manifest",
    "prune",
    "reading_notes",
    "verify",
]
check_private = building.check_private
NOTED = 'select {name} as "table", {key} as id, source, note from {table}'
SMALL = 64 * 2**20
NAME = re.compile(r"\d{8}T\d{6,12}-[0-9a-f]{12}\.duckdb")


def current(directory: Path | str) -> Path:
    """The snapshot file that CURRENT names; raises SnapshotError where there is none."""
    directory = Path(directory)
    try:
        name = (directory / "CURRENT").read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise SnapshotError(
            f"{directory} holds no snapshot yet. Load files into it: "
            f"python -m data load FILE... --into {directory}"
        ) from None
    except OSError as error:
        raise SnapshotError(f"{directory} cannot be read: {error.strerror}.") from None
    path = directory / "snapshots" / name
    if not (NAME.fullmatch(name) and path.is_file()):
        raise SnapshotError(f"{directory}/CURRENT names {name!r}, which is not in snapshots/.")
    return path


def manifest(path: Path) -> Manifest:
    """What a snapshot says about itself; raises SnapshotError when it cannot be read."""
    with closing(connect(path)) as connection:
        try:
            pairs = connection.execute("select key, value from manifest").fetchall()
        except duckdb.Error as error:
            reason = engine.first_line(error)
            raise SnapshotError(f"{path.name} is not a snapshot: {reason}.") from None
    return manifests.read(pairs, path)


def connect(
    path: Path, *, memory: str | None = None, seconds: int = 30
) -> duckdb.DuckDBPyConnection:
    """A read-only connection without files, network or settings; take a cursor for each thread.

    memory: limit of the whole instance as DuckDB writes it, by default half of the machine's.
    seconds: the longest a query may run. A process must open one file with the same limits always.
    A query of a small file runs in one thread: several readers' queries then disturb each other
    less than its parts gain. Raises SnapshotError when the file cannot be opened.
    """
    limits: dict[str, engine.Setting] = {
        "memory_limit": memory or engine.half_of_memory(),
        "temp_directory": engine.spill_directory(),
        "max_execution_time": str(seconds * 1000),
    }
    if path.is_file() and path.stat().st_size < SMALL:
        limits["threads"] = "1"
    try:
        return engine.opened(str(path), engine.LOCKED_DOWN | limits, read_only=True)
    except duckdb.Error as error:
        reason = engine.first_line(error)
        raise SnapshotError(f"{path} cannot be opened: {reason}.") from None


def build(
    directory: Path | str,
    tables: Mapping[str, pandas.DataFrame],
    description: Description | None = None,
) -> Path:
    """A new current snapshot from data frames in the contracts' shape, typed or as text.

    Nothing is checked but control totals; columns a frame lacks stay NULL, tables not given are
    empty, `loads` and `rules` may be given. Raises SnapshotError when it cannot be written.
    """
    with building.workshop(Path(directory)) as connection:
        building.stage_empty(connection)
        for name, frame in tables.items():
            connection.register("given", frame)
            _stage(connection, name, set(frame.columns))
            connection.unregister("given")
        return building.write(connection, Path(directory), description or Description())


def ledger(path: Path, name: str) -> pandas.DataFrame:
    """A snapshot's `loads` (a row for a file and table) or `rules` (one for a broken rule).

    Columns as in building.LEDGERS; raises KeyError for another name.
    """
    wanted = ", ".join(map(quoted, building.LEDGERS[name]))
    statement = sql("select {wanted} from {table} order by all", wanted=wanted, table=quoted(name))
    with closing(connect(path)) as connection:
        return connection.execute(statement).df()


def reading_notes(path: Path) -> pandas.DataFrame:
    """Source and reading note of every row of a set whose figures are already published.

    Columns table, id, source, note; no rows for any other set, whose notes are not for readers.
    """
    noted = " union all ".join(
        sql(NOTED, name=literal(name), key=quoted(table.key[0]), table=quoted(name))
        for name, table in contracts.tables().items()
    )
    published = manifest(path).disclosure == "public"
    with closing(connect(path)) as connection:
        every = connection.sql(noted).filter("id is not null").order("all")
        return (every if published else every.limit(0)).df()


def verify(path: Path) -> bool:
    """Whether a snapshot still has the checksum it was sealed with."""
    sealed = path.with_suffix(".sha256").read_text(encoding="ascii").split()[0]
    return building.sha256(path) == sealed


def prune(directory: Path | str, keep: int) -> tuple[Path, ...]:
    """Delete all but `keep` snapshots: the current one and the newest of the rest; returns those
    that went."""
    served = current(directory)
    files = sorted(path for path in served.parent.iterdir() if NAME.fullmatch(path.name))
    others = [path for path in files if path != served]
    gone = tuple(others[: max(0, len(files) - max(keep, 1))])
    for path in gone:
        path.with_suffix(".sha256").unlink(missing_ok=True)
        path.unlink()
    return gone


def _stage(connection: duckdb.DuckDBPyConnection, name: str, given: set[str]) -> None:
    if name in building.LEDGERS:
        columns = {column: quoted(column) for column in building.LEDGERS[name] if column in given}
    else:
        columns = {
            column.name: casts.cast(column, casts.trimmed(column.name))
            for column in contracts.table(name).columns
            if column.name in given
        }
    into, taken = ", ".join(map(quoted, columns)), ", ".join(columns.values())
    insert = "insert into staged.{table} ({into}) select {taken} from given"
    connection.execute(sql(insert, table=quoted(name), into=into, taken=taken))
