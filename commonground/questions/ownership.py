"""Who owns what on a day, and the spells: the ledger as it is believed now, or as it was on a day."""

from __future__ import annotations

from datetime import date

import pandas as pd

from commonground.questions import flags, performance, question
from commonground.questions.believed import SPELLS, known_before
from commonground.scope import Scope
from commonground.store import Generation

STATE_WORDS = {
    "EXEMPT": "needs no owner",
    "SHARED": "owned together",
    "OWNED": "owned",
    "DISOWNED": "each says it is the other's",
    "CONTESTED": "both say it is theirs",
    "MULTI_A": "several owners on one side",
    "ORPHANED": "the owner has left",
    "R_NO_A": "worked on, nobody accountable",
    "LAPSED": "ownership ran out",
    "UNOWNED": "never had an owner",
}
GAP_STATES = ("DISOWNED", "CONTESTED", "MULTI_A", "ORPHANED", "R_NO_A", "LAPSED", "UNOWNED")
GAP_FLAGS = ("MISPLACED", "NO_ACCESS", "BLIND", "STALE", "A_NO_R")
SEVERITY = ("DISOWNED", "UNOWNED", "ORPHANED", "LAPSED", "R_NO_A", "CONTESTED", "MULTI_A", *GAP_FLAGS)
"""The graver state first, where money and age do not decide."""


@question("ownership", "Who is accountable for what, as of a day?", "channel metric state tag owners since flags", two_clocks=True)
def ownership(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per cell as of the scope's day, with all flags."""
    assert scope.as_of
    cells = cells_on(generation, scope.as_of, scope.known_on)
    known = performance.directory(generation)
    if scope.channels:
        cells = cells[cells["channel"].isin(scope.channels)]
    if scope.kinds:
        cells = cells[cells["channel"].map(known["kind"]).isin(scope.kinds)]
    if scope.owners:
        cells = cells[cells["tag"].isin(scope.owners)]
    if scope.metrics:
        cells = cells[cells["metric"].isin(scope.metrics)]
    return cells.assign(flags=flags.all_flags(generation, scope, cells))


def cells_on(generation: Generation, day: date, known_on: date | None = None) -> pd.DataFrame:
    """Each cell with the state of that day: channel metric state tag owners since flags (those of the claims) gap_since."""
    if known_on is None:
        return generation.rows("ownership/as_of", as_of=day)
    spells = spells_believed_on(generation, known_on)
    today = pd.Timestamp(day)
    on = (spells["valid_from"] <= today) & (spells["valid_to"].isna() | (spells["valid_to"] > today))
    cells = spells[on].rename(columns={"state_since": "since"})
    return cells[["channel", "metric", "state", "tag", "owners", "since", "flags", "gap_since"]].reset_index(drop=True)


def all_spells(generation: Generation, known_on: date | None = None) -> pd.DataFrame:
    """All merged spells, as believed now or at the end of a day."""
    if known_on is None:
        return generation.rows("ownership/spells_all")
    pieces = spells_believed_on(generation, known_on)
    last = pieces.drop_duplicates(["channel", "metric", "state_since"], keep="last")
    return last.assign(valid_from=last["state_since"])[["channel", "metric", "state", "tag", "valid_from", "valid_to"]].reset_index(drop=True)


def spells_believed_on(generation: Generation, known_on: date) -> pd.DataFrame:
    """The spells that follow from what was known at the end of a day (UTC): claims, scope, policy, directory, channels, first days.

    All of it comes in by an import or a signature. Worked out once for each generation and day, by the query that the build uses.
    """
    found: pd.DataFrame = generation.keep(
        f"spells believed on {known_on}", lambda: generation.rows("ownership/spells", known_before=known_before(known_on))
    )
    return found


@question("ownership_spells", "Which state did each cell have, and when?", "channel metric state tag valid_from valid_to", two_clocks=True)
def ownership_spells(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per spell."""
    spells = all_spells(generation, scope.known_on)
    if scope.channels:
        spells = spells[spells["channel"].isin(scope.channels)]
    return spells[spells["metric"].isin(scope.metrics)] if scope.metrics else spells


@question("channel_tags", "Which tag did each channel carry, and when?", "channel tag valid_from valid_to", two_clocks=True)
def channel_tags(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per channel and spell of its tag."""
    before = known_before(scope.known_on)
    rows = generation.rows("ownership/channel_tags_all") if before is None else generation.rows("ownership/channel_tags", over=SPELLS, known_before=before)
    return rows[rows["channel"].isin(scope.channels)] if scope.channels else rows


def coverage(generation: Generation, scope: Scope, months: int = 24) -> pd.DataFrame:
    """Per month end: how many cells carry each tag (month, tag, cells)."""
    assert scope.as_of
    today = pd.Timestamp(scope.as_of)
    ends = pd.date_range(end=today + pd.offsets.MonthEnd(0), periods=months, freq="ME")
    spells = all_spells(generation, scope.known_on).dropna(subset=["tag"])
    if scope.channels:
        spells = spells[spells["channel"].isin(scope.channels)]
    rows = []
    for end in ends:
        day = min(end, today)
        on = (spells["valid_from"] <= day) & (spells["valid_to"].isna() | (spells["valid_to"] > day))
        rows += [{"month": end.date(), "tag": tag, "cells": int(count)} for tag, count in spells[on]["tag"].value_counts().items()]
    return pd.DataFrame(rows, columns=["month", "tag", "cells"])


@question("ownership_coverage", "How many cells had an owner at the end of each month?", "month tag cells", two_clocks=True)
def ownership_coverage(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per month end and tag that occurs, of the 24 months up to the scope's day."""
    return coverage(generation, scope)
