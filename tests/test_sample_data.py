"""The sample data: the same bytes each time, imported whole, with the stories in it as STORIES.md says.

The stories can be asked of another draw of the same truth:

    python sample_data/make.py --out DIR --seed 7
    LARKSPUR=DIR pytest tests/test_sample_data.py -k story
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLE = Path(os.environ.get("LARKSPUR", ROOT / "sample_data" / "larkspur"))
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


@cache
def ask(data: Path, question: str, *more: str) -> list[dict[str, object]]:
    """A question's answer as rows; asked once."""
    done = run("ask", question, "--data", str(data), "--format", "json", *more)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, object]] = json.loads(done.stdout)
    return rows


def file_rows(name: str) -> list[dict[str, str]]:
    """A small table of the sample."""
    with (SAMPLE / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def told(heading: str) -> dict[str, list[str]]:
    """A table of STORIES.md by its first heading: first cell -> the other cells."""
    text = (SAMPLE / "STORIES.md").read_text()
    table = re.search(rf"^\| {heading} \|.*\n\| ---.*\n((?:\|.*\n)+)", text, re.M)
    assert table, heading
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines()]
    return {row[0]: row[1:] for row in rows}


def figure(pattern: str) -> float:
    """A number that STORIES.md names."""
    found = re.search(pattern, (SAMPLE / "STORIES.md").read_text())
    assert found, pattern
    return float(found[1].replace(",", ""))


def covers(row: dict[str, object], truth: float, low: str = "low", high: str = "high") -> bool:
    """Whether an answer's range holds the truth."""
    return float(str(row[low])) <= truth <= float(str(row[high]))


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
    ("channel", "metric", "day", "flag"),
    [
        ("outlet_shop", "uptime", LAST_DAY, "MISPLACED"),
        ("tablet_app", "conversions", LAST_DAY, "MISPLACED"),
        ("referral", "sessions", LAST_DAY, "UNACKNOWLEDGED"),
        ("organic_search", "sessions", LAST_DAY, "SOFT_CONTEST"),
        ("paid_social_2", "spend", LAST_DAY, "A_NO_R"),
        ("display", "spend", LAST_DAY, "OUTSIDE"),
        ("kiosk", "sessions", LAST_DAY, "BLIND"),
        ("gift_shop", "conversions", "2026-03-01", "MISPLACED"),
        ("mobile_network", "uptime", LAST_DAY, "MISPLACED"),
        ("email_service", "sends", LAST_DAY, "MISPLACED"),
        ("website", "sessions", "2025-08-31", "SOFT_CONTEST"),
        ("organic_social", "sessions", LAST_DAY, "A_NO_R"),
        ("push", "uptime", LAST_DAY, "STALE"),
        ("sms", "sends", LAST_DAY, "PARTIAL"),
        ("web_shop", "uptime", LAST_DAY, "TERM_CLASH"),
        ("web_shop", "engagement_rate", LAST_DAY, "TERM_CLASH"),
        ("web_shop", "sessions", LAST_DAY, "TERM_CLASH"),
    ],
)
def test_a_planted_flag_on_its_day(data: Path, channel: str, metric: str, day: str, flag: str) -> None:
    assert flag in str(cells(data, day)[channel, metric]["flags"])


@pytest.mark.slow
def test_a_term_that_both_sides_agreed_on_does_not_clash(data: Path) -> None:
    assert "TERM_CLASH" not in str(cells(data)["web_shop", "conversions"]["flags"])
    assert "MISPLACED" not in str(cells(data)["gift_shop", "conversions"]["flags"])


# --- stories: what was planted comes out of the product ------------------------------------------


@pytest.mark.slow
def test_story_owned_together_sells_better(data: Path) -> None:
    (row,) = ask(data, "shared_contrast", "--metric", "conversion_rate")
    assert row["verdict"] == "clear"
    assert covers(row, figure(r"truly \+(\d+)% above") / 100)
    assert covers(row, figure(r"(?s)All shared channels together.*?\+([\d.]+)%") / 100)
    assert float(str(row["unadjusted"])) > float(str(row["high"])), "mix flatters the plain average"


