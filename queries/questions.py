"""The questions of charts/*.sql: front matter read, checked and listed.

A question sees released cells, the calendar and what was asked, never facts: a file that names
anything else is refused when it is read.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, get_args

import duckdb

from data import contracts
from data.contracts import Words
from queries.cells import DERIVED, REACHED, SEIZED, Cells, Window
from queries.facts import FACTS
from queries.selection import MEASURES, Selection, SelectionError

HERE = Path(__file__).parent / "charts"
MEASURED = "measure"
ALWAYS_VISIBLE = frozenset({"calendar", "asked"})
RESERVED = ALWAYS_VISIBLE | {REACHED, SEIZED} | set(FACTS)
FRONT_MATTER = re.compile(r"\A/\* ---\n(?P<front>.*?)\n--- \*/\n(?P<sql>.*)\Z", re.DOTALL)
KEYS = {"title", "note", "unit", "caveats", "columns", "cells", "requires"}


class QuestionError(ValueError):
    """A question file that is itself at fault; the message names the file and the remedy."""


class UnknownQuestion(LookupError):
    """A question there is not; the message names the nearest ones."""


@dataclass(frozen=True)
class Question:
    """One question: its words, unit, caveats, columns, the cells it needs and its SQL over them.

    unit: a unit code, or "measure" when it follows the measure filter. requires: how many values
    a list filter must have, as (field, count) pairs.
    """

    name: str
    title: Words
    note: Words
    unit: str
    caveats: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[Cells, ...]
    requires: tuple[tuple[str, int], ...]
    sql: str

    @property
    def measured(self) -> bool:
        """Whether the question follows the measure filter."""
        return self.unit == MEASURED

    @property
    def dimensions(self) -> frozenset[str]:
        """What its figures are cut by; a trend beside them is left out where it is too fine."""
        cut = (cells.by for cells in self.cells if cells.window != "trend")
        return frozenset(name for names in cut for name in names)

    def check(self, selection: Selection) -> None:
        """Raises SelectionError when the selection lacks what the question requires."""
        for field, count in self.requires:
            given = len(getattr(selection, field) or ())
            if given != count:
                raise SelectionError(
                    f"{self.name} asks about exactly {count} of {field}, got {given}:"
                    f" select {field}=..."
                )


@cache
def questions() -> Mapping[str, Question]:
    """Every question by name; raises QuestionError where a file is at fault."""
    return {
        path.stem: read(path.stem, path.read_text("utf-8")) for path in sorted(HERE.glob("*.sql"))
    }


def question(name: str) -> Question:
    """One question; raises UnknownQuestion naming the nearest."""
    known = questions()
    if name not in known:
        near = get_close_matches(name.casefold(), known, n=3) or _titled(name)
        more = "" if near else ", ".join(list(known)[:5]) + " ..."
        raise UnknownQuestion(f"there is no question {name!r}; nearest: {', '.join(near) or more}")
    return known[name]


def _titled(text: str) -> list[str]:
    """Questions whose title, in either language, holds the text; at most five."""
    titles = ((name, f"{asked.title.zh} {asked.title.en}") for name, asked in questions().items())
    return [name for name, title in titles if text and text.casefold() in title.casefold()][:5]


def read(name: str, text: str) -> Question:
    """A question from its file's text; raises QuestionError naming what is wrong in it."""
    place = f"charts/{name}.sql"
    parts = FRONT_MATTER.match(text)
    if not parts:
        raise QuestionError(f"{place}: must open with TOML between /* --- and --- */")
    front, sql = tomllib.loads(parts["front"]), parts["sql"].strip()
    _keys(front, place)
    asked = tuple(_cells(cells, read, place) for cells, read in front["cells"].items())
    _only_cells(sql, {cells.name for cells in asked}, place)
    return Question(
        name,
        contracts.words(front["title"], f"{place}: title"),
        contracts.words(front["note"], f"{place}: note"),
        front["unit"],
        _caveats(front.get("caveats", []), place),
        tuple(front["columns"]),
        asked,
        tuple(front.get("requires", {}).items()),
        sql,
    )


def _keys(front: dict[str, Any], place: str) -> None:
    missing, unknown = KEYS - {"caveats", "requires"} - set(front), set(front) - KEYS
    if missing or unknown:
        raise QuestionError(f"{place}: lacks {sorted(missing)}, cannot use {sorted(unknown)}")
    if front["unit"] not in (MEASURED, "") and front["unit"] not in contracts.codes("units"):
        raise QuestionError(f"{place}: unit {front['unit']!r} is not in data/codes/units.csv")


def _caveats(keys: list[str], place: str) -> tuple[str, ...]:
    lacking = [key for key in keys if key not in contracts.caveats()]
    if lacking:
        raise QuestionError(f"{place}: data/caveats.toml lacks {', '.join(lacking)}")
    return tuple(keys)


def _cells(name: str, read: dict[str, Any], place: str) -> Cells:
    place = f"{place}: cells.{name}"
    if not re.fullmatch(r"[a-z][a-z_]*", name) or name in RESERVED:
        raise QuestionError(f"{place}: name the cells in lower case, not as a table")
    wanted = dict(read)
    facts = FACTS.get(wanted.pop("facts", ""))
    if facts is None:
        raise QuestionError(f"{place}: facts must be one of {', '.join(FACTS)}")
    compare = wanted.get("compare", False)
    by = (*wanted.pop("by", []), *(["period"] if compare else []))
    figures = tuple(wanted.pop("figures", []))
    outside = [d for d in by if d not in facts.dimensions and d not in DERIVED]
    outside += [figure for figure in figures if figure not in facts.figures]
    if outside or not figures:
        raise QuestionError(f"{place}: {', '.join(outside) or 'no figures'} not in these facts")
    if wanted.get("measure") not in (None, *MEASURES):
        raise QuestionError(f"{place}: measure must be one of {MEASURES}")
    if wanted.get("window", "selection") not in get_args(Window):
        raise QuestionError(f"{place}: window must be one of {get_args(Window)}")
    if compare:
        wanted["window"] = "periods"
    try:
        return Cells(name, read["facts"], by, figures, **wanted)
    except TypeError as error:
        raise QuestionError(f"{place}: {error}") from None


def _only_cells(sql: str, cells: set[str], place: str) -> None:
    """Refuses SQL that reads anything but the cells it names."""
    answer = json.loads(_serialized(sql))
    if answer["error"] or len(answer["statements"]) != 1:
        raise QuestionError(f"{place}: {answer.get('error_message', 'needs one select')}")
    tree = answer["statements"][0]
    own = {step["key"] for node in _nodes(tree, "cte_map") for step in node["cte_map"]["map"]}
    seen = {_table(node) for node in _nodes(tree, "table_name")}
    foreign = sorted(seen - cells - own - ALWAYS_VISIBLE)
    foreign += [
        f"{node['function']['function_name']}()"
        for node in _nodes(tree, "function")
        if node.get("type") == "TABLE_FUNCTION"
    ]
    if foreign or own & RESERVED:
        named = ", ".join(foreign) or ", ".join(sorted(own & RESERVED))
        raise QuestionError(f"{place}: reads {named}; a question reads only the cells it names")


def _serialized(sql: str) -> str:
    with duckdb.connect() as connection:
        row = connection.execute("select json_serialize_sql(?)", [sql]).fetchone()
    return str(row[0]) if row else ""


def _table(node: dict[str, Any]) -> str:
    parts = (node.get("catalog_name"), node.get("schema_name"), node["table_name"])
    return ".".join(part for part in parts if part)


def _nodes(tree: Any, key: str) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        if key in tree:
            yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from _nodes(branch, key)
