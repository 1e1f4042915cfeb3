"""Meeting mode (``?present=1``): the review on one big screen, a row of cards at a time, in meeting order, by arrow key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage

STYLE = (
    "html {{font-size: 21.6px;}} [data-testid='stLayoutWrapper']:has(> .st-key-filters_fold) {{display: flex;}}"
    "[data-testid='stLayoutWrapper']:has(> .st-key-filters_folded), [data-testid='stLayoutWrapper']:has(> [class*='st-key-row_']:not(.st-key-row_{row})),"
    "[data-testid='stCode'], [data-testid='stHeader'], {lead} {{display: none;}} [data-testid='stMainBlockContainer'] {{padding-block: 1.2rem 0;}}"
    "[data-testid='stVerticalBlock'] {{gap: 0.7rem;}} h1 {{padding: 0;}}"
)
"""Everything 1.35 times, so that it reads across a room; navigation and filters on one line; one row of cards a screen; no commands."""
LEAD = "[data-testid='stLayoutWrapper']:has(> .st-key-lead)"
BUTTONS = {-1: ("Back", ":material/arrow_back:", "Left"), 1: ("Next", ":material/arrow_forward:", "Right")}


@dataclass
class _Meeting:
    """Where a session's meeting stands; rows are counted from 0, `rows` holds how many each page was seen to have."""

    on: bool = False
    leaving: bool = False
    order: list[str] = field(default_factory=list)
    page: str = ""
    title: str = ""
    row: int = 0
    asked: tuple[str, int] | None = None
    drawn: int = 0
    rows: dict[str, int] = field(default_factory=dict)


def _held() -> _Meeting:
    held: _Meeting = st.session_state.setdefault("meeting", _Meeting())
    return held


def begin(page: StreamlitPage, order: Sequence[StreamlitPage]) -> None:
    """Take up what was asked for last: another row or page of the meeting's `order`, the end of the meeting."""
    held = _held()
    if held.leaving:
        held.on = held.leaving = False
        st.query_params.pop("present", None)
    elif not st.query_params.get("present") and held.on:
        st.query_params["present"] = "1"  # another page leaves it out
    held.on = bool(st.query_params.get("present"))
    held.order = [other.url_path for other in order]
    asked, held.asked = held.asked, None
    held.page, held.row = asked or (page.url_path, held.row if held.page == page.url_path else 0)
    held.title, held.drawn = page.title, 0


def turn(page: StreamlitPage, order: Sequence[StreamlitPage]) -> None:
    """Go to the page that was asked for; after the filters, which lose what they hold where a run leaves them out."""
    held = _held()
    if held.page != page.url_path:
        st.switch_page(order[held.order.index(held.page)])


def presenting() -> bool:
    """Whether a meeting is on."""
    return _held().on


def style() -> str:
    """The style sheet of the meeting; empty outside one."""
    held = _held()
    return STYLE.format(row=held.row, lead=LEAD if held.row else ".none") if held.on else ""


def row() -> Any:
    """The page's next row of cards, to be filled: in a meeting one row is seen at a time, else it is the page itself."""
    held = _held()
    held.drawn += 1
    held.rows[held.page] = max(held.drawn, held.rows.get(held.page, 0))
    return st.container(key=f"row_{held.drawn - 1}") if held.on else st


def lead() -> Any:
    """What stands under the title: in a meeting beside the first row only, so that every row has the screen."""
    return st.container(key="lead")


def apart(widths: Sequence[int], **more: Any) -> list[Any]:
    """Columns of one row of cards; in a meeting each has a row of its own."""
    return [row() for _ in widths] if _held().on else list(st.columns(widths, **more))


def beside(widths: Sequence[int]) -> list[Any]:
    """Parts that stand one below the other; in a meeting, which has the width of a wall, side by side."""
    return list(st.columns(widths)) if _held().on else [st.container() for _ in widths]


def most(usual: int, across_a_room: int) -> int:
    """How many rows, or pixels of a figure, there are: fewer in a meeting, where one screen holds them all."""
    return across_a_room if _held().on else usual


def forward() -> None:
    """On to the next row, where what was clicked is told; outside a meeting all stands on one page."""
    if _held().on:
        _step(1)


def place() -> str:
    """The page and its place in the meeting; empty outside one."""
    held = _held()
    if not held.on:
        return ""
    return f"{held.title}, {held.order.index(held.page) + 1} of {len(held.order)} · " if held.page in held.order else f"{held.title} · "


def button(by: int) -> None:
    """In a meeting: one row on (1) or back (-1), also by arrow key."""
    if _held().on:
        label, icon, key = BUTTONS[by]
        st.button(label, icon=icon, icon_position="right" if by > 0 else "left", shortcut=key, on_click=_step, args=(by,), key=f"meeting_{label}")


def door() -> None:
    """Into the meeting, or out of it."""
    on = presenting()
    st.button("Leave" if on else "Meeting mode", icon=":material/close_fullscreen:" if on else ":material/co_present:", on_click=_turn,
              help="Large, one row of cards at a time; the arrow keys lead through the review.", type="tertiary", key="meeting_door")  # fmt: skip


def _turn() -> None:
    held = _held()
    held.leaving, held.on = held.on, True
    held.row = 0


def _step(by: int) -> None:
    held = _held()
    to = held.row + by
    if 0 <= to < held.rows.get(held.page, 1):
        held.asked = held.page, to
        return
    to = held.order.index(held.page) + by if held.page in held.order else 0
    if 0 <= to < len(held.order):
        other = held.order[to]
        held.asked = other, 0 if by > 0 else held.rows.get(other, 1) - 1
