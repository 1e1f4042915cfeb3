"""What a channel loses below a named benchmark: rates tested one by one, the loss split exactly.

The chain of a channel, such as sessions x conversion rate x order value, multiplies up to its
revenue. A rate of the chain counts as below its benchmark only if the upper limit of its Wilson
95 % interval is. The loss is the chain's revenue at the benchmark less the revenue there was, split
over the rates by log-mean weights, which add up exactly. A rate that is no link of the chain, or is
not below, has no price.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

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
COUNTS = tuple(dict.fromkeys(name for chain in CHAINS for name in chain))
Z = 1.959963984540054
"""Standard normal quantile of 0.975: 95 of 100 intervals hold the true rate."""
BENCHMARK_AT_LEAST = 1000
"""A benchmark made of fewer cases (sessions, impressions, ...) would itself be uncertain: none is used."""
COMPARABLE_AT_LEAST = 0.5
"""At least this share of the channel's cases must lie in devices and regions that the benchmark has too."""


Row = dict[str, Any]
Cell = tuple[str, str]
Peers = Mapping[str, list[str]]
Span = tuple[str, date, date]
"""A channel, and its first and last day."""


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


def shortfalls(generation: Generation, scope: Scope, cells: pd.DataFrame, ledger: pd.DataFrame | None = None) -> list[Shortfall]:
    """The rates of gap cells whose Wilson upper limit lies below their benchmark.

    cells: channel, metric, primary_gap, since. Days from the gap's first day (or the period's) to
    the period's last, less the days with an incident: their loss stands in a column of its own.
    Benchmark: the channel's own target; else the rate of its family's channels with one accountable
    owner, at this channel's mix of devices and regions; else its own rate in as many days before.
    ledger: the cells of all channels, whose sums are read at once and kept for every choice of cells.
    """
    asked = _windows(cells, scope)
    if asked.empty:
        return []
    peers = _peers(generation)
    sums = _sums(generation, scope, peers, asked if ledger is None else _windows(ledger, scope))
    families = performance.directory(generation)["family"]
    targets = _targets(generation, pd.Timestamp(str(scope.last_day)))
    owned = _owned(generation, scope)
    chains = {
        window: losses(_compared(scope, peers, sums, *window), str(families.get(window[0])), targets, owned)
        for window in dict.fromkeys(zip(asked["channel"], asked["starts"], strict=True))
    }
    found = [chains[channel, start].get(metric) for channel, start, metric in zip(asked["channel"], asked["starts"], asked["metric"], strict=True)]
    return [one for one in found if one is not None]


