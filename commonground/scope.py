"""A scope: which days, which comparison, which channels. Pages and the command line share it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from commonground.catalogue import UnknownNameError, check_metrics

COMPARISONS = {
    "previous": "The period before",
    "last_year": "Same period last year",
    "none": "No comparison",
}
PERIODS = {
    "28d": "Last 28 days",
    "7d": "Last 7 days",
    "90d": "Last 90 days",
    "mtd": "Month to date",
    "qtd": "Quarter to date",
    "fytd": "Fiscal year to date",
    "365d": "Last 365 days",
    "all": "All days",
}
TAGS = ("IT", "Marketing", "Shared", "Contested", "Unowned")
KINDS = ("campaign", "web", "mobile")
WEEKS_A_YEAR = 52
"""Same period last year goes back 52 whole weeks, so that weekdays stay aligned."""


@dataclass(frozen=True)
class Scope:
    """What is looked at. Both days are inclusive; an empty tuple means all."""

    first_day: date | None = None
    last_day: date | None = None
    compare: str = "previous"
    kinds: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    as_of: date | None = None
    known_on: date | None = None
    by: str = "tag"
    grain: str = "day"
    weights: tuple[tuple[str, float], ...] = ()
    """How heavy metrics are within their channel, where not all are equal (1): (metric, weight)."""

    def __post_init__(self) -> None:
        check_metrics((*self.metrics, *(metric for metric, _ in self.weights)))
        if any(not 0 <= weight < float("inf") for _, weight in self.weights):
            raise UnknownNameError("A weight is a number from 0 on: revenue=3 is three times as heavy as the other metrics of a channel.")
        for name, value, known in (
            ("compare", self.compare, COMPARISONS),
            ("by", self.by, ("tag", "channel", "device", "region", "kind", "family")),
            ("grain", self.grain, ("day", "week", "month")),
            *(("owner", owner, TAGS) for owner in self.owners),
            *(("kind", kind, KINDS) for kind in self.kinds),
        ):
            if value not in known:
                raise UnknownNameError(f"{name} cannot be {value!r}; it is one of {', '.join(known)}.")
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise UnknownNameError(f"The period ends ({self.last_day}) before it begins ({self.first_day}).")

    def within(self, first_day: date, last_day: date) -> Scope:
        """The same scope with its open ends closed: the last 28 days of the data, seen today."""
        last = self.last_day or last_day
        first = self.first_day or max(first_day, last - timedelta(days=27))
        return replace(self, first_day=first, last_day=last, as_of=self.as_of or last)

    def before(self) -> tuple[date, date] | None:
        """The days to compare with, or None. The scope must have its days."""
        assert self.first_day
        assert self.last_day
        if self.compare == "none":
            return None
        length = (self.last_day - self.first_day).days + 1
        if self.compare == "last_year":
            back = timedelta(weeks=WEEKS_A_YEAR)
            return self.first_day - back, self.last_day - back
        aligned = -(-length // 7) * 7 if length >= 7 else length
        back = timedelta(days=aligned)
        return self.first_day - back, self.last_day - back

    def unfiltered(self) -> Scope:
        """The same days and comparison over everything."""
        return replace(self, kinds=(), channels=(), campaigns=(), devices=(), regions=(), owners=(), metrics=())

    def filters(self) -> dict[str, Any]:
        """What facts are filtered by; empty lists leave everything in."""
        return {
            "kinds": list(self.kinds),
            "channels": list(self.channels),
            "devices": list(self.devices),
            "regions": list(self.regions),
            "owners": list(self.owners),
        }


def period(name: str, first_day: date, last_day: date, fiscal_start: int = 1) -> tuple[date, date]:
    """The days of a named period; the data's last day counts as today."""
    if name == "all":
        return first_day, last_day
    if name == "mtd":
        return last_day.replace(day=1), last_day
    if name == "qtd":
        return last_day.replace(month=(last_day.month - 1) // 3 * 3 + 1, day=1), last_day
    if name == "fytd":
        year = last_day.year if last_day.month >= fiscal_start else last_day.year - 1
        return date(year, fiscal_start, 1), last_day
    if name not in PERIODS:
        raise UnknownNameError(f"There is no period {name!r}; there are {', '.join(PERIODS)}.")
    return max(first_day, last_day - timedelta(days=int(name[:-1]) - 1)), last_day
