"""Read an export as the tool wrote it, recognise it by what it holds, and rename it to our tables.

A format is one file in ``queries/mappings/``. Its header says what makes it recognisable::

    -- tool      google_ads
    -- name      Google Ads report (CSV, with the Day column)
    -- fills     daily
    -- needs     day, campaign, impr|impressions, clicks, cost
    -- may       device, conversions

The header line of an export is the first line that has all the columns that a format needs;
lines above it are comments. The mapping's SQL then reads ``raw``, a table of texts, and gives
canonical columns, and ``_line`` (the line in the file), ``_aside`` (a total or comment),
``_reason`` with ``_column`` and ``_value`` (refused), ``_name``, ``_kind``, ``_family``,
``_address`` (of a channel that the export itself declares).
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import python_calamine
import yaml

from commonground.catalogue import QUERIES, catalogue
from commonground.tables import TABLES

ENDINGS = {".csv", ".tsv", ".txt", ".xlsx", ".yaml", ".yml", ".parquet", ".json"}
MISSING = frozenset({"", "--", "(blank)", "?", "(not set)", "null", "NULL", "None", "nan", "NaN", "<NA>", "NaT"})
"""What tools write for "no value". `(other)` and `Unassigned` are volume without a channel: kept."""
BINARY = "it is a binary file, not an export; name a CSV, XLSX, Parquet, JSON or YAML file"
HEAD_LINES = 60
"""How far down the header may stand: comment blocks of real exports end well before."""
csv.field_size_limit(10_000_000)


class FileRefusedError(ValueError):
    """The whole file is refused: nothing of it is taken. The text says why and what to do."""


@dataclass(frozen=True)
class Reject:
    """One refused row, kept whole."""

    line: int
    column: str
    value: str
    reason: str
    whole_row: str


@dataclass(frozen=True)
class Mapping:
    """One export format, as its file in ``queries/mappings/`` declares it."""

    id: str
    tool: str
    name: str
    fills: str
    needs: tuple[tuple[str, ...], ...]
    may: tuple[str, ...]
    declares: tuple[str, ...]
    side: str
    sql: str


@dataclass
class Raw:
    """One table of texts, as it stands in the file."""

    columns: list[str]
    frame: pd.DataFrame
    preamble: str = ""
    sheet: str = ""
    called: str = ""


@dataclass
class Extract:
    """What an export says, in our tables' columns, still as texts."""

    tool: str
    account: str
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    declared: dict[str, pd.DataFrame] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    set_aside: int = 0
    notes: list[str] = field(default_factory=list)
    rows_read: int | None = None
    declares_channels: bool = False
    currency: str | None = None


PERIOD_COLUMNS = frozenset({"day", "date", "month", "week", "time", "timestamp", "month_ending", "year_month", "created_at", "started_at"})
PERIOD_MEASURES = frozenset({*catalogue().measures, "visits", "users", "pageviews", "cost", "impr"})
"""A table with one of these and without a day adds up a whole period: no day can be told from it."""


@cache
def mappings() -> tuple[Mapping, ...]:
    """All formats of ``queries/mappings/``, by name."""
    found = []
    for path in sorted((QUERIES / "mappings").glob("*.sql")):
        text = path.read_text()
        head = dict(re.findall(r"^-- (tool|name|fills|needs|may|declares|side) +(.+)$", text, re.M))
        found.append(
            Mapping(
                path.stem,
                head["tool"],
                head["name"],
                head["fills"],
                tuple(tuple(one.strip().split("|")) for one in head["needs"].split(",")),
                tuple(one.strip() for one in head.get("may", "").split(",") if one.strip()),
                tuple(one.strip() for one in head.get("declares", "").split(",") if one.strip()),
                head.get("side", "it"),
                text,
            )
        )
    return tuple(found)


def plain(name: object) -> str:
    """A column's name as mappings write it: lower case, words joined by underscores."""
    return re.sub(r"[^0-9a-zA-ZÀ-ÿα-ωΑ-Ω]+", "_", str(name or "").strip().lstrip("\ufeff")).strip("_").lower()


