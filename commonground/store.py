"""Open the current generation of the database, and ask it.

The file is read-only, locked down, and replaced whole: a new generation has a name of its own, and
``CURRENT`` names the one to read. A generation stays open as long as somebody holds it; Python's
own reference count closes it (no two handles on one path ever disagree).
"""

from __future__ import annotations

import hashlib
import re
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from commonground.catalogue import QUERIES

# The tables here are small: pandas' own texts take a quarter less time a page than those of Arrow.
pd.set_option("mode.string_storage", "python")

SECONDS_A_QUERY = 60
"""A question that takes longer is stopped: it would hold up everybody else."""

KEPT_ANSWERS = 64
KEPT_VALUES = 100_000
"""Parts of a page ask alike: the last small answers are kept, at most some 50 MB in all."""
KEPT_LARGE = 8
"""What evidence is made of is large: 40 MB for a million rows."""
KEPT_VIEWS = 2000
"""Parts of pages, a dozen a view and some ten kilobytes each: the views of a meeting."""


class NoDataError(RuntimeError):
    """There is no generation yet."""


class OlderDataError(RuntimeError):
    """Another version of the program built the generation, or it is damaged; its exports are still there."""


@cache
def recipe() -> str:
    """A hash of all that decides what a database file holds: schema, build, catalogue, order of sources."""
    total = hashlib.sha256()
    named = ("schema.sql", "landing_macros.sql", "*.toml", "build/*.sql", "ownership/spells.sql", "ownership/channel_tags.sql")
    for path in [*(p for pattern in named for p in sorted(QUERIES.glob(pattern))), Path(__file__).with_name("build.py")]:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:16]


class Kept:
    """The last `most` things that were asked for. One caller makes a thing, the others wait for it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._slots: dict[str, _Slot] = {}
        self._lock = threading.Lock()

    def get(self, name: str, make: Callable[[], Any], worth: Callable[[Any], bool] | None = None) -> Any:
        """What is kept under the name, else what `make` makes; kept unless it is not `worth` it, or fails."""
        with self._lock:
            slot = self._slots.pop(name, None) or _Slot()
            self._slots[name] = slot  # the newest stand last
            if len(self._slots) > self._most:
                del self._slots[next(iter(self._slots))]
        with slot.lock:
            if not slot.is_made:
                value = make()
                if worth is not None and not worth(value):
                    with self._lock:
                        self._slots.pop(name, None)
                    return value
                slot.value, slot.is_made = value, True
        return slot.value


class _Slot:
    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.is_made = False
        self.value: Any = None


class Generation:
    """One immutable database file. Safe to use from many threads: each query has its cursor."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.stem
        self.forget()
        self._handle = duckdb.connect(str(path), read_only=True)
        self._handle.execute("set enable_external_access = false")
        self._handle.execute(f"set max_execution_time = {SECONDS_A_QUERY * 1000}")
        self._handle.execute("set lock_configuration = true")
        info = self.rows("loads/build_info").iloc[0]
        self.first_day: date | None = _day(info["first_day"])
        self.last_day: date | None = _day(info["last_day"])
        self.currency: str = info["reporting_currency"]
        self.number = int(info["generation"])
        self.recipe: str = info["recipe"]

    def forget(self) -> None:
        """Let go of everything that is kept: the next questions are read from the file."""
        self._answers, self._large, self.views = Kept(KEPT_ANSWERS), Kept(KEPT_LARGE), Kept(KEPT_VIEWS)

    def rows(self, query: str, *, columns: Sequence[str] = (), over: Mapping[str, str] | None = None, **params: Any) -> pd.DataFrame:
        """The answer of ``queries/<query>.sql``; days come as ``datetime.date``-like columns, enumerations as categories.

        With ``columns`` only these are read and added up: a measure that nobody asked for costs nothing.
        ``over`` names tables that the answers of other queries stand in for, with the same parameters.
        A small answer is kept as long as this generation is open; everybody gets a copy (pandas copies on write).
        """
        answer: pd.DataFrame = self._answers.get(
            f"{query} {columns} {over} {params}", lambda: self._read(query, columns, over or {}, params), lambda found: found.size <= KEPT_VALUES
        )
        return answer.copy(deep=False)

    def keep(self, what: str, make: Callable[[], Any]) -> Any:
        """What was made of this generation's data under the name `what`; the last few are kept while it is open."""
        return self._large.get(what, make)

    def _read(self, query: str, columns: Sequence[str], over: Mapping[str, str], params: dict[str, Any]) -> pd.DataFrame:
        text = _over(_narrow(sql(query), columns), over)
        cursor = self._handle.cursor()
        try:
            if columns:  # a narrow answer may be a million rows: by way of Arrow they come in a quarter of the time
                found: pd.DataFrame = cursor.sql(text, params=params).to_arrow_table().to_pandas(date_as_object=False)
                return found
            return cursor.execute(text, params or None).df()
        finally:
            cursor.close()


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


def _over(text: str, stand_ins: Mapping[str, str]) -> str:
    if not stand_ins:
        return text
    if strange := [name for name in stand_ins if not re.fullmatch(r"[a-z_0-9]+", name)]:
        raise ValueError(f"not the names of tables: {strange}")
    return f"with {', '.join(f'{name} as ({chr(10)}{sql(query)}{chr(10)})' for name, query in stand_ins.items())} select * from (\n{text}\n)"


_lock = threading.Lock()
_current: dict[Path, Generation] = {}
"""The last one that was asked for, by its folder: others stay open as long as somebody holds them."""
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
            held = _open[path] = _opened(path)
        if _current.get(path.parent) is not held:
            _current.clear()
            _current[path.parent] = held
        return held


def _opened(path: Path) -> Generation:
    """Open a generation; one of another recipe, or one that cannot be read, can be built again from its exports."""
    try:
        held = Generation(path)
        why = None if held.recipe == recipe() else "was built by another version of Common Ground"
    except duckdb.Error:
        why = "is damaged, or was built by another version of Common Ground"
    else:
        if why is None:
            return held
    if not any((path.parent / "landing").glob("[0-9a-f]*/load.json")):
        raise NoDataError(f"{path.name} {why}, and the exports that it was made of are gone. Import them again.")
    raise OlderDataError(f"{path.name} {why}. It is built again from the exports that were taken; nothing has to be imported again.")


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
