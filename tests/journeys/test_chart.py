"""The one door to draw a figure, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCRIPT = """
import pandas as pd
import streamlit as st
from commonground import chart, figures

st.set_page_config(layout="wide")
clicks = st.session_state.setdefault("clicks", [])
step = int(st.button("Other data"))
st.button("Same data")
st.text("clicks " + "/".join(clicks))
rows = pd.DataFrame({
    "id": ["web", "app"], "name": ["Website", "App"], "tag": ["IT", "Shared"],
    "value": [0.03 + step / 100, 0.02], "text": ["3.0 %", "2.0 %"], "hover": ["Website", "App"],
})
chart.draw(
    figures.ranking(rows, theme=chart.theme(), tickformat=".1%"), key="rank", height=220,
    alt="Website converts 3 %, App 2 %", table=rows, on_click=clicks.append,
)
"""
CHART = ".cg-chart[data-drawn]"
BAR = f"{CHART} .bars .point"


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("chart") / "script.py"
    path.write_text(SCRIPT, "utf-8")
    return serve(path)


@pytest.fixture
def chart(page: Any, address: str) -> Any:
    page.goto(address)
    page.wait_for_selector(CHART, timeout=60_000)
    return page.locator(CHART)


def drawn(page: Any) -> int:
    return int(page.locator(CHART).get_attribute("data-drawn"))


def settled(page: Any) -> None:
    page.wait_for_function("!document.querySelector('[data-test-script-state=running]')")
    page.wait_for_timeout(400)


def test_a_chart_says_in_words_what_it_shows(page: Any, chart: Any) -> None:
    assert chart.get_attribute("role") == "img"
    assert chart.get_attribute("aria-label") == "Website converts 3 %, App 2 %"


def test_new_data_is_drawn_into_the_same_node(page: Any, chart: Any) -> None:
    chart.evaluate("node => { node.mine = 1 }")
    before = drawn(page)
    page.get_by_role("button", name="Other data").click()
    page.wait_for_function(f"Number(document.querySelector('{CHART}').dataset.drawn) > {before}")
    assert chart.evaluate("node => node.mine") == 1
    assert chart.evaluate("node => node.data[0].x[0]") == pytest.approx(0.04)


def test_an_unchanged_figure_is_not_drawn_again(page: Any, chart: Any) -> None:
    settled(page)
    before = drawn(page)
    page.get_by_role("button", name="Same data").click()
    settled(page)
    assert drawn(page) == before


def test_a_click_hands_back_the_mark_and_so_does_the_second(page: Any, chart: Any) -> None:
    seen = "clicks "
    for place, mark in ((1, "app"), (1, "app"), (0, "web")):
        page.locator(BAR).nth(place).click(force=True)
        seen = f"{seen}/{mark}" if seen != "clicks " else f"{seen}{mark}"
        page.get_by_text(seen, exact=True).wait_for()
        settled(page)


def test_a_tap_counts_once(browser: Any, address: str) -> None:
    context = browser.new_context(has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(CHART, timeout=60_000)
    settled(page)
    page.locator(BAR).nth(1).tap(force=True)
    page.get_by_text("clicks app").wait_for()
    page.wait_for_timeout(1000)
    assert page.get_by_text("clicks app", exact=True).count() == 1
    context.close()


def test_marks_are_reached_by_keyboard(page: Any, chart: Any) -> None:
    chart.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.querySelector('.cg-said').textContent === 'App'")
    page.keyboard.press("Enter")
    page.get_by_text("clicks app", exact=True).wait_for()


def test_no_request_leaves_the_machine(page: Any, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_selector(CHART, timeout=60_000)
    page.locator(BAR).nth(0).hover(force=True)
    elsewhere = [u for u in asked if not u.startswith((address, "blob:", "data:"))]
    assert elsewhere == []


def test_the_library_comes_once_and_is_kept_by_the_browser(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(CHART, timeout=60_000)
    assert _transferred(page)[0] > 100_000
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector(CHART, timeout=60_000)
    assert _transferred(page) == [0]


def _transferred(page: Any) -> list[int]:
    entries = "performance.getEntriesByType('resource').filter(e => e.name.includes('plotly'))"
    found: list[int] = json.loads(
        page.evaluate(f"JSON.stringify({entries}.map(e => e.transferSize))")
    )
    return found


def test_the_table_is_made_when_it_is_opened(page: Any, chart: Any) -> None:
    assert page.locator("[data-testid=stDataFrame]").count() == 0
    page.get_by_role("button", name="Table").click()
    page.wait_for_selector("[data-testid=stDataFrame]")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    text = Path(download.value.path()).read_text("utf-8")
    assert text.splitlines()[0] == "id,name,tag,value,text,hover"


def test_a_chart_fits_its_place_from_the_first_drawing(page: Any, chart: Any) -> None:
    settled(page)
    assert drawn(page) == 1
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_function(f"Number(document.querySelector('{CHART}').dataset.drawn) > 1")
    width, inner = chart.evaluate("node => [node._fullLayout.width, node.clientWidth]")
    assert width == inner < 390


@pytest.mark.parametrize(("scheme", "text"), [("light", "#0E1720"), ("dark", "#E8EDF2")])
def test_text_takes_the_readers_theme(browser: Any, address: str, scheme: str, text: str) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.goto(address)
    page.wait_for_selector(CHART, timeout=60_000)
    settled(page)
    assert page.locator(CHART).evaluate("node => node.layout.font.color").upper() == text
    page.close()
