"""Compresses the front end's scripts once and serves the page shell in the reader's language.

Streamlit sends its scripts uncompressed and asks for what charts need only after the first figure
has arrived; here each file is compressed once and the shell asks for it at once. Plotly's library
is the one that pictures are drawn with too (plotly's own package), served beside them.
"""

import gzip
import re
from asyncio import to_thread
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import plotly
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import file_util

STATIC = Path(file_util.get_static_dir())
LIBRARY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
DRAWS = f"/static/js/plotly.{plotly.__version__}.js"
TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
EARLY = ("BidiComponent", "Metric", "Popover", "ButtonGroup", "DownloadButton", "ImageList",
         "Button")  # fmt: skip
IMPORT = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')
IMPORTS_WITHIN = 20_000
FONTS = ("noto-sans-sc-page-400", "noto-sans-sc-page-700")
YEAR = 365 * 24 * 3600
WINDOW = '<script src="./app/static/window.js"></script>'
INLINE = re.compile(r"<script>.*?</script>", re.DOTALL)
WATCH = '<script async src="./app/static/gate/session.js"></script>'


@cache
def files() -> dict[str, Path]:
    """The compressible files of the front end, by the path browsers ask for."""
    found = (path for path in (STATIC / "static").rglob("*") if path.suffix in TYPES)
    return {f"/{path.relative_to(STATIC).as_posix()}": path for path in found} | {DRAWS: LIBRARY}


@cache
def compressed(path: str) -> bytes:
    """One file of the front end, compressed once and kept."""
    return gzip.compress(files()[path].read_bytes(), 6)


def scripts() -> None:
    """Compress beforehand what every first visit asks for."""
    for path in (DRAWS, *early(), *asked(shell())):
        if path in files():
            compressed(path)


def asked(html: str) -> list[str]:
    """The scripts and styles that the shell names."""
    parts = html.split('"./')[1:]
    return [f"/{part.split(chr(34), 1)[0]}" for part in parts]


@cache
def early() -> tuple[str, ...]:
    """Paths of the chunks that Streamlit asks for only when a chart arrives, imports included."""
    chunks = {Path(path).name.split(".")[0]: path for path in files()}
    waiting = [chunks[name] for name in EARLY if name in chunks]
    found: dict[str, None] = {}
    while waiting:
        path = waiting.pop(0)
        if path in files() and path not in found:
            found[path] = None
            folder = path.rpartition("/")[0]
            waiting += (f"{folder}/{name}" for name in imports(files()[path]))
    named = set(asked((STATIC / "index.html").read_text("utf-8")))
    return tuple(path for path in found if path not in named)


def imports(file: Path) -> list[str]:
    """The neighbouring chunks that a chunk imports as soon as it is read."""
    return IMPORT.findall(file.read_text("utf-8")[:IMPORTS_WITHIN])


def pages(folder: Path) -> frozenset[str]:
    """The paths at which a page lives: the root and one for each view."""
    return frozenset({"/", *(f"/{view.stem}" for view in folder.glob("[a-z]*.py"))})


@cache
def shell(language: str = "", watched: bool = False) -> str:
    """Streamlit's index page with early requests, and the language named where it is chosen.

    `watched` pages leave by themselves when their reader's session is over.
    """
    html = (STATIC / "index.html").read_text("utf-8")
    chunks = (f'<link rel="modulepreload" crossorigin href=".{path}">' for path in early())
    fonts = (
        f'<link rel="preload" as="font" type="font/woff2" crossorigin'
        f' href="./app/static/fonts/{name}.woff2">'
        for name in FONTS
    )
    draws = f'<link id="plotly" rel="modulepreload" crossorigin href=".{DRAWS}">'
    wanted = (draws, *chunks, *fonts)
    html = html.replace("</head>", "".join((*wanted, WINDOW, "</head>")), 1)
    if watched:
        html = html.replace("<head>", f"<head>{WATCH}", 1)
    html = html.replace("./favicon.png", "./app/static/icon.png", 1)
    html = INLINE.sub("", html, count=1)
    return html.replace('<html lang="en">', f'<html lang="{language or "zh"}">', 1)


class Shell:
    """ASGI middleware: answers for the page shell and the front end's files; passes on the rest."""

    def __init__(self, app: ASGIApp, pages: frozenset[str], watched: bool = False) -> None:
        self.app, self.pages, self.watched = app, pages, watched

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self.response(scope) if scope["type"] == "http" else None
        await (response or self.app)(scope, receive, send)

    async def response(self, scope: Any) -> Response | None:
        """The response we can give ourselves, or None; files are read and compressed in a thread of
        their own, so that nobody else waits for them."""
        if scope["method"] not in ("GET", "HEAD"):
            return None
        if scope["path"] in self.pages:
            return page(scope, self.watched)
        if scope["path"] in files():
            zipped = "gzip" in Headers(scope=scope).get("accept-encoding", "")
            return await to_thread(script, scope["path"], zipped)
        return None


def page(scope: Any, watched: bool = False) -> Response:
    """The page shell; never kept by browsers, because it names the scripts of this version."""
    chosen = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("language", [""])[-1]
    html = shell(chosen if chosen in ("zh", "en") else "", watched)
    return Response(html, media_type="text/html", headers={"Cache-Control": "no-cache"})


def script(path: str, zipped: bool) -> Response:
    """One file of the front end, which browsers may keep: its name holds its hash or version."""
    headers = {"Cache-Control": f"public, immutable, max-age={YEAR}", "Vary": "Accept-Encoding"}
    if zipped:
        headers["Content-Encoding"] = "gzip"
    body = compressed(path) if zipped else files()[path].read_bytes()
    return Response(body, media_type=TYPES[Path(path).suffix], headers=headers)
