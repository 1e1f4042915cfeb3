"""The rules of ownership once more, day by day and cell by cell: slow, obvious, and only for tests."""

from dataclasses import dataclass, field
from datetime import date, timedelta

START = date(2000, 1, 1)  # where time begins when nothing carries a date


@dataclass(frozen=True)
class Claim:
    asserted_by: str
    org: str | None
    role: str = "A"
    channel: str = "web"
    metric: str = "uptime"
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Org:
    org: str
    side: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Scope:
    channel: str = "*"
    metric: str = "*"
    disposition: str = "required"
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Policy:
    concern: str
    kind: str | None
    expected: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class World:
    claims: list[Claim] = field(default_factory=list)
    orgs: list[Org] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    observed: list[tuple[str, str, date]] = field(default_factory=list)
    channels: dict[str, str] = field(default_factory=dict)  # channel -> kind
    metrics: dict[str, str] = field(default_factory=dict)  # metric -> concern


@dataclass(frozen=True)
class Verdict:
    state: str
    tag: str | None
    owners: str
    flags: str


DEFAULT_POLICY = [
    Policy("infrastructure", "*", "it"),
    Policy("customer", "*", "marketing"),
    Policy("infrastructure", "mobile", "joint"),
    Policy("customer", "mobile", "joint"),
]


def holds(row: Claim | Org | Scope | Policy, day: date) -> bool:
    started = row.valid_from is None or row.valid_from <= day
    ended = row.valid_to is not None and row.valid_to <= day
    return started and not ended


def horizon(world: World) -> date:
    days = [first_day for _, _, first_day in world.observed]
    for row in [*world.claims, *world.orgs, *world.scopes]:
        days += [day for day in (row.valid_from, row.valid_to) if day is not None]
    return min(days, default=START)


def disposition(world: World, channel: str, metric: str, day: date) -> str | None:
    if day < horizon(world):
        return None
    if not world.scopes:
        seen = [first for c, m, first in world.observed if (c, m) == (channel, metric)]
        return "required" if any(first <= day for first in seen) else None
    if channel not in world.channels or metric not in world.metrics:
        return None
    for where in [(channel, metric), (channel, "*"), ("*", metric), ("*", "*")]:
        found = {
            scope.disposition
            for scope in world.scopes
            if (scope.channel, scope.metric) == where and holds(scope, day)
        }
        if found:
            return "exempt" if "exempt" in found else "required"
    return None


def _last(rows: list[Org]) -> Org:
    return max(
        rows, key=lambda row: (row.valid_to or date.max, row.valid_from or date.min, row.side)
    )


def is_alive(world: World, org: str | None, day: date) -> bool:
    return any(row.org == org and holds(row, day) for row in world.orgs)


def side_of(world: World, org: str | None, day: date) -> str | None:
    rows = [row for row in world.orgs if row.org == org]
    alive = [row for row in rows if holds(row, day)]
    return _last(alive or rows).side if rows else None


def specificity(claim: Claim) -> int:
    return 2 * (claim.channel != "*") + (claim.metric != "*")


def is_real(claim: Claim) -> bool:
    """A claim that ends before it begins, or on that day, says nothing."""
    return None in (claim.valid_from, claim.valid_to) or claim.valid_from < claim.valid_to  # type: ignore[operator]


def expected_side(world: World, channel: str, metric: str, day: date) -> str | None:
    kind, concern = world.channels.get(channel, ""), world.metrics.get(metric, "")
    fitting = [
        row
        for row in world.policies or DEFAULT_POLICY
        if row.concern in (concern, "*", "")
        and row.kind in (kind, "*", "", None)
        and holds(row, day)
    ]
    if not fitting:
        return None
    return max(
        fitting,
        key=lambda row: (
            row.kind not in ("*", "", None),
            row.concern not in ("*", ""),
            row.valid_from or date.min,
            row.expected,
        ),
    ).expected


def _covered(sides: set[str | None]) -> set[str]:
    return {
        part for side in sides for part in (("it", "marketing") if side == "joint" else (side,))
    }  # type: ignore[misc]


