"""The tables of the review store, and the one question asked of them: how do proposals stand?"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, Text

from commonground.review.records import moment

SCHEMA_VERSION = 1


class Utc(sa.TypeDecorator[datetime]):
    """A moment: kept as UTC without a zone, since SQLite has none, and given back with it."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else moment(value).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


metadata = sa.MetaData()

review_schema = Table("review_schema", metadata, Column("version", Integer, primary_key=True))

# Whoever is verified later becomes a new row: what was signed unverified stays unverified.
person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("side", Text, CheckConstraint("side in ('it', 'marketing')"), nullable=False),
    Column("verified", sa.Boolean, nullable=False),
    sa.UniqueConstraint("name", "side", "verified"),
)

proposal = Table(
    "proposal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column(
        "owner", Text, CheckConstraint("owner in ('it', 'marketing', 'shared')"), nullable=False
    ),
    Column("orgs", sa.JSON, nullable=False),
    Column("effective_from", sa.Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_by", ForeignKey(person.c.id), nullable=False),
    Column("proposed_at", Utc, nullable=False),
)

proposal_event = Table(
    "proposal_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("proposal", ForeignKey(proposal.c.id), nullable=False),
    Column(
        "kind",
        Text,
        CheckConstraint("kind in ('proposed', 'signed', 'declined', 'withdrawn')"),
        nullable=False,
    ),
    Column("person", ForeignKey(person.c.id), nullable=False),
    Column("at", Utc, nullable=False),
    Column("text", Text, nullable=False),
)
# A proposal is closed once: the database itself keeps that promise.
sa.Index(
    "proposal_closed_once",
    proposal_event.c.proposal,
    unique=True,
    sqlite_where=proposal_event.c.kind != "proposed",
    postgresql_where=proposal_event.c.kind != "proposed",
)

_closing = proposal_event.alias("closing")
_proposer = person.alias("proposer")
_closer = person.alias("closer")
status = sa.func.coalesce(_closing.c.kind, "open")


def standing(known_on: date | None = None) -> sa.Select[Any]:
    """Proposals as they stood, in the order they were made; columns as in `records.Proposal`."""
    is_closing = sa.and_(
        _closing.c.proposal == proposal.c.id,
        _closing.c.kind != "proposed",
        was_known(_closing.c.at, known_on),
    )
    return (
        sa.select(
            proposal.c.id,
            proposal.c.channel,
            proposal.c.metric,
            proposal.c.owner,
            proposal.c.orgs,
            proposal.c.effective_from,
            proposal.c.reason,
            _proposer.c.name.label("proposed_by"),
            _proposer.c.side.label("proposed_side"),
            proposal.c.proposed_at,
            status.label("status"),
            _closer.c.name.label("closed_by"),
            _closer.c.side.label("closed_side"),
            _closing.c.at.label("closed_at"),
            _closing.c.text.label("closed_text"),
            sa.and_(_proposer.c.verified, sa.func.coalesce(_closer.c.verified, sa.true())).label(
                "verified"
            ),
        )
        .join(_proposer, _proposer.c.id == proposal.c.proposed_by)
        .outerjoin(_closing, is_closing)
        .outerjoin(_closer, _closer.c.id == _closing.c.person)
        .where(was_known(proposal.c.proposed_at, known_on))
        .order_by(proposal.c.id)
    )


def was_known(at: sa.ColumnElement[Any], known_on: date | None) -> sa.ColumnElement[bool]:
    """Was it written by the end of that day, or by that very moment?"""
    if known_on is None:
        return sa.true()
    if isinstance(known_on, datetime):
        return at <= moment(known_on)
    return at < datetime.combine(known_on + timedelta(days=1), time(), UTC)
