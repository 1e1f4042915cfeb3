"""The evidence questions: sums from the file, classes from the ledger, estimates from evidence/.

All of them look at all the data unless a period is given, and at every owner: a comparison of owners
that leaves some of them out would not be one, so owner filters are set aside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from commonground.catalogue import Metric, catalogue
from commonground.evidence import (
    Contrast,
    Facts,
    Handover,
    Watched,
    facts,
    handovers,
    switches_of,
    tables,
    watched,
)
from commonground.questions import incidents, ownership, performance, question
from commonground.scope import Scope
from commonground.store import Generation

WATCHED = ("sessions", "conversions", "revenue")
PACED = ("revenue", "conversions")
"""What is looked at where no metric is named."""
CONTRAST_OF_A_SUM = "a sum has no index: name a ratio"


def rates(scope: Scope, usual: tuple[str, ...] = ("conversion_rate",)) -> list[Metric]:
    """The metrics that the scope names, or the usual ones."""
    return performance.metrics_of(replace(scope, metrics=scope.metrics or usual))


def facts_of(generation: Generation, scope: Scope, metric: Metric, *, by_stratum: bool = True) -> Facts:
    """Sums of a metric's two parts by channel, device x region and day, with the cell's tag on each day.

    A sum has 1 per row as its denominator. Without `by_stratum` devices and regions are added up:
    what looks at days alone needs no more. Kept by generation and period; devices, regions and channels
    are cut out of what is kept, so that the file is read once for all of them.
    """
    narrow = bool(scope.devices or scope.regions)
    fine = by_stratum or narrow
    days = Scope(first_day=scope.first_day, last_day=scope.last_day, as_of=scope.last_day, compare="none")
    kept: Facts = generation.keep(f"facts {days} {metric.id} {fine}", lambda: _facts(generation, days, metric, fine))
    channels = performance.channels_within(generation, scope)
    return kept if channels is None and not narrow else kept.within(scope.devices, scope.regions, channels)


def _facts(generation: Generation, scope: Scope, metric: Metric, by_stratum: bool) -> Facts:
    if by_stratum:
        rows = performance.daily_cut(generation, scope, metric.measures)
    else:
        rows = performance.history(generation, scope, metric.measures).assign(device="-", region="-")
    rows = rows.dropna(subset=list(metric.measures))
    numerator = sum((rows[name] * sign for name, sign in metric.numerator), pd.Series(0.0, rows.index))
    denominator = rows[metric.denominator] if metric.denominator else pd.Series(1.0, rows.index)
    wanted = rows[["day", "channel", "device", "region"]].assign(numerator=numerator, denominator=denominator)
    cells = ownership.all_spells(generation)
    spells = pd.concat([generation.rows("ownership/channel_tags_all"), cells[cells["metric"] == metric.id]])
    return facts(wanted, performance.directory(generation)["family"].to_dict(), spells[["channel", "valid_from", "valid_to", "tag"]])


def _sellers(generation: Generation, scope: Scope, metric: Metric, sells: bool) -> Facts:
    """Facts of the selling platforms alone, or of all others: the same order must not stand on both sides."""
    known = performance.directory(generation)
    named = known.index[known["sells"].fillna(False).astype(bool) == sells]
    return facts_of(generation, scope, metric, by_stratum=False).within((), (), frozenset(named))


# --- shared against single-owned --------------------------------------------------------------


def contrast_for(generation: Generation, scope: Scope, metric: Metric) -> Contrast:
    """The contrast with all that it left out and why; pages tell it, `shared_contrast` lists it."""
    if not metric.denominator:
        return Contrast(note=CONTRAST_OF_A_SUM)
    return tables.contrast_of(facts_of(generation, scope, metric), metric.sign)


@question("shared_contrast", "Do shared channels do better than single-owned ones, mix and family taken out?", tables.CONTRAST, whole=True)
def shared_contrast(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per metric."""
    return pd.DataFrame([tables.contrast_row(metric.id, contrast_for(generation, scope, metric)) for metric in rates(scope)])


