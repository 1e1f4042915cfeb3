"""What does an import do with files that are damaged, odd, or made to harm, and with a folder that it cannot use?"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pandas as pd
import pytest
import xlsxwriter

from commonground import cli, files
from commonground.build import only_one
from commonground.spreadsheet import csv_of, guarded, unguarded

if TYPE_CHECKING:
    from desks import Desk

HEAD = "day,channel,sessions\n"
ROOT = Path(__file__).resolve().parent.parent


def workbook(**sheets: list[list[object]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return file.getvalue()


def with_a_stray_cell(book: bytes) -> bytes:
    """The same workbook with one more cell, the last that a sheet can have."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as again:
        for name in packed.namelist():
            again.writestr(name, packed.read(name).replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'))
    return out.getvalue()


def with_a_directory_that_lies(book: bytes) -> bytes:
    """The same workbook, of which the directory says that every part unpacks to 9 bytes."""
    out, at = bytearray(book), 0
    while (at := book.find(b"PK\x01\x02", at)) >= 0:
        out[at + 24 : at + 28] = (9).to_bytes(4, "little")
        at += 4
    return bytes(out)


def zipped(name: str, content: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(name, content)
    return out.getvalue()


FACTS = [["day", "channel", "sessions"], ["2026-10-01", "shop", 10]]
REFUSED = {
    "a sheet of 17 billion cells": ("x.xlsx", with_a_stray_cell(workbook(a=FACTS)), "sheet1.xml spans more than 25,000,000 cells"),
    "a ZIP that is no workbook": ("x.xlsx", zipped("daily.csv", HEAD), "no XLSX workbook; unpack it"),
    "an old or protected workbook": ("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "save it as XLSX without one"),
    "a workbook without rows": ("x.xlsx", workbook(a=FACTS[:1]), "a header and no rows"),
    "an empty sheet": ("x.xlsx", workbook(a=[]), "no known format has these columns"),
    "a header and nothing below": ("x.csv", HEAD.encode(), "a header and no rows"),
    "UTF-16 without a mark": ("x.csv", f"{HEAD}2026-10-01,shop,10\n".encode("utf-16-le"), "UTF-16 without the mark"),
    "JSON in 100,000 lists": ("x.json", b"[" * 100_000, "nested too deep"),
    "JSON in 100,000 objects": ("x.json", b'{"a":' * 100_000, "nested too deep"),
    "a number of 5,000 digits": ("x.json", b'[{"day": ' + b"9" * 5000 + b"}]", "a number that no tool wrote"),
    "JSON of no rows": ("x.json", b"[]", "no known format has these columns"),
    "YAML in 5,000 lists": ("x.yaml", b"kind: " + b"[" * 5000, "nested too deep"),
    "YAML of two tools": ("x.yaml", b"kind: Component\nmetadata: {name: a}\n---\nservices: {}\n", "line 4 begins a document without kind"),
    "10,000 unknown columns": ("x.csv", ",".join(f"c{n}" for n in range(10_000)).encode(), "c10, c11 and 9,988 more"),
    "a cell of 11 MB": ("x.csv", HEAD.encode() + b"2026-10-01,shop," + b"1" * 11_000_000, "line 2 is not CSV"),
    "a column of another language": ("x.csv", b"Tag,Kampagne,Klicks\n2026-10-01,A,5\n", "The nearest are: our table daily (lacks day, channel)"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_taken_is_refused_whole_and_the_others_are_taken(shop: Desk, case: tuple[str, bytes, str]):
    name, content, reason = case
    outcome = shop.take(shop.write(name, content), shop.write("good.csv", f"{HEAD}2026-10-02,shop,7\n"))
    (refused,) = [load for load in outcome.loads if load.problem]
    assert (refused.file, outcome.exit_code) == (name, 2)
    assert reason in refused.problem
    assert shop.total("sessions") == 7


BOMB = "kind: Component\na: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
MERGES = "kind: Component\na: &a {x: 1}\n" + "".join(f"{b}: &{b} {{<<: [{', '.join([f'*{a}'] * 9)}]}}\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))


@pytest.mark.parametrize("text", [f"{BOMB}metadata: {{name: *i}}\nspec: {{owner: *i}}\n", MERGES], ids=["aliases", "merges"])
def test_yaml_that_multiplies_itself_out_is_read_in_no_time_and_names_no_owner(shop: Desk, text: str):
    load = shop.load(shop.write("catalog-info.yaml", text))
    assert (load.rows_read, load.rows_refused) == (1, 1)
    assert shop.ask("rejected")["reason"].tolist() == ["the component names no owner"]


def test_an_alias_in_yaml_that_means_well_is_followed(shop: Desk):
    shop.take(shop.write("catalog-info.yaml", "kind: Component\nmetadata:\n  name: shop\n  annotations: {team: &team web-team}\nspec:\n  owner: *team\n"))
    shop.give(daily=f"{HEAD}{ROW}")
    assert set(shop.ask("claims")["org"]) == {"web-team"}


def test_yaml_never_makes_objects(shop: Desk, tmp_path: Path):
    made = tmp_path / "made"
    shop.load(shop.write("x.yaml", f'kind: !!python/object/apply:os.mkdir ["{made}"]\n'))
    assert not made.exists()


ROW = "2026-10-01,shop,10\n"
ODD = {
    "semicolons": f"{HEAD}{ROW}".replace(",", ";").encode(),
    "tabs": f"{HEAD}{ROW}".replace(",", "\t").encode(),
    "bars": f"{HEAD}{ROW}".replace(",", "|").encode(),
    "UTF-16, little end first": f"{HEAD}{ROW}".encode("utf-16"),
    "UTF-16, big end first": b"\xfe\xff" + f"{HEAD}{ROW}".encode("utf-16-be"),
    "a mark before the header": b"\xef\xbb\xbf" + f"{HEAD}{ROW}".encode(),
    "a header in quotes and capitals": b'"Day"," CHANNEL ","Sessions"\r\n"2026-10-01","shop","10"\r\n',
    "line ends of old Macs": f"# Report\n{HEAD}{ROW}".replace("\n", "\r").encode(),
    "other line ends in a comment": f"# a\u2028b\x0bc\x0cd\u0085e\n{HEAD}{ROW}".encode(),
    "10,000 more columns": f"{HEAD.strip()},{','.join(f'c{n}' for n in range(10_000))}\n{ROW.strip()},{','.join('1' * 10_000)}\n".encode(),
    "the same column twice": b"day,channel,sessions,sessions,sessions_2\n2026-10-01,shop,10,99,98\n",
    "columns without a name": b"day,channel,sessions,,\n2026-10-01,shop,10,x,y\n",
    "empty lines and trailing commas": f"{HEAD}\n,,\n{ROW.strip()},,\n\n".encode(),
    "a time of midnight": f"{HEAD}2026-10-01T00:00:00Z,shop,10\n".encode(),
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_a_csv_is_taken_however_it_was_saved(shop: Desk, content: bytes):
    load = shop.load(shop.write("x.csv", content))
    assert (load.problem, load.rows_read, load.rows_taken) == (None, 1, 1)
    assert shop.total("sessions", "2026-10-01", "2026-10-01") == 10


def test_a_comment_is_counted_and_a_name_that_begins_like_one_is_a_name(desk: Desk):
    load = desk.load(desk.write("channel.csv", "channel,kind,name\n# written by hand,,\n#brand,campaign,Brand\nshop,web,Shop\n# end\n"))
    assert (load.rows_read, load.rows_taken, load.rows_set_aside) == (4, 2, 2)


MONEY = "day;channel;sessions;revenue\n"


@pytest.mark.parametrize(("rows", "sessions", "revenue"), [
    (["1.234;12,50", "2.000;1.234,56", "5;7"], 1234 + 2000 + 5, 12.5 + 1234.56 + 7),
    (["12;0.5", "3;1.234"], 12 + 3, 0.5 + 1.234),
], ids=["decimal commas, so points are thousands", "decimal points"])  # fmt: skip
def test_numbers_in_a_file_with_semicolons_are_read_by_the_files_own_habit(shop: Desk, rows: list[str], sessions: float, revenue: float):
    shop.take(shop.write("x.csv", MONEY + "".join(f"2026-10-{n:02};shop;{row}\n" for n, row in enumerate(rows, 1))))
    assert (shop.total("sessions"), shop.total("revenue")) == (sessions, pytest.approx(revenue))


def test_a_number_that_may_be_a_thousand_or_one_and_a_bit_is_refused_not_guessed(shop: Desk):
    load = shop.load(shop.write("x.csv", f"{MONEY}2026-10-01;shop;1.234;7\n2026-10-02;shop;10;8\n"))
    assert (load.rows_read, load.rows_taken, load.rows_refused) == (2, 1, 1)
    (refused,) = shop.ask("rejected").to_dict("records")
    assert (refused["line"], refused["column"], refused["value"]) == (2, "sessions", "1.234")
    assert "thousands or a fraction" in refused["reason"]


def test_a_google_report_with_decimal_commas_is_read_so_or_refused_never_misread(desk: Desk):
    head = "Report\nAll time\nDay;Campaign;Impr.;Clicks;Cost\n"
    desk.take(desk.write("semicolons.csv", f"{head}2026-10-01;1.234;1.000;5;4.838,80\n"))
    assert (desk.total("impressions"), desk.total("spend"), desk.total("spend", campaigns=("1.234",))) == (1000, 4838.8, 4838.8)
    load = desk.load(desk.write("commas.csv", f'{head.replace(";", ",")}2026-10-02,B,10,5,"4.838,80"\n'))
    assert (load.rows_taken, load.rows_refused) == (0, 1)
    assert desk.ask("rejected")["value"].tolist() == ["4.838,80"]


def test_a_row_with_a_line_end_in_its_quotes_has_the_line_on_which_it_begins(shop: Desk):
    shop.take(shop.write("x.csv", 'day,channel,campaign,clicks\n2026-10-01,search,"two\nlines",5\n2026-10-02,search,"a\nb\nc",-5\n'))
    assert shop.total("clicks", campaigns=("two\nlines",)) == 5
    assert shop.ask("rejected")["line"].tolist() == [4]


def test_two_sheets_of_one_table_add_up_and_a_refused_row_names_its_sheet(shop: Desk):
    book = workbook(january=[*FACTS, ["2026-10-02", "shop", 20]], february=[FACTS[0], ["2026-10-03", "shop", 4], ["2026-10-04", "shop", -8]])
    load = shop.load(shop.write("book.xlsx", book))
    assert (load.rows_read, load.rows_taken, load.rows_refused) == (4, 3, 1)
    assert shop.total("sessions") == 34
    (refused,) = shop.ask("rejected").to_dict("records")
    assert (refused["file"], refused["line"], refused["value"]) == ("book.xlsx, sheet february", 3, "-8")


def test_a_workbook_may_declare_the_channels_and_rates_of_its_own_facts(desk: Desk):
    book = workbook(
        facts=[["day", "channel", "currency", "spend"], ["2026-10-01", "kiosk", "EUR", 10], ["2026-10-01", "stand", "USD", 10]],
        channels=[["channel", "kind"], ["kiosk", "web"], ["stand", "web"]], rates=[["day", "currency", "rate"], ["2026-10-01", "USD", 0.5]],
    )  # fmt: skip
    assert desk.load(desk.write("book.xlsx", book)).rows_refused == 0
    assert desk.total("spend") == 15


PARQUET = {
    "decimal, wide and narrow integers": ("select date '2026-10-01' as day, 'shop' as channel, 10.00::decimal(18, 2) as sessions, 3::hugeint as leads", 10),
    "a day with a zone": ("select timestamptz '2026-10-01 00:00:00+00' as day, 'shop' as channel, 10 as sessions", 10),
    "letters as bytes and as an enum": ("select '2026-10-01'::blob as day, 'shop'::enum('shop') as channel, '10' as sessions, uuid() as id, [1] as list", 10),
    "a column with quotes in its name": ("select date '2026-10-01' as day, 'shop' as channel, 10 as sessions, 1 as \"a\"\"b'c\"", 10),
    "a moment that is no day": ("select timestamp '2026-10-01 13:00:00' as day, 'shop' as channel, 10 as sessions", None),
    "a list where a name belongs": ("select date '2026-10-01' as day, ['shop'] as channel, 10 as sessions", None),
    "a struct where a number belongs": ("select date '2026-10-01' as day, 'shop' as channel, {'a': 10} as sessions", None),
    "a day without end": ("select 'infinity'::date as day, 'shop' as channel, 10 as sessions", None),
    "yes and no": ("select date '2026-10-01' as day, 'shop' as channel, true as sessions", None),
}


@pytest.mark.parametrize(("rows", "total"), PARQUET.values(), ids=PARQUET)
def test_parquet_of_odd_kinds_is_taken_or_refused_row_by_row(shop: Desk, rows: str, total: float | None):
    path = shop.folder / "x.parquet"
    duckdb.sql(f"copy ({rows}) to '{path}' (format parquet)")
    load = shop.load(path)
    assert (load.problem, load.rows_read, load.rows_taken) == (None, 1, int(total is not None))
    assert (shop.total("sessions") if total else None) == total


@pytest.mark.parametrize(("limit", "name"), [("MAX_ROWS", "x.parquet"), ("MAX_UNPACKED", "x.xlsx")])
def test_what_unpacks_to_more_than_there_is_memory_for_is_refused_unread(shop: Desk, monkeypatch: pytest.MonkeyPatch, limit: str, name: str):
    path = shop.write(name, workbook(a=FACTS))
    if name.endswith("parquet"):
        duckdb.sql(f"copy (select date '2026-10-01' as day, 'shop' as channel, 1 as sessions from range(20)) to '{path}' (format parquet)")
    monkeypatch.setattr(files, limit, 10)
    assert "export it month by month" in str(shop.load(path).problem)


@pytest.mark.parametrize("lies", [False, True])
def test_a_workbook_is_as_large_as_it_unpacks_and_not_as_its_directory_says(shop: Desk, monkeypatch: pytest.MonkeyPatch, lies: bool):
    many = workbook(a=[FACTS[0], *([f"2026-{month:02}-{day:02}", "shop", 10] for month in range(1, 11) for day in range(1, 29))])
    book = with_a_directory_that_lies(many) if lies else many
    monkeypatch.setattr(files, "MAX_UNPACKED", 12_000)
    assert "export it month by month" in str(shop.load(shop.write("x.xlsx", book)).problem)
    monkeypatch.setattr(files, "MAX_UNPACKED", 2_000_000)
    load = shop.load(shop.write("y.xlsx", book))
    assert load.problem is None or lies
    assert load.rows_taken == (0 if load.problem else 280)


ROWS = [
    ("daily", "day,channel,sessions\n2026-10-01,*,3\n", "channel", "*", "unknown channel"),
    ("daily", "day,channel,sessions\n2026-10-01,shop,1e308\n", "sessions", "1e308", "as large as this"),
    ("channel", "channel,kind\na|b,web\n", "channel", "a|b", "an id has no |"),
    ("channel", "channel,kind\n\"a\nb\",web\n", "channel", "a\nb", "no line end"),
    ("slo", "channel,metric,objective\nshop,*,0.9\n", "metric", "*", "no such metric"),
    ("slo", "channel,metric,objective,window_days\nshop,uptime,0.9,1e30\n", "window_days", "1e30", "as large as this"),
    ("slo", "channel,metric,objective,window_days\nshop,uptime,0.9,2.5\n", "window_days", "2.5", "not a whole number"),
    ("rate", "day,currency,rate\n2026-10-01,USD,0\n", "rate", "0", "must be more than 0"),
    ("survey", "asked_on,question,side,agree_share\n2026-10-01,q,it,81\n", "agree_share", "81", "between 0 and 1"),
    ("incident", "incident,channel,started_at\ni1,shop,2026-11-02 10:00\n", "started_at", "2026-11-02 10:00", "in the future"),
    ("incident", "incident,channel,started_at,acknowledged_at\ni1,shop,2026-10-02 10:00,2026-10-01\n", "acknowledged_at", "2026-10-01", "comes before (started_at)"),
    ("request", "request,from_side,to_side,opened_on,decided_on\nr1,it,marketing,2026-10-02,2026-10-01\n", "decided_on", "2026-10-01", "comes before (opened_on)"),
]


@pytest.mark.parametrize(("table", "text", "column", "value", "reason"), ROWS, ids=[f"{row[0]} {row[3]}" for row in ROWS])
def test_a_row_that_cannot_be_true_is_refused_with_its_place(shop: Desk, table: str, text: str, column: str, value: str, reason: str):
    load = shop.load(shop.write(f"{table}.csv", text))
    assert (load.rows_taken, load.rows_refused) == (0, 1)
    (refused,) = shop.ask("rejected").to_dict("records")
    assert (refused["line"], refused["column"], refused["value"]) == (2, column, value)
    assert reason in refused["reason"]


@pytest.mark.parametrize(("table", "text"), [
    ("slo", "channel,metric,objective\nshop,uptime,0.9\nshop,uptime,0.8\n"), ("rate", "day,currency,rate\n2026-10-01,USD,0.9\n2026-10-01,USD,0.8\n"),
    ("goal", "goal,side,rank,text\ng1,it,1,a\ng1,it,2,b\n"), ("org", "org,side\nops,it\nops,marketing\n"),
])  # fmt: skip
def test_a_row_that_says_the_same_thing_again_is_refused(shop: Desk, table: str, text: str):
    load = shop.load(shop.write(f"{table}.csv", text))
    assert (load.rows_taken, load.rows_refused) == (1, 1)
    assert shop.ask("rejected")["line"].tolist() == [3]


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@sum(1)", "\t=1", "\r=1", "'=1", "''=1", "=cmd()"])
def test_a_text_that_a_spreadsheet_would_run_is_shown_instead_and_comes_back(text: str):
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "Brand", "-5", "+3.5 %", "-1,234.50", "'90s sale", "a=b", "2026-10-01"])
def test_a_text_that_is_harmless_stays_as_it_is(text: str):
    assert guarded(text) == unguarded(text) == text


def test_csv_keeps_numbers_days_and_missing_values():
    frame = pd.DataFrame({"name": ["=1+1", None], "value": [-5.5, None], "day": pd.to_datetime(["2026-10-01", None]), "kind": pd.Categorical(["@a", "b"])})
    assert csv_of(frame) == "name,value,day,kind\n'=1+1,-5.5,2026-10-01,'@a\n,,,b\n"


def test_no_csv_leaves_the_program_past_the_one_door():
    code = [*(ROOT / "commonground").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    assert [path.name for path in code if ".to_csv(" in path.read_text()] == ["spreadsheet.py"]


def test_what_ask_writes_as_csv_runs_nothing_and_can_be_taken_in(desk: Desk, capsys: pytest.CaptureFixture[str]):
    desk.give(channel="channel,kind,name\nshop,web,=cmd()\n", daily=f"{HEAD}{ROW}", ownership_claim="asserted_by,org,role,channel,metric,source\nit,ops,A,shop,*,=1+1\n")
    capsys.readouterr()
    cli.main(["ask", "claims", "--format", "csv", "--data", str(desk.data)])
    written = capsys.readouterr().out
    assert ",'=1+1" in written
    assert ",=1+1" not in written
    desk.take(desk.write("again.csv", written))
    assert set(desk.ask("claims")["source"]) == {"=1+1"}


@pytest.mark.parametrize("name", ["it's (1).csv", "report[1].csv", "a*b?.csv", "two\nlines.csv", "\x1b[31mred.csv", 'say "x".csv'])
def test_a_file_may_be_called_anything_and_is_shown_in_one_line_without_escapes(shop: Desk, name: str):
    load = shop.load(shop.write(name, f"{HEAD}{ROW}"))
    assert load.rows_taken == 1
    assert load.file.isprintable()
    assert shop.total("sessions") == 10


def test_a_parquet_file_whose_name_is_a_pattern_is_read_alone(shop: Desk):
    for name, count in (("[ab].parquet", 1), ("a.parquet", 20)):
        duckdb.sql(f"copy (select date '2026-10-01' as day, 'shop' as channel, {count} as sessions) to '{shop.folder / name}' (format parquet)")
    shop.take(shop.folder / "[ab].parquet")
    assert shop.total("sessions") == 1


def test_the_data_folder_may_be_called_anything(shop: Desk, tmp_path: Path):
    shop.data = tmp_path / "O'Brien's [data]*"
    shop.give(channel="channel,kind\nshop,web\n", daily=f"{HEAD}{ROW}2026-10-02,kiosk,1\n")
    assert shop.total("sessions") == 10
    assert len(shop.ask("rejected")) == 1


def test_the_data_folder_itself_is_never_taken_in(shop: Desk):
    shop.give(daily=f"{HEAD}{ROW}")
    assert any(shop.data.rglob("daily.parquet"))
    assert {load.file for load in shop.take(shop.data.parent).loads} == {"channel.csv", "daily.csv"}
    assert shop.total("sessions") == 10


def commanded(*words: str, limit: int = 0) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, whose files may have `limit` bytes (as on a full disk)."""
    lines = ["import resource, sys", f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))" if limit else "", "from commonground.cli import main", "sys.exit(main(sys.argv[1:]))"]
    return subprocess.run([sys.executable, "-c", "\n".join(lines), *words], capture_output=True, text=True, cwd=ROOT, check=False)


@pytest.mark.parametrize("limit", [64, 20_000, 1_000_000], ids=["at once", "while landing", "while building"])
def test_a_full_disk_is_told_in_a_sentence_and_leaves_what_was_there(shop: Desk, limit: int):
    shop.give(daily=f"{HEAD}{ROW}")
    rows = "".join(f"2026-10-{day:02},shop,c{number},{number}\n" for day in range(1, 31) for number in range(200))
    path = shop.write("more.csv", f"day,channel,campaign,clicks\n{rows}")
    ended = commanded("import", str(path), "--data", str(shop.data), limit=limit)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert "cannot be written" in ended.stderr
    assert "what was there before still stands" in ended.stderr
    assert shop.total("sessions") == 10
    assert shop.take(path).exit_code == 0
    assert shop.total("clicks", "2026-10-01", "2026-10-30") == 30 * sum(range(200))


@pytest.mark.parametrize("words", [("import", "x.csv"), ("build",)])
def test_a_data_folder_that_cannot_be_made_is_told_in_a_sentence(shop: Desk, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]):
    taken = shop.write("taken", "a file where the folder should be")
    assert cli.main([*words, "--data", str(taken)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_folder_of_a_newer_version_is_left_alone_and_told(shop: Desk, capsys: pytest.CaptureFixture[str]):
    (path,) = shop.data.glob("landing/*/load.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "signed_by": "a later version"}))
    assert cli.main(["import", str(shop.write("daily.csv", f"{HEAD}{ROW}")), "--data", str(shop.data)]) == 2
    assert "a newer version of Common Ground wrote it: update the program" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{", '{"currency": 5}', '{"fiscal_start": 13}', '{"colour": "red"}', "[]"])
def test_settings_that_were_spoilt_by_hand_are_told_in_a_sentence(shop: Desk, text: str, capsys: pytest.CaptureFixture[str]):
    (shop.data / "settings.json").write_text(text)
    assert cli.main(["import", str(shop.write("daily.csv", f"{HEAD}{ROW}")), "--data", str(shop.data)]) == 2
    assert "settings.json" in capsys.readouterr().err


def test_an_import_while_another_runs_says_that_it_waits_and_then_goes_on(shop: Desk):
    said: list[str] = []
    waits = threading.Event()

    def tell(sentence: str) -> None:
        said.append(sentence)
        waits.set()

    def second() -> None:
        with only_one(shop.data, tell):
            said.append("went on")

    with only_one(shop.data):
        other = threading.Thread(target=second)
        other.start()
        assert waits.wait(20)
        assert len(said) == 1
    other.join(20)
    assert said == ["Another import of this data folder is running; this one waits for it.", "went on"]


@pytest.mark.parametrize(("option", "name", "said"), [
    ("--channel", "shp", "There is no channel 'shp' in this data. Did you mean shop?"), ("--device", "fridge", "There is no device 'fridge' in this data. There are: mobile."),
    ("--region", "mars", "There is no region 'mars' in this data. There are: none."),
])  # fmt: skip
def test_a_name_that_is_not_in_the_data_is_told_not_answered_with_a_dash(shop: Desk, capsys, option: str, name: str, said: str):
    shop.give(daily="day,channel,device,sessions\n2026-10-01,shop,mobile,3\n")
    assert cli.main(["ask", "totals", option, name, "--data", str(shop.data)]) == 2
    assert capsys.readouterr().err.strip() == said


def test_a_campaign_with_commas_in_its_name_can_be_asked_for(shop: Desk, capsys):
    shop.give(daily='day,channel,campaign,clicks\n2026-10-01,search,"Brand, all",3\n2026-10-01,search,Shoes,4\n')
    for asked, clicks in (("Brand, all", 3), ("Shoes", 4)):
        capsys.readouterr()
        assert cli.main(["ask", "totals", "--metric", "clicks", "--campaign", asked, "--format", "csv", "--data", str(shop.data)]) == 0
        assert capsys.readouterr().out.splitlines()[1].split(",")[2] == f"{clicks}.0"


def test_an_import_that_is_stopped_by_hand_says_so_and_changes_nothing(shop: Desk, capsys, monkeypatch):
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("commonground.formats.read", stop)
    assert cli.main(["import", str(shop.write("daily.csv", "day,channel,sessions\n2026-10-01,shop,3\n")), "--data", str(shop.data)]) == 130
    assert "What was published before still stands" in capsys.readouterr().err
    assert len(shop.ask("loads")) == 1


def test_a_store_of_decisions_that_cannot_be_reached_is_told_in_a_sentence_without_its_password(shop: Desk, monkeypatch, capsys):
    monkeypatch.setenv("COMMONGROUND_REVIEW_URL", "postgresql+psycopg://ada:secret@127.0.0.1:1/nothing")
    assert cli.main(["import", str(shop.write("daily.csv", f"{HEAD}{ROW}")), "--data", str(shop.data)]) == 2
    told = capsys.readouterr().err
    assert "cannot be opened" in told
    assert "nothing was published without them" in told
    assert "secret" not in told
    monkeypatch.delenv("COMMONGROUND_REVIEW_URL")
    assert shop.take(shop.folder / "daily.csv").built, "what had landed is built by the next import"
    assert shop.total("sessions") == 10
