"""Files to load that are full of hostile strings: what is kept, what is said, what a sheet runs."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from data import snapshots
from data.__main__ import main
from data.audit.keys import Key
from data.audit.lines import SUBJECT, Actor, Event, sealed
from data.casts import BLANKS
from tests.hostile.corpus import ALL
from tests.hostile.test_hostile_files import FORMULA

HEADER = "cohort_id,case_id,month,origin,destination,route,age_group,sex,persons,note"
GOOD = {"month": "2024-01", "origin": "CN-FJ", "destination": "USA", "route": "transit",
        "age_group": "25-29", "sex": "male", "persons": "5"}  # fmt: skip
Captured = pytest.CaptureFixture[str]


def written(path: Path, rows: list[dict[str, str]], header: str = HEADER) -> Path:
    out = io.StringIO(newline="")
    sheet = csv.DictWriter(out, header.split(","))
    sheet.writeheader()
    sheet.writerows(rows)
    path.write_text(out.getvalue(), "utf-8", newline="")
    return path


def said(capsys: Captured) -> str:
    """What a command wrote; nothing in it moves a terminal's pen."""
    captured = capsys.readouterr()
    text = captured.out + captured.err
    assert [line for line in text.split("\n") if not line.isprintable()] == []
    return text


def test_rows_of_hostile_strings_are_facts_or_quarantined_and_all_are_kept(
    tmp_path: Path, capsys: Captured
) -> None:
    good = [GOOD | {"cohort_id": f"A{n}", "case_id": "C", "note": text}
            for n, text in enumerate(ALL)]  # fmt: skip
    bad = [GOOD | {"cohort_id": f"B{n}", "case_id": "C", "origin": text, "persons": text}
           for n, text in enumerate(ALL)]  # fmt: skip
    file = written(tmp_path / "cohorts.csv", good + bad)
    assert main(["load", str(file), "--into", str(tmp_path / "set")]) == 0
    text = said(capsys)
    assert f"{len(good + bad)} rows in" in text
    controls = {text for text in ALL if any(ord(sign) < 32 and sign not in "\t\n" for sign in text)}
    notes = {text.strip(BLANKS) for text in ALL if text not in controls} - {""}
    assert notes <= set(kept_notes(snapshots.current(tmp_path / "set")))
    assert snapshots.reading_notes(snapshots.current(tmp_path / "set")).empty, "not public"


@pytest.mark.parametrize("text", [text for text in ALL if "\n" not in text and "\r" not in text])
def test_a_header_of_a_hostile_string_is_refused_in_signs_that_can_be_seen(
    text: str, tmp_path: Path, capsys: Captured
) -> None:
    name = text.replace('"', '""')
    file = tmp_path / "cohorts.csv"
    file.write_text(f'{HEADER},"{name}"\n"x",y\n', "utf-8")
    assert main(["load", str(file), "--into", str(tmp_path / "set")]) in (1, 2)
    said(capsys)


@pytest.mark.parametrize("name", ["a\x1b[31mb", "a\u202eb", "a\nb", "=1+1", "<script>", "%s {0}"])
def test_a_hostile_name_of_a_file_or_sheet_is_only_a_name(
    name: str, tmp_path: Path, capsys: Captured
) -> None:
    file = written(tmp_path / f"{name}.csv", [GOOD | {"cohort_id": "1", "case_id": "C"}] * 2)
    assert main(["load", str(file), "--into", str(tmp_path / "set")]) == 0
    said(capsys)
    assert main(["load", str(tmp_path / f"{name}.none"), "--into", str(tmp_path / "set")]) == 2
    said(capsys)
    book = openpyxl.Workbook()
    book.active.append(["nothing", name.replace("\x1b", "")])
    book.active.title = "s" + name.translate(dict.fromkeys(map(ord, "\x1b\n[]:*?/\\")))
    book.save(tmp_path / "book.xlsx")
    assert main(["load", str(tmp_path / "book.xlsx"), "--into", str(tmp_path / "set")]) == 2
    said(capsys)


def test_quarantine_opens_in_a_spreadsheet_without_a_formula_and_loads_as_it_came(
    tmp_path: Path, capsys: Captured
) -> None:
    texts = [text for text in ALL if text.isprintable()]
    bad = [GOOD | {"cohort_id": f"A{n}", "case_id": "C", "persons": "0", "note": text}
           for n, text in enumerate(texts)]  # fmt: skip
    into = tmp_path / "set"
    assert main(["load", str(written(tmp_path / "c.csv", bad)), "--into", str(into)]) == 1
    (quarantine,) = (into / "quarantine").rglob("*.csv")
    with quarantine.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(bad)
    assert [cell for row in rows for cell in row.values() if FORMULA.match(cell)] == []
    mended = [row | {"persons": "3"} for row in rows]
    again = written(tmp_path / "mended.csv", mended, ",".join(rows[0]))
    capsys.readouterr()
    assert main(["load", str(again), "--into", str(into)]) == 0
    notes = kept_notes(snapshots.current(into))
    assert notes == sorted({text.strip(BLANKS) for text in texts})


def kept_notes(path: Path) -> list[str]:
    with snapshots.connect(path) as connection:
        rows = connection.execute("select distinct note from cohorts").fetchall()
    return sorted(note for (note,) in rows)


@pytest.mark.parametrize("text", ALL)
def test_the_audit_log_names_a_hostile_subject_by_its_hash(text: str) -> None:
    key = Key(b"k" * 32)
    line = sealed(Event("sign-in", Actor(text, "analyst")), 1, "2024", "0" * 64, key)
    assert line.subject == text if SUBJECT.fullmatch(text) else line.subject.startswith("hash:")
    assert line.text().isascii() and line.text().count(b"\n") == 1
