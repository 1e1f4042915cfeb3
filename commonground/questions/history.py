"""Ownership over time: how long gaps take to close, what changed hands, and what a policy would change."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from commonground.catalogue import catalogue
from commonground.questions import gaps, performance, question
from commonground.questions.believed import believed
from commonground.questions.ownership import GAP_STATES, all_spells, cells_on, ownership
from commonground.scope import Scope
from commonground.store import Generation

OWNED = ("OWNED", "SHARED")
GAP_TAGS = ("Contested", "Unowned")
ANY = ("*", "")
POLICY_TAG = {"it": "IT", "marketing": "Marketing", "joint": "Shared"}
STANDING_POLICY = pd.DataFrame(
    [("infrastructure", "*", "it"), ("customer", "*", "marketing"), ("*", "mobile", "joint")], columns=["concern", "kind", "expected"]
)
"""Infrastructure to IT, customer metrics to marketing, mobile to both: the policy that applies where nobody wrote one."""
CHANGES = "channel metric from_state from_tag from_owners to_state to_tag to_owners"
WHAT_IF = "channel kind metric concern state tag then closes_gap changes_owner primary_gap spend revenue_exposed"


def gap_runs(generation: Generation, as_of: date, known_on: date | None = None) -> pd.DataFrame:
    """Every run of gap days of a cell up to a day: channel, metric, tag (of its first day), opened, owned_on, days.

    A run goes on through changes from one gap state to another; it is closed by the first day on
    which the cell has one accountable owner. Runs that end because the cell left the scope or became
    exempt are left out. owned_on is missing while the run is open; days then count to `as_of`.
    """
    today = pd.Timestamp(as_of)
    spells = all_spells(generation, known_on).sort_values(["channel", "metric", "valid_from"])
    spells = spells[spells["valid_from"] <= today]
    is_gap = spells["state"].isin(GAP_STATES)
    cell = spells["channel"] + "\t" + spells["metric"]
    starts = is_gap & ~(is_gap.shift(fill_value=False) & (cell == cell.shift()) & (spells["valid_from"] == spells["valid_to"].shift()))
    runs = spells.assign(run=starts.cumsum(), cell=cell)
    first, last = runs[is_gap].drop_duplicates("run"), runs[is_gap].drop_duplicates("run", keep="last")
    found = first[["channel", "metric", "tag"]].assign(opened=first["valid_from"], ends=last["valid_to"].to_numpy())
    owned = spells.loc[spells["state"].isin(OWNED), ["channel", "metric", "valid_from"]].rename(columns={"valid_from": "ends"}).assign(is_owned=True)
    found = found.merge(owned, on=["channel", "metric", "ends"], how="left")
    is_closed = found["is_owned"].eq(True)
    is_open = found["ends"].isna() | (found["ends"] > today)
    found = found[is_closed | is_open].copy()
    found["owned_on"] = found["ends"].where(is_closed & ~is_open)
    found["days"] = (found["owned_on"].fillna(today + pd.Timedelta(days=1)) - found["opened"]).dt.days
    return found[["channel", "metric", "tag", "opened", "owned_on", "days"]].reset_index(drop=True)


def time_to_owner(generation: Generation, scope: Scope, by: str = "tag") -> pd.DataFrame:
    """Median days from the first day of a gap to its first owned day, per tag or family.

    Columns: group, closed (n of the median), median_days (None without a closed gap), open, oldest_days
    (of those still open). Open gaps are counted, never averaged in: their time is not over.
    """
    assert scope.as_of
    runs = gap_runs(generation, scope.as_of, scope.known_on)
    known = performance.directory(generation)
    runs = runs.assign(family=runs["channel"].map(known["family"]), kind=runs["channel"].map(known["kind"]))
    if scope.channels:
        runs = runs[runs["channel"].isin(scope.channels)]
    if scope.kinds:
        runs = runs[runs["kind"].isin(scope.kinds)]
    rows = []
    for name, group in runs.groupby(by):
        closed = group["owned_on"].notna()
        rows.append({
            "group": str(name), "closed": int(closed.sum()), "median_days": float(group.loc[closed, "days"].median()) if closed.any() else None,
            "open": int((~closed).sum()), "oldest_days": int(group.loc[~closed, "days"].max()) if (~closed).any() else None,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=["group", "closed", "median_days", "open", "oldest_days"])


@question("time_to_owner", "How long does a gap last until somebody owns it?", "group closed median_days open oldest_days", two_clocks=True)
def time_to_owner_by(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per tag, or per family, kind or channel where --by says so: median days and how many gaps are still open."""
    return time_to_owner(generation, scope, scope.by if scope.by in ("family", "kind", "channel") else "tag")


