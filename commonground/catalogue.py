"""The catalogue of metrics: what may be added up, what is divided by what, how a value is written.

Everything is read from ``queries/metrics.toml``; an unknown name raises. Division happens here and
nowhere else.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

QUERIES = Path(__file__).resolve().parent.parent / "queries"
DASH = "–"
THIN = "\u202f"
"""Between a figure and its unit: narrow, and no line breaks there."""
MINUS = "\u2212"
TENFOLD = 10
"""From here on a change is written as a multiple: +1219 % says less than ×13."""


class UnknownNameError(ValueError):
    """A metric, question or option that does not exist, said in plain words."""


@dataclass(frozen=True)
class Metric:
    """One metric: a sum of measures, or such a sum divided by another measure's sum."""

    id: str
    label: str
    unit: str
    better: str
    concern: str
    description: str
    numerator: tuple[tuple[str, int], ...]
    denominator: str | None
    scale: float
    overlaps: bool

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that it needs, each once."""
        names = [name for name, _ in self.numerator]
        if self.denominator:
            names.append(self.denominator)
        return tuple(dict.fromkeys(names))

    @property
    def is_rate(self) -> bool:
        """True where a change is told in points rather than in percent."""
        return self.unit in ("percent", "stars")

    @property
    def sign(self) -> int:
        """+1 where more is better, -1 where less is better, 0 where neither is."""
        return {"up": 1, "down": -1, "neither": 0}[self.better]


@dataclass(frozen=True)
class Catalogue:
    """All metrics by id, and the measures (the columns of ``daily``) in their order."""

    metrics: dict[str, Metric]
    measures: tuple[str, ...]

    def __getitem__(self, metric: str) -> Metric:
        if metric not in self.metrics:
            raise UnknownNameError(
                f"There is no metric {metric!r}. The metrics are: {', '.join(self.metrics)}."
            )
        return self.metrics[metric]


@cache
def catalogue() -> Catalogue:
    """The catalogue of ``queries/metrics.toml``."""
    with (QUERIES / "metrics.toml").open("rb") as file:
        text = tomllib.load(file)
    measures = text["measure"]
    metrics: dict[str, Metric] = {}
    for name, entry in measures.items():
        metrics[name] = Metric(
            name,
            entry["label"],
            entry["unit"],
            entry["better"],
            entry["concern"],
            entry["description"],
            ((name, 1),),
            None,
            1.0,
            bool(entry.get("overlaps", False)),
        )
    for name, entry in text["metric"].items():
        numerator = tuple((part.lstrip("-"), -1 if part[0] == "-" else 1) for part in entry["numerator"])
        parts = [part for part, _ in numerator] + [entry["denominator"]]
        for part in parts:
            if part not in measures:
                raise UnknownNameError(f"{name} in metrics.toml names an unknown measure {part!r}.")
        metrics[name] = Metric(
            name,
            entry["label"],
            entry["unit"],
            entry["better"],
            entry["concern"],
            entry["description"],
            numerator,
            entry["denominator"],
            float(entry.get("scale", 1)),
            all(measures[part].get("overlaps", False) for part in parts),
        )
    return Catalogue(metrics, tuple(measures))


def add_up(sums: pd.DataFrame, metric: Metric, by: list[str]) -> pd.DataFrame:
    """Add sums up over groups, then divide: one row per group with numerator, denominator, value.

    ``sums`` holds one column per measure, a ``channel`` and a ``sells`` column, and the columns of
    ``by``. Two rules keep the total honest:

    * a ratio is added over the channels that report all its parts, so that a numerator never
      stands over another channel's denominator;
    * where campaigns and selling platforms report the same people or money (``overlaps``), the
      selling platforms alone are added, if any of them reports it.

    A plain sum has a null denominator. No data is null, never 0.
    """
    parts = sums[list(metric.measures)].to_numpy(float)
    there, channel = ~np.isnan(parts), _codes(sums["channel"])
    taken = _reporting(channel, there)
    if metric.overlaps and "channel" not in by:
        sells = sums["sells"].to_numpy(bool)
        if (taken & sells).any():
            taken = sells & _reporting(channel, there & sells[:, None])
    keys, group = _groups(sums[by], taken)
    parts, there, many = parts[taken], there[taken], int(group.max(initial=-1)) + 1
    if group.size and group.min() < 0:  # a key that is missing belongs to no group
        parts, there, group = parts[group >= 0], there[group >= 0], group[group >= 0]
    added = {
        name: np.where(np.bincount(group, seen, many) > 0, np.bincount(group, np.where(seen, part, 0.0), many), np.nan)
        for name, part, seen in zip(metric.measures, parts.T, there.T, strict=True)
    }
    numerator = np.sum([added[name] * sign for name, sign in metric.numerator], axis=0)
    denominator = added[metric.denominator] if metric.denominator else np.full(many, np.nan)
    value = numerator * metric.scale / np.where(denominator == 0, np.nan, denominator) if metric.denominator else numerator
    return pd.DataFrame({**keys, "numerator": numerator, "denominator": denominator, "value": value})


def _codes(names: pd.Series) -> NDArray[np.intp]:
    """One number a name, 0 and up; -1 where it is missing."""
    if isinstance(names.dtype, pd.CategoricalDtype):
        return np.asarray(names.cat.codes, np.intp)
    return np.asarray(pd.factorize(names)[0], np.intp)


def _reporting(channel: NDArray[np.intp], there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which rows are of channels that report all parts of a metric somewhere; there: row x part."""
    many = int(channel.max(initial=-1)) + 1
    whole = np.ones(many, bool)
    for seen in there.T:
        whole &= np.bincount(channel, seen, many) > 0
    return np.asarray(whole[channel], bool)


