"""Each method on an example worked out by hand, and on data that can support nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from commonground.cli import written
from commonground.evidence import (
    Switch,
    contrast,
    handovers,
    incident_loss,
    pace,
    ranking,
    slow_web,
    switches_of,
    watched,
    xmr,
)
from commonground.questions import ask
from commonground.scope import Scope
from commonground.store import Generation

if TYPE_CHECKING:
    from desks import Desk

QUESTIONS = ("shared_contrast", "shared_ranking", "handovers", "incident_effects", "slow_web", "anomalies", "pacing")


def test_a_contrast_by_hand():
    """Four channels at 1 %, four shared at 1.2 %, each 10 % of a log above or below: beta = log 1.2.

    Eight residuals of .1: s^2 = .08 / 6; standard error = sqrt(s^2 (1/4 + 1/4)) = .0816; t(6) = 2.447.
    """
    shared = np.arange(8) >= 4
    orders = 1e6 * np.where(shared, 0.012, 0.01) * np.exp([-0.1, 0.1] * 4)
    found = contrast([f"c{n}" for n in range(8)], orders[:, None], np.full((8, 1), 1e6), ["a"] * 8, shared, np.full(8, 90), 1)
    error = np.sqrt(0.08 / 6 / 2)
    assert found.estimate == pytest.approx(0.2, abs=1e-9)
    assert found.low == pytest.approx(1.2 * np.exp(-2.4469 * error) - 1, abs=1e-4)
    assert found.high == pytest.approx(1.2 * np.exp(2.4469 * error) - 1, abs=1e-4)
    assert found.smallest_visible == pytest.approx(np.exp((2.4469 + 0.9057) * error) - 1, abs=1e-4)
    assert (found.verdict, found.channels_shared, found.channels_single) == ("no clear difference", 4, 4)


def test_a_ranking_by_hand():
    """Weeks without noise are believed as they are: e^.2, 1 and e^-.2 times the average channel."""
    best, middle, worst = ranking(["b", "a", "c"], np.repeat([[0.0], [0.2], [-0.2]], 10, axis=1), 1)
    assert [one.name for one in (best, middle, worst)] == ["a", "b", "c"]
    assert (best.index, middle.index, worst.index) == pytest.approx((np.exp(0.2), 1, np.exp(-0.2)), rel=1e-4)
    assert best.p_best == 1


def test_channels_that_differ_by_their_noise_alone_are_ranked_alike():
    swing = np.array([0.1, -0.1] * 5)
    found = ranking(["a", "b", "c"], np.stack([swing, np.roll(swing, 1), 0 * swing]), 1)
    assert [one.index for one in found] == pytest.approx([1, 1, 1])


def test_a_hand_over_is_the_switchers_change_less_that_of_the_others():
    """The switcher goes from 700 to 805 orders a week, the others stay: log((805 + .5) / (700 + .5)) = 15.0 %."""
    numerator = np.full((6, 210), 100.0)
    numerator[0, 140:] = 115.0
    found = handovers(numerator, np.full((6, 210), 1000.0), [Switch(0, 140, "IT", "Shared")], 1)[0]
    assert found.estimate == pytest.approx(805.5 / 700.5 - 1, abs=1e-9)
    assert found.pretrend == pytest.approx(0.0, abs=1e-9)
    assert (found.verdict, found.controls) == ("clear", 5)


def test_what_moves_every_channel_is_no_hand_over_effect():
    numerator = np.full((6, 140), 100.0)
    numerator[:, 70:] = 115.0
    found = handovers(numerator, np.full((6, 140), 1000.0), [Switch(0, 70, "IT", "Shared")], 1)[0]
    assert found.estimate == pytest.approx(0.0, abs=1e-9)
    assert found.verdict == "no clear difference"


def test_a_channel_that_was_moving_before_is_not_judged():
    """It rises by 1 % a week all the time: nobody can tell the hand-over from the rise."""
    numerator = np.full((8, 210), 1000.0)
    numerator[0] *= np.exp(0.02 * np.arange(210) / 7)
    found = handovers(numerator, np.full((8, 210), 10_000.0), [Switch(0, 140, "IT", "Shared")], 1)[0]
    assert found.estimate is not None
    assert found.estimate > 0
    assert found.verdict == "not enough data"
    assert "already moving" in found.note


@pytest.mark.parametrize(("day", "why"), [(0, "before the hand-over"), (130, "after the hand-over")])
def test_a_hand_over_at_the_edge_of_the_data_says_what_is_missing(day: int, why: str):
    found = handovers(np.full((6, 140), 100.0), np.full((6, 140), 1000.0), [Switch(0, day, "IT", "Shared")], 1)[0]
    assert found.verdict == "not enough data"
    assert why in found.note


def test_a_tag_from_the_first_day_on_is_no_hand_over():
    tags = np.array([["IT"] * 3, ["IT", "Shared", "Shared"], ["", "IT", "IT"]], object)
    assert switches_of(tags) == [Switch(1, 1, "IT", "Shared")]


def test_a_short_gap_between_two_owners_is_part_of_the_hand_over():
    """Fourteen days are: they are skipped anyway. Fifteen are two changes; a gap that ends where it began is none."""
    of = {"short": ["IT"] * 20 + ["Unowned"] * 14 + ["Shared"] * 20, "long": ["IT"] * 20 + ["Unowned"] * 15 + ["Shared"] * 19,
          "back": ["IT"] * 20 + ["Contested"] * 3 + ["IT"] * 31, "last": ["IT"] * 50 + ["Unowned"] * 4, "none": [""] * 54}  # fmt: skip
    found = {name: switches_of(np.array([tags], object)) for name, tags in of.items()}
    assert found == {
        "short": [Switch(0, 20, "IT", "Shared")], "long": [Switch(0, 20, "IT", "Unowned"), Switch(0, 35, "Unowned", "Shared")],
        "back": [], "last": [Switch(0, 50, "IT", "Unowned")], "none": [],
    }  # fmt: skip


def test_an_incident_costs_what_its_days_lack_against_the_others():
    """100 orders a day beside 800 elsewhere; two days at 40: 2 x 100 - 80 = 120."""
    values = np.full((5, 102), 200.0)
    values[0] = 100.0
    values[0, 100:] = 40.0
    hit = np.zeros_like(values, bool)
    hit[0, 100:] = True
    found = incident_loss(values, hit, 0, 100, 101)
    assert (found.lost, found.low, found.high) == pytest.approx((120, 120, 120))
    assert (found.verdict, found.compared_with) == ("clear", "4 channels not hit")


def test_a_fall_of_all_channels_is_no_loss_of_the_incident():
    values = np.full((5, 102), 200.0)
    values[:, 100:] = 80.0
    hit = np.zeros_like(values, bool)
    hit[0, 100:] = True
    assert incident_loss(values, hit, 0, 100, 101).lost == pytest.approx(0)


def test_where_every_channel_is_hit_nobody_is_left_to_compare_with():
    values = np.full((5, 102), 200.0)
    values[:, 100:] = 80.0
    hit = np.zeros_like(values, bool)
    hit[:, 100:] = True
    found = incident_loss(values, hit, 0, 100, 101)
    assert (found.lost, found.compared_with) == (pytest.approx(240), "no comparison group")


@pytest.mark.parametrize(("usual", "most_told"), [(2.0, 0.02), (3.5, 1.0)])
def test_a_day_of_few_orders_is_seldom_taken_for_a_loss(usual: float, most_told: float):
    """Nothing is lost of 3.5 orders a day: at most 8 of 100 ranges may say otherwise. Of 2 a day none at all is common: not told."""
    rng = np.random.default_rng(1)
    losses = []
    for _ in range(100):
        values = rng.poisson(usual, (12, 200)).astype(float)
        hit = np.zeros_like(values, bool)
        hit[:6, 199] = True
        losses += [incident_loss(values, hit, row, 199, 199) for row in range(6)]
    found = [loss for loss in losses if loss.low is not None]
    assert most_told - 0.1 <= len(found) / len(losses) <= most_told
    assert sum(loss.verdict == "clear" for loss in found) <= 0.08 * len(losses)
    assert all("under 3 are usual" in loss.note for loss in losses if loss.low is None)


def test_slow_pages_by_hand():
    """log rate = channel + day + 0.6 x share, without noise: 0.6 comes out."""
    rng = np.random.default_rng(1)
    share = rng.uniform(0.5, 0.9, (5, 60))
    loads = np.full((5, 60), 1e8)
    sessions = np.full((5, 60), 1e9)
    rate = 0.02 * np.exp(rng.normal(0, 0.3, (5, 1)) + rng.normal(0, 0.1, 60) + 0.6 * share)
    found = slow_web(sessions * rate, sessions, share * loads, loads)
    assert found.estimate == pytest.approx(0.6, abs=1e-3)
    assert found.verdict == "clear"


def test_a_share_that_varies_by_chance_alone_is_refused():
    rng = np.random.default_rng(2)
    good = rng.binomial(20, 0.7, (5, 60)).astype(float)
    found = slow_web(np.full((5, 60), 50.0), np.full((5, 60), 1000.0), good, np.full((5, 60), 20.0))
    assert found.verdict == "not enough data"
    assert "by chance alone" in found.note


def test_one_day_at_half_is_flagged_and_nothing_else():
    """55 where 100 are usual: 2 (sqrt(55.375) - sqrt(100.875)) = -5.20; the root leans by 1 / (2 sqrt(100.5)) = .05,
    which takes .05 / 6 x (5.20^2 - 1) = .22 of it: -4.98."""
    values = np.full((5, 100), 100.0)
    values[2, 50] = 55.0
    (found,) = watched(values).anomalies
    assert (found.row, found.day) == (2, 50)
    assert found.z == pytest.approx(-4.988, abs=0.002)
    assert found.expected == pytest.approx(100.5)


def test_days_without_a_denominator_say_nothing_of_a_rate():
    """The second channel never has one: it is left out; the first has none on five days, and nothing to tell either."""
    values, sessions = np.full((2, 100), 50.0), np.full((2, 100), 1000.0)
    sessions[0, 40:45], sessions[1] = 0.0, 0.0
    found = watched(values, sessions)
    assert (found.anomalies, found.channel_days, found.left_out) == ((), 95, {1: "under 60 days"})


def test_a_weekday_that_is_always_low_is_not_unusual():
    values = np.tile([100.0, 100, 100, 100, 100, 40, 30], (5, 15))
    assert watched(values).anomalies == ()


def test_a_count_that_strays_by_more_than_chance_is_judged_on_its_own_scale():
    """Days stray by a tenth of 900: a day at 55 parts of 100 lies log(.55) / .1 = 6 deviations off, not the 12 of counting alone."""
    values = np.round(900 * np.exp(np.random.default_rng(9).normal(0, 0.1, (5, 200))))
    values[2, 100] = 495.0
    (found,) = watched(values).anomalies
    assert (found.row, found.day) == (2, 100)
    assert -8 < found.z < -4.5


def test_unusual_days_do_not_hide_each_other():
    """Twelve of one channel's 200 days at half: the spread that they make themselves hides none of them."""
    rng = np.random.default_rng(4)
    values = rng.poisson(400, (5, 200)).astype(float)
    lost = list(range(10, 200, 16))
    values[1, lost] = np.round(values[1, lost] / 2)
    assert {(one.row, one.day) for one in watched(values).anomalies} == {(1, day) for day in lost}


