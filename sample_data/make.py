"""Write the sample data of Larkspur, a retailer that does not exist.

    python sample_data/make.py [--out DIR] [--seed N]

The seed is fixed: each run writes the same bytes. Another seed draws other days around the same truth. What was planted, and how large it truly is,
stands in STORIES.md beside the exports.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
from pathlib import Path
from typing import Any

import duckdb
import larkspur_facts as facts
import larkspur_words as words
import numpy as np

HERE = Path(__file__).parent
Row = dict[str, Any]


def main() -> None:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "larkspur")
    parser.add_argument("--seed", type=int, default=facts.SEED)
    chosen = parser.parse_args()
    facts.SEED = chosen.seed
    chosen.out.mkdir(parents=True, exist_ok=True)
    write(chosen.out)


def write(out: Path) -> None:
    """Write all exports and STORIES.md."""
    sold = facts.platforms()
    seen = facts.origins(sold)
    adverts = facts.adverts(seen)
    google_ads(out / "google_ads_search.csv", [r for r in adverts if r["device"]], True)
    google_ads(out / "google_ads_other.csv", [r for r in adverts if not r["device"]], False)
    ga4(out / "ga4_channels.csv", seen)
    text(out / "catalog-info.yaml", words.catalog())
    table(out / "upptime_checks.csv", facts.checks())
    parquet(out / "daily__platforms.parquet", sold.rows)
    parquet(out / "daily__monitors.parquet", facts.monitors(sold))
    table(out / "daily__messaging.csv", facts.messaging(sold))
    table(out / "daily__apps.csv", facts.apps(sold))
    table(out / "daily__other_spend.csv", facts.other_spend(seen))
    for name, (columns, rows) in words.tables().items():
        table(out / f"{name}.csv", [dict(zip(columns, row, strict=True)) for row in rows])
    text(out / "STORIES.md", stories(sold))


def text(path: Path, content: str) -> None:
    """A text file with plain line ends on every system."""
    path.write_bytes(content.encode())


def table(path: Path, rows: list[Row]) -> None:
    """A CSV; None is an empty cell."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    text(path, buffer.getvalue())


DOUBLES = {"revenue", "minutes_up", "response_ms"}


