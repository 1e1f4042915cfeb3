"""What came in, what was refused, how fresh it is."""

from __future__ import annotations

import pandas as pd

from commonground.questions import question
from commonground.scope import Scope
from commonground.store import Generation

FRESH_WITHIN_DAYS = 3
"""A source that is older than this, with no need that says another limit, is called stale."""


@question(
    "loads",
    "Which exports came in, and what became of their rows?",
    "load file tool sha256 first_day last_day rows_read rows_taken rows_refused rows_set_aside loaded_at",
)
def loads(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per load."""
    return generation.rows("loads/ledger")


@question("rejected", "Which rows were refused, and why?", "load file line column value reason")
def rejected(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per refused row."""
    return generation.rows("loads/rejected")


@question("left_out", "Which rows are in no total, because channel.csv no longer names their channel?", "channel file rows_left_out first_day last_day")
def left_out(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per channel that was taken out, and export that holds rows of it."""
    return generation.rows("loads/left_out")


@question("freshness", "How fresh is each source?", "source channel last_day loaded_at age_days max_lag_days state")
def freshness(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per source and channel."""
    rows = generation.rows("loads/freshness")
    limit = rows["max_lag_days"].fillna(FRESH_WITHIN_DAYS)
    return rows.assign(state=(rows["age_days"] <= limit).map({True: "fresh", False: "stale"}))
