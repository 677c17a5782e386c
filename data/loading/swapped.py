"""Tells a wrong header from wrong rows, by columns of which no value fits, or few."""

from typing import Any

import duckdb

from data import casts
from data.casts import sql
from data.contracts import Table
from data.loading import rules
from data.loading.faults import LoadError, some

ENOUGH, MOST = 20, 0.5


def refuse(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Raise LoadError where the columns of a file look swapped or shifted; reads checked_<table>.

    So they do when two columns hold each other's values, but for those that both may hold, or no
    value of a column fits and there are enough of them, or of three columns at once.
    """
    broken = rules.rules(table)
    masks = {
        column.name: sum(
            1 << place
            for place, rule in enumerate(broken)
            if rule.column == column.name and rule.own
        )
        for column in table.columns
    }
    masks = {name: mask for name, mask in masks.items() if mask}
    counts = ", ".join(f"count_if(broken & {mask} <> 0)" for mask in masks.values())
    failing = sql(
        "select file_no, {counts} from checked_{table} group by file_no order by file_no",
        counts=counts,
        table=table.name,
    )
    for file_no, *failed in connection.execute(failing).fetchall():
        suspects = {name: rows for name, rows in zip(masks, failed, strict=True) if rows}
        if suspects:
            _judge(connection, table, file_no, suspects)


def _judge(
    connection: duckdb.DuckDBPyConnection, table: Table, file_no: int, failed: dict[str, int]
) -> None:
    filled = _of_file(
        connection, table, file_no, [f"count({casts.trimmed(name)})" for name in failed]
    )
    shares = {name: failed[name] / rows for name, rows in zip(failed, filled, strict=True) if rows}
    wrong = [name for name, share in shares.items() if share == 1]
    like = _like(connection, table, file_no, [name for name in shares if shares[name] >= MOST])
    swapped = sorted(one for one, other in like if (other, one) in like)
    many = [name for name in wrong if failed[name] >= ENOUGH]
    shifted = wrong if len(wrong) > 2 and min(failed[name] for name in wrong) > 1 else []
    if columns := swapped or many or shifted:
        none = {*columns} <= {*wrong}
        raise LoadError(_swapped(connection, table, file_no, columns, like, none))


def _like(
    connection: duckdb.DuckDBPyConnection, table: Table, file_no: int, names: list[str]
) -> set[tuple[str, str]]:
    """Pairs of columns where each value of the one that does not fit there fits the other."""
    pairs = [(one, other) for one in names for other in names if one != other]
    fitting = [f"bool_and({_fits(table, one, one)} or {_fits(table, one, other)})"
               for one, other in pairs]  # fmt: skip
    found = _of_file(connection, table, file_no, fitting) if pairs else ()
    return {pair for pair, fit in zip(pairs, found, strict=True) if fit}


def _fits(table: Table, one: str, other: str) -> str:
    return f"({rules.fits(table.column(other), casts.trimmed(one))})"


def _of_file(
    connection: duckdb.DuckDBPyConnection, table: Table, file_no: int, wanted: list[str]
) -> tuple[Any, ...]:
    query = sql(
        "select {wanted} from raw_{table} where file_no = $file_no",
        wanted=", ".join(wanted),
        table=table.name,
    )
    return tuple(connection.execute(query, {"file_no": file_no}).fetchall()[0])


def _swapped(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    file_no: int,
    columns: list[str],
    like: set[tuple[str, str]],
    none: bool,
) -> str:
    file = connection.execute("select file from parts where number = ?", [file_no]).fetchall()[0][0]
    said = []
    for name in columns:
        unfit = f"{casts.trimmed(name)}) filter (where not {_fits(table, name, name)}"
        taken = [f"min({unfit})", f"max({unfit})"]
        examples = sorted({str(text) for text in _of_file(connection, table, file_no, taken)})
        others = [other for one, other in sorted(like) if one == name]
        hint = f", which look like values of {' or '.join(others)}" if others else ""
        said.append(f"{name} (holds {some(examples)}{hint or _wanted(table, name)})")
    places = " nor under ".join(said) if none else " and under ".join(said)
    remedy = (
        "The header looks swapped or shifted: name the columns as their values are."
        if like
        else "Write the values so, or name the columns as their values are."
    )
    return f"{file}: {'no value fits' if none else 'few values fit'} under {places}. {remedy}"


def _wanted(table: Table, name: str) -> str:
    column = table.column(name)
    return "" if column.codes else f"; {rules.written(column).en}"
