"""What do people decide, who may, and what follows from it? Answers by hand, on both databases."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import types
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from commonground.review import Claim, End, Person, Proposal, Review, ReviewError

if TYPE_CHECKING:
    from review_fixtures import Home

pytest_plugins = ("review_fixtures",)

ADA = Person("Ada", "it")
BEN = Person("Ben", "marketing")
CLEO = Person("Cleo", "marketing")
APRIL = date(2026, 4, 1)
JUNE = date(2026, 6, 1)

SPAWN = multiprocessing.get_context("spawn")
WRITERS = 8
PROPOSALS_EACH = 25


@pytest.fixture(autouse=True)
def nobodys_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page tested before leaves the app as the main module, and the processes that are started here would run it."""
    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))



def at(day: int, hour: int = 10) -> datetime:
    """A moment in March 2026."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def propose(review: Review, owner: str = "marketing", **changes: object) -> Proposal:
    """Ada of IT proposes on 2 March that marketing owns the web's conversion rate from April."""
    given = {
        "channel": "web",
        "metric": "conversion_rate",
        "owner": owner,
        "effective_from": APRIL,
        "reason": "They run the checkout tests.",
        "person": ADA,
        "now": at(2),
    }
    return review.propose(**given | changes)  # type: ignore[arg-type]


def decide(review: Review, signed_on: int, **changes: object) -> Proposal:
    return review.sign(propose(review, **changes).id, BEN, at(signed_on))


# What people do


def test_a_proposal_is_open_until_somebody_answers(review: Review) -> None:
    made = propose(review, orgs=["Growth"])

    assert review.proposals() == [made]
    assert made == Proposal(
        id=1,
        channel="web",
        metric="conversion_rate",
        owner="marketing",
        orgs=("Growth",),
        effective_from=APRIL,
        reason="They run the checkout tests.",
        proposed_by="Ada",
        proposed_side="it",
        proposed_at=at(2),
        status="open",
        closed_by=None,
        closed_side=None,
        closed_at=None,
        closed_text=None,
        verified=False,
    )


def test_the_other_side_signs(review: Review) -> None:
    signed = review.sign(propose(review).id, BEN, at(3))

    assert (signed.status, signed.closed_by, signed.closed_side) == ("signed", "Ben", "marketing")
    assert signed.closed_at == at(3)
    assert review.decisions() == [signed]


def test_the_proposing_side_cannot_answer_itself(review: Review) -> None:
    made = propose(review)
    colleague = Person("Abel", "it")

    with pytest.raises(ReviewError, match="IT made proposal 1: it is for the other side"):
        review.sign(made.id, colleague, at(3))
    with pytest.raises(ReviewError, match="for the other side"):
        review.decline(made.id, colleague, "Not now.", at(3))
    assert review.proposals() == [made]


def test_declining_needs_a_reason(review: Review) -> None:
    made = propose(review)
    with pytest.raises(ReviewError, match="The reason for declining is missing"):
        review.decline(made.id, BEN, "  ", at(3))

    declined = review.decline(made.id, BEN, "We lack the people.", at(3))
    assert (declined.status, declined.closed_text) == ("declined", "We lack the people.")
    assert review.claims() == []


def test_only_the_side_that_proposed_withdraws(review: Review) -> None:
    made = propose(review)
    with pytest.raises(ReviewError, match="Only IT can withdraw proposal 1"):
        review.withdraw(made.id, BEN, at(3))

    assert review.withdraw(made.id, Person("Abel", "it"), at(3)).status == "withdrawn"


def test_a_closed_proposal_stays_closed_and_says_who_closed_it(review: Review) -> None:
    made = decide(review, signed_on=3)

    for answer in (
        lambda: review.sign(made.id, CLEO, at(4)),
        lambda: review.decline(made.id, CLEO, "No.", at(4)),
        lambda: review.withdraw(made.id, ADA, at(4)),
    ):
        with pytest.raises(
            ReviewError, match=r"closed: Ben \(Marketing\) signed it on 2026-03-03 at 10:00 UTC"
        ):
            answer()
    assert len(review.events()) == 2


