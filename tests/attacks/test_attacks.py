"""Attacks on the product's answers: they undo weaker protection, and learn nothing from ours but
what is published as a limit."""

from collections import defaultdict
from dataclasses import asdict, replace
from itertools import product

import pytest

from queries import privacy
from queries.selection import Selection
from tests.attacks.__main__ import LARGE
from tests.attacks.campaign import AGAIN, ATTACKS, RELOAD, UNLIMITED, Campaign, Size
from tests.attacks.policies import REDRAWN, RELEASES
from tests.attacks.world import TABLES, opened

SIZE = Size(rows=3000, small=900, families=2, pairs=6, wide=2, axes=("sexes", "routes", "ages"),
            loads=6)  # fmt: skip


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """The worlds that the published figures were measured on."""
    return Campaign(tmp_path_factory.mktemp("published"), LARGE)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Small worlds to attack."""
    return Campaign(tmp_path_factory.mktemp("attacked"), SIZE)


LIMITS = (RELOAD, UNLIMITED)
PROMISED = [(name, attack) for name in ("protected", "strict") for attack in ATTACKS
            if name == "strict" or attack not in LIMITS]  # fmt: skip


@pytest.mark.parametrize(("name", "attack"), PROMISED)
def test_nothing_is_learnt_from_answers(campaign: Campaign, name: str, attack: str):
    score = campaign.score(attack, name)
    assert score.targets and score.queries
    assert (score.recovered, score.learnt) == (0, 0), score


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_same_attack_undoes_hiding_small_counts(campaign: Campaign, attack: str):
    score = campaign.score(attack, "suppressed")
    assert score.recovered > 0, score
    assert score.right == score.claims, score


@pytest.mark.parametrize("attack", LIMITS)
def test_what_protected_answers_do_not_withstand_is_published(attack: str, published: Campaign):
    """One row moves every cell that holds it apart, and so is seen many times over. The document
    names the attack, says what it learns, and what to choose instead."""
    score = published.score(attack, "protected")
    (row,) = [row for row in privacy.results()["attacks"]
              if (row["attack"], row["release"]) == (attack, "protected")]  # fmt: skip
    assert asdict(score) | {"learnt": score.learnt} == row
    assert 0 < score.learnt < score.small / 2
    document = privacy.text().split("### In full")[0]
    limits = document[document.index("did not withstand") :]
    told = privacy.say("attack", attack, "en")
    assert f"“{told}”: {score.learnt:.0f} of {score.small}" in limits
    assert "“strict”" in limits


@pytest.mark.parametrize("name", ["protected", "strict"])
def test_the_same_data_loaded_again_shows_the_same_figures(campaign: Campaign, name: str):
    """With what is there and in its place, on two machines, rows in another order."""
    assert len(campaign.same) == len(set(campaign.same)) == SIZE.loads
    seen: dict[tuple[str, str], list[list[dict]]] = defaultdict(list)
    for path in campaign.same:
        with opened(RELEASES[name], path) as eyes:
            for table, address in product(TABLES, ("", "sexes=male", "routes=sea&measure=cases")):
                seen[table, address].append(eyes.rows(table, Selection.parse(address)))
    assert [
        asked for asked, (first, *more) in seen.items() if any(one != first for one in more)
    ] == []
    assert any(row["value"] for (first, *_) in seen.values() for row in first)


def test_keys_drawn_anew_at_every_load_are_undone_by_loading_again(campaign: Campaign):
    often = campaign.sized(replace(SIZE, loads=24, axes=("sexes", "routes")))
    score = often.score(AGAIN, REDRAWN)
    assert score.small > 10 and score.right == score.claims
    assert score.learnt > score.small / 3 and score.recovered, score


def test_averaging_over_many_pairs_undoes_keys_on_the_filtered_total(campaign: Campaign):
    often = campaign.sized(replace(SIZE, seed=10, families=1, pairs=50))
    assert often.score("differencing", "naive").learnt > 0
