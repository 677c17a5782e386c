"""Corridors from province to country: ranked bars, a matrix, and the Sankey of routes."""

from collections import defaultdict
from itertools import pairwise

from dashboard import look
from dashboard.charts.bars import Bar, ranked_bars
from dashboard.charts.base import Page, Row, Spec, released, totals
from dashboard.charts.grid import Cell, matrix
from dashboard.charts.places import region_colour, region_key

OTHER = "other"
STAGES = {"o": ("provinces", "origin"), "r": ("routes", "route"), "t": ("countries", "transit")}


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


def routes(page: Page) -> Spec:
    """Origin, route, country of transit and destination as a Sankey; `other` keeps the total exact.

    Nodes carry their stage, so that a country of transit that is also a destination never loops.
    """
    rows = [row for row in released(page.rows) if row["value"] > 0]
    if not rows:
        return page.empty()
    folded = _folded(rows, (5, 0, 6) if page.narrow else (8, 5, 12))
    links: dict[tuple[str, str], float] = defaultdict(float)
    for path, value in folded.items():
        for pair in pairwise(path):
            links[pair] += value
    through: dict[str, float] = defaultdict(float)
    for path, value in folded.items():
        for node in path:
            through[node] += value
    nodes = sorted(through, key=lambda node: ("ortd".index(node[0]), -through[node]))
    return page.figure(
        [_sankey(page, nodes, dict(through), dict(links))],
        560 if page.narrow else 520,
        {"total": sum(row["value"] for row in rows)},
        margin={"l": 6, "r": 6, "t": 26, "b": 8},
        annotations=_stages(page),
    )


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


def _folded(rows: list[Row], most: tuple[int, int, int]) -> dict[tuple[str, ...], float]:
    kept = {
        by: set([code for code in totals(rows, by) if code][:count])
        for by, count in zip(("origin", "transit", "destination"), most, strict=True)
    }
    paths: dict[tuple[str, ...], float] = defaultdict(float)
    for row in rows:
        names = {by: row[by] if row[by] in kept[by] else OTHER for by in ("origin", "destination")}
        path = [f"o:{names['origin']}", f"r:{row['route']}"]
        if row["transit"] and most[1]:
            path.append(f"t:{row['transit'] if row['transit'] in kept['transit'] else OTHER}")
        paths[(*path, f"d:{names['destination']}")] += row["value"]
    return dict(paths)


def _sankey(
    page: Page, nodes: list[str], through: dict[str, float], links: dict[tuple[str, str], float]
) -> Spec:
    at = {node: n for n, node in enumerate(nodes)}
    pairs = sorted(links, key=lambda pair: (at[pair[0]], at[pair[1]]))
    names = [_name(page, node) for node in nodes]
    return {
        "type": "sankey",
        "arrangement": "snap",
        "valueformat": ",d",
        "textfont": {"size": 11 if page.narrow else 12, "color": page.theme.ink},
        "node": {
            "label": [
                f"{name}  {page.number(through[node])}"
                for name, node in zip(names, nodes, strict=True)
            ],
            "customdata": [_about(page, node, through[node]) for node in nodes],
            "color": [_colour(page, node) for node in nodes],
            "hovertemplate": "%{customdata}<extra></extra>",
            "line": {"width": 0},
            "pad": 11,
            "thickness": 12,
            "align": "justify",
        },
        "link": {
            "source": [at[one] for one, _ in pairs],
            "target": [at[two] for _, two in pairs],
            "value": [links[pair] for pair in pairs],
            "customdata": [_linked(page, pair, links[pair]) for pair in pairs],
            "color": [look.faded(_colour(page, _painter(pair)), 0.34) for pair in pairs],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    }


def _painter(pair: tuple[str, str]) -> str:
    return pair[1] if pair[1].startswith("d") else pair[0]


def _name(page: Page, node: str) -> str:
    stage, code = node.split(":", 1)
    if stage == "t" and code != OTHER:
        return page.say("chart.via", transit=page.label("countries", code))
    return page.label(STAGES.get(stage, ("countries", ""))[0], code)


def _about(page: Page, node: str, value: float) -> str:
    row = {"value": value, "state": ""}
    return page.hover(_name(page, node), page.full(row))


def _linked(page: Page, pair: tuple[str, str], value: float) -> str:
    title = page.say("chart.flow", origin=_name(page, pair[0]), destination=_name(page, pair[1]))
    return page.hover(title, page.full({"value": value, "state": ""}))


def _colour(page: Page, node: str) -> str:
    stage, code = node.split(":", 1)
    if code in (OTHER, "unknown"):
        return page.theme.line
    if stage == "d":
        return region_colour(page, code)
    return {"o": page.theme.accent, "r": page.theme.muted, "t": page.theme.categorical[1]}[stage]


def _stages(page: Page) -> list[Spec]:
    transit = not page.narrow and any(row.get("transit") for row in page.rows)
    middle = [("chart.route", 1 / 3, "center"), ("chart.transit", 2 / 3, "center")]
    places = [
        ("chart.origin", 0.0, "left"),
        *(middle if transit else [("chart.route", 0.5, "center")]),
        ("chart.destination", 1.0, "right"),
    ]
    return [
        {
            "text": page.say(key),
            "x": x,
            "xanchor": side,
            "y": 1,
            "yanchor": "bottom",
            "yshift": 6,
            "xref": "paper",
            "yref": "paper",
            "showarrow": False,
            "font": {"size": 12, "color": page.theme.muted},
        }
        for key, x, side in places
    ]
