"""A selection says itself in codes and in words, and refuses what there is not."""

import re
from datetime import date

import pytest

from data import contracts
from queries.scope import Scope, ScopeError
from queries.selection import Selection, SelectionError, groups


def test_an_address_and_its_selection_are_the_same_thing():
    address = "since=2014-01&until=2015-06&origins=CN-FJ,CN-ZJ&destinations=ITA,USA&measure=cases"
    selection = Selection.parse(address)
    assert selection.since == date(2014, 1, 1)
    assert set(selection.origins) == {"CN-FJ", "CN-ZJ"}
    assert Selection.parse(selection.address()) == selection


def test_an_address_leaves_defaults_out():
    assert Selection().address() == ""
    assert Selection.parse("measure=persons").address() == ""


def test_the_order_and_repetition_of_codes_make_no_difference():
    first = Selection.parse("origins=CN-ZJ,CN-FJ,CN-ZJ")
    assert first == Selection.parse("origins=CN-FJ,CN-ZJ")
    assert first.address() == Selection.parse("origins=CN-FJ,CN-ZJ").address()


@pytest.mark.parametrize("name", ["origins", "routes", "ages", "sexes", "items", "destinations"])
def test_a_list_of_everything_is_all(name: str):
    lists = {"origins": "provinces", "destinations": "countries"}
    codes = contracts.codes(lists.get(name, name)).codes
    assert getattr(Selection(**{name: codes}), name) is None
    assert getattr(Selection(**{name: codes[1:]}), name) == codes[1:]


def test_nothing_chosen_is_all():
    assert Selection(origins=()) == Selection() == Selection.parse("origins=")


def test_a_region_is_its_countries():
    selection = Selection.parse("destinations=southern-europe")
    assert {"ITA", "ESP", "PRT"} <= set(selection.destinations)
    assert "FRA" not in selection.destinations
    assert Selection.parse("dest=southern-europe") == selection


def test_a_region_above_regions_holds_all_of_theirs():
    whole = set(Selection.parse("destinations=europe").destinations)
    assert {"ITA", "GBR", "RUS", "FRA"} <= whole
    assert whole >= set(Selection.parse("destinations=southern-europe").destinations)


def test_every_preset_expands_to_codes_of_its_list():
    lists = {"origins": "provinces", "prefectures": "prefectures", "destinations": "countries"}
    for field, name in lists.items():
        for code, members in groups(field).items():
            assert set(members) <= set(contracts.codes(name).codes), code
            chosen = getattr(Selection(**{field: (code,)}), field)
            assert chosen is None or set(chosen) == set(members)


def test_a_preset_and_a_code_add_up():
    coastal = set(Selection.parse("origins=coastal").origins)
    assert set(Selection.parse("origins=coastal,CN-HA").origins) == coastal | {"CN-HA"}


def test_a_year_is_its_first_or_last_month():
    selection = Selection.parse("since=2014&until=2015")
    assert (selection.since, selection.until) == (date(2014, 1, 1), date(2015, 12, 1))


def test_any_day_is_its_month():
    assert Selection(since=date(2014, 3, 31)).since == date(2014, 3, 1)


@pytest.mark.parametrize(
    ("address", "named", "nearest"),
    [
        ("origins=CN-FK", "CN-FK", "CN-FJ"),
        ("origins=Fujan", "Fujan", "CN-FJ"),
        ("origins=coastel", "coastel", "coastal"),
        ("destinations=southern-europa", "southern-europa", "southern-europe"),
        ("origin_s=CN-FJ", "origin_s", "origins"),
        ("route=by_sea", "by_sea", "sea"),
        ("measure=person", "person", "persons"),
        ("since=2014-13", "2014-13", "YYYY-MM"),
        ("since=next year", "next year", "YYYY-MM"),
        ("since", "since", "since=..."),
        ("Origins=CN-FJ", "Origins", "origins"),
        ("origins=福建", "福建", "CN-FJ"),
        ("origins=cn-fj", "cn-fj", "CN-FJ"),
        ("origins=CN-FJ;since=2014", "CN-FJ;since=2014", "filters by &"),
        ("origins=CN-FJ，CN-ZJ", "CN-FJ，CN-ZJ", "values by commas"),
        ("items=visa", "visa", "nearest: forged_visa"),
        ("prefectures=4407", "4407", "nearest: 440700"),
        ("destinations=US", "'US'", "nearest: USA"),
        ("since=", "since: ''", "YYYY-MM"),
        ("since=2014-1", "since: '2014-1'", "example 2014-01"),
        ("until=2015/12", "until: '2015/12'", "example 2015-12"),
        ("since=201407", "201407", "example 2014-07"),
        ("since=2014年7月", "2014年7月", "example 2014-07"),
        ("since=2014-13", "2014-13", "example 2014-12"),
        ("since=2014-02-30", "2014-02-30", "example 2014-02"),
        ("since=2014-W01", "2014-W01", "example 2014-01"),
        ("since=20140131", "20140131", "YYYY-MM"),
        ("since=0000", "0000", "YYYY-MM"),
        ("since=２０１４-01", "２０１４-01", "YYYY-MM"),
    ],
)
def test_an_unknown_word_is_named_with_the_nearest_right_one(
    address: str, named: str, nearest: str
):
    with pytest.raises(SelectionError) as error:
        Selection.parse(address)
    assert named in str(error.value)
    assert nearest in str(error.value)


