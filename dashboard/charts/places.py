"""Where people come from and go to: ranked bars, the grid of provinces, destinations by year."""

from collections.abc import Iterable

from dashboard import look
from dashboard.charts import panels
from dashboard.charts.bars import Bar, ranked_bars
from dashboard.charts.base import Page, Row, Spec, breadth, ranked, totals
from dashboard.charts.grid import Cell, drawn, foot
from data import contracts

GROUPS = {
    "europe": 0,
    "latin-america-and-the-caribbean": 1,
    "asia": 2,
    "northern-america": 3,
    "africa": 4,
    "oceania": 5,
}
PANELS = 9


def origins(page: Page) -> Spec:
    """Origin provinces ranked by persons or cases, with share and like-for-like change."""
    colour = page.theme.accent
    bars = [_bar(page, row, "provinces", "origin", colour) for row in ranked(page.rows)]
    return ranked_bars(page, bars, "chart.more_provinces", _axis(page), "origins")


def destinations(page: Page) -> Spec:
    """Destination countries ranked by persons or cases, coloured by region of the world."""
    bars = [
        _bar(page, row, "countries", "destination", region_colour(page, row["destination"]))
        for row in ranked(page.rows)
    ]
    return ranked_bars(
        page,
        bars,
        "chart.more_destinations",
        _axis(page),
        "destinations",
        region_key(page, [row["destination"] for row in ranked(page.rows)[: page.fold]]),
    )


def origins_tiles(page: Page) -> Spec:
    """The 34 provinces as equal tiles in their rough places, coloured on a log scale."""
    if not page.rows:
        return page.empty()
    by_code = {row["origin"]: row for row in page.rows}
    places = [code for code in contracts.codes("provinces") if code.attributes["tile_row"]]
    room = page.width / (1 + max(int(code.attributes["tile_column"]) for code in places)) - 10
    names = [page.label("provinces", code.code) for code in places]
    whole = max(breadth(name, 13) for name in names) <= room
    cells = [_tile(page, code, by_code.get(code.code), whole) for code in places]
    special = [by_code[code] for code in ("other", "unknown") if code in by_code]
    parts = [
        page.say("chart.special", label=page.label("provinces", row["origin"]), text=page.mark(row))
        for row in special
    ]
    note = [_axis(page), page.say("chart.log_colour"), *parts]
    held = any(row.get("state") == "c" for row in page.rows)
    note += [page.say("chart.hatched")] if held else []
    bare = any(code.code not in by_code for code in places)
    left_out = page.answer.selection.origins is not None
    note += [page.say("chart.bare_tile" if left_out else "chart.blank_tile")] if bare else []
    line, below = foot(page, note)
    across = max(cell.x for cell in cells) + 1
    down = max(cell.y for cell in cells) + 1
    hidden = {"visible": False, "fixedrange": True}
    return page.figure(
        drawn(page, cells, 9 if page.narrow else 12),
        page.height or int(min(page.width, 640) / across * down * 0.76) + below,
        {"filters": "origins"},
        xaxis=hidden | {"range": [-0.55, across - 0.45]},
        yaxis=hidden | {"range": [down - 0.45, -0.55]},
        annotations=[line],
        margin={"l": 4, "r": 4, "t": 4, "b": below},
    )


def destinations_by_year(page: Page) -> Spec:
    """The largest destinations as small panels of years, own scales, peaks labelled."""
    if not page.rows:
        return page.empty()
    order = [code for code in totals(page.rows, "destination") if code not in ("other", "unknown")]
    shown = order[:PANELS] or list(totals(page.rows, "destination"))[:PANELS]
    series = [
        panels.Panel(
            page.label("countries", code),
            [_year(page, row) for row in page.rows if row["destination"] == code],
            region_colour(page, code),
        )
        for code in shown
    ]
    note = ["  ".join(region_key(page, shown)), _axis(page), page.say("chart.own_scale")]
    if len(order) > len(shown):
        note.append(page.say("chart.more_destinations", n=len(order) - len(shown)))
    return panels.drawn(page, series, note, broken=True)


def region_colour(page: Page, country: str) -> str:
    """The colour of a country's region of the world; grey for `other` and `unknown`."""
    group = region_group(country)
    return page.theme.categorical[GROUPS[group]] if group in GROUPS else page.theme.line


def region_key(page: Page, countries: Iterable[str]) -> list[str]:
    """The regions of these countries, each with its colour, in Plotly's pseudo-HTML."""
    present = {region_group(country) for country in countries}
    return [
        f"<span style='color:{page.theme.categorical[at]}'>■</span> {page.label('regions', group)}"
        for group, at in GROUPS.items()
        if group in present
    ]


def region_group(country: str) -> str:
    """The region of the world that colours a country: a key of GROUPS, or ""."""
    countries, regions = contracts.codes("countries"), contracts.codes("regions")
    code = countries[country].attributes["region"] if country in countries else ""
    while code in regions and code not in GROUPS:
        code = regions[code].attributes["parent"]
    return code if code in GROUPS else ""


def _axis(page: Page) -> str:
    return page.say(f"measure.{page.unit}")


def _bar(page: Page, row: Row, codes: str, by: str, colour: str) -> Bar:
    name = page.label(codes, row[by])
    share = look.percent(row["share"], page.language) if row.get("share") is not None else ""
    change = look.change(row["change"], page.language) if row.get("change") is not None else ""
    extra = "  ".join(part for part in (share, change) if part)
    shared = page.pair("chart.share", share) if share else ""
    hover = page.hover(name, page.full(row), shared, page.changed(row))
    plain = page.theme.line if row[by] in ("other", "unknown") else colour
    return Bar(name, row, plain, extra, hover, row[by])


def _tile(page: Page, code: contracts.Code, row: Row | None, whole: bool) -> Cell:
    name = code.label[page.language]
    brief = look.safe(code.attributes["short_zh"] if page.language == "zh" else code.code[3:])
    text = f"<b>{page.label('provinces', code.code) if whole else brief}</b>"
    if row is not None and not page.narrow:
        text += f"<br>{page.mark(row)}"
    chosen = page.answer.selection.origins is None or code.code in page.answer.selection.origins
    none = page.say("chart.tile_none" if chosen else "chart.tile_left_out")
    hover = page.hover(look.safe(name), *([page.full(row), page.changed(row)] if row else [none]))
    x, y = int(code.attributes["tile_column"]), int(code.attributes["tile_row"])
    value = row["value"] if row else 0 if chosen else None
    may = page.answer.scope.allowed("origins")
    pick = [code.code] if may is None or code.code in may else []
    return Cell(x, y, value, text, hover, pick, (row or {}).get("state") or "")


def _year(page: Page, row: Row) -> panels.Point:
    hover = page.hover(
        f"{page.label('countries', row['destination'])} {look.year(row['year'], page.language)}",
        page.full(row),
        page.say("state.provisional") if row.get("provisional") else "",
    )
    unfinished = bool(row.get("provisional"))
    low = bool(row["lower_bound"])
    return panels.Point(row["year"], row["value"], unfinished, hover, row["state"], low)
