"""The evidence questions: sums from the file, classes from the ledger, estimates from evidence/."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from commonground.catalogue import Metric
from commonground.evidence import Contrast, contrast, mix_adjusted, ranking
from commonground.evidence.contrast import MIN_DAYS
from commonground.questions import ownership, performance, question
from commonground.scope import Scope
from commonground.store import Generation


def rates(scope: Scope) -> list[Metric]:
    """The metrics that an index can be made of: ratios with a direction; conversion rate if none is named."""
    if scope.metrics:
        return performance.metrics_of(scope)
    return performance.metrics_of(replace(scope, metrics=("conversion_rate",)))


def strata(generation: Generation, scope: Scope, metric: Metric) -> pd.DataFrame:
    """Daily numerator and denominator per channel and stratum (device x region), with the cell's class.

    A cell's class is its own tag on the day, or its channel's where the ledger has no such cell.
    """
    bare = replace(scope, compare="none", owners=(), metrics=())
    rows = performance.daily_cut(generation, bare)
    rows = rows.dropna(subset=list(metric.measures))
    numerator = sum((rows[name] * sign for name, sign in metric.numerator), pd.Series(0.0, rows.index))
    denominator = rows[metric.denominator] if metric.denominator else pd.Series(1.0, rows.index)
    out = pd.DataFrame({
        "channel": rows["channel"], "family": rows["family"], "day": pd.to_datetime(rows["day"]), "tag": rows["tag"],
        "stratum": rows["device"].fillna("-") + " / " + rows["region"].fillna("-"), "n": numerator, "d": denominator,
    })  # fmt: skip
    spells = ownership.all_spells(generation)
    spells = spells[spells["metric"] == metric.id]
    for spell in spells.itertuples():
        inside = (out["channel"] == spell.channel) & (out["day"] >= spell.valid_from)
        if not pd.isna(spell.valid_to):
            inside &= out["day"] < spell.valid_to
        out.loc[inside, "tag"] = spell.tag
    changed = out.drop_duplicates(["channel", "day"]).sort_values(["channel", "day"])
    number = (changed["tag"] != changed.groupby("channel")["tag"].shift()).groupby(changed["channel"]).cumsum()
    key = pd.MultiIndex.from_frame(changed[["channel", "day"]])
    lookup = pd.Series(number.to_numpy(), key)
    out["spell"] = lookup.reindex(pd.MultiIndex.from_frame(out[["channel", "day"]])).to_numpy()
    return out


def contrast_of(rows: pd.DataFrame, metric: Metric) -> Contrast:
    """The contrast of one metric from its strata."""
    rows = rows[rows["tag"].isin(["Shared", "IT", "Marketing"])]
    if rows.empty:
        return Contrast(note="no channel is shared or single-owned in this view")
    keys = ["channel", "spell", "tag", "family"]
    n = rows.pivot_table(index=keys, columns="stratum", values="n", aggfunc="sum", fill_value=0.0)
    d = rows.pivot_table(index=keys, columns="stratum", values="d", aggfunc="sum", fill_value=0.0)
    days = rows.groupby(keys)["day"].nunique().reindex(n.index)
    table = n.index.to_frame(index=False)
    names = [f"{c} ({s})" if (table["channel"] == c).sum() > 1 else str(c) for c, s in zip(table["channel"], table["spell"], strict=True)]
    return contrast(names, n.to_numpy(float), d.to_numpy(float), list(table["family"]), (table["tag"] == "Shared").to_numpy(), days.to_numpy(), metric.sign)


@question(
    "shared_contrast",
    "Do shared channels do better than single-owned ones, mix and family taken out?",
    "metric estimate low high verdict smallest_visible unadjusted channels_shared channels_single days families_left_out note",
    whole=True,
)
def shared_contrast(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per metric."""
    rows = []
    for metric in rates(scope):
        found = contrast_of(strata(generation, scope, metric), metric) if metric.denominator else Contrast(note="a sum has no index: name a ratio")
        rows.append({"metric": metric.id, **{k: v for k, v in vars(found).items() if k not in ("left_out", "method")}, "families_left_out": ";".join(found.families_left_out)})
    return pd.DataFrame(rows)


@question("shared_ranking", "Which channels do best on the common mix?", "channel tag family metric index low high p_best", whole=True)
def shared_ranking(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per channel with enough weeks, best first."""
    columns = ["channel", "tag", "family", "metric", "index", "low", "high", "p_best"]
    found = []
    for metric in rates(scope):
        if not metric.denominator or metric.sign == 0:
            continue
        rows = strata(generation, scope, metric)
        if rows["day"].nunique() < MIN_DAYS:
            continue
        n = rows.pivot_table(index="channel", columns="stratum", values="n", aggfunc="sum", fill_value=0.0)
        d = rows.pivot_table(index="channel", columns="stratum", values="d", aggfunc="sum", fill_value=0.0)
        _, factor = mix_adjusted(n.to_numpy(float), d.to_numpy(float))
        rows = rows.assign(e=rows["d"] * rows["stratum"].map(dict(zip(n.columns, factor, strict=True))), week=rows["day"].dt.to_period("W"))
        weekly = rows.groupby(["channel", "week"])[["n", "e"]].sum().unstack("week")
        rate = max(float(rows["n"].sum() / max(rows["e"].sum(), 1e-12)), 1e-12)
        with np.errstate(invalid="ignore"):
            log_index = np.log((weekly["n"].to_numpy(float) + 0.5) / (weekly["e"].to_numpy(float) + 0.5 / rate))
        last = rows.sort_values("day").drop_duplicates("channel", keep="last").set_index("channel")
        found += [
            {"channel": one.name, "tag": last.at[one.name, "tag"], "family": last.at[one.name, "family"], "metric": metric.id,
             "index": one.index, "low": one.low, "high": one.high, "p_best": one.p_best}
            for one in ranking(list(weekly.index), log_index, metric.sign)
        ]  # fmt: skip
    return pd.DataFrame(found, columns=columns)
