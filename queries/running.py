"""A snapshot held open, and one query run on it, which another thread may interrupt.

It must not know questions, scopes or policies.
"""

from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pandas

from data import record_keys, snapshots
from data.snapshots import Manifest

PARAMETER = "$selection"


@dataclass(frozen=True)
class Opened:
    """One snapshot, open for reading; it closes when its last reader is done with it."""

    manifest: Manifest
    connection: duckdb.DuckDBPyConnection

    @classmethod
    def at(cls, path: Path) -> "Opened":
        """Opens a snapshot file read-only and locked down; refuses figures whose protection
        anybody could undo, and those whose secret is not at hand."""
        said = snapshots.manifest(path)
        record_keys.check_served(said)
        return cls(said, snapshots.connect(path))


@lru_cache(maxsize=1024)
def parsed(sql: str) -> duckdb.Statement:
    """The statement of a text; parsing is up to half the cost of a small question."""
    with _parser().cursor() as connection:
        return connection.extract_statements(sql)[0]


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """An empty database to parse in: opening one costs as much as parsing a question."""
    return duckdb.connect()


class Run:
    """One query on its own cursor, which another thread may interrupt."""

    def __init__(self, opened: Opened, sql: str, values: dict[str, Any]) -> None:
        self.cursor = opened.connection.cursor()
        self.sql, self.values, self.stopped = sql, values, False

    def rows(self) -> pandas.DataFrame:
        """Executes and fetches; closes the cursor."""
        try:
            given = {"selection": self.values} if PARAMETER in self.sql else None
            statement = parsed(self.sql)
            if self.stopped:
                raise duckdb.InterruptException("stopped before it began")
            return self.cursor.execute(statement, given).df()
        finally:
            self.cursor.close()

    def interrupt(self) -> None:
        """Stops the query, if it has not ended by itself; its own thread then gets
        duckdb.InterruptException. DuckDB overlooks it in the moment a query begins."""
        self.stopped = True
        with suppress(duckdb.Error):
            self.cursor.interrupt()
