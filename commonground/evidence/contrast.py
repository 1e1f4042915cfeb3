"""Do shared channels do better? One row per channel (or channel spell), adjusted for mix and family."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from commonground.evidence.index import Array, mix_adjusted

MIN_CHANNELS = 3
"""Of each class, in families that hold both."""
MIN_FREEDOM = 5
MIN_DAYS = 28
MIN_EVENTS = 100
NOTICE_POINTS = 0.10
"""The unadjusted figure gets a notice where the adjustment moves it by more, or changes its sign."""
METHOD = "contrast 1"


@dataclass(frozen=True)
class Contrast:
    """Shared against single-owned, relative: 0.12 is 12 % better, whichever way the metric points."""

    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = "not enough data"
    smallest_visible: float | None = None
    unadjusted: float | None = None
    channels_shared: int = 0
    channels_single: int = 0
    days: int = 0
    families_left_out: tuple[str, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)
    note: str = ""
    method: str = METHOD


def contrast(
    names: list[str],
    numerator: Array,
    denominator: Array,
    family: list[str],
    is_shared: NDArray[np.bool_],
    days: NDArray[np.int64],
    better: int,
) -> Contrast:
    """Ordinary least squares of the log index on family and class.

    numerator, denominator: rows x strata; family, is_shared, days: one per row; better: +1 where more
    is better, -1 where less is. Days are not the sample, rows are: the t interval has rows - families
    - classes + 1 degrees of freedom.
    """
    left_out: dict[str, str] = {}
    for place, name in enumerate(names):
        if days[place] < MIN_DAYS:
            left_out[name] = f"under {MIN_DAYS} days"
        elif numerator[place].sum() < MIN_EVENTS:
            left_out[name] = f"under {MIN_EVENTS} events"
    kept = np.array([name not in left_out for name in names], bool)
    raw = _unadjusted(numerator[kept], denominator[kept], is_shared[kept], better)
    groups = np.array(family, dtype=object)
    both = {f for f in set(groups[kept]) if len(set(is_shared[kept & (groups == f)])) == 2}
    alone = tuple(sorted(str(f) for f in set(groups[kept]) - both))
    use = kept & np.isin(groups, list(both))
    shared, single = int((use & is_shared).sum()), int((use & ~is_shared).sum())
    about = {
        "unadjusted": raw, "channels_shared": shared, "channels_single": single, "days": int(days[use].max()) if use.any() else 0,
        "families_left_out": alone, "left_out": left_out,
    }  # fmt: skip
    if better == 0:
        return Contrast(**about, note="neither more nor less of it is better")
    if shared < MIN_CHANNELS or single < MIN_CHANNELS:
        return Contrast(**about, note=f"{shared} shared and {single} single-owned channels stand in families that hold both; {MIN_CHANNELS} of each are needed")
    freedom = shared + single - len(both) - 1
    if freedom < MIN_FREEDOM:
        return Contrast(**about, note=f"{freedom} degrees of freedom; {MIN_FREEDOM} are needed")
    index, _ = mix_adjusted(numerator[use], denominator[use])
    y = better * np.log(index)
    if not np.isfinite(y).all():
        return Contrast(**about, note="a channel has no event on the common mix")
    estimate, error = _within_families(y, groups[use], is_shared[use].astype(float), freedom)
    if error <= 1e-12:
        return Contrast(**about, note="the channels do not vary")
    margin = float(stdtrit(freedom, 0.975)) * error
    visible = (float(stdtrit(freedom, 0.975)) + float(stdtrit(freedom, 0.8))) * error
    low, high, lift = np.expm1(estimate - margin), np.expm1(estimate + margin), float(np.expm1(estimate))
    notice = ""
    if raw is not None and (np.sign(raw) != np.sign(lift) or abs(raw - lift) > NOTICE_POINTS):
        notice = "the adjustment for family, device and region changes the picture: the plain average misleads here"
    verdict = "clear" if low > 0 or high < 0 else "no clear difference"
    return Contrast(lift, float(low), float(high), verdict, float(np.expm1(visible)), **about, note=notice)


def _within_families(y: Array, family: NDArray[np.object_], x: Array, freedom: int) -> tuple[float, float]:
    """The class coefficient and its standard error, families taken out (Frisch, Waugh and Lovell)."""
    y, x = y.copy(), x.copy()
    for name in set(family):
        inside = family == name
        y[inside] -= y[inside].mean()
        x[inside] -= x[inside].mean()
    spread = float((x**2).sum())
    beta = float((x * y).sum() / spread)
    residual = y - beta * x
    return beta, float(np.sqrt((residual**2).sum() / freedom / spread))


def _unadjusted(numerator: Array, denominator: Array, is_shared: NDArray[np.bool_], better: int) -> float | None:
    """Plain ratio of sums, shared over single; None where one side has nothing."""
    parts = [numerator[mask].sum() / denominator[mask].sum() if mask.any() and denominator[mask].sum() > 0 else 0.0 for mask in (is_shared, ~is_shared)]
    if min(parts) <= 0:
        return None
    return float((parts[0] / parts[1]) ** (better or 1) - 1)
