"""Who says that he owns what at Larkspur: organisations, claims, the cells that need an owner."""

from __future__ import annotations

from datetime import date

import pandas as pd

from . import stories
from .world import APPS, CHANNELS, WEB_PROPERTIES

ALWAYS = stories.FIRST_DAY

# org, side, name, valid_from, valid_to
ORGS = (
    ("web-platform", "it", "Web Platform", None, None),
    ("commerce-platform", "it", "Commerce Platform", None, None),
    ("app-engineering", "it", "App Engineering", None, None),
    ("messaging-infra", "it", "Messaging Infrastructure", None, None),
    ("network-ops", "it", "Network and Stores Operations", None, None),
    ("b2b-systems", "it", "B2B Systems", None, None),
    ("data-platform", "it", "Data Platform", None, None),
    ("performance-marketing", "marketing", "Performance Marketing", None, None),
    ("brand", "marketing", "Brand and Digital", None, None),
    ("crm", "marketing", "CRM", None, None),
    ("ecommerce", "marketing", "E-Commerce Management", None, None),
    ("social-team", "marketing", "Social Media", None, None),
    ("partnerships", "marketing", "Partnerships", None, None),
    ("content-seo", "marketing", "Content and SEO", None, None),
    ("mobile-crm", "marketing", "Mobile CRM", None, stories.SMS_ORPHANED_FROM),
    ("growth-squad", "joint", "Growth Squad", None, None),
    ("mobile-guild", "joint", "Mobile Guild", None, None),
    ("portal-council", "joint", "Portal Council", None, None),
    ("northlight", "other", "Northlight (media agency)", None, None),
)

DELIVERY = ("delivery_rate", "error_rate", "uptime", "mean_response_ms")
SERVICE = ("uptime", "error_rate", "mean_response_ms")
PAGES = ("lcp_good_share", "inp_good_share", "cls_good_share", "slow_network_share")
SELLING = ("sessions", "engagement_rate", "conversion_rate", "average_order_value", "revenue")
ADS = (
    "spend", "click_through_rate", "cost_per_click", "cost_per_acquisition", "sessions",
    "conversion_rate", "return_on_ad_spend", "revenue",
)  # fmt: skip
COMMISSIONED = (
    "spend", "cost_per_click", "cost_per_acquisition", "sessions", "engagement_rate",
    "conversion_rate", "return_on_ad_spend", "revenue",
)  # fmt: skip
MESSAGES = (
    "click_to_open_rate", "open_rate", "unsubscribe_rate", "sessions", "conversion_rate", "revenue",
)  # fmt: skip
ORIGIN = (
    "sessions", "page_views", "engagement_rate", "conversion_rate", "conversions", "revenue",
    "revenue_per_session", "average_order_value",
)  # fmt: skip
VOICE = ("sessions", "engagement_rate", "conversion_rate", "revenue", "crash_free_rate", *SERVICE)

EXEMPT = {
    ("email_transactional", "unsubscribe_rate"): "Mail about an order is owed by law: nobody "
    "can unsubscribe from it",
    ("mobile_network", "conversion_rate"): "A network carries visits and sells nothing itself",
    ("tablet_app", "average_rating"): "Staff devices only; the app is in no store",
    ("sms", "open_rate"): "SMS reports no opens",
}

# Channels with one owner for all their cells, said by both sides: channel, org, who does the work.
ONE_OWNER = (
    ("paid_search", "performance-marketing", "northlight"),
    ("price_comparison", "performance-marketing", "performance-marketing"),
    ("display", "performance-marketing", "northlight"),
    ("paid_social", "social-team", "social-team"),
    ("paid_social_tiktok", "social-team", "northlight"),
    ("email", "crm", "crm"),
    ("influencers", "partnerships", "partnerships"),
    ("organic_shopping", "content-seo", "content-seo"),
    ("organic_social", "social-team", "social-team"),
    ("direct", "brand", "brand"),
    ("outlet_shop", "ecommerce", "ecommerce"),
    ("partner_app", "partnerships", "app-engineering"),
    ("paid_social_pinterest", "growth-squad", "social-team"),
    ("email_transactional", "growth-squad", "crm"),
    ("push", "mobile-guild", "app-engineering"),
)
# The software catalogue's components: what IT says. Backstage writes no dates.
CATALOGUE = (
    ("website", "web-platform", "website", "Catalogue, magazine, store finder, reserve and collect"),
    ("web_shop", "commerce-platform", "website", "The shop on large screens"),
    ("mobile_web", "web-platform", "website", "The shop in a phone's browser"),
    ("checkout", "commerce-platform", "service", "Buy-now links and payment pages"),
    ("customer_portal", "portal-council", "website", "Orders, returns, loyalty points"),
    ("trade_portal", "b2b-systems", "website", "Orders of business customers"),
    ("ios_app", "mobile-guild", "mobile-app", "The app for iPhone"),
    ("android_app", "mobile-guild", "mobile-app", "The app for Android"),
    ("tablet_app", "app-engineering", "mobile-app", "The app on the stores' tablets"),
)

