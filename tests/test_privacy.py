"""What attacks found is shown as measured: one results file for the page and the document."""

import json
import re
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.stage import DATA_VARIABLE
from dashboard.words import say
from data.contracts import LANGUAGES, Language
from queries import policies, privacy
from tests.attacks.campaign import ATTACKS, tried
from tests.attacks.policies import RELEASES
from tests.attacks.price import KINDS

ATTACKED = Path(__file__).parent / "attacks"
APP = str(Path(__file__).parents[1] / "dashboard" / "app.py")


def test_the_document_is_fresh():
    assert privacy.DOCUMENT.read_text("utf-8") == privacy.text(), "run python -m queries privacy"


def test_every_attack_on_every_way_of_release_is_published():
    scored = {(row["attack"], row["release"]) for row in privacy.results()["attacks"]}
    assert scored == {(attack, name) for attack in ATTACKS for name in tried(attack)}
    priced = {(row["kind"], row["release"]) for row in privacy.results()["prices"]}
    assert priced == {(kind, name) for kind in KINDS for name in RELEASES}


def test_every_test_that_holds_off_an_attack_is_there():
    named = re.findall(r"`(\w+\.py)::(\w+)`", privacy.text())
    assert len(named) >= 10
    for file, name in named:
        assert f"\ndef {name}(" in (ATTACKED / file).read_text("utf-8")


def data_page(directory: Path, language: Language, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The Data page of a data directory, as a reader of the language sees it."""
    monkeypatch.setenv(DATA_VARIABLE, str(directory))
    st.cache_resource.clear()
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["language"] = language
    return app.run().switch_page("views/data.py").run()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_data_page_shows_the_figures_of_the_file(
    language: Language, tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    page = data_page(tiny_directory, language, monkeypatch)
    shown = [table.value for table in page.table]
    for heads, lines in (privacy.attacks(language), privacy.prices(language)):
        (table,) = [one for one in shown if list(one.columns) == heads]
        assert table.to_numpy().tolist() == lines
    captions = "\n".join(caption.value for caption in page.caption)
    assert json.loads(privacy.RESULTS.read_text("utf-8"))["measured"]["date"] in captions.replace(
        "\\", ""
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_published_figures_are_not_said_to_be_protected(
    language: Language, tiny_public_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    page = data_page(tiny_public_directory, language, monkeypatch)
    about = policies.about("public", language)
    first = say("privacy_elsewhere", language, about=about)
    what = privacy.say("text", "what", language)
    (said,) = [c.value.replace("\\", "") for c in page.caption if what[:9] in c.value]
    assert said.startswith(first)


def test_an_attack_that_succeeded_is_named(monkeypatch: pytest.MonkeyPatch):
    row = {"attack": "drill", "release": "protected", "queries": 1, "small": 9, "learnt": 0.0}
    found = {"measured": {"date": "2026-01-01", "rows": 1, "small": 1}, "attacks": [row]}
    monkeypatch.setattr(privacy, "results", lambda: found)
    assert privacy.attacked("en")[1] == privacy.say("text", "safe", "en")
    row["learnt"] = 0.4
    assert privacy.say("attack", "drill", "en") in privacy.attacked("en")[1]
