"""Do pages and `ask` show the same numbers? Every tile, figure and list of the pages is walked, on the sample company."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from commonground import chart, evidencewords, ledgerwords, words
from commonground.catalogue import MINUS, catalogue, compact, money_sign, write, write_change
from commonground.importing import import_paths
from commonground.questions import ask
from commonground.questions.performance import selling
from commonground.scope import Scope, period
from commonground.store import Generation, current

ROOT = Path(__file__).resolve().parent.parent
VIEWS: dict[str, dict[str, str]] = {
    "as it opens": {},
    "revenue of the web": {"metric": "revenue", "kind": "web", "period": "90d"},
    "sessions by phone": {"metric": "sessions", "device": "mobile", "period": "7d"},
}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("larkspur")
    import_paths([ROOT / "sample_data" / "larkspur"], folder, datetime(2026, 11, 1))
    return folder


class Walk:
    """A page as a reader sees it in a view, and the same view for `ask`."""

    def __init__(self, data: Path, page: str, view: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.drawn: dict[str, tuple[dict[str, Any], pd.DataFrame | None]] = {}
        draw = chart.draw

        def seen(figure: dict[str, Any], *, key: str, table: pd.DataFrame | None = None, **rest: Any) -> None:
            self.drawn[key] = figure, table
            draw(figure, key=key, table=table, **rest)

        monkeypatch.setattr(chart, "draw", seen)
        monkeypatch.setenv("COMMONGROUND_DATA", str(data))
        self.app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        self.app.switch_page(page).run()
        for name, value in view.items():
            if name in ("kind", "device"):
                self.app.button_group(key=name).set_value([value])
            else:
                self.app.selectbox(key=name).set_value(value)
        self.drawn.clear()
        self.app.run()
        assert [error.message for error in self.app.exception] == []
        self.generation: Generation = current(data)
        first, last = self.generation.first_day, self.generation.last_day
        assert first
        assert last
        span = period(view.get("period", "28d"), first, last)
        self.metric = view.get("metric", "conversion_rate")
        self.scope = Scope(
            first_day=span[0], last_day=span[1], kinds=(view["kind"],) if "kind" in view else (), devices=(view["device"],) if "device" in view else ()
        )
        self.grain = "day" if (span[1] - span[0]).days < 50 else "week"

    def ask(self, question: str, **changes: Any) -> pd.DataFrame:
        """The answer over the view's scope."""
        return ask(self.generation, question, Scope(**{**vars(self.scope), **changes}))

    def names(self) -> dict[str, str]:
        """Each channel's id, by the name that the page writes."""
        directory = self.generation.rows("loads/table_channel")
        return dict(zip(directory["name"], directory["channel"], strict=True))

    def turn_to(self, tab: str) -> None:
        """The page with another of its tabs open."""
        self.link("tab", tab)

    def money(self, values: Any) -> list[str]:
        """Amounts as pages write them."""
        return self.written("revenue", values)

    def channel_names(self) -> dict[str, str]:
        """Each channel's name, by its id."""
        return {channel: name for name, channel in self.names().items()}

    def link(self, name: str, value: str) -> None:
        """The page as a link with another choice opens it."""
        self.app.query_params[name] = value
        self.drawn.clear()
        self.app.run()
        assert [error.message for error in self.app.exception] == []

    def written(self, metric: str, values: Any) -> list[str]:
        """Values of a metric as pages write them."""
        return [write(catalogue()[metric], value, self.generation.currency) for value in values]

    def told(self) -> str:
        """Every sentence on the page."""
        return "\n".join(str(part.value) for kind in ("markdown", "caption", "info") for part in self.app.get(kind))

    def frames(self, *columns: str) -> list[pd.DataFrame]:
        """The lists on the page that have these columns."""
        return [frame.value for frame in self.app.dataframe if set(columns) <= set(frame.value.columns)]


@pytest.fixture(params=VIEWS)
def walk(request: pytest.FixtureRequest, data: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Walk]:
    return lambda page: Walk(data, page, VIEWS[request.param], monkeypatch)


