"""What is on, as chips: each names a filter in words and knows the selection without it; and what
of an address was left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dashboard import look
from dashboard.address import Ignored
from dashboard.literal import plain
from dashboard.words import joined, say
from data import contracts
from data.contracts import Language
from queries.selection import FIELDS, Selection, groups

MOST_OF_ONE_FIELD = 6
MOST_LEFT_OUT = 5


@dataclass(frozen=True)
class Chip:
    """One filter that is on; field `time` holds no codes."""

    field: str
    codes: tuple[str, ...]
    label: str

    def cleared(self, selection: Selection) -> Selection:
        """The selection without this filter."""
        if self.field == "time":
            return selection.replace(since=None, until=None)
        kept = tuple(c for c in getattr(selection, self.field) or () if c not in self.codes)
        return selection.replace(**{self.field: kept or None})


def chips(selection: Selection, language: Language) -> tuple[Chip, ...]:
    """The chips of a selection, time first, then in field order; groups before single codes."""
    found = [*_time(selection, language)]
    for field in selection.active:
        found += _shortened(field, list(_of_field(selection, field, language)), language)
    return tuple(found)


def cleared(selection: Selection) -> Selection:
    """The selection with every filter off; the measure stays, being a choice and no filter."""
    return Selection(measure=selection.measure)


def left_out(ignored: tuple[Ignored, ...], language: Language) -> list[str]:
    """What of an address was left out, a line each, with the nearest right spellings."""
    lines = []
    for part in ignored[:MOST_LEFT_OUT]:
        near = plain(", ".join(part.nearest))
        told = (say("address_ignored", language, what=plain(part.what)),
                say("address_nearest", language, near=near) if near else "")  # fmt: skip
        lines.append(joined(told, language))
    return lines


def field_label(field: str, language: Language) -> str:
    """The reader's name of a list filter."""
    place = FIELDS[field]
    return contracts.table(place.table).column(place.column).label[language]


def label(field: str, code: str, language: Language) -> str:
    """The reader's name of a code, preset or region in a list filter."""
    codes = FIELDS[field].codes
    if codes is None:
        return code
    for name in (codes, "presets", "regions"):
        if code in contracts.codes(name):
            return contracts.label(name, code, language)
    return code


def held(field: str, chosen: tuple[str, ...] | None) -> tuple[str, ...]:
    """Presets and regions whose every member is chosen."""
    have = set(chosen or ())
    return tuple(code for code, members in groups(field).items() if have.issuperset(members))


def _time(selection: Selection, language: Language) -> Iterator[Chip]:
    since, until = (look.month(m, language) for m in (selection.since, selection.until))
    if selection.since and selection.until:
        yield Chip("time", (), say("chip_months", language, since=since, until=until))
    elif selection.since:
        yield Chip("time", (), say("chip_since", language, since=since))
    elif selection.until:
        yield Chip("time", (), say("chip_until", language, until=until))


def _of_field(selection: Selection, field: str, language: Language) -> Iterator[Chip]:
    left: dict[str, Any] = dict.fromkeys(getattr(selection, field))
    by_size = sorted(held(field, tuple(left)), key=lambda code: -len(groups(field)[code]))
    for code in by_size:
        members = groups(field)[code]
        if len(members) > 1 and all(member in left for member in members):
            left = {member: None for member in left if member not in members}
            yield Chip(field, members, label(field, code, language))
    for code in left:
        yield Chip(field, (code,), label(field, code, language))


def _shortened(field: str, found: list[Chip], language: Language) -> list[Chip]:
    if len(found) <= MOST_OF_ONE_FIELD:
        return found
    shown, rest = found[: MOST_OF_ONE_FIELD - 1], found[MOST_OF_ONE_FIELD - 1 :]
    codes = tuple(code for chip in rest for code in chip.codes)
    name = field_label(field, language)
    return [*shown, Chip(field, codes, say("chip_more", language, label=name, count=len(rest)))]
