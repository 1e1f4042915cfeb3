"""The words of Larkspur: channels, organisations, claims, rules, meetings. Nothing here is random."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

CHANNELS = [
    ("paid_search", "campaign", "Paid search", "paid search", None),
    ("shopping", "campaign", "Shopping ads", "shopping", None),
    ("display", "campaign", "Display", "display", None),
    ("video", "campaign", "Video ads", "video", None),
    ("paid_social", "campaign", "Paid social", "paid social", None),
    ("paid_social_2", "campaign", "Partner social", "paid social", None),
    ("affiliates", "campaign", "Affiliates", "affiliates", None),
    ("newsletter", "campaign", "Newsletter", "e-mail", None),
    ("email_service", "campaign", "Service e-mail", "e-mail", None),
    ("sms", "campaign", "SMS", "sms", None),
    ("organic_search", "web", "Organic search", "organic search", None),
    ("organic_social", "web", "Organic social", "organic social", None),
    ("referral", "web", "Referral", "referral", None),
    ("direct", "web", "Direct", "direct", None),
    ("ai_assistants", "web", "AI assistants", "ai assistants", None),
    ("unassigned", "web", "Unassigned", "unassigned", None),
    ("website", "web", "Website", "site", "www.larkspur.example"),
    ("web_shop", "web", "Web shop", "shop", "shop.larkspur.example"),
    ("outlet_shop", "web", "Outlet shop", "shop", "outlet.larkspur.example"),
    ("gift_shop", "web", "Gift shop", "shop", "gifts.larkspur.example"),
    ("checkout", "web", "Checkout", "shop", "pay.larkspur.example"),
    ("customer_portal", "web", "Customer portal", "site", "my.larkspur.example"),
    ("mobile_web", "web", "Mobile web shop", "mobile web", "m.larkspur.example"),
    ("mobile_web_outlet", "web", "Mobile web outlet", "mobile web", "m-outlet.larkspur.example"),
    ("ios_app", "mobile", "iPhone app", "app", None),
    ("android_app", "mobile", "Android app", "app", None),
    ("tablet_app", "mobile", "Tablet app", "app", None),
    ("partner_app", "mobile", "Partner app", "app", None),
    ("push", "mobile", "Push notifications", "push", None),
    ("mobile_network", "mobile", "Mobile network in stores", "mobile network", None),
    ("kiosk", "mobile", "Store kiosk", "kiosk", None),
]

ORGS = [
    ("web-platform", "it", "Web Platform", "2024-01-01", None),
    ("apps-engineering", "it", "Apps Engineering", "2024-01-01", None),
    ("payments", "it", "Payments", "2024-01-01", None),
    ("messaging-platform", "it", "Messaging Platform", "2024-01-01", None),
    ("network-services", "it", "Network Services", "2024-01-01", None),
    ("store-systems", "it", "Store Systems", "2024-01-01", None),
    ("site-reliability", "it", "Site Reliability", "2024-01-01", None),
    ("brand-content", "marketing", "Brand and Content", "2024-01-01", None),
    ("performance-marketing", "marketing", "Performance Marketing", "2024-01-01", None),
    ("ecommerce-trading", "marketing", "E-commerce Trading", "2024-01-01", None),
    ("crm", "marketing", "Customer Relations (CRM)", "2024-01-01", None),
    ("social-team", "marketing", "Social", "2024-01-01", None),
    ("partner-marketing", "marketing", "Partner Marketing", "2024-01-01", None),
    ("insights", "marketing", "Insights", "2024-01-01", None),
    ("text-messaging", "marketing", "Text Messaging (closed)", "2024-01-01", "2026-03-01"),
    ("digital-commerce", "joint", "Digital Commerce (IT and Marketing)", "2024-01-01", None),
    ("app-council", "joint", "App Council (IT and Marketing)", "2024-01-01", None),
    ("brightwater", "other", "Brightwater Media (agency)", "2024-06-01", None),
]

PAID = ("impressions clicks spend sessions conversions revenue click_through_rate cost_per_click"
        " cost_per_acquisition return_on_ad_spend").split()  # fmt: skip
ORIGIN = ("sessions engaged_sessions engagement_rate conversions conversion_rate revenue"
          " average_order_value revenue_per_session").split()  # fmt: skip
SERVICE = "uptime error_rate mean_response_ms lcp_good_share inp_good_share cls_good_share".split()
SHOP = ("sessions engagement_rate conversions conversion_rate revenue average_order_value".split()
        + SERVICE)  # fmt: skip
APP = ("sessions conversions conversion_rate revenue installs average_rating crash_free_rate"
       " frozen_free_rate uptime error_rate").split()  # fmt: skip
MAIL_INFRASTRUCTURE = ["delivery_rate", "error_rate", "uptime"]
NEWSLETTER = ("sends open_rate click_to_open_rate unsubscribe_rate sessions conversions"
              " revenue").split()  # fmt: skip
SERVICE_MAIL = "sends deliveries open_rate click_to_open_rate mean_response_ms".split()
SITE = "sessions engaged_sessions engagement_rate page_views leads lead_rate".split()

SCOPE: dict[str, list[str]] = {
    **{name: PAID for name in ("paid_search", "shopping", "display", "video", "paid_social")},
    "paid_social_2": PAID,
    "affiliates": ("clicks spend sessions conversions revenue cost_per_click"
                   " cost_per_acquisition return_on_ad_spend conversion_rate").split(),
    "newsletter": NEWSLETTER + MAIL_INFRASTRUCTURE,
    "email_service": SERVICE_MAIL + MAIL_INFRASTRUCTURE,
    "sms": "sends delivery_rate unsubscribe_rate sessions conversions revenue spend uptime".split(),
    **{name: ORIGIN for name in ("organic_search", "organic_social", "referral", "direct",
                                 "ai_assistants", "unassigned")},
    "website": SITE + SERVICE,
    **{name: SHOP for name in ("web_shop", "outlet_shop", "gift_shop", "customer_portal",
                               "mobile_web", "mobile_web_outlet")},
    "checkout": ["requests", "errors", "conversions", "conversion_rate", *SERVICE],
    **{name: APP for name in ("ios_app", "android_app", "tablet_app", "partner_app")},
    "push": "sends deliveries delivery_rate open_rate sessions conversions revenue uptime".split(),
    "mobile_network": ("uptime error_rate mean_response_ms slow_network_share requests errors"
                       " minutes_up page_loads").split(),
    "kiosk": ("sessions conversions conversion_rate revenue uptime error_rate mean_response_ms"
              " average_rating").split(),
}  # fmt: skip
EXEMPT = {
    **{("unassigned", metric): "Volume that no channel can claim; it is kept only so that totals add up."
       for metric in ORIGIN},
    ("checkout", "conversions"): "Orders are counted on the shops that lead here.",
    ("checkout", "conversion_rate"): "Orders are counted on the shops that lead here.",
}  # fmt: skip

CONTESTED_FROM = "2025-09-01"
DISOWNED_FROM = "2025-06-02"
LAPSED_FROM = "2026-04-01"
ORPHANED_FROM = "2026-03-01"
START = "2024-11-01"
RACI, WIKI, BOARD = "RACI sheet 2024", "Team pages", "Digital board, minutes"


def claims() -> list[Row]:
    """Who says what about ownership, besides what the software catalogue says."""
    rows: list[Row] = []

    def say(by: str, org: str | None, role: str, channel: str, metrics: str | list[str] = "*",
            since: str | None = START, until: str | None = None, source: str = RACI) -> None:  # fmt: skip
        for side in by.split("+"):
            for metric in [metrics] if isinstance(metrics, str) else metrics:
                rows.append({"asserted_by": side, "org": org, "role": role, "channel": channel,
                             "metric": metric, "valid_from": since, "valid_to": until,
                             "source": source})  # fmt: skip

    # marketing's own, with nobody against it
    say("marketing", "performance-marketing", "A", "paid_search")
    say("marketing", "brightwater", "R", "paid_search")
    say("marketing", "social-team", "A", "paid_social")
    say("marketing", "social-team", "R", "paid_social")
    say("it", "social-team", "A", "paid_social", source="CMDB")
    say("marketing", "partner-marketing", "A", "paid_social_2")  # A_NO_R
    say("marketing", "brand-content", "A", "direct")
    say("marketing", "insights", "R", "direct")
    say("marketing", "social-team", "A", "organic_social", source=WIKI)  # A_NO_R
    # several owners on one side
    say("marketing", "performance-marketing", "A", "shopping")
    say("marketing", "performance-marketing", "R", "shopping")
    say("marketing", "performance-marketing", "A", "shopping", ["spend", "return_on_ad_spend"],
        "2025-10-01")  # fmt: skip
    say("marketing", "ecommerce-trading", "A", "shopping", ["spend", "return_on_ad_spend"],
        "2025-10-01", source="Trading plan 2026")  # fmt: skip
    # an agency does the work; nobody inside is accountable (display), or somebody is (video)
    say("marketing", "brightwater", "A", "display", source="Agency contract")
    say("marketing", "performance-marketing", "A", "video")
    say("marketing", "brightwater", "R", "video", source="Agency contract")
    # ownership ran out, the owner has left, worked on without an owner
    say("marketing", "partner-marketing", "A", "affiliates", until=LAPSED_FROM, source="Mandate 2024")
    say("marketing", "text-messaging", "A", "sms")
    say("marketing", "crm", "R", "push")
    say("it", "messaging-platform", "R", "push", source="CMDB")
    # e-mail: customer side is clear, infrastructure is pushed across the table
    say("marketing", "crm", "A", "newsletter", NEWSLETTER)
    say("marketing", "crm", "R", "newsletter")
    say("it", "messaging-platform", "A", "email_service", SERVICE_MAIL)
    say("it", "messaging-platform", "R", "email_service")
    for channel in ("newsletter", "email_service"):
        say("it+marketing", "messaging-platform", "A", channel, MAIL_INFRASTRUCTURE,
            until=DISOWNED_FROM)  # fmt: skip
        say("it", "crm", "A", channel, MAIL_INFRASTRUCTURE, DISOWNED_FROM, source="CMDB")
        say("marketing", "messaging-platform", "A", channel, MAIL_INFRASTRUCTURE, DISOWNED_FROM)
    # soft contest: IT claims the channel, Marketing its metrics one by one
    say("marketing", "brand-content", "A", "organic_search", ORIGIN)
    say("marketing", "brand-content", "R", "organic_search")
    say("it", "web-platform", "A", "organic_search", source="CMDB")
    # unacknowledged: only IT says so
    say("it", "insights", "A", "referral", source="CMDB")
    say("it", "insights", "R", "referral", source="CMDB")
    # the website: clear until Marketing claimed the whole of it (IT's claim is in the catalogue)
    say("marketing", "brand-content", "A", "website", SITE, until=CONTESTED_FROM)
    say("marketing", "brand-content", "A", "website", since=CONTESTED_FROM, source="Brand charter")
    say("marketing", "brand-content", "R", "website")
    say("it", "web-platform", "R", "website", source="CMDB")
    # owned together
    say("it+marketing", "digital-commerce", "A", "web_shop", source=BOARD)
    say("it+marketing", "digital-commerce", "R", "web_shop", source=BOARD)
    say("it+marketing", "web-platform", "A", "mobile_web", source=BOARD)
    say("it+marketing", "ecommerce-trading", "A", "mobile_web", source=BOARD)
    say("it", "web-platform", "R", "mobile_web", source=BOARD)
    for channel in ("ios_app", "android_app"):
        say("it+marketing", "app-council", "A", channel, source=BOARD)
        say("it", "apps-engineering", "R", channel, source=BOARD)
        say("marketing", "crm", "C", channel, source=BOARD)
    # one side alone
    for channel in ("outlet_shop", "mobile_web_outlet"):
        say("marketing", "ecommerce-trading", "A", channel)
        say("marketing", "ecommerce-trading", "R", channel)
    say("marketing", "partner-marketing", "A", "partner_app")
    say("marketing", "brightwater", "R", "partner_app", source="Agency contract")
    say("it", "apps-engineering", "R", "tablet_app", source="CMDB")
    say("it", "payments", "R", "checkout", source="CMDB")
    say("it", "network-services", "R", "mobile_network", source="CMDB")
    say("it", "store-systems", "A", "kiosk", source="CMDB")
    say("it", "store-systems", "R", "kiosk", source="CMDB")
    # handed over from IT alone to both
    for channel, day in (("gift_shop", "2026-03-02"), ("customer_portal", "2026-04-13")):
        say("it", "web-platform", "A", channel, until=day, source="CMDB")
        say("it+marketing", "digital-commerce", "A", channel, since=day, source=BOARD)
        say("it", "web-platform", "R", channel, source="CMDB")
        say("marketing", "insights", "I", channel, since=day, source=BOARD)
    return rows


CATALOG = """\
# Exported from the software catalogue of Larkspur IT
apiVersion: backstage.io/v1alpha1
kind: System
metadata:
  name: storefront
