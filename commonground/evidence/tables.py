"""Facts -> the answers as tables, one function per question, with the columns that `ask` promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from commonground.evidence.anomaly import anomalies
from commonground.evidence.bygroup import InGroup, by_group
from commonground.evidence.contrast import MIN_DAYS, Contrast, contrast
from commonground.evidence.facts import SHARED, SINGLE, Facts, Numbers
from commonground.evidence.handover import Handover, handovers, switches_of
from commonground.evidence.incident import Loss, incident_loss
from commonground.evidence.index import mix_adjusted
from commonground.evidence.pacing import pace
from commonground.evidence.ranking import ranking
from commonground.evidence.slowweb import slow_web
from commonground.evidence.verdicts import Array

BLOCK_DAYS = 28
"""The season is taken out by blocks of so many days: a channel that was shared in summer only is held against the others' summer."""
CONTRAST = "metric estimate low high verdict smallest_visible unadjusted channels_shared channels_single days families_left_out note"
BY_GROUP = "metric by group estimate low high stands_out channels_shared channels_single note"
RANKING = "channel tag family metric index low high p_best"
HANDOVERS = "channel metric day from_tag to_tag estimate low high verdict pretrend controls note days"
INCIDENTS = (
    "incident channel started_at resolved_at lost_conversions lost_conversions_low lost_conversions_high "
    "lost_revenue lost_revenue_low lost_revenue_high verdict compared_with note"
)
ANOMALIES = "day channel metric value expected z site_wide"
PACING = "channel month metric to_date forecast low high target p_hit verdict note"
SLOW_WEB = "estimate low high verdict reliability channels days note"


