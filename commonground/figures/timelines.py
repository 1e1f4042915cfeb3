"""Time runs to the right: trends, forecasts, coverage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from commonground.figures.parts import (
    HEIGHT,
    LETTER,
    LINE,
    SMALL,
    TEXT,
    Figure,
    iso,
    layout,
    look,
    note,
    round_one,
    rounded,
    rule,
    short,
    span,
    spread,
    value_axis,
)
from commonground.tokens import GREY, INK, PALE, SERIES, TAGS, Tag, shade

MAX_NAMED = 8
"""More lines than this cannot be told apart: the rest are drawn thin and grey, named on hover."""
EVENT_LENGTH = 26
EVENT_ROWS = 3
EVENT_LOOKS = {"incident": ("dash", "▲ "), "site": ("dot", "○ ")}
"""Line and mark of an event by its kind; all others are solid and have no mark."""
EVENT_WIDTH = 480
"""The plot's width (pixels) for which event labels are placed in rows; chart.py hides what
still overlaps on a narrower one, the event's line stays."""
BEFORE = "before"


class _Track(NamedTuple):
    """The points of one line, in time."""

    days: list[str]
    values: list[Any]
    texts: list[str]


def trend(
    rows: pd.DataFrame,
    *,
    tickformat: str,
    theme: str,
    events: pd.DataFrame | None = None,
    target: float | None = None,
    before: pd.DataFrame | None = None,
    unusual: pd.DataFrame | None = None,
    targets: pd.DataFrame | None = None,
    height: int = HEIGHT,
) -> Figure:
    """Lines over time, named at their right end.

    rows: period, series, value, text. A tag as series keeps its colour and dash; others take
    colours in the order given. before: the same columns, with the comparison's values on this
    period's dates; drawn light. events: starts_on, label, [kind: incidents are dashed, days on
    which the whole site moved are dotted]. unusual: period, series, hover; a ring round that point
    of the line. targets: series, value, text; a line in the series' own colour. A click hands back
    the series.
    """
    names = [str(name) for name in rows["series"].unique()]
    names = [tag for tag in TAGS if tag in names] + [name for name in names if name not in TAGS]
    looks = {name: _line(name, place, theme) for place, name in enumerate(names)}
    tracks = _tracks(rows)
    earlier = {} if before is None else _tracks(before)
    data = [_before(earlier[name], name, looks[name]) for name in names if name in earlier]
    data += [_series(tracks[name], name, looks[name]) for name in reversed(names)]
    values = [*rows["value"], *(before["value"] if before is not None else [])]
    aims = [] if targets is None else [float(v) for v in targets["value"]]
    low, high = span([*values, *aims, *([target] if target is not None else [])])
    figure = layout(theme, left=_tick_room(tickformat), top=14)
    value_axis(figure, "yaxis", low, high, tickformat)
    figure["xaxis"] |= {"type": "date", "tickangle": 0, "nticks": 7, "tickformat": "%-d %b\n%Y"}
    figure["margin"]["b"] = 44
    _events(figure, rows["period"], events, theme)
    if target is not None:
        figure["shapes"].append(rule(theme, y=round_one(target), dash="dashdot", ink=True))
    if targets is not None:
        _targets(figure, targets, looks)
    if unusual is not None and len(unusual):
        data.append(_rings(unusual, tracks, theme))
    _names(figure, _ends(tracks, names[:MAX_NAMED], looks, theme), low, high, height)
    return {"data": data, "layout": figure}


def _targets(figure: Figure, targets: pd.DataFrame, looks: dict[str, Figure]) -> None:
    """A dash-dotted line at each target, in its series' colour, with its words at the left above it."""
    for name, value, text in zip(targets["series"], targets["value"], targets["text"], strict=True):
        if str(name) not in looks:
            continue
        colour = looks[str(name)]["color"]
        level = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": round_one(value), "y1": round_one(value), "layer": "below"}
        figure["shapes"].append(level | {"line": {"color": colour, "width": 1, "dash": "dashdot"}})
        figure["annotations"].append(
            note(str(text), name="target", x=0, xref="paper", xanchor="left", y=round_one(value), yanchor="bottom", font={"size": SMALL, "color": colour})
        )


def _rings(unusual: pd.DataFrame, tracks: dict[str, _Track], theme: str) -> Figure:
    """Rings round the points that stand out; a ring, not a colour, so that it shows in print."""
    at = {(name, day): value for name, track in tracks.items() for day, value in zip(track.days, track.values, strict=True)}
    found = [
        (iso(period), value, str(hover), str(series))
        for period, series, hover in zip(unusual["period"], unusual["series"], unusual["hover"], strict=True)
        if (value := at.get((str(series), iso(period)))) is not None and not pd.isna(value)
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "unusual",
        "x": [day for day, *_ in found],
        "y": rounded([value for _, value, *_ in found]),
        "hovertext": [hover for _, _, hover, _ in found],
        "hoverinfo": "text",
        "customdata": [series for *_, series in found],
        "marker": {"size": 13, "symbol": "circle-open", "color": shade(INK, theme), "line": {"width": 2, "color": shade(INK, theme)}},
        "cliponaxis": False,
    }


