"""What a snapshot says about itself, and what its builder has to say; no file is touched here."""

import calendar
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, get_args

from data.contracts import Words

SCHEMA_VERSION = "4"
Disclosure = Literal["protected", "suppressed", "public"]
DISCLOSURES: tuple[Disclosure, ...] = get_args(Disclosure)
UNNAMED = Words(zh="未命名的数据集", en="Unnamed data set")
NOT_STATED = Words(zh="未说明", en="Not stated")


class SnapshotError(Exception):
    """A snapshot that is missing, at fault or cannot be written; the message says what to do."""


@dataclass(frozen=True)
class Description:
    """What the figures cannot say themselves.

    as_of: None means the end of the last month that the figures cover. provisional_from: the first
    month declared provisional, beside those the rows flag. disclosure: `protected` moves every
    count a little and hides small ones, `suppressed` hides small ones alone, `public` means that
    every figure has been published already. synthetic, record_keys: the mark and the secret's
    fingerprint of a snapshot this one grew from.
    """

    title: Words = UNNAMED
    publisher: Words = NOT_STATED
    as_of: date | None = None
    provisional_from: date | None = None
    disclosure: Disclosure = "protected"
    synthetic: bool = False
    record_keys: str = ""
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """What a snapshot says about itself.

    first_month, last_month: months the origin-side tables cover, None without any. totals: control
    totals by name, as text. record_keys: fingerprint of the secret behind the record keys.
    declared_from: provisional_from as described, before the rows' flags.
    """

    id: str
    title: Words
    publisher: Words
    synthetic: bool
    disclosure: Disclosure
    as_of: date
    first_month: date | None
    last_month: date | None
    provisional_from: date | None
    breaks: tuple[date, ...]
    caveats: tuple[str, ...]
    declared_from: date | None
    record_keys: str
    totals: Mapping[str, str] = field(compare=False)
    path: Path = field(compare=False)


@dataclass(frozen=True)
class Span:
    """What the rows say about time: months covered, flagged provisional and flagged as breaks."""

    first_month: date | None
    last_month: date | None
    provisional: tuple[date, ...]
    breaks: tuple[date, ...]


def rows(
    identity: str,
    description: Description,
    span: Span,
    synthetic: bool,
    record_keys: str,
    totals: Mapping[str, str],
) -> list[tuple[str, str]]:
    """The manifest table: key and value of every row, all of them text."""
    as_of = description.as_of or month_end(span.last_month) or date.min
    provisional = provisional_from(as_of, description.provisional_from, span)
    return [
        ("schema_version", SCHEMA_VERSION),
        ("id", identity),
        *_spoken("title", description.title),
        *_spoken("publisher", description.publisher),
        ("synthetic", "true" if synthetic else "false"),
        ("disclosure", description.disclosure),
        ("record_keys", record_keys),
        ("as_of", as_of.isoformat()),
        ("first_month", _month(span.first_month)),
        ("last_month", _month(span.last_month)),
        ("provisional_from", _month(provisional)),
        ("declared_from", _month(description.provisional_from)),
        ("breaks", json.dumps([_month(month) for month in span.breaks])),
        ("caveats", json.dumps(description.caveats)),
        *((f"total_{name}", value) for name, value in totals.items()),
    ]


def read(pairs: Iterable[tuple[str, str]], path: Path) -> Manifest:
    """The manifest from its table's rows; raises SnapshotError for another schema version."""
    said = dict(pairs)
    if said.get("schema_version") != SCHEMA_VERSION:
        raise SnapshotError(
            f"{path.name} was built by another version. Load all its files again: "
            "python -m data load FILE... --into DIR --replace"
        )
    return Manifest(
        id=said["id"],
        title=Words(zh=said["title_zh"], en=said["title_en"]),
        publisher=Words(zh=said["publisher_zh"], en=said["publisher_en"]),
        synthetic=said["synthetic"] != "false",
        disclosure=disclosure(said["disclosure"]),
        as_of=date.fromisoformat(said["as_of"]),
        first_month=month(said["first_month"]),
        last_month=month(said["last_month"]),
        provisional_from=month(said["provisional_from"]),
        breaks=tuple(date.fromisoformat(f"{text}-01") for text in json.loads(said["breaks"])),
        caveats=tuple(json.loads(said["caveats"])),
        declared_from=month(said["declared_from"]),
        record_keys=said["record_keys"],
        totals={
            key.removeprefix("total_"): value
            for key, value in said.items()
            if key.startswith("total_")
        },
        path=path,
    )


def disclosure(text: str) -> Disclosure:
    """A disclosure by its word; an unknown word never releases a figure."""
    return next((known for known in DISCLOSURES if known == text), "protected")


def provisional_from(as_of: date, declared: date | None, span: Span) -> date | None:
    """The first month not final: declared, flagged up to the end, or open at the as-of date."""
    if span.last_month is None:
        return None
    months = [declared, _flagged_to_the_end(span), (as_of + timedelta(days=1)).replace(day=1)]
    open_months = [month for month in months if month and month <= span.last_month]
    return min(open_months, default=None)


def month(text: str) -> date | None:
    """The first day of a month written YYYY-MM, None for an empty text."""
    return date.fromisoformat(f"{text}-01") if text else None


def month_end(day: date | None) -> date | None:
    """The last day of a date's month."""
    return day and day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _flagged_to_the_end(span: Span) -> date | None:
    start = None
    day = span.last_month
    while day in span.provisional:
        start, day = day, (day - timedelta(days=1)).replace(day=1)
    return start


def _spoken(key: str, words: Words) -> list[tuple[str, str]]:
    return [(f"{key}_zh", words.zh), (f"{key}_en", words.en)]


def _month(day: date | None) -> str:
    return f"{day:%Y-%m}" if day else ""
