"""What is written to the audit log: exports, refusals, loads, sign-ins, new rules."""

import re
from pathlib import Path

import filemaker
import pytest

from dashboard import audit as command
from dashboard.export import __main__ as export
from dashboard.export import files
from data import audit
from data.audit import Actor, AuditError, keys, lines
from queries import __main__ as queries
from queries import trail
from queries.scope import Scope, ScopeError
from queries.selection import Selection
from queries.store import Store
from tests.audit.logs import EXPORT, kept, texts
from tests.conftest import FREE

QUERIES = Path(trail.__file__).parent


@pytest.mark.parametrize("kind", ["csv", "xlsx", "svg"])
def test_every_file_leaves_one_line_with_its_format(
    kind: files.Kind, state: Path, tiny_store: Store
) -> None:
    asked = tiny_store.answer("origins", Selection())
    assert (
        files.deliver(kind, asked, "zh", grant=FREE, actor=Actor("u1", "leader"))
        == files.build(kind, asked, "zh")
        or kind != "csv"
    )
    (line,) = kept()
    said = (line["kind"], line["detail"], line["question"], line["subject"], line["role"])
    assert said == ("export", kind, "origins", "u1", "leader")
    whole = lines.selection(audit.EVERYTHING, keys.current(state / "audit"))
    assert line["selection"] == whole


def test_the_commands_leave_lines_too(
    state: Path, tiny_directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--data", str(tiny_directory), "--out", str(tmp_path / "a.csv")]
    assert export.main(["origins", *out]) == 0
    assert export.main(["orgins", *out]) == 2
    assert export.main(["origins", "--select", "gangs=nobody", *out]) == 2
    assert queries.main(["answer", "origins", "--data", str(tiny_directory)]) == 0
    assert queries.main(["answer", "origins", "--select", "x", "--data", str(tiny_directory)]) == 2
    capsys.readouterr()
    said = [(line["kind"], line["question"], line["detail"]) for line in kept()]
    assert said == [
        ("export", "origins", "csv"),
        ("refusal", "", "unknown-question"),
        ("refusal", "origins", "unknown-selection"),
        ("export", "origins", "csv"),
        ("refusal", "origins", "unknown-selection"),
    ]
    assert command.main(["verify"]) == 0


def test_a_wider_ask_is_written_down_once_a_minute(
    state: Path, tiny_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask() -> None:
        selection = Selection.parse("origins=CN-ZJ")
        actor = Actor("u7", "analyst")
        with pytest.raises(ScopeError), trail.refusals("origins", selection.address(), actor):
            tiny_store.answer("origins", selection, Scope(origins=("CN-FJ",)))

    ask()
    ask()
    (line,) = kept()
    assert (line["kind"], line["subject"], line["detail"]) == ("refusal", "u7", "outside-scope")
    monkeypatch.setattr(trail, "QUIET_SECONDS", 0.0)
    ask()
    assert len(kept()) == 2


def test_a_load_is_written_down_before_it_is_served(state: Path, tmp_path: Path) -> None:
    file = filemaker.write(tmp_path / "cohorts.csv", filemaker.rows("cohorts", 5))
    report = filemaker.load(file, into=tmp_path / "d")
    (line,) = kept()
    assert report.snapshot
    said = (line["kind"], line["role"], line["snapshot"], line["policy"])
    assert said == ("load", "steward", report.snapshot.stem, "protected")
    filemaker.load(file, into=tmp_path / "d")
    assert len(kept()) == 1


def test_the_gate_is_heard(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command.listener("sign-in", "8a6f", "leader", "")
    command.listener("refusal", "", "", "64 more within a minute")
    command.listener("sign-out", "张伟 37", "leader", "signed out")
    who = [(line["kind"], line["subject"], line["role"], line["detail"]) for line in kept()]
    hashed = lines.subject("张伟 37", keys.current(state / "audit"))
    assert who == [
        ("sign-in", "8a6f", "leader", ""),
        ("refusal", "", "", "more-within-a-minute"),
        ("sign-out", hashed, "leader", "signed-out"),
    ]
    (state / "audit").rename(state / "moved")
    (state / "audit").write_text("in the way", "utf-8")
    with pytest.raises(AuditError):
        command.listener("sign-in", "8a6f", "leader", "")
    command.listener("sign-out", "8a6f", "leader", "")


def test_the_rules_are_all_that_release_is_made_of() -> None:
    """Thresholds, moves and dominance wherever they stand; not what may be asked."""
    asked = {"cells", "facts", "selection"}
    seen, left = set(), {"release"}
    while left:
        name = left.pop()
        seen.add(name)
        text = (QUERIES / f"{name}.py").read_text("utf-8")
        found = set(re.findall(r"(?m)^from queries\.(\w+) import", text))
        for line in re.findall(r"(?m)^from queries import (.+)$", text):
            found |= {one.split(" as ")[0].strip() for one in line.split(",")}
        left |= found - seen - asked
    assert {path.stem for path in trail.RULES} == seen


def test_a_change_of_the_rules_is_written_down_once(state: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    assert trail.rules_in_force(policy)
    assert not trail.rules_in_force(policy)
    policy.write_text("threshold = 37", "utf-8")
    assert trail.rules_in_force(policy)
    audit.record(EXPORT)
    assert not trail.rules_in_force(policy)
    policy.unlink()
    assert trail.rules_in_force(policy)
    said = [(line["kind"], line["role"], line["detail"]) for line in kept()]
    rules = ("policy", "service", "in-force")
    assert said == [rules, rules, ("export", "analyst", "png"), rules]
    assert len({line["selection"] for line in kept() if line["kind"] == "policy"}) == 2
    assert b"threshold" not in b"".join(texts(state / "audit"))
    assert command.main(["verify"]) == 0