def _line(name: str, place: int, theme: str) -> Figure:
    tag = look(name)
    if tag:
        return {"color": shade(tag.line, theme), "dash": tag.dash, "width": tag.width}
    if place >= MAX_NAMED:
        return {"color": shade(PALE, theme), "dash": "solid", "width": 1}
    dash = "solid" if place < len(SERIES) else "dashdot"
    return {"color": shade(SERIES[place % len(SERIES)], theme), "dash": dash, "width": 2}


def _tracks(rows: pd.DataFrame) -> dict[str, _Track]:
    """One pass over the rows: filtering a frame for each series costs more than the drawing."""
    ordered = rows.sort_values("period", kind="stable")
    days = {period: iso(period) for period in ordered["period"].unique()}
    tracks: dict[str, _Track] = {}
    columns = (ordered[name].tolist() for name in ("period", "series", "value", "text"))
    for period, series, value, text in zip(*columns, strict=True):
        track = tracks.setdefault(str(series), _Track([], [], []))
        track.days.append(days[period])
        track.values.append(value)
        track.texts.append(str(text))
    return tracks


def _series(track: _Track, name: str, line: Figure) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": track.days,
        "y": rounded(track.values),
        "text": track.texts,
        "hovertemplate": f"<b>{name}</b>  %{{text}}<br>%{{x|%-d %b %Y}}<extra></extra>",
        "line": line,
        "connectgaps": False,
        "customdata": [name] * len(track.days),
    }


def _before(track: _Track, name: str, line: Figure) -> Figure:
    trace = _series(track, name, line | {"width": 1.5})
    del trace["customdata"]
    return trace | {
        "opacity": 0.35,
        "hovertemplate": f"<b>{name}, {BEFORE}</b>  %{{text}}<extra></extra>",
    }


def _name_colour(name: str, line: Figure, theme: str) -> str:
    tag = look(name)
    return shade(tag.name, theme) if tag else str(line["color"])


def _ends(
    tracks: dict[str, _Track], names: Sequence[str], looks: dict[str, Figure], theme: str
) -> list[tuple[str, float, str]]:
    """Name, last known value and colour of each line."""
    ends = []
    for name in names:
        last = next((v for v in reversed(tracks[name].values) if not pd.isna(v)), None)
        if last is not None:
            ends.append((name, float(last), _name_colour(name, looks[name], theme)))
    return ends


def _names(
    figure: Figure, ends: Sequence[tuple[str, float, str]], low: float, high: float, height: int
) -> None:
    """Names right of the plot, at their lines' ends, moved apart where they would overlap."""
    plot = height - figure["margin"]["t"] - figure["margin"]["b"]
    gap = (high - low) * LINE / max(plot, LINE)
    places = spread([value for _, value, _ in ends], gap, low, high)
    figure["margin"]["r"] = 16 + round(
        LETTER * max((len(short(n, 18)) for n, *_ in ends), default=0)
    )
    figure["annotations"] += [
        note(
            f"<b>{short(name, 18)}</b>",
            x=1,
            xref="paper",
            xanchor="left",
            xshift=8,
            y=round_one(place),
            yanchor="middle",
            font={"size": TEXT, "color": colour},
        )
        for (name, _, colour), place in zip(ends, places, strict=True)
    ]


def _tick_room(tickformat: str) -> int:
    return 58 if tickformat.endswith("%") else 50


def _events(
    figure: Figure, periods: pd.Series[Any], events: pd.DataFrame | None, theme: str
) -> None:
    """Each event is a line with its label above the plot, in rows where labels would meet."""
    if events is None or not len(events) or not len(periods):
        return
    first, last = pd.Timestamp(periods.min()), pd.Timestamp(periods.max())
    days = max((last - first).days, 1)
    free = [-1.0] * EVENT_ROWS  # where each row of labels is free again, in pixels
    kinds = events["kind"] if "kind" in events else [""] * len(events)
    marked = zip(events["starts_on"], events["label"], kinds, strict=True)
    for day, label, kind in sorted(marked, key=lambda event: (str(event[0]), str(event[1]))):
        dash, mark = EVENT_LOOKS.get(str(kind), ("solid", ""))
        figure["shapes"].append(rule(theme, x=iso(day), dash=dash))
        text = mark + short(label, EVENT_LENGTH)
        width = len(text) * LETTER + 10
        start = (pd.Timestamp(day) - first).days / days * EVENT_WIDTH
        ends_left = start + width > EVENT_WIDTH + 60
        start = start - width if ends_left else start
        row = next((n for n, end in enumerate(free) if start >= end), free.index(min(free)))
        free[row] = start + width
        figure["annotations"].append(
            note(
                text,
                name="event",
                x=iso(day),
                xanchor="right" if ends_left else "left",
                xshift=-2 if ends_left else 2,
                y=1,
                yref="paper",
                yanchor="bottom",
                yshift=row * LINE,
                hovertext=str(label),
            )
        )
    used = 1 + max(n for n, end in enumerate(free) if end >= 0)
    figure["margin"]["t"] = 8 + used * LINE


