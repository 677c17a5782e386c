"""Policies by name: what each one releases, who may have it, and that every answer says which."""

import dataclasses
from pathlib import Path

import pytest

from dashboard import details, findings
from dashboard.export import files
from data import contracts
from queries import policies
from queries.release import POLICIES
from queries.rules import ROUNDED_TO
from queries.scope import Scope, ScopeError
from queries.selection import Selection
from queries.store import Store
from tests.conftest import EXACT, build_tiny, tiny_tables

WEAKER = ("suppressed", "rounded", "exact")
ROUNDED = Scope(policy="rounded", granted=("rounded",))
CHOSEN = ("", "destinations=USA,ITA&since=2023-06", "measure=cases", "sexes=male&items=seal")
NAMES = ("totals", "origins", "corridors", "gangs", "persons_by_month", "seizures_by_item")


@pytest.fixture(scope="module")
def protected_store(tmp_path_factory: pytest.TempPathFactory):
    folder = build_tiny(tmp_path_factory.mktemp("protected"), disclosure="protected")
    with Store(folder) as store:
        yield store


def half_up(value: float) -> float:
    """To the nearest ten by hand: a half goes up."""
    return int((value + ROUNDED_TO / 2) // ROUNDED_TO) * ROUNDED_TO


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("address", CHOSEN)
def test_exact_figures_are_those_of_a_published_set(
    name: str, address: str, protected_store: Store, tiny_public_store: Store
):
    selection = Selection.parse(address)
    answer = protected_store.answer(name, selection, EXACT)
    assert answer.records() == tiny_public_store.answer(name, selection).records()
    assert (answer.policy, answer.withheld) == ("exact", 0)


@pytest.mark.parametrize("name", NAMES[1:])
@pytest.mark.parametrize("address", CHOSEN[:3])
def test_rounded_figures_are_tens_and_nothing_rests_on_one_case(
    name: str, address: str, protected_store: Store
):
    selection = Selection.parse(address)
    answer = protected_store.answer(name, selection, ROUNDED)
    exact = protected_store.answer(name, selection, EXACT).records()
    figures = [f for f in ("value", "quantity", "suspects", "cases") if f in answer.rows.columns]
    assert answer.policy == "rounded"
    keys = [c for c in ("origin", "destination", "gang", "month", "item") if c in exact[0]][:2]
    if name == "gangs":
        keys = ["gang"]
    by_key = {tuple(row[key] for key in keys): row for row in exact}
    there = {key for key, row in by_key.items() if any(half_up(row[f] or 0) for f in figures)}
    assert there <= {tuple(row[key] for key in keys) for row in answer.records()}
    shown = 0
    for row in answer.records():
        for figure in figures:
            if row[figure] is not None:
                shown += 1
                assert row[figure] == half_up(by_key[tuple(row[key] for key in keys)][figure])
    assert shown or not there


def test_a_rounded_figure_of_one_case_is_withheld_however_large(protected_store: Store):
    (one,) = protected_store.answer("totals", Selection.parse("origins=CN-LN"), ROUNDED).records()[
        :1
    ]
    assert (one["value"], one["state"]) == (None, "c")


def test_rounded_changes_are_of_rounded_figures(protected_store: Store):
    rows = protected_store.answer("totals", scope=ROUNDED).records()
    changed = [row for row in rows if row["change"] is not None]
    assert changed
    for row in changed:
        assert row["current"] % 10 == row["previous"] % 10 == 0
        expected = (row["current"] - row["previous"]) / row["previous"]
        assert row["change"] == pytest.approx(expected)


@pytest.mark.parametrize("wanted", [*WEAKER, "public"])
def test_no_weaker_policy_without_a_grant(wanted: str, protected_store: Store):
    asking = Scope(policy=wanted)
    for refused in (
        lambda: protected_store.answer("origins", scope=asking),
        lambda: protected_store.policy(asking),
    ):
        with pytest.raises(ScopeError, match="no grant") as told:
            refused()
        assert {told.value.words(language) for language in contracts.LANGUAGES} != {""}
        assert told.value.words("zh") != told.value.words("en")


def test_public_is_never_granted_over_figures_that_are_not(protected_store: Store):
    with pytest.raises(ScopeError, match="no grant"):
        protected_store.answer("origins", scope=Scope(policy="public", granted=("public",)))


@pytest.mark.parametrize("wanted", WEAKER)
def test_a_grant_alone_changes_nothing_until_it_is_asked_for(wanted: str, protected_store: Store):
    granted = Scope(granted=(wanted,))
    assert protected_store.answer("origins", scope=granted).policy == "protected"
    asked = Scope(policy=wanted, granted=(wanted,))
    assert protected_store.answer("origins", scope=asked).policy == wanted
    assert protected_store.policy(asked) == wanted


def test_a_stricter_policy_needs_no_grant(tiny_store: Store, tiny_public_store: Store):
    assert tiny_store.answer("origins", scope=Scope(policy="protected")).policy == "protected"
    for store in (tiny_store, tiny_public_store):
        assert store.answer("origins", scope=Scope(policy="strict")).policy == "strict"
    rounded = tiny_public_store.answer("origins", scope=Scope(policy="rounded"))
    assert rounded.policy == "rounded"
    assert {row["value"] % 10 for row in rounded.records() if row["value"] is not None} == {0}


def test_exact_over_published_figures_is_public(tiny_public_store: Store):
    assert tiny_public_store.answer("origins", scope=Scope(policy="exact")).policy == "public"


def test_a_kept_answer_never_crosses_policies(protected_store: Store):
    exact = protected_store.answer("origins", scope=EXACT).records()
    assert protected_store.answer("origins").records() != exact
    assert protected_store.answer("origins", scope=EXACT).records() == exact


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_says_itself_in_both_languages(policy: str):
    for part in (policies.label, policies.about, policies.zero, policies.sentence):
        said = {language: part(policy, language) for language in contracts.LANGUAGES}
        assert said["zh"] and said["en"] and said["zh"] != said["en"]
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in said["en"])
    adds_up = policy in ("strict", "suppressed", "exact", "public")
    assert [bool(policies.parts(policy, code)) for code in contracts.LANGUAGES] == [not adds_up] * 2


