"""An SVG in Chromium: drawn in the glyphs it brings, not in a font of the machine."""

import re
from pathlib import Path

from playwright.sync_api import Browser, CDPSession

from dashboard.export import files
from queries.store import Store
from tests.figures import answer


def foreign(session: CDPSession) -> set[str]:
    """The machine's fonts that any text of the page is drawn in."""
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
    found: set[str] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting += node.get("children", [])
        if node["nodeName"].lower() in ("text", "tspan"):
            used = session.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})["fonts"]
            found |= {font["familyName"] for font in used if not font["isCustomFont"]}
    return found


def test_chromium_draws_an_svg_without_a_font_of_the_machine(
    browser: Browser, tiny_store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "gangs.svg"
    path.write_bytes(files.build("svg", answer(tiny_store, "gangs"), "zh"))
    bare = tmp_path / "bare.svg"
    bare.write_text(re.sub(r"<style>@font-face.*?</style>", "", path.read_text("utf-8")), "utf-8")
    page = browser.new_page()
    seen = []
    for file in (bare, path):
        page.goto(file.as_uri())
        page.evaluate("document.fonts.ready")
        seen.append(foreign(page.context.new_cdp_session(page)))
    page.close()
    assert seen[0] and not seen[1]
