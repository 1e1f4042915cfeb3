"""What is unusual? Single days far from a channel's level, weekday and the day of the whole site.

Expected count E = level (29-day running median) + weekday median + common-day median, in logs. Then
z = 2 (sqrt(n + 3/8) - sqrt(E + 3/8)) / sqrt(1 + phi E): Anscombe's transform (1948) with a variance
E + phi E^2, phi from the channel's own median absolute deviation. Residuals of medians peak at 0, so
z is put to scale by its 90th percentile. Control limits after Wheeler's XmR chart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from commonground.evidence.verdicts import Array

LEVEL_DAYS = 29
LEVEL_WEEKS = 9
MIN_DAYS = 60
MIN_WEEKS = 26
MIN_A_DAY = 10.0
MIN_CHANNELS = 4
"""With fewer channels a day's median over them is no common day."""
LIMIT = 4.0
CALM_SD = 2.0
MAD_TO_SD = 1.4826
NORMAL_90 = 1.645
"""The 90th percentile of |z| of a standard normal."""
XMR = 2.66
METHOD = "anomaly 1"


@dataclass(frozen=True)
class Anomaly:
    """A day (number; the first of 7 where weekly) of a channel (row), or of the whole site (row None)."""

    row: int | None
    day: int
    value: float
    expected: float
    z: float
    weekly: bool = False

    @property
    def site_wide(self) -> bool:
        """The whole site moved, not one channel."""
        return self.row is None


@dataclass(frozen=True)
class Limits:
    """Natural process limits of an XmR chart."""

    centre: float
    low: float
    high: float


@dataclass(frozen=True)
class Watched:
    """What was flagged, how much was looked at, and which rows say too little and why."""

    anomalies: tuple[Anomaly, ...]
    channel_days: int
    left_out: dict[int, str]
    method: str = METHOD


def anomalies(values: Array, exposure: Array | None = None) -> Watched:
    """Flag single days. values: channels x days, sums, nan where nothing was observed.

    exposure: denominators of a rate (same shape); E then follows them. Channels with a median of
    under 10 a day are looked at by week.
    """
    counts = np.where(values >= 0, values, np.nan)
    days = np.isfinite(counts).sum(axis=1)
    often = np.array([np.median(row[np.isfinite(row)]) if n else 0.0 for row, n in zip(counts, days, strict=True)])
    left_out = {int(row): f"under {MIN_DAYS} days" for row in np.flatnonzero(days < MIN_DAYS)}
    daily = np.flatnonzero((days >= MIN_DAYS) & (often >= MIN_A_DAY))
    rare = np.flatnonzero((days >= MIN_DAYS) & (often < MIN_A_DAY))
    found = _flag(counts[daily], None if exposure is None else exposure[daily], daily, LEVEL_DAYS, 7)
    looked_at = int(days[daily].sum())
    if len(rare):
        weeks, of_exposure = _by_week(counts[rare]), None if exposure is None else _by_week(exposure[rare])
        enough = (np.isfinite(weeks).sum(axis=1) >= MIN_WEEKS) & (np.nan_to_num(weeks).mean(axis=1) >= MIN_A_DAY)
        left_out |= {int(row): "too few even by week" for row in rare[~enough]}
        shift = counts.shape[1] % 7
        by_week = _flag(weeks[enough], None if of_exposure is None else of_exposure[enough], rare[enough], LEVEL_WEEKS, 1)
        found += [Anomaly(a.row, shift + 7 * a.day, a.value, a.expected, a.z, True) for a in by_week if a.row is not None]
        looked_at += int(days[rare[enough]].sum())
    return Watched(tuple(sorted(found, key=lambda a: (a.day, -1 if a.row is None else a.row))), looked_at, left_out)


def xmr(values: Array) -> Limits | None:
    """Mean +- 2.66 x the mean moving range; None for under two values."""
    kept = values[np.isfinite(values)]
    if len(kept) < 2:
        return None
    centre, reach = float(kept.mean()), XMR * float(np.abs(np.diff(kept)).mean())
    return Limits(centre, centre - reach, centre + reach)


def _by_week(values: Array) -> Array:
    """Sums of whole weeks that end with the last day; nan where a day is missing."""
    whole = values[:, values.shape[1] % 7 :]
    return np.asarray(whole.reshape(len(whole), -1, 7).sum(axis=2))


def _flag(counts: Array, exposure: Array | None, rows: NDArray[np.intp], window: int, season: int) -> list[Anomaly]:
    if not len(counts):
        return []
    seen = np.isfinite(counts)
    if exposure is not None:
        seen &= exposure > 0
    offset = np.zeros_like(counts) if exposure is None else np.log(np.where(seen, exposure, 1.0))
    logs = _filled(np.log(np.where(seen, counts, 1.0) + 0.5) - offset, seen)
    usual = _level(logs, window)
    usual = usual + _weekday(logs - usual, seen, season)
    common = _common_day(logs - usual, seen)
    nearby = _nearby(np.where(seen, logs - usual - common[None, :], 0.0)) if season > 1 else 0.0
    expected = np.exp(usual + common[None, :] + nearby + offset)
    z = _scores(np.where(seen, counts, np.nan), expected)
    found = [
        Anomaly(int(rows[row]), int(day), float(counts[row, day]), float(expected[row, day]), float(z[row, day]))
        for row, day in np.argwhere(np.abs(np.nan_to_num(z)) > LIMIT)
    ]
    return found + _site(counts, np.exp(usual + offset), common, seen)


