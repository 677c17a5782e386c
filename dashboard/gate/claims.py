"""Turns the verified claims of an ID token into a visitor: one role, what it may see, an end.

It must not know HTTP. Verifying (signature, issuer, audience, nonce) is the sign-in's own work.
"""

import json
from collections.abc import Mapping
from typing import Any

from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import (
    TOKENS_COOKIE_NAME,
    USER_COOKIE_NAME,
)

from dashboard.gate.sessions import Visitor
from queries.grants import NoRole, Rules


class Refused(Exception):
    """Why somebody with a genuine token may not come in; `subject` is who."""

    def __init__(self, reason: str, subject: str) -> None:
        super().__init__(reason)
        self.subject = subject


def signed_in(cookies: Mapping[str, str], secret: str) -> tuple[dict[str, Any], str] | None:
    """Claims and ID token from the cookies that Streamlit's callback just signed, if it did."""

    def one(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(secret, name, value) if value else None

    user, tokens = (get_cookie_with_chunks(one, name)
                    for name in (USER_COOKIE_NAME, TOKENS_COOKIE_NAME))  # fmt: skip
    if not user:
        return None
    return json.loads(user), str(json.loads(tokens or b"{}").get("id_token", ""))


def visitor(claims: Mapping[str, Any], rules: Rules, now: float) -> Visitor:
    """The visitor that verified claims describe, with what the rules grant them.

    Raises Refused for no role, a region that is not known here, or a dead token.
    """
    subject, expires = str(claims.get("sub") or ""), claims.get("exp")
    if not subject:
        raise Refused("no subject", "")
    if not isinstance(expires, int | float) or expires <= now:
        raise Refused("token expired", subject)
    given = {name: values(claims, name) for name in rules.claims}
    try:
        grant = rules.grant(given)
    except NoRole as problem:
        raise Refused(str(problem), subject) from None
    return Visitor(subject, grant.role, tuple(given.items()), float(expires), grant)


def values(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A claim's texts; `realm_access.roles` reaches into a claim where no claim has that name."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return (found,)
    return tuple(str(item) for item in found) if isinstance(found, list) else ()
