"""Is mobile ready on both sides, and which devices do people come with? On rows one can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from commonground import ledgerwords
from commonground.words import THIN

if TYPE_CHECKING:
    from tests.desks import Desk

CHANNEL = "channel,kind,name,family\nios,mobile,iOS app,app\npush,mobile,Push,push\nm,web,Mobile web,mobile web\nshop,web,Shop,site\n"
ITEMS = """channel,side,item,done_on
ios,technology,device: app,2026-03-01
ios,technology,device: tablet,
ios,customer,Texts read,2026-03-01
ios,customer,Asked ten people,2026-03-01
m,technology,Loads in 2 s,2026-03-09
shop,technology,Backups,2026-03-01
shop,customer,Texts read,2026-03-01
"""
DAILY = "day,channel,device,sessions,conversions\n2026-03-05,ios,app,80,8\n2026-03-05,ios,tablet,20,1\n2026-03-05,shop,desktop,50,5\n"


@pytest.fixture
def given(desk: Desk) -> Desk:
    desk.give(channel=CHANNEL, checklist_item=ITEMS, daily=DAILY, ownership="channel,metric,owner\nios,*,shared\nshop,*,it\n")
    return desk


def test_a_mobile_channel_is_as_ready_as_its_weaker_list_and_one_without_lists_stands_there_too(given: Desk):
    """iOS: 1 of 2 and 2 of 2. Mobile web has technology's list alone, push none. The shop is not mobile."""
    rows = given.ask("mobile_readiness", as_of="2026-03-05").astype(object).where(lambda f: f.notna(), None)
    assert rows[["channel", "tag", "technology", "customer", "ready"]].values.tolist() == [
        ["m", None, 0.0, None, None], ["push", None, None, None, None], ["ios", "Shared", 0.5, 1.0, 0.5],
    ]  # fmt: skip
    assert rows[["technology_done", "technology_items", "customer_done", "customer_items"]].values.tolist() == [[0, 1, 0, 0], [0, 0, 0, 0], [1, 2, 2, 2]]


def test_devices_are_shares_of_a_channels_visits_and_say_whether_they_were_tested(given: Desk):
    rows = given.ask("devices", "2026-03-05", "2026-03-05", as_of="2026-03-05").astype(object).where(lambda f: f.notna(), None)
    assert rows.values.tolist() == [["ios", "app", 80.0, 0.8, 0.1, True], ["ios", "tablet", 20.0, 0.2, 0.05, False], ["shop", "desktop", 50.0, 1.0, 0.1, None]]


def test_the_sentences_name_the_weaker_side_and_what_nobody_knows(given: Desk):
    rows = given.ask("mobile_readiness", as_of="2026-03-05")
    said = ledgerwords.mobile_ready(rows, {"ios": "iOS app"})
    assert said == f"None of 1 mobile channel with two checklists is ready on both sides; furthest off is iOS app, 50{THIN}% by technology's list. For 2 channels nobody keeps both lists."
    assert ledgerwords.mobile_ready(rows[rows["channel"] == "push"], {}) == "Nobody can say whether mobile is ready. For 1 channel nobody keeps both lists."
    seen = given.ask("devices", "2026-03-05", "2026-03-05", as_of="2026-03-05")
    assert ledgerwords.untested(seen, 0.01) == "1 channel is visited from devices that nobody tested."
    assert ledgerwords.untested(seen, 0.3).startswith(f"Every device that brings more than 30{THIN}%")
    assert "nobody can say" in ledgerwords.untested(pd.DataFrame({"tested": [None]}), 0.01)
