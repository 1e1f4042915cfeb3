"""Incidents, targets, events and words as they were written down; how far two tools differ. Worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from tests.desks import Desk

CHANNEL = "channel,kind,name,family\nshop,web,Shop,shop\nads,campaign,Ads,paid search\n"
DAILY = "day,channel,sessions,spend\n" + "".join(f"2026-10-{day:02},shop,100,\n2026-10-{day:02},ads,,{day}\n" for day in range(1, 11))
INCIDENT = """incident,channel,started_at,acknowledged_at,resolved_at,severity
A,shop,2026-10-02 10:00,2026-10-02 12:00,2026-10-02 13:00,1
A,ads,2026-10-02 11:00,,2026-10-02 15:00,1
B,shop,2026-10-05 10:00,2026-10-05 10:30,,2
C,shop,2026-09-01 10:00,2026-09-01 18:00,2026-09-02 10:00,2
D,ads,2026-10-20 10:00,,2026-10-20 16:00,3
"""


@pytest.fixture
def told(desk: Desk) -> Desk:
    desk.give(channel=CHANNEL, daily=DAILY, incident=INCIDENT)
    return desk


def times(rows: pd.DataFrame) -> dict[str, tuple[int, float, int]]:
    return {row.until: (row.incidents, row.median_hours, row.not_yet) for row in rows.itertuples()}


def test_an_incident_on_two_channels_counts_once_and_lasts_until_the_last_of_them_is_over(told: Desk):
    # A: taken after 2 h, over after 5; B: after 0.5, open; C: after 8, over after 24; D: never taken, over after 6
    assert times(told.ask("incident_times")) == {"acknowledged": (3, 2.0, 1), "resolved": (3, 6.0, 1)}
    assert times(told.ask("incident_times", kinds=("campaign",)))["resolved"] == (2, 5.0, 0)  # A on ads alone 4 h, D 6
    assert times(told.ask("incident_times", "2026-10-01", "2026-10-04")) == {"acknowledged": (1, 2.0, 0), "resolved": (1, 5.0, 0)}
    nothing = told.ask("incident_times", "2026-10-06", "2026-10-07")
    assert nothing["incidents"].tolist() == [0, 0]
    assert nothing["median_hours"].isna().all()


def test_an_incident_outside_the_data_is_listed_without_a_loss_and_with_the_reason(told: Desk):
    rows = told.ask("incident_effects").set_index(["incident", "channel"])
    assert list(rows.index) == [("C", "shop"), ("A", "shop"), ("A", "ads"), ("B", "shop"), ("D", "ads")]
    assert rows.loc[("C", "shop"), "note"] == "it began before the first day of the data"
    assert rows.loc[("D", "ads"), "note"] == "it began after the last day of the data"
    assert rows.loc[[("C", "shop"), ("D", "ads")], ["lost_revenue", "lost_conversions"]].isna().all(axis=None)
    assert set(told.ask("incident_effects", "2026-10-02", "2026-10-10")["incident"]) == {"A", "B"}, "a period that leaves data out leaves these out, too"


def test_without_any_day_of_data_incidents_are_listed_all_the_same(desk: Desk):
    desk.give(channel=CHANNEL, incident=INCIDENT)
    assert desk.ask("incident_effects")["note"].unique().tolist() == ["no day has any data"]
    assert len(desk.ask("incidents")) == 5
    assert times(desk.ask("incident_times"))["acknowledged"] == (3, 2.0, 1)


def test_spend_of_an_incident_is_that_of_its_whole_days_and_a_dash_where_no_day_has_data(told: Desk):
    rows = told.ask("incidents").set_index(["incident", "channel"])
    assert rows.loc[("A", "ads"), ["hours", "own_spend", "campaign_spend"]].tolist() == [4.0, 2.0, 2.0]
    assert rows.loc[("B", "shop"), "campaign_spend"] == sum(range(5, 11)), "still open: up to the last day of the data"
    assert pd.isna(rows.loc[("B", "shop"), "own_spend"])
    assert rows.loc[("D", "ads"), ["own_spend", "campaign_spend"]].isna().all()


def test_two_tools_that_report_the_same_differ_by_their_share_of_the_ledger(desk: Desk, export: Callable[[Desk], None]):
    export(desk)
    (row,) = desk.ask("differences", "2026-10-01", "2026-10-02", metrics=("conversions",)).to_dict("records")
    assert (row["ledger_total"], row["other_total"]) == (80.0, 60.0)
    assert row["difference"] == pytest.approx(-0.25)
    assert desk.ask("differences", "2026-10-01", "2026-10-02", kinds=("mobile",)).empty
    assert desk.ask("differences", "2026-10-01", "2026-10-02", metrics=("uptime",)).empty


@pytest.fixture
def export() -> Callable[[Desk], None]:
    """The shop's conversions from analytics, and from our own table: 40 against 30 a day."""

    def give(desk: Desk) -> None:
        desk.give(
            daily="day,channel,conversions\n2026-10-01,Paid Search,30\n2026-10-02,Paid Search,30\n",
            channel="channel,kind,name\nPaid Search,campaign,Paid search\n",
            ga="# ----\n# Report\n# Account: A\n# Property: P\n#\n# Start date: 20261001\n# End date: 20261002\n# ----\n"
            "Date,Session default channel group,Sessions,Key events\n20261001,Paid Search,500,40\n20261002,Paid Search,500,40\n",
        )

    return give


