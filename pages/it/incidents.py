"""What did our incidents cost? Losses as ranges, spend that ran into them, how long they took, slow pages."""

import pandas as pd
import streamlit as st

from commonground import evidenceparts, evidencewords, meeting, words
from commonground.catalogue import DASH, THIN, catalogue, compact, money_sign
from commonground.frame import channel_table, split

view = st.session_state["view"]
left, right = st.columns([5, 3], vertical_alignment="bottom")
left.title("What did our incidents cost?")
inside = right.toggle("Only incidents of the chosen period", key="incidents_inside", bind="query-params")
period = {"first_day": view.scope.first_day, "last_day": view.scope.last_day} if inside else {}
asked = evidenceparts.over_all(view, catalogue()["revenue"], kinds=view.scope.kinds, channels=view.scope.channels, **period)
rows = evidenceparts.incident_rows(asked)

with meeting.lead():
    st.markdown(f"**{evidencewords.incidents(rows, evidenceparts.clear_loss(asked), view.names, view.currency)}.**")
    st.caption(f"A loss is claimed only where its range leaves 0 out. Incidents that overlap are merged before they are added. {evidencewords.SURE}")
if rows.empty:
    st.info("No incident here. incident.csv holds incident, channel, started_at, and may hold acknowledged_at, resolved_at, severity, summary: the Data page says how to add it.")
    st.stop()

left, right = meeting.row().columns([3, 2])
with left.container(border=True, height="stretch"):
    what = split("Lost", evidenceparts.LOSSES, name="incident_loss", default="revenue")
    st.markdown(f"**Lost {what} by incident** · dot and range; ink where a loss is claimed, grey where none is")
    evidenceparts.loss_figure(view, rows, what, key="incident_losses")
    st.caption("Conversions and revenue are two views of one loss: never add them.")
with right.container(border=True, height="stretch"):
    st.markdown("**When, and how long**")
    evidenceparts.incident_timeline(view, rows, key="incident_timeline")
    answered, resolved = words.records(asked.ask("incident_times"))
    one, two = st.columns(2)
    one.metric("To acknowledge, median", evidencewords.lasting(answered["median_hours"]), help="MTTA: from the start of an incident until somebody took it. One figure per incident.")
    two.metric("To resolve, median", evidencewords.lasting(resolved["median_hours"]), help="MTTR, R = resolve: from the start of an incident until it was over.")
    st.caption(f"n = {answered['incidents']} acknowledged, {resolved['incidents']} resolved. Medians: one long incident does not move them.")

sign = money_sign(view.currency)


def money(value: float | None) -> str:
    """An amount, or a dash."""
    return DASH if words.missing(value) else f"{sign}{THIN}{compact(value, money=True)}"


with meeting.row().container(border=True):
    st.markdown("**Each incident, and the media spend that ran into it**")
    told = rows.to_dict("records")
    shown = pd.DataFrame({
        "Incident": rows["incident"], "Channel": [view.name(c) for c in rows["channel"]], "Began": [f"{words.day(t)}, {t:%H:%M}" for t in rows["started_at"]], "Severity": rows["severity"].fillna(DASH),
        "Own spend": [money(v) for v in rows["own_spend"]], "Campaigns' spend": [money(v) for v in rows["campaign_spend"]],
        "Lost revenue": [evidencewords.loss_brief("revenue", r, view.currency) for r in told], "What happened": rows["summary"].fillna(DASH),
    })  # fmt: skip
    picked = channel_table(view, shown, list(rows["channel"]), key="incident_table", alt="Incidents with their losses and the spend of their days", height="content")
    if picked is not None:
        st.markdown(evidencewords.incident_in_full(told[picked], view.name(told[picked]["channel"]), view.currency))
    st.caption("Spend is what was paid on the days of the incident, whole days. The campaigns' spend is that of every campaign channel: it overlaps between incidents of one day and is no loss. Do not add these columns. Pick a row for its ranges and its channel's dossier.")
    if unanswered := [r for r in told if words.missing(r["lost_revenue"])]:
        st.caption("  \n".join(evidencewords.incident_in_full(r, view.name(r["channel"]), view.currency) for r in unanswered))
    evidenceparts.how("incident_how", "incident", asked, "incident_effects", lambda: evidenceparts.incidents_told(asked, rows))

with meeting.row().container(border=True):
    everything = evidenceparts.over_all(view, catalogue()["conversion_rate"])
    slow = everything.ask("slow_web").iloc[0].to_dict()
    st.markdown(f"**{evidencewords.slow_pages(slow)}**")
    st.caption(f"{int(slow['channels'] or 0)} channels with page loads and sessions, {int(slow['days'] or 0):,} days.")
    evidenceparts.how("slow_how", "slow_web", everything, "slow_web", lambda: evidenceparts.slow_told(everything, slow))
