"""The one input of every analysis: sums of a numerator and a denominator, with who owned what when.

Kept as a list of (channel, stratum, day) and not as a cube: a hundred channels in a thousand regions
over years would not fit, and most of it would be empty.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from commonground.evidence.index import mix_adjusted
from commonground.evidence.verdicts import Array

Numbers = NDArray[np.int64]
SHARED = "Shared"
SINGLE = ("IT", "Marketing")
UNKNOWN = ""
"""The tag of a day on which no spell says who owns the cell."""


@dataclass(frozen=True, eq=False)
class Facts:
    """Sums by channel, stratum (device x region) and day.

    channel, stratum, day: numbers of the rows' channel, stratum and day, all of one length with
    numerator and denominator (sums; no nan). families: one per channel. tags: channels x days.
    """

    channels: tuple[str, ...]
    families: tuple[str, ...]
    first_day: np.datetime64
    days: int
    strata: int
    channel: Numbers
    stratum: Numbers
    day: Numbers
    numerator: Array
    denominator: Array
    tags: NDArray[np.object_]
    devices: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def date(self, day: int) -> pd.Timestamp:
        """The date of a day's number."""
        return pd.Timestamp(self.first_day + day)

    @cached_property
    def observed(self) -> NDArray[np.bool_]:
        """Where a channel reported on a day: channels x days."""
        return self._by_day(np.ones(len(self.day))) > 0

    @cached_property
    def volume(self) -> Array:
        """Sums of the numerator: channels x days, nan where nothing was observed."""
        return np.where(self.observed, self._by_day(self.numerator), np.nan)

    @cached_property
    def base(self) -> Array:
        """Sums of the denominator: channels x days, nan where nothing was observed."""
        return np.where(self.observed, self._by_day(self.denominator), np.nan)

    def on_the_common_mix(self) -> tuple[Array, Array]:
        """Numerator, and the denominator as if each stratum converted alike: channels x days, 0 where unobserved."""
        rows = len(self.channels), self.strata
        key = self.channel * self.strata + self.stratum
        _, factor = mix_adjusted(self.grouped(key, self.numerator, *rows), self.grouped(key, self.denominator, *rows))
        return np.nan_to_num(self.volume), self._by_day(self.denominator * factor[self.stratum])

    def grouped(self, key: Numbers, values: Array, rows: int, columns: int) -> Array:
        """Sums by key (row x columns + column): rows x columns."""
        return np.asarray(np.bincount(key, values, rows * columns), float).reshape(rows, columns)

    def within(self, devices: Collection[str], regions: Collection[str], channels: Collection[str] | None = None) -> Facts:
        """The facts of some devices, regions (none named: all) and channels (None: all); channels and days without any are left out."""
        of_device = np.array([not devices or name in devices for name in self.devices], bool)
        of_region = np.array([not regions or name in regions for name in self.regions], bool)
        of_channel = np.array([channels is None or name in channels for name in self.channels], bool)
        kept = np.flatnonzero(np.outer(of_device, of_region).ravel()[self.stratum] & of_channel[self.channel])
        if not len(kept):
            return NOTHING
        channel, day = self.channel.take(kept), self.day.take(kept)
        used = np.flatnonzero(np.bincount(channel, minlength=len(self.channels)))
        place = np.cumsum(np.bincount(used, minlength=len(self.channels))) - 1
        first, last = int(day.min()), int(day.max())
        return replace(
            self, channels=tuple(self.channels[row] for row in used), families=tuple(self.families[row] for row in used),
            first_day=self.first_day + first, days=last - first + 1, channel=place[channel], stratum=self.stratum.take(kept),
            day=day - first, numerator=self.numerator.take(kept), denominator=self.denominator.take(kept),
            tags=self.tags[used, first : last + 1],
        )  # fmt: skip

    def _by_day(self, values: Array) -> Array:
        return self.grouped(self.channel * self.days + self.day, values, len(self.channels), self.days)


NOTHING = Facts(
    (), (), np.datetime64("2000-01-01"), 0, 1, *(np.empty(0, np.int64),) * 3, *(np.empty(0),) * 2, np.empty((0, 0), object)
)
"""What was observed where nothing was."""


def facts(rows: pd.DataFrame, families: Mapping[str, str], spells: pd.DataFrame) -> Facts:
    """Facts from a frame of sums.

    rows: day, channel, device, region, numerator, denominator; one row or more per key; a row with
    either sum missing was not observed. families: channel -> family. spells: channel, valid_from,
    valid_to (half-open; missing = open), tag; a later row wins over an earlier one.
    """
    rows = rows[rows["numerator"].notna() & rows["denominator"].notna()]
    if rows.empty:
        return NOTHING
    channel, names = _numbered(rows["channel"])
    device, devices = _numbered(rows["device"])
    region, regions = _numbered(rows["region"])
    day = rows["day"].to_numpy().astype("datetime64[D]")
    first = day.min()
    days = int((day.max() - first).astype(int)) + 1
    return Facts(
        tuple(names), tuple(str(families.get(name, "")) for name in names), first, days, len(devices) * len(regions),
        channel, device * len(regions) + region, (day - first).astype(np.int64),
        rows["numerator"].to_numpy(float), rows["denominator"].to_numpy(float), _tags(names, first, days, spells),
        tuple(devices), tuple(regions),
    )  # fmt: skip


def _numbered(column: pd.Series) -> tuple[Numbers, list[str]]:
    """A number per row, and the names in order; a missing name is one of its own."""
    codes, names = pd.factorize(column, sort=True, use_na_sentinel=True)
    known = [str(name) for name in names]
    if (codes < 0).any():
        return np.where(codes < 0, len(known), codes).astype(np.int64), [*known, "-"]
    return codes.astype(np.int64), known


def _tags(names: list[str], first: np.datetime64, days: int, spells: pd.DataFrame) -> NDArray[np.object_]:
    out = np.full((len(names), days), UNKNOWN, dtype=object)
    place = {name: row for row, name in enumerate(names)}
    begins = _day_numbers(spells["valid_from"], first, 0)
    ends = _day_numbers(spells["valid_to"], first, days)
    for channel, begin, end, tag in zip(spells["channel"], begins, ends, spells["tag"], strict=True):
        if channel in place and end > 0:
            out[place[channel], max(begin, 0) : end] = UNKNOWN if pd.isna(tag) else str(tag)
    return out


def _day_numbers(column: pd.Series, first: np.datetime64, missing: int) -> list[int]:
    stamps = pd.to_datetime(column)
    numbers = (stamps - pd.Timestamp(first)).dt.days
    return [missing if pd.isna(number) else int(number) for number in numbers]
