"""What did an incident cost? The days of the incident against what they would have been.

Counterfactual = channels that were not hit x the channel's usual share of them x its weekday; the
error is that of the same forecast over every window of the same length in the clean days before
(placebo windows). A ratio of sums stands in place of a mean of logs, so that days without a
conversion need no patching and the forecast is one of the mean.
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
    rms,
    t_quantile,
)

LEVEL_DAYS = 28
WEEKDAY_DAYS = 56
PLACEBO_DAYS = 200
MIN_PLACEBOS = 20
MIN_USUAL = 3.0
"""Where fewer are usual in as many days, none at all is no rare thing (one case in twenty): nothing could be seen."""
SHRINK = 2.0
"""A weekday seen n times counts n / (n + 2)."""
METHOD = "incident 2"
ALONE = "no comparison group"


@dataclass(frozen=True, kw_only=True)
class Loss(Finding):
    """What was lost over the window (in the unit of the series), with a 95 % range."""

    lost: float | None = None
    compared_with: str = ALONE
    controls: int = 0
    method: str = METHOD


def incident_loss(values: Array, hit: NDArray[np.bool_], row: int, first: int, last: int) -> Loss:
    """The loss of one channel over the days first to last (inclusive).

    values: channels x days, sums, nan where nothing was observed; hit: channels x days, True where an
    incident of any kind stands. Channels that are hit on one of the days are no comparison.
    """
    days = last - first + 1
    if not (0 <= first <= last < values.shape[1]):
        return Loss(note="the incident lies outside the data")
    actual = values[row, first : last + 1]
    clean = np.flatnonzero(~hit[row, :first] & np.isfinite(values[row, :first]))[-(WEEKDAY_DAYS + PLACEBO_DAYS) :]
    if not np.isfinite(actual).all():
        return Loss(days=days, note="days of the incident were not observed")
    if len(clean) < LEVEL_DAYS:
        return Loss(days=days, note=f"{len(clean)} clean days before it; {LEVEL_DAYS} are needed")
    controls = _controls(values, hit, row, clean, first, last)
    used = np.concatenate([clean, np.arange(first, last + 1)])
    beside = values[controls][:, used].sum(axis=0) if controls.any() else np.ones(len(used))
    return _against(values[row, used], beside, used % 7, len(clean), int(controls.sum()))


def _controls(values: Array, hit: NDArray[np.bool_], row: int, clean: NDArray[np.int64], first: int, last: int) -> NDArray[np.bool_]:
    """Channels observed on all the days used and not hit on the days of the incident."""
    needed = np.concatenate([clean, np.arange(first, last + 1)])
    fit: NDArray[np.bool_] = np.asarray(np.isfinite(values[:, needed]).all(axis=1) & ~hit[:, first : last + 1].any(axis=1))
    fit[row] = False
    enough = (values[fit][:, needed].sum(axis=0) > 0).all() if fit.any() else False
    return np.asarray(fit if enough else np.zeros_like(fit))


def _against(series: Array, beside: Array, weekday: NDArray[np.int64], clean: int, controls: int) -> Loss:
    """series, beside, weekday: the clean days, then those of the incident."""
    days = len(series) - clean
    starts = np.arange(LEVEL_DAYS, clean - days + 1)[-PLACEBO_DAYS:]
    thin = Loss(compared_with=f"{controls} channel{'s' if controls > 1 else ''} not hit" if controls else ALONE, controls=controls, days=days)
    if len(starts) < MIN_PLACEBOS:
        return replace(thin, note=f"{max(len(starts), 0)} clean windows of its length before it; {MIN_PLACEBOS} are needed")
    if series[clean - LEVEL_DAYS : clean].mean() * days < MIN_USUAL:
        return replace(thin, note=f"under {MIN_USUAL:.0f} are usual in as many days")
    expected = _forecast(series, beside, weekday, np.append(starts, clean), days)
    happened = _window_sums(series, np.append(starts, clean), days)
    error = np.log((np.maximum(happened, 0) + 0.5) / (np.maximum(expected, 0) + 0.5))[:-1]
    margin = t_quantile(len(starts) / days - 1) * rms(error)
    usual, actual = float(expected[-1]), float(happened[-1])
    low, high = (max(0.0, (usual + 0.5) * math.exp(side * margin) - 0.5) - actual for side in (-1, 1))  # on the scale of the error
    if not all(map(math.isfinite, (usual, low, high))):
        return replace(thin, note="the days before it vary too much")
    rose = "more than usual on these days; an incident is not credited with a rise" if high < 0 else ""
    return replace(thin, lost=usual - actual, low=low, high=high, verdict=CLEAR if low > 0 else UNCLEAR, note=rose)


def _forecast(series: Array, beside: Array, weekday: NDArray[np.int64], starts: NDArray[np.int64], days: int) -> Array:
    """The sum of the `days` days from each start on, as the days before it foretell."""
    one_hot = (weekday[None, :] == np.arange(7)[:, None]).astype(float)
    seen, kept, count = (_running(part) for part in (one_hot * series, one_hot * beside, one_hot))
    long = np.maximum(starts - WEEKDAY_DAYS, 0)
    level = _between(seen, starts - LEVEL_DAYS, starts).sum(axis=0) / _between(kept, starts - LEVEL_DAYS, starts).sum(axis=0)
    usual = _between(seen, long, starts).sum(axis=0) / _between(kept, long, starts).sum(axis=0)
    times = _between(count, long, starts)
    expected = _between(kept, long, starts) * usual
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = np.where((expected > 0) & (times > 0), np.log((_between(seen, long, starts) + 0.5) / (expected + 0.5)) * times / (times + SHRINK), 0.0)
    ahead = np.minimum(starts[:, None] + np.arange(days)[None, :], len(series) - 1)
    factor = np.exp(np.take_along_axis(effect.T, weekday[ahead], axis=1))
    return np.asarray((beside[ahead] * factor).sum(axis=1) * level)


def _running(values: Array) -> Array:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _between(running: Array, first: NDArray[np.int64], last: NDArray[np.int64]) -> Array:
    return np.asarray(running[:, last] - running[:, first])


def _window_sums(series: Array, starts: NDArray[np.int64], days: int) -> Array:
    running = np.concatenate([[0.0], np.cumsum(series)])
    return np.asarray(running[starts + days] - running[starts])
