"""What is unusual? Single days far from a channel's level, weekday and the day of the whole site.

Expected count E = level (29-day running median) + weekday + common day + what the days around foretell,
in logs. z = the count's distance from E on the scale on which a variance E + phi E^2 is 1 (Anscombe
1948): 2 (sqrt(n + 3/8) - sqrt(E + 3/8)) where phi is 0, the difference of inverse hyperbolic sines where
it is not. phi comes from the channel's own median absolute deviation. Residuals of medians peak at 0, so
z is put to scale by its 90th percentile. What is flagged at first is left out, and all of it is done
once more. Control limits after Wheeler's XmR chart.
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
"""Deviations up to which a day counts for its channel's weekday, for the common day and for its neighbours."""
NEAR_DAYS = 3
LENT = 3.0
"""How much all channels together count beside the channel itself where memory is learnt."""
RIDGE = 0.02
MAD_TO_SD = 1.4826
NORMAL_90 = 1.645
"""The 90th percentile of |z| of a standard normal."""
STRAIGHT = 6.0
"""The size of z up to which its lean is made good; beyond, it makes no difference to anybody."""
TENTH_SD = 1.2
"""Standard error of the log of a 90th percentile of |z|, times the root of the days, where days remember each other."""
XMR = 2.66
METHOD = "anomaly 3"


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


def anomalies(values: Array, exposure: Array | None = None, *, lumps: bool = False) -> Watched:
    """Flag single days. values: channels x days, sums, nan where nothing was observed.

    exposure: denominators of a rate (same shape); E then follows them. lumps: a sum of money or time,
    whose events are worth more than 1 each: it is counted in lumps. Channels with a median of under 10
    a day are looked at by week.
    """
    counts = np.where(values >= 0, values, np.nan)
    lump = _lump(counts) if lumps else np.ones(len(counts))
    counts = counts / lump[:, None]
    seen = np.isfinite(counts) if exposure is None else np.isfinite(counts) & (exposure > 0)
    days = seen.sum(axis=1)
    often = np.nan_to_num(_median(np.where(seen, counts, np.nan), axis=1))
    left_out = {int(row): f"under {MIN_DAYS} days" for row in np.flatnonzero(days < MIN_DAYS)}
    daily = np.flatnonzero((days >= MIN_DAYS) & (often >= MIN_A_DAY))
    rare = np.flatnonzero((days >= MIN_DAYS) & (often < MIN_A_DAY))
    found = _flag(counts[daily], None if exposure is None else exposure[daily], daily, LEVEL_DAYS, 7, lump[daily])
    looked_at = int(days[daily].sum())
    if len(rare):
        weeks, of_exposure = _by_week(counts[rare]), None if exposure is None else _by_week(exposure[rare])
        known = np.isfinite(weeks) if of_exposure is None else np.isfinite(weeks) & (of_exposure > 0)
        enough = (known.sum(axis=1) >= MIN_WEEKS) & (np.nan_to_num(weeks).mean(axis=1) >= MIN_A_DAY)
        left_out |= {int(row): "too few even by week" for row in rare[~enough]}
        shift = counts.shape[1] % 7
        by_week = _flag(weeks[enough], None if of_exposure is None else of_exposure[enough], rare[enough], LEVEL_WEEKS, 1, lump[rare[enough]])
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


def _lump(values: Array) -> Array:
    """What one event is worth: variance over mean of days a week apart, per row.

    Larger channels stray for other reasons too, so none is taken to sell in larger lumps than the
    smaller ones do.
    """
    far = 2 * np.sqrt(values[:, 7:]) - 2 * np.sqrt(values[:, :-7]) if values.shape[1] > 7 else np.zeros((len(values), 1))
    square = np.nan_to_num((MAD_TO_SD * _median(np.abs(far), axis=1)) ** 2 / 2)
    some = np.nan_to_num(_median(np.where(values > 0, values, np.nan), axis=1), nan=1.0)
    own = np.where(square > 1e-9, square, np.maximum(some, 1e-9))
    return np.asarray(np.minimum(own, np.quantile(own, 0.25))) if len(own) else own