@question("shared_ranking", "Which channels do best on the common mix?", tables.RANKING, whole=True)
def shared_ranking(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per channel with enough weeks, best first."""
    return _each(scope, tables.RANKING, lambda m: tables.ranking_rows(facts_of(generation, scope, m), m.id, m.sign) if m.denominator else [])


def _each(scope: Scope, columns: str, rows: Callable[[Metric], list[dict[str, Any]]], usual: tuple[str, ...] = ("conversion_rate",)) -> pd.DataFrame:
    return pd.DataFrame([row for metric in rates(scope, usual) for row in rows(metric)], columns=columns.split())


# --- before and after ---------------------------------------------------------------------------


def handovers_for(generation: Generation, scope: Scope, metric: Metric) -> tuple[Facts, list[Handover]]:
    """Each hand-over of the metric's cells and their mean, with the facts that number the channels and days."""
    found = facts_of(generation, scope, metric)
    return found, handovers(*tables.weighed(found, is_sum=not metric.denominator), switches_of(found.tags), metric.sign or 1)


@question("handovers", "Did a hand-over help?", tables.HANDOVERS, whole=True)
def handover_effects(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per hand-over, and one with channel null for their mean; of the conversion rate if no metric is named."""
    return _each(scope, tables.HANDOVERS, lambda m: tables.handover_rows(facts_of(generation, scope, m), m.id, m.sign, is_sum=not m.denominator))


@question("incident_effects", "What did each incident cost?", tables.INCIDENTS, whole=True)
def incident_effects(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per incident and channel. An incident on a selling platform is held against selling platforms alone."""
    found = _losses(generation, scope, incidents.inside(generation, scope)) if generation.last_day else pd.DataFrame(columns=tables.INCIDENTS.split())
    beyond = incidents.outside(generation, scope)
    return _by_start(pd.concat([found, tables.without_loss(beyond)]) if len(beyond) else found)


def _losses(generation: Generation, scope: Scope, hit: pd.DataFrame) -> pd.DataFrame:
    """Losses by incident; the days before a period and the other channels serve as its comparison."""
    wide = replace(scope, first_day=generation.first_day or scope.first_day, channels=(), kinds=())
    sells = hit["channel"].map(performance.directory(generation)["sells"]).fillna(False).astype(bool)
    parts = [
        tables.incident_table(
            _sellers(generation, wide, catalogue()["conversions"], side), _sellers(generation, wide, catalogue()["revenue"], side), hit[sells == side]
        )
        for side in (True, False)
        if (sells == side).any()
    ]
    found = pd.concat(parts) if parts else pd.DataFrame(columns=tables.INCIDENTS.split())
    return _by_start(found)


def _by_start(found: pd.DataFrame) -> pd.DataFrame:
    return found.sort_values(["started_at", "incident", "channel"], na_position="last").reset_index(drop=True)


@question("incident_losses", "How much revenue did incidents cost each channel, overlaps counted once?", "channel sells lost_revenue", whole=True)
def incident_losses(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per channel with a loss whose range leaves 0 out. Where a channel sells, add those that sell alone: what others report is the same revenue.

    Incidents that touch the same day of a channel are merged first, so that no day counts twice.
    """
    clear, known = clear_incident_losses(generation, scope), performance.directory(generation)
    rows = clear.groupby("channel", as_index=False)["lost_revenue"].sum()
    if scope.channels:
        rows = rows[rows["channel"].isin(scope.channels)]
    if scope.kinds:
        rows = rows[rows["channel"].map(known["kind"]).isin(scope.kinds)]
    return rows.assign(sells=rows["channel"].map(known["sells"]).fillna(False).astype(bool))


def clear_incident_losses(generation: Generation, scope: Scope) -> pd.DataFrame:
    """Merged incidents that began in the period and whose lost revenue leaves 0 out: channel, started_at, lost_revenue."""
    known: pd.DataFrame = generation.keep("merged losses", lambda: _merged_losses(generation))
    assert scope.last_day
    inside = known["started_at"].between(pd.Timestamp(scope.first_day), pd.Timestamp(scope.last_day) + pd.Timedelta(days=1), inclusive="left")
    return known.loc[inside & (known["lost_revenue_low"] > 0), ["channel", "started_at", "lost_revenue"]]


def _merged_losses(generation: Generation) -> pd.DataFrame:
    """The losses of all incidents of the file, those that touch the same day of a channel merged."""
    everything = Scope(first_day=generation.first_day, last_day=generation.last_day, compare="none")
    if generation.last_day is None:
        return pd.DataFrame(columns=tables.INCIDENTS.split())
    found = _losses(generation, everything, _merged(incidents.inside(generation, everything), generation.last_day))
    return found.assign(lost_revenue_low=found["lost_revenue_low"].astype(float))


def _merged(hit: pd.DataFrame, last_day: date | None) -> pd.DataFrame:
    """One row per run of days of a channel: 10:00-11:00 and 10:30-11:30 are one incident of 90 minutes."""
    rows: list[dict[str, Any]] = []
    open_ended = pd.Timestamp(last_day) + pd.Timedelta(days=1)
    dated = hit.assign(ends=hit["resolved_at"].fillna(open_ended)).sort_values(["channel", "started_at"])
    for channel, start, end in zip(dated["channel"], dated["started_at"], dated["ends"], strict=True):
        last = rows[-1] if rows else None
        if last and last["channel"] == channel and start.normalize() <= last["resolved_at"].normalize():
            last["resolved_at"] = max(last["resolved_at"], end)
        else:
            rows.append({"incident": f"{channel} {len(rows)}", "channel": channel, "started_at": start, "resolved_at": end})
    return pd.DataFrame(rows, columns=["incident", "channel", "started_at", "resolved_at"])


@question("slow_web", "Do slow pages go with fewer conversions?", tables.SLOW_WEB, whole=True)
def slow_web(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row: log points of conversion rate per whole share of good loads (0.6: ten points go with 6 %). Indicative."""
    return tables.slow_web_table(*(facts_of(generation, scope, catalogue()[m], by_stratum=False) for m in ("conversion_rate", "lcp_good_share")))


# --- day by day ---------------------------------------------------------------------------------


def anomalies_for(generation: Generation, scope: Scope, metric: Metric) -> tuple[Facts, Watched]:
    """What was flagged in all the data, how much was looked at, and what said too little."""
    found = facts_of(generation, _all_days(generation, scope), metric, by_stratum=False)
    return found, watched(found.volume, found.base if metric.denominator else None, lumps=in_lumps(metric))


def in_lumps(metric: Metric) -> bool:
    """Whether it adds up money or time, not events."""
    return any(catalogue()[name].unit != "count" for name, _ in metric.numerator)


@question("anomalies", "Which days were unusual?", tables.ANOMALIES, whole=True)
def anomalies(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per flagged day of the period; what is usual is learnt from all days. Sessions, conversions and revenue if no metric is named."""
    wide = _all_days(generation, scope)
    def rows(metric: Metric) -> list[dict[str, Any]]:
        return tables.anomaly_rows(facts_of(generation, wide, metric, by_stratum=False), metric.id, is_sum=not metric.denominator, lumps=in_lumps(metric))

    found = _each(scope, tables.ANOMALIES, rows, WATCHED)
    return found[pd.to_datetime(found["day"]).between(pd.Timestamp(scope.first_day), pd.Timestamp(scope.last_day))]


def _all_days(generation: Generation, scope: Scope) -> Scope:
    """The same channels over all days: a baseline needs more than a page's 28."""
    return replace(scope, first_day=generation.first_day or scope.first_day, last_day=generation.last_day or scope.last_day)


@question("pacing", "Where will the month end?", tables.PACING, whole=True)
def pacing(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per channel and sum, for the month of the scope's last day; revenue and conversions if none is named.

    A target over other days than the month is spread evenly over its days. Of a ratio no month can be
    added up: it has no row.
    """
    today = pd.Timestamp(scope.last_day)
    past = replace(scope, first_day=generation.first_day or scope.first_day)

    def rows(metric: Metric) -> list[dict[str, Any]]:
        if metric.denominator:
            return []
        return tables.pacing_rows(facts_of(generation, past, metric, by_stratum=False), metric.id, today, month_targets(generation, metric.id, today), metric.sign)

    return _each(scope, tables.PACING, rows, PACED)


def month_targets(generation: Generation, metric: str, today: pd.Timestamp) -> dict[str, float]:
    """Channel -> what the month of `today` should bring; the narrowest target that covers the whole month."""
    month = today.replace(day=1), today + pd.offsets.MonthEnd(0)
    rows = generation.rows("loads/table_target")
    rows = rows[(rows["metric"] == metric) & (rows["first_day"] <= month[0]) & (rows["last_day"] >= month[1])]
    days = (rows["last_day"] - rows["first_day"]).dt.days + 1
    share = rows.assign(days=days, month=rows["value"] * np.minimum(today.days_in_month / days, 1.0))
    narrow = share.sort_values("days", ascending=False)
    return {str(channel): float(value) for channel, value in zip(narrow["channel"], narrow["month"], strict=True)}
