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

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd

from commonground.catalogue import QUERIES, catalogue
from commonground.files import MISSING, FileRefusedError, Raw, Reject, plain, shown_name, tables_of
from commonground.tables import NUMBERS, TABLES, WHOLE

MOST_NAMES = 12
"""How many columns a sentence names before it says how many more there are."""


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


PERIOD_WORDS = frozenset({"day", "date", "month", "week", "hour", "time", "timestamp", "at", "on", "tag", "datum", "jour", "fecha"})
PERIOD_MEASURES = frozenset({*catalogue().measures, "visits", "users", "pageviews", "impr"})
"""A table with one of these and no column that names a time adds up a whole period: no day can be told from it."""


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


def read(path: Path) -> Extract:
    """Read an export whole and recognise it; raises FileRefusedError with the nearest formats."""
    raws = tables_of(path, lambda columns: _recognise(columns) is not None)
    extract: Extract | None = None
    left_out: list[str] = []
    for raw in raws:
        # needs and grants have the same columns: only there the name of the file or sheet decides
        mapped = _recognise(raw.columns, plain(raw.sheet or path.stem.split("__")[0]))
        if mapped is None or (raw.frame.empty and not raw.rejects):
            why = nearest(raw.columns) if mapped is None else "it has a header and no rows: nothing to take."
            left_out.append(f"{raw.sheet + ': ' if raw.sheet else ''}{why}")
            continue
        part = _generic(raw, mapped) if isinstance(mapped, str) else _mapped(raw, mapped, path)
        if raw.sheet and len(raws) > 1:
            part.rejects = [replace(reject, sheet=raw.sheet) for reject in part.rejects]
            part.tables = {name: frame.assign(_sheet=raw.sheet) for name, frame in part.tables.items()}
        extract = part if extract is None else _joined(extract, part)
    if extract is None:
        raise FileRefusedError(left_out[0] if left_out else "It holds no table.")
    extract.notes += [f"a sheet was left out: {text}" for text in left_out]
    return extract


def nearest(columns: list[str]) -> str:
    """Why no format is recognised: those that come closest to a header, and what it lacks for each."""
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
    best = [text for lacking, text in sorted(scored)[:3] if lacking < 1]
    best = best or [f"our table {name} (lacks {', '.join(TABLES[name].needs)})" for name in ("daily", "channel")]
    if have & PERIOD_MEASURES and not any(PERIOD_WORDS & set(name.split("_")) for name in have):
        period = period or "It holds totals of a period, and no column says the day: export it again with one row a day. "
    return f"no known format has these columns. {period}The nearest are: {'; '.join(best)}. Found: {_some(columns) or 'nothing'}."


