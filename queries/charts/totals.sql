/* ---
title.zh = "总数"
title.en = "Totals"
note.zh = "被偷运人数按偷运月份计，案件与嫌疑人按立案月份计，证件按查获日期计；变化比较最近完整月份与上年同期；选定团伙时不计团伙数。"
note.en = "Persons are dated by the month they were moved, cases and suspects by the month opened, documents by the date seized; changes compare the last complete months with the same months a year earlier; gangs are not counted where gangs were chosen."
unit = ""
columns = [
    "measure", "value", "state", "lower_bound", "current", "current_lower_bound", "previous",
    "change", "reason", "trend",
]
[cells.moved]
facts = "cohorts"
measure = "persons"
figures = ["value", "gangs", "lower_bound"]
[cells.moved_compared]
facts = "cohorts"
measure = "persons"
figures = ["value", "gangs", "lower_bound"]
compare = true
[cells.moved_monthly]
facts = "cohorts"
measure = "persons"
by = ["month"]
figures = ["value", "gangs"]
window = "trend"
[cells.opened]
facts = "cases"
figures = ["cases", "suspects", "lower_bound"]
[cells.opened_compared]
facts = "cases"
figures = ["cases", "suspects", "lower_bound"]
compare = true
[cells.opened_monthly]
facts = "cases"
by = ["month"]
figures = ["cases", "suspects"]
window = "trend"
[cells.seized]
facts = "seizures"
by = ["class"]
figures = ["quantity", "lower_bound"]
[cells.seized_compared]
facts = "seizures"
by = ["class"]
figures = ["quantity", "lower_bound"]
compare = true
[cells.seized_monthly]
facts = "seizures"
by = ["month", "class"]
figures = ["quantity"]
window = "trend"
--- */
with figures as (
    select 1 as place, 'persons' as measure, value::double as value, state, lower_bound
    from moved
    union all
    select 2 as place, 'cases' as measure, cases::double as value, state, false as lower_bound
    from opened
    union all
    select
        3 as place,
        'suspects' as measure,
        suspects::double as value,
        suspects_state as state,
        suspects_state = '' and lower_bound as lower_bound,
    from opened
    union all
    select
        4 as place,
        'gangs' as measure,
        gangs::double as value,
        gangs_state as state,
        false as lower_bound,
    from moved
    union all
    select
        5 as place,
        'documents' as measure,
        case when max(state) is null then 0 else max(quantity) end as value,
        coalesce(max(state), '') as state,
        coalesce(max(case when lower_bound then 1 else 0 end), 0) = 1 as lower_bound,
    from seized
    where class = 'document'
),

changes as (
    select 'persons' as measure, current, current_lower_bound, previous, change, reason
    from moved_compared
    union all
    select 'cases' as measure, current, false as current_lower_bound, previous, change, reason
    from opened_compared
    union all
    select
        'suspects' as measure,
        suspects_current as current,
        current_lower_bound,
        suspects_previous as previous,
        suspects_change as change,
        suspects_reason as reason,
    from opened_compared
    union all
    select
        'gangs' as measure,
        gangs_current as current,
        false as current_lower_bound,
        gangs_previous as previous,
        gangs_change as change,
        gangs_reason as reason,
    from moved_compared
    union all
    select 'documents' as measure, current, current_lower_bound, previous, change, reason
    from seized_compared
    where class = 'document'
),

months as (
    select 'persons' as measure, month, value::double as value, state
    from moved_monthly
    union all
    select 'cases' as measure, month, cases::double as value, state
    from opened_monthly
    union all
    select 'suspects' as measure, month, suspects::double as value, suspects_state as state
    from opened_monthly
    union all
    select 'gangs' as measure, month, gangs::double as value, gangs_state as state
    from moved_monthly
    union all
    select 'documents' as measure, month, quantity as value, state
    from seized_monthly
    where class = 'document'
),

trends as (
    select
        figures.measure,
        array_agg(
            case when months.state is null then 0 else months.value end order by calendar.month
        ) as trend,
    from figures
    cross join calendar
    left join months
        on figures.measure = months.measure and calendar.month = months.month
    where calendar.in_trend
    group by figures.measure
)

select
    figures.measure,
    figures.value,
    figures.state,
    figures.lower_bound,
    case
        when changes.measure is null then asked.current_none
        else changes.current
    end as current,
    coalesce(changes.current > 0 and changes.current_lower_bound, false) as current_lower_bound,
    case
        when changes.measure is null then asked.previous_none
        else changes.previous
    end as previous,
    changes.change,
    case when changes.measure is null then asked.reason_none else changes.reason end as reason,
    coalesce(trends.trend, []) as trend,
from figures
cross join asked
left join changes on figures.measure = changes.measure
left join trends on figures.measure = trends.measure
where figures.measure <> 'gangs' or not asked.gangs_chosen
order by figures.place
