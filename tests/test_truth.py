"""A slice of the truth bench: how often is the product right on worlds whose truth is known?

The bars of the whole bench (`make truth`) are held by hundreds of worlds; on the few here each bar
is loosened to what chance alone would miss in under one of a hundred runs.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.truth.doors import Ask, Functions
from bench.truth.scenarios import SCENARIOS, TYPICAL, mean, rate, share
from bench.truth.world import make

ROOT = Path(__file__).parent.parent


def seen(name: str, sets: int) -> list[dict]:
    scenario = SCENARIOS[name]
    worlds = (make(replace(scenario.recipe, seed=9000 + number)) for number in range(sets))
    return [scenario.observe(world, Functions(world)) for world in worlds]


def test_no_effect_is_seldom_claimed_whatever_the_mix():
    records = seen("mix_24", 30)
    assert share(records, "claimed") <= 0.2
    assert share(records, "covers") >= 0.8
    assert mean(records, "unadjusted") > 0.2, "the plain average is fooled"


def test_a_true_advantage_in_bad_families_is_never_turned_round():
    records = seen("reversal", 20)
    assert share(records, "wrong_sign") == 0
    assert share(records, "notice") >= 0.7


def test_a_large_advantage_is_found():
    assert share(seen("lift_40", 20), "better") >= 0.65


def test_losses_lie_in_their_ranges_and_nothing_is_lost_where_nothing_was():
    lost, nothing = seen("incidents", 4), seen("no_incidents", 4)
    assert rate(lost, "covered", "incidents") >= 0.85
    assert rate(lost, "clear", "incidents") >= 0.8
    assert rate(lost, "wrong", "incidents") == 0
    assert rate(nothing, "clear", "incidents") <= 0.15


def test_hand_overs_that_helped_are_found_and_others_are_not():
    assert share(seen("handovers", 10), "claimed") >= 0.7
    assert share(seen("no_handovers", 10), "claimed") <= 0.3


def test_slow_pages_are_measured_without_bias():
    records = seen("slow_web", 8)
    assert abs(sum(record["error"] for record in records) / len(records)) < 0.08


def test_unusual_days_and_the_months_end():
    assert rate(seen("anomalies_90", 3), "found", "planted") >= 0.5
    assert rate(seen("anomalies_600", 3), "found", "planted") >= 0.97
    assert 1000 * rate(seen("no_anomalies_600", 3), "false", "days") <= 1.0
    assert rate(seen("pacing", 6), "covered", "channels") >= 0.85


def straying(counts: pd.DataFrame) -> float:
    """How far a middle channel's days stray from its level, weekday and the common day, beside counting; a row per day."""
    logs = np.log(counts).reset_index(drop=True)
    rest = logs - logs.rolling(29, center=True).median().bfill().ffill()
    rest -= rest.groupby(rest.index % 7).transform("median")
    rest = rest.sub(rest.median(axis=1), axis=0)
    spread = 1.4826 * rest.abs().median()
    return float(np.sqrt(np.maximum(spread**2 - 1 / counts.median(), 0).median()))


def test_planted_days_stray_as_real_ones_do():
    """The federal sample before the holidays of November, agencies that report every day; and a world of large channels."""
    visits = pd.read_csv(ROOT / "sample_data" / "us_federal" / "dap_devices_daily.csv", parse_dates=["date"])
    agencies = visits[visits["agency_slug"] != "live"].pivot_table(index="date", columns="agency_slug", values="visits", aggfunc="sum")
    agencies = agencies[agencies.columns[agencies.notna().all()]].loc[:"2023-11-21"]
    planted = make(replace(TYPICAL, conversions_a_day=5000, seed=1)).daily.pivot_table(index="day", columns="channel", values="conversions", aggfunc="sum", observed=True)
    assert agencies.shape[1] >= 5
    assert 0.045 < straying(agencies) < 0.065
    assert 0.05 < straying(planted) < 0.065


@pytest.mark.slow
@pytest.mark.parametrize("name", ["reversal", "handovers", "incidents", "slow_web", "anomalies_90", "pacing"])
def test_import_and_ask_say_what_the_functions_say(name: str):
    scenario = SCENARIOS[name]
    world = make(replace(scenario.recipe, seed=7))
    door = Ask(world)
    try:
        through = scenario.observe(world, door)
    finally:
        door.close()
    straight = scenario.observe(world, Functions(world))
    assert through == pytest.approx(straight, rel=1e-6)


@pytest.mark.slow
def test_every_gap_comes_out_to_the_day():
    scenario = SCENARIOS["gaps"]
    world = make(replace(scenario.recipe, seed=11))
    door = Ask(world)
    try:
        assert scenario.observe(world, door) == {"exact": True}
    finally:
        door.close()
