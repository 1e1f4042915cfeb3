"""Are the answers those that one works out by hand?"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from commonground.questions import QUESTIONS, performance
from commonground.scope import Scope

if TYPE_CHECKING:
    from desks import Desk

COLUMNS = {
    "totals": "metric unit value numerator denominator previous change",
    "channels": "channel kind family tag metric value numerator denominator previous change",
    "trend": "period series metric value numerator denominator",
    "ownership": "channel metric state tag owners since flags",
    "ownership_spells": "channel metric state tag valid_from valid_to",
    "gaps": "channel metric state primary_gap flags since age_days spend revenue_exposed shortfall incident_loss priced",
    "gap_prices": "channel metric primary_gap rank rank_equal weight days_open spend_per_day revenue_exposed_per_day loss_per_day benchmark priced sessions",
    "agreement": "channel kind family metric concern it_says marketing_says agree",
    "claims": "channel metric asserted_by org role about_channel about_metric standing valid_from valid_to source known_from",
    "ownership_coverage": "month tag cells",
    "ownership_changes": "channel metric from_state from_tag from_owners to_state to_tag to_owners",
    "time_to_owner": "group closed median_days open oldest_days",
    "what_if": "channel kind metric concern state tag then closes_gap changes_owner primary_gap spend revenue_exposed",
    "service_levels": "channel metric objective value bad budget budget_used burn exhausted_on",
    "loads": "load file tool sha256 first_day last_day rows_read rows_taken rows_refused rows_set_aside loaded_at",
    "rejected": "load file line column value reason",
    "freshness": "source channel last_day loaded_at age_days max_lag_days state",
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_question_has_exactly_its_columns(shop: Desk, name: str):
    shop.give(daily="day,channel,sessions\n2026-10-01,shop,10\n2026-10-01,kiosk,1\n", slo="channel,metric,objective\nshop,uptime,0.999\n")
    assert list(QUESTIONS[name].columns) == COLUMNS[name].split()
    assert list(shop.ask(name).columns) == COLUMNS[name].split()


@pytest.mark.parametrize("name", COLUMNS)
def test_a_question_about_nothing_has_no_error(shop: Desk, name: str):
    assert list(shop.ask(name).columns) == COLUMNS[name].split()


def test_a_ratio_is_added_up_before_it_is_divided(shop: Desk):
    shop.give(daily="day,channel,clicks,impressions\n2026-10-01,search,1,10\n2026-10-02,search,10,1000\n2026-10-02,mail,9,90\n")
    assert shop.total("click_through_rate") == pytest.approx(20 / 1100)
    assert shop.total("click_through_rate", channels=("search",)) == pytest.approx(11 / 1010)


def test_no_data_is_null_and_never_zero(shop: Desk):
    shop.give(daily="day,channel,sessions,clicks\n2026-10-01,shop,10,\n2026-10-02,shop,0,\n")
    assert shop.total("clicks") is None
    assert shop.total("installs") is None
    assert shop.total("sessions", "2026-10-02", "2026-10-02") == 0


def test_a_ratio_over_nothing_is_null(shop: Desk):
    shop.give(daily="day,channel,sessions,conversions\n2026-10-01,shop,0,0\n")
    (row,) = shop.ask("totals", metrics=("conversion_rate",)).to_dict("records")
    assert pd.isna(row["value"])
    assert (row["numerator"], row["denominator"]) == (0, 0)


@pytest.mark.parametrize(("first", "last", "compare", "before"), [
    ("2026-10-05", "2026-10-11", "previous", ("2026-09-28", "2026-10-04")),
    ("2026-10-05", "2026-10-14", "previous", ("2026-09-21", "2026-09-30")),
    ("2026-10-05", "2026-10-07", "previous", ("2026-10-02", "2026-10-04")),
    ("2026-10-05", "2026-10-11", "last_year", ("2025-10-06", "2025-10-12")),
])  # fmt: skip
def test_the_comparison_begins_on_the_same_weekday(first: str, last: str, compare: str, before: tuple[str, str]):
    said = Scope(date.fromisoformat(first), date.fromisoformat(last), compare).before()
    assert tuple(map(str, said)) == before


def test_the_change_is_against_the_aligned_days(shop: Desk):
    rows = [f"2026-10-{day:02d},shop,{100 if day >= 8 else 80}" for day in range(1, 15)]
    shop.give(daily="day,channel,sessions\n" + "\n".join(rows) + "\n")
    (row,) = shop.ask("totals", "2026-10-08", "2026-10-14", metrics=("sessions",)).to_dict("records")
    assert (row["value"], row["previous"], row["change"]) == (700, 560, 0.25)
    (row,) = shop.ask("totals", "2026-10-08", "2026-10-14", metrics=("sessions",), compare="none").to_dict("records")
    assert pd.isna(row["previous"])


def test_totals_take_selling_platforms_alone_and_pair_ratios(shop: Desk):
    shop.give(daily="day,channel,revenue,conversions,spend\n2026-10-01,shop,1000,20,\n2026-10-01,search,400,8,100\n2026-10-01,app,500,10,\n")
    assert shop.total("revenue") == 1500
    assert shop.total("return_on_ad_spend") == 4
    assert shop.total("cost_per_acquisition") == 12.5
    assert shop.total("revenue", kinds=("campaign",)) == 400


def test_the_owner_filter_takes_the_owner_of_the_day(shop: Desk):
    shop.give(
        daily="day,channel,sessions\n2026-10-01,shop,1\n2026-10-02,shop,2\n2026-10-03,shop,4\n2026-10-04,shop,8\n",
        ownership="channel,metric,owner,asserted_by,valid_from,valid_to\nshop,*,it,,2026-10-01,2026-10-03\nshop,*,marketing,,2026-10-03,\n",
    )
    assert shop.total("sessions", owners=("IT",)) == 1 + 2
    assert shop.total("sessions", owners=("Marketing",)) == 4 + 8
    series = shop.ask("trend", metrics=("sessions",)).set_index("series")["value"]
    assert series.groupby(level=0).sum().to_dict() == {"IT": 3, "Marketing": 12}


def test_a_week_begins_on_monday(shop: Desk):
    shop.give(daily="day,channel,sessions\n" + "".join(f"2026-10-{day:02d},shop,1\n" for day in range(3, 14)))
    weeks = shop.ask("trend", "2026-10-03", "2026-10-13", metrics=("sessions",), by="kind", grain="week")
    assert [(str(p.date()), v) for p, v in zip(weeks["period"], weeks["value"], strict=True)] == [
        ("2026-09-28", 2), ("2026-10-05", 7), ("2026-10-12", 2),
    ]  # fmt: skip


def september(down: dict[int, float]) -> str:
    rows = [f"2026-09-{day:02d},shop,1440,{1440 - down.get(day, 0)}\n" for day in range(1, 31)]
    return "day,channel,minutes_expected,minutes_up\n" + "".join(rows)


SLO = "channel,metric,objective,window_days\nshop,uptime,0.999,30\n"


def test_three_nines_over_30_days_allow_43_minutes_and_12_seconds(shop: Desk):
    shop.give(daily=september({10: 21.6}), slo=SLO)
    (row,) = shop.ask("service_levels").to_dict("records")
    assert row["budget"] == pytest.approx(43.2)
    assert row["bad"] == pytest.approx(21.6)
    assert row["budget_used"] == pytest.approx(0.5)
    assert row["burn"] == pytest.approx(0.5)
    assert row["value"] == pytest.approx(1 - 21.6 / 43200)
    assert pd.isna(row["exhausted_on"])


def test_the_budget_is_gone_on_the_day_on_which_it_is_passed(shop: Desk):
    shop.give(daily=september({10: 30, 20: 20}), slo=SLO)
    (row,) = shop.ask("service_levels").to_dict("records")
    assert pd.Timestamp(row["exhausted_on"]) == pd.Timestamp("2026-09-20")
    assert row["budget_used"] == pytest.approx(50 / 43.2)


def test_an_objective_in_percent_is_the_same_as_a_share(shop: Desk):
    shop.give(daily=september({}), slo="channel,metric,objective,window_days\nshop,uptime,99.9,30\n")
    assert shop.ask("service_levels")["objective"].iloc[0] == pytest.approx(0.999)


def test_an_objective_without_data_has_no_value(shop: Desk):
    shop.give(daily="day,channel,sessions\n2026-10-01,shop,1\n", slo=SLO)
    (row,) = shop.ask("service_levels").to_dict("records")
    assert pd.isna(row["value"])
    assert pd.isna(row["budget_used"])


SPENT = "day,channel,impressions,clicks,spend\n2026-10-01,search,1000,10,33.34\n2026-10-02,search,1000,10,33.33\n2026-10-03,search,1000,10,33.34\n"


def test_the_spend_through_gaps_adds_up_to_that_of_the_channel_to_the_cent(shop: Desk):
    shop.give(daily=SPENT)
    gaps = shop.ask("gaps")
    assert set(gaps["state"]) == {"UNOWNED"}
    assert len(gaps) == 6, "impressions, clicks, spend, and the three ratios of them"
    assert round(gaps["spend"].sum(), 2) == 100.01


def test_an_owned_cell_takes_its_weight_out_of_the_gaps(shop: Desk):
    shop.give(daily=SPENT, ownership="channel,metric,owner\nsearch,spend,marketing\nsearch,clicks,marketing\n")
    gaps = shop.ask("gaps")
    gaps = gaps[gaps["state"] == "UNOWNED"]
    assert len(gaps) == 4
    assert gaps["spend"].sum() == pytest.approx(100.01 * 4 / 6)


SEEN = "day,channel,sessions\n" + "".join(f"2026-10-0{day},shop,1\n" for day in range(1, 6))


@pytest.mark.parametrize(("rows", "state", "tag"), [
    (["shop,*,shared,,,"], "SHARED", "Shared"),
    (["shop,*,it,,,"], "OWNED", "IT"),
    (["shop,sessions,marketing,,,"], "OWNED", "Marketing"),
    (["shop,*,it,it,,", "shop,*,marketing,marketing,,"], "CONTESTED", "Contested"),
    (["shop,*,it,,2026-10-01,2026-10-02"], "LAPSED", "Unowned"),
    (["shop,revenue,it,,,"], "UNOWNED", "Unowned"),
])  # fmt: skip
def test_the_short_form_of_ownership(shop: Desk, rows: list[str], state: str, tag: str):
    shop.give(daily=SEEN, ownership="channel,metric,owner,asserted_by,valid_from,valid_to\n" + "\n".join(rows) + "\n")
    cells = shop.ask("ownership").set_index("metric")
    assert (cells.at["sessions", "state"], cells.at["sessions", "tag"]) == (state, tag)


def test_what_lapsed_has_been_open_since_its_owner_left(shop: Desk):
    shop.give(daily=SEEN, ownership="channel,metric,owner,valid_from,valid_to\nshop,*,it,2026-10-01,2026-10-02\n")
    (gap,) = shop.ask("gaps").to_dict("records")
    assert (gap["primary_gap"], pd.Timestamp(gap["since"])) == ("LAPSED", pd.Timestamp("2026-10-02"))
    assert gap["age_days"] == 4, "2, 3, 4 and 5 October"
    assert shop.ask("ownership", as_of="2026-10-01")["tag"].tolist() == ["IT"]


def test_spells_follow_each_other_without_gap_or_overlap(shop: Desk):
    shop.give(daily=SEEN, ownership="channel,metric,owner,valid_from,valid_to\nshop,*,it,2026-10-02,2026-10-04\nshop,*,shared,2026-10-04,\n")
    spells = shop.ask("ownership_spells").sort_values("valid_from")
    assert spells["tag"].tolist() == ["Unowned", "IT", "Shared"]
    assert spells["valid_to"].iloc[:-1].tolist() == spells["valid_from"].iloc[1:].tolist()
    assert pd.isna(spells["valid_to"].iloc[-1])


def test_the_page_of_questions_holds_each_with_its_words_columns_and_clocks():
    rows = {line.split(" | ")[0].strip("| `"): line for line in (Path(__file__).parents[1] / "docs" / "questions.md").read_text().splitlines() if line.startswith("| `")}
    assert set(rows) == set(QUESTIONS)
    for name, asked in QUESTIONS.items():
        assert f" | {asked.words} | " in rows[name]
        assert rows[name].endswith(f" | {', '.join(asked.columns)} | {'K' if asked.two_clocks else 'A' if asked.whole else ''} |")


def test_rows_of_channels_and_metrics_that_were_not_asked_for_are_in_no_answer(desk: Desk) -> None:
    desk.give(
        channel="channel,kind,name,family\nshop,web,Shop,site\napp,mobile,App,app\n",
        daily="day,channel,sessions,conversions\n2026-10-01,shop,100,5\n2026-10-01,app,50,4\n2026-10-02,shop,120,6\n2026-10-02,app,60,5\n",
        ownership="channel,metric,owner\nshop,sessions,it\napp,*,shared\n",
        event="event,kind,starts_on,label,channel\n1,launch,2026-10-01,New app,app\n2,law,2026-10-01,New law,\n",
    )
    for name in ("ownership_spells", "channel_tags", "claims", "freshness", "gaps", "agreement"):
        assert set(desk.ask(name, kinds=("web",))["channel"]) == {"shop"}, name
        assert set(desk.ask(name, channels=("app",))["channel"]) <= {"app"}, name
    assert list(desk.ask("events", kinds=("web",))["label"]) == ["New law"], "what is about all channels stays"
    assert set(desk.ask("ownership_spells", metrics=("sessions",))["metric"]) == {"sessions"}


FILTERS = (
    {}, {"kinds": ("web",)}, {"channels": ("app",)}, {"kinds": ("web",), "channels": ("app",)}, {"devices": ("mobile",)}, {"regions": ("north", "south")},
    {"owners": ("IT",)}, {"owners": ("Shared", "IT"), "devices": ("mobile",), "kinds": ("mobile",)},
)  # fmt: skip


@pytest.mark.parametrize("filters", FILTERS)
def test_filters_cut_out_of_what_was_read_are_those_of_the_query(desk: Desk, filters: dict[str, tuple[str, ...]]) -> None:
    desk.give(
        channel="channel,kind,name,family\nshop,web,Shop,site\napp,mobile,App,app\nmail,campaign,Mail,e-mail\n",
        daily="day,channel,device,region,sessions\n" + "".join(
            f"2026-10-0{day},{channel},{device},{region},{day}\n" for day in (1, 2) for channel in ("shop", "app", "mail")
            for device in ("mobile", "desktop", "") for region in ("north", "south", "")),
        ownership="channel,metric,owner\nshop,sessions,it\napp,*,shared\n",
    )  # fmt: skip
    scope = Scope(first_day=date(2026, 10, 2), last_day=date(2026, 10, 2), **filters)
    whole = performance.cut_sums(desk.generation, scope.unfiltered())
    cut = performance.cuts_within(desk.generation, whole, scope)
    pd.testing.assert_frame_equal(cut.reset_index(drop=True), performance.cut_sums(desk.generation, scope), check_dtype=False)
    assert len(whole) == 54
    assert (len(cut) < 54) == bool(filters)
