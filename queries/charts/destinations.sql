/* ---
title.zh = "按目的地的{measure}"
title.en = "{measure} by destination"
note.zh = "份额为占已公布合计的比例；变化比较最近完整月份与上年同期。"
note.en = "Shares are of the released total; changes compare the last complete months with the same months a year earlier."
unit = "measure"
columns = [
    "destination", "region", "value", "share", "state", "lower_bound",
    "current", "previous", "change", "reason",
]
[cells.by_destination]
facts = "cohorts"
by = ["destination", "region"]
figures = ["value", "lower_bound"]
[cells.by_destination_compared]
facts = "cohorts"
by = ["destination"]
figures = ["value"]
compare = true
[cells.whole]
facts = "cohorts"
figures = ["value"]
--- */
select
    by_destination.destination,
    by_destination.region,
    by_destination.value,
    by_destination.value::double / nullif(whole.value, 0) as share,
    by_destination.state,
    by_destination.lower_bound,
    case
        when changes.destination is null then asked.current_none
        else changes.current
    end as current,
    case
        when changes.destination is null then asked.previous_none
        else changes.previous
    end as previous,
    changes.change,
    case when changes.destination is null then asked.reason_none else changes.reason end as reason,
from by_destination
cross join whole
cross join asked
left join by_destination_compared as changes
    on by_destination.destination = changes.destination
order by by_destination.value desc nulls last, by_destination.destination
