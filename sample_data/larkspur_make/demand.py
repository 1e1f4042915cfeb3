"""What happened at Larkspur: visits and orders, by day x device x region, with the stories in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import stories
from .world import (
    DAYS,
    DEVICE_RATE,
    GOOD_LOADS,
    ORIGINS,
    PLATFORMS,
    PUSH,
    REGION_RATE,
    WEBSITE_SHARE_OF_ORDERS,
    WEBSITE_SHARE_OF_SESSIONS,
    Traffic,
    calendar,
    day_index,
    stream,
    wander,
)

Array = np.ndarray
WEEKDAYS = np.array([1.06, 1.01, 0.98, 0.99, 0.93, 0.90, 1.13])  # Monday first


@dataclass
class Visits:
    """Counts of one channel, each of shape day x device x region."""

    sessions: Array
    engaged_sessions: Array
    page_views: Array
    conversions: Array
    revenue: Array
    lost_conversions: Array
    lost_revenue: Array
    leads: Array | None = None


@dataclass
class World:
    visits: dict[str, Visits]
    good_loads: dict[str, Array]  # the share that each property's loads are good, by day


def happen() -> World:
    """Two years of Larkspur, drawn from the seed."""
    good_loads = {name: _good_loads(name) for name in GOOD_LOADS}
    pull = {name: _pull(share, GOOD_LOADS[name]) for name, share in good_loads.items()}
    visits = {}
    for traffic in (*ORIGINS, PUSH):
        visits[traffic.channel] = _visit(traffic, _pull_on_origin(pull))
    for traffic in PLATFORMS:
        own = pull.get(traffic.channel, np.ones(len(DAYS)))
        visits[traffic.channel] = _visit(traffic, np.repeat(own[:, None], 4, axis=1))
    visits |= _platforms_of_origins(visits, pull)
    for name, share in (("website", 0.021), ("trade_portal", 0.034), ("organic_social", 0.012)):
        visits[name].leads = stream("leads", name).binomial(visits[name].sessions, share)
    return World(visits, good_loads)


def _good_loads(name: str) -> Array:
    share = GOOD_LOADS[name] + wander(f"good loads {name}", 0.022, 0.75)
    if name == stories.SLOW_CHANNEL:
        first, last = day_index(stories.SLOW_FIRST_DAY), day_index(stories.SLOW_LAST_DAY)
        share[first : last + 1] -= stories.SLOW_DROP
    if name == stories.FASTER_CHANNEL:
        share[day_index(stories.FASTER_FROM) :] += stories.FASTER_RISE
    return np.clip(share, 0.3, 0.95)


def _pull(share: Array, usual: float) -> Array:
    """What a day's page speed does to the conversion rate."""
    return np.exp(stories.SLOW_BETA * (share - usual))


def _pull_on_origin(pull: dict[str, Array]) -> Array:
    """The main site's speed as a visitor from anywhere meets it: large screens on two addresses."""
    large = (
        WEBSITE_SHARE_OF_ORDERS * pull["website"]
        + (1 - WEBSITE_SHARE_OF_ORDERS) * pull["web_shop"]
    )
    return np.stack([large, pull["mobile_web"], large, np.ones(len(DAYS))], axis=1)


