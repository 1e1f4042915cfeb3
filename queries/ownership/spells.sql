-- Which state was each cell in, from when to when, and who was accountable?
--
-- grain   one row per cell (channel x metric) and spell; half-open periods, gapless, one state per cell and day
-- params  none
-- reads   channel, metric, org, ownership_claim, scope, policy, cell_observed
-- rules   the first state that fits; specific beats general within one asserting side, then between the sides for A;
--         an org of side `other` cannot be accountable: its A counts as R; a claim that names nobody wins and names nobody
with horizon as (
    select coalesce(min(day), date '2000-01-01') as day
    from (
        select min(valid_from) as day from ownership_claim
        union all select min(valid_to) from ownership_claim
        union all select min(valid_from) from org
        union all select min(valid_to) from org
        union all select min(valid_from) from scope
        union all select min(first_day) from cell_observed
    )
),

-- cells that ought to have an owner, or are exempt
scoped as (
    select channel, metric, 'required' as disposition, first_day as starts, date '9999-12-31' as ends, 4 as specific
    from cell_observed
    where not exists (select 1 from scope)
    union all
    select
        channel.channel, metric.metric, scope.disposition,
        coalesce(scope.valid_from, (select day from horizon)), coalesce(scope.valid_to, date '9999-12-31'),
        1 + 2 * (scope.channel <> '*')::int + (scope.metric <> '*')::int
    from scope
    join channel on scope.channel in (channel.channel, '*')
    join metric on scope.metric in (metric.metric, '*')
    where coalesce(scope.valid_to, date '9999-12-31') > coalesce(scope.valid_from, (select day from horizon))
),

cell as (
    select
        row_number() over (order by channel, metric) as cell, channel, metric
    from (select distinct channel, metric from scoped)
),

org_span as (
    select org, side, coalesce(valid_from, date '0001-01-01') as starts, coalesce(valid_to, date '9999-12-31') as ends
    from org
),

last_side as (
    select org, arg_max(side, ends) as side from org_span group by org
),

told as (
    select
        claim.claim,
        claim.asserted_by,
        nullif(claim.org, '') as org,
        case when claim.role = 'A' and last_side.side = 'other' then 'R' else claim.role end as role,
        claim.role = 'A' and last_side.side is not distinct from 'other' as is_outside,
        claim.channel,
        claim.metric,
        coalesce(claim.valid_from, (select day from horizon)) as starts,
        coalesce(claim.valid_to, date '9999-12-31') as ends
    from ownership_claim as claim
    left join last_side on last_side.org = claim.org
    where claim.role in ('A', 'R')
      and coalesce(claim.valid_to, date '9999-12-31') > coalesce(claim.valid_from, date '0001-01-01')
),

-- every claim at every cell that it speaks of
said as (
    select cell.cell, told.* exclude (channel, metric), 4 as specific
    from told join cell on told.channel = cell.channel and told.metric = cell.metric
    union all
    select cell.cell, told.* exclude (channel, metric), 3
    from told join cell on told.channel = cell.channel where told.metric = '*'
    union all
    select cell.cell, told.* exclude (channel, metric), 2
    from told join cell on told.metric = cell.metric where told.channel = '*'
    union all
    select cell.cell, told.* exclude (channel, metric), 1
    from told cross join cell where told.channel = '*' and told.metric = '*'
),

policed as (
    select
        concern, kind, expected, coalesce(valid_from, date '0001-01-01') as starts, coalesce(valid_to, date '9999-12-31') as ends
    from policy
    union all
    select concern, kind, expected, date '0001-01-01', date '9999-12-31'
    from (values ('infrastructure', '*', 'it'), ('customer', '*', 'marketing'), ('*', 'mobile', 'joint')) as standing (concern, kind, expected)
    where not exists (select 1 from policy)
),

-- cut time at every boundary
scoped_cell as (
    select cell.cell, scoped.disposition, scoped.starts, scoped.ends, scoped.specific
    from scoped join cell using (channel, metric)
),

