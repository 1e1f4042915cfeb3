"""What the machines saw: monitors, page speed, app vitals, messages, and what adverts cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from . import stories
from .demand import World
from .world import (
    APPS,
    DAYS,
    DEVICES,
    GOOD_LOADS,
    REGIONS,
    WEB_PROPERTIES,
    calendar,
    day_index,
    stream,
    wander,
)

MINUTES = 1440
OUTAGE_MINUTES = {"checkout": (560, 690, 610), "android_app": (0, 0, 0)}  # on each planted day
ERROR_RISE = {"checkout": 0.22, "android_app": 0.03}
CRASH_RISE = 0.055


@dataclass(frozen=True)
class Service:
    """A watched service: how often it is called, how fast and how well it answers."""

    channel: str
    requests: float  # a day
    errors: float  # share
    milliseconds: float
    outage_chance: float  # of a short outage on a day


SERVICES = (
    Service("website", 610_000, 0.0022, 310, 0.040),
    Service("web_shop", 840_000, 0.0018, 260, 0.030),
    Service("outlet_shop", 110_000, 0.0044, 520, 0.085),
    Service("checkout", 96_000, 0.0012, 340, 0.025),
    Service("customer_portal", 120_000, 0.0021, 290, 0.035),
    Service("trade_portal", 45_000, 0.0039, 610, 0.070),
    Service("mobile_web", 980_000, 0.0024, 330, 0.035),
    Service("ios_app", 720_000, 0.0011, 180, 0.020),
    Service("android_app", 760_000, 0.0013, 190, 0.020),
    Service("tablet_app", 62_000, 0.0031, 420, 0.060),
    Service("partner_app", 70_000, 0.0035, 450, 0.055),
    Service("email", 90_000, 0.0040, 480, 0.040),
    Service("email_transactional", 21_000, 0.0046, 530, 0.045),
    Service("sms", 7_500, 0.0060, 610, 0.050),
    Service("push", 130_000, 0.0025, 210, 0.025),
    Service("mobile_network", 260_000, 0.0068, 740, 0.090),
)


def monitors() -> pd.DataFrame:
    """Minutes, requests, errors and response times of every watched service, by day."""
    parts = []
    for service in SERVICES:
        rng = stream("monitor", service.channel)
        noise = np.exp(wander(f"requests {service.channel}", 0.05))
        requests = rng.poisson(service.requests * calendar() ** 0.8 * noise)
        share = service.errors * np.exp(wander(f"errors {service.channel}", 0.22, 0.5))
        speed = service.milliseconds * np.exp(wander(f"speed {service.channel}", 0.06, 0.7))
        speed *= 1 + 0.25 * np.clip(calendar() - 1.3, 0, 1)
        out = rng.random(len(DAYS)) < service.outage_chance
        down = np.where(out, np.minimum(rng.gamma(1.3, 13, len(DAYS)) + 2, 170), 0).round()
        for outage in stories.OUTAGES:
            if outage.channel == service.channel:
                first = day_index(outage.first_day)
                span = slice(first, first + len(outage.loss_shares))
                down[span] = OUTAGE_MINUTES[service.channel]
                share[span] += ERROR_RISE[service.channel]
        if service.channel == stories.SLOW_CHANNEL:
            span = slice(day_index(stories.SLOW_FIRST_DAY), day_index(stories.SLOW_LAST_DAY) + 1)
            speed[span] *= 1.7
        errors = rng.binomial(requests, np.clip(share, 0, 1))
        moved = (service.channel in WEB_PROPERTIES) & (
            np.datetime64(stories.UPPTIME_FIRST_DAY) <= DAYS
        )
        parts.append(
            pd.DataFrame(
                {
                    "day": DAYS,
                    "channel": service.channel,
                    "requests": requests,
                    "errors": errors,
                    "response_ms": np.round(requests * speed).astype("int64"),
                    "minutes_expected": np.where(moved, np.nan, MINUTES),
                    "minutes_up": np.where(moved, np.nan, MINUTES - down),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def page_speed(world: World) -> pd.DataFrame:
    """Core Web Vitals as counts of good and poor loads, by day x device x region."""
    device_shift = np.array([0.03, -0.02, 0.0, 0.0])
    parts = []
    for name in GOOD_LOADS:
        rng = stream("speed", name)
        views = world.visits[name].page_views
        loads = rng.binomial(views.astype("int64"), 0.45)
        weight = views.sum(axis=(0, 2)) / views.sum()
        shift = device_shift - (device_shift * weight).sum()  # the devices' mean stays the story's
        lcp = np.clip(world.good_loads[name][:, None] + shift, 0, 1)[:, :, None]
        inp = np.clip(0.87 + wander(f"inp {name}", 0.012, 0.8), 0, 1)[:, None, None]
        cls = np.clip(0.90 + wander(f"cls {name}", 0.010, 0.8), 0, 1)[:, None, None]
        columns = {"page_loads": loads}
        for vital, good, poor in (("lcp", lcp, 0.34), ("inp", inp, 0.25), ("cls", cls, 0.3)):
            columns[f"{vital}_good"] = rng.binomial(loads, good)
            columns[f"{vital}_poor"] = rng.binomial(loads - columns[f"{vital}_good"], poor)
        slow = np.array([0.012, 0.074, 0.031, 0.05])[None, :, None]
        columns["slow_network_loads"] = rng.binomial(loads, slow)
        parts.append(cells(name, columns))
    return pd.concat([*parts, _network()], ignore_index=True)


def _network() -> pd.DataFrame:
    """Loads over mobile carriers and the stores' Wi-Fi; slower in the South since spring."""
    rng = stream("network")
    regions = np.array([0.26, 0.22, 0.24, 0.28])[None, None, :]
    devices = np.array([0, 0.62, 0.05, 0.33])[None, :, None]
    level = 52_000 * calendar() ** 0.7 * np.exp(wander("network", 0.04))
    loads = rng.poisson(level[:, None, None] * regions * devices)
    slow = np.full((len(DAYS), 1, 4), 0.095)
    slow[day_index(stories.FIRST_DAY.replace(year=2026, month=4)) :, :, 2] = 0.148
    return cells(
        "mobile_network", {"page_loads": loads, "slow_network_loads": rng.binomial(loads, slow)}
    )


