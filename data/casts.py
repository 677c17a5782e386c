"""How a text becomes a typed value, as SQL made from the contract; it must not know any file.

Every cast gives NULL where the text does not fit, so that a rule can tell blank from wrong.
"""

from data.contracts import Column, Type

SQL_TYPES: dict[Type, str] = {
    "text": "varchar",
    "code": "varchar",
    "integer": "bigint",
    "number": "double",
    "year": "integer",
    "month": "date",
    "date": "date",
}
MIDNIGHT = "( 00:00:00(\\.0+)?)?"
SHAPES: dict[Type, str] = {
    "integer": "[+-]?[0-9]{1,18}(\\.0+)?",
    "number": "[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,2})?",
    "year": "[0-9]{4}",
    "month": f"[0-9]{{4}}-[0-9]{{2}}(-01{MIDNIGHT})?",
    "date": f"[0-9]{{4}}-[0-9]{{2}}(-[0-9]{{2}}{MIDNIGHT})?",
}
RUNS = "^'*(\\s*[=+@＝＋－＠-]|[\t\r\n])"
UNRUN = "^''*(\\s*[=+@＝＋－＠-]|[\t\r\n])"
BLANKS = " \t\r\n\u3000\u00a0\ufeff"


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def sql(text: str, /, **names: str) -> str:
    """A statement with names and expressions of the contracts put in; never a reader's value."""
    return text.format(**names)


def literal(text: str) -> str:
    """A constant of the contract as an SQL string; never for a reader's value."""
    return "'" + text.replace("'", "''") + "'"


def trimmed(name: str) -> str:
    """A column as text without surrounding blanks, NULL when nothing is left.

    Trimming a set of characters costs four times the look at both ends that mostly saves it.
    """
    text = f"{quoted(name)}::varchar"
    bare = f"ascii({text}) between 33 and 126 and ascii(({text})[-1]) between 33 and 126"
    return f"case when {bare} then {text} else nullif(trim({text}, {literal(BLANKS)}), '') end"


def unrun(text: str) -> str:
    """A text that a spreadsheet would run as a formula, behind an apostrophe; numbers as they are.

    `rerun` takes that apostrophe away, and no other.
    """
    runs = f"regexp_matches({text}, {literal(RUNS)}) and try_cast({text} as double) is null"
    return f"case when {runs} then '''' || {text} else {text} end"


def rerun(text: str) -> str:
    """A text as it was before `unrun`."""
    return f"case when regexp_matches({text}, {literal(UNRUN)}) then {text}[2:] else {text} end"


def cast(column: Column, text: str) -> str:
    """The typed value of an SQL text expression, NULL where the text is not of its type."""
    if column.type in ("text", "code"):
        return text
    value = f"try_cast({_prepared(column.type, text)} as {SQL_TYPES[column.type]})"
    return f"case when regexp_full_match({text}, {literal(SHAPES[column.type])}) then {value} end"


def _prepared(kind: Type, text: str) -> str:
    if kind == "integer":
        return f"regexp_replace({text}, '\\.0+$', '')"
    if kind == "month":
        return f"(left({text}, 7) || '-01')"
    if kind == "date":
        return f"(left({text}, 10) || case when length({text}) = 7 then '-01' else '' end)"
    return text