def test_the_log_tells_who_said_what_and_when(review: Review) -> None:
    first = propose(review)
    review.decline(first.id, BEN, "Not before the relaunch.", at(3))
    second = propose(review, now=at(4))

    told = [(line.proposal, line.kind, line.person, line.at, line.text) for line in review.events()]
    assert told == [
        (1, "proposed", "Ada", at(2), "They run the checkout tests."),
        (1, "declined", "Ben", at(3), "Not before the relaunch."),
        (2, "proposed", "Ada", at(4), "They run the checkout tests."),
    ]
    assert [line.id for line in review.events(second.id)] == [3]


def test_a_person_verified_later_does_not_verify_what_was_said_before(review: Review) -> None:
    before = decide(review, signed_on=3)
    after = propose(review, person=ADA._replace(verified=True), now=at(5))
    signed = review.sign(after.id, BEN._replace(verified=True), at(6))

    assert [before.verified, signed.verified] == [False, True]
    assert [decision.verified for decision in review.decisions()] == [False, True]
    assert review.claims()[-1].source.endswith("on 2026-03-06, verified")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"channel": " "}, "The channel is missing"),
        ({"metric": ""}, "The metric is missing"),
        ({"reason": "\n"}, "The reason is missing"),
        ({"reason": "x" * 4001}, "4001 characters; 4000 is the most"),
        ({"reason": "a\0b"}, "no text"),
        ({"owner": "finance"}, "Unknown owner 'finance'; known are it, marketing, shared"),
        ({"person": Person("Ada", "finance")}, "Unknown side 'finance'"),  # type: ignore[arg-type]
        ({"person": Person("", "it")}, "The person's name is missing"),
        ({"now": datetime(2026, 3, 2)}, "time zone"),
        ({"orgs": ["Growth", "Web"]}, "One org is accountable"),
    ],
)
def test_what_cannot_be_understood_is_refused_in_words(
    review: Review, changes: dict[str, object], says: str
) -> None:
    with pytest.raises(ReviewError, match=says):
        propose(review, **changes)
    assert review.proposals() == []
    assert review.events() == []


def test_unknown_names_raise(review: Review) -> None:
    with pytest.raises(ReviewError, match="There is no proposal 7"):
        review.sign(7, BEN, at(3))
    with pytest.raises(ReviewError, match="Unknown status 'pending'"):
        review.proposals("pending")  # type: ignore[arg-type]


def test_nobody_answers_before_it_was_asked(review: Review) -> None:
    made = propose(review)
    with pytest.raises(ReviewError, match="not yet made"):
        review.sign(made.id, BEN, at(1))


def test_any_text_comes_back_as_it_was_written(review: Review) -> None:
    text = "Größe; \"quoted\", 'single', 10 % :name 漢字 🙂\nsecond line"
    assert propose(review, reason=text, channel="o'hare").reason == text
    assert review.proposals(channel="o'hare")[0].reason == text


# What was known when


def test_proposals_are_found_by_status_channel_and_metric(review: Review) -> None:
    web = decide(review, signed_on=3)
    app = propose(review, channel="app", metric="*")

    assert review.proposals(status="open") == [app]
    assert review.proposals(channel="web") == [web]
    assert review.proposals(metric="*") == [app]
    assert review.proposals(status="signed", channel="app") == []


def test_a_day_knows_nothing_of_the_days_after_it(review: Review) -> None:
    propose(review, now=at(2, 10))
    review.sign(1, BEN, at(5, 16))

    status = {
        day: [p.status for p in review.proposals(known_on=date(2026, 3, day))]
        for day in (1, 2, 4, 5)
    }
    assert status == {1: [], 2: ["open"], 4: ["open"], 5: ["signed"]}
    assert review.claims(known_on=date(2026, 3, 4)) == []
    assert review.ends(known_on=date(2026, 3, 4)) == []
    assert len(review.claims(known_on=date(2026, 3, 5))) == 2
    assert [line.kind for line in review.events(known_on=date(2026, 3, 4))] == ["proposed"]