def _windows(cells: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """The gap cells that a chain can price, with `starts`: the first day of the gap, or of the period."""
    priceable = {metric for chain in CHAINS for metric in _rates(chain).values()}
    asked = cells[cells["metric"].isin(priceable) & cells["primary_gap"].notna()]
    first, since = pd.Timestamp(str(scope.first_day)), pd.to_datetime(asked["since"])
    starts = since.where(since > first, first).dt.date
    return asked.assign(starts=starts)[(starts <= scope.last_day).to_numpy(bool)]


def _sums(generation: Generation, scope: Scope, peers: Peers, windows: pd.DataFrame) -> dict[Span, list[Row]]:
    """What the windows' channels, their peers, and they themselves before added up to, by device and region."""
    pairs = dict.fromkeys(zip(windows["channel"], windows["starts"], strict=True))
    spans = sorted({span for channel, start in pairs for _, span in _spans(scope, peers, channel, start)})
    channels, firsts, lasts = (list(part) for part in zip(*spans, strict=True))
    rows = generation.rows("ownership/benchmarks", channels=channels, firsts=firsts, lasts=lasts)
    days = zip(rows["channel"], rows["first_day"].dt.date, rows["last_day"].dt.date, strict=True)
    out: dict[Span, list[Row]] = {}
    for span, row in zip(days, rows.fillna({"device": "", "region": ""}).to_dict("records"), strict=True):
        out.setdefault(span, []).append({str(name): value for name, value in row.items()})
    return out


def _peers(generation: Generation) -> Peers:
    """Each channel's like: those of its family and kind, itself among them."""
    known = performance.directory(generation)
    alike = {str(channel): (family, kind) for channel, family, kind in zip(known["channel"], known["family"], known["kind"], strict=True)}
    groups: dict[tuple[str, str], list[str]] = {}
    for channel, group in alike.items():
        groups.setdefault(group, []).append(channel)
    return {channel: groups[group] for channel, group in alike.items()}


def _spans(scope: Scope, peers: Peers, channel: str, start: date) -> list[tuple[str, Span]]:
    """The days that a window is compared over: its own, those of its family's other channels, and as many of its own before."""
    assert scope.last_day
    before = start - (scope.last_day - start) - timedelta(days=1), start - timedelta(days=1)
    others = [("peers", (peer, start, scope.last_day)) for peer in peers.get(channel, ()) if peer != channel]
    return [("own", (channel, start, scope.last_day)), *others, ("before", (channel, *before))]


def _compared(scope: Scope, peers: Peers, sums: Mapping[Span, list[Row]], channel: str, start: date) -> list[Row]:
    """The rows of a window, as `losses` takes them."""
    return [
        row | {"channel": channel, "who": who, "of_channel": span[0]}
        for who, span in _spans(scope, peers, channel, start)
        for row in sums.get(span, [])
    ]


def losses(rows: list[Row], family: str, targets: Mapping[Cell, float], owned: Collection[Cell]) -> dict[str, Shortfall]:
    """The rates of one channel that are below their benchmark: metric -> its shortfall.

    rows: channel, who (own, peers, before), of_channel, device, region, and the counts of the chains
    with revenue; a count that was not observed is nan. targets and owned: by (channel, metric).
    """
    own = [row for row in rows if row["who"] == "own"]
    totals = {name: sum(row[name] for row in own if row[name] > 0) for name in (*COUNTS, "revenue")}
    first = next((chain for chain in CHAINS if totals[chain[0]] > 0), CHAINS[-1])
    chain = [name for name in first if totals[name] > 0]
    if len(chain) < 2 or not totals["revenue"] > 0:
        return {}
    factors = {chain[0]: totals[chain[0]]} | {later: totals[later] / totals[earlier] for earlier, later in pairwise([*chain, "revenue"])}
    wanted, found = dict(factors), {}
    for (earlier, later), metric in _rates(chain).items():
        below = _below(rows, earlier, later, metric, family, targets, owned)
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


def _rates(chain: list[str] | tuple[str, ...]) -> dict[tuple[str, str], str]:
    """The metrics that are the ratio of two neighbours of a chain: (denominator, numerator) -> metric."""
    pairs = set(pairwise(chain))
    return {
        (metric.denominator, metric.numerator[0][0]): metric.id
        for metric in catalogue().metrics.values()
        if metric.denominator and len(metric.numerator) == 1 and (metric.denominator, metric.numerator[0][0]) in pairs
    }


def _below(
    rows: list[Row], earlier: str, later: str, metric: str, family: str, targets: Mapping[Cell, float], owned: Collection[Cell]
) -> Shortfall | None:
    """One rate against its benchmark, without its loss; None where it may well reach it, or there is none."""
    channel = str(rows[0]["channel"])
    own = _strata((row for row in rows if row["who"] == "own"), earlier, later)
    all_cases = sum(cases for cases, _ in own.values())
    target = targets.get((channel, metric))
    if target is not None:
        return _judged(channel, metric, "its target", target, sum(hits for _, hits in own.values()), all_cases)
    peers = (row for row in rows if row["who"] == "peers" and (row["of_channel"], metric) in owned)
    before = (row for row in rows if row["who"] == "before")
    for compared, name in ((peers, f"the owned channels of {family}"), (before, "its own days before")):
        there = _strata(compared, earlier, later)
        both = [stratum for stratum in own if stratum in there]
        cases = sum(own[stratum][0] for stratum in both)
        if sum(there[stratum][0] for stratum in both) >= BENCHMARK_AT_LEAST and cases >= COMPARABLE_AT_LEAST * all_cases:
            benchmark = sum(own[stratum][0] * there[stratum][1] / there[stratum][0] for stratum in both) / cases
            return _judged(channel, metric, name, benchmark, sum(own[stratum][1] for stratum in both), cases)
    return None


def _strata(rows: Iterable[Row], earlier: str, later: str) -> dict[tuple[str, str], tuple[float, float]]:
    """(device, region) -> cases and hits, of the rows that know both."""
    out: dict[tuple[str, str], tuple[float, float]] = {}
    for row in rows:
        if row[earlier] > 0 and not math.isnan(row[later]):
            cases, hits = out.get((row["device"], row["region"]), (0.0, 0.0))
            out[row["device"], row["region"]] = cases + row[earlier], hits + row[later]
    return out


def _judged(channel: str, metric: str, name: str, benchmark: float, hits: float, cases: float) -> Shortfall | None:
    if not 0 < hits <= cases:
        return None
    upper = wilson_upper(hits, cases)
    return Shortfall(channel, metric, name, benchmark, hits / cases, upper, 0.0) if upper < benchmark else None


def _owned(generation: Generation, scope: Scope) -> set[Cell]:
    """The cells with one accountable owner, or owned together, on the scope's day."""
    assert scope.as_of
    cells = ownership.cells_on(generation, scope.as_of, scope.known_on)
    cells = cells[cells["state"].isin(["OWNED", "SHARED"])]
    return set(zip(cells["channel"], cells["metric"], strict=True))


def _targets(generation: Generation, day: pd.Timestamp) -> dict[Cell, float]:
    """(channel, metric) -> its target on a day."""
    rows = generation.rows("loads/table_target")
    rows = rows[(rows["first_day"] <= day) & (rows["last_day"] >= day)]
    return {(str(c), str(m)): float(value) for c, m, value in zip(rows["channel"], rows["metric"], rows["value"], strict=True)}
