"""Evidence on the pages: cards of findings with their ranges, and *How do we know?* beside each.

Evidence looks at all days and all channels, whatever period or channel a reader has chosen: a
comparison of owners that leaves some of them out would not be one. It is kept by generation and scope.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from commonground import chart, evidencewords, figures, meeting, words
from commonground.catalogue import DASH, Metric
from commonground.frame import View, channel_table, toggle_channel
from commonground.questions import NO_DAY, evidence
from commonground.scope import Scope
from commonground.tokens import TAGS

RANKED_ROWS = 14
RANKED_ROWS_MEETING = 9
SPLITS = ("kind", "family", "device", "region")
LOSSES = ("revenue", "conversions")


def over_all(view: View, metric: Metric | None = None, **filters: Any) -> View:
    """The view over all days and channels that evidence looks at, of one metric."""
    metric = metric or view.metric
    return replace(view, metric=metric, scope=Scope(metrics=(metric.id,), **filters))


def narrowed(view: View) -> dict[str, Any]:
    """The filters that evidence follows where a reader sets them: kind, device, region."""
    return {"kinds": view.scope.kinds, "devices": view.scope.devices, "regions": view.scope.regions}


def closed(view: View) -> Scope:
    """The scope with its days, as `ask` closes it."""
    first, last = view.generation.first_day or NO_DAY, view.generation.last_day or NO_DAY
    return replace(view.scope, first_day=view.scope.first_day or first).within(first, last)


def command(view: View, question: str) -> str:
    """The command that gives the same number."""
    scope = view.scope
    parts = ["python", "-m", "commonground", "ask", question]
    for flag, value in (("--from", scope.first_day), ("--to", scope.last_day)):
        parts += [flag, str(value)] if value else []
    parts += ["--by", scope.by] if scope.by != Scope().by else []
    for name in ("metrics", "kinds", "channels", "devices", "regions"):
        values = getattr(scope, name)
        parts += [f"--{name[:-1]}", ",".join(values)] if values else []
    return shlex.join(parts)


def how(key: str, method: str, view: View, question: str, tell: Callable[[], tuple[str, Sequence[str]]], also: Sequence[str] = ()) -> None:
    """How do we know? Method, data, what was left out and why, what would break it, and the command.

    `tell` gives what went in and what was left out; it is called only when somebody asks. also: further
    commands, of figures that stand beside the estimate.
    """
    with st.expander("How do we know?", key=key, on_change="rerun") as door:
        if not door.open:
            return
        told = evidencewords.METHODS[method]
        went_in, left_out = tell()
        out = "\n".join(f"- {one}" for one in left_out) or "Nothing."
        st.markdown(f"**How it is made.** {told.how} {evidencewords.SURE}")
        st.markdown(f"**What went in.** {went_in}")
        st.markdown(f"**What was left out, and why.**\n\n{out}")
        st.markdown(f"**What would break it.** {told.breaks} {evidencewords.CAUSE_CAVEAT if method in ('contrast', 'ranking', 'handover') else ''}")
        st.markdown("**The same number from the command line:**")
        for line in (command(view, question), *also):
            st.code(line, language=None)


# --- shared against single-owned ----------------------------------------------------------------


def contrast(view: View) -> dict[str, Any]:
    """The row of the adjusted contrast."""
    return words.records(view.ask("shared_contrast"))[0]


def contrast_told(view: View) -> tuple[str, list[str]]:
    """What went into the contrast, and what was left out and why."""
    found = evidence.contrast_for(view.generation, closed(view), view.metric)
    went_in = (
        f"{found.channels_shared} shared and {found.channels_single} single-owned channels in families that hold both, "
        f"{found.days:,} days up to {words.day(view.generation.last_day)}; {view.metric.label.lower()}."
    )
    out = [f"{_named(view, name)}: {evidencewords.reason(why)}" for name, why in sorted(found.left_out.items())]
    if found.families_left_out:
        out.append(f"Families with one kind of owner only, which say nothing about the difference: {words.listed(list(map(words.inert, found.families_left_out)))}")
    return went_in, [*out, "Days on which a channel had no owner, or more than one", "Filters of period, channel and owner"]


def _named(view: View, name: str) -> str:
    """A channel's name; an evidence row may carry the class in brackets."""
    channel, _, rest = name.partition(" (")
    return view.name(channel) + (f" ({rest}" if rest else "")


