"""Totals, channels and trends: sums from one scan, divided by the catalogue."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from commonground.catalogue import Metric, add_up, catalogue, change
from commonground.questions import question
from commonground.scope import Scope
from commonground.store import Generation

NO_DAYS = (date(1, 1, 1), date(1, 1, 1))
"""A period that holds nothing: what "before" is when no comparison is wanted."""
LEARNT_FROM = ("sessions", "conversions", "revenue", "spend")
"""Of these all days stay with the open file: four numbers a channel and day."""


def metrics_of(scope: Scope) -> list[Metric]:
    """The metrics that a scope names, or all."""
    known = catalogue()
    return [known[name] for name in scope.metrics] if scope.metrics else list(known.metrics.values())


def directory(generation: Generation) -> pd.DataFrame:
    """The channels with kind, name, family, sells; index is the channel."""
    return generation.rows("loads/table_channel").set_index("channel", drop=False)


def values(generation: Generation, part: str) -> list[str]:
    """The devices or regions of the exports, in order; `part` is device or region."""
    known = generation.rows("loads/values")
    return [str(value) for value in known.loc[known["part"] == part, "value"]]


def selling(generation: Generation) -> frozenset[str]:
    """The channels that sell: revenue has one ledger, theirs; what others report is the same money seen by origin."""
    known = directory(generation)
    return frozenset(known.index[known["sells"].fillna(False).astype(bool)])


def daily_sums(generation: Generation, scope: Scope, measures: Sequence[str] = ()) -> pd.DataFrame:
    """Sums per period (now, before), day, channel and tag: one scan over both periods.

    Of some measures alone, and without tag, where they are named.
    """
    assert scope.first_day
    assert scope.last_day
    before = scope.before()
    if scope.campaigns:
        rows = cut_sums(generation, scope, "performance/by_campaign", campaigns=list(scope.campaigns))
        return rows.assign(day=pd.Timestamp(scope.last_day))
    first = min(before[0], scope.first_day) if before else scope.first_day
    filters = _filters(generation, scope)
    columns = ["day", "channel", *dict.fromkeys(measures)] if measures else []
    if not filters["devices"] and not filters["regions"]:
        del filters["devices"], filters["regions"]
        rows = generation.rows("performance/by_day", columns=columns, first_day=first, last_day=scope.last_day, **filters)
    else:
        rows = generation.rows("performance/by_day_and_channel", columns=columns, first_day=first, last_day=scope.last_day, **filters)
    now = rows["day"] >= pd.Timestamp(scope.first_day)
    rows["period"] = pd.Categorical.from_codes(now.to_numpy().astype(np.int8), ["before", "now"])
    if before:
        kept = now | ((rows["day"] >= pd.Timestamp(before[0])) & (rows["day"] <= pd.Timestamp(before[1])))
        rows = rows[kept]
    return with_channel(generation, rows)


def history(generation: Generation, scope: Scope, measures: Sequence[str]) -> pd.DataFrame:
    """Sums by day and channel over the scope's own period; of the measures that most analyses learn from, all days are read once."""
    if generation.first_day is None or scope.devices or scope.regions or not set(measures) <= set(LEARNT_FROM):
        return daily_sums(generation, replace(scope, compare="none"), measures)
    whole = Scope(first_day=generation.first_day, last_day=generation.last_day, compare="none")
    rows: pd.DataFrame = generation.keep("history", lambda: daily_sums(generation, whole, LEARNT_FROM))
    rows = rows[rows["day"].between(pd.Timestamp(scope.first_day), pd.Timestamp(scope.last_day))]
    named = channels_within(generation, scope)
    return rows if named is None else rows[rows["channel"].isin(named)]


def cut_sums(generation: Generation, scope: Scope, query: str = "performance/by_cut", **more: Any) -> pd.DataFrame:
    """Sums per period, channel, tag and device and region (or campaign): one scan."""
    before = scope.before() or NO_DAYS
    rows = generation.rows(
        query, first_day=scope.first_day, last_day=scope.last_day, before_first=before[0], before_last=before[1],
        **_filters(generation, scope), **more,
    )  # fmt: skip
    return with_channel(generation, rows)


