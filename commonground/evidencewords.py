"""What the evidence says, in sentences. All wording rules for findings live here.

A finding is "associated with" or "rose more than in comparison channels", never more; where the range
holds 0 the sentence gives the range and the smallest difference that could have been seen; estimates
have two significant digits; too little data says what is missing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from commonground.catalogue import (
    DASH,
    THIN,
    Metric,
    money_sign,
    write,
)
from commonground.evidence.verdicts import CLEAR, TOO_LITTLE, t_quantile
from commonground.words import (
    between,
    chance,
    counted,
    day,
    inert,
    listed,
    missing,
    records,
    rough,
    sentence,
    share,
)

CAUSE_CAVEAT = "Channels were not given their owners at random."
SURE = "A range made this way holds the true figure in about 19 of 20 cases."
INDICATIVE = "Indicative: nobody slowed pages at random."
SEVERAL = "Several comparisons stand here: one in twenty looks clear by chance alone. A ranking, not a finding."
NOTICE_POINTS = 0.10
"""The plain average gets a notice where the adjustment moves it by more, or changes its sign."""
BEST_FROM = 0.8
"""A channel is called best only with this probability; below it is among the best."""
AMONG_FROM = 0.1
AMONG_MOST = 4
POWER = 0.8


REASONS = (
    (r"^(-?\d+) degrees of freedom; (\d+) are needed$", "too few channels for so many families: {1} are left to tell chance by, {2} are needed"),
    (r"^a channel has no event on the common mix$", "a channel has not a single event of this kind"),
    (r"^a sum has no index: name a ratio$", "a sum grows with a channel's size and cannot be held against another's: choose a rate, such as the conversion rate"),
    (r"^neither more nor less of it is better$", "neither more nor less of it is better, so no owner can do better"),
    (r"^(\d+) shared and (\d+) single-owned channels stand in families that hold both; (\d+) of each are needed$",
     "families that hold both kinds of owner have {1} shared and {2} single-owned channels; {3} of each are needed"),
    (r"^(\d+) channels never switched; (\d+) are needed to compare with$", "{1} channels that never switched were observed throughout; {2} are needed to compare with"),
    (r"^(\d+) shared and (\d+) single-owned channels, none of both in one family$", "{1} shared and {2} single-owned channels, and no family that holds both"),
    (r"^was already moving before the hand-over; cannot judge$", "it was already moving before the hand-over"),
    (r"^under (\d+) are usual in as many days$", "under {1} are usual in as many days: too little to see a loss in"),
)  # fmt: skip
"""What a method says of itself -> how people say it; what stands nowhere here is plain already."""


def reason(note: object) -> str:
    """Why there is no answer, in plain words."""
    text = str(note or "").strip().rstrip(".")
    for pattern, plain in REASONS:
        if found := re.match(pattern, text):
            return plain.format("", *found.groups())
    return text or "the data does not say enough"


def smallest_visible(low: float, high: float, freedom: float) -> float:
    """The relative difference that would be found in 80 % of cases, from the range of one that was not."""
    reach = (math.log1p(high) - math.log1p(low)) / 2
    return math.expm1(reach * (1 + t_quantile(freedom, POWER) / t_quantile(freedom)))


# --- shared against single-owned ----------------------------------------------------------------


def contrast(metric: Metric, found: Mapping[str, Any]) -> tuple[str, str]:
    """Headline and detail of the adjusted contrast: a range, never a cause."""
    if found["verdict"] == TOO_LITTLE or missing(found["estimate"]):
        return f"{metric.label}: not enough data to compare shared with single-owned channels", f"{sentence(reason(found['note']))} {CAUSE_CAVEAT}"
    classes = f"{found['channels_shared']} shared and {found['channels_single']} single-owned channels in families that hold both, {found['days']:,} days"
    return contrast_short(metric, found), f"Family, device and region taken out; {classes}. {SURE} {notice(found)}{unseen(found)}{CAUSE_CAVEAT}"


def contrast_short(metric: Metric, found: Mapping[str, Any]) -> str:
    """The adjusted contrast in one sentence with its range."""
    if found["verdict"] == TOO_LITTLE or missing(found["estimate"]):
        return f"{metric.label}: not enough data to compare shared with single-owned channels"
    span = between(found["low"], found["high"])
    if found["verdict"] == CLEAR:
        how = "better" if found["estimate"] > 0 else "worse"
        size = share(abs(found["estimate"])).lstrip("+")
        return f"{metric.label}: shared ownership is associated with {size} {how} figures than single-owned peers have (range {span})"
    return f"{metric.label}: no clear difference between shared and single-owned peers (range {span})"


def unseen(found: Mapping[str, Any]) -> str:
    """Where there is no clear difference: the smallest that could have been seen."""
    if found["verdict"] != "no clear difference" or missing(found["smallest_visible"]):
        return ""
    return f"The smallest difference that could have been seen is about {share(found['smallest_visible']).lstrip('+')}. "


def misleads(found: Mapping[str, Any]) -> bool:
    """Whether the adjustment changes the sign of the plain average, or moves it by more than 10 points."""
    plain, estimate = found["unadjusted"], found["estimate"]
    if missing(plain) or missing(estimate):
        return False
    return bool((plain > 0) != (estimate > 0) or abs(plain - estimate) > NOTICE_POINTS)


def notice(found: Mapping[str, Any]) -> str:
    """The plain average beside the estimate, with a notice where it misleads."""
    plain, estimate = found["unadjusted"], found["estimate"]
    if missing(plain):
        return ""
    if not misleads(found):
        return f"Unadjusted: {share(plain)}. "
    what = "changes its sign" if (plain > 0) != (estimate > 0) else f"moves it by {100 * abs(plain - estimate):.0f} points"
    return f"Unadjusted: {share(plain)}. The plain average misleads here: taking family, device and region out {what}. "


def contrast_hover(name: str, found: Mapping[str, Any]) -> str:
    """One comparison, told at its mark."""
    if missing(found["estimate"]):
        return f"{name}: not enough data. {sentence(reason(found['note']))}"
    return f"{name}: {share(found['estimate'])}, range {between(found['low'], found['high'])}; {found['verdict']}; unadjusted {share(found['unadjusted'])}"


def group_hover(found: Mapping[str, Any]) -> str:
    """One group of the list where shared channels do best."""
    name, counts = str(found["group"]), f"{found['channels_shared']} shared, {found['channels_single']} single-owned"
    if missing(found["estimate"]):
        return f"{name}: not enough data. {sentence(reason(found['note']))}"
    out = "; stands out in this list" if found["stands_out"] else ""
    return f"{name}: {share(found['estimate'])}, range {between(found['low'], found['high'])} ({counts}){out}"


def where(rows: pd.DataFrame) -> str:
    """The groups of the list in which shared channels stand out above their peers, or nothing."""
    ahead = [row for row in records(rows) if row["stands_out"] and not missing(row["estimate"]) and row["estimate"] > 0][:3] if len(rows) else []
    told = [f"{inert(row['group'])} ({share(row['estimate'])})" for row in ahead]
    return f"Furthest ahead of single-owned peers in {listed(told)}" if told else ""


def best(metric: Metric, ranked: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Which channel is best on the common mix, or among the best; nothing where none was ranked."""
    if ranked.empty:
        return ""
    told = [names.get(str(c), str(c)) for c in ranked["channel"]]
    first = float(ranked["p_best"].iloc[0])
    if first >= BEST_FROM:
        return f"Best {metric.label.lower()} on the common mix: {told[0]} ({chance(first)} likely)"
    near = [name for name, p in zip(told, ranked["p_best"], strict=True) if p >= AMONG_FROM][:AMONG_MOST]
    return f"Among the best on the common mix: {listed(near or told[:AMONG_MOST])}"


