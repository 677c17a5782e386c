"""The security page names tests and figures that are there."""

import re
from pathlib import Path

import pytest

from dashboard.address import LONGEST_ADDRESS
from dashboard.gate.middleware import OPEN
from dashboard.gate.sessions import MOST_PER_SUBJECT, MOST_SESSIONS
from dashboard.gate.throttle import ATTEMPTS
from dashboard.server import MOST_ASKED
from data.loading import engine, opening, packed
from queries.questions import questions
from queries.selection import LONGEST_VALUE, MOST_VALUES
from tests.faults.test_bombs import BOMBS
from tests.faults.test_engine_limits import ATTEMPTS as STATEMENTS
from tests.hostile.corpus import ALL

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / ".github" / "SECURITY.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))


def test_every_promise_names_a_test():
    promised = PAGE.split("## Promised")[1].split("## Not promised")[0]
    _, *promises = re.split(r"\n- |\n\| (?!---|what)", promised)
    assert len(promises) >= 25
    assert [one[:80] for one in promises if "tests/" not in one] == []


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_test_on_the_page_is_there(file: str, name: str):
    text = (ROOT / file).read_text("utf-8")
    assert f"\ndef {name or 'test_'}" in text


def test_the_figures_on_the_page_are_those_of_the_code():
    numbers = {"nine": 9, "six": 6}
    said = {
        f"{len(ALL)} strings": True,
        f"{len(STATEMENTS)} statements": True,
        f"all {len(questions())} questions": True,
        f"{ATTEMPTS} attempts": True,
        f"{MOST_VALUES}, of {LONGEST_VALUE} characters": True,
        f"{MOST_PER_SUBJECT}, {MOST_SESSIONS:,}": True,
        f"| {LONGEST_ADDRESS // 1024} KB |": True,
        f"| {MOST_ASKED // 2**20} MB |": True,
        f"{packed.LARGEST_FILE // packed.GIB} GiB, {packed.MOST_COLUMNS:,} columns,"
        f" {opening.LONGEST_LINE // 2**20} MiB a line": True,
        f"{packed.LARGEST_UNPACKED // packed.GIB} GiB (a workbook"
        f" {packed.LARGEST_SHEETS // packed.GIB}), {packed.STEEPEST} times its size,"
        f" {packed.MOST_CELLS // 10**6} million cells": True,
        "8 GB on the disk": engine.MOST_SPILLED == "8GB",
        "nine bombs": len(BOMBS) == numbers["nine"],
        "the six addresses": len(OPEN) == numbers["six"],
    }
    assert [text for text, true in said.items() if not true or text not in PAGE] == []


def test_the_page_is_linked_and_links_lead_somewhere():
    assert "(.github/SECURITY.md" in (ROOT / "README.md").read_text("utf-8")
    for place in re.findall(r"\]\((?!http)([^)#]+)", PAGE):
        assert (ROOT / ".github" / place).exists()
