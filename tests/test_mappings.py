"""Does each tool's export mean in our tables what it meant in the tool?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from desks import Desk

ADS = '''Campaign report
"October 1, 2026 - October 2, 2026"
Day,Campaign,Campaign type,Device,Currency code,Impr.,Clicks,Cost,Conversions,Conv. value
2026-10-01,"Brand, <core>",Search,Mobile phones,EUR,"14,117,313",100,"4,838.80",2.00,300.00
2026-10-02,Shoes,Shopping,Computers,EUR,"1,000",10,12.20, --, --
Total: Campaigns, --, --, --,EUR,"14,118,313",110,"4,851.00",2.00,300.00
Total: Account, --, --, --,EUR,"14,118,999",111,"4,852.00",2.00,300.00
'''


@pytest.mark.parametrize("content", [ADS.encode(), b"\xef\xbb\xbf" + ADS.encode()], ids=["UTF-8", "UTF-8 with a mark"])
def test_google_ads_sets_totals_aside_and_they_agree(desk: Desk, content: bytes):
    load = desk.load(desk.write("ads.csv", content))
    assert (load.tool, load.rows_read, load.rows_taken, load.rows_set_aside) == ("google_ads", 4, 2, 2)
    agreed = [note for note in load.notes if note.startswith("Total: Campaigns")]
    assert len(agreed) == 3
    assert all(note.endswith("agrees") for note in agreed)
    assert desk.total("impressions") == 14_118_313
    assert desk.total("spend") == pytest.approx(4851)
    assert desk.total("conversions") == 2
    channels = desk.ask("channels", metrics=("spend",)).set_index("channel")["value"]
    assert channels.to_dict() == pytest.approx({"paid_search": 4838.8, "shopping": 12.2})
    assert desk.total("clicks", devices=("mobile",)) == 100
    assert desk.total("clicks", campaigns=("Brand, <core>",)) == 100


def test_google_ads_says_where_its_total_differs(desk: Desk):
    load = desk.load(desk.write("ads.csv", ADS.replace('"14,118,313",110', '"14,118,313",120')))
    assert any("clicks 120.00, the rows add up to 110.00: differs" in note for note in load.notes)


def test_google_ads_in_utf_16_with_tabs(desk: Desk):
    rows = ["Campaign report", "All time", "Day\tCampaign\tImpr.\tClicks\tCost",
            "2026-10-01\tΚαμπάνια, α\t1,000\t20\t3.50", "Total: Campaigns\t --\t1,000\t20\t3.50"]  # fmt: skip
    load = desk.load(desk.write("ads.csv", b"\xff\xfe" + "\r\n".join(rows).encode("utf-16-le")))
    assert (load.rows_taken, load.rows_set_aside) == (1, 1)
    assert desk.total("spend", campaigns=("Καμπάνια, α",)) == 3.5


GA4 = """# ----------------------------------------,,,
# Traffic acquisition,,,
# Account: Shop,,,
# Property: shop.example - GA4,,,
# Start date: 20261001,,,
# End date: 20261002,,,
# ----------------------------------------,,,
Date,Session default channel group,Sessions,Engaged sessions,Key events,Total revenue
,,300,180,6,120.5,Grand total
20261001,Organic Search,100,60,2,40.5
20261001,Unassigned,50,20,0,0
20261002,Organic Search,150,100,4,80
"""


def test_ga4_skips_its_comments_sets_the_grand_total_aside_and_keeps_unassigned(desk: Desk):
    load = desk.load(desk.write("report.csv", GA4.replace(",Grand total", "")))
    assert (load.tool, load.rows_read, load.rows_taken, load.rows_set_aside) == ("ga4", 4, 3, 1)
    assert any("sessions 300.00, the rows add up to 300.00: agrees" in note for note in load.notes)
    assert load.account == "shop.example - GA4"
    assert desk.total("sessions") == 300
    assert desk.total("sessions", channels=("unassigned",)) == 50
    assert desk.total("engagement_rate") == pytest.approx(180 / 300)
    assert desk.ask("channels", metrics=("sessions",)).set_index("channel")["kind"].to_dict() == {"organic_search": "web", "unassigned": "web"}


def test_ga4_keeps_the_region_and_knows_none_where_none_is_set(desk: Desk):
    report = """# Start date: 20261001
Date,Session primary channel group,Device category,Region,Sessions
,,,,300
20261001,Direct,Mobile,Bavaria,100
20261001,Direct,desktop,Tyrol,150
20261001,Direct,desktop,(not set),50
"""
    desk.take(desk.write("report.csv", report))
    assert desk.total("sessions") == 300
    assert desk.total("sessions", regions=("Bavaria",)) == 100
    assert desk.total("sessions", regions=("Tyrol",), devices=("desktop",)) == 150
    assert desk.total("sessions", regions=("(not set)",)) in (None, 0)


BACKSTAGE = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
spec:
  type: website
  owner: group:default/web-team
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata:
  name: checkout
spec:
  owner: web-team
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orphan
spec:
  type: website
"""


