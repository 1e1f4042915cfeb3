-- Which state was each cell in, from when to when, and who was accountable?
--
-- grain   one row per cell (channel x metric) and spell; half-open periods, one state per cell and day, no gap while in scope
-- params  $known_before   what was believed before that moment; null: what is believed now
-- reads   channel_kind, metric, org, ownership_claim, scope, policy, cell_begun
-- rules   the first state that fits. Shared by two orgs: each side names every one of them. Specific beats general within one asserting side, then, for A, between the sides.
--         An org of side `other` cannot be accountable: its A counts as R. A claim that names nobody wins and names nobody.
--         Claims without a start reach back for ever; scope without a start begins at the earliest date that anything names.
with claim as (
    select * from ownership_claim where is_known(known_from, known_to, $known_before::timestamp)
),

listed_org as (
    select org, side, valid_from, valid_to from org where is_known(known_from, known_to, $known_before::timestamp)
),

scope_row as (
    select channel, metric, disposition, valid_from, valid_to from scope where is_known(known_from, known_to, $known_before::timestamp)
),

known_channel as (
    from kinds_known($known_before::timestamp)
),

begun_cell as (
    select channel, metric, min(first_day) as first_day
    from cell_begun
    where is_known(known_from, null, $known_before::timestamp)
    group by channel, metric
),

horizon as (
    select coalesce(min(day), date '2000-01-01') as day
    from (
        select unnest([valid_from, valid_to]) as day from claim
        union all select unnest([valid_from, valid_to]) from listed_org
        union all select unnest([valid_from, valid_to]) from scope_row
        union all select first_day from begun_cell
    )
),

-- which cells ought to have an owner, or are exempt; no scope at all: what was ever observed ought to
scoped as (
    select channel, metric, 'required' as disposition, first_day as starts, date '9999-12-31' as ends, 0 as specific
    from begun_cell
    where not exists (select 1 from scope_row)
    union all
    select
        known_channel.channel,
        metric.metric,
        scope_row.disposition,
        coalesce(scope_row.valid_from, (select day from horizon)),
        coalesce(scope_row.valid_to, date '9999-12-31'),
        2 * (scope_row.channel <> '*')::int + (scope_row.metric <> '*')::int
    from scope_row
    join known_channel on scope_row.channel in (known_channel.channel, '*')
    join metric on scope_row.metric in (metric.metric, '*')
),

cell as (
    select
        row_number() over ()::int as cell,
        seen.channel,
        seen.metric,
        coalesce(known_channel.kind, '') as kind,
        coalesce(metric.concern, '') as concern
    from (select distinct channel, metric from scoped) as seen
    left join known_channel on known_channel.channel = seen.channel
    left join metric on metric.metric = seen.metric
),

scoped_cell as (
    select cell.cell, scoped.starts, scoped.ends, scoped.disposition, 2 * scoped.specific + (scoped.disposition = 'exempt')::int as weight
    from scoped
    join cell on cell.channel = scoped.channel and cell.metric = scoped.metric
    where scoped.starts < scoped.ends
),

-- on which days is each org alive, and on which side does it stand? Gone: where it stood last
org_row as (
    select
        org,
        side,
        coalesce(valid_from, date '0001-01-01') as starts,
        coalesce(valid_to, date '9999-12-31') as ends,
        row_number() over (
            partition by org
            order by coalesce(valid_to, date '9999-12-31') desc, coalesce(valid_from, date '0001-01-01') desc, side desc
        ) as from_last
    from listed_org
),

org_day as (
    select org, starts as day from org_row
    union select org, ends from org_row
    union select org, date '0001-01-01' from org_row
    union select org, date '9999-12-31' from org_row
),

org_cut as (
    select org, day as starts, lead(day) over (partition by org order by day) as ends from org_day
),

org_span as (
    select
        cut.org,
        cut.starts,
        cut.ends,
        bool_or(entry.starts <= cut.starts and entry.ends > cut.starts) as is_alive,
        coalesce(
            arg_min(entry.side, entry.from_last) filter (entry.starts <= cut.starts and entry.ends > cut.starts),
            arg_min(entry.side, entry.from_last)
        ) as side
    from org_cut as cut
    join org_row as entry on entry.org = cut.org
    where cut.ends is not null
    group by cut.org, cut.starts, cut.ends
),

