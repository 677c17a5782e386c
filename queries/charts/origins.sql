/* ---
title.zh = "按来源省份的{measure}"
title.en = "{measure} by province of origin"
note.zh = "份额为占已公布合计的比例；变化比较最近完整月份与上年同期。"
note.en = "Shares are of the released total; changes compare the last complete months with the same months a year earlier."
unit = "measure"
columns = [
    "origin", "value", "share", "state", "lower_bound", "current", "previous", "change", "reason",
]
[cells.by_origin]
facts = "cohorts"
by = ["origin"]
figures = ["value", "lower_bound"]
[cells.by_origin_compared]
facts = "cohorts"
by = ["origin"]
figures = ["value"]
compare = true
[cells.whole]
facts = "cohorts"
figures = ["value"]
--- */
select
    by_origin.origin,
    by_origin.value,
    by_origin.value::double / nullif(whole.value, 0) as share,
    by_origin.state,
    by_origin.lower_bound,
    case
        when changes.origin is null then asked.current_none
        else changes.current
    end as current,
    case
        when changes.origin is null then asked.previous_none
        else changes.previous
    end as previous,
    changes.change,
    case when changes.origin is null then asked.reason_none else changes.reason end as reason,
from by_origin
cross join whole
cross join asked
left join by_origin_compared as changes on by_origin.origin = changes.origin
order by by_origin.value desc nulls last, by_origin.origin