def _groups(keys: pd.DataFrame, taken: NDArray[np.bool_]) -> tuple[dict[str, Any], NDArray[np.intp]]:
    """The groups among the taken rows in order of their keys: their keys by name, and each row's group.

    Without keys there is one group; -1 stands for a row one of whose keys is missing.
    """
    group = np.zeros(int(taken.sum()), np.intp)
    values = []
    for name in keys.columns:
        column = keys[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            code, named = _codes(column)[taken], pd.Index(column.cat.categories)
        else:
            code, named = pd.factorize(column[taken], sort=True)
        missing = (code < 0) | (group < 0)
        group = np.where(missing, -1, group * len(named) + code)
        values.append(named)
    seen, group_of = np.unique(group, return_inverse=True)
    without_key = int(seen.size > 0 and seen[0] < 0)
    seen = seen[without_key:]
    told: dict[str, Any] = {}
    rest = seen
    for name, named in zip(reversed(keys.columns), reversed(values), strict=True):
        told[name] = named.take(rest % len(named))
        rest = rest // len(named)
    return dict(reversed(told.items())), group_of - without_key


def change(metric: Metric, value: float | None, previous: float | None) -> float | None:
    """The change against a comparison: a difference for rates, a share of the previous otherwise."""
    if _missing(value) or _missing(previous):
        return None
    if metric.is_rate:
        return value - previous  # type: ignore[operator]
    return None if previous == 0 else value / previous - 1  # type: ignore[operator]


def write(metric: Metric, value: float | None, currency: str = "EUR") -> str:
    """A value as people read it: three significant digits, a narrow space that never breaks before its unit."""
    if _missing(value):
        return DASH
    assert value is not None
    if metric.unit == "percent":
        share = value * 100
        near_whole = abs(share) >= 99 and abs(share) < 100
        return f"{_signed(share, 2 if near_whole or abs(share) < 10 else 1)}{THIN}%"
    if metric.unit == "stars":
        return f"{_signed(value, 2)}{THIN}★"
    if metric.unit == "ratio":
        return _signed(value, 2)
    if metric.unit == "money":
        return f"{money_sign(currency)}{THIN}{compact(value, money=True)}"
    if metric.unit == "ms" and metric.denominator:
        return f"{_signed(value, 0)}{THIN}ms"
    return compact(value)


def write_change(metric: Metric, difference: float | None) -> str:
    """A change as people read it: points for rates, percent for volumes, times from tenfold on."""
    if _missing(difference):
        return DASH
    assert difference is not None
    if metric.unit == "percent":
        return f"{_plus(difference * 100, 2)}{THIN}pt"
    if metric.unit == "stars":
        return f"{_plus(difference, 2)}{THIN}★"
    if difference >= TENFOLD - 1:
        return f"×{compact(round(1 + difference))}"
    return f"{_plus(difference * 100, 1)}{THIN}%"


def money_sign(currency: str) -> str:
    """The sign of a currency, or its code where it has none of its own here."""
    return {"EUR": "€", "USD": "$", "GBP": "£"}.get(currency, currency)


def compact(value: float, *, money: bool = False) -> str:
    """Three significant digits with k, M or bn: 4.31 M, 612 k."""
    size = abs(value)
    for limit, name in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if size >= limit * 0.9995:
            scaled = size / limit
            digits = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
            return f"{_signed(value / limit, digits)}{THIN}{name}"
    digits = 2 if money and size < 100 else 0 if float(value).is_integer() or size >= 100 else 1
    return _signed(value, digits)


def _signed(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace("-", MINUS)


def _plus(value: float, digits: int) -> str:
    text = f"{value:+.{digits}f}"
    return text.replace("-", MINUS) if float(text) else text[1:]


def _missing(value: float | None) -> bool:
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def check_metrics(names: Iterable[str]) -> tuple[str, ...]:
    """The names, if all are metrics; else an error that names the unknown one."""
    known = catalogue()
    return tuple(known[name].id for name in names)
