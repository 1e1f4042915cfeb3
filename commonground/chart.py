"""The one door to draw a figure on a page.

A component round `Plotly.react`: the chart's node stays, an unchanged figure is not drawn again,
and a click (or Enter on a mark reached by the arrow keys) hands back the mark's `customdata`.
plotly.js is the one that the plotly package ships, served from here and kept by the browser.
"""

from __future__ import annotations

import filecmp
import functools
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import plotly
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from commonground.figures import Figure, scaled
from commonground.spreadsheet import csv_of
from commonground.tokens import Theme

PRESENT_SCALE = 1.35
"""Meeting mode (`?present=1`): read from the other end of the room."""
LIBRARY = "plotly.min.js"
ROOT = Path(__file__).resolve().parent.parent
ASSETS = Path(__file__).parent / "chart_assets"


def theme() -> Theme:
    """light or dark, as the reader's browser has it."""
    return "dark" if st.context.theme.type == "dark" else "light"


def serve_library() -> None:
    """See to it that plotly.js lies where Streamlit serves static files: beside the main script."""
    context = get_script_run_ctx(suppress_warning=True)
    _serve_from(Path(context.main_script_path).parent if context else ROOT)


@functools.cache
def _serve_from(folder: Path) -> None:
    source = Path(plotly.__file__).parent / "package_data" / LIBRARY
    target = folder / "static" / LIBRARY
    if target.exists() and filecmp.cmp(source, target):  # same size and time: nothing is read
        return
    try:
        target.parent.mkdir(exist_ok=True)
        handle, work = tempfile.mkstemp(dir=target.parent, suffix=".tmp")
        os.close(handle)
        shutil.copy2(source, work)  # its time too: browsers keep an old file longer
        Path(work).replace(target)
    except OSError as error:
        logging.getLogger(__name__).warning(
            "Charts show their text only: %s could not be written (%s). Copy %s there.",
            *(target, error, source),
        )


def _library_address() -> str:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{'/' if base else ''}{base}/app/static/{LIBRARY}?v={plotly.__version__}"


_COMPONENT = st.components.v2.component(
    "common_ground_chart",
    js=(ASSETS / "chart.js").read_text("utf-8").replace("{{library}}", _library_address()),
    css=(ASSETS / "chart.css").read_text("utf-8"),
    isolate_styles=False,
)


def draw(
    figure: Figure,
    *,
    key: str,
    alt: str,
    height: int,
    table: pd.DataFrame | None = None,
    on_click: Callable[[str], None] | None = None,
) -> None:
    """Draw a figure; `alt` says it in words, `table` holds its data one click away.

    `on_click` gets the `customdata` of the mark, each time it is clicked.
    """
    serve_library()
    scale = PRESENT_SCALE if st.query_params.get("present") else 1.0
    tall = round(height * scale)
    message = {
        "figure": scaled(figure, scale),
        "alt": alt,
        "height": tall,
        "clickable": on_click is not None,
    }

    def clicked() -> None:
        mark = st.session_state[key].get("click")
        if on_click is not None and mark is not None:
            on_click(mark)

    _COMPONENT(key=key, data=_bytes(message), height=tall, on_click_change=clicked)
    if table is not None:
        _table(table, key)


def _bytes(message: Figure) -> bytes:
    """One spelling: the browser compares it to see whether there is anything to draw."""
    return orjson.dumps(message, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_SORT_KEYS)


@st.fragment
def _table(table: pd.DataFrame, key: str) -> None:
    """The figure's data, folded away; it is sent, and the file made, only when asked for."""
    with st.popover(
        "Table", icon=":material/table:", type="tertiary", key=f"{key}_table", on_change="rerun"
    ) as door:
        if not door.open:
            return
        st.dataframe(table, hide_index=True, alt="The data of the figure")
        st.download_button(
            "CSV",
            data=lambda: csv_of(table).encode(),
            file_name=f"{key}.csv",
            mime="text/csv",
            on_click="ignore",
            key=f"{key}_csv",
            icon=":material/download:",
        )


NUMBER = re.compile("(?:\u2013|[+\u2212\u00d7-]?(?:[\u20ac$\u00a3]|[A-Z]{3})?\\s?[+\u2212]?[0-9][0-9.,]*\\s?(?:k|M|bn)?\\s?(?:%|pt|\u2605|ms|s|min|h|days)?)")
"""A figure as `write` spells it, or the dash of no data."""


def aligned(rows: pd.DataFrame) -> dict[str, Any]:
    """Columns of figures that are written as text stand at the right, as numbers do."""
    return {
        name: st.column_config.TextColumn(alignment="right")
        for name in rows.columns
        if len(rows) and all(isinstance(value, str) and NUMBER.fullmatch(value) for value in rows[name])
    }


def table(rows: pd.DataFrame, *, alt: str, **more: Any) -> None:
    """A table of a page; `alt` says it in words. Its rows are the reader's own: no index."""
    more["column_config"] = aligned(rows) | more.get("column_config", {})
    st.dataframe(rows, hide_index=True, alt=alt, **more)


def wide(pixels: int) -> int:
    """A column's width, which has to grow with the text in a meeting."""
    return round(pixels * (PRESENT_SCALE if st.query_params.get("present") else 1.0))
