/* ---
title.zh = "从来源省份到目的地的{measure}"
title.en = "{measure} from province of origin to destination"
note.zh = "份额为占已公布合计的比例。"
note.en = "Shares are of the released total."
unit = "measure"
columns = ["origin", "destination", "value", "share", "state", "lower_bound"]
[cells.by_corridor]
facts = "cohorts"
by = ["origin", "destination"]
figures = ["value", "lower_bound"]
[cells.whole]
facts = "cohorts"
figures = ["value"]
--- */
select
    by_corridor.origin,
    by_corridor.destination,
    by_corridor.value,
    by_corridor.value::double / nullif(whole.value, 0) as share,
    by_corridor.state,
    by_corridor.lower_bound,
from by_corridor
cross join whole
order by by_corridor.value desc nulls last, by_corridor.origin, by_corridor.destination