@pytest.mark.slow
def test_story_the_outlet_looks_best_only_through_its_mix(data: Path) -> None:
    assert next(iter(told("channel"))) == "outlet_shop", "the best of the raw conversion rates"
    raw = {str(row["channel"]): float(str(row["value"])) for row in ask(data, "channels", "--metric", "conversion_rate", "--from", "2024-11-01")}
    apart = {name: value for name, value in raw.items() if name in told("channel")}
    assert max(apart, key=lambda name: apart[name]) == "outlet_shop"
    ranked = [str(row["channel"]) for row in ask(data, "shared_ranking", "--metric", "conversion_rate")]
    assert ranked.index("outlet_shop") > max(ranked.index(name) for name in ("web_shop", "ios_app", "android_app", "mobile_web"))
    assert ranked[0] in ("ios_app", "android_app"), "apps convert 5 % better than shops, and both are shared"


@pytest.mark.slow
def test_story_one_hand_over_helped_and_one_did_not(data: Path) -> None:
    found = {str(row["channel"]): row for row in ask(data, "handovers", "--metric", "conversion_rate")}
    gift, portal = found["gift_shop"], found["customer_portal"]
    assert (gift["verdict"], str(gift["day"])[:10], gift["to_tag"]) == ("clear", "2026-03-02", "Shared")
    assert covers(gift, 0.15)
    assert (portal["verdict"], str(portal["day"])[:10]) == ("no clear difference", "2026-04-13")
    assert covers(portal, 0)


@pytest.mark.slow
@pytest.mark.parametrize("incident", ["INC-1041", "INC-1029", "INC-1007", "INC-1013", "INC-1052"])
def test_story_an_incident_cost_what_was_taken_away(data: Path, incident: str) -> None:
    channel, *_, conversions, revenue = told("incident")[incident]
    (row,) = [r for r in ask(data, "incident_effects") if (r["incident"], r["channel"]) == (incident, channel)]
    for name, truth in (("lost_conversions", conversions), ("lost_revenue", revenue)):
        assert covers(row, float(truth.replace(",", "")), f"{name}_low", f"{name}_high"), name
    if incident in ("INC-1041", "INC-1029"):
        assert row["verdict"] == "clear"
        assert float(str(row["lost_revenue_low"])) > 0


@pytest.mark.slow
def test_story_slow_pages_go_with_fewer_orders(data: Path) -> None:
    (row,) = ask(data, "slow_web")
    assert (row["verdict"], row["channels"]) == ("clear", 6)
    assert covers(row, figure(r"moves by ([\d.]+) per whole share"))
    assert float(str(row["reliability"])) > 0.9


@pytest.mark.slow
def test_story_one_day_is_unusual_and_nothing_else_in_its_month(data: Path) -> None:
    rows = ask(data, "anomalies", "--metric", "sessions", "--from", "2026-06-01", "--to", "2026-06-30")
    assert [(row["channel"], str(row["day"])[:10], row["site_wide"]) for row in rows] == [("mobile_web", "2026-06-16", False)]


@pytest.mark.slow
def test_story_where_october_ends_is_foretold_on_the_15th(data: Path) -> None:
    rows = ask(data, "pacing", "--metric", "revenue", "--from", "2026-10-01", "--to", "2026-10-15")
    found = {str(row["channel"]): row for row in rows if row["target"] is not None}
    for channel, (target, came, _) in told(r"channel \| target of the month \(EUR\)").items():
        assert found[channel]["target"] == float(target.replace(",", "")), channel
        assert covers(found[channel], float(came.replace(",", ""))), channel
        assert 0 < float(str(found[channel]["p_hit"])) < 1


@pytest.mark.slow
def test_story_the_analytics_tool_adds_up_to_the_platforms(data: Path) -> None:
    platforms = ["website", "web_shop", "outlet_shop", "gift_shop", "customer_portal", "mobile_web", "mobile_web_outlet"]
    groups = [str(row["channel"]) for row in ask(data, "freshness") if row["source"] == "ga4"]
    sums = []
    for part in (platforms, groups):
        chosen = [word for name in part for word in ("--channel", name)]
        cut = ("--region", "north", "--device", "desktop", "--from", "2024-11-01")
        rows = ask(data, "channels", "--metric", "sessions", "--metric", "revenue", *chosen, *cut)
        sums.append([sum(float(str(r["value"])) for r in rows if r["metric"] == m) for m in ("sessions", "revenue")])
    assert sums[0][0] > 0
    assert sums[0] == pytest.approx(sums[1], rel=1e-9)


