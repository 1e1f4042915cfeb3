"""What is known about a channel: two checklists, requests, tools, goals; and the page that shows it all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from commonground import figures, ledgerwords, words
from commonground.questions import agreement

if TYPE_CHECKING:
    from desks import Desk

APP = Path(__file__).resolve().parent.parent / "app.py"


@pytest.fixture
def firm(desk: Desk) -> Desk:
    """A website in dispute since 20 October, a shop owned by marketing, a kiosk that nobody owns or measures."""
    days = [f"2026-10-{day:02d}" for day in range(1, 32)]
    desk.give(
        channel="channel,kind,name,family,address\nwebsite,web,Website,site,www.example.org\nshop,web,Shop,shop,\nkiosk,mobile,Kiosk,kiosk,\n",
        daily="day,channel,sessions,conversions,revenue\n" + "".join(f"{d},website,100,2,\n{d},shop,50,5,100\n" for d in days),
        ownership="channel,metric,owner,asserted_by,valid_from\nwebsite,*,it,it,2026-10-01\n"
        "website,*,marketing,marketing,2026-10-20\nshop,*,marketing,marketing,2026-10-01\n",
        scope="channel,metric,disposition\nwebsite,sessions,required\nshop,sessions,required\nshop,revenue,required\nkiosk,uptime,required\n",
        checklist_item="channel,side,item,org,done_on,evidence\nwebsite,technology,Load test,it,2026-10-02,T-1\n"
        "website,technology,Restore test,it,,\nwebsite,technology,Monitor,it,2026-10-30,T-2\nwebsite,technology,On call,it,,\n"
        "website,customer,Consent,marketing,2026-10-05,T-3\nshop,technology,Load test,it,2026-10-05,T-4\n",
        request="request,from_side,to_side,opened_on,channel,metric,decided_on,decision,reason,summary\n"
        "R-1,marketing,it,2026-10-01,website,sessions,2026-10-11,No,No scripts,Chat\n"
        "R-2,it,marketing,2026-10-21,website,,,,,Smaller images\nR-3,it,marketing,2026-10-03,shop,,2026-10-05,Accepted,,Labels\n",
        tool="tool,capability,channel,org,annual_cost,goals\nMeter,analytics,website,it,1000,g1\nCounter,analytics,shop,marketing,2000,\nSender,mail,shop,marketing,10,\n",
        goal="goal,side,rank,text,kind,metrics\ng1,it,1,Calm,list,uptime sessions\ng2,marketing,1,Growth,list,revenue\ng3,it,2,Thrift,list,spend\n",
        org="org,side,name\nit,it,Web team\nmarketing,marketing,Brand team\n",
    )
    return desk


def test_a_channel_is_as_ready_as_the_weaker_of_its_checklists(firm: Desk):
    found = firm.ask("checklists").set_index("channel")
    assert found.loc["website", ["technology", "customer", "ready"]].tolist() == [0.5, 1.0, 0.5]
    assert found.loc["website", ["technology_done", "technology_items", "customer_done", "customer_items"]].tolist() == [2, 4, 1, 1]


def test_a_list_that_nobody_keeps_leaves_readiness_unknown(firm: Desk):
    shop = firm.ask("checklists").set_index("channel").loc["shop"]
    assert shop["technology"] == 1.0
    assert pd.isna(shop["customer"])
    assert pd.isna(shop["ready"])


def test_what_is_ticked_later_was_not_done_on_an_earlier_day(firm: Desk):
    found = firm.ask("checklists", as_of="2026-10-29").set_index("channel")
    assert found.loc["website", "technology"] == 0.25


def test_requests_count_the_days_to_the_answer_or_up_to_now_and_those_that_wait_come_first(firm: Desk):
    found = firm.ask("requests")
    assert found[["request", "answer", "days"]].values.tolist() == [["R-2", "waiting", 10], ["R-1", "refused", 10], ["R-3", "accepted", 2]]


def test_on_an_earlier_day_a_request_still_waits(firm: Desk):
    found = firm.ask("requests", as_of="2026-10-06", channels=("website",))
    assert found[["request", "answer", "days"]].values.tolist() == [["R-1", "waiting", 5]]


def test_a_tool_names_the_others_that_do_the_same(firm: Desk):
    found = firm.ask("tools").set_index("tool")["same_capability"].to_dict()
    assert found == {"Meter": "Counter", "Counter": "Meter", "Sender": ""}


def test_a_channel_serves_the_goals_that_name_its_metrics(firm: Desk):
    found = firm.ask("channel_goals")
    assert found[["channel", "goal", "metrics", "cells", "gap_cells"]].values.tolist() == [
        ["kiosk", "g1", "uptime", 1, 1],
        ["shop", "g1", "sessions", 1, 0],
        ["shop", "g2", "revenue", 1, 0],
        ["website", "g1", "sessions", 1, 1],
    ]


def opened(desk: Desk, channel: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("COMMONGROUND_DATA", str(desk.data))
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["channel_id"] = channel
    app.switch_page("pages/together/channel.py").run()
    assert [e.message for e in app.exception] == []
    return app


def texts(app: AppTest) -> str:
    return "\n".join(e.value for kind in (app.markdown, app.caption, app.info) for e in kind)


def test_the_dossier_of_a_contested_channel_says_who_says_what(firm: Desk, monkeypatch):
    app = opened(firm, "website", monkeypatch)
    said = texts(app)
    assert app.title[0].value == "What do we know about Website?"
    assert "Website is contested since 20 Oct 2026: 1 of 1 metrics have no one accountable owner." in said
    assert words.inert("www.example.org") in said, "an address is read, not followed"
    assert "50\u202f% ready" in said
    claims = next(f.value for f in app.dataframe if "Standing" in f.value)
    assert claims[["Who says", "Whom", "Standing"]].values.tolist() == [["IT", "Web team", "stands"], ["Marketing", "Brand team", "stands"]]
    assert next(m.label for m in app.metric).startswith("Sessions  :gray-badge[!]")


def test_the_dossier_of_an_owned_channel_says_that_each_metric_has_its_owner(firm: Desk, monkeypatch):
    said = texts(opened(firm, "shop", monkeypatch))
    assert "Shop is owned by Marketing since 1 Oct 2026." in said
    assert "Each of its 2 metrics has one accountable owner" in said
    assert "not known: one of the two lists is empty" in said


def test_the_dossier_of_a_blind_channel_says_in_plain_words_what_is_not_known(firm: Desk, monkeypatch):
    said = texts(opened(firm, "kiosk", monkeypatch))
    for sentence in (
        "None of its metrics was observed in this period. No data is not zero.",
        "Nobody has said anything about who owns it.",
        "Neither side keeps a checklist for it (checklist_item.csv).",
        "Neither side has asked the other for anything here.",
        "No tool is on record for it.",
        "No incident is on record. That may mean calm, or that nobody wrote one down.",
        "No event is on record.",
        "Nothing was proposed or decided about it yet.",
    ):
        assert sentence in said


def test_a_link_to_a_channel_that_does_not_exist_opens_that_of_the_first_gap(firm: Desk, monkeypatch):
    first = firm.ask("gaps")["channel"].iloc[0]
    assert first == "shop"  # the only one through which money runs
    assert opened(firm, "atlantis", monkeypatch).title[0].value == "What do we know about Shop?"


def test_metrics_with_one_history_share_a_row_and_owners_are_part_of_the_history():
    rows = [("a", "IT"), ("b", "IT"), ("c", "Marketing")]
    spells = pd.DataFrame([{"metric": m, "state": "OWNED", "tag": t, "valid_from": "2026-01-01", "valid_to": None} for m, t in rows])
    named = ledgerwords.history(spells, {"c": "Clicks"}, {"a": "customer", "b": "customer"}, 5)
    assert [name for name, _ in named] == ["2 customer metrics", "Clicks"]


def test_the_time_axis_has_a_row_for_each_history_and_each_kind_of_mark():
    rows = pd.DataFrame([{"name": "The channel", "tag": "IT", "starts_on": "2026-10-01", "ends_on": None, "hover": "IT"}])
    marks = pd.DataFrame([
        {"name": "Decisions", "starts_at": "2026-10-20", "ends_at": None, "hover": "d", "id": "decision-1"},
        {"name": "Incidents", "starts_at": "2026-10-02 01:00", "ends_at": "2026-10-03 02:00", "hover": "i", "id": "INC"},
    ])  # fmt: skip
    drawn = figures.channel_timeline(rows, marks, theme="light", first_day="2026-10-01", last_day="2026-10-31")
    assert drawn["layout"]["yaxis"]["ticktext"] == ["The channel", "Incidents", "Decisions"]
    by_name = {trace.get("name"): trace for trace in drawn["data"]}
    assert (by_name["Incidents"]["y"], by_name["Decisions"]["y"]) == ([1], [2])
    assert by_name["Decisions"]["customdata"] == ["decision-1"]


def test_what_is_told_of_several_metrics_alike_is_one_row():
    rows = pd.DataFrame([("a", "x", "m1"), ("a", "x", "m2"), ("b", "x", "m1")], columns=["channel", "then", "metric"])
    found = ledgerwords.together(rows, ["then", "channel"], {"m1": "Clicks", "m2": "Bounces"})
    assert found[["channel", "count", "which"]].values.tolist() == [["a", 2, "Bounces, Clicks"], ["b", 1, "Clicks"]]


POLICY = pd.DataFrame(
    [("customer", "web", "marketing", "Charter"), ("*", "mobile", "joint", None), ("*", "*", "it", "Fallback")], columns=["concern", "kind", "expected", "source"]
).assign(valid_from=pd.NaT, valid_to=pd.NaT)


@pytest.mark.parametrize(
    ("concern", "kind", "said"),
    [
        ("customer", "web", "The policy expects Marketing here: customer metrics on web channels (Charter)."),
        ("customer", "mobile", "The policy expects IT and Marketing here: customer metrics on mobile channels."),
        ("infrastructure", "web", "The policy expects IT here: infrastructure metrics on web channels (Fallback)."),
    ],
)
def test_the_policy_is_said_by_its_most_specific_row(concern: str, kind: str, said: str):
    assert ledgerwords.policy(POLICY, concern, kind, "2026-10-31") == said


def test_without_a_policy_the_standing_rule_is_said():
    said = ledgerwords.policy(POLICY.head(0), "customer", "mobile", "2026-10-31")
    assert said == "The policy expects IT and Marketing here: customer metrics on mobile channels (the standing rule: no policy was imported)."


def test_a_policy_that_has_run_out_expects_nothing():
    ended = POLICY.assign(valid_to=pd.Timestamp("2026-10-01"))
    assert ledgerwords.policy(ended, "customer", "web", "2026-10-31") == "No policy says whose customer metrics on web channels should be."


def test_a_price_names_each_column_and_what_is_not_priced():
    gap = {"spend": 1200.0, "revenue_exposed": 3400.0, "shortfall": None, "incident_loss": None}
    said = ledgerwords.price(gap, None, "EUR")
    assert said == "**€\u202f1.20\u202fk** spend without one owner · **€\u202f3.40\u202fk** revenue exposed, not a loss · not priced: shortfall and incident loss"
    nothing = dict.fromkeys(gap)
    assert ledgerwords.price(nothing, 581_000.0, "EUR").startswith("581\u202fk sessions passed it in the period. Not priced")


def test_a_claim_about_a_channel_is_one_row_that_says_where_it_stands():
    rows = pd.DataFrame([("it", "web", "A", "shop", "*", s) for s in ("winning", "overridden", "winning")] + [("it", "web", "A", "shop", "clicks", "ended")],
                        columns=["asserted_by", "org", "role", "about_channel", "about_metric", "standing"]).assign(valid_from=None, valid_to=None, source=None, known_from=None)  # fmt: skip
    found = ledgerwords.claims_of_channel(rows)
    assert found[["about_metric", "standing"]].values.tolist() == [["*", "stands for 2 of 3 metrics"], ["clicks", "ended"]]


def test_silence_is_no_contradiction():
    cells = pd.DataFrame([("a", "IT", "Marketing"), ("a", "IT", "nobody"), ("a", "IT", "IT"), ("b", "nobody", "nobody")], columns=["channel", "it_says", "marketing_says"])
    assert agreement.contradicted(cells).tolist() == [True, False, False, False]


def test_waiting_adds_up_only_what_is_priced_and_only_where_it_is_sold():
    costs = pd.DataFrame({"channel": ["shop", "app", "mail", "app"], "loss": [100.0, 20.0, 50.0, None]})
    said = ledgerwords.waiting(costs, 28, "EUR", {"shop", "app"})
    assert said == (
        "If the period goes on as it did, waiting 28 days is estimated to cost €\u202f120 where it is sold (2 gaps) and "
        "€\u202f50.00 by origin, a part of the same revenue and never added (1 gap); not priced: 1 gap."
    )
    assert "not known" in ledgerwords.waiting(costs.iloc[[3]], 7, "EUR", {"shop"})


TABS = {
    "All gaps": "None of these gaps is priced, so what another 28 days would cost is not known.",
    "What changed hands": "1 metric changed hands between 1 Oct 2026 and 31 Oct 2026: 1 gap opened, 0 closed, 0 other changes.",
    "Over time": "Contested: none has found one yet; 1 still open, the oldest 12 days.",
    "Do the sides agree?": "The two sides say the same about 1 of 4 metrics (25\u202f%)",
    "What if": "2 of 2 gaps would close, and 0 metrics that have an owner would change hands.",
    "Take it with you": "one row a cell, one column a team",
}


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_of_the_gaps_page_answers_in_a_sentence(tab: str, firm: Desk, monkeypatch):
    monkeypatch.setenv("COMMONGROUND_DATA", str(firm.data))
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["tab"] = tab
    app.switch_page("pages/together/ownership_gaps.py").run()
    assert [e.message for e in app.exception] == []
    assert TABS[tab] in texts(app)


def test_a_refused_row_leads_to_the_channel_that_it_names(desk: Desk):
    desk.give(channel="channel,kind,name\nshop,web,Shop\n", daily="day,channel,sessions\n2026-03-01,shop,5\n2026-03-02,shop,-1\n2026-03-02,nowhere,1\n")
    rows = desk.generation.rows("loads/rejected")
    assert dict(zip(rows["line"], rows["channel"].astype(object).where(rows["channel"].notna(), None), strict=True)) == {3: "shop", 4: None}
