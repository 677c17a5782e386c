"""The command `python -m dashboard`: check what a start needs, say the address, serve.

Whatever is wrong is one sentence on the error stream and exit status 2; no traceback reaches
the person who typed the command.
"""

import argparse
import errno
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from dashboard.gate import settings
from data import audit, harmless, private, record_keys, snapshots
from queries import policy_file, trail
from queries.grants import PolicyError

ROOT = Path(__file__).resolve().parent.parent
NAMED = ("demo", "published")
DATA_VARIABLE = "DASHBOARD_DATA"


class StartError(Exception):
    """Why the dashboard cannot start; the message names the remedy."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one sentence."""

    def error(self, message: str) -> NoReturn:
        """Print the complaint alone and exit with status 2."""
        self.exit(2, f"{message[:1].upper()}{message[1:]}. See {self.prog} --help.\n")


def port(text: str) -> int:
    """A TCP port from its text; 0 lets the system choose one."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 0 to 65535")
    return int(text)


def parser() -> Parser:
    """The command's arguments."""
    command = Parser(prog="python -m dashboard", description="Serve the dashboard.")
    command.add_argument(
        "--data", default="demo", help="demo, published, or the path of a data directory"
    )
    command.add_argument("--port", type=port, default=8501, help="0 takes any free port")
    command.add_argument("--policy", type=Path, help="a policy.toml of your own (see README)")
    command.add_argument("--host", default="127.0.0.1", help="address to listen on")
    command.add_argument(
        "--ahead",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="answer likely choices while nobody asks",
    )
    return command


def directory(data: str) -> Path:
    """The data directory meant by a name or a path."""
    return ROOT / ".snapshots" / data if data in NAMED else Path(data)


def snapshot(data: str) -> Path:
    """The current snapshot's file; raises StartError where there is none to read, where its secret
    is not at hand, or where other users of this machine may read or change what is stored."""
    folder = directory(data)
    remedy = (
        f"run `python -m data build {data}` first"
        if data in NAMED
        else f"load files with `python -m data load FILE... --into {data}` first"
    )
    if not (folder / "CURRENT").is_file():
        raise StartError(f"No data in {folder}: {remedy}.")
    try:
        path = snapshots.current(folder)
        snapshots.manifest(path)
    except Exception as problem:
        said = str(problem).rstrip(".")
        raise StartError(f"The data in {folder} cannot be read ({said}): {remedy}.") from None
    try:
        snapshots.check_private(folder)
        record_keys.check_served(snapshots.manifest(path))
    except snapshots.SnapshotError as problem:
        raise StartError(str(problem)) from None
    return path


def check_state() -> None:
    """Raise StartError where other users may read what the service keeps; say on the error stream
    where the audit log cannot be written, so that nothing can be taken away."""
    try:
        private.check(audit.state(), (audit.FOLDER, record_keys.NAME))
        if named := os.environ.get(audit.keys.FILE_VARIABLE):
            private.check(Path(named))
    except private.Exposed as exposed:
        raise StartError(f"{exposed}.") from None
    try:
        trail.rules_in_force(policy_file.place())
    except audit.AuditError as unrecorded:
        print(unrecorded, file=sys.stderr)


def listen(host: str, number: int) -> socket.socket:
    """A listening socket; raises StartError naming why the address cannot be taken.

    It names its protocol: asyncio sends without delay on sockets that say they are TCP only, and
    a script or a message would wait some 40 ms for the browser's acknowledgement.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, number))
        taken.listen(128)
    except OSError as problem:
        taken.close()
        raise StartError(refusal(problem, host, number)) from None
    taken.setblocking(False)
    return taken


def refusal(problem: OSError, host: str, number: int) -> str:
    """The sentence for an address that cannot be listened on."""
    if problem.errno == errno.EADDRINUSE:
        return f"Port {number} is in use: stop what uses it, or choose another with --port."
    if problem.errno == errno.EACCES:
        return f"Port {number} needs more rights: choose one above 1023 with --port."
    return f"Cannot listen on {host}: {problem.strerror or problem}. Try --host 127.0.0.1."


def allowed(host: str, login: "settings.Login | None") -> None:
    """Raise StartError for an address that others could reach without signing in over https."""
    if settings.loopback(host) or (login and login.secure):
        return
    remedy = "let redirect_uri be https" if login else "configure sign-in (see README)"
    raise StartError(
        f"Without sign-in over https only this machine is served, so --host {host!r} is refused:"
        f" {remedy}, or use --host 127.0.0.1."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the server and block until it is stopped; return the exit status."""
    chosen = parser().parse_args(arguments)
    policy_file.use(chosen.policy)
    try:
        policy_file.in_force()
        login = settings.login(ROOT, os.environ)
        allowed(chosen.host, login)
        snapshot(chosen.data)
        check_state()
        listener = listen(chosen.host, chosen.port)
    except (StartError, settings.SettingsError, PolicyError) as problem:
        print(harmless.seen(str(problem)), file=sys.stderr)
        return 2
    os.environ[DATA_VARIABLE] = str(directory(chosen.data).resolve())
    for name in [name for name in os.environ if name.startswith(settings.VARIABLE)]:
        del os.environ[name]
    from dashboard import server

    with suppress(KeyboardInterrupt):
        server.serve(listener, chosen.host, login, chosen.ahead)
    return 0


if __name__ == "__main__":
    sys.exit(main())
