"""Ages and sexes: the pyramid, and shares of age groups year by year."""

from dashboard import look
from dashboard.charts import breaks
from dashboard.charts.bars import STUB, missing
from dashboard.charts.base import Page, Row, Spec, breadth
from dashboard.charts.grid import beside, foot
from dashboard.charts.time import year_range, year_ticks
from data import contracts

APART = 0.058
Named = tuple[str, str, float]


def age_sex(page: Page) -> Spec:
    """The age pyramid: men to the left, women to the right, age not stated set apart below."""
    if not page.rows:
        return page.empty()
    ages = _ages(page.rows)
    most = max((row["value"] or 0 for row in page.rows), default=1) or 1
    if not any(row["sex"] in ("male", "female") for row in page.rows):
        return page.empty("chart.no_sex")
    values = look.ticks(most, 2 if page.narrow else 3)
    places = [-value for value in values[:0:-1]] + values
    data = [
        trace
        for sex, sign, colour in (("male", -1, 0), ("female", 1, 1))
        for trace in _side(page, ages, sex, sign, page.theme.categorical[colour], most)
    ]
    unknown = [row for row in page.rows if row["sex"] == "unknown" and row["value"]]
    notes = [page.say(f"measure.{page.unit}")]
    if unknown:
        known = sum(row["value"] for row in unknown)
        notes.append(page.say("chart.sex_unknown", text=page.number(known)))
    names = [page.label("ages", age) for age in ages]
    line, below = foot(page, notes, beside(names), -26)
    reach = most * _reach(page, ages)
    axis = {"tickvals": list(range(len(ages))), "range": [-0.6, len(ages) - 0.4], "showgrid": False}
    return page.figure(
        data,
        page.height or 27 * len(ages) + 26 + below,
        barmode="overlay",
        xaxis={
            "range": [-reach, reach],
            "tickvals": places,
            "ticktext": [page.number(abs(value)) for value in places],
            "showgrid": True,
        },
        yaxis=axis | {"ticktext": names},
        annotations=[*_sexes(page), line],
        margin={"l": 8, "r": 12, "t": 26, "b": below},
    )


def _reach(page: Page, ages: list[str]) -> float:
    """How far each side of the pyramid reaches, in longest bars, so that figures have room."""
    names = max(breadth(page.label("ages", age), 12) for age in ages)
    half = max(page.width - names - 40, 120) / 2
    room = max(breadth(page.mark(row), 11) for row in page.rows) + 8
    return 1 / (1 - min(room / half, 0.6))


def ages_by_year(page: Page) -> Spec:
    """Shares of age groups in each year as stacked columns, named beside the last year.

    Of cases each age group is a line: one case may involve several, and the shares add to no whole.
    """
    if not page.rows:
        return page.empty()
    if all(row["age_group"] == "unknown" for row in page.rows):
        return page.empty("chart.no_age")
    if page.unit == "cases":
        return _ages_of_cases(page)
    ages = _ages(page.rows)
    years = sorted({row["year"] for row in page.rows})
    by_place = {(row["age_group"], row["year"]): row for row in page.rows}
    data, base = [], dict.fromkeys(years, 0.0)
    named: list[Named] = []
    for n, age in enumerate(ages):
        colour = _age_colour(page, age, n, len(ages))
        found = [
            by_place[age, year]
            for year in years
            if by_place.get((age, year), {}).get("share") is not None
        ]
        data += [trace for trace in _layer(page, age, found, dict(base), colour) if trace["x"]]
        if found and found[-1]["year"] == years[-1]:
            named.append((age, colour, base[years[-1]] + found[-1]["share"] / 2))
        for row in found:
            base[row["year"]] += row["share"]
    return _by_year(page, data, named, "chart.share_of_year", 1.0)


def _by_year(page: Page, data: list[Spec], named: list[Named], unit: str, most: float) -> Spec:
    """Shares over years, from 0 to `most`, with room for names at the right."""
    years = sorted({row["year"] for row in page.rows})
    states = {row["state"] for row in page.rows if row.get("state")}
    said = [page.say(unit), page.say("state.c") if "c" in states else ""]
    late = any(row["provisional"] for row in page.rows)
    marked = "chart.crossed_years" if unit == "chart.share_of_year" else "chart.hollow"
    said += [page.say(marked)] if late else []
    said += [breaks.note(page, years)]
    ticks = [0, 0.25, 0.5, 0.75, 1] if most == 1 else look.ticks(most, whole=False)
    shares = [look.percent(tick, page.language).replace(".0", "") for tick in ticks]
    line, below = foot(page, said, beside(shares), -26)
    heights = spread([height / most for _, _, height in named], APART)
    notes = [
        _named(page, age, colour, height * most)
        for (age, colour, _), height in zip(named, heights, strict=True)
    ]
    return page.figure(
        data,
        page.height or 330,
        barmode="overlay",
        xaxis={
            "range": year_range(years),
            "tickformat": "d",
            "tickvals": year_ticks(years, 5 if page.narrow else 10),
        },
        yaxis={
            "range": [0, most],
            "tickvals": ticks,
            "ticktext": shares,
        },
        shapes=breaks.year_lines(page, years),
        annotations=[*notes, line],
        margin={"l": 8, "r": 84, "t": 12, "b": below},
    )


