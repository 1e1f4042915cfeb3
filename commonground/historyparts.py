"""The ledger over time and beyond the day: what changed hands, coverage, agreement, and what a policy would change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import streamlit as st

from commonground import chart, figures, ledgerparts, ledgerwords, meeting, pageparts, words
from commonground.frame import View, channel_table, choose, split
from commonground.questions import agreement, gaps, history, ownership, performance
from commonground.questions.ownership import GAP_STATES, STATE_WORDS
from commonground.spreadsheet import csv_of
from commonground.tokens import TAGS

BEFORE_DAYS = 90
"""Reviews are held once a quarter: what changed hands is told since then, unless another day is chosen."""
WAITS = (7, 28, 91)
"""Days until the next meeting: a week, a month, a quarter."""
MOST_ROWS = 1000
"""Nobody reads further down a ranked list, and each row is sent to the browser."""
LIST_HEIGHT = 420
COVERAGE_HEIGHT = 300
GROUPS = {"channel": "Channel", "family": "Family", "kind": "Kind", "concern": "Concern"}
POLICY_ROWS = (("infrastructure", "*", "Infrastructure metrics to"), ("customer", "*", "Customer metrics to"), ("*", "mobile", "Mobile channels to"))
EXPECTED = {"it": "IT", "marketing": "Marketing", "joint": "both together"}
AS_THE_METRICS = "as the metrics say"


def gap_list(view: View, found: pd.DataFrame) -> None:
    """All gaps, ranked; under weights of the reader's own, and with what it costs to wait for the next meeting."""
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.markdown(f"**All {len(found)} gaps, ranked** · estimated loss a day, then revenue exposed, spend, age, severity")
    with right:
        wait = int(choose("Next meeting in", [str(days) for days in WAITS], name="wait", default=str(WAITS[1]), format_func=lambda days: f"{days} days"))
    weights = () if meeting.presenting() else _weights(found)
    if weights:
        scope = replace(view.scope, weights=weights)
        found = view.keep(f"weighed {weights}", lambda: gaps.ranks(view.generation, scope, gaps.weights_of(view.generation, scope)))
    if found.empty:
        st.success("No gap as of this day.")
        return
    waiting = gaps.cost_of_waiting(found, view.scope, wait)
    st.caption(ledgerwords.waiting(waiting, wait, view.currency, performance.selling(view.generation)))
    shown = found.head(MOST_ROWS)
    if len(shown) < len(found):
        st.caption(f"The first {MOST_ROWS:,} of {len(found):,}; the CSV has them all.")
    cells = [f"{c}|{m}" for c, m in zip(shown["channel"], shown["metric"], strict=True)]
    rows = view.keep(f"gap rows {len(found)} {weights}", lambda: pageparts.gap_rows(view, shown)).copy()
    if weights:
        rows.insert(0, "Rank, equal weights", shown["rank_equal"])
    costs = ["–" if pd.isna(v) else ledgerwords.money(v, view.currency) for v in waiting["loss"].head(MOST_ROWS)]
    rows.insert(list(rows.columns).index("Incident loss") + 1, "Waiting", costs)
    channel_table(view, rows, shown["channel"].tolist(), key="gaps_list", alt="Ownership gaps, ranked", height=min(LIST_HEIGHT, chart.wide(36 * (len(rows) + 1))),
                            on_pick=lambda place: ledgerparts.look_at(cells[place]))  # fmt: skip
    st.caption(pageparts.GAP_COLUMNS)
    if weights:
        st.code(" ".join([pageparts.command(view, "gap_prices", metrics=True), *(f"--weight {metric}={weight:g}" for metric, weight in weights)]), language=None)
    st.download_button("CSV", data=lambda: csv_of(found).encode(), file_name="gaps.csv", mime="text/csv", on_click="ignore", icon=":material/download:")


def _weights(found: pd.DataFrame) -> tuple[tuple[str, float], ...]:
    """How heavy metrics are within their channels, as the reader says; empty while all are equal."""
    with st.expander("Weigh the metrics", key="weigh", on_change="rerun", icon=":material/balance:") as door:
        if not door.open:
            return ()
        st.caption("A channel's money is spread evenly over its metrics. A metric of weight 3 takes three times the money of one of weight 1.")
        labels = pageparts.labels()
        metrics = sorted(set(found["metric"]), key=lambda m: labels[m])
        edited = st.data_editor(pd.DataFrame({"Metric": [labels[m] for m in metrics], "Weight": 1.0}), hide_index=True, disabled=["Metric"], key="weights",
                                column_config={"Weight": st.column_config.NumberColumn(min_value=0.0, max_value=100.0, required=True)})  # fmt: skip
    return tuple((m, float(w)) for m, w in zip(metrics, edited["Weight"], strict=True) if w != 1)


