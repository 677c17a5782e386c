"""Torn lines, stray quotation marks and wrong bytes take no good row with them."""

from pathlib import Path

import filemaker
import pytest


def torn(tmp_path: Path, change: dict[int, str], end: str = "\n", table: str = "cohorts") -> Path:
    """A good file of nine rows with some lines changed, by line number."""
    lines = filemaker.lines(table, 9)
    for number, text in change.items():
        lines[number - 1] = text
    path = tmp_path / "torn.csv"
    path.write_bytes((end.join(lines) + end).encode())
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ragged_rows_are_kept_with_their_lines_whatever_the_line_ends(
    end: str, tmp_path: Path
) -> None:
    path = torn(tmp_path, {4: "P3,C3,2014-05", 7: "P6" + "," * 20}, end)
    report = filemaker.load(path, into=tmp_path / "d")
    assert filemaker.faults(report, "cohorts") == [(4, "", "columns"), (7, "", "columns")]
    assert filemaker.kept(report, "cohorts")[0]["text"] == "P3,C3,2014-05"
    assert (report.tallies[0].rows_in, report.facts) == (9, 7)


def test_lines_are_true_behind_quoted_line_ends_and_blank_lines(tmp_path: Path) -> None:
    good = filemaker.lines("cohorts", 9)
    lines = [good[0], "", good[1] + '"one\ntwo, ""three""\n\nfour"', "", good[2], good[3] + "x,y"]
    lines += [good[4].replace("CN-FJ", "CN-QQ"), good[5] + '"a\nb"', good[6].replace("male", "?")]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines))
    report = filemaker.load(path, into=tmp_path / "d")
    numbered = path.read_text().split("\n")
    assert filemaker.faults(report, "cohorts") == [
        (9, "", "columns"),
        (10, "origin", "code"),
        (13, "sex", "code"),
    ]
    assert "CN-QQ" in numbered[9] and "?" in numbered[12] and numbered[8].endswith("x,y")
    notes = "select note from cohorts where note is not null order by note"
    assert filemaker.facts(tmp_path / "d", notes) == [("a\nb",), ('one\ntwo, "three"\n\nfour',)]


@pytest.mark.parametrize("stray", ['"P3,C3', 'P3,"C3', '"P"3,C3'])
def test_a_stray_quotation_mark_takes_no_other_row_with_it(stray: str, tmp_path: Path) -> None:
    good = filemaker.lines("cohorts", 9)[3]
    path = torn(tmp_path, {4: stray + good[5:]})
    report = filemaker.load(path, into=tmp_path / "d")
    assert filemaker.faults(report, "cohorts") == [(4, "", "quotes")]
    assert report.facts == 8


def test_a_stray_quotation_mark_before_quoted_fields_takes_no_other_row(tmp_path: Path) -> None:
    lines = [
        ",".join(f'"{text}"' for text in line.split(",")) for line in filemaker.lines("cases", 9)
    ]
    lines[3] = lines[3].replace('"G 1"', '"G 1')
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines))
    report = filemaker.load(path, into=tmp_path / "d")
    assert filemaker.faults(report, "cases") == [(4, "", "quotes")]
    assert report.facts == 8


def test_a_quotation_mark_inside_a_value_is_a_character(tmp_path: Path) -> None:
    path = torn(tmp_path, {4: filemaker.lines("cohorts", 9)[3] + '5" pipe'})
    report = filemaker.load(path, into=tmp_path / "d")
    assert report.facts == 9
    note = "select note from cohorts where cohort_id = 'P3'"
    assert filemaker.facts(tmp_path / "d", note) == [('5" pipe',)]


def test_a_long_value_over_several_lines_is_a_value(tmp_path: Path) -> None:
    note = "\n".join(["x" * 90_000] * 3)
    rows = [filemaker.row("cohorts", 1, note=note), *filemaker.rows("cohorts", 3)[1:]]
    report = filemaker.load(filemaker.write(tmp_path / "a.csv", rows), into=tmp_path / "d")
    assert report.facts == 3
    assert filemaker.facts(tmp_path / "d", "select max(length(note)) from cohorts") == [(270_002,)]


def test_nul_and_wrong_bytes_are_kept_apart(tmp_path: Path) -> None:
    lines = [line.encode() for line in filemaker.lines("cohorts", 9)]
    lines[2] += "注".encode()
    lines[3] += b"\x00"
    lines[5] += b"\xff\xfe"
    lines[7] += "注释".encode()
    path = tmp_path / "a.csv"
    path.write_bytes(b"\n".join(lines))
    report = filemaker.load(path, into=tmp_path / "d")
    assert filemaker.faults(report, "cohorts") == [(4, "", "control"), (6, "", "encoding")]
    assert filemaker.kept(report, "cohorts")[1]["text"].endswith(r"\xff\xfe")
    assert report.facts == 7
