"""Times the gate: one cookie looked up, one request and one websocket message let through."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median

from starlette.types import Message, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_app_utils import (
    create_signed_value,
    decode_signed_value,
)

from dashboard.gate.guard import Guard
from dashboard.gate.hosts import Hosts
from dashboard.gate.line import Line
from dashboard.gate.middleware import Gate
from dashboard.gate.sessions import Registry, Session, Visitor
from dashboard.gate.settings import Access, Login

SECRET = "Zb3kq8vW1xR7tYp0sLm5nQa9dFg2hJc4uEoI6-_w"
HOST = "dashboard.example"
AUTH = {"redirect_uri": f"https://{HOST}/oauth2callback", "cookie_secret": SECRET}
SESSIONS = 1_000
MANY, TIMES = 2_000, 5


def timed() -> tuple[float, float, float, float]:
    """Microseconds: our cookie, Streamlit's own cookie, a request, a message each way."""
    registry = Registry(SECRET, 3600, 36_000)
    for number in range(SESSIONS - 1):
        registry.open(Visitor(f"person {number}", "analyst"))
    cookie, session = registry.open(Visitor("lin", "analyst", (("regions", ("CN-FJ",)),)))
    said = '{"sub": "lin", "roles": ["analyst"], "regions": ["CN-FJ"], "is_logged_in": true}'
    signed = create_signed_value(SECRET, "_streamlit_user", said)
    ours = each(lambda: registry.find(cookie))
    plain = each(lambda: decode_signed_value(SECRET, "_streamlit_user", signed))
    return ours, plain, *asyncio.run(passing(registry, cookie, session))


def each(call: Callable[[], object]) -> float:
    """Processor time of one call, the median of five times two thousand."""
    taken = []
    for _ in range(TIMES):
        started = time.process_time()
        for _ in range(MANY):
            assert call()
        taken.append((time.process_time() - started) / MANY * 1e6)
    return median(taken)


async def each_awaited(call: Callable[[], Awaitable[object]]) -> float:
    """The same for what is awaited."""
    taken = []
    for _ in range(TIMES):
        started = time.process_time()
        for _ in range(MANY):
            await call()
        taken.append((time.process_time() - started) / MANY * 1e6)
    return median(taken)


async def passing(registry: Registry, cookie: str, session: Session) -> tuple[float, float]:
    """What a request and a message cost beyond an application that does nothing."""
    start: Message = {"type": "http.response.start", "status": 200, "headers": []}

    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start | {"headers": []})

    async def receive() -> Message:
        return {"type": "websocket.receive", "bytes": b""}

    async def send(message: Message) -> None:
        pass

    login = Login(AUTH, Access())
    inner = Gate(nothing, login, registry, frozenset({"/"}))
    names = frozenset({HOST})
    whole = Guard(inner, Hosts(names, names, login.origin), secure=True, strict=True)
    headers = [(b"host", HOST.encode()), (b"cookie", f"__Host-dashboard={cookie}".encode())]
    scope = {"type": "http", "method": "GET", "path": "/media/x", "query_string": b"",
             "headers": headers}  # fmt: skip
    request = await each_awaited(lambda: whole(scope, receive, send))
    bare = await each_awaited(lambda: nothing(scope, receive, send))
    held = Line(registry, session, receive, send)

    async def both_ways() -> None:
        await held.receive()
        await held.send({"type": "websocket.send", "bytes": b""})

    return request - bare, await each_awaited(both_ways)
