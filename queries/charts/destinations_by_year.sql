/* ---
title.zh = "各年目的地的{measure}"
title.en = "{measure} by destination and year"
note.zh = "份额为占当年已公布合计的比例；含暂定月份的年份标为暂定。"
note.en = "Shares are of the year's released total; a year with provisional months is provisional."
unit = "measure"
columns = ["year", "destination", "value", "share", "state", "lower_bound", "provisional"]
[cells.by_year_destination]
facts = "cohorts"
by = ["year", "destination"]
figures = ["value", "lower_bound"]
[cells.by_year]
facts = "cohorts"
by = ["year"]
figures = ["value"]
--- */
with years as (
    select
        year,
        max(case when provisional then 1 else 0 end) = 1 as provisional,
    from calendar
    group by year
)

select
    cells.year,
    cells.destination,
    cells.value,
    cells.value::double / nullif(by_year.value, 0) as share,
    cells.state,
    cells.lower_bound,
    coalesce(years.provisional, false) as provisional,
from by_year_destination as cells
left join by_year on cells.year = by_year.year
left join years on cells.year = years.year
order by cells.year, cells.value desc nulls last, cells.destination
