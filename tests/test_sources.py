"""Outside publishers' files become arrivals by their profiles, and every row is accounted for."""

import csv
import re
from pathlib import Path

import filemaker
import pytest

from data import contracts, sources
from data.contracts import LANGUAGES
from data.loading.faults import LoadError
from data.loading.pipeline import Report
from queries.selection import Selection
from queries.store import Store
from tests.publishers import real


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


def test_a_transcribed_source_has_a_title_in_both_languages() -> None:
    path = Path(contracts.__file__).parent / "published" / "arrivals.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        named = {row["source"] for row in csv.DictReader(lines)}
    assert len(named) > 8
    for source in named:
        assert re.search(r"[\u4e00-\u9fff]", sources.title(source, "zh")), source
        assert not re.search(r"[\u4e00-\u9fff]", sources.title(source, "en")), source


def test_a_source_without_a_profile_is_its_own_title() -> None:
    assert sources.title("Somebody", "zh") == "Somebody"
    assert sources.caveats("Somebody") == ()


def test_no_two_profiles_have_the_same_header() -> None:
    headers = [frozenset(profile.header) for profile in sources.profiles().values()]
    assert len(headers) == len(set(headers))


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
