"""What the reader may ask for, as one frozen value; wider asks are refused, never trimmed quietly.

It must not know how a claim becomes a scope, nor how a question is answered.
"""

from dataclasses import dataclass, fields
from typing import Any

from queries.selection import Selection


class ScopeError(PermissionError):
    """A selection that names codes outside the reader's scope."""


@dataclass(frozen=True)
class Scope:
    """Codes a reader may see in each dimension; None means all of it."""

    origins: tuple[str, ...] | None = None
    prefectures: tuple[str, ...] | None = None
    destinations: tuple[str, ...] | None = None
    gangs: tuple[str, ...] | None = None

    @classmethod
    def everything(cls) -> "Scope":
        """The scope without limits."""
        return cls()

    def narrow(self, selection: Selection) -> Selection:
        """The selection with "all" read as "all I may see".

        Raises ScopeError when it names a code outside the scope.
        """
        limits = {limit.name: getattr(self, limit.name) for limit in fields(self)}
        changes = {
            name: _within(name, getattr(selection, name), allowed)
            for name, allowed in limits.items()
            if allowed is not None
        }
        return selection.replace(**changes) if changes else selection


def _within(name: str, asked: tuple[str, ...] | None, allowed: tuple[str, ...]) -> Any:
    if not allowed:
        raise ScopeError(f"{name}: your scope holds none; ask the administrator")
    outside = [code for code in asked or () if code not in allowed]
    if outside:
        raise ScopeError(
            f"{name}: {len(outside)} outside your scope: {', '.join(outside[:5])}; "
            f"you may ask for {', '.join(allowed[:5])}"
        )
    return asked or allowed
