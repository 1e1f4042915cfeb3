"""The performance table: `make bench`. Ratios measured in one run, because machines differ.

python -m bench [--rows 10000000] [--runs 5]
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import logging
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from bench import browser, servers, sql
from bench.generate import generate
from commonground import build
from commonground.catalogue import catalogue
from commonground.store import current

NEW_VIEWS = 15
"""Clicks in the browser: every choice of regions, then with kinds."""
SESSIONS = 10
ROUNDS = 3
MEGABYTES_A_SESSION = 2.0
Measured = tuple[float, float, float]
"""A ratio, ours, theirs."""


def main() -> None:
    """Measure and print one row per bar."""
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=("build", "sql", "browser", "sessions"), help="one part of the table")
    options = parser.parse_args()
    with _folder() as folder:
        data = folder / "data"
        generate(data, options.rows)
        print(f"{options.rows:,} daily rows, {os.cpu_count()} cores, {datetime.now():%Y-%m-%d}")
        print(f"{'what':74} {'ratio':>7} {'bar':>5} {'ours':>9} {'theirs':>9}")
        ours = seconds(lambda: build.build(data, datetime(2026, 11, 1)))  # the others need it, and it warms the disk
        parts = {
            "build": lambda: of_build(data, options.runs),
            "sql": lambda: of_sql(data, options.runs),
            "browser": lambda: of_browser(data, folder),
            "sessions": lambda: of_sessions(data, folder),
        }
        for name, measure in parts.items():
            if options.only in (None, name):
                measure()
        print(f"(first build {ours:.1f} s)")


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="commonground-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def seconds(work: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(ours: Callable[[], object], theirs: Callable[[], object], runs: int) -> Measured:
    """Median of ours / theirs run in turns, and both medians."""
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(runs)]
    return statistics.median(a / b for a, b in pairs), statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def show(what: str, measured: Measured, bar: float | None, unit: str = "s", *, least: bool = False) -> None:
    """One row of the table; `least`: the bar is to be reached, not to be kept under."""
    value, ours, theirs = measured
    verdict = "" if bar is None else "meets" if (value >= bar if least else value <= bar) else "MISSES"
    print(f"{what:74} {value:7.2f} {'' if bar is None else f'{bar:.2f}':>5} {ours:7.3f} {unit} {theirs:7.3f} {unit}  {verdict}", flush=True)


def of_build(data: Path, runs: int) -> None:
    """The build, against what DuckDB itself takes."""

    def plain() -> None:
        path = data / "plain.tmp"
        with duckdb.connect(str(path)) as con:
            sums = ", ".join(f"sum({m}) as {m}" for m in catalogue().measures)
            con.execute(f"create table daily as select day, channel, campaign, device, region, {sums} from read_parquet('{data}/landing/*/daily.parquet') group by all")
        path.unlink()

    show("build from landed rows / DuckDB's own read, group by, write", ratio(lambda: build.build(data, datetime(2026, 11, 1)), plain, max(1, runs // 2)), 1.5)


def of_sql(data: Path, runs: int) -> None:
    """All SQL of each page, of its first view in a process and of a further one, against the bare scans."""
    os.environ["COMMONGROUND_DATA"] = str(data)
    for page in sorted((sql.ROOT / "pages").rglob("*.py")):
        for view, asked in zip(("first", "further"), sql.asked_by(str(page)), strict=True):
            if scans := sql.bare_scans(asked):  # none: a page of small tables alone
                measured = ratio(functools.partial(_again, data, asked), functools.partial(_scan, data, scans), runs * 2)
                show(f"SQL of {page.stem}, {view} view ({len(asked)} queries) / bare scans", measured, 2.0)


def _again(data: Path, asked: list[sql.Asked]) -> None:
    for one in asked:
        one.again(current(data))


def _scan(data: Path, scans: list[str]) -> None:
    for scan in scans:
        current(data)._handle.cursor().execute(scan).fetchall()


def of_browser(data: Path, folder: Path) -> None:
    """Click -> last chart repainted."""
    shown = browser.round_trip(servers.views()[1 : NEW_VIEWS + 1])
    with servers.serving("ours", data, folder) as (ours, _), servers.serving("naive", data, folder) as (naive, _):
        took = browser.repaints({"ours": ours, "naive": naive}, shown)
    show("click -> last chart repainted, first time / naive page", browser.compared(took, "first"), 0.22)
    show("click -> last chart repainted, seen before / naive page", browser.compared(took, "seen"), 0.14)


def of_sessions(data: Path, folder: Path) -> None:
    """Reruns per second of ten sessions, and memory of a further one."""
    new, seen = {}, {}
    for which in servers.PAGES:
        with servers.serving(which, data, folder) as (address, process):
            new[which], seen[which], grown = asyncio.run(_crowd(address, process))
            if which == "ours":
                megabytes = grown
    for what, speed in (("views seen before", seen), ("views never seen", new)):
        show(f"reruns a second of {SESSIONS} sessions, {what} / naive page", (speed["ours"] / speed["naive"], speed["ours"], speed["naive"]), 3.0, "/s", least=True)
    show("memory per further session, MB", (megabytes, megabytes, MEGABYTES_A_SESSION), MEGABYTES_A_SESSION, "MB")


async def _crowd(address: str, process: int) -> tuple[float, float, float]:
    """Reruns a second with new views and with seen ones, and MB per session beyond the first."""
    choices = servers.views()[1:]
    alone = await servers.opened(address, 1)
    for view in choices[:20]:
        await alone[0].show(view)
    before = servers.resident_mb(process)
    others = await servers.opened(address, 2 * SESSIONS)
    for session in others:
        for view in choices[:3]:
            await session.show(view)
    grown = (servers.resident_mb(process) - before) / (2 * SESSIONS)
    crowd = others[:SESSIONS]
    fresh = choices[20 : 20 + SESSIONS * ROUNDS]
    new = await servers.reruns_a_second(crowd, [fresh[place * ROUNDS : (place + 1) * ROUNDS] for place in range(SESSIONS)])
    seen = await servers.reruns_a_second(crowd, [choices[place:10] + choices[:place] for place in range(SESSIONS)])
    for session in (*alone, *others):
        await session.socket.close()
    return new, seen, grown


if __name__ == "__main__":
    main()
