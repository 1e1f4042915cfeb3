"""The performance table: `make bench`. Ratios measured in one run, because machines differ.

python -m bench [--rows 10000000] [--runs 5]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb

from bench.generate import generate
from commonground import build
from commonground.catalogue import catalogue
from commonground.questions import performance
from commonground.scope import Scope
from commonground.store import current


def seconds(work: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(ours: Callable[[], object], theirs: Callable[[], object], runs: int) -> tuple[float, float, float]:
    """Median of ours / theirs run in turns, and both medians."""
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(runs)]
    return statistics.median(a / b for a, b in pairs), statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def main() -> None:
    """Measure and print one row per bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    data = Path(tempfile.mkdtemp(prefix="commonground-bench-"))
    try:
        generate(data, options.rows)
        print(f"{'what':62} {'ratio':>7} {'bar':>5} {'ours s':>8} {'theirs s':>9}")
        show("build from landed rows / DuckDB read + group by + write", ratio(lambda: build.build(data, datetime(2026, 11, 1)), lambda: plain_build(data), max(1, options.runs // 2)), 1.5)
        generation = current(data)
        assert generation.last_day
        scope = Scope().within(generation.first_day or generation.last_day, generation.last_day)
        before = scope.before()
        assert before
        sums = ", ".join(f"sum({m})" for m in catalogue().measures)
        cursor = generation._handle.cursor()
        scan = f"select {sums} from daily_by_channel where day between '{before[0]}' and '{scope.last_day}'"
        show("all SQL of the overview / one bare scan of the same columns and days",
             ratio(lambda: performance.daily_sums(generation, scope), lambda: cursor.execute(scan).fetchall(), options.runs * 3), 2.0)  # fmt: skip
        os.environ["COMMONGROUND_DATA"] = str(data)
        show("rerun of the overview / rerun of the naive page (server side)", reruns(options.runs), 1 / 3)
    finally:
        shutil.rmtree(data, ignore_errors=True)


def show(what: str, measured: tuple[float, float, float], bar: float) -> None:
    """One row of the table."""
    print(f"{what:62} {measured[0]:7.2f} {bar:5.2f} {measured[1]:8.3f} {measured[2]:9.3f}   {'meets' if measured[0] <= bar else 'MISSES'}", flush=True)


def plain_build(data: Path) -> None:
    """What DuckDB itself takes to read, group and write the same rows."""
    path = data / "plain.tmp"
    con = duckdb.connect(str(path))
    sums = ", ".join(f"sum({m}) as {m}" for m in catalogue().measures)
    con.execute(f"create table daily as select day, channel, campaign, device, region, {sums} from read_parquet('{data}/landing/*/daily.parquet') group by all")
    con.close()
    path.unlink()


def reruns(runs: int) -> tuple[float, float, float]:
    """A rerun of the overview against the naive page, both through Streamlit's own test runner."""
    from streamlit.testing.v1 import AppTest

    root = Path(__file__).resolve().parent
    ours = AppTest.from_file(str(root.parent / "app.py"), default_timeout=300).run()
    naive = AppTest.from_file(str(root / "naive.py"), default_timeout=300).run()
    assert not ours.exception, ours.exception
    assert not naive.exception, naive.exception
    return ratio(ours.run, naive.run, runs)


if __name__ == "__main__":
    main()
