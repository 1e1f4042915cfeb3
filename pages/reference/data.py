"""What went in, what was refused, how fresh it is, and how to add an export."""

import pandas as pd
import streamlit as st

from commonground import pageparts, words
from commonground.catalogue import DASH, compact
from commonground.formats import mappings
from commonground.frame import channel_table
from commonground.spreadsheet import csv_of
from commonground.tables import TABLES

view = st.session_state["view"]
st.title("Did my file go in whole?")
loads, rejected = view.ask("loads"), view.ask("rejected")
fresh = view.ask("freshness", kinds=(), channels=()).sort_values("age_days", ascending=False, kind="stable")
read, refused = int(loads["rows_read"].sum()), int(loads["rows_refused"].sum())
st.markdown(f"**{len(loads)} exports, {read:,} rows read, {refused:,} refused, {int(loads['rows_set_aside'].sum()):,} set aside as totals or comments.**")
for row in words.records(view.ask("left_out")):
    st.warning(words.left_out(row))

count = st.column_config.NumberColumn(format="localized")
with st.container(border=True):
    st.markdown("**Loads** · rows read = taken + refused + set aside")
    st.dataframe(
        pd.DataFrame({
            "Load": loads["load"], "File": loads["file"], "Tool": loads["tool"].map(pageparts.tool_name),
            "Days": [words.days(a, b) if pd.notna(a) and pd.notna(b) else DASH for a, b in zip(loads["first_day"], loads["last_day"], strict=True)],
            "Read": loads["rows_read"], "Taken": loads["rows_taken"], "Refused": loads["rows_refused"], "Set aside": loads["rows_set_aside"],
            "Loaded": [f"{at:%H:%M} on {words.day(at)}" for at in loads["loaded_at"]], "Checksum": loads["sha256"].str[:12],
        }), hide_index=True, alt="The load ledger", column_config=dict.fromkeys(("Read", "Taken", "Refused", "Set aside"), count),
    )  # fmt: skip
with st.container(border=True):
    st.markdown("**Refused rows** · kept with line, column, value and reason")
    if rejected.empty:
        st.success("No row was refused.")
    else:
        shown = rejected.rename(columns={name: name.replace("_", " ").capitalize() for name in rejected.columns})
        channel_table(view, shown, view.table("loads/rejected")["channel"].tolist(), key="data_refused", alt="Refused rows")
        st.download_button("Download CSV", data=lambda: csv_of(rejected), file_name="refused_rows.csv", mime="text/csv", on_click="ignore")
with st.container(border=True):
    st.markdown("**Freshness** · against the newest day of all data")
    named = pd.DataFrame({
        "Source": fresh["source"].map(pageparts.tool_name), "Channel": fresh["channel"].map(view.name), "Newest day": [words.day(d) for d in fresh["last_day"]],
        "Days behind": fresh["age_days"], "Days allowed": [DASH if pd.isna(d) else f"{d:.0f}" for d in fresh["max_lag_days"]], "State": fresh["state"],
    })  # fmt: skip
    channel_table(view, named, fresh["channel"].tolist(), key="data_fresh", alt="Freshness by source and channel")
with st.container(border=True):
    st.markdown("**Two tools, one measure** · one is the ledger, the other is shown beside it and never added")
    differences = view.ask("differences")
    if differences.empty:
        st.caption("No measure is reported twice in this period.")
    else:
        shown = pd.DataFrame({
            "Channel": differences["channel"].map(view.name), "Measure": differences["measure"].str.replace("_", " "),
            "Ledger": differences["ledger_tool"].map(pageparts.tool_name), "It says": [compact(v) for v in differences["ledger_total"]],
            "Beside it": differences["other_tool"].map(pageparts.tool_name), "That says": [compact(v) for v in differences["other_total"]],
            "Difference": [words.share(d) for d in differences["difference"]],
        })  # fmt: skip
        channel_table(view, shown, differences["channel"].tolist(), key="data_differences", alt="Differences between tools")
with st.container(border=True):
    st.markdown("**Add an export**")
    st.code("python -m commonground import PATH        # add --dry-run to look first", language=None)
    st.markdown("Recognised by what it holds, not by its name:\n\n" + "\n".join(f"- {m.name}" for m in mappings())
                + "\n- Our own tables as CSV, Parquet or sheets of a workbook: " + ", ".join(f"`{name}`" for name in TABLES))  # fmt: skip
