"""Hostile strings wherever data, an address or a name may put them: each is text, none does more.

A data set is planted with a round of strings and read page by page in both languages. Counted are
scripts run, requests that would have left this machine and those the content policy stopped.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, Route

from dashboard.frame import PAGES
from data.harmless import line
from tests.browser.conftest import IDLE, PATIENCE
from tests.gate.served import free_port, process
from tests.hostile.corpus import ALL
from tests.hostile.planted import kept, plant

ROUND = 46
ROUNDS = [ALL[at : at + ROUND] for at in range(0, len(ALL), ROUND)]
ALWAYS = ("gangs", "data")
WATCH = """window.stopped = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.stopped.push(`${event.effectiveDirective} ${event.blockedURI}`));"""
# protobuf.js tries WebAssembly, is refused, and goes on without it.
FOUND = """() => {
    const found = window.stopped.filter((one) => !one.startsWith("script-src wasm-eval"));
    if (window.ran !== undefined) found.push(`ran ${window.ran}`);
    const links = ["href", "xlink:href", "src", "srcset", "srcdoc", "action", "data", "style"];
    for (const element of document.querySelectorAll("*"))
        for (const {name, value} of element.attributes) {
            const led = links.includes(name) && /outside\\.test|script:|mailto:/i.test(value);
            if (led || /^on/i.test(name))
                found.push(`${element.tagName} ${name}=${value.slice(0, 90)}`);
        }
    const marked = "em, del, ol, blockquote, table, input, hr, code, .katex, h1, h2, img, iframe";
    for (const element of document.querySelectorAll("[data-testid=stMarkdownContainer]"))
        for (const inner of element.querySelectorAll(marked))
            found.push(`drawn ${inner.tagName} ${inner.textContent.slice(0, 60)}`);
    return [...new Set(found)];
}"""


@dataclass
class Reader:
    """Somebody who reads the planted set, and what happened while they did."""

    page: Page
    address: str
    folder: Path
    happened: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}/{path}")
        self.settle()

    def settle(self) -> None:
        for _ in range(2):
            self.page.wait_for_timeout(200)
            self.page.wait_for_selector(IDLE)

    def hover(self, marks: Locator, most: int) -> int:
        """Hover over marks, so that their texts are shown; returns over how many."""
        boxes = [box for mark in marks.all()[:most] if (box := mark.bounding_box())]
        for box in boxes:
            self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        return len(boxes)

    def press(self, key: str) -> None:
        """Open what the button of a key opens."""
        self.page.locator(f".st-key-{key} button:visible").first.click()
        self.settle()

    def found(self) -> list[str]:
        """All that should not have happened, or stands in the page and should not."""
        return [*self.happened, *self.page.evaluate(FOUND)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a dashboard and the folder of the data set that it follows."""
    folder, number = tmp_path_factory.mktemp("hostile"), free_port()
    plant(folder / "set", ROUNDS[0])
    command = ("dashboard", "--data", str(folder / "set"), "--port", str(number), "--no-ahead")
    state = str(folder / "state")
    with process(*command, log=folder / "log", DASHBOARD_STATE=state):
        yield f"http://127.0.0.1:{number}", folder / "set"


@pytest.fixture
def reader(browser: Browser, served: tuple[str, Path]) -> Iterator[Reader]:
    address, folder = served
    context = browser.new_context(viewport={"width": 1366, "height": 2400})
    context.add_init_script(WATCH)
    context.set_default_timeout(2 * PATIENCE)
    someone = Reader(context.new_page(), address, folder)

    def guard(route: Route) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            with suppress(Error):
                route.continue_()
        else:
            someone.happened.append(f"outside {route.request.url}")
            route.abort()

    context.route("**/*", guard)
    context.on("dialog", lambda dialog: (someone.happened.append("dialog"), dialog.dismiss()))
    context.on("weberror", lambda error: someone.happened.append(str(error.error)))
    yield someone
    context.close()


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u2060]+", "", line(text))


def asked(texts: tuple[str, ...], language: str) -> str:
    """An address that names some of them as gangs, as a code, as a date and as a parameter."""
    gangs = ",".join(text.replace("%", "%25").replace(",", "%2C") for text in texts[:4])
    said = {"gangs": gangs, "origins": texts[5], "since": texts[6], texts[7]: texts[8]}
    pairs = "&".join(f"{quote(name)}={quote(text)}" for name, text in said.items())
    return f"?language={language}&{pairs}"


@pytest.mark.parametrize("number", range(len(ROUNDS)))
def test_hostile_strings_are_text_on_every_page(number: int, reader: Reader):
    texts = (*ROUNDS[number], *ALL[:9])[: max(len(ROUNDS[number]), 9)]
    plant(reader.folder, texts, title="\n\n".join(texts), publisher=" ".join(texts))
    pages = dict.fromkeys((*ALWAYS, [*PAGES][number % len(PAGES)]))
    for page in pages:
        for language in ("en", "zh"):
            reader.open(f"{'' if page == 'overview' else page}{asked(texts, language)}")
            reader.page.locator(".js-plotly-plot .main-svg").first.wait_for()
            reader.hover(reader.page.locator(".js-plotly-plot .points path"), 25)
            if page == "data":
                for summary in reader.page.locator("[data-testid=stExpander] summary").all():
                    summary.click()
                reader.settle()
                shown = squeezed(reader.page.locator("body").inner_text())
                assert [text for text in kept(texts) if squeezed(text) not in shown] == []
            assert "server's log" not in reader.page.locator("body").inner_text()
            assert reader.found() == [], f"{page} {language}"


@pytest.mark.parametrize("number", range(len(ROUNDS)))
def test_hostile_strings_are_text_in_hovers_menus_boxes_and_chips(number: int, reader: Reader):
    texts = ROUNDS[number]
    plant(reader.folder, texts)
    reader.open(
        f"gangs?language=en&gangs={quote(kept(texts)[0].replace('%', '%25').replace(',', '%2C'))}"
    )
    reader.page.locator(".js-plotly-plot .points path").nth(9).wait_for(state="attached")
    assert reader.hover(reader.page.locator(".js-plotly-plot .points path"), 60) >= 10
    reader.hover(reader.page.locator("[data-testid=stTooltipIcon]"), 3)
    reader.press("menu-gangs-first")
    reader.page.keyboard.press("Escape")
    reader.press("filter-gangs")
    box = reader.page.get_by_test_id("stPopoverBody").locator("[data-testid=stMultiSelect] input")
    box.first.click()
    reader.page.get_by_role("option").first.wait_for()
    offered = {squeezed(text) for text in reader.page.get_by_role("option").all_inner_texts()}
    known = {squeezed(text) for text in kept(texts)}
    assert len(offered & known) >= 3
    reader.page.get_by_role("option").first.click()
    reader.settle()
    reader.page.locator(".st-key-chips button").nth(1).wait_for(state="attached")
    assert reader.found() == []
