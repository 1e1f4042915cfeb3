"""Who there is at Larkspur: days, places, devices, channels, and how each channel behaves."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date

import numpy as np

from .stories import FIRST_DAY, LAST_DAY, SEED, SHARED_ALL_ALONG, SHARED_LIFT

DAYS = np.arange(np.datetime64(FIRST_DAY), np.datetime64(LAST_DAY) + 1)
DEVICES = ("desktop", "mobile", "tablet", "app")
REGIONS = ("North", "East", "South", "West")

# What a visit is worth by where it comes from: the mix that flatters some channels.
DEVICE_RATE = np.array([1.50, 0.63, 1.05, 0.88])
REGION_RATE = np.array([1.32, 0.84, 0.94, 0.97])
REGION_MIX = (0.28, 0.22, 0.22, 0.28)

WEB_MIX = (0.36, 0.58, 0.06, 0.0)
PHONE_MIX = (0.16, 0.79, 0.05, 0.0)
DESK_MIX = (0.66, 0.29, 0.05, 0.0)
APP_ONLY = (0.0, 0.0, 0.0, 1.0)


def day_index(day: date) -> int:
    return (day - FIRST_DAY).days


def stream(*names: str) -> np.random.Generator:
    """A generator of its own for every purpose: adding a channel changes no other channel."""
    return np.random.default_rng([SEED, *(zlib.crc32(name.encode()) for name in names)])


@dataclass(frozen=True)
class Channel:
    channel: str
    name: str
    kind: str
    family: str
    address: str = ""


CHANNELS = (
    Channel("paid_search", "Paid search (Google)", "campaign", "paid search"),
    Channel("paid_search_microsoft", "Paid search (Microsoft)", "campaign", "paid search"),
    Channel("shopping", "Shopping ads", "campaign", "shopping"),
    Channel("price_comparison", "Price comparison sites", "campaign", "shopping"),
    Channel("display", "Display", "campaign", "display"),
    Channel("retargeting", "Retargeting", "campaign", "display"),
    Channel("video", "Video ads", "campaign", "video"),
    Channel("paid_social", "Paid social (Meta)", "campaign", "paid social"),
    Channel("paid_social_tiktok", "Paid social (TikTok)", "campaign", "paid social"),
    Channel("paid_social_pinterest", "Paid social (Pinterest)", "campaign", "paid social"),
    Channel("email", "E-mail newsletter", "campaign", "e-mail", "news.larkspur.example"),
    Channel("email_transactional", "E-mail about orders", "campaign", "e-mail",
            "order.larkspur.example"),
    Channel("sms", "SMS", "campaign", "SMS"),
    Channel("affiliates", "Affiliates", "campaign", "affiliate"),
    Channel("influencers", "Influencers", "campaign", "affiliate"),
    Channel("organic_search", "Organic search", "web", "organic search"),
    Channel("organic_shopping", "Free product listings", "web", "organic search"),
    Channel("organic_social", "Organic social", "web", "organic social"),
    Channel("referral", "Referral", "web", "referral"),
    Channel("direct", "Direct", "web", "direct"),
    Channel("ai_assistants", "AI assistants", "web", "AI assistants"),
    Channel("unassigned", "Unassigned", "web", "unassigned"),
    Channel("website", "Website", "web", "site", "www.larkspur.example"),
    Channel("web_shop", "Web shop", "web", "site", "shop.larkspur.example"),
    Channel("outlet_shop", "Outlet shop", "web", "site", "outlet.larkspur.example"),
    Channel("checkout", "Checkout", "web", "checkout", "pay.larkspur.example"),
    Channel("customer_portal", "Customer portal", "web", "portal", "my.larkspur.example"),
    Channel("trade_portal", "Trade portal", "web", "portal", "trade.larkspur.example"),
    Channel("mobile_web", "Mobile web", "web", "mobile web", "m.larkspur.example"),
    Channel("ios_app", "iOS app", "mobile", "app"),
    Channel("android_app", "Android app", "mobile", "app"),
    Channel("tablet_app", "Store tablet app", "mobile", "app"),
    Channel("partner_app", "Partner app", "mobile", "app"),
    Channel("push", "Push messages", "mobile", "push"),
    Channel("mobile_network", "Mobile network", "mobile", "mobile network"),
    Channel("voice_assistant", "Voice assistant", "mobile", "voice"),
)  # fmt: skip


@dataclass(frozen=True)
class Traffic:
    """How a channel's visits behave. `rate` is the conversion rate on the common mix, in %."""

    channel: str
    sessions: float
    rate: float
    order_value: float
    devices: tuple[float, float, float, float] = WEB_MIX
    regions: tuple[float, float, float, float] = REGION_MIX
    growth: float = 0.05
    season: float = 1.0
    engaged: float = 0.58
    pages: float = 4.2
    group: str = ""  # GA4's default channel group, where GA4 measures it

    @property
    def true_rate(self) -> float:
        lift = 1 + SHARED_LIFT if self.channel in SHARED_ALL_ALONG else 1.0
        return self.rate / 100 * lift