def _by_week(values: Array) -> Array:
    """Sums of whole weeks that end with the last day; nan where a day is missing."""
    whole = values[:, values.shape[1] % 7 :]
    return np.asarray(whole.reshape(len(whole), -1, 7).sum(axis=2))


def _flag(counts: Array, exposure: Array | None, rows: NDArray[np.intp], window: int, season: int, lump: Array) -> list[Anomaly]:
    if not len(counts):
        return []
    seen = np.isfinite(counts)
    if exposure is not None:
        seen &= exposure > 0
    offset = np.zeros_like(counts) if exposure is None else np.log(np.where(seen, exposure, 1.0))
    logs = _filled(np.log(np.where(seen, counts, 1.0) + 0.5) - offset, seen)
    steady = _steady(logs, seen, window, season)
    usual, common = _usual(logs, steady, seen, season)
    odd = np.abs(_scores(counts, np.exp(usual + offset), seen)) > LIMIT
    if odd.any():  # an unusual day must neither hide behind the spread that it makes itself nor bend what is usual
        logs, again = np.where(odd, usual, logs), odd.any(axis=1)
        steady[again] = _steady(logs[again], seen[again], window, season)
        usual, common = _usual(logs, steady, seen, season)
    expected, alone = np.exp(usual + offset), np.exp(usual - common + offset)
    z, z_alone = _scores(counts, expected, seen & ~odd), _scores(counts, alone, seen & ~odd)
    site = _site(z_alone, seen)
    # on a day of the whole site a channel that did not go along is as usual
    flagged = seen & (np.abs(z) > LIMIT) & ((np.abs(site) <= LIMIT)[None, :] | (np.abs(z_alone) > LIMIT))
    found = [
        Anomaly(int(rows[row]), int(day), float(lump[row] * counts[row, day]), float(lump[row] * expected[row, day]), float(z[row, day]))
        for row, day in np.argwhere(flagged)
    ]
    sums = ((lump[:, None] * np.where(seen, part, 0.0)).sum(axis=0) for part in (counts, alone))
    return found + [
        Anomaly(None, int(day), float(value), float(usually), float(site[day]))
        for day, (value, usually) in enumerate(zip(*sums, strict=True))
        if abs(site[day]) > LIMIT
    ]


def _steady(logs: Array, seen: NDArray[np.bool_], window: int, season: int) -> Array:
    """Level and weekday of each channel by itself."""
    week = _weekday(logs - _level(logs, window), seen, season)
    return week + _level(logs - week, window)


def _usual(logs: Array, steady: Array, seen: NDArray[np.bool_], season: int) -> tuple[Array, Array]:
    """Expected logs, and the part of them that the other channels foretell for a day (both channels x days)."""
    site = _site_day(logs - steady, seen)
    common = _common_day(logs - steady, seen, site)
    # a mean of calm days is surer than the median of as many
    steady = steady + _weekday(_calm(logs - steady - common, seen), seen, season, mean=True)
    rest = np.where(seen, logs - steady - common, 0.0)
    return steady + common + (_nearby(rest) if season > 1 else 0.0), common


def _filled(logs: Array, seen: Array) -> Array:
    """Days that were not observed take the value between their neighbours."""
    out = logs.copy()
    for row in np.flatnonzero(~seen.all(axis=1)):
        known = np.flatnonzero(seen[row])
        out[row] = np.interp(np.arange(logs.shape[1]), known, logs[row, known])
    return out


