"""The fact tables as fixed SQL fragments: dimensions, figures, dates and how filters reach them.

Only names and expressions stand here, never a reader's value. It must not know release rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from data import sources
from data.casts import literal, sql
from queries.figures import Figure, Squares
from queries.selection import FIELDS

NODES = "_nodes"
Grain = Literal["month", "year", "none"]
BOUND_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "measure": "varchar",
        "since": "date",
        "until": "date",
        **dict.fromkeys((*FIELDS, *(name + NODES for name in FIELDS)), "varchar[]"),
        "window_since": "date",
        "window_until": "date",
        "current_since": "date",
        "current_until": "date",
        "previous_since": "date",
        "previous_until": "date",
        "trend_since": "date",
        "trend_until": "date",
        "reason": "varchar",
        "provisional_from": "date",
        "breaks": "date[]",
    }
)


def bound(name: str) -> str:
    """The SQL that reads one field of the bound `$selection`; raises KeyError for no such field."""
    return f"($selection).{name}::{BOUND_FIELDS[name]}"


def chosen(column: str, name: str) -> str:
    """The SQL that keeps rows whose column is among the bound list of that name."""
    return f"{column} in (select unnest({bound(name)}))"


@dataclass(frozen=True)
class Facts:
    """One fact table: where it is read, dated, cut, filtered and what it adds up to.

    grain: what `dated` holds. own: list filters that are columns here; others reach it through
    the case where it is linked. published: figures already published, released as they are.
    undivided: about everybody at once, so that whoever may see some sees none of it.
    """

    source: str
    dated: str
    grain: Grain
    dimensions: Mapping[str, str]
    figures: Mapping[str, Figure]
    own: Mapping[str, str] = field(default_factory=dict)
    always: tuple[str, ...] = ()
    linked: bool = True
    published: bool = False
    undivided: bool = False


COHORT_FILTERS: Mapping[str, str] = MappingProxyType(
    {
        "origins": "origin",
        "prefectures": "prefecture",
        "destinations": "destination",
        "routes": "route",
        "ages": "age_group",
        "sexes": "sex",
    }
)

_FIRST = Figure("min({month})", again="min({})")
_LAST = Figure("max({month})", again="max({})")
_ANY = "coalesce(bool_or({}), false)"
_LOWER = Figure(
    "coalesce(max(case when flag = 'lower_bound' then 1 else 0 end), 0) = 1", again=_ANY
)
_COUNTED = "nullif(count(*), 0)"
_CASES = Figure("count(distinct case_no)", "case_no", counted="case_no", key="case_key")
_CORRIDOR, _ITEM = frozenset({"origin", "destination"}), frozenset({"item", "unit"})
_ROLES = ("organiser", "forger", "transporter", "other", "unknown")


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


def _suspects(column: str) -> Figure:
    return Figure(
        f"case when count(*) = 0 then 0 else sum({column}) end::bigint",
        f"case when {column} > 0 then case_no end",
        counts_people=True,
        adds=column,
        key=f"case when {column} > 0 then case_key end",
        salt=3266489917,
        squares=(Squares("squares", f"{column}::bigint * {column}"),),
        some=f"{column} > 0",
    )


_COHORTS = Facts(
    source="cohorts",
    dated="month",
    grain="month",
    dimensions=_same(*COHORT_FILTERS.values(), "region", "transit", "gang", "flag"),
    figures={
        "value": Figure(
            "case when count(*) = 0 then 0 when count(cohort_id) > 0 then sum(persons) end::bigint",
            "case when persons > 0 then case_no end",
            counts_people=True,
            only="persons > 0",
            adds="nullif(persons, 0)",
            squares=(
                Squares("corridor_squares", "persons::bigint * corridor_persons", _CORRIDOR),
                Squares("squares", "persons::bigint * case_persons"),
            ),
            some="persons > 0",
            summed="nullif(sum(persons), 0)",
        ),
        "gangs": Figure(
            "count(distinct gang)",
            "case when gang is not null then case_no end",
            counted="gang",
            key="gang_key",
        ),
        "stated": Figure("count(cohort_id) > 0", again=_ANY),
        "rows": Figure(
            "count(cohort_id)",
            "case when cohort_id is not null then case_no end",
            adds="case when cohort_id is not null then 1 end",
            salt=668265263,
            summed="nullif(count(cohort_id), 0)",
        ),
        "first_month": _FIRST,
        "last_month": _LAST,
        "lower_bound": _LOWER,
    },
    own={**COHORT_FILTERS, "gangs": "gang"},
)
_COHORT_CASES = Facts(
    source="cohorts",
    dated="case_month",
    grain="month",
    dimensions=_COHORTS.dimensions,
    figures={**_COHORTS.figures, "value": _CASES, "lower_bound": Figure("false", again=_ANY)},
    own=_COHORTS.own,
)
_CASE_FACTS = Facts(
    source="cases",
    dated="month",
    grain="month",
    dimensions=_same("province", "prefecture", "gang", "kind", "fee_band", "status", "flag")
    | {"has_gang": "gang is not null"},
    figures={
        "cases": Figure("count(*)", "case_no", key="case_key", summed=_COUNTED),
        "suspects": _suspects("suspects"),
        **{f"suspects_{role}": _suspects(f"suspects_{role}") for role in _ROLES},
        "first_month": _FIRST,
        "last_month": _LAST,
        "lower_bound": _LOWER,
    },
    own={"gangs": "gang"},
)
_SEIZURES = Facts(
    source="seizures",
    dated="month",
    grain="month",
    dimensions=_same("province", "item", "class", "unit", "gang", "flag"),
    figures={
        "quantity": Figure(
            "coalesce(sum(quantity), 0)",
            "case when quantity > 0 then case_no end",
            adds="quantity",
            key="case when quantity > 0 then record_key end",
            magnitude=True,
            most="case when quantity > 0 then case_quantity end",
            squares=(
                Squares("item_squares", "quantity::double * case_quantity", _ITEM),
                Squares("squares", "quantity::double * case_quantities"),
            ),
            some="quantity > 0",
        ),
        "seizures": Figure("count(*)", "case_no", summed=_COUNTED),
        "cases": _CASES,
        "first_month": _FIRST,
        "last_month": _LAST,
        "lower_bound": _LOWER,
    },
    own={"gangs": "gang", "items": "item"},
)
_LENGTHS = " ".join(
    f"when {literal(name)} then {months}" for name, months in {"": 1, **sources.lengths()}.items()
)
_ARRIVALS = Facts(
    source=sql(
        """(
            select
                arrivals.*,
                covered.months
            from arrivals
            inner join (
                select
                    source,
                    reporting,
                    measure,
                    year,
                    case
                        when count(*) > count(month) then 12
                        when
                            year > min(year) over (partition by source, reporting, measure)
                            and year < max(year) over (partition by source, reporting, measure)
                            then 12
                        else
                            date_diff('month', min(month), max(month))
                            + case source {lengths} else 1 end
                    end as months
                from arrivals
                group by source, reporting, measure, year
            ) as covered using (source, reporting, measure, year)
        ) as covered_arrivals""",
        lengths=_LENGTHS,
    ),
    dated="year",
    grain="year",
    dimensions=_same("source", "reporting", "border", "measure", "citizenship", "year", "unit"),
    figures={
        "value": Figure("sum(value)"),
        "months": Figure("max(months)::bigint"),
        "partial": Figure(
            "max(months) < 12 or max(case when flag = 'provisional' then 1 else 0 end) = 1"
        ),
    },
    own={"destinations": "reporting"},
    always=("citizenship = 'CHN'",),
    linked=False,
    published=True,
)
_LOADS = Facts(
    source="loads",
    dated="loaded_at",
    grain="none",
    dimensions={"table": '"table"'},
    figures={
        name: Figure(f"coalesce(sum({name}), 0)::bigint")
        for name in ("rows_in", "facts", "quarantined", "left_out")
    },
    linked=False,
    published=True,
    undivided=True,
)

FACTS: Mapping[str, Facts] = MappingProxyType(
    {
        "cohorts": _COHORTS,
        "cases": _CASE_FACTS,
        "seizures": _SEIZURES,
        "arrivals": _ARRIVALS,
        "loads": _LOADS,
    }
)


def facts(name: str, measure: str) -> Facts:
    """The fact table of that name; cohorts measured in cases are dated by the case's opening."""
    return _COHORT_CASES if (name, measure) == ("cohorts", "cases") else FACTS[name]