spec:
  owner: web-platform
"""


def catalog() -> str:
    """The software catalogue: its components are what IT says it is accountable for."""
    parts = [CATALOG]
    components = (
        ("website", "Website", "website", "group:default/web-platform"),
        ("checkout", "Checkout", "service", "payments"),
        ("tablet-app", "Tablet app", "mobile-app", "group:default/apps-engineering"),
        ("mobile-network", "Mobile network in stores", "service", "network-services"),
        ("payment-gateway", "Payment gateway", "service", "payments"),
        ("search-api", "Search", "service", "web-platform"),
        ("design-system", "Design system", "library", "web-platform"),
    )
    for name, title, kind, owner in components:
        parts.append(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n"
            f"  name: {name}\n  title: {title}\nspec:\n  type: {kind}\n  lifecycle: production\n"
            f"  owner: {owner}\n  system: storefront\n"
        )
    parts.append(
        "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: web-platform\n"
        "spec:\n  type: team\n  children: []\n"
    )
    return "---\n".join(parts)


POLICY = [
    ("customer", "campaign", "marketing", None, None, "Default rule"),
    ("infrastructure", "campaign", "it", None, None, "Default rule"),
    ("customer", "web", "marketing", None, None, "Default rule"),
    ("infrastructure", "web", "it", None, None, "Default rule"),
    ("*", "mobile", "joint", None, None, "Default rule: mobile lies between both"),
]

INCIDENTS = [
    ("INC-1041", "checkout", "2026-05-12 00:40", "2026-05-12 03:25", "2026-05-14 23:10", "1",
     "Payments time out after a certificate change"),
    ("INC-1041", "web_shop", "2026-05-12 00:55", "2026-05-12 08:10", "2026-05-14 23:10", "1",
     "Half of the orders cannot be paid"),
    ("INC-1029", "ios_app", "2026-02-17 00:10", "2026-02-17 05:30", "2026-02-18 23:20", "1",
     "Release 7.2 crashes in the basket"),
    ("INC-1007", "mobile_web", "2025-06-24 09:05", "2025-06-24 09:50", "2025-06-24 14:40", "3",
     "Address form fails on small screens"),
    ("INC-1013", "gift_shop", "2025-10-07 11:20", "2025-10-07 13:05", "2025-10-07 18:30", "3",
     "Gift wrapping cannot be chosen"),
    ("INC-1052", "android_app", "2026-08-19 07:45", "2026-08-19 08:20", "2026-08-19 13:00", "3",
     "Sign-in fails for some accounts"),
]  # fmt: skip

EVENTS = [
    ("EV-01", "campaign", "2024-11-29", "Black Friday", None, "2024-12-02"),
    ("EV-02", "campaign", "2025-11-28", "Black Friday", None, "2025-12-01"),
    ("EV-03", "release", "2025-08-18", "Shop redesign with large images", "web_shop", "2025-09-21"),
    ("EV-04", "release", "2025-09-22", "Images are served small again", "web_shop", None),
    ("EV-05", "ownership", "2025-09-01", "Brand charter claims the website", "website", None),
    ("EV-06", "ownership", "2026-03-02", "Gift shop handed to Digital Commerce", "gift_shop", None),
    ("EV-07", "ownership", "2026-04-13", "Portal handed to Digital Commerce", "customer_portal", None),
    ("EV-08", "organisation", "2026-03-01", "Text Messaging team closed", "sms", None),
    ("EV-09", "release", "2026-02-16", "iPhone app 7.2", "ios_app", None),
    ("EV-10", "campaign", "2026-03-16", "Spring launch", "display", "2026-04-05"),
    ("EV-12", "release", "2025-03-10", "Outlet loads product films", "outlet_shop", "2025-04-20"),
    ("EV-13", "release", "2025-05-05", "Portal moves to a new framework", "customer_portal", "2025-06-22"),
    ("EV-14", "release", "2025-10-13", "Chat window on every mobile page", "mobile_web", "2025-11-09"),
    ("EV-11", "tracking", "2026-09-20", "Push monitor switched off by mistake", "push", None),
]

THIS_MONTH = "2026-10-01"
"""Revenue targets of the last month; the others are the year's."""