def app_vitals(world: World) -> pd.DataFrame:
    """Installs and ratings from the stores, sessions, crashes and freezes from the apps."""
    crashes = {"ios_app": 0.0024, "android_app": 0.0041, "tablet_app": 0.0062, "partner_app": 0.0055}  # noqa: E501  # fmt: skip
    stars = {"ios_app": 4.5, "android_app": 4.3, "tablet_app": None, "partner_app": 3.8}
    parts = []
    for name in APPS:
        rng = stream("app", name)
        sessions = rng.binomial(world.visits[name].sessions, 0.93)
        crash = crashes[name] * np.exp(wander(f"crash {name}", 0.12, 0.6))
        for outage in stories.OUTAGES:
            if outage.channel == name:
                first = day_index(outage.first_day)
                crash[first : first + len(outage.loss_shares)] += CRASH_RISE
        columns = {
            "app_sessions": sessions,
            "crashed_sessions": rng.binomial(sessions, crash[:, None, None]),
            "frozen_sessions": rng.binomial(sessions, 0.6 * crashes[name]),
        }
        if stars[name]:
            installs = rng.poisson(world.visits[name].sessions * 0.021)
            ratings = rng.poisson(world.visits[name].sessions * 0.0016)
            low = crash[:, None, None] > 0.03
            mean = np.where(low, stars[name] - 1.3, stars[name])
            columns["installs"] = installs
            columns["uninstalls"] = rng.binomial(installs, 0.55)
            columns["ratings"] = ratings
            columns["rating_sum"] = ratings + rng.binomial(4 * ratings, (mean - 1) / 4)
        parts.append(cells(name, columns))
    return pd.concat(parts, ignore_index=True)


def cells(channel: str, columns: dict[str, np.ndarray]) -> pd.DataFrame:
    """Arrays of day x device x region as rows; cells that nobody ever visits are left out."""
    shape = (len(DAYS), len(DEVICES), len(REGIONS))
    first = next(iter(columns.values()))
    used = np.broadcast_to(first.sum(axis=(0, 2))[None, :, None] > 0, shape).ravel()
    grid = np.indices(shape)
    frame = pd.DataFrame(
        {
            "day": DAYS[grid[0].ravel()],
            "channel": channel,
            "device": np.array(DEVICES)[grid[1].ravel()],
            "region": np.array(REGIONS)[grid[2].ravel()],
            **{name: np.broadcast_to(values, shape).ravel() for name, values in columns.items()},
        }
    )
    return frame[used].reset_index(drop=True)


