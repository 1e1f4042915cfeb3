"""What is known about a channel beside its numbers: checklists, requests, tools, goals."""

from __future__ import annotations

import pandas as pd

from commonground.questions import ownership, performance, question
from commonground.questions.believed import believed
from commonground.scope import Scope
from commonground.store import Generation

REFUSALS = ("refused", "no", "rejected", "declined")
"""How registers of requests write that the answer was no."""


@question(
    "checklists",
    "How much of each channel's two checklists is done?",
    "channel technology customer ready technology_done technology_items customer_done customer_items",
    two_clocks=True,
)
def checklists(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per channel with a checklist; shares from 0 to 1, as of the scope's day.

    `ready` is the smaller of the two shares, never their mean: a channel is as ready as its weaker
    half. It is missing where one of the lists has no items, because nobody looked there.
    """
    items = of_scope(generation, scope, checklist_items(generation, scope))
    rows = []
    for channel, group in items.groupby("channel", sort=True):
        row: dict[str, object] = {"channel": channel}
        for side in ("technology", "customer"):
            of_side = group[group["side"] == side]
            row |= {side: of_side["is_done"].mean() if len(of_side) else None,
                    f"{side}_done": int(of_side["is_done"].sum()), f"{side}_items": len(of_side)}  # fmt: skip
        shares = [row["technology"], row["customer"]]
        row["ready"] = None if None in shares else min(shares)  # type: ignore[type-var]
        rows.append(row)
    return pd.DataFrame(rows, columns=["channel", "technology", "customer", "ready", "technology_done", "technology_items",
                                       "customer_done", "customer_items"])  # fmt: skip


def checklist_items(generation: Generation, scope: Scope) -> pd.DataFrame:
    """The items of both lists: channel side item org done_on evidence is_done, as of the scope's day."""
    items = believed(generation, "checklist_item", scope.known_on)
    done = items["done_on"].notna() & (items["done_on"] <= pd.Timestamp(str(scope.as_of)))
    return items.assign(is_done=done.astype(bool))


@question(
    "requests",
    "What did the two sides ask of each other, and how long did the answer take?",
    "request channel metric from_side to_side opened_on decided_on days answer reason summary",
    two_clocks=True,
)
def requests(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per request that was open or answered by the scope's day; those that wait first, oldest first.

    `answer` is waiting, refused or the register's own word; `days` runs to the answer or, while
    there is none, to the scope's day.
    """
    as_of = pd.Timestamp(str(scope.as_of))
    rows = of_scope(generation, scope, believed(generation, "request", scope.known_on))
    rows = rows[rows["opened_on"] <= as_of].copy()
    answered = rows["decided_on"].notna() & (rows["decided_on"] <= as_of)
    rows["decided_on"] = rows["decided_on"].where(answered)
    rows["days"] = (rows["decided_on"].fillna(as_of) - rows["opened_on"]).dt.days
    said = rows["decision"].fillna("answered").astype(str).str.lower()
    rows["answer"] = said.mask(said.isin(REFUSALS), "refused").where(answered, "waiting")
    place = rows["answer"].map({"waiting": 0, "refused": 1}).fillna(2)
    return rows.assign(place=place).sort_values(["place", "opened_on", "request"])


@question(
    "tools",
    "Which tool serves which channel, what does it cost, and which other tool does the same?",
    "channel tool capability org side annual_cost same_capability",
)
def tools(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per tool; cost a year in the reporting currency. `same_capability` names the other tools with it."""
    rows = generation.rows("loads/table_tool")
    side = generation.rows("loads/table_org").drop_duplicates("org").set_index("org")["side"]
    same = [
        ", ".join(sorted(set(rows["tool"][(rows["capability"] == row.capability) & (rows["tool"] != row.tool)])))
        for row in rows.itertuples()
    ]
    rows = rows.assign(side=rows["org"].map(side), same_capability=same)
    return of_scope(generation, scope, rows).sort_values(["channel", "tool"])


@question(
    "channel_goals",
    "Which goals does each channel serve, through which metrics, and are those owned?",
    "channel goal side rank text metrics cells gap_cells",
    two_clocks=True,
)
def channel_goals(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per goal and channel that has a cell with one of the goal's metrics, as of the scope's day.

    `metrics` are those of the goal that the channel has; `cells` counts them, `gap_cells` counts
    those without one accountable owner.
    """
    cells = ownership.ownership(generation, scope)
    cells = cells[cells["state"] != "EXEMPT"]
    rows = []
    for goal in generation.rows("loads/table_goal").itertuples():
        wanted = str(goal.metrics or "").replace(",", " ").split()
        for channel, found in cells[cells["metric"].isin(wanted)].groupby("channel"):
            rows.append({"channel": channel, "goal": goal.goal, "side": goal.side, "rank": goal.rank, "text": goal.text,
                         "metrics": " ".join(m for m in wanted if m in set(found["metric"])), "cells": len(found),
                         "gap_cells": int(found["state"].isin(ownership.GAP_STATES).sum())})  # fmt: skip
    columns = ["channel", "goal", "side", "rank", "text", "metrics", "cells", "gap_cells"]
    return pd.DataFrame(rows, columns=columns).sort_values(["channel", "side", "rank", "goal"])


def of_scope(generation: Generation, scope: Scope, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the scope's channels and kinds."""
    if scope.channels:
        rows = rows[rows["channel"].isin(scope.channels)]
    if scope.kinds:
        rows = rows[rows["channel"].map(performance.directory(generation)["kind"]).isin(scope.kinds)]
    return rows
