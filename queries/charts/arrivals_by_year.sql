/* ---
title.zh = "目的地一侧公布的中国公民数字"
title.en = "Chinese citizens in destination-side series"
note.zh = "公开数字，年份为发布机构自己的统计年度；各序列口径不同，绝不相加，也不与来源地一侧数字相加。"
note.en = "Published figures by the publisher's own reporting year; series differ in what they count and are never added to each other or to the origin side."
unit = ""
columns = [
    "source", "reporting", "border", "measure", "citizenship", "year", "value", "unit",
    "months", "partial", "state",
]
[cells.published]
facts = "arrivals"
by = ["source", "reporting", "border", "measure", "citizenship", "year", "unit"]
figures = ["value", "months", "partial"]
--- */
select
    source,
    reporting,
    border,
    measure,
    citizenship,
    year,
    value,
    unit,
    months,
    partial,
    state,
from published
order by source, reporting, border, measure, year, unit
