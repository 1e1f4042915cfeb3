"""Journeys of real readers, in a real browser, on data one can read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from commonground.importing import import_paths
from tests.journeys.hands import settled

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 1)
DRAWN = ".cg-chart .main-svg"
PAGES = ("", "shared_channels", "ownership_gaps", "channel", "review", "channels", "devices", "service_levels", "incidents", "data", "glossary")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., str]) -> tuple[str, Path]:
    """A website of IT until 20 October and of both sides' quarrel after, a shop shared all along."""
    folder = tmp_path_factory.mktemp("journey")
    files = folder / "files"
    files.mkdir()
    (files / "channel.csv").write_text("channel,kind,name,family\nwebsite,web,Website,site\nshop,web,Shop,shop\n")
    days = [f"2026-{month:02}-{day:02}" for month in (9, 10) for day in range(1, 31)]
    (files / "daily.csv").write_text("day,channel,sessions,conversions\n" + "".join(f"{d},website,100,3\n{d},shop,200,8\n" for d in days))
    (files / "ownership.csv").write_text(
        "channel,metric,owner,asserted_by,valid_from\nwebsite,*,it,it,2026-01-01\nwebsite,*,marketing,marketing,2026-10-20\nshop,*,shared,,2026-01-01\n"
    )
    import_paths([files], folder / "data", NOW)
    return serve(ROOT / "app.py", COMMONGROUND_DATA=str(folder / "data")), folder


def opened(page: Any, address: str) -> Any:
    """The page, once its first chart is drawn."""
    page.goto(address)
    page.wait_for_selector(DRAWN, timeout=60_000)
    return page


def click_first_mark(page: Any) -> None:
    """Point at the first bar, wait for its hover, click."""
    first = page.locator(".cg-chart .point path").first
    first.scroll_into_view_if_needed(timeout=20_000)
    box = first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.wait_for_timeout(500)
    page.mouse.click(x, y)


def test_a_filter_stands_in_the_url_and_a_copied_link_opens_the_same_view(desk: tuple[str, Path], page: Any) -> None:
    opened(page, desk[0])
    page.get_by_role("button", name="Filters").click()
    page.get_by_text("Web", exact=True).first.click()
    page.wait_for_function("location.search.includes('kind=web')", timeout=20_000)
    other = page.context.new_page()
    opened(other, page.url)
    other.get_by_role("button", name="Filters (1)").first.wait_for(timeout=20_000)


def test_choices_stand_in_the_url_by_their_ids_and_go_along_to_the_next_page(desk: tuple[str, Path], page: Any) -> None:
    opened(page, f"{desk[0]}/ownership_gaps?kind=Web&owner=it&tab=Over%20time")  # as links were once written
    page.get_by_role("tab", name="Over time", selected=True).first.wait_for(timeout=20_000)
    page.wait_for_function("location.search.includes('kind=web') && location.search.includes('tab=time')", timeout=20_000)
    page.get_by_role("tab", name="What if").click()
    page.get_by_role("tab", name="What if", selected=True).first.wait_for(timeout=20_000)
    page.wait_for_function("location.search.includes('tab=policy')", timeout=20_000)
    page.get_by_test_id("stTopNavSection").filter(has_text="Marketing").first.click()
    page.get_by_test_id("stTopNavDropdownLink").filter(has_text="Channels").first.click()
    page.get_by_role("heading", name="How are my channels doing?").first.wait_for(timeout=20_000)
    page.wait_for_function("location.search.includes('kind=web') && location.search.includes('owner=it') && !location.search.includes('tab=')", timeout=20_000)
    page.get_by_role("radio", name="Region").first.click()
    page.wait_for_function("location.search.includes('split=region')", timeout=20_000)
    page.get_by_role("button", name="Filters (2)").first.click()
    page.get_by_text("Web", exact=True).first.click()
    page.wait_for_function("!location.search.includes('kind=') && location.search.includes('split=region')", timeout=20_000)


def test_a_mark_that_is_clicked_filters_and_a_second_click_lets_go(desk: tuple[str, Path], page: Any) -> None:
    opened(page, f"{desk[0]}/channels")
    settled(page)
    click_first_mark(page)
    page.get_by_text("Channels (click a mark to add or to let go)").first.wait_for(timeout=20_000)
    page.wait_for_function("location.search.includes('channel=')", timeout=20_000)
    settled(page)
    click_first_mark(page)
    page.wait_for_function("!location.search.includes('channel=')", timeout=20_000)


