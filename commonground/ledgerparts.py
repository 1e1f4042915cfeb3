"""Parts of the ledger's pages: who says what about a cell, proposing an owner, signing, taking it away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

import pandas as pd
import streamlit as st

from commonground import chart, figures, ledgerwords, pageparts, words
from commonground.build import only_one, renew
from commonground.catalogue import catalogue
from commonground.frame import View, channel_table, choose, person
from commonground.ledgerwords import ALL, OWNERS, SPEAKERS, SUFFIX
from commonground.pack.raci import claims_csv, orgs_csv, raci_workbook
from commonground.questions import performance
from commonground.questions.believed import believed
from commonground.questions.gaps import exposed_sessions, weighed_gaps
from commonground.questions.ownership import GAP_STATES, STATE_WORDS
from commonground.review import SIDE_LABEL, Owner, Person, Proposal, Review, ReviewError
from commonground.review.records import TEXT_LENGTH
from commonground.settings import DataFolderError, data_dir

STANDS = {"winning": "", "org gone": " (the team is gone)", "outside": " (a firm outside: it counts as doing the work)",
          "overridden": " (overridden by a more specific claim)"}  # fmt: skip
"""What is said now of a claim beside its words; claims that ended or are still to come are not said now."""
MOST_CELLS = 500
"""A longer list cannot be searched by eye, and is sent at every click; map and tables open any other cell."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@st.cache_resource
def _store(path: str) -> Review:
    return Review.open(path)


def review() -> Review:
    """The store of proposals and decisions, one a process; where it cannot be opened, the rest of the page is left out."""
    try:
        return _store(str(data_dir()))
    except ReviewError as error:
        st.error(f"{error}. Decisions can be neither read nor made until it can; all else can be read.")
        st.stop()


def publish(now: datetime) -> None:
    """Let a signed decision show at once: it feeds the next generation. The signature is kept even where that fails."""
    try:
        with st.spinner("The ledger is being renewed with your decision"), only_one(data_dir()):
            renew(data_dir(), now.replace(tzinfo=None, microsecond=0))
    except DataFolderError as error:
        st.error(f"Your signature is kept, but the map could not be renewed ({error}). It will show after: python -m commonground build")
        st.stop()


def tried(action: Callable[..., object], *arguments: object, said: str, then: Callable[[], None] | None = None) -> None:
    """Do what was asked and say so; a refusal is shown in its own words."""
    try:
        action(*arguments)
    except ReviewError as error:
        st.error(str(error))
        return
    if then:
        then()
    st.toast(said)
    st.rerun()


def directory(view: View) -> pd.DataFrame:
    """The orgs with their sides, as believed now, or at the end of the view's day of belief."""
    return believed(view.generation, "org", view.scope.known_on)


def org_names(view: View) -> dict[str, str]:
    """Org -> name."""
    return ledgerwords.names_of(directory(view))


def cell_name(view: View, channel: str, metric: str) -> str:
    """A cell in words."""
    return f"{view.name(channel)} · {pageparts.labels().get(metric, 'everything' if metric == ALL else metric)}"


def look_at(cell: str) -> None:
    """Open a cell, ``channel|metric``: it stands in the URL."""
    st.query_params["cell"] = cell


def priced_gaps(view: View) -> pd.DataFrame:
    """The gaps as `ask gaps` gives them, ranked, with weight, days open and benchmark beside each."""
    found: pd.DataFrame = view.keep("priced gaps", lambda: weighed_gaps(view.generation, view.scope, {}), blind=True)
    return found.copy(deep=False)


def cell_chooser(view: View, cells: pd.DataFrame, gaps: pd.DataFrame) -> tuple[str, str] | None:
    """Which cell is looked at: the gap that ranks first, unless another was chosen."""
    unowned = gaps[gaps["primary_gap"].isin(GAP_STATES)]  # the page's headline names the first of these
    every = dict.fromkeys(f"{c}|{m}" for rows in (unowned, gaps, cells) for c, m in zip(rows["channel"], rows["metric"], strict=True))
    if not every:
        return None
    asked = st.query_params.get("cell")
    options = list(every)[:MOST_CELLS]
    if asked in every and asked not in options:
        options.append(asked)
    cell = choose("Cell, gaps first", options, name="cell", default=options[0], format_func=lambda c: cell_name(view, *c.split("|")))
    channel, metric = cell.split("|")
    return channel, metric


