"""The address, the chips and the panels: what a reader chose, in codes and in words."""

from datetime import date
from time import thread_time
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from dashboard import address, chips, panels, picks
from data import contracts
from data.contracts import LANGUAGES, Language
from queries.selection import FIELDS, MEASURES, Selection, groups

MONTHS = some.dates(date(2007, 1, 1), date(2026, 10, 1)).map(lambda day: day.replace(day=1))
CODED = [name for name, field in FIELDS.items() if field.codes]
GANGS = some.text(
    some.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=12
)


class Dated:
    """Months of a data set whose last two are provisional."""

    first_month = date(2010, 1, 1)
    last_month = date(2026, 10, 1)
    provisional_from = date(2026, 9, 1)


@some.composite
def selections(draw: some.DrawFn) -> Selection:
    """Any selection a reader can make."""
    chosen = {
        name: tuple(
            draw(some.sets(some.sampled_from(contracts.codes(field.codes).codes), max_size=4))
        )
        for name, field in FIELDS.items()
        if field.codes
    }
    since, until = sorted([draw(MONTHS), draw(MONTHS)])
    return Selection(
        since=draw(some.sampled_from([None, since])),
        until=draw(some.sampled_from([None, until])),
        gangs=tuple(draw(some.sets(GANGS, max_size=3))),
        measure=draw(some.sampled_from(MEASURES)),
        **chosen,
    )


@given(selections(), some.sampled_from([None, *LANGUAGES]))
def test_an_address_reads_back_as_what_was_written(selection: Selection, language: Language | None):
    query = urlencode(address.write(selection, language))
    read = address.read(dict(parse_qsl(query)))
    assert read == address.Read(selection, language, ())


@given(some.dictionaries(some.text(max_size=8), some.text(max_size=30), max_size=6))
def test_no_address_raises(parameters: dict[str, str]):
    read = address.read(parameters)
    assert isinstance(read.selection, Selection)


def test_an_address_leaves_defaults_out():
    assert address.write(Selection(), None) == {}


def test_a_bad_code_is_left_out_alone_and_the_nearest_named():
    read = address.read({"origins": "CN-FJ,CN-XX"})
    assert read.selection == Selection(origins=("CN-FJ",))
    (ignored,) = read.ignored
    assert ignored.what == "origins=CN-XX"
    assert set(ignored.nearest) <= set(contracts.codes("provinces").codes)


@pytest.mark.parametrize(
    ("parameters", "what"),
    [
        ({"since": "2014-13"}, "since=2014-13"),
        ({"measure": "money"}, "measure=money"),
        ({"language": "fr"}, "language=fr"),
        ({"origin5": "CN-FJ"}, "origin5"),
        ({"since": "2015-01", "until": "2014-01"}, "since=2015-01"),
        ({"ages": "x" * 500}, "ages=" + "x" * 55 + "…"),
    ],
)
def test_whatever_is_wrong_is_named(parameters: dict[str, str], what: str):
    read = address.read(parameters)
    assert read.selection == Selection()
    assert [ignored.what for ignored in read.ignored] == [what]


def test_an_alias_and_a_preset_are_understood():
    read = address.read({"dest": "southern-europe", "origins": "north-east"})
    assert read.selection.destinations == groups("destinations")["southern-europe"]
    assert read.selection.origins == ("CN-LN", "CN-JL", "CN-HL")
    assert read.ignored == ()


@given(selections(), some.sampled_from(LANGUAGES))
def test_clearing_chip_by_chip_clears_everything(selection: Selection, language: Language):
    left = selection
    while shown := chips.chips(left, language):
        smaller = shown[0].cleared(left)
        assert smaller != left
        left = smaller
    assert left == Selection(measure=selection.measure)


def test_a_chip_names_a_whole_preset_once():
    selection = Selection(origins=groups("origins")["north-east"] + ("CN-FJ",))
    labels = [chip.label for chip in chips.chips(selection, "zh")]
    assert labels == ["东北", "福建"]


def test_many_picks_of_one_filter_share_a_last_chip():
    codes = contracts.codes("countries").codes[:20]
    shown = chips.chips(Selection(destinations=codes), "en")
    assert len(shown) <= chips.MOST_OF_ONE_FIELD
    assert {code for chip in shown for code in chip.codes} == set(codes)


def controls(selection: Selection, language: Language = "zh") -> dict[str, panels.Control]:
    made = [
        control
        for panel in panels.PANELS
        for control in panel.controls(selection, language, Dated(), lambda: ("G1", "G2"))
    ]
    assert len({control.name for control in made}) == len(made)
    return {control.name: control for control in made}


