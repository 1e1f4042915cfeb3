"""What a channel loses below a named benchmark: rates tested one by one, the loss split exactly.

The chain of a channel, such as sessions x conversion rate x order value, multiplies up to its
revenue. A rate of the chain counts as below its benchmark only if the upper limit of its Wilson
95 % interval is. The loss is the chain's revenue at the benchmark less the revenue there was, split
over the rates by log-mean weights, which add up exactly. A rate that is no link of the chain, or is
not below, has no price.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from commonground.catalogue import catalogue
from commonground.questions import ownership, performance
from commonground.scope import Scope
from commonground.store import Generation

CHAINS = (
    ("sends", "deliveries", "opens", "clicks", "sessions", "conversions"),
    ("impressions", "clicks", "sessions", "conversions"),
)
"""Each count follows from the one before; the first chain whose first count was observed is the channel's."""
Z = 1.959963984540054
"""Standard normal quantile of 0.975: 95 of 100 intervals hold the true rate."""
BENCHMARK_AT_LEAST = 1000
"""A benchmark made of fewer cases (sessions, impressions, ...) would itself be uncertain: none is used."""
COMPARABLE_AT_LEAST = 0.5
"""At least this share of the channel's cases must lie in devices and regions that the benchmark has too."""


class Shortfall(NamedTuple):
    """What a rate below its benchmark is estimated to cost over the days without incident.

    value and benchmark are rates; upper is the Wilson 95 % upper limit of value; loss is money.
    """

    channel: str
    metric: str
    benchmark_name: str
    benchmark: float
    value: float
    upper: float
    loss: float


def shortfalls(generation: Generation, scope: Scope, cells: pd.DataFrame) -> list[Shortfall]:
    """The rates of gap cells whose Wilson upper limit lies below their benchmark.

    cells: channel, metric, primary_gap, since. Days from the gap's first day (or the period's) to
    the period's last, less the days with an incident: their loss stands in a column of its own.
    Benchmark: the channel's own target; else the rate of its family's channels with one accountable
    owner, at this channel's mix of devices and regions; else its own rate in as many days before.
    """
    priceable = {metric for chain in CHAINS for metric in _rates(chain).values()}
    asked = cells[cells["metric"].isin(priceable) & cells["primary_gap"].notna()]
    first, last = pd.Timestamp(str(scope.first_day)), pd.Timestamp(str(scope.last_day))
    since = pd.to_datetime(asked["since"])
    asked = asked.assign(starts=since.where(since > first, first))
    asked = asked[asked["starts"] <= last]
    if asked.empty:
        return []
    windows = asked[["channel", "starts"]].drop_duplicates()
    sums = generation.rows(
        "ownership/benchmarks", channels=windows["channel"].tolist(), starts=[day.date() for day in windows["starts"]], last_day=scope.last_day
    )
    families = performance.directory(generation)["family"]
    targets = _targets(generation, last)
    owned = _owned(generation, scope)
    chains = {key: losses(rows, str(families.get(key[0])), targets, owned) for key, rows in sums.groupby(["channel", "starts"])}
    found = [chains.get((c, start), {}).get(m) for c, m, start in zip(asked["channel"], asked["metric"], asked["starts"], strict=True)]
    return [one for one in found if one is not None]


def losses(sums: pd.DataFrame, family: str, targets: Mapping[tuple[str, str], float], owned: Collection[tuple[str, str]]) -> dict[str, Shortfall]:
    """The rates of one channel that are below their benchmark: metric -> its shortfall.

    sums: channel, who (own, peers, before), of_channel, device, region, and the counts of the chains
    with revenue. targets and owned: by (channel, metric).
    """
    own = sums[sums["who"] == "own"]
    totals = own[[*{name for chain in CHAINS for name in chain}, "revenue"]].sum(min_count=1)
    chain = _links(totals)
    if len(chain) < 2 or not totals["revenue"] > 0:
        return {}
    factors = {chain[0]: float(totals[chain[0]])}
    factors |= {later: float(totals[later] / totals[earlier]) for earlier, later in pairwise(chain)}
    factors["revenue"] = float(totals["revenue"] / totals[chain[-1]])
    wanted, found = dict(factors), {}
    for (earlier, later), metric in _rates(chain).items():
        below = _below(sums, earlier, later, metric, family, targets, owned)
        if below is not None:
            wanted[later] = factors[later] * below.benchmark / below.value
            found[metric] = (later, below)
    effects = log_mean_split(wanted, factors)
    return {metric: below._replace(loss=-effects[later]) for metric, (later, below) in found.items()}


