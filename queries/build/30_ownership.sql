-- Who says what about ownership, and when did we believe it? Claims of all loads, and of the decisions that were signed.
--
-- A claim is never changed: what a later load, snapshot or decision alters becomes a second version. Each version
-- carries the moments between which it was believed, so that nothing learnt later rewrites what a meeting saw.
--
-- A row that a later export of the same file says again is one version: it is known since the first of them.
create temp table said as
with row_of_load as (
    select distinct
        claim.asserted_by,
        claim.org,
        claim.role,
        coalesce(alias.channel, claim.channel) as channel,
        claim.metric,
        claim.valid_from,
        claim.valid_to,
        claim.source,
        known_load.*
    from landed_ownership_claim as claim
    join known_load using (load)
    left join channel_alias as alias on alias.alias = claim.channel
),

marked as (
    select *, case when known_from = lag(known_to) over w then 0 else 1 end as is_new
    from row_of_load
    window w as (partition by tool, account, file, asserted_by, org, role, channel, metric, valid_from, valid_to, source order by load)
),

numbered as (
    select
        *,
        sum(is_new) over (
            partition by tool, account, file, asserted_by, org, role, channel, metric, valid_from, valid_to, source order by load
        ) as version
    from marked
)

select
    asserted_by, org, role, channel, metric, valid_from, valid_to, source,
    min(load) as load,
    tool,
    min(known_from) as known_from,
    case when count(known_to) = count(*) then max(known_to) end as known_to
from numbered
group by tool, account, file, asserted_by, org, role, channel, metric, valid_from, valid_to, source, version;

-- a register that is taken again (a new snapshot) ends what the snapshot before it said, from the moment it came in
create temp table snapshot_version as
with snapshot as (
    select valid_from, known_from, coalesce(known_to, timestamp '9999-12-31') as known_to
    from said
    where tool = 'dotgov_registry' and valid_from is not null
    group by all
),

turn as (
    select known_from as moment from snapshot
    union select known_to from snapshot
),

span as (
    select moment as known_from, lead(moment) over (order by moment) as known_to from turn
)

select day.valid_from, span.known_from, span.known_to, min(later.valid_from) as ends
from (select distinct valid_from from snapshot) as day
join span on span.known_to is not null
left join snapshot as later
    on later.valid_from > day.valid_from and later.known_from <= span.known_from and later.known_to > span.known_from
group by day.valid_from, span.known_from, span.known_to;

create temp table told as
select
    row_number() over () as claim,
    said.* replace (
        coalesce(version.ends, said.valid_to) as valid_to,
        coalesce(greatest(said.known_from, version.known_from), said.known_from) as known_from,
        nullif(least(coalesce(said.known_to, timestamp '9999-12-31'), coalesce(version.known_to, timestamp '9999-12-31')), timestamp '9999-12-31')
            as known_to
    )
from said
left join snapshot_version as version
    on said.tool = 'dotgov_registry' and version.valid_from = said.valid_from
    and version.known_from < coalesce(said.known_to, timestamp '9999-12-31') and version.known_to > said.known_from;

-- a decision that was signed is a pair of claims; what was claimed on that very cell ends on its day
create temp table ending as
select
    told.claim,
    decided_end.day,
    greatest(told.known_from, decided_end.known_from) as known_from,
    least(coalesce(told.known_to, timestamp '9999-12-31'), coalesce(decided_end.known_to, timestamp '9999-12-31')) as known_to
from told
join decided_end on decided_end.channel = told.channel and decided_end.metric = told.metric
where told.role = 'A'
  and coalesce(told.valid_from, date '0001-01-01') <= decided_end.day
  and coalesce(told.valid_to, date '9999-12-31') > decided_end.day
  and decided_end.known_from < coalesce(told.known_to, timestamp '9999-12-31')
  and coalesce(decided_end.known_to, timestamp '9999-12-31') > told.known_from;

create temp table ended as
with turn as (
    select claim, known_from as moment from told where claim in (select claim from ending)
    union select claim, coalesce(known_to, timestamp '9999-12-31') from told where claim in (select claim from ending)
    union select claim, known_from from ending
    union select claim, known_to from ending
),

span as (
    select claim, moment as known_from, lead(moment) over (partition by claim order by moment) as known_to from turn
)

select span.claim, span.known_from, nullif(span.known_to, timestamp '9999-12-31') as known_to, min(ending.day) as day
from span
left join ending on ending.claim = span.claim and ending.known_from <= span.known_from and ending.known_to > span.known_from
where span.known_to is not null
group by span.claim, span.known_from, span.known_to;

insert into ownership_claim
with version as (
    select asserted_by, org, role, channel, metric, valid_from, valid_to, source, load, known_from, known_to
    from told
    where claim not in (select claim from ended)
    union all
    select
        told.asserted_by, told.org, told.role, told.channel, told.metric, told.valid_from, coalesce(ended.day, told.valid_to),
        told.source, told.load, ended.known_from, ended.known_to
    from told
    join ended using (claim)
    union all
    select asserted_by, org, role, channel, metric, valid_from, valid_to, source, null, known_from, known_to
    from decided_claim
)

select row_number() over (order by load, channel, metric, asserted_by, role, org, valid_from, known_from), *
from version
where channel = '*' or channel in (select channel from channel) or load is null;

-- the directory: what somebody wrote down goes before what a tool's export only mentions, and that before the two sides as a whole
create temp table org_said as
select landed.org, landed.side, landed.name, landed.valid_from, landed.valid_to, 1 as place, known_load.known_from, known_load.known_to
from landed_org as landed
join known_load using (load)
union all
select landed.org, landed.side, any_value(landed.name), null, null, 2, min(load.loaded_at), null
from landed_declared_org as landed
join load using (load)
group by landed.org, landed.side
union all
select standing.org, standing.side, standing.name, null, null, 3, min(claim.known_from), null
from (values ('it', 'it', 'IT'), ('marketing', 'marketing', 'Marketing'), ('shared', 'joint', 'IT and Marketing')) as standing (org, side, name)
join ownership_claim as claim using (org)
group by standing.org, standing.side, standing.name;

insert into org
with turn as (
    select org, known_from as moment from org_said
    union select org, known_to from org_said where known_to is not null
),

span as (
    select org, moment as known_from, lead(moment) over (partition by org order by moment) as known_to from turn
)

select said.org, said.side, said.name, said.valid_from, said.valid_to, span.known_from, span.known_to
from span
join org_said as said
    on said.org = span.org and said.known_from <= span.known_from
    and coalesce(said.known_to, timestamp '9999-12-31') > span.known_from
qualify said.place = min(said.place) over (partition by span.org, span.known_from)
order by all;