TARGETS = [
    ("web_shop", "revenue", "2025-11-01", "2026-10-31", 22_000_000),
    ("web_shop", "conversion_rate", "2025-11-01", "2026-10-31", 0.028),
    ("mobile_web", "conversion_rate", "2025-11-01", "2026-10-31", 0.021),
    ("ios_app", "revenue", "2025-11-01", "2026-10-31", 7_500_000),
    ("android_app", "revenue", "2025-11-01", "2026-10-31", 5_500_000),
    ("gift_shop", "conversion_rate", "2026-03-02", "2026-10-31", 0.026),
    ("paid_search", "return_on_ad_spend", "2025-11-01", "2026-10-31", 5.0),
    ("newsletter", "open_rate", "2025-11-01", "2026-10-31", 0.35),
    ("website", "leads", "2025-11-01", "2026-10-31", 125_000),
    ("web_shop", "lcp_good_share", "2025-11-01", "2026-10-31", 0.75),
    ("web_shop", "revenue", THIS_MONTH, "2026-10-31", 2_000_000),
    ("mobile_web", "revenue", THIS_MONTH, "2026-10-31", 750_000),
    ("ios_app", "revenue", THIS_MONTH, "2026-10-31", 700_000),
    ("android_app", "revenue", THIS_MONTH, "2026-10-31", 600_000),
    ("outlet_shop", "revenue", THIS_MONTH, "2026-10-31", 450_000),
]