def cell_drawer(view: View, channel: str, metric: str, cells: pd.DataFrame, gaps: pd.DataFrame) -> None:
    """State, price, policy and the evidence of both sides for one cell."""
    here = cells[(cells["channel"] == channel) & (cells["metric"] == metric)].iloc[0]
    names = org_names(view)
    st.markdown(f"**{ledgerwords.state(here, names, view.scope.as_of)}**")
    kind, concern = str(performance.directory(view.generation).loc[channel, "kind"]), catalogue()[metric].concern
    notes = pageparts.flag_words(here["flags"])
    st.caption(ledgerwords.policy(believed(view.generation, "policy", view.scope.known_on), concern, kind, view.scope.as_of)
               + (f" Also: {'; '.join(notes)}." if notes else ""))  # fmt: skip
    gap = gaps[(gaps["channel"] == channel) & (gaps["metric"] == metric)]
    if len(gap):
        passed = view.keep(f"sessions {channel}", lambda: exposed_sessions(view.generation, view.scope, gap.head(1)).iloc[0])
        st.markdown(ledgerwords.price(gap.iloc[0], passed, view.currency))
        if pd.notna(gap["shortfall"].iloc[0]):
            st.caption(f"Shortfall is measured against {gap['benchmark'].iloc[0]}, on days without an incident.")
    sides_said(view, channel, metric, names)


def said_about(view: View, channel: str, metric: str) -> pd.DataFrame:
    """All claims that speak of a cell, as `ask claims` gives them."""
    return view.ask("claims", channels=(channel,), metrics=(metric,), kinds=(), owners=())


def known_on(now: datetime) -> date | None:
    """The day whose belief is looked at: None is what is believed now."""
    with st.popover("Known on", icon=":material/history:", key="known_door"):
        st.caption("The ledger as it was believed at the end of a day: what a meeting saw then, whatever came in or was signed since.")
        return st.date_input("Believed on", None, max_value=now.date(), key="known_on", bind="query-params")


def sides_said(view: View, channel: str, metric: str, names: dict[str, str]) -> None:
    """What IT says beside what marketing says, and the registers, if any speaks."""
    said = said_about(view, channel, metric)
    now = said[said["standing"].isin(STANDS)]
    labels = pageparts.labels()
    registers = [st.container()] if (now["asserted_by"] == "register").any() else []
    for column, speaker in zip([*st.columns(2), *registers], SPEAKERS, strict=False):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{SPEAKERS[speaker]}**")
            own = now[now["asserted_by"] == speaker]
            for row in own[own["role"] == "A"].to_dict("records"):
                head, detail = ledgerwords.claim(row, names, view.name(channel), labels[metric])
                st.markdown(f"{head}{STANDS[row['standing']]}  \n:small[:gray[{detail}]]")
            if not (own["role"] == "A").any():
                st.markdown("Names nobody accountable")
            for role in ("R", "C", "I"):
                others = own[(own["role"] == role) & (own["standing"] == "winning")]
                if len(others):
                    told = words.listed(names.get(org, org) for org in dict.fromkeys(others["org"].dropna()))
                    st.markdown(f":small[:gray[{ledgerwords.ROLES[role].capitalize()}: {told}]]")


def cell_history(view: View, channel: str, metric: str) -> None:
    """Which state the cell was in, from when to when; drawn when asked for."""
    with st.expander("Its history", key="cell_history", on_change="rerun", icon=":material/timeline:") as door:
        if not door.open:
            return
        spells = view.ask("ownership_spells", channels=(channel,), metrics=(metric,), kinds=(), owners=())
        said = [f"{STATE_WORDS[s]} from {words.day(d)}" for s, d in zip(spells["state"], spells["valid_from"], strict=True)]
        rows = pd.DataFrame({"name": pageparts.labels()[metric], "tag": spells["tag"], "starts_on": spells["valid_from"].dt.date,
                             "ends_on": spells["valid_to"].dt.date, "hover": said})  # fmt: skip
        chart.draw(figures.spells(rows, theme=view.theme, last_day=str(view.generation.last_day)), key="gaps_spells", height=90, table=spells,
                   alt=f"{cell_name(view, channel, metric)} over time: {'; '.join(said)}")  # fmt: skip