def parquet(path: Path, rows: list[Row]) -> None:
    """A Parquet file, sorted by channel, so that it packs well; one thread, so that it is the same."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    texts = {"channel", "device", "region"}
    types = {
        name: "date" if name == "day" else "varchar" if name in texts else "double"
        if name in DOUBLES else "integer"
        for name in columns
    }  # fmt: skip
    con = duckdb.connect()
    con.execute("set threads = 1")
    draft = path.with_suffix(".tmp")
    draft.write_text("\n".join(json.dumps(row, default=str) for row in rows))
    shape = "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in types.items()) + "}"
    order = ", ".join(name for name in ("channel", "device", "region", "day") if name in columns)
    con.execute(
        f"copy (select * from read_json('{draft}', format = 'newline_delimited', columns = {shape})"
        f" order by {order}) to '{path}' (format parquet, compression zstd)"
    )
    con.close()
    draft.unlink()


def number(value: float | None, digits: int = 0) -> str:
    """A number as Google Ads writes it: 1,234.50, and " --" for none."""
    return " --" if value is None else f"{value:,.{digits}f}"


def google_ads(path: Path, rows: list[Row], commas: bool) -> None:
    """A Google Ads report: UTF-8 with commas, or UTF-16 with tabs, as both kinds of download are."""
    head = ["Day", "Campaign", "Campaign type", *(["Device"] if commas else []), "Currency code",
            "Impr.", "Clicks", "Cost", "Conversions", "Conv. value"]  # fmt: skip
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter="," if commas else "\t", lineterminator="\n")
    writer.writerow(["Campaign report, Larkspur" if commas else "Campaign report"])
    writer.writerow(["November 1, 2024 - October 31, 2026"])
    writer.writerow(head)
    for row in rows:
        device = [row["device"]] if commas else []
        value = row["value"] if row["conversions"] else None
        writer.writerow(
            [row["day"], row["campaign"], row["type"], *device, "EUR", number(row["impressions"]),
             number(row["clicks"]), number(row["cost"], 2), number(row["conversions"], 2),
             number(value, 2)]
        )  # fmt: skip
    sums = [sum(row[name] for row in rows) for name in ("impressions", "clicks", "cost", "conversions", "value")]
    for name in ("Total: Campaigns", "Total: Account"):
        blank = [" --"] * (3 if commas else 2)
        writer.writerow([name, *blank, "EUR", *(number(s, 2 * (n > 1)) for n, s in enumerate(sums))])
    content = buffer.getvalue()
    path.write_bytes(content.encode() if commas else b"\xff\xfe" + content.encode("utf-16-le"))


def ga4(path: Path, seen: facts.Origins) -> None:
    """A Google Analytics report with its comment block and the grand total above the rows."""
    lines = ["# ----------------------------------------", "# Traffic acquisition by day",
             "# Account: Larkspur", "# Property: Larkspur web", "#",
             "# All users", f"# Start date: {facts.FIRST:%Y%m%d}", f"# End date: {facts.LAST:%Y%m%d}",
             "# ----------------------------------------", "",
             "Date,Session primary channel group,Device category,Region,Sessions,Engaged sessions,Key events,Total revenue"]  # fmt: skip
    total = seen.split.sum(axis=(0, 1, 2, 3))
    lines.append(f",,,,{total[0]:.0f},{seen.engaged.sum()},{total[1]:.0f},{total[2]:.2f}")
    shape = len(facts.GROUPS), len(facts.WEB_DEVICES), len(facts.REGIONS)
    for n, day in enumerate(facts.DAYS):
        for g, d, r in np.ndindex(shape):
            sessions, orders, money = seen.split[g, d, r, n]
            if sessions:
                lines.append(
                    f"{day:%Y%m%d},{facts.GROUPS[g][0]},{facts.WEB_DEVICES[d]},{facts.REGIONS[r]},"
                    f"{sessions:.0f},{seen.engaged[g, d, r, n]},{orders:.0f},{money:.2f}"
                )
    text(path, "\n".join(lines) + "\n")


def stories(sold: facts.Sold) -> str:
    """What was planted, with its true size."""
    year = sum(sums[-365:, 2].sum() for sums in sold.by_channel.values())
    raw = sorted(
        ((sums[:, 1].sum() / sums[:, 0].sum(), name) for name, sums in sold.by_channel.items()
         if sums[:, 1].sum()), reverse=True,
    )  # fmt: skip
    losses = "\n".join(
        f"| {one.incident} | {one.channel} | {one.first} | {one.last} | {one.loss:.0%} |"
        f" {sold.lost[one.incident][0]:,} | {sold.lost[one.incident][1]:,.0f} |"
        for one in facts.OUTAGES
    )
    rates = "\n".join(f"| {name} | {rate:.2%} |" for rate, name in raw)
    slow = "\n".join(
        f"| {one.channel} | {one.first} | {one.last} | {one.drop * 100:.0f} | {sold.slow_lost[one]:,.0f} |"
        for one in facts.SLOW
    )
    october = {name: sums[-31:, 2].sum() for name, sums in sold.by_channel.items()}
    pace = "\n".join(
        f"| {channel} | {value:,} | {october[channel]:,.0f} | {'yes' if october[channel] >= value else 'no'} |"
        for channel, metric, first, _, value in words.TARGETS if (metric, first) == ("revenue", words.THIS_MONTH)
    )  # fmt: skip
    return f"""# Larkspur: what was planted, and how large it truly is

Larkspur does not exist. EUR, {facts.FIRST} to {facts.LAST}; revenue of the last 365 days {year:,.0f}.
Everything is written by `sample_data/make.py`; the seed is {facts.SEED}.

## Numbers

- **Owned together sells better.** The conversion rate of channels that were shared from the first day
  (web_shop, mobile_web, ios_app, android_app) is truly {facts.SHARED_LIFT - 1:+.0%} above that of channels with one
  owner (outlet_shop, mobile_web_outlet, tablet_app, partner_app; gift_shop and customer_portal until
  their hand-over), at equal device, region and family.
- **Looks best only through its mix:** outlet_shop. It has mostly desktop visitors in the north; its own level
  is 0.99 of the common one and it has no lift. Raw conversion rates:

| channel | raw conversion rate |
| --- | --- |
{rates}

  True factors: device {facts.DEVICE_CVR}; region {facts.REGION_CVR};
  family {facts.FAMILY_CVR}; base {facts.BASE_CVR}.
- **All shared channels together**, the two with a hand-over among them and each held against its family, are truly
  {average_lift():+.1%}: what a contrast over everything estimates.
- **A hand-over that helped:** gift_shop, IT alone to both on {facts.GIFT_HANDOVER}: conversion rate {facts.GIFT_LIFT - 1:+.0%}.
- **A hand-over that did not:** customer_portal, IT alone to both on {facts.PORTAL_HANDOVER}: 0 %.
- **Incidents.** Lost orders and revenue are exact: they were drawn, then taken away.