-- small numbers from here on: 200,000 claims become millions of rows. Sides in bits: 1 IT, 2 Marketing, 3 both (joint)
org_name as (
    select row_number() over (order by org)::int as org, org as name
    from (select org from claim where org <> '' group by org)
),

-- claims, cut where their org comes, goes or changes sides
dated as (
    select
        case asserted_by when 'it' then 1 when 'marketing' then 2 else 4 end::utinyint as says,
        nullif(org, '') as org,
        role,
        channel,
        metric,
        coalesce(valid_from, date '0001-01-01') as starts,
        coalesce(valid_to, date '9999-12-31') as ends
    from claim
    where role in ('A', 'R') and coalesce(valid_from, date '0001-01-01') < coalesce(valid_to, date '9999-12-31')
),

told as (
    select
        dated.says,
        org_name.org,
        dated.role = 'A' and org_span.side is distinct from 'other' as is_a,
        coalesce(dated.role = 'A' and org_span.side = 'other', false) as is_outside,
        coalesce(org_span.is_alive, false) as is_alive,
        case org_span.side when 'it' then 1 when 'marketing' then 2 when 'joint' then 3 end::utinyint as side,
        dated.channel,
        dated.metric,
        greatest(dated.starts, coalesce(org_span.starts, dated.starts)) as starts,
        least(dated.ends, coalesce(org_span.ends, dated.ends)) as ends,
        dated.ends <= coalesce(org_span.ends, dated.ends) as is_last_part
    from dated
    left join org_name on org_name.name = dated.org
    left join org_span on org_span.org = dated.org and org_span.starts < dated.ends and org_span.ends > dated.starts
),

-- every claim at every cell that it speaks of
said as (
    select cell.cell, told.* exclude (channel, metric), 3::utinyint as specific
    from told
    join cell on cell.channel = told.channel and cell.metric = told.metric
    union all
    select cell.cell, told.* exclude (channel, metric), 2::utinyint
    from told
    join cell on cell.channel = told.channel
    where told.metric = '*'
    union all
    select cell.cell, told.* exclude (channel, metric), 1::utinyint
    from told
    join cell on cell.metric = told.metric
    where told.channel = '*'
    union all
    select cell.cell, told.* exclude (channel, metric), 0::utinyint
    from told
    cross join cell
    where told.channel = '*' and told.metric = '*'
),

ended as (
    select cell, min(ends) as first_end
    from said
    where is_a and org is not null and is_last_part
    group by cell
),

-- what the policy expects of each concern and kind of channel
known_policy as (
    select concern, kind, expected, valid_from, valid_to from policy where is_known(known_from, known_to, $known_before::timestamp)
),

policy_row as (
    select
        coalesce(nullif(concern, '*'), '') as concern,
        coalesce(nullif(kind, '*'), '') as kind,
        expected,
        coalesce(valid_from, date '0001-01-01') as starts,
        coalesce(valid_to, date '9999-12-31') as ends
    from known_policy
    union all
    select concern, kind, expected, date '0001-01-01', date '9999-12-31'
    from (
        values
            ('infrastructure', '', 'it'), ('customer', '', 'marketing'),
            ('infrastructure', 'mobile', 'joint'), ('customer', 'mobile', 'joint')
    ) as standing (concern, kind, expected)
    where not exists (select 1 from known_policy)
),

policy_day as (
    select starts as day from policy_row
    union select ends from policy_row
),

policy_cut as (
    select day as starts, lead(day) over (order by day) as ends from policy_day
),

policy_span as (
    select
        ground.concern,
        ground.kind,
        cut.starts,
        cut.ends,
        arg_max(entry.expected, (entry.kind <> '', entry.concern <> '', entry.starts, entry.expected)) as expected
    from (select distinct concern, kind from cell) as ground
    join policy_row as entry on entry.concern in (ground.concern, '') and entry.kind in (ground.kind, '')
    join policy_cut as cut on entry.starts <= cut.starts and entry.ends > cut.starts
    group by ground.concern, ground.kind, cut.starts, cut.ends
),

