"""One SQL text from a question: released cells, the calendar, then the question's own lines.

The text depends on the question, the filters that are on, the measure and the policy only; every
value the reader gave travels in the one parameter `$selection`.
"""

import re
from functools import lru_cache
from typing import Any

from queries import dominance, nodes
from queries import links as linked
from queries.cells import REACHED, SEIZED, Ask, Cells, links, select, table
from queries.facts import BOUND_FIELDS, NODES, bound, chosen
from queries.periods import Dated, Periods, compared
from queries.questions import Question
from queries.reading import PART
from queries.release import Policy, Public
from queries.scope import Scope
from queries.selection import Selection

EVERYTHING = Scope.everything()
COUNTED = "counted"
CALENDAR = ", ".join(
    [
        "month",
        "extract(year from month)::bigint as year",
        f"coalesce(month >= {bound('provisional_from')}, false) as provisional",
        f"{chosen('month', 'breaks')} as series_break",
        f"month between {bound('trend_since')} and {bound('trend_until')} as in_trend",
    ]
)
MONTHS = (
    f"unnest(generate_series({bound('window_since')}, {bound('window_until')}, interval 1 month))"
)
ASKED = ", ".join(
    [
        f"{bound('measure')} as measure",
        f"case when {bound('current_since')} is not null then 0 end as current_none",
        f"case when {bound('previous_since')} is not null then 0 end as previous_none",
        f"coalesce({bound('reason')}, 'base') as reason_none",
        f"{bound('gangs')} is not null as gangs_chosen",
    ]
)


def ask(selection: Selection, scope: Scope = EVERYTHING) -> Ask:
    """What of a selection and a scope shapes the SQL text."""
    dates = [name for name in ("since", "until") if getattr(selection, name)]
    on = frozenset([*selection.active, *dates])
    modes = tuple((name, nodes.mode(name, getattr(selection, name))) for name in selection.active)
    return Ask(on, selection.measure, scope.finest, scope.whole, modes)


@lru_cache(maxsize=4096)
def text(question: Question, asked: Ask, policy: Policy) -> str:
    """The whole SQL of a question, with `$selection` as its only parameter."""
    steps = [step for alike in _alike(question, asked) for step in _steps(alike, asked, policy)]
    months = f"select {MONTHS}::date as month"
    steps += [("calendar", f"select {CALENDAR}\nfrom ({months}) as months")]
    steps += [("asked", f"select {ASKED}")]
    reader = "".join([question.sql, *(sql for _, sql in steps)])
    read = [_step(name, sql, reader if name.endswith(COUNTED) else question.sql)
            for name, sql in steps]  # fmt: skip
    reached = _links(asked, "".join(read))
    written = ",\n".join(filter(None, reached + read))
    own = question.sql.strip()
    joined = ",\n" if own.startswith("with ") else "\n"
    return f"with {written}{joined}{own.removeprefix('with ')}"


def values(selection: Selection, periods: Periods, dated: Dated) -> dict[str, Any]:
    """The one parameter: a value for every field of the bound struct."""
    bound_values: dict[str, Any] = dict.fromkeys(BOUND_FIELDS)
    for name in BOUND_FIELDS:
        value = getattr(selection, name, None)
        bound_values[name] = list(value) if isinstance(value, tuple) else value
    for name in selection.active:
        bound_values[name + NODES] = list(nodes.named(name, getattr(selection, name)))
    for name in ("window", "current", "previous", "trend"):
        since, until = getattr(periods, name) or (None, None)
        bound_values |= {f"{name}_since": since, f"{name}_until": until}
    return bound_values | {
        "reason": periods.reason,
        "provisional_from": dated.provisional_from,
        "breaks": list(dated.breaks),
    }


def governing(question: Question, asked: Ask, policy: Policy) -> Policy:
    """The policy that a question's answer is under: public where all its facts are published."""
    return Public() if all(table(one, asked).published for one in question.cells) else policy


def _alike(question: Question, asked: Ask) -> list[tuple[Cells, ...]]:
    """The cells of a question, those together that count the same figures of one fact table."""
    found: dict[tuple[object, ...], list[Cells]] = {}
    for cells in question.cells:
        facts = table(cells, asked)
        counting = tuple(name for name in cells.figures if facts.figures[name].rests_on)
        alone = cells.name if cells.remainder or facts.published else ""
        key = facts.source, facts.dated, counting, alone
        found.setdefault(key, []).append(cells)
    return [tuple(cells) for cells in found.values()]


def _steps(alike: tuple[Cells, ...], asked: Ask, policy: Policy) -> list[tuple[str, str]]:
    """The steps that hold some cells as released, and the one they are counted in together."""
    together = policy.together(alike, asked) if len(alike) > 1 else None
    if together is None:
        return [(cells.name, _released(cells, asked, policy)) for cells in alike]
    read = f"{alike[0].name}_{COUNTED}"
    steps = [(read, dominance.judged(together))]
    for cells in alike:
        part = [f"{PART} = {together.reading.part(cells)}"] if together.several else []
        counted = select(["*"], read, kept=part)
        steps.append((cells.name, _released(cells, asked, policy, counted)))
    return steps


def _released(cells: Cells, asked: Ask, policy: Policy, counted: str = "") -> str:
    published = table(cells, asked).published
    released = (Public() if published else policy).release(cells, asked, counted)
    return compared(released, cells.by, cells.figures) if cells.compare else released


def _links(asked: Ask, reader: str) -> list[str]:
    """The steps that other tables' filters need; a case stands in its nodes wherever it is kept."""
    noded = [_step(name, sql, reader) for name, sql in linked.links(asked)]
    kept = dict(links(asked))
    for node, step in ((linked.PEOPLE, REACHED), (linked.ITEMS, SEIZED)):
        if any(text.startswith(f"{node} ") for text in noded):
            kept[step] = " ".join(["select distinct reached_no as case_no from", node])
    return noded + [_step(name, sql, reader) for name, sql in kept.items()]


def _step(name: str, sql: str, reader: str) -> str:
    """A named step, or nothing when nobody reads it.

    DuckDB 2 materialises every step unless told otherwise; one reader needs no copy.
    """
    times = len(re.findall(rf"\b(?:from|join)\s+{name}\b", reader))
    kept = "not materialized " if times == 1 else ""
    return f"{name} as {kept}(\n{sql}\n)" if times else ""
