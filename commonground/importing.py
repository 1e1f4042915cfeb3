"""An import: land every file, then build once. Each file is taken whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from commonground import formats, landing
from commonground.build import build, is_older, only_one
from commonground.files import FileRefusedError, shown_name
from commonground.formats import Extract
from commonground.landing import FIRST, Known, Load
from commonground.settings import Settings


@dataclass(frozen=True)
class Outcome:
    """What became of an import: a line per file, and whether a new generation was published."""

    loads: list[Load]
    built: Path | None

    @property
    def exit_code(self) -> int:
        """0 all taken, 1 some rows refused, 2 a file refused."""
        if any(load.problem for load in self.loads):
            return 2
        return 1 if any(load.rows_refused for load in self.loads) else 0


def import_paths(
    paths: Iterable[Path],
    data: Path,
    now: datetime,
    *,
    dry_run: bool = False,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
    tell: Callable[[str], object] = lambda sentence: None,
) -> Outcome:
    """Land the files and publish the next generation, unless nothing changed; raises DataFolderError."""
    files = list(landing.files_of(list(paths), data))
    results: list[Load] = []
    changed = False
    with only_one(data, tell):
        ground = data / "landing"
        ground.mkdir(exist_ok=True)
        landing.sweep(ground)
        settings = Settings.read(data)
        waiting: list[tuple[int, int, Path, str, Extract]] = []
        for place, path in enumerate(files):
            progress(place, len(files) * 2, f"reading {shown_name(path)}")
            try:
                sha = landing.digest(path)
                earlier = _earlier(ground, sha)
                if earlier and not earlier.rows_refused:
                    earlier.unchanged = True
                    results.append(earlier)
                    continue
                extract = formats.read(path)
            except FileRefusedError as error:
                results.append(_refused(path, str(error), now))
                continue
            except OSError as error:
                results.append(_refused(path, f"it cannot be read ({error.strerror})", now))
                continue
            except MemoryError:
                results.append(_refused(path, "it does not fit into the memory of this machine; export it month by month", now))
                continue
            if settings.currency is None and extract.currency:
                settings.currency = extract.currency
            waiting.append((_turn(extract), place, path, sha, extract))
        if not dry_run:
            settings.write(data)
        number = max((load.load for load in landing.loads(ground)), default=0)
        channels = _known_channels(ground)
        rates = _known_rates(ground)
        target = ground if not dry_run else data / ".dry-run.tmp"
        for done, (_, _, path, sha, extract) in enumerate(sorted(waiting, key=lambda entry: entry[:2])):
            progress(len(files) + done, len(files) * 2, f"taking {shown_name(path)}")
            earlier = _earlier(ground, sha)
            number += 1
            known = Known(frozenset(channels), settings.currency, rates, now.date())
            load = landing.new_load(path, sha, extract, earlier.load if earlier else number, now)
            try:
                load = landing.land(extract, load, known, target, earlier)
            except FileRefusedError as error:
                results.append(_refused(path, str(error), now))
                continue
            if earlier and (load.rows_taken, load.rows_refused) == (earlier.rows_taken, earlier.rows_refused):
                load.unchanged = True
            else:
                changed = True
            results.append(load)
            channels |= _known_channels(target)
            rates |= _known_rates(target)
        progress(len(files) * 2, len(files) * 2, "building")
        if dry_run:
            shutil.rmtree(target, ignore_errors=True)
            return Outcome(results, None)
        has_loads = any(ground.glob("[0-9a-f]*/load.json"))
        fresh = has_loads and (changed or not (data / "CURRENT").exists() or _killed_before_build(data, ground) or is_older(data))
        return Outcome(results, build(data, now) if fresh else None)


def _killed_before_build(data: Path, ground: Path) -> bool:
    """True where an earlier import landed files but was stopped before it could build."""
    pointer = (data / "CURRENT").stat().st_mtime
    return any(path.stat().st_mtime > pointer for path in ground.glob("[0-9a-f]*/load.json"))


def _turn(extract: Extract) -> int:
    if any(name in FIRST for name in extract.tables):
        return 0
    return 1 if extract.declares_channels else 2


def _earlier(ground: Path, sha: str) -> Load | None:
    path = ground / sha / "load.json"
    if not path.exists():
        return None
    return next(load for load in landing.loads(ground) if load.sha256 == sha)


def _refused(path: Path, problem: str, now: datetime) -> Load:
    stamp = now.isoformat(sep=" ", timespec="seconds")
    return Load(0, shown_name(path), "", "", "", None, None, 0, 0, 0, 0, stamp, [], problem)


def _known_channels(ground: Path) -> set[str]:
    files = [path for name in ("channel", "declared_channel") for path in ground.glob(f"[0-9a-f]*/{name}.parquet")]
    if not files:
        return set()
    rows = duckdb.execute(f"select distinct channel from {landing.parquet(files)}").fetchall()
    return {row[0] for row in rows}


def _known_rates(ground: Path) -> dict[tuple[str, date], float]:
    files = list(ground.glob("[0-9a-f]*/rate.parquet"))
    if not files:
        return {}
    rows = duckdb.execute(f"select currency, day, rate from {landing.parquet(files)}").fetchall()
    return {(currency, day): rate for currency, day, rate in rows}