def _visit(traffic: Traffic, pull: Array) -> Visits:
    """Draw one channel. `pull` is the effect of page speed, by day x device."""
    name = traffic.channel
    rng = stream("visits", name)
    years = np.arange(len(DAYS)) / 365.25
    weekday = WEEKDAYS[(DAYS.astype("datetime64[D]").astype(int) + 3) % 7]
    level = (
        traffic.sessions
        * (1 + traffic.growth) ** years
        * weekday
        * calendar() ** traffic.season
        * np.exp(wander("site", 0.03, 0.7) + wander(f"visits {name}", 0.045))
    )
    devices = np.array(traffic.devices) * (1 + np.outer(years - 1, [-0.03, 0.02, -0.03, 0.0]))
    devices /= devices.sum(axis=1, keepdims=True)
    mean = level[:, None, None] * devices[:, :, None] * np.array(traffic.regions)[None, None, :]
    mean *= rng.gamma(150, 1 / 150, mean.shape)

    rate = traffic.true_rate * np.exp(
        wander("site orders", 0.015, 0.7)
        + wander(f"orders {name}", 0.025, 0.5)
        + 0.16 * np.clip(calendar() - 1.2, 0, 1)
    )
    rate = rate * _story_on_rate(name)
    rate = rate[:, None, None] * DEVICE_RATE[None, :, None] * REGION_RATE[None, None, :]
    rate = rate * pull[:, :, None]

    odd = day_index(stories.ANOMALY_DAY)
    if name == stories.ANOMALY_CHANNEL:
        mean[odd] *= stories.ANOMALY_SESSIONS
        rate[odd] *= stories.ANOMALY_CONVERSIONS / stories.ANOMALY_SESSIONS

    sessions = rng.poisson(mean)
    wanted = rng.poisson(sessions * rate * rng.gamma(40, 1 / 40, mean.shape))
    wanted = np.minimum(wanted, sessions)
    lost = rng.binomial(wanted, _story_loss(name)[:, None, None])
    engaged = rng.binomial(sessions, np.clip(traffic.engaged + wander(f"engaged {name}", 0.012), 0, 1)[:, None, None])  # noqa: E501  # fmt: skip
    order_value = traffic.order_value * np.exp(
        wander(f"order value {name}", 0.02, 0.7) + 0.02 * years
    )
    return Visits(
        sessions=sessions,
        engaged_sessions=np.maximum(engaged, wanted - lost),
        page_views=sessions + rng.poisson(sessions * (traffic.pages - 1)),
        conversions=wanted - lost,
        revenue=_money(rng, wanted - lost, order_value),
        lost_conversions=lost,
        lost_revenue=_money(rng, lost, order_value),
    )


def _story_on_rate(name: str) -> Array:
    factor = np.ones(len(DAYS))
    for hand_over in stories.HAND_OVERS:
        if hand_over.channel == name:
            factor[day_index(hand_over.day) :] *= 1 + hand_over.effect
    if name == "affiliates":
        factor[day_index(stories.AFFILIATES_LAPSED_FROM) :] *= 1 + stories.AFFILIATES_LAPSE_EFFECT
    return factor


def _story_loss(name: str) -> Array:
    share = np.zeros(len(DAYS))
    for outage in stories.OUTAGES:
        if outage.channel == name:
            first = day_index(outage.first_day)
            share[first : first + len(outage.loss_shares)] = outage.loss_shares
    return share


def _money(rng: np.random.Generator, orders: Array, order_value: Array) -> Array:
    """Baskets differ: the sum of `orders` of them, in EUR and cents."""
    shape = 2.5  # of one basket's gamma distribution
    drawn = rng.gamma(np.maximum(orders, 1) * shape, order_value[:, None, None] / shape)
    return np.round(np.where(orders > 0, drawn, 0.0), 2)


def _platforms_of_origins(visits: dict[str, Visits], pull: dict[str, Array]) -> dict[str, Visits]:
    """The main site as its three addresses see it: the same visits and money as the origins'."""
    rng = stream("platforms")
    names = ("sessions", "engaged_sessions", "page_views", "conversions", "revenue")
    origins = [visits[traffic.channel] for traffic in (*ORIGINS, PUSH)]
    total = {name: sum(getattr(one, name) for one in origins) for name in names}

    large = np.array([1, 0, 1, 0])[None, :, None]
    weight = WEBSITE_SHARE_OF_ORDERS * pull["website"]
    share = weight / (weight + (1 - WEBSITE_SHARE_OF_ORDERS) * pull["web_shop"])
    by_device = share[:, None, None]
    sessions = rng.binomial(total["sessions"] * large, WEBSITE_SHARE_OF_SESSIONS)
    orders = rng.binomial(total["conversions"] * large, by_device)
    part = np.divide(orders, total["conversions"], out=np.zeros(orders.shape), where=orders > 0)
    website = {
        "sessions": sessions,
        "engaged_sessions": rng.binomial(sessions, 0.53),
        "page_views": rng.binomial(total["page_views"] * large, WEBSITE_SHARE_OF_SESSIONS),
        "conversions": orders,
        "revenue": np.round(total["revenue"] * part, 2),
    }
    phone = np.array([0, 1, 0, 0])[None, :, None]
    split = {
        "website": website,
        "web_shop": {k: np.round(total[k] * large - website[k], 2) for k in names},
        "mobile_web": {k: np.round(total[k] * phone, 2) for k in names},
    }
    nothing = np.zeros(total["sessions"].shape)
    return {
        name: Visits(**parts, lost_conversions=nothing, lost_revenue=nothing)
        for name, parts in split.items()
    }