def contrast_rows(view: View, by: str) -> pd.DataFrame:
    """The contrast over all, and inside each family, kind, device or region: rows of the figure."""
    whole = contrast(view) | {"name": "All", "hover": evidencewords.contrast_hover("All", contrast(view))}
    both = [row | {"group": words.inert(row["group"])} for row in words.records(by_group(view, by)) if row["channels_shared"] and row["channels_single"]]
    parts = [row | {"name": words.capital(str(row["group"])), "hover": evidencewords.group_hover(row), "verdict": "ranked, not claimed", "unadjusted": None} for row in both]
    rows = pd.DataFrame([whole, *parts])
    rows = rows.assign(text=["not enough data" if words.missing(e) else words.share(e) for e in rows["estimate"]], why=[words.sentence(evidencewords.reason(n)) for n in rows["note"]])
    numbers = ("estimate", "low", "high", "unadjusted")
    return rows.assign(**{name: pd.to_numeric(rows[name], errors="coerce") for name in numbers})[["name", *numbers, "verdict", "text", "hover", "why"]]


def by_group(view: View, by: str) -> pd.DataFrame:
    """The answer of `shared_by_group`."""
    return replace(view, scope=replace(view.scope, by=by)).ask("shared_by_group")


def contrast_figure(view: View, by: str, *, key: str, brief: bool = False) -> None:
    """The adjusted difference with its range beside the unadjusted one; `brief` leaves out the groups without an estimate and what is said of them."""
    rows = view.keep(f"contrast by {by}", lambda: contrast_rows(view, by))
    if rows["estimate"].isna().all():
        st.info(f"Not enough data. {rows['why'].iloc[0]}")
        return
    if brief:
        rows = rows[rows["estimate"].notna() | (rows["name"] == "All")]
    chart.draw(figures.contrast(rows, theme=view.theme), key=key, height=64 + 34 * len(rows), table=rows.drop(columns=["hover", "text", "why"]),
               alt=f"Shared against single-owned channels: {'; '.join(rows['hover'])}")  # fmt: skip
    if brief:
        st.caption(evidencewords.SEVERAL if len(rows) > 2 else evidencewords.CAUSE_CAVEAT)
        return
    thin = rows[rows["estimate"].isna() & (rows["name"] != "All")]
    for why, part in thin.groupby("why", sort=False):
        st.caption(f"{words.listed(list(part['name']))}: not enough data. {why}")
    found = by_group(view, by)
    one_class = [words.inert(g) for g in found.loc[(found["channels_shared"] == 0) | (found["channels_single"] == 0), "group"]]
    if one_class:
        st.caption(f"One kind of owner only, which says nothing about the difference: {words.listed(one_class, most=6)}.")
    if len(rows) > 2 + len(thin):
        st.caption(evidencewords.SEVERAL)