def same(shown: pd.DataFrame, told: pd.DataFrame, keys: list[str], values: list[str]) -> None:
    """Every row that is shown is told with the same values; keys are unique."""
    assert len(shown), "nothing was shown"
    shown, told = (frame.assign(**{key: frame[key].astype(str) for key in keys}).set_index(keys)[values].sort_index() for frame in (shown, told))
    assert told.index.is_unique
    assert set(shown.index) <= set(told.index)
    told = told.loc[shown.index]
    for name in values:
        one, other = shown[name], told[name]
        if pd.api.types.is_numeric_dtype(one) or pd.api.types.is_numeric_dtype(other):
            np.testing.assert_allclose(one.astype(float), other.astype(float), rtol=1e-9)
        else:
            assert one.fillna("").astype(str).tolist() == other.fillna("").astype(str).tolist()


def drawn_from(figure: dict[str, Any], values: pd.Series, axis: str) -> None:
    """Every number that a figure's first marks stand at is one of its table's."""
    bars = [trace for trace in figure["data"] if trace["type"] == "bar"]
    marks = [float(v) for trace in bars or figure["data"] for v in trace.get(axis) or [] if isinstance(v, int | float) and np.isfinite(v)]
    known = values.dropna().to_numpy(float)
    assert marks
    distance = np.abs(np.array(marks)[:, None] - known[None, :]) / np.maximum(np.abs(known)[None, :], 1e-12)
    assert (distance.min(axis=1) < 1e-3).mean() > 0.9, "labels and limits aside, marks stand where the table says"


def tiles(page: Walk) -> None:
    labels = {metric.label: metric for metric in catalogue().metrics.values()}
    totals = page.ask("totals").set_index("metric")["value"]
    shown = [(tile.label.split("  :")[0], tile.value) for tile in page.app.metric]
    known = [(labels[label], value) for label, value in shown if label in labels]
    assert known
    for metric, value in known:
        assert value == write(metric, totals[metric.id], page.generation.currency), metric.id


def by_family(page: Walk, figure: str) -> None:
    """The rows below the whole are those of `shared_by_group`."""
    if figure in page.drawn and (rows := page.drawn[figure][1]) is not None and len(rows) > 1:
        told = page.ask("shared_by_group", first_day=None, last_day=None, metrics=(page.metric,), by="family", devices=(), kinds=())
        estimates = {str(group).lower(): value for group, value in zip(told["group"], told["estimate"], strict=True)}
        shown = {str(name).lower(): value for name, value in zip(rows["name"][1:], rows["estimate"][1:], strict=True) if str(name).lower() in estimates}
        assert shown
        np.testing.assert_allclose([estimates[name] for name in shown], list(shown.values()))


def test_overview(walk: Callable[[str], Walk]):
    page = walk("pages/together/overview.py")
    tiles(page)
    figure, table = page.drawn["overview_trend"]
    assert table is not None
    same(table, page.ask("trend", metrics=(page.metric,), by="tag", grain=page.grain), ["period", "series"], ["value", "numerator", "denominator"])
    drawn_from(figure, table["value"], "y")
    moved, _ = page.drawn["overview_moved"]
    drawn_from(moved, page.ask("channels", metrics=(page.metric,))["change"], "x")
    if page.metric == "conversion_rate":
        by_family(page, "overview_peers")
    _, cells = page.drawn["overview_map"]
    assert cells is not None
    same(cells, page.ask("ownership"), ["channel", "metric"], ["state", "tag", "owners", "since", "flags"])
    (listed,) = page.frames("What is wrong", "Exposed")
    every = page.ask("gaps")
    answer, detail = words.gap_answer(page.ask("ownership"), every, page.channel_names(), {m.id: m.label for m in catalogue().metrics.values()}, page.generation.currency, selling(page.generation))
    assert answer in page.told()
    assert detail in page.told()
    gaps = every[: len(listed)]
    assert listed["Estimated loss"].tolist() == page.money(gaps[["shortfall", "incident_loss"]].astype(float).sum(axis=1, min_count=1))
    assert listed["Days"].tolist() == gaps["age_days"].tolist()
    page.app.session_state["overview_how"] = True
    page.app.run()
    (whole,) = page.frames("Metric", "Value", "Change")
    totals = page.ask("totals").dropna(subset=["value"])
    assert whole["Value"].tolist() == [write(catalogue()[m], v, page.generation.currency) for m, v in zip(totals["metric"], totals["value"], strict=True)]
    assert whole["Change"].tolist() == [write_change(catalogue()[m], c) for m, c in zip(totals["metric"], totals["change"], strict=True)]
    for shown, column, metric in (("Spend", "spend", "spend"), ("Exposed", "revenue_exposed", "revenue")):
        assert listed[shown].tolist() == page.written(metric, gaps[column])