def test_the_target_over_the_fewest_days_holds_and_a_sum_is_spread_evenly(told: Desk):
    told.give(target="channel,metric,first_day,last_day,value\nshop,sessions,2026-01-01,2026-12-31,36500\nshop,sessions,2026-10-01,2026-10-31,3100\n"
              "shop,conversion_rate,2026-01-01,2026-12-31,0.03\nads,spend,2026-01-01,2026-06-30,5\n")  # fmt: skip
    rows = told.ask("targets")
    assert rows[["channel", "metric", "value"]].values.tolist() == [["shop", "conversion_rate", 0.03], ["shop", "sessions", 3100.0]]
    assert pd.isna(rows["per_day"].iloc[0])
    assert rows["per_day"].iloc[1] == 100.0


def test_events_of_a_channel_are_its_own_and_those_of_all(told: Desk):
    told.give(event="event,kind,starts_on,label,channel\nE1,sale,2026-10-03,Sale,\nE2,release,2026-10-04,Release,shop\nE3,release,2026-10-05,Other,ads\n")
    assert told.ask("events")["event"].tolist() == ["E1", "E2", "E3"]
    assert told.ask("events", channels=("shop",))["event"].tolist() == ["E1", "E2"]


def test_a_metric_says_how_many_channels_report_it_and_how_new_it_is(told: Desk):
    rows = told.ask("metrics").set_index("metric")
    assert rows.loc["sessions", "channels"] == 1
    assert rows.loc["sessions", "last_day"] == pd.Timestamp("2026-10-10")
    assert rows.loc["uptime", "channels"] == 0
    assert rows.loc["uptime", ["numerator", "denominator"]].tolist() == ["minutes_up", "minutes_expected"]


def test_the_two_sides_agree_least_where_they_contradict_most(desk: Desk):
    desk.give(
        channel=CHANNEL, scope="channel,metric,disposition\nshop,sessions,required\nshop,revenue,required\nads,spend,required\n",
        ownership="channel,metric,owner,asserted_by\nshop,sessions,it,it\nshop,sessions,marketing,marketing\nshop,revenue,it,it\nads,spend,shared,both\n",
        daily=DAILY,
    )  # fmt: skip
    rows = desk.ask("agreement_by_group").set_index(["by", "group"])[["cells", "same", "contradicted", "silent"]]
    assert rows.loc[("all", "all")].tolist() == [3, 1, 1, 1]
    assert rows.loc[("channel", "shop")].tolist() == [2, 0, 1, 1]
    assert rows.loc[("kind", "campaign")].tolist() == [1, 1, 0, 0]
