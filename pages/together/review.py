"""What do we decide? Proposals of an owner, signed or declined by the other side; the map follows."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import streamlit as st

from commonground import pageparts, words
from commonground.build import build, only_one
from commonground.review import SIDE_LABEL, Person, Review, ReviewError
from commonground.settings import data_dir

OWNERS = {"it": "IT", "marketing": "Marketing", "shared": "Both together"}
view = st.session_state["view"]
data = Path(data_dir())
labels = pageparts.labels()


@st.cache_resource
def store(path: str) -> Review:
    """The review store, one a process."""
    return Review.open(path)


def publish() -> None:
    """Let a signed decision show at once: it feeds the next generation."""
    with st.spinner("The ledger is being renewed with your decision"), only_one(data):
        build(data, datetime.now(UTC).replace(tzinfo=None, microsecond=0))


def tried(action: object, *arguments: object, then: object = None) -> None:
    """Do what was asked; a refusal is shown in its own words."""
    try:
        action(*arguments)
    except ReviewError as error:
        st.error(str(error))
        return
    if then:
        then()
    st.rerun()


review = store(str(data))
st.title("What do we decide?")
open_ones, decided = review.proposals(status="open"), review.decisions()
st.markdown(f"**{len(open_ones)} proposals wait for a signature; {len(decided)} decisions are signed by both sides.** "
            "A signed decision becomes claims of both sides from its day on; what was claimed before ends there, and nothing is overwritten.")  # fmt: skip
with st.container(horizontal=True, vertical_alignment="bottom"):
    name = st.text_input("Your name", key="person", persist_state="session", width=240)
    side = st.segmented_control("Your side", list(SIDE_LABEL), format_func=SIDE_LABEL.get, key="side", default="it", persist_state="session")
person = Person(name.strip(), side or "it") if name and name.strip() else None
st.caption("There is no sign-in yet: the record says that names were not verified.")

for entry in open_ones:
    with st.container(border=True):
        st.markdown(f"**{view.name(entry.channel)} · {labels.get(entry.metric, entry.metric)} → {OWNERS[entry.owner]}** from {words.day(entry.effective_from)}")
        st.caption(f"Proposed by {entry.proposed_by} ({SIDE_LABEL[entry.proposed_side]}): {entry.reason}")
        reason = st.text_input("Reason, if you decline", key=f"reason_{entry.id}")
        now = datetime.now(UTC)
        with st.container(horizontal=True):
            if st.button("Sign", key=f"sign_{entry.id}", type="primary", disabled=person is None or person.side == entry.proposed_side):
                tried(review.sign, entry.id, person, now, then=publish)
            if st.button("Decline", key=f"decline_{entry.id}", disabled=person is None or person.side == entry.proposed_side):
                tried(review.decline, entry.id, person, reason, now)
            if st.button("Withdraw", key=f"withdraw_{entry.id}", disabled=person is None or person.side != entry.proposed_side):
                tried(review.withdraw, entry.id, person, now)
if open_ones and person is None:
    st.info("Enter your name to sign, decline or withdraw. Only the other side can sign.")

with st.form("propose", border=True):
    st.markdown("**Propose an owner**")
    cells = view.ask("ownership", owners=())
    gaps = view.ask("gaps", owners=())
    ordered = list(dict.fromkeys([*zip(gaps["channel"], gaps["metric"], strict=True), *zip(cells["channel"], cells["metric"], strict=True)]))
    cell = st.selectbox("For", ordered, format_func=lambda c: f"{view.name(c[0])} · {labels[c[1]]}")
    owner = st.radio("Owner", list(OWNERS), format_func=OWNERS.get, horizontal=True)
    starts = st.date_input("From", view.generation.last_day)
    why = st.text_area("Why", height=80)
    if st.form_submit_button("Propose", disabled=not ordered):
        if person is None:
            st.error("Enter your name and side above first.")
        else:
            tried(review.propose, cell[0], cell[1], owner, starts, why, person, datetime.now(UTC))

closed = [p for p in review.proposals() if p.status != "open"]
st.subheader("What was decided")
if not closed:
    st.info("Nothing yet.")
else:
    st.dataframe(pd.DataFrame([
        {"Channel": view.name(p.channel), "Metric": labels.get(p.metric, p.metric), "Owner": OWNERS[p.owner], "From": words.day(p.effective_from), "Status": p.status,
         "Proposed by": f"{p.proposed_by} ({SIDE_LABEL[p.proposed_side]})", "Closed by": p.closed_by, "On": words.day(p.closed_at), "Verified": "yes" if p.verified else "no"}
        for p in closed
    ]), hide_index=True, alt="Decisions")  # fmt: skip
