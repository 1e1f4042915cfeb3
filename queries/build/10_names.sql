-- What is each channel called?
--
-- channel_alias   a tool's name for a channel -> our id: the same id, the same name, or the same address
create temp table told_channel as
select landed.*
from landed_channel as landed
join live_load using (load)
qualify row_number() over (partition by channel order by load desc) = 1;

create temp table declared_channel as
select landed.*
from landed_declared_channel as landed
qualify row_number() over (partition by channel order by load desc) = 1;

insert into channel_alias
select
    declared.channel,
    coalesce(
        min(told.channel) filter (told.channel = declared.channel),
        min(told.channel),
        declared.channel
    )
from declared_channel as declared
left join told_channel as told
    on told.channel = declared.channel
    or lower(told.name) = lower(declared.name)
    or regexp_replace(lower(told.address), '^https?://|/$', '', 'g') = regexp_replace(lower(declared.address), '^https?://|/$', '', 'g')
group by declared.channel;

insert into channel_alias
select channel, channel
from told_channel
where channel not in (select alias from channel_alias);

create temp table every_channel as
select channel, kind, coalesce(name, channel) as name, coalesce(family, kind) as family, address from told_channel
union all
select channel, kind, coalesce(name, channel), coalesce(family, kind), address
from declared_channel
where channel in (select channel from channel_alias) and channel not in (select channel from told_channel);

-- a family through which people come is an origin; the others sell: their sums are the company's
insert into channel
select
    channel, kind, name, lower(family), address,
    kind <> 'campaign' and lower(family) not in (
        'organic', 'organic search', 'organic social', 'organic video', 'organic shopping', 'direct', 'referral', 'push',
        'mobile network', 'ai assistants', 'ai assistant', 'unassigned', 'email', 'e-mail', 'sms', 'affiliate', 'affiliates'
    ),
    null, null
from every_channel;

-- what somebody wrote down goes before what a tool's export only mentions; a mention that says the same again is no news
insert into channel_kind
select landed.channel, landed.kind, 2, known_load.load, known_load.known_from, known_load.known_to
from landed_channel as landed
join known_load using (load)
union all
select channel, kind, 1, load, loaded_at, null
from (
    select channel_alias.channel, landed.kind, load.load, load.loaded_at
    from landed_declared_channel as landed
    join load using (load)
    join channel_alias on channel_alias.alias = landed.channel
    qualify landed.kind is distinct from lag(landed.kind) over (partition by channel_alias.channel order by load.load)
);

insert into left_out
with unknown as (
    select distinct channel from landed_covered where channel not in (select alias from channel_alias)
)

select facts.channel, facts.load, count(*), min(facts.day), max(facts.day)
from landed_daily as facts
semi join unknown using (channel)
group by facts.channel, facts.load
order by facts.channel, facts.load;
