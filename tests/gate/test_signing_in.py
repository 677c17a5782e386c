"""Signing in and out before a real OpenID provider, and every way a session ends."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.gate.page import drained, refused, session_id
from tests.gate.served import Person, Served, approved, serving


def test_signing_in_gives_one_short_cookie_of_ours(served: Served, stranger: Person):
    answer = stranger.sign_in("lin", "/flows?origins=CN-FJ")
    assert answer.headers["location"] == "/flows?origins=CN-FJ"
    given = {one.split("=")[0]: one for one in answer.headers.get_list("set-cookie")}
    assert not [name for name in given if name.startswith("_streamlit_user")]
    said = given["dashboard"]
    assert "HttpOnly" in said and "SameSite=lax" in said and "Path=/" in said
    life = re.search(r"Max-Age=(\d+)", said)
    assert life and 3000 < int(life[1]) <= 3600
    assert b"modulepreload" in stranger.get("/").content
    assert {cookie.name for cookie in stranger.client.cookies.jar} == {"dashboard"}


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/flows\r\nX: y",
        "/media/x",
        "",
    ],
)
def test_signing_in_comes_back_to_a_page_of_ours_alone(wanted: str, stranger: Person):
    assert stranger.sign_in("lin", wanted).headers["location"] == "/"


def test_attempts_that_were_given_up_are_in_nobodys_way(stranger: Person):
    for _ in range(12):
        size = sum(map(len, stranger.get("/auth/login").headers.get_list("set-cookie")))
        assert size < 3000
    assert stranger.sign_in("lin").status_code == 303
    assert stranger.cookie()


@pytest.mark.parametrize("name", ["guest", "nobody"])
def test_without_a_role_a_person_is_told_whom_to_ask_and_no_more(
    name: str, served: Served, stranger: Person
):
    answer = stranger.sign_in(name)
    assert answer.status_code == 403
    assert "数据处" in answer.text and "the data office" in answer.text
    assert "<script" not in answer.text and "<a" not in answer.text and name not in answer.text
    assert stranger.cookie() == ""
    assert stranger.get("/").status_code == 401
    assert re.search(rf'"refusal".*"{name}".*"no-role"', served.recorded())


def test_a_role_without_a_region_that_is_known_is_told_so_in_both_languages(
    served: Served, stranger: Person
):
    answer = stranger.sign_in("homeless")
    assert answer.status_code == 403
    assert "您的账号没有注明可查看的地区" in answer.text
    assert "Your account names no region that is known here" in answer.text
    assert "Atlantis" not in answer.text and stranger.cookie() == ""
    assert re.search(r'"refusal".*"homeless".*"no-scope"', served.recorded())


@pytest.mark.parametrize("name", ["late", "ancient"])
def test_a_token_that_has_run_out_lets_nobody_in(name: str, stranger: Person):
    """Authlib allows two minutes of leeway (`late`), we none."""
    assert stranger.sign_in(name).status_code in (303, 403)
    assert stranger.cookie() == ""
    assert stranger.get("/").status_code == 401


def test_a_session_ends_with_its_token_on_every_request_and_open_websocket(served: Served):
    brief = served.person()
    brief.sign_in("brief")
    copied = brief.cookie()
    with brief.socket() as line:
        session_id(line)
        assert brief.get("/").status_code == 200
        started = time.monotonic()
        assert drained(line) == 1008
        assert time.monotonic() - started < 8
    other = served.person()
    other.keep(copied)
    assert other.get("/_stcore/metrics").status_code == 401
    assert refused(other) == 403


def test_signing_out_ends_every_tab_and_every_copy_of_the_cookie(served: Served, lin: Person):
    thief = served.person()
    thief.keep(lin.cookie())
    assert thief.get("/").status_code == 200
    with lin.socket() as line, thief.socket() as stolen:
        session_id(line), session_id(stolen)
        answer = lin.get("/auth/logout")
        assert answer.headers["location"].startswith(f"{served.issuer}/logout?")
        assert "id_token_hint" in answer.headers["location"]
        back = httpx2.get(answer.headers["location"], trust_env=False, verify=False)
        assert back.headers["location"] == f"{served.origin}/oauth2callback"
        assert drained(line) == drained(stolen) == 1008
    assert lin.cookie() == ""
    assert thief.get("/").status_code == 401
    for kind in ("sign-in", "sign-out"):
        assert re.search(rf'"{kind}".*"lin"', served.recorded())
    assert refused(thief) == 403


def test_another_site_cannot_sign_somebody_out(lin: Person):
    assert lin.get("/auth/logout", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert lin.get("/").status_code == 200


def test_a_revoked_person_is_out_at_once_and_stays_out(served: Served, lin: Person):
    with lin.socket() as line:
        session_id(line)
        served.revoked.write_text("somebody\nlin\n", "utf-8")
        started = time.monotonic()
        assert drained(line) == 1008
        assert time.monotonic() - started < 6
        assert lin.get("/").status_code == 401
        again = served.person()
        assert again.sign_in("lin").status_code == 403
        assert again.cookie() == ""
    served.revoked.write_text("", "utf-8")
    time.sleep(1.1)
    assert served.person().sign_in("lin").status_code == 303


def test_an_answer_of_the_provider_is_good_in_its_own_browser_alone(served: Served):
    victim, thief = served.person(), served.person()
    asked = victim.get("/auth/login")
    thief.get(approved(asked.headers["location"], "wang"))
    assert thief.cookie() == ""
    assert thief.get("/").status_code == 401


@pytest.fixture(scope="module")
def proxied(tiny_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Behind a proxy that speaks https for dashboard.example."""
    folder = tmp_path_factory.mktemp("proxied")
    with serving(tiny_directory, folder, "https://dashboard.example") as running:
        yield running


def test_behind_https_every_cookie_stays_on_https(proxied: Served):
    someone = proxied.person()
    host = {"Host": "dashboard.example"}
    assert someone.get("/", **host).headers["strict-transport-security"] == "max-age=31536000"
    asked = someone.get("/auth/login", **host)
    given = asked.headers.get_list("set-cookie")
    assert len(given) == 2 and all("; Secure" in one for one in given)
    assert "Max-Age=600" in next(one for one in given if one.startswith("_streamlit_session"))
    answer = approved(asked.headers["location"], "lin")
    path = answer.removeprefix("https://dashboard.example")
    state = next(one for one in given if one.startswith("_streamlit_session")).split(";")[0]
    entered = someone.get(path, **host, Cookie=state)
    cookie = next(one for one in entered.headers.get_list("set-cookie") if "dashboard=" in one)
    assert cookie.startswith("__Host-dashboard=")
    assert "Secure" in cookie and "HttpOnly" in cookie and "Domain" not in cookie


def test_behind_https_this_machines_own_name_answers_health_alone(proxied: Served):
    someone = proxied.person()
    assert someone.get("/_stcore/health").status_code == 200
    assert someone.get("/").status_code == 403
