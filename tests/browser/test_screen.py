"""What AppTest cannot see: drawing, clicking, languages, links, no outside request."""

import json

import pytest
from playwright.sync_api import expect

from dashboard import plot
from dashboard.frame import PAGES
from tests.browser.conftest import CARDS, Reader


@pytest.mark.parametrize("page", PAGES)
def test_every_page_draws_its_shapes_without_the_network(page: str, reader: Reader):
    reader.open("/" if page == "overview" else f"/{page}")
    charts = reader.page.locator(".chart .main-svg").first
    expect(charts).to_be_visible()
    expect(reader.page.locator(".chart")).to_have_count(CARDS[page])
    reader.page.wait_for_timeout(500)
    assert reader.marks() >= 10
    assert reader.page.get_by_test_id("stException").count() == 0
    assert reader.outside == []


def test_a_filter_goes_into_the_address_and_a_chip_takes_it_out(reader: Reader):
    reader.open()
    reader.pick("origins", "福建")
    assert reader.query() == "?origins=CN-FJ"
    assert reader.chips() == ["福建"]
    reader.press("chips")
    assert reader.query() == ""
    assert reader.at("chips").count() == 0


def test_a_filter_leaves_every_card_and_chart_in_its_place(reader: Reader):
    """What is thrown away is drawn anew: it blinks, and the page took half as long again."""
    reader.open()
    charts = reader.page.locator("[class*=st-key-card-], .chart")
    expect(charts).to_have_count(2 * CARDS["overview"])
    charts.evaluate_all("all => all.forEach(one => { one.dataset.stayed = 'yes'; })")
    reader.pick("origins", "福建")
    assert reader.chips() == ["福建"]
    stayed = charts.evaluate_all("all => all.map(one => one.dataset.stayed)")
    assert stayed == ["yes"] * 2 * CARDS["overview"]


def test_early_links_are_gone_when_a_filter_changes_the_address(reader: Reader):
    """Browsers look for all that early links name whenever the address of the page changes."""
    early = reader.page.locator('link[rel$="preload"]')
    reader.open()
    assert early.count() > 20
    reader.pick("origins", "福建")
    assert early.count() == 0


@pytest.mark.parametrize("page", ["overview", "flows"])
def test_a_chart_that_changes_ends_as_one_drawn_anew(page: str, reader: Reader):
    """Plotly takes an empty label's element away for good, among other things it leaves behind."""
    reader.open("/" if page == "overview" else f"/{page}")
    reader.pick("origins", "福建")
    changed = reader.shapes()
    reader.open(f"/{'' if page == 'overview' else page}{reader.page.evaluate('location.search')}")
    assert len(changed) >= CARDS[page]
    assert changed == reader.shapes()


def test_a_chart_outlives_a_call_that_another_has_overtaken(reader: Reader):
    """Streamlit ends such a call when it is done, though its element stays and shows the next."""
    reader.open()
    there, gone = reader.page.evaluate(
        """async module => {
        const draw = (await import(module)).default;
        const parentElement = document.body.appendChild(document.createElement('div'));
        const data = new TextEncoder().encode('{"data": [], "layout": {"height": 90}, "alt": ""}');
        const [end, last] = [1, 2].map(() => draw({data, parentElement, setTriggerValue() {}}));
        const shown = () => parentElement.querySelectorAll('.chart').length;
        end();
        const there = shown();
        parentElement.remove();
        last();
        return [there, shown()];
    }""",
        f"/_stcore/bidi-components/{plot.NAME}/chart.js",
    )
    assert (there, gone) == (1, 0)


def test_a_change_of_language_keeps_every_pick(reader: Reader):
    """Streamlit sends labels: under one key for both languages earlier picks vanish at the next."""
    reader.open()
    reader.pick("origins", "福建")
    reader.pick("origins", "广东")
    reader.press("other-language")
    assert reader.chips() == ["Fujian", "Guangdong"]
    reader.pick("origins", "Henan")
    assert set(reader.chips()) == {"Fujian", "Guangdong", "Henan"}
    reader.press("other-language")
    assert set(reader.chips()) == {"福建", "广东", "河南"}
    assert "origins=CN-FJ,CN-HA,CN-GD" in reader.query()


def test_a_link_opens_the_same_view_in_the_other_language(reader: Reader):
    path = "/flows?origins=CN-FJ&since=2014-01&measure=cases"
    reader.open(path)
    chinese = reader.page.locator(".js-plotly-plot").count()
    assert reader.chips() == ["2014年1月起", "福建"]
    reader.open(path + "&language=en")
    assert reader.chips() == ["since Jan 2014", "Fujian"]
    assert reader.page.locator(".js-plotly-plot").count() == chinese
    assert reader.page.locator("html").get_attribute("lang") == "en"


def test_filters_stay_when_the_page_changes(reader: Reader):
    reader.open("/?origins=CN-FJ&language=en")
    reader.page.get_by_role("link", name="Gangs").click()
    reader.settle()
    assert reader.page.url.split("?")[0].endswith("/gangs")
    assert reader.query() == "?origins=CN-FJ&language=en"
    assert reader.chips() == ["Fujian"]


def test_a_wrong_address_says_what_it_left_out(reader: Reader):
    reader.open("/?origins=CN-XX,CN-FJ&language=en")
    expect(reader.page.get_by_test_id("stAlert")).to_contain_text("origins=CN-XX")
    assert reader.query() == "?origins=CN-FJ&language=en"


def test_a_click_on_a_bar_filters_the_page(reader: Reader):
    reader.open("/?language=en")
    bar = reader.at("card-destinations-first").locator(".barlayer .point path").first
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box
    reader.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    reader.page.wait_for_url("**destinations=**")
    reader.settle()
    assert reader.query().startswith("?destinations=")
    assert len(reader.chips()) == 1


def test_nothing_found_says_how_to_widen(reader: Reader):
    reader.open("/people?origins=CN-MO&destinations=TUV&ages=70%2B&language=en")
    expect(reader.page.get_by_test_id("stAlert").first).to_contain_text("remove")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_phone_needs_no_sideways_scrolling(page: str, language: str, phone: Reader):
    phone.open(f"/{'' if page == 'overview' else page}?language={language}")
    phone.page.wait_for_timeout(500)
    wide = phone.page.evaluate(
        "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".map(part => part.scrollWidth - part.clientWidth)"
    )
    assert max(wide) <= 0


def test_chinese_is_drawn_in_the_font_that_comes_along(reader: Reader):
    reader.open("/?language=zh")
    loaded = reader.page.evaluate(
        "document.fonts.ready.then(() => JSON.stringify([...document.fonts]"
        ".filter(f => f.family.includes('Noto Sans SC') && f.status === 'loaded')"
        ".map(f => f.weight)))"
    )
    assert set(json.loads(loaded)) == {"400", "700"}


def test_a_narrow_window_gets_drawings_made_for_it_on_any_device(phone: Reader):
    """The window counts, not the device: this reader's browser calls itself a desktop's."""
    phone.open("/seizures?language=en")
    years = phone.at("card-documents_per_100-first")
    shown = years.locator(".xaxislayer-above .xtick text").all_inner_texts()
    assert 3 <= len(shown) <= 6
    phone.page.set_viewport_size({"width": 1366, "height": 768})
    phone.page.wait_for_timeout(1000)
    phone.settle()
    expect(years.locator(".barlayer .bartext").first).to_be_visible()
