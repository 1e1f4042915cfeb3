"""The bytes of an export as tables of texts: CSV, workbooks, Parquet, JSON and YAML, in whatever encoding.

Nothing here is trusted. A file may be cut off, may be made by hand, may unpack to more than there is memory,
and may be called anything; what cannot be read is refused whole, with the reason and what to do.
"""

from __future__ import annotations

import copy
import csv
import itertools
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import python_calamine
import yaml

from commonground.spreadsheet import has_guarded, unguarded

ENDINGS = {".csv", ".tsv", ".txt", ".xlsx", ".yaml", ".yml", ".parquet", ".json"}
MISSING = frozenset({"", "--", "(blank)", "?", "(not set)", "null", "NULL", "None", "nan", "NaN", "<NA>", "NaT"})
"""What tools write for "no value". `(other)` and `Unassigned` are volume without a channel: kept."""
BINARY = "it is a binary file, not an export; name a CSV, XLSX, Parquet, JSON or YAML file"
DAMAGED = "the file is damaged or cut off ({}); export it again"
DELIMITERS = ",\t;|"
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")
"""A line and its end, as the three families of machines write it; no other sign ends one."""
HEAD_LINES = 60
"""How far down the header may stand: comment blocks of real exports end well before."""
MAX_UNPACKED = 2_000_000_000
"""A workbook is packed; one that unpacks to as much as a whole file may have is refused."""
MAX_SHEET_CELLS = 25_000_000
"""A sheet is read as the rectangle that holds it, some 100 bytes a cell. One stray cell in the last corner makes 17 billion."""
MAX_ROWS = 25_000_000
"""Parquet packs a million equal rows into a kilobyte; more rows than this are taken month by month."""
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
    sheet: str = ""


@dataclass
class Raw:
    """One table of texts as it stands in the file, with `_line`, where each row begins."""

    columns: list[str]
    frame: pd.DataFrame
    preamble: str = ""
    sheet: str = ""
    called: str = ""
    delimiter: str = ""
    comments: int = 0
    rejects: list[Reject] = field(default_factory=list)


IsHeader = Callable[[list[str]], bool]
"""Whether some format is recognised by these columns: the first such line is the header."""


def plain(name: object) -> str:
    """A column's name as mappings write it: lower case, words joined by underscores."""
    return re.sub(r"[^0-9a-zA-ZÀ-ÿα-ωΑ-Ω]+", "_", str(name or "").strip().lstrip("\ufeff")).strip("_").lower()


