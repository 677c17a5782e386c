/* ---
title.zh = "查获了什么"
title.en = "What was seized"
note.zh = "条形只画证件，其余物品按各自计量单位写出；单位不同，绝不相加。"
note.en = "Bars show documents only, other items are written out in their own unit; units differ and are never added."
unit = ""
columns = ["item", "class", "quantity", "unit", "seizures", "state", "lower_bound"]
[cells.by_item]
facts = "seizures"
by = ["item", "class", "unit"]
figures = ["quantity", "seizures", "lower_bound"]
--- */
with ranked as (
    select
        item,
        class,
        quantity,
        unit,
        seizures,
        state,
        lower_bound,
        case when class = 'document' then 0 else 1 end as place,
    from by_item
)

select
    item,
    class,
    quantity,
    unit,
    seizures,
    state,
    lower_bound,
from ranked
order by place, quantity desc nulls last, item, unit
