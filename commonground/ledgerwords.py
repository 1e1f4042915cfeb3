"""The ownership ledger in sentences: states, prices, policies, proposals. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from commonground.catalogue import THIN, compact, money_sign
from commonground.questions.history import STANDING_POLICY
from commonground.questions.ownership import GAP_STATES, STATE_WORDS
from commonground.review import SIDE_LABEL, Proposal
from commonground.words import counted, day, inert, listed

OWNERS = {"it": "IT", "marketing": "Marketing", "shared": "Both together"}
SUFFIX = {"it": "IT", "marketing": "Marketing", "shared": "both"}
SIDES = {"it": "IT", "marketing": "Marketing", "joint": "IT and Marketing", "other": "outside"}
SPEAKERS = {"it": "IT says", "marketing": "Marketing says", "register": "A register says"}
ROLES = {"R": "does the work", "A": "is accountable", "C": "is consulted", "I": "is informed"}
STANDINGS = {"winning": "stands", "org gone": "its team is gone", "outside": "a firm outside: counts as doing the work"}
"""How a claim's standing is said; what is not named here says itself. In a dispute the claims of both sides stand."""
ALL = "*"


def state(cell: Any, names: dict[str, str], as_of: object) -> str:
    """A cell's state as a sentence: who, or what is wrong, since when, for how many days."""
    owners = listed(names.get(owner, owner) for owner in str(cell["owners"] or "").split(", ") if owner)
    head = STATE_WORDS[cell["state"]]
    head = head[0].upper() + head[1:]
    if cell["state"] in ("OWNED", "SHARED") and owners:
        head = f"{head} by {owners}"
    elif owners:
        head = f"{head}: {owners}"
    age = (pd.Timestamp(str(as_of)) - pd.Timestamp(cell["since"])).days + 1
    return f"{head}, since {day(cell['since'])} ({age:,} days)"


def money(value: float | None, currency: str) -> str:
    """An amount in the reporting currency, or that there is none."""
    if value is None or pd.isna(value):
        return "not priced"
    return f"{money_sign(currency)}{THIN}{compact(float(value), money=True)}"


PRICES = {"spend": "spend without one owner", "revenue_exposed": "revenue exposed, not a loss", "shortfall": "shortfall, estimated",
          "incident_loss": "incident loss, estimated"}  # fmt: skip
"""The four columns of a gap's price. Never add one to another, except shortfall and incident loss."""


def price(gap: Any, sessions: float | None, currency: str) -> str:
    """What runs through a gap: what is priced, each under its own name; else how many sessions pass it."""
    priced = [f"**{money(gap[name], currency)}** {text}" for name, text in PRICES.items() if pd.notna(gap[name])]
    missing = [text.split(",")[0] for name, text in PRICES.items() if pd.isna(gap[name])]
    if priced:
        return " · ".join(priced) + (f" · not priced: {listed(missing)}" if missing else "")
    passed = f"{compact(sessions)} sessions passed it in the period. " if sessions is not None and pd.notna(sessions) else ""
    return f"{passed}Not priced: the channel reports neither spend nor revenue, and no loss was estimated."


def policy(rows: pd.DataFrame, concern: str, kind: str, as_of: object) -> str:
    """What the policy expects of a metric of this concern on a channel of this kind."""
    if rows.empty:  # the build takes the standing rule where nobody wrote a policy
        always = pd.Series(pd.NaT, STANDING_POLICY.index)
        rows = STANDING_POLICY.assign(valid_from=always, valid_to=always, source="the standing rule: no policy was imported")
    on = pd.Timestamp(str(as_of))
    any_of = (ALL, "")
    fits = rows[rows["concern"].fillna("").isin([concern, *any_of]) & rows["kind"].fillna("").isin([kind, *any_of])]
    fits = fits[(fits["valid_from"].isna() | (fits["valid_from"] <= on)) & (fits["valid_to"].isna() | (fits["valid_to"] > on))]
    if fits.empty:
        return f"No policy says whose {concern} metrics on {kind} channels should be."
    exact = fits.assign(exact=2 * (fits["kind"] == kind) + (fits["concern"] == concern)).sort_values("exact").iloc[-1]
    source = f" ({inert(exact['source'])})" if isinstance(exact["source"], str) else ""
    return f"The policy expects {SIDES[exact['expected']]} here: {concern} metrics on {kind} channels{source}."


