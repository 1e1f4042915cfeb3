"""A world whose truth is known: channels, families, devices and regions, days, and what was planted.

Counts come from a rate per channel, stratum and day:

    sessions    ~ negative binomial(volume x mix x weekday x year x walk)
    conversions ~ negative binomial(sessions x rate), rate = family x stratum x channel x class x walk x planted
    revenue     ~ conversions x order value, with a gamma-distributed error
    loads       ~ binomial shares of good page loads, drifting by channel

A walk is an AR(1) in logs. Channels differ for reasons of their own (``channel_sd``), so that days
cannot stand in for channels. With ``mix_tilt`` shared channels sit on the devices, regions and (with
``family_tilt``) in the families that convert best, or worst where it is negative.

The tables are the product's generic ones (day, channel, device, region and measures), so that the
same world can be given to the functions or to the command line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
FIRST_DAY = np.datetime64("2024-01-01")
DEVICES = ("phone", "tablet", "desktop")
REGIONS = ("north", "south")
STRATUM = np.array([0.45, 0.7, 0.8, 1.2, 1.5, 2.3])
"""How well each device x region converts, against the average."""
FAMILIES = ("paid search", "paid social", "display", "e-mail", "affiliate", "organic")
WEEKDAY = np.array([1.08, 1.04, 1.0, 1.02, 1.1, 0.9, 0.86])


@dataclass(frozen=True)
class Recipe:
    """What a world is like. Effects are relative: 0.15 is 15 % more."""

    channels: int = 24
    days: int = 180
    seed: int = 0
    shared_lift: float = 0.0
    mix_tilt: float = 0.0
    family_tilt: float = 0.0
    channel_sd: float = 0.20
    conversions_a_day: float = 60.0
    volume_sd: float = 0.6
    walk_sd: float = 0.05
    walk_memory: float = 0.7
    overdispersion: float = 0.004
    year_swing: float = 0.15
    handovers: int = 0
    handover_lift: float = 0.0
    site_step: float = 0.0
    incidents: int = 0
    incident_loss: float = 0.0
    site_wide_incidents: int = 0
    slow_beta: float | None = None
    anomalies: int = 0
    anomaly_factor: float = 1.0
    gaps: bool = False


@dataclass(frozen=True)
class World:
    """The tables of a world, and its truth."""

    recipe: Recipe
    daily: pd.DataFrame
    channel: pd.DataFrame
    ownership: pd.DataFrame
    incident: pd.DataFrame
    target: pd.DataFrame
    truth: dict[str, Any] = field(default_factory=dict)

    def until(self, day: np.datetime64) -> World:
        """The same world as it was known at the end of a day."""
        return replace(self, daily=self.daily[self.daily["day"] <= pd.Timestamp(day)])


def make(recipe: Recipe) -> World:
    """A world from its recipe; the same recipe gives the same bytes."""
    rng = np.random.default_rng(recipe.seed)
    c, t = recipe.channels, recipe.days
    names = np.array([f"channel {place:02d}" for place in range(c)])
    family = np.arange(c) % max(2, min(len(FAMILIES), c // 4))
    shared = _shared(rng, recipe, family)
    base = _family_rates(family, recipe)
    mix = _mix(rng, recipe, shared)
    own = np.exp(rng.normal(0, recipe.channel_sd, c)) * np.where(shared, 1 + recipe.shared_lift, 1.0)
    day = np.arange(t)
    weekday = WEEKDAY[(day + 0) % 7]
    year = 1 + recipe.year_swing * np.sin(2 * np.pi * (day + rng.uniform(0, 365)) / 365)
    sessions_a_day = recipe.conversions_a_day / 0.03 * np.exp(rng.normal(0, recipe.volume_sd, c) - recipe.volume_sd**2 / 2)
    traffic = sessions_a_day[:, None] * weekday * year * walk(rng, recipe, c, t)
    own_days = walk(rng, recipe, c, t)
    common = np.exp(rng.normal(0, recipe.walk_sd / 2, t))
    effect = own_days * common
    truth: dict[str, Any] = {"shared": dict(zip(names, shared.tolist(), strict=True)), "lift": recipe.shared_lift}
    truth["log_rate"] = np.log(base * own)
    truth["family"] = family
    effect, owners = _handovers(rng, recipe, names, shared, effect, truth)
    good, effect = _slow_web(rng, recipe, effect)
    incident, shock = _incidents(rng, recipe, names, truth)
    shock = shock * _anomalies(rng, recipe, names, shock, truth)
    rate = 0.03 * base[:, None] * own[:, None] * effect
    sessions = _counts(rng, traffic[:, None, :] * mix[:, :, None], recipe.overdispersion)
    lambda_ = sessions * np.minimum(rate[:, None, :] * STRATUM[None, :, None], 0.9)
    noise = rng.gamma(1 / recipe.overdispersion, recipe.overdispersion, (c, 1, t))
    expected = lambda_ * noise
    whole = rng.poisson(expected).astype(float)
    kept = rng.binomial(whole.astype(np.int64), np.broadcast_to(np.minimum(shock, 1)[:, None, :], whole.shape)).astype(float)
    kept += rng.poisson(expected * np.maximum(shock - 1, 0)[:, None, :])
    value = 50 * np.exp(rng.normal(0, 0.2, c))[:, None, None] * rng.gamma(200, 1 / 200, whole.shape)
    _add_losses(incident, names, whole, kept, value, truth)
    usual = 0.03 * (base * own * (mix @ STRATUM) * sessions_a_day)[:, None] * weekday * year * common
    truth["anomalies_in_reach"] = _in_reach(recipe, names, kept.sum(axis=1), usual, mix, truth["anomalies"])
    loads = np.maximum(1, (sessions * 0.5).round())
    lcp = rng.binomial(loads.astype(np.int64), np.broadcast_to(good[:, None, :], loads.shape)).astype(float)
    daily = _long(names, {"sessions": sessions, "conversions": kept, "revenue": (kept * value).round(2), "page_loads": loads, "lcp_good": lcp}, t)
    channel = pd.DataFrame({"channel": names, "kind": "campaign", "family": [FAMILIES[k] for k in family]})
    if recipe.gaps:
        owners = _gaps(rng, recipe, names, truth)
    return World(recipe, daily, channel, owners, incident.drop(columns=["first", "length"]), pd.DataFrame(columns=["channel", "metric", "first_day", "last_day", "value"]), truth)


def walk(rng: np.random.Generator, recipe: Recipe, rows: int, days: int) -> Array:
    """exp of an AR(1) with standard deviation ``walk_sd``: rows x days."""
    memory = recipe.walk_memory
    steps = rng.normal(0, recipe.walk_sd * np.sqrt(1 - memory**2), (rows, days))
    steps[:, 0] /= np.sqrt(1 - memory**2)
    for day in range(1, days):
        steps[:, day] += memory * steps[:, day - 1]
    return np.asarray(np.exp(steps))


def at(day: int) -> pd.Timestamp:
    """The date of a day's number."""
    return pd.Timestamp(FIRST_DAY + day)