SLOS = [
    ("web_shop", "uptime", 0.999, 30, "2024-11-01"),
    ("checkout", "uptime", 0.9995, 30, "2024-11-01"),
    ("checkout", "error_rate", 0.003, 30, "2024-11-01"),
    ("mobile_web", "uptime", 0.998, 30, "2024-11-01"),
    ("outlet_shop", "uptime", 0.995, 30, "2024-11-01"),
    ("ios_app", "crash_free_rate", 0.995, 30, "2024-11-01"),
    ("android_app", "crash_free_rate", 0.99, 30, "2024-11-01"),
    ("web_shop", "lcp_good_share", 0.75, 28, "2025-01-01"),
    ("newsletter", "delivery_rate", 0.98, 30, "2025-01-01"),
    ("customer_portal", "uptime", 0.998, 30, "2024-11-01"),
]

REQUESTS = [
    ("REQ-201", "marketing", "it", "2025-02-03", "website", "leads", "2025-02-28", "refused",
     "Security: no third-party scripts on the login page", "Chat widget on every page"),
    ("REQ-214", "marketing", "it", "2025-04-14", "web_shop", "conversion_rate", "2025-06-20", "accepted",
     None, "Guest checkout"),
    ("REQ-222", "it", "marketing", "2025-07-07", "web_shop", "lcp_good_share", "2025-09-15", "accepted",
     None, "Smaller hero images"),
    ("REQ-230", "marketing", "it", "2025-09-22", "ios_app", "installs", "2025-10-06", "refused",
     "No capacity before the peak", "Deep links from newsletters"),
    ("REQ-236", "it", "marketing", "2025-11-10", "newsletter", "delivery_rate", None, None, None,
     "Remove addresses that bounced three times"),
    ("REQ-241", "marketing", "it", "2026-01-19", "customer_portal", "sessions", "2026-02-02", "accepted",
     None, "Reorder button"),
    ("REQ-247", "marketing", "it", "2026-03-09", "sms", "conversions", None, None, None,
     "New sender number after the team closed"),
    ("REQ-252", "it", "marketing", "2026-04-27", "partner_app", "crash_free_rate", "2026-05-18", "refused",
     "The agency's contract has no budget for it", "Move to the common app framework"),
    ("REQ-259", "marketing", "it", "2026-06-15", "outlet_shop", "lcp_good_share", "2026-07-27", "deferred",
     "After the cloud move", "Image service for the outlet"),
    ("REQ-263", "marketing", "it", "2026-08-31", "kiosk", "sessions", None, None, None,
     "Count visits at the kiosks"),
    ("REQ-268", "it", "marketing", "2026-10-05", "affiliates", "spend", None, None, None,
     "Who approves the affiliate invoices now?"),
]  # fmt: skip

