"""The second clock: what was believed at the end of a day, whatever came in or was signed since."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pandas as pd

from commonground.scope import Scope
from commonground.store import Generation

SPELLS = {"ownership_spell": "ownership/spells"}
"""Spells as they were believed before a moment stand in for those that the build made."""

NOW = frozenset({"access_grant", "checklist_item", "glossary", "need", "org", "policy", "request"})
"""Tables whose rows of today the whole table holds: read once for all who ask, without looking at the second clock."""


def believed(generation: Generation, table: str, known_on: date | None) -> pd.DataFrame:
    """A small table that has two clocks (org, policy, need, request ...), as believed now or at the end of a day."""
    if known_on is None and table in NOW:
        return generation.rows(f"loads/table_{table}")
    return generation.rows(f"ownership/known_{table}", known_before=known_before(known_on))


def observed(generation: Generation, known_on: date | None) -> pd.DataFrame:
    """First and last day and number of days of each cell that was observed, as far as it was known then."""
    return generation.rows("loads/observed") if known_on is None else believed(generation, "observed", known_on)


def known_before(known_on: date | None) -> datetime | None:
    """The first moment after a day, for queries that ask what was known by then; None is all that is known."""
    return None if known_on is None else datetime.combine(known_on + timedelta(days=1), time())


def settled(generation: Generation, scope: Scope) -> Scope:
    """The scope; where nothing was learnt since its day of belief, with the belief of now, which is the same and stands in the file."""
    before = known_before(scope.known_on)
    if before is None:
        return scope
    last = generation.rows("ownership/last_learnt")["last_learnt"].iloc[0]
    return replace(scope, known_on=None) if pd.notna(last) and last < before else scope
