"""The audit log as the command, the data page and the cards show it."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from dashboard import __main__ as dashboard
from dashboard import audit as command
from dashboard import journal, reader, words
from dashboard.export import files
from dashboard.gate import sessions
from dashboard.stage import DATA_VARIABLE
from data import audit, contracts
from data.audit import Actor, lines
from queries import policy_file, trail
from queries.store import Store
from tests.audit.logs import EXPORT, closed, texts


def test_the_command_says_whole_or_what_is_wrong(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["verify"]) == 2
    assert "no key" in capsys.readouterr().err
    for _ in range(3):
        audit.record(EXPORT)
    audit.record(replace(EXPORT, selection="origins=CN-ZJ"))
    assert command.main(["verify"]) == 0
    end = re.search(r"end (4:[0-9a-f]{64})", capsys.readouterr().out)
    assert end and command.main(["verify", "--seen", end[1]]) == 0
    capsys.readouterr()
    assert command.main(["show", "--select", "origins=CN-ZJ"]) == 0
    (found,) = capsys.readouterr().out.splitlines()
    assert json.loads(found)["n"] == 4
    path = state / "audit" / "audit-000001.jsonl"
    assert command.main(["verify", str(path)]) == 0
    path.write_bytes(path.read_bytes()[:-100])
    assert command.main(["verify"]) == 1
    said = capsys.readouterr()
    assert "Not whole" in said.out and "Fault: line 4 is missing at the end" in said.err
    with pytest.raises(SystemExit):
        command.main(["verify", "--seen", "4"])


def test_every_kind_has_its_words() -> None:
    for kind in audit.KINDS:
        assert {journal._kind(kind, "zh"), journal._kind(kind, "en")} - {kind}


def test_a_line_reads_in_words_and_keeps_what_identifies() -> None:
    refused = {"role": "steward", "question": "origins", "policy": "public"}
    refused["detail"] = "outside-scope"
    said = {
        language: [journal._cell(name, text, language) for name, text in refused.items()]
        for language in contracts.LANGUAGES
    }
    assert said["zh"] == ["数据管理员", "按来源省份的人数或案件数", "已公开", "超出查看范围"]
    assert said["en"] == [
        "data steward",
        "Persons or cases by province of origin",
        "as published",
        "outside the scope",
    ]
    assert journal._cell("subject", "local", "zh") == "local"
    assert journal._cell("detail", "never-heard-of", "zh") == "never-heard-of"


def test_every_detail_that_is_written_down_has_its_words() -> None:
    reasons = {*trail.REASONS.values(), *files.MIME, *get_args(sessions.Reason), "in-force"}
    reasons |= {lines.TORN, lines.UNSEALED, "encrypted", "plain", "json", "forged cookie"}
    for reason in sorted(reasons):
        code = re.sub("[^a-z]+", "_", reason)
        assert f"audit_detail_word.{code}" in words.entries(), reason
    for role in ("service", "local", *policy_file.ROLES):
        assert f"role.{role}" in words.entries()


@pytest.fixture
def page(state: Path, tiny_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app over the hand-sized data, in English."""
    monkeypatch.setenv(DATA_VARIABLE, str(tiny_directory))
    streamlit.cache_resource.clear()
    app = AppTest.from_file(str(Path(dashboard.__file__).parent / "app.py"), default_timeout=60)
    app.query_params["language"] = "en"
    app.run()
    yield app
    streamlit.cache_resource.clear()


def shown(app: AppTest) -> str:
    found = [*app.markdown, *app.caption, *app.success, *app.error, *app.info]
    return "\n".join(str(element.value) for element in found).replace("\\", "")


def test_the_data_page_shows_the_log_and_what_was_done_to_it(state: Path, page: AppTest) -> None:
    for _ in range(3):
        audit.record(EXPORT)
    text = shown(page.switch_page("views/data.py").run())
    assert "The log is whole: 3 lines" in text and "Export 3" in text
    assert "local" in str(page.dataframe[-1].value.to_dict())
    path = state / "audit" / "audit-000001.jsonl"
    path.write_bytes(b"".join(texts(state / "audit")[:-1]))
    assert "line 3 is missing at the end" in shown(page.run())


def test_the_log_is_shown_to_administrators_alone(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit.record(EXPORT)
    rules = policy_file.in_force()

    def become(role: str) -> None:
        grant = rules.grant({"roles": (role,), "regions": ("CN-FJ",)})
        monkeypatch.setattr(reader, "actor", lambda: Actor("u1", role))
        monkeypatch.setattr(reader, "grant", lambda: grant)

    for role in ("leader", "analyst", "briefing", "steward"):
        become(role)
        assert "Audit log" not in shown(page.switch_page("views/data.py").run())
    become("administrator")
    assert "Audit log" in shown(page.run())


def test_a_page_asks_the_log_once_and_closes_every_button_over_its_charts(
    state: Path, page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def problem() -> str:
        asked.append("The disk is full.")
        return asked[-1]

    page.run()
    assert not any(button.proto.disabled for button in page.get("download_button"))
    monkeypatch.setattr(audit, "problem", problem)
    buttons = page.run().get("download_button")
    assert len(asked) == 1
    assert len(buttons) > 3 and all(button.proto.disabled for button in buttons)
    monkeypatch.undo()
    assert not any(button.proto.disabled for button in page.run().get("download_button"))


def test_a_card_says_why_nothing_can_be_taken_away(
    state: Path, tiny_store: Store, tmp_path: Path
) -> None:
    closed(state)

    def card(where: str) -> None:
        from dashboard import details
        from data.audit import problem
        from queries.selection import Selection
        from queries.store import Store

        assert problem()
        with Store(where) as store:
            asked = store.answer("origins", Selection())
            details.behind(asked, "en", None, "k", lambda answer, _: answer, nothing=False)

    where = str(tiny_store._where)
    app = AppTest.from_function(card, default_timeout=60, kwargs={"where": where}).run()
    assert not app.exception
    assert "Nothing can be taken away now" in shown(app)
    buttons = app.get("download_button")
    assert len(buttons) == 5 and all(button.proto.disabled for button in buttons)
