"""The mix-adjusted index: what each channel's rate would be on the common mix.

Iterative proportional fitting of rate(channel, stratum) = a(channel) x b(stratum), the maximum
likelihood of the Poisson log-linear model (Deming and Stephan 1940; Bishop, Fienberg and Holland
1975).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
ROUNDS = 12
"""Enough for three digits on the mixes met in practice; each round halves the error or better."""


def mix_adjusted(numerator: Array, denominator: Array, rounds: int = ROUNDS) -> tuple[Array, Array]:
    """Rates on the common mix, and the strata's factors.

    numerator, denominator: channels x strata, sums, never negative. Returns a (channels; nan where a
    channel has no denominator or no event) and b (strata; its denominator-weighted mean is 1). Empty
    strata keep the factor 1.
    """
    total_n, total_d = numerator.sum(axis=1), denominator.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(total_d > 0, total_n / total_d, 0.0)
        factor = np.ones(denominator.shape[1])
        for _ in range(rounds):
            expected = (rate[:, None] * denominator).sum(axis=0)
            factor = np.where(expected > 0, numerator.sum(axis=0) / expected, 1.0)
            factor = np.where(factor > 0, factor, 1e-9)
            weight = denominator.sum(axis=0)
            if weight.sum() > 0:
                factor = factor / np.average(factor, weights=weight)
            mixed = (denominator * factor).sum(axis=1)
            rate = np.where(mixed > 0, total_n / mixed, 0.0)
    return np.where(rate > 0, rate, np.nan), factor
