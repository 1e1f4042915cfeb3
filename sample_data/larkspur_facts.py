"""The numbers of Larkspur: two years of days, with everything that was planted in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

FIRST, LAST = date(2024, 11, 1), date(2026, 10, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
N = len(DAYS)
REGIONS = ("north", "south", "east", "west")
WEB_DEVICES = ("desktop", "mobile", "tablet")
SEED = 20241101

SHARED_LIFT = 1.18
GIFT_HANDOVER, GIFT_LIFT = date(2026, 3, 2), 1.15
PORTAL_HANDOVER = date(2026, 4, 13)
ANOMALY = ("mobile_web", date(2026, 6, 16), 0.6)

SLOW_BETA = 0.6
"""Log points of conversion rate per whole share of fast loads: ten points fewer go with 6 % fewer orders."""
SPEED_WOBBLE = 0.025
"""Standard deviation of the share of fast loads from day to day, in every shop of its own."""

DEVICE_CVR = {"desktop": 1.30, "mobile": 0.72, "tablet": 1.05, "app": 1.0}
REGION_CVR = {"north": 1.22, "south": 0.88, "east": 0.82, "west": 1.05}
FAMILY_CVR = {"shop": 1.0, "site": 1.0, "mobile web": 0.95, "app": 1.05}
BASE_CVR = 0.024

Row = dict[str, Any]


@dataclass(frozen=True)
class Platform:
    """A channel that sells: how many come, on what, from where, and what they pay."""

    channel: str
    family: str
    sessions: float
    value: float
    devices: dict[str, float]
    regions: tuple[float, float, float, float]
    own: float = 1.0
    shared: bool = False
    trend: float = 0.04


@dataclass(frozen=True)
class Slow:
    """An episode of slow pages: the share of fast loads falls by `drop`."""

    channel: str
    first: date
    last: date
    drop: float

    def fall(self) -> np.ndarray:
        """The fall on each day; it begins and ends over three days."""
        inside = np.array([self.first <= day <= self.last for day in DAYS], float)
        return self.drop * np.convolve(inside, np.ones(3) / 3, "same")


SLOW = (
    Slow("web_shop", date(2025, 8, 18), date(2025, 9, 21), 0.20),
    Slow("web_shop", date(2025, 1, 13), date(2025, 2, 2), 0.10),
    Slow("outlet_shop", date(2025, 3, 10), date(2025, 4, 20), 0.15),
    Slow("outlet_shop", date(2026, 8, 31), date(2026, 9, 20), 0.09),
    Slow("gift_shop", date(2025, 1, 20), date(2025, 2, 23), 0.14),
    Slow("gift_shop", date(2026, 7, 27), date(2026, 8, 23), 0.11),
    Slow("customer_portal", date(2025, 5, 5), date(2025, 6, 22), 0.16),
    Slow("customer_portal", date(2025, 10, 6), date(2025, 11, 2), 0.09),
    Slow("mobile_web", date(2025, 10, 13), date(2025, 11, 9), 0.15),
    Slow("mobile_web", date(2026, 9, 7), date(2026, 9, 27), 0.08),
    Slow("mobile_web_outlet", date(2025, 6, 30), date(2025, 8, 3), 0.17),
    Slow("mobile_web_outlet", date(2026, 7, 6), date(2026, 8, 2), 0.12),
)
"""The first is the headline. Dates and depths differ, and no incident or hand-over is near."""

EVEN = (0.25, 0.25, 0.25, 0.25)
PLATFORMS = (
    Platform("website", "site", 18_000, 0, dict(desktop=0.42, mobile=0.5, tablet=0.08), EVEN),
    Platform("web_shop", "shop", 24_000, 84, dict(desktop=0.4, mobile=0.5, tablet=0.1),
             (0.25, 0.27, 0.24, 0.24), 1.01, True),
    Platform("outlet_shop", "shop", 6_000, 66, dict(desktop=0.82, mobile=0.12, tablet=0.06),
             (0.7, 0.05, 0.05, 0.2), 0.99),
    Platform("gift_shop", "shop", 4_000, 62, dict(desktop=0.45, mobile=0.45, tablet=0.1), EVEN, 1.01),
    Platform("customer_portal", "site", 3_000, 78, dict(desktop=0.5, mobile=0.4, tablet=0.1), EVEN),
    Platform("mobile_web", "mobile web", 14_000, 76, dict(mobile=0.9, tablet=0.1),
             (0.24, 0.26, 0.25, 0.25), 0.99, True),
    Platform("mobile_web_outlet", "mobile web", 4_500, 64, dict(mobile=0.88, tablet=0.12), EVEN, 1.01),
    Platform("ios_app", "app", 6_500, 92, dict(app=1.0), (0.27, 0.25, 0.22, 0.26), 1.01, True, 0.12),
    Platform("android_app", "app", 6_000, 79, dict(app=1.0), (0.22, 0.27, 0.28, 0.23), 0.99, True, 0.12),
    Platform("tablet_app", "app", 1_800, 88, dict(app=1.0), EVEN, 0.99, False, 0.02),
    Platform("partner_app", "app", 1_600, 71, dict(app=1.0), (0.3, 0.22, 0.2, 0.28), 1.0, False, 0.1),
)  # fmt: skip
ON_THE_WEB = ("site", "shop", "mobile web")


@dataclass(frozen=True)
class Outage:
    """An incident: whose orders were lost, on which days, and how many of them."""

    incident: str
    channel: str
    first: date
    last: date
    loss: float
    also: tuple[str, ...] = ()

    def covers(self, day: date) -> bool:
        """Whether the incident cost orders on that day."""
        return self.first <= day <= self.last


OUTAGES = (
    Outage("INC-1041", "web_shop", date(2026, 5, 12), date(2026, 5, 14), 0.52, ("checkout",)),
    Outage("INC-1029", "ios_app", date(2026, 2, 17), date(2026, 2, 18), 0.58),
    Outage("INC-1007", "mobile_web", date(2025, 6, 24), date(2025, 6, 24), 0.14),
    Outage("INC-1013", "gift_shop", date(2025, 10, 7), date(2025, 10, 7), 0.2),
    Outage("INC-1052", "android_app", date(2026, 8, 19), date(2026, 8, 19), 0.16),
)


def outages_of(channel: str) -> list[Outage]:
    """The incidents that touched a channel."""
    return [one for one in OUTAGES if channel == one.channel or channel in one.also]


def season(trend: float = 0.04) -> np.ndarray:
    """The year (November and December high, summer low), the week (Sundays high), and growth."""
    out = np.empty(N)
    week = (1.05, 0.98, 0.96, 0.97, 0.95, 0.97, 1.12)
    for n, day in enumerate(DAYS):
        doy = day.timetuple().tm_yday
        year = 1 + 0.10 * np.cos(2 * np.pi * (doy - 345) / 365)
        year += 0.45 * np.exp(-(((doy - 332) / 5) ** 2)) + 0.3 * np.exp(-(((doy - 348) / 9) ** 2))
        out[n] = year * week[day.weekday()] * (1 + trend) ** (n / 365)
    return out


def ar1(rng: np.random.Generator, sd: float, rho: float = 0.6, n: int = N) -> np.ndarray:
    """Noise that remembers the day before."""
    step = rng.normal(0, sd * np.sqrt(1 - rho**2), n)
    out = np.empty(n)
    out[0] = rng.normal(0, sd)
    for k in range(1, n):
        out[k] = rho * out[k - 1] + step[k]
    return out


def fall_of(channel: str) -> np.ndarray:
    """By how much the share of a channel's fast loads fell on each day, all episodes together."""
    return sum((one.fall() for one in SLOW if one.channel == channel), np.zeros(N))