def read(path: Path) -> Extract:
    """Read an export whole and recognise it; raises FileRefusedError with the nearest formats."""
    raws = _raw_tables(path)
    for raw in raws:
        # needs and grants have the same columns: only there the name of the file or sheet decides
        raw.called = plain(raw.sheet or path.stem.split("__")[0])
    extract: Extract | None = None
    missing: list[str] = []
    for raw in raws:
        mapped = _recognise(raw)
        if mapped is None:
            missing.append(f"{raw.sheet + ': ' if raw.sheet else ''}{nearest(raw.columns)}")
            continue
        part = _generic(raw, mapped) if isinstance(mapped, str) else _mapped(raw, mapped, path)
        extract = part if extract is None else _joined(extract, part)
    if extract is None:
        raise FileRefusedError("no known format has these columns. " + (missing[0] if missing else "It holds no table."))
    extract.notes += [f"a sheet was left out: {text}" for text in missing]
    return extract


def nearest(columns: list[str]) -> str:
    """The formats that come closest to a header, and what it lacks for each."""
    have = set(columns)
    scored: list[tuple[float, str]] = []
    period = ""
    for mapping in mappings():
        lacks = ["|".join(names) for names in mapping.needs if not have & set(names)]
        if len(mapping.needs) > 2 and lacks in (["day"], ["date"]):
            period = f"It holds totals of a period, and no column says the day: export it again with the column {lacks[0].capitalize()}, one row a day. "
        scored.append((len(lacks) / len(mapping.needs), f"{mapping.name} (lacks {', '.join(lacks)})"))
    for table in TABLES.values():
        lacks = [name for name in table.needs if name not in have]
        scored.append((len(lacks) / len(table.needs) + 0.01, f"our table {table.name} (lacks {', '.join(lacks)})"))
    best = [text for _, text in sorted(scored)[:3]]
    if not have & PERIOD_COLUMNS and have & set(PERIOD_MEASURES):
        period = period or "It holds totals of a period, and no column says the day: export it again with one row a day. "
    return f"{period}The nearest are: {'; '.join(best)}. Found: {', '.join(columns[:12]) or 'nothing'}."


def _recognise(raw: Raw) -> Mapping | str | None:
    have = set(raw.columns)
    fits = [m for m in mappings() if all(have & set(names) for names in m.needs)]
    table = _generic_table(raw.columns, raw.called)
    if fits:
        best = max(fits, key=lambda m: len(m.needs))
        if table is None or len(best.needs) > len(TABLES[table].needs):
            return best
    return table


def _generic_table(columns: Iterable[str], called: str = "") -> str | None:
    have = set(columns)
    fits = [t for t in TABLES.values() if have.issuperset(t.needs)]
    if "daily" in (t.name for t in fits) and not have & set(catalogue().measures):
        fits = [t for t in fits if t.name != "daily"]
    return max(fits, key=lambda t: (len(t.needs), len(have & set(t.columns)), t.name == called)).name if fits else None


def _generic(raw: Raw, name: str) -> Extract:
    table = TABLES[name]
    extra = [c for c in raw.columns if c not in table.columns and c != "_line"]
    # a file's account is its table: a later daily.csv restates an earlier one
    extract = Extract("generic", name)
    extract.rejects = _cut_off(raw)
    frame = raw.frame
    extract.rows_read = len(frame) + len(extract.rejects)
    extract.tables[name] = frame
    if extra:
        extract.notes.append(f"columns left out: {', '.join(extra)}")
    if name == "daily" and "currency" in frame:
        seen = frame["currency"].dropna()
        seen = seen[~seen.astype(str).str.strip().isin(MISSING)]
        extract.currency = str(seen.iloc[0]).strip() if len(seen) else None
    return extract


def _cut_off(raw: Raw) -> list[Reject]:
    """Rows of another width than the header; ``_width`` is set by the CSV reader alone."""
    return list(raw.frame.attrs.get("ragged", []))