@pytest.mark.parametrize(
    ("address", "ends"),
    [("measure=xyz", ": persons, cases"), ("qqqq=1", ", origins, prefectures, destinations ...")],
)
def test_only_a_list_that_was_cut_short_ends_with_dots(address: str, ends: str):
    with pytest.raises(SelectionError, match=re.escape(ends) + "$"):
        Selection.parse(address)


def test_spaces_around_names_and_values_mean_nothing():
    spaced = Selection.parse("origins = CN-FJ, CN-ZJ & since=2014-01 & measure= cases")
    assert spaced == Selection.parse("origins=CN-FJ,CN-ZJ&since=2014-01&measure=cases")


def test_a_span_that_ends_before_it_begins_is_refused():
    with pytest.raises(SelectionError, match="2015-01 lies after until 2014-01"):
        Selection.parse("since=2015-01&until=2014-01")


def test_a_field_said_twice_is_refused():
    with pytest.raises(SelectionError, match="twice"):
        Selection.parse("origins=CN-FJ&origins=CN-ZJ")


def test_too_many_values_are_refused():
    with pytest.raises(SelectionError, match="more than"):
        Selection(gangs=tuple(f"gang {n}" for n in range(501)))


def test_a_gang_may_hold_any_sign():
    selection = Selection(gangs=("A & B, of=C", "红灯笼+"))
    assert Selection.parse(selection.address()) == selection


def test_words_name_every_filter_in_both_languages():
    selection = Selection.parse("origins=CN-FJ&routes=sea&since=2014-01&until=2014-12&gangs=X")
    english, chinese = selection.words("en"), selection.words("zh")
    for part in ("Fujian", "By sea", "X", "Jan 2014 to Dec 2014"):
        assert part in english
    for part in ("福建", "海路", "X", "2014年1月至2014年12月"):
        assert part in chinese


def test_words_say_so_when_nothing_is_filtered():
    assert Selection().words("en") == "All data"
    assert Selection(measure="cases").words("zh") == "全部数据"


def test_words_call_a_whole_preset_by_its_name():
    words = Selection.parse("destinations=southern-europe,USA").words("en")
    assert contracts.label("regions", "southern-europe", "en") in words
    assert "Italy" not in words


def test_words_stay_short():
    some = tuple(code for code in contracts.codes("countries").codes[::9])
    assert "more" in Selection(destinations=some).words("en")
    assert "项" in Selection(destinations=some).words("zh")


def test_a_scope_reads_all_as_all_i_may_see():
    scope = Scope(origins=("CN-FJ",))
    assert scope.narrow(Selection()).origins == ("CN-FJ",)
    assert scope.narrow(Selection(origins=("CN-FJ",))).origins == ("CN-FJ",)
    assert Scope.everything().narrow(Selection()) == Selection()


@pytest.mark.parametrize("origins", [("CN-ZJ",), ("CN-FJ", "CN-ZJ")])
def test_a_scope_refuses_anything_wider(origins: tuple[str, ...]):
    with pytest.raises(ScopeError, match="CN-ZJ"):
        Scope(origins=("CN-FJ",)).narrow(Selection(origins=origins))


def test_an_empty_scope_shows_nothing():
    with pytest.raises(ScopeError):
        Scope(origins=()).narrow(Selection())