def through_mix(metric: Metric, name: str, place: int, of: int) -> str:
    """A channel that looks best only through its mix of devices and regions, named as such; else nothing."""
    if place <= AMONG_MOST:
        return ""
    return f"{name} has the best plain {metric.label.lower()}, through its mix of devices and regions: on the common mix it is number {place} of {of}."


# --- before and after ---------------------------------------------------------------------------


def handover(metric: Metric, found: Mapping[str, Any], name: str) -> str:
    """One hand-over in a sentence: against channels that never switched."""
    who = f"{name}, {found['from_tag']} to {found['to_tag']} on {day(found['day'])}"
    return f"{who}: {judged(metric, found)}"


def judged(metric: Metric, found: Mapping[str, Any]) -> str:
    """What can be said of a hand-over, with its range."""
    if missing(found["estimate"]):
        return f"not enough data: {reason(found['note'])}"
    span = f"{share(found['estimate'])}, range {between(found['low'], found['high'])}"
    if found["verdict"] == CLEAR:
        rose = (found["estimate"] > 0) == (metric.sign >= 0)
        return f"{'rose' if rose else 'fell'} more than in comparison channels ({span})"
    if found["verdict"] == TOO_LITTLE:
        return f"{reason(found['note'])}; cannot judge ({span})"
    seen = smallest_visible(found["low"], found["high"], max(int(found["controls"]) - 1, 1))
    return f"no clear difference from comparison channels ({span}; a difference under about {share(seen).lstrip('+')} could not have been seen)"


