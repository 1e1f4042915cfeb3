"""The one door to draw a figure on a page.

A component round ``Plotly.react``: the chart's node stays and only what changed is drawn again;
the plotly.js that the plotly package ships is served from this process and loaded once a browser
(never from a CDN). A click hands back the mark's ``customdata``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pandas as pd
import plotly
import streamlit as st

from commonground.figures import Figure

STATIC = Path(__file__).resolve().parent.parent / "static"
_JS = """
const library = () => window.commonGroundPlotly ??= fetch(new URL('/app/static/plotly.min.js', window.location.origin))
  .then(answer => answer.text())
  .then(text => new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = URL.createObjectURL(new Blob([text], {type: 'text/javascript'}));
    script.onload = () => done(window.Plotly);
    script.onerror = failed;
    document.head.append(script);
  }));

export default function ({data, parentElement, setTriggerValue}) {
  let node = parentElement.querySelector('.chart');
  if (!node) {
    node = document.createElement('div');
    node.className = 'chart';
    parentElement.append(node);
  }
  node.style.height = data.height + 'px';
  node.style.width = '100%';
  node.setAttribute('role', 'img');
  node.setAttribute('aria-label', data.alt);
  node.send = value => setTriggerValue('click', value);
  if (node.drawn === data.figure) return;
  node.drawn = data.figure;
  const draw = () => library().then(Plotly => {
    const width = node.clientWidth;
    if (!width) return;
    const figure = JSON.parse(node.drawn);
    figure.layout.width = width;
    figure.layout.height = data.height;
    return Plotly.react(node, figure.data, figure.layout, {displayModeBar: false, showSendToCloud: false, responsive: false})
      .then(() => {
        node.dataset.drawn = String((Number(node.dataset.drawn) || 0) + 1);
        if (!node.listens) {
          node.listens = true;
          node.on('plotly_click', event => {
            const value = event.points[0]?.customdata;
            if (value !== undefined) node.send(value);
          });
        }
      });
  });
  draw();
  if (!node.observer) {
    let width = node.clientWidth;
    node.observer = new ResizeObserver(() => {
      if (node.clientWidth && Math.abs(node.clientWidth - width) > 1) {
        width = node.clientWidth;
        node.redraw();
      }
    });
    node.observer.observe(node);
  }
  node.redraw = draw;
}
"""
_COMPONENT = st.components.v2.component("common_ground_chart", js=_JS, isolate_styles=False)


def serve_library() -> None:
    """Put the plotly package's own plotly.js where Streamlit serves static files."""
    source = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    target = STATIC / "plotly.min.js"
    if target.exists() and target.stat().st_size == source.stat().st_size:
        return
    STATIC.mkdir(exist_ok=True)
    work = STATIC / f".plotly.{os.getpid()}.tmp"
    shutil.copyfile(source, work)
    os.replace(work, target)  # noqa: PTH105


def theme() -> str:
    """light or dark, as the reader's browser has it."""
    return "dark" if getattr(st.context.theme, "type", "light") == "dark" else "light"


def draw(
    figure: Figure,
    *,
    key: str,
    alt: str,
    height: int,
    table: pd.DataFrame | None = None,
    on_click: Callable[[str], None] | None = None,
) -> None:
    """Draw a figure; ``alt`` says it in words, ``table`` holds its data one click away."""
    scale = 1.25 if st.query_params.get("present") else 1.0
    figure["layout"]["font"]["size"] = round(figure["layout"]["font"]["size"] * scale)

    def clicked() -> None:
        value = st.session_state[key].get("click")
        if on_click and value is not None:
            on_click(str(value))

    _COMPONENT(
        key=key,
        data={"figure": orjson.dumps(figure).decode(), "alt": alt, "height": round(height * scale)},
        height=round(height * scale),
        on_click_change=clicked,
    )
    if table is not None:
        with_table(table, key)


def with_table(table: pd.DataFrame, key: str) -> None:
    """The data of a figure as a table, folded, with a download."""
    with st.expander("Table", key=f"{key}_table", on_change="rerun") as fold:
        if fold.open:
            st.dataframe(table, hide_index=True, alt="The data of the figure above")
            st.download_button(
                "Download CSV", data=lambda: table.to_csv(index=False), file_name=f"{key}.csv", mime="text/csv",
                on_click="ignore", key=f"{key}_csv",
            )  # fmt: skip
