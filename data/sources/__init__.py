"""Source profiles: how to read an outside publisher's file, what to map, what to leave out.

A profile is a TOML file beside this module: title, publisher, terms and reading note in both
languages, the exact header, keys of caveats.toml, and one rule for every contract column.
It must not know any file, nor the tables but their names.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from data import contracts
from data.casts import BLANKS, literal, quoted
from data.contracts import Column, ContractError, Language, Words

HERE = Path(__file__).parent
ENGLISH_MONTHS = [
    "JAN",
    "FEB",
    "MAR",
    "APR",
    "MAY",
    "JUN",
    "JUL",
    "AUG",
    "SEP",
    "OCT",
    "NOV",
    "DEC",
]
Places = Mapping[str, str]


@dataclass(frozen=True)
class ColumnRule:
    """How one contract column comes from the publisher's columns; exactly one way is given.

    fixed: the same text for every row. source: a column's text, `matching` the first group of a
    pattern (no match: blank), `without` characters dropped, `mapped` texts exchanged (others stay),
    `blank_before` a text, `otherwise` what a blank becomes. fiscal: fiscal year, month name and the
    year's first month. quarter: a column of quarters ("2023 Q3"), read as their last month. joined:
    contract columns (or else the publisher's) put together after the profile's name, `numbered`
    when they may repeat.
    """

    fixed: str | None = None
    source: str | None = None
    matching: str | None = None
    without: str = ""
    mapped: Mapping[str, str] = field(default_factory=dict)
    blank_before: str | None = None
    otherwise: str | None = None
    fiscal: tuple[str, str, int] | None = None
    quarter: str | None = None
    joined: tuple[str, ...] = ()
    prefix: str = ""
    numbered: bool = False

    def sql(self, places: Places, rules: Mapping[str, "ColumnRule"]) -> str:
        """The SQL text expression over raw columns; `places` says where each column is."""
        if self.fixed is not None:
            return literal(self.fixed)
        if self.fiscal:
            return _fiscal_month(*self.fiscal, places)
        if self.quarter:
            return _last_month(self.quarter, places)
        if self.joined:
            return self._identifier(places, rules)
        return self._text(places)

    def _text(self, places: Places) -> str:
        text = _text(self.source or "", places)
        if self.without:
            text = f"translate({text}, {literal(self.without)}, '')"
        if self.matching:
            text = f"nullif(regexp_extract({text}, {literal(self.matching)}, 1), '')"
        if self.mapped:
            exchanged = ", ".join(
                f"{literal(old)}: {literal(new)}" for old, new in self.mapped.items()
            )
            text = f"coalesce(map {{{exchanged}}}[{text}], {text})"
        if self.blank_before:
            text = f"case when {text} >= {literal(self.blank_before)} then {text} end"
        if self.otherwise:
            text = f"coalesce({text}, {literal(self.otherwise)})"
        return text

    def _identifier(self, places: Places, rules: Mapping[str, "ColumnRule"]) -> str:
        texts = (
            rules[name].sql(places, rules) if name in rules else _text(name, places)
            for name in self.joined
        )
        parts = ", ".join(f"coalesce({text}, '')" for text in texts)
        joined = f"concat_ws(':', {literal(self.prefix)}, {parts})"
        if not self.numbered:
            return joined
        place = f"row_number() over (partition by {parts} order by line)"
        return f"case {place} when 1 then {joined} else {joined} || '#' || {place} end"


@dataclass(frozen=True)
class Wide:
    """A file with a column for each value of the profile's second column, which holds its third.

    called: what the first column may be called in it. marks: columns that such a file has always.
    """

    called: tuple[str, ...]
    marks: tuple[str, ...]

    def key_at(self, names: Sequence[str]) -> int | None:
        """Where the first column is in a header in lower case, None where it is no such file."""
        called = {name.casefold() for name in self.called}
        found = [place for place, name in enumerate(names) if name in called]
        marked = {name.casefold() for name in self.marks} <= set(names)
        return found[0] if marked and len(found) == 1 else None


@dataclass(frozen=True)
class Profile:
    """One publisher's file: what it is, and how its rows become rows of a contract.

    left_out: texts of a column whose rows are left out; only: those that alone are read. months:
    how many a dated figure covers, the month given being the last of them.
    """

    name: str
    table: str
    title: Words
    publisher: Words
    terms: Words
    note: Words
    header: tuple[str, ...]
    caveats: tuple[str, ...]
    columns: Mapping[str, ColumnRule]
    left_out: Mapping[str, tuple[str, ...]]
    only: Mapping[str, tuple[str, ...]]
    months: int = 1
    wide: Wide | None = None

    def left_out_sql(self, places: Places) -> str:
        """The SQL condition for rows that are left out: totals, closing lines and the like."""
        tests = [
            f"coalesce({_text(name, places)}, '') {test} ({', '.join(map(literal, texts))})"
            for test, listed in (("in", self.left_out), ("not in", self.only))
            for name, texts in listed.items()
        ]
        return " or ".join(tests) or "false"


@cache
def profiles() -> Mapping[str, Profile]:
    """Every source profile by name; raises ContractError where one is at fault."""
    read = (_profile(path) for path in sorted(HERE.glob("*.toml")))
    return MappingProxyType({profile.name: profile for profile in read})


def title(source: str, language: Language) -> str:
    """The title of arrivals' `source` in a language, of its profile or of the list of publishers
    transcribed by hand; any other is its own title."""
    known = profiles().get(source)
    return known.title[language] if known else contracts.label("publishers", source, language)


def caveats(source: str) -> tuple[str, ...]:
    """Keys of caveats.toml that go with arrivals' `source`, () for one without a profile."""
    known = profiles().get(source)
    return known.caveats if known else ()


def lengths() -> Mapping[str, int]:
    """Sources whose dated figures cover more than a month, and how many months that is."""
    return {name: one.months for name, one in profiles().items() if one.months > 1}


def _profile(path: Path) -> Profile:
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    place = f"sources/{path.name}"
    texts = {
        key: contracts.words(read[key], f"{place}: {key}")
        for key in ("title", "publisher", "terms", "note")
    }
    table = contracts.table(read["table"])
    strange = set(read["columns"]) - set(table.names)
    missing = set(table.required) - set(read["columns"])
    lost = set(read["caveats"]) - set(contracts.caveats())
    if strange or missing or lost:
        raise ContractError(f"{place}: {sorted(strange | missing | lost)} do not fit")
    wide = read.get("wide")
    return Profile(
        name=path.stem,
        table=table.name,
        header=tuple(read["header"]),
        caveats=tuple(read["caveats"]),
        columns={
            name: _rule(rule, path.stem, table.column(name))
            for name, rule in read["columns"].items()
        },
        left_out={name: tuple(texts) for name, texts in read.get("left_out", {}).items()},
        only={name: tuple(texts) for name, texts in read.get("only", {}).items()},
        months=read.get("months", 1),
        wide=Wide(**{key: tuple(texts) for key, texts in wide.items()}) if wide else None,
        **texts,
    )


def _rule(read: dict[str, Any], name: str, column: Column) -> ColumnRule:
    spelled = contracts.codes(column.codes).spellings if read.pop("spelled", False) else {}
    fiscal = read.pop("fiscal", None)
    return ColumnRule(
        source=read.pop("from", None),
        mapped={**spelled, **read.pop("map", {})},
        joined=tuple(read.pop("join", ())),
        fiscal=(fiscal["year"], fiscal["month"], fiscal["starts"]) if fiscal else None,
        prefix=name,
        **read,
    )


def _last_month(quarter: str, places: Places) -> str:
    text = _text(quarter, places)
    parts = f"regexp_extract({text}, '^([0-9]{{4}})[ -]?Q([1-4])$', ['year', 'quarter'])"
    known = f"regexp_full_match({text}, '[0-9]{{4}}[ -]?Q[1-4]')"
    written = f"printf('%s-%02d', ({parts}).year, 3 * ({parts}).quarter::integer)"
    return f"case when {known} then {written} else {text} end"


def _text(name: str, places: Places) -> str:
    return f"nullif(trim({quoted(places[name.casefold()])}, {literal(BLANKS)}), '')"


def _fiscal_month(year: str, month: str, starts: int, places: Places) -> str:
    name = f"left(upper({_text(month, places)}), 3)"
    listed = ", ".join(map(literal, ENGLISH_MONTHS))
    number = f"nullif(list_position([{listed}], {name}), 0)"
    first = f"try_cast(regexp_extract({_text(year, places)}, '[0-9]{{4}}') as integer)"
    calendar = f"case when {number} >= {starts} then {first} - 1 else {first} end"
    known = f"{number} is not null and {first} is not null"
    written = f"printf('%04d-%02d', {calendar}, {number})"
    return f"case when {known} then {written} else {_text(month, places)} end"