def test_a_day_of_the_whole_site_is_told_once_and_of_no_channel():
    values = np.random.default_rng(15).poisson(400, (8, 120)).astype(float)
    values[:, 60] = np.round(values[:, 60] * 0.6)
    (found,) = watched(values).anomalies
    assert (found.row, found.day, found.site_wide) == (None, 60, True)


def test_a_channel_that_did_not_go_along_with_the_site_is_as_usual():
    """Six of eight channels fall by two fifths: that is told once, and the other two did not rise."""
    values = np.random.default_rng(15).poisson(400, (8, 120)).astype(float)
    values[:6, 60] = np.round(values[:6, 60] * 0.6)
    (found,) = watched(values).anomalies
    assert (found.row, found.day) == (None, 60)


def test_one_large_channel_is_not_the_day_of_the_whole_site():
    """Its day of half its size is its own, however much surer it is than the small ones."""
    values = np.random.default_rng(6).poisson(40, (6, 120)).astype(float)
    values[0] = np.random.default_rng(7).poisson(40_000, 120)
    values[0, 60] /= 2
    (found,) = watched(values).anomalies
    assert (found.row, found.day) == (0, 60)


def test_among_few_channels_a_calm_year_stays_calm():
    """Four channels of 600 a day that stray by 5 %: at most 0.3 false per 1000 channel-days."""
    rng = np.random.default_rng(1)
    worlds = [rng.poisson(600 * np.exp(rng.normal(0, 0.05, (4, 365)))).astype(float) for _ in range(30)]
    assert sum(len(watched(world).anomalies) for world in worlds) <= 0.3 * 30 * 4 * 365 / 1000


