"""Every page in both languages on every data set: it opens, says what it is, and hides nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import bar, charts, details, filters, findings, stage
from dashboard.frame import PAGES
from dashboard.literal import plain
from dashboard.stage import DATA_VARIABLE
from dashboard.words import say
from data import contracts, sources
from data.contracts import LANGUAGES, Language
from queries.answers import Answer
from queries.scope import Scope
from queries.selection import Selection
from queries.store import Store
from tests.conftest import build_tiny, tiny_tables

APP = str(Path(__file__).parents[1] / "dashboard" / "app.py")
ROOT = Path(__file__).parents[1]


def published_tables() -> dict[str, pandas.DataFrame]:
    folder = ROOT / "data" / "published"
    return {
        path.stem: pandas.read_csv(path, dtype=str, keep_default_na=False)
        for path in folder.glob("*.csv")
    }


@pytest.fixture(scope="module")
def published_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("published")
    return build_tiny(directory, published_tables(), disclosure="public", provisional_from=None)


@pytest.fixture(params=["tiny", "published"])
def directory(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path: Path = request.getfixturevalue(f"{request.param}_directory")
    monkeypatch.setenv(DATA_VARIABLE, str(path))
    st.cache_resource.clear()
    yield path
    st.cache_resource.clear()


def opened(page: str, language: str, **parameters: str | list[str]) -> AppTest:
    """The app on a page, as a reader with this address gets it."""
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in {"language": language, **parameters}.items():
        app.query_params[name] = value
    app.run()
    return app if page == "overview" else app.switch_page(f"views/{page}.py").run()


def texts(app: AppTest) -> str:
    """All that a page says in Markdown, captions and boxes."""
    found = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error]
    return "\n".join(str(element.value) for element in found)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_every_language(page: str, language: Language, directory: Path):
    app = opened(page, language)
    assert not app.exception
    assert not app.error
    assert say("product", language) in texts(app)


@pytest.mark.parametrize("page", PAGES)
def test_invented_data_are_marked_above_and_below(
    page: str, tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(DATA_VARIABLE, str(tiny_directory))
    st.cache_resource.clear()
    app = opened(page, "zh")
    marks = [mark for mark in app.markdown if say("synthetic", "zh") in mark.value]
    assert len(marks) >= 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_no_line_ends_a_sentence_and_then_goes_on(
    page: str, language: Language, demo_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(DATA_VARIABLE, str(demo_directory))
    st.cache_resource.clear()
    said = [caption.value.replace("  \n", "\n") for caption in opened(page, language).caption]
    assert len(said) >= 2
    assert not [text for text in said if re.search(r"[.。] +·|[。；：] ", text)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("page", "cards"), [("overview", 6), ("seizures", 4)])
def test_where_nothing_is_found_every_card_says_so_and_how_to_widen(
    page: str, cards: int, language: Language, tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(DATA_VARIABLE, str(tiny_directory))
    st.cache_resource.clear()
    app = opened(page, language, origins="CN-XZ", destinations="ISL")
    one = say("empty", language)
    widen = say("empty_widen", language, filters=app_filters(language))
    said = plain(say("sentences", language, one=one, two=widen))
    assert [box.value for box in app.info] == [said] * cards
    assert not [button for button in app.get("download_button") if "quick" in button.key]


@pytest.mark.parametrize("language", LANGUAGES)
def test_data_of_destinations_alone_say_where_they_are_shown(
    language: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    alone = {name: rows.head(0) for name, rows in tiny_tables().items() if name != "arrivals"}
    monkeypatch.setenv(DATA_VARIABLE, str(build_tiny(tmp_path, alone, provisional_from=None)))
    st.cache_resource.clear()
    app = opened("overview", language)
    assert [box.value for box in app.info] == [plain(say("empty_origins", language))] * 6
    about = opened("data", language).markdown[1:]
    assert not [line for line in about if say("data_months", language) in line.value]


@pytest.mark.parametrize("language", LANGUAGES)
def test_gangs_that_were_chosen_are_not_counted(
    language: Language, tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(DATA_VARIABLE, str(tiny_directory))
    st.cache_resource.clear()
    name = say("total_gangs", language)
    for gangs, tiles in ((), 5), (("DEMO-G1",), 4), (("DEMO-G1", "DEMO-G2"), 4):
        app = opened("overview", language, gangs=",".join(gangs))
        assert len(app.metric) == tiles
        assert any(tile.label.startswith(name) for tile in app.metric) == (not gangs)
        drawn = charts.draw(stage.answer("totals", Selection(gangs=gangs or None)), language)
        said = [note["text"] for note in drawn["layout"]["annotations"]]
        assert (say("measure.gangs", language) in said) == (not gangs)
        finding = findings.say(stage.answer("totals", Selection(gangs=gangs or None)), language)
        assert bool(re.search("gang|团伙", finding)) == (not gangs)


def app_filters(language: Language) -> str:
    return Selection(origins=("CN-XZ",), destinations=("ISL",)).words(language)


def table(column: str, language: Language) -> pandas.DataFrame:
    """The one table of the Data page that has this column."""
    tables = [element.value for element in opened("data", language).dataframe]
    (found,) = [one for one in tables if say(column, language) in one.columns]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_reading_notes_are_in_the_readers_language_alone(
    language: Language, published_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(DATA_VARIABLE, str(published_directory))
    st.cache_resource.clear()
    notes = table("note_note", language)
    places = set(notes[say("note_source", language)])
    assert sources.title("UK Home Office, immigration statistics", language) in places
    chinese = notes[say("note_note", language)].str.contains("[\u4e00-\u9fff]")
    assert len(notes) > 100
    assert chinese.all() if language == "zh" else not chinese.any()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_load_report_names_tables_and_times_as_readers_do(
    language: Language, demo_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(DATA_VARIABLE, str(demo_directory))
    st.cache_resource.clear()
    loads = table("load_table", language)
    titles = {contracts.table(name).title[language] for name in ("cohorts", "cases", "seizures")}
    assert set(loads[say("load_table", language)]) == titles
    assert loads[say("load_time", language)].str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d").all()
    assert "3,000" in set(loads[say("load_rows", language)])


def test_the_table_behind_the_coverage_writes_months_and_shares(
    tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(DATA_VARIABLE, str(tiny_directory))
    st.cache_resource.clear()
    asked = stage.answer("coverage", Selection())
    shown = details.rows(asked, "en")
    said = dict(shown[[shown.columns[0], shown.columns[1]]].itertuples(index=False))
    assert said["First month"] == "Jan 2023"
    assert said["Cases without a gang"].endswith("%")


ABSURD = [
    {"since": "9999-12", "until": "9999-12"},
    {"since": "0001-01", "until": "0001-12"},
    {"since": "0001-01", "until": "9999-12"},
    {"since": "2020-01", "until": "2015-01"},
    {"gangs": "a\x00b,%,%25"},
    {"gangs": "![x](http://outside.test/a.png),<b>x</b>,$x^2$,:red[x]", "origins": "<script>"},
    {"origins": ",".join(f"XX{number}" for number in range(2000))},
    {"gangs": ",".join(f"G{number}" for number in range(20_000))},
    {"language": "<b>", "measure": "persons; drop table cohorts", "x" * 5000: "1"},
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("parameters", ABSURD, ids=range(len(ABSURD)))
def test_no_address_breaks_a_page(
    page: str, parameters: dict[str, str], tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(DATA_VARIABLE, str(tiny_directory))
    app = opened(page, **{"language": "en"} | parameters)
    assert not app.exception
    assert not app.error
    labels = [button.label for button in app.button]
    assert not [text for text in (texts(app), *labels) if re.search(r"(?<!\\)(<b>|!\[x)", text)]


def test_a_filter_said_twice_is_read_twice(tiny_directory: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(DATA_VARIABLE, str(tiny_directory))
    app = opened("overview", "en", origins=["CN-FJ", "CN-GD"], since=["2023-01", "2023-02"])
    assert {"Fujian", "Guangdong"} <= {button.label for button in app.button}
    assert "since=2023-01,2023-02" in texts(app).replace("\\", "")


def test_a_button_that_sends_nothing_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    chosen = Selection(origins=("CN-FJ",), measure="cases")
    state: dict[str, object] = {filters.SELECTION: chosen, "measure-en": None}
    monkeypatch.setattr(bar.st, "session_state", state)
    bar._measured("measure-en", lambda: pytest.fail("nothing was chosen"))
    assert state == {filters.SELECTION: chosen, "measure-en": None}


def test_what_the_first_page_asks_of_everybody_is_what_is_warmed(
    tiny_directory: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(DATA_VARIABLE, str(tiny_directory))
    st.cache_resource.clear()
    asked: list[tuple[str, Selection]] = []
    answer = Store.answer

    def noted(self: Store, name: str, selection: Selection, scope: Scope) -> Answer:
        asked.append((name, selection))
        return answer(self, name, selection, scope)

    monkeypatch.setattr(Store, "answer", noted)
    assert not opened("overview", "en").exception
    first, asked[:] = set(asked), []
    stage.warm()
    assert set(asked) == first
    st.cache_resource.clear()