class Choice(NamedTuple):
    """An owner that can be proposed: a side, the orgs that are named, and how it reads."""

    owner: Owner
    orgs: tuple[str, ...]
    text: str


def alive_orgs(view: View) -> pd.DataFrame:
    """The directory's orgs as of the view's day."""
    day = pd.Timestamp(str(view.scope.as_of))
    orgs = directory(view)
    return orgs[(orgs["valid_from"].isna() | (orgs["valid_from"] <= day)) & (orgs["valid_to"].isna() | (orgs["valid_to"] > day))]


def choices(view: View, channel: str, metric: str) -> list[Choice]:
    """Owners to propose: those who are claimed now, the sides as a whole, then the rest of the directory."""
    alive = alive_orgs(view)
    side = {org: s for org, s in zip(alive["org"], alive["side"], strict=True) if org not in OWNERS and s != "other"}
    names = org_names(view)
    said = said_about(view, channel, metric)
    now = said[(said["standing"] == "winning") & (said["role"] == "A")]
    claimed = [org for org in dict.fromkeys(now["org"].dropna()) if org in side]
    pairs = [(a, b) for a in claimed for b in claimed if (side[a], side[b]) == ("it", "marketing")]

    def one(org: str) -> Choice:
        owner: Owner = {"it": "it", "marketing": "marketing"}.get(side[org], "shared")  # type: ignore[assignment]
        return Choice(owner, (org,), f"{names.get(org, org)} ({SUFFIX[owner]})")

    return [
        *map(one, claimed),
        *(Choice("shared", (a, b), f"{names.get(a, a)} and {names.get(b, b)} together") for a, b in pairs),
        Choice("it", (), "IT as a whole"), Choice("marketing", (), "Marketing as a whole"), Choice("shared", (), "Both together, as a whole"),
        *(one(org) for org in sorted(side) if org not in claimed),
    ]  # fmt: skip


def propose_form(view: View, channel: str, metric: str, now: datetime) -> None:
    """Propose who is accountable for a cell, or for the whole channel, from a day on."""
    who = person()
    last = view.generation.last_day or date(2000, 1, 1)
    made = len(review().proposals(channel=channel))  # a form that was sent gives way to an empty one
    with st.form(f"propose_{channel}_{metric}_{made}", border=True):
        st.markdown("**Propose an owner**")
        choice = st.selectbox("Owner", choices(view, channel, metric), format_func=lambda c: c.text)
        left, right = st.columns([2, 3], vertical_alignment="bottom")
        starts = left.date_input("From", last)
        reach = right.radio("For", [metric, ALL], label_visibility="collapsed",
                         format_func=lambda m: f"All metrics of {view.name(channel)}" if m == ALL else f"{pageparts.labels()[m]} only")  # fmt: skip
        why = st.text_input("Why", max_chars=TEXT_LENGTH)
        sent = st.form_submit_button("Propose", type="primary", disabled=who is None)
        if who is None:
            st.caption("Say first who you are: the button at the top of the page.")
    if sent and who is not None:
        other = SIDE_LABEL["marketing" if who.side == "it" else "it"]
        tried(review().propose, channel, reach or metric, choice.owner, starts, why, who, now, choice.orgs,
              said=f"Proposed. {other} can sign it now.")  # fmt: skip


def open_proposals(channel: str | None = None, metric: str | None = None) -> list[Proposal]:
    """Proposals that wait for an answer; for a cell also those about its whole channel."""
    found = review().proposals(status="open", channel=channel)
    return [entry for entry in found if metric is None or entry.metric in (metric, ALL)]


def answer(view: View, entry: Proposal, now: datetime) -> None:
    """A proposal with what the person at the screen can do about it: sign, decline, or take it back."""
    who = person()
    with st.container(border=True):
        st.markdown(f"**{ledgerwords.proposed(entry, org_names(view), view.name(entry.channel), pageparts.labels().get(entry.metric, entry.metric))}**")
        st.caption(ledgerwords.proposer(entry))
        other = SIDE_LABEL["marketing" if entry.proposed_side == "it" else "it"]
        if who is None:
            st.caption(f"Waits for {other}. To answer, say first who you are: the button at the top of the page.")
        elif who.side == entry.proposed_side:
            st.caption(f"Waits for {other}: only the other side can sign.")
            if st.button("Withdraw", key=f"withdraw_{entry.id}", icon=":material/undo:"):
                tried(review().withdraw, entry.id, who, now, said="Withdrawn. The record keeps it.")
        else:
            _sign_or_decline(entry, who, now)


