"""The gate as a stranger meets it, over HTTP and websocket."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard import plot
from dashboard.gate.middleware import OPEN
from dashboard.shell import DRAWS, pages
from tests.gate.page import connected, drained, drawn, refused, session_id
from tests.gate.served import ROOT, Person, Served, free_port, process

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
VIEWS = pages(ROOT / "dashboard" / "views")


def routes(served: Served) -> list[str]:
    command = [sys.executable, "-m", "tests.gate.routes", str(served.folder / "secrets.toml")]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for path, _, _ in json.loads(said)]


def test_a_stranger_reaches_the_documented_addresses_alone(served: Served, stranger: Person):
    """Every route of the table, every method: 401 or 403 but for the README's list."""
    table = routes(served)
    paths = {re.sub(r"\{[^}]*\}", "x", path) for path in table}
    paths |= (
        OPEN | VIEWS | {"/app/static/icon.png", "/app/static/gate/none.js", "/nowhere", "/static/"}
    )
    paths |= {
        "/app/static/fonts/noto-sans-sc-page-400.woff2",
        "/static/js/index.js",
        DRAWS,
        f"/_stcore/bidi-components/{plot.NAME}/chart.js",
        "/auth/session",
    }
    open_to, tried = set(), 0
    for path in sorted(paths - {""}):
        for method in METHODS:
            answer = stranger.client.request(method, path, headers={"Origin": served.origin})
            tried += 1
            if answer.status_code not in (401, 403):
                open_to.add((method, path))
    # The callback without an answer of the provider's goes back to the first page.
    assert open_to == {(method, path) for path in OPEN for method in ("GET", "HEAD")} - {
        ("HEAD", "/auth/login"), ("HEAD", "/oauth2callback"),
    }  # fmt: skip
    assert len(table) == 23
    assert tried >= 200


def test_the_readme_lists_what_strangers_reach():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [path for path in sorted(OPEN) if f"`{path}`" not in readme] == []


@pytest.mark.parametrize("page", sorted(VIEWS))
def test_a_page_of_ours_shows_a_stranger_sign_in_and_nothing_else(page: str, stranger: Person):
    answer = stranger.get(f"{page}?origins=CN-FJ&x=%22%3E%3Cscript%3E")
    assert answer.status_code == 401
    assert "登录" in answer.text and "Sign in" in answer.text
    assert "<script" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"


def test_a_forged_cookie_is_no_cookie(served: Served, lin: Person):
    name, signature = lin.cookie().split(".")
    for forged in (
        f"{name}.{signature[::-1]}",
        f"{name}.",
        name,
        f"{name[::-1]}.{signature}",
        "é.",
    ):
        forger = served.person()
        held = {"Cookie": f"dashboard={forged}".encode()}
        assert forger.client.get("/", headers=held).status_code == 401
    assert "forged-cookie" in served.recorded()


def test_streamlits_own_cookie_and_our_handle_open_nothing(served: Served, stranger: Person):
    stranger.client.cookies.set("_streamlit_user", "e30.x.y")
    answer = stranger.get("/", **{"x-dashboard-session": "0" * 32})
    assert answer.status_code == 401
    assert refused(stranger) == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", None])
def test_a_websocket_from_elsewhere_is_refused_even_with_a_session(origin: str | None, lin: Person):
    assert refused(lin, origin) == 403


def test_a_websocket_without_a_session_is_refused(stranger: Person):
    assert refused(stranger) == 403


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil", ""])
def test_a_name_that_is_not_ours_gets_no_answer(host: str, lin: Person):
    assert lin.get("/", Host=host).status_code == 403


def test_another_sites_request_gets_no_answer(lin: Person):
    assert lin.get("/_stcore/host-config", Origin="https://evil.example").status_code == 403


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "OPTIONS", "GET"])
def test_nobody_uploads_a_file_not_even_into_a_page_of_ones_own(
    method: str, served: Served, lin: Person
):
    """Nothing here takes a file from a browser, so that none is kept in memory."""
    files, origin = {"file": ("a.csv", b"x" * 10_000)}, {"Origin": served.origin}
    with lin.socket() as line:
        mine = f"/_stcore/upload_file/{session_id(line)}/1"
        lin.get("/_stcore/health")
        sent = origin | {"X-Xsrftoken": lin.cookie("_streamlit_xsrf").strip('"')}
        for path in (mine, mine.replace("/1", "/%31"), mine + "/", "/_stcore/upload_file"):
            for someone in (lin, served.person()):
                answer = someone.client.request(method, path, files=files, headers=sent)
                assert answer.status_code in (401, 403)


def test_an_address_longer_than_any_filters_make_is_refused(served: Served, lin: Person):
    for someone in (lin, served.person()):
        assert someone.get("/?origins=" + "CN-FJ," * 6000).status_code in (400, 414)
        assert someone.get("/" + "x" * 40_000).status_code in (400, 414)
    assert lin.get("/?origins=" + "CN-FJ," * 100).status_code == 200


def test_a_message_longer_than_any_page_sends_ends_the_websocket(lin: Person):
    with lin.socket() as line:
        session_id(line)
        line.send(b"x" * (2**20 + 1))
        assert drained(line) == 1009
    assert lin.get("/").status_code == 200


def test_a_page_left_by_one_person_is_not_resumed_by_another(served: Served, lin: Person):
    with lin.socket() as line:
        left = session_id(line)
    wang = served.person()
    wang.sign_in("wang")
    with wang.socket("", "no-token", left) as line:
        assert session_id(line) != left


ANSWERED = ("/", "/nowhere", "/media/none", "/_stcore/agent/mcp", "/_stcore/health",
            "/app/static/icon.png", "/auth/login")  # fmt: skip


@pytest.mark.parametrize("path", ANSWERED)
@pytest.mark.parametrize("signed_in", [False, True])
def test_every_answer_carries_the_security_headers(
    path: str, signed_in: bool, stranger: Person, lin: Person
):
    headers = (lin if signed_in else stranger).get(path).headers
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert "unsafe-eval" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "server" not in headers


def test_pages_without_the_gate_before_them_show_nothing(tiny_directory: Path, tmp_path: Path):
    """`streamlit run` would serve them to whoever asks."""
    number = free_port()
    script = str(ROOT / "dashboard" / "app.py")
    settings = ["--server.port", str(number), "--server.headless", "true"]
    held = {"DASHBOARD_DATA": str(tiny_directory), "PYTHONPATH": str(ROOT)}
    address = f"ws://127.0.0.1:{number}/_stcore/stream"
    with (
        process("streamlit", "run", script, *settings, log=tmp_path / "log", quiet=True, **held),
        connected(address) as line,
    ):
        shown = drawn(line)
    assert [element.WhichOneof("type") for element in shown] == ["alert"]
    assert "python -m dashboard" in shown[0].alert.body
