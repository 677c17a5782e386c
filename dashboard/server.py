"""Serves the Streamlit app in one process: our own static files, compressed scripts, one address.

It must not know what the pages show; dashboard/app.py is the script that Streamlit runs.
"""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event, Thread

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from streamlit import config

from dashboard import audit
from dashboard.export import render
from dashboard.gate import listen
from dashboard.gate.door import DOOR, SESSION
from dashboard.gate.guard import Guard
from dashboard.gate.headers import SECURITY
from dashboard.gate.hosts import Hosts
from dashboard.gate.middleware import HANDLE, SIGN_IN, Gate
from dashboard.gate.sessions import MINUTE, Registry
from dashboard.gate.settings import Login
from dashboard.shell import Shell, pages, scripts

HERE = Path(__file__).parent
WEEK = 7 * 24 * 3600
QUIET_SECONDS, LEAVE_SECONDS = 20, 5
MOST_ASKED = 2**20


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


async def ready(looking: Thread | None = None) -> None:
    """Prepare beside the first readers, settle, then look ahead; cancelled, it settles nothing."""
    await asyncio.to_thread(prepare)
    settle()
    if looking is not None:
        looking.start()


def look_ahead(stop: Event) -> None:
    """Answer what is likely to be chosen while nobody asks, until told to stop."""
    from dashboard import likely, reader, stage

    likely.keep(stage.store, reader.scopes, stage.FIRST_PAGE, stop)


def leave(looking: Thread) -> None:
    """Wait for what looks ahead to end, and stop what nobody will read any more."""
    from dashboard import stage

    if looking.is_alive():
        looking.join(LEAVE_SECONDS)
    stage.store().stop()


def settle() -> None:
    """Set aside what lives as long as the process: no later collection walks through it again."""
    gc.collect()
    gc.freeze()


def middleware(hosts: frozenset[str], login: Login | None) -> list[Middleware]:
    """What stands before Streamlit, the outermost first; opens the door of this process."""
    views = pages(HERE / "views")
    shell = Middleware(Shell, pages=views, watched=login is not None)
    DOOR.open = True
    if login is None:
        DOOR.registry = None
        return [Middleware(Guard, hosts=Hosts(hosts, hosts), closed=SIGN_IN), shell]
    access = login.access
    idle, longest = access.idle_minutes * MINUTE, access.session_hours * 60 * MINUTE
    registry = Registry(login.auth["cookie_secret"], idle, longest, access.revoked)
    DOOR.registry = registry
    ours = Hosts(frozenset({login.host}), hosts, login.origin)
    return [
        Middleware(Guard, hosts=ours, secure=login.secure, strict=True),
        Middleware(Gate, login=login, registry=registry, pages=views),
        shell,
    ]


def broken(_: Request, problem: Exception) -> Response:
    """The answer where ours failed: no word of why, and the same headers as every other."""
    return PlainTextResponse("Internal Server Error", 500, headers=SECURITY)


def application(
    hosts: frozenset[str], login: Login | None = None, announce: str = "", ahead: bool = False
) -> st.App:
    """The ASGI application: Streamlit with our assets, the gate and compression around it.

    ahead: what is likely to be chosen is answered while nobody asks.
    """

    @asynccontextmanager
    async def lifespan(_: st.App) -> AsyncIterator[None]:
        stop = Event()
        looking = Thread(target=look_ahead, args=(stop,), name="likely", daemon=True)
        preparing = asyncio.create_task(ready(looking if ahead else None))
        drawing = asyncio.get_running_loop().call_later(QUIET_SECONDS, render.warm)
        if announce:
            print(announce, flush=True)
        yield
        drawing.cancel()
        preparing.cancel()
        stop.set()
        if ahead:
            await asyncio.to_thread(leave, looking)
        gc.unfreeze()

    return st.App(
        HERE / "app.py",
        secrets={"auth": dict(login.auth)} if login else None,
        lifespan=lifespan,
        routes=[Mount("/app/static", Assets(directory=HERE / "static"))],
        middleware=middleware(hosts, login),
        exception_handlers={Exception: broken},
        on_script_error=report,
    )


def configure(number: int, host: str, login: Login | None) -> frozenset[str]:
    """Settle what of Streamlit's own configuration the gate rests on; returns this machine's names.

    Environment variables and a user's own file could otherwise open what is closed here.
    """
    names = frozenset({"127.0.0.1", "localhost", "::1", host})
    config.set_option("server.port", number)
    config.set_option("server.allowedHosts", sorted(names | ({login.host} if login else set())))
    config.set_option("server.baseUrlPath", "")
    config.set_option("server.enableAgentApi", False)
    config.set_option("server.enableStaticServing", False)
    config.set_option("server.enableCORS", True)
    config.set_option("server.enableXsrfProtection", True)
    config.set_option("server.trustedUserHeaders", {HANDLE: SESSION} if login else {})
    config.set_option("secrets.files", [])
    config.set_option("global.developmentMode", False)
    config.set_option("runner.postScriptGC", False)
    return names


def serve(
    listener: socket.socket, host: str, login: Login | None = None, ahead: bool = True
) -> None:
    """Serve on a bound socket until interrupted; prints the address when ready. ahead: see
    application."""
    number = listener.getsockname()[1]
    named = f"[{host}]" if ":" in host else host
    hosts = configure(number, host, login)
    where = login.origin if login else f"http://{named}:{number}"
    if login:
        listen(audit.listener)
    app = application(hosts, login, f"Dashboard ready at {where} (Ctrl+C stops it)", ahead)
    settings = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=2,
        ws="websockets-sansio",
        ws_max_size=MOST_ASKED,
        ws_per_message_deflate=config.get_option("server.enableWebsocketCompression"),
    )
    uvicorn.Server(settings).run(sockets=[listener])
