"""Where are the ownership gaps? The map on any day, the list with money, who says what."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import streamlit as st

from commonground import chart, figures, pageparts, words
from commonground.questions.ownership import STATE_WORDS

view = st.session_state["view"]
last = view.generation.last_day
first = max(view.generation.first_day, last - timedelta(days=730))

st.title("Where are the ownership gaps?")
as_of = st.slider("As of", first, last, last, format="D MMM YYYY", key="as_of", bind="query-params", help="Slide to see who was accountable on any day.")
view = replace(view, scope=replace(view.scope, as_of=as_of, owners=()))
cells, gaps = view.ask("ownership"), view.ask("gaps")
headline, detail = words.gap_answer(cells, gaps, view.names, pageparts.labels(), view.currency)
st.markdown(f"**{headline}**")
st.caption(f"{detail} Money is of {words.days(view.scope.first_day, view.scope.last_day)}, spread evenly over a channel's metrics.")


def look_at(cell: str) -> None:
    """Open a cell that was clicked; a second click closes it."""
    st.session_state["cell"] = None if st.session_state.get("cell") == cell else cell


left, right = st.columns([3, 2])
with left.container(border=True):
    st.markdown(f"**Who is accountable on {words.day(as_of)}** · {words.MARKS} · click a cell")
    pageparts.ownership_map(view, cells, key="gaps_map", on_click=look_at)
with right.container(border=True):
    every = [f"{r.channel}|{r.metric}" for r in gaps.itertuples()] or [f"{r.channel}|{r.metric}" for r in cells.itertuples()]
    options = list(dict.fromkeys([*every, *(f"{r.channel}|{r.metric}" for r in cells.itertuples())]))
    labels = pageparts.labels()
    if options:
        if st.session_state.get("cell") not in options:
            st.session_state["cell"] = options[0]
        cell = st.selectbox("Who says what about", options, key="cell", bind="query-params",
                            format_func=lambda c: f"{view.name(c.split('|')[0])} · {labels[c.split('|')[1]]}")  # fmt: skip
        channel, metric = cell.split("|")
        here = cells[(cells["channel"] == channel) & (cells["metric"] == metric)].iloc[0]
        st.markdown(f"**{STATE_WORDS[here['state']].capitalize()}**{': ' + here['owners'] if here['owners'] else ''}, since {words.day(here['since'])}")
        if here["flags"]:
            st.caption("Flags: " + str(here["flags"]).replace(";", ", ").replace("_", " ").lower())
        claims = view.table("ownership/claims")
        said = claims[claims["channel"].isin([channel, "*"]) & claims["metric"].isin([metric, "*"])]
        st.dataframe(
            pd.DataFrame({"Who says": said["asserted_by"], "Owner": said["org"].fillna("nobody"), "Role": said["role"],
                          "About": said["channel"] + " · " + said["metric"], "From": [words.day(d) for d in said["valid_from"]],
                          "To": [words.day(d) for d in said["valid_to"]], "Source": said["source"]}),
            hide_index=True, alt=f"Claims about {channel}, {metric}",
        )  # fmt: skip
        spells = view.ask("ownership_spells", channels=(channel,), metrics=(metric,))
        rows = pd.DataFrame({"name": labels[metric], "tag": spells["tag"], "starts_on": spells["valid_from"].dt.date, "ends_on": spells["valid_to"].dt.date,
                             "hover": [f"{STATE_WORDS[s]} from {words.day(d)}" for s, d in zip(spells["state"], spells["valid_from"], strict=True)]})  # fmt: skip
        chart.draw(figures.spells(rows, theme=view.theme, last_day=str(last)), key="gaps_spells", height=90, alt=f"Ownership of {channel}, {metric} over time", table=spells)

with st.container(border=True):
    st.markdown(f"**All {len(gaps)} gaps, ranked** · revenue exposed, then spend, then age, then severity")
    pageparts.gap_table(view, gaps, key="gaps_list")
    st.download_button("Download CSV", data=lambda: gaps.to_csv(index=False), file_name="gaps.csv", mime="text/csv", on_click="ignore")
    st.code(f"python -m commonground ask gaps --from {view.scope.first_day} --to {view.scope.last_day} --as-of {as_of}", language="bash")
