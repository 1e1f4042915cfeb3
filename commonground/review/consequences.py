"""What decisions mean: the claims they make, and the older claims they end.

Every function takes the decisions in the order of their signing.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar, get_args

from commonground.review.records import (
    SIDE_LABEL,
    Claim,
    End,
    Proposal,
    Side,
)

Row = TypeVar("Row", Claim, End)


def claims_of(decisions: Sequence[Proposal]) -> list[Claim]:
    """Both sides say the same: each asserts every accountable org of the decision.

    A decision that names no org means its owner as a whole: the directory's standing orgs `it`,
    `marketing` and `shared`, which the short form `ownership.csv` means too.
    """
    return [
        Claim(
            asserted_by=side,
            org=org,
            role="A",
            channel=decision.channel,
            metric=decision.metric,
            valid_from=decision.effective_from,
            valid_to=ends_on,
            source=_source(decision),
            known_from=_known_from(decision),
            decision=decision.id,
        )
        for decision, ends_on in _in_force(decisions)
        for side in get_args(Side)
        for org in decision.orgs or (decision.owner,)
    ]


def ends_of(decisions: Sequence[Proposal]) -> list[End]:
    """Where imported claims end: on the first day of each decision that came into force."""
    return [
        End(
            channel=decision.channel,
            metric=decision.metric,
            day=decision.effective_from,
            known_from=_known_from(decision),
            decision=decision.id,
        )
        for decision, _ in _in_force(decisions)
    ]


def claim_versions(decisions: Sequence[Proposal]) -> list[tuple[Claim, datetime | None]]:
    """Every claim that followed at some time, with the moment at which it stopped being believed.

    A later decision on the same cell shortens an earlier claim or takes it away: the claim as it
    stood before ends its belief (None is still believed), and `known_from` is where that began.
    """
    return _versions(decisions, claims_of)


def end_versions(decisions: Sequence[Proposal]) -> list[tuple[End, datetime | None]]:
    """Every ending that followed at some time, as `claim_versions`."""
    return _versions(decisions, ends_of)


def _versions(
    decisions: Sequence[Proposal], follow: Callable[[Sequence[Proposal]], list[Row]]
) -> list[tuple[Row, datetime | None]]:
    by_cell: dict[tuple[str, str], list[Proposal]] = {}
    for decision in decisions:
        by_cell.setdefault((decision.channel, decision.metric), []).append(decision)
    found: list[tuple[Row, datetime | None]] = []
    for on_cell in by_cell.values():
        believed: dict[Row, datetime] = {}
        for count, decision in enumerate(on_cell, start=1):
            moment = _known_from(decision)
            now = follow(on_cell[:count])
            gone = [row for row in believed if row not in now]
            found += [(row._replace(known_from=believed.pop(row)), moment) for row in gone]
            for row in now:
                believed.setdefault(row, moment)
        found += [(row._replace(known_from=since), None) for row, since in believed.items()]
    return [(row, until) for row, until in found if until is None or row.known_from < until]


def _in_force(decisions: Sequence[Proposal]) -> list[tuple[Proposal, date | None]]:
    """Each decision with the day on which a later one on the same cell ends it, or None.

    The last word on a cell holds from its day on, so a decision that is replaced before its
    first day never comes into force and is left out.
    """
    replaced_on: dict[tuple[str, str], date] = {}
    in_force = []
    for decision in reversed(decisions):
        cell = (decision.channel, decision.metric)
        ends_on = replaced_on.get(cell)
        if ends_on is None or decision.effective_from < ends_on:
            in_force.append((decision, ends_on))
            replaced_on[cell] = decision.effective_from
    return in_force[::-1]


def _known_from(decision: Proposal) -> datetime:
    assert decision.closed_at is not None, "a decision has been signed"
    return decision.closed_at.replace(tzinfo=None)


def _source(decision: Proposal) -> str:
    proposer_side = SIDE_LABEL[decision.proposed_side]
    signer_side = SIDE_LABEL[decision.closed_side or ""]
    return (
        f"Decision {decision.id}, proposed by {decision.proposed_by} ({proposer_side}), "
        f"signed by {decision.closed_by} ({signer_side}) on {_known_from(decision):%Y-%m-%d}, "
        f"{'verified' if decision.verified else 'not verified'}"
    )
