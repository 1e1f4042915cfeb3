"""Real Streamlit servers of the two pages, and a client that clicks as a browser would."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).resolve().parent.parent
PAGES = {"ours": ROOT / "app.py", "naive": ROOT / "bench" / "naive.py"}
START_SECONDS = 60
RUN_SECONDS = 300
FILTERS = {"region": ("east", "north", "south", "west"), "kind": ("campaign", "web", "mobile")}
"""The filters that are clicked, with the values that generate.py writes."""
View = tuple[tuple[str, ...], tuple[str, ...]]
"""The chosen regions and kinds."""


def views() -> list[View]:
    """Every choice of regions and kinds, so ordered that one click leads to the next, from no choice back to it."""
    values = [(name, value) for name in FILTERS for value in FILTERS[name]]
    chosen = [step ^ (step >> 1) for step in range(2 ** len(values))]  # a Gray code
    return [
        (tuple(v for n, (name, v) in enumerate(values) if bits >> n & 1 and name == "region"),
         tuple(v for n, (name, v) in enumerate(values) if bits >> n & 1 and name == "kind"))
        for bits in chosen
    ]  # fmt: skip


@contextmanager
def serving(which: str, data: Path, folder: Path) -> Iterator[tuple[str, int]]:
    """A server of one page in a process of its own: its host:port, and its process.

    Ours runs in the repository and takes its settings; the naive page runs elsewhere, on Streamlit's own.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(PAGES[which]), "--server.port", str(port), "--server.address", "127.0.0.1",
               "--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]  # fmt: skip
    server = subprocess.Popen(
        command, cwd=ROOT if which == "ours" else folder, env={**os.environ, "PYTHONPATH": str(ROOT), "COMMONGROUND_DATA": str(data)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"no health from {address}")


def resident_mb(process: int) -> float:
    """Memory that a process holds, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


class Session:
    """One reader without a browser: opens the page, clicks on filters, waits until the page is complete."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket
        self.widgets: dict[str, str] = {}
        self.held: set[str] = set()

    async def show(self, view: View = ((), ())) -> int:
        """Rerun the page with the filters of a view; the bytes that came."""
        message = BackMsg()
        message.rerun_script.query_string = ""
        message.rerun_script.cached_message_hashes.extend(self.held)
        for name, values in zip(FILTERS, view, strict=True):
            if values:
                state = message.rerun_script.widget_states.widgets.add()
                state.id = self.widgets[name]
                state.string_array_value.data.extend(_labels(name, values))
        await self.socket.send(message.SerializeToString())
        came = 0
        async with asyncio.timeout(RUN_SECONDS):
            while True:
                raw = await self.socket.recv()
                came += len(raw)
                part = ForwardMsg.FromString(raw)  # type: ignore[arg-type]
                if part.hash and part.metadata.cacheable:
                    self.held.add(part.hash)
                if part.WhichOneof("type") == "delta" and part.delta.new_element.WhichOneof("type") == "button_group":
                    group = part.delta.new_element.button_group
                    self.widgets[group.label.lower()] = group.id
                if part.WhichOneof("type") == "script_finished":
                    assert part.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                    return came


def _labels(name: str, values: tuple[str, ...]) -> list[str]:
    return [value.capitalize() if name == "kind" else value for value in values]


async def opened(address: str, number: int) -> list[Session]:
    """So many sessions, each with the page before it."""
    sessions = []
    for _ in range(number):
        sessions.append(Session(await websockets.connect(f"ws://{address}/_stcore/stream", subprotocols=["streamlit"], max_size=None)))  # type: ignore[list-item]
        await sessions[-1].show()
    return sessions


async def reruns_a_second(sessions: list[Session], shown: list[list[View]]) -> float:
    """Each session clicks through its views, all at once and without a pause."""

    async def click(session: Session, mine: list[View]) -> None:
        for view in mine:
            await session.show(view)

    start = time.perf_counter()
    await asyncio.gather(*(click(session, mine) for session, mine in zip(sessions, shown, strict=True)))
    return sum(map(len, shown)) / (time.perf_counter() - start)