def _counts(rng: np.random.Generator, mean: Array, overdispersion: float) -> Array:
    return rng.poisson(mean * rng.gamma(1 / overdispersion, overdispersion, mean.shape)).astype(float)


def _family_rates(family: NDArray[np.int64], recipe: Recipe) -> Array:
    spread = np.linspace(-0.5, 0.5, family.max() + 1)
    return np.asarray(np.exp(spread)[family])


def _shared(rng: np.random.Generator, recipe: Recipe, family: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Half of each family, or more of the families that convert best (``family_tilt`` above 0)."""
    out = np.zeros(len(family), bool)
    groups = family.max() + 1
    for group in range(groups):
        inside = rng.permutation(np.flatnonzero(family == group))
        place = (group - (groups - 1) / 2) / groups
        wanted = round(len(inside) * (0.5 + recipe.family_tilt * place))
        out[inside[: min(max(wanted, 1), len(inside) - 1)]] = True
    return out


def _mix(rng: np.random.Generator, recipe: Recipe, shared: NDArray[np.bool_]) -> Array:
    """Share of each channel's sessions per stratum, tilted towards the strata that convert best."""
    lean = np.where(shared, recipe.mix_tilt, -recipe.mix_tilt)[:, None] * np.log(STRATUM)[None, :]
    weight = np.exp(lean + rng.normal(0, 0.4, (len(shared), len(STRATUM))))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def _handovers(
    rng: np.random.Generator, recipe: Recipe, names: NDArray[np.str_], shared: NDArray[np.bool_], effect: Array, truth: dict[str, Any]
) -> tuple[Array, pd.DataFrame]:
    """Ownership rows; some single-owned channels become shared, and then do better by ``handover_lift``."""
    effect = effect.copy()
    if recipe.site_step:
        effect[:, recipe.days // 2 :] *= 1 + recipe.site_step
    single = rng.permutation(np.flatnonzero(~shared))[: recipe.handovers]
    switched: dict[str, int] = {}
    owner = np.where(shared, "shared", np.where(rng.random(len(names)) < 0.5, "it", "marketing"))
    rows = []
    for place, name in enumerate(names):
        side = str(owner[place])
        if place in single:
            day = int(rng.integers(110, recipe.days - 80))
            switched[str(name)] = day
            effect[place, day:] *= 1 + recipe.handover_lift
            rows.append({"channel": name, "metric": "*", "owner": side, "valid_from": None, "valid_to": at(day)})
            rows.append({"channel": name, "metric": "*", "owner": "shared", "valid_from": at(day), "valid_to": None})
        else:
            rows.append({"channel": name, "metric": "*", "owner": side, "valid_from": None, "valid_to": None})
    truth["handovers"] = switched
    return effect, pd.DataFrame(rows)


def _slow_web(rng: np.random.Generator, recipe: Recipe, effect: Array) -> tuple[Array, Array]:
    """Share of good page loads by channel and day, and its effect on the rate."""
    level = rng.normal(1.1, 0.4, (len(effect), 1))
    moves = np.log(walk(rng, replace(recipe, walk_sd=0.4, walk_memory=0.9), *effect.shape))
    good = 1 / (1 + np.exp(-(level + moves)))
    return good, effect * np.exp((recipe.slow_beta or 0.0) * (good - good.mean()))


def _incidents(rng: np.random.Generator, recipe: Recipe, names: NDArray[np.str_], truth: dict[str, Any]) -> tuple[pd.DataFrame, Array]:
    """Incidents of 1 to 4 days; each takes a share of its channel's conversions (or of all channels')."""
    shock = np.ones((len(names), recipe.days))
    rows = []
    for number in range(recipe.incidents + recipe.site_wide_incidents):
        everywhere = number >= recipe.incidents
        start, length = int(rng.integers(150, recipe.days - 6)), int(rng.integers(1, 5))
        hit = np.arange(len(names)) if everywhere else rng.choice(len(names), 1)
        loss = recipe.incident_loss * rng.uniform(0.7, 1.3)
        shock[hit, start : start + length] *= 1 - loss
        rows += [
            {"incident": f"INC-{number:03d}", "channel": names[place], "started_at": at(start) + pd.Timedelta(hours=1),
             "resolved_at": at(start + length - 1) + pd.Timedelta(hours=23), "first": start, "length": length}
            for place in hit
        ]  # fmt: skip
    columns = ["incident", "channel", "started_at", "resolved_at", "first", "length"]
    return pd.DataFrame(rows, columns=columns), shock


def _add_losses(incident: pd.DataFrame, names: NDArray[np.str_], whole: Array, kept: Array, value: Array, truth: dict[str, Any]) -> None:
    """What each incident truly took, in conversions and in money."""
    place = {str(name): number for number, name in enumerate(names)}
    losses: dict[tuple[str, str], tuple[float, float]] = {}
    for row in incident.itertuples():
        days = slice(row.first, row.first + row.length)
        gone = whole[place[row.channel], :, days] - kept[place[row.channel], :, days]
        losses[row.incident, row.channel] = float(gone.sum()), float((gone * value[place[row.channel], :, days]).sum())
    truth["losses"] = losses


def _anomalies(rng: np.random.Generator, recipe: Recipe, names: NDArray[np.str_], shock: Array, truth: dict[str, Any]) -> Array:
    """Single days on which one channel moves by ``anomaly_factor``; never two within 10 days of it."""
    factor = np.ones_like(shock)
    planted: set[tuple[str, int]] = set()
    while len(planted) < recipe.anomalies:
        row, day = int(rng.integers(len(names))), int(rng.integers(30, recipe.days - 5))
        if (factor[row, max(0, day - 10) : day + 11] == 1).all():
            factor[row, day] = recipe.anomaly_factor
            planted.add((str(names[row]), day))
    truth["anomalies"] = planted
    return factor


def _in_reach(recipe: Recipe, names: NDArray[np.str_], count: Array, usual: Array, mix: Array, planted: set[tuple[str, int]]) -> int:
    """Planted days that lie beyond a z of 4 for somebody who knows what was usual and how far days stray.

    z = 2 (sqrt(n + 3/8) - sqrt(E + 3/8)) / sqrt(1 + phi E); phi adds up both walks, the conversions'
    own noise and that of each stratum's sessions.
    """
    part = mix * STRATUM / (mix @ STRATUM)[:, None]
    phi = 2 * recipe.walk_sd**2 + recipe.overdispersion * (1 + (part**2).sum(axis=1, keepdims=True))
    z = 2 * (np.sqrt(count + 0.375) - np.sqrt(usual + 0.375)) / np.sqrt(1 + phi * usual)
    place = {str(name): row for row, name in enumerate(names)}
    return sum(bool(abs(z[place[name], day]) > 4) for name, day in planted)


def _gaps(rng: np.random.Generator, recipe: Recipe, names: NDArray[np.str_], truth: dict[str, Any]) -> pd.DataFrame:
    """Ownership with days that nobody owns, and days that both sides claim for themselves."""
    rows, spells = [], {}
    for name in names:
        a, b = sorted(rng.choice(np.arange(20, recipe.days - 20), 2, replace=False).tolist())
        sort = str(rng.choice(["unowned", "contested", "none"]))
        first, second = rng.permutation(["it", "marketing"]).tolist()
        if sort == "unowned":
            rows += [(name, first, first, None, at(a)), (name, second, second, at(b), None)]
            spells[str(name)] = ("Unowned", a, b)
        elif sort == "contested":
            rows += [(name, first, first, None, at(b)), (name, second, second, at(a), None)]
            spells[str(name)] = ("Contested", a, b)
        else:
            rows.append((name, first, first, None, None))
    truth["gaps"] = spells
    owned = pd.DataFrame(rows, columns=["channel", "owner", "asserted_by", "valid_from", "valid_to"])
    return owned.assign(metric="*")


def _long(names: NDArray[np.str_], measures: dict[str, Array], days: int) -> pd.DataFrame:
    """Channel x stratum x day arrays as rows."""
    c, s = len(names), len(STRATUM)
    row, stratum, day = (part.ravel() for part in np.meshgrid(np.arange(c), np.arange(s), np.arange(days), indexing="ij"))
    return pd.DataFrame({
        "day": FIRST_DAY.astype("datetime64[s]") + day.astype("timedelta64[D]"),
        "channel": pd.Categorical.from_codes(row, list(names)),
        "device": pd.Categorical.from_codes(stratum // len(REGIONS), list(DEVICES)),
        "region": pd.Categorical.from_codes(stratum % len(REGIONS), list(REGIONS)),
        **{name: values.ravel() for name, values in measures.items()},
    })  # fmt: skip