def test_backstage_names_the_accountable_team_says_it(shop: Desk):
    load = shop.load(shop.write("catalog-info.yaml", BACKSTAGE))
    assert (load.rows_read, load.rows_taken, load.rows_refused, load.rows_set_aside) == (3, 1, 1, 1)
    assert shop.ask("rejected")["reason"].tolist() == ["the component names no owner"]
    shop.give(daily="day,channel,sessions\n2026-10-01,shop,10\n")
    (cell,) = shop.ask("ownership").to_dict("records")
    assert (cell["state"], cell["tag"], cell["owners"]) == ("OWNED", "IT", "web-team")


UPPTIME = "committed_at,check,status,http_status,response_ms\n"


def test_upptime_a_gap_is_not_downtime(desk: Desk):
    # 10 minutes up, 30 minutes down, then up and silence for 12 hours (60 minutes count), then the last check (60)
    desk.take(desk.write("checks.csv", UPPTIME + """2026-10-01T06:00:00Z,Web Shop,up,200,100
2026-10-01T06:10:00Z,Web Shop,down,500,300
2026-10-01T06:40:00Z,Web Shop,up,200,100
2026-10-01T18:40:00Z,Web Shop,degraded,200,100
"""))  # fmt: skip
    assert desk.total("minutes_expected") == 10 + 30 + 60 + 60
    assert desk.total("minutes_up") == 10 + 60 + 60
    assert desk.total("uptime") == pytest.approx(130 / 160)
    assert desk.total("error_rate") == 1 / 4
    assert desk.total("mean_response_ms") == 150


def test_upptime_no_answer_of_the_network_is_refused(desk: Desk):
    load = desk.load(desk.write("checks.csv", UPPTIME + "2026-10-01T06:00:00Z,Shop,up,0,0\n2026-10-01T07:00:00Z,Shop,up,200,9\n"))
    assert (load.rows_read, load.rows_taken, load.rows_refused) == (2, 1, 1)


REGISTRIES = {
    "old": ("Domain Name,Domain Type,Agency,Organization,City,State,Security Contact Email\n"
            "TREASURY.GOV,Federal - Executive,Department of the Treasury,IRS,Washington,DC,(blank)\n"),
    "new": ("Domain name,Domain type,Organization name,Suborganization name,City,State,Security contact email\n"
            "treasury.gov,Federal - Executive,Department of the Treasury,IRS,Washington,DC,(blank)\n"),
}  # fmt: skip


@pytest.mark.parametrize("text", REGISTRIES.values(), ids=REGISTRIES)
def test_both_generations_of_the_registry_name_the_agency(desk: Desk, text: str):
    desk.give(dap="date,agency_slug,agency_name,device,visits\n2026-10-01,treasury,Treasury,mobile,10\n")
    load = desk.load(desk.write("dotgov__current-federal__2026-08.csv", text))
    assert (load.tool, load.rows_taken) == ("dotgov_registry", 1)
    (cell,) = desk.ask("ownership").to_dict("records")
    assert (cell["owners"], cell["state"]) == ("Department of the Treasury", "OWNED")
    claims = desk.generation.rows("ownership/known_claim", known_before=None)
    assert claims["role"].tolist() == ["A"], "(blank) is no security contact"


def test_dap_sets_the_whole_government_aside(desk: Desk):
    load = desk.load(desk.write("dap.csv", """date,agency_slug,agency_name,device,visits
2026-10-01,nasa,NASA,mobile,10
2026-10-01,nasa,NASA,(other),1
2026-10-01,live,All,mobile,99
"""))  # fmt: skip
    assert (load.rows_read, load.rows_taken, load.rows_set_aside) == (3, 2, 1)
    assert desk.total("sessions") == 11
    assert desk.total("sessions", devices=("other",)) == 1


def test_dap_of_one_agency_takes_its_name_from_the_file(desk: Desk):
    text = "date,device,visits\n2026-10-01,mobile,10\n"
    assert desk.load(desk.write("devices.csv", text)).rows_refused == 1
    load = desk.load(desk.write("dap__nasa__devices.csv", text + "2026-10-01,desktop,5\n"))
    assert (load.rows_taken, desk.total("sessions", channels=("nasa",))) == (2, 15)


FIRST, LAST = "2023-12-06", "2024-01-04"


def test_federal_visits_add_up_to_the_published_sum(federal: Desk):
    assert federal.total("sessions", FIRST, LAST) == 1_166_569_048


@pytest.mark.parametrize(("agency", "share"), [("postal-service", 0.795), ("general-services-administration", 0.284)])
def test_federal_mobile_share_by_agency(federal: Desk, agency: str, share: float):
    every = federal.total("sessions", FIRST, LAST, channels=(agency,))
    mobile = federal.total("sessions", FIRST, LAST, channels=(agency,), devices=("mobile",))
    assert round(mobile / every, 3) == share


