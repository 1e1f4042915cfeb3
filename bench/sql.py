"""All SQL of each page, asked again outside the page, against one bare scan of the same days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

from commonground import store
from commonground.catalogue import catalogue
from commonground.settings import data_dir

ROOT = Path(__file__).resolve().parent.parent
FACTS = "performance/"
"""Queries over facts stand in this folder; the others read small tables."""


@dataclass(frozen=True)
class Asked:
    """One query that a page sent, with its parameters."""

    query: str
    columns: tuple[str, ...]
    params: dict[str, Any]

    def again(self, generation: store.Generation) -> None:
        """Ask it once more, past everything that is kept."""
        generation._read(self.query, self.columns, self.params)


@contextmanager
def listening() -> Iterator[list[Asked]]:
    """Every query that any generation is asked meanwhile."""
    asked: list[Asked] = []
    read = store.Generation._read

    def remember(self: store.Generation, query: str, columns: Sequence[str], params: dict[str, Any]) -> pd.DataFrame:
        asked.append(Asked(query, tuple(columns), params))
        return read(self, query, columns, params)

    store.Generation._read = remember  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        store.Generation._read = read  # type: ignore[method-assign]


def asked_by(page: str) -> list[Asked]:
    """The queries of a page's first view by a new process: nothing is kept from before."""
    store.current(data_dir()).forget()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=600)
    with listening() as asked:
        app.switch_page(page).run()
    assert not app.exception, f"{page}: {app.exception}"
    return asked


def bare_scans(asked: list[Asked]) -> list[str]:
    """For each span of days and set of measures that the queries add up: one scan of the facts that adds them."""
    spans: dict[tuple[str, ...], tuple[date, date]] = {}
    for one in asked:
        if one.query.startswith(FACTS):
            measures = tuple(m for m in catalogue().measures if m in one.columns) or catalogue().measures
            first, last = spans.get(measures, (date.max, date.min))
            firsts = [one.params[name] for name in ("first_day", "before_first") if one.params.get(name, date.min) > date.min]
            spans[measures] = (min(first, *firsts), max(last, one.params["last_day"]))
    return [
        f"select {', '.join(f'sum({m})' for m in measures)} from daily where day between '{first}' and '{last}'"
        for measures, (first, last) in spans.items()
    ]