def claim(row: Any, names: dict[str, str], channel_name: str, metric_label: str) -> tuple[str, str]:
    """A claim in two lines: who holds what; since when, about what, by which register."""
    who = names.get(row["org"], inert(row["org"])) if isinstance(row["org"], str) else "nobody"
    reach = {
        (True, True): "everything", (True, False): f"{metric_label} everywhere",
        (False, True): f"all of {channel_name}", (False, False): metric_label,
    }[(row["about_channel"] == ALL, row["about_metric"] == ALL)]  # fmt: skip
    begins = f"since {day(row['valid_from'])}" if pd.notna(row["valid_from"]) else "with no first day named"
    ends = f" until {day(row['valid_to'])}" if pd.notna(row["valid_to"]) else ""
    source = inert(row["source"]) if isinstance(row["source"], str) else "no source named"
    return f"**{who}** {ROLES[row['role']]}", f"{begins}{ends}, about {reach}. {source}"


def claims_of_channel(rows: pd.DataFrame) -> pd.DataFrame:
    """Claims about a channel's cells, one row a claim: `standing` says for how many of the cells that it reaches it stands.

    rows: one row per cell and claim, as `ask claims` gives them, in its order.
    """
    about = ["asserted_by", "org", "role", "about_channel", "about_metric", "valid_from", "valid_to", "source", "known_from"]
    out = []
    for key, group in rows.groupby(about, sort=False, dropna=False):
        counts = group["standing"].value_counts()
        if len(counts) == 1 or "winning" not in counts:
            standing = STANDINGS.get(str(counts.index[0]), str(counts.index[0]))
        else:
            standing = f"stands for {counts['winning']} of {len(group)} metrics"
        out.append({**dict(zip(about, key, strict=True)), "standing": standing})
    found = pd.DataFrame(out, columns=[*about, "standing"])
    is_over = found["standing"].isin(["ended", "to come"])
    place = found["role"].map({"A": 0, "R": 1}).fillna(2)
    order = pd.DataFrame({"over": is_over, "place": place, "side": found["asserted_by"], "metric": found["about_metric"]})
    return found.loc[order.sort_values(list(order.columns), kind="stable").index].reset_index(drop=True)


def proposed(entry: Proposal, names: dict[str, str], channel_name: str, metric_label: str) -> str:
    """A proposal in one line: the cell, the owner, the day."""
    orgs = listed(names.get(org, org) for org in entry.orgs)
    owner = f"{orgs} ({SUFFIX[entry.owner]})" if orgs else OWNERS[entry.owner]
    about = "everything" if entry.metric == ALL else metric_label
    return f"{channel_name} · {about} → {owner}, from {day(entry.effective_from)}"


def waiting(costs: pd.DataFrame, days: int, currency: str, sells: Collection[str]) -> str:
    """What it costs to wait for the next meeting: the estimated loss of the gaps that are priced, and how many are not.

    Losses are added over the channels that sell; what campaigns lose is part of the same revenue, by origin.
    """
    priced = costs[costs["loss"].notna()]
    if priced.empty:
        return f"None of these gaps is priced, so what another {days} days would cost is not known."
    is_ledger = priced["channel"].isin(sells)
    told = [
        f"{money(float(priced.loc[rows, 'loss'].sum()), currency)} {what} ({counted(int(rows.sum()), 'gap')})"
        for rows, what in ((is_ledger, "where it is sold"), (~is_ledger, "by origin, a part of the same revenue and never added")) if rows.any()
    ]  # fmt: skip
    return (f"If the period goes on as it did, waiting {days} days is estimated to cost {' and '.join(told)}; "
            f"not priced: {counted(len(costs) - len(priced), 'gap')}.")  # fmt: skip


def changed_hands(rows: pd.DataFrame, earlier: object, later: object) -> str:
    """How many cells changed hands between two days, and what became of gaps."""
    between = f"between {day(earlier)} and {day(later)}"
    if rows.empty:
        return f"Nothing changed hands {between}."
    was, now = rows["from_state"].isin(GAP_STATES), rows["to_state"].isin(GAP_STATES)
    opened, closed = int((~was & now).sum()), int((was & ~now).sum())
    return f"{counted(len(rows), 'metric')} changed hands {between}: {counted(opened, 'gap')} opened, {closed} closed, {counted(len(rows) - opened - closed, 'other change')}."


