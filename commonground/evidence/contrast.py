"""Do shared channels do better? One row per channel and class, adjusted for mix, month and family."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from commonground.evidence.index import mix_adjusted
from commonground.evidence.verdicts import Array, Finding, finite, t_quantile, verdict

MIN_CHANNELS = 3
"""Of each class, in families that hold both."""
MIN_FREEDOM = 5
MIN_DAYS = 28
MIN_EVENTS = 100
NOTICE_POINTS = 0.10
"""The unadjusted figure gets a notice where the adjustment moves it by more, or changes its sign."""
POWER = 0.80
PERMUTATIONS = 999
NOTICE = "the adjustment for family, device and region changes the picture: the plain average misleads here"
METHOD = "contrast 2"


@dataclass(frozen=True, kw_only=True)
class Contrast(Finding):
    """Shared against single-owned, relative: 0.12 is 12 % better, whichever way the metric points.

    smallest_visible: the difference that would be found in 80 % of cases. p: share of reshuffles of
    the owners within families that differ as much. left_out: channel -> reason.
    """

    estimate: float | None = None
    smallest_visible: float | None = None
    unadjusted: float | None = None
    channels_shared: int = 0
    channels_single: int = 0
    families_left_out: tuple[str, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)
    method: str = METHOD
    p: float | None = None


def contrast(
    names: list[str],
    numerator: Array,
    denominator: Array,
    family: list[str],
    is_shared: NDArray[np.bool_],
    days: NDArray[np.int64],
    better: int,
    seed: int = 0,
) -> Contrast:
    """Ordinary least squares of the log index on family and class.

    numerator, denominator: rows x strata; family, is_shared, days: one per row; better: +1 where more
    is better, -1 where less is. Days are not the sample, rows are: the t interval has rows - families
    - classes + 1 degrees of freedom. Families with one class say nothing about the difference, but
    how far their channels lie apart says how much channels differ anyway.
    """
    left_out = _too_thin(names, numerator, denominator, days)
    kept = np.array([name not in left_out for name in names], bool)
    groups = np.array(family, dtype=object)
    both = [f for f in dict.fromkeys(groups[kept]) if len(set(is_shared[kept & (groups == f)])) == 2]
    informs = kept & np.isin(groups, both)
    found = Contrast(
        unadjusted=_unadjusted(numerator[kept], denominator[kept], is_shared[kept], better),
        channels_shared=int((informs & is_shared).sum()),
        channels_single=int((informs & ~is_shared).sum()),
        days=int(days[informs].max()) if informs.any() else 0,
        families_left_out=tuple(sorted({str(f) for f in groups[kept]} - {str(f) for f in both})),
        left_out=left_out,
    )
    freedom = int(kept.sum()) - len(set(groups[kept])) - 1
    if why := _refusal(found, freedom, better):
        return replace(found, note=why)
    index, _ = mix_adjusted(numerator[kept], denominator[kept])
    y = better * np.log(index)
    if not np.isfinite(y).all():
        return replace(found, note="a channel has no event on the common mix")
    y, x = (_within(part, groups[kept]) for part in (y, is_shared[kept].astype(float)))
    beta, error = _slope(y, x, freedom)
    if error <= 1e-12:
        return replace(found, note="the channels do not vary")
    return _told(found, beta, error, freedom, _share_as_far(y, x, groups[kept], beta, seed))


def _too_thin(names: list[str], numerator: Array, denominator: Array, days: NDArray[np.int64]) -> dict[str, str]:
    out: dict[str, str] = {}
    for place, name in enumerate(names):
        if days[place] < MIN_DAYS:
            out[name] = f"under {MIN_DAYS} days"
        elif numerator[place].sum() < MIN_EVENTS:
            out[name] = f"under {MIN_EVENTS} events"
        elif denominator[place].sum() <= 0:
            out[name] = "nothing to divide by"
    return out


def _refusal(found: Contrast, freedom: int, better: int) -> str:
    """Why there is no answer, or nothing."""
    if better == 0:
        return "neither more nor less of it is better"
    if min(found.channels_shared, found.channels_single) < MIN_CHANNELS:
        return (
            f"{found.channels_shared} shared and {found.channels_single} single-owned channels stand in families that hold both; "
            f"{MIN_CHANNELS} of each are needed"
        )
    return f"{freedom} degrees of freedom; {MIN_FREEDOM} are needed" if freedom < MIN_FREEDOM else ""


def _within(values: Array, family: NDArray[np.object_]) -> Array:
    """Family means taken out (Frisch, Waugh and Lovell)."""
    out = values.copy()
    for name in set(family):
        out[family == name] -= out[family == name].mean()
    return out


def _slope(y: Array, x: Array, freedom: int) -> tuple[float, float]:
    """The class coefficient and its standard error."""
    spread = float((x**2).sum())
    beta = float((x * y).sum()) / spread
    return beta, math.sqrt(float(((y - beta * x) ** 2).sum()) / freedom / spread)


def _share_as_far(y: Array, x: Array, family: NDArray[np.object_], beta: float, seed: int) -> float:
    """Share of reshuffles within families whose coefficient lies as far from 0 (Fisher's exact idea, sampled)."""
    rng = np.random.default_rng(seed)
    score = np.zeros(PERMUTATIONS)
    for name in dict.fromkeys(family):
        of_family = x[family == name]
        order = rng.random((PERMUTATIONS, len(of_family))).argsort(axis=1)
        score += of_family[order] @ y[family == name]
    as_far = np.abs(score) >= abs(beta) * float((x**2).sum()) - 1e-12
    return float((1 + as_far.sum()) / (1 + PERMUTATIONS))


def _told(found: Contrast, beta: float, error: float, freedom: int, p: float) -> Contrast:
    reach = t_quantile(freedom) * error
    low, lift, high = (math.expm1(beta + side * reach) for side in (-1, 0, 1))
    visible = math.expm1((t_quantile(freedom) + t_quantile(freedom, POWER)) * error)
    raw = found.unadjusted
    misleads = raw is not None and (np.sign(raw) != np.sign(lift) or abs(raw - lift) > NOTICE_POINTS)
    return replace(
        found, estimate=lift, low=low, high=finite(high), verdict=verdict(low, high), smallest_visible=finite(visible), p=p,
        note=NOTICE if misleads else "",
    )  # fmt: skip


def _unadjusted(numerator: Array, denominator: Array, is_shared: NDArray[np.bool_], better: int) -> float | None:
    """Plain ratio of sums, shared over single; None where one side has nothing."""
    rates = [numerator[mask].sum() / denominator[mask].sum() if denominator[mask].sum() > 0 else 0.0 for mask in (is_shared, ~is_shared)]
    if min(rates) <= 0:
        return None
    return float((rates[0] / rates[1]) ** (better or 1) - 1)
