"""Sentences on gangs: the largest, the lasting, where they go, and one of them."""

from collections import Counter
from datetime import date

from dashboard.findings.voice import SPECIAL, Row, Voice, figures, named

FACETS = (("origin", "provinces"), ("destination", "countries"), ("route", "routes"))
DOCUMENTS = "documents"


def gangs(voice: Voice) -> str:
    """The largest gang, its share of all gangs with a released figure, corridor and months."""
    ranked = figures(voice.rows)
    if not ranked:
        return voice.nothing()
    top, whole = ranked[0], sum(row["value"] for row in ranked)
    if len(ranked) > 1 and ranked[1]["value"] == top["value"]:
        tied = [row for row in ranked if row["value"] == top["value"]]
        count = voice.count(len(tied), "gangs")
        return voice.say("gang_tied", count=count, figure=voice.shared(tied))
    if len(ranked) > 1 and whole:
        share = voice.share(top["value"] / whole)
        text = voice.say("gang", gang=top["gang"], figure=voice.figure(top), share=share)
    else:
        text = voice.say("gang_only", gang=top["gang"], figure=voice.figure(top))
    if top.get("origin") and top.get("destination"):
        text += voice.say("gang_corridor", corridor=voice.corridor(top))
    if top.get("first_month") and top.get("last_month"):
        once = top["first_month"] == top["last_month"]
        text += voice.say("gang_seen_once" if once else "gang_seen", **_months(voice, top))
    return text + voice.say("stop")


def gang_activity(voice: Voice) -> str:
    """How many listed gangs are on record in the last year, and which lasted longest."""
    seen = {
        row["gang"]: row for row in voice.rows if row.get("first_month") and row.get("last_month")
    }
    if not seen:
        return _undated(voice)
    longest = max(seen.values(), key=lambda row: _length(row["first_month"], row["last_month"]))
    if len(seen) == 1:
        once = longest["first_month"] == longest["last_month"]
        key = "active_once" if once else "active_one"
        return voice.say(key, gang=longest["gang"], **_months(voice, longest))
    text = _now(voice, seen)
    if longest["first_month"] == longest["last_month"]:
        return text + voice.say("each_once")
    return text + voice.say("longest", gang=longest["gang"], **_months(voice, longest))


def _undated(voice: Voice) -> str:
    """The largest figure of a year where no first and last months are released."""
    ranked = [row for row in figures(voice.rows) if row["value"]]
    if not ranked:
        return voice.nothing()
    gangs = voice.count(len({row["gang"] for row in voice.rows}), "gangs")
    return voice.say("active_undated", gangs=gangs, figure=voice.figure(ranked[0]))


def gang_destinations(voice: Voice) -> str:
    """The largest figure, and the country that comes first for most gangs, if one alone does."""
    ranked = figures(named(voice.rows, "destination"))
    if not ranked:
        return voice.nothing()
    top = ranked[0]
    name = voice.inner("countries", top["destination"])
    text = voice.say(
        "gang_destination", gang=top["gang"], destination=name, figure=voice.figure(top)
    )
    firsts: dict[str, str] = {}
    for row in ranked:
        firsts.setdefault(row["gang"], row["destination"])
    (code, count), *others = Counter(firsts.values()).most_common(2)
    if count < 2 or (others and others[0][1] == count):
        return text + voice.say("stop")
    same = voice.inner("countries", code)
    return text + voice.say("gang_same", destination=same, count=voice.count(count, "gangs"))


def gang_profile(voice: Voice) -> str:
    """One gang's busiest year, main origin, destination and route, and most seized documents."""
    gang = "、".join(voice.answer.selection.gangs or ()) or "–"
    tops = {facet: _top(voice.rows, facet) for facet in ("year", "origin", "destination", "route")}
    year = tops["year"]
    text = (
        voice.say("profile_year", gang=gang, year=year["code"], figure=voice.figure(year))
        if year
        else voice.say("profile_none", gang=gang)
    )
    found = [(codes, tops[facet]) for facet, codes in FACETS]
    parts = [voice.inner(codes, row["code"]) for codes, row in found if row]
    text += voice.say("profile_parts", parts=voice.listed(parts)) if parts else ""
    papers = figures(r for r in voice.rows if r["facet"] == "item" and r["unit"] == DOCUMENTS)
    if papers and papers[0]["value"]:
        figure = voice.figure(papers[0], unit=DOCUMENTS)
        text += voice.say(
            "profile_item", item=voice.inner("items", papers[0]["code"]), figure=figure
        )
    return text + voice.say("stop")


def _now(voice: Voice, seen: dict[str, Row]) -> str:
    year = max(row["year"] for row in voice.rows)
    now = sum(row["last_month"].year >= year for row in seen.values())
    listed = voice.count(len(seen), "gangs")
    if now == len(seen):
        return voice.say("active_all", all=listed, year=year)
    counted = (
        voice.count(now, "gangs")
        if voice.language == "zh"
        else f"{now} {'is' if now == 1 else 'are'}"
    )
    return voice.say("active", all=listed, now=counted, year=year)


def _top(rows: list[Row], facet: str) -> Row | None:
    ranked = figures(row for row in rows if row["facet"] == facet and row["code"] not in SPECIAL)
    return ranked[0] if ranked and ranked[0]["value"] else None


def _months(voice: Voice, row: Row) -> dict[str, str]:
    return {"first": voice.month(row["first_month"]), "last": voice.month(row["last_month"])}


def _length(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month
