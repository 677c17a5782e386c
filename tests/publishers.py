"""The publishers' own files, where this machine has them."""

from pathlib import Path

import pytest

REAL = Path(__file__).parent.parent.parent / "shared" / "real"


def real(name: str) -> Path:
    path = REAL / name
    if not path.exists():
        pytest.skip(f"the publisher's file {name} is not on this machine")
    return path
