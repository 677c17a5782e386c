/* ---
title.zh = "一个团伙：年份、来源地、目的地、路线与查获物"
title.en = "One gang: years, origins, destinations, routes and seizures"
note.zh = "只含所选的一个团伙；查获物按物品计量单位计。"
note.en = "The one gang that is chosen; seizures are in the item's own unit."
unit = "measure"
columns = ["facet", "code", "value", "unit", "state", "lower_bound"]
[requires]
gangs = 1
[cells.by_year]
facts = "cohorts"
by = ["year"]
figures = ["value", "lower_bound"]
[cells.by_origin]
facts = "cohorts"
by = ["origin"]
figures = ["value", "lower_bound"]
[cells.by_destination]
facts = "cohorts"
by = ["destination"]
figures = ["value", "lower_bound"]
[cells.by_route]
facts = "cohorts"
by = ["route"]
figures = ["value", "lower_bound"]
[cells.by_item]
facts = "seizures"
by = ["item", "unit"]
figures = ["quantity", "lower_bound"]
--- */
with facets as (
    select 1 as place, 'year' as facet, year::varchar as code, value, state, lower_bound
    from by_year
    union all
    select 2 as place, 'origin' as facet, origin as code, value, state, lower_bound
    from by_origin
    union all
    select 3 as place, 'destination' as facet, destination as code, value, state, lower_bound
    from by_destination
    union all
    select 4 as place, 'route' as facet, route as code, value, state, lower_bound
    from by_route
),

measured as (
    select
        facets.place,
        facets.facet,
        facets.code,
        facets.value,
        asked.measure as unit,
        facets.state,
        facets.lower_bound,
    from facets
    cross join asked
    union all
    select
        5 as place,
        'item' as facet,
        item as code,
        quantity as value,
        unit,
        state,
        lower_bound,
    from by_item
)

select
    facet,
    code,
    value,
    unit,
    state,
    lower_bound,
from measured
order by
    place,
    case when facet = 'year' then code end,
    value desc nulls last,
    code,
    unit