def _some(names: list[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(name[:60] for name in names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _recognise(columns: list[str], called: str = "") -> Mapping | str | None:
    have = set(columns)
    fits = [m for m in mappings() if all(have & set(names) for names in m.needs)]
    table = _generic_table(columns, called)
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
    extra = [column for column in raw.columns if column not in table.columns]
    # a file's account is its table: a later daily.csv restates an earlier one
    extract = Extract("generic", name, rejects=raw.rejects, set_aside=raw.comments)
    extract.rows_read = len(raw.frame) + len(raw.rejects) + raw.comments
    frame, unclear = _with_points(raw.frame, [c for c in raw.columns if c in NUMBERS | WHOLE or c in catalogue().measures], raw.delimiter)
    extract.rejects += unclear
    extract.tables[name] = frame
    if extra:
        extract.notes.append(f"columns left out: {_some(extra)}")
    if name == "daily" and "currency" in frame:
        seen = frame["currency"].dropna()
        seen = seen[~seen.astype(str).str.strip().isin(MISSING)]
        extract.currency = str(seen.iloc[0]).strip() if len(seen) else None
    return extract


COMMA_IS_DECIMAL = r"-?(\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}|\d+,(\d{1,2}|\d{4,}))"
POINT_IS_DECIMAL = r"-?(\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}|\d+\.(\d{1,2}|\d{4,}))"
EITHER = r"-?[1-9]\d{0,2}[.,]\d{3}"


def _with_points(frame: pd.DataFrame, columns: list[str], delimiter: str) -> tuple[pd.DataFrame, list[Reject]]:
    """Numbers of a CSV with semicolons or tabs, with decimal points.

    Such files come from both worlds: 1.234 is a thousand or one and a bit. The file's other numbers say which; where none
    of them does, a row of a file with semicolons is refused rather than guessed.
    """
    if delimiter not in (";", "\t") or frame.empty:
        return frame, []
    texts = frame[columns].astype("string").apply(lambda column: column.str.strip())
    comma, point = (bool(texts.apply(lambda c, p=pattern: c.str.fullmatch(p)).any(axis=None)) for pattern in (COMMA_IS_DECIMAL, POINT_IS_DECIMAL))
    if comma and not point:
        plainly = texts.apply(lambda column: column.str.replace(r"^(-?[\d.]+),?(\d*)$", _with_point, regex=True))
        return frame.assign(**{name: plainly[name].astype(object) for name in columns}), []
    unclear: dict[int, Reject] = {}
    if delimiter == ";" and not point:
        for name in columns:
            for place in texts.index[texts[name].str.fullmatch(EITHER).fillna(False)]:
                reason = "may be thousands or a fraction, and no other number of the file says which; write 1234 or 1234.5"
                unclear[place] = Reject(int(frame.at[place, "_line"]), name, texts.at[place, name], reason, _whole(frame.loc[place].to_dict()))
    return frame.drop(index=list(unclear)).reset_index(drop=True), list(unclear.values())


def _with_point(found: re.Match[str]) -> str:
    whole, fraction = found.groups()
    return whole.replace(".", "") + (f".{fraction}" if fraction else "")


def _whole(row: dict[str, object]) -> str:
    return json.dumps({k: v for k, v in row.items() if not k.startswith("_")}, default=str, ensure_ascii=False)


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
    frame, unclear = _with_points(frame, sorted(set(re.findall(r"number_of\((\w+)\)", mapping.sql)) & set(frame)), raw.delimiter)
    con = duckdb.connect()
    try:
        con.execute((QUERIES / "landing_macros.sql").read_text())
        con.register("frame", frame.astype({c: "string" for c in frame.columns if c != "_line"}))
        con.execute("create table raw as select * from frame")
        parameters = duckdb.extract_statements(mapping.sql)[0].named_parameters
        given = {"file": shown_name(path), "preamble": raw.preamble}
        out = con.execute(mapping.sql, {k: v for k, v in given.items() if k in parameters}).df()
    except duckdb.Error as error:
        raise FileRefusedError(f"it looks like {mapping.name}, but could not be read: {error}") from None
    finally:
        con.close()
    extract = Extract(mapping.tool, _account(out, mapping), declares_channels=True)
    extract.rejects = [*raw.rejects, *unclear]
    reason = out["_reason"].notna() if "_reason" in out else pd.Series(False, out.index)
    aside = (out["_aside"].fillna(False).astype(bool) if "_aside" in out else pd.Series(False, out.index)) & ~reason
    whole = {row["_line"]: row for row in frame.to_dict("records")} if reason.any() else {}
    for row in out[reason].to_dict("records"):
        extract.rejects.append(Reject(int(row["_line"]), row["_column"], str(row["_value"] or ""), row["_reason"], _whole(whole.get(row["_line"], {}))))
    extract.set_aside = raw.comments + int(out.loc[aside, "_line"].nunique())
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
        one.tables[name] = pd.concat([one.tables[name], frame], ignore_index=True) if name in one.tables else frame
    for name, frame in two.declared.items():
        one.declared[name] = pd.concat([one.declared[name], frame]).drop_duplicates() if name in one.declared else frame
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