_CIO, _CMO = "CIO.com, State of the CIO 2010", "CMO Council, Marketing Outlook 2010"
GOALS = [
    ("it-1", "it", 1, "End-user productivity", _CIO, "mean_response_ms uptime"),
    ("it-2", "it", 2, "Lower operating cost", _CIO, "spend cost_per_acquisition"),
    ("it-3", "it", 3, "Re-engineer core processes", _CIO, "delivery_rate requests"),
    ("it-4", "it", 4, "Quality of products and processes", _CIO, "error_rate crash_free_rate lcp_good_share"),
    ("it-5", "it", 5, "Innovative offerings or practices", _CIO, "installs average_rating"),
    ("marketing-1", "marketing", 1, "Digital marketing makeover", _CMO, "sessions conversion_rate"),
    ("marketing-2", "marketing", 2, "Sales and marketing alignment", _CMO, "revenue average_order_value"),
    ("marketing-3", "marketing", 3, "Customer data integration and analytics", _CMO, "engagement_rate open_rate"),
    ("marketing-4", "marketing", 4, "Marketing performance measurement", _CMO,
     "return_on_ad_spend cost_per_acquisition"),
    ("marketing-5", "marketing", 5, "Lead qualification and harvesting", _CMO, "leads lead_rate"),
    # the company's own: nothing is measured for them yet
    ("it-6", "it", 6, "Fewer one-off solutions", "Larkspur plan 2026", None),
    ("marketing-6", "marketing", 6, "One view of a customer on all devices", "Larkspur plan 2026", None),
]  # fmt: skip

