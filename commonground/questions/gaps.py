"""What a gap in ownership costs, without counting a cent twice (FIELD 1.3).

Four columns, never added to one another except shortfall and incident loss: spend without one
accountable owner, revenue exposed (an exposure, not a loss), shortfall below a named benchmark, and
the loss in merged incidents. A channel's money is spread over its cells that need an owner by
weights that add up to 1, so that gap cells and clean cells together hold exactly the channel's pool.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from commonground.questions import evidence, performance, question
from commonground.questions.ownership import GAP_FLAGS, GAP_STATES, SEVERITY, all_spells, ownership
from commonground.scope import Scope
from commonground.store import Generation

Array = NDArray[np.float64]
Weights = Mapping[tuple[str, str], float]
"""(channel, metric) -> how heavy the cell is against the channel's other cells; 1 where not named."""
Z_95 = 1.959964
MIN_BENCHMARK_EVENTS = 100
"""Fewer conversions of the family's owned channels are no benchmark."""
COLUMNS = "channel metric state primary_gap flags since age_days spend revenue_exposed shortfall incident_loss priced"


class Shortfall(NamedTuple):
    """What a rate below its benchmark is estimated to cost over the days without incident.

    value and benchmark are rates; upper is the Wilson 95 % upper limit of value; loss is money.
    """

    channel: str
    metric: str
    benchmark_name: str
    benchmark: float
    value: float
    upper: float
    loss: float


def primary_gap(state: str, flags: str) -> str | None:
    """A cell's one primary gap: its state, else the first of the flags that count; None is clean."""
    if state in GAP_STATES:
        return state
    have = set(str(flags or "").split(";"))
    return next((flag for flag in GAP_FLAGS if flag in have), None) if state != "EXEMPT" else None


