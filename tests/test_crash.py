"""What is left when the power goes in the middle of an import?"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from commonground import store

if TYPE_CHECKING:
    from desks import Desk

ROOT = Path(__file__).resolve().parent.parent


def daily(value: int) -> str:
    return "day,channel,sessions\n" + "".join(f"2026-10-{day:02d},shop,{value}\n" for day in range(1, 11))


@pytest.mark.slow
def test_killed_at_any_moment_the_old_or_the_new_generation_answers(shop: Desk):
    shop.give(daily=daily(1))
    chance = random.Random(7)
    held = 1
    for turn in range(2, 22):
        path = shop.write("daily.csv", daily(turn))
        process = subprocess.Popen(
            [sys.executable, "-m", "commonground", "import", str(path), "--data", str(shop.data)],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(chance.uniform(0.3, 1.3))
        process.kill()
        process.wait()
        assert shop.total("sessions") in (held * 10, turn * 10)
        held = int(shop.total("sessions")) // 10
    outcome = shop.take(path)
    assert outcome.exit_code == 0
    assert shop.total("sessions") == 210
    assert not list(shop.data.glob("landing/.*.tmp"))
    assert len(list(shop.data.glob("channels-*.duckdb"))) <= 2


def test_what_was_landed_but_not_built_is_built_by_the_next_import(shop: Desk, monkeypatch):
    from commonground import importing

    shop.give(daily=daily(1))
    time.sleep(0.02)
    with monkeypatch.context() as patch:
        patch.setattr(importing, "build", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            shop.give(daily=daily(2))
    assert shop.total("sessions") == 10
    assert shop.give(daily=daily(2)).built is not None
    assert shop.total("sessions") == 20


def test_readers_during_a_swap_see_the_old_or_the_new(shop: Desk):
    shop.give(daily=daily(1))
    seen: set[float | None] = set()
    errors: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                seen.add(shop.total("sessions"))
            except BaseException as error:
                errors.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for value in (2, 3):
        shop.give(daily=daily(value))
    done.set()
    for reader in readers:
        reader.join()
    assert errors == []
    assert seen <= {10, 20, 30}


def test_a_generation_that_somebody_holds_answers_after_it_was_replaced(shop: Desk):
    shop.give(daily=daily(1))
    old = store.current(shop.data)
    for value in (2, 3, 4):
        shop.give(daily=daily(value))
    assert not old.path.exists()
    assert old.rows("loads/build_info")["generation"].iloc[0] == old.number
    assert shop.total("sessions") == 40