def _mapped(raw: Raw, mapping: Mapping, path: Path) -> Extract:
    frame = raw.frame.copy()
    for names in mapping.needs:
        here = next(name for name in names if name in frame)
        if here != names[0]:
            frame[names[0]] = frame[here]
    for name in mapping.may:
        alternatives = name.split("|")
        here_too = next((one for one in alternatives if one in frame), None)
        frame[alternatives[0]] = frame[here_too] if here_too else None
    for name in frame.columns:
        if name != "_line":
            frame[name] = frame[name].astype("object").where(frame[name].notna(), None)
    con = duckdb.connect()
    try:
        con.execute((QUERIES / "landing_macros.sql").read_text())
        con.register("frame", frame.astype({c: "string" for c in frame.columns if c != "_line"}))
        con.execute("create table raw as select * from frame")
        parameters = duckdb.extract_statements(mapping.sql)[0].named_parameters
        given = {"file": path.name, "preamble": raw.preamble}
        out = con.execute(mapping.sql, {k: v for k, v in given.items() if k in parameters}).df()
    except duckdb.Error as error:
        raise FileRefusedError(f"it looks like {mapping.name}, but could not be read: {error}") from None
    finally:
        con.close()
    if out.empty:
        raise FileRefusedError(f"it is {mapping.name} without any rows; nothing to take")
    extract = Extract(mapping.tool, _account(out, mapping), declares_channels=True)
    ragged = _cut_off(raw)
    extract.rejects = [*ragged]
    reason = out["_reason"].notna() if "_reason" in out else pd.Series(False, out.index)
    aside = (out["_aside"].fillna(False).astype(bool) if "_aside" in out else pd.Series(False, out.index)) & ~reason
    whole = {row["_line"]: row for row in frame.to_dict("records")} if reason.any() else {}
    for row in out[reason].to_dict("records"):
        full = json.dumps({k: v for k, v in whole.get(row["_line"], {}).items() if k != "_line"}, default=str)
        extract.rejects.append(Reject(int(row["_line"]), row["_column"], str(row["_value"] or ""), row["_reason"], full))
    extract.set_aside = int(out.loc[aside, "_line"].nunique())
    good = out[~reason & ~aside]
    extract.notes += _totals_agree(good, out[aside])
    if "channel" in mapping.declares and len(good):
        extract.declared["channel"] = _declared_channels(good)
    if "org" in mapping.declares and len(good):
        orgs = sorted(good["org"].dropna().unique())
        extract.declared["org"] = pd.DataFrame({"org": orgs, "side": mapping.side, "name": orgs})
    extract.tables[mapping.fills] = good.drop(columns=[c for c in good if c.startswith("_") and c not in ("_line", "_lines")]).reset_index(drop=True)
    if "currency" in good and good["currency"].notna().any():
        extract.currency = str(good["currency"].dropna().iloc[0])
    return extract


def _account(out: pd.DataFrame, mapping: Mapping) -> str:
    if "_account" in out and out["_account"].notna().any():
        return str(out["_account"].dropna().iloc[0])
    return mapping.tool


def _declared_channels(good: pd.DataFrame) -> pd.DataFrame:
    rows = good.drop_duplicates("channel")
    wanted = {"channel": "channel", "kind": "_kind", "name": "_name", "family": "_family", "address": "_address"}
    return pd.DataFrame({k: rows.get(v) for k, v in wanted.items()})


def _totals_agree(good: pd.DataFrame, aside: pd.DataFrame) -> list[str]:
    """Hold the export's own total rows against the sum of the rows that were taken."""
    notes: list[str] = []
    if "_total" not in aside:
        return notes
    for row in aside[aside["_total"].notna()].to_dict("records"):
        for column in ("impressions", "clicks", "spend", "sessions"):
            said = pd.to_numeric(row.get(column), errors="coerce")
            if column in good and pd.notna(said):
                added = pd.to_numeric(good[column], errors="coerce").sum()
                verb = "agrees" if abs(said - added) <= 0.005 * max(1.0, len(good)) ** 0.5 else "differs"
                notes.append(f"{row['_total']}: {column} {said:,.2f}, the rows add up to {added:,.2f}: {verb}")
    return notes


