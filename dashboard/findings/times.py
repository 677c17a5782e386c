"""Sentences on headline figures, months, ages and sexes."""

from datetime import date

from dashboard import words
from dashboard.findings.voice import Row, Voice, complete, figures, sums
from queries import spans


def totals(voice: Voice) -> str:
    """How many, and rising or falling: the months compared first, then the whole window."""
    found = {row["measure"]: row for row in voice.rows}
    released = {
        name: row for name, row in found.items() if not row["state"] and row["value"] is not None
    }
    if "persons" not in released:
        return voice.nothing()
    if voice.answer.periods.current and released["persons"]["change"] is not None:
        return _recent(voice, released)
    persons = voice.figure(released["persons"], unit="persons")
    rest = [
        voice.figure(released[name], unit=name) for name in ("cases", "gangs") if name in released
    ]
    text = (
        voice.say("totals", persons=persons, rest=voice.listed(rest))
        if rest
        else voice.say("totals_persons", persons=persons)
    )
    documents = released.get("documents")
    seized = ""
    if documents and documents["value"]:
        seized = voice.say("documents", documents=voice.figure(documents, unit="documents"))
    return voice.joined(text, _reason(voice, released["persons"]), seized)


def persons_by_month(voice: Voice) -> str:
    """The peak month, and the last complete month against the same month a year before."""
    rows = complete(voice.rows)
    known = figures(rows)
    if not known:
        return voice.nothing()
    if not known[0]["value"]:
        return voice.say("none")
    last, by_month = rows[-1], {row["month"]: row for row in rows}
    if last["month"] == known[0]["month"]:
        return voice.say("peak_now", month=voice.month(last["month"]), figure=voice.figure(last))
    peak = voice.say("peak", month=voice.month(known[0]["month"]), figure=voice.figure(known[0]))
    figure = words.say("state.c", voice.language) if last["state"] else voice.figure(last)
    now = voice.say("last_month", month=voice.month(last["month"]), figure=figure)
    return peak + now + _year_before(voice, last, by_month)


def age_sex(voice: Voice) -> str:
    """The share of men among those whose sex is stated, and the two most frequent age groups."""
    by_sex = sums(voice.rows, "sex")
    stated = by_sex.get("male", 0) + by_sex.get("female", 0)
    text = voice.say("men", share=voice.share(by_sex.get("male", 0) / stated)) if stated else ""
    whole = sum(by_sex.values())
    if not whole:
        return voice.say("none")
    ages = {age: value for age, value in sums(voice.rows, "age_group").items() if age != "unknown"}
    parts = [_aged(voice, age, value / whole) for age, value in list(ages.items())[:2] if value]
    said = text + voice.say("ages", ages=voice.listed(parts)) if parts else text
    return said[:1].upper() + said[1:] or voice.nothing()


def ages_by_year(voice: Voice) -> str:
    """The age group that changed most between the first and last complete year, and the largest."""
    rows = [
        row
        for row in complete(voice.rows)
        if row["share"] is not None and row["age_group"] != "unknown"
    ]
    if not rows:
        return voice.nothing()
    first, last = (pick(row["year"] for row in rows) for pick in (min, max))
    shares = {(row["age_group"], row["year"]): row["share"] for row in rows}
    top = max((row for row in rows if row["year"] == last), key=lambda row: row["share"])
    largest = {
        "last": last,
        "age": voice.name("ages", top["age_group"]),
        "share": voice.share(top["share"]),
    }
    both = [age for age, year in shares if year == first and (age, last) in shares]
    if first == last or not both:
        return voice.say("age_one_year", **largest)
    moved = max(both, key=lambda age: abs(shares[age, last] - shares[age, first]))
    text = voice.say(
        "age_change",
        age=voice.name("ages", moved),
        first=first,
        last=last,
        before=voice.share(shares[moved, first]),
        now=voice.share(shares[moved, last]),
    )
    between = any(first <= month.year <= last for month in voice.answer.manifest.breaks)
    said = text + voice.say("age_most", **largest)
    return voice.joined(said, voice.say("across_break") if between else "")


def _aged(voice: Voice, age: str, share: float) -> str:
    return voice.say("part", name=voice.name("ages", age), share=voice.share(share))


def _recent(voice: Voice, released: dict[str, Row]) -> str:
    """The figures of the tiles, which cover the last complete months, and the persons in all."""
    periods, persons = voice.answer.periods, released["persons"]
    assert periods.current and periods.window
    now = {name: row["current"] for name, row in released.items() if row["current"] is not None}
    rest = [voice.count(now[name], name) for name in ("cases", "gangs") if name in now]
    text = voice.say(
        "totals_now",
        n=spans.months(*periods.current),
        until=voice.month(periods.current[1]),
        persons=voice.count(persons["current"], "persons"),
        change=voice.changed(persons["change"]),
    )
    if rest:
        text += voice.say("totals_now_rest", rest=voice.listed(rest))
    if now.get("documents"):
        seized = voice.count(now["documents"], "documents")
        text += voice.say("totals_now_documents", documents=seized)
    span = spans.words(*periods.window, voice.language)
    return text + voice.say(
        "totals_whole", span=span, persons=voice.figure(persons, unit="persons")
    )


def _reason(voice: Voice, row: Row) -> str:
    reason = words.say(f"reason.{row.get('reason') or 'no_data'}", voice.language)
    return voice.say("totals_reason", reason=reason)


def _year_before(voice: Voice, last: Row, by_month: dict[date, Row]) -> str:
    month = last["month"]
    before = by_month.get(date(month.year - 1, month.month, 1))
    if before is None or before["state"] or last["state"]:
        return voice.say("year_before_none")
    broken = any(
        row["series_break"] for row in by_month.values() if before["month"] < row["month"] <= month
    )
    if broken:
        return voice.say("year_before_break")
    return voice.say("year_before", figure=voice.figure(before))