def test_shared_channels(walk: Callable[[str], Walk]):
    page = walk("pages/together/shared_channels.py")
    whole = {"first_day": None, "last_day": None, "metrics": (page.metric,)}
    figure, table = page.drawn["shared_trend"]
    assert table is not None
    same(table, page.ask("trend", metrics=(page.metric,), by="tag", grain=page.grain), ["period", "series"], ["value"])
    drawn_from(figure, table["value"], "y")
    told = page.ask("shared_contrast", **whole).iloc[0]
    if told["estimate"] is not None and "shared_contrast" in page.drawn:
        _, rows = page.drawn["shared_contrast"]
        assert rows is not None
        first = rows.iloc[0]
        np.testing.assert_allclose([first["estimate"], first["low"], first["high"]], [told["estimate"], told["low"], told["high"]])
        by_family(page, "shared_contrast")
    pairs = page.drawn["shared_pairs"][1] if "shared_pairs" in page.drawn else None
    if pairs is not None:
        for side, owners in (("shared", ("Shared",)), ("single", ("IT", "Marketing"))):
            told = page.ask("channels", metrics=(page.metric,), owners=owners).groupby("family")[["numerator", "denominator"]].sum()
            value = told["numerator"] / told["denominator"] if catalogue()[page.metric].denominator else told["numerator"]
            shown = pairs.set_index("group")[side].dropna()
            assert len(shown)
            np.testing.assert_allclose(shown, value.loc[shown.index])
    if "shared_ranking" in page.drawn:
        _, ranked = page.drawn["shared_ranking"]
        assert ranked is not None
        if "p_best" in ranked:
            same(ranked, page.ask("shared_ranking", **whole), ["channel"], ["index", "low", "high", "p_best"])
        else:
            same(ranked, page.ask("channels", metrics=(page.metric,)), ["channel"], ["value"])
    if "shared_handovers" in page.drawn:
        _, moved = page.drawn["shared_handovers"]
        assert moved is not None
        told = page.ask("handovers", **whole)
        same(moved[moved["channel"].notna()], told[told["channel"].notna()], ["channel", "day"], ["estimate", "low", "high", "verdict"])


def test_ownership_gaps(walk: Callable[[str], Walk]):
    page = walk("pages/together/ownership_gaps.py")
    _, cells = page.drawn["gaps_map"]
    assert cells is not None
    same(cells, page.ask("ownership"), ["channel", "metric"], ["state", "tag", "owners", "since"])
    (listed,) = page.frames("What is wrong", "Since", "Spend")
    gaps = page.ask("gaps")
    assert len(listed) == len(gaps)
    prices = page.ask("gap_prices")
    assert prices[["channel", "metric"]].values.tolist() == gaps[["channel", "metric"]].values.tolist()
    first = prices.iloc[0]
    page.link("cell", f"{first['channel']}|{first['metric']}")
    assert ledgerwords.price(gaps.iloc[0].to_dict(), first["sessions"], page.generation.currency) in page.told()
    assert listed["Waiting"].tolist() == page.money(28 * prices["loss_per_day"])
    for shown, column in (("Shortfall", "shortfall"), ("Incident loss", "incident_loss")):
        assert listed[shown].tolist() == page.money(gaps[column])
    assert listed["Days"].tolist() == gaps["age_days"].tolist()
    for shown, column, metric in (("Spend", "spend", "spend"), ("Exposed", "revenue_exposed", "revenue")):
        assert listed[shown].tolist() == page.written(metric, gaps[column])