@pytest.mark.slow
def test_story_the_lapsed_programme_still_spends(data: Path) -> None:
    (row,) = [r for r in ask(data, "channels", "--metric", "spend", "--from", "2026-10-01") if r["channel"] == "affiliates"]
    assert float(str(row["value"])) > 0
    (gap,) = [r for r in ask(data, "gaps") if (r["channel"], r["metric"]) == ("affiliates", "spend")]
    assert (gap["state"], str(gap["since"])[:10], gap["age_days"]) == ("LAPSED", "2026-04-01", 214)


@pytest.mark.slow
def test_story_the_kiosk_was_never_measured(data: Path) -> None:
    assert [r for r in ask(data, "channels", "--from", "2024-11-01") if r["channel"] == "kiosk"] == []
    assert all("BLIND" in str(row["flags"]) for (channel, _), row in cells(data).items() if channel == "kiosk")


# --- what a company keeps beside its numbers -------------------------------------------------------


def test_two_full_years_four_regions_and_every_device() -> None:
    with (SAMPLE / "ga4_channels.csv").open() as file:
        rows = [line.strip().split(",") for line in file if re.match(r"20\d{6},", line)]
    assert len({row[0] for row in rows}) == 730
    assert {row[2] for row in rows} == {"desktop", "mobile", "tablet"}
    assert {row[3] for row in rows} == {"north", "south", "east", "west"}


def test_every_family_of_channels_occurs() -> None:
    families = {row["family"] for row in file_rows("channel")}
    assert families >= {
        "paid search", "shopping", "display", "video", "paid social", "affiliates", "e-mail", "sms",
        "organic search", "organic social", "referral", "direct", "site", "shop", "mobile web", "app",
        "push", "mobile network",
    }  # fmt: skip


def test_the_two_published_lists_name_their_source_and_their_metrics() -> None:
    for side, source in (("it", "CIO.com, State of the CIO 2010"), ("marketing", "CMO Council, Marketing Outlook 2010")):
        rows = [row for row in file_rows("goal") if (row["side"], row["kind"]) == (side, source)]
        assert [row["rank"] for row in rows] == ["1", "2", "3", "4", "5"]
        assert all(row["metrics"] for row in rows)
    assert [row["goal"] for row in file_rows("goal") if not row["metrics"]] == ["it-6", "marketing-6"]


def test_published_figures_stand_beside_the_company_s_with_their_caveats() -> None:
    rows = file_rows("survey")
    shares = {(row["question"], row["side"]): row["agree_share"] for row in rows if row["caveat"]}
    assert shares["Joint ownership of mobile web strategy is desirable", "it"] == "0.23"
    assert shares["Joint ownership of mobile web strategy is desirable", "marketing"] == "0.09"
    assert (shares["Increasing mobile sales matters", "it"], shares["Increasing mobile sales matters", "marketing"]) == ("0.79", "0.86")
    assert all(row["caveat"] for row in rows if not row["source"].startswith("Larkspur"))


def test_meetings_find_something_to_settle() -> None:
    requests = file_rows("request")
    assert {row["decision"] for row in requests} == {"accepted", "refused", "deferred", ""}
    assert all(row["reason"] for row in requests if row["decision"] in ("refused", "deferred"))
    tools = file_rows("tool")
    capabilities = [row["capability"] for row in tools]
    assert {name for name in capabilities if capabilities.count(name) > 1} == {"web analytics", "e-mail sending", "customer data", "monitoring"}
    assert [row["tool"] for row in tools if not row["goals"]] == ["Tag manager", "Survey tool"]
    sides = {(row["channel"], row["side"]) for row in file_rows("checklist_item")}
    assert all((channel, side) in sides for channel, _ in sides for side in ("technology", "customer"))
    assert len(file_rows("access_grant")) < len(file_rows("need"))


def test_words_mean_different_things_to_the_two_sides() -> None:
    meanings: dict[str, set[str]] = {}
    for row in file_rows("glossary"):
        if not row["agreed_on"]:
            meanings.setdefault(row["term"], set()).add(row["meaning"])
    assert {term for term, said in meanings.items() if len(said) > 1} == {"Bounce rate", "Availability", "Session", "Platform", "Omnichannel"}


def test_the_real_sample_names_its_sources_and_licence() -> None:
    text = (ROOT / "sample_data" / "us_federal" / "README.md").read_text()
    assert all(word in text for word in ("CC0", "18F/analytics.usa.gov", "cisagov/dotgov-data"))
