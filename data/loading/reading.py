"""Reads files of every kind into raw tables of text, a row for each record with its true line.

Makes parts (number, file, sha256, "table", source, known), raw_<number> (line, c0, c1, ...) and
fills `torn` (file_no, line, rule, text) with records that cannot be cut into fields.
"""

import glob
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from data import casts
from data.casts import literal, sql
from data.loading import engine, opening, packed, records, shape, workbook
from data.loading.faults import LoadError
from data.loading.records import Prepared
from data.loading.shape import Shape
from data.loading.workbook import Sheet


@dataclass(frozen=True)
class Options:
    """What whoever loads says about the files: encoding, table and source, None to find out."""

    encoding: str = "utf-8"
    table: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class File:
    """One file as it came, with the checksum of its bytes."""

    path: Path
    sha256: str


@dataclass(frozen=True)
class Part:
    """One table read from a file: all of it, or one sheet; `rows` counts torn records too.

    passed_over: sheets of the same workbook without figures.
    """

    number: int
    label: str
    file: File
    shape: Shape
    rows: int
    passed_over: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The contract its rows go to."""
        return self.shape.table.name

    @property
    def raw(self) -> str:
        """Its raw table."""
        return f"raw_{self.number}"

    @property
    def kept_in(self) -> str:
        """The quarantine file its rows go to: rows of a profile keep the publisher's columns."""
        return self.shape.profile.name if self.shape.profile else self.table


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables that reading fills, empty."""
    connection.execute("create table parts (number integer, file varchar)")
    connection.execute(
        "create table torn (file_no integer, line bigint, rule varchar, text varchar)"
    )


def read(
    connection: duckdb.DuckDBPyConnection, file: File, number: int, options: Options
) -> list[Part]:
    """Read one file into raw tables from `number` on.

    Raises LoadError for a file that no contract or source profile fits, or that is damaged.
    """
    kind = opening.kind(file.path)
    if kind == "old office":
        raise LoadError(
            f"{file.path}: an old .xls or a password-protected workbook;"
            " save it as .xlsx without a password and load that."
        )
    readers = {"excel": _read_workbook, "parquet": _read_parquet, "text": _read_text}
    parts = readers[kind](connection, file, number, options)
    connection.executemany(
        "insert into parts values (?, ?)", [(part.number, part.label) for part in parts]
    )
    return parts


def _read_text(
    connection: duckdb.DuckDBPyConnection, file: File, number: int, options: Options
) -> list[Part]:
    with tempfile.TemporaryDirectory(dir=_work(connection)) as work:
        prepared = records.prepare(
            file.path,
            Path(work),
            options.encoding,
            shape.known_names(),
            lambda rows: _header_at(rows, options),
        )
        found = shape.recognise(str(file.path), prepared.header, options.table, options.source)
        rows = _parse(connection, prepared, number)
    return [_part(connection, Part(number, file.path.name, file, found, rows))]


def _header_at(rows: list[tuple[str, ...]], options: Options) -> int | None:
    place = shape.header_at(rows, options.table, options.source)
    return shape.nearly_at(rows) if place is None else place


def _read_workbook(
    connection: duckdb.DuckDBPyConnection, file: File, number: int, options: Options
) -> list[Part]:
    parts: list[Part] = []
    others = []
    with tempfile.TemporaryDirectory(dir=_work(connection)) as work:
        for sheet in workbook.sheets(file.path):
            label = f"{file.path.name}[{sheet.name}]"
            place = shape.header_at(sheet.headers(), options.table, options.source)
            if place is None:
                others.append(sheet)
                continue
            grid = sheet.table(place)
            found = shape.recognise(label, grid.header, options.table, options.source)
            prepared = workbook.prepare(grid, Path(work))
            at = number + len(parts)
            part = Part(at, label, file, found, _parse(connection, prepared, at))
            parts.append(_part(connection, part))
    _refuse_sheets(file.path, others, options, parts)
    names = tuple(f"{file.path.name}[{sheet.name}]" for sheet in others)
    return [replace(part, passed_over=names) for part in parts]


def _refuse_sheets(path: Path, others: list[Sheet], options: Options, parts: list[Part]) -> None:
    """Raise LoadError for a sheet that nearly fits, or for the first where none fits at all."""
    published = any(part.shape.profile for part in parts)
    for sheet in others:
        place = shape.nearly_at(sheet.headers(), published=published)
        if place is not None or not parts:
            header = sheet.table(place or 0).header
            shape.recognise(f"{path}[{sheet.name}]", header, options.table, options.source)
    if not parts:
        raise LoadError(f"{path}: every sheet is empty; nothing to load.")


def _read_parquet(
    connection: duckdb.DuckDBPyConnection, file: File, number: int, options: Options
) -> list[Part]:
    try:
        place = {"path": glob.escape(str(file.path))}
        stated = "select num_rows from parquet_file_metadata($path)"
        packed.check_rows(file.path, int(connection.execute(stated, place).fetchall()[0][0]))
        described = connection.execute("describe from read_parquet($path)", place).fetchall()
        header = tuple(str(row[0]) for row in described)
        found = shape.recognise(str(file.path), header, options.table, options.source)
        taken = (
            f"{_as_text(name, kind)} as c{place}"
            for place, (name, kind, *_) in enumerate(described)
        )
        copied = sql(
            "create table raw_{number} as select file_row_number + 1 as line, {taken}"
            " from read_parquet({path}, file_row_number = true)",
            number=str(number),
            taken=", ".join(taken),
            path=literal(glob.escape(str(file.path))),
        )
        rows = connection.execute(copied).fetchall()[0][0]
    except (duckdb.InvalidInputException, duckdb.SerializationException) as error:
        reason = engine.first_line(error)
        raise LoadError(f"{file.path}: not a whole Parquet file ({reason}).") from None
    return [_part(connection, Part(number, file.path.name, file, found, int(rows)))]


def _part(connection: duckdb.DuckDBPyConnection, part: Part) -> Part:
    """The part with every cell of a wide file a row; its line then counts the cells before it.

    A quarantine file's texts become what they were before a spreadsheet was kept from running them.
    """
    if part.shape.kept:
        names = (f"c{at}" for at in range(len(part.shape.header)))
        texts = ", ".join(f"{name} = {casts.rerun(name)}" for name in names)
        connection.execute(sql("update {raw} set {texts}", raw=part.raw, texts=texts))
    if not part.shape.cells:
        return part
    listed = {
        "names": ", ".join(literal(name.strip(casts.BLANKS)) for _, name in part.shape.cells),
        "values": ", ".join(f"c{at}" for at, _ in part.shape.cells),
        "places": f"range({len(part.shape.cells)})",
        "count": str(len(part.shape.cells)),
    }
    connection.execute(sql("alter table {raw} rename to wide", raw=part.raw))
    melted = sql(
        "create table {raw} as select line * {count} + unnest({places}) as line, c{key} as c0,"
        " unnest([{names}]) as c1, unnest([{values}]) as c2 from wide",
        raw=part.raw,
        key=str(part.shape.key),
        **listed,
    )
    rows = int(connection.execute(melted).fetchall()[0][0])
    connection.execute("drop table wide")
    return replace(part, rows=part.rows + rows - rows // len(part.shape.cells))


def _as_text(name: str, kind: str) -> str:
    column = casts.quoted(name)
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"{column} = trunc({column}) and abs({column}) < 1e15"
        return f"case when {whole} then {column}::bigint::varchar else {column}::varchar end"
    return f"{column}::varchar"


def _parse(connection: duckdb.DuckDBPyConnection, prepared: Prepared, number: int) -> int:
    """Cut the records of a prepared file into fields; returns how many there are, torn ones too.

    Raises LoadError should any record be neither read nor rejected.
    """
    names = ["line", *(f"c{at}" for at in range(len(prepared.header))), "last"]
    kinds = {"line": "BIGINT"}
    listed = ", ".join(f"'{name}': '{kinds.get(name, 'VARCHAR')}'" for name in names)
    parsing = sql(
        "create table raw_{number} as select * exclude (last) from read_csv({path},"
        " columns = {{{columns}}},"
        " auto_detect = false, header = false, delim = {delimiter}, quote = '\"', escape = '\"',"
        " new_line = '\\n', strict_mode = true, null_padding = false, max_line_size = 4194304,"
        " store_rejects = true, rejects_limit = 0)",
        number=str(number),
        path=literal(glob.escape(str(prepared.records))),
        columns=listed,
        delimiter=literal(prepared.delimiter),
    )
    read = int(connection.execute(parsing).fetchall()[0][0])
    rejected = _keep_rejects(connection, prepared.delimiter, number)
    if read + rejected != prepared.rows:
        raise LoadError(
            f"{prepared.rows:,} records became {read:,} rows and {rejected:,} rejects;"
            " nothing was loaded. Please report the file's layout."
        )
    return read + rejected + _keep_broken(connection, prepared, number)


def _keep_rejects(connection: duckdb.DuckDBPyConnection, delimiter: str, number: int) -> int:
    connection.execute(
        "insert into torn select $number, try_cast(split_part(csv_line, $d, 1) as bigint),"
        " case when bool_or(error_type = 'UNQUOTED VALUE') then 'quotes' else 'columns' end,"
        " regexp_replace(substr(csv_line, strpos(csv_line, $d) + 1), '.\\.\n*$', '')"
        " from reject_errors group by csv_line",
        {"number": number, "d": delimiter},
    )
    counted = "select count(*) from torn where file_no = ?"
    rejected = int(connection.execute(counted, [number]).fetchall()[0][0])
    connection.execute("drop table reject_errors")
    connection.execute("drop table reject_scans")
    return rejected


def _keep_broken(connection: duckdb.DuckDBPyConnection, prepared: Prepared, number: int) -> int:
    if prepared.broken.stat().st_size == 0:
        return 0
    kept = connection.execute(
        "insert into torn select $number, line, rule, text from read_csv($path,"
        " columns = {'line': 'BIGINT', 'rule': 'VARCHAR', 'text': 'VARCHAR'},"
        " auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"',"
        " new_line = '\\n', max_line_size = 8388608)",
        {"number": number, "path": glob.escape(str(prepared.broken))},
    )
    return int(kept.fetchall()[0][0])


def _work(connection: duckdb.DuckDBPyConnection) -> str:
    return str(connection.execute("select current_setting('temp_directory')").fetchall()[0][0])


def originals(part: Part) -> Iterator[tuple[str, str]]:
    """Names and SQL texts of the columns a quarantined row of this part keeps."""
    if part.shape.profile is None:
        yield from part.shape.texts.items()
        return
    places = {name: f"c{place}" for place, name in enumerate(part.shape.header)}
    yield from ((name, places[name]) for name in part.shape.original)