def test_the_panels_offer_every_filter():
    assert set(FIELDS) - {"prefectures"} <= set(controls(Selection()))
    assert "prefectures" in controls(Selection(origins=("CN-GD",)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_has_a_label_of_its_own(language: Language):
    for control in controls(Selection(origins=("CN-GD",)), language).values():
        labels = [control.labels[option] for option in control.options]
        assert all(labels)
        assert len(set(labels)) == len(labels), control.name


def test_prefectures_are_those_of_the_chosen_provinces():
    offered = controls(Selection(origins=("CN-GD",)))["prefectures"].options
    known = contracts.codes("prefectures")
    assert offered
    assert {known[code].attributes["province"] for code in offered} == {"CN-GD"}


def test_leaving_a_province_leaves_its_prefectures():
    chosen = Selection(origins=("CN-GD", "CN-FJ"), prefectures=("440700", "350100"))
    left = controls(chosen)["origins"].apply(chosen, ["CN-FJ"])
    assert left == Selection(origins=("CN-FJ",), prefectures=("350100",))


def test_time_presets_end_with_the_last_complete_month():
    presets = panels.times(Dated())
    assert presets["last_12"] == (date(2025, 9, 1), date(2026, 8, 1))
    assert presets["this_year"] == (date(2026, 1, 1), date(2026, 8, 1))
    assert presets["all"] == (None, None)


def test_a_preset_switched_on_adds_and_switched_off_takes_away():
    start = Selection(origins=("CN-FJ",))
    control = controls(start)["origin-presets"]
    more = control.apply(start, ["north-east"])
    assert more.origins == ("CN-LN", "CN-JL", "CN-HL", "CN-FJ") or set(more.origins or ()) == {
        "CN-LN", "CN-JL", "CN-HL", "CN-FJ"
    }  # fmt: skip
    assert controls(more)["origin-presets"].apply(more, []) == start


def test_the_later_end_follows_when_the_start_passes_it():
    start = Selection(since=date(2014, 1, 1), until=date(2014, 6, 1))
    moved = controls(start)["since"].apply(start, date(2015, 1, 1))
    assert (moved.since, moved.until) == (date(2015, 1, 1), date(2015, 1, 1))


@pytest.mark.parametrize("field", CODED)
def test_a_click_switches_a_code_on_and_off(field: str):
    code = contracts.codes(str(FIELDS[field].codes)).codes[0]
    clicked = picks.picked(field, [[code]])
    assert clicked == {field: (code,)}
    once = picks.toggled(Selection(), clicked)
    assert getattr(once, field) == (code,)
    assert picks.toggled(once, clicked) == Selection()


def test_a_click_on_a_mark_of_two_filters_switches_both():
    clicked = picks.picked("gangs,destinations", [["DEMO-G1", "USA"]])
    assert clicked == {"gangs": ("DEMO-G1",), "destinations": ("USA",)}
    once = picks.toggled(Selection(routes=("sea",), destinations=("JPN",)), clicked)
    assert once == Selection(routes=("sea",), gangs=("DEMO-G1",), destinations=("USA",))
    assert picks.toggled(once, clicked) == Selection(routes=("sea",))


@pytest.mark.parametrize(
    ("code", "picked"),
    [("CN-FJ", {"origins": ("CN-FJ",)}), ("USA", {"destinations": ("USA",)}), ("XX", {})],
)
def test_a_mark_of_one_place_on_the_map_switches_that_place(code: str, picked: picks.Picked):
    assert picks.picked("origins,destinations", [[code]]) == picked


def test_a_click_on_what_is_no_code_is_nothing():
    assert picks.picked("origins", [["XX", None, 5]]) == {}
    assert picks.picked("origins", [None, {}, 7]) == {}


def test_an_address_longer_than_any_filters_make_is_left_out_whole():
    began = thread_time()
    read = address.read({"origins": "CN-FJ," * 2_000_000, "language": "en"})
    many = address.read({f"{'x' * 40}{n}": "" for n in range(700)} | {"origins": "CN-FJ"})
    assert thread_time() - began < 1
    assert read.selection == Selection() and read.ignored and len(read.ignored[0].what) < 100
    assert many.selection == Selection(origins=("CN-FJ",)) and len(many.ignored) == 700


def test_a_very_long_list_of_nonsense_is_read_at_once():
    nonsense = ",".join(f"XX{number}" for number in range(3000))
    started = thread_time()
    read = address.read({"origins": f"CN-FJ,{nonsense}"})
    assert thread_time() - started < 1
    assert read.selection.origins == ("CN-FJ",)
    assert len(read.ignored) == 3000


def test_gangs_that_the_data_do_not_name_are_left_out_with_what_is_alike():
    asked = Selection(origins=("CN-FJ",), gangs=("DEMO-G1", "DEMO-G22", "G" * 200))
    kept, ignored = address.known_gangs(asked, ("DEMO-G1", "DEMO-G2"))
    assert kept == asked.replace(gangs=("DEMO-G1",))
    assert "DEMO-G2" in next(part for part in ignored if "DEMO-G22" in part.what).nearest
    assert len(ignored) == 2
    assert address.known_gangs(kept, ("DEMO-G1",)) == (kept, ())


def every_control(language: str) -> None:
    """A script of every control of every panel, and of what is counted; it knows no name here."""
    import streamlit as st

    from dashboard import bar, filters, panels
    from queries.selection import Selection
    from tests.test_filters import Dated

    st.session_state[filters.SELECTION] = Selection()
    st.session_state[filters.CHOSEN] = language
    for panel in panels.PANELS:
        for control in panel.controls(Selection(), language, Dated(), lambda: ("DEMO-G1",)):
            bar._control(control, language, print)
    bar._measure(print)


def labels(language: Language) -> dict[str, list[str]]:
    """The labels of every widget that offers some, by its key."""
    app = AppTest.from_function(
        every_control, default_timeout=60, kwargs={"language": language}
    ).run()
    assert not app.exception
    offering = [*app.multiselect, *app.selectbox, *app.get("button_group")]
    return {str(widget.key): list(map(str, widget.options)) for widget in offering}


def test_labels_that_follow_the_language_have_a_key_of_their_own_in_each():
    """Streamlit sends labels: under one key those picked in the other language would be lost."""
    chinese, english = labels("zh"), labels("en")
    assert len(chinese) == len(english) > 10
    shared = chinese.keys() & english.keys()
    assert [key for key in sorted(shared) if chinese[key] != english[key]] == []
