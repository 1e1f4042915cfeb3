"""What came in, what was refused, how fresh it is."""

from __future__ import annotations

import pandas as pd

from commonground.catalogue import catalogue
from commonground.questions import performance, question
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


@question("differences", "Where two tools report the same measure, how far do they differ?", "channel measure ledger_tool ledger_total other_tool other_total difference")
def differences(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per channel, measure and tool beside the ledger, over the days that both report; difference = other / ledger - 1."""
    rows = generation.rows("loads/differences", first_day=scope.first_day, last_day=scope.last_day)
    if scope.kinds:
        rows = rows[rows["channel"].map(performance.directory(generation)["kind"]).isin(scope.kinds)]
    measures = {measure for metric in scope.metrics for measure in catalogue()[metric].measures}
    for column, wanted in (("channel", scope.channels), ("measure", measures)):
        rows = rows[rows[column].isin(wanted)] if wanted else rows
    return rows.assign(difference=rows["other_total"] / rows["ledger_total"].where(rows["ledger_total"] != 0) - 1)
