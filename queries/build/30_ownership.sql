-- Who says what about ownership? Claims of all loads that count, and of the decisions that were signed.
--
-- A register that is taken again (a new snapshot) ends what the snapshot before it said.
insert into ownership_claim
with said as (
    select distinct
        claim.asserted_by,
        claim.org,
        claim.role,
        coalesce(alias.channel, claim.channel) as channel,
        claim.metric,
        claim.valid_from,
        claim.valid_to,
        claim.source,
        claim.load,
        live_load.tool,
        live_load.loaded_at
    from landed_ownership_claim as claim
    join live_load using (load)
    left join channel_alias as alias on alias.alias = claim.channel
),

snapshots as (
    select valid_from, lead(valid_from) over (order by valid_from) as next_one
    from (select distinct valid_from from said where tool = 'dotgov_registry' and valid_from is not null)
),

ended as (
    select
        said.* exclude (valid_to),
        case when said.tool = 'dotgov_registry' then snapshots.next_one else said.valid_to end as valid_to
    from said
    left join snapshots on said.tool = 'dotgov_registry' and snapshots.valid_from = said.valid_from
)

select
    row_number() over (order by load, channel, metric, asserted_by, role, org, valid_from),
    asserted_by, org, role, channel, metric, valid_from, valid_to, source, load, loaded_at
from ended
where channel = '*' or channel in (select channel from channel);

-- a decision that was signed is a pair of claims; what was claimed on that very cell ends on its day
update ownership_claim set valid_to = ended.day
from (
    select claim.claim, min(decided_end.day) as day
    from ownership_claim as claim
    join decided_end on decided_end.channel = claim.channel and decided_end.metric = claim.metric
    where claim.role = 'A'
      and coalesce(claim.valid_from, date '0001-01-01') <= decided_end.day
      and coalesce(claim.valid_to, date '9999-12-31') > decided_end.day
    group by claim.claim
) as ended
where ended.claim = ownership_claim.claim;

insert into ownership_claim
select
    (select coalesce(max(claim), 0) from ownership_claim) + row_number() over (),
    asserted_by, org, role, channel, metric, valid_from, valid_to, source, null, known_from
from decided_claim;

-- the directory: what somebody wrote down goes before what a tool's export only mentions
insert into org
select org, side, name, valid_from, valid_to
from landed_org
join live_load using (load);

insert into org
select distinct org, side, any_value(name), null::date, null::date
from landed_declared_org
where org not in (select org from org)
group by org, side;

insert into org
select org, side, name, null, null
from (values ('it', 'it', 'IT'), ('marketing', 'marketing', 'Marketing'), ('shared', 'joint', 'IT and Marketing')) as standing (org, side, name)
where org not in (select org from org) and org in (select org from ownership_claim);
