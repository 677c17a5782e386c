/* ---
title.zh = "按省份的查获物"
title.en = "Seizures by province and item"
note.zh = "省份为查获地；每种物品按自身计量单位计。"
note.en = "The province is where the seizure was made; each item in its own unit."
unit = ""
columns = ["province", "item", "quantity", "unit", "seizures", "state", "lower_bound"]
[cells.by_province_item]
facts = "seizures"
by = ["province", "item", "unit"]
figures = ["quantity", "seizures", "lower_bound"]
--- */
select
    province,
    item,
    quantity,
    unit,
    seizures,
    state,
    lower_bound,
from by_province_item
order by item, quantity desc nulls last, province, unit
