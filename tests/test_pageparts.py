"""How tables and metrics are written on a page."""

import pandas as pd

from commonground import chart, pageparts
from commonground.catalogue import catalogue


def test_figures_stand_at_the_right_and_words_and_dates_at_the_left():
    rows = pd.DataFrame({
        "Channel": ["Web shop", "Display"], "Spend": ["\u20ac\u202f2.37\u202fk", "\u2013"], "Change": ["\u22120.05\u202fpt", "+5.2\u202f%"],
        "Since": ["1 Nov 2024", "2 Jun 2025"], "Revenue": ["CHF\u202f12.5\u202fk", "CHF\u202f0"], "Stars": ["4.09\u202f\u2605", "3.74\u202f\u2605"],
        "Request": ["REQ-252", "REQ-253"], "Grew": ["\u00d713", "+5.2\u202f%"],
    })  # fmt: skip
    assert list(chart.aligned(rows)) == ["Spend", "Change", "Revenue", "Stars", "Grew"]
    assert chart.aligned(rows.head(0)) == {}


def test_a_metric_says_what_it_is_made_of():
    assert pageparts.made_of(catalogue()["conversion_rate"]) == "conversions / sessions"
    assert pageparts.made_of(catalogue()["crash_free_rate"]) == "(app sessions \u2212 crashed sessions) / app sessions"


def test_tools_are_called_by_their_names():
    assert [pageparts.tool_name(tool) for tool in ("ga4", "google_ads", "upptime", "generic", "unheard_of")] == [
        "Google Analytics 4", "Google Ads", "Upptime", "Own tables", "unheard_of",
    ]  # fmt: skip
