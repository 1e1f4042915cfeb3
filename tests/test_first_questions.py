"""The first questions anybody asks, answered by hand on rows one can read."""

import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from commonground.cli import main
from commonground.importing import import_paths
from commonground.questions import QUESTIONS, ask
from commonground.scope import Scope
from commonground.store import current

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 1, 12)
CHANNELS = "channel,kind,name,family\nwebsite,web,Website,site\nads,campaign,Ads,display\n"
PAGES = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("pages/*/*.py"))


def taken(tmp_path: Path, **files: str):
    """Import files given as texts; returns the outcome and the data folder."""
    folder = tmp_path / f"files{time.monotonic_ns()}"
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    data = tmp_path / "data"
    return import_paths([folder], data, NOW), data


def test_a_rate_is_added_up_before_it_is_divided(tmp_path: Path) -> None:
    _, data = taken(tmp_path, channel=CHANNELS, daily="day,channel,sessions,conversions\n2026-10-30,website,100,10\n2026-10-31,website,300,0\n")
    row = ask(current(data), "totals", Scope(metrics=("conversion_rate",))).iloc[0]
    assert (row["numerator"], row["denominator"], row["value"]) == (10, 400, 0.025)


def test_each_channel_keeps_its_own_line_though_a_total_adds_the_selling_platforms_alone(tmp_path: Path) -> None:
    _, data = taken(tmp_path, channel=CHANNELS, daily="day,channel,sessions,conversions\n2026-10-31,website,100,4\n2026-10-31,ads,50,1\n")
    lines = ask(current(data), "trend", Scope(metrics=("conversions",), by="channel")).set_index("series")["value"]
    assert {str(name): value for name, value in lines.items()} == {"ads": 1, "website": 4}
    (total,) = ask(current(data), "totals", Scope(metrics=("conversions",)))["value"]
    assert total == 4  # the visits that the advert brought are the website's, seen by origin


def test_no_data_is_missing_and_never_zero(tmp_path: Path) -> None:
    _, data = taken(tmp_path, channel=CHANNELS, daily="day,channel,sessions,conversions\n2026-10-31,website,0,0\n")
    totals = ask(current(data), "totals", Scope()).set_index("metric")
    assert totals.loc["spend", "value"] != totals.loc["spend", "value"]
    assert totals.loc["conversion_rate", "value"] != totals.loc["conversion_rate", "value"]
    assert totals.loc["sessions", "value"] == 0


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "daily.csv"
    (tmp_path / "channel.csv").write_text(CHANNELS)
    file.write_text("day,channel,sessions\n2026-10-31,website,5\n")
    data = tmp_path / "data"
    first = import_paths([file, tmp_path / "channel.csv"], data, NOW)
    second = import_paths([file, tmp_path / "channel.csv"], data, NOW)
    assert first.built is not None
    assert second.built is None
    assert len(ask(current(data), "loads", Scope())) == 2


def test_a_later_export_replaces_the_days_that_it_covers(tmp_path: Path) -> None:
    taken(tmp_path, channel=CHANNELS, daily="day,channel,sessions\n2026-10-30,website,5\n2026-10-31,website,7\n")
    _, data = taken(tmp_path, daily="day,channel,sessions\n2026-10-31,website,9\n")
    assert ask(current(data), "totals", Scope(metrics=("sessions",)))["value"].iloc[0] == 14


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("2026-10-31,website,-1,0", "sessions", "negative"),
        ("2027-01-01,website,1,0", "day", "future"),
        ("31/10/2026,website,1,0", "day", "not a day"),
        ("2026-10-31,nowhere,1,0", "channel", "unknown channel"),
        ("2026-10-31,website,many,0", "sessions", "not a number"),
    ],
)
def test_a_row_that_cannot_be_taken_is_kept_with_its_reason(tmp_path: Path, row: str, column: str, words: str) -> None:
    outcome, data = taken(tmp_path, channel=CHANNELS, daily=f"day,channel,sessions,spend\n2026-10-30,website,1,-5\n{row}\n")
    assert outcome.exit_code == 1
    refused = ask(current(data), "rejected", Scope()).iloc[0]
    assert (refused["line"], refused["column"]) == (3, column)
    assert words in refused["reason"]
    loads = ask(current(data), "loads", Scope())
    assert (loads["rows_read"] == loads["rows_taken"] + loads["rows_refused"] + loads["rows_set_aside"]).all()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"day,channel\n\xff\xfa\xfe\n", "encoding"), (b"\x00\x01\x02binary", "binary"), (b"PK\x03\x04cut", "damaged"), (b"PAR1cut", "damaged"), (b"when,what\n1,2\n", "lacks")],
)
def test_a_file_that_cannot_be_read_is_refused_and_harms_nothing_else(tmp_path: Path, content: bytes, words: str) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "broken.csv").write_bytes(content)
    (folder / "channel.csv").write_text(CHANNELS)
    outcome = import_paths([folder], tmp_path / "data", NOW)
    problems = [load.problem for load in outcome.loads if load.problem]
    assert outcome.exit_code == 2
    assert len(problems) == 1
    assert words in problems[0]
    assert current(tmp_path / "data").rows("loads/table_channel")["channel"].tolist() == ["ads", "website"]


def test_a_file_of_two_gigabytes_and_a_symbolic_link_are_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(2_000_000_001)
    link = tmp_path / "link.csv"
    link.symlink_to(large)
    outcome = import_paths([large, link], tmp_path / "data", NOW)
    assert ["2.0 GB" in outcome.loads[0].problem, "symbolic link" in outcome.loads[1].problem] == [True, True]