def speed(channel: str) -> np.ndarray:
    """What is added to the usual share of fast loads on each day: the episodes, and days that differ."""
    place = [site.channel for site in PLATFORMS].index(channel)
    return ar1(np.random.default_rng((SEED, place)), SPEED_WOBBLE, 0.8) - fall_of(channel)


def parts(site: Platform) -> list[tuple[str, str, float]]:
    """A platform's shares of its visitors: device, region, part. The website's visitors are those of the shops."""
    if site.value:
        return [(d, r, part * here) for d, part in site.devices.items() for r, here in zip(REGIONS, site.regions, strict=True)]
    shops = [one for one in PLATFORMS if one.family in ON_THE_WEB and one.value]
    cells: dict[tuple[str, str], float] = {(d, r): 0.0 for d in WEB_DEVICES for r in REGIONS}
    for one in shops:
        for device, region, part in parts(one):
            cells[device, region] += part * one.sessions
    whole = sum(cells.values())
    return [(*cell, part / whole) for cell, part in cells.items()]


@dataclass
class Sold:
    """What the platforms did, and what the planted stories truly cost."""

    rows: list[Row]
    web: dict[tuple[str, str], np.ndarray]
    by_channel: dict[str, np.ndarray]
    lost: dict[str, tuple[int, float]]
    slow_lost: dict[Slow, float]


