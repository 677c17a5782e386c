"""The US yearbook's wide tables: every cell of them is a row."""

import io
from pathlib import Path

import filemaker
import pandas
import pytest

from data.loading.faults import LoadError
from data.loading.pipeline import Report
from tests.publishers import real

CONTINENTS = "Total,Africa,Asia,Europe,North America,Oceania,South America"
WIDE = [
    f',{CONTINENTS},Unknown,"China, People\'s Republic",Atlantis,Other',
    "2012,90,1,2,3,4,5,6,7,8.0,9,10.0",
    "2013,90,1,2,3,4,5,6,,1560.0,many,",
    "2014,90,1",
]


def wide(tmp_path: Path, **options: str) -> Report:
    (tmp_path / "wide.csv").write_text("\n".join(WIDE) + "\n")
    return filemaker.load(tmp_path / "wide.csv", into=tmp_path / "d", **options)


def test_a_wide_header_does_not_say_what_it_counts(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"--source us_dhs_apprehended .* us_dhs_inadmissible"):
        wide(tmp_path)


def test_every_cell_of_a_wide_file_is_a_row(tmp_path: Path) -> None:
    report = wide(tmp_path, source="us_dhs_apprehended")
    (one,) = report.tallies
    assert (one.rows_in, one.facts, one.quarantined, one.left_out) == (23, 4, 3, 16)
    assert filemaker.faults(report, "us_dhs_apprehended") == [
        (2, "citizenship", "code"),
        (3, "citizenship", "code"),
        (4, "", "columns"),
    ]
    found = "select year, month, citizenship, measure, value from arrivals order by year, value"
    assert filemaker.facts(tmp_path / "d", found) == [
        (2012, None, "other", "apprehended", 7),
        (2012, None, "CHN", "apprehended", 8),
        (2012, None, "other", "apprehended", 10),
        (2013, None, "CHN", "apprehended", 1560),
    ]


def test_a_cell_of_a_wide_file_is_mended_as_a_row(tmp_path: Path) -> None:
    report = wide(tmp_path, source="us_dhs_inadmissible")
    assert report.quarantine is not None
    (kept, second, _) = filemaker.kept(report, "us_dhs_inadmissible")
    assert (kept["Fiscal Year"], kept["Nationality"], kept["Inadmissible"]) == (
        "2012", "Atlantis", "9",
    )  # fmt: skip
    assert second["others"] == "value: type"
    text = (report.quarantine / "us_dhs_inadmissible.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "mended.csv").write_text(text.replace("Atlantis", "Greece"))
    again = filemaker.load(tmp_path / "mended.csv", into=tmp_path / "d")
    assert (again.tallies[0].rows_in, again.facts) == (3, 1)
    greek = "select year, measure, value from arrivals where citizenship = 'GRC'"
    assert filemaker.facts(tmp_path / "d", greek) == [(2012, "inadmissible", 9)]


def test_a_wide_workbook_and_parquet_are_read_alike(tmp_path: Path) -> None:
    frame = pandas.read_csv(io.StringIO("\n".join(WIDE[:3]))).rename(columns={"Unnamed: 0": "Year"})
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    frame.to_parquet(tmp_path / "a.parquet", index=False)
    for name in ("a.xlsx", "a.parquet"):
        report = filemaker.load(
            tmp_path / name, into=tmp_path / name[2:], source="us_dhs_apprehended"
        )
        (one,) = report.tallies
        assert (one.rows_in, one.facts, one.quarantined, one.left_out) == (22, 4, 2, 16)


def test_chinese_citizens_apprehended_are_as_published(tmp_path: Path) -> None:
    path = real("dhs_yearbook/apprehended_reg.csv")
    report = filemaker.load(path, into=tmp_path / "d", source="us_dhs_apprehended")
    (one,) = report.tallies
    assert (one.rows_in, one.facts, one.quarantined, one.left_out) == (1840, 1701, 0, 139)
    found = "select value from arrivals where citizenship = 'CHN' order by year"
    assert [value for (value,) in filemaker.facts(tmp_path / "d", found)] == [
        1560, 2890, 2987, 1623, 2296, 2928, 2714, 2563, 2350, 1918,
    ]  # fmt: skip
    total = "select sum(value)::bigint from arrivals group by year order by year"
    frame = pandas.read_csv(path)
    added = frame.drop(columns=[frame.columns[0], *CONTINENTS.split(",")]).sum(axis=1)
    assert [value for (value,) in filemaker.facts(tmp_path / "d", total)] == list(added)
    assert (frame["Total"] - added).between(0, 30).all()
