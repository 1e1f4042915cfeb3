"""Landing -> the next generation of the database file, then publish it.

The file that people read is never written. The next one is built beside it under a name of its
own, made durable, and pointed to by ``CURRENT`` in one rename: whoever is killed at any moment
leaves the old generation or the new one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pandas as pd

from commonground import landing as land
from commonground.catalogue import QUERIES, catalogue
from commonground.review import Claim, End, Review, ReviewError
from commonground.review.consequences import claim_versions, end_versions
from commonground.settings import DataFolderError, Settings
from commonground.store import Generation, NoDataError, OlderDataError, current, recipe
from commonground.tables import TABLES, sql_type

KEPT_GENERATIONS = 2
"""The current one and the one before: pages that are still open finish reading it."""


OURS_ALONE = 0o700
"""A new data folder is closed to other users of the machine: it holds the company's numbers, and there is no sign-in yet."""
NO_ROOM = (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.TransactionException, duckdb.FatalException)
"""What DuckDB raises where a disk is full or a folder may not be written, while it writes or when it commits."""


@contextlib.contextmanager
def only_one(data: Path, tell: Callable[[str], object] = lambda sentence: None) -> Iterator[None]:
    """One import or build at a time in a data folder; the next waits, and `tell` hears of it. A killed one lets go by itself.

    Raises DataFolderError where the folder cannot be written: what was published before still stands.
    """
    try:
        data.mkdir(mode=OURS_ALONE, parents=True, exist_ok=True)
        with (data / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                tell("Another import of this data folder is running; this one waits for it.")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except ReviewError as error:
        raise DataFolderError(f"{error}. Signed decisions are part of the ledger, so nothing was published without them; what was there before still stands.") from error
    except (OSError, *NO_ROOM) as error:
        raise DataFolderError(
            f"The data folder {data} cannot be written ({str(error).splitlines()[0]}). Nothing was published, and what was there before still stands."
            " Make room or allow writing there, then run the command again."
        ) from error


def build(data: Path, now: datetime) -> Path:
    """Build and publish the next generation; returns its path. The caller holds ``only_one``."""
    with _next(data) as (con, number):
        con.execute("set preserve_insertion_order = false")
        _types_and_tables(con, data)
        _landed(con, data)
        _loads(con, data)
        _reference(con)
        _decisions(con, data)
        _run(con, "build/05_loads")
        _run(con, "build/10_names")
        _run(con, "build/20_ledger")
        _run(con, "build/30_ownership")
        _run(con, "build/50_tables")
        _spells(con)
        overlapping = con.execute("select count(*) from lost").fetchone() != (0,)
        _run(con, "build/70_many_sources" if overlapping else "build/70_one_source")
        for first_day, last_day in _months(con):
            con.execute(_text("build/80_daily"), {"first_day": first_day, "last_day": last_day})
        _run(con, "build/90_by_channel")
        _run(con, "build/91_by_day")
        con.execute(
            "insert into build_info select $number, $now, $currency, min(day), max(day), $recipe from daily",
            {"number": number, "now": now, "currency": Settings.read(data).currency or "EUR", "recipe": recipe()},
        )
        _run(con, "build/92_read_often")
    return data / f"channels-{number}.duckdb"


def renew(data: Path, now: datetime) -> Path:
    """Publish what was signed since the last build; returns the next generation's path. The caller holds ``only_one``.

    The facts are those of the current generation: its file is copied, and the ledger in it worked out
    anew by the queries of a build. Where there is none of this version, or exports came in since, all is built.
    """
    if is_older(data, missing=True) or _taken(data) != _built_of(current(data)):
        return build(data, now)
    with _next(data, current(data).path) as (con, number):
        con.execute("set preserve_insertion_order = false")
        _landed(con, data)
        _decisions(con, data)
        _run(con, "build/00_renew")
        _run(con, "build/05_loads")
        _run(con, "build/30_ownership")
        _spells(con)
        _run(con, "build/99_renew_tags")
        con.execute("update build_info set generation = $number, built_at = $now", {"number": number, "now": now})
    return data / f"channels-{number}.duckdb"


@contextlib.contextmanager
def _next(data: Path, beginning: Path | None = None) -> Iterator[tuple[duckdb.DuckDBPyConnection, int]]:
    """A file for the next generation, empty or a copy, and its number; published once all is in it."""
    number = 1 + max((_number(path) for path in data.glob("channels-*.duckdb")), default=0)
    work = data / f".channels-{number}.tmp"
    _remove(*data.glob(".channels-*.tmp*"))
    if beginning is not None:
        shutil.copyfile(beginning, work)
    con = duckdb.connect(str(work))
    try:
        yield con, number
        con.execute("checkpoint")
    except BaseException:
        con.close()
        _remove(work, Path(f"{work}.wal"))
        raise
    con.close()
    path = data / f"channels-{number}.duckdb"
    _durable(work)
    os.replace(work, path)  # noqa: PTH105
    _point(data, path.name)
    _forget(data, number)


def _spells(con: duckdb.DuckDBPyConnection) -> None:
    """What follows from the claims: spells, channels' tags, and the tag of each day."""
    con.execute(f"insert into ownership_spell by name {_text('ownership/spells')}", {"known_before": None})
    con.execute(f"insert into channel_tag by name {_text('ownership/channel_tags')}")
    _run(con, "build/60_state_spell")
    _run(con, "build/65_tags")


def _taken(data: Path) -> set[tuple[str, str]]:
    """The exports that were taken: SHA-256, and when."""
    return {(load.sha256, str(pd.Timestamp(load.loaded_at))) for load in land.loads(data / "landing")}


def _built_of(generation: Generation) -> set[tuple[str, str]]:
    """The exports that a generation was built of, as `_taken` tells them."""
    loads = generation.rows("loads/ledger")
    return set(zip(loads["sha256"], loads["loaded_at"].map(str), strict=True))


def ready(data: Path, now: datetime, tell: Callable[[str], object]) -> Generation:
    """The current generation; one that another version built is built again first, and `tell` hears of it."""
    try:
        return current(data)
    except OlderDataError as error:
        tell(str(error))
    with only_one(data):
        if is_older(data):  # somebody else may have built it while we waited
            build(data, now)
    return current(data)


def is_older(data: Path, *, missing: bool = False) -> bool:
    """True where the current generation was built by another recipe, or cannot be read; `missing` where there is none."""
    try:
        current(data)
    except OlderDataError:
        return True
    except NoDataError:
        if missing:
            return True
        raise
    return False


def _months(con: duckdb.DuckDBPyConnection) -> list[tuple[date, date]]:
    """First and last day of each month that has data."""
    rows = con.execute("select min(day), max(day) from covered group by date_trunc('month', day) order by 1").fetchall()
    return [(first, last) for first, last in rows]


def _types_and_tables(con: duckdb.DuckDBPyConnection, data: Path) -> None:
    files = _files(data, "daily")
    con.execute("create temp table names (part varchar, name varchar)")
    con.execute("create temp table daily_shape (load bigint, day date, channel varchar, campaign varchar, device varchar,"
                " region varchar, currency varchar, " + ", ".join(f"{m} double" for m in catalogue().measures) + ")")
    if files:
        landed = f"(select * from {land.parquet(files)} union all by name select * from daily_shape)"
    else:
        landed = "daily_shape"
    con.execute(f"create temp view landed_daily as select * from {landed}")
    for part in ("campaign", "device", "region"):
        con.execute(f"create type {part}_id as enum (select distinct {part} from landed_daily where {part} is not null"
                    " union select '(none)' order by 1)")
    told = _files(data, "channel") + _files(data, "declared_channel")
    source = f"select distinct channel from {land.parquet(told)} where channel is not null" if told else "select '(none)'"
    con.execute(f"create type channel_id as enum ({source} order by 1)")
    for statement in duckdb.extract_statements((QUERIES / "schema.sql").read_text()):
        con.execute(statement)


def _landed(con: duckdb.DuckDBPyConnection, data: Path) -> None:
    """A view ``landed_<table>`` over what all loads hold of a table, empty where none does."""
    names = {name: TABLES[name].columns for name in TABLES if name not in ("daily", "ownership")}
    names["declared_channel"], names["declared_org"] = names["channel"], names["org"]
    for name, columns in names.items():
        shape = "select null::bigint as load, " + ", ".join(f'null::{sql_type(c)} as "{c}"' for c in columns) + " where false"
        files = _files(data, name)
        read = f"select * from {land.parquet(files)} union all by name " if files else ""
        con.execute(f"create temp view landed_{name} as {read}{shape}")
    shape = "select null::bigint as load, null::date as day, null::varchar as channel, null::varchar as measure, null::double as total where false"
    files = _files(data, "covered")
    read = f"select load, day, channel, measure, total from {land.parquet(files)} union all by name " if files else ""
    con.execute(f"create temp view landed_covered as {read}{shape}")


def _loads(con: duckdb.DuckDBPyConnection, data: Path) -> None:
    """The loads, and the rows that were refused."""
    ledger = pd.DataFrame([
        {**vars(load), "notes": "\n".join(load.notes)} for load in land.loads(data / "landing")
    ])  # fmt: skip
    if len(ledger):
        ledger = ledger.drop(columns=["problem", "unchanged"])
        con.register("ledger", ledger)
        con.execute("insert into load by name select * replace (cast(loaded_at as timestamp) as loaded_at,"
                    " cast(first_day as date) as first_day, cast(last_day as date) as last_day) from ledger")
    if files := _files(data, "rejected_row"):
        con.execute(f"insert into rejected_row by name select * from {land.parquet(files)}")


def _reference(con: duckdb.DuckDBPyConnection) -> None:
    """The catalogue and the order of sources, as tables that the build's SQL can join."""
    metrics = catalogue().metrics.values()
    parts = pd.DataFrame([(m.id, p, len(m.measures)) for m in metrics for p in m.measures], columns=["metric", "measure", "parts"])
    con.register("parts", parts)
    con.execute("create table metric_part as select * from parts")
    kinds = pd.DataFrame([(m.id, m.concern) for m in metrics], columns=["metric", "concern"])
    con.register("kinds", kinds)
    con.execute("create table metric as select * from kinds")
    with (QUERIES / "sources.toml").open("rb") as file:
        sources = tomllib.load(file)
    ranks = pd.DataFrame(
        [(tool, measure, place) for group, tools in sources["order"].items()
         for place, tool in enumerate(tools) for measure in sources["measures"][group]],
        columns=["tool", "measure", "rank"],
    )  # fmt: skip
    con.register("ranks", ranks)
    con.execute("create temp table source_rank as select * from ranks")


def _decisions(con: duckdb.DuckDBPyConnection, data: Path) -> None:
    """What was decided and signed, as claims and endings with the moments of their belief (none where nobody has reviewed yet)."""
    claims, ends = pd.DataFrame(columns=[*Claim._fields, "known_to"]), pd.DataFrame(columns=[*End._fields, "known_to"])
    if (data / "review.sqlite").exists() or os.environ.get("COMMONGROUND_REVIEW_URL"):
        review = Review.open(data)
        try:
            decisions = review.decisions()
            claims = pd.DataFrame([(*claim, until) for claim, until in claim_versions(decisions)], columns=list(claims.columns))
            ends = pd.DataFrame([(*end, until) for end, until in end_versions(decisions)], columns=list(ends.columns))
        finally:
            review.close()
    con.register("claims", claims)
    con.register("ends", ends)
    con.execute(
        "create temp table decided_claim as select asserted_by::varchar as asserted_by, org::varchar as org, role::varchar as role,"
        " channel::varchar as channel, metric::varchar as metric, valid_from::date as valid_from, valid_to::date as valid_to,"
        " source::varchar as source, known_from::timestamp as known_from, known_to::timestamp as known_to from claims"
    )
    con.execute(
        "create temp table decided_end as select channel::varchar as channel, metric::varchar as metric, day::date as day,"
        " known_from::timestamp as known_from, known_to::timestamp as known_to from ends"
    )


def _files(data: Path, table: str) -> list[Path]:
    return sorted((data / "landing").glob(f"[0-9a-f]*/{table}.parquet"))


def _text(query: str) -> str:
    return (QUERIES / f"{query}.sql").read_text()


def _run(con: duckdb.DuckDBPyConnection, query: str) -> None:
    for statement in duckdb.extract_statements(_text(query)):
        con.execute(statement)


def _point(data: Path, name: str) -> None:
    pointer = data / ".CURRENT.tmp"
    pointer.write_text(name)
    _durable(pointer)
    os.replace(pointer, data / "CURRENT")  # noqa: PTH105
    folder = os.open(data, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _durable(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _forget(data: Path, number: int) -> None:
    old = [path for path in data.glob("channels-*.duckdb") if _number(path) <= number - KEPT_GENERATIONS]
    _remove(*old)


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _number(path: Path) -> int:
    found = re.fullmatch(r"channels-(\d+)\.duckdb", path.name)
    return int(found.group(1)) if found else 0
