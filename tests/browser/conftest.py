"""The dashboard in a real Chromium: a server on a free port over small invented data."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pandas
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect, sync_playwright

from dashboard.export import browser as chromium
from data import snapshots
from data.loading.dataset import describe

ROOT = Path(__file__).parents[2]
ROWS = 20_000
PATIENCE = 60_000
IDLE = '[data-testid=stApp][data-test-script-state="notRunning"]'
CARDS = {"overview": 6, "flows": 6, "people": 3, "gangs": 3, "seizures": 4, "data": 1}
TABLES = ("cases", "cohorts", "seizures")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium is; skips with the remedy where there is none."""
    try:
        return str(chromium.find())
    except chromium.RenderUnavailable as problem:
        pytest.skip(str(problem))


UNDRAWN = "[class*=st-key-chart-]:not(:has(.main-svg)), .chart[aria-busy]"
SHAPES = """() => {
    const shown = {};
    for (const card of document.querySelectorAll('[class*=st-key-card-]:has(.chart)')) {
        const all = [...card.querySelectorAll('.chart .main-svg :is(path, text, image)')]
            .filter(one => !one.closest('defs, .hoverlayer'));
        const count = tag => `${tag} ${all.filter(one => one.tagName === tag).length}`;
        const words = all.map(one => one.tagName === 'text' ? one.textContent : '').filter(Boolean);
        shown[card.className.match(/st-key-card-(\\S+)/)[1]] =
            [count('path'), count('text'), count('image'), ...words.sort()];
    }
    return shown;
}"""


@pytest.fixture(scope="session")
def demo_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a small invented data set."""
    raw, directory = tmp_path_factory.mktemp("raw"), tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "data", "demo", "--rows", str(ROWS), "--seed", "1",
               "--into", str(raw), "--format", "parquet"]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    tables = {name: pandas.read_parquet(raw / f"{name}.parquet") for name in TABLES}
    snapshots.build(directory, tables, describe(raw / "dataset.toml"))
    return directory


@pytest.fixture(scope="session")
def address(demo_directory: Path) -> Iterator[str]:
    """The address of a dashboard over the invented data, served as `make run` serves it.

    It prepares nothing, which would take the tests their processor.
    """
    command = [sys.executable, "-m", "dashboard", "--data", str(demo_directory), "--port", "0",
               "--no-ahead"]  # fmt: skip
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        found = re.search(r"http://\S+", server.stdout.readline())
        assert found, "the dashboard printed no address"
        yield found[0]
        server.terminate()


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One Chromium for all tests, which wait for it as long as a slow machine needs."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        with closing(started):
            yield started


@dataclass
class Reader:
    """A reader at a screen: the page, and every request that would have left this machine."""

    page: Page
    address: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> None:
        """Go to a page and wait until all of it is there."""
        self.page.goto(self.address + path)
        self.settle()

    def settle(self) -> None:
        """Wait until the script has run (twice where a part runs the whole); nothing is stale."""
        for _ in range(2):
            self.page.wait_for_timeout(200)
            self.page.wait_for_selector(IDLE, timeout=PATIENCE)
        expect(self.page.locator("[data-stale=true]")).to_have_count(0)
        expect(self.page.locator(UNDRAWN)).to_have_count(0)

    def at(self, key: str) -> Locator:
        """What carries one of our keys."""
        return self.page.locator(f".st-key-{key}")

    def press(self, key: str) -> None:
        """Click the visible button of a key and wait for what follows."""
        self.at(key).locator("button:visible").first.click()
        self.settle()

    def pick(self, panel: str, text: str, box: int = 0) -> None:
        """Open a filter panel, type into one of its boxes and take the first match."""
        self.press(f"filter-{panel}")
        body = self.page.get_by_test_id("stPopoverBody")
        body.locator("[data-testid=stMultiSelect] input").nth(box).click()
        self.page.keyboard.type(text)
        self.page.get_by_role("option", name=text).first.click()
        self.settle()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Escape")
        self.settle()

    def chips(self) -> list[str]:
        """The words of the filters that are on."""
        shown = self.at("chips").locator("[class*=st-key-chip-] button:visible p")
        return [text for text in dict.fromkeys(shown.all_inner_texts()) if text]

    def query(self) -> str:
        """The address's query."""
        return str(self.page.evaluate("decodeURIComponent(location.search)"))

    def marks(self) -> int:
        """How many shapes Plotly has drawn on the page."""
        return self.page.locator(
            ".js-plotly-plot .point, .js-plotly-plot .js-line, .js-plotly-plot .sankey-link,"
            " .js-plotly-plot .imagelayer image, .js-plotly-plot .shapelayer path,"
            " .js-plotly-plot .cell-rect"
        ).count()

    def shapes(self) -> dict[str, list[str]]:
        """By card, the words of every label drawn and how many shapes of each kind there are."""
        self.page.wait_for_timeout(1000)
        found: dict[str, list[str]] = self.page.evaluate(SHAPES)
        return found


@pytest.fixture
def reader(browser: Browser, address: str) -> Iterator[Reader]:
    """A reader with a wide screen who reads Chinese and has no network beyond this machine."""
    yield from reading(browser, address, 1366, 768)


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Reader]:
    """A reader with a phone."""
    yield from reading(browser, address, 390, 844)


def reading(browser: Browser, address: str, width: int, height: int) -> Iterator[Reader]:
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", accept_downloads=True
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    someone = Reader(page, address)

    def guard(route: Route) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            someone.outside.append(route.request.url)
            route.abort()

    context.route("**/*", guard)
    page.on("pageerror", lambda error: someone.errors.append(str(error)))
    yield someone
    context.close()
    assert someone.outside == []
    assert someone.errors == []
