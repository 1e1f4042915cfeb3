"""Did a hand-over help? Before against after, less the same for channels that never switched.

A difference in differences on weekly log indices, with placebo hand-overs of the never-switchers as
its null distribution (Abadie, Diamond and Hainmueller 2010 in spirit). Two-way fixed effects with
clustered errors claim falsely in a quarter and more of the worlds without an effect; they are not
used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from commonground.evidence.verdicts import TOO_LITTLE, Array, Finding, finite, t_quantile, verdict

WEEKS_BEFORE = 8
WEEKS_SKIPPED = 2
"""Right after a hand-over people move in; these weeks say little."""
WEEKS_AFTER = 8
MIN_WEEKS_AFTER = 3
PRETREND_WEEKS = 4
MIN_CONTROLS = 4
NOBODYS = ("Unowned", "Contested")
"""Tags of days that no single party answers for."""
METHOD = "handover 2"
MOVING = "was already moving before the hand-over; cannot judge"


@dataclass(frozen=True)
class Switch:
    """A channel's row changes its tag on a day (number of the day; the first day of the new tag)."""

    row: int
    day: int
    from_tag: str
    to_tag: str


@dataclass(frozen=True, kw_only=True)
class Handover(Finding):
    """Relative change against the controls (0.12 = 12 % better); switch None is the mean of several."""

    switch: Switch | None = None
    estimate: float | None = None
    pretrend: float | None = None
    controls: int = 0
    handovers: int = 1
    method: str = METHOD


@dataclass(frozen=True)
class _Change:
    """One measured change in logs: its value, and variances of its own part and of the controls'."""

    value: float
    own: float
    shared: float

    @property
    def sd(self) -> float:
        return math.sqrt(self.own + self.shared)


def switches_of(tags: NDArray[np.object_]) -> list[Switch]:
    """Every change from one tag to another (channels x days; '' where no tag is known).

    Days without an owner, or with a contest, between two owners are part of the hand-over where they
    last no longer than the weeks that are skipped anyway: it then begins with them.
    """
    found = []
    for row, of_channel in enumerate(tags):
        known = np.flatnonzero(of_channel != "")
        turned = [int(day) for day in known[1:][of_channel[known[1:]] != of_channel[known[:-1]]]]
        before, since = str(of_channel[known[0]]) if len(known) else "", None
        for day, following in zip(turned, [*turned, None][1:], strict=True):
            tag, since = str(of_channel[day]), day if since is None else since
            if tag in NOBODYS and following is not None and following - since <= 7 * WEEKS_SKIPPED:
                continue
            if tag != before:
                found.append(Switch(row, since, before, tag))
            before, since = tag, None
    return found


def handovers(numerator: Array, expected: Array, switches: list[Switch], better: int) -> list[Handover]:
    """One finding per switch, in order, and at last their mean.

    numerator, expected: channels x days; expected is the denominator on the common mix, 0 where
    nothing was observed. better: +1 where more is better, -1 where less is. The mean is over the
    hand-overs into Shared if there are any, else over all: other directions would cancel out.
    """
    weekly, counting = _weekly(numerator, expected, better)
    switched = {switch.row for switch in switches}
    controls = np.array([row not in switched for row in range(len(numerator))], bool)
    controls &= np.isfinite(weekly).mean(axis=1) > 0.9 if weekly.shape[1] else False

    @cache
    def around(skip: int, after: int) -> _Around:
        return _Around(weekly, counting, controls, skip, after)

    measured = [_one(around, int(controls.sum()), weekly.shape[1] + 6, switch, switches) for switch in switches]
    found = [finding for finding, _, _ in measured]
    into_shared = [part for part in measured if part[0].switch and part[0].switch.to_tag == "Shared"]
    return [*found, _mean(into_shared or measured, int(controls.sum()))]


def _weekly(numerator: Array, expected: Array, better: int) -> tuple[Array, Array]:
    """Log index of the 7 days from each day on, and its counting variance; nan where nothing was seen."""
    if numerator.shape[1] < 7:
        return np.empty((len(numerator), 0)), np.empty((len(numerator), 0))
    n, e = (_sums_of_7(part) for part in (numerator, expected))
    rate = max(float(numerator.sum() / max(expected.sum(), 1e-12)), 1e-12)
    with np.errstate(invalid="ignore", divide="ignore"):
        log_index = np.where((e > 0) & (n >= 0), np.log((np.maximum(n, 0) + 0.5) / (e + 0.5 / rate)), np.nan)
    return better * log_index, np.where(e > 0, 1 / (np.maximum(n, 0) + 0.5), np.nan)


def _sums_of_7(values: Array) -> Array:
    total = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    return np.asarray(total[:, 7:] - total[:, :-7])


def _mean_of_weeks(weekly: Array, first: int, count: int) -> Array:
    """Mean of `count` weeks, the first of which begins `first` days after each day; nan if any is missing."""
    width = weekly.shape[1]
    out = np.zeros_like(weekly)
    for week in range(count):
        offset = first + 7 * week
        shifted = np.full_like(weekly, np.nan)
        if abs(offset) < width:
            into = slice(max(0, -offset), width - max(0, offset))
            shifted[:, into] = weekly[:, max(0, offset) : width + min(0, offset)]
        out += shifted
    return out / count


