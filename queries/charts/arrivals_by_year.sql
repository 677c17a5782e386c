/* ---
title.zh = "目的地一侧公布的中国公民数字"
title.en = "Chinese citizens in destination-side series"
note.zh = "公开数字，年份为发布机构自己的统计年度；月数按发布机构列出的首末月计。"
note.en = "Published figures by the publisher's own reporting year; months are those from the first to the last the publisher lists."
unit = ""
caveats = ["never_added", "citizenship_not_origin", "detections_not_persons", "detected_only", "partial_year"]
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
