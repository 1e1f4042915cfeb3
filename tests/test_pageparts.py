"""How tables and metrics are written on a page."""

import pandas as pd

from commonground import chart, pageparts, words
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


def test_a_column_of_notes_holds_the_first_and_counts_the_rest():
    assert pageparts.first_of([]) == ""
    assert pageparts.first_of(["a request waits"]) == "a request waits"
    assert pageparts.first_of(["a request waits", "one checklist far behind", "by a general claim"]) == "a request waits + 2"


def test_where_not_all_channels_fit_those_that_moved_stay_then_the_largest():
    cells = pd.DataFrame({
        "channel": ["small", "small", "large", "larger"], "metric": ["sessions", "revenue", "sessions", "sessions"],
        "good": [0, -1, 0, 0], "numerator": [10.0, 20.0, 300.0, 400.0],
    })  # fmt: skip
    kept, left_out = pageparts.most_moved(cells, 2)
    assert kept["channel"].tolist() == ["small", "small", "larger"]
    assert left_out == 1


def test_sources_that_are_behind_are_counted_and_named():
    assert words.fresh(44, 44) == "All 44 sources are fresh"
    assert words.fresh(1, 1) == "The one source is fresh"
    assert words.fresh(0, 1) == "The one source is late"
    assert words.fresh(26, 27) == "26 of 27 sources are fresh"
    assert words.fresh(0, 0) == "No source has reported a number yet"
    assert words.late("Google Ads", "Paid search", 13.0) == "Google Ads for Paid search is 13 days behind"
