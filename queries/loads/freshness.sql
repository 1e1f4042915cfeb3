-- How fresh is each source?
--
-- grain   one row per source (tool) x channel
-- params  none
-- units   days between the newest day of a source and the newest day of all
with wanted as (
    select channel, min(max_lag_days) as max_lag_days
    from need
    where max_lag_days is not null
    group by channel
)

select
    seen.tool as source,
    seen.channel,
    seen.last_day,
    load.loaded_at,
    date_diff('day', seen.last_day, (select last_day from build_info)) as age_days,
    wanted.max_lag_days
from source_seen as seen
join load using (load)
left join wanted on wanted.channel = seen.channel
order by seen.tool, seen.channel
