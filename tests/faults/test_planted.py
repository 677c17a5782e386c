"""Random faults in random rows, judged by a plain reading of the contract line by line."""

import csv
import io
import random
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import filemaker
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import contracts
from data.contracts import Column

OWNED = {"prefectures": "province", "items": "unit", "measures": "unit"}
VALUES: dict[str, list[str]] = {
    "cohort_id": ["P{n}", "P1", "", "a b", "长" * 70, "P'9"],
    "case_id": ["C{n}", "C1", "C2", "C404", ""],
    "arrival_id": ["A{n}", "A1", "", "x" * 201],
    "seizure_id": ["S{n}", "S1", ""],
    "source": ["Somebody", ""],
    "month": ["2014-05", "2014-05-01", " 2014-06 ", "1900-01", "2030-01", "", "May", "2014-00"],
    "opened": ["2014-07-03", "2014-07", "2014-07-32", "", "2030-01-01", "03/07/2014"],
    "closed": ["2014-07", "2014-07-01", "2015-01-01", "", "x", "2014-06-30"],
    "date": ["2014-07-03", "2014-07", "2014-02-29", "2012-02-29", ""],
    "year": ["2023", "2030", "1901", "23", ""],
    "persons": ["3", "0", "-1", "1000001", "1.0", "1.5", "", "3 000", "١"],
    "quantity": ["270", "0", "-1", "1e3", "1e99", "0.25", "", "abc", "1,5"],
    "value": ["7", "-7", "", "1000000001"],
    "gang": ["", "G 1", "G,1", "飞虎"],
    "suspects_organiser": ["", "0", "6", "-6", "six", "100001"],
    "note": ["", 'he said "no"', "two\nlines", "逗号, here", "three\n\nlines", "=1+1"],
    "area": ["", "CA"],
    "category": ["", "FMUA"],
}  # fmt: skip
CODED = ["?", "", "unknown", "other"]


def values(column: Column) -> list[str]:
    if column.codes:
        members = contracts.codes(column.codes)
        some = [*members.codes[:4], *members.codes[-2:], *list(members.fixes)[:3]]
        return [*some, *CODED, *filter(None, GOOD_CODES.get(column.name, []))]
    return VALUES.get(column.name, [""])


GOOD_CODES = {
    "prefecture": ["440700", "350100", "330300"],
    "origin": ["CN-GD", "福建", "CN-FJ"],
    "province": ["CN-GD", "CN-FJ"],
    "route": ["transit"],
    "transit": ["ECU"],
}


def resolved(column: Column, text: str) -> str | None:
    members = contracts.codes(column.codes or "")
    return text if text in members else members.fixes.get(text)


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01" if len(text) == 7 else text)
    except ValueError:
        return None


def typed(column: Column, text: str) -> object:
    """The value of a text by its contract, None where it has none; written without the loader."""
    shapes: dict[str, tuple[str, Callable[[str], object]]] = {
        "integer": (r"[+-]?[0-9]{1,18}(\.0+)?", lambda found: int(found.split(".")[0])),
        "number": (r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,2})?", float),
        "year": (r"[0-9]{4}", int),
        "month": (r"[0-9]{4}-[0-9]{2}(-01)?", lambda found: day(found[:7])),
        "date": (r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", day),
    }
    if column.codes:
        return resolved(column, text)
    if column.type == "text":
        return text
    shape, read = shapes[column.type]
    return read(text) if re.fullmatch(shape, text) else None


def column_faults(column: Column, text: str) -> Iterator[str]:
    if not text:
        if column.required:
            yield "required"
        return
    value = typed(column, text)
    if value is None:
        yield "code" if column.codes else "type"
    if column.pattern and not re.fullmatch(column.pattern, text):
        yield "pattern"
    ends = (column.minimum, column.maximum)
    if isinstance(value, int | float) and None not in ends and not ends[0] <= value <= ends[1]:
        yield "range"
    if isinstance(value, date) or (column.type == "year" and isinstance(value, int)):
        year = value.year if isinstance(value, date) else value
        late = value > filemaker.AS_OF if isinstance(value, date) else year > 2025
        yield from ["early"] * (year < 1950)
        yield from ["future"] * late


def row_faults(table: str, row: dict[str, str]) -> Iterator[tuple[str, str]]:
    contract = contracts.table(table)
    found = {column.name: typed(column, row[column.name]) or None for column in contract.columns
             if row[column.name]}  # fmt: skip
    owner = found.get("origin", found.get("province"))
    if "prefecture" in found and found["prefecture"] and owner:
        prefecture = contracts.codes("prefectures")[str(found["prefecture"])]
        if prefecture.attributes["province"] != owner:
            yield "prefecture", "place"
    if found.get("transit") and found.get("route") and found["route"] != "transit":
        yield "transit", "transit"
    if isinstance(found.get("opened"), date) and isinstance(found.get("closed"), date):
        closed = row["closed"] if len(row["closed"]) == 10 else f"{row['closed']}-31"
        if closed < found["opened"].isoformat():  # type: ignore[union-attr]
            yield "closed", "order"
    for name, listed in (("item", "items"), ("measure", "measures")):
        if found.get(name) and found.get("unit"):
            own = contracts.codes(listed)[str(found[name])].attributes["unit"]
            yield from [("unit", "unit")] * (own != found["unit"])