def test_money_of_few_orders_is_no_alarm_on_a_day_without_one():
    """Some four orders of 40 a day: a day in fifty brings nothing, and nothing is unusual about it."""
    orders = np.random.default_rng(8).poisson(4, (6, 365))
    assert (orders == 0).any()
    assert watched(40.0 * orders, lumps=True).anomalies == ()


def test_limits_of_an_xmr_chart_by_hand():
    """Mean 5, moving ranges 2, 4, 2: 5 +- 2.66 x 8/3."""
    limits = xmr(np.array([4.0, 6.0, 2.0 + 0.0, 4.0 + 4.0]))
    assert limits is not None
    assert limits.centre == pytest.approx(5)
    assert limits.high == pytest.approx(5 + 2.66 * (2 + 4 + 6) / 3)


def test_a_steady_month_ends_where_it_must():
    found = pace(np.full(200, 10.0), 15, 15, 290.0)
    assert (found.to_date, found.forecast, found.p_hit, found.verdict) == (150, pytest.approx(300), pytest.approx(1), "clear")
    assert pace(np.full(200, 10.0), 15, 15, 310.0).p_hit == pytest.approx(0)


@pytest.mark.parametrize("values", [np.full(60, 10.0), np.zeros(200), np.full(200, np.nan)])
def test_a_month_without_enough_behind_it_is_not_foretold(values: np.ndarray):
    found = pace(values, 15, 15, 100.0)
    assert found.verdict == "not enough data"
    assert found.note


