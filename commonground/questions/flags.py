"""The flags that data, needs, requests, checklists and the glossary give to the cells of a day."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from commonground.questions import performance
from commonground.questions.believed import believed, observed
from commonground.scope import Scope
from commonground.store import Generation

STALE_AFTER_DAYS = 7
"""A cell that was last seen longer ago is stale, unless a need says another limit."""
PARTIAL_BELOW = 0.95
"""Under this share of its days observed, a cell is partial."""
UNANSWERED_AFTER_DAYS = 14
"""A request that waits longer counts as unanswered."""
ONE_SIDED_BY = 0.4
"""Technology and customer checklists further apart than this share of done items are one-sided."""
UNTESTED_DEVICE_ABOVE = 0.01
"""A device that nobody tested counts once it brings more than this share of a channel's sessions."""
TESTED_DEVICE = "device:"
"""Items of the technology checklist that begin so name a device that is tested: `device: tablet`."""
NO_WORDS = ("refused", "no", "rejected", "declined")

Truths = NDArray[np.bool_]


def all_flags(generation: Generation, scope: Scope, cells: pd.DataFrame) -> pd.Series:
    """The flags of the claims and those of everything else, sorted and joined by ``;``, per cell."""
    needed = (cells["state"] != "EXEMPT").to_numpy()
    blind, stale, partial = _observation(generation, scope, cells)
    refused, unanswered = _requests(generation, scope)
    lacking = lacking_needs(generation, scope)
    found: dict[str, Truths] = {
        "BLIND": needed & blind,
        "STALE": needed & stale,
        "PARTIAL": needed & partial,
        "NO_ACCESS": named(cells, zip(lacking["channel"], lacking["metric"], strict=True)),
        "REFUSED": named(cells, refused),
        "UNANSWERED": named(cells, unanswered),
        "ONE_SIDED": cells["channel"].isin(one_sided_channels(generation, scope)).to_numpy(),
        "TERM_CLASH": cells["metric"].isin(clashing_metrics(generation, scope)).to_numpy(),
        "DEVICE_GAP": needed & cells["channel"].isin(channels_with_untested_devices(generation, scope)).to_numpy(),
    }
    return _joined(cells["flags"], found)


