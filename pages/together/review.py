"""What do we decide? Proposals of an owner, signed or declined by the other side; the map follows."""

import streamlit as st

from commonground import clock, ledgerparts, ledgerwords, meeting

MEETING_PROPOSALS = 3
"""Proposals on one screen of a meeting."""
view = st.session_state["view"]
now = clock.now()
waiting = ledgerparts.open_proposals()
closed = [p for p in ledgerparts.review().proposals() if p.status != "open"]
signed = sum(p.status == "signed" for p in closed)

st.title("What do we decide?")
st.markdown(f"**{ledgerwords.standing(len(waiting), signed)}**")
st.caption("A signed decision becomes claims of both sides from its day on; what was claimed before ends there, and nothing is overwritten. "
           "What is not yet signed can be withdrawn; what is signed is followed by a new proposal.")  # fmt: skip

left, right = meeting.row().columns(2)
with left.container(border=True, height="stretch"):
    st.markdown("**Waiting for a signature**")
    shown = waiting[: meeting.most(len(waiting), MEETING_PROPOSALS)]
    for entry in shown:
        ledgerparts.answer(view, entry, now)
    if len(shown) < len(waiting):
        st.caption(f"{len(waiting) - len(shown)} more wait: they follow once these are answered.")
    if not waiting:
        st.caption("Nothing. Propose an owner here, or on the page of gaps beside the evidence.")
with right.container(border=True, height="stretch"):
    cells, gaps = view.ask("ownership", owners=()), view.ask("gaps", owners=())
    cell = ledgerparts.cell_chooser(view, cells, gaps)
    if cell:
        ledgerparts.propose_form(view, *cell, now)

with meeting.row().container(border=True):
    st.markdown("**What was decided**")
    if closed:
        ledgerparts.closed_table(view, closed[::-1], key="review_closed")
    else:
        st.caption("Nothing yet.")
