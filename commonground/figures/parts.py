"""What figures share: the template, axes, names that do not overlap, rounding, one scale."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from commonground.tokens import GREY, INK, PAGE, PALE, TAGS, Tag, shade

Figure = dict[str, Any]

TEXT = 13
SMALL = 12
"""Nothing on a figure is written smaller than this (pixels)."""
NAME_LENGTH = 24
"""Longer names are trimmed on an axis; the whole name stands in the hover text."""
LETTER = 6.9
"""Mean width of a letter at `TEXT`, pixels: margins are reckoned, not measured."""
LINE = 17
"""Height of a line of text at `TEXT`, pixels."""
HEIGHT = 300
"""Height of a figure if nobody says otherwise; `chart.draw` gets the same."""


def layout(
    theme: str, *, left: int = 48, right: int = 90, top: int = 16, bottom: int = 32, **more: Any
) -> Figure:
    """The template. chart.py replaces text, grid and font by those of the reader's theme."""
    axis = {
        "gridcolor": shade(PALE, theme),
        "linecolor": shade(PALE, theme),
        "zeroline": False,
        "fixedrange": True,
        "ticks": "",
    }
    return {
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 4},
        "font": {"size": TEXT, "color": shade(INK, theme), "family": "Source Sans, sans-serif"},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {
            "font": {"size": TEXT, "color": shade(INK, theme)},
            "bgcolor": shade(PAGE, theme),
            "bordercolor": shade(GREY, theme),
            "align": "left",
        },
        "dragmode": False,
        "xaxis": axis | {"showgrid": False},
        "yaxis": dict(axis),
        "shapes": [],
        "annotations": [],
    } | more


def rounded(values: Iterable[Any]) -> list[float | None]:
    """Nine significant digits; a missing value is null, never 0."""
    return [None if pd.isna(v) else round_one(v) for v in values]


def round_one(value: Any) -> float:
    """Nine significant digits."""
    return float(f"{value:.9g}")


def short(name: object, length: int = NAME_LENGTH) -> str:
    """A name as it stands on an axis."""
    text = str(name)
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def iso(moment: object) -> str:
    """A day, or a moment of a day, as ISO text."""
    text = str(moment)
    return text[:10] if text[10:] in ("", " 00:00:00", "T00:00:00") else text[:16]


def look(name: object) -> Tag | None:
    """The look of a tag; None for a name that is not one."""
    return TAGS.get(str(name))


def rows_axis(figure: Figure, names: Sequence[str]) -> None:
    """One row per name, the first on top; the left margin fits the longest."""
    shown = [short(name) for name in names]
    figure["yaxis"] |= {
        "tickvals": list(range(len(shown))),
        "ticktext": shown,
        "range": [len(shown) - 0.4, -0.6],
        "showgrid": False,
    }
    figure["margin"]["l"] = 20 + round(LETTER * max(map(len, shown), default=0))


def key_above(figure: Figure, text: str) -> None:
    """What the marks mean, in a line above the plot at its left."""
    figure["annotations"].append(
        note(text, x=0, xref="paper", xanchor="left", y=1, yref="paper", yanchor="bottom", yshift=2)
    )


def time_axis(figure: Figure, tickformat: str) -> None:
    """Days to the right, with a grid."""
    figure["xaxis"] |= {"type": "date", "tickangle": 0, "nticks": 7, "tickformat": tickformat, "showgrid": True}


def value_axis(
    figure: Figure, axis: str, low: float, high: float, tickformat: str, count: int = 5
) -> None:
    """A range with round ticks. Shares are written the house's way: 3.5 %, a true minus.

    A format that ends in `pt` (such as `+.0pt`) writes differences of shares in points.
    """
    figure[axis] |= {"range": [round_one(low), round_one(high)], "showgrid": True}
    if tickformat == "~s":
        ticks = _round_ticks(low, high, count)[1]
        figure[axis] |= {"tickvals": ticks, "ticktext": _sizes(ticks)}
        return
    unit = "pt" if tickformat.endswith("pt") else "%"
    if not tickformat.endswith(unit):
        figure[axis] |= {"tickformat": tickformat, "nticks": count + 1}
        return
    step, ticks = _round_ticks(low, high, count)
    digits = max(0, -math.floor(math.log10(step * 100) + 1e-9))
    sign = "+" if tickformat.startswith("+") else ""
    texts = [f"{tick * 100:{sign if tick else ''}.{digits}f}\u202f{unit}" for tick in ticks]
    figure[axis] |= {"tickvals": ticks, "ticktext": [t.replace("-", "\u2212") for t in texts]}


