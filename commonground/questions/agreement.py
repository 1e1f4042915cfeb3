"""Do the two sides agree on who owns what? Cell by cell, as a raw share and as Cohen's kappa."""

from __future__ import annotations

import pandas as pd

from commonground.questions import question
from commonground.questions.believed import SPELLS, known_before
from commonground.scope import Scope
from commonground.store import Generation

GROUPS = ("channel", "family", "kind", "concern")
LABELS = ("IT", "Marketing", "Joint", "nobody")


@question("agreement", "Do IT and marketing say the same about who owns what?", "channel kind family metric concern it_says marketing_says agree", two_clocks=True)
def agreement(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per cell that needs an owner, as of the scope's day; agree where both sides say the same."""
    before = known_before(scope.known_on)
    rows = generation.rows("ownership/statements", over=SPELLS if before else None, as_of=scope.as_of, known_before=before)
    for column, wanted in (("kind", scope.kinds), ("channel", scope.channels), ("metric", scope.metrics)):
        if wanted:
            rows = rows[rows[column].isin(wanted)]
    return rows.assign(agree=rows["it_says"] == rows["marketing_says"])


def summary(cells: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Agreement per group of cells: group, cells, same, share, kappa; the lowest share first.

    share = cells of which both say the same / cells. kappa = (share - expected) / (1 - expected),
    expected from each side's own frequencies (Cohen 1960); None where only one label occurs, for
    then there is nothing to agree on.
    """
    groups = [("all", cells)] if by is None else [(str(name), group) for name, group in cells.groupby(by)]
    rows = [
        {"group": name, "cells": len(group), "same": int(group["agree"].sum()), "share": float(group["agree"].mean()), "kappa": kappa(group)}
        for name, group in groups
        if len(group)
    ]
    out = pd.DataFrame(rows, columns=["group", "cells", "same", "share", "kappa"])
    return out.sort_values(["share", "cells", "group"], ascending=[True, False, True]).reset_index(drop=True)


@question("agreement_by_group", "Where do IT and marketing agree least?", "by group cells same contradicted silent share kappa", two_clocks=True)
def agreement_by_group(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row for all cells and one per channel, family, kind and concern; contradicted: both name an owner, silent: one names nobody."""
    cells = agreement(generation, scope)
    parts = [summary(cells).assign(by="all", contradicted=int(contradicted(cells).sum()))]
    parts += [summary(cells, by).assign(by=by).merge(contradicted(cells).groupby(cells[by].astype(str)).sum().rename("contradicted"), left_on="group", right_index=True) for by in GROUPS]
    found = pd.concat([part for part in parts if len(part)] or parts[:1])
    return found.assign(silent=found["cells"] - found["same"] - found["contradicted"]).sort_values(["by", "contradicted", "share", "group"], ascending=[True, False, True, True])


def contradicted(cells: pd.DataFrame) -> pd.Series:
    """Of which cells each side names an owner, and not the same one."""
    return (cells["it_says"] != "nobody") & (cells["marketing_says"] != "nobody") & (cells["it_says"] != cells["marketing_says"])


def kappa(cells: pd.DataFrame) -> float | None:
    """Cohen's kappa of the two statements, or None where only one label occurs."""
    one, other = cells["it_says"], cells["marketing_says"]
    if pd.concat([one, other]).nunique() < 2:
        return None
    expected = float((one.value_counts(normalize=True) * other.value_counts(normalize=True)).sum())
    return (float((one == other).mean()) - expected) / (1 - expected)


def crossed(cells: pd.DataFrame) -> pd.DataFrame:
    """How often which two statements meet: rows what IT says, columns what marketing says."""
    table = pd.crosstab(cells["it_says"], cells["marketing_says"])
    return table.reindex(index=LABELS, columns=LABELS, fill_value=0).rename_axis(index="IT says", columns="Marketing says")
