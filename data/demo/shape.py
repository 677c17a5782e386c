"""The assumptions of the invented data, read once from assumptions.toml into tables of weights."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from data import contracts
from data.demo.draw import Choice, Indices, Numbers, choice, single, vector

ROUTES = contracts.codes("routes").codes
AGES = contracts.codes("ages").codes
PROVINCES = contracts.codes("provinces").codes
PREFECTURES = contracts.codes("prefectures").codes
COUNTRIES = contracts.codes("countries").codes
UNKNOWN_PROVINCE = PROVINCES.index("unknown")
TRANSIT = ROUTES.index("transit")
UNNAMED = ("districts", "direct")


@dataclass(frozen=True)
class Calendar:
    """Months counted from the first one, and how much moves in each."""

    first: np.datetime64
    months: int
    as_of: np.datetime64
    provisional: int
    series_break: int
    level: Numbers
    reach: Numbers

    def number(self, month: str) -> int:
        """A month's count from the first one."""
        return _count(month) - _count(str(self.first))


@dataclass(frozen=True)
class Shape:
    """Every table of weights the generator draws from; rows and columns are code list positions."""

    read: Mapping[str, Any]
    calendar: Calendar
    destinations: tuple[str, ...]
    volume: Numbers
    destination: Choice
    origin: Choice
    home: Choice
    prefecture: Choice
    profile: Indices
    route: Choice
    transit: Choice
    delay: Choice
    age: Choice
    male: Numbers
    persons: Choice
    size: Choice
    forgery: Numbers
    fee: Choice
    near: Indices
    handling: Choice

    def through(self, profile: Indices, destination: Indices, uniform: Numbers) -> Indices:
        """Transit countries by route profile and destination, never the destination itself."""
        return self.transit.pick(profile * len(self.destinations) + destination, uniform)


@cache
def shape() -> Shape:
    """The shape of the invented data; raises KeyError for an unknown code in assumptions.toml."""
    text = (Path(__file__).parent / "assumptions.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    calendar = _calendar(read["calendar"])
    names = tuple(read["destinations"])
    vector(dict.fromkeys(names, 1.0), COUNTRIES)
    wanted = np.array([_line(read["destinations"][name], calendar) for name in names]).T
    origins = np.array([_origins(read["origins"], name) for name in names])
    homes = origins.copy()
    homes[:, UNKNOWN_PROVINCE] = 0.0
    profile, routes, transits = _routes(read["routes"], names, calendar)
    sizes = np.arange(1.0, read["cases"]["most_cohorts"] + 1)
    return Shape(
        read=MappingProxyType(read),
        calendar=calendar,
        destinations=names,
        volume=wanted.sum(axis=1) * calendar.level * calendar.reach,
        destination=choice(wanted),
        origin=choice(origins),
        home=choice(homes),
        prefecture=choice(_prefectures(read["prefectures"])),
        profile=profile,
        route=choice(routes),
        transit=choice(transits),
        delay=single(read["calendar"]["delay"]),
        age=choice(_ages(read["people"], calendar)),
        male=_male(read["people"], names),
        persons=single(read["people"]["persons"]),
        size=single(sizes ** -float(read["cases"]["cohorts_exponent"])),
        forgery=vector(read["cases"]["forgery"], ROUTES),
        fee=_fees(read["fees"]),
        near=np.array([int(name in read["fees"]["near_destinations"]) for name in names]),
        handling=single(vector(read["handling"]["weights"], PROVINCES)),
    )


def _calendar(read: Mapping[str, Any]) -> Calendar:
    months = _count(read["last"]) - _count(read["first"]) + 1
    first, as_of = np.datetime64(read["first"], "M"), np.datetime64(read["as_of"], "D")
    bare = Calendar(first, months, as_of, 0, 0, np.ones(1), np.ones(1))
    broken = bare.number(read["break"])
    level = _line(read["level"], bare) * np.resize(read["season"], months)
    level[broken:] *= read["break_factor"]
    opened = np.cumsum(read["delay"]) / np.sum(read["delay"])
    left = np.minimum(np.arange(months)[::-1], len(opened) - 1)
    provisional = bare.number(read["provisional_from"])
    return Calendar(first, months, as_of, provisional, broken, level, opened[left])


def _count(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number)


def _line(knots: Sequence[tuple[str, float]], calendar: Calendar) -> Numbers:
    at = [calendar.number(month) for month, _ in knots]
    return np.interp(np.arange(calendar.months), at, [value for _, value in knots])


def _origins(read: Mapping[str, Any], destination: str) -> Numbers:
    everywhere = vector(read["everywhere"], PROVINCES)
    own = [line["weights"] for line in read["profile"] if destination in line["destinations"]]
    if len(own) != 1:
        raise KeyError(f"assumptions.toml: {destination} is in {len(own)} origin profiles, not 1")
    special = vector(own[0], PROVINCES)
    rest = float(read["rest"])
    mixed: Numbers = (1 - rest) * special / special.sum() + rest * everywhere / everywhere.sum()
    return mixed


def _prefectures(read: Mapping[str, Any]) -> Numbers:
    members = contracts.codes("prefectures").members
    rows = np.zeros((len(PROVINCES), len(PREFECTURES)))
    for row, province in enumerate(PROVINCES):
        own = [member for member in members if member.attributes["province"] == province]
        plain = [member.code for member in own if member.attributes["kind"] not in UNNAMED]
        rows[row] = vector(read.get(province, dict.fromkeys(plain, 1.0)), PREFECTURES)
    return rows


def _routes(
    read: Sequence[Mapping[str, Any]], names: Sequence[str], calendar: Calendar
) -> tuple[Indices, Numbers, Numbers]:
    profile = np.full((calendar.months, len(names)), -1)
    for number, line in reversed(list(enumerate(read))):
        since = calendar.number(line["since"]) if "since" in line else 0
        until = calendar.number(line["until"]) + 1 if "until" in line else calendar.months
        columns = [names.index(name) for name in line["destinations"]]
        profile[since:until, columns] = number
    if (profile < 0).any():
        raise KeyError("assumptions.toml: a destination has no routes")
    routes = np.array([vector(line["weights"], ROUTES) for line in read])
    lines = np.array([vector(line.get("transit", {}), COUNTRIES) for line in read])
    transits = np.repeat(lines[:, None, :], len(names), axis=1)
    transits[:, np.arange(len(names)), [COUNTRIES.index(name) for name in names]] = 0.0
    return profile, routes, transits.reshape(-1, len(COUNTRIES))


def _ages(read: Mapping[str, Any], calendar: Calendar) -> Numbers:
    tables = (vector(read[name], AGES) for name in ("early", "late", "families"))
    early, late, families = (table / table.sum() for table in tables)
    part = np.linspace(0.0, 1.0, calendar.months)[:, None]
    plain = (1 - part) * early + part * late
    since = np.arange(calendar.months)[:, None] >= calendar.number(read["families_since"])
    return np.concatenate([plain, np.where(since, families, plain)])


def _male(read: Mapping[str, Any], names: Sequence[str]) -> Numbers:
    vector(read["male_shift"], COUNTRIES)
    shift = np.array([read["male_shift"].get(name, 0.0) for name in names])
    return shift[:, None] + vector(read["male"], AGES)[None, :]


def _fees(read: Mapping[str, Any]) -> Choice:
    bands = contracts.codes("fee_bands").codes
    return choice(np.array([vector(read[name], bands) for name in ("far", "near")]))
