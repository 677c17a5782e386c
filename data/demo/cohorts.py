"""Invented cohorts of one month's cases, none of them standing twice in its case."""

from dataclasses import dataclass, fields

import numpy as np

from data import contracts
from data.demo.cases import NONE, Cases
from data.demo.draw import Indices
from data.demo.gangs import Gangs
from data.demo.shape import AGES, PROVINCES, ROUTES, TRANSIT, Shape

SEXES = contracts.codes("sexes").codes
ROUNDS = 40


@dataclass(frozen=True)
class Cohorts:
    """Cohorts of one month's cases; codes are code list positions, -1 is blank."""

    case: Indices
    month: Indices
    origin: Indices
    prefecture: Indices
    destination: Indices
    route: Indices
    transit: Indices
    age: Indices
    sex: Indices
    persons: Indices

    def __len__(self) -> int:
        return len(self.case)


def cohorts(shape: Shape, gangs: Gangs, cases: Cases, random: np.random.Generator) -> Cohorts:
    """The cohorts of the cases in case order, none of them standing twice in its case."""
    case = np.repeat(np.arange(len(cases)), cases.size)
    drawn = _draw(shape, gangs, cases, case, random)
    suspected = np.arange(len(case))
    for _ in range(ROUNDS):
        twice = suspected[_repeated(drawn, suspected, len(shape.destinations))]
        if not len(twice):
            return drawn
        drawn = _put(drawn, twice, _draw(shape, gangs, cases, case[twice], random))
        among = np.zeros(len(cases), dtype=bool)
        among[case[twice]] = True
        suspected = np.flatnonzero(among[case])
    return _spread(drawn, suspected, len(shape.destinations), random)


def _draw(
    shape: Shape, gangs: Gangs, cases: Cases, case: Indices, random: np.random.Generator
) -> Cohorts:
    by = random.random((15, len(case)))
    gang, month = cases.gang[case], cases.month - _back(cases.span[case], by[0])
    main = (by[1] < shape.read["gangs"]["main"]) | (gang == NONE)
    liked = gangs.favourites[(by[2] * len(gangs.favourites)).astype(int), gang]
    destination = np.where(main, cases.destination[case], liked)
    at_home = by[3] < shape.read["gangs"]["home"]
    origin = np.where(at_home, cases.home[case], shape.origin.pick(destination, by[4]))
    own = (origin == cases.home[case]) & (by[5] < 0.7)
    prefecture = np.where(own, cases.home_prefecture[case], shape.prefecture.pick(origin, by[6]))
    known = shape.prefecture.possible[origin] & (by[7] < shape.read["prefectures"]["named"])
    profile = shape.profile[month, destination]
    route = shape.route.pick(profile, np.where(by[8] < 0.82, cases.route_by[case], by[9]))
    transit = shape.through(profile, destination, by[10])
    same = (destination == cases.destination[case]) & (cases.transit[case] != NONE) & (by[11] < 0.7)
    transit = np.where(same, cases.transit[case], transit)
    family = destination == shape.destinations.index(shape.read["people"]["families_destination"])
    age = shape.age.pick(month + family * shape.calendar.months, by[12])
    return Cohorts(
        case=case,
        month=month,
        origin=origin,
        prefecture=np.where(known, prefecture, NONE),
        destination=destination,
        route=route,
        transit=np.where(route == TRANSIT, transit, NONE),
        age=age,
        sex=_sex(shape, destination, age, by[13]),
        persons=shape.persons.pick(0, by[14]) + 1,
    )


def _back(span: Indices, uniform: np.ndarray) -> Indices:
    back: Indices = np.floor(uniform**1.6 * (span + 1)).astype(np.int64)
    return back


def _sex(shape: Shape, destination: Indices, age: Indices, uniform: np.ndarray) -> Indices:
    unknown = shape.read["people"]["sex_unknown"]
    male = uniform < shape.male[destination, age] * (1 - unknown)
    sex = np.where(male, SEXES.index("male"), SEXES.index("female"))
    return np.where(uniform > 1 - unknown, SEXES.index("unknown"), sex)


def _repeated(drawn: Cohorts, rows: Indices, destinations: int) -> Indices:
    """Places among the rows whose cohort stands there for the second time or more."""
    key = drawn.case[rows]
    for values, number in (
        (drawn.month, 1024),
        (drawn.destination, destinations),
        (drawn.origin, len(PROVINCES)),
        (drawn.route, len(ROUTES)),
        (drawn.age, len(AGES)),
        (drawn.sex, len(SEXES)),
    ):
        key = key * number + values[rows]
    order = np.argsort(key, kind="stable")
    places: Indices = order[1:][key[order[1:]] == key[order[:-1]]]
    return places


def _put(drawn: Cohorts, rows: Indices, new: Cohorts) -> Cohorts:
    for column in fields(drawn):
        getattr(drawn, column.name)[rows] = getattr(new, column.name)
    return drawn


def _spread(
    drawn: Cohorts, suspected: Indices, destinations: int, random: np.random.Generator
) -> Cohorts:
    while len(twice := suspected[_repeated(drawn, suspected, destinations)]):
        by = random.random((3, len(twice)))
        drawn.age[twice] = (by[0] * len(AGES)).astype(np.int64)
        drawn.sex[twice] = (by[1] * len(SEXES)).astype(np.int64)
        drawn.origin[twice] = (by[2] * len(PROVINCES)).astype(np.int64)
        drawn.prefecture[twice] = NONE
    return drawn