def verdict_of_handover(metric: Metric, found: Mapping[str, Any]) -> str:
    """The verdict of one hand-over without its figures, for a table that has them."""
    if missing(found["estimate"]):
        return f"not enough data: {reason(found['note'])}"
    if found["verdict"] == TOO_LITTLE:
        return "cannot judge"
    if found["verdict"] != CLEAR:
        seen = smallest_visible(found["low"], found["high"], max(int(found["controls"]) - 1, 1))
        return f"no clear difference; under about {share(seen).lstrip('+')} could not have been seen"
    return f"{'rose' if (found['estimate'] > 0) == (metric.sign >= 0) else 'fell'} more than in comparison channels"


def pretrend(found: Mapping[str, Any]) -> str:
    """Whether the channel was moving before it changed hands."""
    if missing(found["pretrend"]):
        return "too few weeks before to see whether it was moving already"
    moving = "already moving" if found["verdict"] == TOO_LITTLE and not missing(found["estimate"]) else "not clearly moving"
    return f"{moving} ({share(found['pretrend'])} four weeks before)"


def handovers(metric: Metric, mean: Mapping[str, Any]) -> str:
    """The hand-overs into shared ownership together."""
    if missing(mean["estimate"]):
        return f"{metric.label} around hand-overs: not enough data; {reason(mean['note'])}"
    return f"{metric.label} over {counted(int(mean['handovers']), 'hand-over')}: {judged(metric, mean)}"


def handover_lead(metric: Metric, rows: pd.DataFrame, names: Mapping[str, str]) -> str:
    """The clearest hand-over into shared ownership, or nothing."""
    clear = rows[(rows["verdict"] == CLEAR) & (rows["to_tag"] == "Shared") & rows["channel"].notna()] if len(rows) else rows
    if clear.empty:
        return ""
    found = max(records(clear), key=lambda row: abs(float(row["estimate"])))
    name = names.get(str(found["channel"]), str(found["channel"]))
    return f"After {name} became shared on {day(found['day'])}, its {metric.label.lower()} {judged(metric, found)}."


def overview(found: Mapping[str, Any], where_best: str, best_of: str, lead: str) -> str:
    """The lines below the overview's first answer: where, the clearest hand-over, the caveat."""
    plain = "" if missing(found["unadjusted"]) or not misleads(found) else f" The plain average says {share(found['unadjusted'])} and misleads."
    return " ".join(part for part in (f"{where_best}." if where_best else "", f"{best_of}." if best_of else "", lead, plain.strip(), CAUSE_CAVEAT) if part)


# --- incidents ----------------------------------------------------------------------------------


def amount(what: str, value: Any, currency: str) -> str:
    """An estimated number of conversions or sum of money."""
    return rough(value, money_sign(currency) if what == "revenue" else "")


