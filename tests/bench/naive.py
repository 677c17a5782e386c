"""The first page as a first script would have it: plain Streamlit, plotly.express, no cache.

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
moved = "from cohorts where cohort_id is not null"
linked = "where true"
if picked:
    listed = ", ".join(f"'{code}'" for code in picked)
    moved = f"{moved} and origin in ({listed})"
    linked = f"where case_no in (select case_no {moved})"

figures = {
    "Persons": f"select sum(persons) {moved}",
    "Cases": f"select count(*) from cases {linked}",
    "Suspects": f"select sum(suspects) from cases {linked}",
    "Gangs": f"select count(distinct gang) {moved}",
    "Documents": f"select sum(quantity) from seizures {linked} and class = 'document'",
}
for column, (name, sql) in zip(st.columns(len(figures)), figures.items(), strict=True):
    column.metric(name, f"{connection.sql(sql).df().iat[0, 0]:,.0f}")

cards = [place for _ in range(2) for place in st.columns(3)]
months = connection.sql(f"select month, sum(persons) as persons {moved} group by 1 order by 1")
cards[0].plotly_chart(px.line(months.df(), x="month", y="persons"))
origins = connection.sql(f"select origin, sum(persons) as persons {moved} group by 1 order by 2")
cards[1].plotly_chart(px.bar(origins.df(), x="persons", y="origin"))
destinations = connection.sql(
    f"select destination, sum(persons) as persons {moved} group by 1 order by 2"
)
cards[2].plotly_chart(px.bar(destinations.df(), x="persons", y="destination"))
corridors = connection.sql(
    f"select origin, destination, sum(persons) as persons {moved} group by 1, 2"
)
matrix = corridors.df().pivot_table(index="origin", columns="destination", values="persons")
cards[3].plotly_chart(px.imshow(matrix))
gangs = connection.sql(
    f"select gang, sum(persons) as persons {moved} and gang is not null"
    " group by 1 order by 2 desc limit 15"
)
cards[4].plotly_chart(px.bar(gangs.df(), x="persons", y="gang"))
seizures = connection.sql(
    f"select month, item, sum(quantity) as quantity from seizures {linked} group by 1, 2 order by 1"
)
cards[5].plotly_chart(px.bar(seizures.df(), x="month", y="quantity", color="item"))
