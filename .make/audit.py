"""Looks every pinned package up in published advisories, and never passes for want of them.

Given a folder or a zip of OSV records (osv.dev offers one for PyPI), it needs no network; otherwise
pip-audit is asked where it is installed. Status 0: nothing known; 1: something; 3: not looked up.
"""

import importlib.util
import json
import runpy
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).parents[1]
KNOWN, UNASKED = 1, 3
WITHOUT = (
    "Nothing was audited: there are no advisories. Give a folder or zip of OSV records for PyPI"
    " (ADVISORIES=path), or install pip-audit into .venv and run this with a network."
)
Record = dict[str, Any]


def records(place: Path) -> Iterator[Record]:
    """Every OSV record of a zip or of a folder and those below it."""
    if place.is_dir():
        for path in sorted(place.rglob("*.json")):
            yield json.loads(path.read_text("utf-8"))
        return
    with zipfile.ZipFile(place) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".json"):
                yield json.loads(archive.read(name))


def affects(record: Record, name: str, version: str) -> bool:
    """Whether an advisory that still stands speaks of a version of a package."""
    if record.get("withdrawn"):
        return False
    return any(
        version in one.get("versions", ()) or any(map(_within(version), one.get("ranges", ())))
        for one in record.get("affected", ())
        if one.get("package", {}).get("ecosystem") == "PyPI"
        and canonicalize_name(one["package"].get("name", "")) == name
    )


def _within(version: str) -> Any:
    def within(span: Record) -> bool:
        if span.get("type") != "ECOSYSTEM":
            return False
        inside, mine = False, Version(version)
        for event in span.get("events", ()):
            (kind, text), *_ = event.items()
            try:
                edge = Version("0.dev0" if text == "0" else text)
            except InvalidVersion:
                continue
            if kind == "introduced" and mine >= edge:
                inside = True
            elif (kind == "fixed" and mine >= edge) or (kind == "last_affected" and mine > edge):
                inside = False
        return inside

    return within


def offline(place: Path, pins: list[Record]) -> int:
    """Print what the advisories say of the pins; the exit status."""
    looked, said = 0, []
    for record in records(place):
        looked += 1
        said += [f"{pin['name']} {pin['version']}: {record.get('id')} {record.get('summary', '')}"
                 for pin in pins if affects(record, pin["name"], pin["version"])]  # fmt: skip
    if not looked:
        print(WITHOUT, file=sys.stderr)
        return UNASKED
    print("\n".join([*said, f"{len(pins)} packages, {looked:,} advisories, {len(said)} found."]))
    return KNOWN if said else 0


def online() -> int:
    """Ask pip-audit, which asks the network; the exit status."""
    if importlib.util.find_spec("pip_audit") is None:
        print(WITHOUT, file=sys.stderr)
        return UNASKED
    command = [sys.executable, "-m", "pip_audit", "--requirement", "requirements.txt",
               "--disable-pip", "--require-hashes", "--progress-spinner", "off",
               "--format", "json"]  # fmt: skip
    asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        looked: list[Record] = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        print(f"{WITHOUT} pip-audit said: {asked.stderr.strip()[-300:]}", file=sys.stderr)
        return UNASKED
    # It passes packages that its index does not know; we do not.
    passed_over = [one["name"] for one in looked if "skip_reason" in one]
    said = [f"{one['name']} {one['version']}: {fault['id']}"
            for one in looked for fault in one.get("vulns", ())]  # fmt: skip
    print("\n".join([*said, f"{len(looked)} packages, {len(said)} found."]))
    if passed_over or not looked:
        print(
            f"{len(passed_over)} not looked up: {', '.join(passed_over[:5])} ...", file=sys.stderr
        )
    return KNOWN if said else UNASKED if passed_over or not looked else 0


def main() -> int:
    """Audit the pins of requirements.txt."""
    if len(sys.argv) < 2:
        return online()
    place = Path(sys.argv[1])
    if not place.exists():
        print(f"{place}: there is no such folder or zip. {WITHOUT}", file=sys.stderr)
        return UNASKED
    pins = runpy.run_path(str(ROOT / ".make" / "sbom.py"))["pins"]
    return offline(place, pins((ROOT / "requirements.txt").read_text("utf-8")))


if __name__ == "__main__":
    sys.exit(main())
