"""Do figures say what the data says, look alike each time, and read for every eye?"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pytest

from commonground import figures
from commonground.figures import parts
from commonground.tokens import (
    BAD,
    GOOD,
    GREY,
    INK,
    PAGE,
    PALE,
    PANEL,
    PRIMARY,
    SERIES,
    TAGS,
    shade,
)

ROOT = Path(__file__).resolve().parent.parent
THEMES = ("light", "dark")
DAYS = pd.date_range("2026-10-01", periods=5)


def lines(**series: list[float | None]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"period": day, "series": name, "value": value, "text": f"{value}"}
            for name, values in series.items()
            for day, value in zip(DAYS, values, strict=True)
        ]
    )


def cells(*tags: str | None) -> pd.DataFrame:
    frame = pd.DataFrame({"tag": list(tags)}, dtype=object)
    names = [f"metric_{n}" for n in range(len(tags))]
    return frame.assign(
        channel="shop", channel_name="Shop", metric=names, metric_label=names, hover=names
    ).assign(concern=["customer"] + ["infrastructure"] * (len(tags) - 1))


BY_TAG = lines(
    IT=[0.01, 0.02, 0.03, 0.02, 0.03],
    Shared=[0.02, 0.02, 0.03, 0.04, 0.0305],
    Contested=[0.01, 0.01, None, 0.01, 0.0302],
    Unowned=[0.0, 0.01, 0.01, 0.01, 0.01],
)
RANKED = pd.DataFrame(
    {
        "id": ["a", "b"],
        "name": ["Web shop", "A channel with a name that nobody can fit"],
        "tag": ["Shared", None],
        "value": [0.05, 0.03],
        "text": ["5.0 %", "3.0 %"],
        "hover": ["Web shop", "A channel with a name that nobody can fit"],
        "low": [0.04, 0.02],
        "high": [0.06, 0.04],
    }
)
CONTRAST = RANKED.drop(columns="tag").assign(
    estimate=[0.14, -0.02], low=[0.05, -0.09], high=[0.24, 0.06],
    verdict=["clear", "no clear difference"],
)  # fmt: skip
SPELLS = pd.DataFrame(
    {
        "name": ["Shop", "Shop", "App"],
        "tag": ["IT", "Unowned", "Shared"],
        "starts_on": pd.to_datetime(["2026-01-01", "2026-03-01", "2026-01-01"]),
        "ends_on": pd.to_datetime(["2026-03-01", None, None]),
        "hover": ["IT", "nobody", "both"],
    }
)
INCIDENTS = pd.DataFrame(
    {
        "id": ["i1", "i2"],
        "name": ["Shop", "App"],
        "severity": [1, None],
        "starts_at": pd.to_datetime(["2026-10-01 10:00", "2026-10-02 00:00"]),
        "ends_at": pd.to_datetime(["2026-10-01 11:30", None]),
        "hover": ["down", "slow"],
    }
)
FAN = pd.DataFrame(
    {
        "period": DAYS,
        "actual": [1.0, 2, 3, None, None],
        "forecast": [None, None, 3, 4, 5],
        "low": [None, None, 3, 3.5, 4],
        "high": [None, None, 3, 4.5, 6],
        "text": list("12345"),
    }
)
EVENTS = pd.DataFrame(
    {
        "starts_on": pd.to_datetime(["2026-10-02", "2026-10-02", "2026-10-05"]),
        "label": ["App handed to both", "New checkout", "Outage"],
        "kind": ["", "release", "incident"],
    }
)
PAIRS = pd.DataFrame(
    {"group": ["Web", "App"], "shared": [0.03, None], "single": [0.02, 0.04],
     "shared_text": ["3 %", "–"], "single_text": ["2 %", "4 %"]}
)  # fmt: skip
HEAT = cells("IT", "IT", "IT").assign(text=["+3 %", "−2 %", "1 %"], good=[1, -1, None])


def every_figure(theme: str = "light") -> dict[str, figures.Figure]:
    plain = RANKED.drop(columns=["low", "high"])
    share = BY_TAG.rename(columns={"series": "tag"})
    return {
        "trend": figures.trend(
            BY_TAG, tickformat=".1%", theme=theme, events=EVENTS, target=0.02, before=BY_TAG
        ),
        "ownership_map": figures.ownership_map(cells(*TAGS, None), theme=theme),
        "heat_map": figures.heat_map(HEAT, theme=theme),
        "ranking": figures.ranking(plain, theme=theme, tickformat=".1%"),
        "ranking with ranges": figures.ranking(RANKED, theme=theme, tickformat=".1%"),
        "contrast": figures.contrast(CONTRAST, theme=theme),
        "pairs": figures.pairs(PAIRS, theme=theme, tickformat=".1%"),
        "spells": figures.spells(SPELLS, theme=theme, last_day="2026-10-28"),
        "incident_timeline": figures.incident_timeline(
            INCIDENTS, theme=theme, last_day="2026-10-28"
        ),
        "fan": figures.fan(FAN, tickformat="~s", theme=theme, target=5.5),
        "coverage_over_time": figures.coverage_over_time(share, theme=theme),
    }


def walk(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for item in value:
            yield from walk(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key, item
            yield from walk(item)


# --- every figure ------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
def test_an_unchanged_figure_is_byte_identical(theme: str) -> None:
    first, second = (orjson.dumps(every_figure(theme)) for _ in range(2))
    assert first == second


def test_noise_below_nine_digits_changes_nothing() -> None:
    noisy = BY_TAG.assign(value=BY_TAG["value"] * (1 + 1e-14))
    a, b = (figures.trend(rows, tickformat=".1%", theme="light") for rows in (BY_TAG, noisy))
    assert orjson.dumps(a) == orjson.dumps(b)


@pytest.mark.parametrize("name", every_figure())
def test_a_figure_is_one_that_plotly_knows(name: str) -> None:
    go = pytest.importorskip("plotly.graph_objects")
    figure = every_figure()[name]
    go.Figure(data=figure["data"], layout=figure["layout"])  # raises on an unknown property


@pytest.mark.parametrize("name", every_figure())
def test_no_trace_needs_webgl(name: str) -> None:
    types = {trace["type"] for trace in every_figure()[name]["data"]}
    assert types <= {"scatter", "bar"}


@pytest.mark.parametrize("name", every_figure())
def test_no_text_is_smaller_than_12_pixels(name: str) -> None:
    figure = every_figure()[name]
    fonts = [v for k, v in walk(figure) if k in ("font", "textfont") and isinstance(v, dict)]
    assert min(font["size"] for font in fonts if "size" in font) >= 12
    for trace in figure["data"]:
        assert "text" not in trace.get("mode", "") or trace["textfont"]["size"] >= 12


@pytest.mark.parametrize("name", every_figure())
def test_in_meeting_mode_everything_but_the_data_grows(name: str) -> None:
    figure = every_figure()[name]
    bigger = figures.scaled(figure, 1.35)
    assert bigger["layout"]["font"]["size"] == pytest.approx(13 * 1.35)
    assert bigger["layout"]["margin"]["l"] == pytest.approx(figure["layout"]["margin"]["l"] * 1.35)
    assert [t.get("x") for t in bigger["data"]] == [t.get("x") for t in figure["data"]]
    assert [t.get("width") for t in bigger["data"]] == [t.get("width") for t in figure["data"]]
    assert figures.scaled(figure, 1) is figure


@pytest.mark.parametrize("name", every_figure())
def test_a_missing_value_is_null_never_zero(name: str) -> None:
    assert b"NaN" not in orjson.dumps(every_figure()[name])


# --- tags --------------------------------------------------------------------------------------


def test_every_tag_has_its_letter_and_no_letter_twice() -> None:
    assert {name: tag.mark for name, tag in TAGS.items()} == {
        "IT": "I", "Marketing": "M", "Shared": "S", "Contested": "!", "Unowned": "?",
    }  # fmt: skip


def test_each_cell_of_the_map_shows_the_letter_of_its_tag() -> None:
    (marks,) = figures.ownership_map(cells(*TAGS, None), theme="light")["data"]
    assert marks["text"] == ["<b>I</b>", "<b>M</b>", "<b>S</b>", "<b>!</b>", "<b>?</b>", "·"]
    assert marks["customdata"][0] == "shop|metric_0"


def test_contested_is_solid_ink_and_unowned_hollow_with_a_dotted_edge() -> None:
    shapes = figures.ownership_map(cells("Contested", "Unowned"), theme="light")["layout"]["shapes"]
    solid, hollow = shapes
    assert solid["fillcolor"] == INK[0]
    assert solid["line"]["width"] == 0
    assert hollow["fillcolor"] == PAGE[0]
    assert hollow["line"]["dash"] == "dot"
    assert hollow["line"]["width"] > 0


def test_columns_stand_by_concern() -> None:
    frame = cells("IT", "IT", "IT").assign(concern=["customer", "infrastructure", "customer"])
    layout = figures.ownership_map(frame, theme="light")["layout"]
    assert layout["xaxis"]["ticktext"] == ["metric_0", "metric_2", "metric_1"]
    assert [a["text"] for a in layout["annotations"]] == [
        "<b>Customer</b>",
        "<b>Infrastructure</b>",
    ]


def test_a_long_name_is_trimmed_on_the_axis_and_whole_in_the_hover() -> None:
    figure = figures.ranking(RANKED, theme="light", tickformat=".1%")
    assert figure["layout"]["yaxis"]["ticktext"][1].startswith("A channel with a name")
    assert "…" in figure["layout"]["yaxis"]["ticktext"][1]
    assert figure["data"][-1]["hovertext"][1] == RANKED["name"][1]


def test_lines_of_tags_differ_by_more_than_colour() -> None:
    traces = {
        t["name"]: t["line"] for t in figures.trend(BY_TAG, tickformat="", theme="dark")["data"]
    }
    assert traces["Contested"]["dash"] == "dash"
    assert traces["Unowned"]["dash"] == "dot"
    assert traces["Shared"]["width"] > traces["IT"]["width"]


# --- names, events, ranges ---------------------------------------------------------------------


def end_labels(figure: figures.Figure) -> list[dict[str, Any]]:
    return [
        a for a in figure["layout"]["annotations"] if a.get("xanchor") == "left" and a["x"] == 1
    ]


def test_names_of_lines_do_not_overlap() -> None:
    height = 300
    figure = figures.trend(BY_TAG, tickformat=".1%", theme="light", height=height)
    low, high = figure["layout"]["yaxis"]["range"]
    plot = height - figure["layout"]["margin"]["t"] - figure["layout"]["margin"]["b"]
    pixels = sorted((a["y"] - low) / (high - low) * plot for a in end_labels(figure))
    assert len(pixels) == 4
    assert all(b - a >= parts.LINE - 0.01 for a, b in itertools.pairwise(pixels))


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([], []),
        ([5.0], [5.0]),
        ([1.0, 9.0], [1.0, 9.0]),
        ([5.0, 5.0], [4.5, 5.5]),  # both move, by the least
        ([5.2, 5.0], [5.6, 4.6]),  # the order is kept
        ([0.0, 0.1], [0.0, 1.0]),  # the floor holds
        ([10.0, 10.0, 10.0], [8.0, 9.0, 10.0]),
    ],
)
def test_places_move_apart_by_the_least_inside_the_plot(
    places: list[float], expected: list[float]
) -> None:
    found = parts.spread(places, 1.0, 0.0, 10.0)
    assert sorted(found) == pytest.approx(sorted(expected))
    assert [found.index(v) for v in sorted(found)] == sorted(
        range(len(places)), key=lambda n: (places[n], n)
    )


def test_names_without_room_still_stand_apart() -> None:
    found = parts.spread([1.0] * 40, 1.0, 0.0, 10.0)
    assert len(set(found)) == 40
    assert min(found) >= 0
    assert max(found) <= 10


def test_events_of_the_same_days_stand_in_rows_and_incidents_have_a_mark() -> None:
    layout = figures.trend(BY_TAG, tickformat="", theme="light", events=EVENTS)["layout"]
    events = [a for a in layout["annotations"] if a.get("name") == "event"]
    assert [e["text"] for e in events] == ["App handed to both", "New checkout", "▲ Outage"]
    assert events[0]["yshift"] != events[1]["yshift"]
    assert [s["line"]["dash"] for s in layout["shapes"]] == ["solid", "solid", "dash"]


def test_an_estimate_is_grey_unless_it_is_clear() -> None:
    dots = figures.contrast(CONTRAST, theme="light")["data"][-1]
    assert dots["marker"]["color"] == [TAGS["Shared"].line[0], GREY[0]]


def test_more_lines_than_can_be_told_apart_are_all_drawn_the_rest_grey() -> None:
    rows = lines(**{f"c{n:02}": [float(n)] * 5 for n in range(12)})
    figure = figures.trend(rows, tickformat="~s", theme="light")
    assert len(figure["data"]) == 12
    assert sum(t["line"]["color"] == PALE[0] for t in figure["data"]) == 4
    assert len(end_labels(figure)) == 8


def test_shares_are_written_the_houses_way() -> None:
    axis = figures.contrast(CONTRAST, theme="light")["layout"]["xaxis"]
    assert axis["ticktext"] == ["−10\u202f%", "0\u202f%", "+10\u202f%", "+20\u202f%"]


def test_an_open_spell_reaches_to_the_last_day() -> None:
    traces = figures.spells(SPELLS, theme="light", last_day="2026-03-31")["data"]
    unowned = next(t for t in traces if t["text"] == ["<b>?</b>"])
    assert unowned["base"] == ["2026-03-01"]
    assert unowned["x"] == [30 * 86_400_000]


@pytest.mark.parametrize("draw", [figures.ownership_map, figures.heat_map])
def test_nothing_to_draw_draws_nothing(draw: Any) -> None:
    empty = HEAT.iloc[:0]
    assert draw(empty, theme="light")["data"][0]["x"] == []


# --- colours -----------------------------------------------------------------------------------


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2: 1 to 21."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    low, high = sorted(float(weights @ linear(c)) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


# Machado, Oliveira, Fernandes 2009, severity 1.
VISION = {
    "all": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip


def lab(colour: str, vision: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    white = np.array([0.95047, 1, 1.08883])
    xyz = to_xyz @ np.clip(vision @ linear(colour), 0, 1) / white
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(one: str, other: str) -> float:
    """CIE Lab distance in the kind of vision that tells the two apart least."""
    return min(float(np.linalg.norm(lab(one, v) - lab(other, v))) for v in VISION.values())


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("tag", TAGS)
def test_lines_marks_and_names_of_a_tag_can_be_read(tag: str, theme: str) -> None:
    look, page = TAGS[tag], shade(PAGE, theme)
    assert contrast(shade(look.line, theme), page) >= 3.5
    assert contrast(shade(look.text, theme), shade(look.tint, theme)) >= 6.4
    assert contrast(shade(look.name, theme), page) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(TAGS, 2)))
def test_tags_keep_apart_for_every_colour_vision(one: str, other: str, theme: str) -> None:
    assert apart(shade(TAGS[one].line, theme), shade(TAGS[other].line, theme)) >= 12


@pytest.mark.parametrize("theme", THEMES)
def test_lines_that_are_no_tags_keep_apart_and_borrow_no_owners_colour(theme: str) -> None:
    for one, other in itertools.combinations(SERIES, 2):
        assert apart(shade(one, theme), shade(other, theme)) >= 12
    owners = {pair for tag in TAGS.values() for pair in tag.line}
    assert owners.isdisjoint(colour for pair in SERIES for colour in pair)


@pytest.mark.parametrize("theme", THEMES)
def test_better_and_worse_keep_apart_for_every_colour_vision(theme: str) -> None:
    good, bad, page = shade(GOOD, theme), shade(BAD, theme), shade(PAGE, theme)
    assert apart(good, bad) >= 16
    assert min(apart(good, page), apart(bad, page)) >= 12
    assert min(contrast(shade(INK, theme), c) for c in (good, bad)) >= 7


@pytest.mark.parametrize("theme", THEMES)
def test_text_and_series_can_be_read_on_page_and_panel(theme: str) -> None:
    for ground in (shade(PAGE, theme), shade(PANEL, theme)):
        assert contrast(shade(INK, theme), ground) >= 12
    for pair in (GREY, PRIMARY, *SERIES):
        assert contrast(shade(pair, theme), shade(PAGE, theme)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_the_theme_file_has_the_tokens_colours(theme: str) -> None:
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))
    section = config["theme"][theme]
    assert section["backgroundColor"] == shade(PAGE, theme)
    assert section["secondaryBackgroundColor"] == shade(PANEL, theme)
    assert section["borderColor"] == shade(PALE, theme)
    assert section["textColor"] == shade(INK, theme)
    assert section["primaryColor"] == shade(PRIMARY, theme)
    assert section["chartCategoricalColors"] == [shade(pair, theme) for pair in SERIES]


def test_every_name_in_the_theme_file_is_one_that_streamlit_knows() -> None:
    from streamlit import config

    def names(table: dict[str, Any], above: str = "") -> Iterator[str]:
        for key, value in table.items():
            if isinstance(value, dict):
                yield from names(value, f"{above}{key}.")
            else:
                yield above + key

    settings = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))
    known = config.get_config_options()
    assert [name for name in names(settings) if name not in known] == []


def test_a_plain_average_stands_hollow_beside_the_estimate() -> None:
    figure = figures.contrast(CONTRAST.assign(unadjusted=[0.3, None]), theme="light")
    hollow = [trace for trace in figure["data"] if "open" in str(trace.get("marker", {}).get("symbol"))]
    assert [trace["x"] for trace in hollow] == [[0.3, None]]
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < -0.09 < 0.3 < high


def test_an_estimate_that_is_not_there_is_not_drawn() -> None:
    thin = CONTRAST.assign(estimate=[0.14, None], low=[0.05, None], high=[0.24, None])
    assert figures.contrast(thin, theme="light")["data"][-1]["x"] == [0.14, None]


def test_an_unusual_day_is_ringed_on_its_own_line_and_only_where_there_is_a_point() -> None:
    unusual = pd.DataFrame({"period": [DAYS[1], DAYS[2]], "series": ["IT", "Contested"], "hover": ["IT", "no point"]})
    figure = figures.trend(BY_TAG, tickformat=".1%", theme="light", unusual=unusual)
    rings = figure["data"][-1]
    assert (rings["x"], rings["y"], rings["customdata"]) == (["2026-10-02"], [0.02], ["IT"])


def test_a_target_takes_the_colour_of_its_line_and_lies_inside_the_axis() -> None:
    aims = pd.DataFrame({"series": ["Shared", "nobody"], "value": [0.09, 0.5], "text": ["target", "target"]})
    figure = figures.trend(BY_TAG, tickformat=".1%", theme="light", targets=aims[:1])
    (level,) = [shape for shape in figure["layout"]["shapes"] if shape["line"]["dash"] == "dashdot"]
    assert level["line"]["color"] == shade(TAGS["Shared"].line, "light")
    assert figure["layout"]["yaxis"]["range"][1] > 0.09


def test_the_parts_of_a_vital_are_told_apart_without_colour() -> None:
    rows = pd.DataFrame({"id": ["m"], "name": ["mobile"], "good": [0.7], "needs": [0.2], "poor": [0.1], "text": ["70 %"], "hover": ["mobile"]})
    figure = figures.vitals(rows, theme="dark")
    assert [trace["x"] for trace in figure["data"]] == [[0.7], [0.2], [0.1]]
    assert len({trace["marker"]["pattern"]["shape"][0] for trace in figure["data"]}) == 3


def test_a_sparkline_goes_from_edge_to_edge_between_its_lowest_and_highest_value():
    drawn = figures.sparkline([1, 3, 2], theme="light")
    assert 'points="2.0,34.0 80.0,2.0 158.0,18.0"' in drawn
    assert drawn.startswith("<svg ")


@pytest.mark.parametrize(("values", "points"), [([], ""), ([5], ""), ([5, 5], "2.0,18.0 158.0,18.0")])
def test_a_sparkline_of_one_value_is_no_line_and_of_equal_values_a_level_one(values, points):
    assert f'points="{points}"' in figures.sparkline(values, theme="dark")


def test_an_axis_of_differences_between_shares_is_written_in_points():
    rows = pd.DataFrame({"id": ["a", "b"], "name": ["A", "B"], "tag": ["IT", "Shared"], "value": [-0.02, 0.02], "text": ["", ""], "hover": ["", ""]})
    drawn = figures.ranking(rows, theme="light", tickformat="+.0pt")["layout"]["xaxis"]
    assert drawn["ticktext"] == ["\u22122\u202fpt", "\u22121\u202fpt", "0\u202fpt", "+1\u202fpt", "+2\u202fpt"]
    assert figures.ranking(rows, theme="light", tickformat="+.0%")["layout"]["xaxis"]["ticktext"][-1] == "+2\u202f%"


def test_an_axis_of_volumes_is_written_as_the_pages_write_them():
    rows = pd.DataFrame({"id": ["a"], "name": ["A"], "tag": ["IT"], "value": [2.0e9], "text": [""], "hover": [""]})
    drawn = figures.ranking(rows, theme="light", tickformat="~s")["layout"]["xaxis"]
    assert drawn["ticktext"] == ["0", "0.5\u202fbn", "1\u202fbn", "1.5\u202fbn", "2\u202fbn"]


def test_a_map_of_one_metric_keeps_its_cells_small():
    cells = pd.DataFrame({"channel": ["a"], "channel_name": ["A"], "metric": ["m"], "metric_label": ["M"], "tag": ["IT"], "hover": [""]})
    low, high = figures.ownership_map(cells, theme="light")["layout"]["xaxis"]["range"]
    assert high - low > 10