def test_a_moment_knows_what_happened_up_to_it(review: Review) -> None:
    decide(review, signed_on=5)

    assert review.decisions(known_on=at(5, 10) - timedelta(seconds=1)) == []
    assert len(review.decisions(known_on=at(5, 10))) == 1


def test_a_moment_in_any_time_zone_is_the_same_moment(review: Review) -> None:
    tokyo = timezone(timedelta(hours=9))
    made = propose(review, now=datetime(2026, 3, 2, 19, tzinfo=tokyo))

    assert made.proposed_at == at(2, 10)


# What follows from a decision


def test_a_decision_is_a_pair_of_claims_and_an_end(review: Review) -> None:
    decide(review, signed_on=5, orgs=["Growth"])

    source = (
        "Decision 1, proposed by Ada (IT), signed by Ben (Marketing) on 2026-03-05, not verified"
    )
    cell = (
        "Growth",
        "A",
        "web",
        "conversion_rate",
        APRIL,
        None,
        source,
        datetime(2026, 3, 5, 10),
        1,
    )
    assert review.claims() == [Claim("it", *cell), Claim("marketing", *cell)]
    assert review.ends() == [End("web", "conversion_rate", APRIL, datetime(2026, 3, 5, 10), 1)]


@pytest.mark.parametrize(
    ("owner", "orgs", "claimed"),
    [
        ("it", [], ["it"]),
        ("marketing", [], ["marketing"]),
        ("shared", [], ["shared"]),
        ("shared", ["Web council"], ["Web council"]),
        ("shared", ["Platform", "Growth"], ["Platform", "Growth"]),
    ],
)
def test_each_side_asserts_every_accountable_org(
    review: Review, owner: str, orgs: list[str], claimed: list[str]
) -> None:
    decide(review, signed_on=5, owner=owner, orgs=orgs)

    said = [(claim.asserted_by, claim.org) for claim in review.claims()]
    assert said == [(side, org) for side in ("it", "marketing") for org in claimed]


def test_open_declined_and_withdrawn_proposals_claim_nothing(review: Review) -> None:
    propose(review)
    review.decline(propose(review).id, BEN, "No.", at(3))
    review.withdraw(propose(review).id, ADA, at(3))

    assert review.claims() == review.ends() == []


def test_a_later_decision_ends_the_earlier_one(review: Review) -> None:
    decide(review, signed_on=5, owner="marketing", effective_from=APRIL)
    decide(review, signed_on=6, owner="it", effective_from=JUNE)

    periods = {(claim.org, claim.valid_from, claim.valid_to) for claim in review.claims()}
    assert periods == {("marketing", APRIL, JUNE), ("it", JUNE, None)}
    assert [(end.day, end.decision) for end in review.ends()] == [(APRIL, 1), (JUNE, 2)]
    # before the second signature the first had no end
    assert {claim.valid_to for claim in review.claims(known_on=date(2026, 3, 5))} == {None}


def test_the_order_of_signing_counts_not_the_order_of_proposing(review: Review) -> None:
    first, second = propose(review, owner="marketing"), propose(review, owner="it")
    review.sign(second.id, BEN, at(5))
    review.sign(first.id, BEN, at(6))

    assert {claim.org for claim in review.claims()} == {"marketing"}


def test_a_decision_replaced_before_its_first_day_never_comes_into_force(review: Review) -> None:
    decide(review, signed_on=5, owner="marketing", effective_from=JUNE)
    decide(review, signed_on=6, owner="it", effective_from=APRIL)

    periods = {(claim.org, claim.valid_from, claim.valid_to) for claim in review.claims()}
    assert periods == {("it", APRIL, None)}
    assert [end.day for end in review.ends()] == [APRIL]
    assert [decision.owner for decision in review.decisions()] == ["marketing", "it"]