def _joined(one: Extract, two: Extract) -> Extract:
    for name, frame in two.tables.items():
        one.tables[name] = pd.concat([one.tables[name], frame]) if name in one.tables else frame
    for name, frame in two.declared.items():
        one.declared[name] = pd.concat([one.declared[name], frame]) if name in one.declared else frame
    one.rejects += two.rejects
    one.set_aside += two.set_aside
    one.notes += two.notes
    one.currency = one.currency or two.currency
    one.account = one.account if one.account == two.account else "workbook"
    one.declares_channels = one.declares_channels or two.declares_channels
    if one.rows_read is not None and two.rows_read is not None:
        one.rows_read += two.rows_read
    else:
        one.rows_read = None
    return one


# --- files to tables of texts ----------------------------------------------------------------------


def _raw_tables(path: Path) -> list[Raw]:
    with path.open("rb") as file:
        start = file.read(8)
    try:
        if start[:4] == b"PAR1":
            return [_parquet(path)]
        if start[:4] == b"PK\x03\x04":
            return _workbook(path)
    except FileRefusedError:
        raise
    except Exception as error:
        raise FileRefusedError(f"the file is damaged or cut off ({type(error).__name__}); export it again") from None
    text = _decoded(path)
    if path.suffix.lower() in (".yaml", ".yml") or re.match(r"(---\s*\n|apiVersion:|kind:)", text):
        return [_backstage(text)]
    if text.lstrip()[:1] in "[{":
        return [_json(text)]
    return _csv_tables(text)


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    for bom, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(bom):
            encoding = name
            break
    else:
        encoding = "utf-8"
    if encoding.startswith("utf-8") and b"\x00" in data:
        raise FileRefusedError(BINARY)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileRefusedError(
            f"its encoding is unknown: line {_line_of(data, error.start, encoding)} holds a byte ({data[error.start]:#04x}) that is not {encoding};"
            " save it as CSV UTF-8"
        ) from None
    if "\x00" in text:
        raise FileRefusedError(BINARY)
    if not text.strip():
        raise FileRefusedError("the file is empty; export it again")
    return text


def _line_of(data: bytes, place: int, encoding: str) -> int:
    return data[:place].decode(encoding, errors="replace").count("\n") + 1


def _json(text: str) -> Raw:
    """A list of objects, an object that holds one such list, or an object a line; a row's line is where it begins."""
    try:
        found = list(_values(text, 0, len(text)))
        if len(found) == 1 and isinstance(found[0][1], dict):
            lists = [name for name, value in found[0][1].items() if isinstance(value, list) and value and isinstance(value[0], dict)]
            opens = re.search(rf'"{re.escape(lists[0])}"\s*:\s*\[', text) if len(lists) == 1 else None
            if opens:
                found = list(_values(text, opens.end(), len(text)))
        elif len(found) == 1:
            found = list(_values(text, text.index("[") + 1, len(text)))
    except json.JSONDecodeError as error:
        raise FileRefusedError(f"line {error.lineno} is not JSON ({error.msg}): it is damaged or cut off; export it again") from None
    rows, ragged, line, seen = [], [], 1, 0
    for place, value in found:
        line, seen = line + text.count("\n", seen, place), place
        if isinstance(value, dict):
            rows.append({plain(name): _json_cell(cell) for name, cell in value.items()} | {"_line": line})
        else:
            ragged.append(Reject(line, "", json.dumps(value)[:80], "the row is no object with named values", json.dumps(value)))
    frame = pd.DataFrame(rows, dtype=object)
    frame.attrs["ragged"] = ragged
    return Raw([c for c in frame.columns if c != "_line"], frame)


def _values(text: str, start: int, end: int) -> Iterator[tuple[int, Any]]:
    """The JSON values that follow each other, with where each begins; a closing bracket ends them."""
    read = json.JSONDecoder().raw_decode
    while start < end:
        start = _past(text, start, " \t\r\n,")
        if start >= end or text[start] == "]":
            return
        value, after = read(text, start)
        yield start, value
        start = after


def _past(text: str, start: int, passed: str) -> int:
    while start < len(text) and text[start] in passed:
        start += 1
    return start


