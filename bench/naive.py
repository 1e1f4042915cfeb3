"""The page as it is usually written: st.plotly_chart, one query per chart into pandas. Measured against."""

import os
from pathlib import Path

import duckdb
import plotly.express as px
import streamlit as st

data = Path(os.environ["COMMONGROUND_DATA"])
con = duckdb.connect(str(data / (data / "CURRENT").read_text().strip()), read_only=True)
last = con.execute("select last_day from build_info").fetchone()[0]
recent = con.cursor().execute("select * from daily where day > $day - interval 28 day", {"day": last}).df()
for column, name in zip(st.columns(5), ("revenue", "conversions", "spend", "sessions", "clicks"), strict=True):
    column.metric(name, f"{recent[name].sum():,.0f}")
by_tag = con.cursor().execute("select day, tag::varchar as tag, sum(conversions) / sum(sessions) as rate from daily where day > $day - interval 28 day group by all order by all", {"day": last}).df()
st.plotly_chart(px.line(by_tag, x="day", y="rate", color="tag"))
ranked = con.cursor().execute("select channel::varchar as channel, sum(conversions) / sum(sessions) as rate from daily where day > $day - interval 28 day group by all order by 2 desc", {"day": last}).df()
st.plotly_chart(px.bar(ranked, x="rate", y="channel", orientation="h"))
matrix = recent.groupby("channel", observed=True)[["revenue", "conversions", "sessions", "spend", "clicks"]].sum()
st.plotly_chart(px.imshow(matrix))
st.dataframe(ranked)
