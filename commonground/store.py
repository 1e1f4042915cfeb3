"""Open the current generation of the database, and ask it.

The file is read-only, locked down, and replaced whole: a new generation has a name of its own, and
``CURRENT`` names the one to read. A generation stays open as long as somebody holds it; Python's
own reference count closes it (no two handles on one path ever disagree).
"""

from __future__ import annotations

import re
import threading
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from commonground.catalogue import QUERIES

SECONDS_A_QUERY = 60
"""A question that takes longer is stopped: it would hold up everybody else."""


class NoDataError(RuntimeError):
    """There is no generation yet."""


class Generation:
    """One immutable database file. Safe to use from many threads: each query has its cursor."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.stem
        self._handle = duckdb.connect(str(path), read_only=True)
        self._handle.execute("set enable_external_access = false")
        self._handle.execute(f"set max_execution_time = {SECONDS_A_QUERY * 1000}")
        self._handle.execute("set lock_configuration = true")
        info = self.rows("loads/build_info").iloc[0]
        self.first_day: date | None = _day(info["first_day"])
        self.last_day: date | None = _day(info["last_day"])
        self.currency: str = info["reporting_currency"]
        self.number = int(info["generation"])

    def rows(self, query: str, **params: Any) -> pd.DataFrame:
        """The answer of ``queries/<query>.sql``; days come as ``datetime.date``-like columns."""
        cursor = self._handle.cursor()
        try:
            return cursor.execute(sql(query), params or None).df()
        finally:
            cursor.close()


@cache
def sql(query: str) -> str:
    """The text of a query; its name is its path under ``queries/`` without the ending."""
    if not re.fullmatch(r"[a-z_0-9]+/[a-z_0-9]+", query):
        raise ValueError(f"not the name of a query: {query!r}")
    return (QUERIES / f"{query}.sql").read_text()


_lock = threading.Lock()
_open: dict[Path, Generation] = {}


def current(data: Path) -> Generation:
    """The generation that ``CURRENT`` names; opened once a process, let go when it is replaced."""
    pointer = data / "CURRENT"
    try:
        name = pointer.read_text().strip()
    except FileNotFoundError:
        raise NoDataError(
            f"There is no data in {data} yet. Import some: python -m commonground import PATH --data {data}"
        ) from None
    path = data / name
    with _lock:
        held = _open.get(data)
        if held is None or held.path != path:
            _open[data] = held = Generation(path)
        return held


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
