"""What becomes of every row and every file of an import?"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
import xlsxwriter
from test_pages import opened

from commonground import cli, landing

if TYPE_CHECKING:
    from desks import Desk

DAILY = "day,channel,sessions\n"


def daily(*rows: str) -> str:
    return DAILY + "".join(f"{row}\n" for row in rows)


def adds_up(load) -> bool:
    return load.rows_read == load.rows_taken + load.rows_refused + load.rows_set_aside


def test_rows_read_are_taken_refused_or_set_aside(shop: Desk):
    load = shop.load(shop.write("daily.csv", daily("2026-10-01,shop,10", "2026-10-02,shop,-1", "2026-10-03,nowhere,5")))
    assert (load.rows_read, load.rows_taken, load.rows_refused, load.rows_set_aside) == (3, 1, 2, 0)
    loads = shop.ask("loads")
    assert len(loads) == 2
    assert all(loads.eval("rows_read == rows_taken + rows_refused + rows_set_aside"))


def test_the_same_bytes_twice_change_nothing(shop: Desk):
    path = shop.write("daily.csv", daily("2026-10-01,shop,10"))
    shop.take(path)
    before = shop.generation.name
    outcome = shop.take(path)
    assert outcome.built is None
    assert outcome.loads[0].unchanged
    assert outcome.exit_code == 0
    assert shop.generation.name == before
    assert shop.total("sessions") == 10


def test_the_same_bytes_under_another_name_change_nothing(shop: Desk):
    shop.give(daily=daily("2026-10-01,shop,10"))
    assert shop.give(copy=daily("2026-10-01,shop,10")).built is None
    assert len(shop.ask("loads")) == 2


def test_a_later_export_replaces_the_days_and_channels_that_it_covers(shop: Desk):
    shop.give(daily=daily("2026-10-01,shop,10", "2026-10-02,shop,20", "2026-10-02,app,5"))
    shop.give(later=daily("2026-10-02,shop,25", "2026-10-03,shop,30"))
    by_day = shop.ask("trend", metrics=("sessions",), by="channel").set_index(["period", "series"])["value"]
    assert by_day.to_dict() == {
        (by_day.index[0][0], "shop"): 10, (by_day.index[1][0], "app"): 5,
        (by_day.index[1][0], "shop"): 25, (by_day.index[3][0], "shop"): 30,
    }  # fmt: skip
    assert shop.total("sessions") == 70


def ads(*rows: str, account: str = "111") -> str:
    body = "".join(f"{row},{account}\n" for row in rows)
    return 'Campaign report\n"October 1, 2026 - October 2, 2026"\nDay,Campaign,Impr.,Clicks,Cost,Conversions,Customer ID\n' + body


def ga4(*rows: str) -> str:
    return "# Report\nDate,Session default channel group,Sessions,Key events\n" + "".join(f"{row}\n" for row in rows)


def test_two_tools_that_report_one_measure_are_never_added(desk: Desk):
    desk.give(ads=ads("2026-10-01,Brand,1000,50,20.00,9"), ga4=ga4("20261001,Paid Search,40,7"))
    assert desk.total("clicks") == 50
    assert desk.total("sessions") == 40
    assert desk.total("conversions") == 7, "analytics comes first for conversions, see sources.toml"
    beside = desk.generation.rows("loads/differences", first_day="2026-10-01", last_day="2026-10-01").iloc[0]
    assert (beside["measure"], beside["ledger_tool"], beside["ledger_total"]) == ("conversions", "ga4", 7)
    assert (beside["other_tool"], beside["other_total"]) == ("google_ads", 9)


def test_the_choice_of_the_ledger_does_not_depend_on_the_order_of_imports(desk: Desk):
    desk.give(ga4=ga4("20261001,Paid Search,40,7"))
    desk.give(ads=ads("2026-10-01,Brand,1000,50,20.00,9"))
    assert desk.total("conversions") == 7


def test_a_day_that_the_first_tool_lacks_is_filled_by_the_second(desk: Desk):
    desk.give(ads=ads("2026-10-01,Brand,1000,50,20,9", "2026-10-02,Brand,1000,50,20,4"), ga4=ga4("20261001,Paid Search,40,7"))
    assert desk.total("conversions") == 7 + 4


def test_two_accounts_of_one_tool_add_up(desk: Desk):
    desk.give(one=ads("2026-10-01,Brand,1000,50,20,9"), two=ads("2026-10-01,Brand,500,10,5,1", account="222"))
    assert desk.total("impressions") == 1500
    assert desk.total("spend") == 25


REFUSED = [
    ("a negative count", "sessions", "2026-10-01,shop,-3", "-3", "a count cannot be negative"),
    ("a day in the future", "day", "2026-11-02,shop,3", "2026-11-02", "in the future"),
    ("a day before 1990", "day", "1900-01-01,shop,3", "1900-01-01", "before 1990"),
    ("a day in another format", "day", "01/10/2026,shop,3", "01/10/2026", "write it as 2026-10-31"),
    ("a day as Americans write it", "day", "10/31/2026,shop,3", "10/31/2026", "write it as 2026-10-31"),
    ("a day as Germans write it", "day", "31.10.2026,shop,3", "31.10.2026", "write it as 2026-10-31"),
    ("a day without dashes", "day", "20261031,shop,3", "20261031", "write it as 2026-10-31"),
    ("a day that does not exist", "day", "2026-02-30,shop,3", "2026-02-30", "not a day"),
    ("an unknown channel", "channel", "2026-10-01,kiosk,3", "kiosk", "add it to channel.csv"),
    ("a missing channel", "channel", "2026-10-01,,3", "", "is missing"),
    ("a number with words", "sessions", "2026-10-01,shop,many", "many", "not a number"),
    ("an endless number", "sessions", "2026-10-01,shop,inf", "inf", "not a number"),
]


@pytest.mark.parametrize(("column", "row", "value", "reason"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_row_is_refused_with_line_column_value_and_reason(shop: Desk, column: str, row: str, value: str, reason: str):
    load = shop.load(shop.write("daily.csv", daily("2026-10-01,app,1", row)))
    assert (load.rows_taken, load.rows_refused) == (1, 1)
    (refused,) = shop.ask("rejected").to_dict("records")
    assert (refused["file"], refused["line"], refused["column"]) == ("daily.csv", 3, column)
    assert (refused["value"] or "") == value
    assert reason in refused["reason"]
    assert json.loads(shop.generation.rows("loads/rejected")["whole_row"][0])["day"] == row.split(",")[0]


def test_negative_money_is_taken(shop: Desk):
    shop.give(daily="day,channel,spend,revenue\n2026-10-01,search,-5.50,-20\n2026-10-02,search,10,30\n")
    assert shop.total("spend") == 4.5
    assert shop.total("revenue") == 10


def test_the_second_of_two_equal_keys_is_refused(shop: Desk):
    shop.give(daily=daily("2026-10-01,shop,10", "2026-10-01,shop,11"))
    assert shop.total("sessions") == 10
    assert "duplicate row" in shop.ask("rejected")["reason"][0]
    assert shop.ask("rejected")["line"][0] == 3


def test_rows_of_an_unknown_channel_are_taken_once_the_channel_is_known(shop: Desk):
    path = shop.write("daily.csv", daily("2026-10-01,shop,10", "2026-10-01,kiosk,3"))
    assert shop.take(path).exit_code == 1
    shop.give(kiosk="channel,kind,name,family\nshop,web,Shop,site\nkiosk,web,Kiosk,site\n")
    outcome = shop.take(path)
    assert (outcome.loads[0].rows_taken, outcome.exit_code) == (2, 0)
    assert shop.total("sessions") == 13
    assert shop.ask("rejected").empty


def test_a_claim_that_ends_before_it_begins_is_refused(shop: Desk):
    head = "asserted_by,org,role,channel,metric,valid_from,valid_to\n"
    shop.give(ownership_claim=head + "it,ops,A,shop,*,2026-05-01,2026-04-01\nit,ops,A,shop,*,2026-05-01,\n")
    (refused,) = shop.ask("rejected").to_dict("records")
    assert (refused["column"], refused["line"]) == ("valid_to", 2)
    assert "ends before it begins" in refused["reason"]


def test_a_claim_about_a_metric_that_does_not_exist_is_refused(shop: Desk):
    shop.give(ownership="channel,metric,owner\nshop,happiness,it\nshop,revenue,it\n")
    (refused,) = shop.ask("rejected").to_dict("records")
    assert (refused["column"], refused["value"]) == ("metric", "happiness")


FOREIGN = "day,channel,currency,spend,revenue\n2026-10-01,search,EUR,10,40\n2026-10-02,search,USD,10,40\n"


def test_foreign_money_without_a_rate_is_refused(shop: Desk):
    shop.give(daily=FOREIGN)
    assert shop.total("spend") == 10
    assert "rate.csv has no rate" in shop.ask("rejected")["reason"][0]


def test_foreign_money_is_converted_on_both_sides(shop: Desk):
    shop.give(daily=FOREIGN, rate="day,currency,rate\n2026-10-02,USD,0.9\n")
    assert shop.total("spend") == pytest.approx(10 + 9)
    assert shop.total("revenue") == pytest.approx(40 + 36)
    assert shop.total("return_on_ad_spend") == pytest.approx(76 / 19)


def test_a_file_without_a_known_header_is_refused_and_the_nearest_formats_are_named(shop: Desk):
    load = shop.load(shop.write("x.csv", "day,sessions\n2026-10-01,3\n"))
    assert "no known format has these columns" in load.problem
    assert "lacks channel" in load.problem
    assert "Found: day, sessions" in load.problem


def parquet(folder: Path, rows: str) -> bytes:
    path = folder / "made.parquet"
    duckdb.sql(f"copy ({rows}) to '{path}' (format parquet)")
    return path.read_bytes()


def workbook(folder: Path, sheets: dict[str, list[list[object]]]) -> bytes:
    path = folder / "made.xlsx"
    book = xlsxwriter.Workbook(str(path))
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return path.read_bytes()


BAD_FILES = {
    "latin-1": lambda f: ("bad.csv", daily("2026-10-01,shop,1", "2026-10-01,caf\xe9,3").encode("latin-1"), "encoding is unknown: line 3 holds a byte (0xe9)"),
    "empty": lambda f: ("bad.csv", b"", "empty"),
    "blank": lambda f: ("bad.csv", b"\n \n", "empty"),
    "binary": lambda f: ("bad.csv", b"day,channel,sessions\n\x00\x01\x02", "binary"),
    "cut workbook": lambda f: ("bad.xlsx", workbook(f, {"a": [["day", "channel", "sessions"]]})[:700], "damaged or cut off"),
    "cut parquet": lambda f: ("bad.parquet", parquet(f, "select 1 as day from range(99)")[:-20], "damaged or cut off"),
    "json of no format": lambda f: ("bad.json", b'[{"mood": 1}]', "no known format has these columns"),
    "cut json": lambda f: ("bad.json", b'[{"day": "2026-10-01"},\n {"day"', "line 2 is not JSON"),
    "picture": lambda f: ("bad.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary file"),
    "cut UTF-16": lambda f: ("bad.csv", daily("2026-10-01,shop,3").encode("utf-16")[:-1], "encoding is unknown: line 2"),
    "no yaml": lambda f: ("bad.yaml", b"kind: [Component\n", "not YAML"),
    "other yaml": lambda f: ("bad.yaml", b"services:\n  web: {}\n", "no Backstage catalogue"),
}


@pytest.mark.parametrize("case", BAD_FILES.values(), ids=BAD_FILES)
def test_a_damaged_file_is_refused_whole_and_does_not_harm_the_others(shop: Desk, tmp_path: Path, case):
    name, content, reason = case(tmp_path)
    bad, good = shop.write(name, content), shop.write("good.csv", daily("2026-10-01,shop,10"))
    outcome = shop.take(bad, good)
    refused = next(load for load in outcome.loads if load.file == name)
    assert reason in refused.problem
    assert outcome.exit_code == 2
    assert shop.total("sessions") == 10
    assert set(shop.ask("loads")["file"]) == {"channel.csv", "good.csv"}


def test_a_row_that_is_cut_off_is_refused_and_the_others_are_taken(shop: Desk):
    load = shop.load(shop.write("daily.csv", daily("2026-10-01,shop,10")[:-1] + "\n2026-10-02,sh"))
    assert (load.rows_read, load.rows_taken, load.rows_refused) == (2, 1, 1)
    assert "2 cells, the header 3" in shop.ask("rejected")["reason"][0]


def test_a_folder_without_files_is_said_to_be_so(shop: Desk, tmp_path: Path, capsys):
    (tmp_path / "none").mkdir()
    assert cli.main(["import", str(tmp_path / "none"), "--data", str(shop.data)]) == 2
    assert "Nothing to import" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_refused(shop: Desk, tmp_path: Path):
    assert shop.load(tmp_path / "absent.csv").problem == "there is no such file"


def test_a_symbolic_link_is_refused(shop: Desk):
    link = shop.folder / "link.csv"
    link.symlink_to(shop.write("daily.txt", daily("2026-10-01,shop,10")))
    assert "symbolic link" in shop.load(link).problem


def test_a_file_of_2_gigabytes_is_refused_without_being_read(shop: Desk):
    path = shop.write("huge.csv", daily("2026-10-01,shop,10"))
    with path.open("r+b") as file:
        file.truncate(2_000_000_000)
    good = shop.write("good.csv", daily("2026-10-01,shop,7"))
    outcome = shop.take(path, good)
    assert "2.0 GB" in outcome.loads[0].problem
    assert shop.total("sessions") == 7


@pytest.mark.parametrize(("text", "code"), [
    (daily("2026-10-01,shop,10"), 0), (daily("2026-10-01,shop,10", "2026-10-01,kiosk,1"), 1), ("", 2),
])  # fmt: skip
def test_the_exit_code_says_taken_some_refused_or_file_refused(shop: Desk, capsys, text: str, code: int):
    assert cli.main(["import", str(shop.write("daily.csv", text)), "--data", str(shop.data)]) == code
    out = capsys.readouterr().out
    assert ("REFUSED" if code == 2 else "taken") in out


def test_a_dry_run_reports_and_changes_nothing(shop: Desk):
    def held() -> dict[Path, bytes]:
        return {p.relative_to(shop.data): p.read_bytes() for p in shop.data.rglob("*") if p.is_file()}

    before = held()
    outcome = shop.give(True, daily=daily("2026-10-01,shop,10", "2026-10-01,kiosk,1"))
    assert (outcome.loads[0].rows_taken, outcome.loads[0].rows_refused, outcome.exit_code) == (1, 1, 1)
    assert outcome.built is None
    assert held() == before


def test_a_workbook_with_two_sheets_fills_two_tables(desk: Desk, tmp_path: Path):
    desk.take(desk.write("book.xlsx", workbook(tmp_path, {
        "channels": [["channel", "kind"], ["shop", "web"]],
    })))  # fmt: skip
    load = desk.load(desk.write("both.xlsx", workbook(tmp_path, {
        "facts": [["day", "channel", "sessions"], ["2026-10-01", "shop", 10], ["2026-10-02", "shop", 2.0]],
        "owners": [["channel", "metric", "owner"], ["shop", "sessions", "it"]],
        "notes": [["by", "somebody"]],
    })))  # fmt: skip
    assert (load.rows_read, load.rows_taken) == (3, 3)
    assert any("a sheet was left out: notes" in note for note in load.notes)
    assert desk.total("sessions") == 12
    assert desk.ask("ownership")["tag"].tolist() == ["IT"]


def test_parquet_is_taken_with_its_types(shop: Desk, tmp_path: Path):
    content = parquet(tmp_path, "select date '2026-10-01' + i::int as day, 'shop' as channel, i::int as sessions from range(4) as t(i)")
    load = shop.load(shop.write("daily.parquet", content))
    assert (load.rows_taken, load.first_day, load.last_day) == (4, "2026-10-01", "2026-10-04")
    assert shop.total("sessions") == 6


PERIOD_TOTALS = {
    "Google Ads without Day": "Campaign report\nAll time\nCampaign,Impr.,Clicks,Cost\nBrand,1000,50,20\nTotal: Campaigns,1000,50,20\n",
    "GA4 without Date": "# Report\n# Start date: 20261001\nSession default channel group,Sessions,Key events\nDirect,40,7\n",
    "DAP of 30 days": "agency_slug,agency_name,domain,visits,users,pageviews\nnasa,NASA,nasa.gov,10,8,20\n",
    "ours without day": "channel,sessions\nshop,10\n",
}


@pytest.mark.parametrize("text", PERIOD_TOTALS.values(), ids=PERIOD_TOTALS)
def test_totals_of_a_period_are_refused_with_what_to_do(shop: Desk, text: str):
    outcome = shop.take(shop.write("period.csv", text), shop.write("good.csv", daily("2026-10-01,shop,7")))
    (refused,) = [load for load in outcome.loads if load.problem]
    assert "totals of a period, and no column says the day: export it again with" in refused.problem
    assert "The nearest are: " in refused.problem
    assert shop.total("sessions") == 7


def test_a_table_that_is_not_of_a_period_is_not_called_so(shop: Desk):
    assert "totals of a period" not in shop.load(shop.write("x.csv", "name,colour\na,b\n")).problem


JSONS = {
    "a list": '[\n {"day": "2026-10-01", "channel": "shop", "sessions": 10},\n {"day": "2026-10-02", "channel": "shop", "sessions": -3}\n]',
    "an object with one list": '{"made": 1,\n"rows": [{"day": "2026-10-01", "channel": "shop", "sessions": 10},\n{"day": "2026-10-02", "channel": "shop", "sessions": -3}]}',
    "an object a line": '\n{"day": "2026-10-01", "channel": "shop", "sessions": 10}\n{"day": "2026-10-02", "channel": "shop", "sessions": -3}\n',
}


@pytest.mark.parametrize("text", JSONS.values(), ids=JSONS)
def test_json_is_taken_and_its_refused_rows_have_their_line(shop: Desk, text: str):
    load = shop.load(shop.write("daily.json", text))
    assert (load.rows_read, load.rows_taken, load.rows_refused) == (2, 1, 1)
    assert shop.total("sessions") == 10
    (refused,) = shop.ask("rejected").to_dict("records")
    assert (refused["file"], refused["line"], refused["column"], refused["value"]) == ("daily.json", 3, "sessions", "-3")


def test_json_rows_that_are_no_objects_are_refused_and_add_up(shop: Desk):
    load = shop.load(shop.write("daily.json", '[{"day": "2026-10-01", "channel": "shop", "sessions": 10},\n7,\n"x"]'))
    assert (load.rows_read, load.rows_taken, load.rows_refused) == (3, 1, 2)
    assert shop.ask("rejected")["line"].tolist() == [2, 3]


def test_what_ask_writes_as_json_can_be_taken_in(desk: Desk):
    desk.give(channel="channel,kind\nshop,web\n", ownership="channel,metric,owner\nshop,sessions,it\n")
    rows = [{"channel": "kiosk", "kind": "web", "name": None, "family": "site"}]
    assert desk.load(desk.write("channel.json", json.dumps(rows))).rows_taken == 1


def test_a_folder_is_walked_and_a_link_to_one_is_refused(shop: Desk):
    inside = shop.folder / "week.csv"
    inside.mkdir()
    (inside / "good.csv").write_text(daily("2026-10-01,shop,7"))
    link = shop.folder / "elsewhere"
    link.symlink_to(inside, target_is_directory=True)
    assert "symbolic link" in shop.load(link).problem
    assert shop.take(inside).exit_code == 0
    assert shop.total("sessions") == 7


def test_a_pipe_is_refused_without_being_read(shop: Desk):
    os.mkfifo(shop.folder / "pipe.csv")
    assert shop.load(shop.folder / "pipe.csv").problem == "it is not a regular file"


def test_the_limit_has_a_name_and_one_byte_less_is_read(shop: Desk, monkeypatch):
    monkeypatch.setattr(landing, "MAX_BYTES", 45)
    assert "export it month by month" in shop.load(shop.write("a.csv", daily("2026-10-01,shop,10", "2026-10-02,shop,10"))).problem
    assert shop.load(shop.write("b.csv", daily("2026-10-01,shop,10"))).problem is None


@pytest.mark.parametrize(("table", "text", "column", "value", "reason"), [
    ("slo", "channel,metric,objective\nshop,happiness,0.9\n", "metric", "happiness", "no such metric"),
    ("scope", "channel,metric,disposition\nshop,sessions,maybe\n", "disposition", "maybe", "must be one of required, exempt"),
    ("channel", "channel,kind\nkiosk,paper\n", "kind", "paper", "must be one of campaign, web, mobile"),
    ("org", "org,side\nops,paper\n", "side", "paper", "must be one of it, marketing, joint, other"),
    ("target", "channel,metric,first_day,last_day,value\nshop,sessions,2026-05-01,2026-04-01,9\n", "last_day", "2026-04-01", "ends before it begins"),
    ("incident", "incident,channel,started_at,resolved_at\ni1,shop,2026-05-01 10:00,2026-05-01 09:00\n", "resolved_at", "2026-05-01 09:00", "ends before it begins"),
    ("incident", "incident,channel,started_at\ni1,shop,yesterday\n", "started_at", "yesterday", "not a time"),
    ("ownership_claim", "asserted_by,org,role,channel,metric\nit,ops,B,shop,*\n", "role", "B", "must be one of R, A, C, I"),
])  # fmt: skip
def test_rows_of_small_tables_are_refused_with_their_place(shop: Desk, table: str, text: str, column: str, value: str, reason: str):
    outcome = shop.take(shop.write(f"{table}.csv", text), shop.write("good.csv", daily("2026-10-01,shop,7")))
    assert outcome.exit_code == 1
    (refused,) = shop.ask("rejected").to_dict("records")
    assert (refused["file"], refused["line"], refused["column"], refused["value"]) == (f"{table}.csv", 2, column, value)
    assert reason in refused["reason"]
    assert shop.total("sessions") == 7


def test_a_long_import_draws_its_progress(shop: Desk, capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    cli.main(["import", str(shop.write("daily.csv", daily("2026-10-01,shop,10"))), "--data", str(shop.data)])
    drawn = capsys.readouterr().err
    assert "[" + "." * 24 + "] reading daily.csv" in drawn
    assert "[" + "#" * 24 + "] building" in drawn


def test_unknown_columns_are_named_and_left_out(shop: Desk):
    load = shop.load(shop.write("daily.csv", "day,channel,sessions,mood,weather\n2026-10-01,shop,10,good,rain\n"))
    assert load.notes == ["columns left out: mood, weather"]
    assert load.rows_taken == 1


def test_nothing_is_published_from_files_that_were_all_refused(desk: Desk):
    assert desk.take(desk.write("bad.csv", "")).built is None
    assert not (desk.data / "CURRENT").exists()


def test_the_order_of_files_does_not_matter(desk: Desk):
    assert desk.give(a_daily=daily("2026-10-01,shop,10"), z_channel="channel,kind\nshop,web\n").exit_code == 0
    assert desk.total("sessions") == 10


def test_a_channel_that_was_taken_out_of_channel_csv_is_said_wherever_one_looks(desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """Its two rows are in no total: the load report, `ask left_out`, `check` and the Data page say which, how many, and what to do."""
    facts = daily("2026-10-01,shop,10", "2026-10-01,sms,5", "2026-10-02,sms,7")
    desk.give(channel="channel,kind,name\nshop,web,Shop\nsms,mobile,SMS\n", daily=facts)
    assert (desk.total("sessions"), len(desk.ask("left_out"))) == (22.0, 0)
    assert cli.main(["check", "--data", str(desk.data)]) == 0
    capsys.readouterr()
    shorter = desk.write("channel.csv", "channel,kind,name\nshop,web,Shop\n")
    cli.main(["import", str(shorter), "--data", str(desk.data)])
    told = "sms: 2 rows of daily.csv (1 to 2 Oct 2026) are in no total, because channel.csv no longer names this channel. Add it there again, and import channel.csv."
    assert f"left out {told}" in capsys.readouterr().out
    assert desk.total("sessions") == 10
    (row,) = desk.ask("left_out").to_dict("records")
    assert (row["channel"], row["file"], row["rows_left_out"], row["first_day"].day, row["last_day"].day) == ("sms", "daily.csv", 2, 1, 2)
    assert cli.main(["check", "--data", str(desk.data)]) == 1
    assert "BROKEN channels with facts are named" in (said := capsys.readouterr().out)
    assert "sms" in said
    assert [warning.value for warning in opened(desk.data, "pages/reference/data.py", monkeypatch).warning] == [told]
    desk.give(channel="channel,kind,name\nshop,web,Shop\nsms,mobile,Short messages\n")
    assert (desk.total("sessions"), len(desk.ask("left_out"))) == (22.0, 0)