_CUSTOMER = ("Content reviewed", "Consent text approved", "Search terms checked", "Journey tested",
             "Support knows the page")  # fmt: skip
_TECHNOLOGY = ("Load test passed", "Restore tested", "Monitoring in place", "Security review",
               "On-call named")  # fmt: skip


def checklist() -> list[Row]:
    """Two checklists a channel. The outlet has only its customer half, the portal only the other."""
    done = {
        "website": (4, 5), "web_shop": (5, 5), "outlet_shop": (0, 5), "gift_shop": (4, 4),
        "customer_portal": (5, 0), "mobile_web": (4, 3), "ios_app": (5, 4), "android_app": (5, 4),
        "tablet_app": (4, 1), "partner_app": (1, 4), "checkout": (5, 2), "newsletter": (2, 5),
    }  # fmt: skip
    rows = []
    for place, (channel, (technology, customer)) in enumerate(done.items()):
        for side, items, count in (("technology", _TECHNOLOGY, technology), ("customer", _CUSTOMER, customer)):
            for number, item in enumerate(items):
                ready = number < count
                day = f"2026-{4 + (place + number) % 6:02}-{10 + number:02}" if ready else None
                org = "site-reliability" if side == "technology" else "brand-content"
                rows.append({"channel": channel, "side": side, "item": item, "org": org, "done_on": day,
                             "evidence": f"Ticket LK-{400 + place * 10 + number}" if ready else None})  # fmt: skip
    return rows


GLOSSARY = [
    ("Bounce rate", "it", "Page loads that answered with an error before anything was shown",
     "engagement_rate", "failed loads / loads", None),
    ("Bounce rate", "marketing", "Sessions without engagement", "engagement_rate",
     "1 - engaged sessions / sessions", None),
    ("Conversion", "it", "Every payment call that returned OK", "conversions", "payment calls", None),
    ("Conversion", "marketing", "An order that was confirmed", "conversions", "orders", "2026-05-04"),
    ("Conversion", "it", "An order that was confirmed", "conversions", "orders", "2026-05-04"),
    ("Availability", "it", "Share of minutes in which the checks got an answer", "uptime",
     "minutes up / minutes expected", None),
    ("Availability", "marketing", "Share of products that are in stock", "uptime",
     "products in stock / products", None),
    ("Session", "it", "A signed-in period until the token ends", "sessions", "tokens issued", None),
    ("Session", "marketing", "A visit that ends after 30 idle minutes", "sessions", "GA4 sessions", None),
    ("Platform", "it", "The tools that teams build with", None, None, None),
    ("Platform", "marketing", "A complete system that was bought", None, None, None),
    ("Omnichannel", "it", "Systems that exchange their data at once", None, None, None),
    ("Omnichannel", "marketing", "One experience wherever the customer is", None, None, None),
    ("Fast page", "it", "Largest content within 2.5 s", "lcp_good_share", "fast loads / loads",
     "2026-01-12"),
    ("Fast page", "marketing", "Largest content within 2.5 s", "lcp_good_share", "fast loads / loads",
     "2026-01-12"),
]  # fmt: skip

