"""Drawings of answers: one function a question, same name, returning a plain Plotly specification.

Nothing here fetches, caches or knows Streamlit; `draw` finds the drawing by the question's name.
"""

from collections.abc import Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import TYPE_CHECKING

from dashboard.charts import (
    arrivals,
    coverage,
    flow_map,
    flows,
    gangs,
    headline,
    items,
    people,
    places,
    profile,
    sankey,
    seizures,
    time,
)
from dashboard.charts.base import FOLD, Drawing, Page, Spec
from dashboard.charts.world import ADDRESS, embedded_land
from data.contracts import Language

if TYPE_CHECKING:
    from queries.answers import Answer

FORMS: Mapping[str, Mapping[str, Drawing]] = MappingProxyType(
    {
        "totals": {"trends": headline.totals},
        "persons_by_month": {"line": time.persons_by_month},
        "origins": {"bars": places.origins, "tiles": places.origins_tiles},
        "destinations": {"bars": places.destinations},
        "destinations_by_year": {"panels": places.destinations_by_year},
        "corridors": {
            "map": flow_map.corridors,
            "matrix": flows.corridors_matrix,
            "bars": flows.corridors_bars,
        },
        "routes": {"sankey": sankey.routes},
        "age_sex": {"pyramid": people.age_sex},
        "ages_by_year": {"shares": people.ages_by_year},
        "gangs": {"bars": gangs.gangs},
        "gang_activity": {"timeline": gangs.gang_activity},
        "gang_destinations": {"matrix": gangs.gang_destinations},
        "gang_profile": {"panels": profile.gang_profile},
        "seizures_by_month": {"panels": seizures.seizures_by_month},
        "seizures_by_item": {"bars": items.seizures_by_item},
        "seizures_by_province": {"matrix": seizures.seizures_by_province},
        "seizures_and_persons": {"lines": seizures.seizures_and_persons},
        "documents_per_100": {"bars": seizures.documents_per_100},
        "coverage": {"table": coverage.coverage},
        "arrivals_by_year": {"panels": arrivals.arrivals_by_year},
    }
)


def forms(name: str) -> tuple[str, ...]:
    """Forms a question can be drawn in, the default first; KeyError for an unknown name."""
    return tuple(FORMS[name])


def draw(
    answer: "Answer",
    language: Language,
    form: str | None = None,
    dark: bool = False,
    width: int = 760,
    fold: int = FOLD,
    height: int = 0,
) -> Spec:
    """The answer as a plain Plotly specification without a title.

    width: about how many pixels there will be; below 560 names and labels are shortened, from
    1000 there is room for more. fold: how many bars at most. height: how many pixels there will
    be, 0 where the drawing chooses. layout.meta says rows, states, unit and the filters a click
    sets; `rows` is 0 for an empty answer. Raises KeyError for an unknown question or form.
    """
    drawings = FORMS[answer.question.name]
    drawing = drawings[form] if form else next(iter(drawings.values()))
    page = Page(answer, language, dark, width, fold, height)
    return drawing(page) if page.rows else page.empty()


def standalone(spec: Spec) -> Spec:
    """The same specification with the land picture inside, for files and slides."""
    images = spec["layout"].get("images", [])
    if not any(image["source"] == ADDRESS for image in images):
        return spec
    whole = deepcopy(spec)
    for image in whole["layout"]["images"]:
        if image["source"] == ADDRESS:
            image["source"] = embedded_land()
    return whole
