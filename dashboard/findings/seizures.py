"""Sentences on seizures, on what the data cover, and on destination-side series."""

from dashboard import look, words
from dashboard.findings.voice import Row, Voice, complete, figures, named
from dashboard.findings.voice import sums as added
from data import contracts
from queries import spans

DOCUMENTS = "documents"
TOP = 3


def seizures_by_month(voice: Voice) -> str:
    """The largest month of any one item, documents first."""
    rows = complete(voice.rows)
    papers = [row for row in rows if row["unit"] == DOCUMENTS]
    ranked = figures(papers, "quantity") or figures(rows, "quantity")
    if not ranked or not ranked[0]["quantity"]:
        ranked = [row for row in figures(rows, "quantity") if row["quantity"]]
    if not ranked:
        return voice.say("seized_none")
    top = ranked[0]
    return voice.say(
        "seized_peak",
        month=voice.month(top["month"]),
        item=voice.inner("items", top["item"]),
        figure=voice.figure(top, "quantity", top["unit"]),
    )


def seizures_by_item(voice: Voice) -> str:
    """The two documents seized most; without documents, the item seized most often."""
    papers = [row for row in figures(voice.rows, "quantity") if row["unit"] == DOCUMENTS]
    told = [row for row in papers if row["quantity"]][:2]
    if not told:
        others = [row for row in voice.rows if row["quantity"] and row["seizures"]]
        told = sorted(others, key=lambda row: -row["seizures"])[:1]
    if not told:
        return voice.say("seized_none")
    items = [_item(voice, row) for row in told]
    return voice.say("seized_items", items=voice.listed(items))


def seizures_by_province(voice: Voice) -> str:
    """The provinces where most documents were seized; without documents, the largest other item."""
    documents = set(contracts.codes("items").where(**{"class": "document"}))
    rows = figures(named(voice.rows, "province"), "quantity")
    papers = [row for row in rows if row["item"] in documents]
    low = {row["province"] for row in papers if row["lower_bound"]}
    sums = added(papers, "province", "quantity")
    ranked = [code for code in sorted(sums, key=lambda code: -sums[code]) if sums[code]][:TOP]
    if ranked:
        places = [_place(voice, code, sums[code], code in low) for code in ranked]
        return voice.say("seized_places", places=voice.listed(places))
    others = [row for row in figures(voice.rows, "quantity") if row["quantity"]]
    if not others:
        return voice.say("seized_none")
    top = others[0]
    item, place = voice.name("items", top["item"]), voice.name("provinces", top["province"])
    figure = voice.figure(top, "quantity", top["unit"])
    return voice.say("seized_other", item=item, place=place, figure=figure)


def seizures_and_persons(voice: Voice) -> str:
    """The peak months of documents seized and of persons moved."""
    rows = complete(voice.rows)
    tops = {name: figures(rows, name, f"{name}_state") for name in (DOCUMENTS, "persons")}
    peaks = {name: ranked[0] for name, ranked in tops.items() if ranked and ranked[0][name]}
    if not peaks:
        return voice.say("none")
    said = {name: voice.figure(row, name, name) for name, row in peaks.items()}
    if len(peaks) == 1:
        name, row = next(iter(peaks.items()))
        return voice.say("beside_one", month=voice.month(row["month"]), figure=said[name])
    if len(rows) == 1:
        return voice.say("beside_month", month=voice.month(rows[0]["month"]), **said)
    one, two = (voice.month(peaks[name]["month"]) for name in (DOCUMENTS, "persons"))
    return voice.say("beside", one=one, two=two, **said)


def documents_per_100(voice: Voice) -> str:
    """The ratio of the last complete year, and of the year before it."""
    rows = sorted(figures(complete(voice.rows), "ratio"), key=lambda row: row["year"])
    if not rows:
        return voice.nothing()
    last = rows[-1]
    text = voice.say("ratio", year=last["year"], ratio=_ratio(voice, last))
    before = [row for row in rows if row["year"] == last["year"] - 1]
    if not before:
        return text + voice.say("stop")
    return text + voice.say("ratio_before", year=before[0]["year"], ratio=_ratio(voice, before[0]))