def test_campaigns_and_the_platform_that_sells_are_never_added(tmp_path: Path) -> None:
    _, data = taken(tmp_path, channel=CHANNELS, daily="day,channel,revenue,spend\n2026-10-31,website,100,\n2026-10-31,ads,40,10\n")
    totals = ask(current(data), "totals", Scope()).set_index("metric")["value"]
    assert totals["revenue"] == 100
    assert totals["return_on_ad_spend"] == 4


def test_facts_count_for_the_owner_of_their_own_day(tmp_path: Path) -> None:
    owners = "channel,metric,owner,valid_from,valid_to\nwebsite,*,it,2026-01-01,2026-10-31\nwebsite,*,marketing,2026-10-31,\n"
    _, data = taken(tmp_path, channel=CHANNELS, ownership=owners, daily="day,channel,sessions\n2026-10-30,website,5\n2026-10-31,website,7\n")
    trend = ask(current(data), "trend", Scope(metrics=("sessions",), by="tag")).set_index("series")["value"]
    assert trend.to_dict() == {"IT": 5, "Marketing": 7}
    assert ask(current(data), "totals", Scope(metrics=("sessions",), owners=("IT",)))["value"].iloc[0] == 5


def test_two_overlapping_rows_one_by_each_side_are_a_contest_with_its_money(tmp_path: Path) -> None:
    owners = "channel,metric,owner,asserted_by,valid_from\nads,spend,it,it,2026-01-01\nads,spend,marketing,marketing,2026-01-01\nads,clicks,marketing,,2026-01-01\n"
    _, data = taken(tmp_path, channel=CHANNELS, ownership=owners, scope="channel,metric,disposition\nads,spend,required\nads,clicks,required\n", daily="day,channel,spend,clicks\n2026-10-31,ads,10,3\n")
    gaps = ask(current(data), "gaps", Scope()).set_index("metric")
    assert gaps.loc["spend", "state"] == "CONTESTED"
    assert gaps.loc["spend", "spend"] == 5  # half of the channel's money: one of two metrics
    assert ask(current(data), "channels", Scope(metrics=("spend",)))["tag"].iloc[0] == "Contested"


def test_the_governments_visits_come_out_as_published(tmp_path: Path) -> None:
    data = tmp_path / "data"
    import_paths([ROOT / "sample_data" / "us_federal"], data, NOW)
    days = {"first_day": date(2023, 12, 6), "last_day": date(2024, 1, 4), "metrics": ("sessions",)}
    assert ask(current(data), "totals", Scope(**days))["value"].iloc[0] == 1_166_569_048
    every = ask(current(data), "channels", Scope(**days)).set_index("channel")["value"]
    mobile = ask(current(data), "channels", Scope(**days, devices=("mobile",))).set_index("channel")["value"]
    assert round(100 * mobile["postal-service"] / every["postal-service"], 1) == 79.5
    assert round(100 * mobile["general-services-administration"] / every["general-services-administration"], 1) == 28.4


def test_every_question_gives_the_columns_that_it_promises(tmp_path: Path) -> None:
    _, data = taken(tmp_path, channel=CHANNELS, daily="day,channel,sessions\n2026-10-31,website,5\n")
    for name, asked in QUESTIONS.items():
        assert tuple(ask(current(data), name, Scope()).columns) == asked.columns, name


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_without_an_error(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, data = taken(tmp_path, channel=CHANNELS, daily="day,channel,sessions,conversions\n2026-10-30,website,5,1\n2026-10-31,website,7,2\n")
    monkeypatch.setenv("COMMONGROUND_DATA", str(data))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.switch_page(page).run()
    assert not app.exception
    assert app.title[0].value.endswith("?")


def test_without_data_the_page_says_how_to_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONGROUND_DATA", str(tmp_path))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert app.title[0].value == "Nothing has been imported yet"


def test_no_page_lies_directly_in_pages() -> None:
    assert list((ROOT / "pages").glob("*.py")) == []


def test_needs_and_grants_have_the_same_columns_and_are_told_apart_by_name(tmp_path: Path) -> None:
    rows = "org,channel,metric\nbrand,website,sessions\n"
    _, data = taken(tmp_path, channel=CHANNELS, need=rows, access_grant=rows.replace("brand", "web"), daily="day,channel,sessions\n2026-10-31,website,1\n")
    assert current(data).rows("loads/table_need")["org"].tolist() == ["brand"]
    assert current(data).rows("loads/table_access_grant")["org"].tolist() == ["web"]


def test_an_unknown_metric_is_named_and_not_guessed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "totals", "--metric", "bounce", "--data", str(tmp_path)]) == 2
    assert "There is no metric 'bounce'" in capsys.readouterr().err


@pytest.mark.slow
def test_a_killed_import_leaves_the_old_or_the_new_generation_and_never_an_error(tmp_path: Path) -> None:
    _, data = taken(tmp_path, channel=CHANNELS, daily="day,channel,sessions\n2026-10-30,website,1\n")
    for turn in range(20):
        file = tmp_path / f"daily{turn}.csv"
        file.write_text(f"day,channel,sessions\n2026-10-31,website,{turn}\n")
        process = subprocess.Popen([sys.executable, "-m", "commonground", "import", str(file), "--data", str(data)], cwd=ROOT, stdout=subprocess.DEVNULL)
        time.sleep(0.35 + 0.04 * turn)
        process.kill()
        process.wait()
        value = ask(current(data), "totals", Scope(metrics=("sessions",)))["value"].iloc[0]
        assert 1 <= value <= 1 + turn
    outcome = import_paths([tmp_path / "daily19.csv"], data, NOW)
    assert outcome.exit_code == 0
    assert ask(current(data), "totals", Scope(metrics=("sessions",)))["value"].iloc[0] == 20
