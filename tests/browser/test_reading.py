"""A reader at work: every kind of click, keys alone, back and forward, two tabs, haste."""

import pytest
from playwright.sync_api import Locator, WebSocketRoute, expect

from dashboard.frame import PAGES
from dashboard.words import say
from data.contracts import LANGUAGES, Language
from tests.browser.conftest import CARDS, Reader

MEASURES = "[class*=st-key-measure-] [role=radio]"


def click(reader: Reader, mark: Locator) -> str:
    """Click the middle of a mark and return the address's query that follows."""
    mark.scroll_into_view_if_needed()
    reader.page.wait_for_timeout(500)
    box = mark.bounding_box()
    assert box
    before = reader.query()
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    reader.page.mouse.move(*place)
    reader.page.wait_for_timeout(400)
    reader.page.mouse.click(*place)
    reader.page.wait_for_function(
        "before => decodeURIComponent(location.search) !== before", arg=before
    )
    reader.settle()
    return reader.query()


def test_marks_of_map_tiles_and_matrix_filter_the_page(reader: Reader):
    reader.open("/flows?language=en")
    places = reader.at("card-corridors-map").locator(".scatterlayer .trace")
    assert "destinations=" in click(reader, places.last.locator("path.point").first)
    reader.press("clear-all")
    tile = reader.at("card-origins-first").locator(".scatterlayer path.point").nth(8)
    assert "origins=CN-" in click(reader, tile)
    reader.press("clear-all")
    cell = reader.at("card-corridors-matrix").locator(".scatterlayer path.point").first
    both = click(reader, cell)
    assert "origins=CN-" in both
    assert "destinations=" in both
    assert len(reader.chips()) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chart_whose_code_does_not_come_says_so_and_is_drawn_when_it_does(
    language: Language, reader: Reader
):
    code = "**/static/js/plotly.*"
    reader.page.route(code, lambda route: route.abort())
    reader.page.goto(f"{reader.address}/people?language={language}")
    charts = reader.page.locator(".chart")
    expect(charts).to_have_text([say("card_lost", language)] * CARDS["people"], timeout=60_000)
    reader.page.unroute(code)
    reader.open(f"/people?language={language}")
    assert say("card_lost", language) not in " ".join(charts.all_inner_texts())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_chart_has_a_text_a_table_and_says_why_it_may_be_blank(
    page: str, language: Language, reader: Reader
):
    reader.open(f"/{'' if page == 'overview' else page}?language={language}")
    charts = reader.page.locator(".chart")
    expect(charts).to_have_count(CARDS[page])
    alternatives = charts.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    least = {"zh": 15, "en": 30}[language]
    assert all(len(text or "") > least for text in alternatives), alternatives
    cards = reader.page.locator("[class*=st-key-card-]:has(.chart)")
    assert cards.count() == CARDS[page]
    body, tip = (reader.page.get_by_test_id(name) for name in ("stPopoverBody", "stTooltipContent"))
    for number in range(cards.count()):
        card = cards.nth(number)
        why = card.get_by_test_id("stTooltipIcon").last.locator("button")
        why.focus()
        expect(tip).to_contain_text(say("card_blank", language))
        why.blur()
        card.locator("[class*=st-key-menu-] button:visible").first.click()
        expect(body.get_by_test_id("stDataFrame")).to_be_visible()
        reader.page.keyboard.press("Escape")
        expect(body).to_have_count(0)


def tab_to(reader: Reader, text: str) -> None:
    """Press Tab until what carries the text has the focus; fails where Tab never gets there."""
    for _ in range(60):
        if reader.page.evaluate("document.activeElement.innerText.trim()") == text:
            return
        reader.page.keyboard.press("Tab")
    raise AssertionError(f"no press of Tab reaches {text!r}")


