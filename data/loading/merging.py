"""Puts checked rows and the current snapshot's rows together, the later of one key winning."""

from datetime import datetime
from pathlib import Path

import duckdb

from data import contracts
from data.casts import literal, quoted, sql
from data.contracts import Table
from data.loading import building
from data.loading.tally import Tally

KNOWN_CASES = (
    "select case_id from facts_cases"
    " union all select case_id from before.cases where opened is not null"
)
FRESH = (
    "create view fresh_{table} as select {names} from facts_{table} as facts"
    " where file_no not in (from seen)"
    " union all select {names} from facts_{table} as facts"
    " anti join (from before.{table} where {old}) as before using ({key})"
    " where file_no in (from seen)"
)
OLD = (
    "insert into staged.{table} select {names} from before.{table} as before"
    " anti join fresh_{table} as fresh using ({key}) where {old}"
)
NEW = "insert into staged.{table} from fresh_{table}"


def open_before(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Attach the snapshot to grow from as `before`, an empty one where there is none."""
    building.stage_empty(connection)
    if path is None:
        connection.execute("attach ':memory:' as before")
        for name in (*contracts.tables(), *building.LEDGERS):
            connection.execute(
                sql("create table before.{table} as from staged.{table}", table=quoted(name))
            )
    else:
        connection.execute(sql("attach {path} as before (read_only)", path=literal(str(path))))


def take_nothing(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Make an empty facts_<table>, for a table that no file holds."""
    nothing = "create table facts_{table} as select 0 as file_no, * from staged.{table} limit 0"
    connection.execute(sql(nothing, table=table.name))


def take_facts(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Make facts_<table>: the rows of checked_<table> without a fault."""
    connection.execute(
        sql(
            "create view facts_{table} as select checked.* exclude (broken)"
            " from checked_{table} as checked anti join"
            ' (from faults where "table" = {name}) as faults using (file_no, line)',
            table=table.name,
            name=literal(table.name),
        )
    )


def sort_out(connection: duckdb.DuckDBPyConnection, seen_before: list[int]) -> int:
    """Make fresh_<table>, the facts that count, and return how many there are.

    seen_before: files loaded once already, which only add rows that are not there yet, so that an
    old file sent again cannot undo a later correction.
    """
    connection.execute(
        "create table seen as select unnest($seen::integer[]) as file_no", {"seen": seen_before}
    )
    for table in contracts.tables().values():
        connection.execute(sql(FRESH, **_names(table)))
    counts = [
        sql("(select count(*) from fresh_{table})", table=name) for name in contracts.tables()
    ]
    return int(connection.execute(f"select {' + '.join(counts)}").fetchall()[0][0])


def merge(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill `staged` from `before` and fresh_<table>, and let go of what was read and checked."""
    for table in contracts.tables().values():
        connection.execute(sql(OLD, **_names(table)))
        connection.execute(sql(NEW, **_names(table)))
        connection.execute(sql("drop table if exists checked_{table}", table=table.name))


def keep_ledger(
    connection: duckdb.DuckDBPyConnection, load_id: str, now: datetime, tallies: list[Tally]
) -> None:
    """Add this load to `loads` and `rules`; a file loaded again takes the place of its first."""
    connection.execute('create temp table again (sha256 varchar, "table" varchar)')
    connection.executemany(
        "insert into again values (?, ?)", [(one.sha256, one.table) for one in tallies]
    )
    gone = 'select load_id, file, "table" from before.loads semi join again using (sha256, "table")'
    connection.execute(
        'insert into staged.loads from before.loads anti join again using (sha256, "table")'
    )
    connection.execute(
        f"insert into staged.rules from before.rules anti join ({gone})"
        ' using (load_id, file, "table")'
    )
    connection.executemany(
        "insert into staged.loads values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                load_id,
                now,
                one.file,
                one.sha256,
                one.table,
                one.rows_in,
                one.facts,
                one.quarantined,
                one.left_out,
            )
            for one in tallies
        ],
    )
    counted = [
        (load_id, one.file, one.table, column, rule, rows)
        for one in tallies
        for (column, rule), rows in one.rules.items()
    ]
    if counted:
        connection.executemany("insert into staged.rules values (?, ?, ?, ?, ?, ?)", counted)


def _names(table: Table) -> dict[str, str]:
    return {
        "table": table.name,
        "names": ", ".join(map(quoted, table.names)),
        "key": ", ".join(map(quoted, table.key)),
        "old": " and ".join(f"{quoted(name)} is not null" for name in table.required),
    }
