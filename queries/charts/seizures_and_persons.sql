/* ---
title.zh = "查获证件与被偷运人数"
title.en = "Documents seized beside persons moved"
note.zh = "两条序列各有单位，绝不相加；证件按查获日期计，人员按偷运月份计；序列中断只涉及人员。"
note.en = "Two series in two units, never added; documents are dated by seizure, persons by the month moved; a break in series is one of persons."
unit = ""
columns = [
    "month", "documents", "documents_state", "documents_lower_bound", "persons", "persons_state",
    "persons_lower_bound", "provisional", "series_break", "state",
]
[cells.seized]
facts = "seizures"
by = ["month", "class"]
figures = ["quantity", "lower_bound"]
[cells.moved]
facts = "cohorts"
measure = "persons"
by = ["month"]
figures = ["value", "stated", "lower_bound"]
--- */
select
    calendar.month,
    case when seized.state is null then 0 else seized.quantity end as documents,
    coalesce(seized.state, '') as documents_state,
    coalesce(seized.lower_bound, false) as documents_lower_bound,
    case when moved.state is null then 0 else moved.value end as persons,
    coalesce(moved.state, '') as persons_state,
    coalesce(moved.lower_bound, false) as persons_lower_bound,
    calendar.provisional,
    calendar.series_break,
    case when 'c' in (seized.state, moved.state) then 'c' else '' end as state,
from calendar
left join seized on calendar.month = seized.month and seized.class = 'document'
left join moved on calendar.month = moved.month
order by calendar.month