# Where an order on the main site came from. Their sum is the sum of website, web_shop and
# mobile_web: the same money seen twice. Within a family the rates are close by intention:
# what is left between them is ownership, and a few percent of luck.
ORIGINS = (
    Traffic("paid_search", 4880, 2.10, 84, group="Paid Search"),
    Traffic("paid_search_microsoft", 1720, 2.22, 90, DESK_MIX),
    Traffic("shopping", 4500, 2.08, 79, PHONE_MIX, growth=0.08, group="Paid Shopping"),
    Traffic("price_comparison", 1120, 2.02, 88, (0.93, 0.05, 0.02, 0.0), (0.64, 0.07, 0.09, 0.20)),
    Traffic("display", 1950, 1.22, 76, engaged=0.41, pages=2.8, group="Display"),
    Traffic("retargeting", 2700, 1.27, 78, engaged=0.47, pages=3.1),
    Traffic("video", 900, 0.80, 74, PHONE_MIX, engaged=0.36, pages=2.2, group="Paid Video"),
    Traffic("paid_social", 2700, 1.45, 72, PHONE_MIX, engaged=0.44, pages=2.9, group="Paid Social"),
    Traffic("paid_social_tiktok", 1950, 1.40, 64, (0.05, 0.92, 0.03, 0.0), growth=0.2,
            engaged=0.40, pages=2.6),
    Traffic("paid_social_pinterest", 1650, 1.44, 75, (0.22, 0.68, 0.10, 0.0), engaged=0.46,
            pages=3.2),
    Traffic("email", 3150, 2.42, 86, (0.34, 0.60, 0.06, 0.0), season=0.8, engaged=0.66,
            group="Email"),
    Traffic("email_transactional", 1800, 2.45, 80, PHONE_MIX, season=0.9, engaged=0.70),
    Traffic("sms", 750, 2.10, 68, (0.02, 0.97, 0.01, 0.0), engaged=0.55, group="SMS"),
    Traffic("affiliates", 1880, 2.20, 77, (0.44, 0.51, 0.05, 0.0), engaged=0.52,
            group="Affiliates"),
    Traffic("influencers", 750, 1.90, 70, PHONE_MIX, growth=0.15, engaged=0.45, pages=3.0),
    Traffic("organic_search", 8250, 2.02, 83, growth=0.02, engaged=0.62, group="Organic Search"),
    Traffic("organic_shopping", 1720, 2.05, 80, engaged=0.57, group="Organic Shopping"),
    Traffic("organic_social", 1350, 1.30, 71, PHONE_MIX, engaged=0.43, pages=2.7,
            group="Organic Social"),
    Traffic("referral", 2020, 2.05, 85, (0.48, 0.47, 0.05, 0.0), season=0.7, engaged=0.56,
            group="Referral"),
    Traffic("direct", 6380, 2.40, 87, (0.42, 0.52, 0.06, 0.0), engaged=0.63, group="Direct"),
    Traffic("ai_assistants", 320, 2.20, 92, (0.58, 0.39, 0.03, 0.0), growth=0.9, season=0.5,
            engaged=0.68, group="AI Assistants"),
    Traffic("unassigned", 680, 1.00, 75, engaged=0.30, pages=2.0, group="Unassigned"),
)  # fmt: skip
# Push opens the app, now and then the phone's browser: the bridge between app and web strata.
PUSH = Traffic("push", 1800, 2.35, 74, (0.0, 0.24, 0.0, 0.76), growth=0.2, engaged=0.71)
# Platforms with orders of their own, outside GA4's property.
PLATFORMS = (
    Traffic("outlet_shop", 3150, 2.00, 61, engaged=0.55),
    Traffic("checkout", 3900, 2.55, 78, (0.30, 0.64, 0.06, 0.0), engaged=0.83, pages=2.4),
    Traffic("customer_portal", 2180, 1.98, 88, (0.46, 0.48, 0.06, 0.0), season=0.6, engaged=0.79),
    Traffic("trade_portal", 860, 2.02, 109, (0.80, 0.16, 0.04, 0.0), season=0.3, engaged=0.81),
    Traffic("ios_app", 4580, 3.06, 81, APP_ONLY, growth=0.16, engaged=0.78, pages=6.1),
    Traffic("android_app", 4950, 2.84, 72, APP_ONLY, growth=0.18, engaged=0.75, pages=5.8),
    Traffic("tablet_app", 820, 2.98, 94, APP_ONLY, growth=0.02, season=0.6, engaged=0.74),
    Traffic("partner_app", 980, 2.90, 70, APP_ONLY, growth=0.08, engaged=0.69),
)
WEB_PROPERTIES = (
    "website",
    "web_shop",
    "outlet_shop",
    "checkout",
    "customer_portal",
    "trade_portal",
    "mobile_web",
)
APPS = ("ios_app", "android_app", "tablet_app", "partner_app")
SELLING_PLATFORMS = (*WEB_PROPERTIES, *APPS)

