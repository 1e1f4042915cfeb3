"""Where are the ownership gaps? The map on any day; a cell's evidence, price and proposal; what changed."""

from dataclasses import replace
from datetime import timedelta

import streamlit as st

from commonground import clock, historyparts, ledgerparts, meeting, pageparts, words
from commonground.frame import dossier_link, tabs
from commonground.questions import performance
from commonground.questions.believed import settled

view = st.session_state["view"]
now = clock.now()
last = view.generation.last_day
first = max(view.generation.first_day, last - timedelta(days=730))

left, middle, right = st.columns([7, 5, 3], vertical_alignment="bottom")
left.title("Where are the ownership gaps?")
as_of = last
if first < last:
    as_of = middle.slider("As of", first, last, last, format="D MMM YYYY", key="as_of", bind="query-params",
                          help="Slide, or use the arrow keys, to see who was accountable on any day.")  # fmt: skip
with right.container(horizontal=True, horizontal_alignment="right"):
    known_on = ledgerparts.known_on(now)
view = replace(view, scope=settled(view.generation, replace(view.scope, as_of=as_of, known_on=known_on, owners=())))
cells, gaps = view.ask("ownership"), ledgerparts.priced_gaps(view)
if known_on:
    told = "Nothing about ownership was known" if cells.empty else "The ledger as it was believed"
    st.warning(f"{told} at the end of {words.day(known_on)}. Leave the day empty for what is believed now.")
    if cells.empty:
        st.stop()
headline, detail = words.gap_answer(cells, gaps, view.names, pageparts.labels(), view.currency, performance.selling(view.generation))
with meeting.lead():
    st.markdown(f"**{headline}**")
    st.caption(f"{detail} Money is of {words.days(view.scope.first_day, view.scope.last_day)}, spread evenly over a channel's metrics.")


def open_cell(cell: str) -> None:
    """Show a cell of the map beside it; in a meeting on the next screen."""
    ledgerparts.look_at(cell)
    meeting.forward()


left, right = meeting.apart([5, 3])
with left.container(border=True):
    st.markdown(f"**Who is accountable on {words.day(as_of)}** · {words.MARKS} · click a cell")
    pageparts.ownership_map(view, pageparts.unsettled(cells) if meeting.presenting() else cells, key="gaps_map", on_click=open_cell)
with right.container(border=True):
    cell = ledgerparts.cell_chooser(view, cells, gaps)
    if cell is None:
        st.info("No metric has to have an owner yet: scope.csv says which must, ownership.csv or ownership_claim.csv who has it.")
    else:
        said, settled = meeting.beside([3, 2])
        with said:
            ledgerparts.cell_drawer(view, *cell, cells, gaps)
        with settled:
            if known_on is None:  # what was known then is read, not changed
                ledgerparts.settle(view, *cell, now)
            ledgerparts.cell_history(view, *cell)
            dossier_link(cell[0], view.name(cell[0]))

all_gaps, hands, time, agree, policy, away = tabs(
    meeting.row(),
    {"gaps": "All gaps", "hands": "What changed hands", "time": "Over time", "agree": "Do the sides agree?", "policy": "What if", "away": "Take it with you"}, name="tab",
)
if all_gaps.open:
    with all_gaps:
        historyparts.gap_list(view, gaps)
if hands.open:
    with hands:
        historyparts.changed_hands(view)
if time.open:
    with time:
        left, right = st.columns([3, 2])
        with left:
            historyparts.coverage(view)
        with right:
            historyparts.time_to_owner(view)
if agree.open:
    with agree:
        historyparts.sides_agree(view)
if policy.open:
    with policy:
        historyparts.what_if(view, gaps)
if away.open:
    with away:
        ledgerparts.take_away(view, cells)
        st.code(f"python -m commonground ask gaps --from {view.scope.first_day} --to {view.scope.last_day} --as-of {as_of}{f' --known-on {known_on}' if known_on else ''}", language=None)
