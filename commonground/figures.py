"""Data -> Plotly figure, as a plain dict. Pure: no filter, no sum, no Streamlit, no clock.

An unchanged figure is byte-identical (values are rounded, rows are in a fixed order), so it is
neither sent nor drawn again. Text, grid and page colours are taken from the theme by chart.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from commonground.tokens import BAD, GOOD, GREY, INK, PAGE, PALE, SERIES, TAGS, shade

Figure = dict[str, Any]
NAME_LENGTH = 24
"""Longer names are trimmed on an axis; the whole name stands in the hover text."""
MAX_SERIES = 8
"""More lines than this cannot be told apart; the page says how many were left out."""


def layout(theme: str, *, left: int = 48, right: int = 90, top: int = 16, bottom: int = 32, **more: Any) -> Figure:
    """What all figures share."""
    axis = {"gridcolor": shade(PALE, theme), "zeroline": False, "linecolor": shade(PALE, theme), "automargin": False}
    return {
        "margin": {"l": left, "r": right, "t": top, "b": bottom},
        "font": {"size": 13, "color": shade(INK, theme), "family": "Source Sans, sans-serif"},
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "showlegend": False,
        "hoverlabel": {"font": {"size": 13}}, "hovermode": "closest", "dragmode": False,
        "xaxis": dict(axis, showgrid=False, fixedrange=True), "yaxis": dict(axis, fixedrange=True),
    } | more  # fmt: skip


def trend(rows: pd.DataFrame, *, tickformat: str, theme: str, events: pd.DataFrame | None = None, target: float | None = None) -> Figure:
    """Lines over time, named at their right end.

    rows: period, series, value, text. events: starts_on, label. A tag as series gets its own colour
    and dash; other series take colours in order.
    """
    data, names = [], []
    series = list(rows.groupby("series")["value"].count().sort_values(ascending=False, kind="stable").index)[:MAX_SERIES]
    order = [tag for tag in TAGS if tag in series] or sorted(series)
    for place, name in enumerate(order):
        part = rows[rows["series"] == name].sort_values("period")
        tag = TAGS.get(name)
        colour = shade(tag.line if tag else SERIES[place % len(SERIES)], theme)
        data.append({
            "type": "scatter", "mode": "lines", "name": str(name), "x": [str(d)[:10] for d in part["period"]],
            "y": _round(part["value"]), "text": list(part["text"]), "hovertemplate": "%{text}<br>%{x|%d %b %Y}<extra>" + str(name) + "</extra>",
            "line": {"color": colour, "dash": tag.dash if tag else "solid", "width": tag.width if tag else 2}, "connectgaps": False,
            "customdata": [str(name)] * len(part),
        })  # fmt: skip
        seen = part.dropna(subset=["value"])
        if len(seen):
            names.append((float(seen["value"].iloc[-1]), str(seen["period"].iloc[-1])[:10], str(name), colour))
    values = pd.to_numeric(rows["value"]).dropna()
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    pad = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    figure = layout(theme, left=62, right=104, annotations=_spread(names, low - pad, high + pad), shapes=[])
    figure["yaxis"] |= {"tickformat": tickformat, "range": [round(low - pad, 9), round(high + pad, 9)], "nticks": 6}
    for event in _events(events):
        figure["shapes"].append({"type": "line", "x0": event[0], "x1": event[0], "yref": "paper", "y0": 0, "y1": 1,
                                 "line": {"color": shade(GREY, theme), "width": 1}})  # fmt: skip
        figure["annotations"].append({"x": event[0], "yref": "paper", "y": 1.0, "text": event[1], "showarrow": False,
                                      "xanchor": "left", "yanchor": "bottom", "font": {"size": 12}})  # fmt: skip
    if events is not None and len(events):
        figure["margin"]["t"] = 30
    if target is not None:
        figure["shapes"].append({"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": target, "y1": target,
                                 "line": {"color": shade(INK, theme), "width": 1, "dash": "dashdot"}})  # fmt: skip
    return {"data": data, "layout": figure}


def _events(events: pd.DataFrame | None) -> list[tuple[str, str]]:
    if events is None:
        return []
    return [(str(day)[:10], str(label)) for day, label in zip(events["starts_on"], events["label"], strict=True)]


def _spread(names: list[tuple[float, str, str, str]], low: float, high: float) -> list[Figure]:
    """Right-end names, moved apart where they would overlap."""
    step = (high - low) * 0.075
    out, last = [], low - step
    for value, day, name, colour in sorted(names):
        place = max(value, last + step)
        last = place
        out.append({"x": day, "y": round(place, 9), "text": f"<b>{name}</b>", "showarrow": False, "xanchor": "left", "xshift": 6,
                    "font": {"color": colour, "size": 13}})  # fmt: skip
    return out


def ownership_map(cells: pd.DataFrame, *, theme: str) -> Figure:
    """Who is accountable, channel by metric: a letter in each cell, its colour behind.

    cells: channel, channel_name, metric, metric_label, tag, hover; in the order to be drawn.
    Contested is solid ink, unowned is hollow with a dotted edge, owned is a pale tint.
    """
    rows = list(dict.fromkeys(cells["channel_name"]))
    columns = list(dict.fromkeys(cells["metric_label"]))
    shapes, data = [], []
    for place, (tag, part) in enumerate((tag, cells[cells["tag"] == tag]) for tag in TAGS):
        look = TAGS[tag]
        for row, column in zip(part["channel_name"], part["metric_label"], strict=True):
            x, y = columns.index(column), rows.index(row)
            hollow = tag == "Unowned"
            shapes.append({"type": "rect", "x0": x - 0.48, "x1": x + 0.48, "y0": y - 0.44, "y1": y + 0.44, "layer": "below",
                           "fillcolor": shade(look.tint, theme), "line": {"color": shade(look.line, theme) if hollow else shade(PAGE, theme),
                           "width": 1.4 if hollow else 0, "dash": "dot" if hollow else "solid"}})  # fmt: skip
        data.append({
            "type": "scatter", "mode": "markers+text", "name": tag, "x": [columns.index(c) for c in part["metric_label"]],
            "y": [rows.index(r) for r in part["channel_name"]], "text": [f"<b>{look.mark}</b>"] * len(part), "textfont": {"size": 13, "color": shade(look.text, theme)},
            "marker": {"size": 24, "opacity": 0, "symbol": "square"}, "hovertext": list(part["hover"]), "hoverinfo": "text",
            "customdata": [f"{c}|{m}" for c, m in zip(part["channel"], part["metric"], strict=True)], "zorder": place,
        })  # fmt: skip
    exempt = cells[cells["tag"].isna()]
    data.append({"type": "scatter", "mode": "text", "x": [columns.index(c) for c in exempt["metric_label"]], "name": "exempt",
                 "y": [rows.index(r) for r in exempt["channel_name"]], "text": ["·"] * len(exempt), "hovertext": list(exempt["hover"]), "hoverinfo": "text",
                 "customdata": [f"{c}|{m}" for c, m in zip(exempt["channel"], exempt["metric"], strict=True)]})  # fmt: skip
    figure = layout(theme, left=150, right=8, top=112, bottom=8, shapes=shapes)
    figure["xaxis"] |= {"tickvals": list(range(len(columns))), "ticktext": [_short(c, 22) for c in columns], "side": "top", "tickangle": -40,
                        "range": [-0.6, len(columns) - 0.4], "showgrid": False}  # fmt: skip
    figure["yaxis"] |= {"tickvals": list(range(len(rows))), "ticktext": [_short(r) for r in rows], "range": [len(rows) - 0.4, -0.6], "showgrid": False}
    return {"data": data, "layout": figure}


def heat_map(cells: pd.DataFrame, *, theme: str) -> Figure:
    """Channel by metric against the comparison: the change written in each cell, tinted good or bad.

    cells: channel, channel_name, metric, metric_label, text, good (1 better, -1 worse, 0 neither), hover.
    """
    rows = list(dict.fromkeys(cells["channel_name"]))
    columns = list(dict.fromkeys(cells["metric_label"]))
    shapes = []
    for row, column, good in zip(cells["channel_name"], cells["metric_label"], cells["good"], strict=True):
        colour = shade(GOOD if good > 0 else BAD, theme) if good else "rgba(0,0,0,0)"
        x, y = columns.index(column), rows.index(row)
        shapes.append({"type": "rect", "x0": x - 0.49, "x1": x + 0.49, "y0": y - 0.46, "y1": y + 0.46, "layer": "below",
                       "fillcolor": colour, "line": {"width": 0}})  # fmt: skip
    data = [{"type": "scatter", "mode": "markers+text", "x": [columns.index(c) for c in cells["metric_label"]], "y": [rows.index(r) for r in cells["channel_name"]],
             "text": list(cells["text"]), "textfont": {"size": 12}, "marker": {"size": 22, "opacity": 0}, "hovertext": list(cells["hover"]), "hoverinfo": "text",
             "customdata": list(cells["channel"])}]  # fmt: skip
    figure = layout(theme, left=150, right=8, top=44, bottom=8, shapes=shapes)
    figure["xaxis"] |= {"tickvals": list(range(len(columns))), "ticktext": [_short(c, 20) for c in columns], "side": "top", "range": [-0.6, len(columns) - 0.4]}
    figure["yaxis"] |= {"tickvals": list(range(len(rows))), "ticktext": [_short(r) for r in rows], "range": [len(rows) - 0.4, -0.6], "showgrid": False}
    return {"data": data, "layout": figure}


def ranking(rows: pd.DataFrame, *, theme: str, tickformat: str) -> Figure:
    """Horizontal bars, best first, each in its owner's colour with the owner's mark at its name.

    rows: id, name, tag (may be missing), value, text, hover; in the order to be drawn.
    """
    looks = [TAGS.get(str(tag)) for tag in rows["tag"]]
    names = [f"{look.mark + '  ' if look else ''}{_short(str(name))}" for look, name in zip(looks, rows["name"], strict=True)]
    data = [{
        "type": "bar", "orientation": "h", "y": list(range(len(rows))), "x": _round(rows["value"]), "text": list(rows["text"]), "textposition": "outside",
        "cliponaxis": False, "hovertext": list(rows["hover"]), "hoverinfo": "text", "customdata": list(rows["id"]), "width": 0.62,
        "marker": {"color": [shade(look.line, theme) if look else shade(GREY, theme) for look in looks],
                   "pattern": {"shape": ["/" if tag == "Contested" else "." if tag == "Unowned" else "" for tag in rows["tag"]], "size": 5}},
    }]  # fmt: skip
    figure = layout(theme, left=178, right=80, top=6, bottom=28)
    figure["xaxis"] |= {"tickformat": tickformat, "showgrid": True, "nticks": 5}
    figure["yaxis"] |= {"tickvals": list(range(len(rows))), "ticktext": names, "range": [len(rows) - 0.4, -0.6], "showgrid": False}
    return {"data": data, "layout": figure}


def pairs(rows: pd.DataFrame, *, theme: str, tickformat: str) -> Figure:
    """Shared against single-owned, one line of two dots per group (a dumbbell).

    rows: group, shared, single, shared_text, single_text.
    """
    shapes, figure = [], layout(theme, left=150, right=60, top=6, bottom=28)
    for place, (a, b) in enumerate(zip(rows["shared"], rows["single"], strict=True)):
        if pd.notna(a) and pd.notna(b):
            shapes.append({"type": "line", "x0": round(a, 9), "x1": round(b, 9), "y0": place, "y1": place, "layer": "below", "line": {"color": shade(GREY, theme), "width": 2}})
    data = [
        {"type": "scatter", "mode": "markers", "name": name, "x": _round(rows[column]), "y": list(range(len(rows))), "text": list(rows[f"{column}_text"]),
         "hovertemplate": "%{text}<extra>" + name + "</extra>", "customdata": list(rows["group"]),
         "marker": {"size": 13, "symbol": symbol, "color": colour, "line": {"width": 2, "color": colour}}}
        for column, name, symbol, colour in (("single", "Single-owned", "circle-open", shade(GREY, theme)), ("shared", "Shared", "circle", shade(TAGS["Shared"].line, theme)))
    ]  # fmt: skip
    figure |= {"shapes": shapes}
    figure["xaxis"] |= {"tickformat": tickformat, "showgrid": True, "nticks": 5}
    figure["yaxis"] |= {"tickvals": list(range(len(rows))), "ticktext": [_short(str(g)) for g in rows["group"]], "range": [len(rows) - 0.4, -0.6], "showgrid": False}
    return {"data": data, "layout": figure}


def spells(rows: pd.DataFrame, *, theme: str, last_day: str) -> Figure:
    """Ownership over time: one row per cell, one bar per spell in its tag's colour.

    rows: name, tag, starts_on, ends_on (exclusive; missing is still open), hover.
    """
    names = list(dict.fromkeys(rows["name"]))
    shapes, xs, ys, hover = [], [], [], []
    for row in rows.itertuples():
        look = TAGS.get(str(row.tag))
        if look is None:
            continue
        start, end, y = str(row.starts_on)[:10], last_day if pd.isna(row.ends_on) else str(row.ends_on)[:10], names.index(row.name)
        shapes.append({"type": "rect", "x0": start, "x1": end, "y0": y - 0.35, "y1": y + 0.35, "fillcolor": shade(look.tint, theme),
                       "line": {"color": shade(look.line, theme), "width": 1, "dash": "dot" if row.tag == "Unowned" else "solid"}})  # fmt: skip
        xs.append(start)
        ys.append(y)
        hover.append(row.hover)
    data = [{"type": "scatter", "mode": "markers", "x": xs, "y": ys, "marker": {"size": 10, "opacity": 0}, "hovertext": hover, "hoverinfo": "text"}]
    figure = layout(theme, left=180, right=16, top=6, bottom=28, shapes=shapes)
    figure["xaxis"] |= {"type": "date"}
    figure["yaxis"] |= {"tickvals": list(range(len(names))), "ticktext": [_short(n) for n in names], "range": [len(names) - 0.4, -0.6], "showgrid": False}
    return {"data": data, "layout": figure}


def _short(name: str, length: int = NAME_LENGTH) -> str:
    return name if len(name) <= length else name[: length - 1] + "…"


def _round(values: pd.Series | Sequence[float]) -> list[float | None]:
    return [None if pd.isna(v) else float(f"{v:.9g}") for v in values]
