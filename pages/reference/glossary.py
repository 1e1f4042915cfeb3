"""What does each metric mean, and what does each side mean by its words?"""

from typing import Any

import pandas as pd
import streamlit as st

from commonground import pageparts, words
from commonground.catalogue import catalogue

SIDES = {"it": "IT", "marketing": "Marketing", "joint": "Shared"}
GOOD = {1: "More is better.", -1: "Less is better.", 0: "Neither more nor less is better."}
view = st.session_state["view"]
labels = pageparts.labels()
st.title("What do we mean by it?")
st.markdown("**One definition for every metric; where the two sides use a word differently, both meanings stand here until one is agreed.**")
said = view.ask("glossary")


def meaning(row: Any) -> str:
    """What one side means by a word; below it the metric it speaks of and how that is counted."""
    counted = ": ".join(words.inert(part) for part in (labels.get(row.metric), row.formula) if isinstance(part, str) and part)
    said = words.inert(row.meaning)
    return f"{said}  \n:small[{counted}]" if counted else said


if len(said):
    with st.container(border=True):
        st.markdown("**Words the two sides use**")
        st.table(
            pd.DataFrame({
                "Word": "**" + said["term"].map(words.inert) + "**", "Who says": said["side"].map(lambda side: SIDES.get(side, side)), "What they mean": [meaning(r) for r in said.itertuples()],
                "Agreed": [words.day(d) if pd.notna(d) else "not yet" for d in said["agreed_on"]],
            }).set_index("Word"), border="horizontal",
        )  # fmt: skip

seen = view.ask("metrics").set_index("metric")
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
    shown = [m for m in catalogue().metrics.values() if everything or seen["channels"][m.id]]
    st.table(
        pd.DataFrame([
            {"Metric": f"**{m.label}**  \n:small[`{m.id}`]", "Meaning": f"{m.description}  \n:small[Made of {pageparts.made_of(m)}. {GOOD[m.sign]}]", "Owner by policy": expected(m.concern),
             "Reported by": f"{words.counted(int(seen['channels'][m.id]), 'channel')}, newest {words.day(seen['last_day'][m.id])}" if seen["channels"][m.id] else "nobody"}
            for m in shown
        ]).set_index("Metric"), border="horizontal", height=620,
    )  # fmt: skip