TOOLS = [
    ("Analytics suite", "web analytics", "web_shop", "insights", 96_000, "marketing-1 marketing-4"),
    ("Log platform", "web analytics", "website", "site-reliability", 84_000, "it-4"),
    ("Mail sender A", "e-mail sending", "newsletter", "crm", 71_000, "marketing-1"),
    ("Mail sender B", "e-mail sending", "email_service", "messaging-platform", 38_000, "it-1"),
    ("Ad manager", "advertising", "paid_search", "performance-marketing", 54_000, "marketing-4"),
    ("Customer data store", "customer data", "*", "crm", 148_000, "marketing-3"),
    ("Data warehouse", "customer data", "*", "web-platform", 132_000, "it-3"),
    ("App crash reporter", "monitoring", "ios_app", "apps-engineering", 22_000, "it-4"),
    ("Uptime checks", "monitoring", "website", "site-reliability", 9_000, "it-4 it-1"),
    ("Tag manager", "tagging", "website", "brand-content", 18_000, None),
    ("A/B testing", "experiments", "web_shop", "digital-commerce", 46_000, "marketing-1 it-5"),
    ("Survey tool", "research", "website", "insights", 14_000, None),
]

NEEDS = [
    ("insights", "web_shop", "conversion_rate", "Weekly trading review", 2),
    ("performance-marketing", "web_shop", "lcp_good_share", "Landing page quality", 7),
    ("ecommerce-trading", "checkout", "error_rate", "Explain lost orders", 1),
    ("brand-content", "website", "uptime", "Campaign launches", 1),
    ("crm", "newsletter", "delivery_rate", "Sender reputation", 2),
    ("web-platform", "web_shop", "revenue", "Price of an outage", 2),
    ("apps-engineering", "ios_app", "average_rating", "Release quality", 3),
    ("site-reliability", "web_shop", "conversions", "Error budget in orders", 1),
    ("partner-marketing", "partner_app", "crash_free_rate", "Talk to the agency", 7),
    ("crm", "push", "uptime", "Push reliability", 3),
    ("insights", "kiosk", "sessions", "Count the stores' digital visits", 7),
    ("messaging-platform", "newsletter", "unsubscribe_rate", "List hygiene", 7),
]
GRANTED = {0: 2, 1: 7, 3: 1, 5: 2, 6: 3, 8: 14, 9: 3, 11: 7}
"""Which needs are met, and with what lag in days; the others have no access."""

