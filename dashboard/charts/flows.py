"""Corridors from province to country: ranked bars and a matrix."""

from dashboard import look
from dashboard.charts.bars import Bar, ranked_bars
from dashboard.charts.base import Page, Row, Spec, totals
from dashboard.charts.grid import Cell, matrix
from dashboard.charts.places import region_colour, region_key


def corridors_bars(page: Page) -> Spec:
    """The largest corridors as ranked bars, coloured by region of the destination."""
    order = sorted(page.rows, key=lambda row: (row["value"] is None, -(row["value"] or 0)))
    bars = [_bar(page, row) for row in order]
    return ranked_bars(
        page,
        bars,
        "chart.more_corridors",
        page.say(f"measure.{page.unit}"),
        key=region_key(page, [row["destination"] for row in order[: page.fold]]),
    )


def corridors_matrix(page: Page) -> Spec:
    """Origin by destination, both ordered by total, log colour, protected cells hatched."""
    if not page.rows:
        return page.empty()
    origins, destinations = (list(totals(page.rows, by)) for by in ("origin", "destination"))
    kept_rows, kept_columns = origins[:15], destinations[: 8 if page.narrow else 15]
    cells = [
        Cell(
            kept_columns.index(row["destination"]),
            kept_rows.index(row["origin"]),
            row["value"],
            page.mark(row),
            page.hover(corridor(page, row), page.full(row), _share(page, row)),
            [row["origin"], row["destination"]],
            row["state"] or "",
        )
        for row in page.rows
        if row["origin"] in kept_rows and row["destination"] in kept_columns
    ]
    return matrix(
        page,
        [page.label("provinces", code) for code in kept_rows],
        [page.label("countries", code) for code in kept_columns],
        cells,
        matrix_note(page, len(origins) - len(kept_rows), len(destinations) - len(kept_columns)),
        meta={"filters": "origins,destinations"},
    )


def matrix_note(page: Page, rows: int, columns: int) -> list[str]:
    """The notes under a matrix: unit, colour, what hatching and blanks mean, what is left out."""
    parts = [page.say(f"measure.{page.unit}"), page.say("chart.log_colour")]
    parts += [page.say("chart.hatched")] if any(row.get("state") for row in page.rows) else []
    parts.append(page.say("chart.blank_cell"))
    parts += [page.say("chart.more_rows", n=rows)] if rows else []
    return parts + ([page.say("chart.more_columns", n=columns)] if columns else [])


def corridor(page: Page, row: Row) -> str:
    """`Fujian → Italy`, escaped."""
    return page.say(
        "chart.flow",
        origin=page.label("provinces", row["origin"]),
        destination=page.label("countries", row["destination"]),
    )


def _bar(page: Page, row: Row) -> Bar:
    share = look.percent(row["share"], page.language) if row.get("share") is not None else ""
    name = corridor(page, row)
    hover = page.hover(name, page.full(row), _share(page, row))
    colour = region_colour(page, row["destination"])
    return Bar(name, row, colour, share, hover, [row["origin"], row["destination"]])


def _share(page: Page, row: Row) -> str:
    if row.get("share") is None:
        return ""
    return page.pair("chart.share", look.percent(row["share"], page.language))
