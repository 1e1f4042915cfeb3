"""A real Chromium and real Streamlit servers for the journeys."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.hands import CHROMIUM, FLAGS, free_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
"""Two cores that others use too: a server may take its time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder is a browser test."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium. Without one a journey is skipped, on the build server it fails."""
    if not Path(CHROMIUM).exists():
        reason = f"no {CHROMIUM}: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A fresh page with its own storage."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """serve(script, **environment) -> address of a `streamlit run` that answers `ok`."""
    running: list[subprocess.Popen[bytes]] = []

    def start(script: Path, **environment: str) -> str:
        port = free_port()
        running.append(
            subprocess.Popen(
                [
                    *(sys.executable, "-m", *(("commonground", "serve") if script == ROOT / "app.py" else ("streamlit", "run", str(script)))),
                    *(f"--server.port={port}", "--server.address=127.0.0.1"),
                ],
                cwd=ROOT,  # .streamlit/config.toml is read from here
                env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        address = f"http://127.0.0.1:{port}"
        _wait_until_healthy(address, running[-1])
        return address

    yield start
    for server in running:
        server.terminate()
    for server in running:
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()



def _wait_until_healthy(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            pytest.fail(f"streamlit ended with {server.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.read() == b"ok":  # an unknown address answers 200 as well
                    return
        except OSError:
            pass
        time.sleep(0.2)
    pytest.fail(f"no health from {address} in {START_SECONDS} s")