class _Around:
    """Changes around every day for one choice of weeks, and how the controls' placebos spread."""

    def __init__(self, weekly: Array, counting: Array, controls: NDArray[np.bool_], skip: int, after: int) -> None:
        self.change = _mean_of_weeks(weekly, 7 * skip, after) - _mean_of_weeks(weekly, -7 * WEEKS_BEFORE, WEEKS_BEFORE)
        self.noise = _mean_of_weeks(counting, 7 * skip, after) / after + _mean_of_weeks(counting, -7 * WEEKS_BEFORE, WEEKS_BEFORE) / WEEKS_BEFORE
        seen = controls[:, None] & np.isfinite(self.change)
        self.count = seen.sum(axis=0)
        several = np.maximum(self.count, 2)
        self.group = np.where(seen, self.change, 0.0).sum(axis=0) / several
        self.group_noise = np.where(seen, self.noise, 0.0).sum(axis=0) / several
        # a control less the mean of all, itself among them, is narrower than one less the mean of the others
        kept = seen & (self.count >= MIN_CONTROLS)
        placebo = ((self.change - self.group) ** 2 * (several / (several - 1)) - self.noise)[kept]
        self.wobble = max(0.0, float(placebo.mean())) if kept.any() else 0.0

    def at(self, row: int, day: int) -> _Change | None:
        """A channel's change around a day less the controls', with its spread."""
        if not 0 <= day < self.change.shape[1] or self.count[day] < MIN_CONTROLS or not np.isfinite(self.change[row, day]):
            return None
        return _Change(
            float(self.change[row, day] - self.group[day]),
            self.wobble + float(self.noise[row, day]),
            (self.wobble + float(self.group_noise[day])) / int(self.count[day]),
        )


def _one(
    around: Callable[[int, int], _Around], count: int, days: int, switch: Switch, switches: list[Switch]
) -> tuple[Handover, _Change | None, _Change | None]:
    finding = Handover(switch=switch, controls=count)
    if count < MIN_CONTROLS:
        return replace(finding, note=f"{count} channels never switched; {MIN_CONTROLS} are needed to compare with"), None, None
    others = [other.day for other in switches if other.row == switch.row and other.day != switch.day]
    begin = max([0, *(day for day in others if day < switch.day)])
    end = min([days, *(day for day in others if day > switch.day)])
    after = min(WEEKS_AFTER, (end - switch.day) // 7 - WEEKS_SKIPPED)
    if (switch.day - begin) // 7 < WEEKS_BEFORE:
        return replace(finding, note=f"under {WEEKS_BEFORE} weeks before the hand-over"), None, None
    if after < MIN_WEEKS_AFTER:
        return replace(finding, note=f"under {MIN_WEEKS_AFTER} weeks after the hand-over and its first {WEEKS_SKIPPED}"), None, None
    change = around(WEEKS_SKIPPED, after).at(switch.row, switch.day)
    if change is None:
        return replace(finding, note="days without data stand around the hand-over"), None, None
    earlier = switch.day - 7 * PRETREND_WEEKS
    enough = (earlier - begin) // 7 >= WEEKS_BEFORE
    fake = around(0, PRETREND_WEEKS).at(switch.row, earlier) if enough else None
    span = 7 * (WEEKS_BEFORE + WEEKS_SKIPPED + after)
    return _told(replace(finding, days=span), change, fake), change, fake


def _told(finding: Handover, change: _Change, fake: _Change | None) -> Handover:
    """A measured change as a finding: relative, with its range, and whether it had begun before."""
    quantile = t_quantile(finding.controls - 1)
    low, high = (math.expm1(change.value + side * quantile * change.sd) for side in (-1, 1))
    moving = fake is not None and abs(fake.value) > quantile * fake.sd
    return replace(
        finding,
        estimate=finite(math.expm1(change.value)),
        low=finite(low),
        high=finite(high),
        verdict=TOO_LITTLE if moving else verdict(low, high),
        pretrend=None if fake is None else finite(math.expm1(fake.value)),
        note=MOVING if moving else "" if fake is not None else "too few weeks before to see whether it was moving already",
    )


def _mean(measured: list[tuple[Handover, _Change | None, _Change | None]], controls: int) -> Handover:
    """The mean of several hand-overs; their controls' share of the error does not average out."""
    changes = [change for _, change, _ in measured if change]
    if not changes:
        return Handover(controls=controls, handovers=0, note=measured[0][0].note if measured else "no channel changed hands in this view")
    fakes = [fake for _, _, fake in measured if fake]
    days = max(finding.days for finding, change, _ in measured if change)
    finding = Handover(controls=controls, days=days, handovers=len(changes))
    return _told(finding, _pooled(changes), _pooled(fakes) if fakes else None)


def _pooled(changes: list[_Change]) -> _Change:
    count = len(changes)
    return _Change(
        sum(change.value for change in changes) / count,
        sum(change.own for change in changes) / count**2,
        sum(change.shared for change in changes) / count,
    )