| incident | orders of | first day | last day | planned loss | lost conversions | lost revenue (EUR) |
| --- | --- | --- | --- | --- | --- | --- |
{losses}

- **Slow pages:** on each of the six web channels that sell, log(conversion rate) moves by {facts.SLOW_BETA} per whole share of
  fast loads on the same day: ten points fewer go with 6 % fewer orders. The share wanders by {facts.SPEED_WOBBLE:.1%} from day to day
  (standard deviation), and falls in these episodes; the first is the headline, a redesign with large images.

| channel | first day | last day | fall (points) | expected lost conversions |
| --- | --- | --- | --- | --- |
{slow}

- **Anomaly:** {facts.ANOMALY[0]} on {facts.ANOMALY[1]}: sessions x {facts.ANOMALY[2]}. Nothing explains it.
- **Pacing:** ask with `--to 2026-10-15`, in the middle of the last month. What October truly brought:

| channel | target of the month (EUR) | revenue of the month (EUR) | hit |
| --- | --- | --- | --- |
{pace}

- **Regions** north, south, east, west: on the selling platforms and on every group of the analytics tool. Monitors, messages
  and advertising accounts do not know the region.
- **Newsletter delivery** falls by 2 points from 2026-07-06.
- **Two tools, one number:** Google Ads counts 12 % more orders than the analytics tool, and more clicks than sessions.
- **Adds up:** the sessions, orders and revenue of the analytics tool's groups, by day, device and region, are exactly those of
  the web platforms (website, shops, portal, mobile web).
- **Stale:** the monitor of push ends on {facts.PUSH_MONITOR_ENDS}. **Never measured (BLIND):** kiosk.

- **Other draws:** with each of the seeds 1 to 10 (`make.py --seed`) the methods told these stories as they are: owned
  together, the outlet's mix, gift_shop, INC-1041, INC-1007, slow pages, the anomaly and pacing 10 of 10 times; INC-1029,
  INC-1013 and INC-1052 9 of 10; customer_portal 8 of 10. All of them at once came out in 6 of 10 draws: each range is
  meant to miss one time in twenty, and there are fifteen.

## Ownership, as of {facts.LAST}

| state | where | since |
| --- | --- | --- |
| CONTESTED | website, all metrics; before: Marketing the customer half, IT the rest | {words.CONTESTED_FROM} |
| ORPHANED | sms, all metrics: its team was closed | {words.ORPHANED_FROM} |
| DISOWNED | newsletter and email_service: {", ".join(words.MAIL_INFRASTRUCTURE)} | {words.DISOWNED_FROM} |
| LAPSED | affiliates, all metrics; the money is still spent | {words.LAPSED_FROM} |
| MULTI_A | shopping: spend, return_on_ad_spend | 2025-10-01 |
| R_NO_A | push; display (an agency was called accountable: OUTSIDE) | {words.START} |
| UNOWNED | ai_assistants, all metrics | {words.START} |
| EXEMPT | unassigned, all metrics; checkout: conversions, conversion_rate | {words.START} |
| SHARED | web_shop, ios_app, android_app (a joint org); mobile_web (each side names both); gift_shop and customer_portal since their hand-over | |
| OWNED | the others | |

Flags: MISPLACED outlet_shop and mobile_web_outlet (infrastructure metrics), email_service (customer metrics),
tablet_app, partner_app, mobile_network and kiosk (policy: owned together), gift_shop and customer_portal (customer
metrics, until their hand-over); UNACKNOWLEDGED referral; SOFT_CONTEST organic_search (and the website's customer
half until {words.CONTESTED_FROM}); A_NO_R paid_social_2, organic_social; OUTSIDE display; BLIND kiosk; STALE push uptime;
PARTIAL sms (its tool leaves out the days without a message); TERM_CLASH engagement_rate, uptime, sessions.
"""


def average_lift() -> float:
    """The coefficient of "shared" over the true levels of all channel spells, families taken out."""
    level = {site.channel: np.log(site.own * (facts.SHARED_LIFT if site.shared else 1)) for site in facts.PLATFORMS if site.value}
    rows = [(site.family, site.shared, level[site.channel]) for site in facts.PLATFORMS if site.value]
    rows += [("shop", True, level["gift_shop"] + np.log(facts.GIFT_LIFT)), ("site", True, level["customer_portal"])]
    families = sorted({family for family, _, _ in rows})
    known = np.array([[*(family == name for name in families), shared] for family, shared, _ in rows], float)
    found, *_ = np.linalg.lstsq(known, np.array([value for _, _, value in rows]), rcond=None)
    return float(np.expm1(found[-1]))


if __name__ == "__main__":
    main()
