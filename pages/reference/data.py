"""What went in, what was refused, how fresh it is, and how to add an export."""

import streamlit as st

from commonground import pageparts
from commonground.formats import mappings
from commonground.tables import TABLES

view = st.session_state["view"]
st.title("Did my file go in whole?")
loads, rejected, fresh = view.ask("loads"), view.ask("rejected"), view.ask("freshness")
read, refused = int(loads["rows_read"].sum()), int(loads["rows_refused"].sum())
st.markdown(f"**{len(loads)} exports, {read:,} rows read, {refused:,} refused, {int(loads['rows_set_aside'].sum()):,} set aside as totals or comments.**")

with st.container(border=True):
    st.markdown("**Loads** · rows read = taken + refused + set aside")
    st.dataframe(loads.assign(first_day=loads["first_day"].dt.date, last_day=loads["last_day"].dt.date), hide_index=True, alt="The load ledger")
with st.container(border=True):
    st.markdown("**Refused rows** · kept with line, column, value and reason")
    if rejected.empty:
        st.success("No row was refused.")
    else:
        st.dataframe(rejected, hide_index=True, alt="Refused rows")
        st.download_button("Download CSV", data=lambda: rejected.to_csv(index=False), file_name="refused_rows.csv", mime="text/csv", on_click="ignore")
with st.container(border=True):
    st.markdown("**Freshness** · against the newest day of all data")
    named = fresh.assign(last_day=fresh["last_day"].dt.date, channel=fresh["channel"].map(view.name))
    pageparts.channel_table(view, named, fresh["channel"].tolist(), key="data_fresh", alt="Freshness by source and channel")
with st.container(border=True):
    st.markdown("**Two tools, one measure** · one is the ledger, the other is shown beside it and never added")
    differences = view.generation.rows("loads/differences", first_day=view.scope.first_day, last_day=view.scope.last_day)
    if differences.empty:
        st.caption("No measure is reported twice in this period.")
    else:
        share = differences["other_total"] / differences["ledger_total"] - 1
        st.dataframe(differences.assign(difference=share.map("{:+.1%}".format)), hide_index=True, alt="Differences between tools")
with st.container(border=True):
    st.markdown("**Add an export**")
    st.code("python -m commonground import PATH        # add --dry-run to look first", language="bash")
    st.markdown("Recognised by what it holds, not by its name:\n\n" + "\n".join(f"- {m.name}" for m in mappings())
                + "\n- our own tables as CSV, Parquet or sheets of a workbook: " + ", ".join(f"`{name}`" for name in TABLES))  # fmt: skip
