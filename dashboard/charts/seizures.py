"""Seizures: by item and month, by province, beside persons, and documents per 100 persons."""

from dashboard import look, words
from dashboard.charts import breaks, panels
from dashboard.charts.bars import hatch, missing
from dashboard.charts.base import Page, Row, Spec, iso
from dashboard.charts.grid import Cell, beside, foot, matrix
from dashboard.charts.time import month_axis, month_gaps, month_lines, year_range, year_ticks
from data import contracts

SHOWN = 15


def seizures_by_month(page: Page) -> Spec:
    """Each item's months as dots on a log scale and in a unit of its own, never added."""
    present = {row["item"] for row in page.rows}
    series = [
        panels.Panel(
            page.label("items", code.code),
            [_month(page, row) for row in page.rows if row["item"] == code.code],
            page.theme.accent,
            page.say(f"unit.{code.attributes['unit']}") + _largest(page, code.code),
            code.code,
        )
        for code in contracts.codes("items")
        if code.code in present
    ]
    late = any(row["provisional"] for row in page.rows)
    keys = ("chart.own_axis", "chart.log_axis", "chart.zero_months", "chart.hollow")
    note = [page.say(key) for key in (keys if late else keys[:-1])]
    return panels.drawn(page, series, note, log=True, dated=True, meta={"filters": "items"})


def seizures_by_province(page: Page) -> Spec:
    """Provinces by item, coloured within each item's own unit; ordered by documents seized."""
    if not page.rows:
        return page.empty()
    present = {row["item"] for row in page.rows}
    items = [code for code in contracts.codes("items") if code.code in present]
    order = _by_documents(page.rows)
    kept = order[:SHOWN]
    columns = [code.code for code in items]
    cells = [
        Cell(
            columns.index(row["item"]),
            kept.index(row["province"]),
            row["quantity"],
            page.mark(row, "quantity"),
            _province_hover(page, row),
            [row["province"], row["item"]],
            row["state"] or "",
        )
        for row in page.rows
        if row["province"] in kept and row["item"] in columns
    ]
    parts = [page.say("chart.column_colour"), page.say("chart.blank_cell")]
    parts += [page.say("chart.hatched")] if any(row.get("state") for row in page.rows) else []
    left = len(order) - len(kept)
    parts += [page.say("chart.more_provinces", n=left)] if left else []
    return matrix(
        page,
        [page.label("provinces", code) for code in kept],
        [_headed(page, code) for code in items],
        cells,
        parts,
        by_column=True,
        meta={"filters": "items"},
    )


def seizures_and_persons(page: Page) -> Spec:
    """Documents seized above persons moved, on one axis of months, each in its own unit."""
    if not page.rows:
        return page.empty()
    data: list[Spec] = []
    layout: Spec = {}
    pairs = (("documents", "y", 2, [0.54, 0.94]), ("persons", "y2", 0, [0.0, 0.40]))
    notes = []
    for column, axis, hue, domain in pairs:
        data += _series(page, column, axis, page.theme.categorical[hue])
        layout["yaxis" + axis[1:]] = _figures_axis(page, column, domain)
        notes.append(_title(page, column, domain[1]))
    notes += breaks.month_words(page, domain[1])
    x = month_axis(page.rows, page.narrow) | {"anchor": "y2"}
    return page.figure(
        data,
        400,
        **layout,
        xaxis=x,
        shapes=breaks.month_lines(page, domain[1]),
        annotations=notes,
        margin={"l": 8, "r": 14, "t": 4, "b": 8},
    )


def documents_per_100(page: Page) -> Spec:
    """Documents seized per 100 persons moved in each year, labelled; provisional years hatched."""
    if not page.rows:
        return page.empty()
    done = [row for row in page.rows if row["ratio"] is not None and not row["provisional"]]
    late = [row for row in page.rows if row["ratio"] is not None and row["provisional"]]
    gone = [row for row in page.rows if row["ratio"] is None]
    most = max((row["ratio"] or 0 for row in page.rows), default=1) or 1
    years = [row["year"] for row in page.rows]
    accent = page.theme.accent
    data = [
        _ratio_bars(page, done, {"color": accent}, [row["ratio"] for row in done]),
        _ratio_bars(
            page,
            late,
            hatch(page, look.PROVISIONAL_PATTERN, accent),
            [row["ratio"] for row in late],
        ),
        _ratio_bars(page, gone, missing(page, gone), [most * 0.02] * len(gone))
        | {"meta": "withheld"},
    ]
    roomy = page.width / len(years) >= 38
    values = look.ticks(most, 3)
    notes = [page.say("chart.per_100")] + ([page.say("chart.crossed_years")] if late else [])
    notes += [breaks.note(page, years)]
    bounds = any(look.ratio_bound(row) == "about" for row in [*done, *late])
    notes += [page.say("chart.two_bounds")] if bounds else []
    ticks = [page.number(value) for value in values]
    note, below = foot(page, notes, 8 if roomy else beside(ticks), -26)
    data = [trace if roomy else trace | {"textposition": "none"} for trace in data]
    return page.figure(
        [trace for trace in data if trace["x"]],
        300,
        barmode="overlay",
        xaxis={
            "range": year_range(years),
            "tickformat": "d",
            "tickvals": year_ticks(years, 5 if page.narrow else 12),
        },
        yaxis={
            "range": [0, most * 1.14],
            "visible": not roomy,
            "tickvals": values,
            "ticktext": ticks,
        },
        shapes=breaks.year_lines(page, years),
        annotations=[note],
        margin={"l": 8, "r": 8, "t": 12, "b": below},
    )


