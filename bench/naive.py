"""The overview as it is usually written: Streamlit's defaults, st.plotly_chart, one query per chart into pandas.

The same tiles, charts and tables over the same rows of the same file, and the same filters; each chart reads the rows
of its days and columns, and pandas groups them. Measured against.
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
regions = st.pills("Region", ["east", "north", "south", "west"], selection_mode="multi", key="region")
kinds = st.pills("Kind", ["campaign", "web", "mobile"], selection_mode="multi", format_func=str.capitalize, key="kind")


def rows(columns: str, days: int) -> pd.DataFrame:
    """The facts of the last days and the chosen filters."""
    found = con.cursor().execute(
        f"""select {columns} from daily join channel on channel.channel = daily.channel::varchar
        where day > $last - interval {days} day and (len($regions) = 0 or region::varchar = any($regions)) and (len($kinds) = 0 or kind = any($kinds))""",
        {"last": last, "regions": regions, "kinds": kinds},
    ).df()  # fmt: skip
    found["now"] = found["day"] > pd.Timestamp(last) - pd.Timedelta(days=28)
    return found


def rate(grouped: pd.DataFrame) -> pd.Series:
    return grouped["conversions"] / grouped["sessions"]


st.title("Where do we stand?")
tiles = rows("day, revenue, conversions, sessions, spend, lcp_good, page_loads, minutes_up, minutes_expected", 56)
by_day = tiles.groupby(["now", "day"]).sum().reset_index("day", drop=True)
for column, (name, top, bottom) in zip(
    st.columns(5),
    (("Revenue", "revenue", None), ("Conversion rate", "conversions", "sessions"), ("Spend", "spend", None),
     ("Fast loads", "lcp_good", "page_loads"), ("Uptime", "minutes_up", "minutes_expected")), strict=True,
):  # fmt: skip
    line = by_day[top] / (by_day[bottom] if bottom else 1)
    now, before = line[True].mean(), line[False].mean()
    column.metric(name, f"{now:,.2f}", f"{now / before - 1:.1%}", border=True, chart_data=line[True].tolist())

left, right = st.columns([3, 2])
trend = rows("day, tag::varchar as tag, conversions, sessions", 28)
by_tag = trend.groupby(["day", "tag"])[["conversions", "sessions"]].sum().pipe(lambda g: g.assign(rate=rate(g))).reset_index()
left.plotly_chart(px.line(by_tag, x="day", y="rate", color="tag", height=290))

changes = rows("day, name, conversions, sessions", 56)
by_channel = rate(changes.groupby(["name", "now"])[["conversions", "sessions"]].sum()).unstack("now")
moved = (by_channel[True] - by_channel[False]).sort_values(key=abs, ascending=False)[:8].rename("change").reset_index()
right.plotly_chart(px.bar(moved, x="change", y="name", orientation="h", height=290))

spells = con.cursor().execute("select * replace (state::varchar as state, tag::varchar as tag) from ownership_spell join channel using (channel)").df()
today = pd.Timestamp(last)
cells = spells[~(spells["valid_from"] > today) & ~(spells["valid_to"] <= today) & (spells["kind"].isin(kinds) if kinds else True)]
unsettled = cells.groupby("name")["tag"].transform(lambda tags: tags.isin(["Contested", "Unowned"]).any())
often = cells["metric"].value_counts().index[:24]
matrix = cells[cells["metric"].isin(often) & unsettled].pivot(index="name", columns="metric", values="tag")
letters = {"IT": "I", "Marketing": "M", "Shared": "S", "Contested": "C", "Unowned": "U"}
drawn = px.imshow(matrix.replace({tag: place for place, tag in enumerate(letters)}).astype(float), height=128 + 24 * len(matrix), aspect="auto")
st.plotly_chart(drawn.update_traces(text=matrix.replace(letters), texttemplate="%{text}"))

gaps = cells[~cells["state"].isin(["OWNED", "SHARED", "EXEMPT"])].sort_values("valid_from")[:8]
st.dataframe(gaps[["name", "metric", "state", "valid_from"]], hide_index=True)
