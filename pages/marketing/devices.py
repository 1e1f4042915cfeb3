"""Is mobile ready, on both sides? Two checklists for each mobile channel, and the devices that people come with."""

import pandas as pd
import streamlit as st

from commonground import chart, figures, ledgerwords, meeting, pageparts, words
from commonground.catalogue import DASH, catalogue, compact, write, write_change
from commonground.frame import channel_table, toggle_channel
from commonground.questions import performance
from commonground.questions.flags import UNTESTED_DEVICE_ABOVE
from commonground.tokens import TAGS

MOST_CHANNELS = 40
view = st.session_state["view"]
rows, seen = view.ask("mobile_readiness"), view.ask("devices")
rate = catalogue()["conversion_rate"]

st.title("Is mobile ready, on both sides?")
if rows.empty:
    st.info("No channel here is mobile: channel.csv says so by its kind, or by a family such as mobile web.")
else:
    with meeting.lead():
        st.markdown(f"**{ledgerwords.mobile_ready(rows, view.names)}**")
        st.caption("A channel is as ready as the weaker of its two checklists, never their mean: what works and does not please is not ready, nor what pleases and does not work.")
    with meeting.row().container(border=True):
        st.markdown(f"**The two checklists, side by side** · {words.day(view.scope.as_of)} · {words.MARKS}")
        bar = {"format": "percent", "min_value": 0, "max_value": 1}
        shown = pd.DataFrame({
            "Channel": rows["channel"].map(view.name), "Owner": [TAGS[t].mark if t in TAGS else DASH for t in rows["tag"]],
            "Ready": rows["ready"].astype(float), "Technology": rows["technology"].astype(float), "Customer": rows["customer"].astype(float),
            "Done": [f"technology {r.technology_done} of {r.technology_items}, customer {r.customer_done} of {r.customer_items}" if r.technology_items + r.customer_items
                     else "nobody keeps a checklist for it" for r in rows.itertuples()],
        })  # fmt: skip
        channel_table(
            view, shown, rows["channel"].tolist(), key="mobile_ready", alt=f"Mobile channels with both checklists. {ledgerwords.mobile_ready(rows, view.names)}", height="content",
            column_config={name: st.column_config.ProgressColumn(name, help=told, **bar) for name, told in (
                ("Technology", "Share of technology's checklist that is done."), ("Customer", "Share of the customer's checklist that is done."), ("Ready", "The smaller of the two."))},
        )  # fmt: skip
        st.caption("No bar: that list has no item, so nobody looked. Pick a row for its channel's dossier, where both lists stand item by item.")

left, right = meeting.apart([5, 3])
with left.container(border=True, height="stretch"):
    if seen.empty:
        st.info("No visit was reported by device in this view: a file of daily numbers may hold the column device.")
    else:
        st.markdown(f"**{ledgerwords.untested(seen, UNTESTED_DEVICE_ABOVE)}**")
        often = seen.groupby("channel")["sessions"].sum().nlargest(meeting.most(MOST_CHANNELS, pageparts.MEETING_ROWS)).index
        drawn = seen[seen["channel"].isin(often)]
        devices = list(drawn.groupby("device")["sessions"].sum().sort_values(ascending=False).index)
        is_gap = drawn["tested"].eq(False) & (drawn["share"] > UNTESTED_DEVICE_ABOVE)
        drawn = drawn.assign(
            channel_name=drawn["channel"].map(view.name), metric=drawn["device"], metric_label=drawn["device"].map(words.inert).str.capitalize(), good=is_gap.map({True: -1, False: 0}), place=drawn["device"].map(devices.index),
            text=[f"{words.share(r.share).lstrip('+')} · {write(rate, r.conversion_rate, view.currency)}" for r in drawn.itertuples()],
            hover=[f"{view.name(r.channel)}, {words.inert(r.device)}: {compact(r.sessions)} sessions, {words.share(r.share).lstrip('+')} of its visits, converts {write(rate, r.conversion_rate, view.currency)}"
                   + {True: ", tested", False: ", not tested"}.get(r.tested, "") for r in drawn.itertuples()],
        ).sort_values(["place", "channel_name"])  # fmt: skip
        st.caption("Share of the channel's visits · conversion rate. Edged: over one visit in a hundred, and not tested by the channel's own checklist. Click a cell to look at its channel alone.")
        chart.draw(figures.heat_map(drawn, theme=view.theme, fewest_columns=len(devices)), key="devices_matrix", height=70 + 27 * max(drawn["channel"].nunique(), 3), on_click=toggle_channel,
                   alt=f"Visits and conversion rate by channel and device. {ledgerwords.untested(seen, UNTESTED_DEVICE_ABOVE)}",
                   table=seen[["channel", "device", "sessions", "share", "conversion_rate", "tested"]])  # fmt: skip
with right:
    one, two = meeting.beside([2, 3])
    with one.container(border=True):
        st.markdown("**What each device brings** · all channels of this view")
        split = performance.compared(view.cuts().dropna(subset=["device"]), rate, ["device"]).sort_values("denominator", ascending=False)
        if split.empty:
            st.caption("Nothing was reported by device.")
        else:
            chart.table(pd.DataFrame({"Device": split["device"].str.capitalize(), "Sessions": [compact(v) for v in split["denominator"]], "Conversion rate": [write(rate, v) for v in split["value"]],
                                      "Change": [write_change(rate, d) for d in split["change"]]}), alt="Sessions and conversion rate by device")  # fmt: skip
    with two.container(border=True):
        pageparts.vitals(view, key="devices_vitals")
pageparts.how("devices_how", "A channel is as ready as the weaker of its two lists. Shares are of the sessions that were reported by device.",
              pageparts.command(view, "mobile_readiness", metrics=True), pageparts.command(view, "devices", metrics=True))  # fmt: skip
