"""What each filter panel offers and what a pick means; it must not know Streamlit.

A panel lists controls; a control names its options, what of them is on, and how a pick changes
the Selection.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from dashboard.chips import field_label, held, label
from dashboard.words import say
from data import contracts
from data.contracts import Language
from queries import spans
from queries.periods import Dated
from queries.selection import Selection, groups

Kind = Literal["many", "pills", "choice", "one"]
MOST_PROVINCES = 3
TIMES = ("last_12", "this_year", "all", "custom")


@dataclass(frozen=True)
class Control:
    """One widget: options with labels, what is on, and the Selection that a pick makes."""

    name: str
    kind: Kind
    title: str
    options: tuple[Any, ...]
    labels: Mapping[Any, str]
    value: Any
    apply: Callable[[Selection, Any], Selection] = field(compare=False)
    help: str = ""


Gangs = Callable[[], tuple[str, ...]]
Controls = Callable[[Selection, Language, Dated, Gangs], Iterator[Control]]


@dataclass(frozen=True)
class Panel:
    """A group of controls under one button."""

    name: str
    icon: str
    controls: Controls

    def title(self, language: Language) -> str:
        """The button's words; constant, or Streamlit would close the panel at a pick."""
        return say(f"filter_{self.name}", language)


def complete_until(dated: Dated) -> date | None:
    """The last month that is whole: before the provisional ones."""
    if dated.last_month is None or dated.provisional_from is None:
        return dated.last_month
    return min(dated.last_month, spans.shift(dated.provisional_from, -1))


def times(dated: Dated) -> dict[str, tuple[date | None, date | None]]:
    """The months each time preset means on this data set; custom starts as the whole of it."""
    end = complete_until(dated)
    presets: dict[str, tuple[date | None, date | None]] = {"all": (None, None)}
    if end and dated.first_month:
        presets["last_12"] = (spans.shift(end, -11), end)
        presets["this_year"] = (date(end.year, 1, 1), end)
        presets["custom"] = (dated.first_month, dated.last_month)
    return {name: presets[name] for name in TIMES if name in presets}


def _time(selection: Selection, language: Language, dated: Dated, _: Gangs) -> Iterator[Control]:
    presets = times(dated)
    chosen = (selection.since, selection.until)
    on = next((name for name, span in presets.items() if span == chosen), "custom")

    def preset(now: Selection, name: str) -> Selection:
        return now.replace(since=presets[name][0], until=presets[name][1])

    labels = {name: say(f"time_{name}", language) for name in TIMES}
    end = complete_until(dated)
    about = say("time_complete", language, month=spans.month(end, language)) if end else ""
    yield Control(
        "time", "choice", say("filter_time", language), tuple(presets), labels, on, preset, about
    )
    if on == "custom" and dated.first_month and dated.last_month:
        yield from _ends(selection, language, dated.first_month, dated.last_month)


def _ends(selection: Selection, language: Language, first: date, last: date) -> Iterator[Control]:
    count = spans.months(first, last)
    months = tuple(spans.shift(first, n) for n in range(count))
    labels = {month: f"{month:%Y-%m}" for month in months}
    since = min(max(selection.since or first, first), last)
    until = min(max(selection.until or last, first), last)

    def start(now: Selection, month: date) -> Selection:
        return now.replace(since=month, until=max(month, now.until or last))

    def end(now: Selection, month: date) -> Selection:
        return now.replace(since=min(month, now.since or first), until=month)

    yield Control("since", "one", say("time_since", language), months, labels, since, start)
    yield Control("until", "one", say("time_until", language), months, labels, until, end)


def _list(
    name: str,
    kind: Kind,
    title: str,
    selection: Selection,
    language: Language,
    options: tuple[str, ...],
) -> Control:
    chosen = getattr(selection, name) or ()
    offered = tuple(dict.fromkeys((*options, *chosen)))
    labels = {code: label(name, code, language) for code in offered}

    def pick(now: Selection, codes: list[str]) -> Selection:
        return _consistent(now.replace(**{name: tuple(codes) or None}))

    value = [code for code in offered if code in chosen]
    return Control(name, kind, title, offered, labels, value, pick)


