"""Which channels do best on the common mix? A ranking with ranges; kept apart from the contrast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commonground.evidence.index import Array

LAGS = 4
"""Weeks over which a channel's index may remember itself (Newey and West 1987)."""
DRAWS = 4000
MIN_WEEKS = 6


@dataclass(frozen=True)
class Ranked:
    """One channel: index 1 is the average channel; range 95 %; p_best from normal draws."""

    name: str
    index: float
    low: float
    high: float
    p_best: float


def ranking(names: list[str], weekly: Array, better: int, seed: int = 0) -> list[Ranked]:
    """Rank channels by their weekly log indices (channels x weeks; nan where a week has no data).

    Standard errors by Newey-West, then Paule-Mandel empirical-Bayes shrinkage to the mean channel.
    Channels with under six weeks are left out.
    """
    weekly = _without_common_weeks(weekly)
    kept = [row for row in range(len(names)) if np.isfinite(weekly[row]).sum() >= MIN_WEEKS]
    if len(kept) < 2:
        return []
    level = np.array([np.nanmean(weekly[row]) for row in kept])
    error = np.array([_newey_west(weekly[row][np.isfinite(weekly[row])]) for row in kept])
    error = np.maximum(error, 1e-6)
    between = _paule_mandel(level, error)
    weight = 1 / (error**2 + between)
    centre = float((weight * level).sum() / weight.sum())
    keep = between / (between + error**2)
    shrunk, spread = centre + keep * (level - centre), np.sqrt(keep) * error
    draws = np.random.default_rng(seed).normal(shrunk, np.maximum(spread, 1e-9), (DRAWS, len(kept)))
    best = np.bincount((better * draws).argmax(axis=1), minlength=len(kept)) / DRAWS
    found = [
        Ranked(names[row], float(np.exp(m - centre)), float(np.exp(m - centre - 1.96 * s)), float(np.exp(m - centre + 1.96 * s)), float(p))
        for row, m, s, p in zip(kept, shrunk, spread, best, strict=True)
    ]
    return sorted(found, key=lambda one: (-better * one.index, one.name))


def _without_common_weeks(weekly: Array) -> Array:
    """What moves all channels in a week says nothing about which is best: it is taken out."""
    seen = np.isfinite(weekly)
    common = np.where(seen, weekly, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    return np.asarray(weekly - common[None, :])


def _newey_west(values: Array) -> float:
    """Standard error of a mean of autocorrelated values."""
    n = len(values)
    x = values - values.mean()
    variance = float((x**2).sum())
    for lag in range(1, min(LAGS, n - 1) + 1):
        variance += 2 * (1 - lag / (LAGS + 1)) * float((x[lag:] * x[:-lag]).sum())
    return float(np.sqrt(max(variance, 0.0)) / n)


def _paule_mandel(level: Array, error: Array) -> float:
    """The variance between channels that makes the weighted spread what it should be (by bisection)."""

    def excess(variance: float) -> float:
        weight = 1 / (error**2 + variance)
        centre = (weight * level).sum() / weight.sum()
        return float((weight * (level - centre) ** 2).sum() - (len(level) - 1))

    low, high = 0.0, max(1e-6, float(np.var(level)) * 10 + 1e-6)
    if excess(low) <= 0:
        return 0.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return (low + high) / 2
