"""Writes invented rows as CSV or Parquet, block by block, so that memory does not grow."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, get_args

import numpy as np
import pyarrow as pa
from pyarrow import compute, csv, parquet

from data import contracts
from data.demo.draw import Indices

Format = Literal["csv", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
TABLES = ("cases", "cohorts", "seizures")
TYPES = {"integer": pa.int32(), "number": pa.int64()}


class Occupied(RuntimeError):
    """The folder holds a table in the other format, which a load would read as well."""


class Files:
    """One open file per table in a folder; they take their names only when all are whole."""

    def __init__(self, into: Path, form: Format) -> None:
        into.mkdir(parents=True, exist_ok=True)
        _refuse_other(into, form)
        self._paths = {name: into / f"{name}.{form}" for name in TABLES}
        self._writers = {
            name: _writer(name, _part(path), form) for name, path in self._paths.items()
        }

    def write(self, table: str, columns: dict[str, Any]) -> None:
        """Append a block of rows; a column of the contract that is not given stays blank."""
        schema = _schema(table)
        rows = len(next(iter(columns.values())))
        blank = {field.name: pa.nulls(rows, field.type) for field in schema}
        arrays = [(blank | columns)[field.name].cast(field.type) for field in schema]
        self._writers[table].write_table(pa.Table.from_arrays(arrays, schema=schema))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for writer in self._writers.values():
            writer.close()
        for path in self._paths.values():
            if fault is None:
                _part(path).replace(path)
            else:
                _part(path).unlink(missing_ok=True)


def texts(options: Sequence[str], at: Indices) -> pa.Array:
    """Texts by position, null where the position is negative."""
    taken = pa.array(np.maximum(at, 0))
    return pa.array(options, pa.string()).take(_blank(taken, at < 0))


def numbered(prefix: str, numbers: Indices, width: int) -> pa.Array:
    """Identifiers such as DEMO-C000000001, null where the number is negative."""
    digits = compute.utf8_lpad(pa.array(np.maximum(numbers, 0)).cast(pa.string()), width, "0")
    joined = compute.binary_join_element_wise(pa.scalar(prefix), digits, "")
    return _blank(joined, numbers < 0)


def days(numbers: Indices) -> pa.Array:
    """Days since 1970 as YYYY-MM-DD, null where negative."""
    dates = pa.array(numbers.astype("M8[D]")).cast(pa.string())
    return _blank(dates, numbers < 0)


def integers(numbers: Indices) -> pa.Array:
    """Whole numbers, null where negative."""
    return _blank(pa.array(numbers), numbers < 0)


def _blank(values: pa.Array, where: np.ndarray) -> pa.Array:
    return compute.if_else(pa.array(where), pa.scalar(None, values.type), values)


def _schema(table: str) -> pa.Schema:
    columns = contracts.table(table).columns
    return pa.schema([(column.name, TYPES.get(column.type, pa.string())) for column in columns])


def _writer(table: str, path: Path, form: Format) -> csv.CSVWriter | parquet.ParquetWriter:
    if form == "parquet":
        return parquet.ParquetWriter(path, _schema(table), compression="zstd")
    plain = csv.WriteOptions(quoting_style="none", quoting_header="none")
    return csv.CSVWriter(path, _schema(table), write_options=plain)


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _refuse_other(into: Path, form: Format) -> None:
    for other in set(FORMATS) - {form}:
        found = [name for name in TABLES if (into / f"{name}.{other}").exists()]
        if found:
            raise Occupied(
                f"{into} holds {found[0]}.{other} already: remove it or write into another folder"
            )
