"""A state folder for every test of the audit log."""

from pathlib import Path

import pytest

from data import audit
from queries import trail


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of the test's own, empty."""
    folder = tmp_path / "state"
    monkeypatch.setenv(audit.STATE_VARIABLE, str(folder))
    monkeypatch.setattr(trail, "_lately", type(trail._lately)())
    return folder