def test_the_tabs_of_the_ownership_gaps(walk: Callable[[str], Walk]):
    page = walk("pages/together/ownership_gaps.py")
    last = page.generation.last_day
    assert last

    page.turn_to("Over time")
    _, months = page.drawn["coverage"]
    assert months is not None
    same(months, page.ask("ownership_coverage"), ["month", "tag"], ["cells"])
    (lasting,) = page.frames("Tag or family", "Median days")
    told = pd.concat([page.ask("time_to_owner", by=by) for by in ("tag", "family")])
    told = told.assign(median_days=[whole(v) for v in told["median_days"]], oldest_days=[whole(v) for v in told["oldest_days"]])
    shown = {"Tag or family": "group", "Closed": "closed", "Median days": "median_days", "Still open": "open", "Oldest, days": "oldest_days"}
    same(lasting.rename(columns=shown), told, ["group"], list(shown.values())[1:])
    assert len(lasting) == len(told)

    page.turn_to("Do the sides agree?")
    cells = page.ask("agreement").assign(one=1)
    (table,) = page.frames("Contradict", "Said the same")
    told = cells.groupby("channel").agg(cells=("one", "sum"), same=("agree", "sum"))
    table = table.assign(channel=table["Channel"].map(page.names())).set_index("channel").loc[told.index]
    assert table["Metrics"].tolist() == told["cells"].tolist()
    assert table["Said the same"].tolist() == told["same"].tolist()
    (crossed,) = page.frames("IT says", "Joint")
    groups = page.ask("agreement_by_group")
    for by in ("channel", "family", "kind", "concern"):
        page.link("agree_by", by)
        (table,) = page.frames("Contradict", "Said the same")
        told = groups[groups["by"] == by]
        for shown, column in (("Metrics", "cells"), ("Contradict", "contradicted"), ("One is silent", "silent"), ("Said the same", "same")):
            assert table[shown].tolist() == told[column].tolist()
        assert table["Share"].tolist() == [f"{100 * share:.0f}\u202f%" for share in told["share"]]
        assert table["Kappa"].tolist() == ["n/a" if pd.isna(k) else f"{k:.2f}".replace("-", "\u2212") for k in told["kappa"]]
    for row in crossed.to_dict("records"):
        for label in ("IT", "Marketing", "Joint", "nobody"):
            assert row[label] == ((cells["it_says"] == row["IT says"]) & (cells["marketing_says"] == label)).sum()

    page.turn_to("What if")
    cells = page.ask("what_if")
    (carried,) = page.frames("Carried by", "Metrics now")
    for row in carried.to_dict("records"):
        assert (row["Metrics now"], row["Under the policy"]) == ((cells["tag"] == row["Carried by"]).sum(), (cells["then"] == row["Carried by"]).sum())
    (moved,) = page.frames("Then", "Gaps close")
    assert moved["Metrics"][moved["Gaps close"] == "yes"].sum() == cells["closes_gap"].sum()
    assert moved["Metrics"].sum() == (cells["closes_gap"] | cells["changes_owner"]).sum()

    page.turn_to("What changed hands")
    page.app.date_input(key="since").set_value(date(2025, 3, 1)).run()
    told = page.ask("ownership_changes", first_day=date(2025, 3, 1), as_of=last)
    assert len(told), "much changed hands in the sample since then"
    (hands,) = page.frames("Channel", "Metrics", "Which")
    counted = hands.assign(channel=hands["Channel"].map(page.names())).groupby("channel")["Metrics"].sum()
    assert counted.to_dict() == told.groupby("channel").size().to_dict()


