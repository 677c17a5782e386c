"""Who is at the screen and what they may see; it must not know how people sign in."""

from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import filters
from dashboard.gate import door
from data import audit
from data.audit import Actor
from queries import policy_file
from queries.grants import Grant
from queries.scope import Scope

UNRECORDED = "unrecorded"


def actor() -> Actor:
    """The subject and role of whoever is asking; without sign-in, whoever uses this machine.

    What the service asks itself, for no page, is its own.
    """
    if get_script_run_ctx(suppress_warning=True) is None:
        return audit.LOCAL
    visitor = door.visitor()
    return audit.LOCAL if visitor == door.LOCAL else Actor(visitor.subject, visitor.role)


def grant() -> Grant:
    """What whoever is asking may see and take away: what their claims gave at sign-in; without
    sign-in, the policy's local role.

    Raises PermissionError for a visitor without a grant.
    """
    if door.DOOR.registry is None:
        return policy_file.in_force().local()
    visitor = door.visitor()
    if visitor.grant is None:
        raise PermissionError("nothing is granted to this sign-in; sign out and in again")
    return visitor.grant


def scopes() -> frozenset[Scope]:
    """The scopes that readers have whom no claim narrows."""
    rules = policy_file.in_force()
    return frozenset({rules.local().scope}) if door.DOOR.registry is None else rules.scopes


def may_see_the_log() -> bool:
    """Whether the audit log may be shown."""
    return "log" in grant().sees


def ask_log() -> None:
    """Ask the audit log, once a page run and not once a card, whether files may leave."""
    filters.remember(UNRECORDED, audit.problem())


def unrecorded() -> str:
    """Why no file may leave, as the log said at the start of this page run; empty where one may.

    Buttons alone follow it: whoever makes the file asks the log itself.
    """
    return str(filters.remembered(UNRECORDED, ""))
