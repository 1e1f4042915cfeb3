"""Do the pages show what `ask` answers, say why where they cannot, and never a missing number?"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from commonground import dailyparts, evidenceparts, evidencewords, pageparts, words
from commonground.catalogue import catalogue
from commonground.cli import main
from commonground.frame import View
from commonground.importing import import_paths
from commonground.scope import Scope

if TYPE_CHECKING:
    from desks import Desk

ROOT = Path(__file__).resolve().parent.parent
SHARED, INCIDENTS = "pages/together/shared_channels.py", "pages/it/incidents.py"
PAGES = (SHARED, INCIDENTS, "pages/it/service_levels.py", "pages/marketing/channels.py", "pages/together/overview.py")
HOW = ("shared_handovers_how", "shared_how", "shared_ranking_how", "incident_how", "slow_how", "channels_pacing_how", "overview_shared_how", "overview_trend_unusual_how", "shared_trend_unusual_how", "channels_trend_unusual_how", "service_trend_unusual_how")
NO_NUMBER = re.compile(r"\b(nan|NaN|None|NaT|inf)\b|Traceback")
FIRST = date(2026, 1, 1)


def opened(data: Path, page: str, monkeypatch: pytest.MonkeyPatch, **state: Any) -> AppTest:
    monkeypatch.setenv("COMMONGROUND_DATA", str(data))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.switch_page(page)
    for name, value in state.items():
        app.session_state[name] = value
    return app.run()


def told(app: AppTest) -> list[str]:
    """All that a reader reads, tables included."""
    texts = [str(e.value) for kind in (app.title, app.markdown, app.caption, app.info, app.success, app.warning) for e in kind]
    texts += [str(cell) for table in app.dataframe for column in table.value.select_dtypes(exclude="number").columns for cell in table.value[column]]
    return texts + [f"{m.label} {m.value} {m.delta}" for m in app.metric]


def view_of(desk: Desk, metric: str = "conversion_rate", **scope: Any) -> View:
    generation = desk.generation
    names = {"web": "Web shop"}
    return View(generation, Scope(**scope).within(generation.first_day, generation.last_day), catalogue()[metric], names)


@pytest.fixture(scope="module")
def larkspur(tmp_path_factory: pytest.TempPathFactory, federal: Desk) -> Desk:
    desk = type(federal)(tmp_path_factory.mktemp("larkspur"))
    import_paths([ROOT / "sample_data" / "larkspur"], desk.data, datetime(2026, 11, 1))
    return desk


def daily(channels: dict[str, Callable[[int], tuple[int, int]]], days: int) -> str:
    """day, channel, sessions, conversions; a channel is a function of the day's number."""
    rows = ["day,channel,sessions,conversions"]
    for number in range(days):
        rows += [f"{FIRST + timedelta(number)},{name},{made(number)[0]},{made(number)[1]}" for name, made in channels.items()]
    return "\n".join(rows) + "\n"


def steady(seed: int, conversions: int = 30) -> Callable[[int], tuple[int, int]]:
    drawn = np.random.default_rng(seed).poisson(conversions, 400)
    return lambda number: (1000, int(drawn[number]))


def directory(names: list[str], family: Callable[[str], str] = lambda _: "shop") -> str:
    return "channel,kind,name,family\n" + "".join(f"{n},web,{n.upper()},{family(n)}\n" for n in names)


def owners(names: list[str], shared: set[str]) -> str:
    return "channel,metric,owner\n" + "".join(f"{n},*,{'shared' if n in shared else 'it'}\n" for n in names)


EIGHT = [f"c{n}" for n in range(8)]
HALF = {"c0", "c1", "c2", "c3"}
THIN: dict[str, dict[str, str]] = {
    "four channels": {"channel": directory(EIGHT[:4]), "daily": daily({n: steady(k) for k, n in enumerate(EIGHT[:4])}, 90), "ownership": owners(EIGHT[:4], {"c0", "c1"})},
    "twenty days": {"channel": directory(EIGHT), "daily": daily({n: steady(k) for k, n in enumerate(EIGHT)}, 20), "ownership": owners(EIGHT, HALF)},
    "no variation": {"channel": directory(EIGHT), "daily": daily(dict.fromkeys(EIGHT, lambda _: (1000, 30)), 90), "ownership": owners(EIGHT, HALF)},
    "one side only": {"channel": directory(EIGHT, lambda n: "shop" if n in HALF else "site"), "daily": daily({n: steady(k) for k, n in enumerate(EIGHT)}, 90), "ownership": owners(EIGHT, HALF)},
    "no conversions": {"channel": directory(EIGHT), "daily": daily(dict.fromkeys(EIGHT, lambda _: (1000, 0)), 90), "ownership": owners(EIGHT, HALF)},
    "nothing to divide by": {"channel": directory(EIGHT), "daily": daily(dict.fromkeys(EIGHT, lambda _: (0, 0)), 90), "ownership": owners(EIGHT, HALF)},
    "hand-over on the first day": {
        "channel": directory(EIGHT), "daily": daily({n: steady(k) for k, n in enumerate(EIGHT)}, 90),
        "ownership": "channel,metric,owner,valid_from,valid_to\nc0,*,it,2025-06-01,2026-01-02\nc0,*,shared,2026-01-02,\n" + "".join(f"{n},*,it,2025-06-01,\n" for n in EIGHT[1:]),
    },
}  # fmt: skip


