"""Figures counted in steps, so that one reading of the facts gives a cell, its keys and its cases.

Rows become things counted once (a gang, a case), things become nodes, nodes become
cells; each step adds up the one before. Columns of a figure NAME: NAME_adds, NAME_key (the sum of
its record keys), NAME_least and NAME_last (case numbers), NAME_most (what one case adds at most in
any cell), and one for each of its Squares (NAME_squares). It must not know nodes or release rules.
"""

import re
from collections.abc import Mapping

from queries.figures import Figure

Figures = Mapping[str, Figure]


def from_rows(figures: Figures, month: str, kept: list[str], grouped: bool) -> list[str]:
    """The columns of the first step, over fact rows grouped by what is told apart as well.

    month: as finely as it may be told. kept: the conditions that hold for every row.
    """
    columns = [f"{1 if grouped else 'count(*)'} as n"]
    for name, figure in figures.items():
        if not figure.rests_on:
            columns.append(f"{figure.sql.format(month=month)} as {name}_plain")
            continue
        rests_on = "case_no" if figure.only in kept else figure.rests_on
        columns += _adds(name, figure)
        columns += [f"min({rests_on}) as {name}_least", f"max({rests_on}) as {name}_last"]
        if figure.most:
            columns.append(f"max({figure.most}) as {name}_most")
        columns += [f"sum({one.sql}) as {name}_{one.name}" for one in figure.squares]
    return columns


def again(figures: Figures, within_thing: bool = False) -> list[str]:
    """The columns of a later step, over those of the one before. within_thing: the rows are parts
    of one thing, which is counted once."""
    columns = ["coalesce(max(n), 0) as n"]
    for name, figure in figures.items():
        if not figure.rests_on:
            columns.append(f"{figure.again.format(f'{name}_plain')} as {name}_plain")
            continue
        added = "max" if within_thing and figure.counted else "sum"
        columns += [f"{added}({name}_adds) as {name}_adds",
                    f"{added}({name}_key)::bigint as {name}_key",
                    f"min({name}_least) as {name}_least",
                    f"max({name}_last) as {name}_last"]  # fmt: skip
        if figure.most:
            columns.append(f"max({name}_most) as {name}_most")
        columns += [f"sum({name}_{one.name}) as {name}_{one.name}" for one in figure.squares]
    return columns


def last(figures: Figures, where: str = "") -> list[str]:
    """The columns of the last step, which needs neither keys nor NAME_most.

    where: which rows add up, if not all; the others are of the same facts, grouped otherwise, so
    that least, last, dates and marks are alike in both.
    """
    spent = tuple(f" as {name}_{part}" for name in figures for part in ("key", "most"))
    kept = [column for column in again(figures) if not column.endswith(spent)]
    if not where:
        return kept
    return [re.sub(r"^sum\((\w+)\)", rf"sum(case when {where} then \1 end)", column)
            for column in kept]  # fmt: skip


def names(figures: Figures) -> list[str]:
    """The columns of every step."""
    return [column.rpartition(" as ")[2] for column in again(figures)]


def thing(figures: Figures) -> str | None:
    """What the figures tell apart, None where rows just add up.

    Raises ValueError where it is more than one thing: those cells must be asked apart.
    """
    things = {figure.counted for figure in figures.values() if figure.counted}
    if len(things) > 1:
        raise ValueError(f"cells that count {' and '.join(sorted(things))} must be asked apart")
    return things.pop() if things else None


def _adds(name: str, figure: Figure) -> list[str]:
    if figure.counted:  # grouped by it, and so no aggregate
        adds = f"case when {figure.counted} is not null then 1 else 0 end"
    else:
        kind = "" if figure.magnitude else "::bigint"
        adds = f"{figure.summed or f'sum({figure.adds})'}{kind}"
    key = "max" if figure.counted else "sum"
    return [f"{adds} as {name}_adds", f"{key}({figure.key})::bigint as {name}_key"]
