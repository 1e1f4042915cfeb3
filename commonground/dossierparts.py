"""Parts of the channel dossier: each is one card, with a plain sentence where nothing is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from commonground import chart, figures, ledgerparts, ledgerwords, pageparts, words
from commonground.catalogue import Metric, catalogue, compact, money_sign, write, write_change
from commonground.frame import MAIN_METRICS, View, choose
from commonground.questions import performance
from commonground.questions.ownership import GAP_STATES, STATE_WORDS
from commonground.review import Proposal
from commonground.tokens import TAGS

TILES_A_ROW = 5
HISTORIES = 5
"""Rows of different histories drawn; a channel with more has them all in its table of claims."""
ROW_PIXELS = 34
PRICE_TITLES = {"spend": "Spend", "revenue_exposed": "Exposed", "shortfall": "Shortfall", "incident_loss": "Incident loss"}
MARK_ORDER = "!?SIM·"
"""What nobody answers for comes first, what needs no owner last."""
SIDE_WORDS = {"technology": "Technology's checklist", "customer": "Customer's checklist"}


def chosen_channel(view: View) -> str | None:
    """The channel of the page: that of the link, else one that was clicked, else the one whose gap ranks first."""
    known = sorted(view.names, key=view.name)
    if not known:
        return None
    gaps = view.ask("gaps", owners=(), kinds=(), channels=())
    first = [*view.scope.channels, *gaps["channel"].head(1), known[0]][0]
    return choose("Channel", known, name="channel_id", default=first, format_func=view.name, width=260)


def of_channel(view: View, channel: str) -> View:
    """The same view with nothing but this channel in it."""
    return replace(view, scope=replace(view.scope, channels=(channel,), kinds=(), owners=(), campaigns=()))


def header(view: View, channel: str, cells: pd.DataFrame, gaps: pd.DataFrame) -> None:
    """Who it is, its tag since when, and what its gaps come to."""
    row = performance.directory(view.generation).loc[channel]
    tags = view.table("ownership/channel_tags_all")
    day = pd.Timestamp(str(view.scope.as_of))
    now = tags[(tags["channel"] == channel) & (tags["valid_from"].isna() | (tags["valid_from"] <= day)) & (tags["valid_to"].isna() | (tags["valid_to"] > day))]
    tag, since = (str(now.iloc[0]["tag"]), now.iloc[0]["valid_from"]) if len(now) else (None, None)
    headline, detail = ledgerwords.dossier(view.name(channel), tag, since, cells, gaps, view.currency)
    st.markdown(f"**{headline}.**")
    address = row["address"] if isinstance(row["address"], str) and row["address"] else "no address on record"
    st.caption(f"{row['kind'].capitalize()} channel, family {words.inert(row['family'])}, {words.inert(address)} · {detail}")


def metrics_of(sums: pd.DataFrame, cells: pd.DataFrame) -> list[Metric]:
    """The metrics that the channel reported in this view: the headlines first, then those that need an owner.

    Sums that only serve as the parts of a ratio (minutes expected) are left out.
    """
    seen = set(sums.columns[sums.notna().any()])
    wanted = [*pageparts.TILES, *MAIN_METRICS, *(m for m in catalogue().metrics if m in set(cells["metric"]))]
    return [catalogue()[name] for name in dict.fromkeys(wanted) if set(catalogue()[name].measures) <= seen]


def tiles(view: View, sums: pd.DataFrame, cells: pd.DataFrame) -> None:
    """Its first metrics as tiles, the owner's letter beside each; all of them in the table."""
    found = metrics_of(sums, cells)
    if not found:
        st.info("None of its metrics was observed in this period. No data is not zero.")
        return
    marks = {metric: TAGS[tag].mark for metric, tag in zip(cells["metric"], cells["tag"], strict=True) if tag in TAGS}
    first = [m for m in found if m.id in marks] + [m for m in found if m.id not in marks]
    pageparts.tiles(view, sums, first[:TILES_A_ROW], owners=marks)