def whole(value: float | None) -> str:
    return "–" if value is None or pd.isna(value) else f"{value:,.0f}"


def test_marketing_channels(walk: Callable[[str], Walk]):
    page = walk("pages/marketing/channels.py")
    tiles(page)
    figure, ranked = page.drawn["channels_ranking"]
    assert ranked is not None
    told = page.ask("channels", metrics=(page.metric,))
    same(ranked, told, ["channel"], ["value", "previous", "change", "tag"])
    drawn_from(figure, ranked["value"], "x")
    _, fan = page.drawn.get("channels_pacing_fan", ({}, None))
    if fan is not None:
        sums = () if catalogue()[page.metric].denominator else (page.metric,)
        told = page.ask("pacing", first_day=None, last_day=date(2026, 10, 15), metrics=sums, devices=(), kinds=())
        last = fan.dropna(subset=["forecast"]).iloc[-1]
        (row,) = told[np.isclose(told["forecast"].astype(float), last["forecast"])].to_dict("records")
        np.testing.assert_allclose([last["low"], last["high"]], [row["low"], row["high"]])
    for paced in page.frames("So far", "Forecast", "Target"):
        sums = ("revenue",) if catalogue()[page.metric].denominator else (page.metric,)
        told = page.ask("pacing", first_day=None, last_day=date(2026, 10, 15), metrics=sums, devices=(), kinds=()).set_index("channel")
        sign = money_sign(page.generation.currency) if catalogue()[told["metric"].iloc[0]].unit == "money" else ""
        told = told.loc[[page.names()[name] for name in paced["Channel"]]]
        for shown, column in (("So far", "to_date"), ("Forecast", "forecast"), ("Target", "target")):
            assert paced[shown].tolist() == [words.rough(value, sign) for value in told[column]]
    (devices,) = page.frames("Device", "Before") or [None]
    if devices is not None:
        label = catalogue()[page.metric].label
        told = pd.concat([page.ask("totals", metrics=(page.metric,), devices=(device,)) for device in devices["Device"]])
        assert devices[label].tolist() == page.written(page.metric, told["value"])
        assert devices["Before"].tolist() == page.written(page.metric, told["previous"])
    for split, name in (("region", "regions"), ("campaign", "campaigns")):
        page.link("split", split)
        for cut in page.frames(split.capitalize(), "Before"):
            told = pd.concat([page.ask("totals", metrics=(page.metric,), **{name: (value,)}) for value in cut[split.capitalize()]])
            assert cut[catalogue()[page.metric].label].tolist() == page.written(page.metric, told["value"])
            assert cut["Before"].tolist() == page.written(page.metric, told["previous"])
    (total,) = page.ask("totals", metrics=(page.metric,))["value"]
    assert f"Total of this view: {page.written(page.metric, [total])[0]}." in page.told()
    for read in page.frames("Reads as"):
        for label in [name for name in read if f"{name}, change" in read]:
            (metric,) = [m.id for m in catalogue().metrics.values() if m.label == label] or {"Fast loads": ["lcp_good_share"]}[label]
            told = page.ask("channels", metrics=(metric,)).set_index("channel")["value"]
            assert read[label].tolist() == page.written(metric, [told.get(page.names()[name]) for name in read["Channel"]])
    _, heat = page.drawn["channels_heat"]
    assert heat is not None
    same(heat, page.ask("channels", metrics=tuple(heat["metric"].unique())), ["channel", "metric"], ["value", "previous", "change"])
    figure, lines = page.drawn["channels_trend"]
    assert lines is not None
    lines = lines.assign(series=[page.names().get(name, name) for name in lines["series"]])
    same(lines, page.ask("trend", metrics=(page.metric,), by="channel", grain=page.grain), ["period", "series"], ["value"])
    drawn_from(figure, lines["value"], "y")


