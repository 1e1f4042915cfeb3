"""Gaps weighed by the reader: the page shows both ranks and the command that gives them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from commonground import historyparts

if TYPE_CHECKING:
    from desks import Desk

ROOT = Path(__file__).resolve().parent.parent


def test_a_weight_shows_both_ranks_and_the_command(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two gaps of one shop: with nine times its weight uptime goes before sessions."""
    days = [f"2026-03-{day:02}" for day in range(1, 11)]
    desk.give(
        channel="channel,kind,name\nshop,web,Shop\n", daily="day,channel,sessions,revenue,minutes_expected,minutes_up\n" + "".join(f"{day},shop,100,50,1440,1440\n" for day in days),
        scope="channel,metric,disposition\nshop,sessions,required\nshop,uptime,required\n",
    )  # fmt: skip
    monkeypatch.setenv("COMMONGROUND_DATA", str(desk.data))
    monkeypatch.setattr(historyparts, "_weights", lambda found: (("uptime", 9.0),))
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).switch_page("pages/together/ownership_gaps.py").run()
    assert [e.message for e in page.exception] == []
    table = next(frame.value for frame in page.dataframe if "Rank, equal weights" in frame.value.columns)
    assert table[["Metric", "Rank, equal weights"]].values.tolist() == [["Uptime", 2], ["Sessions", 1]]
    assert any("ask gap_prices" in code.value and code.value.endswith("--weight uptime=9") for code in page.code)
