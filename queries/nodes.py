"""The nodes of the lattice: the few cells whose counts are ever perturbed, whatever is asked.

A filter of many values is read as fixed groups (presets and regions) and single codes, a span of
months as years, quarters and months; so that what a reader chooses adds up perturbed cells and
never makes a new one. It must not know fact tables.
"""

from functools import lru_cache
from typing import Literal

from queries.selection import groups

Mode = Literal["one", "own", "mapped"]
UNITS = ("year", "quarter")
LAST_MONTH = {"year": 11, "quarter": 2}


@lru_cache(maxsize=4096)
def named(field: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """For every value of a list filter the node it belongs to: the largest group that is wholly
    chosen and not taken by a larger one, or the value itself."""
    node = dict(zip(values, values, strict=True))
    left = set(values)
    by_size = sorted(groups(field).items(), key=lambda group: (-len(group[1]), group[0]))
    for code, members in by_size:
        if len(members) > 1 and left.issuperset(members):
            left.difference_update(members)
            node.update(dict.fromkeys(members, code))
    return tuple(node[value] for value in values)


@lru_cache(maxsize=4096)
def mode(field: str, values: tuple[str, ...]) -> Mode:
    """How a list filter divides what it keeps: not at all, each value a node of its own, or some
    of them together."""
    said = named(field, values)
    if len(set(said)) == 1:
        return "one"
    return "own" if said == values else "mapped"


def months(month: str, since: str | None, until: str | None) -> str:
    """SQL text: the year, quarter or month that a month counts with between two ends.

    since, until: SQL of the ends' first days; None, or an end that is NULL, is open.
    """
    whole = " ".join(f"when {_inside(month, unit, since, until)} then {_said(month, unit)}"
                     for unit in UNITS)  # fmt: skip
    return f"case {whole} else {month}::varchar end"


def _said(month: str, unit: str) -> str:
    return f"'{unit} ' || date_trunc('{unit}', {month})::date::varchar"


def _inside(month: str, unit: str, since: str | None, until: str | None) -> str:
    start = f"date_trunc('{unit}', {month})"
    ends = [f"coalesce({start} >= {since}, true)"] if since else []
    if until:
        last = f"{start} + interval {LAST_MONTH[unit]} month"
        ends.append(f"coalesce({last} <= {until}, true)")
    return f"({' and '.join(ends) or 'true'})"