@question("ownership_changes", "What changed hands from the first day of the period to the day looked at?", CHANGES, two_clocks=True)
def ownership_changes(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per cell whose state, tag or owners differ between the period's first day and the scope's day."""
    assert scope.first_day
    return compared_days(generation, scope, scope.first_day)


def compared_days(generation: Generation, scope: Scope, earlier: date) -> pd.DataFrame:
    """What changed hands from one day to the scope's day: the cells whose state, tag or owners differ.

    Columns: channel, metric, from_state, from_tag, from_owners, to_state, to_tag, to_owners; missing
    where the cell was not in scope on that day.
    """
    assert scope.as_of
    days = (earlier, scope.as_of)
    then, now = (cells_on(generation, day, scope.known_on)[["channel", "metric", "state", "tag", "owners"]] for day in days)
    both = then.merge(now, on=["channel", "metric"], how="outer", suffixes=("_then", "_now"))
    same = np.logical_and.reduce([(both[f"{c}_then"].fillna("") == both[f"{c}_now"].fillna("")).to_numpy() for c in ("state", "tag", "owners")])
    out: pd.DataFrame = both[~same].rename(columns={f"{c}_{when}": f"{word}_{c}" for c in ("state", "tag", "owners") for when, word in (("then", "from"), ("now", "to"))})
    if scope.channels:
        out = out[out["channel"].isin(scope.channels)]
    return out.sort_values(["channel", "metric"]).reset_index(drop=True)


def what_if(generation: Generation, scope: Scope, policy: pd.DataFrame = STANDING_POLICY) -> pd.DataFrame:
    """The map under a policy: who would own each cell if the policy were carried out.

    policy: concern, kind, expected; `*` = any; a row that names the kind goes before one that names
    the concern. One row per cell that needs an owner: channel, kind, metric, concern, state, tag,
    then (the tag; the present one where the policy is silent), closes_gap, changes_owner. It says
    what would change hands, and foretells no performance.
    """
    cells = ownership(generation, scope)
    cells = cells[cells["state"] != "EXEMPT"]
    known = believed(generation, "channel", scope.known_on).set_index("channel")["kind"]
    concern = {name: metric.concern for name, metric in catalogue().metrics.items()}
    cells = cells.assign(kind=cells["channel"].map(known), concern=cells["metric"].map(concern))
    expected = {key: _expected(policy, *key) for key in set(zip(cells["concern"], cells["kind"], strict=True))}
    told = pd.Series([expected[key] for key in zip(cells["concern"], cells["kind"], strict=True)], cells.index, dtype=object)
    then = told.fillna(cells["tag"])
    is_gap = cells["tag"].isin(GAP_TAGS)
    out = cells.assign(then=then, closes_gap=is_gap & ~then.isin(GAP_TAGS), changes_owner=~is_gap & (then != cells["tag"]))
    return out[["channel", "kind", "metric", "concern", "state", "tag", "then", "closes_gap", "changes_owner"]].reset_index(drop=True)


@question("what_if", "Who would own what if infrastructure went to IT, customer metrics to marketing, mobile to both?", WHAT_IF, two_clocks=True)
def what_if_exposed(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per cell that needs an owner, with what runs through each gap in the period: exposure, no forecast."""
    money = gaps.gaps(generation, scope)[["channel", "metric", "primary_gap", "spend", "revenue_exposed"]]
    return what_if(generation, scope).merge(money, on=["channel", "metric"], how="left")


def carried(cells: pd.DataFrame) -> pd.DataFrame:
    """How many metrics each tag carries now and would carry: tag, now, then."""
    tags = ["IT", "Marketing", "Shared", *GAP_TAGS]
    counts = [cells[column].value_counts().reindex(tags, fill_value=0) for column in ("tag", "then")]
    return pd.DataFrame({"tag": tags, "now": counts[0].to_numpy(), "then": counts[1].to_numpy()})


def _expected(policy: pd.DataFrame, concern: str, kind: str) -> str | None:
    """The tag that the most specific fitting row expects: a named kind goes before a named concern."""
    rows = zip(policy["concern"], policy["kind"], policy["expected"], strict=True)
    fits = [(k not in ANY, c not in ANY, str(e)) for c, k, e in rows if c in (concern, *ANY) and k in (kind, *ANY)]
    return POLICY_TAG.get(max(fits, key=lambda row: row[:2])[2]) if fits else None
