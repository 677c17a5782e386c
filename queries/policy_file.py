"""Reads policy.toml into rules: every field is checked, and every complaint names its place."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from data import private
from queries.grants import (
    ALL,
    HOW,
    LOCAL,
    FileKind,
    Grant,
    Part,
    PolicyError,
    Role,
    Rules,
    Sight,
)
from queries.release import POLICIES, UNGRANTED, PolicyName
from queries.scope import LIMITS, UNITS, Scope
from queries.selection import FIELDS, Selection, SelectionError

VARIABLE = "DASHBOARD_POLICY"
BUNDLED = Path(__file__).resolve().parent.parent / "policy.toml"
ROLES = ("leader", "analyst", "briefing", "steward", "administrator")
SWITCHES = {"by_prefecture": "towns", "by_age": "ages", "by_gang": "by_gang"}
REQUIRED = ("origins", "destinations", "finest", *SWITCHES, "screen", "exports", "files", "sees")
OPTIONAL = ("prefectures", "gangs", "granted", "most_rows")
GRANTABLE = tuple(name for name in POLICIES if name not in (*UNGRANTED, "public"))


def place() -> Path:
    """The policy file in force: what DASHBOARD_POLICY names, else the bundled one."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else BUNDLED


def use(path: Path | None) -> None:
    """Let this process and those it starts use another policy file; None leaves it as it is."""
    if path is not None:
        os.environ[VARIABLE] = str(path.resolve())


def in_force() -> Rules:
    """The rules in force, read once a process; raises PolicyError."""
    return _kept(place())


@cache
def _kept(path: Path) -> Rules:
    return read(path)


