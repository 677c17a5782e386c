"""Many writers, a kill at any moment, a full disk: the audit log stays whole and says what tore."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from data import audit
from data.audit import AuditError, Event, Log, keys, verify

ROOT = Path(__file__).parent.parent.parent
EXPORT = Event("export", question="origins", selection="origins=CN-FJ", detail="png")
WRITER = """
import sys
from pathlib import Path
from data.audit import Event, Log
log = Log(Path(sys.argv[1]), int(sys.argv[3]))
for _ in range(int(sys.argv[2])):
    print(log.append(Event("export", question="origins", detail="png")).n, flush=True)
"""


def writer(folder: Path, count: int, most: int = 2**23, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), str(count), str(most)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )  # type: ignore[call-overload, no-any-return]


def check(folder: Path) -> audit.Verdict:
    return verify(folder, [keys.current(folder)])


def test_threads_and_processes_write_one_chain(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    processes = [writer(folder, 25, most=4000) for _ in range(3)]
    log = Log(folder, 4000)
    threads = [
        threading.Thread(target=lambda: [log.append(EXPORT) for _ in range(15)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = [int(n) for process in processes for n in process.communicate(timeout=120)[0].split()]
    verdict = check(folder)
    assert (verdict.faults, verdict.notes) == ([], [])
    assert verdict.lines == 3 * 25 + 4 * 15
    assert verdict.files > 5
    assert len(set(said)) == 75


def test_a_kill_at_any_moment_loses_no_line_that_was_promised(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    promised: set[int] = set()
    for place in range(8):
        process = writer(folder, 10_000, most=20_000)
        assert process.stdout
        promised.add(int(process.stdout.readline()))
        time.sleep(0.03 * place)
        process.send_signal(signal.SIGKILL)
        promised |= {int(n) for n in process.communicate()[0].split() if n.isdigit()}
        kept: list[audit.Line] = []
        verdict = verify(folder, [keys.current(folder)], each=kept.append)
        assert verdict.faults == []
        assert promised <= {line.n for line in kept}
    log = Log(folder)
    log.append(EXPORT)
    assert check(folder).faults == []


@pytest.mark.parametrize("length", [1, 40, -1])
def test_a_torn_last_line_is_told_and_the_log_goes_on(length: int, tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    log = Log(folder)
    for _ in range(3):
        log.append(EXPORT)
    path, head = log.files()[0], (folder / "head").read_bytes()
    before = path.read_bytes()
    log.append(EXPORT)
    path.write_bytes(before + path.read_bytes()[len(before) :][:length])
    (folder / "head").write_bytes(head)
    torn = check(folder)
    assert torn.faults == [] and "torn by a stop" in torn.notes[0]
    assert log.append(EXPORT).n == 5
    verdict = check(folder)
    assert verdict.faults == [] and verdict.lines == 5
    assert verdict.counts["mended"] == 1
    assert "audit-000001.jsonl:4 was torn by a stop" in verdict.notes[0]
    log.append(EXPORT)
    assert check(folder).notes == verdict.notes


def test_a_kill_between_a_new_file_and_its_line_is_no_fault(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    log = Log(folder, 300)
    log.append(EXPORT)
    (folder / "audit-000002.jsonl").touch(mode=0o600)
    assert check(folder).faults == []
    assert log.append(EXPORT).n == 2
    assert (check(folder).faults, check(folder).lines) == ([], 2)


def test_a_full_disk_is_one_sentence_and_leaves_whole_lines(tmp_path: Path) -> None:
    folder = tmp_path / "audit"

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    process = writer(folder, 20, preexec_fn=limited)
    said, complaint = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "AuditError: The audit log in" in complaint
    assert "nothing is given out or loaded" in complaint
    verdict = check(folder)
    assert (verdict.faults, verdict.notes) == ([], [])
    assert verdict.lines == len(said.split()) > 2
    assert Log(folder).append(EXPORT).n == verdict.lines + 1
    assert check(folder).whole


@pytest.mark.parametrize("call", ["write", "fsync", "short"])
def test_a_disk_that_fails_takes_the_line_back(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "audit"
    log = Log(folder)
    log.append(EXPORT)
    real = os.write

    def fails(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "write", lambda fd, text: real(fd, text[:20]))
    if call != "short":
        monkeypatch.setattr(os, "write", real)
        monkeypatch.setattr(os, call, fails)
    with pytest.raises(AuditError, match="cannot be written to"):
        log.append(EXPORT)
    monkeypatch.undo()
    verdict = check(folder)
    assert (verdict.faults, verdict.notes, verdict.lines) == ([], [], 1)
    assert log.append(EXPORT).n == 2


def test_a_head_that_cannot_be_written_takes_the_line_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "audit"
    log = Log(folder)
    log.append(EXPORT)
    monkeypatch.setattr(
        "data.audit.writing._write_head", lambda *_: (_ for _ in ()).throw(OSError(28))
    )
    with pytest.raises(AuditError):
        log.append(EXPORT)
    monkeypatch.undo()
    assert (check(folder).faults, check(folder).lines) == ([], 1)


def test_a_writer_that_hangs_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log(tmp_path / "audit")
    log.append(EXPORT)
    monkeypatch.setattr("data.audit.writing.PATIENCE_SECONDS", 0.05)
    with log._writing(), pytest.raises(AuditError, match="held it for too long"):
        log.append(EXPORT)
    assert log.append(EXPORT).n == 2


def test_a_line_costs_little_beside_an_export(tmp_path: Path) -> None:
    log = Log(tmp_path / "audit")
    log.append(EXPORT)
    took = []
    for _ in range(20):
        began = time.perf_counter()
        log.append(EXPORT)
        took.append(time.perf_counter() - began)
    assert sorted(took)[len(took) // 2] < 0.2
    assert json.loads((tmp_path / "audit" / "head").read_bytes())["n"] == 21
