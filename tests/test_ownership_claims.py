"""Which claims about a cell win, which are overridden, ended or from a team that is gone? Flags of data, by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from commonground.questions import ask
from commonground.scope import Scope

if TYPE_CHECKING:
    from desks import Desk

CHANNEL = "channel,kind,name,family\nsite,web,Site,site\nshop,web,Shop,site\n"
ORG = "org,side,valid_to\ncloud,it,\nbrand,marketing,\nagency,other,\nformer,marketing,2026-02-01\n"
DAILY = "day,channel,device,sessions\n2026-03-01,site,desktop,900\n2026-03-01,site,tablet,95\n2026-03-01,site,console,5\n2026-03-01,shop,tablet,10\n"
SCOPE = "channel,metric,disposition,valid_from\nsite,sessions,required,2026-01-01\nshop,sessions,required,2026-01-01\n"
ON = Scope(first_day=date(2026, 3, 1), last_day=date(2026, 3, 1), as_of=date(2026, 3, 1))


def standing(desk: Desk, *claims: str) -> dict[str, str]:
    """The standing of each claim about the site's sessions, by its source."""
    head = "asserted_by,org,role,channel,metric,valid_from,valid_to,source\n"
    desk.give(channel=CHANNEL, org=ORG, daily=DAILY, scope=SCOPE, ownership_claim=head + "".join(f"{claim}\n" for claim in claims))
    rows = ask(desk.generation, "claims", Scope(as_of=date(2026, 3, 1), channels=("site",), metrics=("sessions",)))
    return dict(zip(rows["source"], rows["standing"], strict=True))


def test_the_most_specific_claim_of_a_side_wins_over_its_general_ones(desk: Desk):
    assert standing(
        desk, "it,cloud,A,site,sessions,,,cell", "it,brand,A,site,*,,,channel", "it,brand,A,*,sessions,,,metric", "it,brand,A,*,*,,,all", "it,cloud,A,shop,*,,,elsewhere"
    ) == {"cell": "winning", "channel": "overridden", "metric": "overridden", "all": "overridden"}


def test_one_sides_specific_claim_overrides_the_others_general_one(desk: Desk):
    assert standing(desk, "it,cloud,A,site,sessions,,,specific", "marketing,brand,A,site,*,,,general") == {"specific": "winning", "general": "overridden"}


def test_two_sides_equally_specific_both_win(desk: Desk):
    assert standing(desk, "it,cloud,A,site,*,,,one", "marketing,brand,A,site,*,,,other") == {"one": "winning", "other": "winning"}


def test_claims_of_the_past_of_the_future_and_of_teams_that_are_gone_say_so(desk: Desk):
    assert standing(
        desk, "marketing,former,A,site,sessions,,,gone", "marketing,brand,A,site,sessions,,2026-03-01,past", "it,cloud,A,site,sessions,2026-03-02,,future",
        "it,nobody knows,R,site,sessions,,,unknown", "it,,A,site,*,,,nobody", "marketing,brand,A,site,sessions,2026-02-01,2026-02-01,empty",
    ) == {"gone": "org gone", "past": "ended", "future": "to come", "unknown": "org gone", "nobody": "overridden", "empty": "ended"}  # fmt: skip


def test_an_agency_that_is_called_accountable_counts_as_responsible(desk: Desk):
    """So it overrides nobody's accountability, and stands among the responsible of its side."""
    assert standing(desk, "marketing,agency,A,site,sessions,,,agency", "marketing,brand,A,site,*,,,general", "marketing,brand,R,site,*,,,work") == {
        "agency": "outside", "general": "winning", "work": "overridden",
    }  # fmt: skip


def flags(desk: Desk, **files: str) -> dict[str, list[str]]:
    desk.give(channel=CHANNEL, daily=DAILY, scope=SCOPE, ownership="channel,metric,owner\nsite,*,marketing\nshop,*,marketing\n", **files)
    rows = ask(desk.generation, "ownership", ON)
    return {channel: text.split(";") for channel, text in zip(rows["channel"], rows["flags"], strict=True)}


@pytest.mark.parametrize(("tested", "has_gap"), [
    (["desktop,2026-02-01"], True),
    (["desktop,2026-02-01", "tablet,2026-02-01"], False),
    (["desktop,2026-02-01", "tablet,2026-03-02"], True),
])  # fmt: skip
def test_a_device_that_nobody_tested_is_a_gap_from_one_percent_of_the_sessions_on(desk: Desk, tested: list[str], has_gap: bool):
    """Tablets bring 9.5 %; consoles 0.5 %, which is too little. The shop names no devices: nothing is said of it."""
    items = "".join(f"site,technology,device: {row}\n" for row in tested)
    found = flags(desk, checklist_item=f"channel,side,item,done_on\n{items}site,customer,Texts read,2026-02-01\n")
    assert ("DEVICE_GAP" in found["site"]) == has_gap
    assert "DEVICE_GAP" not in found["shop"]


def test_a_grant_for_every_metric_of_a_channel_meets_a_need(desk: Desk):
    need = "org,channel,metric\nmarketing,site,sessions\nmarketing,shop,*\n"
    found = flags(desk, need=need, access_grant="org,channel,metric\nmarketing,site,*\n")
    assert "NO_ACCESS" not in found["site"]
    assert "NO_ACCESS" in found["shop"]


def test_what_was_refused_and_what_nobody_answered_is_flagged_and_an_answer_ends_it(desk: Desk):
    """A refusal in January; a request that waits since 1 February (28 days). A later refusal replaces waiting."""
    rows = "r1,marketing,it,2026-01-05,site,sessions,2026-01-06,Refused\nr2,marketing,it,2026-02-01,shop,,,\nr3,marketing,it,2026-02-25,site,sessions,,\n"
    found = flags(desk, request="request,from_side,to_side,opened_on,channel,metric,decided_on,decision\n" + rows)
    assert "REFUSED" in found["site"]
    assert "UNANSWERED" not in found["site"], "four days are not long"
    assert "UNANSWERED" in found["shop"]