COLUMNS = ("asserted_by", "org", "role", "channel", "metric", "valid_from", "valid_to", "source")
RACI = "RACI workshop 2024-10"


def scope() -> pd.DataFrame:
    """The cells that ought to have an owner, and those that need none, with the reason."""
    rows = []
    for channel, metrics in cells_in_scope().items():
        for metric in metrics:
            reason = EXEMPT.get((channel, metric))
            disposition = "exempt" if reason else "required"
            rows.append((channel, metric, disposition, reason, ALWAYS, None))
    return pd.DataFrame(
        rows, columns=["channel", "metric", "disposition", "reason", "valid_from", "valid_to"]
    )


def cells_in_scope() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for channel in CHANNELS:
        name = channel.channel
        if name in WEB_PROPERTIES:
            found[name] = (*SELLING, *SERVICE, *PAGES)
        elif name in APPS:
            found[name] = (*SELLING[1:], "installs", "average_rating", "crash_free_rate",
                           "frozen_free_rate", *SERVICE)  # fmt: skip
            if name == "tablet_app":
                found[name] = tuple(m for m in found[name] if m != "installs")
        elif channel.family in ("e-mail", "SMS", "push"):
            found[name] = (*MESSAGES, *DELIVERY)
            if name == "sms":
                found[name] = tuple(m for m in found[name] if m != "click_to_open_rate")
        elif name == "affiliates":
            found[name] = COMMISSIONED
        elif channel.kind == "campaign":
            found[name] = ADS
        elif name == "mobile_network":
            found[name] = ("page_loads", "requests", "slow_network_share", *SERVICE,
                           "conversion_rate")  # fmt: skip
        elif name == stories.UNMEASURED_CHANNEL:
            found[name] = VOICE
        elif name != "unassigned":
            found[name] = ORIGIN
    return found


