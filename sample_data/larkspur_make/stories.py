"""What is planted in Larkspur's data, in one place. STORIES.md is printed from these constants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SEED = 20261031
FIRST_DAY = date(2024, 11, 1)
LAST_DAY = date(2026, 10, 31)

# Ownership that changes.
WEBSITE_CONTESTED_FROM = date(2025, 6, 1)
SMS_ORPHANED_FROM = date(2026, 2, 1)
AFFILIATES_LAPSED_FROM = date(2026, 3, 1)
AFFILIATES_LAPSE_EFFECT = -0.14  # on the conversion rate, from that day on
EMAIL_DELIVERY_SLIPS_FROM = date(2026, 7, 1)
EMAIL_DELIVERY_BEFORE = 0.988
EMAIL_DELIVERY_AFTER = 0.962  # reached after 60 days; nobody owns the repair

# Shared channels convert better than single-owned ones of their family, mix held equal.
SHARED_LIFT = 0.18
SHARED_ALL_ALONG = (
    "shopping",
    "paid_social_pinterest",
    "email_transactional",
    "organic_search",
    "customer_portal",
    "ios_app",
    "android_app",
)
BEST_THROUGH_ITS_MIX = "price_comparison"
BEST_AFTER_MIX = "ios_app"


@dataclass(frozen=True)
class HandOver:
    channel: str
    day: date
    effect: float  # relative, on the conversion rate, from that day on
    from_org: str
    to_org: str


HAND_OVERS = (
    HandOver("retargeting", date(2026, 5, 4), 0.16, "performance-marketing", "growth-squad"),
    HandOver(
        "paid_search_microsoft", date(2025, 9, 8), 0.0, "performance-marketing", "growth-squad"
    ),
)


@dataclass(frozen=True)
class Outage:
    incident: str
    channel: str
    started_at: str
    acknowledged_at: str
    resolved_at: str
    severity: str
    summary: str
    first_day: date
    loss_shares: tuple[float, ...]  # of the orders each day would have had


OUTAGES = (
    Outage(
        "INC0010412",
        "checkout",
        "2026-06-16 05:40:00",
        "2026-06-16 06:25:00",
        "2026-06-18 21:10:00",
        "1",
        "Payment provider rejects card payments after its certificate change",
        date(2026, 6, 16),
        (0.48, 0.60, 0.52),
    ),
    Outage(
        "INC0010967",
        "android_app",
        "2026-10-19 04:15:00",
        "2026-10-19 07:50:00",
        "2026-10-21 20:30:00",
        "1",
        "Release 8.4 closes in the basket on Android 14",
        date(2026, 10, 19),
        (0.42, 0.55, 0.45),
    ),
)

# Slow pages: log conversion rate moves by BETA times the share of good loads.
SLOW_BETA = 0.6
SLOW_CHANNEL = "mobile_web"
SLOW_FIRST_DAY = date(2026, 3, 9)
SLOW_LAST_DAY = date(2026, 4, 12)
SLOW_DROP = 0.22  # of the share of good loads
FASTER_CHANNEL = "outlet_shop"
FASTER_FROM = date(2025, 8, 18)
FASTER_RISE = 0.08

# One odd day in a quiet month.
ANOMALY_CHANNEL = "referral"
ANOMALY_DAY = date(2026, 10, 14)
ANOMALY_SESSIONS = 3.0  # times the usual
ANOMALY_CONVERSIONS = 2.6

UNMEASURED_CHANNEL = "voice_assistant"
UPPTIME_FIRST_DAY = date(2026, 9, 2)  # before it, minutes come from the old monitor
GA4_FIRST_DAY = date(2026, 5, 1)  # before it, sessions come from the warehouse
GOOGLE_ADS_OVERCOUNT = 1.07  # Google Ads counts this many conversions for one of GA4's
