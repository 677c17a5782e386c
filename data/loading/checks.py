"""Holds the rows of a table against its contract, all of them at once and in SQL.

Expects raw_<table> (file_no, line and the contract's columns as text) and makes checked_<table>
(file_no, line, typed columns, `broken`: one bit a rule). Rows that fail are listed in `faults`.
"""

from datetime import date

import duckdb

from data import casts, contracts
from data.casts import literal, quoted, sql
from data.contracts import Column, Table, Words
from data.loading import rules
from data.loading.rules import Rule

DUPLICATE, REFERENCE = 60, 61


def prepare(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """The tables every check reads: spellings of codes, and the lists of rules and faults."""
    connection.execute("set variable as_of = ?::date", [as_of])
    for name in contracts.code_lists():
        _spell(connection, name)
    connection.execute(
        'create table rule_list ("table" varchar, place integer, "column" varchar, rule varchar,'
        " remedy_zh varchar, remedy_en varchar)"
    )
    connection.execute(
        'create table faults ("table" varchar, file_no integer, line bigint, place integer)'
    )


def take(connection: duckdb.DuckDBPyConnection, table: Table, views: list[str]) -> None:
    """Make raw_<table> out of selects of its files' rows."""
    selects = " union all by name ".join(f"({view})" for view in views)
    connection.execute(sql("create view raw_{table} as {rows}", table=table.name, rows=selects))


def check(connection: duckdb.DuckDBPyConnection, table: Table, as_of: date) -> None:
    """Fill checked_<table> and add its faults."""
    broken = rules.rules(table)
    connection.execute(_checked(table, broken))
    _list_rules(connection, table, broken, as_of)
    connection.execute(
        sql(
            "insert into faults select {name}, file_no, line, place from checked_{table} as checked"
            ' inner join rule_list on rule_list."table" = {name} and place < {extra}'
            " and checked.broken & (1::bigint << place) <> 0 where checked.broken <> 0",
            name=literal(table.name),
            table=table.name,
            extra=str(DUPLICATE),
        )
    )


def refer(connection: duckdb.DuckDBPyConnection, table: Table, known: str) -> None:
    """Fault rows whose case is not in `known` (a select of case_id), when that holds any."""
    connection.execute(
        sql(
            "insert into faults select {name}, file_no, line, {place} from checked_{table}"
            " where broken = 0 and case_id not in ({known}) and exists ({known})",
            name=literal(table.name),
            table=table.name,
            place=str(REFERENCE),
            known=known,
        )
    )


def find_duplicates(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Fault every row after the first with the same key, among rows without another fault."""
    key = ", ".join(map(quoted, table.key))
    counted = "select count(*), count(distinct ({key})) from checked_{table} where broken = 0"
    rows, keys = connection.execute(sql(counted, key=key, table=table.name)).fetchall()[0]
    if rows == keys:
        return
    connection.execute(
        sql(
            "insert into faults select {name}, file_no, line, {place} from ("
            " select file_no, line, row_number() over (partition by {key} order by file_no, line)"
            " as occurrence from checked_{table} anti join"
            ' (from faults where "table" = {name}) as faulty using (file_no, line)'
            " where broken = 0) where occurrence > 1",
            name=literal(table.name),
            table=table.name,
            key=key,
            place=str(DUPLICATE),
        )
    )


def duplicates(connection: duckdb.DuckDBPyConnection, file_no: int) -> int:
    """How many rows of one file have the key of an earlier row."""
    counted = "select count(*) from faults where file_no = ? and place = ?"
    return int(connection.execute(counted, [file_no, DUPLICATE]).fetchall()[0][0])


def _spell(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    listed = contracts.codes(name)
    owner = rules.OWNERS.get(name, "")
    codes = listed.spellings
    connection.execute(
        sql(
            "create table spelled_{name} as select unnest($texts::varchar[]) as spelling,"
            " unnest($codes::varchar[]) as code, unnest($owners::varchar[]) as owner",
            name=name,
        ),
        {
            "texts": list(codes),
            "codes": list(codes.values()),
            "owners": [listed[code].attributes.get(owner) for code in codes.values()],
        },
    )


def _checked(table: Table, broken: tuple[Rule, ...]) -> str:
    texts = [f"{casts.trimmed(column.name)} as t_{column.name}" for column in table.columns]
    values = [f"{_value(column)} as v_{column.name}" for column in table.columns]
    owners = [
        f"s_{column.name}.owner as o_{column.name}"
        for column in table.columns
        if column.codes in rules.OWNERS
    ]
    joins = [
        f"left join spelled_{column.codes} as s_{column.name}"
        f" on t_{column.name} = s_{column.name}.spelling"
        for column in table.columns
        if column.codes
    ]
    bits = [
        f"case when {rule.condition} then {1 << place}::bigint else 0 end"
        for place, rule in enumerate(broken)
    ]
    return sql(
        "create table checked_{table} as select file_no, line, {typed}, {bits} as broken from ("
        " select texts.*, {values} from (select file_no, line, {texts} from raw_{table}) as texts"
        " {joins}) as valued",
        table=table.name,
        typed=", ".join(f"v_{name} as {quoted(name)}" for name in table.names),
        bits=" + ".join(bits),
        values=", ".join([*values, *owners]),
        texts=", ".join(texts),
        joins=" ".join(joins),
    )


def _value(column: Column) -> str:
    return f"s_{column.name}.code" if column.codes else casts.cast(column, f"t_{column.name}")


def _list_rules(
    connection: duckdb.DuckDBPyConnection, table: Table, broken: tuple[Rule, ...], as_of: date
) -> None:
    listed = [(place, rule.column, rule.name, rule.remedy) for place, rule in enumerate(broken)]
    listed.append((DUPLICATE, table.key[0], "duplicate", rules.remedy("duplicate")))
    listed.append((REFERENCE, "case_id", "reference", rules.remedy("reference")))
    connection.executemany(
        "insert into rule_list values (?, ?, ?, ?, ?, ?)",
        [
            (table.name, place, column, name, *_said(remedy, as_of))
            for place, column, name, remedy in listed
        ],
    )


def _said(remedy: Words, as_of: date) -> tuple[str, str]:
    return remedy.zh.format(as_of=as_of), remedy.en.format(as_of=as_of)
