"""Fixtures everybody may use: the hand-sized data set, a small invented one, stores over both."""

import atexit
import gc
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas
import pytest

from data import snapshots
from data.__main__ import main
from data.contracts import Words
from data.manifest import Description
from queries.grants import Grant
from queries.scope import Scope
from queries.store import Store

STATE = tempfile.mkdtemp(prefix="dashboard-tests-")
os.environ["DASHBOARD_STATE"] = STATE
atexit.register(shutil.rmtree, STATE, ignore_errors=True)
TINY = Path(__file__).parent / "tiny"
EXACT = Scope(policy="exact", granted=("exact",))
SUPPRESSED = Scope(policy="suppressed", granted=("suppressed",))
FREE = Grant("local", Scope.everything(), Scope.everything(), frozenset({"picture", "table"}),
             frozenset({"loading", "log"}))  # fmt: skip
TABLES = ("cases", "cohorts", "seizures", "arrivals")


def examples(usual: int) -> int:
    """How many random examples a test tries: the usual number, times what TIMES says."""
    return usual * int(os.environ.get("TIMES") or 1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden", action="store_true", help="write tests/golden/*.json afresh"
    )


def pytest_unconfigure() -> None:
    """Take away what Hypothesis leaves with the collector: it keeps our modules alive to the very
    end, and DuckDB's binding then lists all of itself as leaked under the result. Remove the folder
    that Streamlit's testing module makes at its import and leaves to the end, with a warning."""
    gc.callbacks.clear()
    if made := sys.modules.get("streamlit.testing.v1.app_test"):
        made.TMP_DIR.cleanup()


def tiny_tables() -> dict[str, pandas.DataFrame]:
    """The hand-sized tables as text, in the contracts' shape; an empty cell is missing."""
    return {name: _text(TINY / f"{name}.csv") for name in TABLES}


def tiny_description(**changes: Any) -> Description:
    """What tests/tiny/dataset.toml says, with some of it changed; suppressed, so that every figure
    shown is the one that a reader adds up by hand."""
    said = tomllib.loads((TINY / "dataset.toml").read_text("utf-8"))
    described: dict[str, Any] = {
        "title": Words(**said["title"]),
        "publisher": Words(**said["publisher"]),
        "as_of": date.fromisoformat(said["as_of"]),
        "provisional_from": date.fromisoformat(f"{said['provisional_from']}-01"),
        "disclosure": "suppressed",
    }
    return Description(**(described | changes))


def build_tiny(
    directory: Path, tables: Mapping[str, pandas.DataFrame] | None = None, **changes: Any
) -> Path:
    """A data directory with the hand-sized tables (or some in their place); returns it."""
    snapshots.build(directory, tiny_tables() | dict(tables or {}), tiny_description(**changes))
    return directory


@pytest.fixture(scope="session")
def tiny_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory holding the hand-sized data set, small figures suppressed."""
    return build_tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def tiny_store(tiny_directory: Path) -> Iterator[Store]:
    """A store over the hand-sized data set, small figures suppressed and the others exact."""
    with Store(tiny_directory) as store:
        yield store


@pytest.fixture(scope="session")
def tiny_public_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-sized data set declared as already published, so that figures are exact."""
    return build_tiny(tmp_path_factory.mktemp("tiny_public"), disclosure="public")


@pytest.fixture(scope="session")
def tiny_public_store(tiny_public_directory: Path) -> Iterator[Store]:
    """A store over the hand-sized data set with exact figures."""
    with Store(tiny_public_directory) as store:
        yield store


@pytest.fixture(scope="session")
def demo_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory holding 3,000 invented cohort rows, written and loaded by the commands."""
    files, directory = tmp_path_factory.mktemp("demo_files"), tmp_path_factory.mktemp("demo")
    assert main(["demo", "--rows", "3000", "--into", str(files)]) == 0
    written = [str(path) for path in sorted(files.iterdir())]
    assert main(["load", *written, "--into", str(directory)]) == 0
    return directory


@pytest.fixture(scope="session")
def demo_store(demo_directory: Path) -> Iterator[Store]:
    """A store over the small invented data set, protected by default."""
    with Store(demo_directory) as store:
        yield store


def _text(path: Path) -> pandas.DataFrame:
    return pandas.read_csv(path, dtype=str, keep_default_na=False).replace("", None)
