"""Rows against each other: rankings, contrasts, shared against single, budgets, worst days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from commonground.figures.parts import (
    LETTER,
    SMALL,
    Figure,
    key_above,
    layout,
    look,
    note,
    round_one,
    rounded,
    rows_axis,
    rule,
    short,
    span,
    value_axis,
)
from commonground.tokens import BAD, BAD_EDGE, GOOD, GREY, INK, PAGE, PALE, TAGS, Tag, shade

PLOT_WIDTH = 140
"""A plot is never narrower (pixels): between long names and long texts it scrolls on a phone."""
FEWEST_ROWS = 5
"""A ranking keeps room for so many: one bar alone is no block."""


def ranking(rows: pd.DataFrame, *, theme: str, tickformat: str) -> Figure:
    """Best first, each in its owner's colour with the owner's mark beside its name.

    rows: id, name, tag (may be missing), value, text, hover, [low, high, best_text, target: a
    line across the row where its target stands]; in the order to be drawn. With low and high the bars become dots on their ranges; best_text (such
    as "best: 84 %") stands at the right. A click hands back the id.
    """
    ranged = {"low", "high"} <= set(rows)
    looks = [look(tag) for tag in rows["tag"]]
    colours = [shade(tag.line if tag else GREY, theme) for tag in looks]
    figure = layout(theme, top=8, bottom=28)
    rows_axis(
        figure,
        [
            f"{short(name)}  {tag.mark if tag else '·'}"
            for name, tag in zip(rows["name"], looks, strict=True)
        ],
    )
    figure["yaxis"]["range"] = [max(len(rows), FEWEST_ROWS) - 0.4, -0.6]
    right = list(rows["best_text"] if "best_text" in rows else rows["text"])
    ends = [*rows["value"], *rows["low"], *rows["high"]] if ranged else list(rows["value"])
    aimed = "target" in rows and bool(rows["target"].notna().any())
    ends += list(rows["target"]) if aimed else []
    low, high = span(ends, zero=not ranged, pad=0.05)
    value_axis(figure, "xaxis", low, high, tickformat)
    _right_column(figure, right, theme)
    if ranged:
        return {"data": _dots(rows, colours), "layout": figure}
    bars = _bars(rows, colours, [""] * len(rows))
    _hollow(bars["marker"], looks, colours, theme)
    figure["shapes"].append(rule(theme, x=0, ink=True))
    if not aimed:
        return {"data": [bars], "layout": figure}
    figure["margin"]["t"] = 28
    key_above(figure, "┃ target")
    return {"data": [bars, _targets(rows, theme)], "layout": figure}


def _targets(rows: pd.DataFrame, theme: str) -> Figure:
    """A line across the bar where its target stands; a gap of the page's colour keeps it apart from the bar."""
    marks = _hollow_marks(rows, "target", "line-ns", theme)
    marks["marker"] = {"size": 20, "symbol": "line-ns", "line": {"width": 3, "color": shade(INK, theme)}}
    return marks | {"hoverinfo": "skip", "hovertext": []}


def _hollow(
    marker: Figure, looks: Sequence[Tag | None], colours: Sequence[str], theme: str
) -> None:
    """Nobody owns it: no fill, dots inside an edge."""
    empty = [tag is not None and tag.mark == "?" for tag in looks]
    marker["color"] = [shade(PAGE, theme) if e else c for e, c in zip(empty, colours, strict=True)]
    marker["line"] = {"width": 1, "color": list(colours)}
    marker["pattern"] |= {"shape": ["." if e else "" for e in empty], "fgcolor": list(colours)}


