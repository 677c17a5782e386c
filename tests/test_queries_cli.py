"""The command line: answers as CSV and JSON, errors as one sentence and exit status 2."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from data import contracts
from queries import tables
from queries.__main__ import main
from queries.questions import questions
from queries.store import Store
from tests.conftest import build_tiny, tiny_tables
from tests.test_questions import ASKED


@pytest.fixture
def ask(tiny_directory: Path, capsys: pytest.CaptureFixture[str]):
    def run(*arguments: str) -> tuple[int, str, str]:
        status = main([*arguments, "--data", str(tiny_directory)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_list_names_every_question_in_both_languages(capsys: pytest.CaptureFixture[str]):
    for language in contracts.LANGUAGES:
        assert main(["list", "--language", language]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split()[0] for line in lines] == list(questions())
        assert "{" not in "".join(lines)


@pytest.mark.parametrize("language", contracts.LANGUAGES)
@pytest.mark.parametrize("name", questions())
def test_every_question_answers_as_csv_and_json(name: str, language: str, ask):
    asked = ("answer", name, "--select", ASKED.get(name, ""), "--language", language)
    status, text, errors = ask(*asked, "--format", "csv")
    assert (status, errors) == (0, "")
    rows = read(text)
    assert all(row["synthetic"] == "true" and row["data_set"] for row in rows)
    status, said, _ = ask(*asked, "--format", "json")
    whole = json.loads(said)
    assert (status, whole["about"]["synthetic"]) == (0, True)
    assert len(whole["rows"]) == len(rows) > 0


def test_csv_holds_codes_labels_and_an_empty_cell_with_its_state(ask):
    _, text, _ = ask("answer", "origins", "--language", "zh")
    rows = {row["origin"]: row for row in read(text)}
    assert rows["CN-FJ"]["origin_label"] == "福建"
    assert (rows["CN-FJ"]["value"], rows["CN-FJ"]["state"]) == ("181", "")
    assert (rows["CN-LN"]["value"], rows["CN-LN"]["state"]) == ("", "c")


def test_json_says_what_was_asked_and_how_it_is_protected(ask):
    asked = ("--select", "origins=CN-FJ&since=2023-06", "--format", "json")
    about = json.loads(ask("answer", "destinations", *asked)[1])["about"]
    assert about["address"] == "since=2023-06&origins=CN-FJ"
    assert about["protection"] == "suppressed"
    assert about["protection_note"].startswith("Small figures are withheld")
    assert "Fujian" in about["filters"]
    assert about["as_of"] == "2025-02-28"
    assert about["title"] == "Persons moved by destination"


def test_published_series_claim_no_filter_that_leaves_them_alone(ask):
    asked = "origins=CN-FJ&sexes=male&destinations=USA&since=2024-03&until=2025-02"
    about = json.loads(ask("answer", "arrivals_by_year", "--select", asked, "--format", "json")[1])
    said = about["about"]["filters"]
    assert said.startswith("Destination: United States") and "Jan 2024 to Dec 2025" in said
    assert "Fujian" not in said and "Male" not in said


def test_a_real_data_set_is_not_called_invented(tmp_path: Path):
    real = {name: table.replace("DEMO-", "", regex=True) for name, table in tiny_tables().items()}
    with Store(build_tiny(tmp_path, real)) as store:
        text = tables.csv_text(store.answer("origins"), "en")
    assert {row["synthetic"] for row in read(text)} == {"false"}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("answer", "origin"), "origins"),
        (("answer", "origins", "--select", "origins=Fujan"), "CN-FJ"),
        (("answer", "origins", "--select", "since=2014-31"), "YYYY-MM"),
        (("answer", "origins", "--select", "colour=red"), "colour"),
        (("answer", "origins", "--select", "gangs=DEMO-G9"), "DEMO-G1"),
        (("answer", "gang_profile"), "gangs"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_status_2(arguments: tuple[str, ...], named: str, ask):
    status, out, errors = ask(*arguments)
    assert (status, out) == (2, "")
    assert named in errors
    assert len(errors.splitlines()) == 1


def test_a_folder_without_data_names_the_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["answer", "origins", "--data", str(tmp_path)]) == 2
    assert "python -m data load" in capsys.readouterr().err


def test_text_that_looks_like_a_formula_is_neutralised():
    for text in ("=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx"):
        assert tables.neutral(text) == f"'{text}"
    for text in ("-2.5", "-0.18", "Fujian", "", "1e-05", "a=b"):
        assert tables.neutral(text) == text


def test_a_gang_named_like_a_formula_cannot_run_in_a_sheet(tmp_path: Path):
    cases = tiny_tables()["cases"].assign(gang='=HYPERLINK("http://x")')
    with Store(build_tiny(tmp_path, {"cases": cases})) as store:
        text = tables.csv_text(store.answer("gangs"), "en")
    assert read(text)[0]["gang"].startswith("'=")


def test_it_runs_as_a_module(tiny_directory: Path):
    command = [sys.executable, "-m", "queries", "answer", "totals", "--data", str(tiny_directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert read(done.stdout)[0]["measure"] == "persons"
    assert done.stderr == ""
