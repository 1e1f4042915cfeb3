"""What both sides sign shows on the map: from proposal to the next generation."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from commonground.build import build, only_one
from commonground.importing import import_paths
from commonground.questions import ask
from commonground.review import Person, Review
from commonground.scope import Scope
from commonground.store import current

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """One website that both sides claim since January."""
    files = tmp_path / "files"
    files.mkdir()
    (files / "channel.csv").write_text("channel,kind,name,family\nwebsite,web,Website,site\n")
    (files / "daily.csv").write_text("day,channel,sessions\n" + "".join(f"2026-10-{d:02},website,100\n" for d in range(1, 32)))
    (files / "ownership.csv").write_text("channel,metric,owner,asserted_by,valid_from\nwebsite,*,it,it,2026-01-01\nwebsite,*,marketing,marketing,2026-01-01\n")
    import_paths([files], tmp_path / "data", NOW.replace(tzinfo=None))
    return tmp_path / "data"


def state_on(data: Path, day: date) -> tuple[str, str]:
    """State and owners of the website's sessions."""
    row = ask(current(data), "ownership", Scope(as_of=day)).iloc[0]
    return row["state"], row["owners"]


def test_a_signed_decision_ends_the_dispute_from_its_day_on_and_rewrites_nothing_before(data: Path) -> None:
    assert state_on(data, date(2026, 10, 20)) == ("CONTESTED", "it, marketing")
    review = Review.open(data)
    made = review.propose("website", "sessions", "shared", date(2026, 10, 15), "We run it together", Person("Ada", "it"), NOW)
    review.sign(made.id, Person("Grace", "marketing"), NOW)
    review.close()
    with only_one(data):
        build(data, NOW.replace(tzinfo=None))
    assert state_on(data, date(2026, 10, 20)) == ("SHARED", "shared")
    assert state_on(data, date(2026, 10, 14)) == ("CONTESTED", "it, marketing")


def test_a_proposal_alone_changes_nothing(data: Path) -> None:
    review = Review.open(data)
    review.propose("website", "sessions", "it", date(2026, 10, 15), "It is ours", Person("Ada", "it"), NOW)
    review.close()
    with only_one(data):
        build(data, NOW.replace(tzinfo=None))
    assert state_on(data, date(2026, 10, 20))[0] == "CONTESTED"


def test_the_review_page_lets_a_person_propose(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONGROUND_DATA", str(data))
    page = AppTest.from_file(str(Path(__file__).parent.parent / "app.py"), default_timeout=60).run()
    page.switch_page("pages/together/review.py").run()
    page.text_input(key="person").set_value("Ada").run()
    page.text_area[0].set_value("We run it")
    next(button for button in page.button if button.label == "Propose").click().run()
    assert not page.exception
    assert [p.proposed_by for p in Review.open(data).proposals(status="open")] == ["Ada"]
