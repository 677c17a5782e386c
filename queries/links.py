"""Filters that reach a fact table through the case, and the nodes they divide it into.

It must not know figures.
"""

from queries.cells import Ask, select
from queries.facts import COHORT_FILTERS, NODES, bound, chosen

NODE = "node_"
PEOPLE, ITEMS = "people_nodes", "item_nodes"
LINKED = {PEOPLE: ("cohorts", COHORT_FILTERS), ITEMS: ("seizures", {"items": "item"})}


def links(ask: Ask) -> list[tuple[str, str]]:
    """Steps that hold, for every case that filters of another table reach, each node they reach it
    through: columns reached_no and node_FILTER."""
    steps = []
    for step, (source, columns) in LINKED.items():
        names = [name for name in columns if name in ask.active]
        if not any(name in ask.dividing for name in names):
            continue
        by_map = [name for name, mode in ask.modes if mode == "mapped" and name in names]
        said = [f"{f'{name}_map.node' if name in by_map else columns[name]} as {NODE}{name}"
                for name in names if name in ask.dividing]  # fmt: skip
        joined = " ".join([source, *(mapped(name, columns[name]) for name in by_map)])
        kept = [chosen(columns[name], name) for name in names]
        distinct = ["distinct case_no as reached_no", *said]
        steps.append((step, select(distinct, joined, [], kept)))
    return steps


def mapped(name: str, column: str) -> str:
    """A join that gives every value of a filter's column the node it belongs to."""
    pairs = f"unnest({bound(name)}) as code, unnest({bound(name + NODES)}) as node"
    return f"inner join (select {pairs}) as {name}_map on {column} = {name}_map.code"