@pytest.mark.parametrize("policy", ["protected", "strict", *WEAKER])
def test_why_a_figure_is_blank_is_said_by_the_policy(policy: str, protected_store: Store):
    answer = protected_store.answer("corridors", scope=Scope(policy=policy, granted=(policy,)))
    said = {language: findings.blank(answer, language) for language in contracts.LANGUAGES}
    assert ("under 10" in said["en"]) == (policy in ("protected", "strict", "suppressed"))
    assert ("exact" in said["en"]) == (policy == "exact")
    assert said["zh"] != said["en"]


def test_a_blank_may_stand_for_figures_that_became_zero(protected_store: Store):
    told = {}
    for policy in ("protected", "suppressed", "rounded"):
        scope = Scope(policy=policy, granted=(policy,))
        answer = protected_store.answer("persons_by_month", Selection.parse("until=2023-01"), scope)
        told[policy] = findings.blank(dataclasses.replace(answer, withheld=0), "en")
    assert "became zero" in told["protected"] == told["rounded"]
    assert "became zero" not in told["suppressed"]


@pytest.mark.parametrize("name", ["protected", "strict", *WEAKER])
def test_nothing_calls_a_zero_true_that_may_have_moved(name: str, protected_store: Store):
    answer = protected_store.answer("origins", scope=Scope(policy=name, granted=(name,)))
    file = files.build("csv", answer, "en").decode("utf-8")
    told = [details.blank(answer, "en"), file]
    assert ["true zero" in text for text in told] == [name in ("suppressed", "exact")] * 2
    assert ["became zero" in text for text in told] == [name not in ("suppressed", "exact")] * 2


def test_the_old_word_of_a_description_is_refused(tmp_path: Path, capsys):
    from data.__main__ import main

    for name, frame in tiny_tables().items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "dataset.toml").write_text('disclosure = "suppressed"', encoding="utf-8")
    assert main(["load", str(tmp_path), "--into", str(tmp_path / "d")]) == 2
    assert "disclosure is protected or public, got 'suppressed'" in capsys.readouterr().err
