"""The pictures of README: real pages on the sample company, in light and in dark (``make pictures``)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from commonground.importing import import_paths
from tests.journeys.hands import CHROMIUM, FLAGS, WAIT, free_port

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "screens"
NOW = datetime(2026, 11, 1)
LAPTOP, WALL, PHONE = (1440, 900), (1920, 1080), (390, 844)
TALLEST = 1600
"""Pixels of a page that a picture shows: what is further down is seen on the page."""
COLOURS = 128
"""Enough for text and tints, and a third of the size."""
STANDS_STILL = "() => !document.querySelector('[data-testid=stStatusWidget]') && [...document.querySelectorAll('.cg-chart')].filter(n => n.offsetParent).every(n => n.dataset.drawn)"
PICTURES = (
    ("overview", "/", LAPTOP, ("light", "dark")),
    ("shared_channels", "/shared_channels", LAPTOP, ("light",)),
    ("ownership_gaps", "/ownership_gaps", LAPTOP, ("light", "dark")),
    ("channels", "/channels", LAPTOP, ("light",)),
    ("service_levels", "/service_levels", LAPTOP, ("light",)),
    ("meeting", "/ownership_gaps?present=1", WALL, ("light", "dark")),
    ("phone", "/", PHONE, ("light",)),
)
"""Name, address, size of the screen, themes; a dark one ends in -dark."""


def still(page: Any) -> None:
    """Wait until nothing is loaded or drawn any more."""
    page.get_by_test_id("stHeading").first.wait_for(timeout=WAIT)
    for _ in range(3):
        page.wait_for_timeout(700)
        page.wait_for_function(STANDS_STILL, timeout=WAIT)


def picture(browser: Any, address: str, size: tuple[int, int], theme: str) -> bytes:
    """A page as its reader sees it, down to TALLEST; of a meeting the screen on which a dispute is settled."""
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    page = context.new_page()
    page.goto(address)
    still(page)
    if size == WALL:
        page.keyboard.press("ArrowRight")
        page.get_by_text("Propose an owner").first.wait_for(timeout=WAIT)
    else:
        whole = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": width, "height": min(whole, TALLEST)})
    still(page)
    taken: bytes = page.screenshot()
    context.close()
    return taken


def main() -> None:
    """Import the sample, serve it, take every picture, stop the server."""
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        import_paths([ROOT / "sample_data" / "larkspur"], Path(data), NOW)
        server = subprocess.Popen(
            [sys.executable, "-m", "commonground", "serve", f"--server.port={port}"], cwd=ROOT, env={"PATH": "", "COMMONGROUND_DATA": data}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
                for name, path, size, themes in PICTURES:
                    for theme in themes:
                        taken = Image.open(BytesIO(picture(browser, f"http://127.0.0.1:{port}{path}", size, theme)))
                        file = FOLDER / f"{name}{'-dark' if theme == 'dark' else ''}.png"
                        taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
                        print(file.relative_to(ROOT))
                browser.close()
        finally:
            server.terminate()
            server.wait()


def wait_for(address: str) -> None:
    """Until the server answers."""
    for _ in range(120):
        try:
            urllib.request.urlopen(address, timeout=1)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit(f"nothing answers at {address}")


if __name__ == "__main__":
    main()
