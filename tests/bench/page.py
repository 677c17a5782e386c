"""Times a served page in Chromium by the page's own clock: first view, and one filter change."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.export import browser

QUIET = 1500
REST_SECONDS, RESTING_MS, LONGEST_REST = 6, 100, 900
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
quiet => {
    const app = document.querySelector('[data-testid=stApp]');
    const plots = [...document.querySelectorAll('.chart, [data-testid=stPlotlyChart]')];
    return app && app.dataset.testScriptState === 'notRunning' && plots.length > 0 &&
        plots.every(plot => plot.querySelector('.main-svg')) &&
        performance.now() - window.__seen.drawn > quiet;
}
"""
CLICKS = "addEventListener('click', () => { window.__clicked = performance.now(); }, true)"


@dataclass(frozen=True)
class Served:
    """A page to measure: how its server is started and where, and how its n-th filter is chosen.

    prepares: the server answers what is likely to be chosen while nobody asks; it is measured once
    that is done.
    """

    command: list[str]
    folder: Path
    port: int
    path: str
    choose: Callable[[Page, int], None]
    log: Path
    prepares: bool = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"


@dataclass(frozen=True)
class Times:
    """Medians in milliseconds; memory in MB after the visits; charts is how many were drawn.

    start: from the server's command to the last shape, nothing warm. No filter change asks for rows
    that a visitor has asked for before.
    """

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
def running(asked: Served) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """The server of a page, and the moment it was started; ended on leaving."""
    started = time.perf_counter()
    with asked.log.open("wb") as sink:
        process = subprocess.Popen(asked.command, cwd=asked.folder, stdout=sink, stderr=sink)
    try:
        while not _answers(asked.port):
            if process.poll() is not None or time.perf_counter() - started > 60:
                raise RuntimeError(f"no server: {asked.log.read_text('utf-8')[-500:]}")
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


def rest(pid: int) -> None:
    """Wait until a process has had nothing to do for a while."""
    latest = time.monotonic() + LONGEST_REST
    while time.monotonic() < latest:
        before = cpu_ms(pid)
        time.sleep(REST_SECONDS)
        if cpu_ms(pid) - before < RESTING_MS:
            return
    raise RuntimeError(f"the server is still at work after {LONGEST_REST} seconds")


def measure(asked: Sequence[Served], times: int) -> list[Times]:
    """Serve each page, visit with an empty cache, change one filter; once cold, then in turns.

    Visits take turns, so that what else the machine does falls on all pages alike.
    """
    visits: list[list[_Visit]] = [[] for _ in asked]
    found = []
    with sync_playwright() as playwright, ExitStack() as stack:
        program = str(browser.find())
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        servers = []
        for served, seen in zip(asked, visits, strict=True):
            servers.append(stack.enter_context(running(served)))
            seen.append(_visit(chromium, served, servers[-1][0].pid, 0))
        for served, (process, _) in zip(asked, servers, strict=True):
            if served.prepares:
                rest(process.pid)
        for number in range(1, times + 1):
            for served, (process, _), seen in zip(asked, servers, visits, strict=True):
                seen.append(_visit(chromium, served, process.pid, number))
        for (process, started), seen in zip(servers, visits, strict=True):
            found.append(_times(seen, started, memory_mb(process.pid)))
        chromium.close()
    return found


def _times(visits: list["_Visit"], started: float, memory: float) -> Times:
    first, *later = visits
    return Times(
        start=(first.opened - started) * 1000 + first.view,
        first_view=median(visit.view for visit in later),
        filter_drawn=median(visit.drawn for visit in later),
        filter_server=median(visit.rested for visit in later),
        filter_cpu=median(visit.cpu for visit in later),
        memory_mb=memory,
        charts=first.charts,
    )


@dataclass(frozen=True)
class _Visit:
    opened: float
    view: float
    drawn: float
    rested: float
    cpu: float
    charts: int


def _visit(chromium: Browser, asked: Served, pid: int, number: int) -> _Visit:
    context = chromium.new_context(viewport={"width": 1366, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(asked.address, wait_until="commit")
    _settled(page)
    opened = time.perf_counter() - float(page.evaluate("performance.now()")) / 1000
    view = float(page.evaluate("window.__seen.drawn"))
    charts = int(page.evaluate("document.querySelectorAll('.js-plotly-plot').length"))
    page.evaluate(CLICKS)
    before = cpu_ms(pid)
    asked.choose(page, number)
    page.wait_for_function("window.__seen.drawn > window.__clicked", timeout=60_000)
    _settled(page)
    cpu = cpu_ms(pid) - before
    seen = page.evaluate("({...window.__seen, clicked: window.__clicked})")
    context.close()
    drawn, rested = seen["drawn"] - seen["clicked"], seen["rested"] - seen["clicked"]
    return _Visit(opened, view, drawn, rested, cpu, charts)


def _settled(page: Page) -> None:
    page.wait_for_function(SETTLED, arg=QUIET, timeout=120_000)