boundary as (
    select cell, starts as day from scoped_cell
    union select cell, ends from scoped_cell
    union select cell, starts from said
    union select cell, ends from said
    union select said.cell, org_span.starts from said join org_span using (org)
    union select said.cell, org_span.ends from said join org_span using (org)
    union select cell.cell, policed.starts from cell cross join (select distinct starts from policed) as policed
    union select cell.cell, policed.ends from cell cross join (select distinct ends from policed) as policed
),

cut as (
    select cell, day as starts, lead(day) over (partition by cell order by day) as ends
    from boundary
),

piece as (
    select
        cut.cell, cut.starts, cut.ends, arg_max(scoped_cell.disposition, 2 * scoped_cell.specific + (scoped_cell.disposition = 'exempt')::int) as disposition
    from cut
    join scoped_cell on scoped_cell.cell = cut.cell and scoped_cell.starts <= cut.starts and scoped_cell.ends > cut.starts
    where cut.ends is not null
    group by cut.cell, cut.starts, cut.ends
),

-- who wins: per side and role the most specific; for A then the most specific of what is left
active as (
    select
        piece.cell, piece.starts, said.asserted_by, said.org, said.role, said.is_outside, said.specific,
        max(said.specific) over (partition by piece.cell, piece.starts, said.asserted_by, said.role) as most
    from piece
    join said on said.cell = piece.cell and said.starts <= piece.starts and said.ends > piece.starts
),

standing as (
    select
        *, max(specific) over (partition by cell, starts, role) as most_of_all
    from active
    where specific = most
),

named as (
    select
        standing.*,
        role = 'R' or specific = most_of_all as wins,
        org_span.org is not null as is_alive,
        coalesce(org_span.side, last_side.side) as side
    from standing
    left join org_span on org_span.org = standing.org and org_span.starts <= standing.starts and org_span.ends > standing.starts
    left join last_side on last_side.org = standing.org
),

winning_a as (
    select * from named where wins and role = 'A'
),

counted as (
    select
        cell,
        starts,
        count(distinct org) filter (wins and role = 'A' and is_alive) as owners_n,
        string_agg(distinct org, ', ' order by org) filter (wins and role = 'A' and is_alive) as owners,
        bool_or(side in ('it', 'joint')) filter (wins and role = 'A' and is_alive) as has_it,
        bool_or(side in ('marketing', 'joint')) filter (wins and role = 'A' and is_alive) as has_marketing,
        any_value(side) filter (wins and role = 'A' and is_alive) as one_side,
        bool_or(side in ('it', 'joint')) filter (wins and role = 'A' and is_alive and asserted_by = 'it')
            and bool_or(side in ('marketing', 'joint')) filter (wins and role = 'A' and is_alive and asserted_by = 'it')
            and bool_or(side in ('it', 'joint')) filter (wins and role = 'A' and is_alive and asserted_by = 'marketing')
            and bool_or(side in ('marketing', 'joint')) filter (wins and role = 'A' and is_alive and asserted_by = 'marketing') as both_say_both,
        bool_and((asserted_by = 'it' and side = 'marketing') or (asserted_by = 'marketing' and side = 'it'))
            filter (wins and role = 'A' and is_alive) as each_names_the_other,
        bool_or(org is not null and not is_alive) filter (wins and role = 'A') as names_the_gone,
        bool_or(is_alive) filter (role = 'R') as has_r,
        bool_or(is_outside) as has_outside,
        bool_and(specific < 4) filter (wins and role = 'A') as is_inherited,
        bool_or(is_alive and ((asserted_by = 'it' and side = 'it') or (asserted_by = 'marketing' and side = 'marketing')
            or (side = 'joint' and asserted_by in ('it', 'marketing')))) filter (role = 'A') as own_side_says
    from named
    group by cell, starts
),

overridden as (
    select distinct loser.cell, loser.starts
    from named as loser
    join winning_a as winner on winner.cell = loser.cell and winner.starts = loser.starts
    where loser.role = 'A' and not loser.wins and loser.asserted_by <> winner.asserted_by
      and loser.org is not null and loser.org is distinct from winner.org
),

