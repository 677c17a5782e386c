/* ---
title.zh = "按月查获物"
title.en = "Seizures by item and month"
note.zh = "每种物品按自身计量单位计；没有查获的月份为零。"
note.en = "Each item in its own unit; a month without a seizure is zero."
unit = ""
columns = ["month", "item", "quantity", "unit", "state", "lower_bound", "provisional"]
[cells.by_month_item]
facts = "seizures"
by = ["month", "item", "unit"]
figures = ["quantity", "lower_bound"]
--- */
with items as (
    select distinct
        item,
        unit,
    from by_month_item
)

select
    calendar.month,
    items.item,
    case when cells.state is null then 0 else cells.quantity end as quantity,
    items.unit,
    coalesce(cells.state, '') as state,
    coalesce(cells.lower_bound, false) as lower_bound,
    calendar.provisional,
from calendar
cross join items
left join by_month_item as cells
    on
        calendar.month = cells.month
        and items.item = cells.item
        and items.unit = cells.unit
order by calendar.month, items.item, items.unit
