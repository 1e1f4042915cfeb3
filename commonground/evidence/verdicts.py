"""What a finding may be called, and the few statistics that all findings share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

Array = NDArray[np.float64]
CLEAR = "clear"
UNCLEAR = "no clear difference"
TOO_LITTLE = "not enough data"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What every method tells beside its figure: the 95 % range, a verdict (None: there is nothing to judge), days looked at, and why.

    method: its name and version.
    """

    low: float | None = None
    high: float | None = None
    verdict: str | None = TOO_LITTLE
    days: int = 0
    note: str = ""
    method: str


def verdict(low: float, high: float) -> str:
    """Clear where the range leaves 0 out."""
    return CLEAR if low > 0 or high < 0 else UNCLEAR


def t_quantile(freedom: float, share: float = 0.975) -> float:
    """Quantile of Student's t; the normal's from about 1000 degrees of freedom on."""
    return float(stdtrit(max(freedom, 1.0), share))


def t_share(freedom: float, value: float) -> float:
    """Probability that Student's t lies below a value."""
    return float(stdtr(max(freedom, 1.0), value))


def finite(value: float) -> float | None:
    """The number, or None where there is none: nan and inf never leave this package."""
    return float(value) if math.isfinite(value) else None


def rms(values: Array) -> float:
    """Root of the mean square, without the missing ones."""
    kept = values[np.isfinite(values)]
    return float(np.sqrt(np.mean(kept**2))) if len(kept) else math.nan