ended as (
    select cell, min(ends) as first_end
    from said
    where role = 'A' and org is not null
    group by cell
),

expected as (
    select
        piece.cell, piece.starts,
        arg_max(policed.expected, 2 * (policed.kind not in ('*', ''))::int + (policed.concern <> '*')::int) as side
    from piece
    join cell using (cell)
    join metric using (metric)
    join channel on channel.channel = cell.channel
    join policed on policed.concern in (metric.concern, '*')
        and (policed.kind is null or policed.kind in (channel.kind, '*', ''))
        and policed.starts <= piece.starts and policed.ends > piece.starts
    group by piece.cell, piece.starts
),

judged as (
    select
        piece.cell,
        piece.starts,
        piece.ends,
        case
            when piece.disposition = 'exempt' then 'EXEMPT'
            when counted.owners_n = 1 and counted.one_side = 'joint' then 'SHARED'
            when counted.owners_n > 0 and counted.has_it and counted.has_marketing and counted.both_say_both then 'SHARED'
            when counted.owners_n = 1 then 'OWNED'
            when counted.owners_n > 1 and counted.has_it and counted.has_marketing and counted.each_names_the_other then 'DISOWNED'
            when counted.owners_n > 1 and counted.has_it and counted.has_marketing then 'CONTESTED'
            when counted.owners_n > 1 then 'MULTI_A'
            when counted.names_the_gone then 'ORPHANED'
            when counted.has_r then 'R_NO_A'
            when ended.first_end <= piece.starts then 'LAPSED'
            else 'UNOWNED'
        end as state,
        counted.* exclude (cell, starts),
        overridden.cell is not null as is_overridden,
        expected.side as expected
    from piece
    left join counted on counted.cell = piece.cell and counted.starts = piece.starts
    left join overridden on overridden.cell = piece.cell and overridden.starts = piece.starts
    left join ended on ended.cell = piece.cell
    left join expected on expected.cell = piece.cell and expected.starts = piece.starts
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
            when state = 'OWNED' then case one_side when 'it' then 'IT' else 'Marketing' end
            when state in ('DISOWNED', 'CONTESTED', 'MULTI_A') then 'Contested'
            else 'Unowned'
        end as tag,
        coalesce(owners, '') as owners,
        concat_ws(
            ';',
            case when state in ('OWNED', 'SHARED') and not coalesce(has_r, false) then 'A_NO_R' end,
            case when is_inherited and owners_n > 0 then 'INHERITED' end,
            case when state = 'OWNED' and expected is not null and expected <> one_side then 'MISPLACED' end,
            case when has_outside then 'OUTSIDE' end,
            case when expected is null then 'POLICY_SILENT' end,
            case when is_overridden then 'SOFT_CONTEST' end,
            case when state = 'OWNED' and not coalesce(own_side_says, false) then 'UNACKNOWLEDGED' end
        ) as flags
    from judged
),

-- equal neighbours are one spell
marked as (
    select
        *,
        case
            when state = lag(state) over w and tag is not distinct from lag(tag) over w and owners = lag(owners) over w
                and flags = lag(flags) over w and starts = lag(ends) over w then 0
            else 1
        end as is_new
    from tagged
    window w as (partition by cell order by starts)
),

numbered as (
    select *, sum(is_new) over (partition by cell order by starts) as spell from marked
)

select
    cell.channel,
    cell.metric,
    min(numbered.starts) as valid_from,
    nullif(max(numbered.ends), date '9999-12-31') as valid_to,
    any_value(numbered.state) as state,
    any_value(numbered.tag) as tag,
    any_value(numbered.owners) as owners,
    any_value(numbered.flags) as flags
from numbered
join cell on cell.cell = numbered.cell
group by cell.channel, cell.metric, numbered.cell, numbered.spell
order by cell.channel, cell.metric, valid_from
