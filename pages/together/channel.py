"""What do we know about one channel? Its numbers and their owners, its history, who says what, its gaps."""

import streamlit as st

from commonground import clock, dossierparts, ledgerparts

view = st.session_state["view"]
left, right = st.columns([3, 1], vertical_alignment="bottom")
with right:
    channel = dossierparts.chosen_channel(view)
if channel is None:
    st.title("What do we know about this channel?")
    st.info("No channel is known yet. Import channel.csv, or any export that names one.")
    st.stop()

view = dossierparts.of_channel(view, channel)
now = clock.now()
sums, cells, gaps = view.sums(), view.ask("ownership"), view.ask("gaps")
entries = ledgerparts.review().proposals(channel=channel)

left.title(f"What do we know about {view.name(channel)}?")
dossierparts.header(view, channel, cells, gaps)
dossierparts.tiles(view, sums, cells)
with st.container(border=True):
    dossierparts.timeline(view, channel, [entry for entry in entries if entry.status == "signed"])
with st.container(border=True):
    dossierparts.metric_table(view, sums, cells)
with st.container(border=True):
    dossierparts.claims(view, channel)
left, right = st.columns([3, 2])
with left.container(border=True, height="stretch"):
    dossierparts.gap_prices(view, gaps)
with right.container(border=True, height="stretch"):
    dossierparts.decisions(view, entries, lambda entry: ledgerparts.answer(view, entry, now))
    ledgerparts.gaps_link(channel, gaps)
with st.container(border=True):
    dossierparts.checklists(view, channel)
with st.container(border=True):
    dossierparts.requests(view, channel)
for row in ((dossierparts.goals, dossierparts.tools), (dossierparts.incidents, dossierparts.events)):
    for column, part in zip(st.columns(2), row, strict=True):
        with column.container(border=True, height="stretch"):
            part(view, channel)
