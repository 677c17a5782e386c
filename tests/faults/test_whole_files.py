"""A file that is no table is refused whole, in one clear sentence, and what is served stays."""

import gzip
import io
import re
import zipfile
from pathlib import Path

import filemaker
import pandas
import pytest
import xlsxwriter

from data import snapshots
from data.loading import opening, pipeline
from data.loading.faults import LoadError


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """A data directory that serves one good case."""
    directory = tmp_path / "served"
    good = filemaker.write(tmp_path / "first.csv", filemaker.rows("cases", 1))
    filemaker.load(good, into=directory)
    return directory


def made(path: Path, count: int = 30, table: str = "cohorts") -> bytes:
    return ("\n".join(filemaker.lines(table, count)) + "\n").encode()


def swapped(text: bytes, *pair: str) -> bytes:
    head, rest = text.split(b"\n", 1)
    names = head.decode().split(",")
    one, other = map(names.index, pair or ("origin", "destination"))
    names[one], names[other] = names[other], names[one]
    return ",".join(names).encode() + b"\n" + rest


def zipped(text: bytes) -> bytes:
    with io.BytesIO() as made:
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr("cohorts.csv", text)
        return made.getvalue()


WHOLE = {
    "empty": (lambda text: b"", "is empty"),
    "blank lines": (lambda text: b"\n\n \n", "is empty"),
    "mark only": (lambda text: b"\xef\xbb\xbf", "is empty"),
    "header only": (lambda text: text.split(b"\n")[0] + b"\n", "a header and no rows"),
    "wrong shape": (
        lambda text: b"".join(line.split(b",", 2)[2] + b"\n" for line in text.splitlines()),
        "nearest to the cohorts contract, but it lacks the columns cohort_id, case_id",
    ),
    "wrong shape under a title": (
        lambda text: b"Cohorts of 2014\n" + text.replace(b"destination,", b"destnation,", 1),
        "nearest to the cohorts contract, but it lacks the columns destination",
    ),
    "other table": (lambda text: b"a,b\n1,2\n", "no contract"),
    "extra column": (
        lambda text: text.replace(b"transit,age", b"transit,persns,age", 1),
        r"no column persns \(nearest: persons\)",
    ),
    "column twice": (
        lambda text: text.replace(b"transit,", b"route,", 1),
        "names route more than once; give",
    ),
    "nameless column": (lambda text: text.replace(b",note\n", b",note,\n", 1), "without a name"),
    "truncated gzip": (lambda text: gzip.compress(text)[:-20], "gzip file is cut short"),
    "damaged gzip": (lambda text: gzip.compress(text)[:40] + b"x" * 60, "gzip file is cut short"),
    "UTF-16": (lambda text: text.decode().encode("utf-16"), "UTF-16"),
    "UTF-16 without mark": (lambda text: text.decode().encode("utf-16-le"), "UTF-16"),
    "GB18030 untold": (
        lambda text: text.replace(b"CN-FJ", "福建".encode("gb18030")),
        "--encoding gb18030",
    ),
    "binary": (lambda text: bytes(range(256)) * 20, "not a table of text|UTF-16"),
    "old workbook": (lambda text: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password"),
    "one endless line": (lambda text: b"a" * 3_000_000, "first line is longer than"),
    "JSON": (lambda text: b'[{"cohort_id": "P1", "month": "2014-05"}]', "JSON"),
    "web page": (lambda text: b"<!DOCTYPE html>\n<table><tr><td>P1</td></tr></table>", "web page"),
    "Feather": (lambda text: b"ARROW1\x00\x00" + bytes(600), "Arrow or Feather"),
    "zip archive": (zipped, "zip archive without a workbook in it; unpack it"),
    "months otherwise": (
        lambda text: text.replace(b"2014-05", b"2014/5"),
        r"month \(holds '2014/5'; month must be a month as YYYY-MM, for example 2014-07\)",
    ),
    "damaged workbook": (lambda text: b"PK\x03\x04" + bytes(600), "not a whole Excel workbook"),
    "damaged Parquet": (lambda text: b"PAR1" + bytes(600), "not a whole Parquet file"),
    "swapped header": (swapped, "origin .* look like values of destination"),
}


@pytest.mark.parametrize("fault", WHOLE)
def test_a_file_of_no_use_is_refused_in_one_sentence(
    fault: str, into: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, sentence = WHOLE[fault]
    served, tree = snapshots.current(into), sorted(into.rglob("*"))
    path = tmp_path / "second.csv"
    path.write_bytes(change(made(path)))
    code, out, err = filemaker.command(
        capsys, "load", path, "--into", into, "--as-of", filemaker.AS_OF
    )
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1, err
    assert str(path) in err or path.name in err
    assert re.search(sentence, err), err
    assert "Traceback" not in err
    assert snapshots.current(into) == served
    assert sorted(into.rglob("*")) == tree


@pytest.mark.parametrize("rows", [1, 2])
def test_two_columns_with_each_others_values_are_a_swapped_header(
    rows: int, into: Path, tmp_path: Path
) -> None:
    path = tmp_path / "swapped.csv"
    path.write_bytes(swapped(made(path, rows)))
    with pytest.raises(LoadError, match=r"(?s)origin .*destination"):
        filemaker.load(path, into=into)


def unstated(text: bytes, pair: tuple[str, str]) -> bytes:
    """The same rows; in every fifth one column of the two is unknown, in another the other one."""
    head, *rows = [line.split(",") for line in text.decode().splitlines()]
    for n, row in enumerate(rows):
        if n % 5 < 2:
            row[head.index(pair[n % 5])] = "unknown"
    return "\n".join(map(",".join, [head, *rows])).encode() + b"\n"


@pytest.mark.parametrize("pair", [("origin", "destination"), ("age_group", "sex")])
def test_codes_of_both_lists_do_not_hide_a_swapped_header(
    pair: tuple[str, str], into: Path, tmp_path: Path
) -> None:
    path = tmp_path / "swapped.csv"
    text = unstated(made(path), pair)
    path.write_bytes(swapped(text, *pair))
    with pytest.raises(LoadError, match=r"few values fit under .* looks swapped") as said:
        filemaker.load(path, into=into)
    assert all(f"{name} (holds '" in str(said.value) for name in pair)
    path.write_bytes(text)
    assert not filemaker.load(path, into=into).unchanged


def test_a_swapped_header_among_good_files_stops_the_whole_load(into: Path, tmp_path: Path) -> None:
    good = filemaker.write(tmp_path / "cases.csv", filemaker.rows("cases", 40))
    bad = tmp_path / "cohorts.csv"
    bad.write_bytes(swapped(made(bad)))
    with pytest.raises(LoadError):
        filemaker.load(good, bad, into=into)
    assert filemaker.facts(into, "select count(*) from cases") == [(1,)]


def test_every_refused_file_gets_its_own_sentence(
    into: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("")
    (tmp_path / "b.csv").write_text("x,y\n1,2\n")
    code, _, err = filemaker.command(
        capsys, "load", tmp_path / "a.csv", tmp_path / "b.csv", "--into", into
    )
    assert code == 2
    assert len(err.strip().splitlines()) == 2


def test_no_such_file_is_said(into: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = filemaker.command(capsys, "load", "/no/such.csv", "--into", into, "--json")
    assert code == 2
    assert out.startswith('{"error": "/no/such.csv: there is no such file')
    assert "no such file or folder" in err


def test_a_folder_without_figures_is_said(
    into: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "note.md").write_text("hello")
    code, _, err = filemaker.command(capsys, "load", tmp_path / "papers", "--into", into)
    assert code == 2
    assert "no CSV, Excel or Parquet file" in err


def test_a_target_that_is_a_file_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = filemaker.write(tmp_path / "cases.csv", filemaker.rows("cases", 1))
    code, _, err = filemaker.command(capsys, "load", good, "--into", good)
    assert code == 2
    assert "cannot be written to" in err


def test_a_workbook_without_a_table_names_what_it_lacks(into: Path, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Cover").write_row(0, 0, ["cohort_id", "month", "persons"])
    with pytest.raises(LoadError, match=r"\[Cover\].*cohorts.*lacks"):
        filemaker.load(path, into=into)


def test_a_description_with_an_unknown_key_is_refused(into: Path, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    filemaker.write(folder / "cases.csv", filemaker.rows("cases", 2))
    (folder / "dataset.toml").write_text('titel.en = "Wrong"\n')
    with pytest.raises(LoadError, match="no such key titel"):
        filemaker.load(folder, into=into)


def test_a_file_said_to_be_gb18030_that_is_not_is_refused(into: Path, tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    lines = filemaker.lines("cases", 3)
    path.write_bytes("\n".join(lines).encode() + b"\xff\xff\n")
    with pytest.raises(LoadError, match="not gb18030"):
        filemaker.load(path, into=into, encoding="gb18030")


def test_utf_8_said_to_be_gb18030_is_refused(into: Path, tmp_path: Path) -> None:
    rows = [filemaker.row("cases", n, note="读数说明") for n in range(3)]
    path = filemaker.write(tmp_path / "cases.csv", rows)
    with pytest.raises(LoadError, match="the text is UTF-8, not gb18030"):
        filemaker.load(path, into=into, encoding="gb18030")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("odd"), MemoryError()])
def test_no_error_ends_in_a_traceback(
    error: BaseException,
    into: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> None:
        raise error

    path = filemaker.write(tmp_path / "cases.csv", filemaker.rows("cases", 2))
    monkeypatch.setattr(pipeline.merging, "merge", fails)
    code, _, err = filemaker.command(capsys, "load", path, "--into", into)
    assert code == 2
    assert err.startswith("The load") and len(err.splitlines()) == 1
    assert filemaker.facts(into, "select count(*) from cases") == [(1,)]


@pytest.mark.parametrize("suffix", ["csv", "parquet", "xlsx"])
def test_odd_names_of_files_and_folders_are_only_names(suffix: str, tmp_path: Path) -> None:
    folder = tmp_path / "it's [1] * \" 甲"
    folder.mkdir()
    frame = pandas.DataFrame(filemaker.rows("cases", 2))
    path = folder / f"a*b[2]?'.{suffix}"
    write = {"csv": frame.to_csv, "parquet": frame.to_parquet, "xlsx": frame.to_excel}[suffix]
    write(path, index=False)
    report = filemaker.load(path, into=folder / "d")
    assert (report.facts, report.tallies[0].file.startswith("a*b[2]?'")) == (2, True)


def test_controls_are_counted() -> None:
    assert opening.controls(b"a\x00b\x1fc\td\r\n") == 2