def _json_cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def _csv_tables(text: str) -> list[Raw]:
    head = text.splitlines()[:HEAD_LINES]
    best: tuple[int, str] | None = None
    for delimiter, number in itertools.product(",\t;", range(len(head))):
        if delimiter not in head[number]:
            continue
        columns = [plain(cell) for cell in next(csv.reader([head[number]], delimiter=delimiter), [])]
        if _recognise(Raw(columns, pd.DataFrame())) is not None:
            best = (number, delimiter)
            break
    if best is None:
        first = max(head, key=lambda line: max(line.count(d) for d in ",\t;"))
        delimiter = max(",\t;", key=first.count)
        raise FileRefusedError(
            "no known format has these columns. " + nearest([plain(c) for c in next(csv.reader([first], delimiter=delimiter), [])])
        )
    number, delimiter = best
    body = "\n".join(text.split("\n")[number:]) if number else text
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    try:
        columns = [plain(cell) for cell in next(reader)]
        rows, lines, ragged = [], [], []
        width = len(columns)
        for cells in reader:
            line = reader.line_num + number
            if not any(cell.strip() for cell in cells) or cells[0].startswith("#"):
                continue
            if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                cells = cells[:width]
            if len(cells) < width and len(cells) == 1 and line > 0:
                cells = cells + [""] * (width - 1)
            if len(cells) != width:
                reason = f"the row has {len(cells)} cells, the header {width}: it is cut off or a quote is missing"
                ragged.append(Reject(line, "", "", reason, delimiter.join(cells)))
                continue
            rows.append(cells)
            lines.append(line)
    except csv.Error as error:
        raise FileRefusedError(f"line {reader.line_num + number} is not CSV ({error})") from None
    frame = pd.DataFrame(rows, columns=_unique(columns), dtype=object)
    frame["_line"] = lines
    frame.index = pd.Index(range(len(frame)))
    frame.attrs["ragged"] = ragged
    return [Raw([c for c in frame.columns if c != "_line"], frame, "\n".join(head[:number]))]


def _unique(columns: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    out = []
    for name in columns:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return out


def _parquet(path: Path) -> Raw:
    con = duckdb.connect()
    try:
        frame = con.execute("select * from read_parquet($path)", {"path": str(path)}).df()
    finally:
        con.close()
    frame.columns = _unique([plain(c) for c in frame.columns])
    columns = list(frame.columns)
    frame["_line"] = range(1, len(frame) + 1)
    return Raw(columns, frame)


def _workbook(path: Path) -> list[Raw]:
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    raws = []
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for number, cells in enumerate(rows[:HEAD_LINES]):
            columns = _unique([plain(c) for c in cells])
            if _recognise(Raw(columns, pd.DataFrame())) is not None:
                body = [[_cell(c) for c in row] for row in rows[number + 1 :]]
                frame = pd.DataFrame(body, columns=columns, dtype=object)
                frame["_line"] = range(number + 2, number + 2 + len(body))
                filled = frame.drop(columns="_line").apply(lambda c: c.notna() & (c.astype(str) != "")).any(axis=1)
                raws.append(Raw([c for c in columns if c], frame[filled].reset_index(drop=True), sheet=name))
                break
        else:
            raws.append(Raw([plain(c) for c in (rows[0] if rows else [])], pd.DataFrame(), sheet=name))
    return raws


def _cell(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if value != "" else None


def _backstage(text: str) -> Raw:
    try:
        documents = [d for d in yaml.safe_load_all(text) if d is not None]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "somewhere"
        raise FileRefusedError(f"it is not YAML: {where}: {getattr(error, 'problem', error)}") from None
    rows = []
    starts = [m.start() for m in re.finditer(r"^(?:apiVersion|kind):", text, re.M)]
    for number, document in enumerate(documents):
        if not isinstance(document, dict) or "kind" not in document:
            raise FileRefusedError("it is YAML, but no Backstage catalogue (a document without kind)")
        meta, spec = document.get("metadata") or {}, document.get("spec") or {}
        line = text[: starts[min(number * 2, len(starts) - 1)]].count("\n") + 1 if starts else number + 1
        rows.append(
            {
                "kind": document.get("kind"),
                "component": meta.get("name"),
                "title": meta.get("title"),
                "owner": spec.get("owner"),
                "type": spec.get("type"),
                "lifecycle": spec.get("lifecycle"),
                "_line": line,
            }
        )
    frame = pd.DataFrame(rows, dtype=object)
    return Raw([c for c in frame.columns if c != "_line"], frame)