def test_the_as_of_day_changes_the_map(desk: tuple[str, Path], page: Any) -> None:
    opened(page, f"{desk[0]}/ownership_gaps")
    page.get_by_text("have no one accountable owner").first.wait_for(timeout=60_000)
    opened(page, f"{desk[0]}/ownership_gaps?as_of=2026-10-10")
    page.get_by_text("have one accountable owner").first.wait_for(timeout=20_000)


def test_the_very_first_visit_by_a_copied_link_opens_that_page_and_no_complaint(desk: tuple[str, Path], serve: Callable[..., str], page: Any) -> None:
    address = serve(ROOT / "app.py", COMMONGROUND_DATA=str(desk[1] / "data"))
    opened(page, f"{address}/ownership_gaps?as_of=2026-10-10")
    page.get_by_text("have one accountable owner").first.wait_for(timeout=20_000)
    settled(page)
    assert page.get_by_text("Page not found").count() == 0, "Streamlit says that it does not know the page"


def test_the_as_of_day_slides_by_hand(desk: tuple[str, Path], page: Any) -> None:
    opened(page, f"{desk[0]}/ownership_gaps?as_of=2026-10-21")
    page.get_by_text("have no one accountable owner").first.wait_for(timeout=20_000)
    page.get_by_role("slider", name="As of").focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.get_by_text("Who is accountable on 18 Oct 2026").first.wait_for(timeout=20_000)
    page.get_by_text("have one accountable owner").first.wait_for(timeout=20_000)
    page.wait_for_function("location.search.includes('as_of=2026-10-18')", timeout=20_000)


HOSTILE = "**b** [x](http://bad.example) :red[y] $z$ <a href='http://bad.example'>w</a>"


TWINS = str.maketrans({"*": "\u2217", "$": "\uff04", ":": "\u2236"})
"""What stands in a name's place looks the same and is no markup."""


def test_names_that_hold_markup_are_drawn_as_they_are_written(tmp_path: Path, serve: Callable[..., str], page: Any) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "channel.csv").write_text(f'channel,kind,name,family\none,web,"{HOSTILE}",<i>site</i>\ntwo,web,<b>x</b> *y*,shop\n')
    days = [f"2026-{month:02}-{day:02}" for month in (9, 10) for day in range(1, 31)]
    (files / "daily.csv").write_text("day,channel,sessions,conversions\n" + "".join(f"{d},one,{100 + n % 9},3\n{d},two,200,8\n" for n, d in enumerate(days)))
    (files / "ownership.csv").write_text("channel,metric,owner,asserted_by\none,*,it,it\none,*,marketing,marketing\ntwo,*,shared,\n")
    (files / "incident.csv").write_text("incident,channel,started_at,resolved_at,summary\n<b>I</b>,one,2026-10-20 10:00,2026-10-21 10:00,<a href='http://bad.example'>s</a> [x](http://bad.example)\n")
    import_paths([files], tmp_path / "data", NOW)
    address = serve(ROOT / "app.py", COMMONGROUND_DATA=str(tmp_path / "data"))
    for name in ("", "channels", "channel?channel_id=one", "ownership_gaps", "incidents", "shared_channels"):
        opened(page, f"{address}/{name}")
        page.wait_for_timeout(1500)
        assert page.locator("[href*='bad.example'], [*|href*='bad.example']").count() == 0, name
        assert page.locator(".katex").count() == 0, name
        assert "<b>x" not in page.locator("body").inner_html(), "a tag of a name became one of the page"
    page.goto(f"{address}/channel?channel_id=one")
    title = page.get_by_role("heading", level=1).first
    title.filter(has_text="What do we know about").wait_for(timeout=20_000)
    said = title.inner_text().replace("\u2060", "")
    assert said == "What do we know about " + HOSTILE.translate(TWINS) + "?"
    opened(page, f"{address}/channels")
    page.locator(".cg-chart text", has_text="<\u2060b>x<\u2060/b> \u2217y\u2217").first.wait_for(timeout=20_000)