def _groups(
    name: str, key: str, title: str, selection: Selection, language: Language, level: str
) -> Control:
    """Groups as toggles: one switched on adds its members, one switched off takes them away."""
    offered = tuple(code for code in groups(name) if (code in contracts.codes(level)))
    labels = {code: label(name, code, language) for code in offered}
    on = [code for code in held(name, getattr(selection, name)) if code in offered]

    def pick(now: Selection, codes: list[str]) -> Selection:
        before = set(held(name, getattr(now, name))) & set(offered)
        chosen = set(getattr(now, name) or ())
        for code in set(codes) - before:
            chosen.update(groups(name)[code])
        for code in before - set(codes):
            chosen.difference_update(groups(name)[code])
        return _consistent(now.replace(**{name: tuple(chosen) or None}))

    kind: Kind = "many" if level == "regions" else "pills"
    return Control(key, kind, title, offered, labels, on, pick)


def _consistent(selection: Selection) -> Selection:
    """The selection without prefectures of provinces that are not chosen."""
    if selection.origins is None or selection.prefectures is None:
        return selection
    known = contracts.codes("prefectures")
    inside = tuple(
        code
        for code in selection.prefectures
        if known[code].attributes["province"] in selection.origins
    )
    return selection.replace(prefectures=inside or None)


def _origins(selection: Selection, language: Language, _: Dated, __: Gangs) -> Iterator[Control]:
    presets, provinces = say("origin_presets", language), say("origin_provinces", language)
    yield _groups("origins", "origin-presets", presets, selection, language, "presets")
    codes = contracts.codes("provinces").codes
    yield _list("origins", "many", provinces, selection, language, codes)
    title = say("origin_prefectures", language)
    if not selection.origins:
        yield _groups("prefectures", "prefecture-presets", title, selection, language, "presets")
    chosen = selection.origins or ()
    if selection.prefectures or 0 < len(chosen) <= MOST_PROVINCES:
        towns = tuple(
            code
            for province in chosen[:MOST_PROVINCES]
            for code in contracts.codes("prefectures").where(province=province)
        )
        yield _list("prefectures", "many", title, selection, language, towns)


def _destinations(
    selection: Selection, language: Language, _: Dated, __: Gangs
) -> Iterator[Control]:
    words = {
        key: say(f"destination_{key}", language) for key in ("presets", "regions", "countries")
    }
    name = "destinations"
    yield _groups(name, "destination-presets", words["presets"], selection, language, "presets")
    yield _groups(name, "destination-regions", words["regions"], selection, language, "regions")
    codes = contracts.codes("countries").codes
    yield _list(name, "many", words["countries"], selection, language, codes)


def _people(selection: Selection, language: Language, _: Dated, __: Gangs) -> Iterator[Control]:
    for name in ("ages", "sexes"):
        codes = contracts.codes(name).codes
        title = field_label(name, language)
        yield _list(name, "pills", title, selection, language, codes)


def _routes(selection: Selection, language: Language, _: Dated, __: Gangs) -> Iterator[Control]:
    codes = contracts.codes("routes").codes
    yield _list("routes", "pills", field_label("routes", language), selection, language, codes)


def _gangs(selection: Selection, language: Language, _: Dated, gangs: Gangs) -> Iterator[Control]:
    yield _list("gangs", "many", say("gangs_label", language), selection, language, gangs())
    codes = contracts.codes("items").codes
    yield _list("items", "pills", say("items_label", language), selection, language, codes)


PANELS = (
    Panel("time", ":material/calendar_month:", _time),
    Panel("origins", ":material/home_pin:", _origins),
    Panel("destinations", ":material/flight_land:", _destinations),
    Panel("people", ":material/group:", _people),
    Panel("routes", ":material/route:", _routes),
    Panel("gangs", ":material/hub:", _gangs),
)