def test_a_month_of_few_orders_lies_in_its_range():
    """One order every two days, three days to go: nine ranges of ten hold the month."""
    rng = np.random.default_rng(1)
    inside = []
    for _ in range(300):
        values = rng.poisson(0.5, 300).astype(float)
        found, month = pace(values[:297], 27, 3), values[-30:].sum()
        inside.append(found.low is not None and found.low <= month <= found.high)
    assert np.mean(inside) >= 0.9


def test_a_day_of_refunds_does_not_end_all_forecasts():
    """Twenty days of 100 money, a day of -100, and so on: the month goes on as the days before."""
    values = np.full(210, 100.0)
    values[20::21] = -100.0
    found = pace(values, 15, 15)
    assert found.forecast == pytest.approx(found.to_date + 15 * 90, rel=0.12)
    assert pace(-values, 15, 15).verdict == "not enough data"


HEAD = "day,channel,device,sessions,conversions,revenue,page_loads,lcp_good\n"


def rows(days: int, values: dict[str, str]) -> str:
    dates = np.datetime64("2026-01-01") + np.arange(days)
    return HEAD + "".join(f"{day},{channel},mobile,{value}\n" for day in dates for channel, value in values.items())


def channels(*families: str) -> str:
    return "channel,kind,family\n" + "".join(f"c{n},web,{family}\n" for n, family in enumerate(families))


def owners(*who: str) -> str:
    return "channel,metric,owner\n" + "".join(f"c{n},*,{owner}\n" for n, owner in enumerate(who))


