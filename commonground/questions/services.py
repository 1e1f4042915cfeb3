"""Are services inside their objectives? Error budgets from daily sums (FIELD section 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pandas as pd

from commonground.catalogue import Metric, add_up, catalogue
from commonground.questions import performance, question
from commonground.scope import Scope
from commonground.store import Generation

DEFAULT_WINDOW_DAYS = 28
COLUMNS = ["channel", "metric", "objective", "value", "bad", "budget", "budget_used", "burn", "exhausted_on"]


@question("service_levels", "Are our services inside their objectives?", " ".join(COLUMNS))
def service_levels(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per objective, over its own window up to the scope's last day.

    bad = events that count against it, budget = those that the objective allows, budget_used = bad /
    budget, burn = the share that is bad over the share that may be, exhausted_on = the first day on
    which the window's budget was gone. A mean has an objective but no budget.
    """
    objectives = generation.rows("loads/table_slo")
    if scope.channels:
        objectives = objectives[objectives["channel"].isin(scope.channels)]
    if scope.metrics:
        objectives = objectives[objectives["metric"].isin(scope.metrics)]
    if objectives.empty:
        return pd.DataFrame(columns=COLUMNS)
    assert scope.last_day
    longest = int(objectives["window_days"].fillna(DEFAULT_WINDOW_DAYS).max())
    wide = replace(scope, first_day=scope.last_day - timedelta(days=longest - 1), compare="none", owners=(), metrics=(), kinds=(), channels=())
    sums = performance.daily_sums(generation, wide)
    rows = []
    for row in objectives.itertuples():
        if not pd.isna(row.valid_from) and row.valid_from.date() > scope.last_day:
            continue
        days = int(row.window_days) if not pd.isna(row.window_days) else DEFAULT_WINDOW_DAYS
        start = pd.Timestamp(scope.last_day - timedelta(days=days - 1))
        inside = sums[(sums["channel"] == row.channel) & (sums["day"] >= start)]
        rows.append(_level(row.channel, catalogue()[row.metric], float(row.objective), inside))
    return pd.DataFrame(rows, columns=COLUMNS)


def good_share(metric: Metric, objective: float) -> float:
    """An objective as a share: OpenSLO and others write 0.999, Sloth and Pyrra 99.9."""
    return objective / 100 if metric.unit == "percent" and objective > 1 else objective


def _level(channel: str, metric: Metric, said: float, sums: pd.DataFrame) -> dict[str, object]:
    objective = good_share(metric, said)
    empty = dict.fromkeys(COLUMNS) | {"channel": channel, "metric": metric.id, "objective": objective}
    total = add_up(sums, metric, []) if len(sums) else pd.DataFrame()
    if total.empty:
        return empty
    value = total["value"].iloc[0]
    if metric.unit != "percent" or pd.isna(value):
        return empty | {"value": value}
    days = add_up(sums, metric, ["day"]).sort_values("day")
    good_is_up = metric.better != "down"
    bad = (days["denominator"] - days["numerator"]) if good_is_up else days["numerator"]
    allowed = (1 - objective) if good_is_up else objective
    budget = allowed * days["denominator"].sum()
    gone = days.loc[bad.cumsum() > budget, "day"]
    share_bad = bad.sum() / days["denominator"].sum()
    return empty | {
        "value": value,
        "bad": bad.sum(),
        "budget": budget,
        "budget_used": bad.sum() / budget if budget else None,
        "burn": share_bad / allowed if allowed else None,
        "exhausted_on": gone.iloc[0] if len(gone) else None,
    }


VITALS = ("LCP", "INP", "CLS")


@question("web_vitals", "How fast are our pages, by device?", "vital device good needs_improvement poor page_loads")
def web_vitals(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per Core Web Vital and device: shares of the page loads of channels that report both ends; a vital passes from 0.75 good on."""
    return vitals_of(performance.cut_sums(generation, replace(scope, compare="none")))


def vitals_of(cuts: pd.DataFrame) -> pd.DataFrame:
    """The rows of `web_vitals` from sums by device; only those of now count."""
    now = cuts[cuts["period"] == "now"] if len(cuts) else cuts
    rows: list[dict[str, object]] = []
    for vital in VITALS:
        parts = [f"{vital.lower()}_good", f"{vital.lower()}_poor", "page_loads"]
        seen = now.dropna(subset=[*parts, "device"]) if len(now) else now
        added = seen.groupby("device", observed=True)[parts].sum() if len(seen) else pd.DataFrame(columns=parts)
        for device, (good, poor, loads) in zip(added.index, added.to_numpy(float).tolist(), strict=True):
            if loads > 0:
                needs = max(0.0, 1 - (good + poor) / loads)
                rows.append({"vital": vital, "device": device, "good": good / loads, "needs_improvement": needs, "poor": poor / loads, "page_loads": loads})
    return pd.DataFrame(rows, columns=["vital", "device", "good", "needs_improvement", "poor", "page_loads"])