def platforms() -> Sold:
    """Sessions, orders and revenue of every selling platform by device and region."""
    rng = np.random.default_rng(SEED)
    rows: list[Row] = []
    web = {(device, region): np.zeros((N, 3)) for device in WEB_DEVICES for region in REGIONS}
    by_channel: dict[str, np.ndarray] = {}
    lost = {one.incident: [0, 0.0] for one in OUTAGES}
    slow_lost = dict.fromkeys(SLOW, 0.0)
    for site in PLATFORMS:
        sums = np.zeros((N, 3))
        level = site.sessions * season(site.trend) * np.exp(ar1(rng, 0.05))
        if site.channel == ANOMALY[0]:
            level[DAYS.index(ANOMALY[1])] *= ANOMALY[2]
        mood = np.exp(ar1(rng, 0.04))
        lift = np.full(N, SHARED_LIFT if site.shared else 1.0)
        if site.channel == "gift_shop":
            lift[DAYS.index(GIFT_HANDOVER) :] = GIFT_LIFT
        pace = np.exp(SLOW_BETA * speed(site.channel)) if site.family in ON_THE_WEB else np.ones(N)
        for device, region, part in parts(site):
            mean = level * part * np.exp(rng.normal(0, 0.05, N))
            sessions = rng.poisson(mean)
            chance = BASE_CVR * site.own * FAMILY_CVR[site.family]
            chance *= DEVICE_CVR[device] * REGION_CVR[region]
            chance = chance * lift * mood * pace * np.exp(rng.normal(0, 0.06, N))
            would = rng.binomial(sessions, np.minimum(chance, 0.5))
            for slow in SLOW:
                if slow.channel == site.channel:
                    slow_lost[slow] += float((sessions * chance * np.expm1(SLOW_BETA * slow.fall())).sum())
            spread = rng.normal(0, 1, N) * 0.5 / np.sqrt(np.maximum(would, 1))
            per_order = site.value * np.exp(spread)
            orders = would.copy()
            for one in outages_of(site.channel):
                for n, day in enumerate(DAYS):
                    if one.covers(day):
                        gone = int(rng.binomial(would[n], one.loss))
                        orders[n] -= gone
                        lost[one.incident][0] += gone
                        lost[one.incident][1] += gone * per_order[n]
            money = np.round(orders * per_order, 2)
            engaged = rng.binomial(sessions, 0.7 if site.family == "app" else 0.61)
            views = rng.poisson(sessions * (3.1 if site.channel == "website" else 4.6))
            leads = rng.binomial(sessions, 0.018)
            sells = site.value > 0
            sums += np.stack([sessions, orders * sells, money * sells], 1)
            if site.family in ON_THE_WEB:
                web[device, region] += np.stack([sessions, orders * sells, money * sells], 1)
            rows += [
                {
                    "day": day, "channel": site.channel, "device": device, "region": region,
                    "sessions": int(sessions[n]), "engaged_sessions": int(engaged[n]),
                    "page_views": int(views[n]),
                    "leads": None if sells else int(leads[n]),
                    "conversions": int(orders[n]) if sells else None,
                    "revenue": float(money[n]) if sells else None,
                }
                for n, day in enumerate(DAYS)
            ]  # fmt: skip
        by_channel[site.channel] = sums
    done = {key: (value[0], value[1]) for key, value in lost.items()}
    return Sold(rows, web, by_channel, done, slow_lost)


