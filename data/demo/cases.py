"""Invented cases of one month: size, gang, destination, route, suspects; no person and no name."""

from dataclasses import dataclass

import numpy as np

from data import contracts
from data.demo.draw import Indices, Mask, Numbers
from data.demo.gangs import Gangs
from data.demo.shape import TRANSIT, UNKNOWN_PROVINCE, Shape

ROLES = contracts.codes("roles").codes
STATUSES = contracts.codes("statuses").codes
NONE = -1


@dataclass(frozen=True)
class Cases:
    """Cases that moved people in one month; codes are code list positions, -1 is blank."""

    month: int
    size: Indices
    gang: Indices
    destination: Indices
    route: Indices
    route_by: Numbers
    transit: Indices
    home: Indices
    home_prefecture: Indices
    span: Indices
    forgery: Mask
    ring: Mask
    opened: Indices
    closed: Indices
    province: Indices
    prefecture: Indices
    suspects: Indices
    fee: Indices
    status: Indices

    def __len__(self) -> int:
        return len(self.size)


def cases(shape: Shape, gangs: Gangs, month: int, rows: int, random: np.random.Generator) -> Cases:
    """Cases of a month whose cohorts make up exactly that many rows; days count from 1970."""
    size = _sizes(shape, rows, random)
    number = len(size)

    def uniform() -> Numbers:
        return random.random(number)

    active = gangs.at(month)
    destination = shape.destination.pick(month, uniform())
    gang = active.pick(destination, uniform())
    alone = (uniform() < shape.read["gangs"]["without"]) & (size < shape.read["cases"]["ring_from"])
    gang = np.where(alone | ~active.possible[destination], NONE, gang)
    route_by = uniform()
    profile = shape.profile[month, destination]
    route = shape.route.pick(profile, route_by)
    transit = np.where(route == TRANSIT, shape.through(profile, destination, uniform()), NONE)
    own = shape.origin.pick(destination, uniform())
    home = np.where(gang == NONE, own, gangs.home[gang])
    own_prefecture = shape.prefecture.pick(home, uniform())
    own_prefecture = np.where(shape.prefecture.possible[home], own_prefecture, NONE)
    home_prefecture = np.where(gang == NONE, own_prefecture, gangs.prefecture[gang])
    forgery = uniform() < shape.forgery[route]
    ring = forgery & (size >= shape.read["cases"]["ring_from"])
    opened = _opened(shape, month, uniform(), uniform())
    closed = _closed(shape, opened, uniform(), uniform())
    province = _handling(shape, home, uniform(), uniform())
    local = (province == home) & (uniform() < 0.6)
    return Cases(
        month=month,
        size=size,
        gang=gang,
        destination=destination,
        route=route,
        route_by=route_by,
        transit=transit,
        home=home,
        home_prefecture=home_prefecture,
        span=_span(size, month, np.where(gang == NONE, 0, gangs.start[gang]), uniform()),
        forgery=forgery,
        ring=ring,
        opened=opened,
        closed=closed,
        province=province,
        prefecture=np.where(local, home_prefecture, NONE),
        suspects=_suspects(shape, size, forgery, ring, random),
        fee=shape.fee.pick(shape.near[destination], uniform()),
        status=_status(shape, opened, closed, uniform()),
    )


def _sizes(shape: Shape, rows: int, random: np.random.Generator) -> Indices:
    drawn: list[Indices] = []
    left = rows
    while left > 0:
        sizes = shape.size.pick(0, random.random(left // 4 + 16)) + 1
        ends = np.cumsum(sizes)
        last = int(np.searchsorted(ends, left))
        sizes = sizes[: last + 1]
        if last < len(ends):
            sizes[last] -= ends[last] - left
        drawn.append(sizes)
        left -= int(sizes.sum())
    return np.concatenate(drawn)


def _span(size: Indices, month: int, gang_start: Indices, uniform: Numbers) -> Indices:
    most = np.minimum(np.minimum(2 * size, 30), month - np.maximum(gang_start, 0))
    least = np.minimum(size // 20, most)
    return np.where(size == 1, 0, np.maximum(np.floor(uniform**3 * (most + 1)).astype(int), least))


def _opened(shape: Shape, month: int, delay_by: Numbers, day_by: Numbers) -> Indices:
    calendar = shape.calendar
    delay = shape.delay.pick(0, delay_by * calendar.reach[month])
    first = (calendar.first + month + delay).astype("M8[D]").astype(np.int64)
    after = (calendar.first + month + delay + 1).astype("M8[D]").astype(np.int64)
    day: Indices = first + np.floor(day_by * (after - first)).astype(np.int64)
    return day


def _closed(shape: Shape, opened: Indices, days_by: Numbers, ever_by: Numbers) -> Indices:
    closed = opened + 60 + np.floor(days_by**2 * 800).astype(np.int64)
    past = closed <= shape.calendar.as_of.astype(np.int64)
    return np.where(past & (ever_by < 0.86), closed, NONE)


def _handling(shape: Shape, home: Indices, own_by: Numbers, other_by: Numbers) -> Indices:
    own = (own_by < shape.read["handling"]["own"]) & (home != UNKNOWN_PROVINCE)
    return np.where(own, home, shape.handling.pick(0, other_by))


def _status(shape: Shape, opened: Indices, closed: Indices, uniform: Numbers) -> Indices:
    names = {name: STATUSES.index(name) for name in ("open", "transferred", "closed", "unknown")}
    age = shape.calendar.as_of.astype(np.int64) - opened
    still = np.where(uniform * 600 < age, names["transferred"], names["open"])
    status = np.where(closed == NONE, still, names["closed"])
    return np.where((uniform > 0.98) & (closed == NONE), names["unknown"], status)


def _suspects(
    shape: Shape, size: Indices, forgery: Mask, ring: Mask, random: np.random.Generator
) -> Indices:
    read = shape.read["cases"]
    least, most = read["ring_suspects"]
    by = random.random((7, len(size)))
    small = 1 + np.floor(-1.1 * np.log1p(-by[0] * 0.999)).astype(np.int64) + size // 12
    large = least + np.floor(by[0] * (most - least + 1)).astype(np.int64)
    total = np.where(ring, large, small)
    organisers = np.floor(total * (0.15 + 0.2 * by[1]) + by[2]).astype(np.int64)
    forgers = np.floor(total * (0.08 + 0.2 * by[3]) + 0.8 * by[4]).astype(np.int64) * forgery
    organisers = np.minimum(np.maximum(organisers, ring), total)
    forgers = np.minimum(np.maximum(forgers, ring), total - organisers)
    rest = total - organisers - forgers
    transporters = np.floor(rest * (0.55 + 0.45 * by[5]) + 0.5).astype(np.int64)
    nothing = np.zeros_like(total)
    stated = np.stack([organisers, forgers, transporters, rest - transporters, nothing])
    silent = by[6] < read["blank"] + read["not_stated"]
    stated[:, silent] = NONE
    stated[4] = np.where(silent, total, 0)
    stated[:, by[6] < read["blank"]] = NONE
    return stated
