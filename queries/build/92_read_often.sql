-- What every page reads, worked out once: devices and regions, freshness of sources.
insert into part_value
with known as (
    select 'device' as part, unnest(enum_range(null::device_id))::varchar as value
    union all
    select 'region' as part, unnest(enum_range(null::region_id))::varchar as value
)

select part, value
from known
where value <> '(none)'
order by part, value;

insert into freshness
with wanted as (
    select channel, min(max_lag_days) as max_lag_days
    from need
    where known_to is null and max_lag_days is not null
    group by channel
),

seen as (
    select tool, channel, max(day) as last_day, max(load) as load
    from covered
    group by tool, channel
)

select
    seen.tool,
    seen.channel,
    seen.last_day,
    load.loaded_at,
    date_diff('day', seen.last_day, (select last_day from build_info)),
    wanted.max_lag_days
from seen
join load using (load)
left join wanted on wanted.channel = seen.channel
order by seen.tool, seen.channel;
