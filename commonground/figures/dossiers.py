"""One channel on one time axis: its ownership, and what happened to it."""

from __future__ import annotations

import pandas as pd

from commonground.figures.lanes import spells
from commonground.figures.parts import Figure, iso, rows_axis
from commonground.tokens import GREY, INK, PRIMARY, Pair, shade

MARKS: dict[str, tuple[str, Pair]] = {
    "Incidents": ("triangle-up", INK),
    "Events": ("circle-open", GREY),
    "Decisions": ("star", PRIMARY),
}
"""Shape before colour: the three read in print as well."""
MARK_SIZE = 12


def channel_timeline(
    rows: pd.DataFrame, marks: pd.DataFrame, *, theme: str, first_day: str, last_day: str
) -> Figure:
    """Spells of ownership on top, then a row each for incidents, events and decisions.

    rows: as for `spells`. marks: name (Incidents, Events or Decisions), starts_at, ends_at (may be
    missing), hover, id; what lasted is a line behind its mark. A click hands back the id.
    """
    figure = spells(rows, theme=theme, last_day=last_day)
    names = [str(name) for name in dict.fromkeys(rows["name"])]
    kinds = [kind for kind in MARKS if kind in set(marks["name"])]
    rows_axis(figure["layout"], [*names, *kinds])
    figure["layout"]["xaxis"]["range"] = [first_day, last_day]
    figure["layout"]["margin"]["r"] = 28
    for place, kind in enumerate(kinds, start=len(names)):
        part = marks[marks["name"] == kind]
        figure["data"] += [_lasting(part, place, theme, kind), _happened(part, place, theme, kind)]
    return figure


def _happened(part: pd.DataFrame, place: int, theme: str, kind: str) -> Figure:
    symbol, colour = MARKS[kind]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": kind,
        "x": [iso(moment) for moment in part["starts_at"]],
        "y": [place] * len(part),
        "hovertext": [str(hover) for hover in part["hover"]],
        "hoverinfo": "text",
        "customdata": [str(key) for key in part["id"]],
        "marker": {
            "size": MARK_SIZE,
            "symbol": symbol,
            "color": shade(colour, theme),
            "line": {"width": 2, "color": shade(colour, theme)},
        },
        "cliponaxis": False,
    }


def _lasting(part: pd.DataFrame, place: int, theme: str, kind: str) -> Figure:
    """A line from beginning to end, of one trace; nothing for what took a moment."""
    xs: list[str | None] = []
    for start, end in zip(part["starts_at"], part["ends_at"], strict=True):
        if pd.notna(end):
            xs += [iso(start), iso(end), None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "y": [None if x is None else place for x in xs],
        "line": {"color": shade(MARKS[kind][1], theme), "width": 4},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
