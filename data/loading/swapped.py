"""Tells a wrong header from wrong rows, by columns of which no value fits."""

import duckdb

from data import casts
from data.casts import sql
from data.contracts import Table
from data.loading import rules
from data.loading.faults import LoadError, some

ENOUGH = 20


def refuse(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Raise LoadError where the columns of a file look swapped or shifted; reads checked_<table>.

    So they do when two columns hold each other's values, or no value of a column fits and there
    are enough of them, or of three columns at once.
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
    wrong = [
        name
        for (name, rows), all_rows in zip(failed.items(), filled, strict=True)
        if rows == all_rows
    ]
    pairs = [(one, other) for one in wrong for other in wrong if one != other]
    likeness = (
        _of_file(
            connection,
            table,
            file_no,
            [
                f"bool_and({rules.fits(table.column(other), casts.trimmed(one))})"
                for one, other in pairs
            ],
        )
        if pairs
        else ()
    )
    like = {pair for pair, fit in zip(pairs, likeness, strict=True) if fit}
    swapped = sorted(one for one, other in like if (other, one) in like)
    many = [name for name in wrong if failed[name] >= ENOUGH]
    shifted = wrong if len(wrong) > 2 and min(failed[name] for name in wrong) > 1 else []
    if swapped or many or shifted:
        raise LoadError(_swapped(connection, table, file_no, swapped or many or shifted, like))


def _of_file(
    connection: duckdb.DuckDBPyConnection, table: Table, file_no: int, wanted: list[str]
) -> tuple[object, ...]:
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
) -> str:
    file = connection.execute("select file from parts where number = ?", [file_no]).fetchall()[0][0]
    said = []
    for name in columns:
        taken = [f"min({casts.trimmed(name)})", f"max({casts.trimmed(name)})"]
        examples = sorted({str(text) for text in _of_file(connection, table, file_no, taken)})
        others = [other for one, other in sorted(like) if one == name]
        hint = f", which look like values of {' or '.join(others)}" if others else ""
        said.append(f"{name} (holds {some(examples)}{hint or _wanted(table, name)})")
    return (
        f"{file}: no value fits under {' nor under '.join(said)}."
        " The header looks swapped or shifted: name the columns as their values are."
        if like
        else f"{file}: no value fits under {' nor under '.join(said)}."
        " Write the values so, or name the columns as their values are."
    )


def _wanted(table: Table, name: str) -> str:
    column = table.column(name)
    return "" if column.codes else f"; {rules.written(column).en}"