def metric_table(view: View, sums: pd.DataFrame, cells: pd.DataFrame) -> None:
    """Every metric that it reports or that needs an owner: value, change, who answers for it, since when."""
    st.markdown(f"**Its metrics, and who answers for each** · {words.MARKS}")
    labels, names = pageparts.labels(), ledgerparts.org_names(view)
    found = metrics_of(sums, cells)
    totals = performance.total_of(sums, found).set_index("metric") if found else pd.DataFrame(columns=["value", "change"])
    here = cells.set_index("metric")
    rows = []
    for metric in catalogue().metrics.values():
        if metric.id not in totals.index and metric.id not in here.index:
            continue
        total: Any = totals.loc[metric.id] if metric.id in totals.index else {"value": None, "change": None}
        cell = here.loc[metric.id] if metric.id in here.index else None
        tag = TAGS.get(str(cell["tag"])) if cell is not None else None
        owners = [names.get(o, o) for o in str(cell["owners"] or "").split(", ") if o] if cell is not None else []
        rows.append({
            "Metric": labels[metric.id], "Owner": tag.mark if tag else "·", "Who": words.listed(owners) or "–",
            "State": STATE_WORDS[str(cell["state"])] if cell is not None else "needs no owner", "Since": words.day(cell["since"]) if cell is not None else "–",
            "Now": write(metric, total["value"], view.currency), "Change": write_change(metric, total["change"]),
            "Notes": pageparts.flag_words(cell["flags"]) if cell is not None else None,
        })  # fmt: skip
    rows.sort(key=lambda row: MARK_ORDER.index(str(row["Owner"])))
    noted = [row["Notes"] for row in rows if row["Notes"] is not None]
    everywhere = [note for note in (noted[0] if len(noted) > 1 else []) if all(note in notes for notes in noted)]
    if everywhere:
        st.caption(f"All that need an owner: {'; '.join(everywhere)}.")
    rows = [row | {"Notes": "; ".join(note for note in row["Notes"] or [] if note not in everywhere)} for row in rows]
    _table(rows, "Neither a number nor a claim is known about it.", "Metrics and their owners", column_config={"Notes": st.column_config.TextColumn(width=chart.wide(300))})


def timeline(view: View, channel: str, decisions: list[Proposal]) -> None:
    """Ownership, incidents, events and decisions on one time axis."""
    st.markdown("**What happened to it, on one time axis**")
    first, last = view.generation.first_day, view.generation.last_day
    labels = pageparts.labels()
    concerns = {name: metric.concern for name, metric in catalogue().metrics.items()}
    spells = view.ask("ownership_spells", metrics=())
    tags = view.table("ownership/channel_tags_all")
    own = tags[tags["channel"] == channel].assign(name="The channel", hover=lambda f: [f"{t} from {words.day(d)}" for t, d in zip(f["tag"], f["valid_from"], strict=True)])
    parts = [own[["name", "tag", "valid_from", "valid_to", "hover"]]]
    histories = ledgerwords.history(spells, labels, concerns, HISTORIES)
    if len(histories) == 1:  # the channel's tag would only say the same again
        parts.clear()
    for name, rows in histories:
        told = [f"{STATE_WORDS[s]} from {words.day(d)}" for s, d in zip(rows["state"], rows["valid_from"], strict=True)]
        parts.append(rows.assign(name=name, hover=told)[["name", "tag", "valid_from", "valid_to", "hover"]])
    drawn = pd.concat(parts).rename(columns={"valid_from": "starts_on", "valid_to": "ends_on"})
    begun = drawn["starts_on"] >= pd.Timestamp(str(first))  # what began earlier is drawn from the first day of the data
    drawn["starts_on"] = drawn["starts_on"].where(begun, pd.Timestamp(str(first)))
    drawn = drawn[drawn["ends_on"].isna() | (drawn["ends_on"] > drawn["starts_on"])]
    marks = happenings(view, channel, decisions)
    if drawn.empty and marks.empty:
        st.info("No claim, incident, event or decision is known about it.")
        return
    rows_drawn = drawn["name"].nunique() + marks["name"].nunique()
    chart.draw(
        figures.channel_timeline(drawn, marks, theme=view.theme, first_day=str(first), last_day=str(last)), key="dossier_time",
        height=64 + ROW_PIXELS * rows_drawn, table=spells,
        alt=f"Time axis of {view.name(channel)}: " + "; ".join([*drawn["hover"].head(6), *marks["hover"].head(6)]),
    )  # fmt: skip


