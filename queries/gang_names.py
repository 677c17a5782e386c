"""Which gangs a snapshot names to a scope, and those spelled nearest to one it does not name."""

from difflib import get_close_matches

from queries import compose
from queries.facts import COHORT_FILTERS, chosen
from queries.periods import periods
from queries.running import Opened, Run
from queries.scope import Scope
from queries.selection import Selection

FEW = 3


def read(opened: Opened, scope: Scope) -> tuple[str, ...]:
    """Names of the gangs whose cohorts are within a scope, sorted."""
    selection = scope.narrow(Selection())
    kept = [chosen(COHORT_FILTERS.get(name, "gang"), name) for name in selection.active]
    sql = " and ".join(["select distinct gang from cohorts where gang is not null", *kept])
    values = compose.values(selection, periods(selection, opened.manifest), opened.manifest)
    rows = Run(opened, sql, values).rows()
    return tuple(sorted(rows["gang"]))


def near(gang: str, known: tuple[str, ...]) -> str:
    """The nearest names in words, or the first few where none is near."""
    if not known:
        return "these data name no gang"
    folded = {name.casefold(): name for name in known}
    close = get_close_matches(gang.casefold(), folded, n=FEW)
    more = ["..."] if len(known) > FEW else []
    named = [folded[name] for name in close] or [*known[:FEW], *more]
    return f"nearest: {', '.join(named)}"
