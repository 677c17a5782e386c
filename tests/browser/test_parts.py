"""After a choice the parts of a page that follow it run alone, and say the same as a whole run."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import WebSocket, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import CARDS, Reader

IN_PARTS = ("", "flows", "people", "seizures")


@contextmanager
def sent(reader: Reader) -> Iterator[list[ForwardMsg]]:
    """What the server sends to the pages opened meanwhile."""
    found: list[ForwardMsg] = []

    def read(frame: bytes | str) -> None:
        message = ForwardMsg()
        message.ParseFromString(frame if isinstance(frame, bytes) else frame.encode())
        found.append(message)

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", read)

    reader.page.on("websocket", listen)
    yield found
    reader.page.remove_listener("websocket", listen)


def whole_runs(messages: list[ForwardMsg]) -> int:
    """How many runs of the whole page there were; each names the pages there are."""
    return sum(one.WhichOneof("type") == "navigation" for one in messages)


@pytest.mark.parametrize("page", IN_PARTS)
def test_a_pick_runs_the_parts_of_a_page_alone(page: str, reader: Reader):
    with sent(reader) as messages:
        reader.open(f"/{page}?language=en")
        assert whole_runs(messages) > 0
        messages.clear()
        reader.pick("origins", "Fujian")
        assert whole_runs(messages) == 0
        assert "origins=CN-FJ" in reader.query()
        assert reader.chips() == ["Fujian"]
    changed = reader.page.locator("[data-testid=stMainBlockContainer]").inner_text()
    reader.page.reload()
    reader.settle()
    assert reader.page.locator("[data-testid=stMainBlockContainer]").inner_text() == changed


@pytest.mark.parametrize("page", ["gangs", "data"])
def test_a_page_of_which_more_follows_runs_whole(page: str, reader: Reader):
    with sent(reader) as messages:
        reader.open(f"/{page}?language=en")
        messages.clear()
        reader.pick("origins", "Fujian")
        assert whole_runs(messages) == 1
        assert reader.chips() == ["Fujian"]


def test_chips_marks_and_the_measure_run_parts_alone(reader: Reader):
    with sent(reader) as messages:
        reader.open("/?language=en&origins=CN-FJ")
        messages.clear()
        reader.page.get_by_text("Cases", exact=True).first.click()
        reader.page.wait_for_url("**measure=cases**")
        reader.settle()
        expect(reader.at("card-origins-first")).to_contain_text("cases")
        reader.press("chips")
        assert reader.query() == "?measure=cases&language=en"
        assert whole_runs(messages) == 0


def test_going_back_brings_back_what_was_chosen(reader: Reader):
    reader.open("/?language=en")
    reader.pick("origins", "Fujian")
    reader.pick("destinations", "Russia", box=1)
    assert reader.chips() == ["Fujian", "Russia"]
    reader.page.go_back()
    reader.settle()
    assert reader.chips() == ["Fujian"]
    assert reader.query() == "?origins=CN-FJ&language=en"


def test_a_word_on_a_wrong_address_goes_with_the_next_pick(reader: Reader):
    reader.open("/?language=en&origins=CN-XX")
    alert = reader.page.get_by_test_id("stAlert")
    expect(alert).to_contain_text("CN-XX")
    reader.pick("origins", "Fujian")
    expect(alert).to_have_count(0)


@pytest.mark.parametrize("wait", [0, 300, 1200])
def test_a_choice_made_while_a_page_is_built_leaves_it_whole(wait: int, reader: Reader):
    """A run that is stopped names only the parts it came to; the rest of the page would be gone."""
    reader.open(f"/?language=en&since=2012-0{1 + wait // 300}")
    reader.page.get_by_role("link", name="Flows").click()
    reader.page.wait_for_timeout(wait)
    reader.page.get_by_text("Cases", exact=True).first.click()
    reader.page.wait_for_url("**/flows?**measure=cases**")
    reader.settle()
    expect(reader.page.locator(".chart")).to_have_count(CARDS["flows"])
    expect(reader.at("footer")).to_be_visible()
    expect(reader.at("card-destinations-first")).to_contain_text("cases")
