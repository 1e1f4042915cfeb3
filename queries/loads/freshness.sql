-- How fresh is each source?
--
-- grain   one row per source (tool) x channel
-- params  none
-- units   days between the newest day of a source and the newest day of all
with seen as (
    select tool as source, channel, max(day) as last_day, max(load) as load
    from covered
    group by tool, channel
),

wanted as (
    select channel, min(max_lag_days) as max_lag_days
    from need
    where max_lag_days is not null
    group by channel
)

select
    seen.source,
    seen.channel,
    seen.last_day,
    load.loaded_at,
    date_diff('day', seen.last_day, (select last_day from build_info)) as age_days,
    wanted.max_lag_days
from seen
join load using (load)
left join wanted on wanted.channel = seen.channel
order by seen.source, seen.channel