def changed_hands(view: View) -> None:
    """What changed hands between another day and the day of the map."""
    first, last, as_of = view.generation.first_day, view.generation.last_day, view.scope.as_of
    assert first
    assert last
    assert as_of
    other = st.date_input("Compare with", max(first, last - timedelta(days=BEFORE_DAYS)), min_value=first, max_value=last,
                          key="since", bind="query-params", width=200)  # fmt: skip
    earlier, later = min(other, as_of), max(other, as_of)
    rows = view.ask("ownership_changes", first_day=earlier, last_day=later, as_of=later, owners=())
    st.markdown(f"**{ledgerwords.changed_hands(rows, earlier, later)}**")
    if rows.empty:
        return
    names = ledgerparts.org_names(view)
    told = pd.DataFrame({
        "channel": rows["channel"], "metric": rows["metric"],
        "before": [_held(s, o, names) for s, o in zip(rows["from_state"], rows["from_owners"], strict=True)],
        "after": [_held(s, o, names) for s, o in zip(rows["to_state"], rows["to_owners"], strict=True)],
        "rank": (~rows["to_state"].isin(GAP_STATES)).astype(int),
    })  # fmt: skip
    together = ledgerwords.together(told, ["rank", "channel", "before", "after"], pageparts.labels())
    shown = pd.DataFrame({"Channel": together["channel"].map(view.name), "Metrics": together["count"], words.day(earlier): together["before"],
                          words.day(later): together["after"], "Which": together["which"]})  # fmt: skip
    channel_table(view, shown, together["channel"].tolist(), key="hands", alt="What changed hands, gaps that opened first")


def _held(state: object, owners: object, names: dict[str, str]) -> str:
    if not isinstance(state, str):
        return "not in scope"
    who = words.listed(names.get(o, o) for o in str(owners or "").split(", ") if o and o != "None")
    return f"{STATE_WORDS[state]}{': ' if who else ''}{who}"


def coverage(view: View) -> None:
    """How much was owned by whom, month by month."""
    st.markdown("**How many of the metrics have which owner, at each month's end**")
    rows = view.keep("coverage", lambda: ownership.coverage(view.generation, view.scope))
    if rows.empty:
        st.caption("No metric had to have an owner in these months.")
        return
    wide = rows.pivot(index="month", columns="tag", values="cells").reindex(columns=[t for t in TAGS if t in set(rows["tag"])]).fillna(0)
    share = wide.div(wide.sum(axis=1), axis=0)
    drawn = pd.DataFrame([
        {"period": month, "tag": tag, "value": share.loc[month, tag], "text": f"{int(wide.loc[month, tag])} metrics"} for tag in wide for month in wide.index
    ])  # fmt: skip
    last = wide.iloc[-1]
    chart.draw(figures.coverage_over_time(drawn, theme=view.theme, height=COVERAGE_HEIGHT), key="coverage", height=COVERAGE_HEIGHT, table=rows,
               alt="Ownership by month; last: " + ", ".join(f"{int(last[tag])} {tag}" for tag in wide))  # fmt: skip


def time_to_owner(view: View) -> None:
    """How long gaps took to find an owner, by tag and by family."""
    st.markdown("**How long does a gap take to find its owner?**")
    by_tag: pd.DataFrame = view.keep("owner tag", lambda: history.time_to_owner(view.generation, view.scope, "tag"))
    by_family: pd.DataFrame = view.keep("owner family", lambda: history.time_to_owner(view.generation, view.scope, "family"))
    if by_tag.empty:
        st.caption("No gap was ever opened.")
        return
    st.caption(ledgerwords.time_to_owner(by_tag) + " Open gaps are counted, never averaged in: their time is not over.")
    both = pd.concat([by_tag, by_family.sort_values("open", ascending=False)])
    days = [_days(v) for v in both["median_days"]], [_days(v) for v in both["oldest_days"]]
    st.dataframe(pd.DataFrame({"Tag or family": both["group"], "Closed": both["closed"], "Median days": days[0], "Still open": both["open"], "Oldest, days": days[1]}),
                 hide_index=True, alt="Time to owner")  # fmt: skip


def _days(value: float | None) -> str:
    return "–" if value is None or pd.isna(value) else f"{value:,.0f}"


