"""The gate's parts alone: sessions and their ends, claims, hosts, what is told."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import AsyncMock

import pytest
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from dashboard.gate import claims, events
from dashboard.gate.entry import Entry
from dashboard.gate.hosts import Hosts
from dashboard.gate.sessions import MOST_PER_SUBJECT, Registry, Visitor
from dashboard.gate.throttle import MOST_ADDRESSES, Throttle
from queries import policy_file
from queries.grants import Rules

RULES = policy_file.read(policy_file.BUNDLED)
SECRET = "Zb3kq8vW1xR7tYp0sLm5nQa9dFg2hJc4uEoI6-_w"
LIN = Visitor("lin", "analyst", (("regions", ("CN-FJ",)),), 4000.0)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, str, str]]]:
    """What the gate told whoever keeps the record."""
    heard: list[tuple[str, str, str, str]] = []
    monkeypatch.setattr(events, "_listeners", [lambda *said: heard.append(said)])
    monkeypatch.setattr(events, "_window", [0.0, 0.0])
    return heard


@pytest.fixture
def registry(clock: Clock, told: list[tuple[str, str, str, str]]) -> Registry:
    return Registry(SECRET, idle=600, longest=2400, clock=clock)


def test_a_session_lasts_while_its_person_is_there(registry: Registry, clock: Clock):
    cookie, session = registry.open(LIN)
    for _ in range(3):
        clock.now += 599
        assert registry.find(cookie) is session
        registry.touch(session)


def test_a_session_ends_when_nobody_is_there(
    registry: Registry, clock: Clock, told: list[tuple[str, str, str, str]]
):
    cookie, _ = registry.open(LIN)
    clock.now += 600
    assert registry.find(cookie) is None
    assert told == [("expiry", "lin", "analyst", "idle")]
    clock.now = 1000
    assert registry.find(cookie) is None, "a session that ended does not come back"


@pytest.mark.parametrize(("expires", "ends"), [(1500.0, 1500.0), (9000.0, 3400.0)])
def test_a_session_outlives_neither_its_token_nor_its_longest_life(
    expires: float, ends: float, registry: Registry, clock: Clock
):
    cookie, session = registry.open(Visitor("lin", "analyst", (), expires))
    while clock.now < ends - 1:
        clock.now = min(clock.now + 300, ends - 1)
        registry.touch(session)
    assert registry.find(cookie) is session
    assert registry.left(session) == 1
    clock.now = ends
    assert registry.find(cookie) is None


def test_ending_a_session_tells_everything_that_hangs_on_it_once(
    registry: Registry, told: list[tuple[str, str, str, str]]
):
    _, session = registry.open(LIN)
    closed: list[int] = []
    session.closers.add(lambda: closed.append(1))
    registry.end(session, "signed out")
    registry.end(session, "revoked")
    assert closed == [1]
    assert told == [("sign-out", "lin", "analyst", "signed out")]
    assert len(registry) == 0 and registry.by_handle(session.handle) is None


@pytest.mark.parametrize("fails", [False, True])
def test_signing_out_takes_the_cookie_back_before_any_tab_is_told(fails: bool, registry: Registry):
    """A tab that is told loads itself again, and may throw away the answer to signing out."""
    cookie, session = registry.open(LIN)
    seen: list[tuple[bool, bool]] = []

    async def provider(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 302, "headers": []})
        if fails:
            raise OSError("the provider is away")

    async def send(message: Message) -> None:
        cleared = any(b"Max-Age=0" in value for _, value in message["headers"])
        seen.append((cleared, registry.find(cookie) is session))

    login = SimpleNamespace(secure=False, auth={"cookie_secret": SECRET})
    entry = Entry(provider, login, registry, frozenset())  # type: ignore[arg-type]
    scope = {"type": "http", "headers": [], "path": "/auth/logout", "query_string": b""}
    leaving = entry.leave(scope, AsyncMock(), send, session)
    with pytest.raises(OSError if fails else StopIteration):
        leaving.send(None)
    assert seen == [(True, True)]
    assert registry.find(cookie) is None


def test_a_cookie_of_another_secret_or_a_changed_one_is_refused(registry: Registry):
    cookie, _ = registry.open(LIN)
    other = Registry(SECRET[::-1], 600, 2400)
    assert not other.genuine(cookie)
    for place in (0, 20, -1):
        changed = list(cookie)
        changed[place] = "A" if cookie[place] != "A" else "B"
        assert registry.find("".join(changed)) is None
    assert registry.find("") is None


def test_a_handle_is_no_cookie(registry: Registry):
    _, session = registry.open(LIN)
    assert registry.find(session.handle) is None
    assert registry.by_handle(session.handle) is session


def test_a_person_holds_a_bounded_number_of_sessions(registry: Registry, clock: Clock):
    first, _ = registry.open(LIN)
    for _ in range(MOST_PER_SUBJECT):
        clock.now += 1
        last, _ = registry.open(LIN)
    assert len(registry) == MOST_PER_SUBJECT
    assert registry.find(first) is None and registry.find(last) is not None


def test_sessions_that_are_over_are_swept_away(registry: Registry, clock: Clock):
    for number in range(5):
        registry.open(Visitor(f"p{number}", "leader"))
    clock.now += 601
    registry.open(LIN)
    assert len(registry) == 1


def test_a_revoked_subject_loses_every_session(
    registry: Registry, told: list[tuple[str, str, str, str]]
):
    kept, _ = registry.open(Visitor("wang", "leader", (), 4000.0))
    registry.open(LIN), registry.open(LIN)
    assert registry.end_subject("lin") == 2
    assert registry.find(kept) is not None
    assert told == [("revocation", "lin", "analyst", "revoked")] * 2


def test_a_list_of_the_revoked_that_vanishes_stays_in_force(tmp_path: Path, clock: Clock):
    path = tmp_path / "revoked.txt"
    path.write_text("lin\n", "utf-8")
    registry = Registry(SECRET, 600, 2400, path, clock)
    assert "lin" in registry.revoked
    path.unlink()
    registry.revoked._looked = float("-inf")
    assert "lin" in registry.revoked


def test_past_sixty_refusals_a_minute_only_their_number_is_told(
    told: list[tuple[str, str, str, str]], monkeypatch: pytest.MonkeyPatch
):
    now = [100.0]
    monkeypatch.setattr(events.time, "monotonic", lambda: now[0])
    for _ in range(100):
        events.on_event("refusal", "", "", "forged cookie")
    events.on_event("sign-in", "lin", "analyst", "")
    assert len(told) == 61
    now[0] += 60
    events.on_event("refusal", "", "", "forged cookie")
    assert told[61][3] == "40 more within a minute"
    assert len(told) == 63


def test_an_address_may_try_so_often_and_again_after_a_while(clock: Clock):
    throttle = Throttle(attempts=10, clock=clock)
    assert [throttle.room("a") for _ in range(12)] == [True] * 10 + [False] * 2
    assert throttle.room("b"), "others are not held up"
    clock.now += 12
    assert [throttle.room("a") for _ in range(3)] == [True, True, False]


def test_the_throttles_memory_is_bounded(clock: Clock):
    throttle = Throttle(attempts=1, clock=clock)
    for number in range(MOST_ADDRESSES + 50):
        throttle.room(str(number))
    assert len(throttle._left) == MOST_ADDRESSES


CLAIMS = {"sub": "lin", "exp": 2000, "roles": ["cook", "analyst"], "regions": ["CN-FJ", "CN-ZJ"]}


def test_verified_claims_make_a_visitor_with_what_they_grant():
    visitor = claims.visitor(CLAIMS | {"email": "lin@example"}, RULES, 1999)
    kept = (("roles", ("cook", "analyst")), ("regions", ("CN-FJ", "CN-ZJ")))
    assert visitor == Visitor("lin", "analyst", kept, 2000.0, visitor.grant)
    assert visitor.grant and visitor.grant.scope.origins == ("CN-ZJ", "CN-FJ")
    assert visitor.claim("regions") == ("CN-FJ", "CN-ZJ")
    assert hash(visitor)


def test_the_first_role_that_fits_is_the_role():
    leader, briefing = (RULES.roles[name] for name in ("leader", "briefing"))
    named = {
        "leader": replace(leader, claims=(("realm.groups", ("l",)),)),
        "briefing": replace(briefing, claims=(("realm.groups", ("a", "b")),)),
    }
    for groups, role in ((["b", "l"], "leader"), (["b"], "briefing"), ("l", "leader")):
        said = {"sub": "x", "exp": 9, "realm": {"groups": groups}}
        assert claims.visitor(said, Rules(named), 1).role == role


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"exp": 1000}, "token expired"),
        ({"exp": None}, "token expired"),
        ({"exp": "never"}, "token expired"),
        ({"sub": ""}, "no subject"),
        ({"roles": []}, "no role"),
        ({"roles": ["Analyst"]}, "no role"),
        ({"roles": {"analyst": True}}, "no role"),
        ({"roles": None}, "no role"),
        ({"regions": []}, "no scope"),
        ({"regions": ["CN-FJ", "Atlantis"]}, "no scope"),
        ({"regions": "all"}, "no scope"),
    ],
)
def test_claims_that_do_not_suffice_are_refused(changed: dict[str, object], reason: str):
    with pytest.raises(claims.Refused, match=reason):
        claims.visitor(CLAIMS | changed, RULES, 1000)


@pytest.mark.parametrize(
    ("host", "origin", "problem"),
    [
        ("localhost:8501", None, ""),
        ("LOCALHOST", None, ""),
        ("localhost:8501", "http://localhost:8501", ""),
        ("localhost:8501", "http://localhost:9999", "foreign origin"),
        ("localhost:8501", "http://127.0.0.1:8501", "foreign origin"),
        ("localhost:8501", "null", "foreign origin"),
        ("evil.example", None, "foreign host"),
        ("localhost:port", None, "foreign host"),
        ("a@localhost", None, "foreign host"),
        ("localhost/x", None, "foreign host"),
    ],
)
def test_without_sign_in_the_browsers_own_page_alone_may_call(
    host: str, origin: str | None, problem: str
):
    names = frozenset({"localhost", "127.0.0.1"})
    said = {"host": host} | ({"origin": origin} if origin else {})
    assert Hosts(names, names).problem(Headers(said), "/", False) == problem