def test_service_levels(walk: Callable[[str], Walk]):
    page = walk("pages/it/service_levels.py")
    told = page.ask("service_levels")
    (listed,) = page.frames("Service", "Objective", "Now")
    assert len(listed) == len(told)
    ordered = told.sort_values("budget_used", ascending=False, na_position="last")
    np.testing.assert_allclose(listed["Budget used"].astype(float), (100 * ordered["budget_used"].astype(float)).round())
    np.testing.assert_allclose(listed["Burn"].astype(float), ordered["burn"].astype(float).round(2))
    assert listed["Gone on"].tolist() == [words.day(day) for day in ordered["exhausted_on"]]
    left_over = [f"{b - used:,.0f} min".replace("-", MINUS) if m == "uptime" and pd.notna(b) else "–" for m, b, used in zip(ordered["metric"], ordered["budget"], ordered["bad"], strict=True)]
    assert listed["Minutes left"].tolist() == left_over
    assert sorted(listed["Now"]) == sorted(write(catalogue()[m], v) for m, v in zip(told["metric"], told["value"], strict=True))
    tile = {tile.label: tile.value for tile in page.app.metric}
    observed = told.dropna(subset=["value"])
    better_down = observed["metric"].map(lambda metric: catalogue()[metric].better == "down")
    met = (observed["value"] <= observed["objective"]).where(better_down, observed["value"] >= observed["objective"])
    assert tile["Objectives met"] == f"{met.sum()} of {len(observed)}"
    assert tile["Budgets gone"] == f"{told['exhausted_on'].notna().sum()} of {told['budget'].notna().sum()}"
    for days in page.frames("Day", "Channel"):
        (metric,) = [m.id for m in catalogue().metrics.values() if m.label in days]
        told_days = page.ask("trend", metrics=(metric,), by="channel", grain="day").dropna(subset=["value"])
        told_days = told_days.sort_values(["value", "period"], ascending=[catalogue()[metric].better != "down", True])[: len(days)]
        assert days[catalogue()[metric].label].tolist() == page.written(metric, told_days["value"])
    incidents_on_the_axis(page, "service_incidents")
    if "service_vitals" in page.drawn:
        _, vitals = page.drawn["service_vitals"]
        assert vitals is not None
        told = page.ask("web_vitals")
        assert vitals["name"].tolist() == [f"{vital} {device}" for vital, device in zip(told["vital"], told["device"], strict=True)]
        np.testing.assert_allclose(vitals[["good", "needs", "poor"]], told[["good", "needs_improvement", "poor"]])
    if "service_trend" in page.drawn:
        figure, lines = page.drawn["service_trend"]
        assert lines is not None
        (metric,) = lines["metric"].unique()
        lines = lines.assign(series=[page.names().get(name, name) for name in lines["series"]])
        same(lines, page.ask("trend", metrics=(metric,), by="channel", grain=page.grain), ["period", "series"], ["value"])
        drawn_from(figure, lines["value"], "y")


def incidents_on_the_axis(page: Walk, key: str) -> None:
    """The time axis shows every incident of the answer, from its start to its end."""
    told = page.ask("incident_effects", first_day=None, last_day=None, devices=())
    figure, shown = page.drawn[key]
    assert shown is not None
    same(shown.assign(at=shown["started_at"]), told.assign(at=told["started_at"]), ["incident", "channel"], ["at", "started_at", "resolved_at"])
    assert len(shown) == len(told)
    bars = [(pd.Timestamp(at), ms) for trace in figure["data"] for at, ms in zip(trace["base"], trace["x"], strict=True)]
    lasting = (told["resolved_at"] - told["started_at"]).dt.total_seconds() * 1000
    assert sorted(bars) == sorted(zip(told["started_at"], lasting, strict=True))


