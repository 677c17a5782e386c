"""US Customs and Border Protection: its releases, however they write things, become arrivals."""

from datetime import date
from pathlib import Path

import filemaker
import pytest

from data import sources
from data.loading.faults import LoadError
from data.loading.pipeline import Report

CBP = [
    ",".join(sources.profiles()["us_cbp_border_state"].header),
    '2024,FYTD,OCT,Southwest Land Border,CA,Single Adults,CHN,Title 8,"1,204"',
    '2024,FYTD,SEP,Northern Land Border,WA,FMUA,"CHINA, PEOPLES REPUBLIC OF",Title 8,3',
    "2025 (FYTD),FYTD,DEC,Other,TX,Single Adults,MEXICO,Title 8,7",
    "2025 (FYTD),FYTD,DEC,Other,TX,Single Adults,ATLANTIS,Title 8,7",
    "2025?,FYTD,DEC,Other,TX,Single Adults,MEXICO,Title 8,7",
    "2025,FYTD,XYZ,Other,TX,Single Adults,MEXICO,Title 8,7",
]


def cbp(tmp_path: Path, lines: list[str]) -> Report:
    path = tmp_path / "cbp.csv"
    path.write_text("\n".join(lines) + "\n")
    return filemaker.load(path, into=tmp_path / "d")


def test_a_publishers_file_is_known_by_its_header_and_read_by_its_profile(tmp_path: Path) -> None:
    report = cbp(tmp_path, CBP)
    assert filemaker.faults(report, "us_cbp_border_state") == [
        (5, "citizenship", "code"),
        (6, "year", "required"),
        (7, "month", "type"),
    ]
    found = (
        "select year, month::varchar, citizenship, border, area, category, value, flag, note"
        " from arrivals order by arrival_id"
    )
    adults, family = "Single Adults", "FMUA"
    assert sorted(filemaker.facts(tmp_path / "d", found), key=str) == [
        (2024, "2023-10-01", "CHN", "southwest-land", "CA", adults, 1204, None, "Title 8"),
        (2024, "2024-09-01", "CHN", "northern-land", "WA", family, 3, None, "Title 8"),
        (2025, "2024-12-01", "MEX", "other", "TX", adults, 7, "provisional", "Title 8"),
    ]


def test_a_quarantined_row_keeps_the_publishers_columns_and_loads_when_mended(
    tmp_path: Path,
) -> None:
    report = cbp(tmp_path, CBP)
    (kept, *_) = filemaker.kept(report, "us_cbp_border_state")
    assert (kept["found"], kept["Citizenship"], kept["State"]) == ("ATLANTIS", "ATLANTIS", "TX")
    assert kept["text"] == CBP[4]
    assert report.quarantine is not None
    text = (report.quarantine / "us_cbp_border_state.csv").read_text(encoding="utf-8-sig")
    mended = tmp_path / "mended.csv"
    mended.write_text(text.replace("ATLANTIS", "PERU"))
    again = filemaker.load(mended, into=tmp_path / "d")
    assert (again.tallies[0].rows_in, again.facts) == (3, 1)
    counted = "select sum(value) from arrivals where citizenship = 'PER'"
    assert filemaker.facts(tmp_path / "d", counted) == [(7,)]


@pytest.mark.parametrize(
    ("year", "flag"),
    [("2026 (FYTD)", "provisional"), ("2026 FYTD", "provisional"), ("FY2026(YTD)", "provisional"),
     ("FY 2026", None), ("2026", None)],
)  # fmt: skip
def test_a_later_release_may_write_its_year_otherwise(
    year: str, flag: str | None, tmp_path: Path
) -> None:
    lines = [CBP[0], CBP[1].replace("2024,FYTD,OCT", f"{year},FYTD,October")]
    path = tmp_path / "cbp.csv"
    path.write_text("\n".join(lines).replace("CHN", '"CHINA, PEOPLE\'S REPUBLIC OF"'))
    filemaker.load(path, into=tmp_path / "d", as_of=date(2026, 11, 25))
    found = "select year, month::varchar, citizenship, flag from arrivals"
    assert filemaker.facts(tmp_path / "d", found) == [(2026, "2025-10-01", "CHN", flag)]


def test_encounters_by_area_are_a_series_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "aor.csv"
    row = (
        '2024,FYTD,OCT,{},Southwest Land Border,{},SDC,Single Adults,"CHINA, PEOPLES REPUBLIC OF",'
        "Title 8,{},{}"
    )
    sector, office = "U.S. Border Patrol", "Office of Field Operations"
    path.write_text(
        "\n".join(
            [
                ",".join(sources.profiles()["us_cbp_border_aor"].header),
                row.format(sector, "San Diego Sector", "Apprehensions", 5),
                row.format(sector, "San Diego Sector", "Expulsions", 2),
                row.format(office, "San Diego Field Office", "Inadmissibles", 1),
            ]
        )
    )
    report = filemaker.load(path, into=tmp_path / "d")
    assert (report.facts, report.quarantine) == (3, None)
    found = "select source, border, year, sum(value) from arrivals group by all"
    assert filemaker.facts(tmp_path / "d", found) == [
        ("us_cbp_border_aor", "southwest-land", 2024, 8)
    ]


def test_a_final_year_takes_the_place_of_its_months_to_date(tmp_path: Path) -> None:
    cbp(tmp_path, CBP[:4])
    final = [line.replace("2025 (FYTD)", "2025").replace(",7", ",9") for line in CBP[:4]]
    cbp(tmp_path, final)
    found = "select value, flag from arrivals where year = 2025"
    assert filemaker.facts(tmp_path / "d", found) == [(9, None)]


def test_a_new_column_that_divides_rows_is_refused_and_one_that_does_not_is_read(
    tmp_path: Path,
) -> None:
    lines = [CBP[0] + ",Encounter Type", CBP[1] + ",Apprehensions", CBP[1] + ",Inadmissibles"]
    path = tmp_path / "cbp.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(LoadError, match=r"adds encounter type; .*--source us_cbp_border_state"):
        filemaker.load(path, into=tmp_path / "d")
    with pytest.raises(LoadError, match="1 rows differ only in Encounter Type"):
        filemaker.load(path, into=tmp_path / "d", source="us_cbp_border_state")
    path.write_text("\n".join(lines[:2]))
    assert filemaker.load(path, into=tmp_path / "d", source="us_cbp_border_state").facts == 1


def test_a_renamed_column_is_named_and_no_source_is_offered(tmp_path: Path) -> None:
    path = tmp_path / "cbp.csv"
    path.write_text("\n".join([CBP[0].replace("Month (abbv)", "Month"), CBP[1]]))
    with pytest.raises(LoadError, match=r"lacks month .abbv. and adds month; name the columns so"):
        filemaker.load(path, into=tmp_path / "d")


def test_marks_line_ends_letters_and_footnotes_of_a_release_do_no_harm(tmp_path: Path) -> None:
    lines = [CBP[0].lower(), CBP[1], CBP[2], '"Source: USBP, FY24.",,,,,,,,', "Data are live"]
    (tmp_path / "cbp.csv").write_bytes(("\ufeff" + "\r\n".join(lines)).encode())
    report = filemaker.load(tmp_path / "cbp.csv", into=tmp_path / "d")
    assert filemaker.faults(report, "us_cbp_border_state") == [
        (4, "year", "required"),
        (5, "", "columns"),
    ]
    assert filemaker.facts(tmp_path / "d", "select sum(value) from arrivals") == [(1207,)]
