/* ---
title.zh = "每百名被偷运人员对应的查获证件"
title.en = "Documents seized per 100 persons moved"
note.zh = "由两个已公布数字相除；证件按查获年份计，人员按偷运年份计；缺其一的年份没有比率。"
note.en = "A ratio of two released figures; documents are dated by the year seized, persons by the year moved; a year that lacks either has no ratio."
unit = ""
columns = [
    "year", "documents", "documents_lower_bound", "persons", "persons_lower_bound", "ratio",
    "state", "provisional",
]
[cells.seized]
facts = "seizures"
by = ["year", "class"]
figures = ["quantity", "lower_bound"]
[cells.moved]
facts = "cohorts"
measure = "persons"
by = ["year"]
figures = ["value", "stated", "lower_bound"]
--- */
with years as (
    select
        year,
        max(case when provisional then 1 else 0 end) = 1 as provisional,
    from calendar
    group by year
),

paired as (
    select
        years.year,
        case when seized.state is null then 0 else seized.quantity end as documents,
        coalesce(seized.lower_bound, false) as documents_lower_bound,
        case when moved.state is null then 0 else moved.value end as persons,
        coalesce(moved.lower_bound, false) as persons_lower_bound,
        years.provisional,
        'c' in (seized.state, moved.state) as withheld,
        seized.state is not null and moved.state is not null as recorded,
    from years
    left join seized on years.year = seized.year and seized.class = 'document'
    left join moved on years.year = moved.year
)

select
    year,
    documents,
    documents_lower_bound,
    persons,
    persons_lower_bound,
    case when recorded then 100 * documents / nullif(persons, 0) end as ratio,
    case
        when withheld then 'c'
        when not recorded or coalesce(persons, 0) = 0 then 'x'
        else ''
    end as state,
    provisional,
from paired
order by year
