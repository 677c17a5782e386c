"""Outside publishers' files become arrivals by their profiles, and every row is accounted for."""

import io
from datetime import date
from pathlib import Path

import filemaker
import pandas
import pytest

from data import contracts, sources
from data.contracts import LANGUAGES
from data.loading.faults import LoadError
from data.loading.pipeline import Report
from queries.selection import Selection
from queries.store import Store

REAL = Path(__file__).parent.parent.parent / "shared" / "real"
CBP = [
    ",".join(sources.profiles()["us_cbp_border_state"].header),
    '2024,FYTD,OCT,Southwest Land Border,CA,Single Adults,CHN,Title 8,"1,204"',
    '2024,FYTD,SEP,Northern Land Border,WA,FMUA,"CHINA, PEOPLES REPUBLIC OF",Title 8,3',
    "2025 (FYTD),FYTD,DEC,Other,TX,Single Adults,MEXICO,Title 8,7",
    "2025 (FYTD),FYTD,DEC,Other,TX,Single Adults,ATLANTIS,Title 8,7",
    "2025?,FYTD,DEC,Other,TX,Single Adults,MEXICO,Title 8,7",
    "2025,FYTD,XYZ,Other,TX,Single Adults,MEXICO,Title 8,7",
]


def real(name: str) -> Path:
    path = REAL / name
    if not path.exists():
        pytest.skip(f"the publisher's file {name} is not on this machine")
    return path


def cbp(tmp_path: Path, lines: list[str]) -> Report:
    path = tmp_path / "cbp.csv"
    path.write_text("\n".join(lines) + "\n")
    return filemaker.load(path, into=tmp_path / "d")


def test_every_profile_is_whole_in_both_languages() -> None:
    assert set(sources.profiles()) >= {"us_cbp_border_state", "panama_snm_darien", "mexico_segob"}
    for profile in sources.profiles().values():
        assert profile.title.zh != profile.title.en
        assert {"never_added", "citizenship_not_origin"} <= set(profile.caveats)
        assert sources.caveats(profile.name) == profile.caveats
        assert profile.columns["source"].fixed == profile.name
        for language in LANGUAGES:
            assert sources.title(profile.name, language) == profile.title[language]
        assert profile.columns["measure"].fixed in contracts.codes("measures")
        for code in profile.columns["citizenship"].mapped.values():
            assert code in contracts.codes("countries")


def test_a_source_without_a_profile_is_its_own_title() -> None:
    assert sources.title("Somebody", "zh") == "Somebody"
    assert sources.caveats("Somebody") == ()


def test_no_two_profiles_have_the_same_header() -> None:
    headers = [frozenset(profile.header) for profile in sources.profiles().values()]
    assert len(headers) == len(set(headers))


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


@pytest.mark.parametrize(
    "name",
    [
        "us_cbp/nationwide-drugs-fy20-fy23.csv",
    ],
)
def test_a_file_without_a_profile_is_refused_and_told_how_to_get_one(
    name: str, tmp_path: Path
) -> None:
    told = r"no source profile has columns like .* write a source profile .* data/sources/README.md"
    with pytest.raises(LoadError, match=told) as said:
        filemaker.load(real(name), into=tmp_path / "d")
    assert "\n" not in str(said.value)
    assert not (tmp_path / "d" / "CURRENT").exists()


def test_a_final_year_takes_the_place_of_its_months_to_date(tmp_path: Path) -> None:
    cbp(tmp_path, CBP[:4])
    final = [line.replace("2025 (FYTD)", "2025").replace(",7", ",9") for line in CBP[:4]]
    cbp(tmp_path, final)
    found = "select value, flag from arrivals where year = 2025"
    assert filemaker.facts(tmp_path / "d", found) == [(9, None)]


