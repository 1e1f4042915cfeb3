"""Parts that several pages share: tiles, the ownership map, gap tables, trends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import pandas as pd
import streamlit as st

from commonground import chart, dailyparts, evidenceparts, evidencewords, figures, meeting, words
from commonground.catalogue import (
    DASH,
    MINUS,
    THIN,
    Metric,
    add_up,
    catalogue,
    compact,
    money_sign,
    write,
    write_change,
)
from commonground.formats import mappings
from commonground.frame import View, channel_table, toggle_channel
from commonground.questions import performance, services
from commonground.questions.ownership import STATE_WORDS

TILES = ("revenue", "conversion_rate", "spend", "lcp_good_share", "uptime", "sessions", "conversions", "crash_free_rate", "error_rate", "click_through_rate")
OUTPUTS = ("revenue", "conversions", "conversion_rate", "average_order_value", "return_on_ad_spend")
INPUTS = ("spend", "sessions", "click_through_rate", "engagement_rate", "cost_per_acquisition", "delivery_rate", "open_rate")
TILES_A_ROW = 5
FEWEST_TILES = 3
TILE_WIDTH = 400
"""Pixels: one or two tiles as wide as the page would be banners."""
DELTA_COLOUR: dict[int, Literal["normal", "inverse", "off"]] = {1: "normal", -1: "inverse", 0: "off"}
MAP_ROWS = 40
MAP_COLUMNS = 24
"""More cells than this cannot be read on one screen; the list below the map has them all."""
MEETING_ROWS = 13
"""Rows of a map that stand on one screen of a meeting."""
ROW_PIXELS = 24


def labels() -> dict[str, str]:
    """Metric id -> label."""
    return {name: metric.label for name, metric in catalogue().metrics.items()}


def tickformat(metric: Metric) -> str:
    """How the metric's axis is written."""
    return {"percent": ".1%", "stars": ".2f", "ratio": ".2f"}.get(metric.unit, "~s")


def change_format(metric: Metric) -> str:
    """How an axis of changes is written: points for shares, percent for volumes."""
    return {"percent": "+.0pt", "stars": "+.2f", "ratio": "+.2f"}.get(metric.unit, "+.0%") if metric.is_rate else "+.0%"


def made_of(metric: Metric) -> str:
    """The measures of a metric in words: conversions / sessions."""
    plus = " ".join(f"{MINUS if sign < 0 else '+'} {name}" for name, sign in metric.numerator).removeprefix("+ ")
    plus = f"({plus})" if len(metric.numerator) > 1 and metric.denominator else plus
    return (f"{plus} / {metric.denominator}" if metric.denominator else plus).replace("_", " ")


def explain(view: View, metric: Metric) -> str:
    """A metric in place: what it means, what it is made of, who reports it and how new it is."""

    def told() -> str:
        seen = view.table("observed")
        seen = seen[seen["metric"] == metric.id]
        source = f"Reported by {words.counted(seen['channel'].nunique(), 'channel')}, newest day {words.day(seen['last_day'].max())}." if len(seen) else "Not observed."
        expected = {1: "More is better.", -1: "Less is better."}.get(metric.sign, "Neither more nor less is better.")
        return f"{metric.description}\n\nMade of: {made_of(metric)}. {expected}\n\n{source}"

    return str(view.keep(f"explained {metric.id}", told, blind=True))


def tool_name(tool: str) -> str:
    """An export's tool as people call it."""
    known = next((m.name for m in mappings() if m.tool == tool), "Own tables" if tool == "generic" else tool)
    return known.split(" (")[0].split(",")[0].removesuffix(" report").removesuffix(" check events")


def grain(view: View) -> str:
    """day for up to seven weeks, week for longer."""
    assert view.scope.first_day
    assert view.scope.last_day
    return "day" if (view.scope.last_day - view.scope.first_day).days < 50 else "week"


def headline_metrics(sums: pd.DataFrame) -> list[Metric]:
    """The first five of the usual headlines that this data has."""
    observed = set(sums.columns[sums.notna().any()])
    found = [catalogue()[name] for name in TILES if set(catalogue()[name].measures) <= observed]
    return found[:5]