def _joined(texts: pd.Series, found: dict[str, Truths]) -> pd.Series:
    """One text per cell. Few combinations occur: each is written once."""
    codes, known = pd.factorize(texts.fillna("").to_numpy(object))
    for name, is_so in found.items():
        known = np.concatenate([known, [f"{text};{name}" for text in known]])
        codes = np.where(is_so, codes + len(known) // 2, codes)
        used, codes = np.unique(codes, return_inverse=True)
        known = known[used]
    words = [";".join(sorted(set(filter(None, text.split(";"))))) for text in known]
    return pd.Series(np.array(words, dtype=object)[codes] if len(words) else [], texts.index, dtype=object)


def named(cells: pd.DataFrame, pairs: Iterable[tuple[str, str]]) -> Truths:
    """Which cells do pairs of channel and metric speak of? ``*`` stands for all."""
    wanted = set(pairs)
    if not wanted:
        return np.zeros(len(cells), bool)
    whole_channels = {channel for channel, metric in wanted if metric == "*"}
    whole_metrics = {metric for channel, metric in wanted if channel == "*"}
    if "*" in whole_channels:
        return np.ones(len(cells), bool)
    exact = _keys(cells).isin({f"{channel}\t{metric}" for channel, metric in wanted})
    return np.asarray(exact | cells["channel"].isin(whole_channels) | cells["metric"].isin(whole_metrics), bool)


def _keys(rows: pd.DataFrame) -> pd.Series:
    return rows["channel"] + "\t" + rows["metric"]


def _observation(generation: Generation, scope: Scope, cells: pd.DataFrame) -> tuple[Truths, Truths, Truths]:
    """Blind (never seen by that day), stale (seen too long ago), partial (too many days missing)."""
    seen = observed(generation, scope.known_on)
    seen = seen.set_index(_keys(seen))[["first_day", "last_day", "days"]].reindex(_keys(cells))
    first, last = seen["first_day"].to_numpy("datetime64[D]"), seen["last_day"].to_numpy("datetime64[D]")
    today = np.datetime64(str(scope.as_of), "D")
    blind = np.isnat(first) | (first > today)
    one_day = np.timedelta64(1, "D")
    age = (today - np.minimum(last, today)) / one_day
    limit = cells["channel"].map(freshness_limits(generation, scope)).fillna(STALE_AFTER_DAYS).to_numpy(float)
    span = (last - first) / one_day + 1
    return blind, ~blind & (age > limit), ~blind & (seen["days"].to_numpy(float) < PARTIAL_BELOW * span)


def freshness_limits(generation: Generation, scope: Scope) -> dict[str, float]:
    """The strictest limit of days that a need sets, per channel."""
    need = _running(generation, "need", scope).dropna(subset=["max_lag_days"])
    return {str(channel): float(days) for channel, days in need.groupby("channel")["max_lag_days"].min().items()}


def lacking_needs(generation: Generation, scope: Scope) -> pd.DataFrame:
    """Needs of that day that no grant meets: org, channel, metric, valid_from."""
    need = _running(generation, "need", scope)
    grant = _running(generation, "access_grant", scope)
    granted = set(zip(grant["org"], grant["channel"], grant["metric"], strict=True))
    is_met = [
        any((org, c, m) in granted for c in (channel, "*") for m in (metric, "*"))
        for org, channel, metric in zip(need["org"], need["channel"], need["metric"], strict=True)
    ]
    return need.loc[~np.array(is_met, bool), ["org", "channel", "metric", "valid_from"]]


def _requests(generation: Generation, scope: Scope) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Cells whose newest request was refused, and cells whose request waits too long."""
    as_of = pd.Timestamp(str(scope.as_of))
    rows = believed(generation, "request", scope.known_on)
    rows = rows[(rows["opened_on"] <= as_of) & rows["channel"].notna()].sort_values("opened_on")
    is_decided = rows["decided_on"] <= as_of
    is_refused = is_decided & rows["decision"].astype("string").str.lower().isin(NO_WORDS).fillna(False)
    is_waiting = ~is_decided & ((as_of - rows["opened_on"]).dt.days > UNANSWERED_AFTER_DAYS)
    newest: dict[tuple[str, str], str] = {}
    for channel, metric, refused, waiting in zip(rows["channel"], rows["metric"].fillna("*"), is_refused, is_waiting, strict=True):
        if refused or waiting:
            newest[channel, metric] = "refused" if refused else "waiting"
    return {cell for cell, how in newest.items() if how == "refused"}, {cell for cell, how in newest.items() if how == "waiting"}


def _running(generation: Generation, table: str, scope: Scope) -> pd.DataFrame:
    rows, as_of = believed(generation, table, scope.known_on), pd.Timestamp(str(scope.as_of))
    on = (rows["valid_from"].isna() | (rows["valid_from"] <= as_of)) & (rows["valid_to"].isna() | (rows["valid_to"] > as_of))
    return rows[on]


def one_sided_channels(generation: Generation, scope: Scope) -> set[str]:
    """Channels whose technology and customer checklists are far apart, or of which one is empty."""
    items = believed(generation, "checklist_item", scope.known_on)
    if items.empty:
        return set()
    done = items["done_on"].notna() & (items["done_on"] <= pd.Timestamp(str(scope.as_of)))
    share = done.groupby([items["channel"], items["side"]]).mean().unstack()
    share = share.reindex(columns=["technology", "customer"])
    apart = share.isna().any(axis=1) | ((share["technology"] - share["customer"]).abs() > ONE_SIDED_BY)
    return set(share.index[apart])


def clashing_metrics(generation: Generation, scope: Scope) -> set[str]:
    """Metrics that the two sides define differently without having agreed on one meaning."""
    words = believed(generation, "glossary", scope.known_on)
    clashing = set()
    for _, group in words.dropna(subset=["metric"]).groupby("term"):
        sides = group[group["side"].isin(["it", "marketing"])]
        if sides["meaning"].nunique() > 1 and group["agreed_on"].isna().all():
            clashing |= set(group["metric"])
    return clashing


def channels_with_untested_devices(generation: Generation, scope: Scope) -> set[str]:
    """Channels that list their tested devices, and are visited from another one all the same.

    A channel whose technology checklist names no device says nothing about devices, and is left out.
    """
    listed, tested = tested_devices(believed(generation, "checklist_item", scope.known_on), scope)
    if not listed:
        return set()
    bare = Scope(first_day=scope.first_day, last_day=scope.last_day, as_of=scope.as_of, compare="none", channels=tuple(sorted(listed)))
    sums = performance.cut_sums(generation, bare)
    sessions = sums.groupby(["channel", "device"], observed=True, as_index=False)["sessions"].sum()
    share = sessions["sessions"] / sessions.groupby("channel")["sessions"].transform("sum")
    pairs = zip(sessions["channel"].astype(str), sessions["device"].astype(str), share, strict=True)
    return {channel for channel, device, part in pairs if part > UNTESTED_DEVICE_ABOVE and (channel, device.lower()) not in tested}


def tested_devices(items: pd.DataFrame, scope: Scope) -> tuple[set[str], set[tuple[str, str]]]:
    """The channels whose technology checklist names devices; the pairs of channel and device that are done on the scope's day."""
    named_devices = items[(items["side"] == "technology") & items["item"].str.lower().str.startswith(TESTED_DEVICE)]
    done = named_devices[named_devices["done_on"] <= pd.Timestamp(str(scope.as_of))]
    tested = set(zip(done["channel"], done["item"].str[len(TESTED_DEVICE) :].str.strip().str.lower(), strict=True))
    return set(named_devices["channel"]), tested
