"""Where do shared channels do best: by family or kind of channel, by device or region."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from commonground.catalogue import Metric
from commonground.evidence import tables
from commonground.questions import evidence, performance, question
from commonground.scope import Scope
from commonground.store import Generation

OF_CHANNELS = ("family", "kind")
OF_VISITS = ("device", "region")


@question("shared_by_group", "Where do shared channels do best?", tables.BY_GROUP, whole=True)
def shared_by_group(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per group of --by family, kind, device or region (family, if another is named), best first.

    A family or kind is some of the channels, with the spread of all channels behind its range; a device
    or region is some of every channel's visits, and has the whole contrast of these visits. A list to
    rank, not to claim; stands_out holds for the list as a whole. A sum has no rows.
    """
    by = scope.by if scope.by in (*OF_CHANNELS, *OF_VISITS) else "family"
    rows = [row for metric in evidence.rates(scope) if metric.denominator for row in _rows(generation, scope, metric, by)]
    return pd.DataFrame(rows, columns=tables.BY_GROUP.split())


def _rows(generation: Generation, scope: Scope, metric: Metric, by: str) -> list[dict[str, Any]]:
    if by in OF_CHANNELS:
        group_of = {str(channel): str(group) for channel, group in performance.directory(generation)[by].items()}
        found = tables.in_groups(evidence.facts_of(generation, scope, metric), metric.sign, group_of)
        return [asdict(one) | {"metric": metric.id, "by": by} for one in found]
    asked = getattr(scope, f"{by}s") or performance.values(generation, by)
    scopes = {str(v): replace(scope, devices=(v,)) if by == "device" else replace(scope, regions=(v,)) for v in asked}
    parts = [(value, evidence.contrast_for(generation, inside, metric)) for value, inside in scopes.items()]
    rows = [asdict(one) | {"metric": metric.id, "by": by, "group": value, "stands_out": False} for value, one in parts]
    return sorted(rows, key=lambda row: (row["estimate"] is None, -(row["estimate"] or 0.0), row["group"]))