def _level(logs: Array, window: int) -> Array:
    """Running median, centred; at both ends that of the window that just fits."""
    half = window // 2
    medians = np.empty((len(logs), logs.shape[1] - 2 * half))
    for row, values in enumerate(logs):  # a row's windows fit into the cache, those of all rows do not; the window is odd
        medians[row] = np.partition(sliding_window_view(values, window), half, axis=1)[:, half]
    return np.concatenate([np.repeat(medians[:, :1], half, axis=1), medians, np.repeat(medians[:, -1:], half, axis=1)], axis=1)


def _weekday(residual: Array, seen: NDArray[np.bool_], season: int, *, mean: bool = False) -> Array:
    """The median of each weekday, or its mean, on every day of that weekday."""
    out = np.zeros_like(residual)
    for day in range(season if season > 1 else 0):
        here, there = residual[:, day::season], seen[:, day::season]
        if mean:
            usual = (here * there).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
        else:
            usual = np.nan_to_num(_median(np.where(there, here, np.nan), axis=1))
        out[:, day::season] = usual[:, None]
    return out


def _spread(residual: Array, seen: NDArray[np.bool_]) -> Array:
    """Standard deviation of each row by its median absolute deviation: rows x 1."""
    return np.asarray(MAD_TO_SD * np.nan_to_num(_median(np.where(seen, np.abs(residual), np.nan), axis=1))[:, None])


def _calm(residual: Array, seen: NDArray[np.bool_]) -> Array:
    """Residuals of CALM_SD deviations at most."""
    most = CALM_SD * _spread(residual, seen)
    return np.asarray(np.clip(residual, -most, most))


def _site_day(residual: Array, seen: NDArray[np.bool_]) -> Array:
    """The median over all channels of a day; 0 with too few of them."""
    if len(residual) < MIN_CHANNELS:
        return np.zeros(residual.shape[1])
    enough = seen.sum(axis=0) >= MIN_CHANNELS
    return np.where(enough, np.nan_to_num(_median(np.where(seen, residual, np.nan), axis=0)), 0.0)


def _common_day(residual: Array, seen: NDArray[np.bool_], site: Array) -> Array:
    """The day's median made surer by the mean of the other channels, and drawn towards 0 as far as chance alone explains it.

    A channel's own day has no part in what is common to it: it would take away from its calm days and,
    since a day counts for CALM_SD deviations at most, hardly from its unusual ones. Channels count by
    their precision, none for more than the middle one. A move beyond what chance can do stays whole.
    """
    if len(residual) < MIN_CHANNELS:
        return np.zeros_like(residual)
    apart = residual - site[None, :]
    spread = _spread(apart, seen)
    spread = np.maximum(spread, max(float(np.median(spread)), 1e-9))
    weight = seen / spread**2
    part = weight * np.clip(apart, -CALM_SD * spread, CALM_SD * spread)
    others = np.maximum(weight.sum(axis=0) - weight, 1e-12)
    common = np.where(seen.sum(axis=0) >= MIN_CHANNELS, site + (part.sum(axis=0) - part) / others, 0.0)
    true = 1 - float(np.median(1 / others)) / max((MAD_TO_SD * float(np.median(np.abs(common)))) ** 2, 1e-12)
    beyond = 1 - np.minimum(1.0, 9 / (others * np.maximum(common**2, 1e-12)))
    return np.asarray(common * np.maximum(max(true, 0.0), beyond))


def _nearby(residual: Array) -> Array:
    """What the NEAR_DAYS days before and after foretell: drifts of a few days are no single unusual day.

    A day's own value has no part in it, and a neighbour counts up to CALM_SD only, so that an unusual
    day does not make its neighbours look unusual. How much a day remembers is learnt from the channel
    and, LENT times as much, from all channels. residual: 0 where nothing was observed.
    """
    spread = np.maximum(_spread(residual, residual != 0), 1e-9)
    calm = np.clip(residual / spread, -CALM_SD, CALM_SD)
    around = np.zeros((NEAR_DAYS, *calm.shape))
    for lag in range(1, NEAR_DAYS + 1):
        around[lag - 1, :, lag:] += calm[:, :-lag]
        around[lag - 1, :, :-lag] += calm[:, lag:]
    square = np.einsum("kct,lct->ckl", around, around) / calm.shape[1]
    product = np.einsum("kct,ct->ck", around, calm) / calm.shape[1]
    square, product = ((part + LENT * part.mean(axis=0)) / (1 + LENT) for part in (square, product))
    memory = np.linalg.solve(square + RIDGE * np.eye(NEAR_DAYS), product[..., None])[..., 0]
    return np.asarray(np.einsum("ck,kct->ct", memory, around) * spread)