def log_mean_split(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What each factor of a product adds to its change from `before` to `after`; all factors > 0.

    effect(x) = L ln(x1 / x0), L = (R1 - R0) / (ln R1 - ln R0), or R0 where both are equal. The
    effects add up to R1 - R0 exactly, in whatever order the factors are taken.
    """
    first, last = float(np.prod(list(before.values()))), float(np.prod(list(after.values())))
    distance = float(np.log(last) - np.log(first))
    mean = first if distance == 0 else (last - first) / distance
    return {name: mean * float(np.log(after[name] / before[name])) for name in before}


def wilson_upper(hits: float, cases: float) -> float:
    """Upper limit of the 95 % interval of a share (Wilson 1927); 1 where there is no case."""
    if cases <= 0:
        return 1.0
    share = hits / cases
    half = Z * math.sqrt(max(share * (1 - share), 0.0) / cases + Z**2 / (4 * cases**2))
    return (share + Z**2 / (2 * cases) + half) / (1 + Z**2 / cases)


def _links(totals: pd.Series) -> list[str]:
    """The counts of the channel's chain that were observed."""
    chain = next((chain for chain in CHAINS if totals[chain[0]] > 0), CHAINS[-1])
    return [name for name in chain if totals[name] > 0]


def _rates(chain: list[str] | tuple[str, ...]) -> dict[tuple[str, str], str]:
    """The metrics that are the ratio of two neighbours of a chain: (denominator, numerator) -> metric."""
    pairs = set(pairwise(chain))
    return {
        (metric.denominator, metric.numerator[0][0]): metric.id
        for metric in catalogue().metrics.values()
        if metric.denominator and len(metric.numerator) == 1 and (metric.denominator, metric.numerator[0][0]) in pairs
    }


def _below(
    sums: pd.DataFrame, earlier: str, later: str, metric: str, family: str,
    targets: Mapping[tuple[str, str], float], owned: Collection[tuple[str, str]],
) -> Shortfall | None:  # fmt: skip
    """One rate against its benchmark, without its loss; None where it may well reach it, or there is none."""
    known = sums[sums[earlier].gt(0) & sums[later].notna()].fillna({"device": "", "region": ""})
    own = known[known["who"] == "own"].groupby(["device", "region"])[[earlier, later]].sum()
    channel = str(sums["channel"].iloc[0])
    target = targets.get((channel, metric))
    if target is not None:
        return _judged(channel, metric, "its target", target, float(own[later].sum()), float(own[earlier].sum()))
    has_owner = known["of_channel"].map(lambda of: (of, metric) in owned)
    for rows, name in (
        (known[(known["who"] == "peers") & has_owner], f"the owned channels of {family}"),
        (known[known["who"] == "before"], "its own days before"),
    ):
        both = own.join(rows.groupby(["device", "region"])[[earlier, later]].sum().add_suffix("_there"), how="inner")
        cases = float(both[earlier].sum())
        if both[f"{earlier}_there"].sum() >= BENCHMARK_AT_LEAST and cases >= COMPARABLE_AT_LEAST * own[earlier].sum():
            benchmark = float((both[earlier] * both[f"{later}_there"] / both[f"{earlier}_there"]).sum()) / cases
            return _judged(channel, metric, name, benchmark, float(both[later].sum()), cases)
    return None


def _judged(channel: str, metric: str, name: str, benchmark: float, hits: float, cases: float) -> Shortfall | None:
    if not 0 < hits <= cases:
        return None
    upper = wilson_upper(hits, cases)
    return Shortfall(channel, metric, name, benchmark, hits / cases, upper, 0.0) if upper < benchmark else None


def _owned(generation: Generation, scope: Scope) -> set[tuple[str, str]]:
    """The cells with one accountable owner, or owned together, on the scope's day."""
    assert scope.as_of
    cells = ownership.cells_on(generation, scope.as_of, scope.known_on)
    cells = cells[cells["state"].isin(["OWNED", "SHARED"])]
    return set(zip(cells["channel"], cells["metric"], strict=True))


def _targets(generation: Generation, day: pd.Timestamp) -> dict[tuple[str, str], float]:
    """(channel, metric) -> its target on a day."""
    rows = generation.rows("loads/table_target")
    rows = rows[(rows["first_day"] <= day) & (rows["last_day"] >= day)]
    return {(str(c), str(m)): float(value) for c, m, value in zip(rows["channel"], rows["metric"], rows["value"], strict=True)}
