"""Text from data as text and nothing else, for terminals, files and whatever shows it.

Signs that cannot be seen are taken out: they turn, hide or forge what can. It must not know what
a text says.
"""

import re
from unicodedata import category

UNSEEN = frozenset({"Cc", "Cf", "Cs"})
LINES = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")
FORMULA = re.compile(r"[\t\n]|\s*[=+@＝＋－＠-]")
WITHIN = re.compile(r"([;|\t\n]\s*)([=+@＝＋－＠-])")


def seen(text: str) -> str:
    """The text without controls and without signs that turn its direction or have no shape; every
    kind of line end is a plain one."""
    if text.isprintable():
        return text
    return "".join(map(_sign, text.replace("\r\n", "\n")))


def line(text: str) -> str:
    """The text on one line, with single blanks."""
    return " ".join(seen(text).split())


def neutral(text: str) -> str:
    """Text that no spreadsheet runs: an apostrophe before what looks like a formula, at its start
    or behind a sign that another program may take for the end of a cell."""
    clean = WITHIN.sub(r"\1'\2", seen(text))
    return f"'{clean}" if FORMULA.match(clean) else clean


def _sign(sign: str) -> str:
    if sign in LINES:
        return "\n"
    return "" if sign != "\t" and category(sign) in UNSEEN else sign
