"""The large code lists: complete, bilingual, placed, and no spelling means two things."""

import csv
from pathlib import Path

import pytest
from babel import Locale
from babel.core import get_global

from data import contracts

CODES = Path(contracts.__file__).parent / "codes"
LISTS = sorted(path.stem for path in CODES.glob("*.csv"))
SPECIAL = {"other", "unknown"}
RENAMED = {"HKG", "MAC", "TWN"}


def places(name):
    return [member for member in contracts.codes(name) if member.code not in SPECIAL]


@pytest.mark.parametrize("name", LISTS)
def test_every_code_has_both_languages_and_no_spelling_means_two_codes(name):
    members = contracts.codes(name)
    for language in contracts.LANGUAGES:
        labels = [member.label[language] for member in members]
        assert all(labels)
    assert not [fix for fix, code in members.fixes.items() if fix in members and fix != code]


@pytest.mark.parametrize("name", ["provinces", "prefectures", "countries", "regions", "presets"])
def test_no_two_places_share_a_label(name):
    for language in contracts.LANGUAGES:
        labels = [member.label[language] for member in contracts.codes(name)]
        assert len(labels) == len(set(labels))


@pytest.mark.parametrize("name", ["provinces", "prefectures", "countries"])
def test_a_label_is_known_as_a_spelling_of_its_code(name):
    fixes = contracts.codes(name).fixes
    for member in places(name):
        assert fixes[member.label.zh] == member.code


