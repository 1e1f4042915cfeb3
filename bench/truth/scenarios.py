"""What is planted, what is asked, and what counts as right: one scenario per row of the bars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from time import process_time
from typing import Any

import numpy as np
from scipy.special import stdtrit

from bench.truth.doors import Ask, Door, day_of
from bench.truth.world import FIRST_DAY, Recipe, World

Record = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """One measured share or number against its bar."""

    what: str
    measured: float
    low: float = -np.inf
    high: float = np.inf

    @property
    def met(self) -> bool:
        return bool(self.low <= self.measured <= self.high)

    @property
    def wanted(self) -> str:
        if np.isfinite(self.low) and np.isfinite(self.high):
            return f"{self.low:g} to {self.high:g}"
        return f"at least {self.low:g}" if np.isfinite(self.low) else f"at most {self.high:g}"


@dataclass(frozen=True)
class Scenario:
    """A recipe, how many worlds of it, what to note of each, and how to judge all notes."""

    name: str
    planted: str
    recipe: Recipe
    sets: int
    observe: Callable[[World, Door], Record]
    judge: Callable[[list[Record]], list[Bar]]
    doors: tuple[str, ...] = ("functions", "ask")


def share(records: list[Record], name: str) -> float:
    """Share of the records that have a note and where it is true."""
    noted = [bool(record[name]) for record in records if record.get(name) is not None]
    return float(np.mean(noted)) if noted else float("nan")


def mean(records: list[Record], name: str) -> float:
    noted = [float(record[name]) for record in records if record.get(name) is not None]
    return float(np.mean(noted)) if noted else float("nan")


def total(records: list[Record], name: str) -> float:
    return float(sum(record[name] for record in records))


def rate(records: list[Record], part: str, whole: str) -> float:
    return total(records, part) / total(records, whole) if total(records, whole) else float("nan")


# --- shared against single-owned --------------------------------------------------------------


def see_contrast(world: World, door: Door) -> Record:
    row, truth = door.contrast()[0], world.truth["lift"]
    if row["estimate"] is None:
        return {"told": False, "note": row["note"]}
    return {
        "told": True, "in_reach": in_reach(world), "estimate": row["estimate"], "claimed": row["verdict"] == "clear", "covers": row["low"] <= truth <= row["high"],
        "wrong_sign": row["verdict"] == "clear" and row["estimate"] * truth < 0,
        "better": row["verdict"] == "clear" and row["estimate"] > 0, "unadjusted": row["unadjusted"], "notice": bool(row["note"]),
    }  # fmt: skip


def in_reach(world: World) -> bool:
    """Whether least squares would claim it from the true rates themselves, without days, mix or counting."""
    family, y = world.truth["family"], world.truth["log_rate"]
    design = np.column_stack([np.array(list(world.truth["shared"].values()), float), family[:, None] == np.unique(family)])
    beta, squares, *_ = np.linalg.lstsq(design, y)
    freedom = len(y) - design.shape[1]
    error = np.sqrt(squares[0] / freedom * np.linalg.inv(design.T @ design)[0, 0])
    return bool(beta[0] / error > stdtrit(freedom, 0.975))


def judge_null(records: list[Record]) -> list[Bar]:
    return [Bar("claimed", share(records, "claimed"), high=0.08), Bar("range covers 0", share(records, "covers"), 0.92, 0.98)]


def judge_reversal(records: list[Record]) -> list[Bar]:
    return [
        Bar("wrong-sign claims", share(records, "wrong_sign"), high=0.0),
        Bar("bias, absolute", abs(mean(records, "estimate") - 0.15), high=0.02),
        Bar("notice shown", share(records, "notice"), low=0.90),
    ]


def judge_power(bar: float) -> Callable[[list[Record]], list[Bar]]:
    return lambda records: [Bar("claimed", share(records, "better"), low=bar)]


def judge_reach(records: list[Record]) -> list[Bar]:
    """Nearly as much as the true rates would show; more is not to be had."""
    return [Bar("claimed; the bar is 0.95 of what the true rates would show", share(records, "better"), low=0.95 * share(records, "in_reach"))]


# --- gaps ---------------------------------------------------------------------------------------


def see_gaps(world: World, door: Door) -> Record:
    """Every gap's first and last day, told by both sides' claims and by claims with roles."""
    assert isinstance(door, Ask)
    told = {str(row["channel"]): (row["tag"], day_of(row["valid_from"]), day_of(row["valid_to"])) for row in door.spells()
            if row["metric"] == "conversion_rate" and row["tag"] in ("Unowned", "Contested") and row["valid_from"] and row["valid_to"]}  # fmt: skip
    return {"exact": told == world.truth["gaps"]}


# --- incidents ----------------------------------------------------------------------------------


def see_incidents(world: World, door: Door) -> Record:
    rows = [row for row in door.incident_effects() if row["lost_conversions"] is not None]
    truth = [world.truth["losses"][row["incident"], row["channel"]][0] for row in rows]
    money = [world.truth["losses"][row["incident"], row["channel"]][1] for row in rows]
    return {
        "incidents": len(rows), "of": len(world.truth["losses"]),
        "covered": sum(r["lost_conversions_low"] <= t <= r["lost_conversions_high"] for r, t in zip(rows, truth, strict=True)),
        "money_covered": sum(r["lost_revenue_low"] <= t <= r["lost_revenue_high"] for r, t in zip(rows, money, strict=True)),
        "claimed": sum(r["lost_conversions_low"] > 0 for r in rows), "clear": sum(r["verdict"] == "clear" for r in rows),
        "wrong": sum(r["lost_conversions_high"] < 0 and r["verdict"] == "clear" for r in rows),
    }  # fmt: skip


def judge_losses(records: list[Record]) -> list[Bar]:
    return [
        Bar("told", rate(records, "incidents", "of"), low=0.9),
        Bar("range covers the loss", rate(records, "covered", "incidents"), 0.90, 0.99),
        Bar("range covers the revenue", rate(records, "money_covered", "incidents"), 0.90, 0.99),
        Bar("loss claimed", rate(records, "clear", "incidents"), low=0.85),
        Bar("wrong sign", rate(records, "wrong", "incidents"), high=0.0),
    ]


def judge_no_losses(records: list[Record]) -> list[Bar]:
    return [Bar("loss claimed", rate(records, "clear", "incidents"), high=0.08)]


# --- slow web -----------------------------------------------------------------------------------


def see_slow_web(world: World, door: Door) -> Record:
    row, truth = door.slow_web()[0], world.recipe.slow_beta or 0.0
    if row["estimate"] is None:
        return {"note": row["note"]}
    return {"estimate": row["estimate"], "error": row["estimate"] - truth, "covers": row["low"] <= truth <= row["high"], "claimed": row["verdict"] == "clear"}


def judge_slow(records: list[Record]) -> list[Bar]:
    return [Bar("bias, absolute", abs(mean(records, "error")), high=0.03), Bar("range covers", share(records, "covers"), low=0.88)]


def judge_not_slow(records: list[Record]) -> list[Bar]:
    return [Bar("claimed", share(records, "claimed"), high=0.10)]


# --- hand-overs ---------------------------------------------------------------------------------


def see_handovers(world: World, door: Door) -> Record:
    truth = world.recipe.handover_lift
    rows = door.handovers()
    each = [row for row in rows if row["channel"] is not None and row["estimate"] is not None]
    (whole,) = [row for row in rows if row["channel"] is None]
    if whole["estimate"] is None:
        return {"handovers": 0, "covered": 0, "singly": 0}
    return {
        "handovers": len(each), "covered": sum(r["low"] <= truth <= r["high"] for r in each), "singly": sum(r["verdict"] == "clear" for r in each),
        "claimed": whole["verdict"] == "clear", "mean_covers": whole["low"] <= truth <= whole["high"], "error": whole["estimate"] - truth,
    }  # fmt: skip


def judge_handovers(records: list[Record]) -> list[Bar]:
    return [
        Bar("mean claimed", share(records, "claimed"), low=0.90),
        Bar("mean's range covers", share(records, "mean_covers"), low=0.91),
        Bar("each one's range covers", rate(records, "covered", "handovers"), low=0.91),
    ]


def judge_no_handovers(records: list[Record]) -> list[Bar]:
    return [Bar("mean claimed", share(records, "claimed"), high=0.09), Bar("single ones claimed", rate(records, "singly", "handovers"), high=0.09)]


# --- day by day ---------------------------------------------------------------------------------


def see_anomalies(world: World, door: Door) -> Record:
    rows = door.anomalies()
    flagged = {(row["channel"], day_of(row["day"])) for row in rows if row["channel"] is not None}
    planted = world.truth["anomalies"]
    return {
        "planted": len(planted), "found": len(flagged & planted), "flagged": len(flagged), "false": len(flagged - planted),
        "in_reach": world.truth["anomalies_in_reach"],
        "days": world.recipe.channels * world.recipe.days, "site_wide": sum(bool(row["site_wide"]) for row in rows),
    }  # fmt: skip


def judge_anomalies(recall: float, false: float) -> Callable[[list[Record]], list[Bar]]:
    return lambda records: [
        Bar("recall", rate(records, "found", "planted"), low=recall),
        Bar("false among the flagged", rate(records, "false", "flagged"), high=false),
    ]


def judge_restless(false: float) -> Callable[[list[Record]], list[Bar]]:
    """As many as METHODS' formula would find that knew the true expectation and spread."""
    return lambda records: [
        Bar("recall; the bar is that of the true expectation and spread", rate(records, "found", "planted"), low=rate(records, "in_reach", "planted")),
        Bar("false among the flagged", rate(records, "false", "flagged"), high=false),
    ]


