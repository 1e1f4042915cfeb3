"""Recognise an export, take it in, report what was refused.

One export becomes one folder ``landing/<sha256>/``: a Parquet file for each table that it fills,
the refused rows, and ``load.json``, its line in the load ledger. A folder appears whole, by one
rename, or not at all. Every row that was read is taken, refused with a reason, or set aside as a
total or comment: always.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pandas as pd

from commonground.catalogue import catalogue
from commonground.files import ENDINGS, MISSING, FileRefusedError, Reject, as_it_is, shown_name
from commonground.formats import Extract
from commonground.settings import DataFolderError
from commonground.tables import (
    DAYS,
    ENDS,
    KEYS,
    MONEY,
    NUMBERS,
    ONE_OF,
    PAST,
    PERIODS,
    POSITIVE,
    SHARES,
    TABLES,
    TIMES,
    WHOLE,
    sql_type,
    stars,
)

MAX_BYTES = 2_000_000_000
"""A file of 2 GB or more is refused: export it month by month, which also restates cleanly."""
EARLIEST_DAY = date(1990, 1, 1)
"""An older day is a parsing accident (1900-01-00, epoch zero), not history of a digital channel."""
ID = r"[^|\x00-\x1f]{1,200}"
"""A cell is written channel|metric, in links and on the map."""
MOST = 1e15
"""Above it a number is an id or an accident, its sum no longer counts by ones, and sums of sums overflow."""


def quoted(path: Path) -> str:
    """A path as SQL writes it, whatever it is called."""
    return "'" + str(path).replace("'", "''") + "'"


def parquet(files: list[Path]) -> str:
    """All rows of these files, as SQL reads them."""
    return f"read_parquet([{', '.join(quoted(Path(as_it_is(file))) for file in files)}], union_by_name = true)"


@dataclass
class Load:
    """One line of the load ledger. rows_read = rows_taken + rows_refused + rows_set_aside."""

    load: int
    file: str
    tool: str
    account: str
    sha256: str
    first_day: str | None
    last_day: str | None
    rows_read: int
    rows_taken: int
    rows_refused: int
    rows_set_aside: int
    loaded_at: str
    notes: list[str] = field(default_factory=list)
    problem: str | None = None
    unchanged: bool = False


@dataclass(frozen=True)
class Known:
    """What rows may refer to: the channels that were declared so far, and the money they are in."""

    channels: frozenset[str]
    currency: str | None
    rates: dict[tuple[str, date], float]
    today: date

    def and_of(self, name: str, good: pd.DataFrame) -> Known:
        """The same, and what the rows of a table declare: the next sheet of the workbook may refer to it."""
        if name == "channel":
            return replace(self, channels=self.channels | set(good["channel"]))
        if name == "rate":
            return replace(self, rates=self.rates | {(c, d): r for c, d, r in zip(good["currency"], good["day"], good["rate"], strict=True)})
        return self


def files_of(paths: list[Path], data: Path) -> Iterator[Path]:
    """The export files below the paths, in a fixed order; hidden files, licences and the data folder itself are passed over."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            for child in sorted(path.rglob("*")):
                hidden = any(part.startswith(".") for part in child.relative_to(path).parts)
                ours = data.resolve() in child.resolve().parents
                if (child.is_file() or child.is_symlink()) and not hidden and not ours and child.suffix.lower() in ENDINGS:
                    yield child
        else:
            yield path


def digest(path: Path) -> str:
    """The SHA-256 of a file; a file that cannot be taken at all is refused with the reason."""
    mode = path.lstat().st_mode if path.is_symlink() or path.exists() else None
    if mode is None:
        raise FileRefusedError("there is no such file")
    if stat.S_ISLNK(mode):
        raise FileRefusedError("it is a symbolic link; name the file itself, so that nothing outside is read by mistake")
    if not stat.S_ISREG(mode):
        raise FileRefusedError("it is not a regular file")
    size = path.stat().st_size
    if size == 0:
        raise FileRefusedError("the file is empty; export it again")
    if size >= MAX_BYTES:
        raise FileRefusedError(f"the file has {size / 1e9:.1f} GB; files under 2 GB are taken: export it month by month")
    total = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total.update(block)
    return total.hexdigest()


