/* ---
title.zh = "数据自身的覆盖情况"
title.en = "The data's own coverage"
note.zh = "未公布份额按来源地×目的地×年份的标准发布表计；隔离行数涉及整个数据集，其余随筛选变化。"
note.en = "Shares withheld refer to the standard publication table origin x destination x year; quarantined rows are those of the whole data set, everything else follows the filters."
unit = ""
columns = ["indicator", "value", "unit", "state"]
[cells.cohort_rows]
facts = "cohorts"
measure = "persons"
figures = ["rows"]
[cells.rows_by_flag]
facts = "cohorts"
measure = "persons"
by = ["flag"]
figures = ["rows"]
[cells.seizure_rows]
facts = "seizures"
figures = ["seizures"]
[cells.opened]
facts = "cases"
figures = ["cases"]
[cells.opened_by_gang_known]
facts = "cases"
by = ["has_gang"]
figures = ["cases"]
[cells.standard]
facts = "cohorts"
measure = "persons"
by = ["origin", "destination", "year"]
figures = ["value"]
[cells.whole]
facts = "cohorts"
measure = "persons"
figures = ["value"]
[cells.loaded]
facts = "loads"
figures = ["quarantined"]
--- */
with months as (
    select
        count(*) as months,
        min(month) as first_month,
        max(month) as last_month,
        coalesce(sum(case when provisional then 1 else 0 end), 0) as provisional_months,
    from calendar
),

published as (
    select
        count(*) as cells,
        coalesce(sum(case when state = 'c' then 1 else 0 end), 0) as withheld,
        coalesce(sum(value), 0) as persons,
    from standard
),

without_gang as (
    select
        coalesce(max(case when state = 'c' then 1 else 0 end), 0) = 1 as withheld,
        coalesce(max(cases), 0) as cases,
    from opened_by_gang_known
    where not has_gang
),

indicators as (
    select 1 as place, 'rows' as indicator, rows::double as value, 'rows' as unit, state
    from cohort_rows
    union all
    select 2 as place, 'months', months::double, 'months', '' from months
    union all
    select
        3 as place,
        'first_month',
        100 * extract(year from first_month)::double + extract(month from first_month),
        'month',
        '',
    from months
    union all
    select
        4 as place,
        'last_month',
        100 * extract(year from last_month)::double + extract(month from last_month),
        'month',
        '',
    from months
    union all
    select 5 as place, 'provisional_months', provisional_months::double, 'months', '' from months
    union all
    select 6 as place, 'cases', cases::double, 'cases', state from opened
    union all
    select
        7 as place,
        'cases_without_gang_share',
        case when without_gang.withheld then null else without_gang.cases::double end
        / nullif(opened.cases, 0),
        'share',
        case when without_gang.withheld or opened.state = 'c' then 'c' else '' end,
    from without_gang
    cross join opened
    union all
    select 8 as place, 'seizures', seizures::double, 'seizures', state from seizure_rows
    union all
    select
        9 as place,
        'lower_bound_rows',
        coalesce(max(rows), 0)::double,
        'rows',
        coalesce(max(state), ''),
    from rows_by_flag
    where flag = 'lower_bound'
    union all
    select 10 as place, 'withheld_cells_share', withheld::double / nullif(cells, 0), 'share', ''
    from published
    union all
    select
        11 as place,
        'withheld_persons_share',
        1 - published.persons::double / nullif(whole.value, 0),
        'share',
        whole.state,
    from published
    cross join whole
    union all
    select 12 as place, 'rows_quarantined', quarantined::double, 'rows', '' from loaded
)

select
    indicator,
    value,
    unit,
    case when value is null and state = '' then 'x' else state end as state,
from indicators
order by place
