"""What a line of the audit log says, and what no line ever says."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import audit as command
from dashboard.export import files
from data.audit import Actor, Event, keys, lines
from queries import trail
from queries.questions import UnknownQuestion, questions
from queries.selection import Selection, SelectionError
from queries.store import Store
from tests.audit.logs import kept, texts
from tests.conftest import FREE, examples


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
        "policy": "suppressed",
        "detail": "csv",
    }


def test_the_same_selection_has_the_same_hash_and_no_other_key_makes_it(tmp_path: Path) -> None:
    first, second = (keys.current(tmp_path / name) if (tmp_path / name).mkdir() is None else None
                     for name in "ab")  # fmt: skip
    assert first and second
    same = lines.selection("origins=CN-FJ", first)
    assert same == lines.selection("origins=CN-FJ", first)
    assert same not in (lines.selection("origins=CN-FJ", second), lines.selection("-", first))


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


@settings(max_examples=examples(80), deadline=None, suppress_health_check=list(HealthCheck))
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
    files.deliver("csv", asked, "en", grant=FREE)
    asked = demo_store.answer("origins", Selection())
    files.deliver("csv", asked, "en", grant=FREE)
    text = b"".join(texts(state / "audit")).decode("ascii")
    assert gang not in text and "CN-FJ" not in text
    allowed = {"n", "at", "key", "before", "hash", "snapshot", "selection"}
    for line in kept():
        words = " ".join(str(value) for name, value in line.items() if name not in allowed)
        assert not re.search(r"\d", words), words