@dataclass(frozen=True)
class Sendings:
    channel: str
    campaign: str
    sends: float
    weekdays: tuple[int, ...]  # 0 = Monday
    delivered: float
    opened: float | None
    clicked: float  # of those delivered
    left: float | None  # unsubscribed
    cost: float  # of one message, EUR


EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
SENDINGS = (
    Sendings("email", "Weekly newsletter", 380_000, (1, 4), stories.EMAIL_DELIVERY_BEFORE,
             0.31, 0.025, 0.0019, 0.0007),
    Sendings("email", "Basket reminder", 5_200, EVERY_DAY, stories.EMAIL_DELIVERY_BEFORE,
             0.44, 0.082, 0.0011, 0.0007),
    Sendings("email_transactional", "Order and shipping notices", 9_400, EVERY_DAY,
             stories.EMAIL_DELIVERY_BEFORE + 0.006, 0.63, 0.190, None, 0.0007),
    Sendings("sms", "Flash sale", 58_000, (3,), 0.957, None, 0.048, 0.0034, 0.042),
    Sendings("sms", "Parcel is here", 3_100, EVERY_DAY, 0.961, None, 0.110, 0.0003, 0.042),
    Sendings("push", "Daily deal", 88_000, EVERY_DAY, 0.914, 0.062, 0.019, 0.0009, 0.0),
    Sendings("push", "Basket reminder", 7_200, EVERY_DAY, 0.921, 0.118, 0.054, 0.0004, 0.0),
)  # fmt: skip


def messages() -> pd.DataFrame:
    """What the message platforms count, by day and campaign."""
    weekday = (DAYS.astype("datetime64[D]").astype(int) + 3) % 7
    slip = np.interp(
        np.arange(len(DAYS)), [day_index(stories.EMAIL_DELIVERY_SLIPS_FROM) + k for k in (0, 60)],
        [0.0, stories.EMAIL_DELIVERY_BEFORE - stories.EMAIL_DELIVERY_AFTER],
    )  # fmt: skip
    parts = []
    for kind in SENDINGS:
        rng = stream("messages", kind.channel, kind.campaign)
        on = np.isin(weekday, kind.weekdays)
        sends = rng.poisson(kind.sends * calendar() ** 0.5 * np.exp(wander(kind.campaign, 0.04)))
        delivered = kind.delivered + wander(f"delivered {kind.channel}{kind.campaign}", 0.0015)
        delivered = delivered - (slip if kind.channel.startswith("email") else 0)
        deliveries = rng.binomial(sends, np.clip(delivered, 0, 0.999))
        frame = pd.DataFrame(
            {
                "day": DAYS,
                "channel": kind.channel,
                "campaign": kind.campaign,
                "sends": sends,
                "deliveries": deliveries,
                "opens": rng.binomial(deliveries, kind.opened) if kind.opened else pd.NA,
                "clicks": rng.binomial(deliveries, kind.clicked),
                "unsubscribes": rng.binomial(deliveries, kind.left) if kind.left else pd.NA,
                "spend": [f"{x:.2f}" for x in sends * kind.cost] if kind.cost else "",
            }
        )
        parts.append(frame[on])
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True)
class Campaign:
    """Adverts: what share of the channel's clicks, at what price, seen how often for one click."""

    channel: str
    campaign: str
    kind: str  # Google Ads' campaign type
    share: float
    click_price: float
    click_through: float


