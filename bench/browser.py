"""Click on a filter -> the last chart of the page repainted, in a real browser, ours and the naive page in turns."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import sync_playwright

from bench.servers import View

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
QUIET_MS = 700
"""A page is complete when its script has finished and no chart has changed for so long."""
WAIT_MS = 60_000
WATCH = """
window.clicked = 0; window.painted = 0; window.wasRunning = false;
const chart = '.js-plotly-plot';
addEventListener('click', () => { window.clicked = performance.now(); window.painted = 0; window.wasRunning = false; }, true);
const watch = () => {
  new MutationObserver(changes => {
    const app = document.querySelector('[data-testid=stApp]');
    if (app?.dataset.testScriptState === 'running') window.wasRunning = true;
    const touched = changes.some(({target, addedNodes}) =>
      (target.nodeType === 1 && target.closest(chart)) || [...addedNodes].some(node => node.nodeType === 1 && (node.matches(chart) || node.querySelector(chart))));
    // the frame that shows the change, and the moment after it
    if (touched) requestAnimationFrame(() => setTimeout(() => { window.painted = performance.now(); }));
  }).observe(document, {subtree: true, childList: true, attributes: true});
};
watch();
"""
COMPLETE = f"""() => {{
  const app = document.querySelector('[data-testid=stApp]');
  return app?.dataset.testScriptState === 'notRunning' && window.painted > 0 && performance.now() - window.painted > {QUIET_MS};
}}"""


@dataclass
class Reader:
    """A page in a browser, with the filters within reach of one click."""

    page: Any

    @classmethod
    def opened(cls, browser: Any, address: str) -> Reader:
        """The page drawn whole, the menu of filters open where there is one."""
        page = browser.new_page(viewport={"width": 1400, "height": 2400})
        page.add_init_script(WATCH)
        page.goto(f"http://{address}/")
        page.wait_for_function(COMPLETE, timeout=WAIT_MS)
        menu = page.get_by_role("button", name="Filters")
        if menu.count():
            menu.click()
        page.get_by_test_id("stButtonGroup").get_by_text("east", exact=True).wait_for()
        return cls(page)

    def click(self, value: str) -> float:
        """Milliseconds from the click on a value to the last repaint of a chart."""
        self.page.get_by_test_id("stButtonGroup").get_by_text(value, exact=True).click()
        self.page.wait_for_function(COMPLETE, timeout=WAIT_MS)
        clicked, painted = self.page.evaluate("[window.clicked, window.painted]")
        return float(painted - clicked)


def changed(before: View, after: View) -> str:
    """The one value that differs between two views, as it is written on the page."""
    (value,) = {*before[0], *before[1]} ^ {*after[0], *after[1]}
    return value.capitalize() if value in ("campaign", "web", "mobile") else value


def round_trip(shown: list[View]) -> list[View]:
    """The views, and then one click at a time back to no filter, so that a second round clicks the same."""
    back = list(shown)
    while back[-1] != ((), ()):
        regions, kinds = back[-1]
        back.append((regions, kinds[:-1]) if kinds else (regions[:-1], kinds))
    return back


def repaints(addresses: dict[str, str], shown: list[View]) -> dict[str, dict[str, list[float]]]:
    """Milliseconds by page, for views never seen in that process and for the same views again.

    The views end with no filter, as the pages begin; both pages click the same, in turns.
    """
    took: dict[str, dict[str, list[float]]] = {which: {"first": [], "seen": []} for which in addresses}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        readers = {which: Reader.opened(browser, address) for which, address in addresses.items()}
        seen = {shown[-1]}
        for _ in range(2):
            for before, after in zip([shown[-1], *shown], shown, strict=False):
                for which, reader in readers.items():
                    took[which]["seen" if after in seen else "first"].append(reader.click(changed(before, after)))
                seen.add(after)
        browser.close()
    return took


def compared(took: dict[str, dict[str, list[float]]], turn: str) -> tuple[float, float, float]:
    """The median ratio of ours to the naive page over the same clicks, and both medians in seconds."""
    ours, naive = took["ours"][turn], took["naive"][turn]
    return (statistics.median(a / b for a, b in zip(ours, naive, strict=True)), statistics.median(ours) / 1000, statistics.median(naive) / 1000)