def _frame(rows: list[dict[str, Any]], columns: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


# --- shared against single-owned --------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class ClassRows:
    """The sample of a contrast: a row is a channel while it was shared, or while one side owned it.

    numerator, denominator: rows x strata (device, region and block of days).
    """

    names: list[str]
    channels: list[str]
    families: list[str]
    numerator: Array
    denominator: Array
    is_shared: NDArray[np.bool_]
    days: Numbers


def contrast_of(facts: Facts, better: int) -> Contrast:
    """The contrast over all rows."""
    rows, short = class_rows(facts)
    if rows is None:
        return Contrast(note="no channel is shared or single-owned in this view", left_out=short)
    found = contrast(rows.names, rows.numerator, rows.denominator, rows.families, rows.is_shared, rows.days, better)
    found.left_out.update(short)
    return found


def in_groups(facts: Facts, better: int, group_of: Mapping[str, str]) -> list[InGroup]:
    """The contrast inside each group of channels, best first. group_of: channel -> group."""
    rows, _ = class_rows(facts)
    if rows is None or better == 0:
        return []
    thin = contrast(rows.names, rows.numerator, rows.denominator, rows.families, rows.is_shared, rows.days, better).left_out
    kept = [place for place, name in enumerate(rows.names) if name not in thin]
    if not kept:
        return []
    index, _ = mix_adjusted(rows.numerator[kept], rows.denominator[kept])
    told = np.isfinite(index) & (index > 0)
    kept = [place for place, is_told in zip(kept, told, strict=True) if is_told]
    groups = [group_of.get(rows.channels[place], "") for place in kept]
    return by_group(better * np.log(index[told]), rows.is_shared[kept], [rows.families[place] for place in kept], groups)


def class_rows(facts: Facts) -> tuple[ClassRows | None, dict[str, str]]:
    """The sample, or None where no channel has a class; and channels with a spell that is too short."""
    row_of, short = _rows_by_class(facts)
    row = row_of[facts.channel, facts.day] if len(facts.day) else facts.day
    blocks = -(-facts.days // BLOCK_DAYS) or 1
    inside = row >= 0
    if not inside.any():
        return None, short
    used, number = np.unique(row[inside], return_inverse=True)
    column = facts.stratum[inside] * blocks + facts.day[inside] // BLOCK_DAYS
    width = facts.strata * blocks
    key = number * width + column
    n, d = (facts.grouped(key, part[inside], len(used), width) for part in (facts.numerator, facts.denominator))
    days = np.array([int((facts.observed & (row_of == r)).sum()) for r in used])
    twice = {int(r) // 2 for r in used if r ^ 1 in set(used.tolist())}
    names = [facts.channels[r // 2] + (f" ({'shared' if r % 2 else 'single'})" if r // 2 in twice else "") for r in used.tolist()]
    channels, families = [facts.channels[r // 2] for r in used], [facts.families[r // 2] for r in used]
    return ClassRows(names, channels, families, n, d, used % 2 == 1, days), short


def contrast_row(metric: str, found: Contrast) -> dict[str, Any]:
    """A contrast as a row of the answer."""
    row = asdict(found) | {"metric": metric, "families_left_out": ";".join(found.families_left_out)}
    return {name: row[name] for name in CONTRAST.split()}


def _rows_by_class(facts: Facts) -> tuple[Numbers, dict[str, str]]:
    """2 x channel, + 1 while shared; -1 on days of neither class or of a spell under 28 days."""
    place = np.arange(len(facts.channels))[:, None] * 2
    row_of = np.where(facts.tags == SHARED, place + 1, np.where(np.isin(facts.tags, SINGLE), place, -1)).astype(np.int64)
    short: dict[str, str] = {}
    for channel, of_channel in enumerate(row_of):
        edges = np.flatnonzero(np.diff(of_channel)) + 1
        for first, last in zip([0, *edges], [*edges, facts.days], strict=True):
            if of_channel[first] >= 0 and last - first < MIN_DAYS and (first > 0 or last < facts.days):
                of_channel[first:last] = -1
                short[facts.channels[channel]] = f"a spell of under {MIN_DAYS} days"
    return row_of, short


def ranking_rows(facts: Facts, metric: str, better: int) -> list[dict[str, Any]]:
    """Channels on the common mix, best first, with the tag of their last day."""
    if facts.days < MIN_DAYS or better == 0:
        return []
    n, e = (_weeks(part) for part in facts.on_the_common_mix())
    rate = max(n.sum() / max(e.sum(), 1e-12), 1e-12)
    with np.errstate(divide="ignore"):
        weekly = np.where((e > 0) & (n >= 0), np.log((np.maximum(n, 0) + 0.5) / (e + 0.5 / rate)), np.nan)
    place = {name: row for row, name in enumerate(facts.channels)}
    return [
        {
            "channel": one.name, "tag": facts.tags[place[one.name], -1] or None, "family": facts.families[place[one.name]], "metric": metric,
            "index": one.index, "low": one.low, "high": one.high, "p_best": one.p_best,
        }
        for one in ranking(list(facts.channels), weekly, better)
    ]  # fmt: skip


def _weeks(daily: Array) -> Array:
    """Sums of whole weeks that end with the last day."""
    whole = daily[:, daily.shape[1] % 7 :]
    return np.asarray(whole.reshape(len(whole), -1, 7).sum(axis=2))


# --- before and after ---------------------------------------------------------------------------


def handover_rows(facts: Facts, metric: str, better: int, *, is_sum: bool = False) -> list[dict[str, Any]]:
    """One row per hand-over and one, with channel None, for their mean."""
    found = handovers(*weighed(facts, is_sum=is_sum), switches_of(facts.tags), better or 1)
    return [_handover_row(facts, metric, one) for one in found]


def weighed(facts: Facts, *, is_sum: bool) -> tuple[Array, Array]:
    """Numerator and what it is held against: the denominator on the common mix, or the days observed."""
    return (np.nan_to_num(facts.volume), facts.observed.astype(float)) if is_sum else facts.on_the_common_mix()


def _handover_row(facts: Facts, metric: str, found: Handover) -> dict[str, Any]:
    switch = found.switch
    about: dict[str, Any] = {"channel": None, "day": None, "from_tag": None, "to_tag": None}
    if switch:
        about = {"channel": facts.channels[switch.row], "day": facts.date(switch.day), "from_tag": switch.from_tag, "to_tag": switch.to_tag}
    row = asdict(found) | about | {"metric": metric}
    return {name: row[name] for name in HANDOVERS.split()}


def incident_table(conversions: Facts, revenue: Facts, incidents: pd.DataFrame) -> pd.DataFrame:
    """What each incident cost each channel that it hit; an incident without an end still runs.

    incidents: incident, channel, started_at, resolved_at.
    """
    windows = {measured: _windows(measured, incidents) for measured in (conversions, revenue)}
    hits = {measured: _hit(measured, incidents, windows[measured]) for measured in windows}
    rows = []
    for number, told in enumerate(incidents.itertuples()):
        lost = [_loss(measured, hits[measured], str(told.channel), windows[measured][number]) for measured in (conversions, revenue)]
        row: dict[str, Any] = {"incident": told.incident, "channel": told.channel, "started_at": told.started_at, "resolved_at": told.resolved_at}
        for name, found in zip(("lost_conversions", "lost_revenue"), lost, strict=True):
            row |= {name: found.lost, f"{name}_low": found.low, f"{name}_high": found.high}
        said = lost[0] if lost[0].lost is not None or lost[1].lost is None else lost[1]
        rows.append(row | {"verdict": said.verdict, "compared_with": said.compared_with, "note": said.note})
    return _frame(rows, INCIDENTS)


def without_loss(incidents: pd.DataFrame) -> pd.DataFrame:
    """Incidents of which nothing can be said, with the reason that each has as its `note`."""
    nothing = asdict(Loss())
    return incidents.assign(**{name: nothing.get(name) for name in INCIDENTS.split() if name not in incidents})[INCIDENTS.split()]


def _windows(facts: Facts, incidents: pd.DataFrame) -> list[tuple[int, int]]:
    """First and last day of each incident; one that ends at midnight did not touch the next day."""
    starts = pd.to_datetime(incidents["started_at"])
    ends = pd.to_datetime(incidents["resolved_at"])
    first = (starts.dt.normalize() - facts.date(0)).dt.days
    last = ((ends - pd.Timedelta(microseconds=1)).dt.normalize() - facts.date(0)).dt.days
    return [
        (int(a) if pd.notna(a) else -1, max(int(a), int(b)) if pd.notna(b) and pd.notna(a) else facts.days - 1)
        for a, b in zip(first, last, strict=True)
    ]


def _hit(facts: Facts, incidents: pd.DataFrame, windows: list[tuple[int, int]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    hit = np.zeros((len(facts.channels), facts.days), bool)
    place = {name: row for row, name in enumerate(facts.channels)}
    for channel, (first, last) in zip(incidents["channel"], windows, strict=True):
        if channel in place:
            hit[place[channel], max(first, 0) : last + 1] = True
    return hit


def _loss(facts: Facts, hit: np.ndarray[Any, np.dtype[np.bool_]], channel: str, window: tuple[int, int]) -> Loss:
    if channel not in facts.channels:
        return Loss(note="nothing was measured on this channel")
    return incident_loss(facts.volume, hit, facts.channels.index(channel), *window)


def slow_web_table(conversions: Facts, loads: Facts) -> pd.DataFrame:
    """Fast pages and conversion rate: one row.

    conversions: conversions over sessions; loads: good loads over all loads.
    """
    both = [name for name in conversions.channels if name in loads.channels]
    first = max(conversions.first_day, loads.first_day)
    last = min(conversions.first_day + conversions.days, loads.first_day + loads.days)
    length = max(0, int((last - first).astype(int)))

    def cut(facts: Facts, values: Array) -> Array:
        start = int((first - facts.first_day).astype(int))
        return values[[facts.channels.index(name) for name in both], start : start + length]

    found = slow_web(
        cut(conversions, conversions.volume), cut(conversions, conversions.base), cut(loads, loads.volume), cut(loads, loads.base)
    )
    row = asdict(found)
    return _frame([{name: row[name] for name in SLOW_WEB.split()}], SLOW_WEB)


# --- day by day ---------------------------------------------------------------------------------


def anomaly_rows(facts: Facts, metric: str, *, is_sum: bool = True, lumps: bool = False) -> list[dict[str, Any]]:
    """Days that stand out, with what was expected; channel None where the whole site moved."""
    found = anomalies(facts.volume, None if is_sum else facts.base, lumps=lumps)
    return [
        {
            "day": facts.date(one.day), "channel": None if one.row is None else facts.channels[one.row], "metric": metric,
            "value": one.value, "expected": one.expected, "z": one.z, "site_wide": one.site_wide,
        }
        for one in found.anomalies
    ]  # fmt: skip


def pacing_rows(facts: Facts, metric: str, today: pd.Timestamp, targets: Mapping[str, float], better: int = 1) -> list[dict[str, Any]]:
    """Where each channel's month of `today` will end. targets: channel -> the month's; where less is better, a hit is to stay below."""
    month = today.replace(day=1)
    length, days_in = int(today.days_in_month), int(today.day)
    series = _up_to(facts, today)
    rows = []
    for row, channel in enumerate(facts.channels):
        found = pace(series[row], days_in, length - days_in, targets.get(channel))
        if better < 0 and found.p_hit is not None:
            found = replace(found, p_hit=1 - found.p_hit)
        rows.append({name: value for name, value in asdict(found).items() if name in PACING.split()} | {"channel": channel, "month": month, "metric": metric})
    return rows


def _up_to(facts: Facts, today: pd.Timestamp) -> Array:
    """Daily sums with the days that are missing up to today."""
    missing = int((today - facts.date(0)).days) + 1 - facts.days
    if missing <= 0:
        return facts.volume[:, : facts.days + missing]
    return np.concatenate([facts.volume, np.full((len(facts.channels), missing), np.nan)], axis=1)
