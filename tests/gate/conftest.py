"""A dashboard with sign-in before a real OpenID provider, and people in front of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gate.served import Person, Served, serving


@pytest.fixture(scope="session")
def served(tiny_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tiny_directory, tmp_path_factory.mktemp("signing_in")) as running:
        yield running


@pytest.fixture
def stranger(served: Served) -> Person:
    return served.person()


@pytest.fixture
def lin(served: Served) -> Person:
    """An analyst who is signed in."""
    someone = served.person()
    assert someone.sign_in("lin").status_code == 303
    return someone
