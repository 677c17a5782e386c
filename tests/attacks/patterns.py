"""What leaks beside the figures shown: states, the row `other`, shares, changes, and the drill."""

from datetime import date
from itertools import product
from random import Random
from typing import Any

from queries.selection import Selection
from queries.spans import shift
from tests.attacks import differencing
from tests.attacks.claims import Claim, Look, Looks, by_looks
from tests.attacks.policies import Model, States
from tests.attacks.world import ANYBODY, CASES, FILTERS, TABLES, Eyes, Judge, Key, Target

WITHHELD = States.WITHHELD
TESTED = ("corridors", "age_sex", "destinations_by_year", "gang_destinations")


def states(eyes: Eyes, judge: Judge, model: Model) -> tuple[list[Target], list[Claim]]:
    """That a row is there at all, and that it is withheld where no small count is hidden; persons
    and cases of the same cells. A row that says 0 where others are missing tells of somebody."""
    looks, nobody = Looks(States(model)), dict[Target, bool]()
    filters: list[dict[str, Any]] = [{}]
    filters += [{"sexes": (value,)} for value in judge.common("sex", 3)]
    filters += [{"routes": (value,)} for value in judge.common("route", 3)]
    for question in TESTED:
        for chosen in filters:
            _states(eyes, judge, question, chosen, looks, nobody)
    targets, made = by_looks(looks, judge)
    there = sum(map(judge.count, nobody)) / max(1, len(nobody))
    told = [Claim(target, 1, 1.0, there) for target, row in nobody.items() if row]
    return targets + list(nobody), made + told


def _states(
    eyes: Eyes, judge: Judge, question: str, chosen: dict[str, Any], looks: Looks,
    nobody: dict[Target, bool],
) -> None:  # fmt: skip
    """Looks at the cells of one table; nobody: those without a figure above 0, and whether there
    is a row of each."""
    filtered = frozenset((FILTERS[name], values[0]) for name, values in chosen.items())
    names = TABLES[question]
    for measure in ("persons", "cases"):
        if measure == "cases" and "year" in names:
            continue
        marks = filtered | ({CASES} if measure == "cases" else set())
        seen = {key: value for key, value in
                eyes.cells(question, Selection(measure=measure, **chosen)).items()
                if None not in key}  # fmt: skip
        for key, value in seen.items():
            if value is not None or measure == "cases":
                target = marks | set(zip(names, key, strict=True))
                looks.add(target, Look(WITHHELD if value is None else value))
        for key in product(*(judge.common(name, 12) for name in names)):
            if seen.get(key, 0) == 0:
                nobody[marks | set(zip(names, key, strict=True)) | {ANYBODY}] = key in seen


def drill(eyes: Eyes, judge: Judge, dice: Random, looks: Looks, most: int) -> None:
    """Down to the prefecture and the age group: each small one beside a large one."""
    for name, question, dimension in (
        ("prefectures", "destinations", "prefecture"),
        ("prefectures", "ages_by_year", "prefecture"),
        ("ages", "corridors", "age_group"),
    ):
        large, *others = judge.common(dimension, 60)[: 4 * most]
        for added in dice.sample(others, min(most, len(others))):
            asked = differencing.pair(question, name, added, [large])
            differencing.look(eyes, asked, looks)


def remainder(eyes: Eyes, judge: Judge, looks: Looks) -> None:
    """A corridor less its routes that are shown, where one route alone is not."""
    shown: dict[Key, int] = {}
    parts: dict[Key, int] = {}
    for row in eyes.rows("routes", Selection()):
        key = row["origin"], row["destination"]
        shown[key] = shown.get(key, 0) + (row["value"] or 0)
        parts[key] = parts.get(key, 0) + 1
    routes = {value: eyes.cells("corridors", Selection(routes=(value,)))
              for value in judge.common("route", 9)}  # fmt: skip
    paths = {(row["origin"], row["destination"], row["route"])
             for row in eyes.rows("routes", Selection()) if row["value"] is not None}  # fmt: skip
    for key, whole in eyes.cells("corridors", Selection()).items():
        there = [value for value, table in routes.items() if key in table]
        hidden = [value for value in there if (*key, value) not in paths]
        if whole is not None and len(hidden) == 1 and key in shown:
            target = {("origin", key[0]), ("destination", key[1]), ("route", hidden[0])}
            nodes = frozenset(range(parts[key] + 1))
            looks.add(frozenset(target), Look(whole - shown[key], nodes, nodes, nodes))


def shares(eyes: Eyes, judge: Judge, looks: Looks, most: int) -> None:
    """The share of persons withheld, times the persons, where one of two years is withheld."""
    for first in sorted(judge.common("year", most))[:-1]:
        span = {"since": date(first, 1, 1), "until": date(first + 1, 12, 1)}
        whole = eyes.cells("corridors", Selection(**span))
        for origin in judge.common("origin", most):
            years = eyes.cells("destinations_by_year", Selection(origins=(origin,), **span))
            for (year, code), value in years.items():
                other = years.get((2 * first + 1 - year, code))
                if value is None and other and whole.get((origin, code)):
                    asked = Selection(origins=(origin,), destinations=(code,), **span)
                    _share(eyes, asked, whole[origin, code], year, looks)


def _share(eyes: Eyes, asked: Selection, whole: int | None, year: int, looks: Looks) -> None:
    said = {row["indicator"]: row["value"] for row in eyes.rows("coverage", asked)}
    share, places = said["withheld_persons_share"], (asked.origins, asked.destinations)
    if share is not None and whole and all(places):
        named = {("origin", asked.origins[0]), ("destination", asked.destinations[0])}
        nodes = frozenset({"whole", asked.since, asked.until})
        cell = frozenset(named | {("year", year)})
        looks.add(cell, Look(round(share * whole), nodes, nodes, nodes))


def changes(eyes: Eyes, judge: Judge, looks: Looks, most: int) -> None:
    """Twelve months, and twelve months one month earlier: the month between, where the month it
    takes the place of is a true zero."""
    for origin in judge.common("origin", 3 * most)[-most:]:
        months = {row["month"]: row for row in
                  eyes.rows("persons_by_month", Selection(origins=(origin,)))}  # fmt: skip
        hidden = [month for month, row in sorted(months.items()) if row["state"] == "c"]
        for month in hidden[: 8 * most]:
            before = months.get(shift(month, -12))
            if before and before["value"] == 0 and before["state"] == "":
                _change(eyes, origin, month, looks)


def _change(eyes: Eyes, origin: str, month: Any, looks: Looks) -> None:
    sums, nodes = [], []
    for until in (month, shift(month, -1)):
        rows = eyes.rows("origins", Selection(until=until))
        sums += [row["current"] for row in rows if row["origin"] == origin]
        nodes.append(frozenset(differencing.month_nodes(shift(until, -11), until)))
    if len(sums) == 2 and None not in sums:
        apart = nodes[0] ^ nodes[1]
        target = frozenset({("origin", origin), ("month", month)})
        looks.add(target, Look(sums[0] - sums[1], nodes[0], nodes[1], apart))
