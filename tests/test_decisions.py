"""What both sides sign shows on the map: from proposal to the next generation."""

from datetime import UTC, date, datetime, timedelta
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


def opened(data: Path, page: str, monkeypatch: pytest.MonkeyPatch, **link: str) -> AppTest:
    """A page, opened by a link, with nobody at the screen."""
    monkeypatch.setenv("COMMONGROUND_DATA", str(data))
    app = AppTest.from_file(str(Path(__file__).parent.parent / "app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    return app.switch_page(f"pages/together/{page}.py").run()


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception
    return page


def say_who(page: AppTest, name: str, side: str) -> AppTest:
    page.text_input(key="person").set_value(name)
    page.radio(key="side").set_value(side)
    return page.run()


@pytest.mark.parametrize("page", ["review", "ownership_gaps"])
def test_a_person_proposes_on_either_page_and_the_record_says_unverified(page: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = say_who(opened(data, page, monkeypatch, cell="website|sessions"), "Ada", "marketing")
    next(field for field in app.text_input if field.label == "Why").set_value("We run it")
    press(app, "Propose")
    (made,) = Review.open(data).proposals(status="open")
    assert (made.proposed_by, made.proposed_side, made.channel, made.metric, made.verified) == ("Ada", "marketing", "website", "sessions", False)


def test_nobody_proposes_without_a_name(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(data, "ownership_gaps", monkeypatch)
    assert next(button for button in app.button if button.label == "Propose").disabled


def test_on_the_gaps_page_the_other_side_signs_and_the_cell_changes_at_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    review = Review.open(data)
    review.propose("website", "sessions", "it", date(2026, 10, 31), "It is ours", Person("Ada", "it"), NOW)
    app = opened(data, "ownership_gaps", monkeypatch, cell="website|sessions")
    assert any(m.value.startswith("**Both say it is theirs: ") for m in app.markdown)
    assert not any(button.label.startswith("Sign") for button in app.button)
    say_who(app, "Ada", "it")
    assert [b.label for b in app.button if b.label.startswith(("Sign", "Decline", "Withdraw"))] == ["Withdraw"]
    say_who(app, "Grace", "marketing")
    press(app, "Sign as Grace, Marketing")
    assert any(m.value.startswith("**Owned by ") for m in app.markdown)
    assert state_on(data, date(2026, 10, 31)) == ("OWNED", "it")


def test_a_proposal_that_is_withdrawn_is_gone_from_the_page_and_stays_in_the_record(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Review.open(data).propose("website", "sessions", "it", date(2026, 10, 31), "It is ours", Person("Ada", "it"), NOW)
    press(say_who(opened(data, "review", monkeypatch), "Ada", "it"), "Withdraw")
    assert [p.status for p in Review.open(data).proposals()] == ["withdrawn"]


def test_a_proposal_for_the_whole_channel_is_shown_at_each_of_its_cells(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Review.open(data).propose("website", "*", "marketing", date(2026, 10, 31), "One owner for all", Person("Ada", "it"), NOW)
    app = say_who(opened(data, "ownership_gaps", monkeypatch, cell="website|sessions"), "Grace", "marketing")
    press(app, "Sign as Grace, Marketing")
    assert state_on(data, date(2026, 10, 31)) == ("OWNED", "marketing")


def test_a_stranger_link_opens_the_first_gap(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(data, "ownership_gaps", monkeypatch, cell="nowhere|nothing", channel_id="nobody")
    assert not app.exception
    assert app.selectbox(key="cell").value == "website|sessions"


def test_a_signature_is_kept_where_the_map_cannot_be_renewed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Review.open(data).propose("website", "sessions", "it", date(2026, 10, 31), "It is ours", Person("Ada", "it"), NOW)
    app = say_who(opened(data, "ownership_gaps", monkeypatch, cell="website|sessions"), "Grace", "marketing")
    (data / ".lock").unlink()
    (data / ".lock").mkdir()  # nobody can write there
    press(app, "Sign as Grace, Marketing")
    assert "Your signature is kept" in app.error[0].value
    assert [p.status for p in Review.open(data).proposals()] == ["signed"]


def test_the_map_of_an_earlier_belief_does_not_know_what_was_signed_since(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    review = Review.open(data)
    made = review.propose("website", "sessions", "it", date(2026, 10, 31), "It is ours", Person("Ada", "it"), NOW)
    review.sign(made.id, Person("Grace", "marketing"), NOW + timedelta(days=2))
    with only_one(data):
        build(data, (NOW + timedelta(days=2)).replace(tzinfo=None))
    for known_on, said in (("", "**Owned by "), ("2026-11-02", "**Both say it is theirs: "), ("2026-11-03", "**Owned by ")):
        app = opened(data, "ownership_gaps", monkeypatch, cell="website|sessions", **({"known_on": known_on} if known_on else {}))
        assert not app.exception
        assert any(m.value.startswith(said) for m in app.markdown), known_on
