"""Invented gangs: life span, home, favourite destinations and a heavy-tailed weight."""

from dataclasses import dataclass

import numpy as np

from data.demo.draw import Choice, Indices, Numbers, choice
from data.demo.shape import Shape

FAVOURITES = (1.0, 0.25, 0.12)
BEFORE = 30


@dataclass(frozen=True)
class Gangs:
    """Every gang of one seed; months count from the calendar's first one."""

    start: Indices
    end: Indices
    home: Indices
    prefecture: Indices
    favourites: Indices
    weight: Numbers
    liking: Numbers

    def at(self, month: int) -> Choice:
        """The gangs active in a month as a choice with one row per destination."""
        active = (self.start <= month) & (month <= self.end)
        return choice(self.liking * (self.weight * active)[None, :])


def gangs(shape: Shape, seed: int) -> Gangs:
    """The gangs of a seed, the same for any number of rows."""
    read, months = shape.read["gangs"], shape.calendar.months
    number = int(read["number"])
    random = np.random.Generator(np.random.PCG64([seed, 1]))
    start = np.floor(random.random(number) * (months + BEFORE - 2)).astype(np.int64) - BEFORE
    life = _life(random.random((4, number)), read)
    middle = np.clip(start + life // 2, 0, months - 1)
    drawn = [shape.destination.pick(middle, random.random(number)) for _ in FAVOURITES]
    favourites = np.array(drawn)
    home = shape.home.pick(favourites[0], random.random(number))
    prefecture = shape.prefecture.pick(home, random.random(number))
    liking = np.zeros((len(shape.destinations), number))
    for row, share in zip(favourites[::-1], FAVOURITES[::-1], strict=True):
        liking[row, np.arange(number)] = share
    return Gangs(
        start=start,
        end=start + life,
        home=home,
        prefecture=np.where(shape.prefecture.possible[home], prefecture, -1),
        favourites=favourites,
        weight=_weight(random.random(number), read["tail"], read["largest"]),
        liking=liking,
    )


def _life(uniform: Numbers, read: dict[str, float]) -> Indices:
    normal = (uniform.sum(axis=0) - 2.0) * np.sqrt(3.0)
    life = read["life_months"] * np.exp(normal * read["life_spread"])
    months: Indices = np.clip(np.round(life), 2, read["life_most"]).astype(np.int64)
    return months


def _weight(uniform: Numbers, tail: float, largest: float) -> Numbers:
    bounded: Numbers = (1.0 - uniform * (1.0 - largest**-tail)) ** (-1.0 / tail)
    return bounded