# group, share of sessions, tilt to mobile, worth of a session
GROUPS = (
    ("Paid Search", 0.17, 1.0, 1.2), ("Paid Shopping", 0.09, 1.0, 1.15), ("Display", 0.035, 1.3, 0.4),
    ("Paid Video", 0.02, 1.4, 0.35), ("Paid Social", 0.07, 1.8, 0.6), ("Partner Social", 0.025, 1.7, 0.55),
    ("Affiliates", 0.04, 0.8, 1.2), ("Newsletter", 0.06, 1.1, 1.35), ("SMS", 0.012, 3.0, 1.1),
    ("Mobile Push Notifications", 0.015, 3.0, 1.0), ("Organic Search", 0.235, 0.95, 1.0),
    ("Organic Social", 0.03, 1.6, 0.45), ("Referral", 0.035, 0.7, 0.8), ("Direct", 0.145, 0.9, 1.2),
    ("AI Assistants", 0.004, 0.7, 1.1), ("Unassigned", 0.014, 1.0, 0.7),
)  # fmt: skip


@dataclass
class Origins:
    """The web's sessions, orders and revenue split by origin, exactly: [group, device, region, day, 3]."""

    split: np.ndarray
    engaged: np.ndarray

    def of(self, name: str) -> np.ndarray:
        """One group's sessions, orders and revenue by device and day."""
        return np.asarray(self.split[[group[0] for group in GROUPS].index(name)].sum(axis=1))


def origins(sold: Sold) -> Origins:
    """Where the visitors of the web platforms came from; the groups add up to the platforms."""
    rng = np.random.default_rng(SEED + 1)
    count = len(GROUPS)
    split = np.zeros((count, len(WEB_DEVICES), len(REGIONS), N, 3))
    weight = np.empty((count, N))
    for g, (name, share, _, _) in enumerate(GROUPS):
        weight[g] = share * np.exp(ar1(rng, 0.06))
        if name == "AI Assistants":
            weight[g] *= 0.5 + 7 * np.linspace(0, 1, N) ** 1.5
        if name == "Newsletter":
            weight[g] *= [1.7 if day.weekday() in SEND_DAYS["newsletter"] else 0.75 for day in DAYS]
        if name == "SMS":
            weight[g] *= [2.6 if day.weekday() in SEND_DAYS["sms"] else 0.6 for day in DAYS]
    worth = np.array([group[3] for group in GROUPS])
    for d, device in enumerate(WEB_DEVICES):
        tilt = np.array([group[2] if device == "mobile" else 1 / group[2] for group in GROUPS])
        for r, n in np.ndindex(len(REGIONS), N):
            sessions, orders, money = sold.web[device, REGIONS[r]][n]
            share = weight[:, n] * tilt
            visits = rng.multinomial(int(sessions), share / share.sum())
            value = visits * worth
            bought = rng.multinomial(int(orders), value / value.sum())
            paid = bought * np.exp(rng.normal(0, 1, count) * 0.3 / np.sqrt(np.maximum(bought, 1)))
            cents = np.floor(paid / max(paid.sum(), 1e-9) * money * 100)
            cents[np.argmax(cents)] += round(money * 100) - cents.sum()
            split[:, d, r, n] = np.stack([visits, bought, cents / 100], 1)
    engaged = rng.binomial(split[..., 0].astype(int), 0.61)
    return Origins(split, engaged)


SEND_DAYS = {"newsletter": (1, 3, 6), "sms": (4,), "push": (0, 2, 4, 5), "email_service": tuple(range(7))}


def messaging(sold: Sold) -> list[Row]:
    """What was sent, arrived, was opened and clicked: newsletter, transactional mail, SMS, push."""
    rng = np.random.default_rng(SEED + 2)
    all_orders = sum(sums[:, 1] for sums in sold.by_channel.values())
    rows = []
    shape = {
        "newsletter": (310_000, 0.982, 0.34, 0.085, 0.0021),
        "email_service": (0, 0.994, 0.61, 0.21, 0.0),
        "sms": (46_000, 0.965, None, 0.05, 0.0042),
        "push": (128_000, 0.93, 0.062, 0.36, 0.0011),
    }
    for channel, (size, arrives, opened, clicked, left) in shape.items():
        noise = np.exp(ar1(rng, 0.05))
        for n, day in enumerate(DAYS):
            if day.weekday() not in SEND_DAYS[channel]:
                if channel != "sms":  # the SMS tool leaves out the days without a message
                    none = dict.fromkeys(("sends", "deliveries", "opens", "clicks", "unsubscribes"), 0)
                    rows.append({"day": day, "channel": channel, **none})
                continue
            mean = all_orders[n] * 3.1 if channel == "email_service" else size * (1 + 0.08 * n / 365)
            sends = int(mean * noise[n])
            fall = 0.02 if channel == "newsletter" and day >= date(2026, 7, 6) else 0.0
            got = int(rng.binomial(sends, arrives - fall - abs(rng.normal(0, 0.003))))
            read = None if opened is None else int(rng.binomial(got, opened * np.exp(rng.normal(0, 0.04))))
            base = got if read is None else read
            rows.append(
                {
                    "day": day, "channel": channel, "sends": sends, "deliveries": got, "opens": read,
                    "clicks": int(rng.binomial(base, clicked)),
                    "unsubscribes": int(rng.binomial(got, left)) if left else None,
                }
            )  # fmt: skip
    return rows