@pytest.mark.parametrize("world", THIN)
def test_where_the_data_is_too_thin_each_page_says_so_and_why(world: str, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    incident = "incident,channel,started_at,resolved_at\nI-1,c0,2026-01-15 10:00,2026-01-15 12:00\n"
    desk.give(**THIN[world], incident=incident)
    for page in PAGES:
        app = opened(desk.data, page, monkeypatch)
        assert [e.message for e in app.exception] == []
        texts = told(app)
        assert [text for text in texts if NO_NUMBER.search(text)] == []
        if page in (SHARED, INCIDENTS):
            assert any("ot enough data" in text for text in texts)


def test_the_reason_stands_in_plain_words_on_the_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.give(**THIN["four channels"])
    texts = told(opened(desk.data, SHARED, monkeypatch))
    assert any("families that hold both kinds of owner have 2 shared and 2 single-owned channels; 3 of each are needed" in text.lower() for text in texts)
    assert any(evidencewords.CAUSE_CAVEAT in text for text in texts)


@pytest.mark.parametrize("page", PAGES)
def test_on_the_real_sample_no_number_is_missing_on_the_screen(page: str, federal: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(federal.data, page, monkeypatch)
    assert not app.exception
    assert [text for text in told(app) if NO_NUMBER.search(text)] == []


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_larkspurs_pages_open_with_every_explanation_and_no_missing_number(page: str, larkspur: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(larkspur.data, page, monkeypatch, **dict.fromkeys(HOW, True))
    assert [e.message for e in app.exception] == []
    assert [text for text in told(app) if NO_NUMBER.search(text)] == []


@pytest.mark.slow
def test_the_shared_page_says_what_ask_answers(larkspur: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = told(opened(larkspur.data, SHARED, monkeypatch))
    row = larkspur.ask("shared_contrast").iloc[0]
    assert any(words.between(row["low"], row["high"]) in text and "shared ownership is associated" in text for text in texts)
    assert any(f"Unadjusted: {words.share(row['unadjusted'])}" in text and "misleads" in text for text in texts)
    for found in larkspur.ask("handovers").dropna(subset=["channel"]).to_dict("records"):
        assert words.between(found["low"], found["high"]) in texts


@pytest.mark.slow
def test_the_hand_over_that_helped_leads_the_page_and_the_other_is_unclear(larkspur: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(larkspur.data, SHARED, monkeypatch)
    assert app.markdown[0].value.startswith("**After Gift shop became shared on 2 Mar 2026, its conversion rate rose more than in comparison channels")
    (table,) = [t.value for t in app.dataframe if "Verdict" in t.value]
    verdicts = table.set_index("Channel")["Verdict"]
    assert verdicts["Gift shop"] == "rose more than in comparison channels"
    assert verdicts["Customer portal"].startswith("no clear difference")


@pytest.mark.slow
def test_the_channel_that_looks_best_through_its_mix_is_named_and_where_shared_ones_are_ahead(larkspur: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = told(opened(larkspur.data, SHARED, monkeypatch))
    assert any(text.startswith("Outlet shop has the best plain conversion rate, through its mix") for text in texts)
    ahead = evidencewords.where(larkspur.ask("shared_by_group", by="family"))
    assert ahead.startswith("Furthest ahead of single-owned peers in app")
    assert any(ahead in text for text in texts)


@pytest.mark.slow
def test_the_incident_page_claims_the_planted_losses_and_adds_clear_ones_once(larkspur: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = told(opened(larkspur.data, INCIDENTS, monkeypatch))
    rows = larkspur.ask("incident_effects")
    for row in rows.dropna(subset=["lost_revenue"]).to_dict("records"):
        assert evidencewords.loss_brief("revenue", row, "EUR") in texts
        assert evidencewords.loss("revenue", row, "EUR") in evidencewords.incident_in_full(row, "Shop", "EUR"), "a row that is picked gives the range"
    clear = rows[evidencewords.claimed(rows)]
    together = evidencewords.amount("revenue", clear["lost_revenue"].sum(), "EUR")
    assert any(f"{len(clear)} with a clear loss of revenue, together about {together}" in text for text in texts)
    assert any("nothing was measured on this channel" in text.lower() for text in texts)


def ran(line: str, data: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The answer of a command as it stands on the screen."""
    parts = shlex.split(line)
    assert parts[:3] == ["python", "-m", "commonground"]
    assert main([*parts[3:], "--format", "json", "--data", str(data)]) == 0
    answer: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return answer


@pytest.mark.slow
@pytest.mark.parametrize("filters", [{}, {"device": ["mobile"]}, {"region": ["north"], "kind": ["web", "mobile"]}], ids=["all", "phones", "north"])
def test_the_command_beside_an_estimate_gives_that_very_estimate(filters: dict[str, list[str]], larkspur: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    app = opened(larkspur.data, SHARED, monkeypatch, shared_how=True, shared_handovers_how=True, **filters)
    assert not app.exception
    lines = [code.value for code in app.code]
    (line,) = [line for line in lines if " ask shared_contrast " in line]
    (row,) = ran(line, larkspur.data, capsys)
    assert any(evidencewords.contrast_short(catalogue()["conversion_rate"], row) in text for text in told(app))
    (line,) = [line for line in lines if " ask handovers " in line]
    answered = [words.share(row["estimate"]) for row in ran(line, larkspur.data, capsys) if row["channel"]]
    (table,) = [t.value for t in app.dataframe if "Verdict" in t.value]
    assert sorted(table["Estimate"]) == sorted(answered)


@pytest.mark.slow
def test_the_command_beside_a_forecast_gives_that_very_forecast(larkspur: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    app = opened(larkspur.data, "pages/marketing/channels.py", monkeypatch, channels_pacing_how=True)
    (line,) = [code.value for code in app.code if " ask pacing " in code.value]
    (row,) = ran(line, larkspur.data, capsys)
    said = evidencewords.paced(catalogue()["revenue"], row | {"month": pd.Timestamp(row["month"]), "note": ""}, "Web shop", "EUR")
    assert said in told(app)


@pytest.mark.slow
def test_unusual_days_are_ringed_and_the_planted_one_is_among_them(larkspur: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    state = {"period": "custom", "from": date(2026, 6, 1), "to": date(2026, 6, 30), "metric": "sessions", "overview_trend_unusual_how": True}
    app = opened(larkspur.data, PAGES[-1], monkeypatch, **state)
    assert not app.exception
    said = [text for text in told(app) if "unusual day" in text]
    assert len(said) == 1
    assert "Mobile web shop, 16 Jun 2026: unusual, −3" in said[0]
    (line,) = [code.value for code in app.code if " ask anomalies " in code.value]
    rows = [row for row in ran(line, larkspur.data, capsys) if row["channel"]]
    assert said[0].startswith(f":material/radio_button_unchecked: {words.counted(len(rows), 'unusual day')}")


@pytest.mark.slow
def test_a_link_to_the_incidents_of_the_period_opens_them_at_once(larkspur: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(larkspur.data, INCIDENTS, monkeypatch, incidents_inside=True)
    assert any(text.startswith("**No incident in these days") for text in told(app))  # none began in October


# --- parts, by hand ---------------------------------------------------------------------------


def test_a_change_is_beyond_its_limits_only_if_the_weeks_before_did_not_move_as_far(desk: Desk) -> None:
    # four weeks of 100 and 110 by turns: limits 105 ± 2.66 x 10; then 120 stays inside, 140 does not
    def weeks(now: int) -> Callable[[int], tuple[int, int]]:
        return lambda number: ((now if number >= 28 else 100 + 10 * (number // 7 % 2)), 1)

    desk.give(channel=directory(["calm", "moved"]), daily=daily({"calm": weeks(120), "moved": weeks(140)}, 56))
    view = view_of(desk, "sessions")
    points = dailyparts.points(view, view.sums())
    found = dailyparts.beyond(view.metric, points, ["channel"])
    assert found == {"calm": 0, "moved": 1}
    # both together: limits 210 ± 2.66 x 20, and 260 lies inside
    assert dailyparts.beyond(view.metric, points) == {(): 0}


def test_a_target_of_a_sum_is_spread_over_its_days_and_that_of_a_rate_is_not(desk: Desk) -> None:
    desk.give(
        channel=directory(["web"]), daily=daily({"web": steady(1)}, 60),
        target="channel,metric,first_day,last_day,value\nweb,sessions,2026-01-01,2026-12-31,3650\nweb,conversion_rate,2026-01-01,2026-12-31,0.03\n",
    )  # fmt: skip
    view = view_of(desk)
    assert dailyparts.targets(view, catalogue()["sessions"], 28) == {"web": 280.0}
    assert dailyparts.targets(view, catalogue()["conversion_rate"], 28) == {"web": 0.03}


def test_spend_that_ran_into_an_incident_is_of_its_days_alone(desk: Desk) -> None:
    desk.give(
        channel="channel,kind,name,family\nshop,web,Shop,shop\nads,campaign,Ads,paid search\nmore,campaign,More,display\n",
        daily="day,channel,spend\n" + "".join(f"2026-01-0{d},{c},{d * k}\n" for d in range(1, 6) for c, k in (("shop", 1), ("ads", 10), ("more", 100))),
        incident="incident,channel,started_at,resolved_at\nI-1,shop,2026-01-02 23:00,2026-01-03 01:00\nI-2,ads,2026-01-05 01:00,\n",
    )  # fmt: skip
    view = evidenceparts.over_all(view_of(desk, "revenue"))
    rows = evidenceparts.incident_rows(view).set_index("incident")
    # days 2 and 3: own 2 + 3; campaigns 110 x (2 + 3); the open one runs to the last day
    assert (rows.at["I-1", "own_spend"], rows.at["I-1", "campaign_spend"]) == (5, 550)
    assert (rows.at["I-2", "own_spend"], rows.at["I-2", "campaign_spend"]) == (50, 550)


def test_incidents_that_overlap_are_never_summed_twice(desk: Desk) -> None:
    # 300 conversions and 3000 of revenue a day on eight shops; c0 loses half of one day, told by two incidents
    rows = ["day,channel,sessions,conversions,revenue"]
    rng = np.random.default_rng(5)
    for number in range(330):
        for name in EIGHT:
            sold = int(rng.poisson(300)) // (2 if name == "c0" and number == 300 else 1)
            rows.append(f"{FIRST + timedelta(number)},{name},9000,{sold},{10 * sold}")
    day = FIRST + timedelta(300)
    desk.give(channel=directory(EIGHT), daily="\n".join(rows) + "\n",
              incident=f"incident,channel,started_at,resolved_at\nA,c0,{day} 10:00,{day} 11:00\nB,c0,{day} 10:30,{day} 11:30\n")  # fmt: skip
    view = evidenceparts.over_all(view_of(desk, "revenue"))
    each = evidenceparts.incident_rows(view)["lost_revenue"].astype(float)
    assert each.iloc[0] == pytest.approx(each.iloc[1])
    assert evidenceparts.clear_loss(view) == pytest.approx(each.iloc[0])
    assert 1200 < each.iloc[0] < 1800


def test_the_command_names_the_scope_and_nothing_else(desk: Desk) -> None:
    desk.give(channel=directory(["web"]), daily=daily({"web": steady(1)}, 60))
    view = evidenceparts.over_all(view_of(desk, channels=("web",)), kinds=("web", "mobile"))
    assert evidenceparts.command(view, "handovers") == "python -m commonground ask handovers --metric conversion_rate --kind web,mobile"
    until = replace(view, scope=replace(view.scope, last_day=date(2026, 1, 15), regions=("far north",)))
    assert shlex.split(evidenceparts.command(until, "pacing"))[4:] == ["pacing", "--to", "2026-01-15", "--metric", "conversion_rate", "--kind", "web,mobile", "--region", "far north"]


def test_the_parts_of_a_vital_are_shares_of_its_loads() -> None:
    cuts = pd.DataFrame({"period": ["now", "now", "before"], "device": ["mobile", "mobile", "mobile"], "page_loads": [60.0, 40.0, 999.0], "lcp_good": [40.0, 30.0, 0.0], "lcp_poor": [5.0, 5.0, 0.0],
                         "inp_good": [None] * 3, "inp_poor": [None] * 3, "cls_good": [None] * 3, "cls_poor": [None] * 3})  # fmt: skip
    (row,) = pageparts.vital_rows(cuts).to_dict("records")
    assert (row["good"], row["needs"], row["poor"]) == pytest.approx((0.7, 0.2, 0.1))
