"""A meeting settles a dispute: evidence of both sides, proposal, signature, and the map that follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from commonground.importing import import_paths
from tests.journeys.hands import WAIT, say_who, settled

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 1)
MAP = ".cg-chart[aria-label^='Ownership map']"
PLANTED = {
    "website|sessions": "Both say it is theirs",
    "website|uptime": "Both say it is theirs",
    "sms|sessions": "The owner has left",
    "newsletter|uptime": "Each says it is the other's",
    "affiliates|clicks": "Ownership ran out",
    "shopping|spend": "Several owners on one side",
    "ai_assistants|sessions": "Never had an owner",
    "push|sessions": "Worked on, nobody accountable",
}
"""What STORIES.md says was planted, in the words of the page."""


@pytest.fixture(scope="module")
def larkspur(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., str], browser: Any) -> str:
    """A dashboard of the sample company that nobody has decided anything in yet."""
    data = tmp_path_factory.mktemp("ledger") / "data"
    import_paths([ROOT / "sample_data" / "larkspur"], data, NOW)
    address = serve(ROOT / "app.py", COMMONGROUND_DATA=str(data))
    first = browser.new_page()  # a server knows its pages only after somebody opened the first one
    first.goto(address)
    first.get_by_role("heading", level=1).first.wait_for(timeout=WAIT)
    first.close()
    return address


def opened(page: Any, address: str) -> Any:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(address)
    page.locator(f"{MAP}[data-drawn]").first.wait_for(timeout=WAIT)
    return page


def mark_of(page: Any, cell: str) -> str:
    """The letter that the map shows for a cell."""
    script = f"cell => {{ const [t] = document.querySelector(\"{MAP}\").data; return t.text[t.customdata.indexOf(cell)]; }}"
    return str(page.evaluate(script, cell)).replace("<b>", "").replace("</b>", "")


def click_cell(page: Any, cell: str) -> None:
    script = f"""cell => {{
        const node = document.querySelector("{MAP}"), [t] = node.data, i = t.customdata.indexOf(cell);
        const {{xaxis, yaxis}} = node._fullLayout, box = node.getBoundingClientRect();
        return [box.left + xaxis._offset + xaxis.d2p(t.x[i]) - node.scrollLeft, box.top + yaxis._offset + yaxis.d2p(t.y[i])];
    }}"""
    page.locator(MAP).scroll_into_view_if_needed()
    x, y = page.evaluate(script, cell)
    if y > 880:  # the row is below the fold: bring it up
        page.mouse.move(400, 400)
        page.mouse.wheel(0, y - 500)
        page.wait_for_timeout(600)
        x, y = page.evaluate(script, cell)
    page.mouse.move(x, y)
    page.wait_for_timeout(500)
    page.mouse.click(x, y)


@pytest.mark.parametrize("cell", PLANTED)
def test_a_planted_story_stands_on_the_page_in_plain_words(larkspur: str, page: Any, cell: str) -> None:
    opened(page, f"{larkspur}/ownership_gaps?cell={cell.replace('|', '%7C')}")
    page.get_by_text(PLANTED[cell]).first.wait_for(timeout=WAIT)


def test_a_dispute_is_settled_on_one_page(larkspur: str, page: Any) -> None:
    cell = "website|engaged_sessions"
    opened(page, f"{larkspur}/ownership_gaps?cell=sms%7Csessions")
    assert mark_of(page, cell) == "!"
    click_cell(page, cell)
    page.get_by_text("Both say it is theirs: Brand and Content and Web Platform").first.wait_for(timeout=WAIT)
    page.get_by_text("Web Platform is accountable").first.wait_for(timeout=WAIT)
    page.get_by_text("Brand and Content is accountable").first.wait_for(timeout=WAIT)
    page.get_by_role("button", name="Propose", exact=True, disabled=True).first.wait_for(timeout=WAIT)

    say_who(page, "Who are you?", "Ada", "Marketing")
    page.get_by_label("Owner", exact=True).press_sequentially("Brand and Content (M")
    page.get_by_text("Brand and Content (Marketing)").click()
    page.get_by_label("Why").fill("The brand charter says so")
    page.get_by_role("button", name="Propose", exact=True).first.click(timeout=WAIT)
    page.get_by_text("Waits for IT: only the other side can sign.").first.wait_for(timeout=WAIT)
    assert mark_of(page, cell) == "!"

    say_who(page, "Ada, Marketing", "Grace", "IT")
    page.get_by_role("button", name="Sign as Grace, IT").first.click(timeout=WAIT)
    page.get_by_text("Owned by Brand and Content").first.wait_for(timeout=WAIT)
    page.wait_for_function(f"document.querySelector(\"{MAP}\").data[0].text[document.querySelector(\"{MAP}\").data[0].customdata.indexOf('{cell}')] === '<b>M</b>'", timeout=WAIT)
    assert mark_of(page, "website|sessions") == "!"

    page.get_by_role("link", name="Open dossier: Website").first.click(timeout=WAIT)
    page.get_by_role("heading", name="What do we know about Website?").first.wait_for(timeout=WAIT)
    page.get_by_text("Decisions about it").first.wait_for(timeout=WAIT)


def test_a_cell_is_reached_and_opened_by_keys_alone(larkspur: str, page: Any) -> None:
    opened(page, f"{larkspur}/ownership_gaps?cell=sms%7Csessions")
    page.get_by_role("slider", name="As of").focus()
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.cg-chart')"):
            break
    said = "[...document.querySelectorAll('.cg-said')].map(one => one.textContent).join('')"
    page.keyboard.press("ArrowRight")
    first = page.evaluate(f"document.querySelector(\"{MAP}\").mark.value")
    channels = page.evaluate(f"[...new Set(document.querySelector(\"{MAP}\").data[0].customdata.map(cell => cell.split('|')[0]))]")
    assert first.split("|")[0] == channels[0], "the keys begin at the top"
    for _ in range(60):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    value = page.evaluate(f"document.querySelector(\"{MAP}\").mark.value")
    assert value.split("|")[0] == channels[-1], "and reach the last row"
    y = page.evaluate(f"(n => n.getBoundingClientRect().top + n._fullLayout.yaxis._offset + n.mark.y)(document.querySelector(\"{MAP}\"))")
    assert 0 < y < 900, "which is brought into sight"
    told = page.evaluate(said)
    page.keyboard.press("Enter")
    page.wait_for_function(f"location.search.includes('cell={value.replace('|', '%7C')}')", timeout=WAIT)
    page.get_by_text(f"since {told.split(' since ')[1][:11].strip()}").first.wait_for(timeout=WAIT)
    assert page.evaluate("document.activeElement.matches('.cg-chart')"), "the keys stay on the map"


def test_the_day_before_a_decision_still_shows_the_dispute(larkspur: str, page: Any) -> None:
    opened(page, f"{larkspur}/ownership_gaps?as_of=2025-08-31&cell=website%7Csessions")
    page.get_by_text("Owned by Brand and Content").first.wait_for(timeout=WAIT)
    assert mark_of(page, "website|sessions") == "M"


def test_a_row_that_is_picked_leads_to_its_dossier(larkspur: str, page: Any) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{larkspur}/service_levels")
    table = page.locator("[data-testid=stDataFrame]").first
    table.scroll_into_view_if_needed(timeout=WAIT)
    settled(page)
    box = table.bounding_box()
    page.mouse.click(box["x"] + 18, box["y"] + 35 + 17)  # the first row's box
    page.get_by_role("link", name="Open dossier").first.click(timeout=WAIT)
    page.get_by_role("heading", name="What do we know about").first.wait_for(timeout=WAIT)


def test_a_channel_that_was_clicked_can_be_opened_from_the_frame(larkspur: str, page: Any) -> None:
    page.goto(f"{larkspur}/?channel=sms")
    page.get_by_role("link", name="Open dossier: SMS").first.click(timeout=WAIT)
    page.get_by_role("heading", name="What do we know about SMS?").first.wait_for(timeout=WAIT)
    assert "channel_id=sms" in page.url


def test_a_row_of_a_meeting_fits_its_screen_and_a_cell_that_is_clicked_is_settled_on_the_next(larkspur: str, page: Any) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{larkspur}/ownership_gaps?present=1")
    page.locator(".cg-chart[data-drawn]").first.wait_for(timeout=WAIT)
    fits = "() => { const main = document.querySelector('[data-testid=stMain]'); return main.scrollHeight <= main.clientHeight; }"
    page.wait_for_function(fits, timeout=WAIT)
    page.locator(".cg-chart").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_text("Propose an owner").first.wait_for(timeout=WAIT)
    page.get_by_text("Marketing says").first.wait_for(timeout=WAIT)
    page.wait_for_function(fits, timeout=WAIT)