def _median(values: Array, axis: int) -> Array:
    """Median without the missing; nan where all are."""
    return _quantile(values, 0.5, axis)


def _quantile(values: Array, part: float, axis: int) -> Array:
    """Quantile without the missing, as numpy interpolates it, several times faster; nan where all are missing."""
    ordered = np.sort(values, axis=axis)  # the missing stand last
    at = part * (np.maximum(np.isfinite(values).sum(axis=axis, keepdims=True), 1) - 1)
    low = np.floor(at).astype(np.intp)
    here, after = (np.take_along_axis(ordered, place, axis) for place in (low, np.ceil(at).astype(np.intp)))
    return np.asarray((here + (after - here) * (at - low)).squeeze(axis))


def _scores(counts: Array, expected: Array, calm: NDArray[np.bool_]) -> Array:
    """z per channel and day, put to scale by the 90th percentile of its size on the calm days.

    The root of a small count leans to the left: 3 of 15 are less rare than 27 (Cornish and Fisher 1938
    put it straight). A tenth of the days are few to learn a scale from: where the channels' scales
    differ by no more than that explains, the middle one holds for all.
    """
    seen = np.nan_to_num(counts)
    raw = np.where(calm, 2 * (np.sqrt(seen + 0.375) - np.sqrt(expected + 0.375)), np.nan)
    mad = MAD_TO_SD * _median(np.abs(raw - _median(raw, axis=1)[:, None]), axis=1)
    phi = np.nan_to_num((mad**2 - 1) / np.maximum(_median(np.where(calm, expected, np.nan), axis=1), 1e-9))
    phi = np.clip(phi, 1e-9, 1.0)[:, None]
    z = 2 * np.sqrt(1 / phi - 0.5) * (_stable(seen, phi) - _stable(expected, phi))
    z += expected / (expected + phi * expected**2) ** 1.5 / 12 * (np.minimum(z**2, STRAIGHT**2) - 1)
    tenth = np.maximum(np.nan_to_num(_quantile(np.where(calm, np.abs(z), np.nan), 0.9, axis=1)) / NORMAL_90, 1e-3)
    apart = np.log(tenth / np.median(tenth))
    by_chance = TENTH_SD**2 / np.maximum(calm.sum(axis=1), 1)
    own = max(0.0, float(np.mean(apart**2 - by_chance))) / max(float(np.mean(apart**2)), 1e-12)
    return np.asarray(z / np.maximum(1.0, np.median(tenth) * np.exp(own * apart))[:, None])


def _stable(counts: Array, phi: Array) -> Array:
    """Anscombe's transform of a count with variance E + phi E^2; that of a Poisson count as phi goes to 0."""
    return np.asarray(np.arcsinh(np.sqrt(phi * (counts + 0.375) / (1 - 0.75 * phi))))


def _site(z: Array, seen: NDArray[np.bool_]) -> Array:
    """How far the middle channel lies off on each day, on the scale of all days; 0 with too few channels.

    z: what each channel would say of the day if nothing were known of the others.
    """
    middle = _site_day(z, seen)
    sd = MAD_TO_SD * float(np.median(np.abs(middle - np.median(middle))))
    if not math.isfinite(sd) or sd <= 0:
        return np.zeros_like(middle)
    return np.asarray(middle / sd / max(1.0, float(np.percentile(np.abs(middle), 90)) / sd / NORMAL_90))