def loads(landing: Path) -> list[Load]:
    """The load ledger, oldest first."""
    found = []
    for path in landing.glob("[0-9a-f]*/load.json"):
        try:
            found.append(Load(**json.loads(path.read_text())))
        except (TypeError, ValueError):
            raise DataFolderError(
                f"{path} is damaged, or a newer version of Common Ground wrote it: update the program, or move the folder {path.parent.name} away and import that export again."
            ) from None
    return sorted(found, key=lambda load: load.load)


def land(extract: Extract, load: Load, known: Known, landing: Path, earlier: Load | None = None) -> Load:
    """Cast and check every row of an extract, and put the export's folder in place at one stroke.

    earlier: the first taking of the same bytes, of which rows had been refused.
    """
    work = landing / f".{uuid.uuid4().hex}.tmp"
    work.mkdir(parents=True)
    rejects = list(extract.rejects)
    taken = 0
    days: list[date] = []
    con = duckdb.connect()
    try:
        for name, frame in sorted(extract.tables.items(), key=lambda table: table[0] not in FIRST):
            good, bad = _checked(name, frame, known, extract.declares_channels)
            rejects += bad
            taken += _lines(good, frame)
            known = known.and_of(name, good)
            if name == "daily" and len(good):
                days += [good["day"].min(), good["day"].max()]
            if len(good):
                _write(con, name, good, work / f"{_landed_as(name)}.parquet", load)
        for name, frame in extract.declared.items():
            _write(con, name, frame, work / f"declared_{name}.parquet", load)
        if rejects:
            refused = pd.DataFrame([asdict(reject) for reject in rejects]).astype({"line": "int64"})
            refused.insert(0, "load", load.load)
            refused.insert(1, "file", [f"{load.file}, sheet {sheet}" if sheet else load.file for sheet in refused.pop("sheet")])
            con.register("refused", refused)
            con.execute(f"copy refused to {quoted(work / 'rejected_row.parquet')} (format parquet)")
        load.rows_taken = taken
        load.rows_refused = len(rejects)
        load.rows_set_aside = extract.set_aside
        load.rows_read = taken + len(rejects) + extract.set_aside
        load.notes = extract.notes
        if days:
            load.first_day, load.last_day = min(days).isoformat(), max(days).isoformat()
        if extract.rows_read is not None and extract.rows_read != load.rows_read:
            raise FileRefusedError(
                f"{extract.rows_read} rows were read but {load.rows_read} accounted for; nothing of it was taken"
            )
        if earlier and (load.rows_taken, load.rows_refused) == (earlier.rows_taken, earlier.rows_refused):
            load.loaded_at = earlier.loaded_at  # nothing new was learnt: what it says is known since then
        (work / "load.json").write_text(json.dumps(asdict(load), indent=1))
        final = landing / load.sha256
        if final.exists():
            old = landing / f".{uuid.uuid4().hex}.tmp"
            os.rename(final, old)  # noqa: PTH104
            os.rename(work, final)  # noqa: PTH104
            shutil.rmtree(old, ignore_errors=True)
        else:
            os.rename(work, final)  # noqa: PTH104
    finally:
        con.close()
        shutil.rmtree(work, ignore_errors=True)
    return load


FIRST = ("rate", "channel", "org")
"""Tables that others refer to are landed before them, whatever the files and sheets are called."""


def sweep(landing: Path) -> None:
    """Take away what an import that was killed left half done."""
    for path in landing.glob(".*.tmp"):
        shutil.rmtree(path, ignore_errors=True)


def _lines(good: pd.DataFrame, frame: pd.DataFrame) -> int:
    """How many lines of the file the good rows stand for (a mapping may join or split lines)."""
    if "_lines" in frame:
        return int(frame.loc[good.index, "_lines"].sum())
    place = [name for name in ("_sheet", "_line") if name in frame]
    return len(frame.loc[good.index, place].drop_duplicates()) if place else len(good)


def _landed_as(name: str) -> str:
    return "ownership_claim" if name == "ownership" else name


