"""Who is at the screen, as the audit log names them; it must not know how people sign in."""

from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.gate import door
from data import audit
from data.audit import Actor

MAY_SEE_THE_LOG = ("administrator",)


def actor() -> Actor:
    """The subject and role of whoever is asking; without sign-in, whoever uses this machine.

    What the service asks itself, for no page, is its own.
    """
    if get_script_run_ctx(suppress_warning=True) is None:
        return audit.LOCAL
    visitor = door.visitor()
    return audit.LOCAL if visitor == door.LOCAL else Actor(visitor.subject, visitor.role)


def may_see_the_log() -> bool:
    """Whether the audit log may be shown: to administrators, and to whoever uses this machine."""
    return actor() == audit.LOCAL or actor().role in MAY_SEE_THE_LOG
