"""Who owns what, on which day? The spells of the query against a slow reference, and by hand."""

import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commonground.build import build
from commonground.catalogue import catalogue
from commonground.importing import import_paths
from commonground.questions import ask
from commonground.scope import Scope as OneScope
from commonground.store import current
from tests.ownership_reference import (
    Claim,
    Org,
    Policy,
    Scope,
    Verdict,
    World,
    channel_tag,
    horizon,
    statement,
    verdict,
)

OWNERSHIP = Path(__file__).parents[1] / "queries" / "ownership"
SPELLS = (OWNERSHIP / "spells.sql").read_text()
STATEMENTS = (OWNERSHIP / "statements.sql").read_text()
CHANNEL_TAGS = (OWNERSHIP / "channel_tags.sql").read_text()

DAY = date(2026, 3, 1)
LAST = 9  # worlds are ten days long
CHANNELS = {"web": "web", "app": "mobile"}
METRICS = {"uptime": "infrastructure", "leads": "customer"}
MAP_SECONDS_ALLOWED = 0.15  # of processor time too
SECONDS_ALLOWED = 20  # of processor time: a busy machine must not fail it

TABLES = """
create table channel (channel varchar, kind varchar, family varchar);
create table channel_kind (channel varchar, kind varchar, place bigint, load bigint, known_from timestamp, known_to timestamp);
create table metric (metric varchar, concern varchar);
create table org (org varchar, side varchar, valid_from date, valid_to date, known_from timestamp, known_to timestamp);
create table ownership_claim (claim bigint, asserted_by varchar, org varchar, role varchar, channel varchar, metric varchar,
                              valid_from date, valid_to date, known_from timestamp, known_to timestamp);
create table scope (channel varchar, metric varchar, disposition varchar, reason varchar, valid_from date, valid_to date,
                    known_from timestamp, known_to timestamp);
create table policy (concern varchar, kind varchar, expected varchar, valid_from date, valid_to date,
                     known_from timestamp, known_to timestamp);
create table cell_begun (channel varchar, metric varchar, first_day date, known_from timestamp);
create table ownership_spell (channel varchar, metric varchar, valid_from date, valid_to date, state varchar, tag varchar,
                              owners varchar, flags varchar, state_since date, gap_since date);
"""
IS_KNOWN = "".join(
    one.query
    for one in duckdb.extract_statements((OWNERSHIP.parent / "schema.sql").read_text())
    if "create macro" in one.query
)


def day(offset: int) -> date:
    return DAY + timedelta(days=offset)


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        con.execute("set threads = 2")
        con.execute(TABLES + IS_KNOWN)
        yield con


def load(con, world: World, known=None, known_before: datetime | None = None) -> None:
    """Fill the tables with a world; `known` says from when to when its rows were believed, in turn."""
    known = known or [(None, None)]

    def believed(n: int) -> tuple[datetime | None, datetime | None]:
        return known[n % len(known)]

    rows = {
        "channel": [(name, kind, kind) for name, kind in world.channels.items()],
        "channel_kind": [(name, kind, 2, 1, None, None) for name, kind in world.channels.items()],
        "metric": list(world.metrics.items()),
        "org": [
            (o.org, o.side, o.valid_from, o.valid_to, *believed(n)) for n, o in enumerate(world.orgs)
        ],
        "ownership_claim": [
            (n, c.asserted_by, c.org, c.role, c.channel, c.metric, c.valid_from, c.valid_to, *believed(n))
            for n, c in enumerate(world.claims)
        ],
        "scope": [
            (s.channel, s.metric, s.disposition, None, s.valid_from, s.valid_to, *believed(n))
            for n, s in enumerate(world.scopes)
        ],
        "policy": [
            (p.concern, p.kind, p.expected, p.valid_from, p.valid_to, *believed(n))
            for n, p in enumerate(world.policies)
        ],
        "cell_begun": [
            (c, m, first, believed(n)[0]) for n, (c, m, first) in enumerate(world.observed)
        ],
    }
    for table, values in rows.items():
        con.execute(f"delete from {table}")
        if values:
            con.executemany(
                f"insert into {table} values ({', '.join('?' * len(values[0]))})", values
            )
    con.execute("delete from ownership_spell")
    con.execute(f"insert into ownership_spell by name {SPELLS}", {"known_before": known_before})