def _ages_of_cases(page: Page) -> Spec:
    ages = _ages(page.rows)
    shown = {
        age: [row for row in page.rows if row["age_group"] == age and row["share"] is not None]
        for age in ages
    }
    most = max((row["share"] for rows in shown.values() for row in rows), default=1) * 1.08
    colours = {age: look.shade(0.5 + 0.5 * n / len(ages), page.dark) for n, age in enumerate(ages)}
    colours["unknown"] = page.theme.line
    data = [_age_line(page, rows, colours[age]) for age, rows in shown.items() if rows]
    last = max(row["year"] for row in page.rows)
    ends = [rows[-1] for rows in shown.values() if rows and rows[-1]["year"] == last]
    named = [
        (row["age_group"], colours[row["age_group"]], row["share"])
        for row in sorted(ends, key=lambda row: row["share"])
    ]
    return _by_year(page, data, named, "chart.share_of_cases", most)


def _age_line(page: Page, rows: list[Row], colour: str) -> Spec:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [row["year"] for row in rows],
        "y": [row["share"] for row in rows],
        "line": {"color": colour, "width": 2},
        "marker": {
            "size": 6,
            "color": [page.theme.paper if row.get("provisional") else colour for row in rows],
            "line": {"color": colour, "width": 1.4},
        },
        "customdata": [[row["age_group"]] for row in rows],
        "hovertext": [_hover(page, row) for row in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _ages(rows: list[Row]) -> list[str]:
    present = {row["age_group"] for row in rows}
    ordered = [code.code for code in contracts.codes("ages") if code.code in present]
    return [age for age in ordered if age == "unknown"] + [
        age for age in ordered if age != "unknown"
    ]


def _side(page: Page, ages: list[str], sex: str, sign: int, colour: str, most: float) -> list[Spec]:
    rows = [row for row in page.rows if row["sex"] == sex]
    done = [row for row in rows if row["value"] is not None]
    gone = [row for row in rows if row["value"] is None]
    shared = {
        "type": "bar",
        "orientation": "h",
        "width": 0.84,
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "textfont": {"size": 11, "color": page.theme.muted},
    }
    figures = shared | {
        "x": [sign * row["value"] for row in done],
        "y": [ages.index(row["age_group"]) for row in done],
        "text": [page.mark(row) for row in done],
        "marker": {"color": colour},
    }
    withheld = shared | {
        "x": [sign * most * STUB] * len(gone),
        "y": [ages.index(row["age_group"]) for row in gone],
        "text": [look.cell(None, row.get("state"), page.language) for row in gone],
        "marker": missing(page, gone),
        "meta": "withheld",
    }
    for trace, found in ((figures, done), (withheld, gone)):
        trace["hovertext"] = [_hover(page, row) for row in found]
        trace["customdata"] = [[row["age_group"], row["sex"]] for row in found]
    return [trace for trace in (figures, withheld) if trace["x"]]


def _hover(page: Page, row: Row) -> str:
    parts = [page.label("ages", row["age_group"])]
    parts += [page.label("sexes", row["sex"])] if "sex" in row else []
    share = ""
    if row.get("share") is not None:
        share = page.pair("chart.share", look.percent(row["share"], page.language))
    late = page.say("state.provisional") if row.get("provisional") else ""
    title = " · ".join(parts)
    if "year" in row:
        title += f" · {look.year(row['year'], page.language)}"
    return page.hover(title, page.full(row), share, late)


def _sexes(page: Page) -> list[Spec]:
    sides = (("chart.men", 0.25, 0), ("chart.women", 0.75, 1))
    return [
        {
            "text": f"<b>{page.say(key)}</b>",
            "x": x,
            "y": 1,
            "xref": "paper",
            "yref": "paper",
            "yanchor": "bottom",
            "yshift": 2,
            "showarrow": False,
            "font": {"size": 13, "color": page.theme.categorical[colour]},
        }
        for key, x, colour in sides
    ]


def _age_colour(page: Page, age: str, n: int, count: int) -> str:
    if age == "unknown":
        return page.theme.grid
    return look.shade((n + 0.5) / count, page.dark)


def _layer(
    page: Page, age: str, rows: list[Row], base: dict[int, float], colour: str
) -> list[Spec]:
    traces = []
    for late in (False, True):
        found = [row for row in rows if bool(row.get("provisional")) is late]
        pattern: Spec = {
            "shape": look.PROVISIONAL_PATTERN,
            "fgcolor": page.theme.paper,
            "bgcolor": colour,
        }
        pattern |= {"size": 6, "solidity": 0.16}
        traces.append(
            {
                "type": "bar",
                "x": [row["year"] for row in found],
                "y": [row["share"] for row in found],
                "base": [base[row["year"]] for row in found],
                "width": 0.88,
                "marker": {"color": colour, "line": {"color": page.theme.paper, "width": 0.6}}
                | ({"pattern": pattern} if late else {}),
                "customdata": [[age]] * len(found),
                "hovertext": [_hover(page, row) for row in found],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    return traces


def spread(heights: list[float], apart: float) -> list[float]:
    """Ascending heights from 0 to 1, moved up and then down by as little as keeps them apart."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + apart if moved else apart / 2))
    top = 1.0
    for n in range(len(moved) - 1, -1, -1):
        moved[n] = min(moved[n], top)
        top = moved[n] - apart
    return moved


def _named(page: Page, age: str, colour: str, height: float) -> Spec:
    return {
        "text": f"<span style='color:{colour}'>■</span> {page.label('ages', age)}",
        "x": 1,
        "y": height,
        "xref": "paper",
        "xanchor": "left",
        "yanchor": "middle",
        "xshift": 4,
        "showarrow": False,
        "font": {"size": 11.5},
    }
