"""The audit log: what it says, what it never says, and that whatever was done to it shows."""

import json
import os
import random
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import filemaker
import pytest
import streamlit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard import __main__ as dashboard
from dashboard import audit as command
from dashboard import journal, reader
from dashboard.export import __main__ as export
from dashboard.export import files
from dashboard.stage import DATA_VARIABLE
from data import audit, snapshots
from data.audit import Actor, AuditError, Event, Line, Log, keys, lines, verify
from data.audit.writing import End
from data.manifest import SnapshotError
from queries import __main__ as queries
from queries import trail
from queries.questions import UnknownQuestion, questions
from queries.scope import Scope, ScopeError
from queries.selection import Selection, SelectionError
from queries.store import Store

EXPORT = Event("export", question="origins", selection="origins=CN-FJ", detail="png")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of the test's own, empty."""
    folder = tmp_path / "state"
    monkeypatch.setenv(audit.STATE_VARIABLE, str(folder))
    monkeypatch.setattr(trail, "_lately", type(trail._lately)())
    return folder


def written(folder: Path, count: int = 6, most: int = 2**23) -> Log:
    log = Log(folder, most)
    for _ in range(count):
        log.append(EXPORT)
    return log


def check(folder: Path, **options: object) -> audit.Verdict:
    return verify(folder, [keys.current(folder)], **options)  # type: ignore[arg-type]


def texts(folder: Path) -> list[bytes]:
    return b"".join(path.read_bytes() for path in Log(folder).files()).splitlines(keepends=True)


def kept() -> list[dict[str, str]]:
    """The lines of this installation's log."""
    return [json.loads(text) for text in texts(audit.log().folder)]


def test_a_line_says_when_who_what_and_under_which_policy(state: Path, tiny_store: Store) -> None:
    answer = tiny_store.answer("origins", Selection.parse("origins=CN-FJ"))
    trail.exported(answer, "csv", Actor("3f2c", "briefing"))
    (line,) = kept()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", str(line.pop("at")))
    key = keys.current(state / "audit")
    assert (line.pop("key"), line.pop("before")) == (key.id, "0" * 64)
    assert len(line.pop("hash")) == 64
    assert line == {
        "n": 1,
        "kind": "export",
        "subject": "3f2c",
        "role": "briefing",
        "question": "origins",
        "selection": lines.selection("origins=CN-FJ", key),
        "snapshot": tiny_store.manifest.id,
        "policy": "protected",
        "detail": "csv",
    }


def test_the_same_selection_has_the_same_hash_and_no_other_key_makes_it(tmp_path: Path) -> None:
    first, second = (keys.current(tmp_path / name) if (tmp_path / name).mkdir() is None else None
                     for name in "ab")  # fmt: skip
    assert first and second
    same = lines.selection("origins=CN-FJ", first)
    assert same == lines.selection("origins=CN-FJ", first)
    assert same not in (lines.selection("origins=CN-FJ", second), lines.selection("-", first))


