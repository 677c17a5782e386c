"""Measures the product against plain ones on the same rows in one run: python -m tests.bench."""

import json
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

from playwright.sync_api import Page

from tests.bench import backups, gate, page, pictures, questions, release

ROOT = Path(__file__).parent.parent.parent
HERE = Path(__file__).parent
PROVINCES = (
    ("CN-FJ", "Fujian"),
    ("CN-GD", "Guangdong"),
    ("CN-ZJ", "Zhejiang"),
    ("CN-LN", "Liaoning"),
    ("CN-JL", "Jilin"),
    ("CN-HL", "Heilongjiang"),
    ("CN-SD", "Shandong"),
    ("CN-JX", "Jiangxi"),
)
Row = tuple[str, float, float | None, str]


def run(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, check=True)


def snapshot(folder: Path, rows: int) -> Path:
    """The snapshot of a demonstration of so many rows, made when there is none of this version."""
    from data import private, snapshots

    try:
        snapshots.manifest(snapshots.current(folder))
    except snapshots.SnapshotError:
        files = private.folder(folder) / "files"
        print(f"making {rows:,} rows ...", flush=True)
        run("data", "demo", "--rows", str(rows), "--seed", "7", "--into", str(files))
        run("data", "load", str(files), "--into", str(folder), "--replace")
    return snapshots.current(folder)


def ours(folder: Path, ahead: bool = True) -> page.Served:
    """Our first page on a data directory. ahead: likely choices are answered beforehand."""
    port = page.free_port()
    command = [sys.executable, "-m", "dashboard", "--data", str(folder), "--port", str(port)]
    command.append("--ahead" if ahead else "--no-ahead")
    log = folder / f"ours-{'ahead' if ahead else 'asked'}.log"
    return page.Served(command, ROOT, port, "/?language=en", choose_ours, log, ahead)


def naive(file: Path, folder: Path) -> page.Served:
    """The plain page on the same snapshot, away from our settings."""
    port = page.free_port()
    settings = [f"--server.port={port}", "--server.headless=true", "--server.address=127.0.0.1"]
    settings += ["--browser.gatherUsageStats=false"]
    command = [sys.executable, "-m", "streamlit", "run", str(HERE / "naive.py"), *settings]
    command += ["--", str(file)]
    return page.Served(command, folder, port, "/", choose_naive, folder / "naive.log")


def choose_ours(visit: Page, number: int) -> None:
    """Choose one province of origin by its English name."""
    visit.locator(".st-key-filter-origins button").first.click()
    _choose(visit, ".st-key-origins-en input", PROVINCES[number][1])


def choose_naive(visit: Page, number: int) -> None:
    """Choose one province of origin by its code."""
    _choose(visit, ".st-key-origins input", PROVINCES[number][0])


def _choose(visit: Page, box: str, text: str) -> None:
    visit.locator(box).click()
    visit.locator(box).fill(text)
    visit.wait_for_timeout(500)
    visit.get_by_role("option").first.click()


def table(rows: list[Row]) -> str:
    lines = [f"{'':56}{'ours':>10}{'plain':>10}{'ratio':>8}"]
    for name, mine, plain, unit in rows:
        compared = f"{plain:>10,.0f}{mine / plain:>8.2f}" if plain else ""
        lines.append(f"{name + ', ' + unit:56}{mine:>10,.0f}{compared}")
    return "\n".join(lines)


def measured(folder: Path, file: Path, times: int) -> list[Row]:
    """Every figure: name, ours, the plain one's, unit."""
    protected, exact = release.timed(file, times)
    rows: list[Row] = [
        ("all questions, protected against exact, processor", protected, exact, "ms"),
        ("most memory meanwhile", release.memory_mb(), None, "MB"),
    ]
    for timed in questions.timed(file, times):
        name = f"ten questions, {timed.selection} ({timed.rows:,} rows equal)"
        rows.append((name, timed.ours, timed.in_pandas, "ms"))
    served = [ours(folder), ours(folder, ahead=False), naive(file, folder)]
    mine, asked, plain = page.measure(served, times)
    rows += [
        (f"start to all {mine.charts} charts ({plain.charts})", mine.start, plain.start, "ms"),
        ("first view, nothing in the browser's cache", mine.first_view, plain.first_view, "ms"),
        (
            "prepared filter change, to last shape",
            mine.filter_drawn,
            plain.filter_drawn,
            "ms",
        ),
        ("prepared filter change, server at rest", mine.filter_server, plain.filter_server, "ms"),
        ("prepared filter change, processor", mine.filter_cpu, plain.filter_cpu, "ms"),
        ("filter change, to last shape", asked.filter_drawn, plain.filter_drawn, "ms"),
        ("filter change, server at rest", asked.filter_server, plain.filter_server, "ms"),
        ("filter change, processor", asked.filter_cpu, plain.filter_cpu, "ms"),
        ("server's memory after the visits", mine.memory_mb, plain.memory_mb, "MB"),
    ]
    cold, warm, once = pictures.timed(folder)
    rows += [("PNG, cold command", cold, once, "ms"), ("PNG, warm", warm, once, "ms")]
    for step, (encrypted, bare) in backups.timed(folder).items():
        rows.append((step, encrypted, bare, "ms"))
    cookie, streamlits, request, message = gate.timed()
    rows += [
        ("gate: a cookie looked up (Streamlit's own)", cookie, streamlits, "us"),
        ("gate: a request let through", request, None, "us"),
        ("gate: a websocket message each way", message, None, "us"),
    ]
    return rows


def main() -> None:
    """Make the rows, measure, print the table and write it as JSON."""
    parser = ArgumentParser("python -m tests.bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=150_000)
    parser.add_argument("--times", type=int, default=5, choices=range(1, len(PROVINCES)))
    given = parser.parse_args()
    folder = ROOT / ".bench" / str(given.rows)
    file = snapshot(folder, given.rows)
    rows = measured(folder, file, given.times)
    print(f"\n{given.rows:,} cohort rows; medians of {given.times}\n\n{table(rows)}")
    names = ("what", "ours", "plain", "unit")
    result = {"rows": given.rows, "figures": [dict(zip(names, row, strict=True)) for row in rows]}
    path = folder / "result.json"
    path.write_text(json.dumps(result, indent=1), "utf-8")
    print(f"\nalso in {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
