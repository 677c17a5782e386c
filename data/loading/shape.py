"""Tells by its header which contract or source profile a file is in, or names the nearest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from itertools import islice

from data import casts, contracts, sources
from data.casts import quoted
from data.contracts import Table
from data.loading import packed
from data.loading.faults import LoadError
from data.sources import Profile

FAULT_COLUMNS = ("file", "line", "column", "rule", "found", "remedy", "remedy_zh", "others", "text")

TITLES = 20
PROFILE = "write a source profile for the publisher's file as data/sources/README.md says"


@dataclass(frozen=True)
class Shape:
    """How a file's columns become those of a contract.

    texts: SQL expression of every contract column over the raw columns c0, c1, ... left_out: an SQL
    condition for rows that the profile leaves out. header: the raw columns' names as they came;
    original: those that are not the quarantine's own. cells: in a wide file, places and names of
    the columns whose cells become rows of their own, each with the column `key`.
    """

    table: Table
    profile: Profile | None
    texts: Mapping[str, str]
    left_out: str
    header: tuple[str, ...]
    original: tuple[str, ...]
    cells: tuple[tuple[int, str], ...] = ()
    key: int = 0

    @property
    def kept(self) -> bool:
        """Whether the file is one of the quarantine's."""
        return set(FAULT_COLUMNS) <= {name.strip().casefold() for name in self.header}

    @property
    def unknown(self) -> tuple[str, ...]:
        """Columns of the file that its profile does not name."""
        known = _folded(self.profile.header) if self.profile else _folded(self.original)
        return tuple(name for name in self.original if name.strip().casefold() not in known)


def known_names() -> frozenset[str]:
    """Every column name that a header may hold, in lower case."""
    names = {name for table in contracts.tables().values() for name in spellings(table)}
    headers = {name for profile in sources.profiles().values() for name in profile.header}
    return frozenset(name.casefold() for name in names | headers)


def header_at(rows: Iterable[Sequence[str]], table: str | None, source: str | None) -> int | None:
    """Which of the first rows is a header that fits, None where none does."""
    for place, row in enumerate(islice(rows, TITLES)):
        try:
            recognise("", tuple(row), table, source)
        except LoadError:
            continue
        return place
    return None


def nearly_at(rows: Iterable[Sequence[str]], *, published: bool = False) -> int | None:
    """Which of the first rows has half the columns that a contract or profile needs, or more.

    published: only contracts count, for a publisher's other tables resemble the one that is read.
    """
    profiles = () if published else sources.profiles().values()
    wanted = [set(profile.header) for profile in profiles]
    for place, row in enumerate(islice(rows, TITLES)):
        names = _names(tuple(row))
        for table in contracts.tables().values():
            if 2 * len(set(table.required) & set(_named(table, names))) >= len(table.required):
                return place
        if any(2 * len(_folded(one) & set(names)) >= len(one) for one in wanted) or _wide(names):
            return place
    return None


@cache
def spellings(table: Table) -> Mapping[str, str]:
    """What a header may call a table's columns, in lower case: names, labels of both languages."""
    labels = {
        column.label[language].casefold(): column.name
        for column in table.columns
        for language in contracts.LANGUAGES
    }
    return labels | {name: name for name in table.names}


def recognise(place: str, header: tuple[str, ...], table: str | None, source: str | None) -> Shape:
    """The shape of a file by its header, or of the table or source it is said to be.

    place: the file's name for messages. Raises LoadError naming what does not fit.
    """
    packed.check_columns(place, len(header))
    names = _names(header)
    _refuse_twice(place, names)
    profile = _profile(place, names, source) if table is None else None
    if profile:
        return _by_profile(profile, names, header)
    return _by_contract(place, names, header, table)


def _names(header: tuple[str, ...]) -> list[str]:
    return [name.strip(casts.BLANKS).casefold() for name in header]


def _named(table: Table, names: list[str]) -> list[str]:
    return [spellings(table).get(name, name) for name in names]


def _folded(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}


def _refuse_twice(place: str, names: list[str]) -> None:
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise LoadError(
            f"{place}: the header names {', '.join(twice)} more than once;"
            " give every column a name of its own."
        )


def _profile(place: str, names: list[str], source: str | None) -> Profile | None:
    given = {name for name in names if name}
    for profile in sources.profiles().values():
        wanted = {name.casefold() for name in profile.header}
        extra = given - wanted
        if source is None and wanted <= given and extra <= set(FAULT_COLUMNS):
            return profile
        if source == profile.name:
            if wanted - given and profile not in _wide(names):
                missing = ", ".join(sorted(wanted - given))
                raise LoadError(f"{place}: source {source} needs the columns {missing}.")
            return profile
    if source is not None:
        listed = ", ".join(sources.profiles())
        raise LoadError(f"There is no source profile {source!r}; there are {listed}.")
    _refuse_wide(place, names)
    return None


def _wide(names: Sequence[str]) -> list[Profile]:
    return [
        profile
        for profile in sources.profiles().values()
        if profile.wide and profile.wide.key_at(names) is not None
    ]


