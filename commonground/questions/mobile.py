"""Is mobile ready on both sides? Checklists of the mobile channels side by side, and visits by device."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from commonground.catalogue import add_up, catalogue
from commonground.questions import dossier, flags, performance, question
from commonground.questions.believed import believed
from commonground.questions.ownership import channel_tags
from commonground.scope import Scope
from commonground.store import Generation

READINESS = "channel family tag technology customer ready technology_done technology_items customer_done customer_items"
COUNTS = ["technology_done", "technology_items", "customer_done", "customer_items"]


@question("mobile_readiness", "Is every mobile channel ready, by technology's checklist and by the customer's?", READINESS, two_clocks=True)
def mobile_readiness(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per mobile channel, also those that nobody keeps a checklist for; the least ready first, unknown before it.

    Mobile are the channels of that kind, and those of a family that is named so (mobile web). Shares
    from 0 to 1, as of the scope's day; `ready` is the smaller of the two, missing where a list is.
    """
    known = performance.directory(generation)
    known = known[(known["kind"] == "mobile") | known["family"].str.startswith("mobile")]
    rows = dossier.of_scope(generation, replace(scope, kinds=()), known[["channel", "family"]].reset_index(drop=True))
    tags = channel_tags(generation, scope)
    day = pd.Timestamp(str(scope.as_of))
    on = (tags["valid_from"].isna() | (tags["valid_from"] <= day)) & (tags["valid_to"].isna() | (tags["valid_to"] > day))
    rows = rows.merge(tags.loc[on, ["channel", "tag"]], on="channel", how="left")
    rows = rows.merge(dossier.checklists(generation, replace(scope, kinds=())), on="channel", how="left")
    rows[COUNTS] = rows[COUNTS].fillna(0).astype(int)
    return rows.sort_values(["ready", "channel"], na_position="first")


@question("devices", "Which devices do people come with, how do they convert, and did anybody test them?", "channel device sessions share conversion_rate tested")
def devices(generation: Generation, scope: Scope) -> pd.DataFrame:
    """One row per channel and device with sessions in the period; share of the channel's sessions.

    tested: whether the channel's technology checklist has the device as done on the scope's day;
    missing where the list names no device at all, for then nothing is said of devices.
    """
    sums = performance.cut_sums(generation, replace(scope, compare="none"))
    sums = sums.dropna(subset=["device"]).astype({"channel": str, "device": str})
    visits = add_up(sums, catalogue()["sessions"], ["channel", "device"])[["channel", "device", "value"]].rename(columns={"value": "sessions"})
    visits = visits[visits["sessions"] > 0]
    rates = add_up(sums, catalogue()["conversion_rate"], ["channel", "device"])[["channel", "device", "value"]].rename(columns={"value": "conversion_rate"})
    rows = visits.merge(rates, on=["channel", "device"], how="left")
    listed, tested = flags.tested_devices(believed(generation, "checklist_item", scope.known_on), scope)
    told = [(c, d.lower()) in tested if c in listed else None for c, d in zip(rows["channel"], rows["device"], strict=True)]
    share = rows["sessions"] / rows.groupby("channel")["sessions"].transform("sum")
    return rows.assign(share=share, tested=pd.Series(told, rows.index, dtype=object)).sort_values(["channel", "sessions"], ascending=[True, False])
