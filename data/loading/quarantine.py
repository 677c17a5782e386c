"""Keeps every row that failed: its place, rule, remedy and original text, ready to mend and reload.

One CSV file a contract (or source profile) with the original columns behind those of the fault;
UTF-8 with mark, so that spreadsheets show Chinese, and an apostrophe before what they would run as
a formula. Loading such a file ignores the fault's columns and those apostrophes.
"""

import shutil
from pathlib import Path

import duckdb

from data import casts, private
from data.casts import literal, quoted, sql
from data.loading import rules
from data.loading.reading import Part, originals
from data.private import UNFINISHED

TORN = ("columns", "quotes", "encoding", "control", "length")
MARK = b"\xef\xbb\xbf"


def gather(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `failed` (table, file_no, line, place, others): every failed row once, first rule first.

    others: the further rules it breaks, as `column: rule`. Torn records are not in it.
    """
    connection.execute(
        'create table failed as select "table", file_no, line, min(place) as place,'
        " string_agg(\"column\" || ': ' || rule, '; ' order by place)"
        " filter (place <> first_place) as others"
        ' from (select *, min(place) over (partition by "table", file_no, line) as first_place'
        ' from faults) as ranked inner join rule_list using ("table", place)'
        ' group by "table", file_no, line'
    )
    remedies = [(name, *_both(name)) for name in TORN]
    connection.execute(
        "create table torn_rules (rule varchar, remedy_zh varchar, remedy_en varchar)"
    )
    connection.executemany("insert into torn_rules values (?, ?, ?)", remedies)


def write(
    connection: duckdb.DuckDBPyConnection, parts: list[Part], directory: Path, load_id: str
) -> Path | None:
    """Write the quarantine of a load; returns its folder, None where every row is good."""
    unfinished = directory / f"{UNFINISHED}quarantine"
    private.folder(unfinished)
    for name in dict.fromkeys(part.kept_in for part in parts):
        group = [part for part in parts if part.kept_in == name]
        _write_one(connection, group, unfinished / f"{name}.csv")
    if not any(unfinished.iterdir()):
        unfinished.rmdir()
        return None
    folder = directory / "quarantine" / load_id
    private.folder(folder.parent)
    unfinished.rename(folder)
    return folder


def _both(name: str) -> tuple[str, str]:
    remedy = rules.remedy(name)
    return remedy.zh, remedy.en


def _write_one(connection: duckdb.DuckDBPyConnection, parts: list[Part], path: Path) -> None:
    kept = " union all by name ".join(
        f"({_parsed(part)}) union all by name ({_torn(part)})" for part in parts
    )
    connection.execute(sql("create temp table quarantined as {kept}", kept=kept))
    rows = connection.execute("select count(*) from quarantined").fetchall()[0][0]
    if rows:
        bare = path.with_suffix(".bare")
        shown = _shown(connection)
        copy = sql(
            "copy ({shown}) to {path} (format csv, header true)",
            shown=shown,
            path=literal(str(bare)),
        )
        connection.execute(copy)
        with bare.open("rb") as source, path.open("wb") as target:
            target.write(MARK)
            shutil.copyfileobj(source, target)
        path.chmod(private.FILE)
        bare.unlink()
    connection.execute("drop table quarantined")


def _shown(connection: duckdb.DuckDBPyConnection) -> str:
    """The rows to be written, in which no spreadsheet finds a formula."""
    described = connection.execute("describe quarantined").fetchall()
    written = {name: casts.unrun(quoted(name)) if kind == "VARCHAR" else quoted(name)
               for name, kind, *_ in described if name != "file_no"}  # fmt: skip
    listed = ", ".join(f"{text} as {quoted(name)}" for name, text in written.items())
    return sql("select {listed} from quarantined order by file_no, line", listed=listed)


def _parsed(part: Part) -> str:
    named = dict(originals(part))
    found = " ".join(
        f"when {literal(name)} then checked_text.{quoted(name)}" for name in part.shape.table.names
    )
    return sql(
        'select failed.file_no, {label} as file, {line} as line, rule_list."column",'
        ' rule_list.rule, case rule_list."column" {found} end as found,'
        " remedy_en as remedy, remedy_zh, others, {original}, {text} as text from failed"
        ' inner join rule_list using ("table", place)'
        " inner join {raw} as raw using (line)"
        " inner join raw_{table} as checked_text on checked_text.file_no = failed.file_no"
        " and checked_text.line = failed.line"
        " where failed.file_no = {number}",
        label=literal(part.label),
        line=f"failed.line // {max(1, len(part.shape.cells))}",
        found=found,
        original=", ".join(f"{_raw(text)} as {quoted(name)}" for name, text in named.items()),
        text=_csv_text([f"c{at}" for at in range(len(part.shape.header))]),
        raw=part.raw,
        table=part.table,
        number=str(part.number),
    )


def _torn(part: Part) -> str:
    nulls = ", ".join(f"null::varchar as {quoted(name)}" for name, _ in originals(part))
    return sql(
        "select file_no, {label} as file, line, '' as \"column\", rule, null::varchar as found,"
        " remedy_en as remedy, remedy_zh, null::varchar as others, {nulls}, text from torn"
        " inner join torn_rules using (rule) where file_no = {number}",
        label=literal(part.label),
        nulls=nulls,
        number=str(part.number),
    )


def _raw(text: str) -> str:
    return f"raw.{text}" if text.startswith("c") else text


def _csv_text(columns: list[str]) -> str:
    listed = ", ".join(f"coalesce(raw.{name}, '')" for name in columns)
    needed = "regexp_matches(x, '[,\"\\n]')"
    return (
        f"array_to_string(list_transform([{listed}], lambda x: case when {needed}"
        " then '\"' || replace(x, '\"', '\"\"') || '\"' else x end), ',')"
    )
