"""One figure on every surface: screen, picture, CSV, Excel, commands and sentences show the figure
that was released, so that nothing is learnt by laying them side by side."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas
import pytest

from dashboard import charts, details, findings, look
from dashboard.export import files, plain
from dashboard.export.figure import footed
from dashboard.export.table import table
from data.contracts import LANGUAGES
from queries import policy_file, tables
from queries.__main__ import main
from queries.answers import Answer
from queries.questions import question, questions
from queries.scope import Scope
from queries.selection import Selection
from queries.store import EVERYTHING, Store
from tests.conftest import EXACT
from tests.scope.roles import own

STRICT = Scope(policy="strict")
WAYS = pytest.mark.parametrize("scope", [EVERYTHING, STRICT], ids=["protected", "strict"])
ADDRESSES = ("", "measure=cases&sexes=female", "origins=coastal&since=2017-03")
MONTHS = ("month", "first_month", "last_month")
BARS = ("origins", "destinations", "gangs")
FIGURES = ("value", "share", "current", "previous", "change", "quantity", "seizures", "persons",
           "cases", "suspects", "documents", "ratio", "months")  # fmt: skip
NUMBER = re.compile(r"(?<![\w-])\d[\d,.]*\d?[kM%]?")


def asked(store: Store, name: str, scope: Scope, address: str = "") -> Answer:
    selection = Selection.parse(address)
    if question(name).requires:
        selection = selection.replace(gangs=(store.answer("gangs", scope=scope).rows["gang"][0],))
    return store.answer(name, selection, scope)


def figures(answer: Answer, codes: bool = True) -> Iterator[tuple[int, Any]]:
    """Place and value of every cell of a column of figures. codes: whether codes have columns."""
    for place, column in enumerate(table(answer, "en", codes).columns):
        if column.name in FIGURES:
            for row in answer.records():
                yield place, row[column.name]


def read(cell: Any) -> float | None:
    """A cell of a file or of the screen as a number; None for a mark or a blank."""
    text = "" if cell is None else str(cell).replace(",", "").replace("−", "-")
    if text in ("", "–", *look.MARKS.values()):
        return None
    return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)


def different(lines: list[list[Any]], answer: Answer, on_screen: bool = False) -> int:
    """How many cells of a file, or of the screen, are not what was released."""
    found = list(figures(answer, not on_screen))
    places = dict.fromkeys(place for place, _ in found)
    cells = [line[place] for place in places for line in lines]
    assert len(cells) == len(found) > 0
    return sum(
        not alike(cell, value, on_screen) for cell, (_, value) in zip(cells, found, strict=True)
    )


def alike(cell: Any, value: float | None, on_screen: bool) -> bool:
    """Whether a cell shows a figure; on the screen to a tenth, or a thousandth for a share."""
    shown = read(cell)
    if shown is None or value is None:
        return shown is value
    near = 0.0006 if str(cell).endswith("%") else 0.051
    return abs(shown - value) <= (near if on_screen else 1e-9)


PLAIN = [name for name in questions()
         if name not in ("totals", "coverage", "gang_profile", "arrivals_by_year")]  # fmt: skip


@WAYS
@pytest.mark.parametrize("name", PLAIN)
def test_files_and_screen_hold_the_released_figures(name: str, scope: Scope, demo_store: Store):
    for address in ADDRESSES:
        answer = asked(demo_store, name, scope, address)
        lines = list(csv.reader(io.StringIO(files.build("csv", answer, "en").decode("utf-8-sig"))))
        rows = [line for line in lines if not line[0].startswith("# ")][1:]
        assert different(rows, answer) == 0
        sheet = openpyxl.load_workbook(io.BytesIO(files.build("xlsx", answer, "en"))).worksheets[1]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
        assert different(rows, answer) == 0
        first = replace(answer, rows=answer.rows.head(details.ROWS_SHOWN))
        assert different(details.rows(answer, "en").to_numpy().tolist(), first, True) == 0


@WAYS
@pytest.mark.parametrize("name", BARS)
def test_bars_and_their_labels_in_a_picture_are_the_released_figures(
    name: str, scope: Scope, demo_store: Store
):
    answer = asked(demo_store, name, scope)
    shown = Counter(row["value"] for row in answer.records() if row["value"] is not None)
    spec = charts.draw(answer, "en", "bars")
    drawn = [value for value in spec["data"][0]["x"] if value is not None]
    assert len(drawn) >= 8 and Counter(drawn) <= shown and drawn[0] == max(shown)
    picture = plain.svg(footed(answer, "en", "slide", "bars"))
    text = picture if isinstance(picture, str) else picture.decode("utf-8")
    labels = re.findall(r">([^<>]+)<", text)
    assert {look.number(value, "en") for value in drawn[:8]} <= {
        number for label in labels for number in NUMBER.findall(label)
    }
    true = {row[name[:-1]]: row["value"] for row in asked(demo_store, name, EXACT).records()}
    assert any(true[row[name[:-1]]] != row["value"] for row in answer.records()[:8])


@WAYS
def test_commands_answer_with_the_released_figures(
    scope: Scope, demo_directory: Path, demo_store: Store, tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    monkeypatch.setenv(policy_file.VARIABLE, "")
    path = own(tmp_path, exports=f'"{scope.policy or "protected"}"')
    for name in ("totals", "corridors", "gangs", "seizures_by_item", "coverage"):
        asking = ["answer", name, "--data", str(demo_directory), "--policy", str(path)]
        assert main([*asking, "--format", "json"]) == 0
        rows = json.loads(capsys.readouterr().out)["rows"]
        expected = asked(demo_store, name, scope).records()
        names = [key for key in expected[0] if key not in MONTHS]
        assert [[row[key] for key in names] for row in rows] == [
            [row[key] for key in names] for row in expected
        ]


def from_file(answer: Answer, text: str) -> Answer:
    """The same answer with rows that were read from a file handed out."""
    rows = pandas.DataFrame(json.loads(text)["rows"], columns=list(answer.rows.columns))
    dated = {name: pandas.to_datetime(rows[name]) for name in MONTHS if name in rows}
    return replace(answer, rows=rows.assign(**dated))


def said(answer: Answer, language: Any) -> set[str]:
    """The numbers of a sentence."""
    return set(NUMBER.findall(findings.say(answer, language)))


@WAYS
@pytest.mark.parametrize("name", list(questions()))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_says_no_more_than_a_file_of_the_same_rows(
    name: str, language: Any, scope: Scope, demo_store: Store
):
    for address in ADDRESSES:
        answer = asked(demo_store, name, scope, address)
        held = from_file(answer, tables.json_text(answer, "en"))
        assert findings.say(held, language) == findings.say(answer, language)


@WAYS
@pytest.mark.parametrize("name", [*BARS, "corridors", "age_sex", "gang_destinations"])
def test_sentences_hold_no_figure_of_withheld_rows(name: str, scope: Scope, demo_store: Store):
    """Left out of the rows, what is withheld takes no number with it."""
    hidden = 0
    for address in ADDRESSES:
        answer = asked(demo_store, name, scope, address)
        shown = answer.rows["state"] != "c"
        hidden += int((~shown).sum())
        rows = answer.rows[shown].reset_index(drop=True)
        assert said(answer, "en") == said(replace(answer, rows=rows), "en")
    assert hidden


def test_sentences_differ_from_those_of_true_figures(demo_store: Store):
    """The attack would see it if a sentence were made of other figures than the rows."""
    ways = [findings.say(asked(demo_store, "origins", scope), "en") for scope in
            (EXACT, EVERYTHING, STRICT)]  # fmt: skip
    assert len(set(ways)) == 3