def faults(table: str, row: dict[str, str]) -> list[tuple[str, str]]:
    contract = contracts.table(table)
    row = {name: text.strip() for name, text in row.items()}
    own = [
        (column.name, rule)
        for column in contract.columns
        for rule in column_faults(column, row[column.name])
    ]
    return [*own, *row_faults(table, row)]


Expected = list[tuple[int, str, str, int]]


def expected(table: str, rows: list[tuple[int, dict[str, str]]], cases: set[str]) -> Expected:
    """Line, column, first rule and number of further rules of every row that must not load."""
    key = contracts.table(table).key[0]
    seen: set[str] = set()
    wrong: Expected = []
    for line, row in rows:
        found = faults(table, row)
        case = row.get("case_id", "").strip()
        if not found and table != "cases" and "case_id" in row and cases and case not in cases:
            found = [("case_id", "reference")]
        if not found and row[key].strip() in seen:
            found = [(key, "duplicate")]
        if found:
            wrong.append((line, *found[0], len(found) - 1))
        else:
            seen.add(row[key].strip())
    return wrong


def planted(table: str, seed: int, count: int) -> list[dict[str, str]]:
    """Good rows with a few values of each changed to something that may or may not fit."""
    chance = random.Random(seed)
    rows = filemaker.rows(table, count)
    for number, row in enumerate(rows, 1):
        for name in chance.sample(list(row), chance.choice([0, 0, 1, 1, 2, 3])):
            text = chance.choice(values(contracts.table(table).column(name)))
            row[name] = text.format(n=number)
    return rows


def numbered(rows: list[dict[str, str]]) -> list[tuple[int, dict[str, str]]]:
    """Rows with their first lines, counting the line ends inside values."""
    line, placed = 2, []
    for row in rows:
        placed.append((line, row))
        line += 1 + sum(text.count("\n") for text in row.values())
    return placed


@pytest.mark.parametrize("table", ["cases", "cohorts", "seizures", "arrivals"])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**9), end=st.sampled_from(["\n", "\r\n"]))
def test_every_row_is_a_fact_or_in_quarantine_for_the_right_reason(
    table: str, seed: int, end: str
) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        rows = planted(table, seed, 60)
        path = filemaker.write(folder / f"{table}.csv", rows, lineterminator=end)
        files = [path]
        known: set[str] = set()
        if table in ("cohorts", "seizures"):
            given_cases = filemaker.rows("cases", 50)
            files.append(filemaker.write(folder / "cases.csv", given_cases))
            known = {row["case_id"] for row in given_cases}
        report = filemaker.load(*files, into=folder / "d")
        wrong = expected(table, numbered(rows), known)
        kept = filemaker.kept(report, table)
        found = [
            (
                int(one["line"]),
                one["column"],
                one["rule"],
                len(one["others"].split("; ")) if one["others"] else 0,
            )
            for one in kept
        ]
        assert found == wrong
        tally = report.tallies[0]
        assert (tally.rows_in, tally.quarantined, tally.facts) == (60, len(wrong), 60 - len(wrong))
        assert Counter(rule for _, _, rule, _ in wrong) == Counter(
            {rule: sum(n for (_, one), n in tally.rules.items() if one == rule)
             for _, rule in tally.rules}
        )  # fmt: skip
        bad = {line for line, *_ in wrong}
        key = contracts.table(table).key[0]
        good = {row[key].strip() for line, row in numbered(rows) if line not in bad}
        loaded = filemaker.facts(folder / "d", f"select {key} from {table} where {key} is not null")
        assert {one for (one,) in loaded} == good
    finally:
        shutil.rmtree(folder)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_torn_lines_are_counted_and_found(seed: int) -> None:
    """Lines cut short, stretched, or with a stray quotation mark, among quoted and plain rows."""
    chance = random.Random(seed)
    names = contracts.table("cohorts").names
    written, torn = [",".join(names)], []
    good = 0
    for number in range(1, 41):
        row = filemaker.row("cohorts", number)
        kind = chance.choice(["plain"] * 5 + ["quoted", "two lines", "short", "long", "stray"])
        row["note"] = {"quoted": 'say "x", y', "two lines": "a\n,b"}.get(kind, "")
        text = io.StringIO()
        csv.writer(text, lineterminator="").writerow(row.values())
        line = {
            "short": ",".join(list(row.values())[: chance.randint(1, 12)]),
            "long": text.getvalue() + chance.choice([",", ",x", ",,,"]),
            "stray": '"' + text.getvalue(),
        }.get(kind, text.getvalue())
        if kind in ("short", "long", "stray"):
            torn.append((sum(one.count("\n") + 1 for one in written) + 1, kind))
        else:
            good += 1
        written.append(line)
    folder = Path(tempfile.mkdtemp())
    try:
        (folder / "a.csv").write_text("\n".join(written))
        report = filemaker.load(folder / "a.csv", into=folder / "d")
        rules = {"short": "columns", "long": "columns", "stray": "quotes"}
        assert filemaker.faults(report, "cohorts") == [
            (line, "", rules[kind]) for line, kind in torn
        ]
        assert (report.tallies[0].rows_in, report.facts) == (40, good)
    finally:
        shutil.rmtree(folder)
