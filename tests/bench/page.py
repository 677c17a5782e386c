"""Times a served page in Chromium by the page's own clock: first view, and one filter change."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from dashboard.export import browser

QUIET = 1500
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]

# Keeps the time of the last change inside a chart, and of the script's last rest.
WATCH = """
(() => {
    const seen = (window.__seen = {drawn: 0, rested: 0});
    const chart = node => {
        const element = node.nodeType === 1 ? node : node.parentElement;
        return element && element.closest('.js-plotly-plot, [data-testid=stMetric]');
    };
    new MutationObserver(changes => {
        const now = performance.now();
        for (const change of changes) {
            if (change.attributeName === 'data-test-script-state') {
                if (change.target.dataset.testScriptState === 'notRunning') seen.rested = now;
            } else if (chart(change.target) || [...change.addedNodes].some(node =>
                    chart(node) || (node.querySelector && node.querySelector('.main-svg')))) {
                seen.drawn = now;
            }
        }
    }).observe(document, {subtree: true, childList: true, attributes: true,
        attributeFilter: ['data-test-script-state', 'd', 'transform', 'x', 'y', 'width']});
})();
"""
SETTLED = """
([charts, quiet]) => {
    const app = document.querySelector('[data-testid=stApp]');
    const plots = document.querySelectorAll('.js-plotly-plot:has(.main-svg)');
    return app && app.dataset.testScriptState === 'notRunning' && plots.length >= charts &&
        performance.now() - window.__seen.drawn > quiet;
}
"""


@dataclass(frozen=True)
class Times:
    """Medians in milliseconds; memory in MB after the visits; charts is how many were drawn."""

    start: float
    first_view: float
    filter_drawn: float
    filter_server: float
    filter_cpu: float
    memory_mb: float
    charts: int


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def served(
    command: list[str], port: int, log: Path
) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """The server of a command, and the moment it was started; ended on leaving."""
    started = time.perf_counter()
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink)
    try:
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - started > 60:
                raise RuntimeError(f"the server did not start: {log.read_text('utf-8')[-500:]}")
            time.sleep(0.02)
        yield process, started
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=1) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def cpu_ms(pid: int) -> float:
    """Processor time of a process so far, its ended children left out."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """Resident memory of a process and its children."""
    total = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except OSError:
            continue
        if str(pid) in (lines["Pid"].strip(), lines["PPid"].strip()) and "VmRSS" in lines:
            total += int(lines["VmRSS"].split()[0]) / 1024
    return total


def measure(
    command: list[str], port: int, path: str, change: Callable[[Page], None], log: Path, times: int
) -> Times:
    """Serve, visit with an empty cache, change one filter; each several times."""
    address = f"http://127.0.0.1:{port}{path}"
    with sync_playwright() as playwright, served(command, port, log) as (process, started):
        chromium = playwright.chromium.launch(executable_path=str(browser.find()), args=FLAGS)
        firsts, drawns, servers, processor = [], [], [], []
        charts = 1
        start = 0.0
        for visit in range(times + 1):
            context = chromium.new_context(viewport={"width": 1366, "height": 900})
            page = context.new_page()
            page.add_init_script(WATCH)
            page.goto(address, wait_until="commit")
            page.wait_for_function(SETTLED, arg=[charts, QUIET], timeout=120_000)
            drawn = float(page.evaluate("window.__seen.drawn"))
            charts = int(page.evaluate("document.querySelectorAll('.js-plotly-plot').length"))
            if visit == 0:
                page_age = float(page.evaluate("performance.now()")) / 1000
                start = (time.perf_counter() - started - page_age) * 1000 + drawn
            else:
                firsts.append(drawn)
            before = cpu_ms(process.pid)
            clicked = _changed(page, change)
            page.wait_for_function(
                "clicked => window.__seen.rested > clicked", arg=clicked, timeout=60_000
            )
            page.wait_for_function(SETTLED, arg=[1, QUIET], timeout=60_000)
            processor.append(cpu_ms(process.pid) - before)
            seen = page.evaluate("window.__seen")
            drawns.append(seen["drawn"] - clicked)
            servers.append(seen["rested"] - clicked)
            context.close()
        memory = memory_mb(process.pid)
        chromium.close()
    return Times(
        start,
        median(firsts),
        median(drawns[1:]),
        median(servers[1:]),
        median(processor[1:]),
        memory,
        charts,
    )


def _changed(page: Page, change: Callable[[Page], None]) -> float:
    """Change the filter; the moment of the last click, by the page's clock."""
    page.evaluate(
        "addEventListener('click', () => { window.__clicked = performance.now(); }, true)"
    )
    change(page)
    return float(page.evaluate("window.__clicked"))
