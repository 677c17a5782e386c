"""Invented seizures of one month's cases: heavy-tailed papers of rings, vehicles and vessels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from data import contracts
from data.demo.cases import Cases
from data.demo.draw import Indices, Mask
from data.demo.shape import ROUTES, Shape

ITEMS = contracts.codes("items").codes


@dataclass(frozen=True)
class Seizures:
    """Seizures of one month's cases in case order; days count from 1970."""

    case: Indices
    day: Indices
    item: Indices
    quantity: Indices

    def __len__(self) -> int:
        return len(self.case)


def seizures(shape: Shape, cases: Cases, random: np.random.Generator) -> Seizures:
    """What was found in the cases, at most once per case and line of assumptions.toml."""
    found = [_found(shape, cases, line, random) for line in shape.read["seizures"]]
    case, day, item, quantity = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(case, kind="stable")
    return Seizures(case[order], day[order], item[order], quantity[order])


def _found(
    shape: Shape, cases: Cases, line: Mapping[str, Any], random: np.random.Generator
) -> tuple[Indices, Indices, Indices, Indices]:
    by = random.random((3, len(cases)))
    case = np.flatnonzero(_where(cases, line["where"]) & (by[0] < line["share"]))
    low, high = line["power"]
    amount = 10.0 ** (low + (high - low) * by[1][case] ** line["skew"])
    quantity = np.floor(amount).astype(np.int64)
    if line["item"] == "cash":
        quantity -= quantity % 100
    day = cases.opened[case] + np.floor(by[2][case] ** 2 * 45).astype(np.int64)
    day = np.minimum(day, shape.calendar.as_of.astype(np.int64))
    return case, day, np.full(len(case), ITEMS.index(line["item"])), quantity


def _where(cases: Cases, where: str) -> Mask:
    if where == "any":
        return np.ones(len(cases), dtype=bool)
    if where == "ring":
        return cases.ring
    if where == "forgery":
        return cases.forgery & ~cases.ring
    mask: Mask = cases.route == ROUTES.index(where)
    return mask