def customer_blocks(sums: pd.DataFrame) -> list[list[Metric]]:
    """What came out, then what went in: the customer metrics that this data has, a list for each row of tiles; few are one row."""
    observed = set(sums.columns[sums.notna().any()])
    found = [[catalogue()[name] for name in names if set(catalogue()[name].measures) <= observed][:TILES_A_ROW] for names in (OUTPUTS, INPUTS)]
    whole = [metric for block in found for metric in block]
    return [whole] if 0 < len(whole) <= TILES_A_ROW else [block for block in found if block]


def most_moved(cells: pd.DataFrame, most: int) -> tuple[pd.DataFrame, int]:
    """The cells of so many channels, those with most cells beyond their limits first, then the largest; and how many channels are left out.

    cells: channel, good (0: routine), numerator (the largest of a channel is its size); their order stays.
    """
    rank = cells.assign(moved=cells["good"].ne(0), size=cells["numerator"].astype(float)).groupby("channel").agg(moved=("moved", "sum"), size=("size", "max"))
    kept = rank.sort_values(["moved", "size"], ascending=False, kind="stable").index[:most]
    return cells[cells["channel"].isin(kept)], len(rank) - len(kept)


def how(key: str, told: str, *commands: str) -> None:
    """How do we know? A sentence, and the commands that give the same numbers; made when it is opened, and no matter for a meeting."""
    if meeting.presenting():
        return
    with st.expander("How do we know?", key=key, on_change="rerun") as door:
        if door.open:
            st.markdown(told)
            for line in commands:
                st.code(line, language=None)


def tiles(view: View, sums: pd.DataFrame, metrics: list[Metric], *, owners: Mapping[str, str] | None = None) -> None:
    """One tile a metric: value, change coloured by whether it is good where it lies beyond its natural limits, sparkline; beside it its owner's mark, if given."""
    now = sums[sums["period"] == "now"]
    wanted = " ".join(metric.id for metric in metrics)
    totals = view.keep(f"totals {wanted}", lambda: performance.total_of(sums, metrics))
    lines = view.keep(f"lines {wanted}", lambda: [add_up(now, m, ["day"]).sort_values("day")["value"].dropna().tolist() for m in metrics])
    moved = view.keep(f"moved {wanted}", lambda: _moved(view, sums, metrics))
    with st.container(horizontal=True, key="_".join(["tiles", *(metric.id for metric in metrics[:1])])):
        for place, metric in enumerate(metrics):
            row = totals.iloc[place]
            tile = st.container(border=True, height="stretch", width="stretch" if len(metrics) >= FEWEST_TILES else TILE_WIDTH)
            tile.metric(
                metric.label + (f"  :gray-badge[{owners[metric.id]}]" if owners and metric.id in owners else ""), write(metric, row["value"], view.currency),
                None if pd.isna(row["change"]) else write_change(metric, row["change"]).replace(MINUS, "-"),
                delta_color=DELTA_COLOUR[metric.sign if moved[place] else 0], help=explain(view, metric),
            )  # fmt: skip
            if len(lines[place]) > 1:  # Streamlit's own sparkline takes the browser as long as all our charts do
                tile.image(figures.sparkline(lines[place], theme=view.theme), width="stretch", alt=f"{metric.label} by day")


def _moved(view: View, sums: pd.DataFrame, metrics: list[Metric]) -> list[int]:
    points = dailyparts.points(view, sums)
    return [dailyparts.beyond(metric, points).get((), 0) for metric in metrics]


def shared_and_single(view: View, sums: pd.DataFrame, metric: Metric) -> tuple[float | None, float | None, int, int]:
    """Plain sums of shared and of single-owned channel days, and how many channels are in each."""
    now = sums[sums["period"] == "now"].assign(owned=lambda f: f["tag"].map({"Shared": "shared", "IT": "single", "Marketing": "single"}))
    now = now.dropna(subset=["owned"])
    found = add_up(now, metric, ["owned"]).set_index("owned")["value"]
    have = now[now[list(metric.measures)].notna().all(axis=1)]
    count = have.groupby("owned")["channel"].nunique()
    return found.get("shared"), found.get("single"), int(count.get("shared", 0)), int(count.get("single", 0))


