"""What has been said about a cell: the claims that win, and those that do not, each with the reason."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commonground.questions import question
from commonground.questions.believed import believed
from commonground.questions.ownership import cells_on
from commonground.scope import Scope
from commonground.store import Generation

COLUMNS = "channel metric asserted_by org role about_channel about_metric standing valid_from valid_to source known_from"
SINCE_EVER, FOREVER = (pd.Timestamp(day).as_unit("us") for day in ("0001-01-01", "9999-12-31"))
STANDINGS = ("winning", "org gone", "outside", "overridden", "to come", "ended")


@question("claims", "Who says what about a cell, and which claim wins?", COLUMNS, two_clocks=True)
def claims(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per cell and claim that speaks of it; name channels and metrics, or it is one row for each of them all.

    standing, as of the scope's day:
    winning      counts (of A: the most specific of its side, and then of all sides; else of its side and role)
    org gone     would win, but names an org that the directory does not know on that day
    outside      calls an org of the side `other` accountable: that counts as responsible
    overridden   a more specific claim stands against it
    to come      begins later
    ended        ended before, or says nothing because it ends before it begins
    """
    assert scope.as_of
    cells = cells_on(generation, scope.as_of, scope.known_on)[["channel", "metric"]]
    for column, wanted in (("channel", scope.channels), ("metric", scope.metrics)):
        if wanted:
            cells = cells[cells[column].isin(wanted)]
    said = believed(generation, "claim", scope.known_on)
    said = said.rename(columns={"channel": "about_channel", "metric": "about_metric"})
    parts = []
    for about in (("channel", "metric"), ("channel",), ("metric",), ()):
        of_kind = said[_names(said, "channel", "channel" in about) & _names(said, "metric", "metric" in about)]
        joined = of_kind.merge(cells, left_on=[f"about_{name}" for name in about], right_on=list(about)) if about else of_kind.merge(cells, how="cross")
        parts.append(joined.assign(specific=2 * ("channel" in about) + ("metric" in about)))
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.assign(standing=_standing(rows, _directory(generation, scope), pd.Timestamp(str(scope.as_of))))
    order = pd.DataFrame({
        "channel": rows["channel"], "metric": rows["metric"], "standing": rows["standing"].map({name: place for place, name in enumerate(STANDINGS)}),
        "role": rows["role"].map({"A": 0, "R": 1, "C": 2, "I": 3}), "asserted_by": rows["asserted_by"], "org": rows["org"].fillna(""), "from": rows["valid_from"],
    })  # fmt: skip
    return rows.loc[order.sort_values(list(order.columns)).index]


def _names(said: pd.DataFrame, column: str, is_named: bool) -> pd.Series:
    return (said[f"about_{column}"] != "*") == is_named


def _directory(generation: Generation, scope: Scope) -> pd.DataFrame:
    """Each org with the side on which it stands on the scope's day, or stood last, and whether it is alive."""
    orgs = believed(generation, "org", scope.known_on)
    day = pd.Timestamp(str(scope.as_of))
    alive = (orgs["valid_from"].isna() | (orgs["valid_from"] <= day)) & (orgs["valid_to"].isna() | (orgs["valid_to"] > day))
    last = orgs.assign(alive=alive, ends=orgs["valid_to"].fillna(FOREVER), begins=orgs["valid_from"].fillna(SINCE_EVER))
    return last.sort_values(["alive", "ends", "begins", "side"]).drop_duplicates("org", keep="last").set_index("org")[["side", "alive"]]


def _standing(rows: pd.DataFrame, orgs: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    begun = rows["valid_from"].isna() | (rows["valid_from"] <= day)
    ended = (rows["valid_to"] <= day) | (rows["valid_from"] >= rows["valid_to"])
    active = begun & ~ended
    outside = (rows["role"] == "A") & (rows["org"].map(orgs["side"]) == "other")
    counts_as = rows["role"].mask(outside, "R")
    cell = [rows["channel"], rows["metric"]]
    specific = rows["specific"].where(active, -1)
    of_side = specific.groupby([*cell, counts_as, rows["asserted_by"]]).transform("max")
    of_all = specific.groupby([*cell, counts_as]).transform("max")
    wins = active & (specific == np.where(counts_as == "A", of_all, of_side))
    alive = rows["org"].map(orgs["alive"]).eq(True)
    names = rows["org"].notna() & (rows["org"] != "")
    out = pd.Series("overridden", rows.index).mask(wins, "winning").mask(wins & outside, "outside").mask(wins & names & ~alive, "org gone")
    return out.mask(~begun, "to come").mask(ended, "ended")