def expanded(rows, first: date, last: date) -> dict:
    """One entry per key and day; a second spell on the same day is an error."""
    found: dict = {}
    for key, valid_from, valid_to, value in rows:
        assert valid_from is not None and (valid_to is None or valid_from < valid_to)
        today = max(valid_from, first)
        while today <= last and (valid_to is None or today < valid_to):
            assert (key, today) not in found, f"two spells of {key} on {today}"
            found[key, today] = value
            today += timedelta(days=1)
    return found


def spells_by_day(con, first: date, last: date) -> dict:
    rows = con.sql(
        "select channel, metric, valid_from, valid_to, state, tag, owners, flags from ownership_spell"
    ).fetchall()
    return expanded(((r[:2], r[2], r[3], Verdict(*r[4:])) for r in rows), first, last)


def tags_by_day(con, first: date, last: date) -> dict:
    rows = con.sql(f"select channel, valid_from, valid_to, tag from ({CHANNEL_TAGS})").fetchall()
    return expanded(((r[0], r[1], r[2], r[3]) for r in rows), first, last)


def check(con, world: World) -> None:
    load(con, world)
    compare(con, world)


def compare(con, world: World) -> None:
    """Day by day and cell by cell: the spells and tags in the file against the reference."""
    first, last = horizon(world) - timedelta(days=2), day(LAST + 2)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]

    cells = {}
    for channel in world.channels:
        for metric in world.metrics:
            for today in days:
                said = verdict(world, channel, metric, today)
                if said is not None:
                    cells[(channel, metric), today] = said
    assert spells_by_day(con, first, last) == cells

    tags = {}
    for channel in world.channels:
        for today in days:
            own = [cells.get(((channel, metric), today)) for metric in world.metrics]
            tag = channel_tag([one.tag for one in own if one is not None and one.tag is not None])
            if tag is not None:
                tags[channel, today] = tag
    assert tags_by_day(con, first, last) == tags

    for table, key, value in (
        ("ownership_spell", "channel, metric", "(state, tag, owners, flags)"),
        (f"({CHANNEL_TAGS})", "channel", "tag"),
    ):
        unmerged = con.sql(
            f"select 1 from {table} window w as (partition by {key} order by valid_from)"
            f" qualify valid_from = lag(valid_to) over w and {value} is not distinct from lag({value}) over w"
        ).fetchall()
        assert unmerged == []

    def run_of(key, today: date, what) -> date:
        """The first of the days up to this one on which the same was so."""
        begun = today
        while (before := cells.get((key, begun - timedelta(days=1)))) and what(before) == what(
            cells[key, today]
        ):
            begun -= timedelta(days=1)
        return begun

    for channel, metric, begins, state_since, gap_since in con.sql(
        "select channel, metric, valid_from, state_since, gap_since from ownership_spell"
    ).fetchall():
        if first <= begins <= last:
            key = (channel, metric)
            assert state_since == run_of(key, begins, lambda said: (said.state, said.tag))
            assert gap_since == run_of(key, begins, what_is_amiss)

    for today in (day(0), day(LAST // 2), day(LAST)):
        rows = con.execute(STATEMENTS, {"as_of": today, "known_before": None}).fetchall()
        said = {(r[0], r[3]): (r[5], r[6]) for r in rows}
        assert said == {
            (channel, metric): tuple(
                statement(world, channel, metric, today, side) for side in ("it", "marketing")
            )
            for channel in world.channels
            for metric in world.metrics
            if statement(world, channel, metric, today, "it") is not None
        }


def what_is_amiss(said: Verdict) -> str:
    """The gap that the claims alone make of a cell: its state, else the graver of two flags."""
    if said.state not in ("EXEMPT", "SHARED", "OWNED"):
        return said.state
    flags = said.flags.split(";")
    return next((flag for flag in ("MISPLACED", "A_NO_R") if flag in flags), "")


# --- random worlds -------------------------------------------------------------------------------

ORG_NAMES = ["Cloud", "Network", "Brand", "Growth", "Council", "Board", "Agency"]
USUAL_SIDE = dict(
    zip(ORG_NAMES, ["it", "it", "marketing", "marketing", "joint", "joint", "other"], strict=True)
)

days = st.integers(0, LAST).map(day)
starts = st.one_of(st.none(), st.none(), days)
ends = st.one_of(st.none(), st.none(), days)
channels = st.sampled_from(["web", "web", "app", "*"])
metrics = st.sampled_from(["uptime", "uptime", "leads", "*"])

claims = st.builds(
    Claim,
    asserted_by=st.sampled_from(["it", "it", "marketing", "marketing", "register"]),
    org=st.sampled_from([*ORG_NAMES, "Cloud", "Brand", "Nobody knows", "", None]),
    role=st.sampled_from(["A", "A", "A", "A", "R", "R", "C", "I"]),
    channel=channels,
    metric=metrics,
    valid_from=starts,
    valid_to=ends,
)


@st.composite
def org_lists(draw):
    rows = []
    for name in ORG_NAMES:
        how = draw(st.sampled_from(["steady", "steady", "steady", "dated", "moved", "missing"]))
        if how == "steady":
            rows.append(Org(name, USUAL_SIDE[name]))
        elif how == "dated":
            rows.append(Org(name, USUAL_SIDE[name], draw(starts), draw(ends)))
        elif how == "moved":
            other = draw(st.sampled_from(["it", "marketing", "joint", "other"]))
            rows.append(Org(name, USUAL_SIDE[name], draw(starts), draw(ends)))
            rows.append(Org(name, other, draw(starts), draw(ends)))
    return rows


scopes = st.builds(
    Scope,
    channel=channels,
    metric=metrics,
    disposition=st.sampled_from(["required", "required", "exempt"]),
    valid_from=starts,
    valid_to=ends,
)
policies = st.builds(
    Policy,
    concern=st.sampled_from(["infrastructure", "customer"]),
    kind=st.sampled_from(["web", "mobile", "*", "", None]),
    expected=st.sampled_from(["it", "marketing", "joint"]),
    valid_from=starts,
    valid_to=ends,
)
observed_lists = st.dictionaries(
    st.tuples(st.sampled_from(list(CHANNELS)), st.sampled_from(list(METRICS))), days, max_size=4
).map(lambda found: [(*cell, first) for cell, first in found.items()])

worlds = st.builds(
    World,
    claims=st.lists(claims, min_size=1, max_size=9),
    orgs=org_lists(),
    scopes=st.one_of(
        st.just([Scope()]), st.just([]), st.lists(scopes, max_size=4).map(lambda s: [Scope(), *s]),
        st.lists(scopes, max_size=4),
    ),
    policies=st.one_of(st.just([]), st.lists(policies, max_size=3)),
    observed=observed_lists,
    channels=st.just(CHANNELS),
    metrics=st.just(METRICS),
)  # fmt: skip

any_pace = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    "database": None,
}


@settings(max_examples=40, derandomize=True, **any_pace)
@given(world=worlds)
def test_spells_say_what_the_reference_says_in_40_worlds(con, world):
    check(con, world)


@pytest.mark.slow
@settings(max_examples=500, **any_pace)
@given(world=worlds)
def test_spells_say_what_the_reference_says_in_500_worlds(con, world):
    check(con, world)


moments = st.integers(0, 4).map(lambda n: datetime.combine(day(n), clock(12)))
beliefs = st.tuples(moments, st.one_of(st.none(), moments))


def check_known(con, world: World, known, known_on: int) -> None:
    """What was believed at the end of a day follows from what was known by then, and from nothing else."""
    before = datetime.combine(day(known_on + 1), clock())

    def known_by_then(rows: list, *, ends: bool = True) -> list:
        return [
            row
            for n, row in enumerate(rows)
            for since, until in [known[n % len(known)]]
            if since < before and (until is None or until >= before or not ends)
        ]

    then = replace(
        world,
        claims=known_by_then(world.claims),
        orgs=known_by_then(world.orgs),
        scopes=known_by_then(world.scopes),
        policies=known_by_then(world.policies),
        observed=known_by_then(world.observed, ends=False),  # what was seen once, was seen
    )
    load(con, world, known, before)
    rows = con.sql("from ownership_spell").fetchall()
    load(con, then)
    assert con.sql("from ownership_spell").fetchall() == rows


@settings(max_examples=30, derandomize=True, **any_pace)
@given(world=worlds, known=st.lists(beliefs, min_size=1, max_size=9), known_on=st.integers(-1, 5))
def test_what_was_believed_on_a_day_follows_from_what_was_known_by_then(
    con, world, known, known_on
):
    check_known(con, world, known, known_on)


@pytest.mark.slow
@settings(max_examples=500, **any_pace)
@given(world=worlds, known=st.lists(beliefs, min_size=1, max_size=9), known_on=st.integers(-1, 5))
def test_what_was_believed_in_500_worlds(con, world, known, known_on):
    check_known(con, world, known, known_on)


# --- worked by hand ------------------------------------------------------------------------------

ORGS = [
    Org("Cloud", "it"),
    Org("Network", "it"),
    Org("Brand", "marketing"),
    Org("Council", "joint"),
    Org("Agency", "other"),
    Org("Disbanded", "it", None, day(0)),
]
UPTIME_ON_WEB = [Scope("web", "uptime", valid_from=day(0))]


def on(con, today: date, *said: Claim, scopes=UPTIME_ON_WEB, policies=()) -> Verdict:
    """The verdict on web uptime, from the query; the reference has to agree all along."""
    world = World(list(said), ORGS, list(scopes), list(policies), [], CHANNELS, METRICS)
    check(con, world)
    return spells_by_day(con, today, today)[("web", "uptime"), today]


BY_HAND = {
    "EXEMPT": (None, [Claim("it", "Cloud")]),
    "SHARED": (
        "Shared",
        [Claim(who, org) for who in ("it", "marketing") for org in ("Cloud", "Brand")],
    ),
    "OWNED": ("IT", [Claim("it", "Cloud"), Claim("it", "Cloud", "R")]),
    "DISOWNED": ("Contested", [Claim("it", "Brand"), Claim("marketing", "Cloud")]),
    "CONTESTED": ("Contested", [Claim("it", "Cloud"), Claim("marketing", "Brand")]),
    "MULTI_A": ("Contested", [Claim("it", "Cloud"), Claim("it", "Network")]),
    "ORPHANED": ("Unowned", [Claim("it", "Disbanded"), Claim("it", "Cloud", "R")]),
    "R_NO_A": ("Unowned", [Claim("it", "Cloud", "R")]),
    "LAPSED": ("Unowned", [Claim("it", "Cloud", valid_to=day(3))]),
    "UNOWNED": ("Unowned", [Claim("it", "Cloud", "C")]),
}


@pytest.mark.parametrize("state", BY_HAND)
def test_each_of_the_ten_states_worked_by_hand(con, state):
    tag, said = BY_HAND[state]
    scopes = UPTIME_ON_WEB
    if state == "EXEMPT":
        scopes = [Scope("web", "uptime", "exempt", day(0)), Scope("web", "*")]
    found = on(con, day(5), *said, scopes=scopes)
    assert (found.state, found.tag) == (state, tag)


@pytest.mark.parametrize(
    ("said", "state", "owners", "flags"),
    [
        pytest.param([Claim("it", "Council")], "SHARED", "Council", "A_NO_R", id="one joint owner"),
        pytest.param(
            [Claim("it", "Cloud"), Claim("it", "Council")], "CONTESTED", "Cloud, Council", "",
            id="joint beside IT, said by one side only",
        ),
        pytest.param(
            [Claim("it", "Cloud"), Claim("it", "Brand"), Claim("marketing", "Network"), Claim("marketing", "Brand")],
            "CONTESTED", "Brand, Cloud, Network", "", id="both name both sides, but not the same teams",
        ),
        pytest.param(
            [Claim("marketing", "Brand")], "OWNED", "Brand", "A_NO_R;MISPLACED",
            id="the policy expects IT to own uptime",
        ),
        pytest.param(
            [Claim("marketing", "Cloud"), Claim("it", "Network", "R")], "OWNED", "Cloud", "UNACKNOWLEDGED",
            id="named by the other side only",
        ),
        pytest.param(
            [Claim("it", "Cloud"), Claim("marketing", "Brand", metric="*")], "OWNED", "Cloud", "A_NO_R;SOFT_CONTEST",
            id="specific against the other side's general",
        ),
        pytest.param(
            [Claim("it", "Cloud"), Claim("marketing", "Cloud", metric="*")], "OWNED", "Cloud", "A_NO_R",
            id="no contest about the same org",
        ),
        pytest.param(
            [Claim("it", "Cloud", channel="*", metric="*")], "OWNED", "Cloud", "A_NO_R;INHERITED",
            id="a default",
        ),
        pytest.param(
            [Claim("marketing", "Agency")], "R_NO_A", "", "OUTSIDE", id="an agency cannot be accountable",
        ),
        pytest.param(
            [Claim("it", None), Claim("it", "Cloud", metric="*")], "UNOWNED", "", "",
            id="deliberately nobody beats the default",
        ),
        pytest.param(
            [Claim("it", "Cloud", valid_from=day(4), valid_to=day(2))], "UNOWNED", "", "",
            id="a claim that ends before it begins",
        ),
    ],
)  # fmt: skip
def test_what_a_few_claims_come_to(con, said, state, owners, flags):
    found = on(con, day(5), *said)
    assert (found.state, found.owners, found.flags) == (state, owners, flags)


def test_a_policy_that_has_rows_but_none_for_the_cell_is_silent(con):
    found = on(con, day(5), policies=[Policy("customer", "*", "marketing")])
    assert found.flags == "POLICY_SILENT"


def test_one_owner_of_a_jointly_expected_cell_is_misplaced(con):
    found = on(
        con, day(5), Claim("it", "Cloud"), policies=[Policy("infrastructure", "web", "joint")]
    )
    assert found.flags == "A_NO_R;MISPLACED"


def test_spells_are_cut_at_the_boundary_and_merged_where_nothing_changes(con):
    on(
        con,
        day(5),
        Claim("it", "Cloud", valid_from=day(2), valid_to=day(4)),
        Claim("it", "Cloud", valid_from=day(4), valid_to=day(6)),
    )
    assert con.sql("select valid_from, valid_to, state from ownership_spell").fetchall() == [
        (day(0), day(2), "UNOWNED"),
        (day(2), day(6), "OWNED"),
        (day(6), None, "LAPSED"),
    ]
    assert con.sql(CHANNEL_TAGS).fetchall() == [
        ("web", day(0), day(2), "Unowned"),
        ("web", day(2), day(6), "IT"),
        ("web", day(6), None, "Unowned"),
    ]


def test_a_channel_whose_cells_are_owned_by_both_sides_is_shared(con):
    on(
        con,
        day(5),
        Claim("it", "Cloud"),
        Claim("marketing", "Brand", metric="leads"),
        scopes=[Scope("web")],
    )
    assert [row[3] for row in con.sql(CHANNEL_TAGS).fetchall()] == ["Shared"]


# --- size ----------------------------------------------------------------------------------------

LARGE = """
insert into channel select 'channel-' || n, ['web', 'mobile', 'campaign'][1 + n % 3], 'family' from range(500) as t (n);
insert into channel_kind select channel, kind, 2, 1, null, null from channel;
insert into metric select 'metric-' || n, ['customer', 'infrastructure'][1 + n % 2] from range(40) as t (n);
insert into org
select 'org-' || n, ['it', 'marketing', 'it', 'marketing', 'joint', 'other'][1 + n % 6], null,
    case when n % 10 = 0 then date '2024-06-01' end, null, null
from range(300) as t (n);
insert into scope values
    ('*', '*', 'required', null, null, null, null, null), ('*', 'metric-7', 'exempt', 'a test', '2025-01-01', null, null, null);
insert into ownership_claim
with drawn as (
    select n, hash(n) % 1000000 as a, hash(n + 1000000) % 1000000 as b, hash(n + 2000000) % 1000000 as c,
        hash(n + 3000000) % 1000000 as d
    from range(200000) as t (n)
)
select
    n, ['it', 'marketing', 'it', 'marketing', 'register'][1 + (a % 5)::int],
    case when b % 50 <> 0 then 'org-' || (b % 300) end,
    ['A', 'A', 'R'][1 + (c % 3)::int],
    case when n < 8 or n % 1000 = 1 then '*' else 'channel-' || (a // 5 % 500) end,
    case when n < 8 or n % 1000 <> 1 and n % 100 < 3 then '*' else 'metric-' || (b // 300 % 40) end,
    case when n >= 8 then date '2021-01-01' + (d % 1800)::int end,
    case when c // 3 % 3 > 0 then date '2021-01-02' + (d % 1800 + c % 700)::int end,
    null, null
from drawn;
"""


@pytest.mark.slow
def test_200000_claims_become_spells_in_20_seconds():
    with duckdb.connect() as con:
        con.execute("set threads = 2")
        con.execute(TABLES + IS_KNOWN)
        con.execute(LARGE)
        begun = time.process_time()
        con.execute(f"insert into ownership_spell by name {SPELLS}", {"known_before": None})
        con.execute(f"create table channel_tag as {CHANNEL_TAGS}")
        seconds = time.process_time() - begun
        cells = con.sql("select distinct channel, metric from ownership_spell").fetchall()
        assert len(cells) == 500 * 40
    assert seconds < SECONDS_ALLOWED


LARGE_FILES = """
copy (select channel, kind, channel as name, 'family ' || (hash(channel) % 12) as family from channel) to '{folder}/channel.csv' (header);
copy (select * exclude (known_from, known_to) from org) to '{folder}/org.csv' (header);
copy (select * exclude (claim, known_from, known_to) from ownership_claim) to '{folder}/ownership_claim.csv' (header);
copy (
    select channel.channel, metric.metric, 'required' as disposition from channel cross join metric
) to '{folder}/scope.csv' (header);
copy (
    select date '2025-12-01' + d::int as day, channel, 100 as sessions, 5 as conversions, 300 as revenue, 20 as spend
    from channel cross join range(28) as t (d)
) to '{folder}/daily.csv' (header);
"""


@pytest.mark.slow
def test_the_map_of_200000_claims_answers_in_150_ms(tmp_path):
    """Import, build and ask as a person would: all flags, 500 channels x 40 metrics. The best of seven days."""
    files = tmp_path / "files"
    files.mkdir()
    with duckdb.connect() as con:
        con.execute(TABLES + IS_KNOWN)
        con.execute(LARGE)
        for n, metric in enumerate(list(catalogue().metrics)[:40]):
            for table in ("metric", "ownership_claim", "scope"):
                con.execute(f"update {table} set metric = ? where metric = 'metric-{n}'", [metric])
        con.execute(LARGE_FILES.format(folder=files))
    outcome = import_paths([files], tmp_path / "data", datetime(2026, 1, 1, 9))
    assert outcome.exit_code == 0
    begun = time.process_time()
    build(tmp_path / "data", datetime(2026, 1, 1, 10))
    assert time.process_time() - begun < SECONDS_ALLOWED
    generation = current(tmp_path / "data")
    taken = []
    for n in range(7):
        begun = time.process_time()
        cells = ask(generation, "ownership", OneScope(as_of=date(2025, 12, 28) - timedelta(days=n)))
        taken.append(time.process_time() - begun)
        assert len(cells) == 500 * 40
    assert min(taken) < MAP_SECONDS_ALLOWED
