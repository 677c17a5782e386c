"""One websocket of a session: every message either way is passed only while the session lasts."""

import asyncio
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.gate.sessions import Registry, Session

WATCH_SECONDS = 2.0
POLICY_VIOLATION = 1008


class Line:
    """Stands between a websocket and the application, and hangs up when the session is over."""

    def __init__(self, registry: Registry, session: Session, receive: Receive, send: Send) -> None:
        self.registry, self.session = registry, session
        self._receive, self._send = receive, send
        self._over = asyncio.Event()
        self._closing = asyncio.ensure_future(self._over.wait())
        self._next: asyncio.Future[Message] | None = None
        self._loop = asyncio.get_running_loop()
        self._down = False

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        """Serve the websocket until either side ends it."""
        self.session.closers.add(self._hang_up)
        try:
            await app(scope, self.receive, self.send)
        finally:
            self.session.closers.discard(self._hang_up)
            for waiting in (self._closing, self._next):
                if waiting is not None:
                    waiting.cancel()

    async def receive(self) -> Message:
        """The browser's next message, or the end."""
        if self._next is None:
            self._next = asyncio.ensure_future(self._receive())
        while self.registry.lasts(self.session) and not self._down:
            wait = max(0.0, min(self.registry.left(self.session), WATCH_SECONDS))
            either: set[asyncio.Future[Any]] = {self._next, self._closing}
            await asyncio.wait(either, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
            if self._next.done() and self.registry.lasts(self.session):
                message, self._next = self._next.result(), None
                if message["type"] != "websocket.disconnect":
                    self.registry.touch(self.session)
                return message
        await self._close()
        return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}

    async def send(self, message: Message) -> None:
        """Pass a message to the browser while the session lasts; afterwards nothing leaves."""
        if not self.registry.lasts(self.session):
            await self._close()
        elif not self._down:
            self._down = message["type"] in ("websocket.close", "websocket.http.response.start")
            await self._send(message)

    async def _close(self) -> None:
        if not self._down:
            self._down = True
            await self._send({"type": "websocket.close", "code": POLICY_VIOLATION})

    def _hang_up(self) -> None:
        """From any thread: wake the waiting side."""
        self._loop.call_soon_threadsafe(self._over.set)
