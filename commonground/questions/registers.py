"""What was written down beside the numbers: events, targets, checklist items, the words of both sides."""

from __future__ import annotations

import pandas as pd

from commonground.catalogue import catalogue
from commonground.questions import dossier, performance, question
from commonground.scope import Scope
from commonground.store import Generation


@question("events", "What happened that explains the numbers?", "event kind starts_on ends_on label channel")
def events(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per event on record, on whatever day; channel null where it is about all. Named channels have their own and those of all."""
    rows = generation.rows("loads/table_event")
    return rows[rows["channel"].isna() | rows["channel"].isin(scope.channels)] if scope.channels else rows


@question("targets", "Which targets hold on the last day of the period?", "channel metric first_day last_day value per_day")
def targets(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per channel and metric with a target, the one over the fewest days; per_day spreads a sum evenly and is null for a ratio."""
    rows, day = generation.rows("loads/table_target"), pd.Timestamp(scope.last_day)
    rows = rows[(rows["first_day"] <= day) & (rows["last_day"] >= day)]
    if scope.kinds:
        rows = rows[rows["channel"].map(performance.directory(generation)["kind"]).isin(scope.kinds)]
    for column, wanted in (("channel", scope.channels), ("metric", scope.metrics)):
        rows = rows[rows[column].isin(wanted)] if wanted else rows
    days = (rows["last_day"] - rows["first_day"]).dt.days + 1
    is_sum = pd.Series([not catalogue()[metric].denominator for metric in rows["metric"]], rows.index, dtype=bool)
    rows = rows.assign(days=days, per_day=(rows["value"] / days).where(is_sum))
    return rows.sort_values(["channel", "metric", "days"], kind="stable").drop_duplicates(["channel", "metric"])


@question("checklist_items", "Which items of a channel's checklists are done?", "channel side item org is_done done_on evidence", two_clocks=True)
def checklist_items(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per channel, side and item, done by the scope's day or not."""
    rows = dossier.checklist_items(generation, scope)
    return rows[rows["channel"].isin(scope.channels)] if scope.channels else rows


@question("glossary", "What does each side mean by its words?", "term side meaning metric formula agreed_on")
def glossary(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per word and side; agreed_on is null until both mean the same."""
    rows = generation.rows("loads/table_glossary")
    return rows[rows["metric"].isin(scope.metrics)] if scope.metrics else rows


@question("metrics", "What does each metric mean, who reports it, and how new is it?", "metric label unit description numerator denominator better concern channels last_day")
def metrics(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per metric of the catalogue; channels that ever reported it (0: nobody did) and its newest day."""
    seen = generation.rows("loads/observed").groupby("metric").agg(channels=("channel", "nunique"), last_day=("last_day", "max"))
    known = performance.metrics_of(scope)
    return pd.DataFrame([
        {"metric": m.id, "label": m.label, "unit": m.unit, "description": m.description, "better": m.better, "concern": m.concern,
         "numerator": " ".join(f"{'-' if sign < 0 else '+'} {name}" for name, sign in m.numerator).removeprefix("+ "), "denominator": m.denominator or None,
         "channels": int(seen["channels"].get(m.id, 0)), "last_day": seen["last_day"].get(m.id, pd.NaT)}
        for m in known
    ])  # fmt: skip