def together(rows: pd.DataFrame, by: list[str], labels: dict[str, str]) -> pd.DataFrame:
    """Metrics of which the same is told, as one row: the columns `by`, how many (count), and which."""
    out = rows.groupby(by, sort=True, dropna=False)["metric"].agg(count="count", which=lambda m: ", ".join(sorted(labels.get(x, x) for x in m)))
    return out.reset_index().sort_values([by[0], "count", *by[1:]], ascending=[True, False] + [True] * (len(by) - 1), ignore_index=True)


def time_to_owner(by_tag: pd.DataFrame) -> str:
    """Median days to an owner of each kind of gap, with n, and how many still wait."""
    told = []
    for row in by_tag.to_dict("records"):
        median = f"a median of {row['median_days']:,.0f} days (n {row['closed']})" if row["closed"] else "none has found one yet"
        waiting = f"; {row['open']} still open, the oldest {row['oldest_days']:,.0f} days" if row["open"] else ""
        told.append(f"{row['group']}: {median}{waiting}.")
    return " ".join(told)


def agree(row: Any) -> str:
    """How far the two sides agree, as a raw share and as kappa, with n."""
    kappa = "n/a" if row["kappa"] is None or pd.isna(row["kappa"]) else f"{row['kappa']:.2f}".replace("-", "\u2212")
    return f"The two sides say the same about {row['same']} of {row['cells']} metrics ({100 * row['share']:.0f}{THIN}%); kappa {kappa}, n {row['cells']}."


def what_if(closing: int, gaps: int, moved: int, exposed: float | None, currency: str) -> str:
    """What a policy would change: gaps that close, owners that change, the exposure in those gaps."""
    through = f" {money(exposed, currency)} of revenue is exposed in the gaps that would close." if exposed is not None and pd.notna(exposed) and exposed else ""
    return f"{closing} of {gaps} gaps would close, and {moved} metrics that have an owner would change hands.{through}"


def standing(waiting: int, signed: int) -> str:
    """How many proposals wait, and how many were signed."""
    waits = "Nothing waits for a signature" if not waiting else f"{waiting} proposal{'s wait' if waiting > 1 else ' waits'} for a signature"
    done = "nothing is decided yet" if not signed else f"{signed} decision{'s are' if signed > 1 else ' is'} signed by both sides"
    return f"{waits}; {done}."


def proposer(entry: Proposal) -> str:
    """Who proposed it, when and why."""
    return inert(f"Proposed by {entry.proposed_by} ({SIDE_LABEL[entry.proposed_side]}) on {day(entry.proposed_at.date())}: {entry.reason}")


def dossier(name: str, tag: str | None, since: object, cells: pd.DataFrame, gaps: pd.DataFrame, currency: str) -> tuple[str, str]:
    """Headline and detail of a channel: its tag since when, how many of its metrics nobody answers for."""
    needed = cells[cells["state"] != "EXEMPT"]
    if needed.empty:
        return f"No metric of {name} needs an owner", "Either it is exempt, or no scope and no claim names it yet."
    known = {"Contested": "contested", "Unowned": "without an owner", "Shared": "shared"}.get(str(tag), f"owned by {tag}")
    head = f"{name} is {known} since {day(since)}" if since is not None else f"{name} is {known}"
    open_gaps = gaps[gaps["primary_gap"].isin(GAP_STATES)]
    blind = int(needed["flags"].fillna("").str.split(";").map(lambda flags: "BLIND" in flags).sum())
    never = f" {blind} of them were never observed." if blind else ""
    if open_gaps.empty:
        misplaced = int((gaps["primary_gap"] == "MISPLACED").sum())
        yet = f" The policy expects another side for {misplaced} of them." if misplaced else ""
        each = f"Each of its {len(needed)} metrics" if len(needed) > 1 else "Its one metric"
        return head, f"{each} has one accountable owner, or a pair that both sides name.{yet}{never}"
    counts = open_gaps["state"].value_counts()
    kinds = "; ".join(f"{STATE_WORDS[str(s)]}: {n}" for s, n in counts.items())
    exposed = open_gaps["revenue_exposed"].sum(min_count=1)  # of one channel: nothing is counted twice
    spent = open_gaps["spend"].sum(min_count=1)
    through = "".join(
        f" {text}." for text in (
            f"{money(spent, currency)} were spent through them" if pd.notna(spent) and spent else "",
            f"{money(exposed, currency)} revenue was exposed, which is not a loss" if pd.notna(exposed) and exposed else "",
        ) if text
    )  # fmt: skip
    return f"{head}: {len(open_gaps)} of {len(needed)} metrics have no one accountable owner", f"{kinds[0].upper()}{kinds[1:]}.{through}{never}"