def ranking_card(view: View, *, key: str, on_click: Callable[[str], None]) -> None:
    """Channels on the common mix with their ranges and the chance to be the best."""
    ranked = view.ask("shared_ranking")
    if ranked.empty:
        st.info(f"{view.metric.label}: not enough data to rank. A ranking needs a rate with a direction, at least two channels, and six weeks of each.")
        return
    st.markdown(f"**{evidencewords.best(view.metric, ranked, view.names)}** · dot and range against the average channel; colour and mark by owner · {words.MARKS}")
    top = ranked[: meeting.most(RANKED_ROWS, RANKED_ROWS_MEETING)]
    rows = pd.DataFrame({
        "id": top["channel"], "name": [view.name(c) for c in top["channel"]], "tag": top["tag"],
        "value": top["index"] - 1, "low": top["low"] - 1, "high": top["high"] - 1, "text": [words.share(i - 1) for i in top["index"]],
        "best_text": [words.share(i - 1) + (f"  best: {words.chance(p)}" if p >= evidencewords.AMONG_FROM else "") for i, p in zip(top["index"], top["p_best"], strict=True)],
        "hover": [f"{view.name(c)}, {t or 'no owner'}: {words.share(i - 1)}, range {words.between(a - 1, b - 1)}; best with probability {words.chance(p)}"
                  for c, t, i, a, b, p in zip(top["channel"], top["tag"], top["index"], top["low"], top["high"], top["p_best"], strict=True)],
    })  # fmt: skip
    chart.draw(figures.ranking(rows, theme=view.theme, tickformat="+.0%"), key=key, height=40 + 26 * len(rows), table=ranked, on_click=on_click,
               alt=f"Channels on the common mix by {view.metric.label}: {'; '.join(rows['hover'][:3])}")  # fmt: skip
    if told := view.keep("through mix", lambda: through_mix(view, ranked)):
        st.markdown(told)
    st.caption(f"On the common mix of devices, regions and months. {evidencewords.CAUSE_CAVEAT}" + (f" {len(ranked) - len(top)} more stand in the table." if len(ranked) > len(top) else ""))
    how(f"{key}_how", "ranking", view, "shared_ranking", lambda: _ranking_told(view, ranked))


def through_mix(view: View, ranked: pd.DataFrame) -> str:
    """The channel with the best plain figure, where it owes that to its mix; else nothing."""
    found = evidence.facts_of(view.generation, closed(view), view.metric)
    base = np.nansum(found.base, axis=1)
    plain = pd.Series(np.nansum(found.volume, axis=1) / np.where(base > 0, base, np.nan), found.channels).reindex(ranked["channel"].astype(str)).dropna()
    if plain.empty:
        return ""
    top = str(plain.idxmax() if view.metric.sign > 0 else plain.idxmin())
    return evidencewords.through_mix(view.metric, view.name(top), ranked["channel"].tolist().index(top) + 1, len(ranked))


def _ranking_told(view: View, ranked: pd.DataFrame) -> tuple[str, list[str]]:
    seen = set(evidence.facts_of(view.generation, closed(view), view.metric).channels)
    out = sorted(seen - set(ranked["channel"]))
    return (
        f"{words.counted(len(ranked), 'channel')}, all days up to {words.day(view.generation.last_day)}, by week.",
        [f"{words.listed([view.name(c) for c in out])}: under six weeks of data"] if out else [],
    )


# --- before and after ---------------------------------------------------------------------------


def handovers(view: View) -> pd.DataFrame:
    """The answer of `handovers` with the reason and the number of hand-overs; the mean is the last row."""

    def make() -> pd.DataFrame:
        found, told = evidence.handovers_for(view.generation, closed(view), view.metric)
        columns = ("estimate", "low", "high", "verdict", "pretrend", "controls", "note", "days", "handovers")
        return pd.DataFrame([
            {"channel": found.channels[one.switch.row] if one.switch else None, "day": found.date(one.switch.day) if one.switch else None,
             "from_tag": one.switch.from_tag if one.switch else None, "to_tag": one.switch.to_tag if one.switch else None}
            | {name: getattr(one, name) for name in columns} for one in told
        ])  # fmt: skip

    rows: pd.DataFrame = view.keep("handovers", make)
    return rows


