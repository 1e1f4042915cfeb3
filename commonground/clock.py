"""The one place where the time is read: pages and the command line ask here, and hand it down."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, in UTC, with its zone: what a signature is dated by."""
    return datetime.now(UTC)


def stamp() -> datetime:
    """This second in UTC, without a zone: what loads and generations are dated by."""
    return now().replace(tzinfo=None, microsecond=0)
