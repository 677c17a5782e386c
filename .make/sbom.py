"""Writes the software bill of materials, CycloneDX 1.6 JSON, from requirements.txt.

Name, version and hashes come from the pins; licences and who needs whom from what is installed. The
same pins and packages give the same bytes: no time, and a serial number made of the content.
"""

import json
import re
import sys
import tomllib
import uuid
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+?))? *\\?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
Node = dict[str, Any]


def pins(text: str) -> list[Node]:
    """Every pin of a requirements file: name, version, marker, hashes."""
    found: list[Node] = []
    for line in text.splitlines():
        if match := PIN.match(line):
            found.append({**match.groupdict(), "hashes": []})
        elif found:
            found[-1]["hashes"] += HASH.findall(line)
    return found


def reference(pin: Node) -> str:
    """The package URL by which a component is known."""
    return f"pkg:pypi/{pin['name']}@{pin['version']}"


def component(pin: Node, runs: bool) -> Node:
    """A pinned package; `scope` says whether the product runs with it or tests use it."""
    made: Node = {
        "type": "library",
        "bom-ref": reference(pin),
        "name": pin["name"],
        "version": pin["version"],
        "purl": reference(pin),
        "scope": "required" if runs else "excluded",
        "hashes": [{"alg": "SHA-256", "content": one} for one in sorted(pin["hashes"])],
    }
    if named := licence(pin["name"]):
        made["licenses"] = [named]
    if pin["marker"]:
        made["properties"] = [{"name": "python:marker", "value": pin["marker"]}]
    return made


def licence(name: str) -> Node | None:
    """What an installed package says its licence is, as an SPDX expression or by its own name."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if expression := about.get("License-Expression"):
        return {"expression": expression}
    said = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier") or ()
            if one.startswith("License ::")]  # fmt: skip
    named = "; ".join(said) or next(iter((about.get("License") or "").splitlines()), "")
    return {"license": {"name": named[:120]}} if named else None


def needs(name: str, known: dict[str, str]) -> list[str]:
    """References of the pinned packages that an installed one needs here."""
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    wanted = [one for one in map(Requirement, lines)
              if one.marker is None or one.marker.evaluate({"extra": ""})]  # fmt: skip
    return sorted({known[key] for one in wanted if (key := canonicalize_name(one.name)) in known})


def reached(first: list[str], graph: dict[str, list[str]]) -> set[str]:
    """Everything that can be come to from some references."""
    waiting, found = list(first), set[str]()
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += graph.get(one, [])
    return found


def bill(root: Path = ROOT) -> Node:
    """The whole document."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    listed = pins((root / "requirements.txt").read_text("utf-8"))
    known = {pin["name"]: reference(pin) for pin in listed}
    direct = sorted({known[canonicalize_name(Requirement(line).name)]
                     for line in project["dependencies"]})  # fmt: skip
    graph = {reference(pin): needs(pin["name"], known) for pin in listed}
    running, own = reached(direct, graph), f"{project['name']}@{project['version']}"
    product = {"type": "application", "bom-ref": own, "name": project["name"],
               "version": project["version"], "description": project["description"]}  # fmt: skip
    made: Node = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": product},
        "components": [component(pin, reference(pin) in running) for pin in listed],
        "dependencies": [{"ref": own, "dependsOn": direct}]
        + [{"ref": one, "dependsOn": needed} for one, needed in graph.items()],
    }
    content = json.dumps(made, sort_keys=True)
    return made | {"serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}"}


if __name__ == "__main__":
    text = json.dumps(bill(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    Path(sys.argv[1]).write_text(text, "utf-8")
    print(f"{sys.argv[1]}: {len(json.loads(text)['components'])} packages")
