"""All SQL of each page, asked again outside the page, against one bare scan of the same days."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.testing.v1 import AppTest

from commonground import store
from commonground.catalogue import catalogue

ROOT = Path(__file__).resolve().parent.parent
FACTS = "performance/"
"""Queries over facts stand in this folder; the others read small tables."""


@dataclass(frozen=True)
class Asked:
    """One query that a page sent, with its parameters."""

    query: str
    params: dict[str, Any]


@contextmanager
def listening() -> Iterator[list[Asked]]:
    """Every query that any generation is asked meanwhile."""
    asked: list[Asked] = []
    rows = store.Generation.rows

    def remember(self: store.Generation, query: str, **params: Any) -> pd.DataFrame:
        asked.append(Asked(query, params))
        return rows(self, query, **params)

    store.Generation.rows = remember  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        store.Generation.rows = rows  # type: ignore[method-assign]


def asked_by(page: str) -> list[Asked]:
    """The queries of a page's first view by a new process: nothing is kept from before."""
    st.cache_data.clear()
    store._current.clear()
    gc.collect()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=600)
    with listening() as asked:
        app.switch_page(page).run()
    assert not app.exception, f"{page}: {app.exception}"
    return asked


def days_of(asked: list[Asked]) -> tuple[date, date] | None:
    """The first and the last day of facts that the queries read; None where they read none."""
    spans = [one.params for one in asked if one.query.startswith(FACTS)]
    firsts = [p[name] for p in spans for name in ("first_day", "before_first") if p.get(name, date.min) != date.min]
    return (min(firsts), max(p["last_day"] for p in spans)) if firsts else None


def bare_scan(days: tuple[date, date]) -> str:
    """One scan of the facts that adds every measure over the days."""
    sums = ", ".join(f"sum({measure})" for measure in catalogue().measures)
    return f"select {sums} from daily where day between '{days[0]}' and '{days[1]}'"
