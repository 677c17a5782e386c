"""Signing in and out in a real browser before a real OpenID provider; nothing else is reachable."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import IDLE, PATIENCE
from tests.gate.served import Served, serving

VIOLATIONS = """window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`));"""
SOON = 30_000


@pytest.fixture(scope="module")
def served(demo_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(demo_directory, tmp_path_factory.mktemp("signing_in")) as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    made.set_default_timeout(PATIENCE)
    made.add_init_script(VIOLATIONS)
    yield made
    made.close()


def entered(context: BrowserContext, served: Served, name: str, path: str = "/") -> Page:
    """A page after its reader has pressed sign-in and told the provider who they are."""
    page = context.new_page()
    page.goto(served.origin + path)
    page.get_by_role("link", name="登录").click()
    page.get_by_role("button", name=name, exact=True).click()
    return page


def cookie(context: BrowserContext) -> str:
    return "".join(one["value"] for one in context.cookies() if one["name"] == "dashboard")


def test_a_link_is_opened_after_signing_in_and_lost_from_every_tab_at_signing_out(
    context: BrowserContext, served: Served
):
    path = "/flows?origins=CN-FJ&language=en"
    page = entered(context, served, "lin", path)
    page.wait_for_selector(IDLE)
    assert page.url == served.origin + path
    expect(page.locator(".chart .main-svg").first).to_be_visible()
    other = context.new_page()
    other.goto(f"{served.origin}/people?language=en")
    other.wait_for_selector(IDLE)
    copied = cookie(context)
    assert copied
    page.locator(".st-key-sign-out button").click()
    for tab in (page, other):
        expect(tab.get_by_role("link", name="Sign in")).to_be_visible(timeout=SOON)
        assert tab.get_by_test_id("stApp").count() == 0
    assert cookie(context) == ""
    context.add_cookies([{"name": "dashboard", "value": copied, "url": served.origin}])
    answer = page.goto(served.origin)
    assert answer and answer.status == 401


def test_a_wrong_role_is_told_whom_to_ask(context: BrowserContext, served: Served):
    page = entered(context, served, "guest")
    expect(page.locator("main")).to_contain_text("数据处")
    expect(page.locator("main")).to_contain_text("the data office")
    assert page.locator("a, button, script").count() == 0
    assert cookie(context) == ""


def test_an_analyst_who_opens_another_provinces_address_sees_no_figure(
    context: BrowserContext, served: Served
):
    """Before a real provider: the claim says Fujian. The way on leads to Fujian alone."""
    page = entered(context, served, "lin", "/flows?origins=CN-GD&language=en")
    page.wait_for_selector(IDLE)
    refused = page.locator(".st-key-outside")
    told = "Guangdong is outside your scope. You may ask for: Fujian."
    expect(refused).to_contain_text(told, timeout=SOON)
    assert page.locator(".chart").count() == 0
    assert page.locator(".st-key-header").inner_text().count("Origin province: Fujian") == 1
    assert re.search(r'"refusal".*"lin".*"outside-scope"', served.recorded())
    refused.locator(".st-key-within button").click()
    expect(page.locator(".chart").first).to_be_visible(timeout=PATIENCE)
    page.wait_for_selector(IDLE)
    assert refused.count() == 0
    page.goto(f"{served.origin}/people?origins=CN-GD,CN-FJ&language=zh")
    expect(page.locator(".st-key-outside")).to_contain_text("广东", timeout=PATIENCE)
    assert page.locator(".chart").count() == 0


def test_a_page_left_open_becomes_sign_in_when_its_token_runs_out(
    context: BrowserContext, served: Served
):
    page = entered(context, served, "brief")
    expect(page.get_by_role("link", name="登录")).to_be_visible(timeout=SOON)
    assert page.get_by_test_id("stApp").count() == 0


def test_a_revoked_readers_page_is_gone(context: BrowserContext, served: Served):
    page = entered(context, served, "wang")
    page.wait_for_selector(IDLE)
    served.revoked.write_text("wang\n", "utf-8")
    expect(page.get_by_role("link", name="登录")).to_be_visible(timeout=SOON)
    served.revoked.write_text("", "utf-8")


def test_another_sites_page_opens_no_websocket_with_the_readers_cookie(
    context: BrowserContext, served: Served
):
    page = entered(context, served, "lin")
    page.wait_for_selector(IDLE)
    open_websocket = """address => new Promise(tell => {
        const socket = new WebSocket(address, ["streamlit"]);
        socket.onopen = () => tell("open"); socket.onerror = () => tell("refused"); })"""
    address = served.origin.replace("http", "ws") + "/_stcore/stream"
    assert page.evaluate(open_websocket, address) == "open"
    foreign = context.new_page()
    foreign.goto(f"{served.issuer}/.well-known/openid-configuration")
    assert foreign.evaluate(open_websocket, address) == "refused"


def test_the_content_policy_breaks_nothing_and_lets_no_inline_script_run(
    context: BrowserContext, served: Served
):
    page = entered(context, served, "lin")
    page.wait_for_selector(IDLE)
    expect(page.locator(".chart .main-svg").first).to_be_visible()
    page.wait_for_timeout(1000)
    # protobuf.js tries WebAssembly, is refused, and goes on without it.
    assert set(page.evaluate("violations")) <= {"script-src wasm-eval"}
    page.evaluate("""() => { const added = document.createElement("script");
        added.textContent = "window.ran = true"; document.head.append(added); }""")
    assert page.evaluate("window.ran") is None
    assert "script-src-elem inline" in page.evaluate("violations")
