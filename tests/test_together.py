"""Cells that are read together are released as each of them is when it is read by itself."""

from dataclasses import dataclass

import pytest

from queries import compose
from queries.cells import Ask, Cells
from queries.lattice import Lattice
from queries.periods import periods
from queries.questions import questions
from queries.release import Policy, Protected, Strict
from queries.scope import Scope
from queries.selection import Selection
from queries.store import Run, Store

FILTERS = (
    "",
    "since=2024-02&until=2025-12",
    "origins=CN-FJ,CN-ZJ&since=2022-05",
    "destinations=southern-europe,USA,JPN&until=2021-05",
    "items=forged_visa,passport&measure=cases",
    "origins=CN-FJ,CN-GD&items=forged_visa,seal",
    "routes=sea,transit&sexes=male&measure=cases&since=2023-02",
    "origins=CN-XZ&since=2026-02",
    "since=2026-09",
    "until=2010-03",
)
COARSE = Scope(finest="quarter", origins=("CN-FJ", "CN-ZJ"))


@dataclass(frozen=True)
class Apart(Protected):
    """The same policy, every cell read by itself."""

    def together(self, asked: tuple[Cells, ...], ask: Ask) -> Lattice | None:
        """Nothing."""


def rows(store: Store, name: str, selection: Selection, scope: Scope, policy: Policy) -> str:
    """The rows that a policy releases, as text."""
    opened = store._snapshot()
    spans = periods(selection, opened.manifest, scope.finest)
    sql = compose.text(questions()[name], compose.ask(selection, scope), policy)
    values = compose.values(selection, spans, opened.manifest)
    return Run(opened, sql, values).rows().to_csv()


def test_most_questions_read_several_cells_together():
    asked = compose.ask(Selection())
    apart = {name for name, question in questions().items()
             if compose.text(question, asked, Apart()) != compose.text(question, asked, Protected())
             }  # fmt: skip
    assert {"totals", "origins", "destinations", "gangs", "coverage"} <= apart
    assert not any(Strict().together(question.cells, asked) for question in questions().values())


@pytest.mark.parametrize("address", FILTERS)
def test_reading_together_changes_no_figure(address: str, demo_store: Store):
    selection = Selection.parse(address)
    for name, question in questions().items():
        asked = selection.replace(gangs=demo_store.gangs()[:1]) if question.requires else selection
        for scope in (Scope(), COARSE)[: 1 if address else 2]:
            if scope.offers(question.dimensions):
                one, other = (rows(demo_store, name, scope.narrow(asked), scope, policy)
                              for policy in (Protected(), Apart()))  # fmt: skip
                assert one == other, (name, scope)
