"""The contracts of every table and code list, read once from tables/*.toml and codes/*.csv.

Loader checks, data dictionary, filters and labels all derive from what is read here; nothing
about a table is written a second time. This module must not know files to be loaded, nor screens.
"""

import csv
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Type = Literal["text", "integer", "number", "year", "month", "date", "code"]
TYPES: tuple[Type, ...] = get_args(Type)

HERE = Path(__file__).parent
SYNTHETIC_PREFIX = "DEMO-"
UNKNOWN = "unknown"
OTHER = "other"


class ContractError(ValueError):
    """A contract or code list in this folder is itself at fault; the message names the file."""


class UnknownCode(LookupError):
    """A code that a list lacks; the message names the list and the nearest codes it has."""


@dataclass(frozen=True)
class Words:
    """A text in both languages, neither empty."""

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not (self.zh.strip() and self.en.strip()):
            raise ContractError(f"half-translated text: zh={self.zh!r}, en={self.en!r}")

    def __getitem__(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en

    def __iter__(self) -> Iterator[str]:
        return iter((self.zh, self.en))


@dataclass(frozen=True)
class Code:
    """One member of a code list: its code, label, known misspellings and further attributes."""

    code: str
    label: Words
    fixes: tuple[str, ...]
    attributes: Mapping[str, str]
    position: int


@dataclass(frozen=True)
class CodeList:
    """The members of one code list, in display order."""

    name: str
    members: tuple[Code, ...]
    by_code: Mapping[str, Code] = field(repr=False)
    fixes: Mapping[str, str] = field(repr=False)

    def __iter__(self) -> Iterator[Code]:
        return iter(self.members)

    def __contains__(self, code: object) -> bool:
        return code in self.by_code

    def __getitem__(self, code: str) -> Code:
        try:
            return self.by_code[code]
        except KeyError:
            raise UnknownCode(self._lacks(code)) from None

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code, in display order."""
        return tuple(self.by_code)

    @property
    def spellings(self) -> Mapping[str, str]:
        """Every text that means one code, and its code: codes, fixes, labels no two share."""
        labelled = [(text, member.code) for member in self.members for text in member.label]
        used = Counter(text for text, _ in labelled)
        labels = {text: code for text, code in labelled if used[text] == 1}
        return {**labels, **self.fixes, **{code: code for code in self.codes}}

    def nearest(self, text: str, most: int = 3) -> tuple[str, ...]:
        """Codes whose code or label resembles the text, best first; may be empty."""
        sought = text.strip().casefold()
        spellings = {spelling.casefold(): code for spelling, code in self._spellings()}
        holding = [spelling for spelling in spellings if sought and sought in spelling]
        holding.sort(key=lambda spelling: (spelling.find(sought) > 0, len(spelling)))
        found = [*holding, *get_close_matches(sought, spellings, n=most, cutoff=0.5)]
        return tuple(dict.fromkeys(spellings[spelling] for spelling in found))[:most]

    def where(self, **attributes: str) -> tuple[str, ...]:
        """Codes whose attributes have these values, in display order."""
        wanted = attributes.items()
        return tuple(
            member.code
            for member in self.members
            if all(member.attributes.get(name) == value for name, value in wanted)
        )

    def _spellings(self) -> Iterator[tuple[str, str]]:
        for member in self.members:
            yield member.code, member.code
            yield from ((text, member.code) for text in (member.label.zh, member.label.en))
            yield from ((text, member.code) for text in member.fixes)

    def _lacks(self, code: str) -> str:
        near = ", ".join(self.nearest(code))
        return f"{self.name} has no code {code!r}" + (f"; nearest: {near}" if near else "")


@dataclass(frozen=True)
class Column:
    """One column of a table's contract: what a value must look like to be loaded."""

    name: str
    type: Type
    label: Words
    about: Words
    required: bool = False
    codes: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    unit: str | None = None
    references: str | None = None


@dataclass(frozen=True)
class Table:
    """The contract of one table: grain, key and columns in file order."""

    name: str
    title: Words
    grain: Words
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name; raises KeyError where the contract has none."""
        return self._by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in file order."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that no file may lack."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}


@cache
def tables() -> Mapping[str, Table]:
    """Every table's contract by name, origin-side tables first."""
    read = [_table(path) for path in sorted((HERE / "tables").glob("*.toml"))]
    order = ("cases", "cohorts", "seizures", "arrivals")
    read.sort(key=lambda table: order.index(table.name) if table.name in order else len(order))
    return MappingProxyType({table.name: table for table in read})


def table(name: str) -> Table:
    """The contract of one table; raises KeyError for a name without one."""
    return tables()[name]


@cache
def codes(name: str) -> CodeList:
    """One code list by name, such as `provinces`; raises ContractError if it is at fault."""
    path = HERE / "codes" / f"{name}.csv"
    if not path.exists():
        raise ContractError(f"no code list {name!r}: {path.name} is not in data/codes")
    with path.open(encoding="utf-8", newline="") as lines:
        members = tuple(_code(row, n) for n, row in enumerate(csv.DictReader(lines)))
    by_code = {member.code: member for member in members}
    if len(by_code) != len(members):
        raise ContractError(f"codes/{path.name}: a code stands twice")
    return CodeList(name, members, MappingProxyType(by_code), _fixes(path, members))


@cache
def code_lists() -> tuple[str, ...]:
    """Names of every code list there is."""
    return tuple(sorted(path.stem for path in (HERE / "codes").glob("*.csv")))


def label(name: str, code: str | None, language: Language) -> str:
    """A code's label in a language; a text the list lacks labels itself, None is "–"."""
    if code is None:
        return "–"
    members = codes(name)
    return members[code].label[language] if code in members else code


@cache
def caveats() -> Mapping[str, Words]:
    """The keyed sentences of caveats.toml."""
    path = HERE / "caveats.toml"
    read = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    said = {key: words(text, f"caveats.toml: {key}") for key, text in read.items()}
    return MappingProxyType(said)


def words(text: Any, place: str) -> Words:
    """A TOML table with zh and en as Words; raises ContractError naming the place otherwise."""
    if not isinstance(text, Mapping) or set(text) != set(LANGUAGES):
        raise ContractError(f"{place}: needs exactly zh and en")
    return Words(**text)


def _code(row: dict[str, str], position: int) -> Code:
    fixes = tuple(text.strip() for text in (row.pop("fixes") or "").split(";") if text.strip())
    code, zh, en = row.pop("code"), row.pop("zh"), row.pop("en")
    return Code(code, Words(zh, en), fixes, MappingProxyType(row), position)


def _fixes(path: Path, members: tuple[Code, ...]) -> Mapping[str, str]:
    fixes: dict[str, str] = {}
    for member in members:
        for text in member.fixes:
            if fixes.setdefault(text, member.code) != member.code:
                raise ContractError(f"codes/{path.name}: {text!r} is a fix for two codes")
    return MappingProxyType(fixes)


def _table(path: Path) -> Table:
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    place = f"tables/{path.name}"
    columns = tuple(_column(column, place) for column in read["columns"])
    missing = set(read["key"]) - {column.name for column in columns}
    if missing or path.stem != read["name"]:
        raise ContractError(f"{place}: key {sorted(missing)} or name {read['name']!r} does not fit")
    title, grain = words(read["title"], place), words(read["grain"], place)
    return Table(read["name"], title, grain, tuple(read["key"]), columns)


def _column(read: dict[str, Any], place: str) -> Column:
    place = f"{place}: {read.get('name')}"
    if read.get("type") not in TYPES:
        raise ContractError(f"{place}: type must be one of {TYPES}, got {read.get('type')!r}")
    if (read["type"] == "code") != ("codes" in read):
        raise ContractError(f"{place}: a code column, and no other, names its code list")
    texts = {name: words(read[name], f"{place}.{name}") for name in ("label", "about")}
    return Column(**(read | texts))
