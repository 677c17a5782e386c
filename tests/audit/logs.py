"""Audit logs to test on: written, checked, read, and with something in their way."""

import json
from pathlib import Path

from data import audit
from data.audit import Event, Log, keys, verify

EXPORT = Event("export", question="origins", selection="origins=CN-FJ", detail="png")


def written(folder: Path, count: int = 6, most: int = 2**23) -> Log:
    log = Log(folder, most)
    for _ in range(count):
        log.append(EXPORT)
    return log


def check(folder: Path, **options: object) -> audit.Verdict:
    return verify(folder, [keys.current(folder)], **options)  # type: ignore[arg-type]


def texts(folder: Path) -> list[bytes]:
    return b"".join(path.read_bytes() for path in Log(folder).files()).splitlines(keepends=True)


def kept() -> list[dict[str, str]]:
    """The lines of this installation's log."""
    return [json.loads(text) for text in texts(audit.log().folder)]


def closed(state: Path) -> None:
    """Put something in the way of the log, which stops root too."""
    state.mkdir(mode=0o700)
    (state / "audit").write_text("in the way", "utf-8")
