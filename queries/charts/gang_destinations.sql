/* ---
title.zh = "各团伙目的地的{measure}"
title.en = "{measure} by gang and destination"
note.zh = "已公布数字最大的十五个团伙。"
note.en = "The fifteen gangs with the largest released figures."
unit = "measure"
columns = ["gang", "destination", "value", "state", "lower_bound"]
[cells.by_gang]
facts = "cohorts"
by = ["gang"]
figures = ["value"]
[cells.by_gang_destination]
facts = "cohorts"
by = ["gang", "destination"]
figures = ["value", "lower_bound"]
--- */
with gangs_ranked as (
    select
        gang,
        row_number() over (order by value desc, gang) as place,
    from by_gang
    where gang is not null and value is not null
)

select
    cells.gang,
    cells.destination,
    cells.value,
    cells.state,
    cells.lower_bound,
from by_gang_destination as cells
inner join gangs_ranked on cells.gang = gangs_ranked.gang
where gangs_ranked.place <= 15
order by gangs_ranked.place, cells.value desc nulls last, cells.destination
