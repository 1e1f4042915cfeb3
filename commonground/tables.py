"""The generic tables: their columns, types and rules. Landing, build and the docs read them here."""

from __future__ import annotations

from dataclasses import dataclass

from commonground.catalogue import catalogue


@dataclass(frozen=True)
class Table:
    """One generic table: the columns it must have, those it may have, and what a cell may hold."""

    name: str
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All canonical columns."""
        return self.needs + self.may


def _table(name: str, needs: str, may: str = "") -> Table:
    return Table(name, tuple(needs.split()), tuple(may.split()))


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("daily", ("day", "channel"), ("campaign", "device", "region", "currency", *catalogue().measures)),
        _table("channel", "channel kind", "name family address"),
        _table("org", "org side", "name valid_from valid_to"),
        _table("ownership_claim", "asserted_by org role channel metric", "valid_from valid_to source"),
        _table("ownership", "channel metric owner", "asserted_by valid_from valid_to"),
        _table("scope", "channel metric disposition", "reason valid_from valid_to"),
        _table("policy", "concern kind expected", "valid_from valid_to source"),
        _table("incident", "incident channel started_at", "acknowledged_at resolved_at severity summary"),
        _table("event", "event kind starts_on label", "channel ends_on"),
        _table("target", "channel metric first_day last_day value"),
        _table("slo", "channel metric objective", "window_days valid_from"),
        _table("request", "request from_side to_side opened_on", "channel metric decided_on decision reason summary"),
        _table("goal", "goal side rank text", "kind metrics"),
        _table("checklist_item", "channel side item", "org done_on evidence"),
        _table("glossary", "term side meaning", "metric formula agreed_on"),
        _table("tool", "tool capability", "channel org annual_cost goals"),
        _table("need", "org channel metric", "purpose max_lag_days valid_from valid_to"),
        _table("access_grant", "org channel metric", "purpose max_lag_days valid_from valid_to"),
        _table("survey", "asked_on question side agree_share", "answers source caveat"),
        _table("rate", "day currency rate"),
    )
}

DAYS = {"day", "valid_from", "valid_to", "starts_on", "ends_on", "first_day", "last_day", "opened_on",
        "decided_on", "done_on", "agreed_on", "asked_on"}  # fmt: skip
TIMES = {"started_at", "acknowledged_at", "resolved_at"}
NUMBERS = {"value", "objective", "annual_cost", "agree_share", "rate"}
WHOLE = {"window_days", "rank", "max_lag_days", "answers"}
MONEY = {"spend", "revenue"}
SHARES = {"agree_share"}
POSITIVE = {"rate", "window_days"}
PAST = {"daily": ("day",), "incident": ("started_at", "acknowledged_at", "resolved_at"), "request": ("opened_on",), "survey": ("asked_on",), "rate": ("day",)}
"""What was measured or has happened cannot lie in the future; plans, claims and targets can."""

ONE_OF: dict[tuple[str, str], tuple[str, ...]] = {
    ("channel", "kind"): ("campaign", "web", "mobile"),
    ("org", "side"): ("it", "marketing", "joint", "other"),
    ("ownership_claim", "asserted_by"): ("it", "marketing", "register"),
    ("ownership_claim", "role"): ("R", "A", "C", "I"),
    ("ownership", "owner"): ("it", "marketing", "shared", "unowned"),
    ("ownership", "asserted_by"): ("it", "marketing", "both", ""),
    ("scope", "disposition"): ("required", "exempt"),
    ("policy", "expected"): ("it", "marketing", "joint"),
    ("policy", "concern"): ("customer", "infrastructure", "*"),
    ("checklist_item", "side"): ("technology", "customer"),
}

KEYS: dict[str, tuple[str, ...]] = {
    "daily": ("day", "channel", "campaign", "device", "region"),
    "channel": ("channel",),
    "incident": ("incident", "channel"),
    "event": ("event", "channel"),
    "request": ("request",),
    "target": ("channel", "metric", "first_day"),
    "slo": ("channel", "metric", "valid_from"),
    "org": ("org", "valid_from"),
    "rate": ("currency", "day"),
    "goal": ("goal", "side"),
    "checklist_item": ("channel", "side", "item"),
    "survey": ("asked_on", "question", "side", "source"),
}
"""Where two rows of one file agree in these columns, the second is a duplicate and is refused."""

PERIODS = (("valid_from", "valid_to"), ("first_day", "last_day"), ("started_at", "resolved_at"), ("started_at", "acknowledged_at"),
           ("starts_on", "ends_on"), ("opened_on", "decided_on"))  # fmt: skip
"""Pairs of columns of which the second must not come before the first."""
ENDS = {"valid_to", "last_day", "resolved_at", "ends_on"}


STARRED = {"ownership_claim", "ownership", "scope", "need", "access_grant", "request", "tool"}
"""Tables of which a row may speak for all channels or all metrics at once. A number belongs to one channel and metric."""


def stars(table: str, column: str) -> tuple[str, ...]:
    """What may stand in a table's column of channels or metrics beside their names."""
    return ("*",) if table in STARRED or (table, column) == ("event", "channel") else ()


def sql_type(column: str) -> str:
    """The DuckDB type of a canonical column."""
    if column in DAYS:
        return "date"
    if column in TIMES:
        return "timestamp"
    if column in NUMBERS or column in catalogue().measures:
        return "double"
    return "bigint" if column in WHOLE else "varchar"
