"""The data dictionary as Markdown, written from the contracts and never by hand.

`python -m data dictionary` rewrites DICTIONARY.md; a test says when the committed file is stale.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from data import contracts
from data.contracts import Column, Language, Table

PATH = Path(__file__).parent / "DICTIONARY.md"
LONG_LIST = 40
OPENING = """# Data dictionary · 数据字典

Written from `data/tables/*.toml` and `data/codes/*.csv` by `make docs`; do not edit.
Every value is read as text and cast by these rules; a row that breaks one goes to quarantine.
A header holds the names below, or the words beside them in either language; a code may be
written as its label. Titles above the header are no rows.
由合约与代码表自动生成，请勿手工修改。每个值先按文本读入，再按下列规则转换；不合规的行进入隔离区。
表头可用下列列名，也可用其中文或英文名称；代码可写作其中文或英文标签；表头上方的标题行不算数据行。
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`dictionary` takes no arguments."""


def run(arguments: argparse.Namespace) -> int:
    """Write DICTIONARY.md beside this module; returns 0."""
    PATH.write_text(markdown(), encoding="utf-8")
    print(f"data dictionary: {len(contracts.tables())} tables, {PATH.name}")
    return 0


def markdown() -> str:
    """The whole dictionary: every table, then every code list, in both languages."""
    parts = [OPENING, *map(_table, contracts.tables().values()), "## Code lists · 代码表\n"]
    return "\n".join([*parts, *map(_code_list, contracts.code_lists())])


def _table(table: Table) -> str:
    lines = [
        f"## `{table.name}` · {table.title.en} · {table.title.zh}\n",
        f"{table.grain.en}. Key: {', '.join(f'`{name}`' for name in table.key)}.  ",
        f"{table.grain.zh}。\n",
        "| column | value | meaning | 含义 |",
        "| --- | --- | --- | --- |",
    ]
    return "\n".join([*lines, *map(_column, table.columns)]) + "\n"


def _column(column: Column) -> str:
    name = f"`{column.name}`" + (" *" if column.required else "")
    about = [f"{column.label[language]}: {column.about[language]}" for language in _LANGUAGES]
    return f"| {name} | {', '.join(_rules(column))} | {' | '.join(map(_cell, about))} |"


def _rules(column: Column) -> Iterator[str]:
    yield f"code of [{column.codes}](#{column.codes})" if column.codes else column.type
    if column.minimum is not None:
        yield f"{column.minimum:g} to {column.maximum or float('inf'):,.0f}"
    if column.unit:
        yield f"unit {column.unit}"
    if column.pattern:
        yield f"pattern `{_cell(column.pattern)}`"
    if column.references:
        yield f"in `{column.references}`"


def _code_list(name: str) -> str:
    members = contracts.codes(name).members
    attributes = list(members[0].attributes)
    head = ["code", "en", "zh", *attributes]
    lines = [f"### {name}\n", f"{len(members)} codes: [`codes/{name}.csv`](codes/{name}.csv)\n"]
    if len(members) > LONG_LIST:
        return "\n".join(lines)
    lines += [_line(head), _line(["---"] * len(head))]
    for member in members:
        values = [member.attributes[attribute] for attribute in attributes]
        lines.append(_line([f"`{member.code}`", member.label.en, member.label.zh, *values]))
    return "\n".join(lines) + "\n"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


_LANGUAGES: tuple[Language, Language] = ("en", "zh")
