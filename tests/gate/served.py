"""A dashboard with sign-in and its OpenID provider, both started as processes for the tests."""

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from websockets.sync.client import ClientConnection, connect

from tests.gate.provider import CLIENT_ID, CLIENT_SECRET

ROOT = Path(__file__).parents[2]
SECRETS = """[auth]
redirect_uri = "{redirect_uri}"
cookie_secret = "{cookie_secret}"
client_id = "{client_id}"
client_secret = "{client_secret}"
server_metadata_url = "{issuer}/.well-known/openid-configuration"

[access]
revoked = "revoked.txt"
contact = {{ zh = "数据处", en = "the data office" }}
"""


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Served:
    """Where the two are, and the file that shuts people out."""

    origin: str
    address: str
    issuer: str
    folder: Path
    log: Path
    browsers: list["Person"] = field(default_factory=list)

    @property
    def revoked(self) -> Path:
        return self.folder / "revoked.txt"

    def recorded(self) -> str:
        """The audit log's text."""
        files = sorted((self.folder / "state").rglob("audit-*.jsonl"))
        return "".join(file.read_text("utf-8") for file in files)

    def person(self) -> "Person":
        """A browser without a screen, nobody signed in."""
        someone = Person(self)
        self.browsers.append(someone)
        return someone


def approved(address: str, name: str) -> str:
    """Where the provider sends somebody who has said there who they are."""
    answer = httpx2.post(address, data={"person": name}, trust_env=False, verify=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


class Person:
    """A browser without a screen: cookies, redirects, websockets."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.client = httpx2.Client(
            base_url=served.address, trust_env=False, verify=False, timeout=30
        )

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.client.get(path, headers=headers)

    def cookie(self, name: str = "dashboard") -> str:
        return self.client.cookies.get(name) or ""

    def keep(self, value: str) -> None:
        """Hold a session's cookie, whoever it was made for."""
        self.client.cookies.set("dashboard", value, domain="localhost.local")

    def sign_in(self, name: str, wanted: str = "/") -> httpx2.Response:
        """Go through the provider as somebody; returns what the callback answers."""
        asked = self.client.get("/auth/login", params={"next": wanted})
        return self.client.get(approved(asked.headers["location"], name))

    def socket(self, origin: str | None = "", *words: str) -> ClientConnection:
        """The page's websocket, its cookies sent as a browser would."""
        held = "; ".join(f"{one.name}={one.value}" for one in self.client.cookies.jar)
        return connect(
            self.served.address.replace("http", "ws", 1) + "/_stcore/stream",
            origin=self.served.origin if origin == "" else origin,
            subprotocols=["streamlit", *words],
            additional_headers={"Cookie": held} if held else {},
            max_size=None,
        )


@contextmanager
def process(*arguments: str, log: Path, quiet: bool = False, **environment: str) -> Iterator[None]:
    """A module run as a program until the end; one that is not `quiet` has said its first line."""
    command = [sys.executable, "-m", *arguments]
    said = subprocess.DEVNULL if quiet else subprocess.PIPE
    with log.open("w") as errors:
        running = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=said, stderr=errors, text=True
        )
    try:
        assert running.stdout is None or running.stdout.readline(), log.read_text("utf-8")
        yield
    finally:
        running.terminate()
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        if running.stdout:
            running.stdout.close()


@contextmanager
def serving(data: Path, folder: Path, origin: str = "") -> Iterator[Served]:
    """A provider and a dashboard that trusts it; behind a proxy at `origin` where one is given."""
    number, provider = free_port(), free_port()
    address, issuer = f"http://localhost:{number}", f"http://localhost:{provider}"
    redirect_uri = f"{origin or address}/oauth2callback"
    (folder / "revoked.txt").write_text("", "utf-8")
    written = folder / "secrets.toml"
    written.touch(0o600)
    written.write_text(
        SECRETS.format(
            redirect_uri=redirect_uri,
            cookie_secret=secrets.token_urlsafe(48),
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            issuer=issuer,
        ),
        "utf-8",
    )
    log = folder / "dashboard.log"
    with (
        process("tests.gate.provider", str(provider), redirect_uri, log=folder / "provider.log"),
        process("dashboard", "--data", str(data), "--port", str(number), "--no-ahead", log=log,
                DASHBOARD_SECRETS=str(written), DASHBOARD_STATE=str(folder / "state")),
    ):  # fmt: skip
        served = Served(origin or address, address, issuer, folder, log)
        yield served
        for someone in served.browsers:
            someone.client.close()
