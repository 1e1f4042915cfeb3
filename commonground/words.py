"""Data -> the sentence above the figure. All wording rules live here."""

from __future__ import annotations

from datetime import date

import pandas as pd

from commonground.catalogue import DASH, Metric, compact, money_sign, write, write_change
from commonground.questions.ownership import GAP_STATES, STATE_WORDS

THIN = "\u2009"
CAVEAT = "Unadjusted sums. Channels were not given their owners at random: family, device and region differ between them."
CAUSE_CAVEAT = "Channels were not given their owners at random."
TAG_RULE = (
    "A channel is Contested if any of its metrics is; Shared if one of its metrics is owned together or each side owns "
    "at least one; IT or Marketing if only that side owns; else Unowned."
)
MARKS = "I IT · M Marketing · S Shared · ! Contested · ? Unowned"


def days(first: date, last: date) -> str:
    """A period in words: 4 to 31 Oct 2026."""
    if first == last:
        return day(first)
    if first.year != last.year:
        return f"{day(first)} to {day(last)}"
    if first.month != last.month:
        return f"{first.day} {first:%b} to {day(last)}"
    return f"{first.day} to {day(last)}"


def day(value: object) -> str:
    """A day in words: 31 Oct 2026."""
    if value is None or pd.isna(value):
        return DASH
    stamp = pd.Timestamp(value)
    return f"{stamp.day} {stamp:%b %Y}"


def shared_against_single(metric: Metric, shared: float | None, single: float | None, n_shared: int, n_single: int, currency: str) -> tuple[str, str]:
    """Headline and detail: shared channels against single-owned ones, as plain sums."""
    if shared is None or single is None or pd.isna(shared) or pd.isna(single) or not n_shared or not n_single:
        return (
            f"{metric.label}: shared and single-owned channels cannot be compared here",
            f"{n_shared} shared and {n_single} single-owned channels report it in this view.",
        )
    return (
        f"{metric.label}: shared channels {write(metric, shared, currency)}, single-owned {write(metric, single, currency)} (unadjusted)",
        f"{n_shared} shared and {n_single} single-owned channels. {CAVEAT}",
    )


def contrast(metric: Metric, found: dict[str, object]) -> tuple[str, str]:
    """Headline and detail of the adjusted contrast, by the wording rules: a range, never a cause."""

    def points(value: object) -> str:
        rounded = float(f"{100 * float(value):.2g}")  # type: ignore[arg-type]
        return f"{rounded:+g}".replace("-", "\u2212") + f"{THIN}%"

    classes = f"{found['channels_shared']} shared and {found['channels_single']} single-owned channels in families that hold both, {found['days']} days"
    if found["verdict"] == "not enough data":
        return f"{metric.label}: not enough data to compare shared with single-owned channels", f"{found['note']}. {CAUSE_CAVEAT}"
    between = f"{points(found['low'])} to {points(found['high'])}"
    sure = "A range made this way holds the true figure in about 19 of 20 cases."
    plain = f" Unadjusted: {points(found['unadjusted'])}." if found["unadjusted"] is not None and not pd.isna(found["unadjusted"]) else ""
    notice = f" Note: {found['note']}." if found["note"] else ""
    if found["verdict"] == "clear":
        head = f"{metric.label}: shared ownership is associated with {points(found['estimate'])} against single-owned peers, range {between}"
    else:
        head = f"{metric.label}: no clear difference between shared and single-owned peers, range {between}"
        notice = f" The smallest difference that could have been seen is about {points(found['smallest_visible'])}.{notice}"
    return head, f"Family, device and region taken out; {classes}. {sure}{plain}{notice} {CAUSE_CAVEAT}"


def gap_answer(cells: pd.DataFrame, gaps: pd.DataFrame, names: dict[str, str], labels: dict[str, str], currency: str) -> tuple[str, str]:
    """Headline and detail: how many cells nobody, or more than one, is accountable for."""
    needed = cells[cells["state"] != "EXEMPT"]
    open_gaps = gaps[gaps["primary_gap"].isin(GAP_STATES)]
    if needed.empty:
        return "No metric has to have an owner yet", "Import an ownership or scope table; the Data page says how."
    if open_gaps.empty:
        return f"All {len(needed)} metrics have one accountable owner", "No gap as of this day."
    worst = open_gaps.iloc[0]
    oldest = open_gaps.sort_values("age_days", ascending=False).iloc[0]
    headline = (
        f"{len(open_gaps)} of {len(needed)} metrics have no one accountable owner; first: "
        f"{names.get(worst['channel'], worst['channel'])}, {labels[worst['metric']].lower()}: {STATE_WORDS[worst['state']]}"
    )
    sign = money_sign(currency)
    spent, exposed = open_gaps["spend"].sum(min_count=1), open_gaps["revenue_exposed"].sum(min_count=1)
    money = []
    if pd.notna(spent):
        money.append(f"{sign}{THIN}{compact(spent, money=True)} spend ran through gaps")
    if pd.notna(exposed):
        money.append(f"{sign}{THIN}{compact(exposed, money=True)} revenue was exposed (an exposure, not a loss; campaigns' revenue is the platforms' seen by origin)")
    detail = "; ".join(money) + ". " if money else ""
    return headline, f"{detail}Oldest: {names.get(oldest['channel'], oldest['channel'])}, {int(oldest['age_days'])} days."


def changed(metric: Metric, name: str, now: float | None, difference: float | None, currency: str) -> str:
    """One line: what a channel's metric did."""
    return f"{name}: {metric.label.lower()} {write(metric, now, currency)} ({write_change(metric, difference)})"
