"""Whether a request names us and comes from us: Host and Origin, over HTTP and websocket.

A foreign name is another site's DNS record that points here; a foreign origin is another site's
page that calls here.
"""

from functools import lru_cache
from urllib.parse import urlsplit

from starlette.datastructures import Headers

HEALTH = "/_stcore/health"


@lru_cache(256)
def hostname(host: str) -> str:
    """The name in a Host header, without its port; empty for one that is no plain host."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    if parts.username or parts.password or parts.path or parts.query or parts.fragment:
        return ""
    return (parts.hostname or "").rstrip(".")


class Hosts:
    """The names we answer to and the origin whose pages may call us.

    Without an `origin` any of our own names is one. Health answers to the machine's own names
    too, for a proxy's checks.
    """

    def __init__(self, names: frozenset[str], checks: frozenset[str], origin: str = "") -> None:
        self.names, self.checks, self.origin = names, checks, origin

    def problem(self, headers: Headers, path: str, needs_origin: bool) -> str:
        """What is foreign about a request; empty where nothing is."""
        host = headers.get("host", "")
        names = self.names | self.checks if path == HEALTH else self.names
        if hostname(host) not in names or len(headers.getlist("host")) != 1:
            return "foreign host"
        origin = headers.get("origin")
        if origin is None:
            return "no origin" if needs_origin else ""
        ours = (self.origin,) if self.origin else (f"http://{host}", f"https://{host}")
        return "" if origin in ours else "foreign origin"