def contrast(rows: pd.DataFrame, *, theme: str, tickformat: str = "+.0%") -> Figure:
    """Estimates with their ranges against no difference; grey unless one is clear.

    rows: name, estimate, low, high, verdict (clear, no clear difference, not enough data), text,
    hover, [tag: whose colour a clear one takes, Shared if absent, id, unadjusted: the plain
    figure, a hollow mark beside the estimate]. A row without an estimate shows its text alone.
    """
    tags = rows["tag"] if "tag" in rows else ["Shared"] * len(rows)
    colours = [
        shade(getattr(look(tag), "line", INK) if verdict == "clear" else GREY, theme)
        for tag, verdict in zip(tags, rows["verdict"], strict=True)
    ]
    plain = "unadjusted" in rows and bool(rows["unadjusted"].notna().any())
    figure = layout(theme, top=28 if plain else 8, bottom=28)
    rows_axis(figure, list(rows["name"]))
    ends = [*rows["estimate"], *rows["low"], *rows["high"], *(rows["unadjusted"] if plain else [])]
    low, high = span([*ends, 0.0])
    value_axis(figure, "xaxis", low, high, tickformat)
    figure["shapes"].append(rule(theme, x=0, ink=True))
    _right_column(figure, list(rows["text"]), theme)
    ids = rows["id"] if "id" in rows else rows["name"]
    data = _dots(rows.assign(value=rows["estimate"], id=ids), colours)
    if plain:
        data.insert(0, _hollow_marks(rows, "unadjusted", "diamond-open", theme))
        key_above(figure, "● with its range   ◇ unadjusted: a plain average")
    return {"data": data, "layout": figure}


