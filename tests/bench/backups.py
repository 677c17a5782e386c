"""What encryption costs: a backup and its restore, beside plain ones and beside a mere copy."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyrage

from data import backup, restore
from data.loading import archive


def timed(folder: Path) -> dict[str, tuple[float, float]]:
    """Milliseconds of each step by its name, encrypted and otherwise; the best of three."""
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
    names = list(archive.contents(folder).files)
    copied = min(_milliseconds(lambda: _copy(folder, names, work / "copy")) for _ in range(3))
    shutil.rmtree(work)
    steps = {f"{step}, encrypted against plain": (both[0], both[1]) for step, both in found.items()}
    return steps | {"backup, encrypted against a copy": (found["backup"][0], copied)}


def _copy(folder: Path, names: list[str], into: Path) -> None:
    """The same files copied and brought to the disk, with no checksum."""
    into.mkdir(exist_ok=True)
    for name in names:
        with (folder / name).open("rb") as source, (into / Path(name).name).open("wb") as target:
            shutil.copyfileobj(source, target, archive.BLOCK)
            target.flush()
            os.fsync(target.fileno())


def _milliseconds(run: Callable[[], None]) -> float:
    began = time.perf_counter()
    run()
    return (time.perf_counter() - began) * 1000
