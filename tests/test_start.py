"""Starting the dashboard: what goes wrong is one sentence and status 2; what is served is small."""

import asyncio
import gc
import gzip
import re
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import Any, TypeVar

import pytest
from starlette.responses import Response
from streamlit import config

from dashboard import __main__ as command
from dashboard import look, server, shell, stage, subset

ROOT = Path(__file__).parents[1]
Result = TypeVar("Result")


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence with which a start is refused."""
    try:
        status: int | str | None = command.main(arguments)
    except SystemExit as end:
        status = end.code
    assert status == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert "Traceback" not in said.err
    return said.err


def test_missing_data_say_how_to_get_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert "data load" in refused(capsys, "--data", str(tmp_path / "nowhere"))


def test_unreadable_data_say_how_to_mend_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "CURRENT").write_text("20260101T000000-0123456789ab.duckdb", "utf-8")
    said = refused(capsys, "--data", str(tmp_path))
    assert str(tmp_path) in said
    assert "data load" in said


def test_a_snapshot_that_is_no_database_is_refused(
    tiny_directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    name = (tiny_directory / "CURRENT").read_text("utf-8").strip()
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "CURRENT").write_text(name, "utf-8")
    (tmp_path / "snapshots" / name).write_bytes(b"not a database" * 500)
    assert "cannot be read" in refused(capsys, "--data", str(tmp_path))


def test_a_port_in_use_is_named(tiny_directory: Path, capsys: pytest.CaptureFixture[str]):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        said = refused(capsys, "--data", str(tiny_directory), "--port", str(number))
    assert f"Port {number} is in use" in said


@pytest.mark.parametrize("port", ["eighty", "-1", "70000", ""])
def test_a_bad_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]):
    assert "port" in refused(capsys, f"--port={port}")


def test_an_address_that_is_not_ours_is_refused(
    tiny_directory: Path, capsys: pytest.CaptureFixture[str]
):
    said = refused(capsys, "--data", str(tiny_directory), "--host", "203.0.113.7", "--port", "0")
    assert "203.0.113.7" in said


@dataclass(frozen=True)
class Answered:
    """An answer of the server."""

    status: int
    headers: HTTPMessage
    body: bytes


@pytest.fixture(scope="module")
def port(tiny_directory: Path) -> Iterator[int]:
    """The port of a dashboard over the hand-sized data, started as a user starts it."""
    asked = [sys.executable, "-m", "dashboard", "--data", str(tiny_directory), "--port", "0"]
    with subprocess.Popen(asked, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        found = re.search(r"http://127\.0\.0\.1:(\d+)", server.stdout.readline())
        assert found
        yield int(found[1])
        server.terminate()


def get(port: int, path: str, **headers: str) -> Answered:
    """What the server answers to a browser that can unpack gzip."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"} | headers)
        answer = connection.getresponse()
        return Answered(answer.status, answer.headers, answer.read())


def elsewhere(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs it in a thread of its own: beside browser tests this one holds a loop already."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_nothing_sent_waits_for_an_acknowledgement(host: str):
    """Each script and each message would wait some 40 ms: 105 scripts took 3.5 s, not 70 ms."""

    async def sent_without_delay() -> bool:
        told = asyncio.get_running_loop().create_future()

        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            taken = writer.get_extra_info("socket")
            told.set_result(bool(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
            writer.close()

        listener = command.listen(host, 0)
        server = await asyncio.start_server(answer, sock=listener)
        _, visitor = await asyncio.open_connection(*listener.getsockname()[:2])
        found = await told
        visitor.close()
        server.close()
        return found

    assert elsewhere(sent_without_delay())


def test_what_lives_as_long_as_the_process_is_collected_once(monkeypatch: pytest.MonkeyPatch):
    """Streamlit collects after every run, through all there is: a quarter of a second each time."""
    warmed: list[int] = []
    monkeypatch.setattr(stage, "warm", lambda: warmed.append(gc.get_freeze_count()))
    try:
        elsewhere(server.ready())
        assert gc.get_freeze_count() > warmed[0] + 10_000
    finally:
        gc.unfreeze()
    options: dict[str, object] = {}
    monkeypatch.setattr(config, "set_option", options.__setitem__)
    server.configure(8501, "127.0.0.1", None)
    assert options["runner.postScriptGC"] is False


def test_the_page_shell_asks_early_for_the_charts(port: int):
    assert "BidiComponent" in shell.early()[0]
    html = get(port, "/").body.decode()
    assert html.count('rel="modulepreload"') > 20
    assert "BidiComponent" in html
    assert f'href=".{shell.DRAWS}"' in html
    assert b"plotly.js v" in get(port, shell.DRAWS, **{"Accept-Encoding": "identity"}).body[:200]
    assert "noto-sans-sc-page-400.woff2" in html


def test_the_page_shell_names_the_language_of_a_link(port: int):
    assert b'<html lang="zh">' in get(port, "/").body
    assert b'<html lang="en">' in get(port, "/flows?language=en").body
    assert b'<html lang="zh">' in get(port, "/?language=fr").body


def test_scripts_come_compressed_and_may_be_kept(port: int):
    path = shell.early()[0]
    answer = get(port, path)
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert gzip.decompress(answer.body) == shell.files()[path].read_bytes()


def test_a_script_comes_plain_to_who_cannot_unpack(port: int):
    path = shell.early()[0]
    answer = get(port, path, **{"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.body == shell.files()[path].read_bytes()


def test_nobody_waits_while_a_script_is_read(monkeypatch: pytest.MonkeyPatch):
    script, readers = shell.script, []

    def noted(path: str, zipped: bool) -> Response:
        readers.append(threading.current_thread())
        return script(path, zipped)

    async def answered() -> tuple[Response | None, threading.Thread]:
        return await served.response(scope), threading.current_thread()

    monkeypatch.setattr(shell, "script", noted)
    served = shell.Shell(Response(status_code=404), frozenset())
    scope = {"type": "http", "method": "GET", "path": shell.early()[0], "headers": []}
    answer, waiting = elsewhere(answered())
    assert answer and answer.status_code == 200
    assert readers and waiting not in readers


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/app/static/../app.py", "/app/static/%2e%2e/app.py"]
)
def test_nothing_outside_the_folders_is_served(path: str, port: int):
    assert b"import streamlit" not in get(port, path).body


def test_fonts_may_be_kept_for_a_week(port: int):
    answer = get(port, "/app/static/fonts/noto-sans-sc-page-400.woff2")
    assert answer.status == 200
    assert answer.headers["cache-control"] == "public, max-age=604800"


def test_the_agent_interface_is_off(port: int):
    assert b'"enabled":true' not in get(port, "/_stcore/agent/openapi.json").body.replace(b" ", b"")


def test_the_page_font_holds_nearly_every_sign_of_our_words():
    """A sign it lacks costs a page one more file: past a dozen, run python -m dashboard.subset."""
    held = set(subset.PAGE.read_text("utf-8"))
    missing = sorted(set(subset.characters()) - held)
    assert len(missing) <= 12, "".join(missing)


def test_the_page_wears_the_colours_of_the_charts():
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    for name, colours in (("light", look.LIGHT), ("dark", look.DARK)):
        assert theme[name]["backgroundColor"] == colours.paper
        assert theme[name]["secondaryBackgroundColor"] == colours.card
        assert theme[name]["textColor"] == colours.ink
        assert theme[name]["primaryColor"] == colours.accent
