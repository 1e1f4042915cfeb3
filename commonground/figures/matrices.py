"""Channel by metric: who is accountable, and what moved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from commonground.figures.parts import (
    LETTER,
    SMALL,
    TEXT,
    Figure,
    boxes,
    layout,
    note,
    rows_axis,
    short,
)
from commonground.tokens import BAD, BAD_EDGE, GOOD, GREY, INK, TAGS, shade

COLUMN_NAME_LENGTH = 24
SLANT = 45
"""Degrees by which column names are turned: many fit, and they still read."""
GROUP_GAP = 0.5
"""Columns of air between the customer's and the infrastructure's metrics."""
FEWEST_COLUMNS = 11
"""A map of one or two metrics leaves the rest of its width empty: its cells are no banners."""
MARK_WIDTH = 19
"""A column is never narrower (pixels): on a phone the map scrolls."""
CELL = (0.47, 0.43)
"""Half the width and height of a cell: the rest is the grid between."""


@dataclass(frozen=True)
class _Grid:
    """Where each channel's row and each metric's column stand."""

    rows: dict[str, float]
    columns: dict[str, float]
    groups: list[tuple[str, float, float]]

    @classmethod
    def of(cls, cells: pd.DataFrame) -> _Grid:
        rows = {name: float(n) for n, name in enumerate(dict.fromkeys(cells["channel_name"]))}
        concern = cells["concern"] if "concern" in cells else pd.Series("", index=cells.index)
        concerns = dict(zip(cells["metric_label"], concern, strict=True))
        columns: dict[str, float] = {}
        groups: list[tuple[str, float, float]] = []
        for group in dict.fromkeys(concerns.values()):
            start = len(columns) + GROUP_GAP * len(groups)
            names = [name for name, of in concerns.items() if of == group]
            columns |= {name: start + n for n, name in enumerate(names)}
            groups.append((str(group), start, start + len(names) - 1))
        return cls(rows, columns, groups)

    def places(self, cells: pd.DataFrame) -> list[tuple[float, float]]:
        return [
            (self.columns[metric], self.rows[channel])
            for metric, channel in zip(cells["metric_label"], cells["channel_name"], strict=True)
        ]


def ownership_map(cells: pd.DataFrame, *, theme: str) -> Figure:
    """Who is accountable: a letter in each cell, its owner's tint behind.

    cells: channel, channel_name, metric, metric_label, tag (missing: needs no owner), hover,
    [concern]; rows and columns stand in the order of their first cell, columns by concern.
    A contested cell is solid ink, an unowned one hollow with a dotted edge. A click hands back
    `channel|metric`.
    """
    grid = _Grid.of(cells)
    looks = [TAGS.get(str(tag)) for tag in cells["tag"]]
    shapes = []
    places = grid.places(cells)
    for name, tag in TAGS.items():
        part = [place for place, look in zip(places, looks, strict=True) if look is tag]
        if part:
            hollow = name == "Unowned"
            edge = {"color": shade(tag.line, theme), "width": 1.5 if hollow else 0, "dash": "dot"}
            shapes.append(_area(part, shade(tag.tint, theme), edge, inset=hollow))
    marks = _marks(
        places,
        cells,
        text=[f"<b>{look.mark}</b>" if look else "·" for look in looks],
        colour=[shade(look.text if look else GREY, theme) for look in looks],
        size=TEXT,
    )
    marks["customdata"] = [
        f"{channel}|{metric}"
        for channel, metric in zip(cells["channel"], cells["metric"], strict=True)
    ]
    return {"data": [marks], "layout": _frame(grid, theme, shapes, MARK_WIDTH)}


def heat_map(cells: pd.DataFrame, *, theme: str, fewest_columns: int = FEWEST_COLUMNS) -> Figure:
    """Channel by metric against the comparison: better and worse tinted, the rest left plain.

    cells: channel, channel_name, metric, metric_label, text, good (1 better, -1 worse, 0 or
    missing neither), hover, [concern]. fewest_columns: room for so many is kept. Worse has an edge and bold text beside its colour. A
    click hands back the channel.
    """
    grid = _Grid.of(cells)
    good = cells["good"].fillna(0).tolist()
    shapes = []
    places = grid.places(cells)
    for sign, fill, edge in ((1, GOOD, 0.0), (-1, BAD, 1.2)):
        part = [place for place, g in zip(places, good, strict=True) if g * sign > 0]
        if part:
            line = {"color": shade(BAD_EDGE, theme), "width": edge}
            shapes.append(_area(part, shade(fill, theme), line, inset=edge > 0))
    marks = _marks(
        places,
        cells,
        text=[f"<b>{t}</b>" if g < 0 else str(t) for t, g in zip(cells["text"], good, strict=True)],
        colour=[shade(INK if g else GREY, theme) for g in good],
        size=SMALL,
    )
    marks["customdata"] = [str(channel) for channel in cells["channel"]]
    widest = max((len(str(text)) for text in cells["text"]), default=0)
    width = max(MARK_WIDTH, round(10 + LETTER * widest))
    return {"data": [marks], "layout": _frame(grid, theme, shapes, width, fewest_columns)}


def _area(places: Sequence[tuple[float, float]], fill: str, line: Figure, *, inset: bool) -> Figure:
    width, height = CELL
    path = boxes(places, width - 0.02 * inset, height - 0.03 * inset)
    return {"type": "path", "path": path, "fillcolor": fill, "line": line, "layer": "below"}


def _marks(
    places: Sequence[tuple[float, float]],
    cells: pd.DataFrame,
    *,
    text: list[str],
    colour: list[str],
    size: int,
) -> Figure:
    return {
        "type": "scatter",
        "mode": "text",
        "x": [x for x, _ in places],
        "y": [y for _, y in places],
        "text": text,
        "textfont": {"size": size, "color": colour},
        "hovertext": [str(hover) for hover in cells["hover"]],
        "hoverinfo": "text",
        "cliponaxis": False,
    }


def _frame(grid: _Grid, theme: str, shapes: list[Figure], column_width: int, fewest: int = FEWEST_COLUMNS) -> Figure:
    names = [short(name, COLUMN_NAME_LENGTH) for name in grid.columns]
    slant = math.radians(SLANT)
    tallest = max((len(name) for name in names), default=0) * LETTER
    titled = len(grid.groups) > 1
    figure = layout(
        theme,
        right=round(10 + LETTER * len(names[-1]) * math.cos(slant) * 0.8) if names else 10,
        top=round(22 + tallest * math.sin(slant)) + (22 if titled else 0),
        bottom=8,
        shapes=shapes,
        hoverdistance=80,  # the nearest centre is the cell, wherever in it the pointer is
    )
    rows_axis(figure, list(grid.rows))
    figure["yaxis"]["showline"] = False
    last = max(grid.columns.values(), default=0)
    sides = figure["margin"]["l"] + figure["margin"]["r"]
    figure["meta"] = {"min_width": round(sides + (last + 1.2) * column_width)}
    figure["xaxis"] |= {
        "tickvals": list(grid.columns.values()),
        "ticktext": names,
        "tickangle": -SLANT,
        "side": "top",
        "range": [-0.6, max(last, fewest - 1) + 0.6],
        "showline": False,
    }
    if titled:
        figure["annotations"] += [
            note(
                f"<b>{group.capitalize()}</b>",
                x=first - CELL[0],
                y=1,
                yref="paper",
                yanchor="bottom",
                yshift=figure["margin"]["t"] - 20,
                xanchor="left",
            )
            for group, first, _ in grid.groups
        ]
    return figure