def shown_name(path: Path) -> str:
    """A file's name as it can be printed and kept: without line ends, escapes and broken letters."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in path.name)


def as_it_is(path: Path) -> str:
    """A path for DuckDB to read that file alone, also where its name looks like a pattern of several."""
    return re.sub(r"([\[*?])", r"[\1]", str(path))


def tables_of(path: Path, is_header: IsHeader) -> list[Raw]:
    """All tables of a file. Where no line is a header, the columns are those of the likeliest line, and no rows."""
    with path.open("rb") as file:
        start = file.read(8)
    if start[:4] == b"PAR1":
        return [_parquet(path)]
    if start[:4] == b"PK\x03\x04":
        return _workbook(path, is_header)
    if start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise FileRefusedError("it is an old workbook (.xls), or one with a password; save it as XLSX without one")
    text = _decoded(path)
    try:
        if path.suffix.lower() in (".yaml", ".yml") or re.match(r"(---\s*\n|apiVersion:|kind:)", text):
            return [_catalogue(text)]
        if text.lstrip()[:1] in "[{":
            return [_json(text)]
    except RecursionError:
        raise FileRefusedError("its values are nested too deep for an export; write a list of objects") from None
    return [_csv(text, is_header)]


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    for bom, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(bom):
            encoding = name
            break
    else:
        encoding = "utf-8"
    if encoding.startswith("utf-8") and b"\x00" in data:
        if not any(data[1:400:2]) or not any(data[:400:2]):
            raise FileRefusedError("its encoding is UTF-16 without the mark that says so; save it as CSV UTF-8")
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


def _unique(columns: list[str]) -> list[str]:
    """Repeated names get a number; a column without a name begins with `_` and is left out."""
    out: dict[str, None] = {}
    for place, name in enumerate(columns):
        called, number = name or f"_{place}", 1
        while called in out:
            number += 1
            called = f"{name}_{number}"
        out[called] = None
    return list(out)


def _named(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if not name.startswith("_")]


# --- CSV -------------------------------------------------------------------------------------------


def _csv(text: str, is_header: IsHeader) -> Raw:
    lines = (found.group() for found in LINE.finditer(text))
    head = list(itertools.islice(lines, HEAD_LINES))
    found = next(((n, d) for d in DELIMITERS for n, line in enumerate(head) if d in line and is_header(_names(line, d))), None)
    if found is None:
        counts = {(line, d): line.count(d) for line in head for d in DELIMITERS}
        return Raw(_names(*max(counts, key=lambda pair: counts[pair])), pd.DataFrame())
    number, delimiter = found
    guarded = has_guarded(text)
    reader = csv.reader(itertools.chain(head[number:], lines), delimiter=delimiter)
    rows: list[list[str]] = []
    seen: dict[str, str] = {}  # each text once: days and names repeat by the million
    places: list[int] = []
    raw = Raw([], pd.DataFrame(), "".join(head[:number]), delimiter=delimiter)
    try:
        columns = _unique([plain(cell) for cell in next(reader)])
        width = len(columns)
        line = reader.line_num + number + 1
        for cells in reader:
            begun, line = line, reader.line_num + number + 1
            rest = any(cell.strip() for cell in cells[1:])
            if not rest and not any(cell.strip() for cell in cells[:1]):
                continue
            if cells[0].startswith("#") and (not rest or len(cells) != width):
                raw.comments += 1
                continue
            if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                cells = cells[:width]
            if len(cells) == 1 < width:  # a note below the table
                cells = cells + [""] * (width - 1)
            if len(cells) != width:
                reason = f"the row has {len(cells)} cells, the header {width}: it is cut off or a quote is missing"
                raw.rejects.append(Reject(begun, "", "", reason, delimiter.join(cells)))
                continue
            rows.append([seen.setdefault(cell, cell) for cell in (map(unguarded, cells) if guarded else cells)])
            places.append(begun)
    except csv.Error as error:
        raise FileRefusedError(f"line {reader.line_num + number} is not CSV ({error})") from None
    raw.frame = pd.DataFrame(rows, columns=columns, dtype=object)
    raw.columns = _named(raw.frame)
    raw.frame["_line"] = pd.Series(places, dtype="int64")
    return raw


def _names(line: str, delimiter: str) -> list[str]:
    try:
        return [plain(cell) for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


# --- JSON ------------------------------------------------------------------------------------------


def _json(text: str) -> Raw:
    """A list of objects, an object that holds one such list, or an object a line; a row's line is where it begins."""
    try:
        found = list(_values(text, 0))
        if len(found) == 1 and isinstance(found[0][1], dict):
            lists = [name for name, value in found[0][1].items() if isinstance(value, list) and value and isinstance(value[0], dict)]
            opens = re.search(rf'"{re.escape(lists[0])}"\s*:\s*\[', text) if len(lists) == 1 else None
            if opens:
                found = list(_values(text, opens.end()))
        elif len(found) == 1:
            found = list(_values(text, text.index("[") + 1))
    except json.JSONDecodeError as error:
        raise FileRefusedError(f"line {error.lineno} is not JSON ({error.msg}): it is damaged or cut off; export it again") from None
    except ValueError as error:  # an integer of thousands of digits
        raise FileRefusedError(f"it holds a number that no tool wrote ({str(error).split(';')[0]})") from None
    rows, rejects, line, seen = [], [], 1, 0
    for place, value in found:
        line, seen = line + text.count("\n", seen, place), place
        if isinstance(value, dict):
            rows.append({plain(name) or "_": _json_cell(cell) for name, cell in value.items()} | {"_line": line})
        else:
            whole = _sound(json.dumps(value))
            rejects.append(Reject(line, "", whole[:80], "the row is no object with named values", whole))
    frame = pd.DataFrame(rows, dtype=object)
    return Raw(_named(frame), frame, rejects=rejects)


def _values(text: str, start: int) -> Iterator[tuple[int, Any]]:
    """The JSON values that follow each other, with where each begins; a closing bracket ends them."""
    read = json.JSONDecoder().raw_decode
    between = re.compile(r"[ \t\r\n,]*")
    while True:
        passed = between.match(text, start)
        start = passed.end() if passed else start
        if start >= len(text) or text[start] == "]":
            return
        value, after = read(text, start)
        yield start, value
        start = after


def _json_cell(value: Any) -> str | None:
    if value is None:
        return None
    return _sound(value if isinstance(value, str) else json.dumps(value))


def _sound(text: str) -> str:
    """A text that can be stored: an escape may spell half a letter (`\\ud800`) or an end of text (`\\u0000`)."""
    return text if text.isascii() and "\x00" not in text else text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


# --- Parquet and workbooks -------------------------------------------------------------------------


def _parquet(path: Path) -> Raw:
    """Numbers as numbers, everything else as DuckDB writes it: a day as 2026-10-31, a list as [a, b]."""
    name = as_it_is(path)
    try:
        with duckdb.connect() as con:
            con.execute("set timezone = 'UTC'")
            ((count,),) = con.execute("select sum(num_rows) from parquet_file_metadata($path)", {"path": name}).fetchall()
            if count > MAX_ROWS:
                raise FileRefusedError(f"it holds {count:,} rows; up to {MAX_ROWS:,} are taken: export it month by month")
            kinds = [(column, kind) for column, kind, *_ in con.execute("describe select * from read_parquet($path)", {"path": name}).fetchall()]
            quoted = [(f'"{column.replace(chr(34), chr(34) * 2)}"', NUMERIC.match(kind)) for column, kind in kinds]
            picked = ", ".join(column if numeric else f"{column}::varchar as {column}" for column, numeric in quoted)
            frame = con.execute(f"select {picked} from read_parquet($path)", {"path": name}).df()
    except duckdb.Error as error:
        raise FileRefusedError(DAMAGED.format(type(error).__name__)) from None
    frame.columns = _unique([plain(column) for column in frame.columns])
    columns = _named(frame)
    frame["_line"] = range(1, len(frame) + 1)
    return Raw(columns, frame)


