"""What of the filter panels a scope leaves: controls and options outside it are not offered.

Nothing is protected here, the query layer refuses them anyway; it must not know Streamlit.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from dashboard.panels import Control
from queries import spans
from queries.scope import Scope
from queries.selection import FIELDS, Selection, groups

GROUPS = {
    "origin-presets": "origins",
    "prefecture-presets": "prefectures",
    "destination-presets": "destinations",
    "destination-regions": "destinations",
}
ENDS = ("since", "until")
OF_MONTHS = "last_12"


def within(controls: Iterable[Control], scope: Scope) -> Iterator[Control]:
    """The controls with the options that lie within a scope; those without any left out."""
    for control in controls:
        if control.name == "time":
            yield _times(control, scope)
        elif control.name in ENDS:
            yield _ends(control, scope)
        elif (left := _codes(control, scope)) is not None:
            yield left


def _codes(control: Control, scope: Scope) -> Control | None:
    field = GROUPS.get(control.name, control.name)
    allowed = scope.allowed(field) if field in FIELDS else None
    if allowed is None:
        return control
    known = groups(field) if control.name in GROUPS else {}
    kept = tuple(code for code in control.options if set(known.get(code, (code,))) <= set(allowed))
    value = [code for code in control.value if code in kept]
    return replace(control, options=kept, value=value) if kept else None


def _times(control: Control, scope: Scope) -> Control:
    if scope.finest == "month":
        return control
    kept = tuple(name for name in control.options if name != OF_MONTHS)
    value = control.value if control.value in kept else kept[-1]
    return replace(control, options=kept, value=value, apply=_aligned(control, scope))


def _ends(control: Control, scope: Scope) -> Control:
    if scope.finest == "month":
        return control

    def whole(month: date) -> date:
        return spans.whole(month, scope.finest, last=control.name == "until")

    kept = tuple(dict.fromkeys(map(whole, control.options)))
    return replace(
        control,
        options=kept,
        labels={month: f"{month:%Y-%m}" for month in kept},
        value=whole(control.value),
        apply=_aligned(control, scope),
    )


def _aligned(control: Control, scope: Scope) -> Callable[[Selection, Any], Selection]:
    """The control's pick with its months widened to whole quarters or years."""

    def apply(now: Selection, picked: Any) -> Selection:
        made = control.apply(now, picked)
        since = made.since and spans.whole(made.since, scope.finest)
        until = made.until and spans.whole(made.until, scope.finest, last=True)
        return made.replace(since=since, until=until)

    return apply
