"""Whether one case dominates a figure: a second reading of the facts, where needed only.

To know the largest case of a cell all cases must be told apart, which costs far more than the
figure. But what a case adds to all cells bounds what it adds to one, and the sum of the squares of
that, which the first reading brings, rules domination out for all but small cells.
"""

from queries import cells as cell_sql
from queries import rules
from queries.cells import Ask, Cells, quoted
from queries.lattice import same

EXAMINED = 100_000


def judged(cells: Cells, ask: Ask, moved: str) -> str:
    """The moved cells (Lattice.moved) with NAME_dominated for the figure that has NAME_squares."""
    figures = cell_sql.table(cells, ask).figures
    adding = [name for name in cells.figures if figures[name].squares]
    if not adding:
        return moved
    (name,) = adding
    people = figures[name].counts_people
    rule = rules.dominates(f"{name}_total", "top[1]", "coalesce(top[2], 0)", people=people)
    return (
        f"with moved as materialized (\n{moved}\n),\n"
        f"doubtful as (\n{_doubtful(cells, name, people)}\n),\n"
        f"shares as (\n{_shares(cells, ask, name)}\n),\n"
        f"largest as (\n{_largest(cells)}\n)\n"
        f"select moved.*, coalesce({rule}, {' and '.join(_may(name, people))}, false)"
        f" as {name}_dominated\n"
        f"from moved left join largest on {same(cells, 'moved', 'largest')}"
    )


def _doubtful(cells: Cells, name: str, people: bool) -> str:
    """Cells that no other rule withholds and of which one case could make too much.

    The limit is more than there are; it tells DuckDB that these are few, or it reads the facts into
    a hash table before it sees that there is nothing to look for. A cell beyond it is withheld.
    """
    columns = ", ".join([*map(quoted, cells.by), "1 as doubtful"])
    kept = " and ".join(_may(name, people))
    return f"select {columns}\nfrom moved\nwhere {kept}\nlimit {EXAMINED}"


def _may(name: str, people: bool) -> list[str]:
    return [
        rules.may_dominate(f"{name}_total", f"{name}_squares", people=people),
        f"{name}_least <> {name}_last",
        *([f"{name}_counted not between 1 and {rules.THRESHOLD - 1}"] if people else []),
    ]


def _shares(cells: Cells, ask: Ask, name: str) -> str:
    """What each case adds to the doubtful cells."""
    source = cell_sql.table(cells, ask)
    figure = source.figures[name]
    names = [quoted(one) for one in cells.by]
    pairs = zip(cell_sql.groups(cells, source), names, strict=True)
    columns = [f"{sql} as {one}" for sql, one in pairs]
    columns += [f"{figure.rests_on} as case_no", f"{figure.adds} as adds"]
    rows = f"select {', '.join(columns)}\nfrom {source.source}\n"
    rows += f"where {' and '.join(kept)}" if (kept := cell_sql.conditions(cells, ask)) else ""
    grouped = [*(f"facts.{one}" for one in names), "facts.case_no"]
    return (
        f"select {', '.join(grouped)}, sum(facts.adds) as share\n"
        f"from (\n{rows}\n) as facts inner join doubtful on {same(cells, 'facts', 'doubtful')}\n"
        f"where facts.case_no is not null\ngroup by {', '.join(grouped)}"
    )


def _largest(cells: Cells) -> str:
    names = ", ".join(map(quoted, cells.by))
    columns = f"{names}, " if names else ""
    grouped = f"\ngroup by {names}" if names else ""
    return f"select {columns}max(share, 2) as top\nfrom shares{grouped}"
