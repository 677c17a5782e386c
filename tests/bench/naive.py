"""The page as a first script would have it: plain Streamlit, plotly.express, one SQL a chart, no cache.

Run with: streamlit run naive.py -- SNAPSHOT. It is the benchmark's baseline and protects nothing.
"""

import sys

import duckdb
import plotly.express as px
import streamlit as st

st.set_page_config(layout="wide")
connection = duckdb.connect(sys.argv[1], read_only=True)
provinces = connection.sql("select code from codes_provinces order by position").df()["code"]
picked = st.multiselect("Origins", list(provinces), key="origins")
real = "from cohorts where cohort_id is not null"
moved = "from cohorts where cohort_id is not null"
linked = ""
if picked:
    listed = ", ".join(f"'{code}'" for code in picked)
    moved = f"{real} and origin in ({listed})"
    linked = f"where case_no in (select case_no {moved})"

figures = {
    "Persons": f"select sum(persons) {moved}",
    "Cases": f"select count(*) from cases {linked}",
    "Suspects": f"select sum(suspects) from cases {linked}",
    "Gangs": f"select count(distinct gang) {moved}",
    "Documents": "select sum(quantity) from seizures "
    + (f"{linked} and" if linked else "where")
    + " class = 'document'",
}
for column, (name, sql) in zip(st.columns(len(figures)), figures.items(), strict=True):
    column.metric(name, f"{connection.sql(sql).fetchone()[0] or 0:,.0f}")

charts = [
    (
        px.line,
        f"select month, sum(persons) as persons {moved} group by month order by month",
        "month",
    ),
    (
        px.bar,
        f"select origin, sum(persons) as persons {moved} group by origin order by 2",
        "origin",
    ),
    (
        px.bar,
        f"select destination, sum(persons) as persons {moved} group by destination order by 2",
        "destination",
    ),
]
left, right = st.columns(2)
for place, (draw, sql, x) in zip([left, right, left], charts, strict=True):
    place.plotly_chart(draw(connection.sql(sql).df(), x=x, y="persons"))

corridors = connection.sql(
    f"select origin, destination, sum(persons) as persons {moved} group by origin, destination"
).df()
right.plotly_chart(
    px.imshow(corridors.pivot_table(index="origin", columns="destination", values="persons"))
)
routes = connection.sql(
    f"select origin, route, destination, sum(persons) as persons {moved}"
    " group by origin, route, destination order by 4 desc limit 100"
).df()
left.plotly_chart(px.parallel_categories(routes, dimensions=["origin", "route", "destination"]))
ages = connection.sql(
    f"select age_group, sex, sum(persons) as persons {moved} group by age_group, sex order by 1"
).df()
right.plotly_chart(px.bar(ages, y="age_group", x="persons", color="sex", orientation="h"))
gangs = connection.sql(
    f"select gang, sum(persons) as persons {moved} and gang is not null"
    " group by gang order by 2 desc limit 15"
).df()
left.plotly_chart(px.bar(gangs, y="gang", x="persons", orientation="h"))
seizures = connection.sql(
    f"select month, item, sum(quantity) as quantity from seizures {linked}"
    " group by month, item order by month"
).df()
right.plotly_chart(px.bar(seizures, x="month", y="quantity", color="item"))
