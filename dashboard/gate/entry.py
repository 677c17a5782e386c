"""Signing in and out through Streamlit's own OpenID routes, which leave nothing in the browser.

The routes verify the ID token; here its claims become a session, or a refusal.
"""

import json
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import encode_provider_token
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import (
    TOKENS_COOKIE_NAME,
    USER_COOKIE_NAME,
)

from dashboard.gate import claims, screens
from dashboard.gate.events import on_event
from dashboard.gate.headers import STATE_COOKIE
from dashboard.gate.sessions import Registry, Session
from dashboard.gate.settings import Login
from queries import policy_file

PROVIDER = "default"
NEXT = "dashboard_next"
NEXT_SECONDS = 600
LONGEST_NEXT = 2000
OURS = ("same-origin", "none", None)


class Entry:
    """The three addresses of signing in and out."""

    def __init__(
        self, app: ASGIApp, login: Login, registry: Registry, pages: frozenset[str]
    ) -> None:
        self.app, self.login, self.registry, self.pages = app, login, registry, pages
        self.cookie = "__Host-dashboard" if login.secure else "dashboard"
        self.secret = login.auth["cookie_secret"]

    async def begin(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the browser to the provider, and keep the address it wanted for its return."""
        wanted = self._wanted(_asked(scope).get("next", ""))
        token = encode_provider_token(PROVIDER)
        cookie = Response()
        self._set(cookie, NEXT, quote(wanted, safe=""), NEXT_SECONDS)

        async def remembering(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_cookies(cookie.raw_headers)]
            await send(message)

        # Authlib keeps every attempt in its cookie, which a browser drops past 4 KB: keep the last.
        headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
        asked = dict(scope) | {"headers": headers, "query_string": f"provider={token}".encode()}
        await self.app(asked, receive, remembering)

    async def finish(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the provider's answer: a session for who has a role, else a page that says so.

        Without an answer this is the return from the provider's own sign-out.
        """
        if not {"state", "error"} & set(_asked(scope)):
            await RedirectResponse("/", 303)(scope, receive, send)
            return
        caught: list[Message] = []

        async def catch(message: Message) -> None:
            caught.append(message)

        await self.app(scope, receive, catch)
        request, headers = Request(scope), caught[0]["headers"]
        found = claims.signed_in(_set_cookies(headers), self.secret)
        if found is None:
            on_event("refusal", "", "", "sign-in failed")
            response: Response = RedirectResponse("/", 303)
        else:
            response = self._admit(request, *found)
        response.raw_headers += _cookies(headers, STATE_COOKIE)
        await response(scope, receive, send)

    async def leave(self, scope: Scope, receive: Receive, send: Send, session: Session) -> None:
        """Tell the provider and the browser, and end the session with all its websockets; only at
        our asking.

        The browser first: a tab that learns that its session is over loads itself again, and what
        had not come by then would leave the cookie behind.
        """
        if Headers(scope=scope).get("sec-fetch-site") not in OURS:
            await Response("Not allowed", 403)(scope, receive, send)
            return
        gone = Response()
        self._set(gone, self.cookie, "", 0)

        async def forgetting(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_cookies(gone.raw_headers)]
            await send(message)

        try:
            await self.app(self._known(scope, session), receive, forgetting)
        finally:
            self.registry.end(session, "signed out")

    def _admit(self, request: Request, said: dict[str, Any], token: str) -> Response:
        try:
            visitor = claims.visitor(said, policy_file.in_force(), self.registry.clock())
            if visitor.subject in self.registry.revoked:
                raise claims.Refused("revoked", visitor.subject)
        except claims.Refused as problem:
            on_event("refusal", problem.subject, "", str(problem))
            return screens.refused(self.login.access.contact, str(problem))
        if earlier := self.registry.find(request.cookies.get(self.cookie, "")):
            self.registry.end(earlier, "replaced")
        on_event("sign-in", visitor.subject, visitor.role, "")
        value, session = self.registry.open(visitor, token)
        wanted = self._wanted(unquote(request.cookies.get(NEXT, "")))
        response = RedirectResponse(wanted, 303)
        self._set(response, NEXT, "", 0)
        self._set(response, self.cookie, value, int(session.ends - self.registry.clock()))
        return response

    def _wanted(self, address: str) -> str:
        """An address to come back to: a page of ours with its query, or the first page."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return "/"
        plain = address.isprintable() and len(address) <= LONGEST_NEXT
        ours = not parts.scheme and not parts.netloc and parts.path in self.pages
        return address if ours and plain else "/"

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name, value, seconds, path="/", secure=self.login.secure, httponly=True, samesite="lax"
        )

    def _known(self, scope: Scope, session: Session) -> Scope:
        """The request with the two cookies from which Streamlit tells the provider who leaves."""
        said: dict[str, dict[str, str]] = {
            USER_COOKIE_NAME: {"provider": PROVIDER},
            TOKENS_COOKIE_NAME: {"id_token": session.token} if session.token else {},
        }
        signed = {
            name: create_signed_value(self.secret, name, json.dumps(value)).decode()
            for name, value in said.items()
        }
        known = dict(scope) | {"headers": list(scope["headers"])}
        headers = MutableHeaders(scope=known)
        headers["cookie"] = "; ".join(f"{name}={value}" for name, value in signed.items())
        return known


def _asked(scope: Scope) -> dict[str, str]:
    """The names and values after an address's question mark."""
    return dict(parse_qsl(scope["query_string"].decode("latin-1")))


def _cookies(
    headers: list[tuple[bytes, bytes]], beginning: bytes = b""
) -> list[tuple[bytes, bytes]]:
    """The Set-Cookie headers whose cookie begins so."""
    return [(name, value) for name, value in headers
            if name.lower() == b"set-cookie" and value.startswith(beginning)]  # fmt: skip


def _set_cookies(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Names and values of the cookies that a response sets."""
    jar: SimpleCookie = SimpleCookie()
    for _, value in _cookies(headers):
        jar.load(value.decode("latin-1"))
    return {name: morsel.value for name, morsel in jar.items()}
