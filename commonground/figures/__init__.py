"""Data -> Plotly figure, as a plain dict. Pure: no filter, no sum, no Streamlit, no clock.

Every figure takes a tidy frame whose texts are ready (`text`, `hover`) and draws all its rows in
the order given. Values are rounded and keys stand in one order, so an unchanged figure is
byte-identical and is neither sent nor drawn again. No WebGL trace is ever used.
"""

from commonground.figures.comparisons import (
    contrast,
    pairs,
    ranking,
    vitals,
)
from commonground.figures.dossiers import channel_timeline
from commonground.figures.lanes import incident_timeline, spells
from commonground.figures.matrices import heat_map, ownership_map
from commonground.figures.parts import Figure, scaled
from commonground.figures.sparklines import sparkline
from commonground.figures.timelines import coverage_over_time, fan, trend

__all__ = [
    "Figure",
    "channel_timeline",
    "contrast",
    "coverage_over_time",
    "fan",
    "heat_map",
    "incident_timeline",
    "ownership_map",
    "pairs",
    "ranking",
    "scaled",
    "sparkline",
    "spells",
    "trend",
    "vitals",
]