def fan(
    rows: pd.DataFrame,
    *,
    tickformat: str,
    theme: str,
    target: float | None = None,
    target_text: str = "target",
    height: int = HEIGHT,
) -> Figure:
    """Where the month will end: what was reached, what is expected, its range, the target.

    rows: period, actual, forecast, low, high (missing where there is none), text.
    """
    days = [iso(day) for day in rows["period"]]
    ink, grey = shade(INK, theme), shade(GREY, theme)
    values = [*rows["actual"], *rows["forecast"], *rows["low"], *rows["high"]]
    low, high = span([*values, target] if target is not None else values, zero=True)
    figure = layout(theme, left=_tick_room(tickformat), top=14, bottom=44)
    value_axis(figure, "yaxis", low, high, tickformat)
    figure["xaxis"] |= {"type": "date", "tickangle": 0, "nticks": 7, "tickformat": "%-d %b\n%Y"}
    hover = "%{text}<br>%{x|%-d %b %Y}<extra></extra>"
    edge = {"width": 0, "color": grey}
    data = [
        _curve(days, rows["low"], edge) | {"hoverinfo": "skip"},
        _curve(days, rows["high"], edge)
        | {
            "hoverinfo": "skip",
            "fill": "tonexty",
            "fillcolor": "rgba(0,0,0,0)",
            "fillpattern": {"shape": "/", "size": 7, "fgcolor": grey, "solidity": 0.12},
        },
        _curve(days, rows["forecast"], {"color": grey, "width": 2, "dash": "dash"}),
        _curve(days, rows["actual"], {"color": ink, "width": 2.4, "dash": "solid"}),
    ]
    for trace in data[2:]:
        trace |= {"text": [str(text) for text in rows["text"]], "hovertemplate": hover}
    ends = [("forecast", float(v), grey) for v in rows["forecast"].dropna()[-1:]]
    reached = rows.dropna(subset=["actual"])[-1:]
    figure["annotations"] += [
        note("<b>so far</b>", x=iso(day), y=round_one(value), xanchor="right", xshift=-6, yshift=10)
        for day, value in zip(reached["period"], reached["actual"], strict=True)
    ]
    if target is not None:
        figure["shapes"].append(rule(theme, y=round_one(target), dash="dashdot", ink=True))
        ends.append((target_text, float(target), ink))
    _names(figure, ends, low, high, height)
    return {"data": data, "layout": figure}


def _curve(days: Sequence[str], values: pd.Series[Any], line: Figure) -> Figure:
    return {"type": "scatter", "mode": "lines", "x": list(days), "y": rounded(values), "line": line}


def coverage_over_time(rows: pd.DataFrame, *, theme: str, height: int = HEIGHT) -> Figure:
    """How much is owned by whom, day by day: areas that fill up to everything.

    rows: period, tag, value (a share, 0 to 1), text; a row for each tag and period.
    """
    present = [tag for tag in TAGS if tag in set(rows["tag"])]
    figure = layout(theme, left=_tick_room(".0%"), top=14, bottom=44)
    value_axis(figure, "yaxis", 0, 1, ".0%", count=4)
    figure["xaxis"] |= {"type": "date", "tickangle": 0, "nticks": 7, "tickformat": "%-d %b\n%Y"}
    data, ends, below = [], [], 0.0
    for name in present:
        part = rows[rows["tag"] == name].sort_values("period", kind="stable")
        data.append(_area(part, name, TAGS[name], theme))
        last = float(part["value"].fillna(0).iloc[-1]) if len(part) else 0.0
        ends.append((name, below + last / 2, shade(TAGS[name].name, theme)))
        below += last
    _names(figure, ends, 0, 1, height)
    return {"data": data, "layout": figure}


def _area(part: pd.DataFrame, name: str, tag: Tag, theme: str) -> Figure:
    line = shade(tag.line, theme)
    pattern = {"shape": ".", "size": 6, "fgcolor": line, "solidity": 0.2}
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "stackgroup": "all",
        "x": [iso(day) for day in part["period"]],
        "y": rounded(part["value"]),
        "text": [str(text) for text in part["text"]],
        "hovertemplate": f"<b>{name}</b>  %{{text}}<br>%{{x|%-d %b %Y}}<extra></extra>",
        "line": {"color": line, "width": 1, "dash": "dot" if name == "Unowned" else "solid"},
        "fillcolor": shade(tag.tint, theme),
        "customdata": [name] * len(part),
    } | ({"fillpattern": pattern} if name == "Unowned" else {})
