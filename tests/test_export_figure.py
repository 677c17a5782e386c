"""Footed figures: everything stated, nothing cut or overlapping, nothing left out, nothing run."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas
import pytest
from PIL import Image

from dashboard import charts
from dashboard.export import browser, figure, files, fonts, frame, marks, place, plain, render
from dashboard.export.figure import Footed, footed
from dashboard.export.statement import rows_digest, short_code, statement
from dashboard.words import say
from data.contracts import LANGUAGES
from queries.answers import Answer
from queries.selection import Selection
from queries.store import Store
from tests.conftest import build_tiny, tiny_tables

needs_browser = pytest.mark.skipif(
    not render.available(), reason="no Chromium: apt-get install chromium"
)
HOSTILE = '<img src="http://x.test/i.png"> <a href="http://x.test">=1+1</a> <b>福建&amp;'
DRAWN = [(name, form) for name in charts.FORMS for form in charts.forms(name)]


def real(tables: dict[str, pandas.DataFrame], gang: str = "Ring 1") -> dict[str, pandas.DataFrame]:
    """The same rows with no sign of being invented, their first gang renamed."""
    changed = {}
    for name, table in tables.items():
        columns = {key: table[key].str.removeprefix("DEMO-") for key in table if "_id" in str(key)}
        changed[name] = table.assign(**columns)
    gangs = changed["cases"]["gang"].str.removeprefix("DEMO-").replace("G1", gang)
    changed["cases"] = changed["cases"].assign(gang=gangs)
    return changed


@pytest.fixture(scope="module")
def real_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(build_tiny(tmp_path_factory.mktemp("real"), real(tiny_tables()))) as store:
        yield store


@pytest.fixture(scope="module")
def hostile_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    tables = real(tiny_tables(), HOSTILE)
    folder = tmp_path_factory.mktemp("hostile")
    with Store(build_tiny(folder, tables, disclosure="public")) as store:
        yield store


def answer(store: Store, name: str, select: str = "") -> Answer:
    selection = Selection.parse(select)
    if name == "gang_profile" and not selection.gangs:
        first = store.answer("gangs", Selection()).rows["gang"].iloc[0]
        selection = selection.replace(gangs=(first,))
    return store.answer(name, selection)


def words_of(made: Footed) -> str:
    notes = made.spec["layout"]["annotations"]
    return "\n".join(fonts.shown(n["text"]) for n in notes if n.get("name") == frame.STATEMENT)


def boxes(made: Footed) -> list[tuple[float, float, float, float]]:
    found = []
    for note in made.spec["layout"]["annotations"]:
        if note.get("name") != frame.STATEMENT or note.get("textangle"):
            continue
        size, bold = note["font"]["size"], note["text"].startswith("<b>")
        wide = fonts.width(fonts.shown(note["text"]), size, bold)
        x = note["x"] * made.width - (wide if note["xanchor"] == "right" else 0)
        y = (1 - note["y"]) * made.height
        found.append((x, y, x + wide, y + size * 1.25))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "form"), DRAWN)
def test_every_figure_of_every_size_states_everything_inside_its_edges(
    tiny_store: Store, name: str, form: str, language: Any
) -> None:
    asked = answer(tiny_store, name)
    for size in frame.SIZES:
        made = footed(asked, language, size, form)
        said = words_of(made).replace("\n", "").replace(" ", "")
        for text in (made.stated.title, made.stated.finding, made.stated.asked, *made.stated.foot):
            assert text.replace(" ", "").replace("\n", "") in said
        assert made.stated.code in said and made.stated.mark.replace(" ", "") in said
        corners = boxes(made)
        for left, top, right, bottom in corners:
            assert left >= 0 and top >= 0 and right <= made.width and bottom <= made.height
        assert not [
            (a, b)
            for n, a in enumerate(corners)
            for b in corners[n + 1 :]
            if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] - 2 and b[1] < a[3] - 2
        ]
        assert made.box.height > 0.3 * made.height


def test_the_chart_keeps_to_its_box(tiny_store: Store) -> None:
    for name, form in DRAWN:
        made = footed(answer(tiny_store, name), "zh", "slide", form)
        low = 1 - (made.box.top + made.box.height) / made.height
        high = 1 - made.box.top / made.height
        layout = made.spec["layout"]
        for key, axis in layout.items():
            if re.match(r"yaxis\d*$", key):
                assert low - 1e-9 <= axis["domain"][0] <= axis["domain"][1] <= high + 1e-9
        assert layout["margin"]["autoexpand"] is False


def test_filters_stand_in_the_figure_in_both_languages(tiny_store: Store) -> None:
    asked = answer(tiny_store, "origins", "origins=CN-FJ&since=2023-01&measure=cases")
    for language in LANGUAGES:
        assert asked.filters(language) in statement(asked, language).asked
    assert "Fujian" in words_of(footed(asked, "en")) and "Unit: cases" in words_of(
        footed(asked, "en")
    )
    assert "福建" in words_of(footed(asked, "zh")) and "单位：件" in words_of(footed(asked, "zh"))


def test_a_very_long_filter_is_wrapped_and_not_cut(tiny_store: Store) -> None:
    codes = "USA,RUS,ARG,JPN,KOR,ITA,GBR,CAN"
    asked = answer(tiny_store, "origins", f"destinations={codes}&ages=18-24,25-29&sexes=male")
    for language in LANGUAGES:
        for size in frame.SIZES:
            made = footed(asked, language, size)
            assert max(right for _, _, right, _ in boxes(made)) <= made.width
            asked_for = made.stated.asked.replace(" ", "")
            assert asked_for in words_of(made).replace("\n", "").replace(" ", "")


def test_no_way_out_loses_the_mark_of_invented_data(
    tiny_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []

    def keep(spec: dict[str, Any], *_: Any) -> bytes:
        seen.append(spec)
        return b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0" * 17

    monkeypatch.setattr(render, "render", keep)
    monkeypatch.setattr(render, "available", lambda: False)
    for language in LANGUAGES:
        mark = say("export.synthetic", language)
        for name, form in DRAWN:
            asked = answer(tiny_store, name)
            assert asked.manifest.synthetic
            files.build("png", asked, language, form)
            drawn = [note["text"] for note in seen[-1]["layout"]["annotations"]]
            assert drawn.count(f"<b>{mark}</b>") == 2
            assert mark in files.build("svg", asked, language, form).decode("utf-8")
            csv = files.build("csv", asked, language).decode("utf-8-sig").splitlines()
            rows = [line for line in csv if not line.startswith("#")]
            assert all(line.rstrip('"').endswith(mark) for line in rows[1:])


def test_real_data_carry_no_such_mark(real_store: Store) -> None:
    made = footed(answer(real_store, "origins"), "en")
    assert not real_store.manifest.synthetic
    assert made.stated.mark == made.stated.mark_long == ""
    assert "INVENTED" not in json.dumps(made.spec, default=str)


def test_published_figures_say_so_instead_of_protection(tiny_public_store: Store) -> None:
    said = words_of(footed(answer(tiny_public_store, "origins"), "en"))
    assert "already published" in said.lower() and "Small figures" not in said


def test_the_code_changes_with_question_selection_and_rows_but_not_with_language(
    tiny_store: Store,
) -> None:
    asked = answer(tiny_store, "origins")
    code = short_code(asked)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", code)
    assert {statement(asked, language).code for language in LANGUAGES} == {code}
    assert short_code(answer(tiny_store, "destinations")) != code
    assert short_code(answer(tiny_store, "origins", "since=2023-02")) != code
    elsewhere = replace(asked, selection=Selection(sexes=("male",)))
    assert short_code(elsewhere) != code
    fewer = replace(asked, rows=asked.rows.iloc[1:])
    assert short_code(fewer) != code
    assert rows_digest(replace(asked, rows=asked.rows.astype(object))) == rows_digest(asked)


@needs_browser
def test_pictures_have_their_promised_size_and_carry_their_statement(tiny_store: Store) -> None:
    asked = answer(tiny_store, "persons_by_month")
    for size, expected in (
        ("slide", (1920, 1080)),
        ("square", (2160, 2160)),
        ("page", (2382, None)),
    ):
        made = footed(asked, "zh", size)  # type: ignore[arg-type]
        picture = files.picture("png", made)
        image = Image.open(BytesIO(picture))
        assert image.width == expected[0] and expected[1] in (None, image.height)
        assert image.text["Code"] == made.stated.code  # type: ignore[attr-defined]
        record = json.loads(marks.read_png(picture)["Statement"])
        assert record["code"] == made.stated.code and record["synthetic"] is True


@needs_browser
def test_svg_and_pdf_carry_the_code_and_a_page_of_the_right_size(tiny_store: Store) -> None:
    made = footed(answer(tiny_store, "origins"), "en", "landscape")
    svg = files.picture("svg", made).decode("utf-8")
    assert made.stated.code in re.search(r"<metadata>(.*?)</metadata>", svg, re.DOTALL)[1]  # type: ignore[index]
    pdf = files.picture("pdf", made)
    assert made.stated.code.encode("utf-16-be").hex().upper().encode() in pdf
    assert re.search(rb"/MediaBox \[0 0 84[12][.\d]* 59[56][.\d]*\]", pdf)
    assert pdf.rstrip().endswith(b"%%EOF") and b"NotoSansSC-Regular" in pdf


@needs_browser
@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_same_figure_is_the_same_bytes(tiny_store: Store, kind: Any) -> None:
    for name in ("ages_by_year", "routes"):
        made = footed(answer(tiny_store, name), "zh")
        assert files.picture(kind, made) == files.picture(kind, made)


@needs_browser
def test_names_in_an_svg_still_lead_somewhere(tiny_store: Store) -> None:
    text = files.build("svg", answer(tiny_store, "ages_by_year"), "zh").decode("utf-8")
    named = re.findall(r'id="([^"]+)"', text)
    used = set(re.findall(r"url\([^#)]*#([^)'\"&]+)", text))
    assert used and used <= set(named) and len(named) == len(set(named))


@pytest.mark.parametrize("kind", ["svg", pytest.param("png", marks=needs_browser)])
def test_a_hostile_gang_name_is_only_text(
    hostile_store: Store, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "svg":
        monkeypatch.setattr(render, "available", lambda: False)
    for name in ("gangs", "gang_activity", "gang_destinations", "gang_profile"):
        asked = answer(hostile_store, name)
        assert (
            any("img src" in str(cell) for cell in asked.rows.to_numpy().ravel())
            or asked.selection.gangs
        )
        written = files.build(kind, asked, "en")
        if kind == "svg":
            text = written.decode("utf-8")
            assert "<img" not in text and "<a " not in text and "&lt;img" in text
            assert not re.search(r'<[^<>]*(href|src)="http', text)


@needs_browser
def test_a_hostile_gang_name_stays_text_in_the_browsers_svg(hostile_store: Store) -> None:
    text = files.build("svg", answer(hostile_store, "gang_profile"), "en").decode("utf-8")
    assert not re.search(r"<(img|a|script)\b", text)
    assert "&lt;img src=" in text
    assert not re.search(r'xlink:href="http', text)


def test_links_and_outside_pictures_are_taken_out_of_any_chart() -> None:
    chart = {
        "data": [{"type": "bar", "x": ['<a href="http://x.test">y</a>'], "y": [1]}],
        "layout": {"images": [{"source": "http://x.test/i.png", "x": 0, "y": 0}]},
    }
    from dashboard.export.safety import sanitized

    made = sanitized(chart)
    assert made["data"][0]["x"] == ["y"] and made["layout"]["images"] == []
    assert chart["layout"]["images"]  # type: ignore[index]


def test_without_a_browser_svg_is_drawn_plainly_and_png_says_what_to_install(
    tiny_store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(browser, "_candidates", lambda: iter(()))
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.delenv("CHROME", raising=False)
    monkeypatch.setattr(render, "shared", render.Renderer)
    for name, form in DRAWN:
        asked = answer(tiny_store, name)
        svg = files.build("svg", asked, "zh", form).decode("utf-8")
        assert svg.startswith("<svg") and asked.title("zh") in svg and short_code(asked) in svg
        with pytest.raises(browser.RenderUnavailable, match="apt-get install chromium"):
            files.build("png", asked, "zh", form)


def test_plain_bars_are_as_long_as_their_figures(tiny_public_store: Store) -> None:
    made = footed(answer(tiny_public_store, "origins"), "en")
    svg = plain.svg(made).decode("utf-8")
    rects = re.findall(
        r'<rect x="[\d.]+" y="([\d.]+)" width="([\d.]+)" height="[\d.]+" fill="#', svg
    )
    bars = [float(wide) for top, wide in rects if made.box.top < float(top) < made.height - 120]
    values = [
        v for v in tiny_public_store.answer("origins", Selection()).rows["value"].dropna() if v
    ]
    ratios = [bar / value for bar, value in zip(sorted(bars), sorted(values), strict=True)]
    assert max(ratios) / min(ratios) < 1.1


def test_an_unknown_form_size_or_kind_names_those_there_are(tiny_store: Store) -> None:
    asked = answer(tiny_store, "origins")
    with pytest.raises(LookupError, match="tiles"):
        files.build("png", asked, "zh", "globe")
    with pytest.raises(LookupError, match="slide"):
        footed(asked, "zh", "poster")  # type: ignore[arg-type]
    with pytest.raises(LookupError, match="png"):
        files.build("gif", asked, "zh")  # type: ignore[arg-type]


def test_a_box_keeps_paper_coordinates_where_they_were_in_it() -> None:
    note = {"xref": "paper", "yref": "paper", "x": 1, "y": 0, "text": "", "showarrow": False}
    margin = {"l": 0, "r": 0, "t": 0, "b": 0}
    hidden = {"xaxis": {"visible": False}, "yaxis": {"visible": False}}
    chart = {"data": [], "layout": {"annotations": [note], "margin": margin, **hidden}}
    made = place.placed(chart, place.Box(100, 50, 800, 400), 1000, 500)
    moved = made["layout"]["annotations"][0]
    assert (moved["x"], moved["y"]) == pytest.approx((0.9, 0.1))


def test_only_footed_figures_reach_the_renderer() -> None:
    calls = [
        path.name
        for path in Path(figure.__file__).parent.rglob("*.py")
        if re.search(r"render\.render\(", path.read_text("utf-8"))
    ]
    assert calls == ["files.py"]
