"""Open the current generation of the database, and ask it.

The file is read-only, locked down, and replaced whole: a new generation has a name of its own, and
``CURRENT`` names the one to read. A generation stays open as long as somebody holds it; Python's
own reference count closes it (no two handles on one path ever disagree).
"""

from __future__ import annotations

import re
import threading
import weakref
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from commonground.catalogue import QUERIES

SECONDS_A_QUERY = 60
"""A question that takes longer is stopped: it would hold up everybody else."""

KEPT_ANSWERS = 64
KEPT_VALUES = 100_000
"""Parts of a page ask alike: the last small answers are kept, at most some 50 MB in all."""
KEPT_MADE = 8
"""What evidence is made of is large: 40 MB for a million rows."""


class NoDataError(RuntimeError):
    """There is no generation yet."""


class Generation:
    """One immutable database file. Safe to use from many threads: each query has its cursor."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.stem
        self._kept: dict[str, pd.DataFrame] = {}
        self._made: dict[str, Any] = {}
        self._keeping = threading.Lock()
        self._handle = duckdb.connect(str(path), read_only=True)
        self._handle.execute("set enable_external_access = false")
        self._handle.execute(f"set max_execution_time = {SECONDS_A_QUERY * 1000}")
        self._handle.execute("set lock_configuration = true")
        info = self.rows("loads/build_info").iloc[0]
        self.first_day: date | None = _day(info["first_day"])
        self.last_day: date | None = _day(info["last_day"])
        self.currency: str = info["reporting_currency"]
        self.number = int(info["generation"])

    def rows(self, query: str, *, columns: Sequence[str] = (), **params: Any) -> pd.DataFrame:
        """The answer of ``queries/<query>.sql``; days come as ``datetime.date``-like columns.

        With ``columns`` only these are read and added up: a measure that nobody asked for costs nothing.
        A small answer is kept as long as this generation is open; everybody gets a copy (pandas copies on write).
        """
        text = _narrow(sql(query), columns)
        key = f"{query} {columns} {params}"
        found = self._kept.get(key)
        if found is None:
            cursor = self._handle.cursor()
            try:
                found = cursor.execute(text, params or None).df()
            finally:
                cursor.close()
            if found.size <= KEPT_VALUES:
                _put(self._kept, key, found, KEPT_ANSWERS, self._keeping)
        return found.copy(deep=False)

    def keep(self, what: str, make: Callable[[], Any]) -> Any:
        """What was made of this generation's data under the name `what`; the last few are kept while it is open."""
        found = self._made.get(what)
        if found is None:
            found = make()
            _put(self._made, what, found, KEPT_MADE, self._keeping)
        return found


def _put(kept: dict[str, Any], name: str, value: Any, most: int, lock: threading.Lock) -> None:
    """Keep a value; the oldest go."""
    with lock:
        while len(kept) >= most:
            del kept[next(iter(kept))]
        kept[name] = value


@cache
def sql(query: str) -> str:
    """The text of a query; its name is its path under ``queries/`` without the ending."""
    if not re.fullmatch(r"[a-z_0-9]+/[a-z_0-9]+", query):
        raise ValueError(f"not the name of a query: {query!r}")
    return (QUERIES / f"{query}.sql").read_text()


def _narrow(text: str, columns: Sequence[str]) -> str:
    if not columns:
        return text
    if strange := [name for name in columns if not re.fullmatch(r"[a-z_0-9]+", name)]:
        raise ValueError(f"not the names of columns: {strange}")
    return f"select {', '.join(columns)} from (\n{text}\n)"


_lock = threading.Lock()
_current: dict[Path, Generation] = {}
_open: weakref.WeakValueDictionary[Path, Generation] = weakref.WeakValueDictionary()
"""Every generation that somebody still holds: a path is never opened twice (DuckDB would refuse)."""


def current(data: Path) -> Generation:
    """The generation that ``CURRENT`` names; opened once a process, let go when it is replaced."""
    pointer = data / "CURRENT"
    try:
        name = pointer.read_text().strip()
    except FileNotFoundError:
        raise NoDataError(
            f"There is no data in {data} yet. Import some: python -m commonground import PATH --data {data}"
        ) from None
    path = (data / name).resolve()
    with _lock:
        held = _open.get(path)
        if held is None:
            held = _open[path] = Generation(path)
        _current[path.parent] = held
        return held


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
