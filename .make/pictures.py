"""Draws the README's pictures: the Overview page on demonstration data, once in each language."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dashboard.export import browser  # noqa: E402

FOLDER = ROOT / ".github" / "pictures"
SIZE = {"width": 1366, "height": 1100}
REST = """
() => {
    const app = document.querySelector('[data-testid=stApp]');
    const plots = [...document.querySelectorAll('.chart')];
    return app && app.dataset.testScriptState === 'notRunning' && plots.length > 0 &&
        plots.every(plot => plot.querySelector('.main-svg'));
}
"""


def picture(chromium: Browser, address: str, language: str) -> Path:
    """One screenshot of the first page, its colours counted down to keep the file small."""
    page = chromium.new_page(viewport=SIZE, bypass_csp=True)
    page.goto(f"{address}/?language={language}")
    page.wait_for_function(REST, timeout=120_000)
    page.wait_for_timeout(2000)
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
    page.close()
    path = FOLDER / f"overview-{language}.png"
    few = shot.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    return path


def main() -> None:
    """Serve the demonstration data, take both pictures, stop."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "dashboard", "--data", "demo", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            line = next(line for line in server.stdout if "http://" in line)
            address = next(word for word in line.split() if word.startswith("http://"))
            with sync_playwright() as playwright:
                program = str(browser.find())
                flags = ["--no-sandbox", "--disable-background-networking"]
                chromium = playwright.chromium.launch(executable_path=program, args=flags)
                for language in ("en", "zh"):
                    print(picture(chromium, address, language).relative_to(ROOT))
                chromium.close()
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