def handover_card(view: View, *, key: str) -> bool:
    """Hand-overs, before and after against channels that never switched; False where there was none."""
    rows = handovers(view)
    each = rows[rows["channel"].notna()].copy() if len(rows) else rows
    if each.empty:
        return False
    each = each.assign(first=each["to_tag"] != "Shared").sort_values(["first", "day"], kind="stable")
    mean = words.records(rows)[-1]
    with meeting.row().container(border=True):
        st.markdown(f"**{evidencewords.handovers(view.metric, mean)}**")
        st.caption(f"Before and after each hand-over, against {words.counted(int(mean['controls']), 'channel')} that never switched; the mean is over hand-overs into shared ownership "
                   f"where there are any. {words.MARKS}. {evidencewords.CAUSE_CAVEAT}")  # fmt: skip
        if each["estimate"].isna().all():
            reasons = each.groupby("note", sort=False)["channel"].nunique()
            st.info("Not enough data. " + " ".join(words.sentence(f"{words.counted(int(n), 'channel')}: {evidencewords.reason(why)}") for why, n in reasons.items()))
            return True
        told = [evidencewords.handover(view.metric, r, view.name(r["channel"])) for r in words.records(each)]
        drawn = pd.DataFrame({
            "id": each["channel"], "name": [f"{view.name(c)}  {_mark(a)} → {_mark(b)}" for c, a, b in zip(each["channel"], each["from_tag"], each["to_tag"], strict=True)],
            **{name: pd.to_numeric(each[name], errors="coerce") for name in ("estimate", "low", "high")}, "verdict": each["verdict"], "tag": each["to_tag"],
            "text": [f"{words.share(e) if not words.missing(e) else 'not enough data'}  {words.day(d)}" for e, d in zip(each["estimate"], each["day"], strict=True)], "hover": told,
        })  # fmt: skip
        chart.draw(figures.contrast(drawn, theme=view.theme), key=key, height=40 + 30 * len(drawn), table=rows.drop(columns=["handovers"]), alt=f"Hand-overs: {'; '.join(told)}", on_click=toggle_channel)
        records = words.records(each)
        if not meeting.presenting():  # there the figure says it
            channel_table(view, pd.DataFrame({
                "Channel": [view.name(r["channel"]) for r in records], "Day": [words.day(r["day"]) for r in records], "From → to": [f"{r['from_tag']} → {r['to_tag']}" for r in records],
                "Verdict": [evidencewords.verdict_of_handover(view.metric, r) for r in records], "Estimate": [words.share(r["estimate"]) for r in records],
                "Range": [words.between(r["low"], r["high"]) if not words.missing(r["low"]) else DASH for r in records], "Before it": [evidencewords.pretrend(r) for r in records],
            }), [r["channel"] for r in records], key=f"{key}_rows", alt="Hand-overs with their verdicts")  # fmt: skip
        how(f"{key}_how", "handover", view, "handovers", lambda: (
            f"{words.counted(len(each), 'hand-over')} of {words.counted(each['channel'].nunique(), 'channel')}, {words.counted(int(mean['controls']), 'channel')} to compare with, "
            f"up to {int(each['days'].max()):,} days around each.",
            [f"{view.name(r['channel'])}, {words.day(r['day'])}: {evidencewords.reason(r['note'])}" for r in words.records(each) if words.missing(r["estimate"])],
        ))  # fmt: skip
    return True


def _mark(tag: object) -> str:
    return TAGS[str(tag)].mark if str(tag) in TAGS else "·"


# --- incidents ----------------------------------------------------------------------------------


def incident_rows(view: View) -> pd.DataFrame:
    """The answer of `incident_effects` beside that of `incidents`: losses, severity, words, the spend of the days that it hit."""
    told = view.ask("incidents").drop(columns=["started_at", "resolved_at"])
    rows = view.ask("incident_effects").merge(told, on=["incident", "channel"], how="left")
    return rows.assign(incident=rows["incident"].map(words.inert), summary=rows["summary"].map(words.inert, na_action="ignore"))