def test_three_decisions_in_a_row_leave_no_hole_and_no_overlap(review: Review) -> None:
    decide(review, signed_on=5, owner="marketing", effective_from=date(2026, 4, 1))
    decide(review, signed_on=6, owner="it", effective_from=date(2026, 8, 1))
    decide(review, signed_on=7, owner="shared", effective_from=date(2026, 6, 1))

    periods = {(claim.org, claim.valid_from, claim.valid_to) for claim in review.claims()}
    assert periods == {
        ("marketing", date(2026, 4, 1), date(2026, 6, 1)),
        ("shared", date(2026, 6, 1), None),
    }


def test_decisions_on_other_cells_do_not_meet(review: Review) -> None:
    decide(review, signed_on=5, metric="*")
    decide(review, signed_on=6, owner="it")

    assert {(claim.metric, claim.org, claim.valid_to) for claim in review.claims()} == {
        ("*", "marketing", None),
        ("conversion_rate", "it", None),
    }


# Many at once


def _open_and_propose(home: Home, writer: int) -> list[int]:
    review = home.open()
    person = Person(f"Writer {writer}", "it" if writer % 2 else "marketing")
    made = [
        propose(review, person=person, metric=f"m{number}", now=at(2) + timedelta(seconds=number))
        for number in range(PROPOSALS_EACH)
    ]
    review.close()
    return [proposal.id for proposal in made]


def test_eight_writers_that_start_together_lose_nothing(home: Home) -> None:
    """They also make the store: it does not exist when they start."""
    with ProcessPoolExecutor(WRITERS, mp_context=SPAWN) as pool:
        ids = [
            proposal_id
            for made in pool.map(_open_and_propose, [home] * WRITERS, range(WRITERS))
            for proposal_id in made
        ]

    review = home.open()
    proposals = review.proposals(status="open")
    assert len(proposals) == len(set(ids)) == WRITERS * PROPOSALS_EACH
    assert {proposal.id for proposal in proposals} == set(ids)
    assert len(review.events()) == WRITERS * PROPOSALS_EACH
    with review.engine.connect() as connection:
        assert connection.scalar(sa.text("select count(*) from person")) == WRITERS
        assert connection.scalar(sa.text("select count(*) from review_schema")) == 1
    review.close()


@pytest.mark.parametrize("number", range(5))
def test_of_a_signature_and_a_refusal_at_once_exactly_one_wins(review: Review, number: int) -> None:
    made = propose(review)
    together = threading.Barrier(WRITERS)

    def answer(person_number: int) -> str:
        person = Person(f"M{person_number}", "marketing")
        together.wait()
        try:
            if person_number % 2:
                return review.sign(made.id, person, at(3)).status
            return review.decline(made.id, person, "No.", at(3)).status
        except ReviewError as error:
            return str(error)

    with ThreadPoolExecutor(WRITERS) as pool:
        outcomes = list(pool.map(answer, range(WRITERS)))

    won = [outcome for outcome in outcomes if outcome in ("signed", "declined")]
    assert len(won) == 1
    assert sum("Proposal 1 is closed" in outcome for outcome in outcomes) == WRITERS - 1
    assert [line.kind for line in review.events(made.id)] == ["proposed", *won]


def test_the_database_itself_refuses_a_second_answer(review: Review) -> None:
    decide(review, signed_on=3)
    second = sa.text(
        "insert into proposal_event (proposal, kind, person, at, text) "
        "values (1, 'declined', 1, '2026-03-04 10:00:00', 'No.')"
    )
    with pytest.raises(sa.exc.IntegrityError), review.engine.begin() as connection:
        connection.execute(second)


def test_the_database_itself_refuses_an_event_of_no_proposal(review: Review) -> None:
    propose(review)
    stray = sa.text(
        "insert into proposal_event (proposal, kind, person, at, text) "
        "values (99, 'declined', 1, '2026-03-04 10:00:00', 'No.')"
    )
    with pytest.raises(sa.exc.IntegrityError), review.engine.begin() as connection:
        connection.execute(stray)


