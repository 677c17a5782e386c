"""What the reader asked for, as one frozen value that can say itself in codes and in words.

It must not know who is asking (scope.py) nor what the snapshot holds (store.py).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from difflib import get_close_matches
from typing import Any, Literal, get_args
from urllib.parse import quote, unquote_plus

from data import contracts
from data.contracts import Language
from queries import spans

Measure = Literal["persons", "cases"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
MOST_VALUES = 500
LONGEST_VALUE = 200
JOINED = "; separate values by commas and filters by &"
NAMED_AT_MOST = 8
LISTED = 5
MONTH = re.compile(r"\d{4}(-\d{2}){0,2}", re.ASCII)


class SelectionError(ValueError):
    """A selection that names something there is not; says what, and the nearest right ones."""


@dataclass(frozen=True)
class Field:
    """One list filter: the code list its values come from, its table and its column there."""

    name: str
    codes: str | None
    table: str
    column: str


FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("origins", "provinces", "cohorts", "origin"),
        Field("prefectures", "prefectures", "cohorts", "prefecture"),
        Field("destinations", "countries", "cohorts", "destination"),
        Field("routes", "routes", "cohorts", "route"),
        Field("ages", "ages", "cohorts", "age_group"),
        Field("sexes", "sexes", "cohorts", "sex"),
        Field("gangs", None, "cases", "gang"),
        Field("items", "items", "seizures", "item"),
    )
}
ALIASES = {
    "origin": "origins",
    "prefecture": "prefectures",
    "dest": "destinations",
    "destination": "destinations",
    "route": "routes",
    "age": "ages",
    "age_group": "ages",
    "sex": "sexes",
    "gang": "gangs",
    "item": "items",
    "from": "since",
    "to": "until",
}


@dataclass(frozen=True)
class Selection:
    """Filters and measure of a question; None means all, and a list of everything becomes None.

    Months are inclusive first days. Presets and region codes expand to their members. Raises
    SelectionError for a code, date or measure there is not, naming the nearest right ones.
    """

    since: date | None = None
    until: date | None = None
    origins: tuple[str, ...] | None = None
    prefectures: tuple[str, ...] | None = None
    destinations: tuple[str, ...] | None = None
    routes: tuple[str, ...] | None = None
    ages: tuple[str, ...] | None = None
    sexes: tuple[str, ...] | None = None
    gangs: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    measure: Measure = "persons"

    def __post_init__(self) -> None:
        for name, field in FIELDS.items():
            object.__setattr__(self, name, _values(field, getattr(self, name)))
        for name in ("since", "until"):
            month = getattr(self, name)
            object.__setattr__(self, name, month and date(month.year, month.month, 1))
        if self.measure not in MEASURES:
            raise SelectionError(_unknown("measure", self.measure, MEASURES))
        if self.since and self.until and self.since > self.until:
            since, until = f"{self.since:%Y-%m}", f"{self.until:%Y-%m}"
            raise SelectionError(f"since {since} lies after until {until}: swap them")

    @classmethod
    def parse(cls, address: str) -> "Selection":
        """The selection an address says ("origins=CN-FJ,CN-ZJ&since=2014-01&measure=cases").

        Raises SelectionError naming the unknown field, code or date and the nearest right ones.
        """
        asked: dict[str, Any] = {}
        for part in filter(None, address.strip().lstrip("?").split("&")):
            given, equals, text = (piece.strip() for piece in part.partition("="))
            name = ALIASES.get(given, given)
            if name not in NAMES:
                near = get_close_matches(given.casefold(), (*NAMES, *ALIASES), n=3)
                raise SelectionError(_unknown("filter", given, NAMES, near))
            if not equals:
                raise SelectionError(f"{name} stands alone: write it as {name}=...")
            if name in asked:
                raise SelectionError(f"{name} stands twice: separate its values by commas")
            asked[name] = _parsed(name, text)
        return cls(**asked)

    def address(self) -> str:
        """The selection in codes for an address: stable order, defaults left out."""
        said = ((name, _spelled(getattr(self, name))) for name in NAMES)
        return "&".join(f"{name}={text}" for name, text in said if text not in ("", "persons"))

    def replace(self, **changes: Any) -> "Selection":
        """The same selection with these fields changed."""
        return replace(self, **changes)

    @property
    def active(self) -> tuple[str, ...]:
        """Names of the list filters that are on, in field order."""
        return tuple(name for name in FIELDS if getattr(self, name) is not None)

    def words(self, language: Language) -> str:
        """The filters as one sentence of labels; says so when nothing is filtered."""
        said = [_sentence(name, getattr(self, name), language) for name in self.active]
        if self.since or self.until:
            said.append(spans.words(self.since, self.until, language))
        if not said:
            return {"zh": "全部数据", "en": "All data"}[language]
        return {"zh": "；", "en": "; "}[language].join(said)


NAMES = tuple(field.name for field in fields(Selection))


def parse_month(text: str, last: bool = False) -> date:
    """A month from "YYYY-MM", "YYYY-MM-DD" or "YYYY" (its first, or last, month).

    Raises SelectionError naming the text, the shape that is expected and the nearest month.
    """
    shape = text if len(text) != 4 else f"{text}-{'12' if last else '01'}"
    try:
        # fromisoformat alone would take weeks ("2014-W01" is in December 2013)
        if not MONTH.fullmatch(shape):
            raise ValueError(shape)
        return date.fromisoformat(shape if len(shape) > 7 else f"{shape}-01").replace(day=1)
    except ValueError:
        raise SelectionError(
            f"{text!r} is no month: write it as YYYY-MM, for example {_near_month(text)}"
        ) from None


def _near_month(text: str) -> str:
    found = re.match(r"\D*([12]\d{3})\D?(\d{1,2})?(?!\d)", text, re.ASCII)
    year, month = found.groups() if found else ("2014", None)
    return f"{year}-{min(max(int(month or 1), 1), 12):02d}"


def groups(field: str) -> Mapping[str, tuple[str, ...]]:
    """Preset and region codes of a list filter with the codes each expands to."""
    presets = {
        preset.code: tuple(preset.attributes["members"].split(";"))
        for preset in contracts.codes("presets")
        if preset.attributes["dimension"] == field
    }
    return presets | (_regions() if field == "destinations" else {})


def _regions() -> dict[str, tuple[str, ...]]:
    parents = {region.code: region.attributes["parent"] for region in contracts.codes("regions")}
    members: dict[str, tuple[str, ...]] = dict.fromkeys(parents, ())
    for country in contracts.codes("countries"):
        region = country.attributes["region"]
        while region in members:
            members[region] += (country.code,)
            region = parents[region]
    return {code: countries for code, countries in members.items() if countries}


def _values(field: Field, given: Iterable[str] | None) -> tuple[str, ...] | None:
    values = tuple(dict.fromkeys(given or ()))
    if len(values) > MOST_VALUES or any(len(value) > LONGEST_VALUE for value in values):
        raise SelectionError(
            f"{field.name}: more than {MOST_VALUES} values, or one over {LONGEST_VALUE} characters"
        )
    if field.codes is None or not values:
        return tuple(sorted(values)) or None
    return _expanded(field, values)


def _expanded(field: Field, values: tuple[str, ...]) -> tuple[str, ...] | None:
    known = contracts.codes(str(field.codes))
    chosen: set[str] = set()
    for value in values:
        if value in known:
            chosen.add(value)
        elif value in (members := groups(field.name)):
            chosen.update(members[value])
        else:
            nearest = (*known.nearest(value), *get_close_matches(value, members, n=2))
            wrong = _unknown(field.name, value, known.codes, nearest)
            joined = any(sign in value for sign in ";=，；、")
            raise SelectionError(wrong + (JOINED if joined else ""))
    return None if chosen >= set(known.codes) else tuple(c for c in known.codes if c in chosen)


def _parsed(name: str, text: str) -> Any:
    if name in FIELDS:
        values = (unquote_plus(value).strip() for value in text.split(","))
        return tuple(filter(None, values)) or None
    value = unquote_plus(text).strip()
    if name == "measure":
        return value
    try:
        return parse_month(value, last=name == "until")
    except SelectionError as error:
        raise SelectionError(f"{name}: {error}") from None


def _spelled(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(quote(part, safe="") for part in value)
    return f"{value:%Y-%m}" if isinstance(value, date) else value or ""


def _sentence(name: str, values: tuple[str, ...], language: Language) -> str:
    field = FIELDS[name]
    label = contracts.table(field.table).column(field.column).label[language]
    said = labels(field, values, language)
    shown, more = said[:NAMED_AT_MOST], len(said) - NAMED_AT_MOST
    listed = {"zh": "、", "en": ", "}[language].join(shown)
    if more > 0:
        listed += {"zh": f"等{len(said)}项", "en": f" and {more} more"}[language]
    return {"zh": f"{label}：{listed}", "en": f"{label}: {listed}"}[language]


def labels(field: Field, values: tuple[str, ...], language: Language) -> list[str]:
    """The names of codes of a list filter, those of a whole preset or region as one."""
    if field.codes is None:
        return list(values)
    left, said = set(values), []
    by_size = sorted(groups(field.name).items(), key=lambda group: -len(group[1]))
    for code, members in by_size:
        if len(members) > 1 and left.issuperset(members):
            left.difference_update(members)
            said.append(_group_label(code, language))
    return said + [contracts.label(field.codes, code, language) for code in values if code in left]


def _group_label(code: str, language: Language) -> str:
    name = "presets" if code in contracts.codes("presets") else "regions"
    return contracts.label(name, code, language)


def _unknown(
    what: str, given: str, known: Iterable[str], nearest: Iterable[str] | None = None
) -> str:
    names = list(known)
    found = get_close_matches(given.casefold(), names, n=3) if nearest is None else nearest
    more = " ..." if len(names) > LISTED else ""
    near = ", ".join(dict.fromkeys(found)) or ", ".join(names[:LISTED]) + more
    return f"{what}: there is no {given!r}; nearest: {near}"
