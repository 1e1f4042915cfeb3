"""What does each metric mean, and what does each side mean by its words?"""

import pandas as pd
import streamlit as st

from commonground.catalogue import catalogue

view = st.session_state["view"]
st.title("What do we mean by it?")
st.markdown("**One definition for every metric; where the two sides use a word differently, both meanings stand here until one is agreed.**")
words = view.table("table_glossary")
if len(words):
    st.subheader("Words the two sides use")
    shown = words.assign(agreed_on=words["agreed_on"].dt.date)
    st.dataframe(shown, hide_index=True, alt="Glossary of both sides")
st.subheader("Metrics")
st.dataframe(
    pd.DataFrame([
        {"Metric": m.label, "Id": m.id, "Meaning": m.description, "Is": " ".join(f"{'−' if s < 0 else '+'} {n}" for n, s in m.numerator).removeprefix("+ ")
         + (f" / {m.denominator}" if m.denominator else ""), "Good is": m.better, "Concern": m.concern}
        for m in catalogue().metrics.values()
    ]), hide_index=True, alt="All metrics with their definitions", height=620,
)  # fmt: skip
