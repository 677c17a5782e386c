"""Reads how people sign in: one secrets file or the environment, checked before anything starts.

It must not know Streamlit. What is wrong is a SettingsError whose message names the remedy and
never a secret.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from data import private
from data.contracts import Words

MOVED = ("role_claim", "roles", "scope_claims")
FILE_VARIABLE = "DASHBOARD_SECRETS"
VARIABLE = "DASHBOARD_AUTH_"
CALLBACK = "/oauth2callback"
REQUIRED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
LEAST_SECRET = 32
LEAST_SIGNS = 12
HOW = "see Signing in in the README"


class SettingsError(Exception):
    """Why sign-in cannot be used as it is configured; the message names the remedy."""


@dataclass(frozen=True)
class Access:
    """How long a sign-in lasts, who is shut out, whom the refused may ask."""

    idle_minutes: float = 30
    session_hours: float = 8
    revoked: Path | None = None
    contact: Words | None = None


@dataclass(frozen=True)
class Login:
    """A checked [auth] configuration and its [access]."""

    auth: Mapping[str, Any] = field(repr=False)
    access: Access

    @property
    def origin(self) -> str:
        """Scheme, host and port at which browsers reach the dashboard."""
        parts = urlsplit(self.auth["redirect_uri"])
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def host(self) -> str:
        """The host's name alone."""
        return urlsplit(self.origin).hostname or ""

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by https."""
        return self.origin.startswith("https:")


def login(root: Path, environment: Mapping[str, str]) -> Login | None:
    """How people sign in, or None where nothing is configured; raises SettingsError."""
    named = environment.get(FILE_VARIABLE)
    path = Path(named) if named else root / ".streamlit" / "secrets.toml"
    if named and not path.is_file():
        raise SettingsError(f"{FILE_VARIABLE} names {path}, which is no file; {HOW}")
    said = read(path) if path.is_file() else {}
    auth = table(said, "auth") | {
        key: environment[f"{VARIABLE}{key.upper()}"]
        for key in REQUIRED
        if f"{VARIABLE}{key.upper()}" in environment
    }
    if not auth:
        return None
    checked(auth)
    return Login(MappingProxyType(auth), access(table(said, "access"), path.parent))


def read(path: Path) -> dict[str, Any]:
    """A secrets file that nobody but its owner, who is us, may read; raises SettingsError."""
    try:
        private.check(path)
    except private.Exposed as problem:
        raise SettingsError(str(problem)) from None
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path} is no TOML ({problem}); {HOW}") from None


def table(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A table of the file, empty where it has none; raises SettingsError for anything else."""
    found = said.get(name, {})
    if not isinstance(found, dict):
        raise SettingsError(f"{name} must be a table, [{name}]; {HOW}")
    return found


def checked(auth: Mapping[str, Any]) -> None:
    """Raise SettingsError where an [auth] table cannot be trusted to guard anything."""
    missing = [key for key in REQUIRED if not isinstance(auth.get(key), str) or not auth[key]]
    unknown = sorted(set(auth) - {*REQUIRED, "client_kwargs"})
    if missing or unknown:
        lacks = f"lacks {', '.join(missing)}" if missing else f"has the unknown {unknown[0]}"
        raise SettingsError(f"The [auth] configuration {lacks}; {HOW}")
    secret = auth["cookie_secret"]
    if len(secret) < LEAST_SECRET or len(set(secret)) < LEAST_SIGNS:
        raise SettingsError(
            f"cookie_secret must be random and at least {LEAST_SECRET} signs long: make one with"
            " python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    for key in ("redirect_uri", "server_metadata_url"):
        address(key, auth[key])
    if urlsplit(auth["redirect_uri"])[2:] != (CALLBACK, "", ""):
        raise SettingsError(f"redirect_uri must be the dashboard's origin and {CALLBACK}; {HOW}")


def address(key: str, url: str) -> None:
    """Raise SettingsError for an address that is no https, unless it stays on this machine."""
    parts = urlsplit(url)
    plain = parts.scheme == "http" and loopback(parts.hostname or "")
    if not parts.hostname or not (parts.scheme == "https" or plain):
        raise SettingsError(f"{key} must begin with https:// (http:// on this machine alone)")


def loopback(host: str) -> bool:
    """Whether a name or address can be reached from this machine alone."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def access(said: Mapping[str, Any], folder: Path) -> Access:
    """The [access] table; a relative path is beside the secrets file; raises SettingsError."""
    known = set(Access.__dataclass_fields__)
    if moved := [name for name in MOVED if name in said]:
        raise SettingsError(
            f"[access] {moved[0]}: policy.toml says whose claims give a role and a scope;"
            " see Roles and scopes in the README"
        )
    if unknown := sorted(set(said) - known):
        raise SettingsError(f"[access] has the unknown {unknown[0]}; it may hold {sorted(known)}")
    values = dict(said)
    if "contact" in values:
        values["contact"] = contact(values["contact"])
    if "revoked" in values:
        values["revoked"] = folder / str(values["revoked"])
        if not values["revoked"].is_file():
            raise SettingsError(f"[access] revoked: {values['revoked']} is no file; make it empty")
        if values["revoked"].stat().st_mode & private.CHANGE:
            raise SettingsError(
                f"[access] revoked: {values['revoked']} may be changed by other users: run chmod"
                f" go-w {values['revoked']}"
            )
    for key in ("idle_minutes", "session_hours"):
        number = values.get(key, 1)
        if isinstance(number, bool) or not isinstance(number, int | float) or not number > 0:
            raise SettingsError(f"[access] {key} must be a number above 0")
    return Access(**values)


def contact(said: Any) -> Words:
    """Whom the refused may ask, in both languages; raises SettingsError."""
    if not isinstance(said, dict) or set(said) != {"zh", "en"}:
        raise SettingsError("[access] contact must have zh and en")
    return Words(**said)
