"""Record keys: every record moved once and for all, so that figures are sums of moved records.

Figures add up, and whatever is subtracted, in however many ways, leaves the same moved records:
nothing averages out. The price is the noise of all records instead of one cell's. What leaves here
is raw and stays inside queries/; how it is judged and withheld is the same as for lattice.py.
"""

from itertools import pairwise

from queries import cells as cell_sql
from queries.cells import Ask, Cells, quoted
from queries.figures import Figure
from queries.lattice import blur
from queries.perturbation import KEYS, table
from queries.rules import THRESHOLD

WORD = 2**32
AMOUNTS, GROUPS = 2654435761, 2246822519


def moved(cells: Cells, ask: Ask) -> str:
    """A select as Lattice.moved gives it, of figures that add up their records, each moved.

    A person's or thing's move is the perturbation table's for what its record counts. A record of
    THRESHOLD people or more, and every amount, is blurred by a tenth to three tenths as well, all
    records of a case alike: one case can always be had by subtraction, and noise that hides a
    person does not hide a group. A case or gang counts once, whatever its records.
    """
    facts = cell_sql.table(cells, ask)
    month = cell_sql.told(facts.dated, ask)
    groups, kept = cell_sql.groups(cells, facts), cell_sql.conditions(cells, ask)
    named = zip(cells.by, groups, strict=True)
    columns = [f"{sql} as {quoted(name)}" for name, sql in named]
    for name in cells.figures:
        figure = facts.figures[name]
        columns += _columns(name, figure, month)
        if squares := cell_sql.squares(figure, cells):
            columns.append(f"sum({squares.sql}) as {name}_squares")
    return cell_sql.select(columns, facts.source, groups, kept)


def salted(key: str, salt: int) -> str:
    """SQL: another key of 16 bits that tells nothing of the first; the high half of a product."""
    return f"({key}::bigint * {salt} % {WORD} // {KEYS})" if salt else key


def _columns(name: str, figure: Figure, month: str) -> list[str]:
    if not figure.rests_on:
        return [f"{figure.sql.format(month=month)} as {name}_counted"]
    kind = "double" if figure.magnitude else "bigint"
    total, added = _total(figure, kind), _added(figure)
    counted = f"case when count(*) = 0 then 0 when {total} is not null then {added} end"
    return [f"({counted})::{kind} as {name}_counted", f"{total} as {name}_total",
            f"min({figure.rests_on}) as {name}_least",
            f"max({figure.rests_on}) as {name}_last"]  # fmt: skip


def _total(figure: Figure, kind: str) -> str:
    if figure.counted:
        return f"count(distinct {figure.counted})"
    total = f"sum({figure.adds})::{kind}"
    return total if figure.counts_people else f"coalesce({total}, 0)"


def _added(figure: Figure) -> str:
    """What moved records add up to."""
    if figure.magnitude:
        blurred = f"round({figure.adds} * {blur(salted('case_key', AMOUNTS))})"
        return f"coalesce(sum({figure.adds} + {blurred}), 0)"
    if figure.counts_people:
        adds, key = f"({figure.adds})", salted(f"({figure.key})", figure.salt)
        group = f"round({adds} * {blur(salted('case_key', GROUPS))})"
        blurred = f"case when {adds} >= {THRESHOLD} then {group} else 0 end"
        each = f"{adds} + {_move(adds, key)} + {blurred}"
        return f"coalesce(sum(case when {adds} > 0 then {each} end), 0)"
    return _things(figure)


def _things(figure: Figure) -> str:
    """Things counted once, each as what the table makes of 1."""
    key, below, terms = salted(f"({figure.key})", figure.salt), 0, []
    for move, upto in table().limits[1]:
        within = f"{key} >= {below} and {key} < {upto}"
        thing = f"{'distinct ' if figure.counted else ''}case when {within} then "
        terms.append((1 + move, f"count({thing}{figure.counted or 1} end)"))
        below = upto
    return " + ".join(f"{times} * {counted}" for times, counted in terms if times)


def _move(count: str, key: str) -> str:
    """The table's move, written so that rows by the million take it: nested lists take twice."""
    rows = table().limits
    cases = " ".join(f"when {place} then {_upwards(limits, key)}"
                     for place, limits in enumerate(rows) if place)  # fmt: skip
    return f"(case least({count}, {len(rows) - 1})::bigint {cases} end)"


def _upwards(limits: tuple[tuple[int, int], ...], key: str) -> str:
    """The first move, and for every limit that the key has reached the way to the next."""
    steps = [f"{limits[0][0]}"]
    for (move, upto), (after, _) in pairwise(limits):
        steps.append(f"{after - move} * ({key} >= {upto})::int")
    return " + ".join(steps)
