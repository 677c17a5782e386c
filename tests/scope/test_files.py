"""The functions that make files know who may take what away, and refuse by themselves."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from dashboard import details
from dashboard.export import __main__ as command
from dashboard.export import files, statement
from data.audit import Actor
from queries import __main__ as asking
from queries import policies, policy_file, trail
from queries.grants import ExportRefused, Grant
from queries.scope import Scope
from queries.selection import Selection
from queries.store import Store
from tests.conftest import FREE
from tests.scope.roles import own

FUJIAN = Scope(origins=("CN-FJ",))
ANALYST = Grant("analyst", FUJIAN, FUJIAN, frozenset({"picture", "table"}), frozenset())
LIN = Actor("lin", "analyst")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DASHBOARD_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(trail, "_lately", type(trail._lately)())
    return tmp_path / "state"


def recorded(state: Path) -> list[tuple[str, str, str]]:
    lines = "".join(path.read_text() for path in sorted(state.rglob("audit-*.jsonl"))).splitlines()
    return [(line["kind"], line["subject"], line["detail"]) for line in map(json.loads, lines)]


@pytest.mark.parametrize("kind", get_args(files.Kind))
def test_without_the_right_no_file_is_made_and_the_log_says_so(
    kind: files.Kind, tiny_store: Store, state: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(files, "build", lambda *_: pytest.fail("it was drawn"))
    right = "table" if kind in files.TABLES else "picture"
    grant = replace(ANALYST, files=ANALYST.files - {right})
    asked = tiny_store.answer("origins", scope=FUJIAN)
    with pytest.raises(ExportRefused, match=f"may take no {right} away"):
        files.deliver(kind, asked, "en", grant=grant, actor=LIN)
    assert recorded(state) == [("refusal", "lin", "no-right")]


def test_an_answer_of_another_scope_or_policy_is_no_file(tiny_store: Store, state: Path):
    """Whatever hands an answer on, a file holds what was released for files of this role."""
    wider = tiny_store.answer("origins")
    with pytest.raises(ExportRefused, match="not released for files"):
        files.deliver("csv", wider, "en", grant=ANALYST, actor=LIN)
    screen = replace(ANALYST, exported=replace(FUJIAN, policy="protected"))
    with pytest.raises(ExportRefused, match="not released for files"):
        files.deliver("csv", tiny_store.answer("origins", scope=FUJIAN), "en", grant=screen)
    assert {kind for kind, _, _ in recorded(state)} == {"refusal"}


def test_a_table_longer_than_the_role_may_take_is_refused(tiny_store: Store):
    asked = tiny_store.answer("origins")
    rows = len(asked.rows)
    assert files.deliver("csv", asked, "en", grant=replace(FREE, most_rows=rows))
    with pytest.raises(ExportRefused, match=f"{rows} rows and your role may take {rows - 1}"):
        files.deliver("csv", asked, "en", grant=replace(FREE, most_rows=rows - 1))


def test_a_file_within_the_right_says_its_scope_in_both_languages(tiny_store: Store, state: Path):
    asked = tiny_store.answer("origins", scope=FUJIAN)
    for language, word in (("en", "Scope: Origin province: Fujian"), ("zh", "福建")):
        text = files.deliver("csv", asked, language, grant=ANALYST, actor=LIN).decode("utf-8-sig")  # type: ignore[arg-type]
        assert word in text.split("\r\n#")[-1] + text
        foot = "".join(statement.statement(asked, language).foot)  # type: ignore[arg-type]
        assert asked.scope.words(language) in foot  # type: ignore[arg-type]
    assert "all regions" not in "".join(
        statement.statement(tiny_store.answer("origins"), "en").foot
    )
    assert recorded(state) == [("export", "lin", "csv")] * 2


@pytest.mark.parametrize(
    ("changes", "select", "said"),
    [
        ({"origins": '["CN-FJ"]'}, "origins=CN-GD", "outside your scope: CN-GD"),
        ({"origins": '["CN-FJ"]'}, "prefectures=440700", "outside your scope: 440700"),
        ({"finest": '"year"'}, "since=2024-02", "finer than your scope"),
        ({"by_age": "false"}, "ages=25-29", "ges: 1 outside your scope"),
        ({"files": '["picture"]'}, "", "may take no table away"),
        ({"most_rows": "1"}, "", "your role may take 1 away"),
    ],
)
def test_the_command_writes_nothing_beyond_the_policy(
    changes: dict[str, str],
    select: str,
    said: str,
    tmp_path: Path,
    tiny_directory: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv(policy_file.VARIABLE, "")
    out = tmp_path / "made.csv"
    status = command.main(
        ["origins", "--select", select, "--data", str(tiny_directory), "--out", str(out),
         "--policy", str(own(tmp_path, **changes))]
    )  # fmt: skip
    assert status == 2 and said in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("way", [command.main, asking.main])
def test_commands_release_strictly_where_the_policy_says_so(
    way: Callable[[list[str]], int], tmp_path: Path, demo_directory: Path, demo_store: Store,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    """Table and figures of both commands, and the note that says what was done to them."""
    monkeypatch.setenv(policy_file.VARIABLE, "")
    out = tmp_path / "made.csv"
    policy = str(own(tmp_path, exports='"strict"'))
    asked = ["origins", "--data", str(demo_directory), "--language", "en", "--policy", policy]
    made = ["answer", *asked] if way is asking.main else [*asked, "--out", str(out)]
    assert way(made) == 0
    text = capsys.readouterr().out if way is asking.main else out.read_text("utf-8-sig")
    rows = demo_store.answer("origins", Selection(), Scope(policy="strict")).records()
    shown = [row["value"] for row in rows if row["value"] is not None]
    weaker = [row["value"] for row in demo_store.answer("origins").records()]
    said = "strict" if way is asking.main else policies.about("strict", "en").split(",")[0]
    assert said in text and shown and shown[0] not in weaker
    assert all(str(value) in text for value in shown)


def test_what_an_answer_for_files_is_asked_for_again(tiny_store: Store):
    """The screen's answer, a gang limit included, is asked again under the policy of files."""
    shown = Scope(origins=("CN-FJ",), gangs=("DEMO-G1",), by_gang=False)
    taken = replace(shown, policy="protected")
    grant = Grant("analyst", shown, taken, frozenset({"table"}), frozenset())
    asked = tiny_store.answer("origins", Selection(), shown)
    again = details.for_files(tiny_store, asked, grant)
    assert again.scope == taken and again.selection == asked.selection
    assert details.for_files(tiny_store, again, grant) is again
