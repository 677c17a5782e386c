"""Disclosure control: turns raw cells into cells that may leave, inside the SQL itself.

A policy is an object with a name and `release`, and every answer names the policy it is under.
`protected` is what a data set gets by default; the weaker ones are for readers who hold a grant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from data.contracts import OTHER
from queries import cells, dominance, records, rules
from queries.cells import Ask, Cells
from queries.facts import bound
from queries.lattice import Lattice
from queries.rules import ROUNDED_TO, THRESHOLD

PolicyName = Literal["protected", "strict", "suppressed", "rounded", "exact", "public"]
STATES = ("", "c", "x")
UNGRANTED: tuple[PolicyName, ...] = ("protected", "strict")
NAMELESS = frozenset({"transit", "gang", "prefecture", "month", "year", "quarter"})


class Policy(Protocol):
    """What every way of releasing cells offers."""

    @property
    def name(self) -> PolicyName:
        """The word every answer carries."""
        ...

    def __hash__(self) -> int: ...

    def together(self, asked: tuple[Cells, ...], ask: Ask) -> Lattice | None:
        """How several cells of one fact table are counted together; None where each is counted by
        itself."""
        ...

    def release(self, asked: Cells, ask: Ask, counted: str = "") -> str:
        """A select of released cells: dimensions, figures (NULL where withheld), state and, for
        every further figure that counts, FIGURE_state. counted: a select of these cells, where they
        are counted together with others."""
        ...


@dataclass(frozen=True)
class Public:
    """Figures already published: released as they are, `x` where the source states none."""

    name: PolicyName = "public"

    def together(self, asked: tuple[Cells, ...], ask: Ask) -> Lattice | None:
        """Nothing: each is counted by itself."""

    def release(self, asked: Cells, ask: Ask, counted: str = "") -> str:
        """Exact cells; see Policy.release."""
        columns = [*_dimensions(asked), *(f"{name}_counted as {name}" for name in asked.figures)]
        for figure in _counting(asked, ask):
            state = f"case when {figure}_counted is null then 'x' else '' end"
            columns.append(f"{state} as {_state(asked, figure)}")
        return _from(columns + _mark(asked, "false"), cells.counted(asked, ask, bounds=False))


@dataclass(frozen=True)
class Exact(Public):
    """Figures as counted, none withheld: for readers whose role holds this grant."""

    name: PolicyName = "exact"


@dataclass(frozen=True)
class Suppressed:
    """Counts of people from 1 to 9 and figures that rest on one case are withheld, the others are
    exact. One view subtracted from another undoes it; see Protected."""

    name: PolicyName = "suppressed"
    zero_is_true: ClassVar[bool] = True

    def together(self, asked: tuple[Cells, ...], ask: Ask) -> Lattice | None:
        """Nothing: each is counted by itself."""

    def release(self, asked: Cells, ask: Ask, counted: str = "") -> str:
        """Cells with what is withheld left out; see Policy.release.

        Where counts move to zero, a row that says 0 would tell that somebody is there; so it is no
        row at all, as where nobody is.
        """
        released = self._released(asked, ask, counted or self.counted(asked, ask))
        if self.zero_is_true or not asked.by:
            return released
        some = [f"{name} is distinct from 0" for name in _counting(asked, ask)]
        return cells.select(["*"], f"(\n{released}\n) as released", kept=[" or ".join(some)])

    def _released(self, asked: Cells, ask: Ask, counted: str) -> str:
        columns = self._columns(asked, ask)
        if not asked.remainder:
            return _from(columns, counted)
        every = "select * from every_cell"
        rest = _from([*columns, "true as remainder"], self._withheld_together(asked, ask, every))
        released = _from([*columns, "false as remainder"], every)
        return f"with every_cell as materialized (\n{counted}\n)\n{released}\nunion all\n{rest}"

    def counted(self, asked: Cells, ask: Ask) -> str:
        """The cells that the rules are applied to; see cells.counted."""
        return cells.counted(asked, ask, bounds=True)

    def _columns(self, asked: Cells, ask: Ask) -> list[str]:
        counting = _counting(asked, ask)
        empty = "" if self.zero_is_true or asked.by else f" or {_nothing(counting)}"
        kept = [_kept(name, self._withheld(asked, ask, name) if name in counting
                      else self._unsaid(asked, ask, name, counting[0]) + empty)
                for name in asked.figures]  # fmt: skip
        return [*_dimensions(asked), *kept, *(self._state(asked, ask, name) for name in counting)]

    def _state(self, asked: Cells, ask: Ask, figure: str) -> str:
        withheld = self._withheld(asked, ask, figure)
        states = f"when {withheld} then 'c' when {figure}_counted is null then 'x' else ''"
        return f"case {states} end as {_state(asked, figure)}"

    def _withheld(self, asked: Cells, ask: Ask, figure: str) -> str:
        one_case = f"{figure}_least = {figure}_last"
        if not cells.table(asked, ask).figures[figure].counts_people:
            return one_case
        return f"({one_case} or {figure}_counted between 1 and {THRESHOLD - 1})"

    def _unsaid(self, asked: Cells, ask: Ask, mark: str, figure: str) -> str:
        """When a date or mark is left out that goes with a figure."""
        return self._withheld(asked, ask, figure)

    def _rest(self, asked: Cells, ask: Ask) -> list[str]:
        """What else a policy must know of all that is withheld together."""
        return []

    def _withheld_together(self, asked: Cells, ask: Ask, counted: str) -> str:
        figure = asked.figures[0]
        columns = [f"{_together(asked, ask, name)} as {name}" for name in asked.by]
        columns.append(f"sum({figure}_counted)::bigint as {figure}_counted")
        columns.append(f"min({figure}_least) as {figure}_least")
        columns.append(f"max({figure}_last) as {figure}_last")
        columns += [f"max({mark}_counted) as {mark}_counted" for mark in asked.figures[1:]]
        columns += self._rest(asked, ask)
        withheld = self._withheld(asked, ask, figure)
        return f"{_from(columns, counted)}\nwhere {withheld}\nhaving count(*) > 0"


@dataclass(frozen=True)
class Rounded(Suppressed):
    """Every figure to the nearest ten, a half away from zero; what rests on one case is withheld.

    Differences of views still tell small counts now and then, so that it needs a grant too.
    """

    name: PolicyName = "rounded"
    zero_is_true: ClassVar[bool] = False

    def counted(self, asked: Cells, ask: Ask) -> str:
        """Cells whose counts are rounded; see cells.counted."""
        columns = [
            f"(round({name}_counted / {ROUNDED_TO}.0) * {ROUNDED_TO})::{_kind(asked, ask, name)}"
            f" as {name}_counted"
            for name in _counting(asked, ask)
        ]
        raw = cells.counted(asked, ask, bounds=True)
        return _from([f"counted.* replace ({', '.join(columns)})"], raw)

    def _withheld(self, asked: Cells, ask: Ask, figure: str) -> str:
        return f"{figure}_least = {figure}_last"


@dataclass(frozen=True)
class Protected(Suppressed):
    """Every count moved a little by lattice cell keys; then small counts of people, and people and
    amounts of which one case makes too much (rules.py), are withheld. Counts of cases are left 0, 3
    or more by the move: withholding those of one case would say for certain that there is one.
    """

    name: PolicyName = "protected"
    zero_is_true: ClassVar[bool] = False

    def counted(self, asked: Cells, ask: Ask) -> str:
        """Cells whose counts have moved, none below zero, and whether one case dominates them."""
        return dominance.judged(Lattice((asked,), ask))

    def together(self, asked: tuple[Cells, ...], ask: Ask) -> Lattice | None:
        """All of them, moved alike."""
        return Lattice(asked, ask)

    def _withheld(self, asked: Cells, ask: Ask, figure: str) -> str:
        if _counts_things(asked, ask, figure):
            return "false"
        return f"({super()._withheld(asked, ask, figure)} or {figure}_dominated)"

    def _rest(self, asked: Cells, ask: Ask) -> list[str]:
        figure = asked.figures[0]
        kind = cells.table(asked, ask).figures[figure]
        if not kind.squares:
            return []
        total, squares = f"sum({figure}_total)", f"sum({figure}_squares)"
        rule = rules.may_dominate(total, squares, people=kind.counts_people)
        return [f"{rule} as {figure}_dominated"]

    def _unsaid(self, asked: Cells, ask: Ask, mark: str, figure: str) -> str:
        if not _counts_things(asked, ask, figure):
            return self._withheld(asked, ask, figure)
        return "false" if mark == "lower_bound" else f"{figure}_counted < {THRESHOLD}"


@dataclass(frozen=True)
class Strict(Protected):
    """Every record moved once and for all by its own key; figures are sums of moved records, and
    what `protected` withholds is withheld. Subtracting views, loads or all cells there are tells no
    more than the moved records; for that every figure bears the noise of all its records."""

    name: PolicyName = "strict"

    def counted(self, asked: Cells, ask: Ask) -> str:
        """Cells of moved records, and whether one case dominates them."""
        return dominance.judged(Lattice((asked,), ask), records.moved(asked, ask))

    def together(self, asked: tuple[Cells, ...], ask: Ask) -> Lattice | None:
        """Nothing: each is counted by itself."""


POLICIES: Mapping[str, Policy] = {
    policy.name: policy
    for policy in (Protected(), Strict(), Suppressed(), Rounded(), Exact(), Public())
}


def policy(name: str) -> Policy:
    """The policy of that name; raises ValueError for any other word, so that a misspelling never
    releases a figure."""
    if name not in POLICIES:
        raise ValueError(f"a policy must be one of {', '.join(POLICIES)}, got {name!r}")
    return POLICIES[name]


def _counts_things(asked: Cells, ask: Ask, name: str) -> bool:
    figure = cells.table(asked, ask).figures[name]
    return not (figure.counts_people or figure.magnitude)


def _kind(asked: Cells, ask: Ask, figure: str) -> str:
    return "double" if cells.table(asked, ask).figures[figure].magnitude else "bigint"


def _together(asked: Cells, ask: Ask, name: str) -> str:
    """What cells withheld together are called in one dimension: others, or the one code chosen."""
    if name in NAMELESS:
        return "null"
    own = cells.table(asked, ask).own
    on = (one for one, column in own.items() if column == name and one in ask.active)
    alone = "".join(f"when len({codes}) = 1 then ({codes})[1] " for codes in map(bound, on))
    return f"case {alone}else {OTHER!r} end" if alone else repr(OTHER)


def _dimensions(asked: Cells) -> tuple[str, ...]:
    return tuple('"table"' if name == "table" else name for name in asked.by)


def _counting(asked: Cells, ask: Ask) -> list[str]:
    figures = cells.table(asked, ask).figures
    counting = [name for name in asked.figures if figures[name].rests_on]
    return counting or [asked.figures[0]]


def _nothing(figures: list[str]) -> str:
    return f"({' and '.join(f'{name}_counted = 0' for name in figures)})"


def _state(asked: Cells, figure: str) -> str:
    return "state" if figure == asked.figures[0] else f"{figure}_state"


def _kept(figure: str, withheld: str) -> str:
    hidden = "false" if figure == "lower_bound" else "null"
    return f"case when {withheld} then {hidden} else {figure}_counted end as {figure}"


def _mark(asked: Cells, remainder: str) -> list[str]:
    return [f"{remainder} as remainder"] if asked.remainder else []


def _from(columns: list[str], rows: str) -> str:
    return cells.select(columns, f"(\n{rows}\n) as counted")