def _sign_or_decline(entry: Proposal, who: Person, now: datetime) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(f"Sign as {who.name}, {SIDE_LABEL[who.side]}", key=f"sign_{entry.id}", type="primary", icon=":material/draw:"):
            tried(review().sign, entry.id, who, now, then=lambda: publish(now),
                  said=f"Signed. The map shows it from {words.day(entry.effective_from)} on.")  # fmt: skip
        with st.popover("Decline"):
            reason = st.text_input("Reason", key=f"reason_{entry.id}")
            if st.button("Decline", key=f"decline_{entry.id}"):
                tried(review().decline, entry.id, who, reason, now, said="Declined, with your reason.")


def settle(view: View, channel: str, metric: str, now: datetime) -> None:
    """Settle a cell: what waits for a signature comes first; a second proposal is a click away."""
    waiting = open_proposals(channel, metric)
    for entry in waiting:
        answer(view, entry, now)
    if waiting:
        with st.expander("Propose something else"):
            propose_form(view, channel, metric, now)
    else:
        propose_form(view, channel, metric, now)


def closed_table(view: View, closed: list[Proposal], *, key: str | None = None) -> None:
    """What became of proposals: who said what, when, and whether anybody verified them.

    With a key each row leads to its channel's dossier; without, the channel is known from the page.
    """
    labels, names = pageparts.labels(), org_names(view)
    rows = pd.DataFrame([
        {"Channel": view.name(p.channel), "Metric": "everything" if p.metric == ALL else labels.get(p.metric, p.metric),
         "Owner": words.listed(names.get(o, o) for o in p.orgs) or OWNERS[p.owner], "From": words.day(p.effective_from), "Status": p.status,
         "Proposed by": f"{p.proposed_by} ({SIDE_LABEL[p.proposed_side]})", "Why": p.reason,
         "Closed by": f"{p.closed_by} ({SIDE_LABEL[p.closed_side or '']})" if p.closed_by else "–", "On": words.day(p.closed_at and p.closed_at.date()),
         "Said": p.closed_text or "–", "Verified": "yes" if p.verified else "no"}
        for p in closed
    ])  # fmt: skip
    alt = "Decisions and closed proposals"
    if key:
        channel_table(view, rows, [p.channel for p in closed], key=key, alt=alt)
    else:
        chart.table(rows.drop(columns="Channel"), alt=alt)


def take_away(view: View, cells: pd.DataFrame) -> None:
    """The ledger as a RACI workbook, and its claims as a table that imports again."""
    claims, orgs, as_of = believed(view.generation, "claim", view.scope.known_on), directory(view), view.scope.as_of
    assert as_of
    with st.container(horizontal=True):
        st.download_button("RACI workbook (XLSX)", data=lambda: raci_workbook(claims, cells, orgs, as_of), file_name=f"raci-{as_of}.xlsx",
                           mime=XLSX, on_click="ignore", icon=":material/grid_on:")  # fmt: skip
        st.download_button("Claims (CSV)", data=lambda: claims_csv(claims), file_name="ownership_claim.csv", mime="text/csv", on_click="ignore",
                           icon=":material/download:")  # fmt: skip
        st.download_button("Directory of teams (CSV)", data=lambda: orgs_csv(orgs), file_name="org.csv", mime="text/csv", on_click="ignore",
                           icon=":material/download:")  # fmt: skip
    st.caption(f"The workbook shows {words.day(as_of)}, one row a cell, one column a team. Claims and directory import again and say the same.")


def gaps_link(channel: str, gaps: pd.DataFrame) -> None:
    """From a dossier to the page where its first gap, or its first cell, can be settled."""
    metric = gaps["metric"].iloc[0] if len(gaps) else None
    st.page_link("pages/together/ownership_gaps.py", label="Settle its ownership", icon=":material/gavel:",
                 query_params={"cell": f"{channel}|{metric}"} if metric else None)  # fmt: skip
