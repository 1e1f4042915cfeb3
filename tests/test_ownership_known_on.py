"""What did we believe when? A claim that comes in later does not rewrite what a meeting saw."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from commonground.build import build, only_one
from commonground.cli import main
from commonground.importing import import_paths
from commonground.questions import ask
from commonground.questions.believed import settled
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
    assert told.ask("ownership", as_of="2026-03-31", known_on=date(2026, 1, 31)).empty, "nothing had come in, not even that it needs an owner"


def test_a_day_after_which_nothing_was_learnt_is_asked_as_now(told: Desk):
    kept = {day: settled(told.generation, Scope(known_on=date(2026, 3, day))).known_on for day in (9, 10, 11)}
    assert kept == {9: date(2026, 3, 9), 10: None, 11: None}, "the register changed its mind on 10 March"
    review = Review.open(told.data)
    offered = review.propose("website", "sessions", "it", date(2026, 4, 1), "why", Person("Ada", "it"), datetime(2026, 3, 12, tzinfo=UTC))
    review.sign(offered.id, Person("Ben", "marketing"), datetime(2026, 3, 12, 8, tzinfo=UTC))
    review.close()
    with only_one(told.data):
        build(told.data, datetime(2026, 3, 12, 9))
    assert settled(current(told.data), Scope(known_on=date(2026, 3, 11))).known_on == date(2026, 3, 11), "the signature of 12 March was not known"


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
    then = current(desk.data).rows("ownership/known_claim", known_before=datetime(2026, 9, 2))
    now = current(desk.data).rows("ownership/known_claim", known_before=None)
    assert len(then) > 0
    assert then["valid_to"].isna().all(), "the first snapshot alone ends nothing"
    assert set(now.loc[now["valid_to"].notna(), "valid_to"]) == set(now.loc[now["valid_to"].isna(), "valid_from"])


def test_the_page_reads_a_past_belief_and_changes_nothing(told: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COMMONGROUND_DATA", str(told.data))
    for known_on, says, can_propose in (("2026-01-31", "Nothing about ownership was known at the end of 31 Jan 2026", False),
                                        ("2026-02-15", "The ledger as it was believed at the end of 15 Feb 2026", False), ("", "", True)):  # fmt: skip
        app = AppTest.from_file(str(FEDERAL.parent.parent / "app.py"), default_timeout=60)
        if known_on:
            app.query_params["known_on"] = known_on
        page = app.switch_page("pages/together/ownership_gaps.py").run()
        assert [e.message for e in page.exception] == []
        assert [w.value.startswith(says) for w in page.warning] == [True] * bool(known_on)
        assert any(button.label == "Propose" for button in page.button) == can_propose


# --- what a meeting saw, in random worlds ----------------------------------------------------------

SEEN_ON = date(2026, 1, 20)
ASKED = ("ownership", "ownership_spells", "channel_tags", "claims", "agreement", "gaps", "what_if", "checklists", "requests", "time_to_owner", "ownership_changes", "ownership_coverage")
MONEY = ["spend", "revenue_exposed", "shortfall", "incident_loss", "priced"]
"""Numbers have one clock: money is that of the numbers that are known today."""


def table(head: str, rows: list[tuple[object, ...]]) -> str:
    return "\n".join([head, *dict.fromkeys(",".join(map(str, row)) for row in rows)]) + "\n"


def exports(draw: Random, channels: list[str]) -> dict[str, str]:
    """What comes in at one time: some files, in any mixture, about the channels that are known by then."""

    def some(most: int, *columns: list[object]) -> list[tuple[object, ...]]:
        return [tuple(draw.choice(column) for column in columns) for _ in range(draw.randint(1, most))]

    days = [f"2026-01-{n:02}" for n in range(1, 26, 3)]
    begins, ends, where, what = ["", "", *days[:5]], ["", "", "", *days[5:]], [*channels, *channels, "*"], ["sessions", "sessions", "uptime", "*"]
    orgs = ["cloud", "brand", "council", "agency", "it", "marketing", "shared", "unheard of", ""]
    files = {
        "channel.csv": table("channel,kind,family", [(name, draw.choice(["web", "web", "mobile"]), name) for name in channels]),
        "org.csv": table("org,side,valid_from,valid_to", [
            (name, draw.choice([side, side, "it"]), draw.choice(begins), draw.choice(ends))
            for name, side in (("cloud", "it"), ("brand", "marketing"), ("council", "joint"), ("agency", "other")) if draw.random() < 0.8
        ] or [("cloud", "it", "", "")]),
        "ownership_claim.csv": table("asserted_by,org,role,channel,metric,valid_from,valid_to", some(6, ["it", "marketing", "register"], orgs, ["A", "A", "R"], where, what, begins, ends)),
        "register.csv": table("asserted_by,org,role,channel,metric,valid_from,valid_to", some(3, ["register"], orgs, ["A"], where, what, begins, ends)),
        "scope.csv": table("channel,metric,disposition,valid_from,valid_to", some(3, where, what, ["required", "required", "exempt"], begins, ends)),
        "policy.csv": table("concern,kind,expected,valid_from", some(3, ["customer", "infrastructure"], ["web", "mobile", "*"], ["it", "marketing", "joint"], begins)),
        "daily.csv": table("day,channel,sessions,minutes_expected,minutes_up", [
            (day, name, 10, *up) for name in channels for day in draw.sample(days, 3) for up in [draw.choice([("", ""), (1440, 1440), (1440, "")])]
        ]),
        "need.csv": table("org,channel,metric,max_lag_days,valid_from", some(2, ["brand"], channels, what, ["", 2], begins)),
        "access_grant.csv": table("org,channel,metric,valid_from", some(2, ["brand"], where, what, begins)),
        "request.csv": table("request,from_side,to_side,opened_on,channel,metric,decided_on,decision", [
            (f"r{n}", "it", "marketing", draw.choice(days[:4]), draw.choice(channels), draw.choice(["sessions", ""]), *draw.choice([("", ""), ("2026-01-18", "refused")])) for n in range(2)
        ]),
        "checklist_item.csv": table("channel,side,item,done_on", some(4, channels, ["technology", "customer"], ["one", "two"], ["", "2026-01-05"])),
        "glossary.csv": table("term,side,meaning,metric,agreed_on", [("visit", side, draw.choice(["a", "b"]), "sessions", draw.choice(["", "2026-01-01"])) for side in ("it", "marketing")]),
    }  # fmt: skip
    return {name: text for name, text in files.items() if name == "channel.csv" or draw.random() < 0.55}


def answers(desk: Desk, known_on: date | None) -> dict[str, pd.DataFrame]:
    """All that the ledger says of two days, as believed now or at the end of a day."""
    found = {}
    for name in ASKED:
        for day in (9, 25):
            scope = Scope(first_day=date(2026, 1, 1), last_day=SEEN_ON, as_of=date(2026, 1, day), known_on=known_on)
            rows = ask(desk.generation, name, scope).drop(columns=MONEY, errors="ignore")
            found[f"{name} on {day}"] = rows.sort_values(list(rows.columns), ignore_index=True).astype(str)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_what_a_meeting_saw_is_what_is_said_when_its_day_is_asked_for(desk: Desk, seed: int):
    meetings(desk, Random(seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6, 48))
def test_what_a_meeting_saw_in_more_worlds(desk: Desk, seed: int):
    meetings(desk, Random(seed))


def meetings(desk: Desk, draw: Random) -> None:
    """Three times something comes in, and sometimes a decision is signed. Each time all answers are written down; at the end they are asked for again."""
    seen, known = {}, 1
    for day in (1, 2, 3):
        known = max(known, draw.choice([1, 2]))
        for name, text in exports(draw, ["site", "app"][:known]).items():
            desk.write(name, text)
        import_paths([desk.folder], desk.data, datetime(2026, 2, day, 9))
        if draw.random() < 0.4:
            review = Review.open(desk.data)
            made = review.propose("site", draw.choice(["sessions", "*"]), draw.choice(["it", "shared"]), date(2026, 1, draw.choice([5, 15])), "We agreed",
                                  Person("Ada", "it"), datetime(2026, 2, day, 11, tzinfo=UTC))  # fmt: skip
            review.sign(made.id, Person("Grace", "marketing"), datetime(2026, 2, day, 12, tzinfo=UTC))
            review.close()
            with only_one(desk.data):
                build(desk.data, datetime(2026, 2, day, 13))
        seen[date(2026, 2, day)] = answers(desk, None)
    for day, then in seen.items():
        now = answers(desk, day)
        for what, rows in then.items():
            pd.testing.assert_frame_equal(now[what], rows, obj=f"{what}, known on {day}")
    for rows in answers(desk, date(2026, 1, 31)).values():
        assert rows.empty, "nothing had come in"
