"""Every role at the screen, in both languages: what is offered, what is said, what is refused."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from dashboard import charts, frame, offers, panels
from dashboard.stage import DATA_VARIABLE
from dashboard.words import say
from data import contracts
from data.contracts import LANGUAGES, Language
from queries import policies, policy_file, trail
from queries.scope import Scope
from queries.selection import Selection
from queries.store import Store
from tests.conftest import tiny_tables
from tests.scope.roles import ROLES, as_local
from tests.test_app import APP, texts

FUJIAN = '["CN-FJ"]'
ALL = [
    [
        contracts.label("provinces", code, language)
        for code in contracts.codes("provinces").codes[:30]
    ]
    for language in LANGUAGES
]
FLOORED = {"finest": '"year"', "by_age": "false", "by_gang": "false", "by_prefecture": "false"}


@pytest.fixture(autouse=True)
def prepared(
    tmp_path: Path, tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv(DATA_VARIABLE, str(tiny_directory))
    monkeypatch.setenv("DASHBOARD_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(trail, "_lately", type(trail._lately)())
    streamlit.cache_resource.clear()
    yield
    streamlit.cache_resource.clear()


def opened(policy: Path, monkeypatch: pytest.MonkeyPatch, **parameters: str) -> AppTest:
    """The first page, as whoever this policy calls local gets it."""
    monkeypatch.setenv(policy_file.VARIABLE, str(policy))
    policy_file._kept.cache_clear()
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def everything(app: AppTest) -> str:
    """All that was sent to the browser, charts and tables included, as text; but for the grid of
    all provinces, which names them whether they have a figure or not."""
    parts: list[str] = []

    def take(block: Any) -> None:
        for child in getattr(block, "children", {}).values():
            take(child)
        proto = getattr(block, "proto", None)
        if proto is not None:
            text = proto.SerializeToString().decode("utf-8", "replace")
            text = re.sub(r"\\u([0-9a-f]{4})", lambda sign: chr(int(sign[1], 16)), text)
            grid = any(all(name in text for name in names) for names in ALL)
            parts.append("" if grid else text)

    take(app._tree)
    return "\n".join(parts)


def foreign(language: Language) -> set[str]:
    """Codes and names of the provinces in the data that an analyst of Fujian may not see."""
    codes = set(tiny_tables()["cohorts"]["origin"]) - {"CN-FJ", "unknown"}
    return codes | {contracts.label("provinces", code, language) for code in codes}


def log(folder: Path) -> list[tuple[str, str]]:
    lines = "".join(path.read_text() for path in sorted(folder.rglob("audit-*.jsonl"))).splitlines()
    return [(line["kind"], line["detail"]) for line in map(json.loads, lines)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ROLES)
def test_every_role_gets_its_pages_and_is_told_its_scope(
    role: str, language: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    changes = {"origins": FUJIAN} if role == "analyst" else {}
    app = opened(as_local(tmp_path, role, **changes), monkeypatch, language=language)
    assert not app.exception and not app.error
    scope = policy_file.in_force().local().scope
    said = texts(app).replace("\\", "")
    released = policies.governing(Store(Path(os.environ[DATA_VARIABLE])).manifest.disclosure, scope)
    assert scope.words(language) in said and policies.sentence(released, language) in said
    badge = f":material/lock: {say('scope_badge', language, scope=scope.words(language))}"
    assert (badge in said) == (not scope.free)
    data = texts(app.switch_page("views/data.py").run())
    assert (say("data_loads", language) in data) == (role in ("steward", "administrator"))
    assert (say("audit_title", language) in data) == (role == "administrator")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["overview", "flows", "people", "gangs", "data"])
def test_no_page_sends_an_analyst_another_province(
    page: str, language: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Looked for in everything that leaves for the browser; whoever sees all does get them."""
    for origins, found in ((FUJIAN, set()), ('"all"', foreign(language))):
        policy = as_local(tmp_path, "analyst", origins=origins)
        app = opened(policy, monkeypatch, language=language)
        app = app if page == "overview" else app.switch_page(f"views/{page}.py").run()
        assert not app.exception and not app.error
        sent = everything(app)
        seen = {name for name in foreign(language) if name in sent}
        assert seen <= found
        assert not found or page not in ("overview", "flows") or seen


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", ["origins=CN-GD", "prefectures=440700", "origins=CN-FJ,CN-ZJ"])
def test_an_address_of_another_province_shows_no_figure_and_says_why(
    asked: str, language: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    name, value = asked.split("=")
    policy = as_local(tmp_path, "analyst", origins=FUJIAN)
    app = opened(policy, monkeypatch, language=language, **{name: value})
    assert not app.exception
    (refused,) = app.error
    assert {"zh": "福", "en": "Fu"}[language] in refused.value
    assert not app.get("bidi_component") and not app.metric
    assert ("refusal", "outside-scope") in log(tmp_path / "state")
    app.button(key="within").click().run()
    assert not app.error and app.metric and app.get("bidi_component")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_role_with_a_floor_is_offered_nothing_finer(
    language: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    policy = as_local(tmp_path, "leader", **FLOORED)
    app = opened(policy, monkeypatch, language=language)
    assert not app.exception and not app.error and app.metric
    sent = everything(app)
    assert "DEMO-G1" not in sent and say("overview_gangs", language) not in sent
    for page in ("flows", "people", "seizures"):
        assert not app.switch_page(f"views/{page}.py").run().error
    late = opened(policy, monkeypatch, language=language, since="2024-03")
    assert len(late.error) == 1 and not late.metric
    scope = policy_file.in_force().local().scope
    monkeypatch.setattr(frame.st, "Page", lambda path, **_: path.stem)
    assert "gangs" not in frame.pages(language, scope)
    assert "gangs" in frame.pages(language, Scope())


@pytest.mark.parametrize("files", ["[]", '["picture"]', '["table"]'])
def test_only_files_of_the_role_are_offered(
    files: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    app = opened(as_local(tmp_path, "briefing", files=files), monkeypatch, language="en")
    assert bool(app.get("download_button")) == ("picture" in files)
    assert not app.error


def test_panels_offer_what_lies_within_alone(tiny_store: Store):
    scope = Scope(origins=("CN-FJ",), destinations=("ITA", "USA"), finest="quarter", ages=False)
    found = {
        control.name: control
        for panel in panels.PANELS
        for control in offers.within(
            panel.controls(
                Selection.parse("since=2023-04&until=2024-06"), "en", tiny_store.manifest, tuple
            ),
            scope,
        )
    }
    assert found["origins"].options == ("CN-FJ",)
    assert set(found["destinations"].options) == {"USA", "ITA"}
    assert "origin-presets" not in found and "ages" not in found and "sexes" in found
    assert all(month.month in (1, 4, 7, 10) for month in found["since"].options)
    assert all(month.month in (3, 6, 9, 12) for month in found["until"].options)
    assert "last_12" not in found["time"].options
    for name in ("since", "until"):
        for month in found[name].options:
            scope.narrow(found[name].apply(Selection(), month))


def test_a_tile_outside_a_scope_is_bare_and_no_pick(tiny_store: Store):
    """It would else say that nothing is on record there, and offer it."""
    asked = tiny_store.answer("origins", scope=Scope(origins=("CN-FJ",)))
    spec = charts.draw(asked, "en", "tiles")
    marks = spec["data"][-1]
    said = dict(zip(map(tuple, marks["customdata"]), marks["hovertext"], strict=True))
    assert set(said) == {("CN-FJ",), ()}
    assert say("chart.tile_left_out", "en") in said[()]
    assert "none recorded" not in said[()]
    drawn = sum(trace["x"].count(None) + 1 for trace in spec["data"][:-1] if trace["x"])
    assert drawn <= 2
