"""Does a slow web go with fewer conversions? Indicative only: nobody slowed pages at random.

log(conversion rate of channel c on day t) = channel + day + beta x share of good loads + error.
A share of n loads is itself measured with error, which pulls beta towards 0; beta is divided by the
reliability lambda = 1 - sum(p (1 - p) / n) / sum(x within ^ 2) (Fuller 1987, measurement error models).
The standard error leaves out one channel at a time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from commonground.evidence.verdicts import Array, Finding, finite, t_quantile, verdict

MIN_CHANNELS = 4
MIN_DAYS = 28
MIN_RELIABILITY = 0.5
ROUNDS = 20
METHOD = "slow web 1"


@dataclass(frozen=True, kw_only=True)
class SlowWeb(Finding):
    """beta: log points of conversion rate per whole share of good loads; 0.6 x 0.1 = 6 % per 10 points."""

    estimate: float | None = None
    reliability: float | None = None
    channels: int = 0
    method: str = METHOD


def slow_web(conversions: Array, sessions: Array, good: Array, loads: Array) -> SlowWeb:
    """All channels x days, sums; nan or 0 loads or sessions: the day is left out."""
    seen = (sessions > 0) & (loads > 0) & np.isfinite(conversions) & np.isfinite(good)
    rows = seen.sum(axis=1) >= MIN_DAYS
    channels = int(rows.sum())
    found = SlowWeb(channels=channels, days=int(seen[rows].any(axis=0).sum()))
    if channels < MIN_CHANNELS:
        return replace(found, note=f"{channels} channels have {MIN_DAYS} days with page loads and sessions; {MIN_CHANNELS} are needed")
    n, d, g, m, seen = (part[rows] for part in (conversions, sessions, good, loads, seen))
    rate = np.where(seen, n, 0).sum() / np.where(seen, d, 0).sum()
    if rate <= 0:
        return replace(found, note="no conversion on these days")
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(seen, np.log((n + 0.5) / (d + 0.5 / rate)), 0.0)
        share = np.where(seen, g / m, 0.0)
        chance = np.where(seen & (m > 1), share * (1 - share) / (m - 1), 0.0)
    # how much a channel's days say: counting noise falls with its conversions, what moves it otherwise does not
    weight = seen * _weights(y, n, seen)[:, None]
    return _fit(found, y, share, chance, weight)


def _weights(y: Array, conversions: Array, seen: Array) -> Array:
    """One weight per channel: 1 / (its counting variance + the variance that all channels share)."""
    counting = 1 / (np.where(seen, conversions, 0).sum(axis=1) / seen.sum(axis=1) + 0.5)
    residual = _without_means(y, seen.astype(float))
    variance = (residual**2 * seen).sum(axis=1) / seen.sum(axis=1)
    return np.asarray(1 / (counting + max(1e-6, float(np.median(variance - counting)))))


def _fit(found: SlowWeb, y: Array, share: Array, chance: Array, weight: Array) -> SlowWeb:
    beta, reliability = _beta(y, share, chance, weight)
    found, channels = replace(found, reliability=finite(reliability)), found.channels
    if not math.isfinite(reliability):
        return replace(found, note="the share of good loads does not vary")
    if reliability < MIN_RELIABILITY or not math.isfinite(beta):
        return replace(found, note="the share of good loads varies by chance alone: too few loads were measured")
    left_out = [_beta(*(np.delete(part, row, axis=0) for part in (y, share, chance, weight)))[0] for row in range(channels)]
    error = math.sqrt((channels - 1) / channels * float(((np.array(left_out) - np.mean(left_out)) ** 2).sum()))
    margin = t_quantile(channels - 1) * error
    if not math.isfinite(margin):
        return replace(found, note="the channels do not vary enough to tell a range")
    low, high = beta - margin, beta + margin
    return replace(found, estimate=beta, low=low, high=high, verdict=verdict(low, high), note="indicative: nobody slowed pages at random")


def _beta(y: Array, share: Array, chance: Array, weight: Array) -> tuple[float, float]:
    """The slope within channels and days, made good for the error of the share; and its reliability."""
    x, z = _without_means(share, weight), _without_means(y, weight)
    spread = float((weight * x**2).sum())
    if spread <= 1e-12 * max(1.0, float(weight.sum())):
        return math.nan, math.nan
    reliability = 1 - float((weight * chance).sum()) / spread
    return (float((weight * x * z).sum()) / spread / reliability if reliability > 0 else math.nan), reliability


def _without_means(values: Array, weight: Array) -> Array:
    """Weighted channel and day means taken out, in turns until nothing moves."""
    out = values.copy()
    by_row, by_day = (np.maximum(weight.sum(axis=axis, keepdims=True), 1e-12) for axis in (1, 0))
    for _ in range(ROUNDS):
        out -= (weight * out).sum(axis=1, keepdims=True) / by_row
        step = (weight * out).sum(axis=0, keepdims=True) / by_day
        out -= step
        if float(np.abs(step).max()) < 1e-9:
            break
    return np.where(weight > 0, out, 0.0)