# The main site on large screens: how its visits and orders split between two addresses.
WEBSITE_SHARE_OF_SESSIONS = 0.40
WEBSITE_SHARE_OF_ORDERS = 0.37

GOOD_LOADS = {
    "website": 0.80,
    "web_shop": 0.82,
    "outlet_shop": 0.69,
    "checkout": 0.86,
    "customer_portal": 0.83,
    "trade_portal": 0.76,
    "mobile_web": 0.74,
}


def calendar() -> np.ndarray:
    """The year's shape on each day, 1 on an ordinary one: Black Friday, Christmas, summer."""
    day_of_year = np.array([d.astype(object).timetuple().tm_yday for d in DAYS])
    shape = 1 + 0.07 * np.cos(2 * np.pi * (day_of_year - 335) / 365.25)
    for year, black_friday in ((2024, date(2024, 11, 29)), (2025, date(2025, 11, 28))):
        bumps = {day_index(black_friday) + k: v for k, v in
                 ((-5, .2), (-4, .25), (-3, .3), (-2, .4), (-1, .55), (0, 1.15), (1, .8),
                  (2, .75), (3, .9), (4, .25))}  # fmt: skip
        first = day_index(date(year, 12, 4))
        bumps |= {first + k: 0.12 + 0.02 * k for k in range(15)}
        bumps |= {day_index(date(year, 12, 23)) + k: v for k, v in enumerate((-.12, -.42, -.40, -.1))}  # noqa: E501  # fmt: skip
        bumps |= {day_index(date(year + 1, 1, 2)) + k: 0.15 - 0.01 * k for k in range(14)}
        for index, bump in bumps.items():
            shape[index] += bump
        summer = day_index(date(year + 1, 7, 13))
        shape[summer : summer + 40] -= 0.07
    return shape


def wander(name: str, sd: float, memory: float = 0.6) -> np.ndarray:
    """Autocorrelated noise around 0 with standard deviation `sd`: yesterday is still felt."""
    steps = stream("wander", name).normal(0, sd * np.sqrt(1 - memory**2), len(DAYS))
    level = np.empty(len(DAYS))
    level[0] = steps[0]
    for t in range(1, len(DAYS)):
        level[t] = memory * level[t - 1] + steps[t]
    return level
