"""Where do shared channels do best? The contrast within each family or kind: a list to rank, not to claim.

A family holds few channels, so how far channels lie apart is learnt from all of them together (pooled
within family and class). Which groups stand out is decided for the whole list at once (Benjamini and
Hochberg 1995), since one in twenty looks clear by chance alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonground.evidence.contrast import MIN_FREEDOM
from commonground.evidence.verdicts import Array, finite, t_quantile, t_share

FALSE_FINDS = 0.05
"""Share of the groups that stand out which may do so by chance alone."""
METHOD = "by group 1"


@dataclass(frozen=True)
class InGroup:
    """Shared against single-owned inside one group, relative (0.12 = 12 % better)."""

    group: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    stands_out: bool = False
    channels_shared: int = 0
    channels_single: int = 0
    note: str = ""
    method: str = METHOD


def by_group(log_index: Array, is_shared: NDArray[np.bool_], family: list[str], group: list[str]) -> list[InGroup]:
    """One finding per group, best first, those without an answer last.

    log_index: one per row (a channel while of one class), sign turned so that more is better. Only
    families with both classes tell a difference; each channel is held against its own family.
    """
    families, groups = np.array(family, dtype=object), np.array(group, dtype=object)
    sd, freedom = _pooled_sd(log_index, is_shared, families)
    found, shares = [], []
    for name in sorted(set(group)):
        here = groups == name
        counts = int((here & is_shared).sum()), int((here & ~is_shared).sum())
        y, x = _within(log_index[here], families[here]), _within(is_shared[here].astype(float), families[here])
        spread = float((x**2).sum())
        if why := _refusal(spread, sd, freedom, counts):
            found.append(InGroup(name, channels_shared=counts[0], channels_single=counts[1], note=why))
            shares.append(1.0)
            continue
        beta, error = float((x * y).sum()) / spread, sd / math.sqrt(spread)
        reach = t_quantile(freedom) * error
        low, lift, high = (finite(math.expm1(beta + side * reach)) for side in (-1, 0, 1))
        found.append(InGroup(name, lift, low, high, False, *counts))
        shares.append(2 * (1 - t_share(freedom, abs(beta) / error)))
    told = [InGroup(**(vars(one) | {"stands_out": out})) for one, out in zip(found, _stand_out(shares), strict=True)]
    return sorted(told, key=lambda one: (one.estimate is None, -(one.estimate or 0.0), one.group))


def _refusal(spread: float, sd: float, freedom: int, counts: tuple[int, int]) -> str:
    if spread <= 1e-12:
        return f"{counts[0]} shared and {counts[1]} single-owned channels, none of both in one family"
    if freedom < MIN_FREEDOM:
        return f"{freedom} degrees of freedom; {MIN_FREEDOM} are needed"
    return "the channels do not vary" if sd <= 1e-12 else ""


def _pooled_sd(y: Array, is_shared: NDArray[np.bool_], families: NDArray[np.object_]) -> tuple[float, int]:
    """How far channels of one family and class lie apart, and from how many that is known."""
    cells = [(families == name) & (is_shared == shared) for name in set(families) for shared in (True, False)]
    cells = [cell for cell in cells if cell.any()]
    freedom = len(y) - len(cells)
    squares = sum(float(((y[cell] - y[cell].mean()) ** 2).sum()) for cell in cells)
    return math.sqrt(squares / freedom) if freedom > 0 else 0.0, freedom


def _within(values: Array, families: NDArray[np.object_]) -> Array:
    out = values.copy()
    for name in set(families):
        out[families == name] -= out[families == name].mean()
    return out


def _stand_out(shares: list[float]) -> list[bool]:
    """The largest k for which the k smallest shares all lie under k / n of the limit."""
    order = np.argsort(shares)
    limits = FALSE_FINDS * np.arange(1, len(shares) + 1) / max(len(shares), 1)
    under = np.flatnonzero(np.array(shares)[order] <= limits)
    chosen = set(order[: under.max() + 1].tolist()) if len(under) else set()
    return [place in chosen for place in range(len(shares))]
