"""Subtracting one view from another: pairs that differ by one value, by its complement, by a month.

The same cell is met by many pairs, so whatever is new in each of them averages out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from random import Random
from typing import Any

from data import contracts
from queries import nodes
from queries.selection import FIELDS, Selection, groups
from queries.spans import shift
from tests.attacks.claims import Look, Looks
from tests.attacks.world import FILTERS, TABLES, Eyes, Judge, Target

WIDENED = ("origins", "destinations", "routes", "ages")


@dataclass(frozen=True)
class Pair:
    """Two selections; within: the values of what the first holds beyond the second."""

    question: str
    wide: Selection
    narrow: Selection
    within: tuple[tuple[str, Any], ...]


def pairs(judge: Judge, dice: Random, families: int, each: int) -> Iterator[Pair]:
    """Families of pairs: a table, a filter and a value, met from many sides."""
    for number in range(families):
        question = dice.choice(["corridors", "corridors", "age_sex", "destinations_by_year"])
        if number % 4 == 3:
            yield from _dated(question, judge, dice, each)
            continue
        name = dice.choice([name for name in WIDENED if FILTERS[name] not in TABLES[question]])
        values = judge.common(FILTERS[name], 12)
        added = dice.choice(values)
        yield from _complements(question, name, added)
        for _ in range(each):
            others = [value for value in values if value != added]
            beside = dice.sample(others, dice.randint(1, min(5, len(others))))
            yield pair(question, name, added, beside)


def look(eyes: Eyes, asked: Pair, looks: Looks) -> None:
    """Subtract the two views and keep every cell that both let through."""
    wide, narrow = (eyes.cells(asked.question, chosen) for chosen in (asked.wide, asked.narrow))
    for key, value in wide.items():
        less = narrow.get(key, 0)
        if value is None or less is None or None in key:
            continue
        named = frozenset(zip(TABLES[asked.question], key, strict=True))
        target: Target = named | {*asked.within}
        sides = [(named, chosen) for chosen in (asked.wide, asked.narrow)]
        apart = frozenset((named, *node) for node in _nodes(asked.wide) ^ _nodes(asked.narrow))
        looks.add(target, Look(value - less, frozenset(sides[:1]), frozenset(sides[1:]), apart))


def attack(eyes: Eyes, judge: Judge, dice: Random, looks: Looks, families: int, each: int) -> None:
    """Every pair of every family."""
    for asked in pairs(judge, dice, families, each):
        look(eyes, asked, looks)


def pair(question: str, name: str, added: Any, beside: list[Any]) -> Pair:
    """A filter of some values with and without one more."""
    wide = Selection(**{name: (*beside, added)})
    return Pair(question, wide, Selection(**{name: tuple(beside)}), ((FILTERS[name], added),))


def _complements(question: str, name: str, added: Any) -> Iterator[Pair]:
    """Everything, and every fixed group, without the value."""
    every = contracts.codes(str(FIELDS[name].codes)).codes
    for whole in (every, *(members for members in groups(name).values() if added in members)):
        others = [value for value in whole if value != added]
        if others:
            yield pair(question, name, added, others)


def _dated(question: str, judge: Judge, dice: Random, each: int) -> Iterator[Pair]:
    """Spans that differ by their last month."""
    if "year" in TABLES[question]:
        return
    last: date = dice.choice(judge.common("month", 30))
    for _ in range(each):
        since = shift(last, -dice.randint(1, 30))
        wide = Selection(since=since, until=last)
        yield Pair(question, wide, wide.replace(until=shift(last, -1)), (("month", last),))


def _nodes(chosen: Selection) -> frozenset:
    """The nodes that a selection adds up: one of every filter each."""
    filters = [nodes.named(name, getattr(chosen, name)) for name in chosen.active]
    named = [{(name, node) for node in found}
             for name, found in zip(chosen.active, filters, strict=True)]  # fmt: skip
    if chosen.since and chosen.until:
        named.append(set(month_nodes(chosen.since, chosen.until)))
    return frozenset(product(*named))


def month_nodes(since: date, until: date) -> Iterator[tuple[str, date]]:
    """The years, quarters and months that a span is made of."""
    start = since
    while start <= until:
        for unit, length in (("year", 12), ("quarter", 3), ("month", 1)):
            begins = (start.month - 1) % length == 0
            if begins and shift(start, length - 1) <= until:
                yield unit, start
                start = shift(start, length)
                break
