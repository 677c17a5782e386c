"""What a person may see and take away: policy.toml read, checked and applied to verified claims.

Nobody gets a role by default. It must not know how claims are verified, nor what a screen shows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from queries.scope import Scope
from queries.selection import Selection, SelectionError

LOCAL = "local"
ALL = "all"
HOW = "see Roles and scopes in the README"
FileKind = Literal["picture", "table"]
Sight = Literal["loading", "log"]
Given = Mapping[str, tuple[str, ...]]


class PolicyError(Exception):
    """A policy file at fault; the message names the place in it and the remedy."""


class NoRole(Exception):
    """Claims that give no role (`no role`), or no region that is known here (`no scope`)."""


class ExportRefused(PermissionError):
    """A file that the role may not take away; `right` is what it lacks."""

    def __init__(self, message: str, right: str) -> None:
        super().__init__(message)
        self.right = right


@dataclass(frozen=True)
class Grant:
    """What one role, with its claims, may see and take away.

    scope: on the screen; exported: in files. files: kinds of file. most_rows: rows of a table,
    None without a bound. sees: what stands beside the figures.
    """

    role: str
    scope: Scope
    exported: Scope
    files: frozenset[FileKind]
    sees: frozenset[Sight]
    most_rows: int | None = None

    def check(self, kind: FileKind, scope: Scope, rows: int) -> None:
        """Raises ExportRefused where a file of this kind, from an answer under this scope and of so
        many rows, must not leave."""
        if kind not in self.files:
            raise ExportRefused(f"your role ({self.role}) may take no {kind} away", kind)
        if scope != self.exported:
            message = "these figures were not released for files of your role; ask for them again"
            raise ExportRefused(message, "released")
        if kind == "table" and self.most_rows is not None and rows > self.most_rows:
            raise ExportRefused(
                f"the table has {rows:,} rows and your role may take {self.most_rows:,} away:"
                " ask for fewer months or places",
                "rows",
            )


@dataclass(frozen=True)
class Part:
    """One limit of a role: all of it (None), fixed codes, or what a claim says, by a map."""

    codes: tuple[str, ...] | None = None
    claim: str = ""
    named: tuple[tuple[str, tuple[str, ...] | None], ...] = ()


@dataclass(frozen=True)
class Role:
    """One role of the file: whose claims give it, its limits, and its grant without them."""

    name: str
    claims: tuple[tuple[str, tuple[str, ...]], ...]
    parts: tuple[tuple[str, Part], ...]
    grant: Grant

    def fits(self, given: Given) -> bool:
        """Whether claims give this role."""
        return any(set(given.get(name, ())) & set(wanted) for name, wanted in self.claims)

    def granted(self, given: Given) -> Grant:
        """The grant that claims fill in; raises NoRole for a region that is not known here."""
        limits = {name: _limit(name, part, given) for name, part in self.parts}
        scope, exported = self.grant.scope.limited(limits), self.grant.exported.limited(limits)
        return replace(self.grant, scope=scope, exported=exported)


@dataclass(frozen=True)
class Rules:
    """A whole policy file, checked."""

    roles: Mapping[str, Role]

    @property
    def claims(self) -> tuple[str, ...]:
        """Names of every claim the file reads, in order."""
        named = [name for role in self.roles.values() for name, _ in role.claims]
        named += [part.claim for role in self.roles.values() for _, part in role.parts]
        return tuple(dict.fromkeys(filter(None, named)))

    def grant(self, given: Given) -> Grant:
        """What verified claims give: the first role that fits; raises NoRole."""
        for role in self.roles.values():
            if role.fits(given):
                return role.granted(given)
        raise NoRole("no role")

    @property
    def scopes(self) -> frozenset[Scope]:
        """The scopes of roles that no claim narrows."""
        fixed = (one for one in self.roles.values() if not any(part.claim for _, part in one.parts))
        return frozenset(role.granted({}).scope for role in fixed)

    def local(self) -> Grant:
        """What whoever uses this machine may see, without sign-in."""
        return self.roles[LOCAL].granted({})


def _limit(name: str, part: Part, given: Given) -> tuple[str, ...] | None:
    if not part.claim:
        return part.codes
    known = dict(part.named)
    found: list[str] = []
    for value in given.get(part.claim, ()):
        if value not in known:
            found.append(value)
        elif (codes := known[value]) is None:
            return None
        else:
            found += codes
    if not found:
        raise NoRole("no scope")
    return _codes(name, tuple(found))


def _codes(name: str, values: Sequence[str]) -> tuple[str, ...] | None:
    """Codes, presets and regions as codes in order; raises NoRole for one that is not known."""
    try:
        codes: tuple[str, ...] | None = getattr(Selection().replace(**{name: tuple(values)}), name)
    except SelectionError:
        raise NoRole("no scope") from None
    return codes
