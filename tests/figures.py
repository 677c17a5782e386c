"""Answers to put into footed figures, and what stands in the figures."""

import pandas
import pytest

from dashboard import charts
from dashboard.export import fonts, frame, render
from dashboard.export.figure import Footed
from queries.answers import Answer
from queries.selection import Selection
from queries.store import Store

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