def _month(page: Page, row: Row) -> panels.Point:
    title = f"{page.label('items', row['item'])} · {look.month(row['month'], page.language)}"
    late = page.say("state.provisional") if row["provisional"] else ""
    text = page.full(row, row["unit"], "quantity")
    hover = page.hover(title, text, late)
    unfinished = bool(row["provisional"])
    return panels.Point(iso(row["month"]), row["quantity"], unfinished, hover, row["state"])


def _largest(page: Page, item: str) -> str:
    months = [row for row in page.rows if row["item"] == item and row["quantity"]]
    if not months:
        return ""
    top = max(months, key=lambda row: row["quantity"])
    month = f"{top['month']:%Y-%m}"
    return " · " + page.say("chart.largest", value=page.mark(top, "quantity"), month=month)


def _by_documents(rows: list[Row]) -> list[str]:
    documents = contracts.codes("items").where(**{"class": "document"})
    sums: dict[str, float] = {}
    for row in rows:
        value = row["quantity"] if row["item"] in documents and row["quantity"] else 0
        sums[row["province"]] = sums.get(row["province"], 0) + value
    return sorted(sums, key=lambda code: (code in ("other", "unknown"), -sums[code]))


def _province_hover(page: Page, row: Row) -> str:
    title = f"{page.label('provinces', row['province'])} · {page.label('items', row['item'])}"
    times = ""
    if row.get("seizures") is not None:
        times = words.count(row["seizures"], "seizures", page.language, full=True)
    return page.hover(title, page.full(row, row["unit"], "quantity"), times)


def _headed(page: Page, code: contracts.Code) -> str:
    unit = page.say(f"unit.{code.attributes['unit']}")
    return page.say("chart.with_unit", label=page.label("items", code.code), unit=unit)


def _series(page: Page, column: str, axis: str, colour: str) -> list[Spec]:
    state = f"{column}_state"
    rows = page.rows if column == "persons" else [r | {"series_break": False} for r in page.rows]
    final = [row for row in rows if not row["provisional"]]
    late = [row for row in rows if row["provisional"]]
    traces = month_lines(page, final, colour, False, column, state)
    traces += month_lines(page, final[-1:] + late, colour, True, column, state) if late else []
    gone = [row for row in page.rows if row[state]]
    traces += [month_gaps(page, gone, state)] if gone else []
    return [trace | {"yaxis": axis} for trace in traces]


def _figures_axis(page: Page, column: str, domain: list[float]) -> Spec:
    most = max((row[column] or 0 for row in page.rows), default=1) or 1
    values = look.ticks(most, 4)
    return {
        "domain": domain,
        "range": [0, most * 1.08],
        "tickvals": values,
        "ticktext": [page.number(value) for value in values],
    }


def _title(page: Page, column: str, height: float) -> Spec:
    hue = page.theme.categorical[2 if column == "documents" else 0]
    return {
        "text": f"<span style='color:{hue}'>●</span> <b>{page.say(f'measure.{column}')}</b>",
        "x": 0,
        "y": height,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 18 if column == "persons" and any(r["series_break"] for r in page.rows) else 4,
        "showarrow": False,
        "font": {"size": 12.5},
    }


def _ratio_bars(page: Page, rows: list[Row], marker: Spec, heights: list[float]) -> Spec:
    texts = [
        look.SIGNS[look.ratio_bound(row)] + look.ratio(row["ratio"], page.language)
        if row["ratio"] is not None
        else look.cell(None, row.get("state"), page.language)
        for row in rows
    ]
    return {
        "type": "bar",
        "x": [row["year"] for row in rows],
        "y": heights,
        "width": 0.72,
        "marker": marker,
        "text": texts,
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"size": 11},
        "hovertext": [_ratio_hover(page, row, text) for row, text in zip(rows, texts, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _ratio_hover(page: Page, row: Row, text: str) -> str:
    known = row["ratio"] is not None
    lines = [page.pair("chart.per_100", text)] if known else [page.full(row, "documents", "ratio")]
    for column in ("documents", "persons"):
        lines += (
            [page.full(row, column, column, f"{column}_state")] if row[column] is not None else []
        )
    late = page.say("state.provisional") if row["provisional"] else ""
    return page.hover(look.year(row["year"], page.language), *lines, late)