def test_a_filter_is_set_and_cleared_with_the_keyboard_alone(reader: Reader):
    reader.open("/people?language=en")
    body = reader.page.get_by_test_id("stPopoverBody")
    reader.at("filter-time").locator("button:visible").press("Enter")
    preset = say("time_last_12", "en")
    expect(body.get_by_text(preset)).to_be_visible()
    reader.settle()
    tab_to(reader, preset)
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url("**since=**")
    reader.settle()
    expect(reader.at("clear-all").locator("button:visible")).to_be_visible()
    reader.page.keyboard.press("Escape")
    expect(body).to_have_count(0)
    reader.at("clear-all").locator("button:visible").press("Enter")
    expect(reader.at("chips")).to_have_count(0)
    reader.page.wait_for_function("location.search === '?language=en'")


def test_back_and_forward_bring_the_view_back(reader: Reader):
    reader.open("/people?language=en&origins=CN-FJ")
    reader.press("other-language")
    expect(reader.at("header")).to_contain_text(say("product", "zh"))
    reader.press("clear-all")
    assert reader.query() == "?language=zh"
    reader.page.go_back()
    reader.settle()
    assert reader.chips() == ["福建"]
    reader.page.go_back()
    reader.settle()
    assert set(reader.query()[1:].split("&")) == {"origins=CN-FJ", "language=en"}
    expect(reader.at("header")).to_contain_text(say("product", "en"))
    assert reader.chips() == ["Fujian"]
    reader.page.go_forward()
    reader.settle()
    expect(reader.at("header")).to_contain_text(say("product", "zh"))


def test_back_leads_to_the_language_that_no_address_named(reader: Reader):
    reader.open("/people?origins=CN-FJ")
    reader.press("other-language")
    expect(reader.at("header")).to_contain_text(say("product", "en"))
    reader.page.go_back()
    reader.settle()
    expect(reader.at("header")).to_contain_text(say("product", "zh"))
    assert reader.query() == "?origins=CN-FJ"


def test_two_tabs_in_two_languages_do_not_meet(reader: Reader):
    reader.open("/people?language=en&origins=CN-FJ")
    other = Reader(reader.page.context.new_page(), reader.address)
    other.open("/people?language=zh&origins=CN-GD")
    reader.press("other-language")
    other.press("other-language")
    assert reader.chips() == ["福建"]
    assert other.chips() == ["Guangdong"]


def test_haste_ends_in_one_view(reader: Reader):
    reader.open("/people?language=en&origins=CN-FJ,CN-GD,CN-ZJ&sexes=male")
    for _ in range(7):
        reader.at("other-language").locator("button:visible").first.click(no_wait_after=True)
        reader.page.evaluate(f"[...document.querySelectorAll({MEASURES!r})].at(-1)?.click()")
    reader.page.wait_for_timeout(2000)
    reader.settle()
    assert reader.page.get_by_test_id("stException").count() == 0
    assert reader.page.get_by_test_id("stAlert").count() == 0
    language = "zh" if "language=zh" in reader.query() else "en"
    expect(reader.at("header")).to_contain_text(say("product", language))
    assert len(reader.chips()) == 2


@pytest.mark.parametrize(
    ("then", "language", "also"),
    [("other-language", "en", set()), ("measure-en", "zh", {"measure=cases"})],
)
def test_clicks_that_overtake_the_address_end_in_one_view(
    then: str, language: Language, also: set[str], reader: Reader
):
    """The second click still carries the address from before the first."""
    held: list[str | bytes] = []
    links: list[WebSocketRoute] = []
    slow = False

    def connect(link: WebSocketRoute) -> None:
        links.append(link)
        link.connect_to_server().on_message(
            lambda message: held.append(message) if slow else link.send(message)
        )

    reader.page.route_web_socket("**/_stcore/stream", connect)
    reader.open("/people?language=en&origins=CN-FJ")
    slow = True
    for key in ("other-language", then):
        seen = len(held)
        reader.at(key).locator("button:visible").last.click()
        while len(held) == seen:
            reader.page.wait_for_timeout(100)
        reader.page.wait_for_timeout(1500)
    slow = False
    for message in held:
        links[-1].send(message)
    reader.page.wait_for_timeout(500)
    reader.settle()
    expect(reader.at("header")).to_contain_text(say("product", language))
    assert set(reader.query()[1:].split("&")) == {"origins=CN-FJ", f"language={language}", *also}
    assert len(reader.chips()) == 1
