"""Sentences on where people come from, where they go and by which route."""

from dashboard.findings.voice import SPECIAL, Row, Voice, complete, figures, named, sums

TOP = 3
TELLING = 0.1
NOTABLE = 0.05


def origins(voice: Voice) -> str:
    """The first three provinces with their shares, and the largest change among them."""
    return _ranking(voice, "provinces", "origin")


def destinations(voice: Voice) -> str:
    """The first three countries with their shares, and the largest change among them."""
    return _ranking(voice, "countries", "destination")


def corridors(voice: Voice) -> str:
    """The largest corridor with its figure, and the next two."""
    ranked = [
        row for row in figures(voice.rows) if not {row["origin"], row["destination"]} & set(SPECIAL)
    ]
    if not ranked:
        return voice.say("corridor_unstated")
    text = voice.say("corridor", corridor=voice.corridor(ranked[0]), figure=voice.figure(ranked[0]))
    rest = [voice.corridor(row) for row in ranked[1:TOP]]
    if not rest:
        return text + voice.say("corridor_only")
    return text + voice.say("corridors_next", corridors=voice.listed(rest))


def destinations_by_year(voice: Voice) -> str:
    """The first country of the last complete year, and since when it leads."""
    rows = figures(named(complete(voice.rows), "destination"))
    if not rows:
        return voice.nothing()
    leaders: dict[int, list[Row]] = {}
    for row in rows:
        first = leaders.setdefault(row["year"], [row])
        if row is not first[0] and row["value"] == first[0]["value"]:
            first.append(row)
    last = max(leaders)
    names = [voice.inner("countries", row["destination"]) for row in leaders[last]]
    figure = voice.shared(leaders[last])
    if len(names) > 1:
        return voice.say("leader_tied", year=last, names=voice.listed(names), figure=figure)
    text = voice.say("leader", year=last, name=names[0], figure=figure)
    return text + _since(voice, leaders, last)


def routes(voice: Voice) -> str:
    """The route most often recorded with its share, the main country of transit, and the rest."""
    whole = sum(row["value"] for row in figures(voice.rows))
    if not whole:
        return voice.say("none")
    added = sums(voice.rows, "route")
    if set(added) == {"unknown"}:
        return voice.say("not_stated")
    known = [route for route in added if route not in SPECIAL] or list(added)
    text = voice.say(
        "route", route=voice.inner("routes", known[0]), share=voice.share(added[known[0]] / whole)
    )
    transits = sums(
        [row for row in voice.rows if row["transit"] and row["transit"] not in SPECIAL], "transit"
    )
    if transits:
        text += voice.say("transit", transit=voice.inner("countries", next(iter(transits))))
    if added.get("other"):
        text += voice.say("rest", share=voice.share(added["other"] / whole))
    return text + voice.say("stop")


def _ranking(voice: Voice, codes: str, by: str) -> str:
    ranked = figures(named(voice.rows, by)) or figures(voice.rows)
    top = ranked[:TOP]
    while TOP <= len(top) < min(len(ranked), 5) and ranked[len(top)]["value"] == top[-1]["value"]:
        top = ranked[: len(top) + 1]
    if len(ranked) == 1 and len(voice.rows) == 1:
        return _only(voice, top[0], codes, by)
    parts = [_part(voice, row, voice.inner(codes, row[by])) for row in top]
    shares = [row.get("share") for row in top]
    if len(top) == 1:
        text = voice.say("first_one", names=parts[0])
    elif None in shares or voice.overlapping:
        text = voice.say("first", names=voice.listed(parts))
    else:
        together = voice.share(sum(share for share in shares if share is not None))
        text = voice.say("first_together", names=voice.listed(parts), share=together)
    return voice.joined(text, _mover(voice, top, codes, by), _unstated(voice, by))


def _only(voice: Voice, row: Row, codes: str, by: str) -> str:
    figure = voice.figure(row)
    if row[by] == "unknown":
        return voice.say("only_unstated", figure=figure)
    key = "only_to" if by == "destination" else "only"
    return voice.say(key, name=voice.inner(codes, row[by]), figure=figure)


def _part(voice: Voice, row: Row, name: str) -> str:
    text = voice.figure(row) if row.get("share") is None else voice.share(row["share"])
    return voice.say("part", name=name, share=text)


def _mover(voice: Voice, top: list[Row], codes: str, by: str) -> str:
    moved = [row for row in top if row.get("change") is not None and abs(row["change"]) >= NOTABLE]
    if not moved:
        return ""
    most = max(moved, key=lambda row: abs(row["change"]))
    key = "rose" if most["change"] > 0 else "fell"
    change = voice.share(abs(most["change"]))
    text = voice.say(key, name=voice.inner(codes, most[by]), change=change)
    return voice.say("sentence", text=text[:1].upper() + text[1:])


def _unstated(voice: Voice, by: str) -> str:
    shares = [row.get("share") or 0 for row in voice.rows if row[by] == "unknown"]
    return (
        voice.say("stated_not", share=voice.share(shares[0]))
        if shares and shares[0] >= TELLING
        else ""
    )


def _since(voice: Voice, leaders: dict[int, list[Row]], last: int) -> str:
    leader = leaders[last][0]["destination"]
    before = [
        year
        for year in sorted(leaders)
        if year < last and leaders[year][0]["destination"] != leader
    ]
    if not before:
        return voice.say("leader_always" if len(leaders) > 1 else "stop")
    since = min(year for year in leaders if year > before[-1])
    name = voice.inner("countries", leaders[before[-1]][0]["destination"])
    if since == last:
        return voice.say("leader_new", before=name)
    return voice.say("leader_since", since=since, before=name)
