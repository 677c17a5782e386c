"""Footed figures: everything stated, nothing cut or overlapping, nothing left out."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.export import figure, files, frame, place, render
from dashboard.export.figure import footed
from dashboard.export.statement import rows_digest, short_code, statement
from dashboard.words import say
from data.contracts import LANGUAGES
from queries.selection import Selection
from queries.store import Store
from tests.conftest import build_tiny, tiny_tables
from tests.figures import DRAWN, answer, boxes, real, words_of


@pytest.fixture(scope="module")
def real_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(build_tiny(tmp_path_factory.mktemp("real"), real(tiny_tables()))) as store:
        yield store


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


def test_names_beside_bars_stand_off_though_the_margin_has_no_pad(tiny_store: Store) -> None:
    layout = footed(answer(tiny_store, "origins"), "en", "slide", "bars").spec["layout"]
    assert layout["margin"]["pad"] == 0
    assert layout["yaxis"]["ticklabelstandoff"] >= 3


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
