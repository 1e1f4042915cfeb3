"""Where do shared channels do best: by hand, and on the sample with its planted truth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from commonground.evidence.bygroup import by_group

if TYPE_CHECKING:
    from desks import Desk

FAMILY = ["a"] * 4 + ["b"] * 4 + ["c"] * 2
SHARED = np.array([True, True, False, False] * 2 + [True, True])


def logs(noise: float = 0.1) -> np.ndarray:
    """Family a: shared are 0.4 above; b: 0.1 below; each channel strays by the noise, up and down by turns."""
    return np.array([0.4, 0.4, 0, 0, 0.9, 0.9, 1, 1, 5, 5]) + noise * np.array([1, -1] * 5)


def test_a_group_is_the_difference_inside_its_families_with_the_spread_of_all() -> None:
    found = {one.group: one for one in by_group(logs(), SHARED, FAMILY, FAMILY)}
    assert found["a"].estimate == pytest.approx(math.expm1(0.4))
    assert found["b"].estimate == pytest.approx(math.expm1(-0.1))
    # five cells of two channels, each 0.1 off its mean: squares 10 x 0.01 over 10 - 5, t of 5 is 2.571
    error = math.sqrt(0.1 / 5) * math.sqrt(1 / 2 + 1 / 2)
    assert found["a"].low == pytest.approx(math.expm1(0.4 - 2.5706 * error), abs=1e-4)
    assert found["a"].high == pytest.approx(math.expm1(0.4 + 2.5706 * error), abs=1e-4)


def test_a_group_without_both_classes_in_one_family_has_no_answer_and_says_why() -> None:
    (*_, last) = by_group(logs(), SHARED, FAMILY, FAMILY)
    assert (last.group, last.estimate) == ("c", None)
    assert last.note == "2 shared and 0 single-owned channels, none of both in one family"


def test_a_kind_holds_each_channel_against_its_own_family() -> None:
    # b stands a whole log point above a, in both classes: the kind's difference is the mean of 0.4 and -0.1
    (one,) = [g for g in by_group(logs(), SHARED, FAMILY, ["web"] * 8 + ["mobile"] * 2) if g.group == "web"]
    assert one.estimate == pytest.approx(math.expm1(0.15))


def test_what_stands_out_is_decided_for_the_whole_list() -> None:
    # ten families; one differs by far, the others not at all
    family = [f"f{n}" for n in range(10) for _ in range(4)]
    shared = np.array([True, True, False, False] * 10)
    rng = np.random.default_rng(3)
    y = rng.normal(0, 0.05, 40) + np.where((np.array(family) == "f7") & shared, 0.5, 0.0)
    assert [one.group for one in by_group(y, shared, family, family) if one.stands_out] == ["f7"]
    assert by_group(y, shared, family, family)[0].group == "f7"


@pytest.mark.parametrize(("y", "shared", "why"), [(logs(0.0), SHARED, "do not vary"), (logs()[:4], SHARED[:4], "degrees of freedom")], ids=["no variation", "four channels"])
def test_a_list_that_is_too_thin_says_why(y: np.ndarray, shared: np.ndarray, why: str) -> None:
    found = by_group(y, shared, FAMILY[: len(y)], FAMILY[: len(y)])
    assert all(one.estimate is None for one in found)
    assert why in found[0].note


def test_nothing_to_compare_is_an_empty_answer(desk: Desk) -> None:
    desk.give(channel="channel,kind,name,family\nweb,web,Web,site\n", daily="day,channel,sessions,conversions\n2026-01-01,web,100,3\n")
    assert desk.ask("shared_by_group").empty
    assert desk.ask("shared_by_group", metrics=("sessions",)).empty


def test_families_that_hold_both_are_ranked(desk: Desk) -> None:
    names = [f"{family}{n}" for family in "ab" for n in range(6)]
    rows = ["day,channel,sessions,conversions"]
    rng = np.random.default_rng(1)
    for day in np.arange("2026-01-01", "2026-03-15", dtype="datetime64[D]"):
        for name in names:
            rate = 0.03 * (1.5 if name in ("a0", "a1", "a2") else 1.0)
            rows.append(f"{day},{name},2000,{rng.poisson(2000 * rate)}")
    desk.give(
        channel="channel,kind,name,family\n" + "".join(f"{n},web,{n},{n[0]}\n" for n in names), daily="\n".join(rows) + "\n",
        ownership="channel,metric,owner\n" + "".join(f"{n},*,{'shared' if int(n[1]) < 3 else 'it'}\n" for n in names),
    )  # fmt: skip
    found = desk.ask("shared_by_group", by="family")
    assert list(found["group"]) == ["a", "b"]
    assert found["low"][0] < 0.5 < found["high"][0]
    assert list(found["stands_out"]) == [True, False]
    assert list(desk.ask("shared_by_group", by="kind")["group"]) == ["web"]