-- cut time at every boundary
boundary as (
    select cell, starts as day from scoped_cell
    union select cell, ends from scoped_cell
    union select cell, starts from said
    union select cell, ends from said
    union select cell.cell, policy_day.day from cell cross join policy_day
),

cut as (
    select cell, day as starts, lead(day) over (partition by cell order by day) as ends from boundary
),

scoped_piece as (
    select cut.cell, cut.starts, any_value(cut.ends) as ends, arg_max(scoped_cell.disposition, scoped_cell.weight) as disposition
    from cut
    join scoped_cell on scoped_cell.cell = cut.cell and scoped_cell.starts <= cut.starts and scoped_cell.ends > cut.starts
    where cut.ends is not null
    group by cut.cell, cut.starts
),

piece as (
    select row_number() over ()::int as piece, cell, starts, ends, disposition from scoped_piece
),

active as (
    select piece.piece, said.says, said.org, said.is_a, said.specific, said.side, said.is_alive, said.is_outside
    from piece
    join said on said.cell = piece.cell and said.starts <= piece.starts and said.ends > piece.starts
),

-- how specific is the most specific claim of each asserting side? The winning A are the most specific of all sides;
-- an R that is alive wins where it is as specific as any R of its side
most as (
    select
        piece,
        max(specific) filter (is_a) as a,
        max(specific) filter (is_a and says = 1) as a_it,
        max(specific) filter (is_a and says = 2) as a_marketing,
        max(specific) filter (is_a and says = 4) as a_register,
        max(specific) filter (not is_a and says = 1) as r_it,
        max(specific) filter (not is_a and says = 2) as r_marketing,
        max(specific) filter (not is_a and says = 4) as r_register,
        max(specific) filter (not is_a and says = 1 and is_alive) as alive_r_it,
        max(specific) filter (not is_a and says = 2 and is_alive) as alive_r_marketing,
        max(specific) filter (not is_a and says = 4 and is_alive) as alive_r_register,
        bool_or(is_outside) as has_outside
    from active
    group by piece
),

weighed as (
    select
        active.piece,
        active.org,
        active.says,
        active.side,
        active.is_alive,
        active.specific = most.a as wins,
        active.says = active.side as is_own_word,
        active.specific < most.a
            and active.specific = case active.says when 1 then most.a_it when 2 then most.a_marketing else most.a_register end
            as is_overridden
    from active
    join most on most.piece = active.piece
    where active.is_a and active.org is not null
),

-- each org that somebody calls accountable
named as (
    select
        piece,
        org,
        any_value(side) as side,
        bool_or(wins) as wins,
        bool_or(wins and is_alive) as owns,
        bit_or(says) filter (wins) as said_by,
        bool_or(is_own_word) as is_own_word,
        bool_or(is_overridden) as is_overridden
    from weighed
    where wins or is_own_word or is_overridden
    group by piece, org
),

counted as (
    select
        piece,
        list(org) filter (owns) as owners,
        bit_or(side) filter (owns) as sides,
        bool_and(said_by & 3 = 3) filter (owns) as is_said_by_both,
        bool_and(said_by + side = 3 and said_by in (1, 2)) filter (owns) as is_passed_on,
        bool_or(wins) as names_somebody,
        bool_or(owns and is_own_word) as is_acknowledged,
        bool_or(is_overridden and not wins) as is_soft_contest
    from named
    group by piece
),

judged as (
    select
        piece.cell,
        piece.starts,
        piece.ends,
        list_sort(counted.owners) as owners,
        coalesce(most.alive_r_it = most.r_it, false) or coalesce(most.alive_r_marketing = most.r_marketing, false)
            or coalesce(most.alive_r_register = most.r_register, false) as has_r,
        case
            when piece.disposition = 'exempt' then 'EXEMPT'
            when len(counted.owners) = 1 and counted.sides = 3 then 'SHARED'
            when counted.sides = 3 and counted.is_said_by_both then 'SHARED'
            when len(counted.owners) = 1 then 'OWNED'
            when counted.sides = 3 and counted.is_passed_on then 'DISOWNED'
            when counted.sides = 3 then 'CONTESTED'
            when len(counted.owners) > 1 then 'MULTI_A'
            when counted.names_somebody then 'ORPHANED'
            when has_r then 'R_NO_A'
            when ended.first_end <= piece.starts then 'LAPSED'
            else 'UNOWNED'
        end as state,
        case counted.sides when 1 then 'it' when 2 then 'marketing' end as side,
        policy_span.expected,
        coalesce(most.has_outside, false) as has_outside,
        coalesce(most.a < 3, false) as is_inherited,
        coalesce(counted.is_acknowledged, false) as is_acknowledged,
        coalesce(counted.is_soft_contest, false) as is_soft_contest
    from piece
    join cell on cell.cell = piece.cell
    left join counted on counted.piece = piece.piece
    left join most on most.piece = piece.piece
    left join ended on ended.cell = piece.cell
    left join policy_span on policy_span.concern = cell.concern and policy_span.kind = cell.kind
        and policy_span.starts <= piece.starts and policy_span.ends > piece.starts
),