def test_incidents(walk: Callable[[str], Walk]):
    page = walk("pages/it/incidents.py")
    every = page.ask("incident_effects", first_day=None, last_day=None, devices=())
    _, losses = page.drawn["incident_losses"]
    assert losses is not None
    told = every["lost_revenue"].dropna()
    np.testing.assert_allclose(np.sort(losses["estimate"].dropna().to_numpy(float)), np.sort(told.to_numpy(float)))
    incidents_on_the_axis(page, "incident_timeline")
    whole = {"first_day": None, "last_day": None, "devices": ()}
    times = page.ask("incident_times", **whole).set_index("until")
    tile = {tile.label: tile.value for tile in page.app.metric}
    assert tile["To acknowledge, median"] == evidencewords.lasting(times.loc["acknowledged", "median_hours"])
    assert tile["To resolve, median"] == evidencewords.lasting(times.loc["resolved", "median_hours"])
    assert f"n = {times.loc['acknowledged', 'incidents']} acknowledged, {times.loc['resolved', 'incidents']} resolved." in page.told()
    lost = page.ask("incident_losses", **whole)
    lost = lost[lost["sells"]] if lost["sells"].any() else lost
    assert evidencewords.incidents(every, lost["lost_revenue"].sum() if len(lost) else None, page.generation.rows("loads/table_channel").set_index("channel")["name"], page.generation.currency) in page.told()
    slow = page.ask("slow_web", first_day=None, last_day=None, kinds=(), devices=()).to_dict("records")[0]
    assert evidencewords.slow_pages(slow) in page.told()
    (listed,) = page.frames("Incident", "Own spend")
    assert sorted(zip(listed["Incident"], listed["Channel"].map(page.names()), strict=True)) == sorted(zip(every["incident"], every["channel"], strict=True))
    for row in listed.to_dict("records"):
        channel = page.names()[row["Channel"]]
        (at,) = every[(every["incident"] == row["Incident"]) & (every["channel"] == channel)].to_dict("records")
        assert row["Lost revenue"] == evidencewords.loss_brief("revenue", at, page.generation.currency)
        days = {"first_day": at["started_at"].date(), "last_day": at["resolved_at"].date(), "metrics": ("spend",), "devices": ()}
        for shown, of in (("Own spend", {"kinds": (), "channels": (channel,)}), ("Campaigns' spend", {"kinds": ("campaign",)})):
            told = page.ask("totals", **days, **of)["value"]
            assert row[shown] == page.written("spend", told if len(told) else [None])[0], (row["Incident"], shown)


def test_devices(walk: Callable[[str], Walk]):
    page = walk("pages/marketing/devices.py")
    _, shown = page.drawn["devices_matrix"]
    assert shown is not None
    told = page.ask("devices")
    same(shown, told, ["channel", "device"], ["sessions", "share", "conversion_rate"])
    assert len(shown) == len(told)
    for split in page.frames("Device", "Sessions", "Conversion rate"):
        for row in split.to_dict("records"):
            told = page.ask("totals", metrics=("conversion_rate",), devices=(row["Device"].lower(),)).iloc[0]
            rate = catalogue()["conversion_rate"]
            assert (row["Sessions"], row["Conversion rate"], row["Change"]) == (compact(told["denominator"]), write(rate, told["value"]), write_change(rate, told["change"]))
    for ready in page.frames("Technology", "Customer", "Ready"):
        lists = page.ask("mobile_readiness")
        assert ready["Channel"].map(page.names()).tolist() == lists["channel"].tolist()
        for name in ("Technology", "Customer", "Ready"):
            np.testing.assert_allclose(ready[name].astype(float), lists[name.lower()].astype(float))