def test_axe_finds_nothing_that_is_ours(desk: tuple[str, Path], page: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = set()
    for name in PAGES:
        page.goto(f"{desk[0]}/{name}")
        page.get_by_role("heading", level=1).first.wait_for(timeout=60_000)
        settled(page)
        for violation in Axe().run(page).response["violations"]:
            found |= {(violation["id"], name, node["html"][:200]) for node in violation["nodes"] if not streamlits_own(violation["id"], node["html"])}
    assert found == set()


STREAMLITS_OWN: dict[tuple[str, str], str] = {}
"""(rule, part of the element's HTML) -> why it is not ours to mend. Empty: there is none with this version."""


def streamlits_own(rule: str, html: str) -> bool:
    """Whether a finding is of a part that Streamlit draws by itself."""
    return any(rule == known and part in html for known, part in STREAMLITS_OWN)


def test_nothing_leaves_the_machine_and_no_page_shows_a_traceback(desk: tuple[str, Path], page: Any) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]) if request.url.startswith("http") else None)
    for name in PAGES:
        page.goto(f"{desk[0]}/{name}")
        page.get_by_role("heading", level=1).first.wait_for(timeout=60_000)
        settled(page)
        text = page.inner_text("body")
        assert "Traceback" not in text, name
        assert "encountered an error" not in text, name
    assert {host.split(":")[0] for host in hosts} == {"127.0.0.1"}


def test_meeting_mode_is_larger(desk: tuple[str, Path], page: Any) -> None:
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    opened(page, desk[0])
    usual = page.evaluate(size)
    page.goto(f"{desk[0]}/?present=1")
    page.get_by_text("WHERE OWNERSHIP GAPS EXIST").wait_for(timeout=60_000)
    assert page.evaluate(size) == pytest.approx(1.35 * usual, rel=0.02)


def test_the_arrow_keys_lead_through_the_review_a_row_of_cards_at_a_time(desk: tuple[str, Path], page: Any) -> None:
    page.goto(f"{desk[0]}/?present=1&period=7d")
    heading = page.get_by_role("heading", level=1)
    first, second = page.get_by_text("WHERE OWNERSHIP GAPS EXIST"), page.get_by_text("Shared against single-owned peers")
    first.wait_for(timeout=60_000)
    second.wait_for(state="hidden", timeout=20_000)
    page.get_by_role("button", name="Next").wait_for(timeout=20_000)  # its key is heard from then on
    page.keyboard.press("ArrowRight")
    second.wait_for(timeout=20_000)
    first.wait_for(state="hidden", timeout=20_000)
    page.keyboard.press("ArrowLeft")
    first.wait_for(timeout=20_000)
    for then in ("Shared against single-owned peers", "M Marketing · S Shared", "The gaps that matter most"):
        page.keyboard.press("ArrowRight")
        page.get_by_text(then).first.wait_for(timeout=20_000)
    page.keyboard.press("ArrowRight")
    heading.filter(has_text="How are my channels doing?").wait_for(timeout=20_000)
    page.wait_for_function("location.search.includes('present=1') && location.search.includes('period=7d')", timeout=20_000)
    page.keyboard.press("ArrowLeft")
    heading.filter(has_text="Where do we stand?").wait_for(timeout=20_000)
    page.get_by_text("The gaps that matter most").wait_for(timeout=20_000)
    page.get_by_role("button", name="Leave").click()
    first.wait_for(timeout=20_000)
    page.wait_for_function("!location.search.includes('present')", timeout=20_000)


def test_a_choice_stands_in_the_url_by_its_id_and_links_of_old_with_labels_still_open(desk: tuple[str, Path], page: Any) -> None:
    opened(page, f"{desk[0]}/channels?period=Last+7+days&metric=sessions")
    page.wait_for_function("location.search.includes('period=7d') && location.search.includes('metric=sessions')", timeout=20_000)
    page.locator(".st-key-state").get_by_text("24 to 30 Oct 2026").wait_for(timeout=20_000)


def test_new_data_shows_at_the_next_click_and_is_told(desk: tuple[str, Path], page: Any) -> None:
    address, folder = desk
    opened(page, address)
    page.get_by_text("generation 1 ").first.wait_for(timeout=60_000)
    more = folder / "daily2.csv"
    more.write_text("day,channel,sessions\n2026-10-31,website,900\n")
    import_paths([more], folder / "data", NOW)
    page.get_by_role("button", name="Filters").click()
    page.get_by_text("Web", exact=True).first.click()
    page.get_by_text("The data was renewed").first.wait_for(timeout=20_000)
    page.get_by_text("generation 2 ").first.wait_for(timeout=20_000)
