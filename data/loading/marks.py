"""Which staged rows carry the mark of invented data; it must not know what the mark is for."""

import duckdb

from data import contracts
from data.casts import quoted, sql
from data.contracts import SYNTHETIC_PREFIX

MARKED = (
    ("cases", "case_id"),
    ("cases", "gang"),
    ("cohorts", "cohort_id"),
    ("cohorts", "case_id"),
    ("seizures", "seizure_id"),
    ("seizures", "case_id"),
    ("arrivals", "arrival_id"),
)
WORD = SYNTHETIC_PREFIX.rstrip("-")
MARK = f"(?i)(^|[^A-Z]){WORD}([^A-Z]|[A-Z][0-9]{{4,}}$)"  # also within a longer or retyped one
KEYED = ("cases", "cohorts", "seizures")


def marked(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether any row says that it is invented."""
    exists = "exists (from staged.{table} where regexp_matches({column}, $mark))"
    marks = " or ".join(sql(exists, table=table, column=column) for table, column in MARKED)
    return _value(connection, f"select {marks}", MARK)


def invented(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether there are records on the origin side, and each one says that it is invented."""
    named = "select {key} as id from staged.{table}"
    every = " union all ".join(
        sql(named, key=quoted(contracts.table(name).key[0]), table=name) for name in KEYED
    )
    all_marked = "select coalesce(bool_and(starts_with(id, $mark)), false) from ({every}) as ids"
    return _value(connection, sql(all_marked, every=every), SYNTHETIC_PREFIX)


def _value(connection: duckdb.DuckDBPyConnection, query: str, mark: str) -> bool:
    return bool(connection.execute(query, {"mark": mark}).fetchall()[0][0])
