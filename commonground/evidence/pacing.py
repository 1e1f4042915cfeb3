"""Where will the month end? What is in, and a forecast of the rest with the error it has had before.

Forecast = level of the last 28 days, half of the slope between the last two times 28 days, weekday
index. Its error is measured, not assumed: the same forecast from every earlier day over the same
number of days (rolling origins).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from commonground.evidence.verdicts import (
    CLEAR,
    UNCLEAR,
    Array,
    Finding,
    finite,
    rms,
    t_quantile,
    t_share,
)

LEVEL_DAYS = 28
WEEKDAY_DAYS = 56
SLOPE_SHARE = 0.5
"""Half of the slope: a trend of two months seldom lasts another."""
MIN_DAYS = 120
MIN_ORIGINS = 20
ORIGIN_DAYS = 365
"""Errors of the last year only: older ones belong to another business."""
METHOD = "pacing 2"


@dataclass(frozen=True, kw_only=True)
class Pace(Finding):
    """The whole month: what is in, the forecast with a 95 % range, and the chance to hit the target."""

    to_date: float | None = None
    forecast: float | None = None
    target: float | None = None
    p_hit: float | None = None
    method: str = METHOD


def pace(values: Array, days_in: int, days_left: int, target: float | None = None) -> Pace:
    """values: one sum per day up to today, nan where nothing was observed; days_in of them are the month's.

    The verdict is `clear` where the range leaves the target out, None where there is no target.
    """
    known = np.flatnonzero(np.isfinite(values))
    series = np.nan_to_num(values[known[0] :]) if len(known) else np.array([])
    to_date = float(series[-days_in:].sum()) if days_in and len(series) else 0.0
    thin = Pace(to_date=to_date, target=target, days=len(series))
    if len(series) < MIN_DAYS:
        return replace(thin, note=f"{len(series)} days; {MIN_DAYS} are needed for a forecast")
    if len(known) < 0.9 * len(series):
        return replace(thin, note="over a tenth of the days were not observed")
    if series[-LEVEL_DAYS:].sum() <= 0 or series[-2 * LEVEL_DAYS : -LEVEL_DAYS].sum() <= 0:
        return replace(thin, note="nothing in the last eight weeks to go by")
    if days_left == 0:
        aimed = {"verdict": None} if target is None else {"verdict": CLEAR, "p_hit": float(to_date >= target)}
        return replace(thin, forecast=to_date, low=to_date, high=to_date, note="the month is over", **aimed)
    origins = np.arange(max(2 * LEVEL_DAYS, len(series) - ORIGIN_DAYS), len(series) - days_left + 1)
    if len(origins) < MIN_ORIGINS:
        return replace(thin, note=f"{max(len(origins), 0)} earlier forecasts to learn the error from; {MIN_ORIGINS} are needed")
    foretold = _forecast(series, np.append(origins, len(series)), days_left)
    running = np.concatenate([[0.0], np.cumsum(series)])
    came = running[origins + days_left] - running[origins]
    told = (came > -0.5) & (foretold[:-1] > -0.5)  # refunds may outweigh what a few days brought
    if told.sum() < MIN_ORIGINS:
        return replace(thin, note="refunds outweigh what most windows of its length brought")
    error = rms(np.log((came[told] + 0.5) / (foretold[:-1][told] + 0.5)))
    freedom = max(3.0, int(told.sum()) / days_left - 1)
    return _paced(thin, float(foretold[-1]), error, freedom)


def _paced(thin: Pace, rest: float, error: float, freedom: float) -> Pace:
    reach = t_quantile(freedom) * error
    so_far, target = thin.to_date or 0.0, thin.target
    low, high = (so_far + max(0.0, (rest + 0.5) * math.exp(side * reach) - 0.5) for side in (-1, 1))  # on the scale of the error
    if not all(map(math.isfinite, (rest, low, high))):
        return replace(thin, note="the days before vary too much for a forecast")
    told = replace(thin, forecast=so_far + rest, low=low, high=high)
    if target is None:
        return replace(told, verdict=None, note="no target")
    return replace(told, p_hit=_chance(target - so_far, rest, error, freedom), verdict=UNCLEAR if low <= target <= high else CLEAR)


def _chance(missing: float, rest: float, error: float, freedom: float) -> float | None:
    """Probability that the rest of the month brings what is missing."""
    if missing <= 0:
        return 1.0
    if error <= 0:
        return float(rest >= missing)
    return finite(t_share(freedom, math.log((rest + 0.5) / (missing + 0.5)) / error))


def _forecast(series: Array, origins: NDArray[np.int64], days: int) -> Array:
    """The sum of the `days` days from each origin on, by the days before it."""
    running = np.concatenate([[0.0], np.cumsum(series)])
    late = running[origins] - running[origins - LEVEL_DAYS]
    early = running[origins - LEVEL_DAYS] - running[origins - 2 * LEVEL_DAYS]
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = SLOPE_SHARE * np.nan_to_num(np.log(late / early), posinf=0.0, neginf=0.0) / LEVEL_DAYS
    week = _weekday_index(series, origins)
    ahead = np.arange(days)
    level = late / LEVEL_DAYS
    growth = np.exp(slope[:, None] * (ahead[None, :] + (LEVEL_DAYS + 1) / 2))
    index = np.take_along_axis(week, (origins[:, None] + ahead[None, :]) % 7, axis=1)
    return np.asarray(level * (growth * index).sum(axis=1))


def _weekday_index(series: Array, origins: NDArray[np.int64]) -> Array:
    """Each weekday's share of the 56 days before each origin, times 7: origins x 7."""
    padded = np.concatenate([series, np.zeros(-len(series) % 7)])
    one_hot = (np.arange(len(padded))[None, :] % 7 == np.arange(7)[:, None]) * padded
    running = np.concatenate([np.zeros((7, 1)), np.cumsum(one_hot, axis=1)], axis=1)
    sums = np.maximum(running[:, origins] - running[:, origins - WEEKDAY_DAYS], 0.0).T
    return np.asarray(7 * sums / np.maximum(sums.sum(axis=1, keepdims=True), 1e-12))
