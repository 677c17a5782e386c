/* ---
title.zh = "从来源省份经路线到目的地的{measure}"
title.en = "{measure} from province of origin by route to destination"
note.zh = "未公布的组合合为一行“其他”，使合计不致缺漏；一案可经多条路径，故按案件计时各行之和可大于案件总数。"
note.en = "Combinations withheld are put together as one row, other, so that nothing is lost from the total; counted in cases, one case may take several paths."
unit = "measure"
columns = ["origin", "route", "transit", "destination", "value", "state", "lower_bound"]
[cells.by_path]
facts = "cohorts"
by = ["origin", "route", "transit", "destination"]
figures = ["value", "lower_bound"]
remainder = true
--- */
select
    origin,
    route,
    transit,
    destination,
    value,
    state,
    lower_bound,
from by_path
where remainder or value is not null
order by remainder, value desc nulls last, origin, route, transit nulls first, destination