def happenings(view: View, channel: str, decisions: list[Proposal]) -> pd.DataFrame:
    """Incidents, events (its own and those of all channels) and decisions: name starts_at ends_at hover id."""
    incidents = view.table("table_incident")
    events = view.table("table_event")
    own = incidents[incidents["channel"] == channel]
    near = events[events["channel"].isna() | (events["channel"] == channel)]
    rows = [("Incidents", r["started_at"], r["resolved_at"], words.inert(f"{r['incident']}: {r['summary']}"), r["incident"]) for r in own.to_dict("records")]
    rows += [("Events", r["starts_on"], r["ends_on"], words.inert(r["label"]), r["event"]) for r in near.to_dict("records")]
    rows += [("Decisions", pd.Timestamp(d.effective_from), pd.NaT, f"Decision {d.id}: {ledgerwords.OWNERS[d.owner]}", f"decision-{d.id}") for d in decisions]
    return pd.DataFrame(rows, columns=["name", "starts_at", "ends_at", "hover", "id"]).assign(
        hover=lambda f: [f"{h}<br>{words.day(d)}" for h, d in zip(f["hover"], f["starts_at"], strict=True)]
    )


def gap_prices(view: View, gaps: pd.DataFrame) -> None:
    """Its gaps with the four columns of their price."""
    st.markdown("**Its gaps, and what runs through them**")
    labels = pageparts.labels()
    rows = [
        {"Metric": labels[r["metric"]], "What is wrong": STATE_WORDS[r["state"]] if r["state"] in GAP_STATES else pageparts.FLAG_WORDS.get(r["primary_gap"], r["primary_gap"]),
         "Days": r["age_days"],
         **{title: "–" if pd.isna(r[name]) else ledgerwords.money(r[name], view.currency) for name, title in PRICE_TITLES.items()}}
        for r in gaps.to_dict("records")
    ]  # fmt: skip
    _table(rows, "No gap as of this day.", "Gaps with their price")
    if rows and view.scope.first_day and view.scope.last_day:
        st.caption(f"Money of {words.days(view.scope.first_day, view.scope.last_day)}. The columns are views of the same business: never add one to another, "
                   "except shortfall and incident loss. Exposed revenue is not a loss; a dash is not priced.")  # fmt: skip


def claims(view: View, channel: str) -> None:
    """Every claim that speaks for it: who says, whom, role, dates, source, standing."""
    st.markdown("**Who says what about it**")
    rows = ledgerwords.claims_of_channel(of_channel(view, channel).ask("claims", metrics=()))
    labels, names = pageparts.labels(), ledgerparts.org_names(view)
    _table([
        {"Who says": ledgerwords.SPEAKERS[r["asserted_by"]].removesuffix(" says"), "Whom": names.get(r["org"], r["org"]) if isinstance(r["org"], str) and r["org"] else "nobody",
         "Role": ledgerwords.ROLES[r["role"]], "About": labels.get(r["about_metric"], "all metrics") + (" of all channels" if r["about_channel"] == ledgerwords.ALL else ""),
         "Standing": r["standing"], "From": words.day(r["valid_from"]), "To": words.day(r["valid_to"]) if pd.notna(r["valid_to"]) else "still holds", "Source": r["source"] if isinstance(r["source"], str) else "–",
         "Known since": words.day(r["known_from"])}
        for r in rows.to_dict("records")
    ], "Nobody has said anything about who owns it.", "Claims")  # fmt: skip


def checklists(view: View, channel: str) -> None:
    """Technology's and customer's checklist side by side; the channel is as ready as the weaker."""
    found = view.ask("checklists")
    if found.empty:
        st.markdown("**Its two checklists**")
        st.caption("Neither side keeps a checklist for it (checklist_item.csv).")
        return
    row = found.iloc[0]
    ready = "not known: one of the two lists is empty" if pd.isna(row["ready"]) else f"{100 * row['ready']:.0f}\u202f% ready"
    st.markdown(f"**Its two checklists: {ready}** · the smaller of the two shares, never their mean")
    items = view.ask("checklist_items")
    names = ledgerparts.org_names(view)
    for column, (side, title) in zip(st.columns(2), SIDE_WORDS.items(), strict=True):
        with column:
            st.markdown(f"{title}: {ledgerwords.share(int(row[f'{side}_done']), int(row[f'{side}_items']), side)}")
            own = items[(items["channel"] == channel) & (items["side"] == side)].sort_values(["is_done", "item"])
            if len(own):
                st.dataframe(pd.DataFrame({"Done": own["is_done"], "Item": own["item"], "On": [words.day(d) if ok else "–" for d, ok in zip(own["done_on"], own["is_done"], strict=True)],
                                           "Team": [names.get(o, o) if isinstance(o, str) else "–" for o in own["org"]], "Evidence": own["evidence"].fillna("–")}),
                             hide_index=True, alt=title)  # fmt: skip