NUMERIC = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$")
"""Of these kinds a column is kept as numbers."""


def _workbook(path: Path, is_header: IsHeader) -> list[Raw]:
    """One table for each sheet that has a header. Only XLSX: other packed workbooks may repeat a cell a billion times."""
    try:
        with zipfile.ZipFile(path) as packed:
            if "xl/workbook.xml" not in packed.namelist():
                raise FileRefusedError("it is a ZIP file, but no XLSX workbook; unpack it, or save it as XLSX, and import that")
            left = MAX_UNPACKED
            for part in packed.infolist():
                left = _unpacked(packed, part, left)
        with path.open("rb") as file:
            book = python_calamine.CalamineWorkbook.from_filelike(file)
            kinds = {sheet.name: sheet.typ for sheet in book.sheets_metadata}
            return [
                _sheet(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False), is_header)
                for name in book.sheet_names
                if kinds[name] == python_calamine.SheetTypeEnum.WorkSheet
            ]
    except (python_calamine.CalamineError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
        raise FileRefusedError(DAMAGED.format(type(error).__name__)) from None


def _unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Unpack a part block by block, and keep none; how many bytes may still follow it.

    What the directory says of a size may be a lie, so nothing believes it. A sheet is measured as the
    rectangle from A1 to the furthest row and column that it names.
    """
    row, column, tail = 0, 0, b""
    as_long_as_it_is = copy.copy(part)
    as_long_as_it_is.file_size = sys.maxsize
    with packed.open(as_long_as_it_is) as stream:
        while block := stream.read(1 << 20):
            left -= len(block)
            if left <= 0:
                raise FileRefusedError(f"it unpacks to {MAX_UNPACKED / 1e9:.0f} GB or more; export it month by month, or as CSV")
            for letters, number in set(re.findall(rb"\sr=[\"']([A-Z]{0,3})([0-9]{1,7})[\"']", tail + block)):
                row = max(row, int(number))
                column = max(column, sum((letter - 64) * 26**place for place, letter in enumerate(reversed(letters))))
            tail = block[-32:]
    if row * column > MAX_SHEET_CELLS:
        raise FileRefusedError(f"{part.filename.split('/')[-1]} spans more than {MAX_SHEET_CELLS:,} cells: delete the stray cells far out, or save the sheet as CSV")
    return left


def _sheet(name: str, rows: list[list[Any]], is_header: IsHeader) -> Raw:
    for number, cells in enumerate(rows[:HEAD_LINES]):
        columns = _unique([plain(cell) for cell in cells])
        if is_header(columns):
            body = [[_sheet_cell(cell) for cell in row] for row in rows[number + 1 :]]
            frame = pd.DataFrame(body, columns=columns, dtype=object)
            filled = frame.notna().any(axis=1)
            frame["_line"] = range(number + 2, number + 2 + len(body))
            return Raw(_named(frame), frame[filled].reset_index(drop=True), sheet=name)
    return Raw([plain(cell) for cell in (rows[0] if rows else [])], pd.DataFrame(), sheet=name)


def _sheet_cell(value: Any) -> str | None:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if value != "" else None


# --- YAML ------------------------------------------------------------------------------------------


def _catalogue(text: str) -> Raw:
    """The documents of a catalog-info.yaml. Only single values are looked up in the tree: an alias is never multiplied out."""
    try:
        documents = [node for node in yaml.compose_all(text, Loader=yaml.SafeLoader) if node is not None]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "somewhere"
        raise FileRefusedError(f"it is not YAML: {where}: {getattr(error, 'problem', error)}") from None
    rows = []
    for node in documents:
        line = node.start_mark.line + 1
        if _scalar(node, "kind") is None:
            raise FileRefusedError(f"it is YAML, but no Backstage catalogue (line {line} begins a document without kind)")
        places = {"component": ("metadata", "name"), "title": ("metadata", "title"), **{name: ("spec", name) for name in ("owner", "type", "lifecycle")}}
        rows.append({"kind": _scalar(node, "kind"), **{name: _scalar(node, *keys) for name, keys in places.items()}, "_line": line})
    frame = pd.DataFrame(rows, dtype=object)
    return Raw(_named(frame), frame)


def _scalar(node: yaml.Node | None, *keys: str) -> str | None:
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            return None
        node = next((value for name, value in node.value if name.value == key), None)
    if not isinstance(node, yaml.ScalarNode) or node.tag == "tag:yaml.org,2002:null":
        return None
    return _sound(node.value)
