"""What a figure of a fact table is made of, as fixed SQL fragments; it must not know any table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Squares:
    """What adds up, over a cell's rows, to the sum of what each case adds, squared, or to more.

    cut: what a cell must be cut by for that to hold; the more that is, the less it is too much.
    """

    name: str
    sql: str
    cut: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Figure:
    """One aggregate of a fact table.

    rests_on: the case number where a row contributes to the figure (None: a date or mark, released
    with the cell's first figure). counts_people: the threshold for small counts applies, and a cell
    where nobody is stated has no figure. only: the rows that cells of this figure alone are made
    of, where that is not all and nobody asks whether anything is `stated`. counted: what is counted
    once however many rows it has (None: rows add up). adds: what each row adds, NULL where it
    states nothing. key: the record key of what is counted, NULL where it adds nothing. salt: what
    makes another key of it where records move one by one (records.py) and another figure has the
    same. magnitude: an amount, not a count. most: what the row's case adds at most in any cell, for
    an amount. squares: the finest first, the last for any cell. some: the rows that add anything,
    where the largest case is looked for. summed: the sum of `adds`, if there is a cheaper way.
    again: how partial results of a date or mark become one.
    """

    sql: str
    rests_on: str | None = None
    counts_people: bool = False
    only: str | None = None
    counted: str | None = None
    adds: str = "1"
    key: str = "record_key"
    salt: int = 0
    magnitude: bool = False
    most: str = ""
    squares: tuple[Squares, ...] = ()
    some: str = ""
    summed: str = ""
    again: str = ""