def shared_answer(view: View, sums: pd.DataFrame) -> tuple[str, str]:
    """Headline and detail on shared channels: the adjusted contrast over all data, else plain sums."""
    everything = evidenceparts.over_all(view)
    lead = evidencewords.handover_lead(view.metric, evidenceparts.handovers(everything), view.names)
    if view.metric.denominator and view.metric.sign:
        found = evidenceparts.contrast(everything)
        if found["verdict"] != "not enough data":
            where, best = evidencewords.where(evidenceparts.by_group(everything, "family")), evidencewords.best(view.metric, everything.ask("shared_ranking"), view.names)
            return evidencewords.contrast_short(view.metric, found), evidencewords.overview(found, where, best, lead)
    headline, detail = words.shared_against_single(view.metric, *shared_and_single(view, sums, view.metric), view.currency)
    return headline, f"{lead} {detail}".strip()


def groups(sums: pd.DataFrame, metric: Metric, by: str) -> pd.DataFrame:
    """Shared and single-owned values of a metric per group (kind, family, device, region)."""
    now = sums[sums["period"] == "now"].assign(owned=lambda f: f["tag"].map({"Shared": "shared", "IT": "single", "Marketing": "single"}))
    now = now.dropna(subset=["owned", by])
    if now.empty:
        return pd.DataFrame(columns=["group", "shared", "single"])
    wide = add_up(now, metric, [by, "owned"]).pivot(index=by, columns="owned", values="value")
    wide = wide.reindex(columns=["shared", "single"]).dropna(how="all")
    return wide.rename_axis("group").reset_index()


def trend(view: View, sums: pd.DataFrame, *, by: str, key: str, height: int, metric: Metric | None = None, incidents: bool = False) -> None:
    """A trend of the chosen metric by tag, channel, kind ..., with the events (or the incidents) of the period."""
    metric = metric or view.metric
    drawn = view.keep(f"trend {key} {metric.id} {height} {view.theme}", lambda: _trend(view, sums, by, key, height, metric, incidents))
    if drawn is None:
        st.info(f"{metric.label} was not observed in this view. No data is not zero: nothing is drawn.")
        return
    figure, alt, table, unusual = drawn
    of_name = {name: channel for channel, name in view.names.items()}
    chart.draw(figure, key=key, height=height, table=table, alt=alt, on_click=(lambda name: toggle_channel(of_name[name])) if by == "channel" else None)
    if unusual:
        st.caption(unusual)
        asked = evidenceparts.over_all(view, metric, first_day=view.scope.first_day, last_day=view.scope.last_day, devices=view.scope.devices, regions=view.scope.regions)
        evidenceparts.how(f"{key}_unusual_how", "anomaly", asked, "anomalies", lambda: dailyparts.unusual_told(asked))


def _trend(view: View, sums: pd.DataFrame, by: str, key: str, height: int, metric: Metric, incidents: bool) -> tuple[figures.Figure, str, pd.DataFrame, str] | None:
    """The figure, its words, its data, and what is said of unusual days; None where nothing was observed."""
    rows = performance.trend_of(sums[sums["period"] == "now"], [metric], by, grain(view))
    if rows["value"].notna().sum() == 0:
        return None
    if by == "channel":
        rows = rows.assign(series=rows["series"].map(view.name))
    rows = rows.assign(text=[write(metric, v, view.currency) for v in rows["value"]])
    events = view.table("table_event")
    if incidents:
        told = view.table("table_incident")
        events = told.assign(starts_on=told["started_at"].dt.normalize(), label=told["incident"], kind="incident")
    events = events.assign(label=events["label"].map(words.inert))
    inside = events["starts_on"].between(pd.Timestamp(view.scope.first_day), pd.Timestamp(view.scope.last_day))
    if view.scope.channels:
        inside &= events["channel"].isna() | events["channel"].isin(view.scope.channels)
    rings, site = dailyparts.unusual(view, metric, sums, by, lambda days: performance.starts_of(days, grain(view)))
    if by == "channel":
        rings = rings.assign(series=rings["series"].map(view.name))
    marked = pd.concat([events.loc[inside, ["starts_on", "label", "kind"]], site]) if len(site) else events.loc[inside, ["starts_on", "label", "kind"]]
    aims = _aims(view, metric, rows) if by == "channel" else None
    alt = f"{metric.label} over time by {by}: {', '.join(map(str, rows['series'].unique()))}" + (f". Unusual: {'; '.join(rings['hover'])}" if len(rings) else "")
    figure = figures.trend(rows, tickformat=tickformat(metric), theme=view.theme, events=marked, unusual=rings, targets=aims, height=height)
    counted = f":material/radio_button_unchecked: {words.counted(len(rings), 'unusual day')}, ringed: {words.listed(list(rings['hover']), most=2)}."
    return figure, alt, rows.drop(columns="text"), counted if len(rings) else ""