def _stop_between_proposal_and_event(home: Home, signal_file: str) -> None:
    review = home.open()

    @sa.event.listens_for(review.engine, "before_cursor_execute")
    def wait_forever(_conn, _cursor, statement, *_rest) -> None:  # type: ignore[no-untyped-def]
        if statement.lower().startswith("insert into proposal_event"):
            Path(signal_file).touch()
            time.sleep(600)

    propose(review, reason="half")


def test_a_writer_killed_in_the_middle_leaves_no_half(home: Home, tmp_path: Path) -> None:
    review = home.open()
    propose(review, reason="whole")
    reached = tmp_path / "reached"
    writer = SPAWN.Process(target=_stop_between_proposal_and_event, args=(home, str(reached)))
    writer.start()
    deadline = time.monotonic() + 30
    while not reached.exists():
        assert writer.is_alive() and time.monotonic() < deadline, "the writer never got there"
        time.sleep(0.01)

    # readers do not wait for the writer
    assert [proposal.reason for proposal in review.proposals()] == ["whole"]
    assert writer.pid is not None
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()

    assert [proposal.reason for proposal in review.proposals()] == ["whole"]
    after = propose(review, reason="after")
    assert [proposal.reason for proposal in review.proposals()] == ["whole", "after"]
    assert [line.proposal for line in review.events()] == [1, after.id]
    review.close()


@pytest.mark.postgres
def test_a_writer_that_falls_silent_loses_its_turn(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commonground.review.engines.SILENT_SECONDS", 1)
    review = Review.open(tmp_path, postgres_url)
    with pytest.raises(ReviewError, match="busy or out of reach"), review._writing():
        assert propose(review, reason="another").reason == "another"
    assert len(review.proposals()) == 1
    review.close()


def test_a_writer_that_waits_too_long_is_told_so(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commonground.review.engines.WAIT_SECONDS", 1)
    review = home.open()
    with review._writing(), pytest.raises(ReviewError, match="busy or out of reach"):
        propose(review)
    propose(review)
    review.close()


# The store as a file or a database


def test_opening_again_finds_everything_and_changes_nothing(home: Home) -> None:
    first = home.open()
    made = decide(first, signed_on=3)
    first.close()

    second = home.open()
    assert second.proposals() == [made]
    second.close()


def test_a_store_of_a_newer_program_is_refused_and_left_alone(home: Home) -> None:
    review = home.open()
    with review.engine.begin() as connection:
        connection.execute(sa.text("insert into review_schema values (2)"))
    review.close()

    with pytest.raises(ReviewError, match="A newer Common Ground wrote this review store"):
        home.open()


def test_the_sqlite_file_lives_beside_the_data_in_wal_mode(tmp_path: Path) -> None:
    review = Review.open(tmp_path / "not" / "yet")
    with review.engine.connect() as connection:
        assert connection.scalar(sa.text("pragma journal_mode")) == "wal"
        assert connection.scalar(sa.text("pragma foreign_keys")) == 1
    assert (tmp_path / "not" / "yet" / "review.sqlite").exists()
    review.close()


@pytest.mark.postgres
def test_the_environment_names_the_postgres_store(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONGROUND_REVIEW_URL", postgres_url)
    review = Review.open(tmp_path)
    propose(review)
    review.close()

    assert list(tmp_path.iterdir()) == []
    again = Review.open(tmp_path)
    assert len(again.proposals()) == 1
    again.close()


@pytest.mark.parametrize("url", ["mysql://there/review", "not an address"])
def test_other_addresses_are_refused_in_words(url: str, tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match="COMMONGROUND_REVIEW_URL"):
        Review.open(tmp_path, url)


def test_an_address_that_does_not_answer_hides_the_password(tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match="cannot be opened") as refusal:
        Review.open(tmp_path, "postgresql://review:secret@127.0.0.1:1/review")
    assert "secret" not in str(refusal.value)
