"""Policy files for the tests: the bundled one with some of it changed, kept as it must be kept."""

import re
from pathlib import Path

from queries.policy_file import BUNDLED

ROLES = ("leader", "analyst", "briefing", "steward", "administrator")
REGIONS = {"roles": ("analyst",), "regions": ("CN-FJ",)}


def section(text: str, role: str) -> str:
    """The lines of one role, its heading left out."""
    return text.split(f"[roles.{role}]", 1)[1].split("\n[roles.", 1)[0]


def changed(text: str, role: str, **fields: str) -> str:
    """The text with fields of one role in other TOML; an empty one is taken out."""
    old = new = section(text, role)
    for name, value in fields.items():
        line = f"{name} = {value}\n" if value else ""
        new, count = re.subn(rf"(?m)^{name} = .*\n", lambda _, line=line: line, new)
        new += "" if count else line
    return text.replace(old, new)


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    """A policy file of an administrator's own."""
    path = folder / "own-policy.toml"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


def own(folder: Path, role: str = "local", **fields: str) -> Path:
    """The bundled policy with fields of one role changed."""
    return written(folder, changed(BUNDLED.read_text("utf-8"), role, **fields))


def as_local(folder: Path, role: str, **fields: str) -> Path:
    """The bundled policy where whoever uses this machine has what a role has."""
    text = BUNDLED.read_text("utf-8")
    theirs = re.sub(r"(?m)^claims = .*\n", "", section(text, role))
    return written(folder, changed(text.replace(section(text, "local"), theirs), "local", **fields))