def test_everything_is_for_one_user_alone(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        written(tmp_path / "state" / "audit", 3, most=300)
    finally:
        os.umask(umask)
    for path in [tmp_path / "state", *(tmp_path / "state").rglob("*")]:
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_the_chain_runs_through_files_of_bounded_size(tmp_path: Path) -> None:
    log = written(tmp_path / "audit", 12, most=1000)
    assert [path.name for path in log.files()] == [f"audit-00000{n}.jsonl" for n in range(1, 5)]
    assert all(path.stat().st_size < 1000 + 1000 for path in log.files())
    verdict = check(tmp_path / "audit")
    assert (verdict.whole, verdict.lines, verdict.files) == (True, 12, 4)
    assert verdict.counts == {"export": 12}
    assert verify(log.files()[2], [keys.current(log.folder)]).whole


CHANGES = {
    "removed": lambda all_: [*all_[:2], *all_[3:]],
    "first removed": lambda all_: all_[1:],
    "two removed": lambda all_: [*all_[:2], *all_[4:]],
    "cut off at the end": lambda all_: all_[:-1],
    "all cut off": lambda all_: [],
    "last torn": lambda all_: [*all_[:-1], all_[-1][:50]],
    "swapped": lambda all_: [*all_[:2], all_[3], all_[2], *all_[4:]],
    "repeated": lambda all_: [*all_, all_[-1]],
    "repeated inside": lambda all_: [*all_[:4], all_[1], *all_[4:]],
    "changed": lambda all_: [*all_[:2], all_[2].replace(b"png", b"csv"), *all_[3:]],
    "last changed": lambda all_: [*all_[:-1], all_[-1].replace(b"png", b"csv")],
    "another who": lambda all_: [all_[0].replace(b"local", b"other"), *all_[1:]],
    "spaced": lambda all_: [*all_[:2], all_[2].replace(b'"n":3', b'"n": 3'), *all_[3:]],
    "blank line": lambda all_: [*all_[:2], b"\n", *all_[2:]],
    "foreign line": lambda all_: [*all_[:2], b"{}\n", *all_[2:]],
    "line of bytes": lambda all_: [*all_[:2], b"\xff\x00" * 40 + b"\n", *all_[2:]],
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("then", [0, 2])
def test_whatever_is_done_to_lines_shows_also_after_more_are_written(
    change: str, then: int, tmp_path: Path
) -> None:
    log = written(tmp_path / "audit")
    log.files()[0].write_bytes(b"".join(CHANGES[change](texts(log.folder))))
    for _ in range(then):
        log.append(EXPORT)
    verdict = check(log.folder)
    assert not verdict.whole
    more = written(log.folder, 1)
    assert not check(more.folder).whole


def test_a_fault_names_the_line_and_its_place(tmp_path: Path) -> None:
    log = written(tmp_path / "audit")
    all_ = texts(log.folder)
    log.files()[0].write_bytes(b"".join([*all_[:2], *all_[4:]]))
    assert check(log.folder).faults == ["lines 3 to 4 are missing before audit-000001.jsonl:3"]
    log.files()[0].write_bytes(b"".join(CHANGES["changed"](all_)))
    assert check(log.folder).faults == ["audit-000001.jsonl:3 was changed after it was written"]
    log.files()[0].write_bytes(b"".join(all_[:3]))
    said = "lines 4 to 6 are missing at the end, which was sealed at line 6"
    assert check(log.folder).faults == [said]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_any_byte_changed_taken_or_put_in_shows(seed: int, sealed_log: Path) -> None:
    dice = random.Random(seed)
    path = sealed_log / "audit-000001.jsonl"
    whole = path.read_bytes()
    at = dice.randrange(len(whole))
    other = bytes([(whole[at] + dice.randrange(1, 256)) % 256])
    cut = dice.randrange(1, 200)
    changed = [whole[:at] + other + whole[at + 1 :], whole[:at] + whole[at + cut :],
               whole[:at] + other + whole[at:]]  # fmt: skip
    try:
        for text in changed:
            path.write_bytes(text)
            assert not check(sealed_log).whole, (seed, at)
    finally:
        path.write_bytes(whole)


@pytest.fixture(scope="module")
def sealed_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("state") / "audit", 8).folder


@pytest.mark.parametrize("gone", [0, 1, -1])
def test_a_missing_file_shows(gone: int, tmp_path: Path) -> None:
    log = written(tmp_path / "audit", 12, most=1000)
    log.files()[gone].unlink()
    assert not check(log.folder).whole


def test_files_put_away_on_purpose_may_be_missing_at_the_front_alone(tmp_path: Path) -> None:
    log = written(tmp_path / "audit", 12, most=1000)
    log.files()[0].unlink()
    assert check(log.folder, archived=True).whole
    log.files()[1].unlink()
    assert not check(log.folder, archived=True).whole


@pytest.mark.parametrize("damage", ["gone", "broken", "forged", "older"])
def test_a_head_that_is_gone_broken_or_forged_shows_for_good(damage: str, tmp_path: Path) -> None:
    log = written(tmp_path / "audit", 4)
    head, all_ = log.folder / "head", texts(log.folder)
    older = head.read_bytes()
    log.append(EXPORT)
    if damage == "gone":
        head.unlink()
    elif damage == "broken":
        head.write_bytes(b"{")
    elif damage == "forged":
        said = json.loads(head.read_bytes())
        head.write_text(json.dumps(said | {"n": 3, "hash": json.loads(all_[2])["hash"]}), "utf-8")
    else:
        head.write_bytes(older)
    log.files()[0].write_bytes(b"".join(all_[:3]))
    assert not check(log.folder).whole
    log.append(EXPORT)
    assert not check(log.folder).whole


def test_a_stop_between_line_and_head_is_no_fault(tmp_path: Path) -> None:
    log = written(tmp_path / "audit", 3)
    before = (log.folder / "head").read_bytes()
    log.append(EXPORT)
    (log.folder / "head").write_bytes(before)
    verdict = check(log.folder)
    assert verdict.whole and "head stands at line 3" in verdict.notes[0]
    log.append(EXPORT)
    assert (check(log.folder).lines, check(log.folder).notes) == (5, [])


def test_an_end_noted_elsewhere_unmasks_a_log_put_back_as_it_was(tmp_path: Path) -> None:
    log = written(tmp_path / "audit", 4)
    earlier = {path: path.read_bytes() for path in (*log.files(), log.folder / "head")}
    log.append(EXPORT)
    last = check(log.folder).last
    assert last
    noted = End(last.n, last.hash)
    assert check(log.folder, seen=noted).whole
    for path, content in earlier.items():
        path.write_bytes(content)
    assert check(log.folder).whole
    verdict = check(log.folder, seen=noted)
    assert verdict.faults == ["line 5, which was noted elsewhere, is not there"]
    log.append(replace(EXPORT, detail="csv"))
    assert not check(log.folder, seen=noted).whole


def test_another_key_is_named_and_both_keys_verify(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = written(tmp_path / "audit", 3)
    first = keys.current(log.folder)
    monkeypatch.setenv(keys.VARIABLE, "k" * 40)
    log.append(EXPORT)
    second = keys.current(log.folder)
    alone = verify(log.folder, [second]).faults
    assert f"sealed with key {first.id}, which was not given" in alone[0]
    both = verify(log.folder, [second, first])
    assert both.lines == 5
    assert len(both.faults) == 1 and "of another key when line 4 was written" in both.faults[0]


@pytest.mark.parametrize("text", ["", "short", "x" * 31])
def test_a_short_key_is_refused(
    text: str, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "key"
    file.write_text(text, "utf-8")
    file.chmod(0o600)
    monkeypatch.setenv(keys.FILE_VARIABLE, str(file))
    with pytest.raises(AuditError, match="32 characters or more"):
        audit.record(EXPORT)
    file.write_text("y" * 32, "utf-8")
    file.chmod(0o640)
    with pytest.raises(AuditError, match=r"open to other users \(mode 0640\)"):
        audit.record(EXPORT)
    file.chmod(0o600)
    assert audit.record(EXPORT).n == 1
    assert not (state / "audit" / "key").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "exports"},
        {"question": "Li Wei"},
        {"question": "origins 37"},
        {"snapshot": "37"},
        {"policy": "exact 5"},
        {"detail": "37"},
        {"detail": "李伟"},
        {"actor": Actor("a", "Li Wei")},
    ],
)
def test_text_out_of_shape_is_never_written(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must be one of|out of shape|no word"):
        Event(**({"kind": "export"} | wrong))  # type: ignore[arg-type]


WILD = st.text(min_size=1, max_size=60)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=WILD, address=WILD, subject=WILD, detail=WILD)
def test_no_text_from_elsewhere_is_ever_in_a_line(
    name: str, address: str, subject: str, detail: str, state: Path, tiny_store: Store
) -> None:
    actor = Actor(subject, "analyst")
    with suppress(UnknownQuestion, SelectionError), trail.refusals(name, address, actor):
        tiny_store.answer(name, Selection.parse(address))
    command.listener("refusal", subject, "analyst", detail)
    for line in kept():
        assert line["question"] in ("", *questions())
        assert re.fullmatch(r"|[0-9a-f]{32}", line["selection"])
        assert re.fullmatch(r"[a-z-]*", line["detail"])
        assert re.fullmatch(r"[A-Za-z0-9@._|:+/=-]*", line["subject"])


