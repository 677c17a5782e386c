"""Pictures: each caller's own, with real glyphs, from a browser that may die, all from inside."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from dashboard.export import browser, fonts, render

needs_browser = pytest.mark.skipif(
    not render.available(), reason="no Chromium: apt-get install chromium"
)
BARE = {
    "xaxis": {"visible": False, "range": [0, 8]},
    "yaxis": {"visible": False, "range": [0, 1]},
    "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
    "font": {"family": fonts.STACK},
}


@pytest.fixture(scope="module")
def renderer() -> Iterator[render.Renderer]:
    """One browser that sees no font but the bundled one."""
    made = render.Renderer(system_fonts=False)
    yield made
    made.close()


def binary_bars(number: int) -> dict[str, object]:
    bits = [(number >> place) & 1 for place in range(8)]
    trace = {
        "type": "bar",
        "x": [0.5 + i for i in range(8)],
        "y": bits,
        "marker": {"color": "black"},
    }
    return {"data": [trace], "layout": {**BARE, "bargap": 0}}


def number_in(picture: bytes) -> int:
    image = Image.open(BytesIO(picture)).convert("L")
    step = image.width / 8
    dark = [image.getpixel((int(step * (i + 0.5)), image.height // 2)) < 128 for i in range(8)]
    return sum(1 << place for place, on in enumerate(dark) if on)


def word(text: str) -> dict[str, object]:
    note = {"text": text, "x": 4, "y": 0.5, "showarrow": False, "font": {"size": 40}}
    return {"data": [], "layout": {**BARE, "annotations": [note]}}


def ink(renderer: render.Renderer, text: str) -> Image.Image:
    picture = renderer.render(word(text), "png", 120, 80)
    return ImageChops.invert(Image.open(BytesIO(picture)).convert("L"))


@needs_browser
def test_eight_threads_get_forty_pictures_and_each_its_own(renderer: render.Renderer) -> None:
    numbers = [17 + 5 * n for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        pictures = list(
            pool.map(lambda n: renderer.render(binary_bars(n), "png", 160, 80), numbers)
        )
    assert [number_in(picture) for picture in pictures] == numbers


@needs_browser
def test_a_killed_browser_is_replaced_even_under_a_waiting_caller(
    renderer: render.Renderer,
) -> None:
    renderer.render(binary_bars(1), "png", 160, 80)
    first = renderer.process_id()
    with ThreadPoolExecutor(4) as pool:
        waiting = [
            pool.submit(renderer.render, binary_bars(n), "png", 160, 80) for n in range(9, 21)
        ]
        os.killpg(first, signal.SIGKILL)
        assert [number_in(picture.result(60)) for picture in waiting] == list(range(9, 21))
    assert renderer.process_id() != first


@needs_browser
@pytest.mark.parametrize("killed", [False, True])
def test_an_ended_process_leaves_no_folder_behind_and_no_warning(
    killed: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # Chromium opens a socket in it, whose path may have 108 letters.
    tmp_path = tmp_path_factory.mktemp("t")
    lines = [
        "import os, signal",
        "from dashboard.export import render",
        "render.render({'data': [], 'layout': {}}, 'png', 60, 60)",
        "os.killpg(render.shared().process_id(), signal.SIGKILL)" if killed else "",
    ]
    run = subprocess.run(
        [sys.executable, "-W", "always::ResourceWarning", "-c", "\n".join(lines)],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    assert "Implicitly cleaning up" not in run.stderr
    assert list(tmp_path.iterdir()) == []


@needs_browser
def test_a_figure_that_cannot_be_drawn_is_one_clear_error_and_the_next_one_works(
    renderer: render.Renderer,
) -> None:
    with pytest.raises(render.RenderFailed, match="could not draw"):
        renderer.render({"data": 5, "layout": {}}, "png", 100, 100)  # type: ignore[dict-item]
    assert number_in(renderer.render(binary_bars(42), "png", 160, 80)) == 42


@needs_browser
def test_a_browser_that_hangs_is_given_up_at_the_timeout() -> None:
    slow = render.Renderer(tabs=1, timeout=300)
    try:
        slow.render(binary_bars(3), "png", 160, 80)
        os.killpg(slow.process_id(), signal.SIGSTOP)
        slow._timeout = 3
        started = time.monotonic()
        with pytest.raises(render.RenderFailed, match="within 3 s"):
            slow.render(binary_bars(3), "png", 160, 80)
        assert time.monotonic() - started < 60
        slow._timeout = 300
        assert number_in(slow.render(binary_bars(5), "png", 160, 80)) == 5
    finally:
        slow.close()


@needs_browser
def test_real_chinese_glyphs_are_drawn_without_any_system_font(renderer: render.Renderer) -> None:
    box = ink(renderer, "\U0001f3ff")
    for character in "福籍镕堃":
        drawn = ink(renderer, character)
        assert drawn.getbbox() is not None
        assert ImageChops.difference(drawn, box).getbbox() is not None
    assert ImageChops.difference(ink(renderer, "福"), ink(renderer, "籍")).getbbox() is not None


@needs_browser
def test_a_pdf_carries_its_chinese_typeface(renderer: render.Renderer) -> None:
    pdf = renderer.render(word("福建 <b>籍</b>"), "pdf", 300, 100)
    assert b"NotoSansSC-Regular" in pdf and b"NotoSansSC-Bold" in pdf
    assert pdf.count(b"/FontFile2") == 2 and b"/Type3" not in pdf


@needs_browser
def test_measured_widths_are_the_browsers_own(renderer: render.Renderer) -> None:
    text = "福建省 1.2万人 Guangdong"
    image = Image.open(BytesIO(renderer.render(word(text), "png", 900, 80))).convert("L")
    left, _, right, _ = ImageChops.invert(image).getbbox()
    assert right - left == pytest.approx(fonts.width(text, 40), abs=8)


@needs_browser
def test_no_request_leaves_the_browser(renderer: render.Renderer) -> None:
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    spec = word(f'x <a href="{address}/link">y</a> $x^2$')
    picture = {"source": f"{address}/image.png", "x": 0, "y": 1, "sizex": 1, "sizey": 1}
    spec["layout"]["images"] = [picture]  # type: ignore[index]
    for format in ("png", "svg", "pdf"):
        with contextlib.suppress(render.RenderFailed):
            renderer.render(spec, format, 200, 100)  # type: ignore[arg-type]
    server.shutdown()
    server.server_close()
    assert asked == []


def test_no_browser_says_how_to_get_one_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(browser, "_PLACES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("BROWSER_PATH", "CHROME", "PLAYWRIGHT_BROWSERS_PATH"):
        monkeypatch.delenv(name, raising=False)
    opened: list[object] = []
    monkeypatch.setattr(render, "_Session", lambda *session: opened.append(session))
    started = time.monotonic()
    with pytest.raises(browser.RenderUnavailable, match="apt-get install chromium"):
        render.Renderer().render(binary_bars(1), "png", 10, 10)
    assert not opened
    assert time.monotonic() - started < render._OPENING / 3


def test_a_wrongly_named_browser_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chrome")
    with pytest.raises(browser.RenderUnavailable, match="BROWSER_PATH names /nowhere/chrome"):
        browser.find()


def test_a_browser_of_playwright_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "chromium-1200" / "chrome-linux" / "chrome"
    program.parent.mkdir(parents=True)
    program.symlink_to(sys.executable)
    monkeypatch.setattr(browser, "_NAMES", ())
    monkeypatch.setattr(browser, "_PLACES", ())
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.delenv("CHROME", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    assert browser.find() == program


def test_chinese_lines_break_inside_the_room_and_never_before_a_full_stop() -> None:
    text = "二〇二三年以来，经厄瓜多尔和达连隘口前往美国的人数大幅上升，Fujian 居首（占四成）。"
    lines = fonts.wrap(text, 160, 14)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(fonts.width(line, 14) <= 160 for line in lines)
    assert not any(line[0] in "，。）" for line in lines)
    dated = fonts.wrap("时间：2014年1月至2026年10月", 120, 14)
    assert not any(line[0] in "年月" for line in dated)


def test_no_line_begins_with_what_parts_two_statements() -> None:
    text = "Data as of: 2026-10-31 · Data version: 2a3d8d5d1002 · 筛选：全部数据 · 单位：人"
    for room in range(120, 420, 7):
        lines = fonts.wrap(text, room, 14)
        assert not any(line.startswith("·") for line in lines), lines
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