def cuts_within(generation: Generation, cuts: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Of the sums of all by device and region, those of the scope's filters."""
    for column, wanted in (("channel", channels_within(generation, scope)), ("device", scope.devices), ("region", scope.regions), ("tag", scope.owners)):
        if wanted is not None and (wanted or column == "channel"):
            cuts = cuts[cuts[column].isin(wanted)]
    return cuts


def channels_within(generation: Generation, scope: Scope) -> list[str] | None:
    """The channels of the scope's kinds and channels; None where neither is named."""
    if not scope.kinds:
        return list(scope.channels) or None
    known = directory(generation)
    return [name for name in known.index[known["kind"].isin(scope.kinds)] if not scope.channels or name in scope.channels]


def _filters(generation: Generation, scope: Scope) -> dict[str, Any]:
    """The filters of a query over facts: kinds as their channels, since facts that are joined come in any order."""
    filters = scope.filters()
    del filters["kinds"]
    named = channels_within(generation, scope)
    return filters | {"channels": [] if named is None else named or [""]}


def with_channel(generation: Generation, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the kind, family and sells of their channel."""
    known = directory(generation)
    channel = rows["channel"]
    if isinstance(channel.dtype, pd.CategoricalDtype):  # map each name once, not each row
        at = known.reindex(channel.cat.categories)
        return rows.assign(**{name: pd.Categorical(at[name]).take(channel.cat.codes) for name in ("kind", "family")},
                           sells=at["sells"].fillna(False).to_numpy(bool)[channel.cat.codes])  # fmt: skip
    return rows.assign(**{name: channel.map(known[name]) for name in ("kind", "family")},
                       sells=channel.map(known["sells"]).fillna(False).astype(bool))  # fmt: skip


def compared(sums: pd.DataFrame, metric: Metric, by: list[str]) -> pd.DataFrame:
    """A metric over groups now, with its value before and the change."""
    both = add_up(sums, metric, ["period", *by])
    now = both[both["period"] == "now"].drop(columns="period")
    then = both[both["period"] == "before"]
    if by:
        out = now.assign(previous=then.set_index(by)["value"].reindex(pd.MultiIndex.from_frame(now[by]) if len(by) > 1 else now[by[0]]).to_numpy())
    else:
        out = now.assign(previous=then["value"].iloc[0] if len(then) else None)
    out["change"] = [change(metric, a, b) for a, b in zip(out["value"], out["previous"], strict=True)]
    return out.assign(metric=metric.id, unit=metric.unit)


def total_of(sums: pd.DataFrame, metrics: list[Metric]) -> pd.DataFrame:
    """One row per metric over everything in the sums; a metric without data has null values."""
    found = [add_up(sums, metric, ["period"]).set_index("period").to_dict("index") for metric in metrics]
    none: dict[str, float] = dict.fromkeys(("numerator", "denominator", "value"), math.nan)
    rows = [(metric, parts.get("now", none), parts.get("before", none)["value"]) for metric, parts in zip(metrics, found, strict=True)]
    return pd.DataFrame({
        "metric": [metric.id for metric in metrics], "unit": [metric.unit for metric in metrics],
        **{name: np.array([now[name] for _, now, _ in rows], float) for name in ("value", "numerator", "denominator")},
        "previous": np.array([previous for _, _, previous in rows], float),
        "change": np.array([change(metric, now["value"], previous) for metric, now, previous in rows], float),
    })  # fmt: skip


def channels_of(generation: Generation, sums: pd.DataFrame, scope: Scope, metrics: list[Metric]) -> pd.DataFrame:
    """One row per channel and metric that was observed, with the channel's tag as of the scope's day."""
    found = [part for part in (compared(sums, metric, ["channel"]) for metric in metrics) if len(part)]
    columns = ["channel", "kind", "family", "tag", "metric", "value", "numerator", "denominator", "previous", "change"]
    if not found:
        return pd.DataFrame(columns=columns)
    out = pd.concat([part.dropna(axis=1, how="all") for part in found], ignore_index=True)
    known = directory(generation)
    tags = tags_as_of(generation, scope)
    out = out.assign(
        kind=out["channel"].map(known["kind"]), family=out["channel"].map(known["family"]),
        tag=out["channel"].map(tags).fillna("Unowned"),
    )  # fmt: skip
    return out.reindex(columns=columns)


def tags_as_of(generation: Generation, scope: Scope) -> dict[str, str]:
    """Each channel's tag on the scope's as-of day."""
    spells = generation.rows("ownership/channel_tags_all")
    day = pd.Timestamp(scope.as_of)
    on = (spells["valid_from"].isna() | (spells["valid_from"] <= day)) & (spells["valid_to"].isna() | (spells["valid_to"] > day))
    return dict(zip(spells.loc[on, "channel"], spells.loc[on, "tag"], strict=True))


def starts_of(days: pd.Series, grain: str) -> pd.Series:
    """The first day of each day's day, week or month."""
    day = pd.to_datetime(days)
    if grain == "week":
        return day - pd.to_timedelta(day.dt.day_of_week, unit="D")
    return day.dt.to_period("M").dt.start_time if grain == "month" else day


def trend_of(sums: pd.DataFrame, metrics: list[Metric], by: str, grain: str) -> pd.DataFrame:
    """One row per period, series and metric."""
    dated = sums.assign(starts_on=starts_of(sums["day"], grain), series=sums[by])
    name = "channel" if by == "channel" else "series"  # one channel's line is no total: nothing overlaps in it
    found = [add_up(dated, metric, ["starts_on", name]).rename(columns={name: "series"}).assign(metric=metric.id) for metric in metrics]
    out = pd.concat([part for part in found if len(part)] or [pd.DataFrame(columns=["starts_on", "series", "metric", "value", "numerator", "denominator"])])
    return out.rename(columns={"starts_on": "period"})[["period", "series", "metric", "value", "numerator", "denominator"]]


@question("totals", "What are the totals, and how did they change?", "metric unit value numerator denominator previous change")
def totals(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per metric."""
    return total_of(daily_sums(generation, scope), metrics_of(scope))


@question("channels", "How does each channel do?", "channel kind family tag metric value numerator denominator previous change")
def channels(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per channel and metric."""
    return channels_of(generation, daily_sums(generation, scope), scope, metrics_of(scope))


@question("trend", "How did it go over time?", "period series metric value numerator denominator")
def trend(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per period and series; --by tag, channel, device, region, kind, family; --grain day, week, month."""
    if scope.by in ("device", "region"):
        sums = daily_cut(generation, scope)
    else:
        sums = daily_sums(generation, scope)
        sums = sums[sums["period"] == "now"]
    return trend_of(sums, metrics_of(scope), scope.by, scope.grain)


def daily_cut(generation: Generation, scope: Scope, measures: Sequence[str] = ()) -> pd.DataFrame:
    """Sums per day, channel, device and region of the scope's own period; of some measures alone where they are named.

    Names are categories; where measures are named, tag is left out.
    """
    columns = ["day", "channel", "device", "region", *dict.fromkeys(measures)] if measures else []
    rows = generation.rows("performance/by_day_and_cut", columns=columns, first_day=scope.first_day, last_day=scope.last_day, **_filters(generation, scope))
    return with_channel(generation, rows)