# channel: uptime missing per day (minutes), requests per session, error share, mean ms
MONITORED = {
    "website": (2.0, 9, 0.0011, 210), "web_shop": (2.6, 14, 0.0016, 260), "outlet_shop": (4.5, 13, 0.0029, 330),
    "gift_shop": (3.2, 13, 0.0021, 290), "checkout": (1.6, 6, 0.0019, 340), "customer_portal": (4.0, 8, 0.0026, 380),
    "mobile_web": (3.0, 11, 0.0020, 310), "mobile_web_outlet": (5.2, 11, 0.0032, 370),
    "ios_app": (1.8, 17, 0.0012, 190), "android_app": (2.0, 17, 0.0014, 200), "tablet_app": (3.4, 15, 0.0023, 240),
    "partner_app": (5.5, 12, 0.0034, 320), "newsletter": (5.0, 3, 0.0030, 180), "email_service": (2.2, 3, 0.0016, 150),
    "sms": (4.0, 2, 0.0038, 240), "push": (3.0, 3, 0.0025, 120), "mobile_network": (1.4, 30, 0.0009, 65),
}  # fmt: skip
VITALS = {
    "website": (0.84, 0.90, 0.88), "web_shop": (0.78, 0.86, 0.85), "outlet_shop": (0.70, 0.80, 0.79),
    "gift_shop": (0.76, 0.84, 0.83), "checkout": (0.82, 0.81, 0.92), "customer_portal": (0.72, 0.79, 0.88),
    "mobile_web": (0.71, 0.77, 0.80), "mobile_web_outlet": (0.66, 0.73, 0.76),
}  # fmt: skip
PUSH_MONITOR_ENDS = date(2026, 9, 20)


def monitors(sold: Sold) -> list[Row]:
    """Minutes up, requests, errors, answer times; page speed by device. Push stops being watched."""
    rng = np.random.default_rng(SEED + 3)
    rows: list[Row] = []
    shop = sum(sold.by_channel[name][:, 0] for name in ("web_shop", "outlet_shop", "gift_shop"))
    for channel, (down, per_visit, wrong, speed) in MONITORED.items():
        visits = sold.by_channel[channel][:, 0] if channel in sold.by_channel else None
        if visits is None:
            visits = shop * 0.12 if channel == "checkout" else 9_000 * season()
        slow = fall_of(channel)
        answer = speed * np.exp(ar1(rng, 0.06)) * (1 + 2 * slow)
        trouble = np.exp(ar1(rng, 0.3))
        for n, day in enumerate(DAYS):
            if channel == "push" and day > PUSH_MONITOR_ENDS:
                continue
            loss = sum(one.loss for one in outages_of(channel) if one.covers(day))
            requests = int(rng.poisson(visits[n] * per_visit))
            away = min(1440.0, rng.gamma(0.4, down / 0.4))
            away += 1440 * (0.35 if channel == "checkout" else 0.08) * loss
            share = min(0.9, wrong * trouble[n] + loss * (0.45 if channel == "checkout" else 0.12))
            rows.append(
                {
                    "day": day, "channel": channel, "minutes_expected": 1440,
                    "minutes_up": round(1440 - min(away, 1440), 1), "requests": requests,
                    "errors": int(rng.binomial(requests, share)),
                    "response_ms": round(requests * answer[n] * (1 + 2 * loss)),
                }
            )  # fmt: skip
        if channel in VITALS:
            rows += _vitals(rng, channel, visits)
    loads = 9_000 * season()
    share = 0.09 + ar1(rng, 0.008)
    for n, day in enumerate(DAYS):
        count = int(rng.poisson(loads[n]))
        slow_ones = int(rng.binomial(count, share[n]))
        rows.append(
            {"day": day, "channel": "mobile_network", "device": "mobile",
             "page_loads": count, "slow_network_loads": slow_ones}
        )  # fmt: skip
    return rows