def incidents(view: View, channel: str) -> None:
    """Its incidents, newest first."""
    st.markdown("**Its incidents**")
    own = view.ask("incidents", first_day=None, last_day=None, channels=(channel,)).sort_values("started_at", ascending=False)
    _table([
        {"Began": f"{words.day(r['started_at'])} {r['started_at']:%H:%M}", "Hours": lasted, "Severity": r["severity"], "What happened": r["summary"], "Incident": r["incident"]}
        for r, lasted in zip(own.to_dict("records"), own["hours"].round(1), strict=True)
    ], "No incident is on record. That may mean calm, or that nobody wrote one down.", "Incidents")  # fmt: skip


def events(view: View, channel: str) -> None:
    """Events of its own and of all channels, newest first."""
    st.markdown("**Events**")
    near = view.ask("events", channels=(channel,)).sort_values("starts_on", ascending=False)
    _table([{"From": words.day(r["starts_on"]), "To": words.day(r["ends_on"]), "What": r["label"], "Kind": r["kind"], "For": "all channels" if pd.isna(r["channel"]) else "this channel"}
            for r in near.to_dict("records")], "No event is on record.", "Events")  # fmt: skip


def requests(view: View, channel: str) -> None:
    """What the sides asked of each other about it."""
    st.markdown("**Requests between the two sides**")
    labels = pageparts.labels()
    sides = ledgerwords.SIDES
    _table([
        {"What": r["summary"], "From → to": f"{sides.get(r['from_side'], r['from_side'])} → {sides.get(r['to_side'], r['to_side'])}", "Asked": words.day(r["opened_on"]),
         "Answer": r["answer"], "Days": r["days"], "Why": r["reason"] if isinstance(r["reason"], str) else "–", "Metric": labels.get(r["metric"], "–"), "Request": r["request"]}
        for r in of_channel(view, channel).ask("requests").to_dict("records")
    ], "Neither side has asked the other for anything here.", "Requests")  # fmt: skip


def tools(view: View, channel: str) -> None:
    """The tools that serve it."""
    st.markdown("**Tools**")
    names, sign = ledgerparts.org_names(view), money_sign(view.currency)
    _table([
        {"Tool": r["tool"], "Does": r["capability"], "Team": names.get(r["org"], r["org"]), "Cost a year": "–" if pd.isna(r["annual_cost"]) else f"{sign}\u202f{compact(r['annual_cost'], money=True)}",
         "Also done by": r["same_capability"] or "–"}
        for r in of_channel(view, channel).ask("tools").to_dict("records")
    ], "No tool is on record for it.", "Tools")  # fmt: skip


def goals(view: View, channel: str) -> None:
    """The goals that rest on its metrics."""
    st.markdown("**Goals it serves**")
    labels = pageparts.labels()
    _table([
        {"Goal": r["text"], "Of": ledgerwords.SIDES.get(r["side"], r["side"]), "Rank": r["rank"], "Through": ", ".join(labels[m] for m in r["metrics"].split()),
         "In gaps": f"{r['gap_cells']} of {r['cells']}"}
        for r in of_channel(view, channel).ask("channel_goals").to_dict("records")
    ], "No goal names a metric of this channel.", "Goals")  # fmt: skip


def decisions(view: View, entries: list[Proposal], answer: Callable[[Proposal], None]) -> None:
    """What waits for a signature about it, and what was decided."""
    st.markdown("**Decisions about it**")
    for entry in entries:
        if entry.status == "open":
            answer(entry)
    closed = [entry for entry in entries if entry.status != "open"]
    if closed:
        ledgerparts.closed_table(view, closed[::-1])
    elif not entries:
        st.caption("Nothing was proposed or decided about it yet.")


def _table(rows: Sequence[Mapping[str, object]], nothing: str, alt: str, **more: Any) -> None:
    """A table, or the plain sentence that there is nothing to put into it."""
    if rows:
        chart.table(pd.DataFrame(rows), alt=alt, **more)
    else:
        st.caption(nothing)