def judge_no_anomalies(records: list[Record]) -> list[Bar]:
    return [Bar("false per 1000 channel-days", 1000 * rate(records, "false", "days"), high=0.5)]


def see_pacing(world: World, door: Door) -> Record:
    """The forecast on the 15th or 16th, against how the month ended."""
    last: date = (FIRST_DAY + world.recipe.days - 1).astype(object)
    end = last.replace(day=1) - timedelta(days=1)
    month = world.daily[(world.daily["day"].dt.year == end.year) & (world.daily["day"].dt.month == end.month)]
    came = month.groupby("channel", observed=True)["conversions"].sum()
    rows = [row for row in door.pacing(end - timedelta(days=15)) if row["forecast"] is not None]
    return {"channels": len(rows), "of": world.recipe.channels, "covered": sum(row["low"] <= came[row["channel"]] <= row["high"] for row in rows)}


def judge_pacing(records: list[Record]) -> list[Bar]:
    return [Bar("told", rate(records, "channels", "of"), low=0.9), Bar("range covers the month", rate(records, "covered", "channels"), 0.90, 0.98)]


# --- what it takes --------------------------------------------------------------------------------


def see_budget(world: World, door: Door) -> Record:
    """CPU milliseconds of each analysis, the second time that it is asked."""
    last: date = (FIRST_DAY + world.recipe.days - 1).astype(object)
    analyses: dict[str, Callable[[], object]] = {
        "contrast": door.contrast, "handovers": door.handovers, "incident_effects": door.incident_effects, "anomalies": door.anomalies,
        "slow_web": door.slow_web, "pacing": lambda: door.pacing(last - timedelta(days=40)),
    }  # fmt: skip
    spent = {}
    for name, analysis in analyses.items():
        analysis()
        start = process_time()
        analysis()
        spent[name] = 1000 * (process_time() - start)
    return spent