GOOGLE = (
    Campaign("paid_search", "Brand, exact", "Search", 0.34, 0.24, 0.118),
    Campaign("paid_search", "Generic: coats & jackets", "Search", 0.27, 0.83, 0.041),
    Campaign("paid_search", "Generic: home & living", "Search", 0.25, 0.71, 0.036),
    Campaign("paid_search", "Competitors", "Search", 0.14, 0.96, 0.022),
    Campaign("shopping", "PMax: all products", "Performance Max", 0.66, 0.47, 0.013),
    Campaign("shopping", "Shopping: clearance, under 20 EUR", "Shopping", 0.34, 0.31, 0.016),
    Campaign("display", "Display: new customers", "Display", 0.70, 0.33, 0.0062),
    Campaign("display", "Display: seasonal", "Display", 0.30, 0.29, 0.0071),
    Campaign("video", "Video: spring stories", "Video", 1.0, 0.41, 0.0048),
)
OTHER_ADS = (
    Campaign("paid_search_microsoft", "Microsoft: brand", "", 0.45, 0.26, 0.092),
    Campaign("paid_search_microsoft", "Microsoft: generic", "", 0.55, 0.62, 0.031),
    Campaign("price_comparison", "Price feeds", "", 1.0, 0.39, 0.024),
    Campaign("retargeting", "Basket leavers", "", 1.0, 0.36, 0.0094),
    Campaign("paid_social", "Meta: catalogue", "", 0.62, 0.52, 0.0121),
    Campaign("paid_social", "Meta: look-alikes", "", 0.38, 0.61, 0.0098),
    Campaign("paid_social_tiktok", "TikTok: creators", "", 1.0, 0.44, 0.0087),
    Campaign("paid_social_pinterest", "Pinterest: boards", "", 1.0, 0.40, 0.0106),
    Campaign("influencers", "Spring cast", "", 1.0, 0.48, 0.019),
)
COMMISSION = 0.065  # of the revenue that affiliates bring


def adverts(world: World, campaigns: tuple[Campaign, ...]) -> pd.DataFrame:
    """Impressions, clicks and spend, by day, campaign and device; beside them the platform's own
    count of conversions, which is never the analytics tool's."""
    parts = []
    for one in campaigns:
        rng = stream("adverts", one.channel, one.campaign)
        visits = world.visits[one.channel]
        busy = np.exp(wander(f"adverts {one.campaign}", 0.05))[:, None]
        clicks = rng.poisson(visits.sessions.sum(axis=2) * one.share / 0.91 * busy)
        through = one.click_through * np.array([1.15, 0.92, 1.0, 1.0])[None, :]
        through = through * np.exp(wander(f"seen {one.campaign}", 0.06))[:, None]
        impressions = clicks + rng.poisson(clicks / through)
        price = one.click_price * np.exp(wander(f"price {one.campaign}", 0.04, 0.8))[:, None]
        price = price * (1 + 0.3 * np.clip(calendar() - 1.1, 0, 1))[:, None]
        counted = visits.conversions.sum(axis=2) * one.share * stories.GOOGLE_ADS_OVERCOUNT
        counted = counted * rng.gamma(60, 1 / 60, counted.shape)
        value = counted * visits.revenue.sum() / visits.conversions.sum()
        grid = np.indices(clicks.shape)
        frame = pd.DataFrame(
            {
                "day": DAYS[grid[0].ravel()],
                "channel": one.channel,
                "campaign": one.campaign,
                "kind": one.kind,
                "device": np.array(DEVICES)[grid[1].ravel()],
                "impressions": impressions.ravel(),
                "clicks": clicks.ravel(),
                "spend": np.round(clicks * price, 2).ravel(),
                "conversions": np.round(counted, 2).ravel(),
                "revenue": np.round(value, 2).ravel(),
            }
        )
        parts.append(frame[frame["device"] != "app"])
    return pd.concat(parts, ignore_index=True)


def commissions(world: World) -> pd.DataFrame:
    """Affiliates are paid by the order: no impressions, clicks by device, a commission."""
    visits = world.visits["affiliates"]
    clicks = stream("affiliates").poisson(visits.sessions.sum(axis=2) / 0.94)
    spend = np.round(visits.revenue.sum(axis=2) * COMMISSION, 2)
    grid = np.indices(clicks.shape)
    frame = pd.DataFrame(
        {
            "day": DAYS[grid[0].ravel()],
            "channel": "affiliates",
            "campaign": "Partner network",
            "device": np.array(DEVICES)[grid[1].ravel()],
            "clicks": clicks.ravel(),
            "spend": spend.ravel(),
        }
    )
    return frame[frame["device"] != "app"]
