"""Who owns what on a day, the spells, and the gaps with what runs through them."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from commonground.catalogue import catalogue
from commonground.questions import performance, question
from commonground.scope import Scope
from commonground.store import Generation

STATE_WORDS = {
    "EXEMPT": "needs no owner",
    "SHARED": "owned together",
    "OWNED": "owned",
    "DISOWNED": "each says it is the other's",
    "CONTESTED": "both say it is theirs",
    "MULTI_A": "several owners on one side",
    "ORPHANED": "the owner has left",
    "R_NO_A": "worked on, nobody accountable",
    "LAPSED": "ownership ran out",
    "UNOWNED": "never had an owner",
}
GAP_STATES = ("DISOWNED", "CONTESTED", "MULTI_A", "ORPHANED", "R_NO_A", "LAPSED", "UNOWNED")
GAP_FLAGS = ("MISPLACED", "NO_ACCESS", "BLIND", "STALE", "A_NO_R")
SEVERITY = ("DISOWNED", "UNOWNED", "ORPHANED", "LAPSED", "R_NO_A", "CONTESTED", "MULTI_A", *GAP_FLAGS)
"""The order of FIELD 1.3: the graver state first, where money and age do not decide."""
STALE_AFTER_DAYS = 7
"""A cell that was last seen longer ago is stale, unless a need says another limit."""
PARTIAL_BELOW = 0.95
"""Under this share of its days observed, a cell is partial."""
UNANSWERED_AFTER_DAYS = 14
"""A request that waits longer counts as unanswered."""
ONE_SIDED_BY = 0.4
"""Technology and customer checklists further apart than this share of done items are one-sided."""


@question("ownership", "Who is accountable for what, as of a day?", "channel metric state tag owners since flags")
def ownership(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per cell as of the scope's day, with all flags."""
    cells = generation.rows("ownership/as_of", as_of=scope.as_of)
    if len(cells) == 0:
        return cells
    known = performance.directory(generation)
    if scope.channels:
        cells = cells[cells["channel"].isin(scope.channels)]
    if scope.kinds:
        cells = cells[cells["channel"].map(known["kind"]).isin(scope.kinds)]
    if scope.owners:
        cells = cells[cells["tag"].isin(scope.owners)]
    if scope.metrics:
        cells = cells[cells["metric"].isin(scope.metrics)]
    cells = cells.copy()
    cells["since"] = _since(generation, cells)
    cells["flags"] = _with_data_flags(generation, scope, cells)
    return cells


def all_spells(generation: Generation) -> pd.DataFrame:
    """All merged spells; read once a generation."""
    return generation.rows("ownership/spells_all")