def _filled(logs: Array, seen: Array) -> Array:
    """Days that were not observed take the value between their neighbours."""
    out = logs.copy()
    for row in np.flatnonzero(~seen.all(axis=1)):
        known = np.flatnonzero(seen[row])
        out[row] = np.interp(np.arange(logs.shape[1]), known, logs[row, known])
    return out


def _level(logs: Array, window: int) -> Array:
    """Running median, centred; at both ends that of the window that just fits."""
    medians = np.median(sliding_window_view(logs, window, axis=1), axis=2)
    half = window // 2
    return np.concatenate([np.repeat(medians[:, :1], half, axis=1), medians, np.repeat(medians[:, -1:], half, axis=1)], axis=1)


def _weekday(residual: Array, seen: Array, season: int) -> Array:
    if season == 1:
        return np.zeros_like(residual)
    out = np.zeros_like(residual)
    for day in range(season):
        here = np.where(seen[:, day::season], residual[:, day::season], np.nan)
        out[:, day::season] = np.nan_to_num(_median(here, axis=1))[:, None]
    return out


def _common_day(residual: Array, seen: Array) -> Array:
    """The median move of all channels on a day; 0 with too few of them."""
    if len(residual) < MIN_CHANNELS:
        return np.zeros(residual.shape[1])
    enough = seen.sum(axis=0) >= MIN_CHANNELS
    return np.where(enough, np.nan_to_num(_median(np.where(seen, residual, np.nan), axis=0)), 0.0)


def _nearby(residual: Array) -> Array:
    """What the days before and after foretell: drifts of a few days are no single unusual day.

    A day's own value has no part in it, and a neighbour counts up to CALM_SD only, so that an unusual
    day does not make its neighbours look unusual.
    """
    sd = MAD_TO_SD * np.median(np.abs(residual), axis=1, keepdims=True)
    calm = np.clip(residual, -CALM_SD * sd, CALM_SD * sd)
    around = np.zeros_like(calm)
    around[:, 1:] += calm[:, :-1] / 2
    around[:, :-1] += calm[:, 1:] / 2
    slope = (around * calm).sum(axis=1, keepdims=True) / np.maximum((around**2).sum(axis=1, keepdims=True), 1e-12)
    return np.asarray(np.clip(slope, 0.0, 1.0) * around)


def _median(values: Array, axis: int) -> Array:
    """Median without the missing; the plain one, several times faster, where none is."""
    if np.isfinite(values).all():
        return np.asarray(np.median(values, axis=axis))
    seen = np.isfinite(values).any(axis=axis)
    out = np.nanmedian(np.where(np.expand_dims(seen, axis), values, 0.0), axis=axis)
    return np.where(seen, out, np.nan)


def _scores(counts: Array, expected: Array) -> Array:
    """z per channel and day, put to scale by the 90th percentile of its size."""
    raw = 2 * (np.sqrt(counts + 0.375) - np.sqrt(expected + 0.375))
    centre = _median(raw, axis=1)[:, None]
    mad = MAD_TO_SD * _median(np.abs(raw - centre), axis=1)
    phi = np.maximum(0.0, (mad**2 - 1) / np.maximum(_median(np.where(np.isfinite(raw), expected, np.nan), axis=1), 1e-9))
    z = raw / np.sqrt(1 + phi[:, None] * expected)
    return z / np.maximum(1.0, _tenth_largest(z) / NORMAL_90)[:, None]


def _tenth_largest(z: Array) -> Array:
    """The 90th percentile of |z| per row."""
    size = np.abs(z)
    if np.isfinite(size).all():
        return np.asarray(np.percentile(size, 90, axis=1))
    return np.asarray(np.nanpercentile(size, 90, axis=1))


def _site(counts: Array, usual: Array, common: Array, seen: Array) -> list[Anomaly]:
    """Days on which most channels moved together, each reported once."""
    sd = MAD_TO_SD * float(np.median(np.abs(common - np.median(common))))
    if not math.isfinite(sd) or sd <= 0:
        return []
    z = common / sd
    z = z / max(1.0, float(np.percentile(np.abs(z), 90)) / NORMAL_90)
    return [
        Anomaly(None, int(day), float(np.where(seen[:, day], counts[:, day], 0).sum()), float(np.where(seen[:, day], usual[:, day], 0).sum()), float(z[day]))
        for day in np.flatnonzero(np.abs(z) > LIMIT)
    ]
