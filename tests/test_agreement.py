"""Do the two sides agree, how long do gaps last, what changed hands, and what would a policy change?"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from commonground.questions import agreement, history
from commonground.scope import Scope

if TYPE_CHECKING:
    from desks import Desk

CHANNELS = "channel,kind,name,family\nsite,web,Site,site\napp,mobile,App,app\n"
ORGS = "org,side\nplatform,it\nbrand,marketing\nboard,joint\n"
DAYS = "day,channel,sessions,conversions,minutes_expected,minutes_up\n2026-01-01,site,100,5,1440,1440\n2026-03-31,site,100,5,1440,1440\n2026-03-31,app,50,1,1440,1400\n"
CLAIMS = """asserted_by,org,role,channel,metric,valid_from,valid_to
it,platform,A,site,sessions,2026-01-01,
marketing,brand,A,site,sessions,2026-01-01,
it,platform,A,site,uptime,2026-01-01,
marketing,platform,A,site,uptime,2026-01-01,
it,brand,A,site,conversions,2026-01-01,
marketing,platform,A,site,conversions,2026-01-01,
it,board,A,app,sessions,2026-02-01,
marketing,board,A,app,sessions,2026-03-01,
"""
SCOPE = """channel,metric,disposition,valid_from
site,sessions,required,2026-01-01
site,uptime,required,2026-01-01
site,conversions,required,2026-01-01
app,sessions,required,2026-01-01
app,uptime,required,2026-01-01
"""


@pytest.fixture
def told(desk: Desk) -> Desk:
    desk.give(channel=CHANNELS, org=ORGS, daily=DAYS, ownership_claim=CLAIMS, scope=SCOPE)
    return desk


def scope(as_of: str) -> Scope:
    return Scope(first_day=date(2026, 1, 1), last_day=date(2026, 3, 31), as_of=date.fromisoformat(as_of))


def said(told: Desk, as_of: str = "2026-03-31") -> dict[tuple[str, str], tuple[str, str, bool]]:
    rows = agreement.agreement(told.generation, scope(as_of))
    return {(r.channel, r.metric): (r.it_says, r.marketing_says, bool(r.agree)) for r in rows.itertuples()}


def test_each_sides_own_word_stands_beside_the_others(told: Desk):
    assert said(told) == {
        ("site", "sessions"): ("IT", "Marketing", False),
        ("site", "uptime"): ("IT", "IT", True),
        ("site", "conversions"): ("Marketing", "IT", False),
        ("app", "sessions"): ("Joint", "Joint", True),
        ("app", "uptime"): ("nobody", "nobody", True),
    }


def test_a_side_that_has_not_spoken_yet_says_nobody(told: Desk):
    assert said(told, "2026-02-15")["app", "sessions"] == ("Joint", "nobody", False)


def test_kappa_by_hand(told: Desk):
    """3 of 5 cells agree. IT says IT 2, Marketing 1, Joint 1, nobody 1; marketing says the same counts:
    expected (2x2 + 1 + 1 + 1) / 25 = 7/25; kappa = (15/25 - 7/25) / (18/25) = 8/18."""
    found = agreement.summary(agreement.agreement(told.generation, scope("2026-03-31"))).iloc[0]
    assert (found["cells"], found["same"], found["share"]) == (5, 3, 0.6)
    assert found["kappa"] == pytest.approx(8 / 18)


def test_kappa_is_not_told_where_one_label_occurs_alone():
    same = pd.DataFrame({"it_says": ["IT", "IT"], "marketing_says": ["IT", "IT"], "agree": [True, True]})
    assert agreement.kappa(same) is None


def test_the_channel_that_both_dispute_stands_on_top(told: Desk):
    by_channel = agreement.summary(agreement.agreement(told.generation, scope("2026-03-31")), by="channel")
    assert by_channel["group"].tolist() == ["site", "app"]


def test_every_pair_of_statements_is_counted_once(told: Desk):
    table = agreement.crossed(agreement.agreement(told.generation, scope("2026-03-31")))
    assert table.to_numpy().sum() == 5
    assert table.loc["IT", "Marketing"] == 1
    assert table.loc["Joint", "Joint"] == 1


def test_a_gap_lasts_from_its_first_day_to_the_first_owned_day(told: Desk):
    """app sessions: nobody from 1 January, one joint owner from 1 February: 31 days. The rest is still open."""
    runs = history.gap_runs(told.generation, date(2026, 3, 31)).set_index(["channel", "metric"])
    assert runs.loc[("app", "sessions"), "days"] == 31
    assert runs.loc[("app", "sessions"), "owned_on"] == pd.Timestamp("2026-02-01")
    assert pd.isna(runs.loc[("app", "uptime"), "owned_on"])
    assert runs.loc[("app", "uptime"), "days"] == 90
    found = history.time_to_owner(told.generation, scope("2026-03-31")).set_index("group")
    assert found.loc["Unowned", ["closed", "median_days", "open", "oldest_days"]].tolist() == [1, 31.0, 1, 90]
    assert found.loc["Contested", ["closed", "open", "oldest_days"]].tolist() == [0, 2, 90]


def test_a_gap_is_open_as_long_as_the_day_looked_at_lies_in_it(told: Desk):
    runs = history.gap_runs(told.generation, date(2026, 1, 10)).set_index(["channel", "metric"])
    assert pd.isna(runs.loc[("app", "sessions"), "owned_on"])
    assert runs.loc[("app", "sessions"), "days"] == 10


def test_what_changed_hands_between_two_days(told: Desk):
    changed = history.compared_days(told.generation, scope("2026-03-31"), date(2026, 1, 15))
    assert changed[["channel", "metric", "from_tag", "to_tag"]].to_numpy().tolist() == [["app", "sessions", "Unowned", "Shared"]]
    assert changed["to_owners"].tolist() == ["board"]
    assert history.compared_days(told.generation, scope("2026-03-31"), date(2026, 3, 30)).empty


def test_a_policy_closes_gaps_and_moves_owners(told: Desk):
    """Infrastructure to IT, customer metrics to marketing, mobile to both: both contests on the site close, app uptime too."""
    cells = history.what_if(told.generation, scope("2026-03-31")).set_index(["channel", "metric"])
    assert cells["then"].to_dict() == {
        ("site", "sessions"): "Marketing", ("site", "conversions"): "Marketing", ("site", "uptime"): "IT",
        ("app", "sessions"): "Shared", ("app", "uptime"): "Shared",
    }  # fmt: skip
    assert cells["closes_gap"].sum() == 3
    assert cells["changes_owner"].sum() == 0
    carried = history.carried(cells.reset_index()).set_index("tag")
    assert carried["now"].to_dict() == {"IT": 1, "Marketing": 0, "Shared": 1, "Contested": 2, "Unowned": 1}
    assert carried["then"].to_dict() == {"IT": 1, "Marketing": 2, "Shared": 2, "Contested": 0, "Unowned": 0}


def test_where_the_policy_is_silent_nothing_moves(told: Desk):
    policy = pd.DataFrame([("infrastructure", "web", "marketing")], columns=["concern", "kind", "expected"])
    cells = history.what_if(told.generation, scope("2026-03-31"), policy).set_index(["channel", "metric"])
    assert cells.loc[("site", "uptime"), "then"] == "Marketing"
    assert cells["changes_owner"].sum() == 1
    assert cells.loc[("app", "uptime"), "then"] == "Unowned"