def loss(what: str, found: Mapping[str, Any], currency: str, *, named: bool = True) -> str:
    """One loss: claimed only where its range leaves 0 out. what: conversions or revenue; `named`: the sentence says which."""
    lost, low, high = (found[f"lost_{what}{end}"] for end in ("", "_low", "_high"))
    if missing(lost):
        return "not enough data"
    span = f"{amount(what, low, currency)} to {amount(what, high, currency)}"
    if low > 0:
        return f"loss of {amount(what, lost, currency)}{f' {what}' if named else ''}, range {span}"
    return f"no clear loss{f' of {what}' if named else ''}, range {span}; under about {amount(what, lost - low, currency)} could not have been seen"


def loss_brief(what: str, found: Mapping[str, Any], currency: str) -> str:
    """One loss in a column: the amount where one is claimed, else which answer there is."""
    lost, low = found[f"lost_{what}"], found[f"lost_{what}_low"]
    if missing(lost):
        return "not enough data"
    return amount(what, lost, currency) if low > 0 else "no clear loss"


def incident_in_full(found: Mapping[str, Any], channel: str, currency: str) -> str:
    """All that is known about what an incident cost: both losses with their ranges, what they were held against, or why there is no answer."""
    if missing(found["lost_revenue"]) and missing(found["lost_conversions"]):
        return f"{found['incident']} on {channel}: not enough data. {sentence(reason(found['note']))}"
    losses = "; ".join(loss(what, found, currency) for what in ("revenue", "conversions") if not missing(found[f"lost_{what}"]))
    return f"{found['incident']} on {channel}: {losses}. Compared with: {found['compared_with']}."


def claimed(rows: pd.DataFrame) -> pd.Series:
    """Which losses of revenue may be called so: those whose range leaves 0 out."""
    return pd.to_numeric(rows["lost_revenue_low"], errors="coerce").gt(0)


def incidents(rows: pd.DataFrame, lost: float | None, names: Mapping[str, str], currency: str) -> str:
    """What the incidents cost, in one sentence. lost: revenue, merged, clear ones alone."""
    number = rows["incident"].nunique()
    clear = rows[claimed(rows)]
    if not number:
        return "No incident in these days"
    if clear.empty or missing(lost):
        return f"{counted(number, 'incident')}; no clear loss of revenue in any of them"
    top = max(records(clear), key=lambda row: float(row["lost_revenue"]))
    several = clear["incident"].nunique()
    return (
        f"{counted(number, 'incident')}, {several} with a clear loss of revenue, {'together ' if several > 1 else ''}about {amount('revenue', lost, currency)}; "
        f"most: {top['incident']} on {names.get(str(top['channel']), str(top['channel']))}, "
        f"{amount('revenue', top['lost_revenue_low'], currency)} to {amount('revenue', top['lost_revenue_high'], currency)}"
    )


def incident_at(found: Mapping[str, Any], name: str) -> str:
    """An incident at its mark: what happened, from when to when."""
    what = "" if missing(found["summary"]) else f": {found['summary']}"
    until = "still open" if missing(found["resolved_at"]) else f"{day(found['resolved_at'])} {found['resolved_at']:%H:%M}"
    return f"{found['incident']}, {name}{what}<br>{day(found['started_at'])} {found['started_at']:%H:%M} to {until}"


def lasting(hours: float | None) -> str:
    """A duration: 5.6 h, 2.9 days, 40 min."""
    if hours is None or missing(hours):
        return DASH
    middle = float(hours)
    if middle >= 48:
        return f"{middle / 24:.1f}{THIN}days"
    return f"{middle:.1f}{THIN}h" if middle >= 1 else f"{middle * 60:.0f}{THIN}min"


def slow_pages(found: Mapping[str, Any]) -> str:
    """Fast pages and conversion rate: per ten points of the share of fast loads."""
    if missing(found["estimate"]):
        return f"Slow pages and conversions: not enough data; {reason(found['note'])}"
    size, low, high = (math.expm1(0.1 * float(found[name])) for name in ("estimate", "low", "high"))
    span = f"range {between(low, high)}"
    if found["verdict"] == CLEAR:
        return f"Ten points more fast page loads are associated with {share(size)} conversion rate ({span}). {INDICATIVE}"
    seen = smallest_visible(low, high, max(int(found["channels"]) - 1, 1))
    return (
        f"No clear difference in conversion rate between days of fast and of slow pages: {share(size)} for ten points more fast loads, {span}. "
        f"The smallest difference that could have been seen is about {share(seen).lstrip('+')}. {INDICATIVE}"
    )