def sides_agree(view: View) -> None:
    """Do the two sides say the same, cell by cell? Where do they differ most?"""
    cells = view.ask("agreement", owners=())
    if cells.empty:
        st.caption("No metric has to have an owner, so there is nothing to agree on.")
        return
    groups = view.ask("agreement_by_group", owners=())
    st.markdown(f"**{ledgerwords.agree(groups[groups['by'] == 'all'].iloc[0])}**")
    st.caption("Each side's own statement, cell by cell, as of the day of the map. Kappa is the agreement beyond what chance alone would give: "
               "1 is full, 0 is chance; n/a where only one answer occurs.")  # fmt: skip
    left, right = st.columns([3, 2])
    with left:
        by = split("By", list(GROUPS), name="agree_by", default="channel")
        rows = groups[groups["by"] == by].reset_index(drop=True)
        names = rows["group"].map(view.name) if by == "channel" else rows["group"]
        told = pd.DataFrame({
            GROUPS[by]: names, "Metrics": rows["cells"], "Contradict": rows["contradicted"], "One is silent": rows["silent"],
            "Said the same": rows["same"], "Share": [f"{100 * s:.0f}\u202f%" for s in rows["share"]],
            "Kappa": ["n/a" if k is None or pd.isna(k) else f"{k:.2f}".replace("-", "\u2212") for k in rows["kappa"]],
        })  # fmt: skip
        if by == "channel":
            channel_table(view, told, rows["group"].tolist(), key="agree_table", alt="Agreement by channel, most contradictions first")
        else:
            chart.table(told, alt=f"Agreement by {by}, most contradictions first")
    with right:
        st.markdown("What IT says (rows) against what Marketing says (columns)")
        st.dataframe(agreement.crossed(cells).rename_axis(index="IT says").reset_index(), hide_index=True, alt="IT's statements against Marketing's")


def _expected(side: str) -> str:
    return EXPECTED.get(side, side)


def what_if(view: View, found: pd.DataFrame) -> None:
    """A policy applied to the map: which gaps would close, who would carry how much. Exposure only."""
    standing = {(str(r["concern"]), str(r["kind"])): str(r["expected"]) for r in history.STANDING_POLICY.to_dict("records")}
    rows = []
    for column, (concern, kind, label) in zip(st.columns(len(POLICY_ROWS)), POLICY_ROWS, strict=True):
        options = [*EXPECTED, *([AS_THE_METRICS] if kind != "*" else [])]
        chosen = column.selectbox(label, options, index=options.index(standing[concern, kind]), format_func=_expected, key=f"policy_{concern}_{kind}")
        if chosen in EXPECTED:
            rows.append((concern, kind, chosen))
    policy = pd.DataFrame(rows, columns=["concern", "kind", "expected"])
    cells = view.keep(f"what if {rows}", lambda: history.what_if(view.generation, view.scope, policy))
    if cells.empty:
        st.caption("No metric has to have an owner here.")
        return
    closing = set(zip(cells["channel"][cells["closes_gap"]], cells["metric"][cells["closes_gap"]], strict=True))
    is_closing = pd.Series([cell in closing for cell in zip(found["channel"], found["metric"], strict=True)], found.index, dtype=bool)
    sells = found["channel"].isin(performance.selling(view.generation))
    exposed = found["revenue_exposed"][is_closing & sells].astype(float).sum(min_count=1)
    open_now = int(cells["tag"].isin(history.GAP_TAGS).sum())
    st.markdown(f"**{ledgerwords.what_if(len(closing), open_now, int(cells['changes_owner'].sum()), exposed, view.currency)}**")
    st.caption("This says what would change hands and how much business runs there. It foretells no performance.")
    left, right = st.columns([2, 3])
    with left:
        carried = history.carried(cells)
        st.dataframe(pd.DataFrame({"Carried by": carried["tag"], "Metrics now": carried["now"], "Under the policy": carried["then"]}), hide_index=True,
                     alt="Metrics that each side carries now and under the policy")  # fmt: skip
    with right:
        moved = cells[cells["closes_gap"] | cells["changes_owner"]]
        now = [STATE_WORDS[s] if s in GAP_STATES else t for s, t in zip(moved["state"], moved["tag"], strict=True)]
        rank = (~moved["closes_gap"]).astype(int)
        together = ledgerwords.together(moved.assign(now=now, rank=rank), ["rank", "channel", "now", "then"], pageparts.labels())
        told = pd.DataFrame({"Channel": together["channel"].map(view.name), "Metrics": together["count"], "Now": together["now"], "Then": together["then"],
                             "Gaps close": together["rank"].map({0: "yes", 1: "–"}), "Which": together["which"]})  # fmt: skip
        channel_table(view, told, together["channel"].tolist(), key="what_if", alt="What would change hands under the policy")
