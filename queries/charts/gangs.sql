/* ---
title.zh = "各团伙的{measure}"
title.en = "{measure} by gang"
note.zh = "按{measure}排列；首末月份为记录所见；来源地与目的地为已公布数字中最大者。"
note.en = "Ranked by {measure}; first and last month are those on record; origin and destination are the largest released ones."
unit = "measure"
columns = [
    "gang", "value", "persons", "cases", "suspects", "first_month", "last_month",
    "origin", "destination", "state", "lower_bound", "persons_state", "persons_lower_bound",
    "cases_state", "suspects_state", "suspects_lower_bound",
]
[cells.by_gang]
facts = "cohorts"
by = ["gang"]
figures = ["value", "first_month", "last_month", "lower_bound"]
[cells.persons_by_gang]
facts = "cohorts"
measure = "persons"
by = ["gang"]
figures = ["value", "stated", "lower_bound"]
[cells.cases_by_gang]
facts = "cases"
by = ["gang"]
figures = ["cases", "suspects", "lower_bound"]
[cells.by_gang_origin]
facts = "cohorts"
by = ["gang", "origin"]
figures = ["value"]
[cells.by_gang_corridor]
facts = "cohorts"
by = ["gang", "origin", "destination"]
figures = ["value"]
--- */
with homes_ranked as (
    select
        gang,
        origin,
        row_number() over (partition by gang order by value desc, origin) as place,
    from by_gang_origin
    where value is not null and origin <> 'unknown'
),

corridors_ranked as (
    select
        gang,
        origin,
        destination,
        row_number() over (partition by gang, origin order by value desc, destination) as place,
    from by_gang_corridor
    where value is not null and destination <> 'unknown'
),

gangs_known as (
    select gang from by_gang where gang is not null
    union
    select gang from cases_by_gang where gang is not null
),

stated as (
    select
        gangs_known.gang,
        case
            when moved.state is null then 0
            when not moved.stated then null
            else moved.value
        end as persons,
        case when not moved.stated then 'x' else coalesce(moved.state, '') end as persons_state,
        coalesce(moved.lower_bound, false) as persons_lower_bound,
    from gangs_known
    left join persons_by_gang as moved on gangs_known.gang = moved.gang
)

select
    stated.gang,
    case
        when by_gang.state is not null then by_gang.value
        when asked.measure = 'persons' then stated.persons
        else 0
    end as value,
    stated.persons,
    case when cases_by_gang.state is null then 0 else cases_by_gang.cases end as cases,
    case when cases_by_gang.state is null then 0 else cases_by_gang.suspects end as suspects,
    by_gang.first_month,
    by_gang.last_month,
    homes_ranked.origin,
    corridors_ranked.destination,
    case
        when by_gang.state is not null then by_gang.state
        when asked.measure = 'persons' then stated.persons_state
        else ''
    end as state,
    coalesce(by_gang.lower_bound, false) as lower_bound,
    stated.persons_state,
    stated.persons_lower_bound,
    coalesce(cases_by_gang.state, '') as cases_state,
    coalesce(cases_by_gang.suspects_state, '') as suspects_state,
    coalesce(
        cases_by_gang.suspects_state = '' and cases_by_gang.lower_bound,
        false
    ) as suspects_lower_bound,
from stated
cross join asked
left join by_gang on stated.gang = by_gang.gang
left join cases_by_gang on stated.gang = cases_by_gang.gang
left join homes_ranked on stated.gang = homes_ranked.gang and homes_ranked.place = 1
left join corridors_ranked
    on
        homes_ranked.gang = corridors_ranked.gang
        and homes_ranked.origin = corridors_ranked.origin
        and corridors_ranked.place = 1
order by value desc nulls last, stated.gang
