"""What encryption costs: a backup and its restore, encrypted beside plain, of the same snapshot."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyrage

from data import backup, restore


def timed(folder: Path) -> dict[str, tuple[float, float]]:
    """Milliseconds of each step, encrypted and plain; the best of three."""
    identity = pyrage.x25519.Identity.generate()
    work = Path(tempfile.mkdtemp(prefix="bench-backup-"))
    found: dict[str, list[float]] = {}
    for name, recipients in (("encrypted", [identity.to_public()]), ("plain", [])):
        out = work / name

        def write(out: Path = out, to: list[pyrage.x25519.Recipient] = recipients) -> None:
            backup.write(folder, out, to)

        def read(out: Path = out) -> None:
            shutil.rmtree(work / "into", ignore_errors=True)
            restore.restore(out, work / "into", [identity])

        for step, run in (("backup", write), ("restore", read)):
            found.setdefault(step, []).append(min(_milliseconds(run) for _ in range(3)))
    shutil.rmtree(work)
    return {step: (both[0], both[1]) for step, both in found.items()}


def _milliseconds(run: Callable[[], None]) -> float:
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1000