def _aims(view: View, metric: Metric, rows: pd.DataFrame) -> pd.DataFrame | None:
    """The targets of the channels that are drawn, as of the period's last day."""
    names = {view.name(channel): value for channel, value in dailyparts.targets(view, metric, 1 if grain(view) == "day" else 7).items()}
    drawn = [name for name in rows["series"].unique() if name in names]
    if not drawn:
        return None
    return pd.DataFrame({"series": drawn, "value": [names[name] for name in drawn], "text": [f"target {write(metric, names[name], view.currency)}" for name in drawn]})


def map_cells(view: View, cells: pd.DataFrame) -> pd.DataFrame:
    """Cells with names, hover texts, in the map's order: gaps first among channels, customer metrics left."""
    known = performance.directory(view.generation)
    order = {name: place for place, name in enumerate(catalogue().metrics)}
    concern = {name: metric.concern for name, metric in catalogue().metrics.items()}
    kinds = {"web": 0, "mobile": 1, "campaign": 2}
    out = cells.assign(
        channel_name=cells["channel"].map(view.name), metric_label=cells["metric"].map(labels()),
        hover=[f"<b>{view.name(r.channel)}</b> · {labels()[r.metric]}<br>{STATE_WORDS[r.state]}{': ' + words.inert(r.owners) if r.owners else ''}<br>since {words.day(r.since)}"
               f"{'<br>' + str(r.flags).replace(';', ', ').lower().replace('_', ' ') if r.flags else ''}" for r in cells.itertuples()],
        kind_order=cells["channel"].map(known["kind"]).map(kinds), concern=cells["metric"].map(concern), metric_order=cells["metric"].map(order),
    )  # fmt: skip
    columns = out.drop_duplicates("metric").sort_values(["concern", "metric_order"])["metric"]
    place = {m: n for n, m in enumerate(columns)}
    return out.assign(place=out["metric"].map(place)).sort_values(["kind_order", "channel_name", "place"])


def ownership_map(view: View, cells: pd.DataFrame, *, key: str, on_click: Callable[[str], None] | None = None) -> None:
    """The map of channel by metric; a click hands back ``channel|metric``."""
    if cells.empty:
        st.info("No metric has to have an owner yet. Import ownership.csv or ownership_claim.csv: the Data page says how.")
        return
    figure, alt, shown, columns, rows = view.keep(f"map {len(cells)} {view.scope.as_of} {view.theme} {meeting.presenting()}", lambda: _map(view, cells), blind=True)
    if len(cells) > shown:
        st.caption(f"{shown} of {len(cells)} cells: the {columns} metrics that most channels have. The list of gaps has them all.")
    chart.draw(figure, key=key, height=128 + ROW_PIXELS * rows, on_click=on_click or (lambda v: toggle_channel(v.split("|")[0])), alt=alt,
               table=cells[["channel", "metric", "state", "tag", "owners", "since", "flags"]])  # fmt: skip


