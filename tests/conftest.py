"""Shared fixtures: the review store's, on SQLite and PostgreSQL, and a desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from desks import Desk

pytest_plugins = ("review_fixtures",)

SAMPLE = Path(__file__).resolve().parent.parent / "sample_data"
CHANNELS = """channel,kind,name,family
shop,web,Shop,site
app,mobile,App,iOS app
search,campaign,Search,paid search
mail,campaign,Mail,e-mail
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def shop(desk: Desk) -> Desk:
    """A desk that knows four channels."""
    desk.give(channel=CHANNELS)
    return desk


@pytest.fixture(scope="session")
def federal(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The real sample: visits of 27 agencies, two generations of the registry."""
    desk = Desk(tmp_path_factory.mktemp("federal"))
    outcome = desk.take(SAMPLE / "us_federal")
    assert outcome.exit_code != 2
    return desk
