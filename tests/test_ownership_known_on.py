"""What did we believe when? A claim that comes in later does not rewrite what a meeting saw."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from commonground.build import build, only_one
from commonground.cli import main
from commonground.importing import import_paths
from commonground.questions import ask
from commonground.review import Person, Review
from commonground.scope import Scope
from commonground.store import current

if TYPE_CHECKING:
    from desks import Desk

CHANNEL = "channel,kind,name,family\nwebsite,web,Website,site\n"
SCOPE = "channel,metric,disposition,valid_from\nwebsite,sessions,required,2026-01-01\n"
DAILY = "day,channel,sessions\n2026-01-01,website,100\n2026-03-31,website,100\n"
HEAD = "channel,metric,owner,asserted_by,valid_from\n"
FEDERAL = Path(__file__).parent.parent / "sample_data" / "us_federal"


@pytest.fixture
def told(desk: Desk) -> Desk:
    """On 1 February a register said that IT owns the sessions since January; on 10 March, that marketing does, since January."""
    for name, text in (("channel", CHANNEL), ("scope", SCOPE), ("daily", DAILY)):
        desk.write(f"{name}.csv", text)
    desk.write("ownership.csv", HEAD + "website,sessions,it,,2026-01-01\n")
    import_paths([desk.folder], desk.data, datetime(2026, 2, 1, 9))
    desk.write("ownership.csv", HEAD + "website,sessions,marketing,,2026-01-01\n")
    import_paths([desk.folder], desk.data, datetime(2026, 3, 10, 9))
    return desk


def believed(desk: Desk, known_on: date | None, as_of: date = date(2026, 3, 31)) -> tuple[str, str]:
    row = ask(desk.generation, "ownership", Scope(as_of=as_of, known_on=known_on)).iloc[0]
    return row["state"], row["owners"]


def test_a_claim_that_came_in_later_does_not_rewrite_what_was_believed(told: Desk):
    assert believed(told, None) == ("OWNED", "marketing")
    assert believed(told, date(2026, 3, 10)) == ("OWNED", "marketing"), "known at the end of the day on which it came"
    assert believed(told, date(2026, 3, 9)) == ("OWNED", "it")
    assert believed(told, date(2026, 2, 1)) == ("OWNED", "it")
    assert believed(told, date(2026, 1, 31)) == ("UNOWNED", ""), "nothing had come in"


def test_spells_gaps_agreement_and_claims_follow_the_same_clock(told: Desk):
    scope = Scope(as_of=date(2026, 3, 31), known_on=date(2026, 2, 15))
    assert ask(told.generation, "ownership_spells", scope)["tag"].tolist() == ["IT"]
    assert ask(told.generation, "agreement", scope)[["it_says", "marketing_says"]].values.tolist() == [["IT", "nobody"]]
    assert ask(told.generation, "gaps", scope)["primary_gap"].tolist() == ["MISPLACED"], "customer metrics belong to marketing"
    assert ask(told.generation, "claims", scope)["org"].tolist() == ["it"]
    now = Scope(as_of=date(2026, 3, 31))
    assert ask(told.generation, "agreement", now)[["it_says", "marketing_says"]].values.tolist() == [["nobody", "Marketing"]]
    assert ask(told.generation, "claims", now)["org"].tolist() == ["marketing"]


def test_the_command_line_takes_the_day(told: Desk, capsys: pytest.CaptureFixture[str]):
    asked = ["ask", "ownership", "--data", str(told.data), "--format", "csv", "--known-on"]
    main([*asked, "2026-03-09"])
    main([*asked, "2026-03-10"])
    first, second = (line.split(",")[4] for line in capsys.readouterr().out.splitlines() if line.startswith("website"))
    assert (first, second) == ("it", "marketing")


def signed(review: Review, owner: str, effective: date, moment: datetime) -> None:
    made = review.propose("website", "sessions", owner, effective, "We agreed", Person("Ada", "it"), moment)  # type: ignore[arg-type]
    review.sign(made.id, Person("Grace", "marketing"), moment)


def test_a_decision_is_known_from_its_signature_on_and_a_later_one_does_not_hide_it(told: Desk):
    """Signed on 20 March: shared from 15 March. On 25 March, instead: IT from 10 March, so the first never came into force."""
    review = Review.open(told.data)
    signed(review, "shared", date(2026, 3, 15), datetime(2026, 3, 20, 12, tzinfo=UTC))
    signed(review, "it", date(2026, 3, 10), datetime(2026, 3, 25, 12, tzinfo=UTC))
    review.close()
    with only_one(told.data):
        build(told.data, datetime(2026, 3, 31, 9))
    assert believed(told, date(2026, 3, 19)) == ("OWNED", "marketing")
    assert believed(told, date(2026, 3, 20)) == ("SHARED", "shared")
    assert believed(told, date(2026, 3, 20), as_of=date(2026, 3, 14)) == ("OWNED", "marketing")
    assert believed(told, date(2026, 3, 25)) == believed(told, None) == ("OWNED", "it")
    assert believed(told, date(2026, 3, 24), as_of=date(2026, 3, 12)) == ("OWNED", "marketing")
    assert believed(told, None, as_of=date(2026, 3, 12)) == ("OWNED", "it")


def test_a_second_snapshot_of_a_register_ends_the_first_only_from_then_on(desk: Desk):
    first, second = sorted(FEDERAL.glob("dotgov__*.csv"))
    import_paths([FEDERAL / "dap_devices_daily.csv", first], desk.data, datetime(2026, 9, 1, 9))
    import_paths([second], desk.data, datetime(2026, 10, 1, 9))
    then = current(desk.data).rows("ownership/claims_known", known_before=datetime(2026, 9, 2))
    now = current(desk.data).rows("ownership/claims_known", known_before=None)
    assert len(then) > 0
    assert then["valid_to"].isna().all(), "the first snapshot alone ends nothing"
    assert set(now.loc[now["valid_to"].notna(), "valid_to"]) == set(now.loc[now["valid_to"].isna(), "valid_from"])
