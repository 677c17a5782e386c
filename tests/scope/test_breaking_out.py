"""Ten thousand tries to get a row from outside a scope, by every way that a reader has.

Figures are exact here (the data set is declared public), so that nothing is withheld by chance. A
try is one ask that a reader could make; every row that comes back is looked at.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dashboard import address, offers, panels, picks
from dashboard.export import sheets
from data import contracts
from queries import spans
from queries.answers import Answer
from queries.questions import question, questions
from queries.scope import UNITS, Scope, ScopeError
from queries.selection import FIELDS, Selection, SelectionError, groups
from queries.store import Store

TRIES: Counter[str] = Counter()
LEAST = 10_000
ORIGINS = ("CN-FJ", "CN-ZJ", "CN-GD", "CN-LN", "unknown")
DESTINATIONS = ("USA", "ITA", "ESP", "JPN", "GBR", "KOR")
TOWNS = ("350100", "330300", "440700")
GANGS = ("DEMO-G1", "DEMO-G2", "DEMO-G3")
POOLS: Mapping[str, tuple[str, ...]] = {
    "origins": (*ORIGINS, "coastal", "inland", "south-east-coast"),
    "prefectures": TOWNS,
    "destinations": (*DESTINATIONS, "southern-europe", "north-america"),
    "routes": ("sea", "transit", "air_forged"),
    "ages": ("18-24", "25-29"),
    "sexes": ("male", "female"),
    "gangs": GANGS,
    "items": ("passport", "forged_visa"),
}
HELD = {
    "origin": "origins",
    "prefecture": "prefectures",
    "destination": "destinations",
    "reporting": "destinations",
    "gang": "gangs",
}
NAMES = sorted(questions())
FINE = {"prefecture": "towns", "age_group": "ages", "gang": "by_gang"}


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...] | None]:
    return st.none() | st.lists(st.sampled_from(values), min_size=1, max_size=3).map(tuple)


SCOPES = st.builds(
    Scope,
    origins=some(ORIGINS),
    prefectures=some(TOWNS),
    destinations=some(DESTINATIONS),
    gangs=some(GANGS),
    finest=st.sampled_from(UNITS),
    towns=st.booleans(),
    ages=st.booleans(),
    by_gang=st.booleans(),
)
CASES = {
    "suppress_health_check": list(HealthCheck),
    "deadline": None,
    "database": None,
    "phases": (Phase.generate,),
    "derandomize": True,
}


def rows_outside(answer: Answer, scope: Scope) -> list[dict[str, Any]]:
    """The rows that a scope does not hold, or that are finer than it allows."""
    limits = {column: getattr(scope, field) for column, field in HELD.items()}
    fine = [name for name, floor in FINE.items() if not getattr(scope, floor)]
    found = []
    for row in answer.records():
        wide = any(
            limit is not None and row.get(column) not in (None, *limit)
            for column, limit in limits.items()
        )
        dates = [row[name] for name in ("month", "first_month", "last_month") if row.get(name)]
        inside = any(spans.whole(day, scope.finest) != day for day in dates)
        if wide or inside or any(row.get(name) is not None for name in fine):
            found.append(row)
    return found


def parts(dice: random.Random) -> dict[str, str]:
    """A view as a reader may type it: any codes, presets, months and measure."""
    fields = dice.sample(sorted(POOLS), dice.choice((0, 1, 1, 2, 3)))
    said = {name: ",".join(dice.sample(POOLS[name], dice.randint(1, 2))) for name in fields}
    for end in dice.sample(("since", "until"), dice.choice((0, 0, 1, 2))):
        said[end] = dice.choice(("2023", "2024", "2023-02", "2024-06", "2024-07", "2024-12"))
    return said | ({"measure": "cases"} if dice.random() < 0.2 else {})


def tried(way: str, store: Store, name: str, chosen: Selection, scope: Scope) -> Answer | None:
    """One ask, counted; nothing that comes back lies outside."""
    TRIES[way] += 1
    try:
        answer = store.answer(name, chosen, scope)
    except (ScopeError, SelectionError):
        return None
    assert rows_outside(answer, scope) == []
    assert answer.scope == scope
    return answer


def asked(dice: random.Random, scope: Scope) -> Iterator[tuple[str, Selection]]:
    """What a reader may ask by an address as the page reads it, as a command reads it, and after
    clicks on marks that carry forged codes."""
    said = parts(dice)
    yield "address", address.read(said).selection
    try:
        yield "command", Selection.parse("&".join(f"{key}={value}" for key, value in said.items()))
    except SelectionError:
        TRIES["command"] += 1
    field = dice.choice(sorted(FIELDS))
    marks = [dice.choice(POOLS[field])]
    start = Selection(origins=scope.origins) if scope.origins else Selection()
    try:
        yield "click", picks.toggled(start, picks.picked(field, marks))
    except SelectionError:
        TRIES["click"] += 1


@settings(max_examples=60, **CASES)  # type: ignore[arg-type]
@given(scope=SCOPES, seed=st.integers(0, 2**32))
def test_no_address_command_or_click_leads_out(scope: Scope, seed: int, tiny_public_store: Store):
    dice = random.Random(seed)
    for _ in range(8):
        name = dice.choice(NAMES)
        for way, chosen in asked(dice, scope):
            tried(way, tiny_public_store, name, chosen, scope)


@settings(max_examples=60, **CASES)  # type: ignore[arg-type]
@given(scopes=st.lists(SCOPES, min_size=2, max_size=4), seed=st.integers(0, 2**32))
def test_no_kept_answer_crosses_scopes(scopes: list[Scope], seed: int, tiny_public_store: Store):
    """Visitors of several scopes ask the same few things at once, over and over."""
    dice = random.Random(seed)
    wanted = [(dice.choice(NAMES), address.read(parts(dice)).selection) for _ in range(3)]

    def visit(number: int) -> None:
        name, chosen = wanted[number % len(wanted)]
        scope = scopes[number // len(wanted) % len(scopes)]
        tried("kept", tiny_public_store, name, chosen, scope)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(visit, range(96)))


@settings(max_examples=60, **CASES)  # type: ignore[arg-type]
@given(scope=SCOPES, seed=st.integers(0, 2**32))
def test_no_file_holds_what_lies_outside(scope: Scope, seed: int, tiny_public_store: Store):
    """No name of a place outside is in a table's text, by code or in words."""
    dice = random.Random(seed)
    foreign = {*ORIGINS[:4]} - {*(scope.origins or ORIGINS)}
    for _ in range(8):
        name = dice.choice([name for name in NAMES if "province" not in question(name).columns])
        answer = tried("file", tiny_public_store, name, Selection(), scope)
        if answer is not None:
            lines = sheets.csv_bytes(answer, "en").decode("utf-8").split("\r\n")
            rows = [line for line in lines if not line.startswith("#")]
            assert not [code for code in foreign for line in rows if code in line]