def unsettled(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells of the channels in which something is contested or unowned; all, where nothing is."""
    open_ones = cells.loc[cells["tag"].isin(["Contested", "Unowned"]), "channel"]
    return cells[cells["channel"].isin(open_ones)] if len(open_ones) else cells


def biggest_changes(view: View, sums: pd.DataFrame, most: int) -> pd.DataFrame:
    """The channels whose metric changed most against the comparison, ready to be drawn as a ranking."""
    now = performance.channels_of(view.generation, sums, view.scope, [view.metric]).dropna(subset=["change"])
    moved = now.reindex(now["change"].astype(float).abs().sort_values(ascending=False, kind="stable").index)[:most]
    return pd.DataFrame({
        "id": moved["channel"], "name": [view.name(c) for c in moved["channel"]], "tag": moved["tag"],
        "value": moved["change"].astype(float), "text": [write_change(view.metric, c) for c in moved["change"]],
        "hover": [words.changed(view.metric, view.name(c), v, d, view.currency)
                  for c, v, d in zip(moved["channel"], moved["value"], moved["change"], strict=True)],
    })  # fmt: skip


def _map(view: View, cells: pd.DataFrame) -> tuple[figures.Figure, str, int, int, int]:
    """The figure, its words, and how many cells, metrics and channels it shows."""
    ordered, columns, rows = map_order(map_cells(view, cells))
    alt = "Ownership map, channel by metric: " + ", ".join(f"{n} {tag}" for tag, n in cells["tag"].value_counts().items())
    return figures.ownership_map(ordered, theme=view.theme), alt, len(ordered), columns, rows


def map_order(rows: pd.DataFrame) -> tuple[pd.DataFrame, int, int]:
    """The cells that fit on a screen, so ordered that channels and metrics first appear as they are drawn.

    Returns the cells, how many metrics and how many channels there are.
    """
    often = rows["metric"].value_counts().head(MAP_COLUMNS).index
    shown = rows[rows["metric"].isin(often)]
    channels = list(dict.fromkeys(shown["channel_name"]))[: meeting.most(MAP_ROWS, MEETING_ROWS)]
    shown = shown[shown["channel_name"].isin(channels)]
    metrics = list(shown.sort_values("place")["metric_label"].drop_duplicates())
    # the figure takes both orders from first appearances: the first row of each channel, then the rest by metric
    by_channel = shown.assign(channel_name=pd.Categorical(shown["channel_name"], channels), metric_label=pd.Categorical(shown["metric_label"], metrics))
    by_channel = by_channel.sort_values(["metric_label", "channel_name"])
    return by_channel.astype({"channel_name": object, "metric_label": object}), len(metrics), len(channels)


def gap_rows(view: View, gaps: pd.DataFrame) -> pd.DataFrame:
    """Gaps as people read them, with the four columns of their price."""
    sign = money_sign(view.currency)

    def money(value: float) -> str:
        return DASH if pd.isna(value) else f"{sign}{THIN}{compact(value, money=True)}"

    return pd.DataFrame({
        "Channel": gaps["channel"].map(view.name), "Metric": gaps["metric"].map(labels()),
        "What is wrong": [STATE_WORDS[s] if p == s else FLAG_WORDS.get(p, p) for s, p in zip(gaps["state"], gaps["primary_gap"], strict=True)],
        "Since": [words.day(d) for d in gaps["since"]], "Days": gaps["age_days"],
        "Spend": gaps["spend"].map(money), "Exposed": gaps["revenue_exposed"].map(money),
        "Shortfall": gaps["shortfall"].map(money), "Incident loss": gaps["incident_loss"].map(money),
        "Also": [first_of(words_ for words_ in flag_words(f) if words_ != FLAG_WORDS.get(p)) for f, p in zip(gaps["flags"], gaps["primary_gap"], strict=True)],
    })  # fmt: skip


FLAG_WORDS = {
    "MISPLACED": "policy expects the other side",
    "NO_ACCESS": "needed, but no access",
    "BLIND": "in scope, never observed",
    "STALE": "older than its limit",
    "A_NO_R": "owned, nobody works on it",
    "POLICY_SILENT": "no policy covers it",
    "UNACKNOWLEDGED": "its owner never said so",
    "SOFT_CONTEST": "one side names it, the other only the channel",
    "INHERITED": "by a general claim",
    "PARTIAL": "observed on some days only",
    "ONE_SIDED": "one checklist far behind",
    "REFUSED": "a request was refused",
    "UNANSWERED": "a request waits",
    "TERM_CLASH": "two meanings, none agreed",
    "DEVICE_GAP": "visits from untested devices",
    "OUTSIDE": "a firm outside was named",
}
"""Flags as people read them: short enough for a column, plain enough for a sentence."""


def flag_words(flags: object) -> list[str]:
    """The flags of a cell in plain words."""
    found = [flag for flag in str(flags or "").split(";") if flag and flag != "None"]
    return [FLAG_WORDS.get(flag, flag) for flag in sorted(found, key=lambda flag: flag == "INHERITED")]  # which most have, and says least


def first_of(notes: Iterable[str]) -> str:
    """The first of some notes, and how many more there are: a column holds one, the cell itself says them all."""
    told = list(notes)
    return (told[0] if told else "") + (f" + {len(told) - 1}" if len(told) > 1 else "")


def gap_table(view: View, gaps: pd.DataFrame, *, key: str) -> None:
    """A short list of gaps with what matters most of each; the page of gaps has the rest. A row that is picked leads on."""
    if gaps.empty:
        st.success("No gap as of this day.")
        return
    rows = view.keep(f"gaps {key} {len(gaps)}", lambda: gap_rows(view, gaps), blind=True).copy()
    lost = gaps[["shortfall", "incident_loss"]].sum(axis=1, min_count=1)  # the only two that may be added
    rows["Estimated loss"] = [DASH if pd.isna(v) else f"{money_sign(view.currency)}{THIN}{compact(v, money=True)}" for v in lost]
    channel_table(view, rows.drop(columns=["Since", "Shortfall", "Incident loss", "Also"]), gaps["channel"].tolist(), key=key, alt="Ownership gaps, ranked", height="content")
    st.caption(GAP_COLUMNS)


GAP_COLUMNS = (
    "Spend ran without one accountable owner. Exposed revenue is not a loss. Shortfall (below a named benchmark) and incident loss are estimates, and the only "
    "two that may be added. A dash: not priced. Pick a row for its channel's dossier."
)


def freshness(view: View) -> None:
    """Whether the sources are as new as they should be: the oldest are named, the Data page has them all."""
    rows = view.ask("freshness", kinds=(), channels=()).sort_values("age_days", ascending=False, kind="stable")
    late = rows[rows["state"] != "fresh"]
    st.markdown(f"**{words.fresh(len(rows) - len(late), len(rows))}**")
    if len(late):
        st.caption(words.listed([words.late(tool_name(r.source), view.name(r.channel), r.age_days) for r in late.itertuples()], most=2) + ".")
    st.page_link("pages/reference/data.py", label="What went in, and what was refused", icon=":material/arrow_forward:")


def command(view: View, question: str, *, metrics: bool = False) -> str:
    """The command that gives the same numbers."""
    scope = view.scope
    parts = [f"python -m commonground ask {question} --from {scope.first_day} --to {scope.last_day} --compare {scope.compare}"]
    for name in ("kinds", "channels", "devices", "regions", "owners"):
        values = getattr(scope, name)
        if values:
            parts.append(f"--{name[:-1]} {json.dumps(','.join(values)) if ' ' in ''.join(values) else ','.join(values)}")
    if not metrics:
        parts.append(f"--metric {view.metric.id}")
    return " ".join(parts)


GOOD_ENOUGH = 0.75
"""A vital passes where at least this share of its loads is good (the 75th percentile, in its additive form)."""


def vital_rows(cuts: pd.DataFrame) -> pd.DataFrame:
    """Shares of good, middling and poor loads by vital and device, ready to be drawn."""
    rows = services.vitals_of(cuts)
    names = [f"{vital} {device}" for vital, device in zip(rows["vital"], rows["device"], strict=True)]
    hovers = [words.vital(name, r.good, r.needs_improvement, r.poor) for name, r in zip(names, rows.itertuples(), strict=True)]
    return pd.DataFrame({"id": [name.lower().replace(" ", "|", 1) for name in names], "name": names, "good": rows["good"], "needs": rows["needs_improvement"], "poor": rows["poor"],
                         "text": [f"{100 * good:.0f}{THIN}% good" for good in rows["good"]], "hover": hovers})  # fmt: skip


def vitals(view: View, *, key: str) -> None:
    """Core Web Vitals by device against the bar of 75 % good."""
    rows = vital_rows(view.cuts())
    if rows.empty:
        st.info("No page load was measured by device in this view.")
        return
    st.markdown(f"**{words.vitals(int(rows['good'].ge(GOOD_ENOUGH).sum()), len(rows))}** · by device")
    chart.draw(figures.vitals(rows, theme=view.theme), key=key, height=64 + 28 * len(rows), alt=f"Core Web Vitals: {'; '.join(rows['hover'])}", table=rows[["name", "good", "needs", "poor"]])
    st.caption("LCP: main image within 2.5 s, poor over 4 s. INP: reaction within 200 ms, poor over 500. CLS: layout shift up to 0.1, poor over 0.25. The dashed line is the bar.")
