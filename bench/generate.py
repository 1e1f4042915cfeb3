"""Generated daily rows for measuring: 10 million by default, landed as one Parquet export."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from commonground.catalogue import catalogue

CHANNELS, CAMPAIGNS, DEVICES, REGIONS = 40, 10, 4, 4
"""40 channels x 10 campaigns x 4 devices x 4 regions are 6400 rows a day."""


def generate(data: Path, rows: int) -> None:
    """Write a landing folder that holds about `rows` daily rows of every measure, and its channels."""
    folder = data / "landing" / ("a" * 64)
    folder.mkdir(parents=True, exist_ok=True)
    days = max(56, rows // (CHANNELS * CAMPAIGNS * DEVICES * REGIONS))
    con = duckdb.connect()
    con.execute("select setseed(0.42)")
    measures = ", ".join(f"floor(random() * 1000) as {m}" for m in catalogue().measures)
    con.execute(
        f"""copy (
            select 1::bigint as load, (date '2026-10-31' - d::integer)::date as day, 'channel_' || lpad(c::varchar, 2, '0') as channel,
                   'campaign ' || k as campaign, ['desktop', 'mobile', 'tablet', 'app'][v + 1] as device,
                   ['north', 'south', 'east', 'west'][r + 1] as region, {measures}
            from range({days}) as day(d), range({CHANNELS}) as channel(c), range({CAMPAIGNS}) as campaign(k),
                 range({DEVICES}) as device(v), range({REGIONS}) as region(r)
            order by day, channel
        ) to '{folder}/daily.parquet' (format parquet, compression zstd)"""
    )
    sums = ", ".join(f"sum({m}) as {m}" for m in catalogue().measures)
    con.execute(
        f"copy (unpivot (select 1::bigint as load, day, channel, {sums} from '{folder}/daily.parquet' group by all)"
        f" on {', '.join(catalogue().measures)} into name measure value total) to '{folder}/covered.parquet' (format parquet)"
    )
    con.execute(
        f"copy (select 1::bigint as load, 'channel_' || lpad(c::varchar, 2, '0') as channel, ['campaign', 'web', 'mobile'][c % 3 + 1] as kind,"
        " 'Channel ' || c as name, ['display', 'site', 'ios app'][c % 3 + 1] as family, null::varchar as address"
        f" from range({CHANNELS}) as channel(c)) to '{folder}/channel.parquet' (format parquet)"
    )
    con.execute(
        f"copy (select 1::bigint as load, ['it', 'marketing'][c % 2 + 1] as asserted_by, ['it', 'marketing', 'shared'][c % 3 + 1] as org, 'A' as role,"
        " 'channel_' || lpad(c::varchar, 2, '0') as channel, '*' as metric, null::date as valid_from, null::date as valid_to, 'bench' as source"
        f" from range({CHANNELS}) as channel(c)) to '{folder}/ownership_claim.parquet' (format parquet)"
    )
    total = con.execute(f"select count(*) from '{folder}/daily.parquet'").fetchone()
    assert total
    (folder / "load.json").write_text(json.dumps({
        "load": 1, "file": "generated", "tool": "generic", "account": "daily", "sha256": "a" * 64, "first_day": None, "last_day": "2026-10-31",
        "rows_read": total[0], "rows_taken": total[0], "rows_refused": 0, "rows_set_aside": 0, "loaded_at": "2026-11-01 00:00:00", "notes": [],
        "problem": None, "unchanged": False,
    }))  # fmt: skip
