"""The bill of materials and the audit of what is on it."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "tests" / "schemas"
PINS = (ROOT / "requirements.txt").read_text("utf-8")


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, f".make/{script}.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("bill")
    for name in ("first", "second"):
        done = run("sbom", str(out / name))
        assert done.returncode == 0, done.stderr
    assert (out / "first").read_bytes() == (out / "second").read_bytes()
    assert not re.search(r"\d{4}-\d\d-\d\dT", (out / "first").read_text("utf-8"))
    return dict(json.loads((out / "first").read_text("utf-8")))


def test_the_bill_is_valid_by_the_standards_own_schema(bill: dict[str, Any]):
    read = [json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.json")]
    registry: Registry[Any] = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in read
    )
    own = next(schema for schema in read if "bom-1.6" in schema["$id"])
    check = jsonschema.Draft7Validator(own, registry=registry)
    assert [error.message for error in check.iter_errors(bill)] == []
    assert list(check.iter_errors(bill | {"specVersion": 7, "components": [{"name": "x"}]}))


def test_the_bill_lists_every_pin_with_its_hashes_and_no_address(bill: dict[str, Any]):
    listed = {f"{one['name']}=={one['version']}" for one in bill["components"]}
    assert listed == set(re.findall(r"^[a-z0-9-]+==[^ \\]+", PINS, re.MULTILINE))
    hashes = {one["content"] for part in bill["components"] for one in part["hashes"]}
    assert hashes == set(re.findall(r"sha256:([0-9a-f]{64})", PINS))
    assert all(part["hashes"] for part in bill["components"])
    addresses = set(re.findall(r"https?://[^\"/ ]+", json.dumps(bill)))
    assert addresses == {"http://cyclonedx.org"}


def test_the_bill_says_what_the_product_runs_with_and_what_it_is_tested_with(
    bill: dict[str, Any],
):
    scopes = {one["name"]: one["scope"] for one in bill["components"]}
    assert {scopes[name] for name in ("streamlit", "duckdb", "starlette", "anyio")} == {"required"}
    assert {scopes[name] for name in ("pytest", "ruff", "playwright")} == {"excluded"}
    needs = {one["ref"]: one["dependsOn"] for one in bill["dependencies"]}
    known = {one["bom-ref"] for one in bill["components"]}
    assert {ref for refs in needs.values() for ref in refs} <= known
    assert any("pandas" in ref for ref in needs[next(ref for ref in known if "streamlit@" in ref)])
    assert sum("licenses" in one for one in bill["components"]) > 0.8 * len(known)


def advisory(name: str, **affected: Any) -> dict[str, Any]:
    package = {"ecosystem": "PyPI", "name": name}
    return {"id": f"TEST-{name}", "affected": [{"package": package, **affected}]}


def span(*events: dict[str, str]) -> dict[str, Any]:
    return {"ranges": [{"type": "ECOSYSTEM", "events": list(events)}]}


def version(name: str) -> str:
    found = re.search(rf"^{name}==([^ \\]+)", PINS, re.MULTILINE)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (advisory("DuckDB", versions=[version("duckdb")]), True),
        (advisory("duckdb", versions=["0.1"]), False),
        (advisory("duckdb", **span({"introduced": "0"})), True),
        (advisory("duckdb", **span({"introduced": "0"}, {"fixed": version("duckdb")})), False),
        (advisory("duckdb", **span({"introduced": "0"}, {"fixed": "999"})), True),
        (advisory("duckdb", **span({"introduced": "999"})), False),
        (advisory("duckdb", **span({"introduced": "0"}, {"last_affected": "0.9"})), False),
        (advisory("duckdb", **span({"introduced": "0"}, {"last_affected": version("duckdb")})),
         True),
        (advisory("no-package-of-ours", **span({"introduced": "0"})), False),
        (advisory("duckdb", **span({"introduced": "0"})) | {"withdrawn": "2024"}, False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("packed", [False, True])
def test_an_advisory_is_found_where_it_speaks_of_a_pinned_version(
    record: dict[str, Any], found: bool, packed: bool, tmp_path: Path
):
    place = tmp_path / ("osv.zip" if packed else "PYSEC.json")
    if packed:
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("PYSEC.json", json.dumps(record))
    else:
        place.write_text(json.dumps(record), "utf-8")
    done = run("audit", str(place if packed else tmp_path))
    assert done.returncode == int(found)
    assert ("TEST-" in done.stdout) == found
    assert "1 advisories" in done.stdout


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ([{"name": "a", "version": "1", "vulns": []}], 0),
        ([{"name": "a", "version": "1", "vulns": [{"id": "TEST-1"}]}], 1),
        ([{"name": "a", "version": "1", "skip_reason": "not found on the index"}], 3),
        ([], 3),
        (None, 3),
    ],
)
def test_pip_audit_passes_only_what_it_looked_up(
    answer: list[dict[str, Any]] | None,
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    said = "no network" if answer is None else json.dumps({"dependencies": answer})
    (tmp_path / "pip_audit.py").write_text(f"print({said!r})", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = run("audit")
    assert done.returncode == status, done.stderr
    assert ("TEST-1" in done.stdout) == (status == 1)


def test_without_advisories_the_audit_says_so_and_does_not_pass(tmp_path: Path):
    for arguments in ((), (str(tmp_path),), (str(tmp_path / "none"),)):
        done = run("audit", *arguments)
        assert done.returncode == 3
        assert "Nothing was audited" in done.stderr and "ADVISORIES=" in done.stderr
