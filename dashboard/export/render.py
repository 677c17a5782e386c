"""Specifications to PNG, SVG and PDF in one warm Chromium, each caller getting its own picture.

Kaleido's own synchronous server hands callers each other's pictures, so here every picture is a
future of its own over Kaleido's queue of tabs, in the event loop of one thread. It must not know
what a figure means.
"""

import asyncio
import atexit
import os
import signal
import threading
import time
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from functools import cache
from pathlib import Path
from typing import Any, Literal

from dashboard.export import browser

Format = Literal["png", "svg", "pdf"]
TOPOJSON = Path(__file__).resolve().parents[1] / "static" / "topojson"

_POLICY = (
    "default-src 'none'; script-src file: 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'unsafe-inline'; img-src data: blob:; font-src data: file:; "
    "connect-src file: data: blob:"
)
_HEADER = f"""<!DOCTYPE html>
<html>
    <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="{_POLICY}">
        <style>@page {{ margin: 0 }} img {{ display: block }}</style>
        <style id="head-style"></style>
        <title>figure</title>
"""
_OPENING = 60


class RenderFailed(RuntimeError):
    """The browser could not draw one figure, or not within the time allowed."""


class _Lost(Exception):
    """The browser went away under a picture."""


class _Session:
    """One browser and the event loop that speaks to it, in a thread; thrown away when it fails."""

    def __init__(self, path: Path, tabs: int, system_fonts: bool, sandbox: bool) -> None:
        self._path = path
        self._options: dict[str, Any] = {"n": tabs, "timeout": None, "enable_sandbox": sandbox}
        self._system_fonts = system_fonts
        self._kaleido: Any = None
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda loop, context: None)
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="figure-renderer", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left, timeout=2))
        self._loop.close()

    async def _open(self) -> None:
        from kaleido import Kaleido
        from kaleido._page_generator import PageGenerator

        page = PageGenerator(mathjax=False)
        page.header = _HEADER
        self._kaleido = Kaleido(
            path=str(self._path),
            page_generator=page,
            browser_cls=browser.implementation(self._system_fonts),
            **self._options,
        )
        await self._kaleido.open()

    def open(self, patience: float) -> None:
        future = asyncio.run_coroutine_threadsafe(self._open(), self._loop)
        future.result(patience)
        # Last registered, first called: before Python sweeps up folders the browser still uses.
        atexit.register(self.close)

    async def _draw(self, spec: dict[str, Any], options: dict[str, Any]) -> bytes:
        topojson = f"{TOPOJSON.as_uri()}/" if TOPOJSON.is_dir() else None
        picture: bytes = await self._kaleido.calc_fig(spec, opts=options, topojson=topojson)
        return picture

    def draw(self, spec: dict[str, Any], options: dict[str, Any]) -> Future[bytes]:
        drawing = self._draw(spec, options)
        try:
            return asyncio.run_coroutine_threadsafe(drawing, self._loop)
        except RuntimeError as closed:
            drawing.close()
            raise _Lost("it was closed") from closed

    @property
    def process(self) -> Any:
        return getattr(self._kaleido, "subprocess", None)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def close(self, patience: float = 3) -> None:
        """Close the browser, gently if it answers and by force if it does not; once."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        atexit.unregister(self.close)
        if self._kaleido is not None:
            closing = asyncio.run_coroutine_threadsafe(self._kaleido.close(), self._loop)
            try:
                closing.result(patience)
            except (Exception, CancelledError):
                self.kill()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(patience)
        self._sweep()

    def _sweep(self) -> None:
        """Remove the page and the profile, which Kaleido leaves where its browser died."""
        for part in ("_html_tmp_dir", "_browser_impl"):
            if left := getattr(self._kaleido, part, None):
                left.clean()

    def kill(self) -> None:
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                self.process.kill()


class Renderer:
    """A browser kept warm for many callers; opened at the first picture and after each failure."""

    def __init__(self, tabs: int = 2, timeout: float = 60, system_fonts: bool = True) -> None:
        self._tabs = tabs
        self._timeout = timeout
        self._system_fonts = system_fonts
        self._session: _Session | None = None
        self._opening = threading.Lock()
        self._sandbox = hasattr(os, "geteuid") and os.geteuid() != 0

    def render(
        self, spec: dict[str, Any], format: Format, width: int, height: int, scale: float = 1
    ) -> bytes:
        """One figure specification as the bytes of a picture, width and height in CSS pixels.

        Raises browser.RenderUnavailable without a browser, RenderFailed when the figure cannot be
        drawn or takes longer than the timeout, opening the browser (at most a minute) aside.
        """
        options = {"format": format, "width": width, "height": height, "scale": scale}
        for attempt in (1, 2):
            session = self._warm()
            deadline = time.monotonic() + self._timeout
            try:
                return self._wait(session, session.draw(spec, options), deadline)
            except _Lost as lost:
                self._discard(session)
                if attempt == 2:
                    raise RenderFailed(f"Chromium stopped twice while drawing: {lost}") from lost
            except FutureTimeout:
                self._discard(session)
                raise RenderFailed(
                    f"The figure was not drawn within {self._timeout:g} s; Chromium was restarted."
                ) from None
        raise AssertionError("unreachable")

    def _wait(self, session: _Session, picture: Future[bytes], deadline: float) -> bytes:
        from choreographer.browsers import BrowserClosedError, BrowserFailedError
        from choreographer.channels import ChannelClosedError

        while True:
            try:
                return picture.result(max(0, min(0.25, deadline - time.monotonic())))
            except FutureTimeout:
                if not session.alive:
                    picture.cancel()
                    raise _Lost("it ended") from None
                if time.monotonic() >= deadline:
                    picture.cancel()
                    raise
            except (
                CancelledError,
                ChannelClosedError,
                BrowserClosedError,
                BrowserFailedError,
            ) as error:
                raise _Lost(type(error).__name__) from error
            except Exception as error:
                if not session.alive:
                    raise _Lost(str(error)) from error
                raise RenderFailed(f"Chromium could not draw the figure: {error}") from error

    def _warm(self) -> _Session:
        with self._opening:
            if self._session is None or not self._session.alive:
                self._session = self._opened()
            return self._session

    def _opened(self) -> _Session:
        path = browser.find()
        for sandbox in (True, False) if self._sandbox else (False,):
            session = _Session(path, self._tabs, self._system_fonts, sandbox)
            try:
                session.open(_OPENING)
                self._sandbox = sandbox
                return session
            except (Exception, CancelledError) as error:
                session.kill()
                session.close()
                failure = error
        raise RenderFailed(f"Chromium at {path} did not start: {failure!r}") from failure

    def _discard(self, session: _Session) -> None:
        session.kill()
        session.close()
        with self._opening:
            if self._session is session:
                self._session = None

    def process_id(self) -> int | None:
        """The process group of the warm browser, None before the first picture."""
        return self._session.process.pid if self._session and self._session.process else None

    def close(self) -> None:
        """Close the browser; the next picture opens another."""
        with self._opening:
            if self._session is not None:
                self._session.close()
                self._session = None


_sharing = threading.Lock()
_kept = cache(Renderer)


def shared() -> Renderer:
    """The one renderer of this process; its browser is closed when the process ends."""
    with _sharing:
        return _kept()


def render(
    spec: dict[str, Any], format: Format, width: int, height: int, scale: float = 1
) -> bytes:
    """One picture from the shared renderer; see Renderer.render."""
    return shared().render(spec, format, width, height, scale)


def warm() -> None:
    """Start the shared browser in the background, silently doing nothing where there is none."""
    threading.Thread(target=_warm_quietly, name="warm-renderer", daemon=True).start()


def _warm_quietly() -> None:
    try:
        render({"data": [], "layout": {}}, "png", 100, 100)
    except (browser.RenderUnavailable, RenderFailed):
        return


def available() -> bool:
    """Whether a browser is there to draw with."""
    try:
        browser.find()
    except browser.RenderUnavailable:
        return False
    return True
