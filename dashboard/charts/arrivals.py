"""Destination-side series: one panel each, in its own unit, never added to another."""

from dashboard import look, words
from dashboard.charts import panels
from dashboard.charts.base import Page, Row, Spec, clipped
from data import contracts, sources

SHOWN = 12
KEY = ("reporting", "border", "measure", "source", "citizenship", "unit")


def arrivals_by_year(page: Page) -> Spec:
    """Each published series in a panel under its publisher; years not yet complete hatched."""
    series: dict[tuple[str, ...], list[Row]] = {}
    for row in page.rows:
        series.setdefault(tuple(str(row.get(name) or "") for name in KEY), []).append(row)
    order = sorted(series, key=lambda key: -max(row["value"] or 0 for row in series[key]))
    columns = min(1 if page.narrow else 3 if page.wide else 2, len(series)) or 1
    room = page.width / columns - 60
    shown = [_panel(page, series[key], room) for key in order[:SHOWN]]
    notes = [page.say("chart.own_axis"), page.say("chart.partial_years")]
    if len(order) > SHOWN:
        notes.append(page.say("chart.more_series", n=len(order) - SHOWN))
    return panels.drawn(page, shown, notes, columns=columns)


def _panel(page: Page, rows: list[Row], room: float) -> panels.Panel:
    first = rows[0]
    place = look.safe(contracts.label("countries", first["reporting"], page.language))
    if first["reporting"] == "other":
        place = page.say("chart.reporting_other")
    if first.get("border") and first["border"] != "all":
        place += f" · {page.label('borders', first['border'])}"
    unit = page.say(f"unit.{first['unit']}")
    measure = page.label("measures", first["measure"])
    said = page.say("chart.with_unit", label=measure, unit=unit)
    second = measure if measure.lower() == unit.lower() else said
    second += "<br>" + look.safe(clipped(sources.title(first["source"], page.language), room, 11))
    points = [_point(page, row, place, measure) for row in rows]
    return panels.Panel(place, points, page.theme.accent, second)


def _point(page: Page, row: Row, place: str, measure: str) -> panels.Point:
    title = f"{place} · {look.year(row['year'], page.language)}"
    months = ""
    if row.get("months") is not None and row["months"] < 12 and row["partial"]:
        covered = words.count(row["months"], "months", page.language)
        months = page.say("chart.of_months", n=covered)
    hover = page.hover(
        title,
        measure,
        page.full(row, row["unit"]),
        months,
        look.safe(sources.title(row["source"], page.language)),
    )
    return panels.Point(row["year"], row["value"], bool(row["partial"]), hover, row["state"])
