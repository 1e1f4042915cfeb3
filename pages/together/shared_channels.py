"""Where do shared channels perform best? Hand-overs; shared against single-owned, adjusted and not; ranking; trend."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from commonground import chart, evidenceparts, evidencewords, figures, meeting, pageparts, words
from commonground.catalogue import write
from commonground.frame import split, toggle_channel

view = st.session_state["view"]
sums, metric = view.sums(), view.metric
everything = evidenceparts.over_all(view, **evidenceparts.narrowed(view))
found = evidenceparts.contrast(everything)

st.title("Where do shared channels perform best?")
headline, detail = evidencewords.contrast(metric, found)
lead = evidencewords.handover_lead(metric, evidenceparts.handovers(everything), view.names)
where = evidencewords.where(evidenceparts.by_group(everything, "family"))
with meeting.lead():
    st.markdown(f"**{lead or headline}**" + (f" {where}." if where else ""))
    st.caption(f"{evidencewords.CAUSE_CAVEAT} Evidence looks at all days and all channels; filters of kind, device and region narrow it.")

evidenceparts.handover_card(everything, key="shared_handovers")

with meeting.row().container(border=True):
    st.markdown(f"**{headline}**")
    st.caption(detail)
    by = split("Split by", evidenceparts.SPLITS, name="shared_split", default="family")
    left, right = st.columns(2)
    with left:
        st.markdown(f"**Adjusted** · family, device and region taken out, within each {by}; best first")
        evidenceparts.contrast_figure(everything, by, key="shared_contrast")
    with right:
        st.markdown(f"**Unadjusted** · {metric.label.lower()} by {by}, plain sums of this period")
        rows = pageparts.groups(view.cuts() if by in ("device", "region") else sums, metric, by)
        both = rows.dropna(subset=["shared", "single"])
        rows = pd.concat([both, rows.drop(index=both.index)])[:14]
        if rows.empty:
            st.info(f"No {by} with shared or single-owned channels reports {metric.label.lower()} in this view.")
        else:
            rows = rows.assign(**{f"{c}_text": [f"{words.inert(g)}: {write(metric, v, view.currency)}" for g, v in zip(rows["group"], rows[c], strict=True)] for c in ("shared", "single")})
            told = rows.assign(group=[words.capital(words.inert(group)) for group in rows["group"]])
            chart.draw(figures.pairs(told, theme=view.theme, tickformat=pageparts.tickformat(metric)), key="shared_pairs", height=60 + 30 * len(rows),
                       alt=f"Unadjusted {metric.label} of shared and single-owned channels by {by}", table=rows[["group", "shared", "single"]])  # fmt: skip
            only = len(rows) - len(both)
            st.caption(f"{words.CAVEAT}" + (f" {only} of {len(rows)} have one class only: they say nothing about shared against single." if only else ""))
    evidenceparts.how("shared_how", "contrast", everything, "shared_contrast", lambda: evidenceparts.contrast_told(everything),
                      also=[evidenceparts.command(replace(everything, scope=replace(everything.scope, by=by)), "shared_by_group"), pageparts.command(view, "channels")])  # fmt: skip

with meeting.row().container(border=True):
    evidenceparts.ranking_card(everything, key="shared_ranking", on_click=toggle_channel)

with meeting.row().container(border=True):
    st.markdown(f"**{metric.label} by owner over time** · unadjusted")
    st.caption(f"{words.TAG_RULE} {evidencewords.CAUSE_CAVEAT}")
    pageparts.trend(view, sums, by="tag", key="shared_trend", height=300)
