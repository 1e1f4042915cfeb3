"""Colours, marks and line styles: one look per tag everywhere.

Pairs are (light, dark). `tests/test_figures.py` computes contrasts and the distances that are
left under protan, deutan and tritan vision; change a colour there and here together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Theme = Literal["light", "dark"]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Tag:
    """How a tag looks: its mark, its line, its tint and the text on that tint."""

    mark: str
    line: Pair
    tint: Pair
    text: Pair
    dash: str = "solid"
    width: float = 2.0

    @property
    def name(self) -> Pair:
        """The colour of its name on the page: 4.5:1, which a line need not have."""
        if self.mark == "?":
            return GREY
        return INK if self.mark == "!" else self.text


PAGE: Pair = ("#FFFFFF", "#10161D")
PANEL: Pair = ("#F4F6F8", "#1A232D")
PALE: Pair = ("#D8DEE4", "#2E3A46")
INK: Pair = ("#0E1720", "#E8EDF2")
GREY: Pair = ("#6B7783", "#98A4B0")
PRIMARY: Pair = ("#0B5CAD", "#6CB2F5")

# A contest is solid ink, a gap is hollow with a dotted edge: nobody owns them, so no hue does.
TAGS: dict[str, Tag] = {
    "IT": Tag("I", ("#0A5FA8", "#5AA9E6"), ("#DCEBF7", "#16324A"), ("#084F83", "#BFE0FA")),
    "Marketing": Tag("M", ("#C2560A", "#FFA057"), ("#FBE6DA", "#43281A"), ("#8A3A0E", "#FFD2B3")),
    "Shared": Tag(
        "S", ("#12997A", "#43D3A8"), ("#D3F0E7", "#123B31"), ("#075A45", "#A9EBD6"), width=3.2
    ),
    "Contested": Tag(
        "!",
        ("#0E1720", "#F2F5F8"),
        ("#0E1720", "#F2F5F8"),
        ("#FFFFFF", "#10161D"),
        dash="dash",
    ),
    "Unowned": Tag("?", ("#7C8894", "#8793A0"), PAGE, INK, dash="dot"),
}

# Better and worse than before. Teal against salmon keeps 16 or more apart for every kind of
# colour vision; worse has an edge as well, so that it shows in print.
GOOD: Pair = ("#B3DFE2", "#0E4A50")
BAD: Pair = ("#F6CBB9", "#5C2A1A")
BAD_EDGE: Pair = ("#A8411A", "#F0956F")

SERIES: tuple[Pair, ...] = (
    ("#7B4AB5", "#BD97EA"),
    ("#6E6A00", "#D6C64A"),
    ("#C0397B", "#F27DB4"),
    ("#5B3A29", "#B58B73"),
)
"""Lines that are no tags (channels, devices, regions): hues that no owner has, in the order the
lines are given; after the last the hues come again, dash-dotted."""


def shade(pair: Pair, theme: str) -> str:
    """The colour of a pair for the light or the dark theme."""
    return pair[1 if theme == "dark" else 0]
