"""Files taken away by a click: the right kind, in the reader's language, stated in full."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from dashboard.export import marks
from dashboard.words import say
from data.contracts import LANGUAGES, Language
from tests.browser.conftest import Reader

CARD = "destinations-first"
FILTERS = {"zh": "来源省份：福建", "en": "Origin province: Fujian"}
TITLES = {"zh": "按目的地的被偷运人数", "en": "Persons moved by destination"}


def taken(reader: Reader, button: Locator, folder: Path) -> tuple[str, bytes]:
    """The name and the bytes of the file that one click brings."""
    with reader.page.expect_download() as waiting:
        button.click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file.name, file.read_bytes()


def png(content: bytes, _: Language) -> str:
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1920, 1080))
    said = marks.read_png(content)
    record = json.loads(said[marks.KEYWORD])
    assert (record["selection"], record["synthetic"]) == ("origins=CN-FJ", True)
    return said["Title"]


def svg(content: bytes, language: Language) -> str:
    drawn = ElementTree.fromstring(content)
    text = "".join(drawn.itertext())
    assert drawn.tag.endswith("}svg")
    assert FILTERS[language] in text
    assert say("export.synthetic_long", language) in text
    return text


def pdf(content: bytes, language: Language) -> str:
    assert content.startswith(b"%PDF-")
    assert b"NotoSansSC-Regular" in content
    words = (FILTERS[language], say("export.synthetic_long", language))
    assert all(part.encode("utf-16-be").hex().upper().encode() in content for part in words)
    title = TITLES[language].encode("utf-16-be").hex().upper().encode()
    return TITLES[language] if title in content else ""


def csv(content: bytes, language: Language) -> str:
    lines = content.decode("utf-8-sig").splitlines()
    stated = [line for line in lines if line.startswith("# ")]
    assert any(FILTERS[language] in line for line in stated)
    assert say("export.synthetic_long", language).replace(",", ";") in stated[1]
    rows = lines[len(stated) + 1 :]
    assert rows
    assert all(row.endswith(f",{say('export.synthetic', language)}") for row in rows)
    return stated[0]


def xlsx(content: bytes, language: Language) -> str:
    cover, data = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    said = "\n".join(str(cell.value) for row in cover for cell in row if cell.value)
    assert FILTERS[language] in said
    assert say("export.synthetic_long", language) in said
    assert data.max_row > 3
    return said


CHECKS: dict[str, Callable[[bytes, Language], str]] = {
    "png": png, "svg": svg, "pdf": pdf, "csv": csv, "xlsx": xlsx,
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_click_brings_each_kind_of_file_in_the_readers_language(
    language: Language, reader: Reader, tmp_path: Path
):
    reader.open(f"/?origins=CN-FJ&language={language}")
    quick = reader.at(f"quick-png-{CARD}").locator("button:visible").first
    name, content = taken(reader, quick, tmp_path)
    assert name == f"destinations_CN-FJ_{language}.png"
    assert TITLES[language] in png(content, language)
    reader.press(f"menu-{CARD}")
    body = reader.page.get_by_test_id("stPopoverBody")
    expect(body.get_by_test_id("stDataFrame")).to_be_visible()
    for kind, check in CHECKS.items():
        button = reader.at(f"download-{kind}-{CARD}").locator("button:visible")
        name, content = taken(reader, button, tmp_path)
        assert name == f"destinations_CN-FJ_{language}.{kind}"
        assert TITLES[language] in check(content, language)
