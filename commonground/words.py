"""Data -> the sentence above the figure: days, amounts, counts and names in words. Findings are in `evidencewords`, the ledger in `ledgerwords`."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from commonground.catalogue import (
    DASH,
    MINUS,
    THIN,
    Metric,
    compact,
    money_sign,
    write,
    write_change,
)
from commonground.questions.ownership import GAP_STATES, STATE_WORDS

CAVEAT = "Unadjusted sums. Channels were not given their owners at random: family, device and region differ between them."
TAG_RULE = (
    "A channel is Contested if any of its metrics is; Shared if one of its metrics is owned together or each side owns "
    "at least one; IT or Marketing if only that side owns; else Unowned."
)
MARKS = "I IT · M Marketing · S Shared · ! Contested · ? Unowned"


LOOKALIKES = str.maketrans({"*": "\u2217", "`": "\u02cb", "~": "\u223c", "$": "\uff04", "\\": "\u2216"})
JOINER = "\u2060"
"""Has no width and is neither a space nor punctuation: what stands on both sides of it is no markup any more."""
MARKUP = re.compile(r"(?<=\])(?=[(\[:])|(?<=<)(?=[/\w!-])|(?<=&)(?=#?\w+;)|(?=@)|(?<=www)(?=\.)|(?<![^\W_])(?=_)|(?<=_)(?![^\W_])|(?<=-)(?=[->])|(?<=>)(?==)", re.IGNORECASE)
"""Where a joiner breaks a link, a tag, an underline, an address, an arrow."""
COLON = re.compile(r":(?=[^\W\d_]|[/+-]|\d+:)")
"""A colon that begins a colour, an icon or an address; that of a sentence stands before a space."""


def inert(name: object) -> str:
    """A name as somebody else wrote it, drawn as it is written wherever it enters: Markdown, the HTML of a chart, an alt text.

    Nothing can be escaped for all three at once, so signs that would be markup are written by their twins, or
    joined to nothing. Ids stay as they are: only what is read goes through here.
    """
    return MARKUP.sub(JOINER, COLON.sub("\u2236", " ".join(str(name).translate(LOOKALIKES).split())))


def fresh(count: int, of: int) -> str:
    """How many sources are as new as their limit asks."""
    if of < 2:
        return ("The one source is fresh" if count else "The one source is late") if of else "No source has reported a number yet"
    return f"All {of} sources are fresh" if count == of else f"{count} of {of} sources are fresh"


def late(tool: str, channel: str, age_days: float) -> str:
    """A source that is behind the newest day of all data."""
    return f"{tool} for {channel} is {counted(int(age_days), 'day')} behind"


def days(first: date, last: date) -> str:
    """A period in words: 4 to 31 Oct 2026."""
    if first == last:
        return day(first)
    if first.year != last.year:
        return f"{day(first)} to {day(last)}"
    if first.month != last.month:
        return f"{first.day} {first:%b} to {day(last)}"
    return f"{first.day} to {day(last)}"


def day(value: Any) -> str:
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


def gap_answer(cells: pd.DataFrame, gaps: pd.DataFrame, names: dict[str, str], labels: dict[str, str], currency: str,
               sells: Collection[str]) -> tuple[str, str]:
    """Headline and detail: how many cells nobody, or more than one, is accountable for.

    sells: the channels whose revenue is the ledger; what the others report is the same money by origin, never added to it.
    """
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
        f"{names.get(worst['channel'], worst['channel'])}, {labels[worst['metric']].lower()} ({STATE_WORDS[worst['state']]})"
    )
    unsaid = bool(needed["state"].eq("UNOWNED").all())
    if unsaid:
        headline = f"None of {len(needed)} metrics has ever had an owner: nobody has said yet who owns what"
    sign = money_sign(currency)
    spent, is_ledger = open_gaps["spend"].sum(min_count=1), open_gaps["channel"].isin(sells)
    exposed, by_origin = (open_gaps.loc[rows, "revenue_exposed"].sum(min_count=1) for rows in (is_ledger, ~is_ledger))
    money = []
    if pd.notna(spent):
        money.append(f"{sign}{THIN}{compact(spent, money=True)} spend ran through gaps")
    if pd.notna(exposed):
        money.append(f"{sign}{THIN}{compact(exposed, money=True)} revenue was exposed (an exposure, not a loss)")
    if pd.notna(by_origin) and by_origin:
        money.append(f"{sign}{THIN}{compact(by_origin, money=True)} of the platforms' revenue came in through channels in gaps (by origin: the same money, never added)")
    detail = "Say it in ownership.csv (channel, metric, owner), as the Data page shows. " if unsaid else ""
    detail += "; ".join(money) + ". " if money else ""
    return headline, f"{detail}Oldest: {names.get(oldest['channel'], oldest['channel'])}, {int(oldest['age_days'])} days."


def all_settled(cells: pd.DataFrame) -> bool:
    """Whether no cell is contested or unowned."""
    return not cells["tag"].isin(["Contested", "Unowned"]).any()


def unsettled(shown: pd.DataFrame, cells: pd.DataFrame) -> str:
    """What a map of the channels shows: those with something contested or unowned, or all where nothing is."""
    few, many = shown["channel"].nunique(), cells["channel"].nunique()
    return f"Who is accountable: the {few} of {many} channels with a metric in dispute or without an owner" if few < many else "Nothing is in dispute or without an owner" if all_settled(cells) else "Who is accountable, channel by metric"


def changed(metric: Metric, name: str, now: float | None, difference: float | None, currency: str) -> str:
    """One line: what a channel's metric did."""
    return f"{name}: {metric.label.lower()} {write(metric, now, currency)} ({write_change(metric, difference)})"