class Dated:
    """Months that the panels offer."""

    def __init__(self, store: Store) -> None:
        said = store.manifest
        self.first_month, self.last_month = said.first_month, said.last_month
        self.provisional_from, self.breaks = said.provisional_from, said.breaks


@settings(max_examples=120, **CASES)  # type: ignore[arg-type]
@given(scope=SCOPES, seed=st.integers(0, 2**32))
def test_nothing_that_is_offered_is_refused(scope: Scope, seed: int, tiny_public_store: Store):
    """Every pick in every panel stays inside, and so does what comes of some picks in a row."""
    dice, now = random.Random(seed), Selection()
    dated = Dated(tiny_public_store)
    for _ in range(4):
        for panel in panels.PANELS:
            gangs = lambda: tiny_public_store.gangs(scope)  # noqa: E731
            controls = offers.within(panel.controls(now, "en", dated, gangs), scope)
            for control in controls:
                if not control.options:
                    continue
                option = dice.choice(control.options)
                many = control.kind in ("many", "pills")
                chosen = control.apply(now, [option] if many else option)
                TRIES["offer"] += 1
                scope.narrow(chosen)
                now = chosen if dice.random() < 0.3 else now


def test_all_minus_mine_cannot_be_had(tiny_public_store: Store):
    """Every whole that a share is taken of is the whole of the scope: shares add up to one."""
    scope = Scope(origins=("CN-FJ",))
    for name in ("origins", "destinations", "corridors"):
        rows = tiny_public_store.answer(name, Selection(), scope).records()
        assert sum(row["share"] or 0 for row in rows) == pytest.approx(1)
    mine = tiny_public_store.answer("totals", Selection(), scope).records()
    everybodys = tiny_public_store.answer("totals").records()
    assert all(one["value"] < two["value"] for one, two in zip(mine, everybodys, strict=True))


def test_ten_thousand_tries_were_made():
    """Runs last; the tries above count themselves."""
    if set(TRIES) < {"address", "command", "click", "kept", "file", "offer"}:
        pytest.skip("run the whole file")
    print(dict(TRIES))
    assert sum(TRIES.values()) >= LEAST, TRIES


def test_the_codes_that_are_tried_are_there():
    for name, pool in POOLS.items():
        codes = FIELDS[name].codes
        if codes:
            known = {*contracts.codes(codes).codes, *groups(name)}
            assert set(pool) <= known, (name, set(pool) - known)
