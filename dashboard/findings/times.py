"""Sentences on headline figures, months, ages and sexes."""

from datetime import date

from dashboard import words
from dashboard.findings.voice import LEVEL, Row, Voice, complete, figures, sums
from queries import spans

NO_FIGURE = {
    (True, False): "last_month_c",
    (True, True): "last_chosen_c",
    (False, False): "last_month_x",
    (False, True): "last_chosen_x",
}
ALONE = {"male": "only_male", "female": "only_female"}


def totals(voice: Voice) -> str:
    """How many, and rising or falling: the months compared first, then the whole window."""
    found = {row["measure"]: row for row in voice.rows}
    released = {
        name: row for name, row in found.items() if not row["state"] and row["value"] is not None
    }
    rest = [
        voice.figure(released[name], unit=name)
        for name in ("cases", "gangs")
        if name in released and released[name]["value"]
    ]
    if "persons" not in released:
        return _without_persons(voice, found.get("persons"), rest)
    if voice.answer.periods.current and released["persons"]["change"] is not None:
        return _recent(voice, released)
    persons = voice.figure(released["persons"], unit="persons")
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


def _without_persons(voice: Voice, persons: Row | None, rest: list[str]) -> str:
    if not rest or persons is None:
        return voice.nothing()
    key = "totals_hidden" if persons["state"] == "c" else "totals_unstated"
    return voice.say(key, rest=voice.listed(rest))


def persons_by_month(voice: Voice) -> str:
    """The peak month, and the last complete month against the same month a year before."""
    rows = complete(voice.rows)
    known = figures(rows)
    if not known:
        return voice.nothing()
    if not known[0]["value"]:
        return voice.say("none")
    last, by_month = rows[-1], {row["month"]: row for row in rows}
    if len(voice.rows) == 1:
        return voice.say("month_one", month=voice.month(last["month"]), figure=voice.figure(last))
    chosen = _ends_early(voice, last)
    if last["month"] == known[0]["month"]:
        key = "peak_chosen" if chosen else "peak_now"
        return voice.say(key, month=voice.month(last["month"]), figure=voice.figure(last))
    peak = voice.say("peak", month=voice.month(known[0]["month"]), figure=voice.figure(known[0]))
    return peak + _last(voice, last, chosen) + _year_before(voice, last, by_month)


def _last(voice: Voice, last: Row, chosen: bool) -> str:
    """The last month's figure, or that it is withheld or stated nowhere; without a stop."""
    month = voice.month(last["month"])
    if last["state"]:
        return voice.say(NO_FIGURE[last["state"] == "c", chosen], month=month)
    figure = voice.figure(last)
    return voice.say("last_chosen" if chosen else "last_month", month=month, figure=figure)


def age_sex(voice: Voice) -> str:
    """The share of men among those whose sex is stated, and the two most frequent age groups.

    Counted in cases, which may hold several groups, only the most frequent group of both.
    """
    if voice.overlapping:
        return _most_cases(voice)
    by_sex = sums(voice.rows, "sex")
    whole = sum(by_sex.values())
    if not whole:
        return voice.say("none")
    asked = voice.answer.selection.sexes or ()
    men, ages = _men(voice, by_sex), _ages(voice, whole)
    if not ages:
        return men + voice.say("stop") if men and not asked else voice.nothing()
    if len(asked) == 1:
        return voice.say(ALONE[asked[0]]) + ages if asked[0] in ALONE else ages
    return men + voice.say("semicolon") + ages if men else ages


def _men(voice: Voice, by_sex: dict[str, float]) -> str:
    """The share of men, without a stop; empty where no sex is stated."""
    stated = by_sex.get("male", 0) + by_sex.get("female", 0)
    return voice.say("men", share=voice.share(by_sex.get("male", 0) / stated)) if stated else ""


def ages_by_year(voice: Voice) -> str:
    """The age group that changed most between the first and last complete year, and the largest."""
    rows = [
        row
        for row in complete(voice.rows)
        if row["share"] is not None and row["age_group"] != "unknown"
    ]
    if not rows:
        return voice.nothing()
    if len({row["age_group"] for row in voice.rows}) == 1:
        age, figure = voice.name("ages", rows[-1]["age_group"]), voice.figure(rows[-1])
        return voice.say("age_alone", last=rows[-1]["year"], age=age, figure=figure)
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
    if abs(shares[moved, last] - shares[moved, first]) < LEVEL:
        return voice.say("age_one_year", **largest)
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


def _ages(voice: Voice, whole: float) -> str:
    added = {age: value for age, value in sums(voice.rows, "age_group").items() if value}
    ages = [age for age in added if age != "unknown"][:2]
    if len(added) == len(ages) == len({row["age_group"] for row in voice.rows}) == 1:
        return voice.say("age_all", age=voice.name("ages", ages[0]))
    parts = [_aged(voice, age, added[age] / whole) for age in ages]
    key = "ages" if len(parts) > 1 else "age_first"
    return voice.say(key, ages=voice.listed(parts)) if parts else ""


def _most_cases(voice: Voice) -> str:
    stated = [r for r in figures(voice.rows) if "unknown" not in (r["sex"], r["age_group"])]
    if not stated:
        return voice.nothing()
    top = stated[0]
    age, sex = voice.name("ages", top["age_group"]), voice.say(top["sex"])
    return voice.say("age_cases", age=age, sex=sex, figure=voice.figure(top))


def _ends_early(voice: Voice, last: Row) -> bool:
    """Whether the months end where the reader chose, before those on record do."""
    window, final = voice.answer.periods.window, voice.answer.manifest.last_month
    return bool(window and final and window[1] < final and window[1] == last["month"])


def _aged(voice: Voice, age: str, share: float) -> str:
    return voice.say("part", name=voice.name("ages", age), share=voice.share(share))


def _recent(voice: Voice, released: dict[str, Row]) -> str:
    """The figures of the tiles, which cover the last complete months, and the persons in all."""
    periods, persons = voice.answer.periods, released["persons"]
    assert periods.current and periods.window
    now = {
        name: voice.figure(row, "current", name)
        for name, row in released.items()
        if row["current"] is not None
    }
    rest = [now[name] for name in ("cases", "gangs") if name in now]
    months = spans.months(*periods.current)
    text = voice.say(
        "totals_now" if months > 1 else "totals_month",
        n=months,
        until=voice.month(periods.current[1]),
        persons=now["persons"],
        change=voice.changed(persons["change"]),
    )
    if rest:
        text += voice.say("totals_now_rest", rest=voice.listed(rest))
    if "documents" in now and released["documents"]["current"]:
        text += voice.say("totals_now_documents", documents=now["documents"])
    if periods.window == periods.current:
        return text + voice.say("stop")
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
