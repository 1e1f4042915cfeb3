"""How are my channels doing? Totals, trend, ranked channels, heat map, drill to campaigns, devices, regions."""

import pandas as pd
import streamlit as st

from commonground import chart, dailyparts, evidenceparts, figures, meeting, pageparts
from commonground.catalogue import add_up, catalogue, write, write_change
from commonground.frame import MAIN_METRICS, channel_table, split, toggle_channel
from commonground.questions import performance

view = st.session_state["view"]
sums, metric = view.sums(), view.metric

st.title("How are my channels doing?")
with meeting.row().container():
    for block in pageparts.customer_blocks(sums) or [pageparts.headline_metrics(sums)]:
        pageparts.tiles(view, sums, block)

days = (view.scope.last_day - view.scope.first_day).days + 1
ranked = performance.channels_of(view.generation, sums, view.scope, [metric]).dropna(subset=["value"])
ranked = ranked.sort_values(["value", "channel"], ascending=[metric.sign < 0, True])
left, right = meeting.row().columns(2)
with left.container(border=True, height="stretch"):
    st.markdown(f"**{metric.label} by channel** · best first; click to look at one alone")
    if ranked.empty:
        st.info(f"{metric.label} was not observed in this view.")
    else:
        top = ranked[:16]
        rows = pd.DataFrame({"id": top["channel"], "name": [view.name(c) for c in top["channel"]], "tag": top["tag"], "value": top["value"].astype(float),
                             "text": [write(metric, v, view.currency) for v in top["value"]],
                             "hover": [f"{view.name(c)}: {write(metric, v, view.currency)} ({write_change(metric, d)})" for c, v, d in zip(top["channel"], top["value"], top["change"], strict=True)],
                             "target": top["channel"].map(dailyparts.targets(view, metric, days)).astype(float)})  # fmt: skip
        chart.draw(figures.ranking(rows, theme=view.theme, tickformat=pageparts.tickformat(metric)), key="channels_ranking", height=420,
                   alt=f"Channels by {metric.label}: {'; '.join(rows['hover'][:3])}", table=ranked, on_click=toggle_channel)  # fmt: skip
with right.container(border=True, height="stretch"):
    st.markdown(f"**{metric.label} over time** · the largest channels")
    leading = list(ranked.sort_values("denominator" if metric.denominator else "value", ascending=False)["channel"][:5])
    pageparts.trend(view, sums[sums["channel"].isin(leading)], by="channel", key="channels_trend", height=420)

left, right = meeting.apart([4, 5])
with left.container(border=True, height="stretch"):
    paced = metric if not metric.denominator else catalogue()["revenue" if sums["revenue"].notna().any() else "conversions" if sums["conversions"].notna().any() else "sessions"]
    dailyparts.pacing_card(evidenceparts.over_all(view, paced), key="channels_pacing", tickformat=pageparts.tickformat(paced))
with right.container(border=True, height="stretch"):
    st.markdown("**Us or technology?** · conversion rate beside the health of its landing pages")
    beside = view.keep("technology", lambda: dailyparts.technology_rows(view, sums))
    if beside.empty:
        st.info("No channel here reports its conversion rate together with page speed or uptime.")
    else:
        shown = {"conversion_rate": "Conversion rate", "lcp_good_share": "Fast loads", "uptime": "Uptime"}
        table = pd.DataFrame({"Channel": beside["channel"].map(view.name), "Reads as": beside["reading"]} | {
            label: [write(catalogue()[name], v) + (f" ({write_change(catalogue()[name], d)})" if pd.notna(d) else "") for v, d in zip(beside[name], beside[name + "_change"], strict=True)]
            for name, label in shown.items()})  # fmt: skip
        channel_table(view, table, list(beside["channel"]), key="channels_technology", alt="Conversion rate beside page speed and uptime by channel", height="content",
                                column_config={"Reads as": st.column_config.TextColumn(width=chart.wide(110)), "Channel": st.column_config.TextColumn(width=chart.wide(120))})  # fmt: skip
        st.caption("Fell and rose: beyond the natural limits of the period before. Side by side only: which of them moved the other is not known. Pick a row for its channel's dossier.")

with meeting.row().container(border=True):
    st.markdown("**Every channel against the comparison** · teal is better, edged salmon is worse, beyond the natural limits of the period before; plain is routine")
    observed = [catalogue()[m] for m in MAIN_METRICS if catalogue()[m].concern == "customer"]
    cells = performance.channels_of(view.generation, sums, view.scope, observed).dropna(subset=["value"])
    labels = pageparts.labels()
    if cells.empty:
        st.info("Nothing was observed in this view.")
    elif cells["metric"].nunique() == 1:
        st.caption(f"Only {labels[cells['metric'].iloc[0]].lower()} is reported here: the ranking above says it all.")
    else:
        points = dailyparts.points(view, sums)
        moved = view.keep("beyond", lambda: {m.id: dailyparts.beyond(m, points, ["channel"]) for m in observed})
        cells = cells.assign(
            channel_name=cells["channel"].map(view.name), metric_label=cells["metric"].map(labels), text=[write(catalogue()[m], v, view.currency) for m, v in zip(cells["metric"], cells["value"], strict=True)],
            good=[moved[m].get(c, 0) * catalogue()[m].sign for m, c in zip(cells["metric"], cells["channel"], strict=True)],
        )  # fmt: skip
        cells["hover"] = [f"{r.channel_name}: {r.metric_label} {r.text} ({write_change(catalogue()[r.metric], r.change)})" for r in cells.itertuples()]
        order = {m.id: n for n, m in enumerate(observed)}
        cells = cells.assign(place=cells["metric"].map(order)).sort_values(["place", "channel_name"])
        cells, left_out = pageparts.most_moved(cells, meeting.most(pageparts.MAP_ROWS, pageparts.MEETING_ROWS))
        if left_out:
            st.caption(f"The channels that moved, then the largest; {left_out} more moved less.")
        chart.draw(figures.heat_map(cells, theme=view.theme), key="channels_heat", height=70 + 27 * max(cells["channel"].nunique(), 3),
                   alt="Channels by metric against the comparison", table=cells[["channel", "metric", "value", "previous", "change"]], on_click=toggle_channel)  # fmt: skip

with meeting.row().container():
    st.header("Look closer")
    by = split("Split by", ("campaign", "device", "region"), name="split", default="device")
    cuts = view.cuts() if by != "campaign" else performance.cut_sums(view.generation, view.scope, "performance/by_campaign", campaigns=[])
    parts = performance.compared(cuts.dropna(subset=[by]), metric, [by]) if len(cuts) else pd.DataFrame()
    if parts.empty:
        st.info(f"{metric.label} is not reported by {by} in this view.")
    else:
        parts = parts.sort_values("numerator", ascending=False)
        shown = pd.DataFrame({by.capitalize(): parts[by], metric.label: [write(metric, v, view.currency) for v in parts["value"]],
                                   "Before": [write(metric, v, view.currency) for v in parts["previous"]], "Change": [write_change(metric, d) for d in parts["change"]]})  # fmt: skip
        chart.table(shown, alt=f"{metric.label} by {by}")
    total = add_up(sums[sums["period"] == "now"], metric, [])
    st.caption(f"Total of this view: {write(metric, total['value'].iloc[0] if len(total) else None, view.currency)}. A campaign's revenue is the platforms' revenue seen by origin: not additive.")
pageparts.how("channels_how", "A ratio is added up before it is divided; a period is held against the comparison that is chosen above.", pageparts.command(view, "channels"))