def clear_loss(view: View) -> float | None:
    """Revenue lost in merged windows with a clear loss; one ledger: where selling platforms were hit, theirs alone."""
    rows = view.ask("incident_losses")
    ledger = rows[rows["sells"]] if rows["sells"].any() else rows
    return float(ledger["lost_revenue"].sum()) if len(ledger) else None


def loss_figure(view: View, rows: pd.DataFrame, what: str, *, key: str) -> None:
    """Each incident's loss as a dot on its range; ink where a loss is claimed, grey where none is."""
    low = pd.to_numeric(rows[f"lost_{what}_low"], errors="coerce")
    drawn = pd.DataFrame({
        "id": rows["channel"], "name": [f"{i} {view.name(c)}" for i, c in zip(rows["incident"], rows["channel"], strict=True)],
        "estimate": pd.to_numeric(rows[f"lost_{what}"], errors="coerce"), "low": low, "high": pd.to_numeric(rows[f"lost_{what}_high"], errors="coerce"),
        "verdict": low.gt(0).map({True: "clear", False: "no clear difference"}), "tag": "",
        "text": [evidencewords.amount(what, v, view.currency) if pd.notna(v) else "not enough data" for v in rows[f"lost_{what}"]],
        "hover": [f"{r['incident']}, {view.name(r['channel'])}: {evidencewords.loss(what, r, view.currency)}" for r in words.records(rows)],
    })  # fmt: skip
    chart.draw(figures.contrast(drawn, theme=view.theme, tickformat="~s"), key=key, height=40 + 34 * len(drawn), table=drawn.drop(columns=["tag", "text", "hover"]),
               alt=f"Lost {what} by incident: {'; '.join(drawn['hover'])}", on_click=toggle_channel)  # fmt: skip


def incident_timeline(view: View, rows: pd.DataFrame, *, key: str) -> None:
    """Incidents on the time axis; heavier is more severe."""
    open_until = max(pd.Timestamp(view.generation.last_day or NO_DAY), rows["started_at"].max()).date()
    drawn = pd.DataFrame({
        "id": rows["channel"], "name": [view.name(c) for c in rows["channel"]], "severity": rows["severity"], "starts_at": rows["started_at"], "ends_at": rows["resolved_at"],
        "hover": [evidencewords.incident_at(r, view.name(r["channel"])) for r in words.records(rows)],
    }).sort_values("starts_at", ascending=False)  # fmt: skip
    chart.draw(figures.incident_timeline(drawn, theme=view.theme, last_day=str(open_until)), key=key, height=80 + 30 * drawn["name"].nunique(),
               alt=f"{len(drawn)} incidents on the time axis: {'; '.join(rows['incident'].astype(str))}", table=rows[["incident", "channel", "started_at", "resolved_at", "severity", "summary"]], on_click=toggle_channel)  # fmt: skip


def incidents_told(view: View, rows: pd.DataFrame) -> tuple[str, list[str]]:
    """What went into the losses, and what has none and why."""
    out = [f"{r['incident']} on {view.name(r['channel'])}: {evidencewords.reason(r['note'])}" for r in words.records(rows) if words.missing(r["lost_revenue"])]
    return (
        f"{words.counted(rows['incident'].nunique(), 'incident')} on {words.counted(rows['channel'].nunique(), 'channel')}; for each at least 28 clean days before it and 20 stretches "
        "of its own length to learn the error from. Selling platforms are held against selling platforms alone.",
        [*out, "Days of other incidents on the same channel"],
    )


def slow_told(view: View, found: Mapping[str, Any]) -> tuple[str, list[str]]:
    """What went into the figure on slow pages."""
    reliable = "" if words.missing(found["reliability"]) else f"; reliability of the share of fast loads {found['reliability']:.2f}"
    return (
        f"{words.counted(int(found['channels'] or 0), 'channel')} that report page loads and sessions, {int(found['days'] or 0):,} days{reliable}.",
        ["Channels without measured page loads, or with under 28 days of them"],
    )