def judge_budget(records: list[Record]) -> list[Bar]:
    return [Bar(f"CPU ms of {name}, warm", float(np.median([record[name] for record in records])), high=300) for name in records[0]]


MIXED = Recipe(days=180, mix_tilt=0.5, family_tilt=0.6)
WORST = Recipe(days=180, mix_tilt=-0.3, family_tilt=-0.6, shared_lift=0.15)
YEAR = Recipe(days=365)
RESTLESS = replace(YEAR, volume_sd=0.1)
"""Days that stray by 9 % of their own beside counting."""
TYPICAL = replace(RESTLESS, walk_sd=0.04, overdispersion=0.001)
"""Days that stray by 6 %, and remember each other: those of the federal sample stray by 5 to 6 % before the holidays."""
INCIDENTS = replace(YEAR, incidents=10, site_wide_incidents=1)

SCENARIOS = {
    scenario.name: scenario
    for scenario in [
        *[Scenario(f"mix_{c}", "strong mix confounding, no effect", replace(MIXED, channels=c), 400, see_contrast, judge_null) for c in (12, 24, 40)],
        Scenario("reversal", "shared truly +15 % in the worst families", WORST, 200, see_contrast, judge_reversal),
        *[Scenario(f"lift_{c}", "shared +25 %", replace(MIXED, family_tilt=0.0, shared_lift=0.25, channels=c), 400, see_contrast, judge_power(bar)) for c, bar in ((24, 0.70), (40, 0.88))],
        *[Scenario(f"lift_crowded_{c}", "shared +25 %, crowded into the good families", replace(MIXED, shared_lift=0.25, channels=c), 400, see_contrast, judge_reach) for c in (24, 40)],
        Scenario("gaps", "gaps of ownership", Recipe(gaps=True), 20, see_gaps, lambda records: [Bar("all intervals exact", share(records, "exact"), low=1.0)], ("ask",)),
        Scenario("incidents", "incidents that take half of the conversions", replace(INCIDENTS, incident_loss=0.5), 40, see_incidents, judge_losses),
        Scenario("no_incidents", "incidents that take nothing", INCIDENTS, 40, see_incidents, judge_no_losses),
        Scenario("slow_web", "slow web, beta 0.6", replace(YEAR, slow_beta=0.6), 60, see_slow_web, judge_slow),
        Scenario("fast_web", "slow web, beta 0", replace(YEAR, slow_beta=0.0), 60, see_slow_web, judge_not_slow),
        Scenario("handovers", "hand-overs, +15 %", replace(YEAR, handovers=6, handover_lift=0.15), 100, see_handovers, judge_handovers),
        Scenario("no_handovers", "hand-overs without effect while the site moves +10 %", replace(YEAR, handovers=6, site_step=0.10), 100, see_handovers, judge_no_handovers),
        *[Scenario(f"anomalies_{n}", f"single days x0.55, {n} a day", replace(TYPICAL, conversions_a_day=n, anomalies=60, anomaly_factor=0.55), 20, see_anomalies, judge_anomalies(recall, false)) for n, recall, false in ((90, 0.50, 0.15), (600, 0.90, 0.10))],
        *[Scenario(f"anomalies_{n}_restless", f"single days x0.55, {n} a day, restless days", replace(RESTLESS, conversions_a_day=n, anomalies=60, anomaly_factor=0.55), 20, see_anomalies, judge_restless(false)) for n, false in ((90, 0.15), (600, 0.10))],
        *[Scenario(f"no_anomalies_{n}", f"nothing, {n} a day", replace(TYPICAL, conversions_a_day=n), 20, see_anomalies, judge_no_anomalies) for n in (90, 600)],
        *[Scenario(f"no_anomalies_{n}_restless", f"nothing, {n} a day, restless days", replace(RESTLESS, conversions_a_day=n), 20, see_anomalies, judge_no_anomalies) for n in (90, 600)],
        Scenario("budget", "every analysis, hand-overs and incidents planted", Recipe(channels=40, days=730, handovers=6, incidents=10), 3, see_budget, judge_budget, ("ask",)),
        Scenario("pacing", "the month's end, 15 days ahead", YEAR, 40, see_pacing, judge_pacing),
    ]
}  # fmt: skip
