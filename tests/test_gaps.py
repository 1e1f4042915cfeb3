"""What does a gap cost, and is no cent counted twice? Worked out by hand, and over random worlds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonground.questions import evidence, gaps, shortfall
from commonground.questions.ownership import SEVERITY
from commonground.scope import Scope

if TYPE_CHECKING:
    from conftest import Desk

FIRST = date(2026, 3, 1)
SCOPE = Scope(first_day=FIRST, last_day=FIRST + timedelta(days=9), as_of=FIRST + timedelta(days=9))
CHANNELS = "channel,kind,name,family\nshop,web,Shop,site\noutlet,web,Outlet,site\nads,campaign,Ads,display\n"


def daily(rate: float = 0.02) -> str:
    """Ten days: the shop sells 20 of 1000 visits a day (`rate`), the outlet 40 of 1000, an order is 50; ads cost 10 a day."""
    head = "day,channel,sessions,conversions,revenue,spend\n"
    rows = [f"{FIRST + timedelta(days=d)},{c}" for d in range(10) for c in ("shop", "outlet", "ads")]
    values = {"shop": f",1000,{1000 * rate:.0f},{50000 * rate:.0f},", "outlet": ",1000,40,2000,", "ads": ",,,,10"}
    return head + "".join(row + values[row.split(",")[1]] + "\n" for row in rows)


def owned(*rows: str) -> str:
    return "channel,metric,owner,asserted_by,valid_from,valid_to\n" + "\n".join(rows) + "\n"


def scoped(*cells: str) -> str:
    return "channel,metric,disposition\n" + "\n".join(f"{cell},required" for cell in cells) + "\n"


def test_spend_counts_only_the_days_without_one_accountable_owner(desk: Desk):
    """Ads: spend is owned until 4 March (3 days), then nobody's; clicks never: 7 days x 10 / 2 and 10 days x 10 / 2."""
    desk.give(channel=CHANNELS, daily=daily(), scope=scoped("ads,spend", "ads,clicks"), ownership=owned("ads,spend,marketing,,2026-01-01,2026-03-04"))
    found = gaps.weighed_gaps(desk.generation, SCOPE, {}).set_index("metric")
    assert found["spend"].to_dict() == {"clicks": 50.0, "spend": 35.0}
    assert found["primary_gap"].to_dict() == {"clicks": "UNOWNED", "spend": "LAPSED"}


def test_edited_weights_move_the_money_and_keep_the_pool(desk: Desk):
    desk.give(channel=CHANNELS, daily=daily(), scope=scoped("ads,spend", "ads,clicks"))
    found = gaps.weighed_gaps(desk.generation, SCOPE, {("ads", "spend"): 3.0}).set_index("metric")
    assert found["spend"].to_dict() == {"spend": 75.0, "clicks": 25.0}
    assert found.index[0] == "spend", "the same exposure, the larger spend first"


def test_a_rate_below_its_clean_peers_has_a_shortfall(desk: Desk):
    """200 of 10,000 against the outlet's 400 of 10,000: 200 orders of 50 are missing."""
    desk.give(channel=CHANNELS, daily=daily(), scope=scoped("shop,conversion_rate", "outlet,conversion_rate"), ownership=owned("outlet,*,marketing,,,"))
    found = gaps.weighed_gaps(desk.generation, SCOPE, {}).set_index(["channel", "metric"])
    assert found.loc[("shop", "conversion_rate"), "shortfall"] == pytest.approx(200 * 50)
    assert found.loc[("shop", "conversion_rate"), "priced"]
    cells = gaps.priced_cells(desk.generation, SCOPE, {})
    (told,) = gaps.shortfalls(desk.generation, SCOPE, cells)
    assert told.benchmark_name == "the owned channels of site"
    assert (told.value, told.benchmark) == (pytest.approx(0.02), pytest.approx(0.04))


def test_a_rate_that_may_well_reach_its_benchmark_has_none(desk: Desk):
    """395 of 10,000: its upper limit lies above 4 %."""
    desk.give(channel=CHANNELS, daily=daily(0.039), scope=scoped("shop,conversion_rate", "outlet,conversion_rate"), ownership=owned("outlet,*,marketing,,,"))
    found = gaps.weighed_gaps(desk.generation, SCOPE, {}).set_index("channel")
    assert pd.isna(found.loc["shop", "shortfall"])
    assert not found.loc["shop", "priced"]


def test_a_target_goes_before_the_peers(desk: Desk):
    target = "channel,metric,first_day,last_day,value\nshop,conversion_rate,2026-01-01,2026-12-31,0.03\n"
    desk.give(channel=CHANNELS, daily=daily(), scope=scoped("shop,conversion_rate"), target=target)
    assert gaps.weighed_gaps(desk.generation, SCOPE, {})["shortfall"].tolist() == [pytest.approx(100 * 50)]


def test_days_with_an_incident_are_left_to_the_incident(desk: Desk):
    """One of ten days: 20 orders fewer are missing against the target of 3 %."""
    target = "channel,metric,first_day,last_day,value\nshop,conversion_rate,2026-01-01,2026-12-31,0.03\n"
    incident = "incident,channel,started_at,resolved_at\nX,shop,2026-03-05 10:00,2026-03-05 12:00\n"
    desk.give(channel=CHANNELS, daily=daily(), scope=scoped("shop,conversion_rate"), target=target, incident=incident)
    assert gaps.weighed_gaps(desk.generation, SCOPE, {})["shortfall"].tolist() == [pytest.approx(90 * 50)]