# --- estimates and their ranges -----------------------------------------------------------------


def missing(value: Any) -> bool:
    """No number: None, nan or infinite."""
    return value is None or bool(pd.isna(value)) or (isinstance(value, float) and not math.isfinite(value))


def share(value: Any) -> str:
    """A relative difference with two significant digits and its sign: +14 %."""
    if missing(value):
        return DASH
    text = _two_digits(100 * float(value))
    return f"{'' if text.startswith(MINUS) or text == '0' else '+'}{text}{THIN}%"


def _two_digits(value: float) -> str:
    """Two significant digits, the second one kept where it is a 0: 2.0, 14, 0.57."""
    rounded = float(f"{value:.2g}")
    if not rounded:
        return "0"
    return f"{rounded:.{max(0, 1 - math.floor(math.log10(abs(rounded))))}f}".replace("-", MINUS)


def chance(value: Any) -> str:
    """A probability in whole percent, never certain: over 99 %."""
    if missing(value):
        return DASH
    if value > 0.99:
        return f"over 99{THIN}%"
    return f"under 1{THIN}%" if value < 0.01 else f"{value * 100:.0f}{THIN}%"


def rough(value: Any, sign: str = "") -> str:
    """An estimated amount with two significant digits: 81 k."""
    if missing(value):
        return DASH
    rounded = float(f"{float(value):.2g}")
    limit, name = next(((limit, f"{THIN}{name}") for limit, name in ((1e9, "bn"), (1e6, "M"), (1e3, "k")) if abs(rounded) >= limit), (1.0, ""))
    return (f"{sign}{THIN}" if sign else "") + _two_digits(rounded / limit) + name


def between(low: Any, high: Any) -> str:
    """A range of relative differences: +7.9 % to +21 %."""
    return f"{share(low)} to {share(high)}"


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame, each as a dict by column."""
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def listed(names: Iterable[str], most: int = 99) -> str:
    """a, b and c; the rest is counted."""
    found = list(names)
    if len(found) > most:
        found = [*found[:most], f"{len(found) - most} more"]
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}" if found else ""


def counted(number: int, what: str) -> str:
    """1 channel, 2 channels."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def left_out(row: Mapping[str, Any]) -> str:
    """Rows that no total holds, why, and what to do; of the answer of `left_out`."""
    rows = int(row["rows_left_out"])
    return (
        f"{row['channel']}: {counted(rows, 'row')} of {row['file']} ({days(row['first_day'], row['last_day'])}) {'is' if rows == 1 else 'are'} in no total,"
        " because channel.csv no longer names this channel. Add it there again, and import channel.csv."
    )


def capital(text: str) -> str:
    """With a capital; the rest as it is."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return f"{capital(text).rstrip('.')}." if text else ""


def objectives(met: int, known: int, worst: str) -> str:
    """How many objectives are met, and which is missed most."""
    if not known:
        return "No objective was observed"
    return f"{met} of {known} objectives are met" + (f"; missed most: {worst}" if worst else "")


def vitals(passed: int, rows: int) -> str:
    """How many vitals pass: at least three loads of four are good."""
    return f"{passed} of {rows} vitals pass: at least 75{THIN}% of loads are good"


def vital(name: str, good: float, needs: float, poor: float) -> str:
    """One vital on one kind of device, in shares of its loads."""
    return f"{name}: {100 * good:.0f}{THIN}% good, {100 * needs:.0f}{THIN}% need improvement, {100 * poor:.0f}{THIN}% poor"


TECHNOLOGY = {
    (-1, True): "conversion rate fell, and so did the technology",
    (-1, False): "conversion rate fell, the technology did not",
    (1, True): "conversion rate rose although the technology fell",
    (1, False): "conversion rate rose",
    (0, True): "the technology fell, conversion rate is as usual",
    (0, False): "as usual",
}


def us_or_technology(conversion: int, worse: bool, known: bool) -> str:
    """Conversion rate (-1 fell, 0 as usual, 1 rose) beside whether speed or uptime got worse."""
    if not known:
        return "no page speed or uptime is measured here"
    return TECHNOLOGY[conversion, worse]
