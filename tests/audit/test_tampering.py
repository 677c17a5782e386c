"""Whatever is done to the audit log shows, and an honest stop does not pass for it."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.audit import keys, verify
from data.audit.writing import End
from tests.audit.logs import EXPORT, check, texts, written
from tests.conftest import examples


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


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
