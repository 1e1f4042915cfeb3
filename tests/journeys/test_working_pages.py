"""The pages of work: what an incident cost, whether a file went in whole, what is decided; each walked to its end."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from commonground import cli
from commonground.importing import import_paths
from tests.journeys.hands import WAIT, say_who, settled

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 1)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., str]) -> tuple[str, Path]:
    """Two channels over eight weeks, a day of outage that halved the sales, a quarrel, and two rows that cannot be taken."""
    folder = tmp_path_factory.mktemp("work")
    files = folder / "files"
    files.mkdir()
    days = [f"2026-{month:02}-{day:02}" for month in (8, 9, 10) for day in range(1, 31)]
    (files / "channel.csv").write_text("channel,kind,name,family\nwebsite,web,Website,site\nshop,web,Shop,shop\n")
    sold = {day: 30 if day == "2026-10-07" else 60 + place % 7 for place, day in enumerate(days)}
    (files / "daily.csv").write_text(
        "day,channel,sessions,conversions,revenue\n" + "".join(f"{d},website,1000,50,{5000 + n % 5 * 10}\n{d},shop,2000,{sold[d]},{sold[d] * 100}\n" for n, d in enumerate(days))
    )
    (files / "late.csv").write_text("day,channel,sessions\n2026-10-31,=cmd(),900\n2026-10-31,website,-5\n2026-10-31,shop,700\n")
    (files / "incident.csv").write_text(
        "incident,channel,started_at,acknowledged_at,resolved_at,severity,summary\nINC-1,shop,2026-10-07 00:10,2026-10-07 01:10,2026-10-07 23:40,1,Nobody could pay\n"
    )
    (files / "ownership.csv").write_text("channel,metric,owner,asserted_by,valid_from\nwebsite,*,it,it,2026-01-01\nwebsite,*,marketing,marketing,2026-01-01\nshop,*,shared,,2026-01-01\n")
    import_paths([files], folder / "data", NOW)
    return serve(ROOT / "app.py", COMMONGROUND_DATA=str(folder / "data")), folder


def opened(page: Any, address: str, question: str) -> Any:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(address)
    page.get_by_role("heading", name=question).first.wait_for(timeout=WAIT)
    return page


def chart_of(page: Any, begins: str) -> Any:
    """A chart by the words that a screen reader says, once it is drawn."""
    found = page.locator(f".cg-chart[aria-label^='{begins}'][data-drawn]").first
    found.wait_for(timeout=WAIT)
    return found


def test_an_incident_is_followed_from_its_loss_to_its_channel(shop: tuple[str, Path], page: Any) -> None:
    opened(page, f"{shop[0]}/incidents", "What did our incidents cost?")
    chart_of(page, "1 incidents on the time axis: INC-1")
    page.get_by_text("Lost revenue by incident").first.wait_for(timeout=WAIT)
    page.get_by_text("Conversions", exact=True).first.click()
    page.get_by_text("Lost conversions by incident").first.wait_for(timeout=WAIT)
    page.wait_for_function("location.search.toLowerCase().includes('incident_loss=conversions')", timeout=WAIT)
    page.get_by_text("How do we know?").first.click()
    page.get_by_text("commonground ask incident_effects").first.wait_for(timeout=WAIT)
    table = page.locator("[data-testid=stDataFrame]").first
    table.scroll_into_view_if_needed(timeout=WAIT)
    settled(page)
    box = table.bounding_box()
    page.mouse.click(box["x"] + 18, box["y"] + 35 + 17)  # the first row's box
    page.get_by_role("link", name=re.compile("Open dossier")).first.click(timeout=WAIT)
    page.get_by_role("heading", name="What do we know about Shop?").first.wait_for(timeout=WAIT)
    page.get_by_text("Nobody could pay").first.wait_for(timeout=WAIT, state="attached")


def test_a_period_without_an_incident_says_so_and_the_next_one_has_it(shop: tuple[str, Path], page: Any) -> None:
    opened(page, f"{shop[0]}/incidents?incidents_inside=true&period=7d", "What did our incidents cost?")
    page.get_by_text("No incident here").first.wait_for(timeout=WAIT)
    opened(page, f"{shop[0]}/incidents?incidents_inside=true&period=28d", "What did our incidents cost?")
    chart_of(page, "1 incidents on the time axis")


def test_refused_rows_are_downloaded_mended_and_taken_with_the_command_of_the_page(shop: tuple[str, Path], page: Any) -> None:
    address, folder = shop
    opened(page, f"{address}/data", "Did my file go in whole?")
    page.get_by_text("2 refused").first.wait_for(timeout=WAIT)
    with page.expect_download(timeout=WAIT) as download:
        page.get_by_role("button", name="Download CSV").first.click()
    rows = Path(download.value.path()).read_text("utf-8").splitlines()
    assert rows[0] == "load,file,line,column,value,reason"
    assert re.fullmatch(r"\d+,late\.csv,2,channel,'=cmd\(\),unknown channel; .*", rows[1].replace('"', ""))
    assert re.fullmatch(r"\d+,late\.csv,3,sessions,-5,a count cannot be negative .*", rows[2])

    page.get_by_text("Add an export").first.scroll_into_view_if_needed(timeout=WAIT)
    command = page.locator("code", has_text="commonground import PATH").first.inner_text(timeout=WAIT).split("#")[0]
    mended = folder / "late_again.csv"
    mended.write_text("day,channel,sessions\n2026-10-31,website,5\n2026-10-31,shop,700\n")
    words = shlex.split(command.replace("PATH", str(mended)))[1:]
    ended = subprocess.run([sys.executable, *words, "--data", str(folder / "data")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    page.reload()
    page.get_by_text("late_again.csv").first.wait_for(timeout=WAIT, state="attached")


def propose(page: Any, owner: str, why: str) -> None:
    page.get_by_label("Owner", exact=True).press_sequentially(owner)
    page.get_by_role("option", name=owner).first.click(timeout=WAIT)
    page.get_by_label("Why").fill(why)
    page.get_by_role("button", name="Propose", exact=True).first.click(timeout=WAIT)
    page.get_by_text("Waits for IT: only the other side can sign.").first.wait_for(timeout=WAIT)


def test_a_review_declines_withdraws_signs_and_the_next_answer_shows_it(shop: tuple[str, Path], page: Any, capsys: pytest.CaptureFixture[str]) -> None:
    address, folder = shop

    def tag() -> str:
        capsys.readouterr()
        cli.main(["ask", "ownership", "--channel", "website", "--metric", "sessions", "--format", "csv", "--data", str(folder / "data")])
        return capsys.readouterr().out.splitlines()[1].split(",")[3]

    assert tag() == "Contested"
    opened(page, f"{address}/review?cell=website%7Csessions", "What do we decide?")
    page.get_by_text("Nothing. Propose an owner here").first.wait_for(timeout=WAIT)
    say_who(page, "Who are you?", "Ada", "Marketing")

    propose(page, "Marketing as a whole", "We answer for the visits")
    page.get_by_role("button", name="Withdraw").first.click(timeout=WAIT)
    page.get_by_text("Nothing. Propose an owner here").first.wait_for(timeout=WAIT)

    propose(page, "Marketing as a whole", "We answer for the visits all the same")
    say_who(page, "Ada, Marketing", "Grace", "IT")
    page.get_by_role("button", name="Decline", exact=True).first.click(timeout=WAIT)
    page.get_by_label("Reason").fill("We run the site")
    page.get_by_label("Reason").press("Tab")
    page.locator("[data-testid=stPopoverBody]").get_by_role("button", name="Decline", exact=True).click(timeout=WAIT)
    page.get_by_text("Nothing. Propose an owner here").first.wait_for(timeout=WAIT)
    assert tag() == "Contested", "what was declined or taken back changes nothing"

    say_who(page, "Grace, IT", "Ada", "Marketing")
    propose(page, "Both together, as a whole", "Then together")
    say_who(page, "Ada, Marketing", "Grace", "IT")
    page.get_by_role("button", name="Sign as Grace, IT").first.click(timeout=WAIT)
    page.get_by_text("Nothing. Propose an owner here").first.wait_for(timeout=WAIT)
    page.get_by_text("1 decision").first.wait_for(timeout=WAIT)
    assert tag() == "Shared", "a signature feeds the next build, and ask answers from it"
    opened(page, f"{address}/channel?channel_id=website", "What do we know about Website?")
    page.get_by_text("Decisions about it").first.wait_for(timeout=WAIT)