def _hollow_marks(rows: pd.DataFrame, column: str, symbol: str, theme: str) -> Figure:
    """A second, hollow mark on each row: what is shown for comparison and claims nothing."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": rounded(rows[column]),
        "y": list(range(len(rows))),
        "hovertext": [f"{hover}<br>◇ {column}" for hover in rows["hover"]],
        "hoverinfo": "text",
        "marker": {"size": 12, "symbol": symbol, "color": shade(GREY, theme), "line": {"width": 2}},
        "cliponaxis": False,
    }


SHARES = (("good", "Good", "■"), ("needs", "Needs improvement", "▨"), ("poor", "Poor", "□"))
"""The three parts of a vital, and the marks of their key: the pattern says it as well as the tint."""


def vitals(rows: pd.DataFrame, *, theme: str) -> Figure:
    """Shares of good, middling and poor loads, a bar for each row, against the bar of 75 % good.

    rows: id, name, good, needs, poor (shares that add up to 1), text, hover.
    """
    figure = layout(theme, top=28, bottom=28, barmode="stack")
    rows_axis(figure, list(rows["name"]))
    value_axis(figure, "xaxis", 0, 1, ".0%", count=4)
    _right_column(figure, list(rows["text"]), theme)
    key_above(figure, "   ".join(f"{mark} {name}" for _, name, mark in SHARES))
    figure["shapes"].append(rule(theme, x=0.75, dash="dash", ink=True) | {"layer": "above"})
    looks = ((GOOD, GREY, ""), (PALE, GREY, "/"), (BAD, BAD_EDGE, "."))
    data = []
    for (column, name, _), (fill, edge, pattern) in zip(SHARES, looks, strict=True):
        bars = _bars(rows.assign(value=rows[column]), [shade(fill, theme)] * len(rows), [pattern] * len(rows))
        bars["marker"] |= {"line": {"width": 1, "color": shade(edge, theme)}}
        bars["marker"]["pattern"]["fgcolor"] = shade(edge, theme)
        data.append(bars | {"name": name})
    return {"data": data, "layout": figure}


def pairs(rows: pd.DataFrame, *, theme: str, tickformat: str) -> Figure:
    """Shared against single-owned per kind, family, device or region: two dots and a line.

    rows: group, shared, single, shared_text, single_text. A click hands back the group.
    """
    figure = layout(theme, right=24, top=26, bottom=28)
    rows_axis(figure, list(rows["group"]))
    value_axis(figure, "xaxis", *span([*rows["shared"], *rows["single"]]), tickformat)
    figure["shapes"] = [
        {
            "type": "line",
            "x0": round_one(shared),
            "x1": round_one(single),
            "y0": place,
            "y1": place,
            "layer": "below",
            "line": {"color": shade(GREY, theme), "width": 2},
        }
        for place, (shared, single) in enumerate(zip(rows["shared"], rows["single"], strict=True))
        if pd.notna(shared) and pd.notna(single)
    ]
    shared_colour, single_colour = shade(TAGS["Shared"].line, theme), shade(GREY, theme)
    key_above(
        figure,
        f'<span style="color:{shared_colour}">●</span> Shared   '
        f'<span style="color:{single_colour}">○</span> Single-owned',
    )
    data = [
        _pair(rows, "single", "Single-owned", "circle-open", single_colour),
        _pair(rows, "shared", "Shared", "circle", shared_colour),
    ]
    return {"data": data, "layout": figure}


def _pair(rows: pd.DataFrame, column: str, name: str, symbol: str, colour: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": rounded(rows[column]),
        "y": list(range(len(rows))),
        "hovertext": [f"{text}<br>{name}" for text in rows[f"{column}_text"]],
        "hoverinfo": "text",
        "customdata": [str(group) for group in rows["group"]],
        "marker": {
            "size": 13,
            "symbol": symbol,
            "color": colour,
            "line": {"width": 2, "color": colour},
        },
        "cliponaxis": False,
    }


def _bars(rows: pd.DataFrame, colours: Sequence[str], patterns: Sequence[str]) -> Figure:
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(rows))),
        "x": rounded(rows["value"]),
        "width": 0.6,
        "hovertext": [str(hover) for hover in rows["hover"]],
        "hoverinfo": "text",
        "customdata": [str(key) for key in rows["id"]],
        "marker": {
            "color": list(colours),
            "pattern": {"shape": list(patterns), "size": 6, "fillmode": "overlay"},
        },
    }


def _dots(rows: pd.DataFrame, colours: Sequence[str]) -> list[Figure]:
    """Dots over their ranges; the ranges are lines of one trace per colour."""
    ranges = []
    for colour in dict.fromkeys(colours):
        xs: list[float | None] = []
        ys: list[int | None] = []
        for place, (low, high) in enumerate(zip(rows["low"], rows["high"], strict=True)):
            if colours[place] == colour and pd.notna(low) and pd.notna(high):
                xs += [round_one(low), round_one(high), None]
                ys += [place, place, None]
        ranges.append(_range(xs, ys, colour))
    dots: Figure = {
        "type": "scatter",
        "mode": "markers",
        "x": rounded(rows["value"]),
        "y": list(range(len(rows))),
        "hovertext": [str(hover) for hover in rows["hover"]],
        "hoverinfo": "text",
        "customdata": [str(key) for key in rows["id"]],
        "marker": {"size": 12, "color": list(colours)},
        "cliponaxis": False,
    }
    return [*ranges, dots]


def _range(xs: Sequence[Any], ys: Sequence[Any], colour: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(xs),
        "y": list(ys),
        "line": {"color": colour, "width": 2},
        "hoverinfo": "skip",
    }


def _right_column(figure: Figure, texts: Sequence[object], theme: str) -> None:
    """The ready-made text of each row, in one column right of the plot: never clipped."""
    shown = [str(text) for text in texts]
    figure["margin"]["r"] = 16 + round(LETTER * max(map(len, shown), default=0))
    figure["meta"] = {"min_width": figure["margin"]["l"] + figure["margin"]["r"] + PLOT_WIDTH}
    figure["annotations"] += [
        note(
            text,
            x=1,
            xref="paper",
            xanchor="left",
            xshift=8,
            y=place,
            yanchor="middle",
            font={"size": SMALL, "color": shade(INK, theme)},
        )
        for place, text in enumerate(shown)
    ]
    figure["xaxis"]["gridcolor"] = shade(PALE, theme)