def test_the_upper_limit_of_wilson_by_hand():
    """5 of 100: (0.05 + 0.019207 + 1.959964 sqrt(0.000475 + 0.00009604)) / 1.038415 = 0.1118."""
    assert shortfall.wilson_upper(5, 100) == pytest.approx(0.1118, abs=1e-4)
    assert shortfall.wilson_upper(0, 0) == 1.0


def test_overlapping_incidents_are_merged_before_they_are_summed():
    """10:00 to 11:00 and 10:30 to 11:30 are 90 minutes."""
    rows = [("A", "shop", "2026-03-05 10:00", "2026-03-05 11:00"), ("B", "shop", "2026-03-05 10:30", "2026-03-05 11:30"), ("C", "shop", "2026-03-07 10:00", None)]
    table = pd.DataFrame(rows, columns=["incident", "channel", "started_at", "resolved_at"])
    table[["started_at", "resolved_at"]] = table[["started_at", "resolved_at"]].apply(pd.to_datetime)
    merged = evidence._merged(table, date(2026, 3, 8))
    minutes = (merged["resolved_at"] - merged["started_at"]).dt.total_seconds() / 60
    assert minutes.tolist() == [90.0, (24 + 14) * 60]


def test_waiting_costs_what_the_period_cost_a_day(desk: Desk):
    target = "channel,metric,first_day,last_day,value\nshop,conversion_rate,2026-01-01,2026-12-31,0.03\n"
    desk.give(channel=CHANNELS, daily=daily(), scope=scoped("shop,conversion_rate"), target=target)
    found = gaps.weighed_gaps(desk.generation, SCOPE, {})
    (row,) = gaps.cost_of_waiting(found, SCOPE, 28).to_dict("records")
    assert row["loss"] == pytest.approx(5000 / 10 * 28)
    assert row["exposed"] == pytest.approx(10_000 / 10 * 28)


def test_what_loses_money_comes_before_what_is_only_exposed():
    """Loss a day, then exposure, then age, then severity."""
    columns = gaps.COLUMNS.split()
    rows = [
        {"channel": "a", "primary_gap": "DISOWNED", "shortfall": np.nan, "incident_loss": np.nan, "revenue_exposed": 900.0, "spend": 0.0, "age_days": 9},
        {"channel": "b", "primary_gap": "CONTESTED", "shortfall": 1.0, "incident_loss": np.nan, "revenue_exposed": 1.0, "spend": 0.0, "age_days": 1},
        {"channel": "c", "primary_gap": "UNOWNED", "shortfall": np.nan, "incident_loss": np.nan, "revenue_exposed": 5.0, "spend": 0.0, "age_days": 3},
        {"channel": "d", "primary_gap": "CONTESTED", "shortfall": np.nan, "incident_loss": np.nan, "revenue_exposed": 5.0, "spend": 0.0, "age_days": 3},
    ]
    assert SEVERITY.index("UNOWNED") < SEVERITY.index("CONTESTED")
    assert gaps.ranked(pd.DataFrame(rows).reindex(columns=columns), SCOPE)["channel"].tolist() == ["b", "a", "c", "d"]


money = st.integers(0, 10_000_000).map(lambda cents: cents / 100)
cell = st.tuples(st.sampled_from(["ads", "shop", "outlet"]), st.sampled_from(["spend", "revenue", "clicks", "sessions", "uptime"]))


@settings(max_examples=25, deadline=None)
@given(
    spend=st.lists(money, min_size=10, max_size=10), revenue=st.lists(money, min_size=10, max_size=10), cells=st.sets(cell, min_size=1),
    claims=st.lists(st.tuples(cell, st.sampled_from(["it", "marketing", "shared"]), st.integers(0, 9), st.integers(1, 10)), max_size=6),
    weights=st.dictionaries(cell, st.floats(0, 10, allow_nan=False), max_size=5),
)  # fmt: skip
def test_gaps_and_clean_cells_hold_the_pool_in_every_world(tmp_path_factory: pytest.TempPathFactory, spend, revenue, cells, claims, weights):
    """Weights add up to 1 per channel; the cells' pools add up to the channel's money; a gap takes no more than its pool."""
    from conftest import Desk

    desk = Desk(tmp_path_factory.mktemp("world"))
    rows = [f"{FIRST + timedelta(days=d)},{c},{revenue[d] if c != 'ads' else ''},{spend[d] if c == 'ads' else ''}" for d in range(10) for c in ("ads", "shop", "outlet")]
    files = {"channel": CHANNELS, "daily": "day,channel,revenue,spend\n" + "\n".join(rows) + "\n", "scope": scoped(*(f"{c},{m}" for c, m in sorted(cells)))}
    if claims:
        files["ownership"] = owned(*(f"{c},{m},{o},,{FIRST + timedelta(days=a)},{FIRST + timedelta(days=a + n)}" for (c, m), o, a, n in claims))
    desk.give(**files)
    found = gaps.priced_cells(desk.generation, SCOPE, weights)
    assert found.groupby("channel")["weight"].sum().to_numpy() == pytest.approx(1.0, abs=1e-9)
    for channel, pool, pooled, taken in (("ads", sum(spend), "spend_pool", "spend"), ("shop", sum(revenue), "revenue_pool", "revenue_exposed")):
        mine = found[found["channel"] == channel]
        if len(mine):
            assert mine[pooled].sum() == pytest.approx(pool, rel=1e-9, abs=1e-6)
            clean = mine[pooled] - mine[taken].fillna(0.0)
            assert (clean >= -1e-6).all()
            assert mine[taken].fillna(0.0).sum() + clean.sum() == pytest.approx(pool, rel=1e-9, abs=1e-6)
    assert not found.duplicated(["channel", "metric"]).any(), "one primary gap per cell"
