"""The overview as it is usually written: Streamlit's defaults, st.plotly_chart, one query per chart into pandas.

The same tiles, charts and tables over the same rows of the same file, and the same filter. Measured against.
"""

import os
from pathlib import Path

import duckdb
import pandas as pd
import plotly.express as px
import streamlit as st

st.set_page_config(layout="wide")
data = Path(os.environ["COMMONGROUND_DATA"])
con = duckdb.connect(str(data / (data / "CURRENT").read_text().strip()), read_only=True)
last = con.execute("select last_day from build_info").fetchone()[0]


def ask(sql: str) -> pd.DataFrame:
    """A query of the chosen regions and kinds into pandas."""
    cursor = con.cursor()
    return cursor.execute(sql, {"last": last, "regions": regions, "kinds": kinds} if "$" in sql else None).df()


regions = st.pills("Region", ["east", "north", "south", "west"], selection_mode="multi", key="region")
kinds = st.pills("Kind", ["campaign", "web", "mobile"], selection_mode="multi", format_func=str.capitalize, key="kind")
wanted = """daily join channel on channel.channel = daily.channel::varchar
    where (len($regions) = 0 or region::varchar = any($regions)) and (len($kinds) = 0 or kind = any($kinds))
      and day > $last - interval 56 day"""
now = "day > $last - interval 28 day"

st.title("Where do we stand?")
by_class = ask(f"select tag = 'Shared' as shared, sum(conversions) / sum(sessions) as rate from {wanted} and {now} group by all order by all")
st.markdown(f"**Shared channels: {by_class['rate'].max():.2%}**")

by_day = ask(f"""select day, {now} as now, sum(revenue) as revenue, sum(conversions) / sum(sessions) as conversion_rate, sum(spend) as spend,
    sum(lcp_good) / sum(page_loads) as fast_loads, sum(minutes_up) / sum(minutes_expected) as uptime from {wanted} group by all order by day""")
for column, name in zip(st.columns(5), ("revenue", "conversion_rate", "spend", "fast_loads", "uptime"), strict=True):
    one = by_day.groupby("now")[name].sum()
    column.metric(name, f"{one[True]:,.2f}", f"{one[True] / one[False] - 1:.1%}", border=True, chart_data=list(by_day[by_day["now"]][name]))

left, right = st.columns([3, 2])
by_tag = ask(f"select day, tag::varchar as tag, sum(conversions) / sum(sessions) as rate from {wanted} and {now} group by all order by all")
left.plotly_chart(px.line(by_tag, x="day", y="rate", color="tag", height=290))
moved = ask(f"""select name, sum(conversions) filter ({now}) / sum(sessions) filter ({now})
    - sum(conversions) filter (not {now}) / sum(sessions) filter (not {now}) as change from {wanted} group by all order by abs(change) desc limit 8""")
right.plotly_chart(px.bar(moved, x="change", y="name", orientation="h", height=290))

cells = ask("""select name, metric, tag::varchar as tag from ownership_spell join channel using (channel)
    where coalesce(valid_from, date '0001-01-01') <= $last and coalesce(valid_to, date '9999-12-31') > $last and (len($kinds) = 0 or kind = any($kinds)) and len($regions) >= 0""")
often = cells["metric"].value_counts().index[:24]
matrix = cells[cells["metric"].isin(often)].pivot(index="name", columns="metric", values="tag")
names = matrix.map(lambda tag: ["IT", "Marketing", "Shared", "Contested", "Unowned"].index(tag) if isinstance(tag, str) else None)
st.plotly_chart(px.imshow(names.astype(float), height=128 + 24 * len(names), aspect="auto", text_auto=True))

left, right = st.columns([3, 2])
gaps = ask("""select channel, metric, state::varchar as state, valid_from from ownership_spell where state not in ('OWNED', 'SHARED', 'EXEMPT')
    and coalesce(valid_to, date '9999-12-31') > $last and len($kinds) >= 0 and len($regions) >= 0 order by valid_from limit 8""")
left.dataframe(gaps, hide_index=True)
fresh = ask("select tool, max(day) as last_day, count(distinct channel) as channels from covered group by tool")
right.dataframe(fresh, hide_index=True)