def test_no_figure_and_no_name_of_an_export_is_in_its_line(state: Path, demo_store: Store) -> None:
    (gang, *_) = demo_store.gangs()
    asked = demo_store.answer("gang_profile", Selection(gangs=(gang,)))
    files.deliver("csv", asked, "en")
    asked = demo_store.answer("origins", Selection())
    files.deliver("csv", asked, "en")
    text = b"".join(texts(state / "audit")).decode("ascii")
    assert gang not in text and "CN-FJ" not in text
    allowed = {"n", "at", "key", "before", "hash", "snapshot", "selection"}
    for line in kept():
        words = " ".join(str(value) for name, value in line.items() if name not in allowed)
        assert not re.search(r"\d", words), words


@pytest.mark.parametrize("kind", ["csv", "xlsx", "svg"])
def test_every_file_leaves_one_line_with_its_format(
    kind: files.Kind, state: Path, tiny_store: Store
) -> None:
    asked = tiny_store.answer("origins", Selection())
    assert (
        files.deliver(kind, asked, "zh", actor=Actor("u1", "leader"))
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


def closed(state: Path) -> None:
    """Put something in the way of the log, which stops root too."""
    state.mkdir(mode=0o700)
    (state / "audit").write_text("in the way", "utf-8")


def test_without_its_log_nothing_is_given_out_and_nothing_loaded(
    state: Path,
    tiny_store: Store,
    tiny_directory: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    closed(state)
    with pytest.raises(AuditError, match="nothing is given out or loaded"):
        files.deliver("csv", tiny_store.answer("origins", Selection()), "en")
    out = tmp_path / "a.csv"
    assert export.main(["origins", "--data", str(tiny_directory), "--out", str(out)]) == 2
    assert queries.main(["answer", "origins", "--data", str(tiny_directory)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and len(said.err.splitlines()) == 2
    assert "cannot be written to (Not a directory)" in said.err
    assert not out.exists()
    file = filemaker.write(tmp_path / "cohorts.csv", filemaker.rows("cohorts", 5))
    with pytest.raises(SnapshotError, match="cannot be written to"):
        filemaker.load(file, into=tmp_path / "d")
    assert "cannot be written to" in audit.problem()


def test_a_log_that_fails_at_the_last_moment_leaves_the_served_snapshot(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = filemaker.write(tmp_path / "a.csv", filemaker.rows("cohorts", 5))
    filemaker.load(first, into=tmp_path / "d")
    served = snapshots.current(tmp_path / "d")

    def fails(*_: object) -> Line:
        raise AuditError("The audit log cannot be written to.")

    monkeypatch.setattr(Log, "append", fails)
    more = filemaker.write(tmp_path / "b.csv", filemaker.rows("cohorts", 9))
    with pytest.raises(SnapshotError, match="audit log cannot be written"):
        filemaker.load(more, into=tmp_path / "d")
    assert snapshots.current(tmp_path / "d") == served
    assert sorted(path.name for path in served.parent.iterdir()) == [
        served.name,
        served.with_suffix(".sha256").name,
    ]


def test_a_log_open_to_others_is_refused(state: Path) -> None:
    audit.record(EXPORT)
    for path in (state / "audit", state / "audit" / "audit-000001.jsonl", state / "audit" / "head"):
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | 0o044)
        with pytest.raises(AuditError, match="open to other users"):
            audit.record(EXPORT)
        path.chmod(mode)
    assert audit.record(EXPORT).n == 2


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


def test_a_start_beside_an_open_state_folder_is_refused(
    state: Path, tiny_directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audit.record(EXPORT)
    (state / "audit" / "key").chmod(0o644)
    assert dashboard.main(["--data", str(tiny_directory), "--port", "0"]) == 2
    said = capsys.readouterr().err
    assert f"{state}/audit/key is open to other users (mode 0644): run chmod -R go= {state}" in said
    assert len(said.splitlines()) == 1


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
    for role in ("leader", "analyst", "briefing", "steward"):
        monkeypatch.setattr(reader, "actor", lambda role=role: Actor("u1", role))
        assert "Audit log" not in shown(page.switch_page("views/data.py").run())
    monkeypatch.setattr(reader, "actor", lambda: Actor("u1", "administrator"))
    assert "Audit log" in shown(page.run())


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
            details.behind(store.answer("origins", Selection()), "en", None, "k")

    where = str(tiny_store._where)
    app = AppTest.from_function(card, default_timeout=60, kwargs={"where": where}).run()
    assert not app.exception
    assert "Nothing can be taken away now" in shown(app)
    buttons = app.get("download_button")
    assert len(buttons) == 5 and all(button.proto.disabled for button in buttons)


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
