"""All SQL of each page, asked again outside the page, against one bare scan of the same days."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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


@dataclass(frozen=True)
class Asked:
    """One query that a page sent, with its parameters."""

    query: str
    columns: tuple[str, ...]
    over: Mapping[str, str]
    params: dict[str, Any]

    def again(self, generation: store.Generation) -> None:
        """Ask it once more, past everything that is kept."""
        generation._read(self.query, self.columns, self.over, self.params)


@contextmanager
def listening() -> Iterator[list[Asked]]:
    """Every query that any generation is asked meanwhile."""
    asked: list[Asked] = []
    read = store.Generation._read

    def remember(self: store.Generation, query: str, columns: Sequence[str], over: Mapping[str, str], params: dict[str, Any]) -> pd.DataFrame:
        asked.append(Asked(query, tuple(columns), over, params))
        return read(self, query, columns, over, params)

    store.Generation._read = remember  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        store.Generation._read = read  # type: ignore[method-assign]


def asked_by(page: str) -> tuple[list[Asked], list[Asked]]:
    """The queries of a page's first view, nothing kept from before, and of one more view: another region."""
    store.current(data_dir()).forget()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=600)
    with listening() as first:
        app.switch_page(page).run()
    app.session_state["region"] = ["east"]
    with listening() as further:
        app.run()
    assert not app.exception, f"{page}: {app.exception}"
    return first, further


def bare_scans(asked: list[Asked]) -> list[str]:
    """For each set of measures that the queries add up: one scan of the facts that adds them over the same days."""
    spans: dict[tuple[str, ...], tuple[date, date]] = {}
    for one in asked:
        text = store.sql(one.query)
        if not re.search(r"from daily|join daily", text):
            continue
        words = set(one.columns or re.findall(r"\w+", text))
        measures = catalogue().measures if "*" in text and not one.columns else tuple(m for m in catalogue().measures if m in words)
        firsts = [one.params[name] for name in ("first_day", "before_first") if one.params.get(name, date.min) > date.min]
        firsts, lasts = [*firsts, *one.params.get("firsts", [])], one.params.get("lasts") or [one.params["last_day"]]
        first, until = spans.get(measures, (date.max, date.min))
        spans[measures] = (min(first, *firsts), max(until, *lasts))
    return [
        f"select {', '.join(f'sum({m})' for m in measures)} from daily where day between '{first}' and '{last}'"
        for measures, (first, last) in spans.items()
    ]