def _vitals(rng: np.random.Generator, channel: str, visits: np.ndarray) -> list[Row]:
    rows = []
    site = next((one for one in PLATFORMS if one.channel == channel), None)
    devices = site.devices if site else {"desktop": 0.45, "mobile": 0.45, "tablet": 0.1}
    wobble = ar1(rng, 0.012, 0.8)
    quick = speed(channel) if site else wobble
    shift = {"desktop": 0.05, "mobile": -0.03, "tablet": 0.0}
    for device, part in devices.items():
        for n, day in enumerate(DAYS):
            loads = int(rng.poisson(visits[n] * part * 0.8))
            row: Row = {"day": day, "channel": channel, "device": device, "page_loads": loads}
            for name, good in zip(("lcp", "inp", "cls"), VITALS[channel], strict=True):
                share = good + shift[device] + (quick if name == "lcp" else wobble)[n]
                share = float(np.clip(share, 0.05, 0.97))
                fast = int(rng.binomial(loads, share))
                row[f"{name}_good"] = fast
                row[f"{name}_poor"] = int(rng.binomial(loads - fast, 0.35))
            row["slow_network_loads"] = int(rng.binomial(loads, 0.11 if device == "mobile" else 0.03))
            rows.append(row)
    return rows


def apps(sold: Sold) -> list[Row]:
    """Installs, crashes, freezes and ratings of the four apps."""
    rng = np.random.default_rng(SEED + 4)
    shape = {
        "ios_app": (310, 0.004, 4.5), "android_app": (360, 0.007, 4.2), "tablet_app": (60, 0.011, 3.9),
        "partner_app": (70, 0.014, 3.6),
    }  # fmt: skip
    rows = []
    for channel, (installs, crashes, stars) in shape.items():
        starts = sold.by_channel[channel][:, 0] * 1.04
        came = installs * season() * np.exp(ar1(rng, 0.1))
        for n, day in enumerate(DAYS):
            loss = sum(one.loss for one in outages_of(channel) if one.covers(day))
            sessions = int(rng.poisson(starts[n]))
            new = int(rng.poisson(came[n]))
            given = int(rng.poisson(came[n] * 0.09))
            mean = stars - (1.4 if loss else 0.0)
            points = int(np.clip(np.round(rng.normal(mean, 0.9, given)), 1, 5).sum())
            rows.append(
                {
                    "day": day, "channel": channel, "installs": new,
                    "uninstalls": int(rng.binomial(new, 0.42)), "app_sessions": sessions,
                    "crashed_sessions": int(rng.binomial(sessions, crashes + 0.3 * loss)),
                    "frozen_sessions": int(rng.binomial(sessions, crashes * 0.6)),
                    "rating_sum": points if given else None, "ratings": given or None,
                }
            )  # fmt: skip
    return rows


@dataclass(frozen=True)
class Campaign:
    """One advertising campaign: its part of the channel's visits, price and click-through."""

    channel: str
    name: str
    type: str
    part: float
    price: float
    ctr: float


CAMPAIGNS = (
    Campaign("paid_search", "Brand, all regions", "Search", 0.3, 0.22, 0.14),
    Campaign("paid_search", "Garden & terrace", "Search", 0.3, 0.52, 0.047),
    Campaign("paid_search", "Kitchen, tables < 200 EUR", "Search", 0.25, 0.58, 0.041),
    Campaign("paid_search", "Gifts", "Search", 0.15, 0.49, 0.052),
    Campaign("shopping", "Shopping: whole range", "Shopping", 0.6, 0.41, 0.012),
    Campaign("shopping", "Performance Max, bestsellers", "Performance Max", 0.4, 0.46, 0.014),
    Campaign("display", "Display: remarketing", "Display", 0.7, 0.24, 0.0051),
    Campaign("display", "Display: spring launch", "Display", 0.3, 0.31, 0.0038),
    Campaign("video", "Video: how it is made", "Video", 0.6, 0.33, 0.0042),
    Campaign("video", "Demand Gen: new home", "Demand Gen", 0.4, 0.36, 0.0061),
)
GROUP_OF = {"paid_search": "Paid Search", "shopping": "Paid Shopping", "display": "Display",
            "video": "Paid Video", "paid_social": "Paid Social", "paid_social_2": "Partner Social",
            "affiliates": "Affiliates"}  # fmt: skip