@pytest.mark.parametrize("name", LISTS)
def test_every_line_has_as_many_values_as_the_header(name):
    with (CODES / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    assert {len(row) for row in rows} == {len(header)}


def test_there_are_34_provinces_and_two_special_rows():
    provinces = contracts.codes("provinces")
    assert len(provinces.where(kind="province")) == 34
    assert provinces.where(kind="special") == ("other", "unknown")
    numbers = [member.attributes["gb2260"] for member in places("provinces")]
    assert len(set(numbers)) == 34 and numbers == sorted(numbers)


def test_iso_and_gb_codes_of_easily_confused_provinces_are_right():
    provinces = contracts.codes("provinces")
    wanted = {
        "CN-HA": "河南", "CN-HI": "海南", "CN-HE": "河北", "CN-HB": "湖北", "CN-HN": "湖南",
        "CN-SX": "山西", "CN-SN": "陕西", "CN-GX": "广西", "CN-GZ": "贵州", "CN-XZ": "西藏",
    }  # fmt: skip
    assert {code: provinces[code].label.zh for code in wanted} == wanted


def test_the_tile_grid_has_one_province_a_tile_and_keeps_neighbours_near():
    at = {
        member.code: (int(member.attributes["tile_row"]), int(member.attributes["tile_column"]))
        for member in places("provinces")
    }
    assert len(set(at.values())) == 34
    assert all(0 <= row <= 7 and 0 <= column <= 6 for row, column in at.values())
    for one, other in (
        ("CN-FJ", "CN-GD"),
        ("CN-LN", "CN-JL"),
        ("CN-ZJ", "CN-SH"),
        ("CN-SN", "CN-SX"),
    ):
        apart = [abs(a - b) for a, b in zip(at[one], at[other], strict=True)]
        assert max(apart) == 1
    assert at["CN-XJ"][1] == 0 and at["CN-HL"] == (0, 6)


def test_compact_province_names_fit_a_tile():
    for member in places("provinces"):
        assert len(member.attributes["short_zh"]) <= 3
        assert len(member.attributes["short_en"]) <= 9


def test_every_place_lies_where_its_land_is():
    for member in places("provinces"):
        assert 73 < float(member.attributes["lon"]) < 135
        assert 18 < float(member.attributes["lat"]) < 54
    for member in places("countries"):
        assert -180 <= float(member.attributes["lon"]) <= 180
        assert -90 <= float(member.attributes["lat"]) <= 90
    countries = contracts.codes("countries")
    for code, west, south, east, north in (
        ("USA", -125, 25, -67, 49), ("ECU", -81, -5, -75, 2), ("ITA", 6, 36, 19, 47),
        ("AUS", 112, -40, 154, -10), ("JPN", 129, 30, 146, 46), ("ARG", -74, -55, -53, -21),
    ):  # fmt: skip
        lon, lat = (float(countries[code].attributes[name]) for name in ("lon", "lat"))
        assert west < lon < east and south < lat < north


def test_countries_are_the_249_of_iso_3166_with_the_names_of_cldr():
    countries = contracts.codes("countries")
    assert len(places("countries")) == 249
    aliases = get_global("territory_aliases")
    for member in places("countries"):
        alpha2 = member.attributes["alpha2"]
        if member.code in aliases:
            assert aliases[member.code] == [alpha2]
        if member.attributes["m49"] in aliases:
            assert aliases[member.attributes["m49"]] == [alpha2]
        if member.code not in RENAMED:
            for language in contracts.LANGUAGES:
                assert member.label[language] == Locale(language).territories[alpha2]
    assert len({member.attributes["alpha2"] for member in places("countries")}) == 249
    assert countries["HKG"].label.en == "Hong Kong SAR, China"
    assert [countries[code].label.zh for code in ("HKG", "MAC", "TWN")] == [
        "中国香港",
        "中国澳门",
        "中国台湾",
    ]


def test_every_country_lies_in_a_sub_region_of_m49():
    regions = contracts.codes("regions")
    for member in contracts.codes("countries"):
        region = regions[member.attributes["region"]]
        assert region.attributes["level"] in ("sub-region", "region", "special")
    for member in places("regions"):
        assert len(member.attributes["m49"]) == 3
        assert not member.attributes["parent"] or member.attributes["parent"] in regions
    for country, region in (
        ("USA", "northern-america"), ("ITA", "southern-europe"), ("JPN", "eastern-asia"),
        ("ECU", "south-america"), ("PAN", "central-america"), ("RUS", "eastern-europe"),
        ("MMR", "south-eastern-asia"), ("GBR", "northern-europe"), ("NRU", "micronesia"),
    ):  # fmt: skip
        assert contracts.codes("countries")[country].attributes["region"] == region


def test_prefectures_belong_to_the_province_their_code_names():
    provinces = contracts.codes("provinces")
    prefectures = contracts.codes("prefectures")
    for member in prefectures:
        province = provinces[member.attributes["province"]]
        assert member.code[:2] == province.attributes["gb2260"][:2] and len(member.code) == 6
    proper = [m for m in prefectures if m.attributes["kind"] not in ("districts", "direct")]
    assert len(proper) == 333


def test_prefecture_names_are_read_as_their_people_read_them():
    prefectures = contracts.codes("prefectures")
    wanted = {
        "440700": "Jiangmen", "350100": "Fuzhou", "350200": "Xiamen", "330300": "Wenzhou",
        "331100": "Lishui", "150100": "Hohhot", "341500": "Lu'an", "341600": "Bozhou",
        "222400": "Yanbian", "653100": "Kashgar", "361000": "Fuzhou (Jiangxi)", "610100": "Xi'an",
        "140400": "Changzhi", "220100": "Changchun", "341300": "Suzhou (Anhui)", "411100": "Luohe",
    }  # fmt: skip
    assert {code: prefectures[code].label.en for code in wanted} == wanted
    assert prefectures.fixes["371200"] == "370100"


def test_presets_name_codes_of_their_own_dimension_and_no_code_of_another_list():
    lists = {"origins": "provinces", "prefectures": "prefectures", "destinations": "countries"}
    for preset in contracts.codes("presets"):
        members = preset.attributes["members"].split(";")
        assert len(members) == len(set(members))
        assert set(members) <= set(contracts.codes(lists[preset.attributes["dimension"]]).codes)
        for name in ("regions", "provinces", "countries", "prefectures"):
            assert preset.code not in contracts.codes(name)


def test_coastal_and_inland_are_the_mainland_without_overlap():
    presets = contracts.codes("presets")
    coastal, inland = (
        set(presets[name].attributes["members"].split(";")) for name in ("coastal", "inland")
    )
    mainland = set(contracts.codes("provinces").where(kind="province"))
    assert not coastal & inland
    assert coastal | inland == mainland - {"CN-HK", "CN-MO", "CN-TW"}


def test_eu_and_schengen_have_their_members():
    presets = contracts.codes("presets")
    assert len(presets["european-union"].attributes["members"].split(";")) == 27
    assert len(presets["schengen-area"].attributes["members"].split(";")) == 29
