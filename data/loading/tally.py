"""Counts what became of every row, so that rows in = facts + quarantine + left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from data.casts import sql
from data.loading.faults import LoadError
from data.loading.reading import Part


@dataclass(frozen=True)
class Tally:
    """What became of the rows of one file (or sheet); rules by (column, rule), first rule only."""

    file: str
    sha256: str
    table: str
    rows_in: int
    facts: int
    quarantined: int
    left_out: int
    rules: Mapping[tuple[str, str], int] = field(default_factory=dict)


def count(connection: duckdb.DuckDBPyConnection, part: Part) -> Tally:
    """The tally of one part, each figure counted on its own.

    Raises LoadError should a row be lost or counted twice.
    """
    number = {"number": part.number}
    facts = "select count(*) from facts_{table} where file_no = $number"
    rules = connection.execute(
        'select "column", rule, count(*) from failed inner join rule_list using ("table", place)'
        " where file_no = $number group by all"
        " union all select '', rule, count(*) from torn where file_no = $number group by all",
        number,
    ).fetchall()
    left = sql("select count(*) from {raw} where {out}", raw=part.raw, out=part.shape.left_out)
    tally = Tally(
        file=part.label,
        sha256=part.file.sha256,
        table=part.table,
        rows_in=part.rows,
        facts=_one(connection, sql(facts, table=part.table), number),
        quarantined=sum(rows for _, _, rows in rules),
        left_out=_one(connection, left, {}),
        rules={(column, rule): rows for column, rule, rows in rules},
    )
    if tally.rows_in != tally.facts + tally.quarantined + tally.left_out:
        raise LoadError(
            f"{tally.file}: {tally.rows_in:,} rows in are not {tally.facts:,} facts +"
            f" {tally.quarantined:,} quarantined + {tally.left_out:,} left out; nothing was loaded."
        )
    return tally


def together(tallies: list[Tally]) -> dict[str, Tally]:
    """Tallies added up per table, in the order the tables came."""
    summed: dict[str, Tally] = {}
    for one in tallies:
        before = summed.get(one.table)
        summed[one.table] = _added(before, one) if before else one
    return summed


def _added(one: Tally, other: Tally) -> Tally:
    rules = dict(one.rules)
    for key, rows in other.rules.items():
        rules[key] = rules.get(key, 0) + rows
    return Tally(
        file=f"{one.file}, {other.file}",
        sha256="",
        table=one.table,
        rows_in=one.rows_in + other.rows_in,
        facts=one.facts + other.facts,
        quarantined=one.quarantined + other.quarantined,
        left_out=one.left_out + other.left_out,
        rules=rules,
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str, values: dict[str, int]) -> int:
    return int(connection.execute(query, values).fetchall()[0][0])
