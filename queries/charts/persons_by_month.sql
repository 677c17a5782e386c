/* ---
title.zh = "按月{measure}"
title.en = "{measure} by month"
note.zh = "被偷运人数按偷运月份计，案件按立案月份计；没有记录的月份为零；只有未说明人数的案件时为无数据。"
note.en = "Persons are dated by the month they were moved, cases by the month they were opened; a month without records is zero, one whose cases state no persons is not available."
unit = "measure"
columns = ["month", "value", "state", "lower_bound", "provisional", "series_break"]
[cells.by_month]
facts = "cohorts"
by = ["month"]
figures = ["value", "stated", "lower_bound"]
--- */
select
    calendar.month,
    case when by_month.state is null then 0 else by_month.value end as value,
    coalesce(by_month.state, '') as state,
    coalesce(by_month.lower_bound, false) as lower_bound,
    calendar.provisional,
    calendar.series_break,
from calendar
left join by_month on calendar.month = by_month.month
order by calendar.month
