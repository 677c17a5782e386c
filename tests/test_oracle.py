"""Random data and random selections: every question's SQL against plain Python."""

import tempfile
from pathlib import Path
from typing import Any

import pandas
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data import contracts, snapshots
from data.manifest import Description
from queries.questions import questions
from queries.release import PolicyName
from queries.scope import Scope
from queries.selection import Selection
from queries.store import Store
from tests.conftest import examples
from tests.oracle import Oracle
from tests.oracle_lattice import LatticeOracle
from tests.oracle_strict import StrictOracle

KINDS: dict[PolicyName, type[Oracle]] = {"protected": LatticeOracle, "strict": StrictOracle,
                                         "suppressed": Oracle, "public": Oracle}  # fmt: skip
UNCHECKED = {"coverage", "arrivals_by_year"}
MONTHS = [f"{2022 + n // 12}-{n % 12 + 1:02d}" for n in range(30)]
ORIGINS = ("CN-FJ", "CN-ZJ", "unknown")
DESTINATIONS = ("USA", "ITA", "JPN", "unknown")
ITEMS = ("forged_visa", "passport", "seal", "vessel")
GANGS = ("DEMO-A", "DEMO-B", None)
UNIT = {item.code: item.attributes["unit"] for item in contracts.codes("items")}
Tables = dict[str, list[dict[str, Any]]]


def _some(draw: st.DrawFn, options: Any) -> Any:
    return draw(st.sampled_from(options))


@st.composite
def tables(draw: st.DrawFn) -> Tables:
    """Cases, cohorts and seizures in the contracts' shape, dense enough that cells collide."""
    cases = [
        {
            "case_id": f"DEMO-C{n}",
            "opened": f"{_some(draw, MONTHS)}-15",
            "province": "CN-FJ",
            "kind": "smuggling",
            "gang": _some(draw, GANGS),
            "suspects_organiser": _some(draw, (None, "0", "3", "12")),
            "suspects_forger": _some(draw, (None, "0", "8")),
            "flag": _some(draw, (None, None, "lower_bound")),
        }
        for n in range(draw(st.integers(1, 9)))
    ]
    codes = [case["case_id"] for case in cases]
    cohorts = [
        {
            "cohort_id": f"DEMO-{n}",
            "case_id": _some(draw, codes),
            "month": _some(draw, MONTHS),
            "origin": _some(draw, ORIGINS),
            "prefecture": None,
            "destination": _some(draw, DESTINATIONS),
            "route": (route := _some(draw, ("sea", "transit"))),
            "transit": _some(draw, ("ECU", None)) if route == "transit" else None,
            "age_group": _some(draw, ("18-24", "25-29")),
            "sex": _some(draw, ("male", "female")),
            "persons": str(_some(draw, (1, 3, 7, 9, 10, 40))),
            "flag": _some(draw, (None, None, "lower_bound")),
        }
        for n in range(draw(st.integers(1, 30)))
    ]
    seizures = [
        {
            "seizure_id": f"DEMO-S{n}",
            "case_id": _some(draw, codes),
            "date": f"{_some(draw, MONTHS)}-20",
            "province": _some(draw, ("CN-FJ", "CN-GD")),
            "item": (item := _some(draw, ITEMS)),
            "quantity": str(_some(draw, (0, 1, 5, 250))),
            "unit": UNIT[item],
            "flag": _some(draw, (None, None, "lower_bound")),
        }
        for n in range(draw(st.integers(0, 8)))
    ]
    return {"cases": cases, "cohorts": cohorts, "seizures": seizures}


@st.composite
def selections(draw: st.DrawFn) -> Selection:
    """Selections in which every field is often absent."""
    since, until = sorted([_some(draw, MONTHS), _some(draw, MONTHS)])
    asked = {
        "since": since if draw(st.booleans()) else None,
        "until": until if draw(st.booleans()) else None,
        "origins": _some(draw, (None, None, "CN-FJ", "CN-ZJ,unknown")),
        "destinations": _some(draw, (None, None, "USA,JPN")),
        "routes": _some(draw, (None, None, None, "transit")),
        "ages": _some(draw, (None, None, None, "25-29")),
        "sexes": _some(draw, (None, None, None, "male")),
        "items": _some(draw, (None, None, None, "seal", "passport,vessel")),
        "gangs": _some(draw, (None, None, None, "DEMO-A")),
        "measure": _some(draw, ("persons", "cases")),
    }
    return Selection.parse("&".join(f"{key}={value}" for key, value in asked.items() if value))


def rounded(rows: list[dict[str, Any]], names: set[str]) -> list[str]:
    """Rows without order, in the columns both sides give; fractions to nine digits."""

    def said(value: Any) -> Any:
        if isinstance(value, list):
            return [said(part) for part in value]
        return round(float(value), 9) if isinstance(value, int | float) else value

    return sorted(repr({name: said(row[name]) for name in sorted(names)}) for row in rows)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@settings(
    max_examples=examples(8),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    tables(),
    st.lists(selections(), min_size=3, max_size=3),
    st.sampled_from(list(KINDS)),
    st.sampled_from([None, *MONTHS[20:]]),
)
def test_sql_and_plain_python_agree(
    data: Tables, asked: list[Selection], policy: PolicyName, provisional: str | None
):
    declared = Selection.parse(f"since={provisional}").since if provisional else None
    frames = {name: pandas.DataFrame(rows) for name, rows in data.items() if rows}
    with tempfile.TemporaryDirectory() as folder:
        description = Description(
            disclosure="protected" if policy == "strict" else policy, provisional_from=declared
        )
        snapshots.build(Path(folder), frames, description)
        with Store(folder) as store:
            for selection in [Selection(), *asked]:
                compare(store, data, selection, policy)


def test_every_question_has_an_oracle():
    lacking = [name for name in questions() if not hasattr(Oracle, name)]
    assert set(lacking) == UNCHECKED


def compare(store: Store, data: Tables, selection: Selection, policy: PolicyName) -> None:
    scope = Scope(policy="strict" if policy == "strict" else None)
    for name in sorted(set(questions()) - UNCHECKED):
        known = store.gangs()
        chosen = selection if selection.gangs is None else selection.replace(gangs=known[:1])
        if name == "gang_profile":
            if not known:
                continue
            chosen = selection.replace(gangs=known[:1])
        answer = store.answer(name, chosen, scope)
        assert answer.policy in (policy, "public")
        start, guarded = store.manifest.provisional_from, policy != "public"
        oracle = KINDS[policy](data, chosen, answer.periods, start, guarded)
        expected = getattr(oracle, name)()
        names = set(expected[0]) & set(answer.question.columns) if expected else set()
        assert rounded(answer.records(), names) == rounded(expected, names), (
            name,
            chosen.address(),
        )
