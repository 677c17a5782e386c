"""The address of a view: a selection and a language as query parameters, in codes, checked.

It must not know session state; what an address says wrongly is reported, never guessed.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import zip_longest
from typing import Any, get_args
from urllib.parse import unquote

from data import contracts
from data.contracts import Language
from queries.selection import (
    ALIASES,
    FIELDS,
    MEASURES,
    NAMES,
    Selection,
    SelectionError,
    groups,
    parse_month,
)

LANGUAGES: tuple[Language, ...] = get_args(Language)
LANGUAGE = "language"
LONGEST = 60
LONGEST_ADDRESS = 32 * 1024
MOST_ADVISED = 5


@dataclass(frozen=True)
class Ignored:
    """One part of an address that was left out, with the nearest right spellings."""

    what: str
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Read:
    """What an address said: selection, language if it names one, and what was left out."""

    selection: Selection
    language: Language | None
    ignored: tuple[Ignored, ...]


def read(parameters: Mapping[str, str]) -> Read:
    """The view that query parameters say, with whatever they say wrongly left out; one longer than
    any filters make is left out whole."""
    chosen: dict[str, Any] = {}
    ignored: list[Ignored] = []
    if sum(map(len, (*parameters, *parameters.values()))) > LONGEST_ADDRESS:
        ignored.append(_ignored("&".join(parameters), ""))
        parameters = {}
    for given, text in parameters.items():
        if given != LANGUAGE:
            _read_one(given, text, chosen, ignored)
    language, wrong = _language(parameters)
    selection = _selection(chosen, ignored)
    return Read(selection, language, (*ignored, *wrong))


def known_gangs(
    selection: Selection, known: Collection[str]
) -> tuple[Selection, tuple[Ignored, ...]]:
    """The selection without gangs that the data do not name, and those with what is alike."""
    asked, names = selection.gangs or (), set(known)
    unknown = [gang for gang in asked if gang not in names]
    kept = tuple(gang for gang in asked if gang in names)
    alike = [get_close_matches(gang[:LONGEST], known, n=3) for gang in unknown[:MOST_ADVISED]]
    said = zip_longest(unknown, alike, fillvalue=())
    found = tuple(_ignored("gangs", str(gang), tuple(near)) for gang, near in said)
    return selection.replace(gangs=kept or None) if unknown else selection, found


def write(selection: Selection, language: Language | None) -> dict[str, str]:
    """The query parameters of a view; defaults are left out, so is a language not chosen."""
    said = {name: _spelled(getattr(selection, name)) for name in NAMES}
    parameters = {name: text for name, text in said.items() if text not in ("", "persons")}
    return parameters | ({LANGUAGE: language} if language else {})


def _read_one(given: str, text: str, chosen: dict[str, Any], ignored: list[Ignored]) -> None:
    name = ALIASES.get(given, given)
    if name not in NAMES:
        asked = len(ignored) < MOST_ADVISED and len(given) <= LONGEST
        near = get_close_matches(given, (*NAMES, *ALIASES), n=3) if asked else ()
        ignored.append(_ignored(given, "", tuple(near)))
    elif name in FIELDS:
        values = [unquote(value) for value in text.split(",") if value]
        wrong = [value for value in values if not _known(name, value)]
        ignored += (
            _ignored(name, value, nearest(name, value) if n < MOST_ADVISED else ())
            for n, value in enumerate(wrong, start=len(ignored))
        )
        chosen[name] = (*chosen.get(name, ()), *(v for v in values if v not in wrong))
    elif name == "measure":
        if text in MEASURES:
            chosen[name] = text
        else:
            ignored.append(_ignored(name, text, MEASURES))
    else:
        _read_month(name, text, chosen, ignored)


def _read_month(name: str, text: str, chosen: dict[str, Any], ignored: list[Ignored]) -> None:
    try:
        chosen[name] = parse_month(text, last=name == "until")
    except SelectionError:
        ignored.append(_ignored(name, text, ("2014-01",)))


def _selection(chosen: dict[str, Any], ignored: list[Ignored]) -> Selection:
    try:
        return Selection(**chosen)
    except SelectionError:
        since, until = chosen.pop("since", None), chosen.pop("until", None)
        if since and until:
            swapped = f"since={until:%Y-%m}&until={since:%Y-%m}"
            ignored.append(_ignored("since", f"{since:%Y-%m}", (swapped,)))
    try:
        return Selection(**chosen)
    except SelectionError:
        ignored += (_ignored(name, "") for name in chosen)
        return Selection()


def _language(parameters: Mapping[str, str]) -> tuple[Language | None, tuple[Ignored, ...]]:
    given = parameters.get(LANGUAGE)
    for language in LANGUAGES:
        if given == language:
            return language, ()
    return None, (_ignored(LANGUAGE, given, LANGUAGES),) if given else ()


def _known(name: str, value: str) -> bool:
    codes = FIELDS[name].codes
    return codes is None or value in contracts.codes(codes) or value in groups(name)


def nearest(name: str, value: str) -> tuple[str, ...]:
    """Codes of a list filter that resemble the text, best first; at most three."""
    if len(value) > LONGEST:
        return ()
    codes = FIELDS[name].codes
    found = contracts.codes(codes).nearest(value) if codes else ()
    close = get_close_matches(value, tuple(groups(name)), n=2)
    return tuple(dict.fromkeys((*found, *close)))[:3]


def _ignored(name: str, value: str | None, near: tuple[str, ...] = ()) -> Ignored:
    shown = f"{name}={value}" if value else name
    return Ignored(shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…", tuple(near))


def _spelled(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(_escaped(value))
    return f"{value:%Y-%m}" if hasattr(value, "month") else value or ""


def _escaped(values: tuple[str, ...]) -> Iterator[str]:
    return (value.replace("%", "%25").replace(",", "%2C") for value in values)
