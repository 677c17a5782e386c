"""Files made of hostile strings: nothing in them runs, links or asks; all of them can be read."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from xml.etree import ElementTree

import openpyxl
import pytest

from dashboard.export import files, render
from data.contracts import LANGUAGES
from data.harmless import line, neutral
from queries import tables
from queries.answers import Answer
from queries.questions import questions
from queries.selection import Selection
from queries.store import Store
from tests.figures import needs_browser
from tests.hostile.corpus import ALL
from tests.hostile.planted import kept, plant

ROUND = 24
ROUNDS = [ALL[at : at + ROUND] for at in range(0, len(ALL), ROUND)]
NAMING = ("gangs", "gang_activity", "gang_destinations", "gang_profile", "arrivals_by_year")
FORMULA = re.compile(r"\s*[=+@＝＋－＠-]\D|\s*=")
SVG = "{http://www.w3.org/2000/svg}"
LEADING = re.compile(r"(^|[\s,'\"(])(https?:|javascript:|//|data:text)", re.IGNORECASE)
DRAWN = {"svg", "g", "path", "rect", "text", "tspan", "defs", "clipPath", "circle", "line", "style",
         "title", "desc", "metadata", "image", "linearGradient", "stop", "polygon", "polyline",
         "use", "pattern", "mask", "filter", "ellipse", "font-face", "a"}  # fmt: skip


@pytest.fixture(scope="module", params=range(len(ROUNDS)))
def planted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[tuple[str, ...], Store]]:
    texts = ROUNDS[request.param]
    folder = tmp_path_factory.mktemp("hostile")
    plant(folder, texts, title=" ".join(texts[:3]), publisher="\n".join(texts[3:6]))
    with Store(folder) as store:
        yield kept(texts), store


def answers(store: Store, texts: tuple[str, ...]) -> Iterator[Answer]:
    """Every question; and those that name gangs asked of some by name."""
    for name in questions():
        one = Selection(gangs=texts[:1])
        yield store.answer(name, one if name == "gang_profile" else Selection())
    yield store.answer("origins", Selection(gangs=texts[:5]))


def faults_of_svg(content: bytes) -> list[str]:
    """What an SVG holds besides shapes and text."""
    found = []
    for element in ElementTree.fromstring(content).iter():
        name = element.tag.removeprefix(SVG)
        if name.startswith("{") or name == "a" or name not in DRAWN:
            found += [] if name == "{urn:footed-figure:statement}statement" else [name]
        for key, value in element.attrib.items():
            led = "href" in key and not value.startswith(("#", "data:image/"))
            asked = re.search(r"url\((?!['\"]?#)", value) or "outside.test" in value
            if led or asked or key.lower().startswith("on"):
                found.append(f"{name} {key}={value[:80]}")
        if name == "style" and re.search(r"@import|url\((?!['\"]?data:font)", element.text or ""):
            found.append("style")
    return found


def test_tables_hold_no_formula_in_any_cell_and_every_string(
    planted: tuple[tuple[str, ...], Store],
) -> None:
    texts, store = planted
    seen: set[str] = set()
    for asked in answers(store, texts):
        for language in LANGUAGES:
            for content in (
                files.build("csv", asked, language).decode("utf-8-sig"),
                tables.csv_text(asked, language),
            ):
                for delimiter in ",;\t":
                    for row in csv.reader(io.StringIO(content), delimiter=delimiter):
                        assert [cell for cell in row if FORMULA.match(cell)] == []
                        seen.update(row)
    named = [text for text in texts if len(text) < 150]
    assert [text for text in named if neutral(text) not in seen] == []


def test_workbooks_hold_no_formula_no_link_and_are_whole_xml(
    planted: tuple[tuple[str, ...], Store],
) -> None:
    texts, store = planted
    for asked in answers(store, texts):
        content = files.build("xlsx", asked, "en")
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            for part in book.namelist():
                text = book.read(part)
                ElementTree.fromstring(text)
                assert b'TargetMode="External"' not in text, part
                assert not re.search(rb"<(f|hyperlink|ddeLink|oleObject)\b", text), part
        for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f" and cell.hyperlink is None
                    assert not FORMULA.match(str(cell.value or "")) or cell.data_type == "n"


def test_plain_drawings_are_shapes_and_text(
    planted: tuple[tuple[str, ...], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts, store = planted
    monkeypatch.setattr(render, "available", lambda: False)
    for asked in answers(store, texts):
        for language in LANGUAGES:
            assert faults_of_svg(files.build("svg", asked, language)) == []
    for text in texts:
        profile = store.answer("gang_profile", Selection(gangs=(text,)))
        assert faults_of_svg(files.build("svg", profile, "en")) == []


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine, and what it is asked for."""
    asked: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Noting)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@needs_browser
@pytest.mark.parametrize("texts", ROUNDS, ids=range(len(ROUNDS)))
def test_the_browsers_drawings_are_text_and_ask_for_nothing(
    texts: tuple[str, ...], tmp_path: Path
) -> None:
    with listening() as (address, requests):
        texts = tuple(text.replace("outside.test", address) for text in texts)
        plant(tmp_path, texts, title=" ".join(texts[:3]), publisher=" ".join(texts[3:6]))
        with Store(tmp_path) as store:
            for name in NAMING:
                one = Selection(gangs=kept(texts)[:1])
                asked = store.answer(name, one if name == "gang_profile" else Selection())
                svg = files.build("svg", asked, "en")
                assert faults_of_svg(svg) == []
                whole = "".join(ElementTree.fromstring(svg).itertext()).replace("\xa0", " ")
                assert line(asked.manifest.publisher.en)[:40] in whole
                pdf = files.build("pdf", asked, "zh")
                assert not re.search(
                    rb"/(URI|JavaScript|JS|OpenAction|AA|Launch|EmbeddedFile)\b", pdf
                )
            assert files.build("png", asked, "zh").startswith(b"\x89PNG")
        assert requests == []


def test_file_names_are_plain_whatever_is_asked(planted: tuple[tuple[str, ...], Store]) -> None:
    texts, store = planted
    for text in texts:
        asked = store.answer("origins", Selection(gangs=(text,)))
        for kind in files.KINDS:
            assert re.fullmatch(r"[\w-]{1,120}\.\w{3,4}", files.name(kind, asked, "zh"))
