"""The rules of a contract as SQL conditions, each with the remedy a steward reads.

A condition speaks of t_<column> (the trimmed text, NULL when blank), v_<column> (the typed value,
NULL when it does not fit) and o_<column> (what the code belongs to). It must not know any file.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from data import casts, contracts
from data.casts import literal
from data.contracts import Column, Table, Type, Words

TEXTS = Path(__file__).parent.parent / "rules.toml"
SPELLED = "{text} in (select spelling from spelled_{codes})"
EARLIEST = "1950-01-01"
CELL_ERROR = "#(N/A|DIV/0!|NAME\\?|GETTING_DATA|[A-Z]+!)"
OWNERS: Mapping[str, str] = MappingProxyType(
    {"prefectures": "province", "items": "unit", "measures": "unit"}
)
KINDS: Mapping[Type, tuple[Words, str]] = MappingProxyType(
    {
        "integer": (Words(zh="整数（不带千分位）", en="a whole number without separators"), "1200"),
        "number": (Words(zh="数字（不带千分位）", en="a number without separators"), "1200.5"),
        "year": (Words(zh="四位年份", en="a year in four digits"), "2014"),
        "month": (Words(zh="月份 YYYY-MM", en="a month as YYYY-MM"), "2014-07"),
        "date": (Words(zh="日期 YYYY-MM-DD", en="a date as YYYY-MM-DD"), "2014-07-31"),
    }
)


@dataclass(frozen=True)
class Rule:
    """One way for a row to fail: its column ('' for the whole row), name, condition and remedy.

    own: the value itself does not fit its column, whatever the rest of the row says.
    """

    column: str
    name: str
    condition: str
    remedy: Words
    own: bool = False


def rules(table: Table) -> tuple[Rule, ...]:
    """Every rule of a contract that one row alone can break, in column order."""
    own = [rule for column in table.columns for rule in _column_rules(column)]
    return (*own, *_row_rules(table))


def remedy(name: str, **facts: str | Words) -> Words:
    """The remedy of a rule in both languages, with facts of the contract filled in."""
    filled = {}
    for language in contracts.LANGUAGES:
        said = {
            key: fact[language] if isinstance(fact, Words) else fact for key, fact in facts.items()
        }
        filled[language] = _texts()[name][language].format_map(_Kept(said))
    return Words(**filled)


def fits(column: Column, text: str) -> str:
    """An SQL condition: the text would do as a value of this column."""
    checks = []
    if column.pattern:
        checks.append(f"regexp_full_match({text}, {literal(column.pattern)})")
    if column.codes:
        checks.append(casts.sql(SPELLED, text=text, codes=column.codes))
    elif column.type != "text":
        checks.append(f"({casts.cast(column, text)}) is not null")
    return " and ".join(checks) or "true"


def written(column: Column) -> Words:
    """How a value of this column must be written, for a column that is no code."""
    if column.type not in KINDS:
        return remedy("pattern", column=column.name, about=column.about)
    kind, example = KINDS[column.type]
    return remedy("type", column=column.name, kind=kind, example=example)


class _Kept(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@cache
def _texts() -> Mapping[str, Words]:
    read = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    return {name: contracts.words(text, f"rules.toml: {name}") for name, text in read.items()}


def _column_rules(column: Column) -> Iterator[Rule]:
    name, text, value = column.name, f"t_{column.name}", f"v_{column.name}"
    if column.required:
        yield Rule(name, "required", f"{text} is null", remedy("required", column=name))
    if column.codes:
        said = remedy("code", codes=column.codes)
        yield Rule(name, "code", f"{text} is not null and {value} is null", said, own=True)
    elif column.type != "text":
        wrong = f"{text} is not null and {value} is null"
        yield Rule(name, "type", wrong, written(column), own=True)
    else:
        broken = f"regexp_full_match({text}, {literal(CELL_ERROR)})"
        yield Rule(name, "error", broken, remedy("error", column=name))
    if column.pattern:
        said = remedy("pattern", column=name, about=column.about)
        broken = f"not regexp_full_match({text}, {literal(column.pattern)})"
        yield Rule(name, "pattern", broken, said, own=True)
    if column.minimum is not None or column.maximum is not None:
        yield _range(column, value)
    if column.type in ("date", "month", "year"):
        yield from _dates(column, value)


def _range(column: Column, value: str) -> Rule:
    ends = {"minimum": (column.minimum, "<"), "maximum": (column.maximum, ">")}
    broken = " or ".join(f"{value} {sign} {end}" for end, sign in ends.values() if end is not None)
    said = {name: f"{end:,.0f}" if end is not None else "…" for name, (end, _) in ends.items()}
    return Rule(column.name, "range", broken, remedy("range", column=column.name, **said))


def _dates(column: Column, value: str) -> Iterator[Rule]:
    limit = "getvariable('as_of')"
    early, late = f"{value} < date '{EARLIEST}'", f"{value} > {limit}"
    if column.type == "year":
        early = f"{value} < {EARLIEST[:4]}"
        late = f"{value} > extract(year from {limit}) + 1"
    yield Rule(column.name, "early", early, remedy("early"))
    yield Rule(column.name, "future", late, remedy("future"))


def _row_rules(table: Table) -> Iterator[Rule]:
    names = set(table.names)
    for owner in ("origin", "province"):
        if {owner, "prefecture"} <= names:
            yield Rule(
                "prefecture", "place", f"o_prefecture <> v_{owner}", remedy("place", owner=owner)
            )
    if {"transit", "route"} <= names:
        broken = "v_transit is not null and v_route <> 'transit'"
        yield Rule("transit", "transit", broken, remedy("transit"))
    if {"opened", "closed"} <= names:
        end = "case when length(t_closed) = 7 then last_day(v_closed) else v_closed end"
        yield Rule("closed", "order", f"({end}) < v_opened", remedy("order"))
    for owner in ("item", "measure"):
        if {owner, "unit"} <= names:
            yield Rule("unit", "unit", f"v_unit <> o_{owner}", remedy("unit", owner=owner))