@question("gaps", "Where are the ownership gaps, and what runs through them?", COLUMNS)
def gaps(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per gap cell as of the scope's day, ranked; money of the days in the period, cells of equal weight."""
    return weighed_gaps(generation, scope, {})


def weighed_gaps(generation: Generation, scope: Scope, weights: Weights) -> pd.DataFrame:
    """`gaps` with weights edited by the reader: a cell of weight 3 takes three times the money of one of weight 1."""
    cells = priced_cells(generation, scope, weights)
    return ranked(cells[cells["primary_gap"].notna()], scope)


def priced_cells(generation: Generation, scope: Scope, weights: Weights) -> pd.DataFrame:
    """Every cell that needs an owner, clean ones too, with its weight and its money.

    Columns of `gaps` and: weight, spend_pool, revenue_pool (the cell's share of its channel's money).
    spend counts the days of the period on which the cell stood in a state without one accountable
    owner, revenue_exposed the days of its primary gap; both are missing where the channel reported no
    such money. incident_loss is the cell's share of its channel's.
    """
    cells = ownership(generation, scope)
    every = cells if not (scope.kinds or scope.channels or scope.owners or scope.metrics) else ownership(generation, _whole(scope))
    cells = cells[cells["state"] != "EXEMPT"].reset_index(drop=True)
    share = cell_weights(every, weights)
    cell = pd.MultiIndex.from_frame(cells[["channel", "metric"]])
    money = _Money(generation, scope)
    cells = cells.assign(
        weight=share.reindex(cell).to_numpy(float),
        primary_gap=[primary_gap(state, flags) for state, flags in zip(cells["state"], cells["flags"], strict=True)],
        age_days=(pd.Timestamp(scope.as_of) - pd.to_datetime(cells["since"])).dt.days + 1,
    )
    is_state = cells["primary_gap"].isin(GAP_STATES).to_numpy()
    open_days = _open_days(generation, money, cells)
    since = np.array([money.number(day) for day in pd.to_datetime(cells["since"])])
    flagged = money.days[None, :] >= since[:, None]
    has_gap = cells["primary_gap"].notna().to_numpy()
    weight = cells["weight"].to_numpy()
    lost = evidence.incident_losses_by_channel(generation, _whole(scope))
    short = {(one.channel, one.metric): one.loss for one in shortfalls(generation, scope, cells)}
    cells = cells.assign(
        spend_pool=money.over("spend", cells["channel"], np.ones_like(flagged)) * weight,
        revenue_pool=money.over("revenue", cells["channel"], np.ones_like(flagged)) * weight,
        spend=np.where(is_state, money.over("spend", cells["channel"], open_days) * weight, np.nan),
        revenue_exposed=np.where(has_gap, money.over("revenue", cells["channel"], np.where(is_state[:, None], open_days, flagged)) * weight, np.nan),
        shortfall=pd.Series([short.get(key, math.nan) for key in cell], cells.index, dtype=float).where(has_gap),
        incident_loss=(cells["channel"].map(lost).astype(float) * weight).where(has_gap),
    )
    return cells.assign(priced=cells["shortfall"].notna() | cells["incident_loss"].notna())


def cell_weights(cells: pd.DataFrame, weights: Weights) -> pd.Series:
    """Weights of the cells that need an owner, adding up to 1 in each channel; index (channel, metric)."""
    owned = cells[cells["state"] != "EXEMPT"]
    index = pd.MultiIndex.from_frame(owned[["channel", "metric"]])
    given = pd.Series([max(0.0, weights.get(key, 1.0)) for key in index], index, dtype=float)
    total = given.groupby(level="channel").transform("sum")
    count = given.groupby(level="channel").transform("size")
    return (given / total.where(total > 0)).fillna(1 / count)


def ranked(cells: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Gap cells by loss per day, then exposure, then age, then severity; no blended score."""
    loss = cells[["shortfall", "incident_loss"]].fillna(0.0).sum(axis=1)
    order = cells.assign(
        loss_a_day=loss / length(scope), exposure=cells["revenue_exposed"].fillna(0.0), spent=cells["spend"].fillna(0.0),
        severity=cells["primary_gap"].map({name: place for place, name in enumerate(SEVERITY)}),
    )  # fmt: skip
    keys = ["loss_a_day", "exposure", "spent", "age_days", "severity", "channel", "metric"]
    order = order.sort_values(keys, ascending=[False, False, False, False, True, True, True])
    return order[COLUMNS.split()].reset_index(drop=True)


def cost_of_waiting(found: pd.DataFrame, scope: Scope, days: int) -> pd.DataFrame:
    """What waiting `days` longer is estimated to cost if the period goes on as it did: channel, metric, loss, exposed.

    loss = (shortfall + incident loss) a day x days, missing where the gap is not priced; exposed is
    revenue that will run through the gap, and no loss.
    """
    loss = found[["shortfall", "incident_loss"]].sum(axis=1, min_count=1)
    factor = days / length(scope)
    return found[["channel", "metric"]].assign(loss=loss * factor, exposed=found["revenue_exposed"] * factor)


def length(scope: Scope) -> int:
    """Days of the scope's period."""
    assert scope.first_day
    assert scope.last_day
    return (scope.last_day - scope.first_day).days + 1


def wilson_upper(events: float, trials: float) -> float:
    """Upper limit of the 95 % interval of a share (Wilson 1927)."""
    if trials <= 0:
        return 1.0
    share, z2 = events / trials, Z_95**2
    centre = share + z2 / (2 * trials)
    reach = Z_95 * math.sqrt(max(share * (1 - share), 0.0) / trials + z2 / (4 * trials**2))
    return (centre + reach) / (1 + z2 / trials)


def shortfalls(generation: Generation, scope: Scope, cells: pd.DataFrame) -> list[Shortfall]:
    """Conversion rates in a gap whose Wilson upper limit lies below their benchmark.

    The benchmark is the channel's own target, else the rate of its family's channels with one accountable owner on
    the same days. loss = (benchmark - value) x sessions x revenue per conversion: with visits and
    order value as they are, the rate's part of the difference is all of it. Other metrics have no
    measured effect on money: they are not priced. Days with an incident are left out; their loss
    stands in a column of its own.
    """
    gap = cells[(cells["metric"] == "conversion_rate") & cells["primary_gap"].notna()]
    if gap.empty:
        return []
    sums = _clean_sums(generation, scope)
    target = _targets(generation, scope)
    rates = cells[cells["metric"] == "conversion_rate"].set_index("channel")["primary_gap"]
    family = performance.directory(generation)["family"]
    found = []
    for channel in gap["channel"]:
        if channel not in sums.index or not sums.at[channel, "conversions"] > 0:
            continue
        sessions, conversions, revenue = sums.loc[channel, ["sessions", "conversions", "revenue"]]
        name, benchmark = "its target", target.get(str(channel))
        if benchmark is None:
            peers = [p for p in sums.index if p != channel and family[p] == family[channel] and p in rates.index and rates[p] not in GAP_STATES]
            pooled = sums.loc[peers, ["conversions", "sessions"]].sum()
            if pooled["conversions"] < MIN_BENCHMARK_EVENTS:
                continue
            name, benchmark = f"the owned channels of {family[channel]}", float(pooled["conversions"] / pooled["sessions"])
        upper = wilson_upper(conversions, sessions)
        if upper < benchmark and revenue > 0:
            loss = float((benchmark * sessions - conversions) * revenue / conversions)
            found.append(Shortfall(str(channel), "conversion_rate", name, float(benchmark), float(conversions / sessions), upper, loss))
    return found


def exposed_sessions(generation: Generation, scope: Scope, cells: pd.DataFrame) -> pd.Series:
    """Sessions of each cell's channel in the period: how much traffic a gap stands in the way of.

    Not spread over the channel's metrics, and never to be added up: each metric sees every session.
    """
    seen = performance.daily_sums(generation, _whole(scope), ("sessions",)).groupby("channel")["sessions"].sum(min_count=1)
    return cells["channel"].map(seen)


def _whole(scope: Scope) -> Scope:
    """The same days without filters."""
    return Scope(first_day=scope.first_day, last_day=scope.last_day, as_of=scope.as_of, compare="none")


def _clean_sums(generation: Generation, scope: Scope) -> pd.DataFrame:
    """Sessions, conversions and revenue of each channel over the days without an incident on it."""
    sums = performance.daily_sums(generation, _whole(scope), ("sessions", "conversions", "revenue"))[["channel", "day", "sessions", "conversions", "revenue"]].dropna()
    incidents = generation.rows("loads/table_incident")
    last = pd.Timestamp(scope.last_day)
    hit = {
        (channel, day)
        for channel, start, end in zip(incidents["channel"], incidents["started_at"], incidents["resolved_at"].fillna(last), strict=True)
        for day in pd.date_range(start.normalize(), min(end.normalize(), last))
    }
    calm = np.array([key not in hit for key in zip(sums["channel"], sums["day"], strict=True)], bool)
    return sums[calm].groupby("channel")[["sessions", "conversions", "revenue"]].sum()


def _targets(generation: Generation, scope: Scope) -> dict[str, float]:
    """Channel -> the target of its conversion rate on the scope's last day."""
    rows = generation.rows("loads/table_target")
    day = pd.Timestamp(scope.last_day)
    rows = rows[(rows["metric"] == "conversion_rate") & (rows["first_day"] <= day) & (rows["last_day"] >= day)]
    return {str(channel): float(value) for channel, value in zip(rows["channel"], rows["value"], strict=True)}


class _Money:
    """Spend and revenue by channel and day of the period."""

    def __init__(self, generation: Generation, scope: Scope) -> None:
        assert scope.first_day
        self.first_day: date = scope.first_day
        self.days: NDArray[np.int64] = np.arange(length(scope))
        sums = performance.daily_sums(generation, _whole(scope), ("spend", "revenue"))
        self._place = {channel: row for row, channel in enumerate(sorted(set(sums["channel"])))}
        row = sums["channel"].map(self._place).to_numpy(np.int64)
        day = (sums["day"] - pd.Timestamp(self.first_day)).dt.days.to_numpy(np.int64)
        self._sums: dict[str, Array] = {}
        for name in ("spend", "revenue"):
            table = np.full((len(self._place) + 1, len(self.days)), np.nan)
            known = sums[name].notna().to_numpy()
            table[row[known], day[known]] = sums.loc[known, name].to_numpy(float)
            self._sums[name] = table

    def number(self, day: pd.Timestamp) -> int:
        """The number of a day in the period; below 0 before it."""
        return (day.date() - self.first_day).days if pd.notna(day) else 0

    def over(self, name: str, channels: pd.Series, days: NDArray[np.bool_]) -> Array:
        """A channel's money on the days that are marked, per row; nan where none was reported."""
        table = self._sums[name][[self._place.get(channel, -1) for channel in channels]]
        seen = np.isfinite(table) & (days > 0)
        return np.where(seen.any(axis=1), np.where(seen, table, 0.0).sum(axis=1), np.nan)


def _open_days(generation: Generation, money: _Money, cells: pd.DataFrame) -> NDArray[np.bool_]:
    """Cells x days: where a cell stood in a state without one accountable owner."""
    place = {key: row for row, key in enumerate(zip(cells["channel"], cells["metric"], strict=True))}
    out = np.zeros((len(cells), len(money.days)), bool)
    spells = all_spells(generation)
    spells = spells[spells["state"].isin(GAP_STATES)]
    for channel, metric, begins, ends in zip(spells["channel"], spells["metric"], spells["valid_from"], spells["valid_to"], strict=True):
        row = place.get((channel, metric))
        if row is not None:
            last = money.number(ends) if pd.notna(ends) else len(money.days)
            out[row, max(money.number(begins), 0) : max(last, 0)] = True
    return out