def adverts(seen: Origins) -> list[Row]:
    """The Google Ads account: it counts 12 % more orders than the analytics tool does."""
    rng = np.random.default_rng(SEED + 5)
    rows = []
    for one in CAMPAIGNS:
        group = seen.of(GROUP_OF[one.channel])
        by_device = one.channel == "paid_search"
        cuts = [(d, group[d]) for d in range(3)] if by_device else [(None, group.sum(axis=0))]
        price = one.price * np.exp(ar1(rng, 0.05)) * season(0.06) ** 0.3
        for place, sums in cuts:
            for n, day in enumerate(DAYS):
                clicks = int(rng.poisson(sums[n, 0] * one.part * 1.08))
                factor = one.part * 1.12 * float(np.exp(rng.normal(0, 0.05)))
                rows.append(
                    {
                        "day": day, "campaign": one.name, "type": one.type, "channel": one.channel,
                        "device": None if place is None else ("Computers", "Mobile phones", "Tablets")[place],
                        "impressions": int(clicks / one.ctr * float(np.exp(rng.normal(0, 0.05)))),
                        "clicks": clicks, "cost": round(clicks * float(price[n]), 2),
                        "conversions": round(float(sums[n, 1]) * factor, 2),
                        "value": round(float(sums[n, 2]) * factor, 2),
                    }
                )  # fmt: skip
    return sorted(rows, key=lambda row: (row["day"], row["campaign"], row["device"] or ""))


def other_spend(seen: Origins) -> list[Row]:
    """Social networks, partners and message fees: what the Google account does not hold."""
    rng = np.random.default_rng(SEED + 6)
    rows = []
    social = (("paid_social", "Always on", 0.65, 0.38, 0.011), ("paid_social", "New arrivals", 0.35, 0.44, 0.013),
              ("paid_social_2", "Partner reels", 1.0, 0.42, 0.009), ("affiliates", None, 1.0, 0.31, None))  # fmt: skip
    for channel, campaign, part, price, ctr in social:
        visits = seen.of(GROUP_OF[channel]).sum(axis=0)[:, 0]
        cost = price * np.exp(ar1(rng, 0.06))
        for n, day in enumerate(DAYS):
            clicks = int(rng.poisson(visits[n] * part * 1.1))
            shown = None if ctr is None else int(clicks / ctr * float(np.exp(rng.normal(0, 0.06))))
            spend = round(clicks * float(cost[n]), 2)
            if channel == "paid_social" and day == date(2025, 12, 19) and campaign == "Always on":
                spend = -412.50  # a credit note
            rows.append({"day": day, "channel": channel, "campaign": campaign, "currency": "EUR",
                         "impressions": shown, "clicks": clicks, "spend": spend})  # fmt: skip
    for channel, fee in (("newsletter", 190.0), ("email_service", 85.0), ("sms", 410.0), ("push", 40.0)):
        for day in DAYS:
            spend = round(fee * float(np.exp(rng.normal(0, 0.04))), 2)
            rows.append({"day": day, "channel": channel, "campaign": None, "currency": "EUR",
                         "impressions": None, "clicks": None, "spend": spend})  # fmt: skip
    return sorted(rows, key=lambda row: (row["day"], row["channel"], row["campaign"] or ""))


def checks() -> list[Row]:
    """Hourly checks of four sites over the last 45 days, as a status page repository keeps them."""
    rng = np.random.default_rng(SEED + 7)
    rows = []
    for name, speed in (("Website", 220), ("Web shop", 270), ("Customer portal", 390), ("Checkout", 350)):
        for day in DAYS[-45:]:
            for hour in range(24):
                down = rng.random() < 0.0018
                late = not down and rng.random() < 0.004
                rows.append(
                    {
                        "committed_at": f"{day}T{hour:02}:{int(rng.integers(2, 14)):02}:00Z", "check": name,
                        "status": "down" if down else "degraded" if late else "up",
                        "http_status": 503 if down else 200,
                        "response_ms": int(speed * np.exp(rng.normal(0, 0.2)) * (6 if late else 1)),
                    }
                )  # fmt: skip
    return sorted(rows, key=lambda row: (row["committed_at"], row["check"]))
