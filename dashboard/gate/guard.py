"""Stands before everything, signed in or not: whose request this is, and the security headers."""

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.gate.events import on_event
from dashboard.gate.headers import sealed
from dashboard.gate.hosts import Hosts

# Nothing here takes a file from a browser; Streamlit would keep what is sent in memory.
UPLOAD = "/_stcore/upload_file"
NEVER = ("/_stcore/agent", "/_stcore/script-health-check", UPLOAD)
LONGEST_ADDRESS = 32 * 1024
TOO_LONG = 414
READING = ("GET", "HEAD", "OPTIONS")
POLICY_VIOLATION = 1008
SAID = {401: "Sign in first", 414: "Address too long", 429: "Too many attempts"}


async def refuse(scope: Scope, receive: Receive, send: Send, status: int) -> None:
    """Answer a request or a websocket's handshake with nothing but its refusal."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
    else:
        said = SAID.get(status, "Not allowed")
        await PlainTextResponse(said, status)(scope, receive, send)


class Guard:
    """ASGI middleware: refuses foreign names and origins, closes what nobody needs here.

    `strict` is for sign-in: a websocket or a change must then name its origin.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Hosts,
        closed: frozenset[str] = frozenset(),
        secure: bool = False,
        strict: bool = False,
    ) -> None:
        self.app, self.hosts, self.closed = app, hosts, closed
        self.secure, self.strict = secure, strict

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        size = len(scope.get("raw_path") or path) + len(scope["query_string"])
        send = sealed(send, path, self.secure, self.strict)
        changing = scope["type"] == "websocket" or scope["method"] not in READING
        problem = self.hosts.problem(Headers(scope=scope), path, self.strict and changing)
        if problem:
            on_event("refusal", "", "", problem)
        if size > LONGEST_ADDRESS:
            await refuse(scope, receive, send, TOO_LONG)
        elif problem or path.startswith(NEVER) or path in self.closed:
            await refuse(scope, receive, send, 403)
        else:
            await self.app(scope, receive, send)
