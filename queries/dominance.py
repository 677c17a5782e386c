"""Whether one case dominates a figure: a second reading of the facts, where needed only.

To know the largest case of a cell all cases must be told apart, which costs far more than the
figure. But what a case adds in all, or to all of a corridor, bounds what it adds to one cell, and
the sum of the squares of that, which the first reading brings, rules domination out for most cells.
"""

from queries import rules
from queries.cells import DERIVED, Cells, quoted, select
from queries.figures import Figure
from queries.lattice import Lattice
from queries.reading import PART, SINCE, UNTIL

EXAMINED = 100_000
CELL = "cell_no"


def judged(lattice: Lattice, moved: str = "") -> str:
    """The moved cells (Lattice.moved) with NAME_dominated for the figure that has NAME_squares.

    moved: the cells, where it is not the lattice that they are moved by.
    """
    moved = moved or lattice.moved()
    adding = [name for name, figure in lattice.counting.items() if figure.squares]
    if not adding:
        return moved
    (name,) = adding
    figure = lattice.counting[name]
    may = " and ".join(_may(name, figure.counts_people))
    rule = rules.dominates(
        f"{name}_total", "top[1]", "coalesce(top[2], 0)", people=figure.counts_people
    )
    return (
        f"with moved as materialized (\n"
        f"{select(['*', f'row_number() over () as {CELL}'], f'({moved}) as numbered')}\n),\n"
        f"doubtful as {'not ' if len(_alike(lattice)) == 1 else ''}materialized (\n"
        f"{_doubtful(lattice, may)}\n),\n"
        f"shares as not materialized (\n{_shares(lattice, figure)}\n),\n"
        f"largest as not materialized (\n{_largest()}\n)\n"
        f"select moved.*, coalesce({rule}, {may}, false) as {name}_dominated\n"
        f"from moved left join largest on moved.{CELL} = largest.{CELL}"
    )


def _doubtful(lattice: Lattice, may: str) -> str:
    """Cells that no other rule withholds and of which one case could make too much.

    The limit is more than there are; it tells DuckDB that these are few, or it reads the facts into
    a hash table before it sees that there is nothing to look for. A cell beyond it is withheld.
    """
    ends = [f"{end}_counted" for end in (SINCE, UNTIL) if lattice.reading.spans]
    return f"{select([CELL, *lattice.by, *ends], 'moved', kept=[may])}\nlimit {EXAMINED}"


def _may(name: str, people: bool) -> list[str]:
    return [
        rules.may_dominate(f"{name}_total", f"{name}_squares", people=people),
        f"{name}_least <> {name}_last",
        *([f"{name}_counted not between 1 and {rules.THRESHOLD - 1}"] if people else []),
    ]


def _alike(lattice: Lattice) -> dict[tuple[str, ...], list[int]]:
    """The parts by what their cells are cut by, but for time where cells are spans of months."""
    found: dict[tuple[str, ...], list[int]] = {}
    for cells in lattice.cells:
        numbers = found.setdefault(_cut(lattice, cells), [])
        numbers += {lattice.reading.part(cells)} - set(numbers)
    return found


def _cut(lattice: Lattice, cells: Cells) -> tuple[str, ...]:
    spans = lattice.reading.spans
    return tuple(name for name in cells.by if not (spans and name in DERIVED))


def _shares(lattice: Lattice, figure: Figure) -> str:
    """What each case adds to the doubtful cells."""
    shares = [_shares_of(lattice, figure, *one) for one in _alike(lattice).items()]
    return "\nunion all\n".join(shares)


def _shares_of(lattice: Lattice, figure: Figure, cut: tuple[str, ...], parts: list[int]) -> str:
    reading = lattice.reading
    columns = [f"{reading.dimension(name)} as {quoted(name)}" for name in cut]
    columns += ["case_no", f"{figure.adds} as adds"]
    joined = [f"facts.{quoted(name)} is not distinct from doubtful.{quoted(name)}" for name in cut]
    if reading.spans:
        columns.append(f"{reading.facts.dated} as month")
        joined += [f"facts.month >= doubtful.{SINCE}_counted",
                   f"facts.month <= doubtful.{UNTIL}_counted"]  # fmt: skip
    if lattice.several:
        joined.append(f"doubtful.{PART} in ({', '.join(map(str, parts))})")
    kept = list(dict.fromkeys([*reading.kept, figure.some]))
    facts = select(columns, reading.facts.source, [], kept)
    on = " and ".join(joined) or "true"
    return select(
        [f"doubtful.{CELL}", "facts.case_no", "sum(facts.adds) as share"],
        f"(\n{facts}\n) as facts inner join doubtful on {on}",
        [f"doubtful.{CELL}", "facts.case_no"],
    )  # fmt: skip


def _largest() -> str:
    return select([CELL, "max(share, 2) as top"], "shares", [CELL])
