"""What readers do with their hands on more than one page, and in which browser."""

from __future__ import annotations

import socket
from typing import Any

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WAIT = 60_000
"""Two cores that others use too: a page may take its time."""


def say_who(page: Any, button: str, name: str, side: str) -> None:
    """Name and side, in the frame; the popover is left by Escape."""
    page.get_by_role("button", name=button).click()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your name").press("Tab")
    page.locator("[data-testid=stPopoverBody]").get_by_text(side, exact=True).click()
    page.get_by_role("button", name=f"{name}, {side}", exact=True).first.wait_for(timeout=WAIT)
    page.keyboard.press("Escape")
    page.get_by_label("Your name").wait_for(state="hidden", timeout=WAIT)


def settled(page: Any) -> None:
    """The script has run to its end, and what it sent last is drawn: what stands on the page stays where it is."""
    page.wait_for_function("document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'", timeout=WAIT)
    page.wait_for_timeout(700)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
