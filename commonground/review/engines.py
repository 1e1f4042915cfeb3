"""The two homes of the review store, each with one queue for its writers.

A connection with the option `writing` stands at the head of that queue for its transaction.
"""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from commonground.review.records import ReviewError

URL_VARIABLE = "COMMONGROUND_REVIEW_URL"
FILE_NAME = "review.sqlite"
# How long a writer stands in the queue before it gives up: time for a hundred others before it,
# and no longer than a reader looks at a spinner.
WAIT_SECONDS = 15
# How long a writer may stay silent at the head of the queue (PostgreSQL): its machine may have
# vanished, and the others must not give up because of it.
SILENT_SECONDS = 5
# The queue's key among the advisory locks of a PostgreSQL database: any number of our own.
QUEUE_KEY = 0x434F4D4D4F4E
# A store is switched to WAL once in its life; only processes that start together meet there.
WAL_ATTEMPTS = 100


def sqlite_engine(path: Path) -> sa.Engine:
    """The default: one file beside the data."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    address = sa.URL.create("sqlite", database=str(path))
    engine = sa.create_engine(address, connect_args={"timeout": WAIT_SECONDS})

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself: on_begin does
        connection.execute("pragma foreign_keys = on")
        _switch_to_wal(connection)

    @event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        is_writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("begin immediate" if is_writing else "begin")

    return engine


def postgres_engine(url: str) -> sa.Engine:
    """The choice of a company that runs more than one server."""
    try:
        address = sa.make_url(url)
    except (SQLAlchemyError, ValueError) as error:
        raise ReviewError(f"{URL_VARIABLE} is not the address of a database.") from error
    if address.get_backend_name() not in ("postgres", "postgresql"):
        raise ReviewError(f"{URL_VARIABLE} has to begin with postgresql://")
    engine = sa.create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True)

    @event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("writing", False):
            limits = f"""
                set local lock_timeout = '{WAIT_SECONDS}s';
                set local idle_in_transaction_session_timeout = '{SILENT_SECONDS}s'"""
            connection.exec_driver_sql(limits)
            connection.exec_driver_sql(f"select pg_advisory_xact_lock({QUEUE_KEY})")

    return engine


def _switch_to_wal(connection: Any) -> None:
    """In WAL mode readers and the writer do not wait for each other.

    :TRICKY: SQLite refuses this step at once, whatever the timeout, while another process takes
    it. A place in the writers' queue does wait for that process.
    """
    for attempt in range(WAL_ATTEMPTS):
        try:
            connection.execute("pragma journal_mode = wal")
            return
        except connection.OperationalError:
            if attempt == WAL_ATTEMPTS - 1:
                raise
            connection.execute("begin immediate")
            connection.execute("rollback")
