"""What does each metric mean, and what does each side mean by its words?"""

import pandas as pd
import streamlit as st

from commonground import chart, pageparts, words
from commonground.catalogue import catalogue

SIDES = {"it": "IT", "marketing": "Marketing", "joint": "Shared"}
GOOD = {1: "more", -1: "less", 0: "neither"}
view = st.session_state["view"]
labels = pageparts.labels()
st.title("What do we mean by it?")
st.markdown("**One definition for every metric; where the two sides use a word differently, both meanings stand here until one is agreed.**")
said = view.table("table_glossary")
if len(said):
    with st.container(border=True):
        st.markdown("**Words the two sides use**")
        st.dataframe(
            pd.DataFrame({
                "Word": said["term"], "Who says": said["side"].map(lambda side: SIDES.get(side, side)), "What they mean": said["meaning"],
                "Metric": said["metric"].map(lambda name: labels.get(name, "")), "How it is counted": said["formula"].fillna(""),
                "Agreed": [words.day(d) if pd.notna(d) else "not yet" for d in said["agreed_on"]],
            }), hide_index=True, alt="Glossary of both sides", height="content",
        )  # fmt: skip

seen = view.table("observed").groupby("metric").agg(channels=("channel", "nunique"), last_day=("last_day", "max"))
policy = view.table("table_policy")
policy = policy[policy["valid_to"].isna()]


def expected(concern: str) -> str:
    """Whose a metric should be, kind by kind, as the policy has it."""
    rules = policy[policy["concern"].isin([concern, "*"])].drop_duplicates("kind")
    mostly = rules["expected"].mode().head(1).tolist()
    others = [f"{rule.kind}: {SIDES.get(rule.expected, rule.expected)}" for rule in rules.itertuples() if rule.expected not in mostly]
    return "; ".join([SIDES.get(side, side) for side in mostly] + others)


with st.container(border=True):
    st.markdown("**Metrics** · a ratio is added up before it is divided")
    everything = st.toggle("Also metrics that nobody has reported yet", key="glossary_all")
    shown = [m for m in catalogue().metrics.values() if everything or m.id in seen.index]
    st.dataframe(
        pd.DataFrame([
            {"Metric": m.label, "Meaning": m.description, "Made of": pageparts.made_of(m), "Better": GOOD[m.sign], "Owner by policy": expected(m.concern),
             "Channels": int(seen["channels"].get(m.id, 0)), "Newest day": words.day(seen["last_day"].get(m.id)), "Name in files and commands": m.id}
            for m in shown
        ]), hide_index=True, alt="The metrics with their definitions", height=620,
        column_config={"Metric": st.column_config.TextColumn(width=chart.wide(170), pinned=True), "Meaning": st.column_config.TextColumn(width=chart.wide(560)), "Made of": st.column_config.TextColumn(width=chart.wide(190))},
    )  # fmt: skip