def mobile_ready(rows: pd.DataFrame, names: dict[str, str]) -> str:
    """How many mobile channels both checklists call ready, which is furthest off, and for how many nobody knows."""
    known = rows[rows["ready"].notna()]
    unknown = counted(len(rows) - len(known), "channel")
    missing = f" For {unknown} nobody keeps both lists." if len(rows) > len(known) else ""
    if known.empty:
        return f"Nobody can say whether mobile is ready.{missing}"
    whole, worst = int((known["ready"] == 1).sum()), known.sort_values("ready", kind="stable").iloc[0]
    if whole == len(known):
        return f"Each of the {len(known)} mobile channels with two checklists is ready on both sides.{missing}"
    side = "technology's list" if worst["technology"] <= worst["customer"] else "the customer's list"
    head = f"{whole or 'None'} of {counted(len(known), 'mobile channel')} with two checklists {'are' if whole > 1 else 'is'} ready on both sides"
    return f"{head}; furthest off is {names.get(worst['channel'], worst['channel'])}, {100 * worst['ready']:.0f}{THIN}% by {side}.{missing}"


def untested(rows: pd.DataFrame, at_least: float) -> str:
    """How many channels are visited from devices that their own checklist has not as tested."""
    told = rows.dropna(subset=["tested"])
    if told.empty:
        return "No technology checklist names a device (`device: tablet`), so nobody can say which were tested."
    gap = told[(told["tested"] == False) & (told["share"] > at_least)]  # noqa: E712
    if gap.empty:
        return f"Every device that brings more than {100 * at_least:.0f}{THIN}% of a channel's visits was tested, where the checklists name devices."
    return f"{counted(gap['channel'].nunique(), 'channel')} {'is' if gap['channel'].nunique() == 1 else 'are'} visited from devices that nobody tested."


def share(done: int, items: int, of: str) -> str:
    """How much of a checklist is done."""
    return f"{done} of {items} done ({100 * done / items:.0f}{THIN}%)" if items else f"No item: nobody keeps a {of} checklist for it"


def names_of(orgs: pd.DataFrame) -> dict[str, str]:
    """Org -> its name as people write it."""
    named = orgs.dropna(subset=["name"]).drop_duplicates("org", keep="last")
    return dict(zip(named["org"], map(inert, named["name"]), strict=True))


def history(spells: pd.DataFrame, labels: dict[str, str], concerns: dict[str, str], most: int) -> list[tuple[str, pd.DataFrame]]:
    """Metrics with one and the same history, as one row each: (name of the row, its spells).

    spells: metric state tag valid_from valid_to, of one channel. The rows of most metrics come
    first; at most `most` rows.
    """
    groups: dict[tuple[Any, ...], list[str]] = {}
    by_metric = {str(metric): rows.sort_values("valid_from") for metric, rows in spells.groupby("metric", sort=True)}
    for metric, rows in by_metric.items():
        groups.setdefault(tuple(zip(rows["state"], rows["tag"], rows["valid_from"].astype(str), rows["valid_to"].astype(str), strict=True)), []).append(metric)
    ordered = sorted(groups.values(), key=lambda metrics: (-len(metrics), metrics))[:most]
    return [(_group_name(metrics, list(by_metric), labels, concerns), by_metric[metrics[0]]) for metrics in ordered]


def _group_name(metrics: Sequence[str], every: Sequence[str], labels: dict[str, str], concerns: dict[str, str]) -> str:
    if len(metrics) == 1:
        return labels.get(metrics[0], metrics[0])
    if len(metrics) == len(every):
        return f"All {len(metrics)} metrics"
    kinds = {concerns.get(metric, "") for metric in metrics}
    kind = f" {kinds.pop()}" if len(kinds) == 1 else ""
    return f"{len(metrics)}{kind} metrics"
