"""Who may come in: sign-in through OpenID, sessions, the middleware before every answer."""

from dashboard.gate.events import listen
from dashboard.gate.sessions import Registry, Visitor

__all__ = ["Registry", "Visitor", "listen"]