tagged as (
    select
        cell,
        starts,
        ends,
        state,
        case
            when state = 'EXEMPT' then null
            when state = 'SHARED' then 'Shared'
            when state = 'OWNED' then case side when 'it' then 'IT' else 'Marketing' end
            when state in ('DISOWNED', 'CONTESTED', 'MULTI_A') then 'Contested'
            else 'Unowned'
        end as tag,
        owners,
        case when state = 'EXEMPT' then '' else concat_ws(
            ';',
            case when state in ('OWNED', 'SHARED') and not has_r then 'A_NO_R' end,
            case when is_inherited then 'INHERITED' end,
            case when state = 'OWNED' and expected <> side then 'MISPLACED' end,
            case when has_outside then 'OUTSIDE' end,
            case when expected is null then 'POLICY_SILENT' end,
            case when is_soft_contest then 'SOFT_CONTEST' end,
            case when state = 'OWNED' and not is_acknowledged then 'UNACKNOWLEDGED' end
        ) end as flags
    from judged
),

-- equal neighbours are one spell
marked as (
    select
        *,
        case
            when state = lag(state) over w and owners is not distinct from lag(owners) over w and flags = lag(flags) over w
                and tag is not distinct from lag(tag) over w and starts = lag(ends) over w then 0
            else 1
        end as is_new
    from tagged
    window w as (partition by cell order by starts)
),

numbered as (
    select *, sum(is_new) over (partition by cell order by starts) as spell from marked
),

merged as (
    select
        cell,
        min(starts) as valid_from,
        nullif(max(ends), date '9999-12-31') as valid_to,
        any_value(state) as state,
        any_value(tag) as tag,
        any_value(owners) as owners,
        any_value(flags) as flags
    from numbered
    group by cell, spell
),

-- a state, and what is amiss, go on while the rest of the spell changes within them
begun as (
    select
        *,
        case
            when state = lag(state) over w and tag is not distinct from lag(tag) over w and valid_from = lag(valid_to) over w then null
            else valid_from
        end as begins,
        case
            when state not in ('EXEMPT', 'SHARED', 'OWNED') then state::varchar
            when contains(flags, 'MISPLACED') then 'MISPLACED'
            when contains(flags, 'A_NO_R') then 'A_NO_R'
            else ''
        end as gap
    from merged
    window w as (partition by cell order by valid_from)
),

open_since as (
    select
        *,
        case when gap = lag(gap) over w and valid_from = lag(valid_to) over w then null else valid_from end as opens
    from begun
    window w as (partition by cell order by valid_from)
),

owner_names as (
    select listed.owners, string_agg(org_name.name, ', ' order by org_name.name) as names
    from (select owners, unnest(owners) as org from (select distinct owners from merged)) as listed
    join org_name on org_name.org = listed.org
    group by listed.owners
)

select
    cell.channel,
    cell.metric,
    open_since.valid_from,
    open_since.valid_to,
    open_since.state,
    open_since.tag,
    coalesce(owner_names.names, '') as owners,
    open_since.flags,
    max(open_since.begins) over (partition by open_since.cell order by open_since.valid_from) as state_since,
    max(open_since.opens) over (partition by open_since.cell order by open_since.valid_from) as gap_since
from open_since
join cell on cell.cell = open_since.cell
left join owner_names on owner_names.owners = open_since.owners
order by cell.channel, cell.metric, open_since.valid_from