def _refuse_wide(place: str, names: list[str]) -> None:
    """Raise LoadError for a wide file, whose header does not say what its figures count."""
    if fitting := _wide(names):
        said = " or ".join(f"--source {one.name} ({one.title.en})" for one in fitting)
        raise LoadError(
            f"{place}: a wide table whose header does not say what it counts; say so: {said}."
        )


def _by_profile(profile: Profile, names: list[str], header: tuple[str, ...]) -> Shape:
    if profile in _wide(names) and not _folded(profile.header) <= set(names):
        return _by_wide(profile, names, header)
    places = {name: f"c{place}" for place, name in enumerate(names) if name}
    table = contracts.table(profile.table)
    texts = dict.fromkeys(table.names, "null::varchar")
    texts |= {name: rule.sql(places, profile.columns) for name, rule in profile.columns.items()}
    original = tuple(name for name in header if name.strip().casefold() not in FAULT_COLUMNS)
    return Shape(table, profile, texts, profile.left_out_sql(places), header, original)


def _by_wide(profile: Profile, names: list[str], header: tuple[str, ...]) -> Shape:
    key = profile.wide.key_at(names) if profile.wide else None
    long = _by_profile(profile, [name.casefold() for name in profile.header], profile.header)
    cells = tuple((at, name) for at, name in enumerate(header) if at != key)
    return replace(long, cells=cells, key=key or 0)


def _by_contract(
    place: str, names: list[str], header: tuple[str, ...], wanted: str | None
) -> Shape:
    table = contracts.table(wanted) if wanted else _nearest(place, names)
    names = _named(table, names)
    _refuse_twice(place, names)
    missing = [name for name in table.required if name not in names]
    if missing:
        raise LoadError(
            f"{place}: nearest to the {table.name} contract, but it lacks the columns "
            f"{', '.join(missing)}. The header is: {', '.join(header)[:300]}."
            f" Name the columns so, or {PROFILE}."
        )
    extra = [name for name in names if name not in table.names and name not in FAULT_COLUMNS]
    if extra:
        raise LoadError(f"{place}: {_about_extra(table, extra)}")
    places = {name: f"c{place}" for place, name in enumerate(names)}
    texts = {name: places.get(name, "null::varchar") for name in table.names}
    return Shape(table, None, texts, "false", header, table.names)


def _nearest(place: str, names: list[str]) -> Table:
    tables = list(contracts.tables().values())
    called = {table.name: set(_named(table, names)) for table in tables}
    shares = {
        table.name: len(set(table.names) & called[table.name])
        / len(set(table.required) | called[table.name])
        for table in tables
    }
    keyed = [table for table in tables if set(table.required) <= called[table.name]]
    _refuse_nearly(place, set(names), max(shares.values()))
    if not any(shares.values()):
        raise LoadError(
            f"{place}: no contract and no source profile has columns like "
            f"{', '.join(map(repr, names[:5]))}; see data/DICTIONARY.md for the columns expected,"
            f" or {PROFILE}."
        )
    return max(keyed or tables, key=lambda table: shares[table.name])


def _refuse_nearly(place: str, names: set[str], best: float) -> None:
    """Raise LoadError where a source profile is nearer than any contract."""
    likeness = {
        profile.name: len(wanted & names) / len(wanted | names)
        for profile in sources.profiles().values()
        for wanted in (_folded(profile.header),)
    }
    name = max(likeness, key=lambda known: likeness[known])
    if likeness[name] <= max(best, 0.5):
        return
    wanted = _folded(sources.profiles()[name].header)
    lacks, adds = sorted(wanted - names), sorted(names - wanted)
    said = {"lacks": lacks, "adds": adds}
    differing = [f"{word} {', '.join(listed)}" for word, listed in said.items() if listed]
    cure = "name the columns so" if lacks else f"to read it all the same: --source {name}"
    raise LoadError(
        f"{place}: nearest to the source profile {name}, but its header"
        f" {' and '.join(differing)}; {cure}."
    )


def _about_extra(table: Table, extra: list[str]) -> str:
    if "" in extra:
        return f"a column without a name stands in the {table.name} header; name it or delete it."
    said = []
    for name in extra:
        near = get_close_matches(name, table.names, n=2, cutoff=0.6)
        said.append(f"{name} (nearest: {', '.join(near)})" if near else name)
    return (
        f"the {table.name} contract has no column {', '.join(said)};"
        " rename or delete it, so that nothing is lost unseen."
    )


def view(shape: Shape, raw: str, number: int) -> str:
    """A select of a file's rows in the contract's columns, all text, with file_no and line."""
    listed = ", ".join(f"{text} as {quoted(name)}" for name, text in shape.texts.items())
    return casts.sql(
        "select {number} as file_no, line, {listed} from {raw} where not ({left_out})",
        number=str(number),
        listed=listed,
        raw=raw,
        left_out=shape.left_out,
    )
