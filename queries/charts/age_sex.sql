/* ---
title.zh = "按年龄和性别的{measure}"
title.en = "{measure} by age group and sex"
note.zh = "份额为占已公布合计的比例。"
note.en = "Shares are of the released total."
unit = "measure"
columns = ["age_group", "sex", "value", "share", "state", "lower_bound"]
[cells.by_age_sex]
facts = "cohorts"
by = ["age_group", "sex"]
figures = ["value", "lower_bound"]
[cells.whole]
facts = "cohorts"
figures = ["value"]
--- */
select
    by_age_sex.age_group,
    by_age_sex.sex,
    by_age_sex.value,
    by_age_sex.value::double / nullif(whole.value, 0) as share,
    by_age_sex.state,
    by_age_sex.lower_bound,
from by_age_sex
cross join whole
order by by_age_sex.age_group, by_age_sex.sex
