"""Colours, marks and line styles: one per tag everywhere, tested for contrast and colour vision."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tag:
    """How a tag looks: its mark, its line, its tint and the text on it, light and dark."""

    mark: str
    line: tuple[str, str]
    tint: tuple[str, str]
    text: tuple[str, str]
    dash: str = "solid"
    width: float = 2.0


TAGS: dict[str, Tag] = {
    "IT": Tag("I", ("#0A5FA8", "#5AA9E6"), ("#DCEBF7", "#16324A"), ("#084F83", "#BFE0FA")),
    "Marketing": Tag("M", ("#C2560A", "#FFA057"), ("#FBE6DA", "#43281A"), ("#8A3A0E", "#FFD2B3")),
    "Shared": Tag("S", ("#12997A", "#43D3A8"), ("#D3F0E7", "#123B31"), ("#075A45", "#A9EBD6"), "solid", 3.2),
    "Contested": Tag("!", ("#1B2733", "#F2F5F8"), ("#1B2733", "#F2F5F8"), ("#FFFFFF", "#10161D"), "dash"),
    "Unowned": Tag("?", ("#7C8894", "#8793A0"), ("#FFFFFF", "#10161D"), ("#1B2733", "#E8EDF2"), "dot"),
}
INK = ("#1B2733", "#E8EDF2")
PALE = ("#D8DEE4", "#2E3A46")
PAGE = ("#FFFFFF", "#10161D")
GREY = ("#6B7783", "#98A4B0")
GOOD = ("#DDF1E4", "#12392A")
BAD = ("#FBE0DF", "#4A1D1F")
SERIES = (("#0A5FA8", "#5AA9E6"), ("#C2560A", "#FFA057"), ("#12997A", "#43D3A8"), ("#7B4AB5", "#BD97EA"),
          ("#8A6A00", "#D9B64A"), ("#B0306A", "#F08AB8"))  # fmt: skip


def shade(pair: tuple[str, str], theme: str) -> str:
    """The colour of a pair for the light or the dark theme."""
    return pair[1 if theme == "dark" else 0]
