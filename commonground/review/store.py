"""The store itself: what people do, what they did, and what follows from it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.exc import InternalError, OperationalError, SQLAlchemyError

from commonground.review import consequences, tables
from commonground.review.engines import FILE_NAME, URL_VARIABLE, postgres_engine, sqlite_engine
from commonground.review.records import (
    NAME_LENGTH,
    SIDE_LABEL,
    TEXT_LENGTH,
    Claim,
    End,
    Event,
    Owner,
    Person,
    Proposal,
    ReviewError,
    Side,
    Status,
    known,
    moment,
    words,
)

_OUT_OF_REACH = (OperationalError, InternalError)  # locked, gone, or cut off by the server
_DID = {"signed": "signed", "declined": "declined", "withdrawn": "withdrew"}


class Review:
    """The review store. One per process is enough; any thread may use it."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, data_dir: Path | str, url: str | None = None) -> Self:
        """Open the store, and make it if there is none; several processes may do so at once.

        `url` names a PostgreSQL database; without it COMMONGROUND_REVIEW_URL does, and without
        either the store is the SQLite file in `data_dir`.
        """
        url = url or os.environ.get(URL_VARIABLE)
        engine = postgres_engine(url) if url else sqlite_engine(Path(data_dir) / FILE_NAME)
        review = cls(engine)
        try:
            review._make_tables()
        except SQLAlchemyError as error:
            where = engine.url.render_as_string(hide_password=True)
            reason = getattr(error, "orig", None) or error
            raise ReviewError(f"The review store {where} cannot be opened: {reason}") from error
        return review

    def close(self) -> None:
        """Let go of the connections."""
        self.engine.dispose()

    # What people do

    def propose(
        self,
        channel: str,
        metric: str,
        owner: Owner,
        effective_from: date,
        reason: str,
        person: Person,
        now: datetime,
        orgs: Sequence[str] = (),
    ) -> Proposal:
        """Propose who is accountable for a cell from a day on; `*` stands for all.

        `orgs` names the accountable org: one for a side; for shared a joint org, or one org of
        each side. Left out, the owner as a whole is meant.
        """
        names = list(dict.fromkeys(words(org, "The org's name", NAME_LENGTH) for org in orgs))
        if len(names) > (2 if owner == "shared" else 1):
            raise ReviewError("One org is accountable; only shared, it may be one of each side.")
        row = {
            "channel": words(channel, "The channel", NAME_LENGTH),
            "metric": words(metric, "The metric", NAME_LENGTH),
            "owner": known(owner, Owner, "owner"),
            "orgs": names,
            "effective_from": effective_from,
            "reason": words(reason, "The reason", TEXT_LENGTH),
            "proposed_at": moment(now),
        }
        with self._writing() as connection:
            proposed_by = _person_id(connection, person)
            proposal_id = _insert(connection, tables.proposal, row | {"proposed_by": proposed_by})
            _log(connection, proposal_id, "proposed", proposed_by, now, reason.strip())
            return _proposal(connection, proposal_id)

    def sign(self, proposal_id: int, person: Person, now: datetime) -> Proposal:
        """Agree to a proposal. Only the other side can."""
        return self._close(proposal_id, "signed", person, now, "")

    def decline(self, proposal_id: int, person: Person, reason: str, now: datetime) -> Proposal:
        """Turn a proposal down, and say why. Only the other side can."""
        text = words(reason, "The reason for declining", TEXT_LENGTH)
        return self._close(proposal_id, "declined", person, now, text)

    def withdraw(
        self, proposal_id: int, person: Person, now: datetime, reason: str = ""
    ) -> Proposal:
        """Take a proposal back. Only the side that made it can."""
        text = words(reason, "The reason", TEXT_LENGTH) if reason.strip() else ""
        return self._close(proposal_id, "withdrawn", person, now, text)

    # What they did

    def proposals(
        self,
        status: Status | None = None,
        channel: str | None = None,
        metric: str | None = None,
        known_on: date | None = None,
    ) -> list[Proposal]:
        """Proposals in the order they were made, as they stood at the end of `known_on`.

        `known_on` is a day, or a datetime for that very moment; None is all that is written.
        """
        query = tables.standing(known_on)
        if status is not None:
            query = query.where(tables.status == known(status, Status, "status"))
        if channel is not None:
            query = query.where(tables.proposal.c.channel == channel)
        if metric is not None:
            query = query.where(tables.proposal.c.metric == metric)
        with self._reading() as connection:
            return [_as_proposal(row) for row in connection.execute(query)]

    def decisions(
        self,
        channel: str | None = None,
        metric: str | None = None,
        known_on: date | None = None,
    ) -> list[Proposal]:
        """Signed proposals, in the order of their signing."""
        signed = self.proposals("signed", channel, metric, known_on)
        return sorted(signed, key=lambda decision: (decision.closed_at, decision.id))

    def events(self, proposal_id: int | None = None, known_on: date | None = None) -> list[Event]:
        """The log, oldest line first."""
        event, person = tables.proposal_event.c, tables.person.c
        query = (
            sa.select(
                event.id,
                event.proposal,
                event.kind,
                person.name,
                person.side,
                person.verified,
                event.at,
                event.text,
            )
            .join(tables.person, person.id == event.person)
            .where(tables.was_known(event.at, known_on))
            .order_by(event.at, event.id)
        )
        if proposal_id is not None:
            query = query.where(event.proposal == proposal_id)
        with self._reading() as connection:
            return [Event._make(row) for row in connection.execute(query)]

    # What follows from it

    def claims(self, known_on: date | None = None) -> list[Claim]:
        """The decisions as ownership claims: both sides say the same, from the decided day on.

        A decision that a later one on the same cell replaces ends on the later one's day.
        """
        return consequences.claims_of(self.decisions(known_on=known_on))

    def ends(self, known_on: date | None = None) -> list[End]:
        """Where the decisions end what imported registers still claim.

        For imported claims only, since `claims()` holds its own endings. A general claim (`*`)
        goes on beside a decision on one cell: the decision holds because it is more specific.
        """
        return consequences.ends_of(self.decisions(known_on=known_on))

    # Inside

    def _close(
        self, proposal_id: int, status: Status, person: Person, now: datetime, text: str
    ) -> Proposal:
        known(person.side, Side, "side")
        with self._writing() as connection:
            before = _proposal(connection, proposal_id)
            proposing = SIDE_LABEL[before.proposed_side]
            if before.closed_at is not None:
                closing = SIDE_LABEL[before.closed_side or ""]
                raise ReviewError(
                    f"Proposal {proposal_id} is closed: {before.closed_by} ({closing}) "
                    f"{_DID[before.status]} it on {before.closed_at:%Y-%m-%d at %H:%M} UTC."
                )
            is_own = person.side == before.proposed_side
            if status == "withdrawn" and not is_own:
                raise ReviewError(
                    f"Only {proposing} can withdraw proposal {proposal_id}: it is theirs."
                )
            if status != "withdrawn" and is_own:
                raise ReviewError(
                    f"{proposing} made proposal {proposal_id}: it is for the other side to answer."
                )
            if moment(now) < before.proposed_at:
                raise ReviewError(f"Proposal {proposal_id} was not yet made at that moment.")
            _log(connection, proposal_id, status, _person_id(connection, person), now, text)
            return _proposal(connection, proposal_id)

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self.engine.begin() as connection:
                yield connection
        except _OUT_OF_REACH as error:
            raise ReviewError("The review store is out of reach. Try again in a moment.") from error

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """A transaction at the head of the writers' queue: all of it, or nothing."""
        try:
            with self.engine.execution_options(writing=True).begin() as connection:
                yield connection
        except _OUT_OF_REACH as error:
            raise ReviewError(
                "The review store is busy or out of reach. Look whether your entry is there; "
                "if not, try again."
            ) from error

    def _make_tables(self) -> None:
        with self.engine.execution_options(writing=True).begin() as connection:
            version = tables.review_schema.c.version
            found = None
            if sa.inspect(connection).has_table(tables.review_schema.name):
                found = connection.scalar(sa.select(sa.func.max(version)))
            if found is None:
                tables.metadata.create_all(connection)
                _insert(connection, tables.review_schema, {"version": tables.SCHEMA_VERSION})
            elif found > tables.SCHEMA_VERSION:
                raise ReviewError(
                    f"A newer Common Ground wrote this review store (schema {found}; this one "
                    f"reads schema {tables.SCHEMA_VERSION}). Update Common Ground to open it."
                )


def _insert(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> int:
    key = connection.execute(sa.insert(table).values(**row)).inserted_primary_key
    assert key is not None, "one row was inserted"
    return int(key[0])


def _log(
    connection: sa.Connection, proposal: int, kind: str, person: int, at: datetime, text: str
) -> None:
    row = {"proposal": proposal, "kind": kind, "person": person, "at": at, "text": text}
    _insert(connection, tables.proposal_event, row)


def _person_id(connection: sa.Connection, who: Person) -> int:
    row = {
        "name": words(who.name, "The person's name", NAME_LENGTH),
        "side": known(who.side, Side, "side"),
        "verified": who.verified,
    }
    found = connection.scalar(sa.select(tables.person.c.id).filter_by(**row))
    return int(found) if found is not None else _insert(connection, tables.person, row)


def _proposal(connection: sa.Connection, proposal_id: int) -> Proposal:
    query = tables.standing().where(tables.proposal.c.id == proposal_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise ReviewError(f"There is no proposal {proposal_id}.")
    return _as_proposal(row)


def _as_proposal(row: sa.Row[Any]) -> Proposal:
    proposal = Proposal._make(row)
    return proposal._replace(orgs=tuple(proposal.orgs), verified=bool(proposal.verified))
