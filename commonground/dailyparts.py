"""Day by day on the pages: unusual days, control limits, targets, and where the month ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from commonground import chart, evidenceparts, evidencewords, figures, meeting, words
from commonground.catalogue import Metric, add_up, catalogue, money_sign
from commonground.evidence import xmr
from commonground.evidence.anomaly import Limits
from commonground.evidence.verdicts import Array
from commonground.frame import View, channel_table, choose
from commonground.questions import NO_DAY, evidence, performance

SHORT_DAYS = 14
"""Under this many days a period's points are days, from it on whole weeks."""
MIDDLE_OF_MONTH = 15
"""Where the month is over there is no forecast: the fan is that of this day, beside what came."""


def unusual(view: View, metric: Metric, sums: pd.DataFrame, by: str, starts: Callable[[pd.Series], pd.Series]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Flagged days of the view: rings on their lines (period, series, hover), and site-wide ones as events.

    sums: the page's; a channel's day stands on the line that it counts for. starts: days -> periods.
    """
    found = evidenceparts.over_all(view, metric, devices=view.scope.devices, regions=view.scope.regions).ask("anomalies")
    days = pd.to_datetime(found["day"])
    found = found[days.between(pd.Timestamp(view.scope.first_day or NO_DAY), pd.Timestamp(view.scope.last_day or NO_DAY))]
    site = found[found["channel"].isna()]
    events = pd.DataFrame({"starts_on": pd.to_datetime(site["day"]), "label": [evidencewords.site_wide(r) for r in words.records(site)], "kind": "site"})
    own = found[found["channel"].notna()].assign(day=lambda f: pd.to_datetime(f["day"]))
    lines = sums.loc[sums["period"] == "now", list(dict.fromkeys(["day", "channel", by]))].drop_duplicates(["day", "channel"])
    lines = lines.assign(day=pd.to_datetime(lines["day"]))
    rings = own.merge(lines, on=["day", "channel"], how="inner")
    return pd.DataFrame({
        "period": starts(rings["day"]), "series": rings[by], "hover": [evidencewords.unusual(view.name(r["channel"]), r) for r in words.records(rings)],
    }), events  # fmt: skip


def unusual_told(view: View) -> tuple[str, list[str]]:
    """What was watched, and what says too little."""
    found, watched = evidence.anomalies_for(view.generation, evidenceparts.closed(view), view.metric)
    return (
        f"{view.metric.label} of {words.counted(len(found.channels), 'channel')}, all days up to {words.day(view.generation.last_day)}: what is usual is learnt from all of them.",
        [f"{view.name(found.channels[row])}: {evidencewords.reason(why)}" for row, why in watched.left_out.items()],
    )


def points(view: View, sums: pd.DataFrame) -> pd.DataFrame:
    """The sums of whole weeks (days, where the period is short), numbered: point 0 is the period's first."""
    first, last = pd.Timestamp(view.scope.first_day or NO_DAY), pd.Timestamp(view.scope.last_day or NO_DAY)
    step = 1 if (last - first).days + 1 < SHORT_DAYS else 7
    dated = sums.assign(point=(pd.to_datetime(sums["day"]) - first).dt.days // step)
    whole = dated.groupby("point")["day"].nunique()
    return dated[dated["point"].isin(whole.index[whole == step])]


def beyond(metric: Metric, points: pd.DataFrame, by: Sequence[str] = ()) -> dict[Any, int]:
    """Group -> 1 or -1 where the period lies above or below the natural limits of the one before, else 0.

    XmR limits of the points before; without a group the key is ().
    """
    found = add_up(points, metric, [*by, "point"])
    if found.empty:
        return {}
    wide = found.assign(value=found["value"].astype(float)).set_index([*by, "point"])["value"]
    table = wide.unstack("point") if by else wide.to_frame().T
    is_now = np.asarray(table.columns) >= 0
    before, now = table.to_numpy(float)[:, ~is_now], table.to_numpy(float)[:, is_now]
    moved = [_outside(xmr(b), n[np.isfinite(n)]) for b, n in zip(before, now, strict=True)]
    return dict(zip(table.index, moved, strict=True)) if by else {(): moved[0]}


def _outside(limits: Limits | None, now: Array) -> int:
    """Where the mean of some points lies against limits: 1 above, -1 below, 0 between or unknown."""
    if limits is None or not len(now):
        return 0
    mean = float(now.mean())
    return int(mean > limits.high) - int(mean < limits.low)


def targets(view: View, metric: Metric, days: int) -> dict[str, float]:
    """Channel -> its target on the view's last day; of a sum, the part that falls on so many days."""
    rows = view.ask("targets", metrics=(metric.id,), kinds=(), channels=())
    return dict(zip(rows["channel"].astype(str), (rows["value"] if metric.denominator else rows["per_day"] * days).astype(float), strict=True))


def pacing(view: View) -> tuple[pd.DataFrame, View]:
    """The answer of `pacing` with reasons, and the view that it was asked over.

    Where the month is over, that of its middle: a forecast that can be held against what came.
    """
    last = pd.Timestamp(view.generation.last_day or NO_DAY)
    middle = last.replace(day=MIDDLE_OF_MONTH)
    today = middle if last.is_month_end and middle >= pd.Timestamp(view.generation.first_day or NO_DAY) else last
    asked = evidenceparts.over_all(view)
    asked = replace(asked, scope=replace(asked.scope, last_day=today.date()))
    rows: pd.DataFrame = asked.keep("pacing", lambda: evidence.pacing(view.generation, evidenceparts.closed(asked)))
    return rows.assign(aimed=rows["target"].notna()).sort_values(["aimed", "to_date"], ascending=False, kind="stable"), asked


def pacing_card(view: View, *, key: str, tickformat: str) -> None:
    """Pacing to target: who has one, the chance to hit it, and the fan of a chosen channel."""
    rows, asked = pacing(view)
    rows = rows[rows["aimed"]] if rows["aimed"].any() else rows[:5]
    st.markdown(f"**{view.metric.label}: where does the month end?**")
    if rows.empty:
        st.info(f"{view.metric.label} was not observed, or cannot be added up over a month.")
        return
    channel = choose("Channel", list(rows["channel"]), name="pace", default=str(rows["channel"].iloc[0]), format_func=view.name, width=260)
    found = words.records(rows[rows["channel"] == channel])[0]
    st.markdown(evidencewords.paced(view.metric, found, view.name(channel), view.currency))
    left, right = meeting.beside([1, 1])
    with left:
        if not words.missing(found["forecast"]):
            fan(view, found, asked, key=f"{key}_fan", tickformat=tickformat)
    one = replace(asked, scope=replace(asked.scope, channels=(channel,)))
    sign = money_sign(view.currency) if view.metric.unit == "money" else ""
    records = words.records(rows)
    with right:
        channel_table(view, pd.DataFrame({
            "Channel": [view.name(r["channel"]) for r in records], "So far": [words.rough(r["to_date"], sign) for r in records], "Forecast": [words.rough(r["forecast"], sign) for r in records],
            "Range": [f"{words.rough(r['low'], sign)} to {words.rough(r['high'], sign)}" if not words.missing(r["low"]) else words.sentence(evidencewords.reason(r["note"])) for r in records],
            "Target": [words.rough(r["target"], sign) for r in records], "Chance to hit": [words.chance(r["p_hit"]) for r in records],
        }), [r["channel"] for r in records], key=f"{key}_rows", alt="Pacing by channel")  # fmt: skip
    if not rows["aimed"].any():
        st.caption("No target is set for this month: target.csv holds channel, metric, first_day, last_day, value.")
    evidenceparts.how(f"{key}_how", "pacing", one, "pacing", lambda: (
        f"{view.metric.label} of {view.name(channel)}, every day up to {words.day(asked.scope.last_day)}.", ["Other channels: each has a forecast of its own"],
    ))  # fmt: skip


def fan(view: View, found: Mapping[str, Any], asked: View, *, key: str, tickformat: str) -> None:
    """One channel's month: what was reached by the day asked, the forecast and its range, the target."""
    channel, today = str(found["channel"]), pd.Timestamp(asked.scope.last_day or NO_DAY)
    days = pd.date_range(found["month"], found["month"] + pd.offsets.MonthEnd(0))
    sums = view.sums(**{"first_day": days[0].date(), "last_day": view.generation.last_day, "as_of": None, "compare": "none", "kinds": (), "owners": (),
                        "channels": (channel,), "devices": (), "regions": ()})  # fmt: skip
    daily = add_up(sums, view.metric, ["day"]).set_index("day")["value"].astype(float) if len(sums) else pd.Series(dtype=float)
    reached = daily.reindex(days).fillna(0.0).cumsum()
    left = max((days[-1] - today).days, 1)
    ahead = [(day - today).days / left if day >= today else None for day in days]
    so_far = float(found["to_date"])

    def line(end: str) -> list[float | None]:
        return [None if part is None else so_far + part * (float(found[end]) - so_far) for part in ahead]

    sign = money_sign(view.currency) if view.metric.unit == "money" else ""
    rows = pd.DataFrame({"period": days, "actual": [v if d <= today else None for d, v in zip(days, reached, strict=True)], "forecast": line("forecast"), "low": line("low"), "high": line("high")}).astype(
        dict.fromkeys(("actual", "forecast", "low", "high"), float)
    )
    if view.generation.last_day and pd.Timestamp(view.generation.last_day) >= days[-1] > today:
        came = float(reached.iloc[-1])
        inside = "inside" if found["low"] <= came <= found["high"] else "outside"
        st.caption(f"The month is over: this is the forecast as it stood on {words.day(today)}. It ended at {words.rough(came, sign)}, {inside} that range.")
    shown = rows["actual"].fillna(rows["forecast"])
    target = None if words.missing(found["target"]) else float(found["target"])
    chart.draw(figures.fan(rows.assign(text=[words.rough(v, sign) for v in shown]), theme=view.theme, tickformat=tickformat, target=target, height=260), key=key, height=260,
               table=rows, alt=evidencewords.paced(view.metric, found, view.name(channel), view.currency))  # fmt: skip


def technology_rows(view: View, sums: pd.DataFrame) -> pd.DataFrame:
    """Conversion rate beside page speed and uptime by channel: value now, and -1, 0 or 1 against its limits."""
    known = {name: catalogue()[name] for name in ("conversion_rate", "lcp_good_share", "uptime")}
    whole = points(view, sums)
    moved = {name: beyond(metric, whole, ["channel"]) for name, metric in known.items()}
    values = {name: performance.compared(sums, metric, ["channel"]).set_index("channel") for name, metric in known.items()}
    out = pd.DataFrame({"channel": values["conversion_rate"].index})
    for name in known:
        table = values[name].reindex(out["channel"])
        out[name], out[f"{name}_change"] = table["value"].to_numpy(float), table["change"].to_numpy(float)
        out[f"{name}_moved"] = [moved[name].get(channel, 0) for channel in out["channel"]]
    known_health = out[["lcp_good_share", "uptime"]].notna().any(axis=1)
    worse = (out["lcp_good_share_moved"] < 0) | (out["uptime_moved"] < 0)
    out["reading"] = [words.us_or_technology(int(m), bool(w), bool(k)) for m, w, k in zip(out["conversion_rate_moved"], worse, known_health, strict=True)]
    out = out[known_health & out["conversion_rate"].notna()]
    return out.assign(worst=out["conversion_rate_moved"], largest=-out["conversion_rate_change"].abs()).sort_values(["worst", "largest"]).drop(columns=["worst", "largest"])
