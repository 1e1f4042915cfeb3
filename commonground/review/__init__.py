"""What people decide: proposals, signatures, and the ownership claims that follow from them.

The store is an append-only log. A proposal is written once; what happens to it afterwards is a
row of `proposal_event`; its status is read from those rows. Nothing is ever changed or deleted,
so "what did we know on that day?" has an answer.

It lives in `<data>/review.sqlite`, or in the PostgreSQL database that the environment variable
COMMONGROUND_REVIEW_URL names. On both, writers stand in one queue: people decide a few times an
hour, so a queue costs nothing, and two signatures at the same moment cannot both win.

Time is given, never read: every writing call takes `now`, with its time zone. Days are UTC days.
"""

from commonground.review.records import (
    SIDE_LABEL,
    Claim,
    End,
    Event,
    Owner,
    Person,
    Proposal,
    ReviewError,
    Side,
    Status,
)
from commonground.review.store import Review

__all__ = [
    "SIDE_LABEL",
    "Claim",
    "End",
    "Event",
    "Owner",
    "Person",
    "Proposal",
    "Review",
    "ReviewError",
    "Side",
    "Status",
]
