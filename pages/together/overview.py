"""Where do we stand? The two answers, the totals, who is accountable where it is open, what changed, which gaps matter."""

import pandas as pd
import streamlit as st

from commonground import chart, evidenceparts, figures, meeting, pageparts, words
from commonground.catalogue import catalogue, write, write_change
from commonground.frame import toggle_channel
from commonground.questions import performance

view = st.session_state["view"]
sums = view.sums()
cells = view.ask("ownership", owners=())
labels = pageparts.labels()

# The page is laid out first and its charts are filled first: they take the browser longest, and readers wait for them.
st.title("Where do we stand?")
row = meeting.row()
best, worst = (column.container(border=True, height="stretch") for column in row.columns(2))
tiles = row.container()
left, right = meeting.row().columns([3, 2])
trend, peers = left.container(border=True, height="stretch"), right.container(border=True, height="stretch")
accountable = meeting.row().container(border=True)
row = meeting.row()
left, right = row.columns([3, 5])
moved, fresh = left.container(border=True), left.container(border=True, height="stretch")
listed = right.container(border=True, height="stretch")
everything = evidenceparts.over_all(view)

with trend:
    st.markdown(f"**{view.metric.label} by owner, by {pageparts.grain(view)}**")
    st.caption(f"Each day counts for the owner of that day. {words.CAVEAT}")
    pageparts.trend(view, sums, by="tag", key="overview_trend", height=290)
with peers:
    st.markdown(f"**Shared against single-owned peers** · {view.metric.label.lower()}")
    st.caption("Adjusted for family, device and region, with the 95 % range, over all days.")
    evidenceparts.contrast_figure(everything, "family", key="overview_peers", brief=True)
with accountable:
    open_ones = pageparts.unsettled(cells)
    st.markdown(f"**{words.unsettled(open_ones, cells)}** · {words.day(view.scope.as_of)} · {words.MARKS}")
    if words.all_settled(cells):
        st.caption("Each has one accountable owner, or a pair that both sides name. The page of gaps has the whole map.")
    else:
        pageparts.ownership_map(view, open_ones, key="overview_map")
with moved:
    st.markdown(f"**{view.metric.label}: biggest changes** · click one")
    rows = view.keep("biggest changes", lambda: pageparts.biggest_changes(view, sums, most=6))
    if rows.empty:
        st.info("Nothing to compare with in this view.")
    else:
        chart.draw(figures.ranking(rows, theme=view.theme, tickformat=pageparts.change_format(view.metric)), key="overview_moved", height=230,
                   alt=f"Biggest changes of {view.metric.label}: {'; '.join(rows['hover'][:3])}", on_click=toggle_channel)  # fmt: skip

with fresh:
    pageparts.freshness(view)

gaps = view.ask("gaps", owners=())
with best:
    st.caption(":material/handshake: WHERE SHARED CHANNELS PERFORM BEST")
    headline, detail = view.keep("shared", lambda: pageparts.shared_answer(view, sums))
    st.markdown(f"**{headline}**")
    st.caption(detail)
    evidenceparts.how("overview_shared_how", "contrast", everything, "shared_contrast", lambda: evidenceparts.contrast_told(everything))
with worst:
    st.caption(":material/help_center: WHERE OWNERSHIP GAPS EXIST")
    headline, detail = view.keep("gap answer", lambda: words.gap_answer(cells, gaps, view.names, labels, view.currency, performance.selling(view.generation)), blind=True)
    st.markdown(f"**{headline}**")
    st.caption(detail)
    st.page_link("pages/together/ownership_gaps.py", label="Map, evidence and price of each gap", icon=":material/arrow_forward:")
with tiles:
    pageparts.tiles(view, sums, pageparts.headline_metrics(sums))
with listed:
    st.markdown("**The gaps that matter most** · by estimated loss a day, then revenue exposed, then age")
    pageparts.gap_table(view, gaps.head(8), key="overview_gaps")

with row.expander("How do we know?", key="overview_how", on_change="rerun") as how:
    if how.open:
        st.markdown(f"{words.TAG_RULE}\n\n{words.CAVEAT}\n\nTotals add the selling platforms alone where campaigns report the same money or visits, "
                    "and a ratio is added over the channels that report both its parts.")  # fmt: skip
        st.code(pageparts.command(view, "totals", metrics=True), language=None)
        totals = performance.total_of(sums, list(catalogue().metrics.values())).dropna(subset=["value"])
        shown = pd.DataFrame({
            "Metric": [labels[m] for m in totals["metric"]],
            "Value": [write(catalogue()[m], v, view.currency) for m, v in zip(totals["metric"], totals["value"], strict=True)],
            "Change": [write_change(catalogue()[m], c) for m, c in zip(totals["metric"], totals["change"], strict=True)],
        })  # fmt: skip
        chart.table(shown, alt="All totals")