@question("ownership_spells", "Which state did each cell have, and when?", "channel metric state tag valid_from valid_to")
def ownership_spells(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per spell."""
    spells = all_spells(generation)
    if scope.channels:
        spells = spells[spells["channel"].isin(scope.channels)]
    return spells[spells["metric"].isin(scope.metrics)] if scope.metrics else spells


def _since(generation: Generation, cells: pd.DataFrame) -> pd.Series:
    """The first day of the present state: owners and flags may have changed within it."""
    spells = all_spells(generation)
    merged = cells[["channel", "metric", "state", "since"]].merge(spells, on=["channel", "metric", "state"], how="left")
    inside = (merged["valid_from"] <= merged["since"]) & (merged["valid_to"].isna() | (merged["valid_to"] > merged["since"]))
    first = merged[inside].set_index(["channel", "metric"])["valid_from"]
    return pd.Series(pd.MultiIndex.from_frame(cells[["channel", "metric"]]).map(first), cells.index)


def _with_data_flags(generation: Generation, scope: Scope, cells: pd.DataFrame) -> pd.Series:
    """The flags of the claims, and those that data, needs, requests and checklists give."""
    as_of = pd.Timestamp(scope.as_of)
    seen = {(r.channel, r.metric): r for r in generation.rows("loads/observed").itertuples()}
    need = generation.rows("loads/table_need")
    grant = generation.rows("loads/table_access_grant")
    request = generation.rows("loads/table_request")
    one_sided = one_sided_channels(generation, scope)
    clashes = clashing_metrics(generation)
    need, grant = _running(need, as_of), _running(grant, as_of)
    lag = need.dropna(subset=["max_lag_days"]).groupby("channel")["max_lag_days"].min().to_dict()
    granted = set(zip(grant["org"], grant["channel"], grant["metric"], strict=True))
    lacking = [
        (row.channel, row.metric)
        for row in need.itertuples()
        if not any((row.org, c, m) in granted for c in (row.channel, "*") for m in (row.metric, "*"))
    ]
    open_requests: dict[tuple[str, str], str] = {}
    for row in request.itertuples():
        if pd.isna(row.opened_on) or row.opened_on > as_of or pd.isna(row.channel):
            continue
        decided = not pd.isna(row.decided_on) and row.decided_on <= as_of
        cell = (row.channel, row.metric if isinstance(row.metric, str) else "*")
        if decided and str(row.decision).lower() in ("refused", "no", "rejected", "declined"):
            open_requests[cell] = "REFUSED"
        elif not decided and (as_of - row.opened_on).days > UNANSWERED_AFTER_DAYS:
            open_requests[cell] = "UNANSWERED"
    out = []
    for row in cells.itertuples():
        flags = set(filter(None, str(row.flags or "").split(";")))
        key = (row.channel, row.metric)
        if row.state != "EXEMPT":
            if key not in seen or seen[key].first_day > as_of:
                flags.add("BLIND")
            else:
                last = min(seen[key].last_day, as_of)
                if (as_of - last).days > lag.get(row.channel, STALE_AFTER_DAYS):
                    flags.add("STALE")
                span = (seen[key].last_day - seen[key].first_day).days + 1
                if seen[key].days < PARTIAL_BELOW * span:
                    flags.add("PARTIAL")
        wild = {key, (row.channel, "*"), ("*", row.metric), ("*", "*")}
        if wild & set(lacking):
            flags.add("NO_ACCESS")
        flags |= {open_requests[cell] for cell in (key, (row.channel, "*")) if cell in open_requests}
        if row.channel in one_sided:
            flags.add("ONE_SIDED")
        if row.metric in clashes:
            flags.add("TERM_CLASH")
        out.append(";".join(sorted(flags)))
    return pd.Series(out, cells.index, dtype=object)


def _running(rows: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    on = (rows["valid_from"].isna() | (rows["valid_from"] <= as_of)) & (rows["valid_to"].isna() | (rows["valid_to"] > as_of))
    return rows[on]


def one_sided_channels(generation: Generation, scope: Scope) -> set[str]:
    """Channels whose technology and customer checklists are far apart, or of which one is empty."""
    items = generation.rows("loads/table_checklist_item")
    if items.empty:
        return set()
    done = items["done_on"].notna() & (items["done_on"] <= pd.Timestamp(scope.as_of))
    share = done.groupby([items["channel"], items["side"]]).mean().unstack()
    share = share.reindex(columns=["technology", "customer"])
    apart = share.isna().any(axis=1) | ((share["technology"] - share["customer"]).abs() > ONE_SIDED_BY)
    return set(share.index[apart])


def clashing_metrics(generation: Generation) -> set[str]:
    """Metrics that the two sides define differently without having agreed on one meaning."""
    words = generation.rows("loads/table_glossary")
    clashing = set()
    for _, group in words.dropna(subset=["metric"]).groupby("term"):
        sides = group[group["side"].isin(["it", "marketing"])]
        if sides["meaning"].nunique() > 1 and group["agreed_on"].isna().all():
            clashing |= set(group["metric"])
    return clashing


def coverage(generation: Generation, scope: Scope, months: int = 24) -> pd.DataFrame:
    """Per month end: how many cells carry each tag (month, tag, cells)."""
    assert scope.as_of
    ends = pd.date_range(end=pd.Timestamp(scope.as_of) + pd.offsets.MonthEnd(0), periods=months, freq="ME")
    spells = all_spells(generation).dropna(subset=["tag"])
    rows = []
    for end in ends:
        day = min(end, pd.Timestamp(scope.as_of))
        on = (spells["valid_from"] <= day) & (spells["valid_to"].isna() | (spells["valid_to"] > day))
        rows += [{"month": end.date(), "tag": tag, "cells": int(count)} for tag, count in spells[on]["tag"].value_counts().items()]
    return pd.DataFrame(rows, columns=["month", "tag", "cells"])


def label(metric: str) -> str:
    """A metric's label."""
    return catalogue()[metric].label


def day_before(scope: Scope, days: int) -> Scope:
    """The same scope as of some days earlier."""
    assert scope.as_of
    return Scope(first_day=scope.first_day, last_day=scope.last_day, as_of=scope.as_of - timedelta(days=days))