def test_federal_days_that_were_not_reported_are_absent_not_zero(federal: Desk):
    rows = federal.ask("trend", "2023-10-07", LAST, by="channel", channels=("nuclear-regulatory-commission",), metrics=("sessions",))
    assert 0 < len(rows) <= 12
    assert (rows["value"] > 0).all()


def test_federal_loads_add_up_and_no_total_is_taken(federal: Desk):
    loads = federal.ask("loads")
    assert len(loads) > 0
    assert all(loads.eval("rows_read == rows_taken + rows_refused + rows_set_aside"))
    assert "live" not in set(federal.ask("channels", metrics=("sessions",))["channel"])


# --- files of a common connector, as they are ------------------------------------------------------

EXPORTS = Path(__file__).parent / "exports"


def test_google_ads_of_a_connector_has_millionths(desk: Desk):
    load = desk.load(EXPORTS / "google_ads_campaign_stats_data.csv")
    assert (load.tool, load.account, load.rows_read, load.rows_taken) == ("google_ads", "2121450128", 16, 16)
    assert desk.total("spend", "2021-02-01", "2021-02-01") == 36.15
    assert desk.total("spend", "2021-01-01", "2021-02-28") == pytest.approx(231.33)
    assert desk.total("clicks", "2021-01-01", "2021-02-28", channels=("paid_search",), devices=("mobile",)) == 280
    assert desk.total("impressions", "2021-01-01", "2021-02-28", campaigns=("9935249409",)) == 1854


def test_google_ads_of_a_connector_refuses_a_cost_that_is_no_number(desk: Desk):
    head = "customer_id,date,ad_network_type,device,id,impressions,clicks,cost_micros\n"
    load = desk.load(desk.write("x.csv", f"{head}1,2026-10-01,CONTENT,DESKTOP,7,10,1,1.5e\n1,2026-10-01,YOUTUBE_WATCH,CONNECTED_TV,7,10,1,2500000\n"))
    assert (load.rows_taken, load.rows_refused) == (1, 1)
    assert desk.ask("rejected")[["line", "column", "value"]].values.tolist() == [[2, "cost_micros", "1.5e"]]
    assert desk.total("spend", "2026-10-01", "2026-10-01", channels=("video",), devices=("smart tv",)) == 2.5


def test_microsoft_ads_is_kept_apart_from_google(desk: Desk):
    desk.load(EXPORTS / "google_ads_campaign_stats_data.csv")
    load = desk.load(EXPORTS / "microsoft_ads_campaign_performance_daily_report_data.csv")
    assert (load.tool, load.account, load.rows_refused, load.rows_set_aside) == ("microsoft_ads", "150175881", 0, 0)
    assert set(desk.ask("channels", "2018-01-01", "2021-12-31", metrics=("impressions",))["channel"]) == {"paid_search", "microsoft_search", "microsoft_audience"}
    assert desk.total("clicks", "2018-01-01", "2019-12-31") == 592
    assert desk.total("spend", "2018-01-01", "2019-12-31") == pytest.approx(946.34)
    assert desk.total("impressions", "2018-01-01", "2019-12-31", channels=("microsoft_audience",)) == 2
    assert set(desk.generation.rows("loads/values").query("part == 'device'")["value"]) <= {"mobile", "desktop", "tablet", "other"}


def test_google_play_counts_devices_of_the_overview_alone(desk: Desk):
    load = desk.load(EXPORTS / "stats_installs_overview.csv")
    assert (load.tool, load.rows_read, load.rows_taken) == ("google_play", 10, 10)
    assert desk.total("installs", "2014-01-01", "2021-12-31", channels=("com.cable.network",)) == 38 + 25 + 174 + 212 + 68 + 63
    assert desk.total("uninstalls", "2014-01-01", "2021-12-31", channels=("member.android.store",)) == 132 + 117
    assert desk.total("installs", "2018-09-01", "2018-09-01") == 0, "a day without an install was reported, and is no dash"
    part = desk.load(desk.write("installs_country.csv", "Date,Package Name,Country,Daily Device Installs,Daily Device Uninstalls\n2021-07-03,com.cable.network,DE,8,0\n"))
    assert (part.rows_taken, part.rows_refused) == (0, 1)
    assert desk.total("installs", "2021-07-03", "2021-07-03") == 38


def test_google_play_as_it_is_downloaded_is_utf_16(desk: Desk):
    text = "Date,Package name,Daily Device Installs,Daily Device Uninstalls\n2026-10-01,com.example.shop,12,3\n"
    assert desk.load(desk.write("installs_com.example.shop_202610_overview.csv", text.encode("utf-16"))).rows_taken == 1
    assert desk.total("installs", "2026-10-01", "2026-10-01") == 12