# --- day by day ---------------------------------------------------------------------------------


def unusual(name: str, found: Mapping[str, Any]) -> str:
    """A flagged day at its mark."""
    off = float(found["value"]) / float(found["expected"]) - 1 if found["expected"] else None
    return f"{name}, {day(found['day'])}: unusual, {share(off)} against what its level and weekday lead one to expect"


def site_wide(found: Mapping[str, Any]) -> str:
    """A day on which most channels moved together, as a label."""
    off = float(found["value"]) / float(found["expected"]) - 1 if found["expected"] else None
    return f"all channels {share(off)}"


def paced(metric: Metric, found: Mapping[str, Any], name: str, currency: str) -> str:
    """Where the month of one channel ends."""
    month = f"{pd.Timestamp(found['month']):%B %Y}"
    sign = money_sign(currency) if metric.unit == "money" else ""
    target = "" if missing(found["target"]) else f" Target: {rough(found['target'], sign)}"
    if missing(found["forecast"]):
        return f"{name}, {month}: not enough data for a forecast; {reason(found['note'])}.{target}".rstrip(".") + "."
    if found["low"] == found["high"]:
        hit = "" if missing(found["target"]) else ", reached" if found["p_hit"] else ", missed"
        return f"{name}: {month} is over and ended at {write(metric, found['to_date'], currency)}.{target}{hit}".rstrip(".") + "."
    hit = "" if missing(found["target"]) else f"; chance to hit it {chance(found['p_hit'])}"
    return f"{name}: {month} is heading for {rough(found['forecast'], sign)}, range {rough(found['low'], sign)} to {rough(found['high'], sign)}.{target}{hit}".rstrip(".") + "."


# --- how do we know -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Method:
    """How an estimate is made, and what would break it."""

    how: str
    breaks: str


METHODS = {
    "contrast": Method(
        "Each channel's rate is put on the common mix of devices, regions and months: the rate that it would show if all channels had the same visitors. "
        "Then shared channels are held against single-owned ones of their own family. Channels are the sample, days are not.",
        "Owners that were chosen for reasons which also move the metric: a channel made shared as it was about to grow.",
    ),
    "ranking": Method(
        "Each channel's weekly rate on the common mix against the average channel's, drawn in towards the average where it is uncertain; "
        "the chance to be the best comes from 4,000 draws.",
        "Channels of different families sell to different people: a ranking across families is no finding about owners.",
    ),
    "handover": Method(
        "The mean of the eight weeks after a hand-over (the first two skipped) less that of the eight weeks before, minus the same for channels that never switched. "
        "How far such a figure strays by chance is learnt from those channels at every other date.",
        "Something else that began at the same channel in the same weeks: a campaign, a new shop, a competitor.",
    ),
    "incident": Method(
        "What the channel would have sold: the channels that were not hit on these days, times its usual share of them, times its weekday. The loss is that less what it sold. "
        "The range is how far the same forecast missed over all stretches of the same length in the clean days before.",
        "Sales that moved to another channel and were not lost; an event of its own on the same days.",
    ),
    "slow_web": Method(
        "Days on which a channel's share of fast page loads was unusual for it and for the day, against its conversion rate on those days, "
        "made good for the error of a share of few loads.",
        "Anything that slows pages and moves buyers alike, such as a rush of visitors.",
    ),
    "anomaly": Method(
        "A day stands out where it lies far from the channel's level (median of 29 days), its weekday and the day of the whole site. "
        "What moves most channels on one day is reported once, as the site's.",
        "A lasting change looks unusual on its first days only.",
    ),
    "pacing": Method(
        "What is in so far, and a forecast of the rest: the level of the last 28 days, half of its slope, the weekdays. "
        "The range is how far the same forecast missed from every earlier day of the past year.",
        "A month unlike the past year: a launch, a holiday that moved, a price cut. A target over a longer time is spread evenly over its days.",
    ),
}
