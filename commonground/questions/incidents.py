"""Incidents as they were written down: when, how long, how grave, and what was spent on media meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from commonground.questions import performance, question
from commonground.scope import Scope
from commonground.store import Generation


def of_channels(generation: Generation, scope: Scope) -> pd.DataFrame:
    """All incidents of the scope's channels and kinds, on whatever day."""
    rows = generation.rows("loads/table_incident")
    if scope.channels:
        rows = rows[rows["channel"].isin(scope.channels)]
    if scope.kinds:
        rows = rows[rows["channel"].map(performance.directory(generation)["kind"]).isin(scope.kinds)]
    return rows.reset_index(drop=True)


def inside(generation: Generation, scope: Scope) -> pd.DataFrame:
    """The incidents that began in the scope's period on its channels."""
    rows = of_channels(generation, scope)
    first, after = _period(scope)
    return rows[(rows["started_at"] >= first) & (rows["started_at"] < after)].reset_index(drop=True)


def outside(generation: Generation, scope: Scope) -> pd.DataFrame:
    """Those that began before or after all data, with the reason as `note`; only a period that covers all data lists them."""
    rows = of_channels(generation, scope)
    first, after = _period(scope)
    begins, ends = generation.first_day, generation.last_day
    if begins is None or ends is None:
        return rows.assign(note="no day has any data")
    if first > pd.Timestamp(begins) or after <= pd.Timestamp(ends):
        return rows.iloc[:0].assign(note="")
    early, late = rows["started_at"] < first, rows["started_at"] >= after
    return rows.assign(note=np.where(early, "it began before the first day of the data", "it began after the last day of the data"))[early | late]


def _period(scope: Scope) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first moment of the period, and the first after it."""
    assert scope.first_day
    assert scope.last_day
    return pd.Timestamp(scope.first_day), pd.Timestamp(scope.last_day) + pd.Timedelta(days=1)


def listed(generation: Generation, scope: Scope) -> pd.DataFrame:
    """The incidents that the scope asks for, oldest first."""
    if generation.last_day is None:
        return outside(generation, scope).drop(columns="note")
    both = pd.concat([inside(generation, scope), outside(generation, scope).drop(columns="note")])
    return both.sort_values(["started_at", "incident", "channel"], na_position="last").reset_index(drop=True)


@question(
    "incidents",
    "Which incidents were there, and how much was spent on media while they lasted?",
    "incident channel started_at acknowledged_at resolved_at hours severity summary own_spend campaign_spend",
    whole=True,
)
def incidents(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per incident and channel; spend of the channel, and of all campaign channels, on its whole days. Never add rows up."""
    rows = listed(generation, scope)
    hours = (rows["resolved_at"] - rows["started_at"]).dt.total_seconds() / 3600
    return rows.assign(hours=hours, **_spend(generation, scope, rows))


def _spend(generation: Generation, scope: Scope, rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Spend on the days of each incident; missing where no day of it has any. One that is still open runs to the last day of the data."""
    first, last = generation.first_day, generation.last_day
    if first is None or last is None or rows.empty:
        return {name: pd.Series(np.nan, rows.index) for name in ("own_spend", "campaign_spend")}
    bare = replace(scope, first_day=first, last_day=last, compare="none", kinds=(), channels=(), owners=(), campaigns=(), metrics=())
    sums = performance.history(generation, bare, ("spend",))
    own, campaigns = [], []
    for row in rows.itertuples():
        until = pd.Timestamp(last) if pd.isna(row.resolved_at) else row.resolved_at.normalize()
        days = sums[sums["day"].between(row.started_at.normalize(), until)]
        own.append(days.loc[days["channel"] == row.channel, "spend"].sum(min_count=1))
        campaigns.append(days.loc[days["kind"] == "campaign", "spend"].sum(min_count=1))
    return {name: pd.Series(found, rows.index, dtype=float) for name, found in (("own_spend", own), ("campaign_spend", campaigns))}


@question("incident_times", "How long does it take to acknowledge an incident, and to resolve it?", "until incidents median_hours not_yet", whole=True)
def incident_times(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row until acknowledged and one until resolved: the median over incidents (MTTA, MTTR), and how many have no such time.

    An incident on several channels counts once: it begins with the first, is acknowledged with the
    first, and is over with the last of them.
    """
    each = listed(generation, scope).groupby("incident").agg(
        began=("started_at", "min"), acknowledged=("acknowledged_at", "min"), resolved=("resolved_at", "max"),
        is_open=("resolved_at", lambda ends: bool(ends.isna().any())),
    )  # fmt: skip
    each["resolved"] = each["resolved"].mask(each["is_open"].astype(bool))
    return pd.DataFrame([_until(name, (each[name] - each["began"]).dropna(), len(each)) for name in ("acknowledged", "resolved")])


def _until(name: str, took: pd.Series, incidents: int) -> dict[str, Any]:
    hours = took.dt.total_seconds() / 3600
    return {"until": name, "incidents": len(took), "median_hours": hours.median() if len(took) else None, "not_yet": incidents - len(took)}
