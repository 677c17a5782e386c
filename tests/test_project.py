"""The project's own papers: pins, imports, layers of files, README and the commands it names."""

import ast
import re
import tomllib
from importlib import metadata
from itertools import pairwise
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dashboard import charts, findings
from queries.questions import questions

ROOT = Path(__file__).parent.parent
PACKAGES = ("data", "queries", "dashboard")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
DIRECT = [Requirement(line) for line in PYPROJECT["project"]["dependencies"]]
WRITTEN = [*DIRECT, *map(Requirement, PYPROJECT["dependency-groups"]["dev"])]
PINS = (ROOT / "requirements.txt").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")

PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>[^\\]+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
OPTIONAL = {"fontTools"}  # dashboard/subset.py, which makes the committed fonts


def pinned() -> dict[str, str]:
    """Names and versions that requirements.txt gives this interpreter."""
    found = {}
    for line in PINS.splitlines():
        if match := PIN.match(line):
            requirement = Requirement(line.removesuffix(" \\"))
            if requirement.marker is None or requirement.marker.evaluate():
                found[match["name"]] = match["version"]
    return found


def sources(*patterns: str) -> list[Path]:
    files = [
        path
        for pattern in patterns
        for folder in PACKAGES
        for path in (ROOT / folder).rglob(pattern)
    ]
    assert files
    return files


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    return plain | {
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module
    }


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


def test_every_package_a_person_wrote_down_is_pinned_to_the_same_version():
    for requirement in WRITTEN:
        if requirement.marker is None or requirement.marker.evaluate():
            version = pinned()[canonicalize_name(requirement.name)]
            assert str(requirement.specifier) == f"=={version}", requirement.name


def test_every_package_that_a_pinned_one_needs_is_pinned_too():
    missing = []
    for name in pinned():
        for line in metadata.requires(name) or []:
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                version = pinned().get(canonicalize_name(needed.name))
                if version is None or not needed.specifier.contains(version, prereleases=True):
                    missing.append(f"{name} needs {line}")
    assert missing == []


def test_what_is_installed_is_what_is_pinned():
    installed = {name: metadata.version(name) for name in pinned()}
    assert installed == pinned()


def test_requirements_hold_pins_and_hashes_and_nothing_else():
    lines = [line for line in PINS.splitlines() if not line.startswith("#")]
    assert [line for line in lines if not PIN.match(line) and not HASH.match(line)] == []
    for above, below in pairwise(lines):
        assert not PIN.match(above) or HASH.match(below), f"no hash for {above}"


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.txt", "Makefile", ".ci/run"])
def test_no_package_address_is_written_down(name: str):
    assert "://" not in (ROOT / name).read_text("utf-8")


def test_every_import_is_in_the_hand_written_list():
    allowed = {canonicalize_name(requirement.name) for requirement in DIRECT}
    owners = metadata.packages_distributions()
    strays = set()
    for path in sources("*.py"):
        for module in imported(path):
            top = module.split(".")[0]
            distributions = {canonicalize_name(name) for name in owners.get(top, [])}
            if distributions and not distributions & allowed and top not in OPTIONAL:
                strays.add(f"{path.relative_to(ROOT)} imports {module}")
    assert strays == set()


@pytest.mark.parametrize(
    ("folder", "stranger"),
    [
        ("data", r"queries|dashboard|streamlit|plotly"),
        ("queries", r"dashboard|streamlit|plotly"),
        ("dashboard", r"duckdb"),
        ("dashboard/charts", r"streamlit|queries\.store|data\.snapshots"),
        ("dashboard/findings", r"streamlit|plotly|queries\.store|data\.snapshots"),
    ],
)
def test_imports_point_one_way(folder: str, stranger: str):
    files = list((ROOT / folder).rglob("*.py"))
    assert files
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in files
        for module in imported(path)
        if re.match(rf"({stranger})(\.|$)", module)
    ]
    assert wrong == []


def test_duckdb_is_met_only_where_data_is_read_and_kept():
    users = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "data").rglob("*.py")
        if any(module.split(".")[0] == "duckdb" for module in imported(path))
    }
    allowed = ("data/snapshots.py", "data/load.py", "data/loading/")
    assert {name for name in users if not name.startswith(allowed)} == set()


def test_only_the_filters_touch_the_session_and_the_address():
    pattern = re.compile(r"session_state|query_params")
    users = {
        path.relative_to(ROOT).as_posix()
        for path in sources("*.py")
        if pattern.search(path.read_text("utf-8"))
    }
    assert users <= {"dashboard/filters.py", "dashboard/bar.py"}


def test_no_page_writes_html_of_its_own():
    pattern = re.compile(
        r"unsafe_allow_html|unsafe_allow_javascript|st\.html\(|components\.v1|px\."
    )
    users = [path for path in sources("*.py") if pattern.search(path.read_text("utf-8"))]
    assert users == []


def test_no_file_is_longer_than_three_hundred_lines():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources("*.py", "*.sql")
        if (lines := len(path.read_text("utf-8").splitlines())) > 300
    }
    assert long == {}


def test_every_module_opens_with_a_sentence_and_every_public_function_is_documented():
    bare = []
    for path in sources("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        documented = [
            node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
        ]
        bare += [f"{path.relative_to(ROOT)}"] * (ast.get_docstring(tree) is None)
        bare += [
            f"{path.relative_to(ROOT)}: {node.name}"
            for node in documented
            if not node.name.startswith("_") and ast.get_docstring(node) is None
        ]
    assert bare == []


def test_every_question_has_a_drawing_and_a_sentence():
    assert set(charts.FORMS) == set(questions())
    assert set(findings.SENTENCES) == set(questions())


def test_readme_names_only_commands_that_exist():
    assert set(re.findall(r"\bmake ([a-z]+)\b(?= *[A-Z`\n#])", README)) <= targets()
    for module in set(re.findall(r"python -m ([a-z][a-z_.]*)", README)):
        place = ROOT / module.replace(".", "/")
        assert (place / "__main__.py").is_file() or place.with_suffix(".py").is_file(), module


def test_readme_opens_with_one_sentence_a_picture_and_the_two_commands():
    first = README.split("\n## ", 1)[0]
    assert first.index("![") < first.index("make run") < first.index("make test")


def test_readme_points_only_at_files_that_are_there():
    places = re.findall(r"\]\((?!http)([^)#]+)", README)
    assert places
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_the_makefile_says_what_it_can_do():
    for target in targets() - {"help"}:
        assert f"make {target}" in MAKEFILE


def test_the_build_runs_the_commands_of_the_readme():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "make lint" in script
    assert script.rstrip().endswith("make test")
    assert "make test" in README
