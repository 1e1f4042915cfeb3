"""The sample data: the same bytes each time, imported whole, with the stories in it."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_data" / "larkspur"
STATES = {
    "EXEMPT", "SHARED", "OWNED", "DISOWNED", "CONTESTED", "MULTI_A", "ORPHANED", "R_NO_A",
    "LAPSED", "UNOWNED",
}  # fmt: skip
LAST_DAY = "2026-10-31"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of the product, as a person would type it."""
    command = [sys.executable, "-m", "commonground", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample imported once: nothing refused, every export's total agrees."""
    folder = tmp_path_factory.mktemp("larkspur")
    done = run("import", str(SAMPLE), "--data", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": agrees") >= 7
    assert ": differs" not in done.stdout
    return folder


def ask(data: Path, question: str, *more: str) -> list[dict[str, object]]:
    """A question's answer as rows."""
    done = run("ask", question, "--data", str(data), "--format", "json", *more)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, object]] = json.loads(done.stdout)
    return rows


@cache
def cells(data: Path, day: str = LAST_DAY) -> dict[tuple[str, str], dict[str, object]]:
    """Each cell's state and flags on a day."""
    rows = ask(data, "ownership", "--as-of", day)
    return {(str(row["channel"]), str(row["metric"])): row for row in rows}


@pytest.mark.slow
def test_each_run_writes_the_same_bytes(tmp_path: Path) -> None:
    make = ROOT / "sample_data" / "make.py"
    subprocess.run([sys.executable, str(make), "--out", str(tmp_path)], check=True)
    new = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    old = {path.name: path.read_bytes() for path in SAMPLE.iterdir()}
    assert sorted(new) == sorted(old)
    assert [name for name in new if new[name] != old[name]] == []


def test_the_sample_is_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) <= 12_000_000


@pytest.mark.slow
def test_nothing_is_refused_and_every_check_holds(data: Path) -> None:
    assert ask(data, "rejected") == []
    done = run("check", "--data", str(data))
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_there_are_channels_of_every_kind(data: Path) -> None:
    lines = (SAMPLE / "channel.csv").read_text().splitlines()[1:]
    assert len(lines) >= 26
    assert {line.split(",")[1] for line in lines} == {"campaign", "web", "mobile"}


@pytest.mark.slow
def test_all_ten_states_occur(data: Path) -> None:
    assert {str(row["state"]) for row in cells(data).values()} == STATES


@pytest.mark.slow
@pytest.mark.parametrize(
    ("channel", "metric", "day", "state"),
    [
        ("website", "sessions", LAST_DAY, "CONTESTED"),
        ("website", "uptime", LAST_DAY, "CONTESTED"),
        ("website", "sessions", "2025-08-31", "OWNED"),
        ("sms", "revenue", LAST_DAY, "ORPHANED"),
        ("sms", "revenue", "2026-02-28", "OWNED"),
        ("newsletter", "delivery_rate", LAST_DAY, "DISOWNED"),
        ("email_service", "uptime", LAST_DAY, "DISOWNED"),
        ("newsletter", "delivery_rate", "2025-06-01", "OWNED"),
        ("affiliates", "spend", LAST_DAY, "LAPSED"),
        ("affiliates", "spend", "2026-03-31", "OWNED"),
        ("shopping", "spend", LAST_DAY, "MULTI_A"),
        ("shopping", "clicks", LAST_DAY, "OWNED"),
        ("push", "sends", LAST_DAY, "R_NO_A"),
        ("display", "spend", LAST_DAY, "R_NO_A"),
        ("ai_assistants", "sessions", LAST_DAY, "UNOWNED"),
        ("unassigned", "sessions", LAST_DAY, "EXEMPT"),
        ("web_shop", "revenue", LAST_DAY, "SHARED"),
        ("mobile_web", "uptime", LAST_DAY, "SHARED"),
        ("ios_app", "revenue", LAST_DAY, "SHARED"),
        ("outlet_shop", "revenue", LAST_DAY, "OWNED"),
        ("gift_shop", "revenue", "2026-03-01", "OWNED"),
        ("gift_shop", "revenue", "2026-03-02", "SHARED"),
        ("customer_portal", "revenue", "2026-04-12", "OWNED"),
        ("customer_portal", "revenue", "2026-04-13", "SHARED"),
    ],
)
def test_a_planted_state(data: Path, channel: str, metric: str, day: str, state: str) -> None:
    assert cells(data, day)[channel, metric]["state"] == state


@pytest.mark.slow
@pytest.mark.parametrize(
    ("channel", "metric", "flag"),
    [
        ("outlet_shop", "uptime", "MISPLACED"),
        ("tablet_app", "conversions", "MISPLACED"),
        ("referral", "sessions", "UNACKNOWLEDGED"),
        ("organic_search", "sessions", "SOFT_CONTEST"),
        ("paid_social_2", "spend", "A_NO_R"),
        ("display", "spend", "OUTSIDE"),
        ("kiosk", "sessions", "BLIND"),
    ],
)
def test_a_planted_flag(data: Path, channel: str, metric: str, flag: str) -> None:
    assert flag in str(cells(data)[channel, metric]["flags"])
