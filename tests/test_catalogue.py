"""What may be added, what is divided by what, and how is a value written?"""

from __future__ import annotations

import pandas as pd
import pytest

from commonground.catalogue import (
    UnknownNameError,
    add_up,
    catalogue,
    change,
    compact,
    write,
    write_change,
)

FIXED = set("""click_through_rate cost_per_click cost_per_mille cost_per_acquisition conversion_rate average_order_value
return_on_ad_spend revenue_per_session engagement_rate delivery_rate open_rate click_to_open_rate unsubscribe_rate lead_rate
error_rate uptime mean_response_ms lcp_good_share inp_good_share cls_good_share slow_network_share crash_free_rate
frozen_free_rate average_rating""".split())  # noqa: SIM905


def sums(*rows: dict[str, object]) -> pd.DataFrame:
    """Sums as a query gives them: every measure a column, missing where it was not observed."""
    frame = pd.DataFrame(rows)
    return frame.reindex(columns=["channel", "sells", "day", *catalogue().measures])


def value(rows: pd.DataFrame, metric: str) -> float:
    return add_up(rows, catalogue()[metric], [])["value"].iloc[0]


def test_the_fixed_metric_ids_exist_beside_one_sum_for_each_measure():
    assert set(catalogue().metrics) == FIXED | set(catalogue().measures)


def test_an_unknown_metric_raises_and_names_the_known():
    with pytest.raises(UnknownNameError, match="revenue"):
        catalogue()["happiness"]


def test_a_ratio_stands_over_the_channels_that_report_both_parts():
    rows = sums({"channel": "a", "sells": False, "clicks": 10, "impressions": 100}, {"channel": "b", "sells": False, "clicks": 90})
    assert value(rows, "click_through_rate") == 0.1
    assert value(rows, "clicks") == 100


def test_revenue_of_selling_platforms_is_not_added_to_that_of_campaigns():
    rows = sums({"channel": "shop", "sells": True, "revenue": 100}, {"channel": "search", "sells": False, "revenue": 60})
    assert value(rows, "revenue") == 100
    by = add_up(rows, catalogue()["revenue"], ["channel"]).set_index("channel")["value"]
    assert by.to_dict() == {"search": 60, "shop": 100}


def test_without_a_selling_platform_the_campaigns_are_added():
    rows = sums({"channel": "mail", "sells": False, "revenue": 40}, {"channel": "search", "sells": False, "revenue": 60})
    assert value(rows, "revenue") == 100


def test_spend_over_conversions_pairs_each_channel_with_its_own():
    rows = sums({"channel": "shop", "sells": True, "conversions": 50}, {"channel": "search", "sells": False, "conversions": 10, "spend": 100})
    assert value(rows, "cost_per_acquisition") == 10


def test_a_complement_is_a_difference_of_sums():
    rows = sums({"channel": "app", "sells": True, "app_sessions": 200, "crashed_sessions": 3})
    assert value(rows, "crash_free_rate") == pytest.approx(197 / 200)


def test_the_change_of_a_rate_is_in_points_and_that_of_a_sum_in_percent():
    assert change(catalogue()["uptime"], 0.99, 0.98) == pytest.approx(0.01)
    assert change(catalogue()["revenue"], 120, 100) == pytest.approx(0.2)
    assert change(catalogue()["revenue"], 120, 0) is None
    assert change(catalogue()["revenue"], None, 100) is None


@pytest.mark.parametrize(("number", "text"), [(4_314_000, "4.31\u202fM"), (612_000, "612\u202fk"), (999_960, "1.00\u202fM"), (0, "0"), (-1500, "\u22121.50\u202fk")])
def test_large_numbers_have_three_digits(number: float, text: str):
    assert compact(number) == text


def test_no_data_is_written_as_a_dash():
    assert write(catalogue()["revenue"], None) == "–"
    assert write(catalogue()["uptime"], float("nan")) == "–"
    assert write_change(catalogue()["uptime"], 0.005) == "+0.50\u202fpt"


def test_a_volume_that_grew_tenfold_is_written_as_a_multiple():
    assert write_change(catalogue()["sessions"], 12.193) == "×13"  # 13.193 times as many
    assert write_change(catalogue()["sessions"], 9.0) == "×10"
    assert write_change(catalogue()["sessions"], 8.5) == "+850.0\u202f%"


def test_a_change_too_small_to_write_has_no_sign():
    assert write_change(catalogue()["uptime"], -0.00001) == "0.00\u202fpt"
