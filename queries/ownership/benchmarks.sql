-- What did channels add up to over some spans of days, on days without an incident of theirs?
--
-- grain   one row per span (channel, first_day, last_day), device and region
-- params  $channels, $firsts, $lasts (three lists of the same length: the spans, inclusive)
-- units   sums of measures
with spans as (
    select unnest($channels::varchar[])::channel_id as channel, unnest($firsts::date[]) as first_day, unnest($lasts::date[]) as last_day
),

broken as (
    select distinct
        try_cast(channel as channel_id) as channel,
        unnest(range(started_at::date, coalesce(resolved_at, list_max($lasts::date[])::timestamp)::date + 1, interval 1 day))::date as day
    from incident
    where started_at::date <= list_max($lasts::date[])
),

added_up as (
    select
        spans.channel,
        spans.first_day,
        spans.last_day,
        facts.device,
        facts.region,
        sum(facts.impressions) as impressions,
        sum(facts.clicks) as clicks,
        sum(facts.sends) as sends,
        sum(facts.deliveries) as deliveries,
        sum(facts.opens) as opens,
        sum(facts.sessions) as sessions,
        sum(facts.conversions) as conversions,
        sum(facts.revenue) as revenue
    from spans
    join daily_by_channel as facts on facts.channel = spans.channel and facts.day between spans.first_day and spans.last_day
    anti join broken on broken.channel = spans.channel and broken.day = facts.day
    where facts.day between list_min($firsts::date[]) and list_max($lasts::date[])
    group by all
)

select * replace (channel::varchar as channel, device::varchar as device, region::varchar as region)
from added_up
order by added_up.channel, first_day, last_day, added_up.device, added_up.region
