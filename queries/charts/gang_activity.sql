/* ---
title.zh = "各团伙历年的{measure}"
title.en = "{measure} by gang and year, first to last seen"
note.zh = "已公布数字最大的二十五个团伙；首末月份为记录所见。"
note.en = "The twenty-five gangs with the largest released figures; first and last month are those on record."
unit = "measure"
columns = ["gang", "year", "value", "state", "lower_bound", "first_month", "last_month"]
[cells.by_gang]
facts = "cohorts"
by = ["gang"]
figures = ["value", "first_month", "last_month"]
[cells.by_gang_year]
facts = "cohorts"
by = ["gang", "year"]
figures = ["value", "lower_bound"]
--- */
with gangs_ranked as (
    select
        gang,
        first_month,
        last_month,
        row_number() over (order by value desc, gang) as place,
    from by_gang
    where gang is not null and value is not null
)

select
    cells.gang,
    cells.year,
    cells.value,
    cells.state,
    cells.lower_bound,
    gangs_ranked.first_month,
    gangs_ranked.last_month,
from by_gang_year as cells
inner join gangs_ranked on cells.gang = gangs_ranked.gang
where gangs_ranked.place <= 25
order by gangs_ranked.place, cells.year
