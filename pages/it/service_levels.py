"""Are our services inside their objectives? Objectives, trend, worst days, incidents."""

import pandas as pd
import streamlit as st

from commonground import evidenceparts, evidencewords, meeting, pageparts, words
from commonground.catalogue import DASH, MINUS, THIN, add_up, catalogue, write
from commonground.frame import channel_table, choose

view = st.session_state["view"]
sums = view.sums()
labels = pageparts.labels()
levels = view.ask("service_levels", metrics=())

st.title("Are our services inside their objectives?")


def met(row: object) -> bool | None:
    """Whether an objective is met; None where nothing was observed."""
    if pd.isna(row.value):
        return None
    return bool(row.value <= row.objective) if catalogue()[row.metric].better == "down" else bool(row.value >= row.objective)


if levels.empty:
    st.info("No objective has been imported yet: slo.csv holds channel, metric, objective. Infrastructure metrics are shown all the same.")
else:
    levels = levels.assign(met=[met(r) for r in levels.itertuples()])
    known = levels["met"].notna()
    missed = levels[levels["met"].eq(False)].sort_values("budget_used", ascending=False)
    worst = f"{view.name(missed.iloc[0]['channel'])}, {labels[missed.iloc[0]['metric']].lower()}" if len(missed) else ""
    meeting.lead().markdown(f"**{words.objectives(int(levels['met'].eq(True).sum()), int(known.sum()), worst)}.** Each over its own window up to {words.day(view.scope.last_day)}.")
    left_over = (levels["budget"] - levels["bad"]).astype(float).where(levels["metric"].eq("uptime")).dropna().sort_values()
    burning, gone = levels.dropna(subset=["burn"]).sort_values("burn", ascending=False), levels.dropna(subset=["exhausted_on"]).sort_values("exhausted_on")
    row = meeting.row()
    tiles = row.columns(4)
    tiles[0].metric("Objectives met", f"{int(levels['met'].eq(True).sum())} of {int(known.sum())}", border=True,
                    delta=f"{words.counted(len(missed), 'objective')} missed" if len(missed) else "none missed", delta_color="off", delta_arrow="off")  # fmt: skip
    tiles[1].metric("Fewest minutes left", f"{left_over.iloc[0]:,.0f} min".replace("-", MINUS) if len(left_over) else DASH, border=True,
                    delta=view.name(levels.loc[left_over.index[0], "channel"]) if len(left_over) else None, delta_color="off", delta_arrow="off")  # fmt: skip
    tiles[2].metric("Fastest burn", f"{burning.iloc[0]['burn']:.2g}" if len(burning) else DASH, border=True, help="1 uses the budget up exactly at the window's end.",
                    delta=view.name(burning.iloc[0]["channel"]) if len(burning) else None, delta_color="off", delta_arrow="off")  # fmt: skip
    tiles[3].metric("Budgets gone", f"{len(gone)} of {int(levels['budget'].notna().sum())}", border=True,
                    delta=f"first: {view.name(gone.iloc[0]['channel'])}, {words.day(gone.iloc[0]['exhausted_on'])}" if len(gone) else None, delta_color="off", delta_arrow="off")  # fmt: skip
    with row.container(border=True):
        levels = levels.sort_values("budget_used", ascending=False, na_position="last")
        minutes = [f"{r.budget - r.bad:,.0f} min".replace("-", MINUS) if r.metric == "uptime" and pd.notna(r.budget) else DASH for r in levels.itertuples()]
        channel_table(
            view, pd.DataFrame({"Service": levels["channel"].map(view.name), "Metric": levels["metric"].map(labels),
                          "Objective": [write(catalogue()[m], o) for m, o in zip(levels["metric"], levels["objective"], strict=True)],
                          "Now": [write(catalogue()[m], v) for m, v in zip(levels["metric"], levels["value"], strict=True)],
                          "Met": levels["met"].map({True: "yes", False: "no"}).fillna("not observed"),
                          "Budget used": (100 * levels["budget_used"].astype(float)).round(), "Minutes left": minutes, "Burn": levels["burn"].astype(float).round(2),
                          "Gone on": [words.day(d) for d in levels["exhausted_on"]]}),
            levels["channel"].tolist(), key="service_table", alt="Objectives and their error budgets",
            column_config={"Budget used": st.column_config.ProgressColumn(format=f"%d{THIN}%%", min_value=0, max_value=200)},
        )  # fmt: skip
        st.caption("Burn 1 uses the budget up exactly at the window's end. Windows of 1 h and 6 h cannot be computed at this grain: the data is daily.")

infrastructure = [m for m in ("uptime", "error_rate", "mean_response_ms", "lcp_good_share", "inp_good_share", "cls_good_share", "crash_free_rate", "frozen_free_rate", "delivery_rate")
                  if sums[list(catalogue()[m].measures)].notna().any().all()]  # fmt: skip
if not infrastructure:
    st.info("No infrastructure metric was observed in this view: daily numbers may hold requests, errors, minutes_up, page_loads and others, as the Data page says.")
    st.stop()
left, right = meeting.row().columns([3, 2])
with left.container(border=True, height="stretch"):
    chosen = catalogue()[choose("Infrastructure metric", infrastructure, format_func=labels.__getitem__, name="service_metric", default=infrastructure[0], width=260)]
    st.markdown(f"**{chosen.label} by channel** · the channels furthest off, incidents marked")
    now = sums[(sums["period"] == "now") & sums[list(chosen.measures)].notna().all(axis=1)]
    worst = add_up(now, chosen, ["channel"]).sort_values("value", ascending=chosen.better != "down")["channel"][:6]
    pageparts.trend(view, sums[sums["channel"].isin(worst)], by="channel", key="service_trend", height=meeting.most(320, 250), metric=chosen, incidents=True)
with right.container(border=True, height="stretch"):
    st.markdown(f"**Worst days** · {chosen.label.lower()}")
    days = add_up(now, chosen, ["day", "channel"]).dropna(subset=["value"]).sort_values(["value", "day"], ascending=[chosen.better != "down", True])[:8]
    worst_days = pd.DataFrame({"Day": [words.day(d) for d in days["day"]], "Channel": days["channel"].map(view.name), chosen.label: [write(chosen, v) for v in days["value"]]})
    channel_table(view, worst_days, days["channel"].tolist(), key="service_days", alt="The worst days")

left, right = meeting.row().columns(2)
with left.container(border=True, height="stretch"):
    pageparts.vitals(view, key="service_vitals")
with right.container(border=True, height="stretch"):
    everything = evidenceparts.over_all(view, catalogue()["revenue"], kinds=view.scope.kinds, channels=view.scope.channels)
    incidents = evidenceparts.incident_rows(everything)
    st.markdown(f"**{evidencewords.incidents(incidents, evidenceparts.clear_loss(everything), view.names, view.currency)}** · all days")
    if len(incidents):
        evidenceparts.incident_timeline(view, incidents, key="service_incidents")
    st.page_link("pages/it/incidents.py", label="Losses with their ranges, spend inside, time to resolve", icon=":material/arrow_forward:")
pageparts.how("service_how", "Each objective is held against its own window of days; good and bad are added up before they are divided.", pageparts.command(view, "service_levels", metrics=True))