def test_data(data: Path, monkeypatch: pytest.MonkeyPatch):
    page = Walk(data, "pages/reference/data.py", {}, monkeypatch)
    loads = page.ask("loads")
    shown = {"Read": "rows_read", "Taken": "rows_taken", "Refused": "rows_refused", "Set aside": "rows_set_aside"}
    for name, column in shown.items():
        listed = next(frame for frame in page.frames(name) if "Checksum" in frame)
        assert listed[name].tolist() == loads[column].tolist()
    (fresh,) = page.frames("Newest day", "Days behind")
    told = page.ask("freshness").sort_values("age_days", ascending=False, kind="stable")
    assert fresh["Days behind"].tolist() == told["age_days"].tolist()
    assert fresh["State"].tolist() == told["state"].tolist()
    told = page.ask("differences")
    (beside,) = page.frames("It says", "That says")
    assert len(told) == len(beside) > 0
    for shown, column in (("It says", "ledger_total"), ("That says", "other_total")):
        assert beside[shown].tolist() == [compact(value) for value in told[column]]
    assert beside["Difference"].tolist() == [words.share(value) for value in told["difference"]]
    assert f"{len(loads)} exports, {loads['rows_read'].sum():,} rows read, {loads['rows_refused'].sum():,} refused, {loads['rows_set_aside'].sum():,} set aside" in page.told()
    if page.frames("Reason"):
        assert page.frames("Reason")[0]["Line"].tolist() == page.ask("rejected")["line"].tolist()
    assert (loads["rows_read"] == loads[["rows_taken", "rows_refused", "rows_set_aside"]].sum(axis=1)).all()


def test_glossary(data: Path, monkeypatch: pytest.MonkeyPatch):
    page = Walk(data, "pages/reference/glossary.py", {}, monkeypatch)
    said, listed = (table.value for table in page.app.table)
    told = page.ask("metrics")
    told = told[told["channels"] > 0]
    assert listed["Reported by"].tolist() == [f"{words.counted(n, 'channel')}, newest {words.day(day)}" for n, day in zip(told["channels"], told["last_day"], strict=True)]
    assert [str(name).split("**")[1] for name in listed.index] == told["label"].tolist()
    assert said["Agreed"].tolist() == [words.day(day) if pd.notna(day) else "not yet" for day in page.ask("glossary")["agreed_on"]]


@pytest.mark.parametrize("channel", ["web_shop", "sms", "ios_app"])
def test_the_dossier(channel: str, data: Path, monkeypatch: pytest.MonkeyPatch):
    page = Walk(data, "pages/together/channel.py", {}, monkeypatch)
    assert channel in page.channel_names()
    page.link("channel_id", channel)
    one: dict[str, Any] = {"channels": (channel,)}
    labels = {metric.label: metric for metric in catalogue().metrics.values()}
    totals = page.ask("totals", **one).set_index("metric")
    (told,) = page.frames("Metric", "Now", "Change")
    for label, now, change in zip(told["Metric"], told["Now"], told["Change"], strict=True):
        metric = labels[label]
        assert now == write(metric, totals["value"].get(metric.id), page.generation.currency), label
        assert change == write_change(metric, totals["change"].get(metric.id)), label
    for tile in page.app.metric:
        metric = labels[tile.label.split("  :")[0]]
        assert tile.value == write(metric, totals["value"].get(metric.id), page.generation.currency)
    for listed in page.frames("What is wrong", "Exposed"):
        gaps = page.ask("gaps", **one)
        assert listed["Days"].tolist() == gaps["age_days"].tolist()
        for shown, column in (("Spend", "spend"), ("Exposed", "revenue_exposed"), ("Shortfall", "shortfall"), ("Incident loss", "incident_loss")):
            assert listed[shown].tolist() == page.money(gaps[column])
    for listed in page.frames("Began", "Hours"):
        rows = page.ask("incidents", first_day=None, last_day=None, **one).sort_values("started_at", ascending=False)
        np.testing.assert_allclose(listed["Hours"].astype(float), rows["hours"].round(1))
    (happened,) = page.frames("What", "Kind", "For")
    assert sorted(happened["What"]) == sorted(page.ask("events", **one)["label"])
    for listed in page.frames("Asked", "Answer"):
        assert listed["Days"].tolist() == page.ask("requests", **one)["days"].tolist()
    items = page.ask("checklist_items", **one)
    assert sum(len(listed) for listed in page.frames("Done", "Item")) == len(items)
    assert sum(listed["Done"].sum() for listed in page.frames("Done", "Item")) == items["is_done"].sum()