def _sizes(ticks: Sequence[float]) -> list[str]:
    """Ticks as the pages write volumes: 1.5 M, 600 k, 2 bn, in one unit along the axis."""
    largest = max((abs(tick) for tick in ticks), default=0.0)
    size, name = next(((size, name) for size, name in ((1e9, "bn"), (1e6, "M"), (1e3, "k")) if largest >= size), (1.0, ""))
    return [(f"{tick / size:.6g}" + (f"\u202f{name}" if name and tick else "")).replace("-", "\u2212") for tick in ticks]


def _round_ticks(low: float, high: float, count: int) -> tuple[float, list[float]]:
    rough = max((high - low) / count, 1e-9)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return step, [round_one(n * step) + 0.0 for n in range(first, last + 1)]


def span(values: Iterable[Any], *, pad: float = 0.08, zero: bool = False) -> tuple[float, float]:
    """Lowest and highest of the values with some air; around 0 if asked."""
    known = [float(v) for v in values if not pd.isna(v)] + ([0.0] if zero else [])
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    air = (high - low) * pad or abs(high) * 0.1 or 1.0
    below = 0.0 if zero and low == 0 else air
    return low - below, high + (0.0 if zero and high == 0 and low < 0 else air)


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """The nearest places that stand `gap` apart and inside [low, high], in the order given.

    Where there is no room for all, they stand as far apart as there is.
    """
    if not places:
        return []
    gap = min(gap, (high - low) / len(places))
    order = sorted(range(len(places)), key=lambda n: (places[n], n))
    groups: list[tuple[float, int]] = []  # (mean place, members): neighbours that push each other
    for n in order:
        group = (min(max(places[n], low), high), 1)
        while groups and group[0] - groups[-1][0] < gap * (group[1] + groups[-1][1]) / 2:
            mean, size = groups.pop()
            total = size + group[1]
            centre = (mean * size + group[0] * group[1]) / total
            half = gap * (total - 1) / 2
            group = (min(max(centre, low + half), high - half), total)
        groups.append(group)
    apart = [mean + gap * (n - (size - 1) / 2) for mean, size in groups for n in range(size)]
    return [apart[order.index(n)] for n in range(len(places))]


def note(text: str, *, x: Any, y: Any, **more: Any) -> Figure:
    """A text on the figure, without an arrow."""
    return {"text": text, "x": x, "y": y, "showarrow": False, "font": {"size": SMALL}} | more


def rule(
    theme: str, *, x: Any = None, y: Any = None, dash: str = "solid", ink: bool = False
) -> Figure:
    """A straight line across the plot, at an x or at a y."""
    colour = shade(INK if ink else GREY, theme)
    line = {"type": "line", "line": {"color": colour, "width": 1, "dash": dash}}
    if x is not None:
        return line | {"x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    return line | {"y0": y, "y1": y, "xref": "paper", "x0": 0, "x1": 1, "layer": "below"}


def boxes(places: Iterable[tuple[float, float]], half_width: float, half_height: float) -> str:
    """Many rectangles as one path: a shape for each tag instead of one for each cell."""
    w, h = half_width, half_height
    return "".join(
        f"M{x - w:g},{y - h:g}L{x + w:g},{y - h:g}L{x + w:g},{y + h:g}L{x - w:g},{y + h:g}Z"
        for x, y in places
    )


def scaled(figure: Figure, scale: float) -> Figure:
    """The same figure with everything but the data bigger: meeting mode reads across a room."""
    return (
        figure
        if scale == 1
        else {
            "data": [_grown(trace, scale) for trace in figure["data"]],
            "layout": _grown(figure["layout"], scale),
        }
    )


_GROWS = {"size", "xshift", "yshift", "min_width"}
_GROWS_INSIDE = {"margin": {"l", "r", "t", "b", "pad"}, "line": {"width"}}


def _grown(value: Any, scale: float, grows: Iterable[str] = ()) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_grown(item, scale) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: round(item * scale, 2)
        if (key in _GROWS or key in grows) and isinstance(item, int | float)
        else _grown(item, scale, _GROWS_INSIDE.get(key, ()))
        for key, item in value.items()
    }