def _write(con: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame, path: Path, load: Load) -> None:
    if name == "ownership":
        frame = _claims_of_short_form(frame)
        name = "ownership_claim"
    con.register("frame", frame)
    columns = [c for c in TABLES[name].columns if c in frame.columns and not frame[c].isna().all()]
    if name == "daily":
        columns = list(dict.fromkeys(["day", "channel", *columns]))
    else:
        columns = list(TABLES[name].columns)
    picked = ", ".join(
        f'cast("{c}" as {sql_type(c)}) as "{c}"' if c in frame.columns else f'cast(null as {sql_type(c)}) as "{c}"'
        for c in columns
    )
    order = " order by day, channel" if name == "daily" else ""
    con.execute(
        f"copy (select {load.load}::bigint as load, {picked} from frame{order}) to {quoted(path)} (format parquet, compression zstd)"
    )
    if name == "daily":
        measures = [c for c in columns if c in catalogue().measures]
        if measures:
            con.execute(
                f"copy (unpivot (select {load.load}::bigint as load, day, channel, "
                + ", ".join(f"sum({m}) as {m}" for m in measures)
                + f" from {parquet([path])} group by all) on {', '.join(measures)} into name measure value total) "
                f"to {quoted(path.with_name('covered.parquet'))} (format parquet)"
            )
    con.unregister("frame")


def _claims_of_short_form(frame: pd.DataFrame) -> pd.DataFrame:
    """``ownership.csv`` as claims: its owners are three standing organisations."""
    rows = []
    for row in frame.to_dict("records"):
        owner = row["owner"]
        by = row.get("asserted_by") or ("both" if owner in ("shared", "unowned") else owner)
        sides = ("it", "marketing") if by == "both" else (by,)
        rows += [
            {
                "asserted_by": side,
                "org": None if owner == "unowned" else owner,
                "role": "A",
                "channel": row["channel"],
                "metric": row["metric"],
                "valid_from": row.get("valid_from"),
                "valid_to": row.get("valid_to"),
                "source": "ownership table",
            }
            for side in sides
        ]
    return pd.DataFrame(rows)