def claims() -> pd.DataFrame:
    """Who asserts that which org holds which role. The catalogue's own claims stand in its YAML."""
    rows: list[tuple] = []

    def say(by: str, org: str, role: str, channel: str, metric: str = "*",
            since: date | None = ALWAYS, until: date | None = None, source: str = RACI) -> None:  # fmt: skip
        sides = ("it", "marketing") if by == "both" else (by,)
        rows.extend((s, org, role, channel, metric, since, until, source) for s in sides)

    for channel, org, doer in ONE_OWNER:
        say("both", org, "A", channel)
        say("marketing", doer, "R", channel)

    # Owned together, in both ways that there are: by a joint org, or by two orgs that both sides name.
    for channel, one, other in (
        ("shopping", "commerce-platform", "performance-marketing"),
        ("organic_search", "web-platform", "content-seo"),
    ):
        say("both", one, "A", channel)
        say("both", other, "A", channel)
        say("both", other, "R", channel)
    for channel in ("ios_app", "android_app"):
        say("marketing", "mobile-guild", "A", channel, source="Mobile charter 2024-09")
        say("it", "app-engineering", "R", channel, source="Mobile charter 2024-09")
        say("marketing", "crm", "C", channel, source="Mobile charter 2024-09")
    say("marketing", "portal-council", "A", "customer_portal", source="Portal charter 2024-06")
    say("it", "web-platform", "R", "customer_portal", source="Portal charter 2024-06")
    for hand_over in stories.HAND_OVERS:
        name = hand_over.channel
        minutes = f"Steering committee {hand_over.day:%Y-%m}"
        say("both", hand_over.from_org, "A", name, until=hand_over.day)
        say("both", hand_over.to_org, "A", name, since=hand_over.day, source=minutes)
        say("marketing", "performance-marketing", "R", name)

    # The shop: machines are IT's, customers are Marketing's, and both say so.
    for channel, doer in (("web_shop", "commerce-platform"), ("mobile_web", "web-platform")):
        for metric in SELLING:
            say("marketing", "ecommerce", "A", channel, metric)
            if (channel, metric) != ("mobile_web", "engagement_rate"):
                say("it", "ecommerce", "A", channel, metric)  # there: a soft contest
        say("it", doer, "R", channel)
        say("marketing", "ecommerce", "R", channel)
        say("marketing", doer, "A", channel, source="Brand handbook 2024")
    # IT alone, customers included: misplaced by the company's own policy.
    say("marketing", "commerce-platform", "A", "checkout", source="Brand handbook 2024")
    say("it", "commerce-platform", "R", "checkout", source="CMDB 2024-09")
    say("marketing", "b2b-systems", "A", "trade_portal", source="Brand handbook 2024")
    # nobody is named as responsible for the trade portal: accountable, but no one at work
    say("it", "app-engineering", "R", "tablet_app", source="CMDB 2024-09")
    say("it", "network-ops", "A", "mobile_network", "uptime", source="CMDB 2024-09")
    say("it", "network-ops", "A", "mobile_network", "slow_network_share", source="CMDB 2024-09")
    say("it", "network-ops", "R", "mobile_network", source="CMDB 2024-09")

    # Both believe that they own the website.
    say("it", "web-platform", "R", "website", source="CMDB 2024-09")
    say("marketing", "brand", "A", "website", since=stories.WEBSITE_CONTESTED_FROM,
        source="Brand handbook 2025-06")  # fmt: skip
    say("marketing", "brand", "R", "website", since=stories.WEBSITE_CONTESTED_FROM,
        source="Brand handbook 2025-06")  # fmt: skip
    # Each says that the mail servers are the other's.
    for channel in ("email", "email_transactional"):
        for metric in DELIVERY:
            say("it", "crm", "A", channel, metric, source="CMDB 2025-03")
            say("marketing", "messaging-infra", "A", channel, metric,
                source="Brand handbook 2025-06")  # fmt: skip
    # Two owners on one side.
    say("marketing", "partnerships", "A", "influencers", "spend", source="Budget 2026")
    say("marketing", "social-team", "A", "influencers", "spend", source="Budget 2026")
    # The owner has left; ownership ran out; worked on without an owner; an agency in the owner's chair.
    say("both", "mobile-crm", "A", "sms")
    say("marketing", "mobile-crm", "R", "sms")
    say("both", "partnerships", "A", "affiliates", until=stories.AFFILIATES_LAPSED_FROM,
        source="Partner contract 2023")  # fmt: skip
    say("marketing", "partnerships", "R", "affiliates", until=stories.AFFILIATES_LAPSED_FROM,
        source="Partner contract 2023")  # fmt: skip
    for metric in ("sessions", "conversion_rate", "engagement_rate"):
        say("marketing", "content-seo", "R", "ai_assistants", metric, since=date(2025, 9, 1),
            source="Content plan 2025-09")  # fmt: skip
    say("marketing", "northlight", "A", "video", source="Agency contract 2024")
    # Named by the register only: the owner never said so itself.
    say("register", "partnerships", "A", "referral", source="Asset register 2024-10")
    say("register", "partnerships", "R", "referral", source="Asset register 2024-10")
    return pd.DataFrame(rows, columns=list(COLUMNS))


def policy() -> pd.DataFrame:
    """Which side is expected to own what: IT the machines, Marketing the customer, mobile both."""
    since, source = date(2025, 1, 1), "Steering committee 2024-12, item 4"
    rows = [
        (concern, kind, "joint" if kind == "mobile" else side, since, None, source)
        for concern, side in (("infrastructure", "it"), ("customer", "marketing"))
        for kind in ("campaign", "web", "mobile")
    ]
    columns = ["concern", "kind", "expected", "valid_from", "valid_to", "source"]
    return pd.DataFrame(rows, columns=columns)
