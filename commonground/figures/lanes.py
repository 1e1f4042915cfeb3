"""Bars from a day to a day, a row for each thing: ownership spells, incidents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from commonground.figures.parts import (
    SMALL,
    Figure,
    iso,
    key_above,
    layout,
    rounded,
    rows_axis,
    time_axis,
)
from commonground.tokens import GREY, INK, PALE, TAGS, shade


def spells(rows: pd.DataFrame, *, theme: str, last_day: str) -> Figure:
    """Ownership over time: a row for each cell, a bar for each spell in its tag's colour.

    rows: name, tag (missing: needs no owner, left empty), starts_on, ends_on (exclusive; missing
    is still open and drawn to last_day), hover, [id]. A click hands back the id, or the name.
    """
    names = [str(name) for name in dict.fromkeys(rows["name"])]
    figure = layout(theme, right=16, top=8, bottom=44, barmode="overlay")
    rows_axis(figure, names)
    time_axis(figure, "%b\n%Y")
    data = []
    for name, tag in TAGS.items():
        part = rows[rows["tag"] == name]
        if len(part):
            bars = _bars_in_time(part, names, part["starts_on"], part["ends_on"], last_day)
            line = shade(tag.line, theme)
            bars["marker"] = {"color": shade(tag.tint, theme), "line": {"color": line, "width": 1}}
            if name == "Unowned":
                bars["marker"]["pattern"] = {
                    "shape": ".",
                    "fgcolor": line,
                    "size": 9,
                    "solidity": 0.12,
                }
            bars |= {
                "text": [f"<b>{tag.mark}</b>"] * len(part),
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"size": SMALL, "color": shade(tag.text, theme)},
            }
            data.append(bars)
    return {"data": data, "layout": figure}


SEVERITIES = {1: ("severity 1", INK, INK), 2: ("2", GREY, GREY), 3: ("3", PALE, GREY)}
"""Heavier looks heavier; what is not known is drawn as the lightest."""


def incident_timeline(rows: pd.DataFrame, *, theme: str, last_day: str) -> Figure:
    """Incidents on the time axis: a row for each channel, darker the more severe.

    rows: id, name (the channel's), severity (1 worst), starts_at, ends_at (missing: still open,
    drawn to last_day), hover. The edge keeps a short one visible.
    """
    names = [str(name) for name in dict.fromkeys(rows["name"])]
    figure = layout(theme, right=16, top=24, bottom=44, barmode="overlay")
    rows_axis(figure, names)
    time_axis(figure, "%-d %b\n%Y")
    severity = pd.to_numeric(rows["severity"], errors="coerce").fillna(3).clip(1, 3).astype(int)
    data, key = [], []
    for level, (name, fill, edge) in SEVERITIES.items():
        part = rows[severity == level]
        if not len(part):
            continue
        key.append(
            f'<span style="color:{shade(edge, theme)}">{"■" if fill == edge else "□"}</span> {name}'
        )
        bars = _bars_in_time(part, names, part["starts_at"], part["ends_at"], last_day)
        line = {"color": shade(edge, theme), "width": 2}
        data.append(bars | {"marker": {"color": shade(fill, theme), "line": line}})
    key_above(figure, "   ".join(key))
    return {"data": data, "layout": figure}


def _bars_in_time(
    part: pd.DataFrame,
    names: Sequence[str],
    starts: pd.Series[Any],
    ends: pd.Series[Any],
    last_day: str,
) -> Figure:
    """Bars from a moment to a moment; a bar's length on a date axis is in milliseconds."""
    begun = pd.to_datetime(starts, format="ISO8601")
    over = pd.to_datetime(ends, format="ISO8601").fillna(pd.Timestamp(last_day))
    lengths = (over - begun).dt.total_seconds() * 1000
    ids = part["id"] if "id" in part else part["name"]
    return {
        "type": "bar",
        "orientation": "h",
        "base": [iso(moment) for moment in begun],
        "x": rounded(lengths.clip(lower=0)),
        "y": [names.index(str(name)) for name in part["name"]],
        "width": 0.62,
        "hovertext": [str(hover) for hover in part["hover"]],
        "hoverinfo": "text",
        "customdata": [str(key) for key in ids],
    }