def _checked(name: str, frame: pd.DataFrame, known: Known, declares: bool) -> tuple[pd.DataFrame, list[Reject]]:
    """Cast a table of texts column by column; return the good rows and the refused with reasons."""
    table = TABLES[name]
    frame = frame.reset_index(drop=True)
    lines = frame["_line"] if "_line" in frame else pd.Series(range(2, len(frame) + 2), frame.index)
    sheets = frame["_sheet"] if "_sheet" in frame else pd.Series("", frame.index)
    out = pd.DataFrame(index=frame.index)
    reasons: dict[int, tuple[str, str, str]] = {}

    def refuse(bad: pd.Series, column: str, reason: str) -> None:
        for index in bad.index[bad.fillna(False).astype(bool)]:
            value = frame.at[index, column] if column in frame else ""
            reasons.setdefault(index, (column, "" if pd.isna(value) else str(value), reason))

    for column in table.columns:
        if column not in frame:
            continue
        raw = frame[column]
        text = raw.astype("string").str.strip()
        empty = raw.isna() | text.isin(list(MISSING)).fillna(True)
        if column in DAYS or column in TIMES:
            cast = _times(text.where(~empty), column in DAYS)
            refuse(~empty & cast.isna(), column, "not a day; write it as 2026-10-31" if column in DAYS else "not a time; write it as 2026-10-31 14:30")
            out[column] = cast.dt.date.where(cast.notna(), None) if column in DAYS else cast
            if column in PAST.get(name, ()):
                refuse(cast >= pd.Timestamp(known.today) + pd.Timedelta(days=1), column, "this day is in the future")
                refuse(cast < pd.Timestamp(EARLIEST_DAY), column, "this day is before 1990")
        elif column in NUMBERS or column in catalogue().measures or column in WHOLE:
            cast = pd.to_numeric(raw if raw.dtype.kind in "fiu" else text.where(~empty), errors="coerce").astype("float64")
            wrong = ~empty & (cast.isna() | cast.abs().eq(float("inf")))
            refuse(wrong, column, "not a number; write 1234.5 without separators")
            refuse(cast.abs() > MOST, column, "no count and no sum of money is as large as this")
            if column in WHOLE:
                refuse(cast.notna() & (cast != cast.round()), column, "not a whole number")
            if column in catalogue().measures and column not in MONEY:
                refuse(cast < 0, column, "a count cannot be negative (money may be: refunds and credits)")
            if column in SHARES:
                refuse(~cast.between(0, 1) & ~empty, column, "a share lies between 0 and 1")
            if column in POSITIVE:
                refuse(cast <= 0, column, "must be more than 0")
            if name == "slo" and column == "objective":
                refuse(cast < 0, column, "an objective cannot be negative")
            out[column] = cast.where(~wrong)
        else:
            out[column] = text.where(~empty, None).astype(object)
            out.loc[empty, column] = None
            if name == "ownership_claim" and column == "role":
                out[column] = out[column].str.upper()
            if column in ("kind", "side", "asserted_by", "owner", "disposition", "expected", "concern", "from_side", "to_side"):
                out[column] = out[column].str.lower()
            if column == "channel" == name:
                refuse(~empty & ~text.str.fullmatch(ID).fillna(False), column, "an id has no | and no line end, and at most 200 letters; a longer name may stand in the column name")
            allowed = ONE_OF.get((name, column))
            if allowed:
                refuse(~empty & ~out[column].isin(allowed), column, f"must be one of {', '.join(filter(None, allowed))}")
            if column == "metric":
                refuse(~empty & ~out[column].isin([*catalogue().metrics, *stars(name, column)]), column, "there is no such metric; the glossary page lists them all")
        if column in table.needs and not (name == "ownership_claim" and column == "org"):
            refuse(empty, column, "is missing, and the row says nothing without it")
    for first, last in PERIODS:
        if first in out and last in out:
            a, b = pd.to_datetime(out[first], errors="coerce"), pd.to_datetime(out[last], errors="coerce")
            refuse(b < a, last, f"{'ends before it begins' if last in ENDS else 'comes before'} ({first})")
    if "channel" in out and name != "channel" and not declares:
        refuse(out["channel"].notna() & ~out["channel"].isin([*known.channels, *stars(name, "channel")]), "channel",
               "unknown channel; add it to channel.csv (channel, kind, name, family, address)")
    if name == "daily":
        _convert(out, known, refuse)
    keys = [key for key in KEYS.get(name, ()) if key in out]
    if keys:
        good = out.drop(index=list(reasons))
        refuse(good.duplicated(keys).reindex(out.index, fill_value=False), "channel" if "channel" in keys else keys[0],
               "duplicate row: an earlier line has the same " + ", ".join(keys))
    bad_index = sorted(reasons)
    bad = [
        Reject(int(lines.at[i]), *reasons[i],
               json.dumps({k: v for k, v in frame.loc[i].items() if not k.startswith("_")}, default=str, ensure_ascii=False), sheets.at[i])
        for i in bad_index
    ]  # fmt: skip
    return out.drop(index=bad_index), bad


def _times(text: pd.Series, whole_days: bool) -> pd.Series:
    """Days (with an empty time of day at most) or moments in UTC; what is neither is missing."""
    if whole_days:
        day = text.str.fullmatch(r"\d{4}-\d{2}-\d{2}([ T]00:00(:00(\.0+)?)?)?(Z|\+00(:00)?)?")
        return pd.to_datetime(text.where(day.fillna(False)).str[:10], errors="coerce", format="%Y-%m-%d")
    parsed = pd.to_datetime(text, errors="coerce", format="ISO8601", utc=True)
    return parsed.dt.tz_localize(None)


def _convert(out: pd.DataFrame, known: Known, refuse: object) -> None:
    """Money into the reporting currency, by the rate of its day; no rate, no row."""
    if "currency" not in out:
        return
    foreign = out["currency"].notna() & (out["currency"] != known.currency)
    if not foreign.any():
        return
    rate = pd.Series(
        [known.rates.get((c, d)) if f else 1.0 for c, d, f in zip(out["currency"], out["day"], foreign, strict=True)],
        out.index, dtype="float64",
    )  # fmt: skip
    refuse(rate.isna(), "currency", f"is not the reporting currency ({known.currency}), and rate.csv has no rate for that day")  # type: ignore[operator]
    for column in MONEY & set(out.columns):
        out[column] = out[column] * rate


def new_load(path: Path, sha256: str, extract: Extract, number: int, now: datetime) -> Load:
    """The ledger line of an export that is about to be landed."""
    return Load(number, shown_name(path), extract.tool, extract.account, sha256, None, None, 0, 0, 0, 0,
                now.isoformat(sep=" ", timespec="seconds"))  # fmt: skip
