"""The records of the review store, and what may be written into them."""

from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple, get_args

Side = Literal["it", "marketing"]
Owner = Literal["it", "marketing", "shared"]
Status = Literal["open", "signed", "declined", "withdrawn"]

SIDE_LABEL: dict[str, str] = {"it": "IT", "marketing": "Marketing"}

# A name fits a column header, a reason fits a screen: anything longer was pasted by mistake.
NAME_LENGTH = 200
TEXT_LENGTH = 4000


class ReviewError(ValueError):
    """A refusal, in words that can stand on a page."""


class Person(NamedTuple):
    """Someone who speaks for a side. Until there is a sign-in, nobody is verified."""

    name: str
    side: Side
    verified: bool = False


class Proposal(NamedTuple):
    """A proposed owner for a cell, and how it stands. `closed_*` is None while it is open."""

    id: int
    channel: str
    metric: str
    owner: Owner
    orgs: tuple[str, ...]
    effective_from: date
    reason: str
    proposed_by: str
    proposed_side: Side
    proposed_at: datetime
    status: Status
    closed_by: str | None
    closed_side: Side | None
    closed_at: datetime | None
    closed_text: str | None
    verified: bool  # were all who acted on it?


class Event(NamedTuple):
    """One line of the log. `kind` is proposed, signed, declined or withdrawn."""

    id: int
    proposal: int
    kind: str
    person: str
    side: Side
    verified: bool
    at: datetime
    text: str


class Claim(NamedTuple):
    """A row for `ownership_claim`; `known_from` is UTC without a zone, as that table keeps it."""

    asserted_by: Side
    org: str
    role: str
    channel: str
    metric: str
    valid_from: date
    valid_to: date | None
    source: str
    known_from: datetime
    decision: int


class End(NamedTuple):
    """Every imported A-claim on exactly this cell that is active on `day` ends on that day."""

    channel: str
    metric: str
    day: date
    known_from: datetime
    decision: int


def words(text: str, what: str, longest: int) -> str:
    """The text without the blanks around it; refused when empty, too long, or not text."""
    text = text.strip()
    if not text:
        raise ReviewError(f"{what} is missing.")
    if len(text) > longest:
        raise ReviewError(f"{what} has {len(text)} characters; {longest} is the most.")
    if "\0" in text:
        raise ReviewError(f"{what} holds a character that is no text.")
    return text


def moment(now: datetime) -> datetime:
    """A moment in UTC; refused without a time zone, because nobody could say when it was."""
    if now.tzinfo is None:
        raise ReviewError("A moment needs its time zone.")
    return now.astimezone(UTC)


def known(value: str, names: Any, what: str) -> str:
    """The value, if it is one of the names of a Literal type."""
    if value not in get_args(names):
        raise ReviewError(f"Unknown {what} {value!r}; known are {', '.join(get_args(names))}.")
    return value
