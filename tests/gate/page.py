"""The page's websocket without a browser: what is asked, what comes back, how it ends."""

import time
from collections import deque
from collections.abc import Iterator

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.gate.served import Person


def asked(line: ClientConnection) -> Iterator[ForwardMsg]:
    """Ask for the page as the front end does; what comes back until the script has ended."""
    question = BackMsg()
    question.rerun_script.query_string = ""
    line.send(question.SerializeToString())
    message = ForwardMsg()
    while message.WhichOneof("type") != "script_finished":
        message = ForwardMsg()
        message.ParseFromString(line.recv(timeout=60))
        yield message


def session_id(line: ClientConnection) -> str:
    """Streamlit's own session for a page that is asked for."""
    return next(
        message.new_session.initialize.session_id
        for message in asked(line)
        if message.WhichOneof("type") == "new_session"
    )


def drawn(line: ClientConnection) -> list[Element]:
    """What a page shows, its containers left aside."""
    deltas = [message.delta for message in asked(line) if message.WhichOneof("type") == "delta"]
    return [delta.new_element for delta in deltas if delta.WhichOneof("type") == "new_element"]


def connected(address: str) -> ClientConnection:
    """A websocket to a server that is still starting."""
    for _ in range(120):
        try:
            return connect(address, subprotocols=["streamlit"], max_size=None)
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"nothing at {address}")


def drained(line: ClientConnection) -> int:
    """Read until the server hangs up; the code with which it does."""
    with pytest.raises(ConnectionClosed) as ended:
        deque(iter(lambda: line.recv(timeout=20), None))
    assert ended.value.rcvd
    return ended.value.rcvd.code


def refused(someone: Person, *arguments: str | None) -> int:
    """The status with which a websocket is refused unopened."""
    with pytest.raises(InvalidStatus) as answer:
        someone.socket(*arguments)
    return answer.value.response.status_code