def verdict(world: World, channel: str, metric: str, day: date) -> Verdict | None:
    scope = disposition(world, channel, metric, day)
    if scope is None:
        return None
    here = [
        claim
        for claim in world.claims
        if claim.channel in (channel, "*") and claim.metric in (metric, "*") and is_real(claim)
    ]
    active = [claim for claim in here if holds(claim, day)]
    turned = [c for c in active if c.role == "A" and side_of(world, c.org, day) == "other"]
    by_role = {
        "A": [c for c in active if c.role == "A" and c not in turned],
        "R": [c for c in active if c.role == "R"] + turned,
    }

    def most_specific(claims: list[Claim]) -> list[Claim]:
        best = max((specificity(c) for c in claims), default=0)
        return [c for c in claims if specificity(c) == best]

    def per_asserter(claims: list[Claim]) -> list[Claim]:
        left: list[Claim] = []
        for asserter in ("it", "marketing", "register"):
            left += most_specific([c for c in claims if c.asserted_by == asserter])
        return left

    left_a = per_asserter(by_role["A"])
    winning_a = most_specific(left_a)
    winning_r = per_asserter(by_role["R"])

    naming = [c for c in winning_a if c.org]
    owning = [c for c in naming if is_alive(world, c.org, day)]
    owners = sorted({c.org for c in owning if c.org})
    sides = {side_of(world, org, day) for org in owners}
    spans = _covered(sides) >= {"it", "marketing"}
    each_says_both = all(
        any(c.org == org and c.asserted_by == asserter for c in owning)
        for org in owners
        for asserter in ("it", "marketing")
    )
    each_names_the_other = all(
        (c.asserted_by, side_of(world, c.org, day)) in (("it", "marketing"), ("marketing", "it"))
        for c in owning
    )
    has_r = any(c.org and is_alive(world, c.org, day) for c in winning_r)
    ended = [
        c
        for c in here
        if c.role == "A" and c.org and c.valid_to is not None and c.valid_to <= day
        and side_of(world, c.org, c.valid_to - timedelta(days=1)) != "other"
    ]  # fmt: skip

    if scope == "exempt":
        state = "EXEMPT"
    elif (len(owners) == 1 and sides == {"joint"}) or (spans and each_says_both):
        state = "SHARED"
    elif len(owners) == 1:
        state = "OWNED"
    elif spans and each_names_the_other:
        state = "DISOWNED"
    elif spans:
        state = "CONTESTED"
    elif len(owners) >= 2:
        state = "MULTI_A"
    elif naming:
        state = "ORPHANED"
    elif has_r:
        state = "R_NO_A"
    elif ended:
        state = "LAPSED"
    else:
        state = "UNOWNED"

    own_side = next(iter(sides)) if state == "OWNED" else None
    expected = expected_side(world, channel, metric, day)
    flags = set()
    if own_side and expected and expected != own_side:
        flags.add("MISPLACED")
    if expected is None:
        flags.add("POLICY_SILENT")
    if own_side and not any(c.org == owners[0] and c.asserted_by == own_side for c in by_role["A"]):
        flags.add("UNACKNOWLEDGED")
    if any(c.org and c not in winning_a and c.org not in {w.org for w in naming} for c in left_a):
        flags.add("SOFT_CONTEST")
    if state in ("OWNED", "SHARED") and not has_r:
        flags.add("A_NO_R")
    if winning_a and all(specificity(c) < 3 for c in winning_a):
        flags.add("INHERITED")
    if turned:
        flags.add("OUTSIDE")

    return Verdict(
        state, _tag(state, own_side), ", ".join(owners),
        "" if state == "EXEMPT" else ";".join(sorted(flags)),
    )  # fmt: skip


def statement(world: World, channel: str, metric: str, day: date, side: str) -> str | None:
    """What one side says about a cell: IT, Marketing, Joint or nobody; None where the cell needs no owner."""
    if disposition(world, channel, metric, day) != "required":
        return None
    own = [
        claim
        for claim in world.claims
        if claim.channel in (channel, "*")
        and claim.metric in (metric, "*")
        and is_real(claim)
        and holds(claim, day)
        and claim.role == "A"
        and claim.asserted_by == side
        and side_of(world, claim.org, day) != "other"
    ]
    best = max((specificity(claim) for claim in own), default=0)
    named = [c.org for c in own if specificity(c) == best and is_alive(world, c.org, day)]
    sides = _covered({side_of(world, org, day) for org in named})
    if len(sides) == 2:
        return "Joint"
    return {"it": "IT", "marketing": "Marketing"}[sides.pop()] if sides else "nobody"


def _tag(state: str, own_side: str | None) -> str | None:
    if state == "EXEMPT":
        return None
    if state == "SHARED":
        return "Shared"
    if state == "OWNED":
        return {"it": "IT", "marketing": "Marketing"}[str(own_side)]
    return "Contested" if state in ("DISOWNED", "CONTESTED", "MULTI_A") else "Unowned"


def channel_tag(tags_of_required_cells: list[str]) -> str | None:
    """A channel none of whose cells needs an owner has no tag."""
    tags = set(tags_of_required_cells)
    if not tags:
        return None
    if "Contested" in tags:
        return "Contested"
    if "Shared" in tags or {"IT", "Marketing"} <= tags:
        return "Shared"
    if "IT" in tags:
        return "IT"
    return "Marketing" if "Marketing" in tags else "Unowned"
