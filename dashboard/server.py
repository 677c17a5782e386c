"""Serves the Streamlit app in one process: our own static files, compressed scripts, one address.

It must not know what the pages show; dashboard/app.py is the script that Streamlit runs.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from streamlit import config

from dashboard.export import render
from dashboard.shell import Shell, pages, scripts

HERE = Path(__file__).parent
WEEK = 7 * 24 * 3600
QUIET_SECONDS = 20


class Assets(StaticFiles):
    """Fonts and map shapes, which browsers may keep for a week."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with the header that lets browsers keep it."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = f"public, max-age={WEEK}"
        return response


def report(problem: Exception) -> bool:
    """Write an unexpected error to the log; the reader sees Streamlit's short notice."""
    import logging

    logging.getLogger("dashboard").error("page failed", exc_info=problem)
    return False


def prepare() -> None:
    """What the first reader would otherwise wait for: scripts compressed, modules read, answers."""
    scripts()
    from dashboard import stage

    with stage.guarded("en"):
        stage.warm()


def application(announce: str = "") -> st.App:
    """The ASGI application: Streamlit with our assets and compression around it."""

    @asynccontextmanager
    async def lifespan(_: st.App) -> AsyncIterator[None]:
        preparing = asyncio.create_task(asyncio.to_thread(prepare))
        drawing = asyncio.get_running_loop().call_later(QUIET_SECONDS, render.warm)
        if announce:
            print(announce, flush=True)
        yield
        drawing.cancel()
        preparing.cancel()

    return st.App(
        HERE / "app.py",
        lifespan=lifespan,
        routes=[Mount("/app/static", Assets(directory=HERE / "static"))],
        middleware=[Middleware(Shell, pages=pages(HERE / "views"))],
        on_script_error=report,
    )


def serve(listener: socket.socket, host: str) -> None:
    """Serve on a bound socket until interrupted; prints the address when ready."""
    number = listener.getsockname()[1]
    named = f"[{host}]" if ":" in host else host
    app = application(f"Dashboard ready at http://{named}:{number} (Ctrl+C stops it)")
    config.set_option("server.port", number)
    hosts = [*config.get_option("server.allowedHosts"), host]
    config.set_option("server.allowedHosts", hosts)
    settings = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
        ws="websockets-sansio",
        ws_max_size=32 * 1024 * 1024,
        ws_per_message_deflate=config.get_option("server.enableWebsocketCompression"),
    )
    uvicorn.Server(settings).run(sockets=[listener])