def test_a_source_may_be_named_and_must_fit(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("t,nat,n,extra\n2023-01-01,CHN,5,x\n")
    with pytest.raises(
        LoadError, match=r"profile mexico_segob.* adds extra; .*--source mexico_segob"
    ):
        filemaker.load(path, into=tmp_path / "d")
    report = filemaker.load(path, into=tmp_path / "d", source="mexico_segob")
    assert report.facts == 1
    with pytest.raises(LoadError, match="needs the columns q"):
        filemaker.load(path, into=tmp_path / "e", source="panama_snm_darien")
    with pytest.raises(LoadError, match="no source profile 'nobody'; there are"):
        filemaker.load(path, into=tmp_path / "e", source="nobody")


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


def test_annual_totals_have_no_month_and_repeated_rows_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "darien.csv"
    path.write_text(
        "t,q,nat,n\n2019-01-01,2019-01-01,CHN,4.0\n2020-01-01,2020-01-01,CHN,2.0\n"
        "2020-01-01,2020-01-01,OOO,1.0\n2020-01-01,2020-01-01,OOO,3.0\n"
    )
    report = filemaker.load(path, into=tmp_path / "d")
    assert report.facts == 4
    found = "select year, month is null, citizenship, value from arrivals order by year, arrival_id"
    assert filemaker.facts(tmp_path / "d", found) == [
        (2019, True, "CHN", 4),
        (2020, False, "CHN", 2),
        (2020, False, "other", 1),
        (2020, False, "other", 3),
    ]


def test_a_later_release_may_write_names_months_and_whole_numbers(tmp_path: Path) -> None:
    path = tmp_path / "darien.csv"
    head = "t,q,nat,n\n"
    path.write_text(f"{head}2019-01-01,,CHN,4.0\n2020-01-01,,CHN,2.0\n2024-05-01,,CHN,1.0\n")
    filemaker.load(path, into=tmp_path / "d")
    path.write_text(f"{head}2019-01,,China,5\n2020-01,,China,3\n2024-05,,China,1511\n")
    assert filemaker.load(path, into=tmp_path / "d").facts == 3
    found = "select year, month::varchar, citizenship, value from arrivals order by year"
    assert filemaker.facts(tmp_path / "d", found) == [
        (2019, None, "CHN", 5),
        (2020, "2020-01-01", "CHN", 3),
        (2024, "2024-05-01", "CHN", 1511),
    ]


@pytest.mark.parametrize("when", ["2024-5", "05/2024", "2024-05-17", "May 2024"])
def test_a_date_that_is_no_month_is_no_annual_figure(when: str, tmp_path: Path) -> None:
    path = tmp_path / "darien.csv"
    path.write_text(f"t,q,nat,n\n{when},,CHN,4\n2024-06,,CHN,2\n")
    report = filemaker.load(path, into=tmp_path / "d")
    assert filemaker.faults(report, "panama_snm_darien")[0][:2] == (2, "year")
    assert filemaker.facts(tmp_path / "d", "select value from arrivals") == [(2,)]


def test_marks_line_ends_letters_and_footnotes_of_a_release_do_no_harm(tmp_path: Path) -> None:
    lines = [CBP[0].lower(), CBP[1], CBP[2], '"Source: USBP, FY24.",,,,,,,,', "Data are live"]
    (tmp_path / "cbp.csv").write_bytes(("\ufeff" + "\r\n".join(lines)).encode())
    report = filemaker.load(tmp_path / "cbp.csv", into=tmp_path / "d")
    assert filemaker.faults(report, "us_cbp_border_state") == [
        (4, "year", "required"),
        (5, "", "columns"),
    ]
    assert filemaker.facts(tmp_path / "d", "select sum(value) from arrivals") == [(1207,)]


SDMX = [
    ",".join(sources.profiles()["eurostat_found_present_sdmx"].header),
    "ESTAT:X,,Annual,Total,Total,China,Total,Total,Person,Germany,2023,3290,,",
    "ESTAT:X,,A,TOTAL,TOTAL,CN,T,TOTAL,PER,EL,2023,45,bd,",
    "ESTAT:X,,A,TOTAL,TOTAL,CN,T,TOTAL,PER,FR,2024,1135,p,",
    "ESTAT:X,,Annual,Overstay,Total,China,Total,Total,Person,Germany,2023,1000,,",
    "ESTAT:X,,Annual,Total,Total,Total,Total,Total,Person,Germany,2023,99000,,",
    "ESTAT:X,,A,TOTAL,TOTAL,CN,M,TOTAL,PER,FR,2024,600,,",
    "ESTAT:X,,A,TOTAL,TOTAL,CN,T,TOTAL,PER,EU27_2020,2024,9015,,",
    "ESTAT:X,,A,TOTAL,TOTAL,CN,T,TOTAL,PER,IT,2024,,,",
]


def test_only_totals_of_parts_are_read_from_a_statistical_download(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("\n".join(SDMX))
    (one,) = filemaker.load(tmp_path / "e.csv", into=tmp_path / "d").tallies
    assert (one.rows_in, one.facts, one.quarantined, one.left_out) == (8, 3, 0, 5)
    found = "select reporting, year, citizenship, value, flag from arrivals order by reporting"
    assert filemaker.facts(tmp_path / "d", found) == [
        ("DEU", 2023, "CHN", 3290, "approximate"),
        ("FRA", 2024, "CHN", 1135, "provisional"),
        ("GRC", 2023, "CHN", 45, "break"),
    ]


def test_a_file_of_which_nothing_is_to_be_read_is_refused_and_told_why(tmp_path: Path) -> None:
    path = real("eurostat/migr_eipre_sdmxcsv1_labels.csv")
    with pytest.raises(LoadError, match=r"each of its 2,535 rows\..* all citizenships together"):
        filemaker.load(path, into=tmp_path / "d")
    assert not (tmp_path / "d" / "CURRENT").exists()


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


CHINESE = (
    "select year, sum(value)::bigint, count(distinct month), max(flag) from arrivals"
    " where citizenship = 'CHN' and border = '{}' group by year order by year"
)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """The publishers' own files, loaded by profile."""
    files = [
        real("us_cbp/Border_State_Data.csv"),
        real("iom_gdidata/irreg_darien_nat.csv"),
        real("iom_gdidata/irreg_mexico_nat.csv"),
        real("eurostat/natixx_migr_eipre_by_citizen_2013_2024.csv"),
        real("uk_home_office/irregular-migration-detailed-2023-09.xlsx"),
    ]
    into = tmp_path_factory.mktemp("real")
    return into, filemaker.load(*files, into=into, as_of=None)


def test_chinese_citizens_at_the_south_west_border_are_as_published(
    imported: tuple[Path, Report],
) -> None:
    found = filemaker.facts(imported[0], CHINESE.format("southwest-land"))
    assert found == [
        (2020, 1768, 12, None),
        (2021, 450, 12, None),
        (2022, 2176, 12, None),
        (2023, 24314, 12, None),
        (2024, 38246, 12, None),
        (2025, 3097, 3, "provisional"),
    ]


def test_chinese_citizens_in_the_darien_are_as_published(imported: tuple[Path, Report]) -> None:
    found = {row[0]: row[1] for row in filemaker.facts(imported[0], CHINESE.format("darien"))}
    assert [found[year] for year in (2022, 2023, 2024, 2025)] == [2005, 25565, 12398, 6]
    assert sum(value for year, value in found.items() if year <= 2021) == 376


def test_chinese_citizens_in_mexico_are_as_published(imported: tuple[Path, Report]) -> None:
    mexico = CHINESE.format("all").replace("group by", "and reporting = 'MEX' group by")
    found = filemaker.facts(imported[0], mexico)
    assert [row[:2] for row in found] == [
        (2018, 14), (2019, 33), (2020, 4), (2021, 50), (2022, 1225), (2023, 14014),
        (2024, 15804), (2025, 728),
    ]  # fmt: skip


def test_chinese_citizens_found_present_in_europe_are_as_published(
    imported: tuple[Path, Report],
) -> None:
    found = filemaker.facts(
        imported[0],
        "select sum(value)::bigint from arrivals where citizenship = 'CHN'"
        " and measure = 'found_present' group by year order by year",
    )
    assert [value for (value,) in found] == [
        9025, 8740, 8775, 8275, 9000, 10005, 9460, 5775, 3750, 4625, 8995, 9015,
    ]  # fmt: skip


def test_every_row_of_the_publishers_is_accounted_for(imported: tuple[Path, Report]) -> None:
    counted = {
        one.file: (one.rows_in, one.quarantined, one.left_out) for one in imported[1].tallies
    }
    assert counted == {
        "Border_State_Data.csv": (57780, 0, 0),
        "irreg_darien_nat.csv": (2387, 4, 0),
        "irreg_mexico_nat.csv": (5759, 0, 0),
        "natixx_migr_eipre_by_citizen_2013_2024.csv": (23861, 0, 112),
        "irregular-migration-detailed-2023-09.xlsx[Data - Irr_D01]": (10295, 0, 1),
    }
    kept = filemaker.kept(imported[1], "panama_snm_darien")
    assert {one["found"] for one in kept} == {"TIB"}


def test_chinese_citizens_detected_in_britain_are_as_published(
    imported: tuple[Path, Report],
) -> None:
    britain = CHINESE.format("all").replace("group by", "and reporting = 'GBR' and"
        " measure = 'detections' group by")  # fmt: skip
    assert [row[:3] for row in filemaker.facts(imported[0], britain)] == [
        (2018, 385, 4), (2019, 279, 4), (2020, 12, 3), (2021, 12, 2), (2022, 19, 4), (2023, 91, 3),
    ]  # fmt: skip
    passed_over = [name for name in imported[1].passed_over if "[Data" in name]
    assert [name[-8:-1] for name in passed_over] == ["Irr_D02", "Irr_D03", "Irr_D04", "Irr_D05"]


def test_three_quarters_are_no_full_year(imported: tuple[Path, Report]) -> None:
    with Store(imported[0]) as store:
        rows = store.answer("arrivals_by_year", Selection()).rows.to_dict("records")
    britain = {row["year"]: row for row in rows if row["source"] == "uk_home_office_irregular"}
    assert [britain[year]["months"] for year in range(2018, 2024)] == [12] * 5 + [9]
    assert [year for year, row in britain.items() if row["partial"]] == [2023]


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