SAME = "1000,20,800,900,700"
WORLDS = {
    "four channels": (rows(120, dict.fromkeys(["c0", "c1", "c2", "c3"], SAME)), channels("a", "a", "b", "b"), owners("shared", "it", "shared", "it")),
    "twenty days": (rows(20, dict.fromkeys([f"c{n}" for n in range(8)], SAME)), channels(*"aaaabbbb"), owners(*["shared", "it"] * 4)),
    "no variation": (rows(120, dict.fromkeys([f"c{n}" for n in range(8)], SAME)), channels(*"aaaabbbb"), owners(*["shared", "it"] * 4)),
    "one-sided families": (rows(120, dict.fromkeys([f"c{n}" for n in range(8)], SAME)), channels(*"aaaabbbb"), owners(*["shared"] * 4, *["it"] * 4)),
    "zero conversions": (rows(120, dict.fromkeys([f"c{n}" for n in range(8)], "1000,0,0,900,700")), channels(*"aaaabbbb"), owners(*["shared", "it"] * 4)),
    "one channel": (rows(200, {"c0": SAME}), channels("a"), owners("it")),
    "channels that start late": (HEAD + "".join(rows(120 - 20 * n, {f"c{n}": SAME}).removeprefix(HEAD) for n in range(6)), channels(*"aaabbb"), owners(*["shared", "it"] * 3)),
    "refunds": (rows(150, {"c0": "1000,20,-800,900,700", "c1": SAME, "c2": "1000,20,0,900,700"}), channels(*"aaa"), owners("shared", "it", "marketing")),
    "a channel that stopped": (rows(150, {"c0": SAME}) + rows(90, {f"c{n}": SAME for n in range(1, 8)}).removeprefix(HEAD), channels(*"aaaabbbb"), owners(*["shared", "it"] * 4)),
    "zero sessions": (rows(120, dict.fromkeys([f"c{n}" for n in range(8)], "0,0,0,0,0")), channels(*"aaaabbbb"), owners(*["shared", "it"] * 4)),
}  # fmt: skip


@pytest.mark.parametrize("name", WORLDS)
def test_where_nothing_can_be_said_a_reason_is(desk: Desk, name: str):
    daily, channel, ownership = WORLDS[name]
    incident = "incident,channel,started_at,resolved_at\nX,c0,2026-01-01 10:00,2026-01-02 12:00\nY,c1,2027-01-01 10:00,\n"
    desk.give(daily=daily, channel=channel, ownership=ownership, incident=incident)
    for question in QUESTIONS:
        found = json.loads(written(desk.ask(question), "json"), parse_constant=pytest.fail)
        for row in found:
            if row.get("verdict") == "not enough data":
                assert row["note"], question
    (told,) = json.loads(written(desk.ask("shared_contrast"), "json"))
    assert told["verdict"] == "not enough data"
    assert told["note"]


def test_where_every_row_was_refused_nothing_breaks(desk: Desk):
    desk.give(daily=rows(5, {"unknown": SAME}))
    for question in QUESTIONS:
        assert isinstance(json.loads(written(desk.ask(question), "json"), parse_constant=pytest.fail), list)


def test_a_hand_over_on_the_first_day_is_none(desk: Desk):
    daily = rows(120, dict.fromkeys([f"c{n}" for n in range(8)], SAME))
    moved = "channel,metric,owner,valid_from,valid_to\nc0,*,it,2025-01-01,2026-01-01\nc0,*,shared,2026-01-01,\n"
    desk.give(daily=daily, channel=channels(*"aaaabbbb"), ownership=moved)
    (mean,) = desk.ask("handovers").to_dict("records")
    assert mean["channel"] is None
    assert mean["verdict"] == "not enough data"
    assert mean["note"] == "no channel changed hands in this view"


def test_the_same_data_gives_the_same_bytes(desk: Desk, tmp_path: Path):
    rng = np.random.default_rng(3)
    values = {f"c{n}": f"{rng.integers(900, 1100)},{rng.integers(15, 40)},900,900,700" for n in range(8)}
    desk.give(daily=rows(120, values), channel=channels(*"aaaabbbb"), ownership=owners(*["shared", "it"] * 4))
    first = [written(desk.ask(question), "json") for question in QUESTIONS]
    again = Generation(shutil.copy(desk.generation.path, tmp_path / "again.duckdb"))  # a file of its own: nothing is kept of it yet
    assert [written(ask(again, question, Scope()), "json") for question in QUESTIONS] == first


def test_the_evidence_package_is_light_to_import():
    """Under 0.6 s beyond pandas, whatever else the machine does: CPU seconds are counted; scipy.stats would take 1.1."""
    code = "import pandas, time; start = time.process_time(); import commonground.evidence; print(time.process_time() - start)"
    spent = float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    assert spent < 0.6