def coverage(voice: Voice) -> str:
    """Cases without a gang and what is withheld; the months covered where neither is known."""
    found = {row["indicator"]: row["value"] for row in voice.rows if not row["state"]}
    text = ""
    if found.get("cases") and found.get("cases_without_gang_share") is not None:
        text = _gangless(voice, found["cases"], found["cases_without_gang_share"])
        if not found.get("withheld_cells_share") or found.get("withheld_persons_share") is None:
            return text + voice.say("stop")
        cells, persons = (
            voice.share(found[f"withheld_{name}_share"]) for name in ("cells", "persons")
        )
        return text + voice.say("coverage_withheld", cells=cells, persons=persons)
    if found.get("first_month") and found.get("last_month"):
        first, last = (_month(voice, found[name]) for name in ("first_month", "last_month"))
        return voice.say("coverage_months", first=first, last=last)
    return voice.say("none")


def arrivals_by_year(voice: Voice) -> str:
    """The two largest series in their last complete year, each beside its year before."""
    rows = [row for row in figures(voice.rows) if not row["partial"]] or figures(voice.rows)
    if not rows:
        return voice.say("none")
    series: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        key = tuple(str(row[name]) for name in ("source", "reporting", "border", "measure", "unit"))
        series.setdefault(key, []).append(row)
    firsts: dict[str, list[Row]] = {}
    for found in series.values():
        firsts.setdefault(found[0]["reporting"], found)
    parts = [_series(voice, found) for found in list(firsts.values())[:2]]
    text = voice.say("sentence", text=voice.say("semicolon").join(parts))
    return voice.joined(text, voice.say("never_added") if len(series) > 1 else "")


def _gangless(voice: Voice, cases: float, share: float) -> str:
    key = {0.0: "coverage_all", 1.0: "coverage_no_gang"}.get(float(share), "coverage")
    return voice.say(key, cases=voice.count(cases, "cases"), share=voice.share(share))


def _place(voice: Voice, code: str, value: float, low: bool) -> str:
    figure = voice.bounded(voice.count(value, DOCUMENTS), low)
    return voice.say("part", name=voice.name("provinces", code), share=figure)


def _item(voice: Voice, row: Row) -> str:
    name = voice.inner("items", row["item"])
    return voice.say("part", name=name, share=voice.figure(row, "quantity", row["unit"]))


def _ratio(voice: Voice, row: Row) -> str:
    bound = look.ratio_bound(row)
    sign = words.say(f"state.{bound}", voice.language) if bound else ""
    return sign + look.ratio(row["ratio"], voice.language)


def _month(voice: Voice, value: float) -> str:
    return voice.month(spans.numbered(value))


def _series(voice: Voice, rows: list[Row]) -> str:
    last = max(rows, key=lambda row: row["year"])
    place = voice.name("countries", last["reporting"])
    if last["reporting"] == "other":
        place = words.say("chart.reporting_other", voice.language)
    if last.get("border") and last["border"] != "all":
        border = voice.inner("borders", last["border"])
        place = voice.say("arrival_place", place=place, border=border)
    measure = words.words(voice.language).get(f"short.measures.{last['measure']}")
    measure = measure and measure[:1].lower() + measure[1:]
    text = voice.say(
        "arrival",
        place=place,
        year=last["year"],
        measure=measure or voice.inner("measures", last["measure"]),
        figure=look.exact(last["value"], voice.language),
    )
    before = [row for row in rows if row["year"] == last["year"] - 1]
    if not before:
        return text
    figure = look.exact(before[0]["value"], voice.language)
    return text + voice.say("arrival_before", year=before[0]["year"], figure=figure)