SURVEYS = [
    ("2026-09-14", "The website is owned by my side", "it", 0.81, 62, "Larkspur pulse 2026", None),
    ("2026-09-14", "The website is owned by my side", "marketing", 0.77, 58, "Larkspur pulse 2026", None),
    ("2026-09-14", "Mobile should be owned together", "it", 0.48, 62, "Larkspur pulse 2026", None),
    ("2026-09-14", "Mobile should be owned together", "marketing", 0.55, 58, "Larkspur pulse 2026", None),
    ("2025-09-15", "Mobile should be owned together", "it", 0.34, 57, "Larkspur pulse 2025", None),
    ("2025-09-15", "Mobile should be owned together", "marketing", 0.29, 49, "Larkspur pulse 2025", None),
    ("2026-09-14", "I get the data that I need in time", "it", 0.66, 62, "Larkspur pulse 2026", None),
    ("2026-09-14", "I get the data that I need in time", "marketing", 0.37, 58, "Larkspur pulse 2026", None),
    ("2013-09-01", "Joint ownership of mobile web strategy is desirable", "it", 0.23, 300,
     "Netbiscuits/Vanson Bourne 2013", "Old; 300 asked on both sides together; paid for by a vendor; quoted elsewhere as \"alignment\""),
    ("2013-09-01", "Joint ownership of mobile web strategy is desirable", "marketing", 0.09, 300,
     "Netbiscuits/Vanson Bourne 2013", "Old; 300 asked on both sides together; paid for by a vendor; quoted elsewhere as \"alignment\""),
    ("2014-01-01", "We own the mobile apps", "it", 0.86, 414, "EPAM/CIO/CMO Club 2014",
     "Old; 414 asked on both sides together; paid for by a vendor"),
    ("2014-01-01", "We own the mobile apps", "marketing", 0.76, 414, "EPAM/CIO/CMO Club 2014",
     "Old; 414 asked on both sides together; paid for by a vendor"),
    ("2013-09-01", "Increasing mobile sales matters", "it", 0.79, None, "Quoted in 2013",
     "No primary source found; one page gives the 86 % to the CIOs: unconfirmed"),
    ("2013-09-01", "Increasing mobile sales matters", "marketing", 0.86, None, "Quoted in 2013",
     "No primary source found; one page gives the 86 % to the CIOs: unconfirmed"),
    ("2010-01-01", "IT leads digital", "it", 0.58, None, "CMO Council/Accenture 2010",
     "Old; paid for by a vendor; the number of answers is not known"),
    ("2010-01-01", "IT leads digital", "marketing", 0.19, None, "CMO Council/Accenture 2010",
     "Old; paid for by a vendor; the number of answers is not known"),
    ("2014-01-01", "IT and marketing need to align", "it", 0.83, None, "Accenture 2014",
     "Old; paid for by a vendor; the number of answers is not known"),
    ("2014-01-01", "IT and marketing need to align", "marketing", 0.69, None, "Accenture 2014",
     "Old; paid for by a vendor; the number of answers is not known"),
    ("2013-01-01", "IT is adapted for speed", "it", 0.70, None, "Forrester 2013",
     "Old; paid for by a vendor; the number of answers is not known"),
    ("2013-01-01", "IT is adapted for speed", "marketing", 0.45, None, "Forrester 2013",
     "Old; paid for by a vendor; the number of answers is not known"),
]  # fmt: skip


def tables() -> dict[str, tuple[list[str], list[Any]]]:
    """Every small table: its columns and rows, by file name."""
    scope = [
        (channel, metric, "exempt" if (channel, metric) in EXEMPT else "required",
         EXEMPT.get((channel, metric)), START)
        for channel, metrics in SCOPE.items() for metric in metrics
    ]  # fmt: skip
    needs = [(*need, START, None) for need in NEEDS]
    grants = [(*NEEDS[n][:4], lag, START, None) for n, lag in GRANTED.items()]
    need_columns = "org channel metric purpose max_lag_days valid_from valid_to".split()
    told = {
        "channel": ("channel kind name family address", CHANNELS),
        "org": ("org side name valid_from valid_to", ORGS),
        "scope": ("channel metric disposition reason valid_from", scope),
        "policy": ("concern kind expected valid_from valid_to source", POLICY),
        "incident": ("incident channel started_at acknowledged_at resolved_at severity summary",
                     INCIDENTS),
        "event": ("event kind starts_on label channel ends_on", EVENTS),
        "target": ("channel metric first_day last_day value", TARGETS),
        "slo": ("channel metric objective window_days valid_from", SLOS),
        "request": ("request from_side to_side opened_on channel metric decided_on decision reason"
                    " summary", REQUESTS),
        "goal": ("goal side rank text kind metrics", GOALS),
        "glossary": ("term side meaning metric formula agreed_on", GLOSSARY),
        "tool": ("tool capability channel org annual_cost goals", TOOLS),
        "survey": ("asked_on question side agree_share answers source caveat", SURVEYS),
    }  # fmt: skip
    out: dict[str, tuple[list[str], list[Any]]] = {
        name: (columns.split(), list(rows)) for name, (columns, rows) in told.items()
    }
    out["need"] = (need_columns, needs)
    out["access_grant"] = (need_columns, grants)
    for name, dicts in (("ownership_claim", claims()), ("checklist_item", checklist())):
        columns = list(dicts[0])
        out[name] = (columns, [tuple(row[column] for column in columns) for row in dicts])
    return out
