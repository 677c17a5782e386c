"""The words of the screen in both languages; words of the data stay with the data.

An entry is a TOML table with `zh` and `en`; `one` beside them is the English singular, used by
`count`. This module must not know Streamlit, nor what a word is used for.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dashboard import look
from data.contracts import LANGUAGES, Language

FILES = tuple(
    Path(__file__).parent / name
    for name in ("words.toml", "screen.toml", "scope.toml", "records.toml", "export/words.toml")
)
SINGULAR = "one"


class WordsError(LookupError):
    """A key that words.toml lacks or holds by half; the message names it and the remedy."""


@cache
def entries() -> Mapping[str, Mapping[str, str]]:
    """Every entry by its dotted key; raises WordsError where a language is missing or empty."""
    read: dict[str, Mapping[str, str]] = {}
    for file in FILES:
        read |= _flat(tomllib.loads(file.read_text(encoding="utf-8")), "")
    return MappingProxyType(read)


@cache
def words(language: Language) -> Mapping[str, str]:
    """Every key with its words in one language, singulars left aside."""
    return MappingProxyType({key: entry[language] for key, entry in entries().items()})


def say(key: str, language: Language, **values: object) -> str:
    """The words of a key, its {places} filled; raises WordsError for an unknown key."""
    try:
        text = words(language)[key]
    except KeyError:
        raise WordsError(f"words.toml has no {key!r}; add it with zh and en") from None
    return text.format(**values) if values else text


def worded(kind: str, code: str, language: Language) -> str:
    """The words of a code (`unknown-selection`) among those of a kind; a code without any as is."""
    return words(language).get(f"{kind}.{code.replace('-', '_')}", code)


def count(value: float | None, unit: str, language: Language, full: bool = False) -> str:
    """A figure with its unit as `12.3万人`, `1 person`, `1,234 cases`; `full` never shortens it."""
    figure = look.exact(value, language) if full else look.number(value, language)
    entry = entries().get(f"count.{unit}")
    if entry is None:
        raise WordsError(f"words.toml has no 'count.{unit}'; add it with zh and en")
    singular = language == "en" and value == 1 and SINGULAR in entry
    return entry[SINGULAR if singular else language].format(n=figure)


def listed(items: list[str], language: Language) -> str:
    """Words as a list in a sentence: `甲、乙和丙`, `A, B and C`."""
    if len(items) < 2:
        return "".join(items)
    comma, last = ("、", "和") if language == "zh" else (", ", " and ")
    return comma.join(items[:-1]) + last + items[-1]


def joined(sentences: Iterable[str], language: Language) -> str:
    """Sentences one after another as the language writes them; empty ones are left out."""
    whole = ""
    for text in filter(None, sentences):
        whole = say("sentences", language, one=whole, two=text) if whole else text
    return whole


def _flat(read: dict[str, Any], prefix: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for name, inner in read.items():
        key = f"{prefix}{name}"
        if not isinstance(inner, dict):
            raise WordsError(f"words.toml: {key} is no table with zh and en")
        if LANGUAGES[0] in inner or LANGUAGES[1] in inner:
            yield key, _entry(key, inner)
        else:
            yield from _flat(inner, f"{key}.")


def _entry(key: str, inner: dict[str, Any]) -> Mapping[str, str]:
    missing = [name for name in LANGUAGES if not inner.get(name)]
    surplus = sorted(set(inner) - {*LANGUAGES, SINGULAR})
    if missing or surplus:
        raise WordsError(f"words.toml: {key} lacks {missing} or has the unknown {surplus}")
    return MappingProxyType(inner)
