"""The gate: middleware that answers a stranger with sign-in and health, and nothing else."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.gate import screens
from dashboard.gate.entry import Entry
from dashboard.gate.events import on_event
from dashboard.gate.guard import refuse
from dashboard.gate.hosts import HEALTH
from dashboard.gate.line import Line
from dashboard.gate.sessions import Registry, Session
from dashboard.gate.settings import CALLBACK, Login
from dashboard.gate.throttle import Throttle

LOGIN, LOGOUT, ASK = "/auth/login", "/auth/logout", "/auth/session"
TRIED = frozenset({LOGIN, CALLBACK})
SIGN_IN = frozenset({LOGIN, LOGOUT, CALLBACK, ASK})
ASSETS = frozenset(
    f"/app/static/{name}" for name in ("gate/gate.css", "gate/session.js", "icon.png")
)
OPEN = frozenset({LOGIN, CALLBACK, HEALTH}) | ASSETS
HANDLE = "x-dashboard-session"
STREAMLIT = "_streamlit_user"


class Gate:
    """ASGI middleware for sign-in: every request and every message rests on a session that lasts.

    Open to strangers are OPEN and nothing else; at a page's own address they get the sign-in
    page with status 401, everywhere else 401 alone, and a websocket is refused unopened.
    """

    def __init__(
        self, app: ASGIApp, login: Login, registry: Registry, pages: frozenset[str]
    ) -> None:
        self.app, self.registry, self.pages = app, registry, pages
        self.entry, self.throttle = Entry(app, login, registry, pages), Throttle()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or answer it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["path"] in TRIED and not self.throttle.room((scope.get("client") or ("",))[0]):
            on_event("refusal", "", "", "too many attempts")
            await refuse(scope, receive, send, 429)
            return
        session = self._session(scope)
        scope = _cleaned(scope, session)
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send, session)
        elif session is None:
            await self._stranger(scope, receive, send)
        else:
            await self._visitor(scope, receive, send, session)

    def _session(self, scope: Scope) -> Session | None:
        cookie = HTTPConnection(scope).cookies.get(self.entry.cookie, "")
        session = self.registry.find(cookie) if cookie else None
        if cookie and session is None and not self.registry.genuine(cookie):
            on_event("refusal", "", "", "forged cookie")
        return session

    async def _websocket(
        self, scope: Scope, receive: Receive, send: Send, session: Session | None
    ) -> None:
        if session is None:
            on_event("refusal", "", "", "websocket without a session")
            await refuse(scope, receive, send, 403)
        else:
            await Line(self.registry, session, receive, send).run(self.app, scope)

    async def _stranger(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, reading = scope["path"], scope["method"] in ("GET", "HEAD")
        if path == LOGIN and scope["method"] == "GET":
            await self.entry.begin(scope, receive, send)
        elif path == CALLBACK and scope["method"] == "GET":
            await self.entry.finish(scope, receive, send)
        elif reading and (path in ASSETS or path == HEALTH):
            await self.app(scope, receive, send)
        elif reading and path in self.pages:
            query = scope["query_string"].decode("latin-1")
            await screens.sign_in(f"{path}?{query}" if query else path)(scope, receive, send)
        else:
            await refuse(scope, receive, send, 401)

    async def _visitor(self, scope: Scope, receive: Receive, send: Send, session: Session) -> None:
        path = scope["path"]
        if path == ASK:
            await Response(status_code=204)(scope, receive, send)
        elif path == LOGIN:
            await RedirectResponse("/", 303)(scope, receive, send)
        elif path == CALLBACK:
            await self.entry.finish(scope, receive, send)
        elif path == LOGOUT:
            await self.entry.leave(scope, receive, send, session)
        else:
            self.registry.touch(session)
            await self.app(scope, receive, send)


def _cleaned(scope: Scope, session: Session | None) -> Scope:
    """The request without what only we may say: the handle, and Streamlit's sign-in cookies."""
    kept = [(name, value) for name, value in scope["headers"] if name.lower() != HANDLE.encode()]
    cleaned = dict(scope) | {"headers": kept}
    headers = MutableHeaders(scope=cleaned)
    cookie = Headers(scope=scope).get("cookie", "")
    if STREAMLIT in cookie:
        parts = (part.strip() for part in cookie.split(";"))
        headers["cookie"] = "; ".join(part for part in parts if not part.startswith(STREAMLIT))
    if session is not None:
        headers[HANDLE] = session.handle
    return cleaned
