"""Where do shared channels perform best? By kind, family, device and region; ranking; trend by tag."""

import pandas as pd
import streamlit as st

from commonground import chart, figures, pageparts, words
from commonground.catalogue import write
from commonground.frame import toggle_channel
from commonground.questions import performance

view = st.session_state["view"]
sums, metric = view.sums(), view.metric

st.title("Where do shared channels perform best?")
headline, detail = view.keep("shared", lambda: pageparts.shared_answer(view, sums))
st.markdown(f"**{headline}**")
st.caption(detail)
with st.expander("How do we know?", key="shared_how", on_change="rerun") as how:
    if how.open:
        st.markdown(
            "Each channel's rate is put on the common mix of devices and regions; then shared channels are held against single-owned ones of their "
            "own family. Channels are the sample, days are not. It breaks if owners were chosen for reasons that also move the metric."
        )
        st.markdown(f"Tags: {words.TAG_RULE}")
        st.code(f"python -m commonground ask shared_contrast --metric {metric.id}", language="bash")
        plain, _ = words.shared_against_single(metric, *pageparts.shared_and_single(view, sums, metric), view.currency)
        st.caption(f"In this view, unadjusted: {plain}.")
        ranked = view.ask("shared_ranking", first_day=None, last_day=None, owners=(), metrics=(metric.id,))
        st.dataframe(ranked.assign(channel=ranked["channel"].map(view.name)), hide_index=True, alt="Channels on the common mix, with ranges")

cuts = view.cuts()
for columns, dimensions in ((st.columns(2), ("kind", "family")), (st.columns(2), ("device", "region"))):
    for column, by in zip(columns, dimensions, strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**By {by}** · ● shared against ○ single-owned, unadjusted")
            rows = pageparts.groups(cuts if by in ("device", "region") else sums, metric, by)
            both = rows.dropna(subset=["shared", "single"])
            rows = pd.concat([both, rows.drop(index=both.index)])[:14]
            if rows.empty:
                st.info(f"No {by} with shared or single-owned channels reports {metric.label.lower()} in this view.")
                continue
            rows = rows.assign(**{f"{c}_text": [f"{g}: {write(metric, v, view.currency)}" for g, v in zip(rows["group"], rows[c], strict=True)] for c in ("shared", "single")})
            only = len(rows) - len(both)
            chart.draw(figures.pairs(rows, theme=view.theme, tickformat=pageparts.tickformat(metric)), key=f"shared_{by}", height=60 + 30 * len(rows),
                       alt=f"{metric.label} of shared and single-owned channels by {by}", table=rows[["group", "shared", "single"]])  # fmt: skip
            if only:
                st.caption(f"{only} of {len(rows)} have one class only: they say nothing about shared against single.")

with st.container(border=True):
    st.markdown(f"**{metric.label}, channel by channel** · colour and mark by owner · {words.MARKS}")
    ranked = performance.channels_of(view.generation, sums, view.scope, [metric]).dropna(subset=["value"])
    ranked = ranked.sort_values(["value", "channel"], ascending=[metric.sign < 0, True])[:25]
    if ranked.empty:
        st.info(f"{metric.label} was not observed in this view.")
    else:
        rows = pd.DataFrame({"id": ranked["channel"], "name": [view.name(c) for c in ranked["channel"]], "tag": ranked["tag"], "value": ranked["value"].astype(float),
                             "text": [write(metric, v, view.currency) for v in ranked["value"]],
                             "hover": [f"{view.name(c)}: {write(metric, v, view.currency)}, {t}" for c, v, t in zip(ranked["channel"], ranked["value"], ranked["tag"], strict=True)]})  # fmt: skip
        chart.draw(figures.ranking(rows, theme=view.theme, tickformat=pageparts.tickformat(metric)), key="shared_ranking", height=40 + 28 * len(rows),
                   alt=f"Channels by {metric.label}: {'; '.join(rows['hover'][:3])}", table=ranked, on_click=toggle_channel)  # fmt: skip

with st.container(border=True):
    st.markdown(f"**{metric.label} by owner over time**")
    pageparts.trend(view, sums, by="tag", key="shared_trend", height=300)
    st.code(pageparts.command(view, "channels"), language="bash")
