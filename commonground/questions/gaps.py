"""Where the ownership gaps are, and what runs through them, without counting a cent twice.

Four columns, of which only shortfall and incident loss may be added to each other:

* spend without one accountable owner: the channel's spend x the cell's weight, on the days on which
  the cell was in one of the states without one accountable owner;
* revenue exposed: the same of revenue. An exposure, not a loss;
* shortfall: an estimated loss below a named benchmark, on days without incident (shortfall.py);
* incident loss: an estimated loss in merged incident windows x the cell's weight, where its range
  leaves 0 out.

The weights of a channel's cells that need an owner add up to 1. A cell has one primary gap: its
state, else the first of five flags. So gap cells and clean cells add up to the channel's money.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from commonground.questions import evidence, flags, ownership, performance, question
from commonground.questions.believed import observed
from commonground.questions.ownership import GAP_FLAGS, GAP_STATES, SEVERITY
from commonground.questions.shortfall import shortfalls
from commonground.scope import Scope
from commonground.store import Generation

COLUMNS = "channel metric state primary_gap flags since age_days spend revenue_exposed shortfall incident_loss priced"
LAYERS = ("spend", "revenue", "incident_loss")

Weights = Mapping[tuple[str, str], float]
"""(channel, metric) -> how heavy the cell is against the channel's other cells; 1 where not named."""
Numbers = NDArray[np.float64]
Places = NDArray[np.intp]