def read(path: Path) -> Rules:
    """A policy file; one that is not the bundled one must be this user's alone.

    Raises PolicyError naming the place and the remedy.
    """
    try:
        if path.resolve() != BUNDLED:
            private.check(path)
        said = tomllib.loads(path.read_text("utf-8"))
    except private.Exposed as problem:
        raise PolicyError(str(problem)) from None
    except OSError as problem:
        raise PolicyError(
            f"The policy {path} cannot be read ({problem.strerror}): name another with {VARIABLE}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise PolicyError(f"{path} is no TOML ({problem}); {HOW}") from None
    return Reader(path).rules(said)


class Reader:
    """The tables of one policy file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rules(self, said: Mapping[str, Any]) -> Rules:
        """The rules that the file says; raises PolicyError."""
        tables = said.get("roles")
        if set(said) != {"roles"} or not isinstance(tables, dict):
            raise self._wrong("", "must hold tables [roles.NAME] and nothing else")
        unknown = sorted(set(tables) - {*ROLES, LOCAL})
        if unknown:
            raise self._wrong(
                f"roles.{unknown[0]}", f"is no role; one of {', '.join(ROLES)}, local"
            )
        if LOCAL not in tables:
            raise self._wrong("roles.local", "is missing: it is for whoever uses this machine")
        return Rules(MappingProxyType({name: self._role(name, tables[name]) for name in tables}))

    def _role(self, name: str, said: Any) -> Role:
        place = f"roles.{name}"
        if not isinstance(said, dict):
            raise self._wrong(place, "must be a table")
        required = REQUIRED if name == LOCAL else ("claims", *REQUIRED)
        missing = [field for field in required if field not in said]
        unknown = sorted(set(said) - {*required, *OPTIONAL})
        if missing:
            raise self._wrong(f"{place}.{missing[0]}", "is missing: nothing is granted by default")
        if unknown:
            raise self._wrong(f"{place}.{unknown[0]}", f"is no field; {HOW}")
        parts = {field: self._part(place, field, said[field]) for field in LIMITS if field in said}
        if name == LOCAL and any(part.claim for part in parts.values()):
            raise self._wrong(place, 'has no claims to take a scope from: write codes or "all"')
        claims = self._claims(place, said["claims"]) if name != LOCAL else ()
        return Role(name, claims, tuple(parts.items()), self._grant(name, place, said, parts))

    def _grant(
        self, name: str, place: str, said: Mapping[str, Any], parts: Mapping[str, Part]
    ) -> Grant:
        granted = self._words(f"{place}.granted", said.get("granted", []), GRANTABLE)
        floor: dict[str, Any] = {
            "finest": self._word(f"{place}.finest", said["finest"], UNITS),
            "granted": granted,
        }
        for field, ours in SWITCHES.items():
            if not isinstance(said[field], bool):
                raise self._wrong(f"{place}.{field}", "must be true or false")
            floor[ours] = said[field]
        if "prefectures" in parts and not floor["towns"]:
            raise self._wrong(f"{place}.by_prefecture", "must be true where prefectures are given")
        screen, exports = (self._policy(place, field, said[field], granted)
                           for field in ("screen", "exports"))  # fmt: skip
        return Grant(
            name,
            Scope(policy=screen, **floor),
            Scope(policy=exports, **floor),
            frozenset(self._words(f"{place}.files", said["files"], get_args(FileKind))),
            frozenset(self._words(f"{place}.sees", said["sees"], get_args(Sight))),
            self._most(place, said.get("most_rows")),
        )

    def _policy(
        self, place: str, field: str, said: Any, granted: Sequence[str]
    ) -> PolicyName | None:
        """The policy of release; None for `protected`, so that published figures stay public."""
        where = f"{place}.{field}"
        name: PolicyName = self._word(where, said, [one for one in POLICIES if one != "public"])
        if name not in (*UNGRANTED, *granted):
            raise self._wrong(
                where,
                f"is {name}, which is weaker than protected: grant it by name,"
                f' granted = ["{name}"], or write protected or strict',
            )
        return None if name == "protected" else name

    def _part(self, place: str, field: str, said: Any) -> Part:
        where = f"{place}.{field}"
        if said == ALL:
            return Part()
        if isinstance(said, dict):
            return self._claimed(where, field, said)
        return Part(self._known(where, field, said))

    def _claimed(self, where: str, field: str, said: Mapping[str, Any]) -> Part:
        if not set(said) <= {"claim", "map"} or not isinstance(said.get("claim"), str):
            raise self._wrong(where, 'must be { claim = "NAME" }, with a map where values differ')
        named = said.get("map", {})
        if not isinstance(named, dict):
            raise self._wrong(f"{where}.map", "must be a table of values and their codes")
        pairs = (
            (value, None if codes == ALL else self._known(f"{where}.map.{value}", field, codes))
            for value, codes in named.items()
        )
        return Part(claim=said["claim"], named=tuple(pairs))

    def _known(self, where: str, field: str, said: Any) -> tuple[str, ...]:
        values = self._texts(where, said)
        try:
            codes = getattr(Selection().replace(**{field: values}), field)
        except SelectionError as problem:
            raise self._wrong(where, f"names what there is not ({problem})") from None
        if codes is None:
            raise self._wrong(where, f'names all of {FIELDS[field].codes}: write "{ALL}"')
        return tuple(codes)

    def _claims(self, place: str, said: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
        if not isinstance(said, dict) or not said:
            raise self._wrong(f"{place}.claims", 'must be a table such as { roles = ["leader"] }')
        return tuple((name, self._texts(f"{place}.claims.{name}", said[name])) for name in said)

    def _texts(self, where: str, said: Any) -> tuple[str, ...]:
        if not isinstance(said, list) or not said:
            raise self._wrong(where, "must be a list of texts that is not empty")
        if not all(isinstance(text, str) and text for text in said):
            raise self._wrong(where, "must be a list of texts")
        return tuple(said)

    def _word(self, where: str, said: Any, known: Sequence[Any]) -> Any:
        if said not in known:
            raise self._wrong(where, f"must be one of {', '.join(known)}, got {said!r}")
        return said

    def _words(self, where: str, said: Any, known: Sequence[Any]) -> tuple[Any, ...]:
        if not isinstance(said, list):
            raise self._wrong(where, "must be a list")
        return tuple(self._word(where, word, known) for word in said)

    def _most(self, place: str, said: Any) -> int | None:
        if said is not None and (isinstance(said, bool) or not isinstance(said, int) or said < 1):
            raise self._wrong(f"{place}.most_rows", "must be a whole number above 0")
        return said

    def _wrong(self, where: str, problem: str) -> PolicyError:
        return PolicyError(f"{self.path}: {f'{where} ' if where else ''}{problem}.")
