"""A slice of the truth bench: how often is the product right on worlds whose truth is known?

The bars of the whole bench (`make truth`) are held by hundreds of worlds; on the few here each bar
is loosened to what chance alone would miss in under one of a hundred runs.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.truth.doors import Ask, Functions
from bench.truth.scenarios import SCENARIOS, mean, rate, share
from bench.truth.world import make


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
    assert rate(seen("anomalies_600", 3), "found", "planted") >= 0.8
    assert 1000 * rate(seen("no_anomalies_600", 3), "false", "days") <= 1.0
    assert rate(seen("pacing", 6), "covered", "channels") >= 0.85


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