@question("gaps", "Where are the ownership gaps, and what runs through them?", COLUMNS, two_clocks=True)
def gaps(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per gap cell as of the scope's day, ranked; money of the days in the period, cells as heavy as the scope says."""
    return weighed_gaps(generation, scope, weights_of(generation, scope))


@question(
    "gap_prices",
    "What does each gap cost a day, against which benchmark, and at which weight?",
    "channel metric primary_gap rank rank_equal weight days_open spend_per_day revenue_exposed_per_day loss_per_day benchmark priced sessions",
    two_clocks=True,
)
def gap_prices(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per gap cell, ranked as `gaps`, with its rank under equal weights; per day on which the gap was open in the period. Sessions are the channel's."""
    rows = ranks(generation, scope, weights_of(generation, scope))
    return rows.assign(
        spend_per_day=_per_day(rows["spend"], rows, scope), revenue_exposed_per_day=_per_day(rows["revenue_exposed"], rows, scope),
        loss_per_day=_per_day(_loss(rows), rows, scope), sessions=exposed_sessions(generation, scope, rows),
    )  # fmt: skip


def weights_of(generation: Generation, scope: Scope) -> Weights:
    """The scope's weights of metrics, for every channel."""
    channels = [str(channel) for channel in performance.directory(generation)["channel"]] if scope.weights else []
    return {(channel, metric): weight for channel in channels for metric, weight in scope.weights}


def weighed_gaps(generation: Generation, scope: Scope, weights: Weights) -> pd.DataFrame:
    """`gaps` with weights edited by the reader: a cell of weight 3 takes three times the money of one of weight 1.

    Beside the columns of `gaps`: tag, owners, weight, days_open (of the period) and benchmark.
    """
    cells = priced_cells(generation, scope, weights)
    return ranked(cells[cells["primary_gap"].notna()], scope)


def priced_cells(generation: Generation, scope: Scope, weights: Weights) -> pd.DataFrame:
    """Every cell that needs an owner, clean ones too, with its weight and its money.

    Columns of `gaps` and: tag, owners, weight, days_open, benchmark, spend_pool, revenue_pool (the
    cell's share of its channel's money). spend counts the days of the period on which the cell stood
    in a state without one accountable owner, revenue_exposed the days of its primary gap. A null
    price is "not priced": no measured effect on money.
    """
    ledger = _ledger(generation, scope, weights)
    cells = ledger[_in_scope(generation, scope, ledger)].reset_index(drop=True)
    has_gap, is_state = cells["primary_gap"].notna(), cells["primary_gap"].isin(GAP_STATES)
    lost = cells["incident_loss_in_gap"]
    short = {(one.channel, one.metric): one for one in shortfalls(generation, scope, cells, ledger)}
    told = [short.get(cell) for cell in zip(cells["channel"], cells["metric"], strict=True)]
    cells = cells.assign(
        age_days=(pd.Timestamp(str(scope.as_of)) - pd.to_datetime(cells["since"])).dt.days + 1,
        spend=cells["spend_in_gap"].where(is_state), revenue_exposed=cells["revenue_in_gap"].where(has_gap),
        shortfall=pd.Series([np.nan if one is None else one.loss for one in told], cells.index, dtype=float),
        benchmark=pd.Series([None if one is None else f"{one.benchmark:.2%}, {one.benchmark_name}" for one in told], cells.index, dtype=object),
        incident_loss=lost.where(has_gap & (lost > 0)),
    )  # fmt: skip
    return cells.assign(priced=cells["shortfall"].notna() | cells["incident_loss"].notna())


def ranked(cells: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Gap cells by loss per day, then exposure, then age, then severity; no blended score."""
    order = pd.DataFrame({
        "loss": -_per_day(_loss(cells).fillna(0.0), cells, scope).fillna(0.0), "exposure": -cells["revenue_exposed"].fillna(0.0),
        "age": -cells["age_days"], "severity": cells["primary_gap"].map({name: place for place, name in enumerate(SEVERITY)}),
        "spend": -cells["spend"].fillna(0.0), "channel": cells["channel"], "metric": cells["metric"],
    })  # fmt: skip
    first = [name for name in COLUMNS.split() if name in cells]
    rest = [name for name in ("tag", "owners", "weight", "days_open", "benchmark") if name in cells]
    return cells.loc[order.sort_values(list(order.columns)).index, first + rest].reset_index(drop=True)


def ranks(generation: Generation, scope: Scope, weights: Weights) -> pd.DataFrame:
    """The gaps under edited weights, each with its rank and its rank under equal ones (1 is first)."""
    edited = weighed_gaps(generation, scope, weights)
    equal = (weighed_gaps(generation, scope, {}) if weights else edited)[["channel", "metric"]]
    equal = equal.assign(rank_equal=np.arange(1, len(equal) + 1))
    return edited.assign(rank=np.arange(1, len(edited) + 1)).merge(equal, on=["channel", "metric"], how="left")


def cost_of_waiting(found: pd.DataFrame, scope: Scope, days: int) -> pd.DataFrame:
    """What waiting `days` longer is estimated to cost if the period goes on as it did: channel, metric, loss, exposed.

    Each day costs what a day on which the gap was open cost. loss is shortfall + incident loss,
    missing where the gap is not priced; exposed is revenue that will run through the gap, and no loss.
    """
    loss, exposed = _per_day(_loss(found), found, scope), _per_day(found["revenue_exposed"], found, scope)
    return found[["channel", "metric"]].assign(loss=loss * days, exposed=exposed * days)


def totals(generation: Generation, rows: pd.DataFrame) -> dict[str, float]:
    """The sums that may be made of gaps. Revenue has one ledger: what a campaign brought is the
    web's or the app's revenue seen by origin. So revenue and losses are added over the channels that
    sell; what the others say of the same revenue stands beside it as `..._by_origin`, not additive.
    """
    sells = rows["channel"].map(performance.directory(generation)["sells"]).fillna(False).astype(bool)
    out = {"spend": float(rows["spend"].sum())}
    for name in ("revenue_exposed", "shortfall", "incident_loss"):
        out[name] = float(rows.loc[sells, name].sum())
        out[f"{name}_by_origin"] = float(rows.loc[~sells, name].sum())
    return out


def length(scope: Scope) -> int:
    """Days of the scope's period."""
    assert scope.first_day
    assert scope.last_day
    return (scope.last_day - scope.first_day).days + 1


def exposed_sessions(generation: Generation, scope: Scope, cells: pd.DataFrame) -> pd.Series:
    """Sessions of each cell's channel in the period: how much traffic a gap stands in the way of.

    Not spread over the channel's metrics, and never to be added up: each metric sees every session.
    """
    seen = performance.daily_sums(generation, _whole(scope), ("sessions",)).groupby("channel")["sessions"].sum(min_count=1)
    return cells["channel"].map(seen)


def _loss(rows: pd.DataFrame) -> pd.Series:
    """Shortfall + incident loss, the two columns that may be added; missing where neither is known."""
    return rows[["shortfall", "incident_loss"]].astype(float).sum(axis=1, min_count=1)


def _per_day(values: pd.Series, rows: pd.DataFrame, scope: Scope) -> pd.Series:
    """Per day on which the gap was open in the period; per day of the period where that is not told."""
    days = rows["days_open"] if "days_open" in rows else pd.Series(length(scope), rows.index)
    return values / days.where(days > 0)


def _whole(scope: Scope) -> Scope:
    """The same days without filters."""
    return Scope(first_day=scope.first_day, last_day=scope.last_day, as_of=scope.as_of, known_on=scope.known_on, compare="none")


# --- the ledger of cells: weights, pools, gaps -----------------------------------------------------


def _ledger(generation: Generation, scope: Scope, weights: Weights) -> pd.DataFrame:
    """Every cell that needs an owner on the scope's day, of all channels, with its share of the money.

    Adds to the columns of `ownership`: primary_gap (None is clean), weight, days_open, and for each
    layer of money the cell's pool and the part of it in the gap: spend_pool, spend_in_gap, ...
    `since` is the first day of the gap.
    """
    cells = ownership.ownership(generation, _whole(scope))
    cells = cells[cells["state"] != "EXEMPT"].reset_index(drop=True)
    cells["primary_gap"] = primary_gaps(cells)
    cells["weight"] = cell_weights(cells, weights)
    cells["since"] = _gap_since(generation, scope, cells)
    money = _money(generation, scope)
    windows = _open_windows(generation, scope, cells)
    of_cell, start, end = (windows[name].to_numpy() for name in ("cell", "start", "end"))
    row = money.rows_of(cells["channel"])
    nought = np.zeros(len(cells), dtype=np.intp)
    cells["days_open"] = _summed(len(cells), of_cell, (end - start).astype(float)).astype(int)
    for layer in LAYERS:
        pool = money.between(layer, row, nought, nought + length(scope))
        in_gap = _summed(len(cells), of_cell, money.between(layer, row[of_cell], start, end))
        for name, values in (("pool", pool), ("in_gap", in_gap)):
            cells[f"{layer}_{name}"] = np.where(money.is_seen(layer, row), values, np.nan) * cells["weight"]
    return cells


def primary_gaps(cells: pd.DataFrame) -> pd.Series:
    """Each cell's one primary gap: its state, else the first of the flags that count; None is clean."""
    names = list(set(cells["flags"]))
    first = {text: next((flag for flag in GAP_FLAGS if flag in text.split(";")), None) for text in names}
    of_flags = cells["flags"].map(first).astype(object).where(cells["state"] != "EXEMPT", None)
    found = cells["state"].astype(object).where(cells["state"].isin(GAP_STATES), of_flags)
    return found.where(found.notna(), None)


def cell_weights(cells: pd.DataFrame, weights: Weights) -> pd.Series:
    """Weights of cells that need an owner; those of a channel add up to 1. All 0 in a channel is equal again."""
    given = pd.Series(1.0, cells.index)
    if weights:
        named = zip(cells["channel"], cells["metric"], strict=True)
        given = pd.Series([max(0.0, weights.get(cell, 1.0)) for cell in named], cells.index, dtype=float)
    total = given.groupby(cells["channel"]).transform("sum")
    count = given.groupby(cells["channel"]).transform("size")
    return (given / total.where(total > 0)).fillna(1 / count)


@dataclass(frozen=True)
class _Money:
    """Sums up to each day, per channel (rows) and layer: [layer, channel, day], days from 0."""

    channels: pd.Index
    up_to: Numbers
    seen: NDArray[np.bool_]

    def rows_of(self, channels: pd.Series) -> Places:
        """The row of each channel; -1, the empty last row, where it has no money."""
        return np.asarray(self.channels.get_indexer(pd.Index(channels)))

    def between(self, layer: str, row: Places, start: Places, end: Places) -> Numbers:
        """The sum over [start, end), days counted from the first of the period."""
        sums: Numbers = self.up_to[LAYERS.index(layer)]
        found: Numbers = sums[row, end] - sums[row, start]
        return found

    def is_seen(self, layer: str, row: Places) -> NDArray[np.bool_]:
        """Was there any observation of it in the period?"""
        found: NDArray[np.bool_] = self.seen[LAYERS.index(layer)][row]
        return found


def _money(generation: Generation, scope: Scope) -> _Money:
    """Spend, revenue and incident loss (on the day on which the merged incident began) of each channel and day."""
    first = pd.Timestamp(str(scope.first_day))
    rows = generation.rows("ownership/money_by_day", first_day=scope.first_day, last_day=scope.last_day)
    lost = evidence.clear_incident_losses(generation, _whole(scope))
    channels = pd.Index(sorted({*rows["channel"], *lost["channel"]}))
    values = np.zeros((len(LAYERS), len(channels) + 1, length(scope) + 1))
    seen = np.zeros((len(LAYERS), len(channels) + 1), bool)
    for place, (layer, part, day) in enumerate((("spend", rows, "day"), ("revenue", rows, "day"), ("lost_revenue", lost, "started_at"))):
        known = part[part[layer].notna()]
        at = (channels.get_indexer(known["channel"]), (pd.to_datetime(known[day]).dt.normalize() - first).dt.days.to_numpy() + 1)
        np.add.at(values[place], at, known[layer].to_numpy(float))
        seen[place, at[0]] = True
    return _Money(channels, values.cumsum(axis=2), seen)


def _open_windows(generation: Generation, scope: Scope, cells: pd.DataFrame) -> pd.DataFrame:
    """The days of the period on which each gap was open: cell (its position), start, end, from 0 to the days.

    A gap of the states counts every day of the period without one accountable owner; a gap of a
    flag counts from the day on which it opened.
    """
    first, days = pd.Timestamp(str(scope.first_day)), length(scope)
    if scope.known_on is None:
        spells = generation.rows("ownership/gap_spells", first_day=scope.first_day, last_day=scope.last_day)
    else:
        spells = ownership.spells_believed_on(generation, scope.known_on)
        spells = spells[spells["state"].isin(GAP_STATES)]
    is_state = cells["primary_gap"].isin(GAP_STATES)
    position = pd.Series(cells.index[is_state], pd.MultiIndex.from_frame(cells.loc[is_state, ["channel", "metric"]]))
    at = position.index.get_indexer(pd.MultiIndex.from_frame(spells[["channel", "metric"]]))
    spells = spells[at >= 0]
    of_flags = cells.index[cells["primary_gap"].notna() & ~is_state]
    windows = pd.DataFrame({
        "cell": np.concatenate([position.to_numpy()[at[at >= 0]], of_flags]),
        "opens": pd.concat([spells["valid_from"], pd.to_datetime(cells.loc[of_flags, "since"])], ignore_index=True),
        "closes": pd.concat([spells["valid_to"], pd.Series(pd.NaT, of_flags, dtype="datetime64[us]")], ignore_index=True),
    })  # fmt: skip
    start = (windows["opens"] - first).dt.days.clip(0, days)
    end = (windows["closes"] - first).dt.days.fillna(days).clip(0, days)
    return windows.assign(start=start, end=np.maximum(start, end))[["cell", "start", "end"]].astype(np.intp)


def _summed(cells: int, of_cell: Places, values: Numbers) -> Numbers:
    out = np.zeros(cells)
    np.add.at(out, of_cell, values)
    return out


def _gap_since(generation: Generation, scope: Scope, cells: pd.DataFrame) -> pd.Series:
    """The first day of each cell's primary gap; of its state where it is clean.

    A need counts from its own first day on; a stale cell since the day after its limit.
    """
    gap, as_of = cells["primary_gap"], pd.Timestamp(str(scope.as_of))
    since = pd.to_datetime(cells["since"]).where(~gap.isin(["MISPLACED", "A_NO_R"]), pd.to_datetime(cells["gap_since"]))
    if (gap == "NO_ACCESS").any():
        lacking = flags.lacking_needs(generation, scope).sort_values("valid_from", na_position="first", ascending=False)
        for channel, metric, start in zip(lacking["channel"], lacking["metric"], lacking["valid_from"], strict=True):
            here = (gap == "NO_ACCESS").to_numpy() & flags.named(cells, [(channel, metric)])
            begun = pd.to_datetime(cells["since"])
            since = since.mask(here, begun if pd.isna(start) else begun.where(begun > start, start))
    if (gap == "STALE").any():
        seen = observed(generation, scope.known_on).set_index(["channel", "metric"])["last_day"]
        last = pd.Series(seen.reindex(pd.MultiIndex.from_frame(cells[["channel", "metric"]])).to_numpy(), cells.index)
        last = last.where(last < as_of, as_of)
        limit = cells["channel"].map(flags.freshness_limits(generation, scope)).fillna(flags.STALE_AFTER_DAYS)
        since = since.where(gap != "STALE", last + pd.to_timedelta(limit + 1, unit="D"))
    return since


def _in_scope(generation: Generation, scope: Scope, cells: pd.DataFrame) -> pd.Series:
    wanted = pd.Series(True, cells.index)
    if scope.kinds:
        wanted &= cells["channel"].map(performance.directory(generation)["kind"]).isin(scope.kinds)
    for column, names in (("channel", scope.channels), ("tag", scope.owners), ("metric", scope.metrics)):
        if names:
            wanted &= cells[column].isin(names)
    return wanted
