"""Homes for a review store in tests: a new SQLite file, or a new database on a real PostgreSQL.

The PostgreSQL cluster is private to the test run: made by initdb in a temporary folder, reached
by a socket in that folder only, stopped and thrown away at the end.
"""

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from commonground.review import Review

# Debian keeps the server's programs off the path.
POSTGRES_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)

_database_numbers = itertools.count(1)


class Home(NamedTuple):
    """Where a review store lives; plain text, so that it can be handed to another process."""

    data_dir: str
    url: str | None

    def open(self) -> Review:
        return Review.open(self.data_dir, self.url)


def _program(name: str) -> str | None:
    path = os.pathsep.join([os.environ.get("PATH", ""), *map(str, POSTGRES_FOLDERS)])
    return shutil.which(name, path=path)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a running PostgreSQL server, up to the name of the database."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if initdb is None or pg_ctl is None:
        reason = "no PostgreSQL server programs here (Debian: apt-get install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)

    # A short path: a socket's name may have about 100 characters.
    with tempfile.TemporaryDirectory(prefix="cg-pg-") as folder:
        # PostgreSQL refuses to run as root; Debian's package brings the user postgres.
        as_user: list[str] = []
        if os.geteuid() == 0:
            as_user = ["runuser", "-u", "postgres", "--"]
            shutil.chown(folder, "postgres")

        def run(*command: str) -> None:
            done = subprocess.run(
                [*as_user, *command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            assert done.returncode == 0, done.stdout.decode()

        cluster, log = f"{folder}/cluster", f"{folder}/log"
        run(initdb, "-D", cluster, "-U", "review", "-A", "trust", "-E", "UTF8", "--no-sync")
        # No TCP port, so two test runs at once do not meet.
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        run(pg_ctl, "-D", cluster, "-l", log, "-w", "-o", options, "start")
        try:
            yield f"host={folder} user=review"
        finally:
            run(pg_ctl, "-D", cluster, "-m", "immediate", "-w", "stop")


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """An empty database of its own for each test."""
    name = f"review_{next(_database_numbers)}"
    with psycopg.connect(f"{postgres_server} dbname=postgres", autocommit=True) as connection:
        connection.execute(f"create database {name}")  # type: ignore[arg-type]
    folder = postgres_server.split()[0].removeprefix("host=")
    return f"postgresql://review@/{name}?host={folder}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Every question is asked of both databases."""
    monkeypatch.delenv("COMMONGROUND_REVIEW_URL", raising=False)
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    return Home(str(tmp_path), url)


@pytest.fixture
def review(home: Home) -> Iterator[Review]:
    store = home.open()
    yield store
    store.close()
